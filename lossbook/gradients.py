"""Check a gradient before you descend on it."""

from dataclasses import dataclass

import numpy as np


class GradientError(ValueError):
    """A gradient that is not the derivative of its value; ``report`` says where and how."""

    def __init__(self, report):
        super().__init__(str(report))
        self.report = report


@dataclass(frozen=True)
class GradientReport:
    """What :func:`lossbook.check_gradient` found.

    Attributes
    ----------
    analytic, numeric : ndarray
        The derivative as the objective gives it, and by finite differences, along each coordinate
        or direction.
    errors : ndarray
        Their distance as a share of the larger one; 0 within rounding error and at kinks.
    tolerance : float
        The largest error that passes.
    kinks : tuple of int
        Where the objective has a kink: its slopes to the left and right differ, and the analytic
        value lies between them, as a subgradient does.
    along : str
        What is counted: "coordinate" or "direction".
    """

    analytic: np.ndarray
    numeric: np.ndarray
    errors: np.ndarray
    tolerance: float
    kinks: tuple
    along: str

    @property
    def passed(self):
        """Whether every error is within the tolerance."""
        return bool((self.errors <= self.tolerance).all())

    @property
    def worst(self):
        """Where the error is largest."""
        return int(np.argmax(self.errors))

    @property
    def cause(self):
        """The usual cause of such a pattern of errors, in words."""
        wrong = self.errors > self.tolerance
        if not wrong.any():
            return "none: the gradient is right"
        both = (self.analytic != 0) & (self.numeric != 0)
        if both.any() and (both | ~wrong).all():
            ratios = self.numeric[both] / self.analytic[both]
            if np.ptp(ratios) <= 1e-4 * abs(ratios[0]):
                if abs(ratios[0] + 1) < 1e-4:
                    return "the sign is flipped"
                return (
                    f"every derivative is off by one factor, {ratios[0]:.6g}: "
                    "a constant is missing, such as 2 or 1/n"
                )
        if self.along == "coordinate":
            if np.allclose(np.sort(self.analytic), np.sort(self.numeric), rtol=1e-4):
                return "the derivatives are right but in the wrong order"
            if wrong.sum() == 1 and wrong.size > 1:
                return f"only coordinate {self.worst} is wrong: look at its index and formula"
        return "no simple pattern: derive the formula again, term by term"

    def __str__(self):
        i = self.worst
        where = ", ".join(map(str, self.kinks))
        kinks = f"; kinks along {self.along} {where}" if where else ""
        if self.passed:
            return f"the gradient is right along {self.errors.size} {self.along}s{kinks}"
        return (
            f"the gradient is wrong along {self.along} {i}: analytic {self.analytic[i]:.6g}, "
            f"numeric {self.numeric[i]:.6g}. Usual cause: {self.cause}{kinks}"
        )


def check_gradient(objective, point, *, directions=None, tolerance=None, seed=0):
    """Compare an objective's gradient with finite differences of its value; raise if they differ.

    Along each coordinate e the derivative is estimated by the fourth-order central difference
    (f(x − 2he) − 8f(x − he) + 8f(x + he) − f(x + 2he)) / 12h. Where that disagrees, smaller steps
    are tried, since a kink between x − 2he and x + 2he spoils the estimate but not the gradient.

    Parameters
    ----------
    objective : callable
        ``objective(point)`` returns the value and the gradient.
    point : array_like, shape (p,)
        Where to check. Take a random point: zero is special for many objectives.
    directions : int, optional
        Check along so many random directions instead of all p coordinates, for large p.
    tolerance : float, optional
        The relative error allowed; without it, ten times the square root of the gradient's machine
        epsilon: 1.5e-7 in float64.
    seed : int
        Of the random directions.

    Returns
    -------
    GradientReport

    Raises
    ------
    GradientError
        If the gradient is wrong. It names the worst coordinate, both values there and the usual
        cause of such a pattern.
    ValueError
        If the gradient is not shaped like the point, or something is not finite there.

    References
    ----------
    B. Fornberg, "Generation of finite difference formulas on arbitrarily spaced grids",
    *Mathematics of Computation* 51, 1988.

    Examples
    --------
    >>> def bowl(x):
    ...     return float(x @ x), 2 * x
    >>> print(check_gradient(bowl, [1.0, -2.0]))
    the gradient is right along 2 coordinates
    >>> def slip(x):
    ...     return float(x @ x), x
    >>> check_gradient(slip, [1.0, -2.0])
    Traceback (most recent call last):
        ...
    lossbook.gradients.GradientError: the gradient is wrong along coordinate 1: analytic -2,
    numeric -4. Usual cause: every derivative is off by one factor, 2: a constant is missing, such
    as 2 or 1/n
    """
    point = np.array(point, dtype=np.float64)
    if point.ndim != 1:
        raise ValueError(f"point has shape {point.shape}; expected a vector, shape (p,)")
    value, gradient = objective(point)
    gradient = np.asarray(gradient)
    if gradient.shape != point.shape:
        raise ValueError(
            f"the gradient has shape {gradient.shape} but the point has shape {point.shape}"
        )
    if not (np.isfinite(value) and np.isfinite(gradient).all()):
        raise ValueError(f"at the point the value is {value} and the gradient {gradient}")
    epsilon = float(np.finfo(np.result_type(gradient, np.float32)).eps)
    tolerance = 10 * epsilon**0.5 if tolerance is None else tolerance
    if directions is None:
        lines = np.eye(point.size)
        scales = np.maximum(1, np.abs(point))
    else:
        lines = np.random.default_rng(seed).normal(size=(directions, point.size))
        lines /= np.linalg.norm(lines, axis=1, keepdims=True)
        scales = np.ones(directions)
    analytic = lines @ gradient
    numeric, errors, kinks = np.empty(len(lines)), np.empty(len(lines)), []
    for i, (line, slope, scale) in enumerate(zip(lines, analytic, scales)):

        def along(t, line=line):
            return objective(point + t * line)[0]

        # ε^(1/5) balances the formula's error, h⁴, against rounding in the values, ε/h.
        step = scale * epsilon**0.2
        numeric[i], errors[i] = _compare(along, slope, step, tolerance, epsilon * abs(value))
        if errors[i] > tolerance and _is_subgradient_at_kink(along, slope, value, step):
            errors[i] = 0
            kinks.append(i)
    report = GradientReport(
        analytic=analytic,
        numeric=numeric,
        errors=errors,
        tolerance=tolerance,
        kinks=tuple(kinks),
        along="coordinate" if directions is None else "direction",
    )
    if not report.passed:
        raise GradientError(report)
    return report


def _compare(along, slope, step, tolerance, rounding):
    """Return the numeric slope and its relative error, of the first step that agrees, if any."""
    results = []
    for h in (step, step / 100, step / 10_000):
        estimate = (along(-2 * h) - 8 * along(-h) + 8 * along(h) - along(2 * h)) / (12 * h)
        distance = abs(estimate - slope) - 10 * rounding / h
        largest = max(abs(estimate), abs(slope))
        results.append((estimate, distance / largest if distance > 0 else 0.0))
        if results[-1][1] <= tolerance:
            return results[-1]
    return results[0]


def _is_subgradient_at_kink(along, slope, value, step):
    """Whether left and right slopes stay apart as the step shrinks, with ``slope`` between them."""

    def sides(h):
        return (value - along(-h)) / h, (along(h) - value) / h

    (left, right), (left_near, right_near) = sides(step), sides(step / 100)
    gap, gap_near = abs(right - left), abs(right_near - left_near)
    room = 0.01 * gap_near
    between = min(left_near, right_near) - room <= slope <= max(left_near, right_near) + room
    # Of a smooth function the gap shrinks with the step; at a kink it stays.
    return gap > 0 and gap_near > 0.5 * gap and between

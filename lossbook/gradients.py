"""Check a gradient before you descend on it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from lossbook.inputs import (
    Floats,
    Objective,
    Seed,
    evaluate,
    generator,
    real_vector,
    whole_number,
)
from lossbook.losses.inputs import positive


class GradientError(ValueError):
    """A gradient that is wrong or cannot be checked; ``report`` says where and how."""

    def __init__(self, report: "GradientReport") -> None:
        super().__init__(report)
        self.report = report


@dataclass(frozen=True, eq=False)
class GradientReport:
    """What :func:`lossbook.check_gradient` found.

    Attributes
    ----------
    analytic, numeric : ndarray
        The derivative as the objective gives it, and by finite differences, along each coordinate
        or direction.
    errors : ndarray
        Their distance as a share of the larger one; 0 within rounding error and at kinks; NaN
        where the differences are NaN, or too small beside the rounding error of the value to tell.
    tolerance : float
        The largest error that passes.
    kinks : tuple of int
        Where the objective has a kink: its slopes to the left and right differ, and the analytic
        value lies between them, as a subgradient does.
    along : str
        What is counted: "coordinate" or "direction".
    refusal : str
        What the objective said when it refused a point near by; empty if it did not.
    """

    analytic: Floats
    numeric: Floats
    errors: Floats
    tolerance: float
    kinks: tuple[int, ...]
    along: str
    refusal: str = ""

    @property
    def passed(self) -> bool:
        """Whether every error is within the tolerance."""
        return bool((self.errors <= self.tolerance).all())

    @property
    def worst(self) -> int:
        """Where the error is largest, or NaN if none is too large; the first of several."""
        errors = np.nan_to_num(self.errors, nan=self.tolerance)
        # Errors that differ by rounding alone are alike, on every processor.
        return int(np.argmax(errors >= (1 - 1e-6) * errors.max()))

    @property
    def cause(self) -> str:
        """The usual cause of such a pattern of errors, in words."""
        wrong = self.errors > self.tolerance
        if not wrong.any():
            return "none: the gradient is right" if self.passed else "unknown"
        both = (self.analytic != 0) & (self.numeric != 0) & ~np.isnan(self.errors)
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
            near = 1e-6 * np.abs(self.analytic).max()
            if np.allclose(np.sort(self.analytic), np.sort(self.numeric), rtol=1e-4, atol=near):
                return "the derivatives are right but in the wrong order"
            if wrong.sum() == 1 and wrong.size > 1:
                return f"only coordinate {self.worst} is wrong: look at its index and formula"
        return "no simple pattern: derive the formula again, term by term"

    def __str__(self) -> str:
        i = self.worst
        where = ", ".join(map(str, self.kinks))
        kinks = f"; kinks along {self.along} {where}" if where else ""
        if self.passed:
            return f"the gradient is right along {self.errors.size} {self.along}s{kinks}"
        found = f"analytic {self.analytic[i]:.6g}, numeric {self.numeric[i]:.6g}"
        if self.errors[i] > self.tolerance:
            return (
                f"the gradient is wrong along {self.along} {i}: {found}. "
                f"Usual cause: {self.cause}{kinks}"
            )
        if np.isnan(self.numeric[i]):
            why = "the difference is NaN, however small the step"
        else:
            why = "differences are too uncertain: the value is rounded, or has no slope there"
        refusal = f"; the objective says: {self.refusal}" if self.refusal else ""
        return f"the gradient cannot be checked along {self.along} {i}: {found}, {why}{refusal}"


def check_gradient(
    objective: Objective,
    point: ArrayLike,
    *,
    directions: int | None = None,
    tolerance: float | None = None,
    seed: Seed = 0,
) -> GradientReport:
    """Compare an objective's gradient with finite differences of its value; raise if they differ.

    Along each coordinate e the derivative is estimated by the fourth-order central difference
    (f(x − 2he) − 8f(x − he) + 8f(x + he) − f(x + 2he)) / 12h. Where that disagrees, other steps are
    tried, since a kink or a pole between x − 2he and x + 2he spoils the estimate but not the
    gradient. How far estimates of two steps lie apart says how good they are, and the best one is
    the judge: none that is worse can overrule it. Where the objective is not finite, or raises
    ``ValueError``, on one side of the point, differences to the other side are taken.

    Parameters
    ----------
    objective : callable
        ``objective(point)`` returns the value and the gradient.
    point : array_like, shape (p,)
        Where to check. Take a random point: zero is special for many objectives.
    directions : int, optional
        Check along so many random directions, 1 or more, instead of all p coordinates, for large p.
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
        If the gradient is wrong, or cannot be checked: the differences are NaN, or lost in the
        rounding error of the value. It names the worst coordinate, both values there and the usual
        cause of such a pattern.
    TypeError
        If the objective does not return a value and a gradient of real numbers.
    ValueError
        If the gradient is not shaped like the point, something is not finite there, or a setting is
        out of its range.

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
    lossbook.gradients.GradientError: the gradient is wrong along coordinate 0: analytic 1,
    numeric 2. Usual cause: every derivative is off by one factor, 2: a constant is missing, such
    as 2 or 1/n
    """
    point = np.array(real_vector(point, "point"), dtype=np.float64)
    if directions is not None:
        whole_number(directions, "directions", 1)
    draw = generator(seed)
    with np.errstate(all="ignore"):
        value, gradient = evaluate(objective, point)
    if not (np.isfinite(point).all() and np.isfinite(value) and np.isfinite(gradient).all()):
        raise ValueError(f"at the point the value is {value} and the gradient {gradient}")
    epsilon = float(np.finfo(gradient.dtype).eps)
    tolerance = 10 * epsilon**0.5 if tolerance is None else positive(tolerance, "tolerance")
    # ε^(1/5) balances the formula's error, h⁴, against rounding in the values, ε/h. It is also the
    # share of a derivative that has to be certain, unless that is negligible beside the largest.
    unit, negligible = epsilon**0.2, tolerance * float(np.abs(gradient).max())
    results, refusals = [], [""]
    for line in _lines(point.size, directions, draw):

        def along(t: float, line: Floats = line) -> float:
            try:
                value = evaluate(objective, point + t * line)[0]
            except (ValueError, ArithmeticError) as error:
                refusals.append(str(error))
                return np.nan
            return value if np.isfinite(value) else np.nan

        examined = _Line(
            along=along,
            value=value,
            slope=float(line @ gradient),
            rounding=10 * epsilon,
            tolerance=tolerance,
            unit=unit,
            negligible=negligible,
        )
        with np.errstate(all="ignore"):
            results.append((examined.slope, *examined.examine(_steps(point[line != 0], unit))))
    analytic, numeric, errors, kinks = map(np.array, zip(*results))
    report = GradientReport(
        analytic=analytic,
        numeric=numeric,
        errors=errors,
        tolerance=tolerance,
        kinks=tuple(map(int, np.flatnonzero(kinks))),
        along="coordinate" if directions is None else "direction",
        refusal=refusals[-1],
    )
    if not report.passed:
        raise GradientError(report)
    return report


def _lines(size: int, directions: int | None, draw: np.random.Generator) -> Iterator[Floats]:
    """Yield unit vectors: the coordinate axes, or so many random directions."""
    for i in range(size if directions is None else directions):
        if directions is None:
            line = np.zeros(size)
            line[i] = 1
        else:
            line = draw.normal(size=size)
            line /= np.linalg.norm(line)
        yield line


def _steps(x: Floats, unit: float) -> list[float]:
    """Return the usual step, then all steps from long to short, for a line that changes ``x``.

    They go with the largest number, and with the smallest: 1/x at 1e-6 needs a step below 1e-6.
    """
    sizes = np.abs(x[x != 0])
    usual, small = unit * sizes.max(initial=1.0), unit * sizes.min(initial=1.0)
    candidates = {usual * 10.0**k for k in range(-6, 3)} | {small / 10**k for k in range(3)}
    steps: list[float] = []
    for step in sorted(candidates, reverse=True):
        if not steps or step < steps[-1] / 3:
            steps.append(step)
    return [usual, *steps]


@dataclass(frozen=True)
class _Line:
    """The value along one line through the point, and the slope that it should have there."""

    along: Callable[[float], float]
    value: float
    slope: float
    rounding: float
    tolerance: float
    unit: float
    negligible: float

    def examine(self, steps: list[float]) -> tuple[float, float, bool]:
        """Return the numeric slope, its relative error, and whether there is a kink."""
        usual, *steps = steps
        slopes, rounding, moved = self._differences(usual)
        error = self._error(slopes[0], rounding, moved)
        if error <= self.tolerance:
            return slopes[0], error, False
        ladder = [self._differences(steps[0])]
        uncertain: list[Floats] = []
        for step in steps[1:]:
            ladder.append(self._differences(step))
            (slopes, rounding, _), (nearer, _, _) = ladder[-2:]
            # Three times what the next step changes covers slopes that converge like √h.
            uncertain.append(3 * np.abs(slopes - nearer) + rounding)
            clear = uncertain[-1][0] <= self.tolerance / 10 * np.abs(slopes).max()
            # Longer steps may agree by chance, where the function swings.
            if clear and step <= self.unit:
                break
        estimates = np.array([slopes for slopes, _, _ in ladder[:-1]])
        best, left, right = (_best(*column) for column in zip(estimates.T, np.array(uncertain).T))
        error = self._error(best.slope, best.uncertain, ladder[best.step][2])
        if not error <= self.tolerance and self._kink(left, right):
            return best.slope, 0.0, True
        return best.slope, error, False

    def _differences(self, h: float) -> tuple[Floats, float, float]:
        """Return central, left and right slopes, their rounding error, and how the value moves.

        At the edge of a domain, where only one side has finite values, it is asked in place of the
        central difference.
        """
        f = self.value
        far_left, left, right, far_right = (self.along(t * h) for t in (-2, -1, 1, 2))
        backward, forward = (3 * f - 4 * left + far_left) / 2, (4 * right - 3 * f - far_right) / 2
        central = (far_left - 8 * left + 8 * right - far_right) / 12
        if np.isnan(central):
            central = forward if np.isnan(backward) else backward
        # Of two values fmax takes the one that is not NaN.
        largest = max(abs(f), np.fmax(abs(far_left), abs(far_right)))
        moved = np.fmax(abs(far_left - f), abs(far_right - f))
        slopes = np.array([central, backward, forward]) / h
        return slopes, self.rounding * largest / h, moved / (2 * h)

    def _error(self, estimate: float, uncertain: float, moved: float) -> float:
        """Return the relative error of the slope beyond what is uncertain; NaN if too much is."""
        distance = abs(estimate - self.slope)
        if distance == 0:
            return 0.0
        largest = max(abs(estimate), abs(self.slope))
        error = max(distance - uncertain, 0.0) / largest
        # At a minimum the slope is all rounding error: how the value moves around it is its scale.
        certain = max(self.unit, self.tolerance) * max(largest, moved)
        known = uncertain <= max(certain, self.negligible)
        return error if known or error > self.tolerance else np.nan

    def _kink(self, left: "_Estimate", right: "_Estimate") -> bool:
        """Whether left and right slopes surely differ, with the slope between them."""
        low, high = sorted((left.slope, right.slope))
        unsure = left.uncertain + right.uncertain
        room = unsure + self.tolerance * max(abs(low), abs(high))
        return high - low > 10 * unsure and low - room <= self.slope <= high + room


class _Estimate(NamedTuple):
    step: int
    slope: float
    uncertain: float


def _best(slopes: Floats, uncertain: Floats) -> _Estimate:
    """Return the least uncertain slope that no shorter step contradicts.

    Over a pole, long steps agree on a slope that has nothing to do with the point.
    """
    uncertain = np.where(np.isnan(uncertain), np.inf, uncertain)

    def contradicted(k: int) -> bool:
        apart = np.abs(slopes[k:] - slopes[k])
        return bool((apart > 10 * (uncertain[k:] + uncertain[k])).any())

    # Nothing contradicts the shortest step, so there is one.
    k = next(int(k) for k in np.argsort(uncertain, kind="stable") if not contradicted(k))
    return _Estimate(k, float(slopes[k]), float(uncertain[k]))

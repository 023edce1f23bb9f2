"""Descent: repeat the optimizer's step until a stopping rule says why to stop."""

from dataclasses import dataclass, replace

import numpy as np

from lossbook.optimizers import rate_at


@dataclass(frozen=True)
class History:
    """What a descent did.

    Attributes
    ----------
    parameters : ndarray
        The last finite point.
    value : float
        The objective there.
    path : ndarray, shape (steps + 1, p), or None
        Every point, the start first; None if it was not kept.
    values : ndarray, shape (steps + 1,)
        The objective at each of them.
    gradient_norms : ndarray, shape (steps + 1,)
        The Euclidean length of the gradient at each of them.
    converged : bool
        Whether a stopping rule other than the step limit was met, without divergence.
    reason : str
        Why the descent stopped, in words.
    """

    parameters: np.ndarray
    value: float
    path: np.ndarray | None
    values: np.ndarray
    gradient_norms: np.ndarray
    converged: bool
    reason: str

    @property
    def steps(self):
        """How many steps were taken."""
        return len(self.values) - 1


def minimize(
    objective,
    start,
    optimizer,
    *,
    max_steps=1000,
    gradient_tolerance=1e-10,
    loss_threshold=None,
    relative_decrease=None,
    keep_path=True,
    callback=None,
):
    """Descend from ``start`` until a stopping rule is met.

    The rules are asked at every point, the start included, in this order: a value, gradient or
    parameter that is not finite; the gradient norm; the loss threshold; the relative decrease; the
    limit of steps.

    Parameters
    ----------
    objective : callable
        ``objective(parameters)`` returns the value and the gradient.
    start : array_like, shape (p,)
        Where to begin.
    optimizer : dataclass with ``step(parameters, gradient)``
        Used as a fresh copy, so that one optimizer can serve many runs.
    max_steps : int
        Stop after so many steps.
    gradient_tolerance : float
        Stop where the gradient's length is at most this.
    loss_threshold : float, optional
        Stop where the value is at most this.
    relative_decrease : float, optional
        Stop where a step lowered the value by less than this share of it.
    keep_path : bool
        Whether to keep every point; switch off for many parameters.
    callback : callable, optional
        ``callback(step, parameters, value, gradient)`` at every point; stops the descent where it
        returns True.

    Returns
    -------
    History

    Raises
    ------
    ValueError
        If ``start`` is not a vector of finite numbers, or the objective is not finite there, or its
        gradient has another shape than the parameters.

    References
    ----------
    S. Boyd and L. Vandenberghe, *Convex Optimization*, 2004, section 9.3.

    Examples
    --------
    >>> from lossbook.optimizers import GradientDescent
    >>> def bowl(x):
    ...     return float(x @ x), 2 * x
    >>> history = minimize(bowl, [1.0, -2.0], GradientDescent(learning_rate=0.25))
    >>> history.reason
    'the gradient norm 6.51e-11 is at most 1e-10, after 36 steps'
    >>> history.values[:3]
    array([5.    , 1.25  , 0.3125])
    """
    parameters = np.array(start, dtype=np.float64)
    if parameters.ndim != 1 or not np.isfinite(parameters).all():
        raise ValueError(f"start is {start!r}; expected a vector of finite numbers")
    optimizer = replace(optimizer)
    path, values, norms = [], [], []
    for step in range(max_steps + 1):
        # A descent that diverges overflows on its way: one reason in words, no stream of warnings.
        with np.errstate(over="ignore", invalid="ignore"):
            value, gradient = objective(parameters)
            norm = float(np.linalg.norm(gradient))
        if np.shape(gradient) != parameters.shape:
            raise ValueError(
                f"the gradient has shape {np.shape(gradient)} "
                f"but the parameters have shape {parameters.shape}"
            )
        if not np.isfinite([value, norm]).all():
            if step == 0:
                raise ValueError(
                    f"at the start the value is {value} and the gradient norm {norm}; "
                    "start where the objective is finite"
                )
            reason, converged = _diverged(step, value, norm, _rate(optimizer, step - 1)), False
            break
        finite = parameters
        values.append(value)
        norms.append(norm)
        if keep_path:
            path.append(parameters)
        reason = _rule_met(values, norm, gradient_tolerance, loss_threshold, relative_decrease)
        converged = reason is not None
        if converged:
            break
        if callback is not None and callback(step, parameters, value, gradient):
            reason = f"the callback stopped the descent, after {step} steps"
            break
        if step == max_steps:
            reason = _limit_reached(values, norm, _rate(optimizer, step - 1))
            break
        parameters = optimizer.step(parameters, gradient)
    return History(
        parameters=finite,
        value=values[-1],
        path=np.array(path) if keep_path else None,
        values=np.array(values),
        gradient_norms=np.array(norms),
        converged=converged,
        reason=reason,
    )


def _rule_met(values, norm, gradient_tolerance, loss_threshold, relative_decrease):
    """Return the first stopping rule that is met, in words, or None."""
    after = f", after {len(values) - 1} steps"
    if norm <= gradient_tolerance:
        return f"the gradient norm {norm:.3g} is at most {gradient_tolerance:g}{after}"
    if loss_threshold is not None and values[-1] <= loss_threshold:
        return f"the value {values[-1]:.3g} is at most {loss_threshold:g}{after}"
    if relative_decrease is not None and len(values) > 1:
        decrease = values[-2] - values[-1]
        if 0 <= decrease < relative_decrease * abs(values[-2]):
            return f"the last step lowered the value by less than {relative_decrease:g} of it{after}"
    return None


def _rate(optimizer, step):
    rate = getattr(optimizer, "learning_rate", None)
    return "" if rate is None else f" learning rate {rate_at(rate, step):g}"


def _diverged(step, value, norm, rate):
    return (
        f"diverged at step {step} with{rate or ' this optimizer'}: the value is {value:g} and the "
        f"gradient norm {norm:g}; the last finite point is kept; try a smaller learning rate"
    )


def _limit_reached(values, norm, rate):
    reason = f"reached the limit of {len(values) - 1} steps; the gradient norm is {norm:.3g}"
    if values[-1] > values[0]:
        reason += (
            f", and the value grew from {values[0]:.3g} to {values[-1]:.3g}:"
            f"{rate or ' the step'} is too large"
        )
    return reason

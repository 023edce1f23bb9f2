"""Descent: repeat the optimizer's step until a stopping rule says why to stop."""

from collections.abc import Callable, Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass, is_dataclass, replace
from functools import partial
from math import isfinite
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lossbook.inputs import (
    Floats,
    Objective,
    Seed,
    evaluate,
    generator,
    real_array,
    real_vector,
    whole_number,
)
from lossbook.losses.inputs import not_negative, positive, real_number, refuse
from lossbook.optimizers import Optimizer, rate_at
from lossbook.risk import risk


@dataclass(frozen=True, eq=False)
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
        Whether the gradient norm, the loss threshold or the relative decrease ended it: not the
        step limit, not the callback, not divergence, not a stuck line search.
    reason : str
        Why the descent stopped, in words.
    """

    parameters: Floats
    value: float
    path: Floats | None
    values: Floats
    gradient_norms: Floats
    converged: bool
    reason: str

    @property
    def steps(self) -> int:
        """How many steps were taken."""
        return len(self.values) - 1


def minimize(
    objective: Objective,
    start: ArrayLike,
    optimizer: Optimizer,
    *,
    max_steps: int = 1000,
    gradient_tolerance: float = 1e-10,
    loss_threshold: float | None = None,
    relative_decrease: float | None = None,
    keep_path: bool = True,
    callback: Callable[[int, Floats, float, Floats], bool | None] | None = None,
    progress: bool = False,
) -> History:
    """Descend from ``start`` until a stopping rule is met.

    The rules are asked at every point, the start included, in this order: a value, gradient or
    parameter that is not finite; the gradient norm; the loss threshold; the relative decrease; the
    callback; the limit of steps. An optimizer whose attribute ``stuck`` is true after a step, as a
    line search that finds no length, ends the descent too. Arrays that are handed out are copies:
    the objective and the callback may change them, and neither the descent nor its history does.

    Parameters
    ----------
    objective : callable
        ``objective(parameters)`` returns the value and the gradient.
    start : array_like, shape (p,)
        Where to begin.
    optimizer : dataclass with ``step(parameters, gradient)``
        Used as a fresh copy, so that one optimizer can serve many runs.
    max_steps : int
        Stop after so many steps, 0 or more.
    gradient_tolerance : float
        Stop where the gradient's length is at most this; 0 or more.
    loss_threshold : float, optional
        Stop where the value is at most this.
    relative_decrease : float, optional
        Stop where a step lowered the value by less than this share of it; above 0. A step that
        raised the value does not count.
    keep_path : bool
        Whether to keep every point; switch off for many parameters.
    callback : callable, optional
        ``callback(step, parameters, value, gradient)`` at every finite point, the last one too;
        stops the descent where it returns True or raises StopIteration.
    progress : bool
        Whether to show a progress bar; needs tqdm.

    Returns
    -------
    History

    Raises
    ------
    ImportError
        If a progress bar is asked for and tqdm is not installed.
    TypeError
        If the optimizer is not an instance of a dataclass with a method ``step``, the objective
        does not return a value and a gradient, or the callback anything but True, False or None.
    ValueError
        If ``start`` is not a vector of finite numbers or is masked, the objective is not finite
        there, a setting is out of its range, the value is not one number, or the gradient or what
        the optimizer returns has another shape than the parameters.

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
    _check_rules(max_steps, gradient_tolerance, loss_threshold, relative_decrease)
    parameters = np.array(real_vector(start, "start"), dtype=np.float64)
    if not np.isfinite(parameters).all():
        raise ValueError(f"start is {start!r}; expected a vector of finite numbers")
    if isinstance(optimizer, type) or not (
        is_dataclass(optimizer) and callable(getattr(optimizer, "step", None))
    ):
        raise TypeError(
            f"optimizer is {optimizer!r}; expected an instance of a dataclass with a method step, "
            "such as GradientDescent(learning_rate=0.1)"
        )
    if not (callback is None or callable(callback)):
        raise TypeError(f"callback is {callback!r}; expected a function, or None")
    optimizer = replace(optimizer)
    gradient = np.zeros_like(parameters)
    path: list[Floats] = []
    values: list[float] = []
    norms: list[float] = []
    for step in _counted(max_steps + 1, progress):
        # A descent that diverges overflows on its way: one reason in words, no stream of warnings.
        with np.errstate(all="ignore"):
            if step > 0:
                parameters = _step(optimizer, parameters, gradient)
                if getattr(optimizer, "stuck", False):
                    reason, converged = _stuck(values, norms[-1]), False
                    break
            value, gradient = evaluate(objective, parameters)
            norm = float(np.linalg.norm(gradient.astype(np.float64, copy=False)))
        if not (isfinite(value) and isfinite(norm) and np.isfinite(parameters).all()):
            if step == 0:
                raise ValueError(
                    f"at the start the value is {value} and the gradient norm {norm}; "
                    "start where the objective is finite"
                )
            reason, converged = _diverged(value, norm, parameters, optimizer, step), False
            break
        finite = parameters
        values.append(value)
        norms.append(norm)
        if keep_path:
            path.append(parameters)
        stopped = callback is not None and _stops(
            callback, step, parameters.copy(), value, gradient.copy()
        )
        reason = _rule_met(values, norm, gradient_tolerance, loss_threshold, relative_decrease)
        converged = reason != ""
        if stopped and not converged:
            reason = f"the callback stopped the descent, after {step} steps"
        if reason:
            break
    else:
        reason = _limit_reached(values, norm, optimizer)
    return History(
        parameters=finite,
        value=values[-1],
        path=np.array(path) if keep_path else None,
        values=np.array(values),
        gradient_norms=np.array(norms),
        converged=converged,
        reason=reason,
    )


def minibatch_risk(
    model: Callable,
    loss: Callable,
    X: ArrayLike,
    y: ArrayLike,
    *,
    batch_size: int,
    seed: Seed,
    weights: ArrayLike | None = None,
    penalty: Callable | None = None,
    **settings: Any,
) -> Objective:
    """Return an objective like :func:`lossbook.risk`, but of the next few samples at each call.

    Descending on it is stochastic gradient descent. It remembers which batch comes next: the same
    parameters give another value at every call, and one epoch, a pass over all samples, is
    n / batch_size calls, rounded up. So make a new one for each run, and look at the full ``risk``
    to check the gradient, to judge the end of a descent, or for a line search. A pickled or copied
    one goes on with the batch that comes next. Samples whose weight is 0 count for nothing and are
    left out, since a batch of nothing but them would have no mean.

    Parameters
    ----------
    model, loss, X, y, penalty, **settings
        As in :func:`lossbook.risk`.
    batch_size : int
        How many samples each call uses; the last batch of an epoch may have fewer.
    seed : int or numpy.random.Generator
        Of the shuffling: the samples come in a new order in each epoch.
    weights : array_like, shape (n,), optional
        Sample weights. Each batch has its own weighted mean.

    Returns
    -------
    objective : callable
        ``objective(parameters)`` returns the value and the gradient on the next batch.

    Raises
    ------
    ValueError
        If ``X``, ``y`` and ``weights`` differ in length or are masked, a weight is negative or not
        finite or all are 0, or ``batch_size`` is not an integer from 1 to the number of samples
        with a weight.

    References
    ----------
    L. Bottou, F. E. Curtis and J. Nocedal, "Optimization methods for large-scale machine learning",
    *SIAM Review* 60, 2018.

    Examples
    --------
    >>> from lossbook import models
    >>> from lossbook.losses import squared_error
    >>> X, y = [[0.0], [1.0], [2.0]], [0.0, 1.0, 2.0]
    >>> objective = minibatch_risk(models.linear, squared_error, X, y, batch_size=1, seed=0)
    >>> sorted(objective([0.0, 0.0])[0] for _ in range(3))
    [0.0, 1.0, 4.0]
    """
    X, y = _samples(X, "X"), _samples(y, "y")
    if len(y) != len(X):
        raise ValueError(f"y has shape {y.shape} but X has shape {X.shape}")
    if weights is not None:
        weights = real_array(weights, "weights")
        if weights.shape[:1] != (len(X),):
            raise ValueError(f"weights has shape {weights.shape} but X has shape {X.shape}")
        bad = ~((weights >= 0) & (weights < np.inf))
        refuse(bad, weights, "weights", "expected finite numbers of 0 or more")
        counted = (weights > 0).reshape(len(X), -1).any(axis=1)
        if not counted.any():
            raise ValueError("weights are all 0; expected one above 0")
        X, y, weights = X[counted], y[counted], weights[counted]
    batches = minibatches(len(X), batch_size, seed=seed)
    batch_risk = partial(risk, model, loss, penalty=penalty, **settings)
    return _MinibatchRisk(batch_risk, X, y, weights, batches)


@dataclass(frozen=True, eq=False)
class _MinibatchRisk:
    """What :func:`minibatch_risk` returns; a class, since a function inside it has no pickle."""

    risk: Callable[..., Callable[[Floats], tuple[float, Floats]]]
    X: NDArray[Any]
    y: NDArray[Any]
    weights: Floats | None
    batches: Iterator[NDArray[np.intp]]

    def __call__(self, parameters: Floats) -> tuple[float, Floats]:
        rows = next(self.batches)
        weights = None if self.weights is None else self.weights[rows]
        return self.risk(self.X[rows], self.y[rows], weights=weights)(parameters)

    def __copy__(self) -> "_MinibatchRisk":
        return replace(self, batches=deepcopy(self.batches))


def minibatches(n: int, batch_size: int, *, seed: Seed) -> Iterator[NDArray[np.intp]]:
    """Return an endless iterator over the row numbers of batches, shuffled anew for each epoch.

    Within an epoch every row comes once: sampling without replacement. A pickled or copied iterator
    goes on where it was.

    Parameters
    ----------
    n : int
        The number of samples.
    batch_size : int
        The number of rows in a batch, from 1 to n; the last batch of an epoch may have fewer.
    seed : int or numpy.random.Generator

    Returns
    -------
    batches : iterator of ndarray

    Raises
    ------
    ValueError
        If ``batch_size`` is not an integer from 1 to n.

    Examples
    --------
    >>> batches = minibatches(5, 2, seed=0)
    >>> epoch = [next(batches) for _ in range(3)]
    >>> [len(rows) for rows in epoch], sorted(np.concatenate(epoch).tolist())
    ([2, 2, 1], [0, 1, 2, 3, 4])
    """
    n = whole_number(n, "the number of samples", 1)
    return _Minibatches(n, whole_number(batch_size, "batch_size", 1, n), generator(seed))


@dataclass(eq=False)
class _Minibatches:
    """What :func:`minibatches` returns; a generator could be neither pickled nor copied."""

    n: int
    batch_size: int
    draw: np.random.Generator

    def __post_init__(self) -> None:
        self.rest: NDArray[np.intp] = np.empty(0, dtype=np.intp)

    def __iter__(self) -> "_Minibatches":
        return self

    def __next__(self) -> NDArray[np.intp]:
        if len(self.rest) == 0:
            self.rest = self.draw.permutation(self.n)
        rows, self.rest = np.split(self.rest, [self.batch_size])
        return rows

    def __copy__(self) -> "_Minibatches":
        return deepcopy(self)


def _samples(array: ArrayLike, name: str) -> NDArray[Any]:
    """Return ``array``, of any kind of entries, one or a row for each sample."""
    if isinstance(array, np.ma.MaskedArray):
        raise ValueError(
            f"{name} is a masked array, and its mask would be ignored: leave out the rows that are "
            "masked, or give them the weight 0"
        )
    array = np.asarray(array)
    if array.ndim == 0:
        raise ValueError(f"{name} has shape (); expected an entry for each sample")
    return array


def _check_rules(
    max_steps: int,
    gradient_tolerance: float,
    loss_threshold: float | None,
    relative_decrease: float | None,
) -> None:
    whole_number(max_steps, "max_steps", 0)
    if real_number(gradient_tolerance, "gradient_tolerance") != np.inf:
        not_negative(gradient_tolerance, "gradient_tolerance")
    if loss_threshold is not None and np.isnan(real_number(loss_threshold, "loss_threshold")):
        raise ValueError(f"loss_threshold is {loss_threshold}; expected a number, or None")
    if relative_decrease is not None:
        positive(relative_decrease, "relative_decrease")


def _counted(steps: int, progress: bool) -> Sequence[int]:
    """Return ``range(steps)``, with a progress bar if asked."""
    if not progress:
        return range(steps)
    try:
        from tqdm.auto import tqdm  # type: ignore[import-untyped]
    except ImportError:
        raise ImportError(
            "progress=True needs tqdm: pip install tqdm, or leave progress out"
        ) from None
    return tqdm(range(steps), unit="step")


def _stops(callback: Callable[..., bool | None], *arguments: Any) -> bool:
    """Whether the callback says so, by True or, as to SciPy, by StopIteration."""
    try:
        answer = callback(*arguments)
    except StopIteration:
        return True
    if answer is None or isinstance(answer, (bool, np.bool_)):
        return bool(answer)
    raise TypeError(
        f"the callback returned {answer!r}; expected True to stop, or False or None to go on"
    )


def _step(optimizer: Optimizer, parameters: Floats, gradient: Floats) -> Floats:
    """Return the next point; raise if it has another shape."""
    # Copies: an optimizer that changes its argument must not change the path behind it, and one
    # that returns what it keeps must not change the path later.
    step = optimizer.step(parameters.copy(), gradient)
    if step is None:
        raise TypeError("the optimizer's step returned None; expected the new parameters")
    moved = np.array(real_array(step, "the optimizer's step"), dtype=np.float64)
    if moved.shape != parameters.shape:
        raise ValueError(
            f"the optimizer's step returned shape {moved.shape} "
            f"but the parameters have shape {parameters.shape}; does it return the new parameters?"
        )
    return moved


def _rule_met(
    values: list[float],
    norm: float,
    gradient_tolerance: float,
    loss_threshold: float | None,
    relative_decrease: float | None,
) -> str:
    """Return the first stopping rule that is met, in words; empty if none is."""
    after = f", after {len(values) - 1} steps"
    if norm <= gradient_tolerance:
        return f"the gradient norm {norm:.3g} is at most {gradient_tolerance:g}{after}"
    if loss_threshold is not None and values[-1] <= loss_threshold:
        return f"the value {values[-1]:.3g} is at most {loss_threshold:g}{after}"
    if relative_decrease is not None and len(values) > 1:
        decrease = values[-2] - values[-1]
        if 0 <= decrease < relative_decrease * abs(values[-2]):
            share = f"{relative_decrease:g} of it"
            return f"the last step lowered the value by less than {share}{after}"
    return ""


def _last_rate(optimizer: Optimizer, step: int) -> str:
    """Return the learning rate that led to point ``step``, in words."""
    rate = getattr(optimizer, "learning_rate", None)
    return "this optimizer" if rate is None else f"learning rate {rate_at(rate, step - 1):g}"


def _stuck(values: list[float], norm: float) -> str:
    return (
        f"no step along the gradient lowers the value, after {len(values) - 1} steps; the gradient "
        f"norm is {norm:.3g}: this is a minimum up to rounding, a kink, or check_gradient finds why"
    )


def _diverged(
    value: float, norm: float, parameters: Floats, optimizer: Optimizer, step: int
) -> str:
    what = (
        f"at step {step} with {_last_rate(optimizer, step)}: the value is {value:g}, the gradient "
        f"norm {norm:g} and the largest parameter {np.abs(parameters).max():g}; "
        "the last finite point is kept"
    )
    # Too long a step makes the value large or NaN; one that falls so far has no bottom to reach.
    if value < -1e100:
        return f"diverged {what}; the objective falls without bound, at any learning rate"
    return f"diverged {what}; try a smaller learning rate"


def _limit_reached(values: list[float], norm: float, optimizer: Optimizer) -> str:
    steps = len(values) - 1
    reason = f"reached the limit of {steps} steps; the gradient norm is {norm:.3g}"
    if values[-1] > values[0]:
        reason += (
            f", and the value grew from {values[0]:.3g} to {values[-1]:.3g}: "
            f"{_last_rate(optimizer, steps)} may be too large"
        )
    return reason

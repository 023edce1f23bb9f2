"""Descent: repeat the optimizer's step until a stopping rule says why to stop."""

from dataclasses import dataclass, is_dataclass, replace

import numpy as np

from lossbook.optimizers import rate_at
from lossbook.risk import risk


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
        Whether the gradient norm, the loss threshold or the relative decrease ended it: not the
        step limit, not the callback, not divergence.
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
    progress=False,
):
    """Descend from ``start`` until a stopping rule is met.

    The rules are asked at every point, the start included, in this order: a value, gradient or
    parameter that is not finite; the gradient norm; the loss threshold; the relative decrease; the
    callback; the limit of steps.

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
        stops the descent where it returns True.
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
        If the optimizer is not an instance of a dataclass.
    ValueError
        If ``start`` is not a vector of finite numbers, the objective is not finite there, a setting
        is out of its range, the value is not one number, or the gradient or what the optimizer
        returns has another shape than the parameters.

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
    parameters = np.array(start, dtype=np.float64)
    if parameters.ndim != 1 or not np.isfinite(parameters).all():
        raise ValueError(f"start is {start!r}; expected a vector of finite numbers")
    if isinstance(optimizer, type) or not is_dataclass(optimizer):
        raise TypeError(
            f"optimizer is {optimizer!r}; expected an instance of a dataclass with a method step, "
            "such as GradientDescent(learning_rate=0.1)"
        )
    optimizer = replace(optimizer)
    gradient, path, values, norms = None, [], [], []
    for step in _counted(max_steps + 1, progress):
        # A descent that diverges overflows on its way: one reason in words, no stream of warnings.
        with np.errstate(all="ignore"):
            if step > 0:
                parameters = _step(optimizer, parameters, gradient)
            value, gradient, norm = _evaluate(objective, parameters)
        if not (np.isfinite([value, norm]).all() and np.isfinite(parameters).all()):
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
        stopped = callback is not None and callback(step, parameters, value, gradient)
        reason = _rule_met(values, norm, gradient_tolerance, loss_threshold, relative_decrease)
        converged = reason is not None
        if stopped and not converged:
            reason = f"the callback stopped the descent, after {step} steps"
        if reason is not None:
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


def minibatch_risk(model, loss, X, y, *, batch_size, seed, weights=None, penalty=None, **settings):
    """Return an objective like :func:`lossbook.risk`, but of the next few samples at each call.

    Descending on it is stochastic gradient descent. It remembers which batch comes next: the same
    parameters give another value at every call, and one epoch, a pass over all samples, is
    n / batch_size calls, rounded up. So make a new one for each run, and look at the full ``risk``
    to check the gradient, to judge the end of a descent, or for a line search.

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
        If ``X``, ``y`` and ``weights`` differ in length, or ``batch_size`` is not an integer from 1
        to n.

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
    X, y = np.asarray(X), np.asarray(y)
    weights = None if weights is None else np.asarray(weights)
    for name, array in (("y", y), ("weights", weights)):
        if array is not None and len(array) != len(X):
            raise ValueError(f"{name} has shape {array.shape} but X has shape {X.shape}")
    batches = minibatches(len(X), batch_size, seed=seed)

    def objective(parameters):
        rows = next(batches)
        batch_weights = None if weights is None else weights[rows]
        batch = risk(
            model, loss, X[rows], y[rows], weights=batch_weights, penalty=penalty, **settings
        )
        return batch(parameters)

    return objective


def minibatches(n, batch_size, *, seed):
    """Return an endless iterator over the row numbers of batches, shuffled anew for each epoch.

    Within an epoch every row comes once: sampling without replacement.

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
    if not (isinstance(batch_size, (int, np.integer)) and 1 <= batch_size <= n):
        raise ValueError(f"batch_size is {batch_size!r}; expected an integer from 1 to {n}")
    return _shuffled(n, batch_size, np.random.default_rng(seed))


def _shuffled(n, batch_size, draw):
    # Apart from minibatches: a generator would not check its arguments until the first next.
    while True:
        rows = draw.permutation(n)
        for first in range(0, n, batch_size):
            yield rows[first : first + batch_size]


def _check_rules(max_steps, gradient_tolerance, loss_threshold, relative_decrease):
    if not (isinstance(max_steps, (int, np.integer)) and max_steps >= 0):
        raise ValueError(f"max_steps is {max_steps!r}; expected an integer of 0 or more")
    if not gradient_tolerance >= 0:
        raise ValueError(
            f"gradient_tolerance is {gradient_tolerance}; expected a number of 0 or more"
        )
    if loss_threshold is not None and np.isnan(loss_threshold):
        raise ValueError(f"loss_threshold is {loss_threshold}; expected a number, or None")
    if relative_decrease is not None and not relative_decrease > 0:
        raise ValueError(
            f"relative_decrease is {relative_decrease}; expected a number above 0, or None"
        )


def _counted(steps, progress):
    """Return ``range(steps)``, with a progress bar if asked."""
    if not progress:
        return range(steps)
    try:
        from tqdm.auto import tqdm
    except ImportError:
        raise ImportError(
            "progress=True needs tqdm: pip install tqdm, or leave progress out"
        ) from None
    return tqdm(range(steps), unit="step")


def _evaluate(objective, parameters):
    """Return the value, the gradient and its length; raise if one has a wrong shape."""
    value, gradient = objective(parameters)
    gradient = np.asarray(gradient)
    if np.ndim(value) != 0:
        raise ValueError(
            f"the value has shape {np.shape(value)}; expected one number: is the mean missing?"
        )
    if gradient.shape != parameters.shape:
        raise ValueError(
            f"the gradient has shape {gradient.shape} "
            f"but the parameters have shape {parameters.shape}"
        )
    return float(value), gradient, float(np.linalg.norm(gradient))


def _step(optimizer, parameters, gradient):
    """Return the next point; raise if it has another shape."""
    # A copy: an optimizer that changes its argument must not change the path behind it.
    moved = np.array(optimizer.step(parameters.copy(), gradient), dtype=np.float64)
    if moved.shape != parameters.shape:
        raise ValueError(
            f"the optimizer's step returned shape {moved.shape} "
            f"but the parameters have shape {parameters.shape}; does it return the new parameters?"
        )
    return moved


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
            share = f"{relative_decrease:g} of it"
            return f"the last step lowered the value by less than {share}{after}"
    return None


def _last_rate(optimizer, step):
    """Return the learning rate that led to point ``step``, in words."""
    rate = getattr(optimizer, "learning_rate", None)
    return "this optimizer" if rate is None else f"learning rate {rate_at(rate, step - 1):g}"


def _diverged(value, norm, parameters, optimizer, step):
    what = (
        f"at step {step} with {_last_rate(optimizer, step)}: the value is {value:g}, the gradient "
        f"norm {norm:g} and the largest parameter {np.abs(parameters).max():g}; "
        "the last finite point is kept"
    )
    # Too long a step makes the value large or NaN; one that falls so far has no bottom to reach.
    if value < -1e100:
        return f"diverged {what}; the objective falls without bound, at any learning rate"
    return f"diverged {what}; try a smaller learning rate"


def _limit_reached(values, norm, optimizer):
    steps = len(values) - 1
    reason = f"reached the limit of {steps} steps; the gradient norm is {norm:.3g}"
    if values[-1] > values[0]:
        reason += (
            f", and the value grew from {values[0]:.3g} to {values[-1]:.3g}: "
            f"{_last_rate(optimizer, steps)} may be too large"
        )
    return reason

"""What is least under a loss: the best constant and the best line, from the losses of the package.

The scripts of the explorers have the same functions; ``tests/test_explorers_js.py`` compares them.
"""

from functools import cache
from itertools import combinations

import numpy as np

from lossbook.losses import absolute_error, huber, pinball
from lossbook.risk import mean


def constant(loss, targets, weights=None, **settings):
    """Return the constant with the lowest mean loss, between the smallest and the largest target.

    A grid of 257 constants finds the valley, for not every loss is convex; bisection its floor.
    Where the floor is flat, its middle is returned.

    Parameters
    ----------
    loss : callable
        A loss of real-valued targets.
    targets : array_like, shape (n,)
    weights : array_like, shape (n,), optional
    **settings
        Hyper-parameters of the loss.

    Returns
    -------
    constant : float

    Examples
    --------
    >>> from lossbook.losses import absolute_error, squared_error
    >>> targets = [1.0, 2.0, 3.0, 10.0]
    >>> round(constant(squared_error, targets), 9), constant(absolute_error, targets)
    (4.0, 2.5)
    """
    targets = np.asarray(targets, dtype=np.float64)
    low, high = float(targets.min()), float(targets.max())
    if low == high:
        return low
    grid = low + (high - low) * (np.arange(257) / 256)
    guesses = np.repeat(grid[:, None], len(targets), axis=1)
    losses = loss(guesses, np.broadcast_to(targets, guesses.shape), **settings)[0]
    values = np.average(losses, axis=1, weights=weights)
    lowest = np.flatnonzero(values <= values.min() + 1e-12 * np.ptp(values))
    last = first = lowest[0]
    while last + 1 in lowest:
        last += 1

    def slope(guess):
        guesses = np.full_like(targets, guess)
        _, pulls = mean(loss, guesses, targets, weights=weights, **settings)
        return _sign(pulls)

    return _turning_point(grid[max(first - 1, 0)], grid[min(last + 1, 256)], slope)


def squared_line(x, y):
    """Return (θ₀, θ₁) of least squares; where all x are one, the level line through the mean.

    >>> squared_line([0.0, 1.0, 2.0], [1.0, 3.0, 5.0])
    (1.0, 2.0)
    """
    x, y = np.asarray(x), np.asarray(y)
    across = x - x.mean()
    # Not across.any(): the mean of equal numbers may be rounded.
    slope = across @ (y - y.mean()) / (across @ across) if np.ptp(x) > 0 else 0.0
    return float(y.mean() - slope * x.mean()), float(slope)


def vertex_line(loss, x, y, **settings):
    """Return (θ₀, θ₁) with the lowest risk of a loss of straight pieces.

    Some best line passes through two of the points: all are tried, and the first of the best is
    returned. Where all x are one, the level line through the best point.

    >>> vertex_line(absolute_error, [0, 1, 2, 3, 4], [0, 1, 2, 3, 20])
    (0.0, 1.0)
    """
    candidates = [
        (y[i] - (y[j] - y[i]) / (x[j] - x[i]) * x[i], (y[j] - y[i]) / (x[j] - x[i]))
        for i, j in combinations(range(len(x)), 2)
        if x[i] != x[j]
    ] or [(height, 0.0) for height in y]
    best, least = None, np.inf
    for intercept, slope in candidates:
        value, _ = mean(loss, intercept + slope * np.asarray(x), y, **settings)
        if value < least * (1 - 1e-12):
            best, least = (float(intercept), float(slope)), value
    return best


def huber_line(x, y, delta):
    """Return (θ₀, θ₁) with the lowest risk under Huber's loss, to the last digits.

    For each slope the best intercept, then the best slope: each is where a sum of pulls turns its
    sign. The slope is between the least and the greatest of two points.

    >>> round(huber_line([0, 1, 2, 3, 4], [0, 1, 2, 3, 20], delta=0.1)[1], 9)
    1.05
    """
    x, y = np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)
    slopes = [
        (y[j] - y[i]) / (x[j] - x[i]) for i, j in combinations(range(len(x)), 2) if x[i] != x[j]
    ]

    def intercept(slope):
        starts = y - slope * x
        return _turning_point(
            starts.min(),
            starts.max(),
            lambda start: _sign(huber(start + slope * x, y, delta=delta)[1]),
        )

    def pull(slope):
        return _sign(huber(intercept(slope) + slope * x, y, delta=delta)[1] * x)

    slope = _turning_point(min(slopes), max(slopes), pull) if slopes else 0.0
    return intercept(slope), slope


def lines(x, y, delta, quantile):
    """Return {loss name: (θ₀, θ₁)} of the four lines of the line-fitting explorer."""
    return {
        "squared_error": squared_line(x, y),
        "absolute_error": vertex_line(absolute_error, x, y),
        "huber": huber_line(x, y, delta),
        "pinball": vertex_line(pinball, x, y, quantile=quantile),
    }


def _sign(terms):
    """Return the sign of a sum; what rounding may have made of 0 is 0."""
    total = terms.sum()
    return 0.0 if abs(total) <= 1e-12 * np.abs(terms).sum() else np.sign(total)


def _turning_point(left, right, slope):
    """Return where a slope changes its sign; the middle, if it is 0 along a stretch."""
    slope = cache(slope)  # Both searches ask at the same places until they part.

    def turn(before):
        low, high = float(left), float(right)
        for _ in range(60):
            middle = low + (high - low) / 2
            low, high = (middle, high) if before(slope(middle)) else (low, middle)
        return low + (high - low) / 2

    return (turn(lambda sign: sign < 0) + turn(lambda sign: sign <= 0)) / 2

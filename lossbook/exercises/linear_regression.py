"""The exercises of the set linear_regression."""

import numpy as np

from lossbook import losses, penalties
from lossbook.exercises.exercise import (
    STOPPED,
    Exercise,
    by_predictions,
    linear_gradient,
    normal,
    pulled,
    with_factor,
)

line = np.array([0.0, 1.0, 2.0, 5.0]), np.array([1.0, 2.5, 6.0, 11.0])


def _ridge(parameters, X, y, strength, skip=1):
    penalty = penalties.l2(strength, skip=skip)
    return linear_gradient(losses.squared_error, parameters, X, y, penalty=penalty)


def _line(x, y):
    """Return intercept and slope, and nan where there is no line."""
    slope = ((x - x.mean()) * y).mean() / x.var()
    return y.mean() - slope * x.mean(), slope


EXERCISES = {
    "fit_line": Exercise(
        _line,
        {"four points": line, "thirty points": (normal(7, 30), normal(8, 30))},
        {
            "Intercept and slope are swapped: the intercept comes first.": (
                lambda x, y: _line(x, y)[::-1]
            ),
            "The line goes through the origin: the column of ones is missing.": (
                lambda x, y: (0.0, x @ y / (x @ x))
            ),
        },
        section="linear_regression/by_hand#the-closed-form-solution",
    ),
    "huber_gradient": Exercise(
        lambda parameters, X, y, delta: linear_gradient(
            losses.huber, parameters, X, y, delta=delta
        ),
        pulled(0.7, 1.3, 0.4),
        {
            STOPPED: lambda t, X, y, d: by_predictions(losses.huber, t, X, y, delta=d),
            "The pull is not bounded: beyond delta it stays at delta.": (
                lambda t, X, y, d: linear_gradient(losses.half_squared_error, t, X, y)
            ),
        },
        section="concepts/from_error_to_loss#one-turn-of-the-loop",
    ),
    "ridge_gradient": Exercise(
        lambda parameters, X, y, strength, *, weight=1.0: _ridge(
            parameters, X, y, weight * strength
        ),
        pulled(0.3, 2.0, 0.8),
        {
            "The intercept is penalized: the sum begins with the first slope.": (
                lambda t, X, y, s, *, weight=1.0: _ridge(t, X, y, weight * s, skip=0)
            ),
            "The factor 2 is missing in the penalty: the derivative of θ² is 2θ.": (
                lambda t, X, y, s, *, weight=1.0: _ridge(t, X, y, weight * s / 2)
            ),
            "The penalty is missing.": lambda t, X, y, s, *, weight=1.0: _ridge(t, X, y, 0.0),
        },
        section="names",
    ),
    "pinball_gradient": with_factor(
        Exercise(
            lambda parameters, X, y, quantile: linear_gradient(
                losses.pinball, parameters, X, y, quantile=quantile
            ),
            pulled(0.9, 0.2, 0.6),
            {
                STOPPED: lambda t, X, y, q: by_predictions(losses.pinball, t, X, y, quantile=q),
                "The two sides are swapped: too low pulls with q, too high with 1 − q.": (
                    lambda t, X, y, q: linear_gradient(losses.pinball, t, X, y, quantile=1 - q)
                ),
                "The condition is reversed: too low pulls with −q, too high with 1 − q.": (
                    lambda t, X, y, q: -linear_gradient(losses.pinball, t, X, y, quantile=1 - q)
                ),
            },
            section="linear_regression/outliers_and_quantiles#two-prices",
        ),
    ),
}

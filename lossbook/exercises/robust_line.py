"""The exercises of the set robust_line."""

import numpy as np

from lossbook import losses, models
from lossbook.exercises.exercise import LATE, RESIDUALS, UPHILL, X5, Y5, Exercise, descend, normal
from lossbook.risk import risk

table = np.array([[50.0, 1.0], [60.0, 1.5], [70.0, 4.0], [73.0, 9.0]])
line = np.array([[-1.0], [0.0], [0.5], [2.0]]), np.array([0.0, 1.0, 1.4, 9.0])


def _scaled(X, deviation):
    return (X - X.mean(axis=0)) / deviation


def _fit(loss, X, y, learning_rate, steps, start, change=lambda objective: objective, **settings):
    objective = change(risk(models.linear, loss, X, y, **settings))
    return descend(objective, np.full(X.shape[1] + 1, start), learning_rate, steps).parameters


def _by_size(residuals):
    return np.argsort(-np.abs(residuals), kind="stable")


def _uphill(objective):
    def opposite(parameters):
        value, gradient = objective(parameters)
        return value, -gradient

    return opposite


EXERCISES = {
    "standardize": Exercise(
        lambda X, *, center=0.0, spread=1.0: center + spread * _scaled(X, X.std(axis=0)),
        {"two columns": (table,), "three columns": (normal(12, 10, 3),)},
        {
            "The mean is over the whole table: each column has its own, axis=0.": (
                lambda X, *, center=0.0, spread=1.0: center + spread * (X - X.mean()) / X.std()
            ),
            "The deviation divides by n − 1; here it divides by n, as np.std does.": (
                lambda X, *, center=0.0, spread=1.0: (
                    center + spread * _scaled(X, X.std(axis=0, ddof=1))
                )
            ),
            "This divides by the variance; the deviation is its square root.": (
                lambda X, *, center=0.0, spread=1.0: center + spread * _scaled(X, X.var(axis=0))
            ),
        },
        section="algorithm/learning_rate#scale-the-features",
    ),
    "huber_fit": Exercise(
        lambda X, y, delta, learning_rate, steps, *, start=0.0: _fit(
            losses.huber, X, y, learning_rate, steps, start, delta=delta
        ),
        {
            "one step": (*line, 1.0, 0.2, 1),
            "forty steps": (*line, 1.0, 0.2, 40),
            "two columns": (X5, 3 * Y5, 1.0, 0.2, 4),
        },
        {
            "This is the least-squares fit: the pull of the outlier is not bounded.": (
                lambda X, y, d, r, k, *, start=0.0: _fit(
                    losses.half_squared_error, X, y, r, k, start
                )
            ),
            UPHILL: lambda X, y, d, r, k, *, start=0.0: _fit(
                losses.huber, X, y, r, k, start, _uphill, delta=d
            ),
            LATE: lambda X, y, d, r, k, *, start=0.0: _fit(
                losses.huber, X, y, r, k - 1, start, delta=d
            ),
        },
        section="background/three_answers#why-they-differ",
    ),
    "suspects": Exercise(
        lambda residuals, count, *, first=0: first + np.sort(_by_size(residuals)[:count]),
        {
            "two of seven": (RESIDUALS, 2),
            "three of thirty": (normal(14, 30), 3),
            "six of thirty": (normal(20, 30), 6),
        },
        {
            "The signs count here: a residual far below zero is as suspect as one above.": (
                lambda r, k, *, first=0: first + np.sort(np.argsort(-r, kind="stable")[:k])
            ),
            "These are the smallest residuals: take the largest.": (
                lambda r, k, *, first=0: first + np.sort(_by_size(r)[-k:])
            ),
        },
        section="background/three_answers#why-they-differ",
    ),
}

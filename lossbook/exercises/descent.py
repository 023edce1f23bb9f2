"""The exercises of the set descent."""

import numpy as np

from lossbook import surfaces
from lossbook.exercises.exercise import (
    LATE,
    UPHILL,
    X5,
    Exercise,
    descend,
    with_factor,
)

bowl, valley = surfaces.quadratic([[1, 0], [0, 10]]), surfaces.rosenbrock
start, x = np.array([2.0, 1.0]), np.array([[0.0], [1.0], [2.0], [4.0]])
slopes = {
    "no step": (lambda p: bowl(p)[1], start, 0.1, 0),
    "one step": (lambda p: bowl(p)[1], start, 0.1, 1),
    "ten steps in a valley": (lambda p: valley(p)[1], np.array([-1.0, 1.0]), 1e-3, 10),
}


def _flat(gradient):
    """Return an objective of which only the gradient matters."""
    return lambda parameters: (0.0, gradient(parameters))


def _design(X):
    return np.column_stack((np.ones(len(X)), X))


def _rate(X, factor):
    """Return 2/λ for the largest eigenvalue λ of factor · AᵀA, where A has the columns of X."""
    return 2 / np.linalg.eigvalsh(factor * X.T @ X)[-1]


def _three_steps(start, learning_rate, *, sign=1, slope=lambda theta: 2 * theta):
    path = [start]
    for _ in range(3):
        path.append(path[-1] - sign * learning_rate * slope(path[-1]))
    return np.array(path[1:])


def _ratio(kappa, epsilon, factor):
    return np.log(1 / epsilon) / -np.log(factor(kappa))


EXERCISES = {
    "gradient_descent": Exercise(
        lambda gradient, start, learning_rate, steps, *, decay=1.0: (
            descend(_flat(gradient), start, learning_rate, steps, decay).parameters
        ),
        slopes,
        {
            UPHILL: lambda g, s, r, k, *, decay=1.0: (
                descend(_flat(lambda p: -g(p)), s, r, k, decay).parameters
            ),
            LATE: lambda g, s, r, k, *, decay=1.0: (
                descend(_flat(g), s, r, max(k - 1, 0), decay).parameters
            ),
        },
        section="loop",
    ),
    "descent_values": Exercise(
        lambda objective, start, learning_rate, steps, *, decay=1.0: (
            descend(objective, start, learning_rate, steps, decay).values
        ),
        {
            "three steps": (bowl, start, 0.1, 3),
            "ten steps in a valley": (valley, np.array([-1.0, 1.0]), 1e-3, 10),
        },
        {
            "The value at the start is missing: k steps have k + 1 values.": (
                lambda f, s, r, k, *, decay=1.0: descend(f, s, r, k, decay).values[1:]
            ),
            "The value at the end is missing: k steps have k + 1 values.": (
                lambda f, s, r, k, *, decay=1.0: descend(f, s, r, k, decay).values[:-1]
            ),
        },
        section="loop",
    ),
    "largest_learning_rate": with_factor(
        Exercise(
            lambda X: _rate(_design(X), 2 / len(X)),
            {"four samples": (x,), "five samples, two columns": (X5,)},
            {
                "The intercept is missing: the Hessian has a column of ones too.": (
                    lambda X: _rate(X, 2 / len(X))
                ),
                "This is the best rate, for the largest curvature alone: the limit is twice it.": (
                    lambda X: _rate(_design(X), 2 / len(X)) / 2
                ),
                "The factor 2/n of the Hessian is missing.": lambda X: _rate(_design(X), 1),
            },
            section="algorithm/five_steps#how-large-a-step-can-you-take",
        ),
        power=-1,
    ),
    "three_steps": Exercise(
        lambda *, start, learning_rate: _three_steps(start, learning_rate),
        {"your start and rate": ()},
        {
            UPHILL: lambda *, start, learning_rate: _three_steps(start, learning_rate, sign=-1),
            "The derivative of θ² is 2θ, not θ.": lambda *, start, learning_rate: _three_steps(
                start, learning_rate / 2
            ),
        },
        by_hand=True,
        section="loop",
    ),
    "steps_needed": Exercise(
        lambda kappa, epsilon: _ratio(kappa, epsilon, lambda k: (k - 1) / (k + 1)),
        {"condition number 10": (10.0, 1e-3), "condition number 1000": (1000.0, 1e-6)},
        {
            "The factor is that of the rate 1/L; the best rate shrinks by (κ − 1)/(κ + 1).": (
                lambda kappa, epsilon: _ratio(kappa, epsilon, lambda k: 1 - 1 / k)
            ),
        },
        section="algorithm/learning_rate#predict-three-numbers",
    ),
}

"""The exercises of the set logistic_regression."""

import numpy as np

from lossbook import losses, models
from lossbook.exercises.exercise import (
    LABELS,
    OVERFLOW,
    PULLED,
    STOPPED,
    THETA,
    X5,
    Exercise,
    by_predictions,
    linear_gradient,
    naive,
    sigmoid,
)
from lossbook.risk import mean, risk

bce = losses.binary_cross_entropy
grown = np.array([0.0, 40.0, 0.0]), X5.astype(np.float32), LABELS
seven = PULLED["seven samples"][:2]
five = {
    "five samples": (THETA, X5, LABELS),
    "seven samples": (*seven, np.array([0, 1, 1, 0, 1, 0, 0])),
}


def _by_chances(chances, X, labels):
    return (chances - labels) @ np.column_stack((np.ones(len(X)), X)) / len(labels)


EXERCISES = {
    "sigmoid": Exercise(
        lambda z: sigmoid(z),
        {
            "small numbers": (np.array([-2.0, -0.5, 0.0, 3.0]),),
            "float32": (np.array([-100.0, -1.0, 100.0], dtype=np.float32),),
            "large numbers": (np.array([-715.0, -40.0, 800.0]),),
        },
        {
            "The sign of the exponent is flipped: this is 1 − p.": lambda z: sigmoid(-z),
            OVERFLOW: naive,
        },
        tiny=True,
        section="linear_regression/logistic_regression#from-a-score-to-a-probability",
    ),
    "logistic_risk": Exercise(
        lambda parameters, X, labels: risk(models.linear, bce, X, labels)(parameters)[0],
        {**five, "logits of hundreds": (200 * THETA, X5, LABELS)},
        {
            "Probabilities are passed as logits: the sigmoid is applied twice.": (
                lambda t, X, y: mean(bce, sigmoid(models.linear(t, X)[0]), y)[0]
            ),
            "The labels are swapped: the logarithm of p belongs to label 1.": (
                lambda t, X, y: risk(models.linear, bce, X, 1 - y)(t)[0]
            ),
        },
        section="linear_regression/logistic_regression#from-a-score-to-a-probability",
    ),
    "logistic_gradient": Exercise(
        lambda parameters, X, labels: linear_gradient(bce, parameters, X, labels),
        {
            **five,
            "large logits in float32": grown,
            "tiny derivatives": (np.array([-714.0, 0.5, 0.0]), X5, 0 * LABELS),
        },
        {
            OVERFLOW: lambda t, X, y: _by_chances(naive(t[0] + X @ t[1:]), X, y),
            STOPPED: lambda t, X, y: by_predictions(bce, t, X, y),
            "Logits are taken for probabilities: apply the sigmoid first.": (
                lambda t, X, y: linear_gradient(losses.half_squared_error, t, X, y)
            ),
        },
        tiny=True,
        section="linear_regression/logistic_regression#the-same-descent-another-loss",
    ),
    "odds_factor": Exercise(
        lambda parameters, j, change: np.exp(change * parameters[j]),
        {"one unit": (THETA, 1, 1.0), "half a unit": (THETA, 2, 0.5)},
        {
            "This is the change of the log-odds: the odds change by its exponential.": (
                lambda t, j, c: c * t[j]
            ),
            "The intercept shifts the index: slope j is parameters[j].": (
                lambda t, j, c: np.exp(c * t[j - 1])
            ),
        },
        section="linear_regression/logistic_regression#what-the-numbers-mean",
    ),
}

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
    naive,
    sigmoid,
)

bce = losses.binary_cross_entropy
grown = np.array([0.0, 40.0, 0.0]), X5.astype(np.float32), LABELS
seven = PULLED["seven samples"][:2]
five = {
    "five samples": (THETA, X5, LABELS),
    "seven samples": (*seven, np.array([0, 1, 1, 0, 1, 0, 0])),
}


def _weighted(parameters, X, labels, weight, loss=bce, change=lambda logits: logits):
    """Return the risk and its gradients by logits and by parameters; label 1 has a weight."""
    logits, backward = models.linear(parameters, X)
    values, pulls = loss(change(logits), labels)
    shares = (np.where(labels == 1, weight, 1.0) / len(labels)).astype(values.dtype)
    return float(shares @ values), shares * pulls, backward(shares * pulls)


def _naive_gradient(parameters, X, labels, weight):
    excess = (naive(parameters[0] + X @ parameters[1:]) - labels) / len(labels)
    return (np.where(labels == 1, weight, 1.0) * excess) @ np.column_stack((np.ones(len(X)), X))


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
        lambda parameters, X, labels, *, weight=1.0: _weighted(parameters, X, labels, weight)[0],
        {**five, "logits of hundreds": (200 * THETA, X5, LABELS)},
        {
            "Probabilities are passed as logits: the sigmoid is applied twice.": (
                lambda t, X, y, *, weight=1.0: _weighted(t, X, y, weight, change=sigmoid)[0]
            ),
            "The labels are swapped: the logarithm of p belongs to label 1.": (
                lambda t, X, y, *, weight=1.0: _weighted(
                    t, X, y, weight, lambda z, labels: bce(z, 1 - labels)
                )[0]
            ),
        },
        section="linear_regression/logistic_regression#from-a-score-to-a-probability",
    ),
    "logistic_gradient": Exercise(
        lambda parameters, X, labels, *, weight=1.0: _weighted(parameters, X, labels, weight)[2],
        {
            **five,
            "large logits in float32": grown,
            "tiny derivatives": (np.array([-714.0, 0.5, 0.0]), X5, 0 * LABELS),
        },
        {
            OVERFLOW: lambda t, X, y, *, weight=1.0: _naive_gradient(t, X, y, weight),
            STOPPED: lambda t, X, y, *, weight=1.0: _weighted(t, X, y, weight)[1],
            "Logits are taken for probabilities: apply the sigmoid first.": (
                lambda t, X, y, *, weight=1.0: _weighted(
                    t, X, y, weight, losses.half_squared_error
                )[2]
            ),
        },
        tiny=True,
        section="linear_regression/logistic_regression#the-same-descent-another-loss",
    ),
    "odds_factor": Exercise(
        lambda parameters, j, change, *, unit=1.0: np.exp(change / unit * parameters[j]),
        {"one unit": (THETA, 1, 1.0), "half a unit": (THETA, 2, 0.5)},
        {
            "This is the change of the log-odds: the odds change by its exponential.": (
                lambda t, j, c, *, unit=1.0: c / unit * t[j]
            ),
            "The intercept shifts the index: slope j is parameters[j].": (
                lambda t, j, c, *, unit=1.0: np.exp(c / unit * t[j - 1])
            ),
        },
        section="linear_regression/logistic_regression#what-the-numbers-mean",
    ),
}

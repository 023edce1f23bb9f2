"""The exercises of the set gradients."""

import numpy as np

from lossbook import losses, surfaces
from lossbook.exercises.exercise import (
    LABELS,
    OVERFLOW,
    PULLED,
    STOPPED,
    Exercise,
    by_predictions,
    linear_gradient,
    naive,
    normal,
    sigmoid,
    with_factor,
)
from lossbook.risk import mean

logits = np.array([0.3, -1.2, 2.0, 0.0, -0.4])
rows, classes = normal(6, 5, 3), np.array([0, 2, 1, 1, 0])
large = np.array([-95.0, 95.0, 1.0, 100.0, 0.5], dtype=np.float32)
bce, softmax = losses.binary_cross_entropy, losses.softmax_cross_entropy


def _softmax(logits):
    zeros = np.zeros(len(logits), dtype=int)
    return losses.softmax_cross_entropy(logits, zeros)[1] + np.eye(logits.shape[1])[zeros]


def _over_samples(logits):
    shares = np.exp(logits - logits.max(axis=0))
    return shares / shares.sum(axis=0)


def _differences(function, point, step, ahead, behind):
    moves = step * np.eye(len(point))
    rise = [function(point + ahead * move) - function(point - behind * move) for move in moves]
    return np.array(rise) / ((ahead + behind) * step)


EXERCISES = {
    "mse_gradient": with_factor(
        Exercise(
            lambda parameters, X, y: linear_gradient(losses.squared_error, parameters, X, y),
            {name: PULLED[name] for name in ("one sample", "five samples")},
            {
                STOPPED: lambda t, X, y: by_predictions(losses.squared_error, t, X, y),
                "The intercept is missing: the first parameter belongs to a column of ones.": (
                    lambda t, X, y: linear_gradient(losses.squared_error, t, X, y)[1:]
                ),
            },
            section="derivation/mean_squared_error#line-by-line",
        ),
    ),
    "cross_entropy_gradient": Exercise(
        lambda logits, labels: mean(bce, logits, labels)[1],
        {
            "five samples": (logits, LABELS),
            "large logits in float32": (large, LABELS),
            "tiny derivatives": (np.array([-715.0, -40.0, 2.0]), np.array([0, 0, 1])),
        },
        {
            OVERFLOW: lambda z, y: (naive(z) - y) / len(z),
            "Probabilities are passed as logits: the sigmoid is applied twice.": (
                lambda z, y: mean(bce, sigmoid(z), y)[1]
            ),
            "Logits are taken for probabilities: apply the sigmoid first.": (
                lambda z, y: (z - y) / len(z)
            ),
        },
        tiny=True,
        section="labels",
    ),
    "softmax_gradient": Exercise(
        lambda logits, labels: softmax(logits, labels)[1] / np.float32(len(labels)),
        {
            "five samples, three classes": (rows, classes),
            "large logits in float32": (np.float32(90) * rows.astype(np.float32), classes),
        },
        {
            "Probabilities are passed as logits: the softmax is applied twice.": (
                lambda z, c: softmax(_softmax(z), c)[1] / np.float32(len(c))
            ),
            "The softmax runs over the samples: it sums over the classes, axis 1.": (
                lambda z, c: (_over_samples(z) - np.eye(z.shape[1])[c]) / len(c)
            ),
        },
        section="classes",
    ),
    "central_difference": Exercise(
        lambda function, point, step: _differences(function, point, step, 1, 1),
        {
            "a bowl": (lambda x: float(x @ x), np.array([1.0, -2.0]), 1e-3),
            "a curved valley": (
                lambda x: float(surfaces.rosenbrock(x)[0]),
                np.array([-1.0, 0.5]),
                1e-3,
            ),
        },
        {
            "This is the forward difference: go one step to either side of the point.": (
                lambda f, x, h: _differences(f, x, h, 1, 0)
            ),
            "This is the backward difference: go one step to either side of the point.": (
                lambda f, x, h: _differences(f, x, h, 0, 1)
            ),
        },
        section="derivation/checking_a_gradient#forward-central-and-fourth-order-differences",
    ),
}

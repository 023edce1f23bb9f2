"""The exercises of the set concepts."""

import numpy as np

from lossbook import losses
from lossbook.exercises.exercise import (
    RESIDUALS,
    Exercise,
    normal,
    with_factor,
)
from lossbook.risk import mean

sides = {
    "errors of both signs": (np.array([1.0, 2.0, 3.0, 4.0]), np.array([2.0, 2.0, 1.0, 7.0])),
    "thirty samples": (normal(4, 30), normal(5, 30)),
}


EXERCISES = {
    "mean_absolute_error": Exercise(
        lambda predictions, targets: mean(losses.absolute_error, predictions, targets)[0],
        {"one sample": (np.array([1.0]), np.array([3.0])), **sides},
        {
            "The errors cancel: take the absolute value of each one before the mean.": (
                lambda p, y: (p - y).mean()
            ),
            "The errors cancel, however you subtract: take absolute values before the mean.": (
                lambda p, y: (y - p).mean()
            ),
            "This is the mean squared error: take absolute values, not squares.": (
                lambda p, y: mean(losses.squared_error, p, y)[0]
            ),
        },
        section="concepts/from_error_to_loss#a-loss-does-not-cancel",
    ),
    "huber_values": with_factor(
        Exercise(
            lambda residuals, delta: losses.huber(residuals, 0 * residuals, delta=delta)[0],
            {"delta 1": (RESIDUALS, 1.0), "delta 2": (RESIDUALS, 2.0)},
            {
                "The branch for large residuals is missing: beyond delta it is a line.": (
                    lambda r, d: losses.half_squared_error(r, 0 * r)[0]
                ),
                "The two branches do not meet: the line is lower by half of delta squared.": (
                    lambda r, d: np.where(abs(r) <= d, r * r / 2, d * abs(r))
                ),
                "The factor 2 is missing where the residual is small: it is half of its square.": (
                    lambda r, d: np.where(abs(r) <= d, r * r, d * (abs(r) - d / 2))
                ),
            },
            section="background/one_number_for_five#huber-cut-the-pull",
        ),
    ),
    "huber_pull": Exercise(
        lambda residuals, delta: losses.huber(residuals, 0 * residuals, delta=delta)[1],
        {"delta 1": (RESIDUALS, 1.0), "delta 2": (RESIDUALS, 2.0)},
        {
            "The pull is not bounded: beyond delta it stays at delta.": lambda r, d: r,
            "Beyond delta the pull is delta, not 1.": (
                lambda r, d: np.where(abs(r) <= d, r, np.sign(r))
            ),
        },
        section="background/three_answers#why-they-differ",
    ),
    "pinball_mean": with_factor(
        Exercise(
            lambda predictions, targets, quantile: mean(
                losses.pinball, predictions, targets, quantile=quantile
            )[0],
            {name: (*pair, 0.9) for name, pair in sides.items()},
            {
                "The two sides are swapped: for quantile 0.9 too low costs 0.9, too high 0.1.": (
                    lambda p, y, q: mean(losses.pinball, p, y, quantile=1 - q)[0]
                ),
            },
            section="linear_regression/outliers_and_quantiles#two-prices",
        ),
    ),
    "risks_by_hand": Exercise(
        lambda *, residuals: (
            mean(losses.squared_error, residuals, 0 * np.array(residuals))[0],
            mean(losses.absolute_error, residuals, 0 * np.array(residuals))[0],
            mean(losses.huber, residuals, 0 * np.array(residuals))[0],
        ),
        {"your residuals": ()},
        {
            "These are sums: a risk is a mean.": lambda *, residuals: tuple(
                loss(residuals, 0 * np.array(residuals))[0].sum()
                for loss in (losses.squared_error, losses.absolute_error, losses.huber)
            ),
        },
        by_hand=True,
        section="background/three_answers#a-loss-is-a-judge",
    ),
}

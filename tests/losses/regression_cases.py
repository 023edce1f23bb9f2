"""The regression losses in exact arithmetic."""

import mpmath
import numpy as np

from lossbook.losses import absolute_error, huber, squared_error
from tests.losses.case import Case


def residuals(rng, kinks=()):
    """Draw pairs of predictions and targets: random, tiny, huge, shifted, and beside each kink."""
    small, targets = rng.normal(size=(2, 40))
    signs = rng.choice([-1.0, 1.0], size=40)
    near = np.array([kink + step for kink in kinks for step in (-1e-5, 1e-5, -1e-3, 1e-3)])
    return [
        (3 * small, targets),
        (signs * 10 ** rng.uniform(-30, -1, size=40), np.zeros(40)),
        (signs * 10 ** rng.uniform(1, 150, size=40), np.zeros(40)),
        (1e4 + small, 1e4 + targets),
        *([(near, np.zeros_like(near)), (1 - near, np.ones_like(near))] if kinks else []),
    ]


def exact_huber(prediction, target, delta):
    r = abs(prediction - target)
    delta = mpmath.mpf(delta)
    return r**2 / 2 if r <= delta else delta * (r - delta / 2)


CASES = [
    Case(squared_error, lambda p, t: (p - t) ** 2, residuals),
    Case(absolute_error, lambda p, t: abs(p - t), lambda rng: residuals(rng, kinks=[0])),
    *(
        Case(
            huber,
            exact_huber,
            lambda rng, delta=delta: residuals(rng, kinks=[delta, -delta]),
            {"delta": delta},
        )
        for delta in (1.0, 0.25, 3.0)
    ),
]

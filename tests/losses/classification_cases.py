"""The classification losses in exact arithmetic."""

import mpmath
import numpy as np

from lossbook.losses import (
    binary_cross_entropy,
    brier,
    exponential,
    focal,
    hinge,
    logistic,
    modified_huber,
    multiclass_hinge,
    perceptron,
    softmax_cross_entropy,
    squared_hinge,
)
from tests.losses.case import Case


def numbers(rng):
    """Draw predictions: random, tiny, in the tails of float32 and of float64, and extreme."""
    signs = rng.choice([-1.0, 1.0], size=16)
    return [
        3 * rng.normal(size=16),
        signs * 10 ** rng.uniform(-30, -1, size=16),
        signs * rng.uniform(15, 87, size=16),
        signs * rng.uniform(30, 745, size=16),
        signs * np.append(rng.uniform(1e3, 1e4, size=15), 1e4),
    ]


def logits(rng):
    """Draw pairs of logits and labels 0 and 1."""
    return [(z, rng.integers(0, 2, size=len(z))) for z in numbers(rng)]


def soft_logits(rng):
    """Draw pairs of logits and labels from 0 to 1: random, close to σ(z), close to 0 and to 1."""
    z, shift = numbers(rng), rng.normal(size=16)
    probabilities = 1 / (1 + np.exp(-z[0]))
    small = 10 ** rng.uniform(-20, -1, size=16)
    ends = np.where(rng.integers(0, 2, size=16), small, 1 - small)
    return [
        *((array, rng.uniform(size=16)) for array in z),
        (z[0], np.clip(probabilities * (1 + 1e-6 * shift), 0, 1)),
        *((array, ends) for array in z),
    ]


def soft_tables(rng, k):
    """Draw n × k logits and rows of probabilities: spread, peaked, of two classes, of one."""
    spread, peaked = rng.dirichlet(np.ones(k), size=10), rng.dirichlet(np.full(k, 0.05), size=10)
    tables_of_logits = [z for z, _ in tables(rng, k)]
    top = [np.eye(k)[z.argmax(axis=1)] for z in tables_of_logits]
    return [
        *((z[:5], spread[:5]) for z in tables_of_logits[:4]),
        (tables_of_logits[0], peaked),
        *((z[:5], rows[:5]) for z, rows in zip(tables_of_logits[4:], top[4:])),
        (tables_of_logits[6][:5], 0.25 * top[6][:5] + 0.75 * np.roll(top[6][:5], 1, axis=1)),
    ]


def scores(rng, kinks=(), far=()):
    """Draw pairs of scores and labels −1 and +1, also with margins beside each kink, or far off."""
    margins = [kink + step for kink in kinks for step in (-1e-5, 1e-5, -1e-3, 1e-3)]
    near = np.array([*margins, *far])
    draws = [(s, 2 * rng.integers(0, 2, size=len(s)) - 1) for s in numbers(rng)]
    if len(near) == 0:
        return draws
    return [*draws, (near, np.ones(len(near), int)), (-near, -np.ones(len(near), int))]


def boosting_scores(rng):
    """Draw scores whose exponential loss a float32 can hold, and ±1e4, where it is inf or 0."""
    random, tiny, tail, _, _ = numbers(rng)
    ends = np.array([1e4, -1e4, 750.0, -750.0])
    return [(s, 2 * rng.integers(0, 2, size=len(s)) - 1) for s in (random, tiny, tail, ends)]


def forecasts(rng):
    """Draw probabilities, also next to 0 and 1, and labels."""
    low = 10 ** rng.uniform(-20, -1, size=16)
    draws = [rng.uniform(size=16), low, 1 - low, np.repeat([0.0, 1.0], 8)]
    return [(p, rng.integers(0, 2, size=16)) for p in draws]


def tables(rng, k):
    """Draw n × k logits and labels: random, shifted, extreme, tiny, nearly tied, with wide gaps.

    Wide gaps between numbers of opposite sign are rounded. Half of the labels have the top logit.
    """
    n = 10
    random = 3 * rng.normal(size=(n, k))
    gaps = rng.uniform(10, [[50], [350]] * (n // 2), size=(n, k))
    gaps[:, 1:] *= -1
    draws = [
        random,
        1e4 + random,
        random - 1e4,
        rng.uniform(-1e4, 1e4, size=(n, k)),
        1e-20 * random,
        np.ones((n, 1)) + 1e-6 * random,
        rng.permuted(gaps, axis=1),
        1.1e4 + rng.permuted(gaps, axis=1),
    ]
    labels = rng.integers(0, k, size=n)
    return [(z, np.where(np.arange(n) < n // 2, z.argmax(axis=1), labels)) for z in draws]


def beside_the_margin(rng, margin, k=4):
    """Draw n × k scores and labels: as above, and with the margin met or missed by a little."""
    near = rng.normal(size=(8, k))
    labels = rng.integers(0, k, size=8)
    rows = np.arange(8)
    near[rows, labels] = -9
    near[rows, labels] = near.max(axis=1) + margin + np.repeat([1e-5, -1e-5, 1e-3, -1e-3], 2)
    return [*tables(rng, k), (near, labels)]


def softplus(x):
    return mpmath.log(1 + mpmath.exp(x))


def exact_binary_cross_entropy(z, y, label_smoothing=0):
    t = y * (1 - mpmath.mpf(label_smoothing)) + mpmath.mpf(label_smoothing) / 2
    return t * softplus(-z) + (1 - t) * softplus(z)


def larger_doubt(z, y, label_smoothing=0):
    """Return the larger of the two numbers that σ(z) − y is the difference of, on the side of z."""
    s, sign = mpmath.mpf(label_smoothing), 1 if z >= 0 else -1
    q = y * (1 - s) + s / 2
    return 0, max(1 / (1 + mpmath.exp(sign * z)), 1 - q if z >= 0 else q)


def larger_of_two(z, y, label_smoothing):
    """Return the larger of the two numbers that the smoothed gradient is the difference of."""
    sign = 1 - 2 * y
    return 0, max(1 / (1 + mpmath.exp(-sign * z)), mpmath.mpf(label_smoothing) / 2)


def exact_softmax_cross_entropy(z, y, label_smoothing=0):
    s = mpmath.mpf(label_smoothing)
    log_total = mpmath.log(sum(mpmath.exp(entry - z[y]) for entry in z))
    return log_total - s * (mpmath.fsum(z) / len(z) - z[y])


def larger_probabilities(z, y, label_smoothing):
    """Return the larger of p and q, class by class."""
    s = mpmath.mpf(label_smoothing)
    powers = [mpmath.exp(entry - max(z)) for entry in z]
    q = [(1 - s) * (j == y) + s / len(z) for j in range(len(z))]
    return 0, [max(power / sum(powers), entry) for power, entry in zip(powers, q)]


def exact_soft_cross_entropy(z, q, label_smoothing=0):
    s = mpmath.mpf(label_smoothing)
    log_total = mpmath.log(sum(mpmath.exp(entry - max(z)) for entry in z)) + max(z)
    return sum(((1 - s) * qj + s / len(z)) * (log_total - zj) for zj, qj in zip(z, q))


def larger_of_rows(z, q, label_smoothing=0):
    """Return the larger of p and of the smoothed q, class by class."""
    s = mpmath.mpf(label_smoothing)
    powers = [mpmath.exp(entry - max(z)) for entry in z]
    return 0, [max(pj / sum(powers), (1 - s) * qj + s / len(z)) for pj, qj in zip(powers, q)]


def exact_focal(z, y, gamma, alpha=None):
    m = z if y == 1 else -z
    weight = 1 if alpha is None else mpmath.mpf(alpha) if y == 1 else 1 - mpmath.mpf(alpha)
    return weight * (1 / (1 + mpmath.exp(m))) ** mpmath.mpf(gamma) * softplus(-m)


def exact_modified_huber(s, y):
    m = y * s
    return max(0, 1 - m) ** 2 if m >= -1 else -4 * m


def exact_multiclass_hinge(s, y, margin):
    return max(0, margin + max(s[:y] + s[y + 1 :]) - s[y])


CASES = [
    Case(binary_cross_entropy, exact_binary_cross_entropy, logits),
    *(
        Case(
            binary_cross_entropy,
            exact_binary_cross_entropy,
            logits,
            {"label_smoothing": smoothing},
            scale=larger_of_two,
        )
        for smoothing in (0.1, 1e-6, 1.0)
    ),
    *(
        Case(
            binary_cross_entropy,
            exact_binary_cross_entropy,
            soft_logits,
            {"label_smoothing": smoothing},
            scale=larger_doubt,
        )
        for smoothing in (0.0, 0.1)
    ),
    *(
        Case(
            softmax_cross_entropy,
            exact_soft_cross_entropy,
            lambda rng: soft_tables(rng, 3),
            {"label_smoothing": smoothing},
            scale=larger_of_rows,
        )
        for smoothing in (0.0, 0.1)
    ),
    *(
        Case(softmax_cross_entropy, exact_softmax_cross_entropy, lambda rng, k=k: tables(rng, k))
        for k in (2, 5)
    ),
    *(
        Case(
            softmax_cross_entropy,
            exact_softmax_cross_entropy,
            lambda rng: tables(rng, 4),
            {"label_smoothing": smoothing},
            scale=larger_probabilities,
        )
        for smoothing in (0.1, 1e-6, 1.0)
    ),
    *(
        Case(focal, exact_focal, logits, settings, ulps=32)
        for settings in (
            {"gamma": 2.0},
            {"gamma": 0.0},
            {"gamma": 0.5, "alpha": 0.25},
            {"gamma": 5.0, "alpha": 1e-3},
            {"gamma": 1.75},
        )
    ),
    Case(brier, lambda p, y: (p - y) ** 2, forecasts),
    *(
        Case(
            loss,
            lambda s, y, margin, power=power: max(0, margin - y * s) ** power,
            lambda rng, margin=margin: scores(rng, kinks=[margin], far=[1e4]),
            {"margin": margin},
        )
        for loss, power in ((hinge, 1), (squared_hinge, 2))
        for margin in (1.0, 0.25, 3.0)
    ),
    Case(
        modified_huber,
        exact_modified_huber,
        lambda rng: scores(rng, kinks=[1, -1], far=[1e150, -1e150]),
    ),
    Case(perceptron, lambda s, y: max(0, -y * s), lambda rng: scores(rng, kinks=[0])),
    Case(logistic, lambda s, y: softplus(-y * s), scores),
    Case(exponential, lambda s, y: mpmath.exp(-y * s), boosting_scores),
    *(
        Case(
            multiclass_hinge,
            exact_multiclass_hinge,
            lambda rng, margin=margin: beside_the_margin(rng, margin),
            {"margin": margin},
        )
        for margin in (1.0, 0.5)
    ),
]

"""The losses of vectors and masks in exact arithmetic.

``info_nce`` is not here: each of its values depends on every sample. See ``test_other_inputs.py``.
"""

import mpmath
import numpy as np

from lossbook.losses import contrastive, cosine_distance, dice, jaccard, triplet
from tests.losses.case import Case


def dot(a, b):
    return sum(x * y for x, y in zip(a, b))


def minus(a, b):
    return [x - y for x, y in zip(a, b)]


def norm(a):
    return mpmath.sqrt(dot(a, a))


def directions(rng):
    """Draw pairs of vectors: random, nearly parallel, nearly opposite, huge, tiny, ill-scaled."""
    a, b = rng.normal(size=(2, 12, 5))
    return [
        (a, b),
        *((a, 3 * a + step * b) for step in (1e-3, 1e-7, 1e-12)),
        (a, -3 * a + 1e-5 * b),
        (1e150 * a, 1e150 * b),
        (1e-30 * a, 1e150 * b),
        (1e-30 * a, 1e-30 * b),
        (a * 10 ** rng.uniform(-15, 15, size=a.shape), b),
    ]


def exact_cosine(a, b):
    return 1 - dot(a, b) / (norm(a) * norm(b))


def cosine_scale(a, b):
    return mpmath.sqrt(2 * exact_cosine(a, b)), 1 / norm(a)


def pairs(rng, margin):
    """Draw pairs of vectors and labels: random, near, at the margin, tiny, far, shifted."""
    a, b = rng.normal(size=(2, 12, 3))
    e = b / np.linalg.norm(b, axis=1, keepdims=True)
    labels = np.arange(12) % 2
    return [
        (a, b, labels),
        (a, a + 0.2 * margin * e, labels),
        (a, a + margin * (1 - 1e-5) * e, labels),
        (np.zeros((12, 3)), 10 ** rng.uniform(-30, -1, size=(12, 1)) * e, labels),
        (1e150 * a, 1e150 * b, labels),
        (1e4 + a, 1e4 + b, labels),
    ]


def exact_contrastive(a, b, label, margin):
    distance = norm(minus(a, b))
    return distance**2 / 2 if label else max(mpmath.mpf(margin) - distance, 0) ** 2 / 2


def exact_contrastive_gradient(a, b, label, margin):
    difference = minus(a, b)
    distance = norm(difference)
    slope = distance if label else -max(mpmath.mpf(margin) - distance, 0)
    by_a = [slope * x / distance if distance else mpmath.mpf(0) for x in difference]
    return by_a, [-x for x in by_a]


def contrastive_scale(a, b, label, margin):
    # Within the margin of a different pair, margin − D is rounded relative to the margin.
    difference = minus(a, b)
    distance = norm(difference)
    if label or distance > margin or distance == 0:
        return 0, 0
    return (margin - distance) * margin, [margin * abs(x) / distance for x in difference]


def triplets(rng):
    a, p, n = rng.normal(size=(3, 12, 3))
    near = a + 0.1 * p
    return [
        (a, p, n),
        (a, near, near + 0.01 * n),
        (1e150 * a, 1e150 * p, 1e150 * n),
        (1e-30 * a, 1e-30 * p, 1e-30 * n),
        (1e3 + a, 1e3 + p, 1e3 + n),
    ]


def exact_triplet(a, p, n, margin):
    to_positive, to_negative = minus(a, p), minus(a, n)
    return max(dot(to_positive, to_positive) - dot(to_negative, to_negative) + margin, 0)


def triplet_scale(a, p, n, margin):
    to_positive, to_negative = minus(a, p), minus(a, n)
    return max(dot(to_positive, to_positive), dot(to_negative, to_negative), margin), 0


def masks(rng):
    """Draw probabilities and masks: random, almost right, sparse, saturated."""
    p, y = rng.uniform(size=(12, 6)), rng.integers(0, 2, size=(12, 6))
    small = 10 ** rng.uniform(-30, -3, size=p.shape)
    return [
        (p, y),
        (np.abs(y - 1e-6 * p), y),
        (small, np.zeros_like(y)),
        (np.where(y == 1, 1 - 1e-3 * p, small), y),
        (np.where(y == 1, small, 1 - 1e-3 * p), y),
    ]


def exact_dice(p, y, smooth):
    smooth = mpmath.mpf(smooth)
    return 1 - (2 * dot(p, y) + smooth) / (sum(p) + sum(y) + smooth)


def exact_jaccard(p, y, smooth):
    intersection = dot(p, y) + mpmath.mpf(smooth)
    return 1 - intersection / (sum(p) + sum(y) - dot(p, y) + mpmath.mpf(smooth))


CASES = [
    Case(cosine_distance, exact_cosine, directions, scale=cosine_scale),
    *(
        Case(
            contrastive,
            exact_contrastive,
            lambda rng, margin=margin: pairs(rng, margin),
            {"margin": margin},
            learned=2,
            exact_gradient=exact_contrastive_gradient,
            scale=contrastive_scale,
        )
        for margin in (1.0, 3.3)
    ),
    *(
        Case(triplet, exact_triplet, triplets, {"margin": margin}, learned=3, scale=triplet_scale)
        for margin in (1.0, 0.2)
    ),
    *(Case(dice, exact_dice, masks, {"smooth": smooth}) for smooth in (1.0, 1e-3)),
    *(Case(jaccard, exact_jaccard, masks, {"smooth": smooth}) for smooth in (1.0, 1e-3)),
]

"""The losses between distributions in exact arithmetic."""

import mpmath
import numpy as np

from lossbook.losses import js_divergence, kl_divergence
from tests.losses.case import Case


def distributions(rng):
    """Draw pairs of rows of probabilities: random, close, almost equal, with tiny ones, peaked."""
    p, t = rng.dirichlet(np.ones(4), size=(2, 6))
    peaked = rng.dirichlet(np.full(4, 0.05), size=6) + 1e-20
    near = t * (1 + 1e-3 * rng.normal(size=t.shape))
    nearer = t * (1 + 1e-7 * rng.normal(size=t.shape))
    tiny = np.concatenate([10 ** rng.uniform(-37, -30, size=(6, 3)), np.ones((6, 1))], axis=1)
    return [
        (p, t),
        *((rows / rows.sum(axis=1, keepdims=True), t) for rows in (near, nearer, peaked, tiny)),
        (p, peaked / peaked.sum(axis=1, keepdims=True)),
        (p, tiny),
        (t, t),
    ]


def with_zeros(rng):
    """Draw targets that are labels, one 1 and otherwise 0, beside the others."""
    return [*distributions(rng), (rng.dirichlet(np.ones(4), size=6), np.eye(4)[np.arange(6) % 4])]


def log_probabilities(rng):
    """Draw logarithms of probabilities, down to −1e4, and targets."""
    targets = rng.dirichlet(np.ones(4), size=6)
    logits = rng.uniform(-1e4, 0, size=(6, 4))
    return [
        *((np.log(p), t) for p, t in with_zeros(rng)),
        (logits - logits.max(axis=1, keepdims=True), targets),
    ]


def exact_kl(log_p, t):
    return sum(tj * (mpmath.log(tj) - lj) for lj, tj in zip(log_p, t) if tj > 0)


def kl_terms(log_p, t):
    return max(tj * max(-mpmath.log(tj), -lj) for lj, tj in zip(log_p, t) if tj > 0), 0


def exact_js(p, t):
    value = 0
    for pj, tj in zip(p, t):
        m = (pj + tj) / 2
        value += pj * mpmath.log(pj / m) + (tj * mpmath.log(tj / m) if tj > 0 else 0)
    return value / 2


CASES = [
    Case(kl_divergence, exact_kl, log_probabilities, scale=kl_terms),
    Case(js_divergence, exact_js, with_zeros),
]

"""The losses of reinforcement learning in exact arithmetic."""

import mpmath
import numpy as np

from lossbook.losses import policy_gradient, temporal_difference
from tests.losses.case import Case


def decisions(rng):
    """Draw logits, actions and advantages: random, sure, shifted, extreme, of all sizes."""
    z, advantages = rng.normal(size=(12, 3)), rng.normal(size=12)
    actions = rng.integers(0, 3, size=12)
    return [
        (z, actions, advantages),
        (40 * np.eye(3)[actions] + z, actions, advantages),
        (1e4 + z, actions, advantages),
        (rng.uniform(-1e4, 1e4, size=(12, 3)), actions, advantages),
        (1e-20 * z, actions, 10 ** rng.uniform(-10, 10, size=12)),
    ]


def exact_policy(z, action, advantage):
    # The largest first: e^(±1e4) is far outside the 400 digits of 1.
    gaps = [zj - z[action] for zj in z]
    top = max(gaps)
    return advantage * (top + mpmath.log(sum(mpmath.exp(gap - top) for gap in gaps)))


def exact_policy_gradient(z, action, advantage):
    top = max(z)
    e = [mpmath.exp(zj - top) for zj in z]
    e_others = [ej for j, ej in enumerate(e) if j != action]
    return [advantage * (-sum(e_others) if j == action else ej) / sum(e) for j, ej in enumerate(e)]


def steps(rng):
    """Draw values, rewards and next values: random, tiny, huge, shifted, with a small error."""
    v, r, following = rng.normal(size=(3, 40))
    return [
        (v, r, following),
        *((size * v, size * r, size * following) for size in (1e-30, 1e150)),
        (1e4 + v, r, 1e4 + following),
        (0.25 * following + r + 1e-6 * v, r, following),
    ]


def exact_error(v, r, following, discount):
    return v - r - mpmath.mpf(discount) * following


def largest_term(v, r, following, discount):
    error = exact_error(v, r, following, discount)
    largest = max(abs(v), abs(r), abs(discount * following))
    return largest * abs(error), largest


CASES = [
    Case(policy_gradient, exact_policy, decisions, exact_gradient=exact_policy_gradient),
    *(
        Case(
            temporal_difference,
            lambda *inputs, discount: exact_error(*inputs, discount) ** 2 / 2,
            steps,
            {"discount": discount},
            scale=largest_term,
        )
        for discount in (0.99, 0.25, 1.0, 0.0)
    ),
]

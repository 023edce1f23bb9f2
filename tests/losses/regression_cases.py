"""The regression and likelihood losses in exact arithmetic."""

import mpmath
import numpy as np

from lossbook.losses import (
    absolute_error,
    barron,
    cauchy,
    epsilon_insensitive,
    expectile,
    gamma,
    gaussian_nll,
    half_squared_error,
    huber,
    log_cosh,
    pinball,
    poisson,
    pseudo_huber,
    smooth_l1,
    squared_epsilon_insensitive,
    squared_error,
    tukey_biweight,
)
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


def beside(*kinks):
    """Return a ``draw`` that adds pairs beside the given residuals."""
    return lambda rng: residuals(rng, kinks)


def exact_huber(prediction, target, delta):
    r = abs(prediction - target)
    delta = mpmath.mpf(delta)
    return r**2 / 2 if r <= delta else delta * (r - delta / 2)


def exact_smooth_l1(prediction, target, beta):
    return exact_huber(prediction, target, beta) / mpmath.mpf(beta)


def exact_pseudo_huber(prediction, target, delta):
    delta, square = mpmath.mpf(delta), (prediction - target) ** 2
    # Not √(1 + (r/δ)²) − 1, which loses more digits than there are for r/δ below 1e-200.
    return square / (mpmath.sqrt(1 + square / delta**2) + 1)


def exact_log_cosh(prediction, target):
    # cosh itself has too many digits for a residual of 1e150; e^(−2000) is below any ulp of 1000.
    r = abs(prediction - target)
    return mpmath.log(mpmath.cosh(r)) if r < 1000 else r - mpmath.log(2)


def exact_pinball(prediction, target, quantile):
    r, quantile = prediction - target, mpmath.mpf(quantile)
    return -quantile * r if r < 0 else (1 - quantile) * r


def exact_expectile(prediction, target, expectile):
    r, expectile = prediction - target, mpmath.mpf(expectile)
    return (expectile if r < 0 else 1 - expectile) * r**2


def exact_excess(prediction, target, epsilon):
    return max(abs(prediction - target) - mpmath.mpf(epsilon), mpmath.mpf(0))


def exact_cauchy(prediction, target, scale):
    scale = mpmath.mpf(scale)
    return scale**2 / 2 * mpmath.log1p(((prediction - target) / scale) ** 2)


def exact_tukey(prediction, target, c):
    c = mpmath.mpf(c)
    v = min(((prediction - target) / c) ** 2, 1)
    return c**2 / 6 * v * (3 - v * (3 - v))  # 1 − (1 − v)³, also for v below 1e-400


def exact_barron(prediction, target, alpha, scale):
    half_square = ((prediction - target) / mpmath.mpf(scale)) ** 2 / 2
    if alpha == 2:
        return half_square
    if alpha == 0:
        return mpmath.log(1 + half_square)
    if alpha == -mpmath.inf:
        return 1 - mpmath.exp(-half_square)
    alpha = mpmath.mpf(alpha)
    b = abs(alpha - 2)
    return b / alpha * ((2 * half_square / b + 1) ** (alpha / 2) - 1)


def exact_barron_gradient(prediction, target, alpha, scale):
    scale = mpmath.mpf(scale)
    u = (prediction - target) / scale
    if alpha == 2:
        return u / scale
    if alpha == -mpmath.inf:
        return u / scale * mpmath.exp(-(u**2) / 2)
    alpha = mpmath.mpf(alpha)
    return u / scale * (u**2 / abs(alpha - 2) + 1) ** (alpha / 2 - 1)


def barron_tail(prediction, target, alpha, scale):
    """Allow for what rounding u does where it is steep: the result times its condition number."""
    u = (prediction - target) / mpmath.mpf(scale)
    steep = u**2 if alpha == -mpmath.inf else abs(alpha) * u**2 / (u**2 + abs(alpha - 2))
    slope = exact_barron_gradient(prediction, target, alpha, scale)
    value = exact_barron(prediction, target, alpha, scale) if alpha > 2 else 0
    return value * (1 + steep), abs(slope) * (1 + steep)


def log_means(rng, low):
    """Draw logarithms of a mean and targets above 0: random, at the minimum, tiny, in the tails."""
    z, targets = rng.normal(size=40), rng.gamma(2, size=40) + 0.01
    return [
        (2 * z, targets),
        (np.log(targets), targets),
        (np.log(targets) + 1e-5 * z, targets),
        (1e-20 * z, targets),
        (rng.uniform(low, 80, size=40), 10 ** rng.uniform(-2, 2, size=40)),
        (z, np.ones(40)),
    ]


def log_rates(rng):
    """Draw logarithms of a rate, down to rates that underflow, and counts."""
    z = rng.normal(size=40)
    return [
        *log_means(rng, low=-1000),
        (2 * z, rng.poisson(3, size=40).astype(float)),
        (rng.uniform(-700, 80, size=40), np.zeros(40)),
    ]


def ratios(rng):
    """Draw logarithms of a mean and targets, also those whose ratio alone is within the dtype."""
    far, near_one = rng.uniform(95, 120, size=16), rng.uniform(1, 10, size=16)
    return [
        *log_means(rng, low=-80),
        (-far, 1e-30 * near_one),
        (far, 1e30 * near_one),
    ]


def means_and_log_variances(rng):
    z, s, targets = rng.normal(size=(3, 40))
    pairs = residuals(rng)
    return [
        (np.stack([z, s], axis=1), targets),
        (np.stack([targets + np.exp(s / 2), s], axis=1), targets),
        *((np.stack([p, s], axis=1), t) for p, t in pairs),
        (np.stack([z, rng.uniform(-60, 60, size=40)], axis=1), targets),
    ]


def gaussian_terms(prediction, target):
    mean, log_variance = prediction
    square = (target - mean) ** 2 * mpmath.exp(-log_variance)
    return max(abs(log_variance), square), [0, 1 + square]


CASES = [
    Case(squared_error, lambda p, t: (p - t) ** 2, residuals),
    Case(half_squared_error, lambda p, t: (p - t) ** 2 / 2, residuals),
    Case(absolute_error, lambda p, t: abs(p - t), beside(0)),
    *(
        Case(huber, exact_huber, beside(delta, -delta), {"delta": delta})
        for delta in (1.0, 0.25, 3.0)
    ),
    *(
        Case(smooth_l1, exact_smooth_l1, beside(beta, -beta), {"beta": beta})
        for beta in (1.0, 0.25, 3.0)
    ),
    *(
        Case(pseudo_huber, exact_pseudo_huber, residuals, {"delta": delta})
        for delta in (1.0, 0.3, 1e-3, 1e6)
    ),
    Case(log_cosh, exact_log_cosh, beside(1, -1, 20)),
    *(
        Case(pinball, exact_pinball, beside(0), {"quantile": quantile})
        for quantile in (0.5, 0.1, 0.99)
    ),
    *(
        Case(expectile, exact_expectile, beside(0), {"expectile": expectile_})
        for expectile_ in (0.5, 0.1, 0.99)
    ),
    *(
        Case(
            epsilon_insensitive,
            exact_excess,
            beside(epsilon, -epsilon),
            {"epsilon": epsilon},
            scale=lambda p, t, epsilon: (epsilon, 0),
        )
        for epsilon in (0.1, 1.0)
    ),
    *(
        Case(
            squared_epsilon_insensitive,
            lambda p, t, epsilon: exact_excess(p, t, epsilon) ** 2,
            beside(epsilon, -epsilon),
            {"epsilon": epsilon},
            scale=lambda p, t, epsilon: (epsilon * exact_excess(p, t, epsilon), epsilon),
        )
        for epsilon in (0.1, 1.0)
    ),
    *(Case(cauchy, exact_cauchy, residuals, {"scale": scale}) for scale in (1.0, 0.3, 1e-3)),
    *(
        Case(
            tukey_biweight,
            exact_tukey,
            beside(c, -c),
            {"c": c},
            scale=lambda p, t, c: (0, abs(p - t) * max(1 - ((p - t) / mpmath.mpf(c)) ** 2, 0)),
        )
        for c in (4.685, 2.0)
    ),
    *(
        Case(
            barron,
            exact_barron,
            residuals,
            {"alpha": alpha, "scale": scale},
            ulps=32,
            exact_gradient=exact_barron_gradient,
            scale=barron_tail,
        )
        for alpha, scale in [
            *((alpha, 1.0) for alpha in (2, 1.5, 1.3, 1.0, 0.5, 0.1, 0)),
            *((alpha, 1.0) for alpha in (-0.7, -2, -10, -1000, -1e9, -np.inf)),
            *((2 + step, 1.0) for step in (-1e-3, -1e-9, -4e-16)),
            *((step, 1.0) for step in (1e-3, -1e-3, 1e-9, -1e-9, 1e-15, 1e-19, 1e-25, 1e-310)),
            *((alpha, 0.3) for alpha in (2, 1.0, 0, -2, -np.inf)),
        ]
    ),
    *(
        Case(
            barron,
            exact_barron,
            lambda rng: [pair for pair in residuals(rng) if np.abs(pair[0] - pair[1]).max() < 1e3],
            {"alpha": alpha, "scale": 1.0},
            ulps=32,
            exact_gradient=exact_barron_gradient,
            scale=barron_tail,
        )
        for alpha in (10.0, 2 + 1e-9, 2.5, 4.0)
    ),
    Case(
        poisson,
        lambda z, y: mpmath.exp(z) - y * z,
        log_rates,
        scale=lambda z, y: (max(mpmath.exp(z), abs(y * z)), max(mpmath.exp(z), y)),
    ),
    Case(
        gamma,
        lambda z, y: y * mpmath.exp(-z) + z,
        ratios,
        scale=lambda z, y: (max(y * mpmath.exp(-z), abs(z)), max(y * mpmath.exp(-z), 1)),
    ),
    Case(
        gaussian_nll,
        lambda p, t: (p[1] + (t - p[0]) ** 2 * mpmath.exp(-p[1])) / 2,
        means_and_log_variances,
        scale=gaussian_terms,
    ),
]

"""The labeled equations of the page ``stochastic_gradients``."""

import itertools

import numpy as np
import pytest
import sympy

from lossbook import minibatch_risk, minimize, models, risk, schedules
from lossbook.losses import squared_error
from lossbook.optimizers import GradientDescent
from lossbook.surfaces import quadratic

DRAW = np.random.default_rng(0)


X, Y = DRAW.normal(size=(7, 2)), DRAW.normal(size=7)


THETA = np.array([0.3, -1.0, 0.5])


EACH = np.array([risk(models.linear, squared_error, X[[i]], Y[[i]])(THETA)[1] for i in range(7)])


FULL = risk(models.linear, squared_error, X, Y)(THETA)[1]


def every_batch(size):
    return np.array(
        [EACH[list(rows)].mean(axis=0) for rows in itertools.combinations(range(7), size)]
    )


@pytest.mark.equation("eq-sgd-minibatch")
@pytest.mark.parametrize("size", [1, 2, 3, 6])
def test_the_mean_over_all_minibatches_is_the_full_gradient(size):
    np.testing.assert_allclose(every_batch(size).mean(axis=0), FULL, rtol=1e-12)
    # And the package's batches are means of single gradients.
    batch = minibatch_risk(models.linear, squared_error, X, Y, batch_size=size, seed=1)
    found = batch(THETA)[1]
    assert np.abs(every_batch(size) - found).max(axis=1).min() < 1e-12


@pytest.mark.equation("eq-sgd-batch-variance")
@pytest.mark.parametrize("size", [1, 2, 3, 6, 7])
def test_a_minibatch_is_off_by_the_spread_of_single_samples_over_its_size(size):
    measured = ((every_batch(size) - FULL) ** 2).sum(axis=1).mean()
    spread = ((EACH - FULL) ** 2).sum(axis=1).mean()
    assert measured == pytest.approx(spread / size * (7 - size) / (7 - 1), abs=1e-12)


def coin_tosses(rate, curvature, sigma, steps):
    """Return the exact variance after each step: noise ±σ, every sequence of signs tried."""
    errors, variances = np.array([0.0]), []
    for _ in range(steps):
        moved = (1 - rate * curvature) * errors
        errors = np.concatenate([moved - rate * sigma, moved + rate * sigma])
        variances.append(errors.var())
    return np.array(variances)


@pytest.mark.equation("eq-sgd-recursion")
def test_the_variance_of_the_error_follows_the_recursion():
    variances = coin_tosses(0.3, 2.0, 0.7, 12)
    printed = (1 - 0.3 * 2.0) ** 2 * variances[:-1] + 0.3**2 * 0.7**2
    np.testing.assert_allclose(variances[1:], printed, rtol=1e-12)


@pytest.mark.equation("eq-sgd-noise-floor")
@pytest.mark.parametrize(("rate", "curvature"), [(0.3, 2.0), (0.9, 2.0), (0.5, 1.5)])
def test_the_variance_settles_at_the_noise_floor(rate, curvature):
    floor = rate * 0.7**2 / (curvature * (2 - rate * curvature))
    variances = coin_tosses(rate, curvature, 0.7, 16)
    left = (1 - rate * curvature) ** 32  # the share of the start that is not yet forgotten
    assert variances[-1] == pytest.approx(floor * (1 - left), rel=1e-10)


@pytest.mark.equation("eq-sgd-risk-floor")
def test_the_risk_settles_above_its_minimum_by_the_floors_of_all_directions():
    curvatures, deviations = np.array([1.0, 3.0]), np.array([2.0, 0.5])
    bowl = quadratic(np.diag(curvatures))
    rng = np.random.default_rng(2)

    def excess(rate):
        points = np.zeros((2, 100_000))
        for _ in range(int(12 / rate)):
            noise = deviations[:, None] * rng.choice([-1, 1], size=points.shape)
            points = points - rate * (bowl(points)[1] + noise)
        return bowl(points)[0].mean()

    for rate in (0.4, 0.1):
        printed = (rate * deviations**2 / (2 * (2 - rate * curvatures))).sum()
        assert excess(rate) == pytest.approx(printed, rel=0.02)

    # The short form is the limit of small rates.
    def short_by_printed(rate):
        printed = (rate * deviations**2 / (2 * (2 - rate * curvatures))).sum()
        return rate / 4 * (deviations**2).sum() / printed

    assert short_by_printed(1e-2) == pytest.approx(1, rel=0.01)
    assert short_by_printed(1e-4) == pytest.approx(1, rel=1e-4)


@pytest.mark.equation("eq-sgd-running-mean")
def test_descent_with_one_over_k_is_the_running_mean():
    targets = iter(Y)
    decay = GradientDescent(schedules.inverse_time_decay(0.5, decay=1.0))
    path = minimize(
        lambda theta: (0.0, 2 * (theta - next(targets))), [9.0], decay, max_steps=6
    ).path[:, 0]
    np.testing.assert_allclose(path[1:], [Y[:k].mean() for k in range(1, 7)], rtol=1e-12)


def single_samples(power, steps, sigma=0.1, runs=400):
    """Run 400 descents on y = 3x + noise at once, each with one new sample a step, from θ = 10."""
    rng = np.random.default_rng(11)

    def one_sample_each(theta):
        x, noise = rng.uniform(0.5, 1.5, size=runs), sigma * rng.normal(size=runs)
        return 0.0, 2 * x * (x * theta - 3 * x - noise)

    shrinking = GradientDescent(lambda k: 0.4 / (k + 1) ** power)
    path = minimize(one_sample_each, np.full(runs, 10.0), shrinking, max_steps=steps).path
    return np.sqrt(((path - 3) ** 2).mean(axis=1))


@pytest.mark.equation("eq-sgd-robbins-monro")
@pytest.mark.parametrize("power", [0, 0.6, 0.75, 1, 1.5, 2])
def test_descent_on_samples_arrives_under_both_conditions_and_not_without_one(power):
    """The noise here grows with the distance, and has a bounded variance at the minimum."""
    k = sympy.symbols("k", positive=True, integer=True)
    exponent = sympy.Rational(str(power))
    sum_is_infinite = not sympy.Sum(k**-exponent, (k, 1, sympy.oo)).is_convergent()
    squares_are_finite = bool(sympy.Sum(k ** (-2 * exponent), (k, 1, sympy.oo)).is_convergent())
    far = single_samples(power, steps=4000)
    tenth, end = far[400], far[-1]
    if sum_is_infinite and squares_are_finite:
        assert end < 0.6 * tenth
        assert end < 0.02
        if power < 1:  # the noise that is left: σ√η, for a rate that shrinks slowly
            assert end == pytest.approx(0.1 * np.sqrt(0.4 / 4000**power), rel=0.15)
    elif sum_is_infinite:  # a constant rate: the noise stays
        assert end == pytest.approx(tenth, rel=0.2)
        assert end > 0.05
    else:  # the rates sum to a number: most of the way that is left then is left for good
        assert squares_are_finite
        assert end == pytest.approx(tenth, rel=0.1)
        assert end > 0.5


def test_the_exact_bias_and_variance_go_to_zero_under_both_conditions():
    def left_over(schedule, steps=20_000):
        bias, variance = 1.0, 0.0
        for k in range(steps):
            shrink = 1 - schedule(k)
            bias, variance = shrink * bias, shrink**2 * variance + schedule(k) ** 2
        return bias, variance

    assert max(left_over(lambda k: 1 / (k + 2))) < 1e-4
    # A finite sum leaves some of the way, a constant rate leaves noise.
    assert left_over(schedules.exponential_decay(0.5, factor=0.5))[0] > 0.1
    assert left_over(lambda k: 0.5)[1] > 0.1

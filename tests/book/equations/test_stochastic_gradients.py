"""The labeled equations of the page ``stochastic_gradients``."""

import itertools
import math

import numpy as np
import pytest
import sympy

from lossbook import minibatch_risk, minimize, models, risk, schedules
from lossbook.losses import squared_error
from lossbook.optimizers import GradientDescent
from tests.printed import Chance, Over, from_zero, over, printed

DRAW = np.random.default_rng(0)
X, Y = DRAW.normal(size=(7, 2)), DRAW.normal(size=7)
THETA = np.array([0.3, -1.0, 0.5])
EACH = np.array([risk(models.linear, squared_error, X[[i]], Y[[i]])(THETA)[1] for i in range(7)])
FULL = risk(models.linear, squared_error, X, Y)(THETA)[1]


def spread_out(name, variance):
    """Return a random number of this variance."""
    return Chance(tuple((0.5, {name: side * variance**0.5}) for side in (-1, 1)))


def every_batch(size):
    return np.array(
        [EACH[list(rows)].mean(axis=0) for rows in itertools.combinations(range(7), size)]
    )


@pytest.mark.equation("eq-sgd-minibatch")
@pytest.mark.parametrize("size", [1, 2, 3, 6])
def test_the_mean_over_all_minibatches_is_the_full_gradient(size):
    page = printed("eq-sgd-minibatch")
    chances = Chance(
        tuple((1 / len(every_batch(size)), {"g_B": lambda _, g=g: g}) for g in every_batch(size))
    )
    page.check(1, E=chances, nabla_L=lambda _: FULL, theta=THETA)
    # And the package's batches are means of single gradients: find the rows of one.
    found = minibatch_risk(models.linear, squared_error, X, Y, batch_size=size, seed=1)(THETA)[1]
    every_set = list(itertools.combinations(range(1, 8), size))
    rows = every_set[np.abs(every_batch(size) - found).max(axis=1).argmin()]
    each = {i: lambda _, i=i: EACH[i - 1] for i in range(1, 8)}
    page.check(0, g_B=lambda _: found, b=size, B=rows, nabla_ell=each, theta=THETA, rtol=1e-11)


@pytest.mark.equation("eq-sgd-batch-variance")
@pytest.mark.parametrize("size", [1, 2, 3, 6, 7])
def test_a_minibatch_is_off_by_the_spread_of_single_samples_over_its_size(size):
    gradients = every_batch(size)
    chances = Chance(tuple((1 / len(gradients), {"g_B": g}) for g in gradients))
    spread = ((EACH - FULL) ** 2).sum(axis=1).mean()
    printed("eq-sgd-batch-variance").check(
        E=chances, nabla_L=FULL, sigma_1=spread**0.5, b=size, N=7, rtol=1e-11, atol=1e-12
    )


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
    """Noise ±σ, every sequence of signs tried."""
    paths = []
    for signs in itertools.product([-1, 1], repeat=4):
        path = [0.5]
        for sign in signs:
            path.append((1 - 0.3 * 2.0) * path[-1] + 0.3 * 0.7 * sign)
        paths.append((1 / 16, {"e": from_zero(path)}))
    for k in range(4):
        printed("eq-sgd-recursion").check(
            k=k, E=Chance(tuple(paths)), eta=0.3, lam=2.0, sigma=0.7, atol=1e-15
        )


@pytest.mark.equation("eq-sgd-noise-floor")
@pytest.mark.parametrize(("rate", "curvature"), [(0.3, 2.0), (0.9, 2.0), (0.5, 1.5)])
def test_the_variance_settles_at_the_noise_floor(rate, curvature):
    variances = coin_tosses(rate, curvature, 0.7, 16)
    left = (1 - rate * curvature) ** 32  # the share of the start that is not yet forgotten
    settled = spread_out("e_infty", variances[-1] / (1 - left))
    printed("eq-sgd-noise-floor").check(E=settled, eta=rate, lam=curvature, sigma=0.7, rtol=1e-10)


@pytest.mark.equation("eq-sgd-risk-floor")
def test_the_risk_settles_above_its_minimum_by_the_floors_of_all_directions():
    curvatures, deviations = np.array([1.0, 3.0]), np.array([2.0, 0.5])

    def sides(rate):
        variances = np.zeros(2)
        for _ in range(
            int(40 / rate) if rate > 0.05 else 0
        ):  # the exact variance of each coordinate, step by step
            variances = (1 - rate * curvatures) ** 2 * variances + rate**2 * deviations**2
        excess = (curvatures * variances).sum() / 2
        return printed("eq-sgd-risk-floor").sides(
            E=Chance(((1.0, {}),)),
            L=lambda _: excess + 5.0,
            L_star=5.0,
            theta_infty=None,
            eta=rate,
            lam=curvatures,
            tau=deviations,
            j=over(1, 2),
            sigma_1=(3 * deviations**2).sum() ** 0.5,
            b=3,
        )

    for rate in (0.6, 0.4, 0.1):
        assert sides(rate)[0] == pytest.approx(sides(rate)[1], rel=1e-9)
    # The short form is the limit of small rates; at large ones it is too small.
    assert sides(0.6)[1] > 1.2 * sides(0.6)[2]
    assert sides(1e-2)[2] == pytest.approx(sides(1e-2)[1], rel=0.01)
    assert sides(1e-4)[2] == pytest.approx(sides(1e-4)[1], rel=1e-4)


@pytest.mark.equation("eq-sgd-running-mean")
def test_descent_with_one_over_k_is_the_running_mean():
    targets = iter(Y)
    decay = GradientDescent(schedules.inverse_time_decay(0.5, decay=1.0))
    path = minimize(
        lambda theta: (0.0, 2 * (theta - next(targets))), [9.0], decay, max_steps=6
    ).path[:, 0]
    page, theta = printed("eq-sgd-running-mean"), from_zero(path)
    np.testing.assert_allclose(path[1:], [Y[:k].mean() for k in range(1, 7)], rtol=1e-12)
    for k in range(6):
        page.check(0, k=k, theta=theta, y=from_zero(Y), atol=1e-13)
    for k in range(2, 7):
        page.check(1, k=k, theta=theta, y=from_zero(Y), dots=Y[1 : k - 1].sum())


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
@pytest.mark.parametrize("power", ["0", "2/5", "1/2", "3/5", "3/4", "1", "3/2", "2"])
def test_the_two_conditions_hold_for_powers_above_a_half_and_up_to_one(power):
    k, exponent = sympy.symbols("k", positive=True, integer=True), sympy.Rational(power)
    page, told = printed("eq-sgd-robbins-monro"), []
    for number in (0, 1):
        term, bound = page.sides(number, k=Over([k]), eta={k: k**-exponent})
        finite = sympy.Sum(term, (k, 1, sympy.oo)).is_convergent()
        told.append(page.orders(number, [1.0 if finite else math.inf, bound]))
    # By the integral of k^(-a), which is finite from 1 on for a > 1 alone.
    assert told == [exponent <= 1, 2 * exponent > 1]


@pytest.mark.equation("eq-sgd-robbins-monro")
@pytest.mark.parametrize("power", [0, 0.6, 0.75, 1, 1.5, 2])
def test_descent_on_samples_arrives_under_both_conditions_and_not_without_one(power):
    """The noise here grows with the distance, and has a bounded variance at the minimum."""
    far = single_samples(power, steps=4000)
    tenth, end = far[400], far[-1]
    if 0.5 < power <= 1:
        assert end < 0.6 * tenth
        assert end < 0.02
        if power < 1:  # the noise that is left: σ√η, for a rate that shrinks slowly
            assert end == pytest.approx(0.1 * np.sqrt(0.4 / 4000**power), rel=0.15)
    elif power <= 1:  # a constant rate: the noise stays
        assert end == pytest.approx(tenth, rel=0.2)
        assert end > 0.05
    else:  # the rates sum to a number: most of the way that is left then is left for good
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

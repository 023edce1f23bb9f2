"""The labeled equations of the page ``likelihoods``."""

import itertools

import mpmath
import numpy as np
import pytest
from scipy import optimize, special, stats

from lossbook import datasets, losses

VISITS = datasets.doctor_visits().y


SKEWED = np.random.default_rng(0).gamma(2.0, size=1001)


@pytest.mark.equation("eq-likelihood-product")
def test_the_products_over_all_that_could_be_seen_sum_to_one():
    share = 0.3
    p = {0: 1 - share, 1: share}
    everything = itertools.product([0, 1], repeat=8)
    assert sum(np.prod([p[y] for y in ys]) for ys in everything) == pytest.approx(1, rel=1e-14)


@pytest.mark.equation("eq-likelihood-logarithm")
def test_the_mean_loss_is_the_logarithm_of_a_product_that_does_not_underflow():
    rates = (1.0, 2.86, 6.0)
    means = []
    for rate in rates:
        factor = {
            y: mpmath.exp(-rate) * mpmath.mpf(rate) ** int(y) / mpmath.factorial(int(y))
            for y in np.unique(VISITS)
        }
        product = mpmath.mpf(1)  # its exponent has no limit
        for y in VISITS:
            product *= factor[y]
        assert product < mpmath.mpf("1e-28000")
        poisson = losses.poisson(np.full_like(VISITS, np.log(rate)), VISITS)[0]
        means.append(np.mean(poisson + special.gammaln(VISITS + 1)))
        printed = float(-mpmath.log(product) / len(VISITS))
        assert means[-1] == pytest.approx(printed, rel=1e-11)
    assert rates[np.argmin(means)] == 2.86


@pytest.mark.equation("eq-likelihood-gauss")
@pytest.mark.parametrize("sigma", [0.5, 1.0, 3.0])
def test_minus_the_logarithm_of_a_bell_curve_is_the_squared_error_and_constants(sigma):
    r = np.linspace(-5, 5, 21)
    squares = losses.squared_error(r, np.zeros(21))[0] / (2 * sigma**2)
    printed = squares + np.log(sigma) + np.log(2 * np.pi) / 2
    np.testing.assert_allclose(printed, -stats.norm.logpdf(r, scale=sigma), rtol=1e-13)


@pytest.mark.equation("eq-likelihood-laplace")
@pytest.mark.parametrize("b", [0.5, 1.0, 3.0])
def test_minus_the_logarithm_of_a_tent_is_the_absolute_error_and_a_constant(b):
    r = np.linspace(-5, 5, 21)
    printed = losses.absolute_error(r, np.zeros(21))[0] / b + np.log(2 * b)
    np.testing.assert_allclose(printed, -stats.laplace.logpdf(r, scale=b), rtol=1e-13, atol=1e-15)


@pytest.mark.equation("eq-likelihood-bernoulli")
@pytest.mark.parametrize("y", [0, 1])
def test_minus_the_logarithm_of_a_coin_is_the_cross_entropy(y):
    z = np.linspace(-6, 6, 25)
    coin = -stats.bernoulli.logpmf(y, special.expit(z))
    np.testing.assert_allclose(np.log(1 + np.exp(z)) - y * z, coin, rtol=1e-10)
    np.testing.assert_allclose(losses.binary_cross_entropy(z, np.full(25, y))[0], coin, rtol=1e-10)


@pytest.mark.equation("eq-likelihood-poisson")
@pytest.mark.parametrize("y", [0, 1, 7])
def test_minus_the_logarithm_of_a_count_is_the_poisson_loss_and_a_constant(y):
    z = np.linspace(-3, 3, 25)
    printed = losses.poisson(z, np.full(25, y))[0] + special.gammaln(y + 1)
    np.testing.assert_allclose(printed, -stats.poisson.logpmf(y, np.exp(z)), rtol=1e-11)


@pytest.mark.equation("eq-likelihood-scales")
def test_the_best_scales_are_the_mean_square_and_the_mean_size_of_the_residuals():
    r = SKEWED - 1.7

    def best(family):
        found = optimize.minimize_scalar(
            lambda scale: -family.logpdf(r, scale=scale).mean(),
            bounds=(0.01, 20),
            method="bounded",
            options={"xatol": 1e-10},
        )
        return found.x

    assert best(stats.norm) ** 2 == pytest.approx(np.mean(r**2), rel=1e-6)
    assert best(stats.laplace) == pytest.approx(np.mean(np.abs(r)), rel=1e-6)

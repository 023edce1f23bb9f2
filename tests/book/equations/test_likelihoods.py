"""The labeled equations of the page ``likelihoods``."""

import functools
import itertools
import math

import mpmath
import numpy as np
import pytest
from scipy import optimize, special, stats

from lossbook import datasets, losses
from tests.printed import printed

VISITS = datasets.doctor_visits().y
SKEWED = np.random.default_rng(0).gamma(2.0, size=1001)


@functools.cache
def best_scale(family):
    found = optimize.minimize_scalar(
        lambda scale: -family.logpdf(SKEWED - 1.7, scale=scale).mean(),
        bounds=(0.01, 20),
        method="bounded",
        options={"xatol": 1e-10},
    )
    return found.x


@pytest.mark.equation("eq-likelihood-product")
def test_the_products_over_all_that_could_be_seen_sum_to_one():
    share, page = 0.3, printed("eq-likelihood-product")

    def likelihood(ys):
        names = {"N": len(ys), "y": ys, "p": lambda y, theta: theta if y else 1 - theta}
        return page.right(mathcal_L=None, theta=share, **names)

    everything = itertools.product([0, 1], repeat=5)
    assert sum(map(likelihood, everything)) == pytest.approx(1, rel=1e-14)
    assert likelihood((1, 1, 0)) == pytest.approx(0.3 * 0.3 * 0.7, rel=1e-14)


@pytest.mark.equation("eq-likelihood-logarithm")
def test_the_mean_loss_is_the_logarithm_of_a_product():
    rng, theta = np.random.default_rng(4), 2.86
    y = rng.poisson(theta, size=30)
    product = math.prod(stats.poisson.pmf(y, theta).tolist())
    printed("eq-likelihood-logarithm").check(
        N=30,
        y=y,
        theta=theta,
        mathcal_L=lambda _: product,
        p=lambda y, theta: stats.poisson.pmf(y, theta),
    )


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
    for r in (-5.0, -0.3, 0.0, 2.2):
        page = printed("eq-likelihood-gauss")
        page.check(r=r, sigma=sigma, rtol=1e-13)
        assert page.right(r=r, sigma=sigma) == pytest.approx(-stats.norm.logpdf(r, scale=sigma))
        squares = losses.squared_error([r], [0.0])[0][0] / (2 * sigma**2)
        rest = page.right(r=0.0, sigma=sigma)
        assert page.right(r=r, sigma=sigma) == pytest.approx(squares + rest, rel=1e-13)


@pytest.mark.equation("eq-likelihood-laplace")
@pytest.mark.parametrize("b", [0.5, 1.0, 3.0])
def test_minus_the_logarithm_of_a_tent_is_the_absolute_error_and_a_constant(b):
    for r in (-5.0, -0.3, 0.0, 2.2):
        page = printed("eq-likelihood-laplace")
        page.check(r=r, b=b, rtol=1e-13, atol=1e-15)
        tent = -stats.laplace.logpdf(r, scale=b)
        assert page.right(r=r, b=b) == pytest.approx(tent, rel=1e-13, abs=1e-15)


@pytest.mark.equation("eq-likelihood-bernoulli")
@pytest.mark.parametrize("y", [0, 1])
def test_minus_the_logarithm_of_a_coin_is_the_cross_entropy(y):
    page = printed("eq-likelihood-bernoulli")
    for z in np.linspace(-6, 6, 25):
        page.check(p=special.expit(z), y=y, z=z, rtol=1e-10, atol=1e-12)
        coin = -stats.bernoulli.logpmf(y, special.expit(z))
        assert page.right(p=special.expit(z), y=y, z=z) == pytest.approx(coin, rel=1e-10)
        assert losses.binary_cross_entropy([z], [y])[0][0] == pytest.approx(coin, rel=1e-10)


@pytest.mark.equation("eq-likelihood-poisson")
@pytest.mark.parametrize("y", [0, 1, 7])
def test_minus_the_logarithm_of_a_count_is_the_poisson_loss_and_a_constant(y):
    page = printed("eq-likelihood-poisson")
    for z in np.linspace(-3, 3, 13):
        page.check(**{"lam": np.exp(z)}, y=y, z=z, rtol=1e-11)
        count = -stats.poisson.logpmf(y, np.exp(z))
        assert page.right(y=y, z=z) == pytest.approx(count, rel=1e-11)
        ours = losses.poisson([z], [y])[0][0] + special.gammaln(y + 1)
        assert ours == pytest.approx(count, rel=1e-11)


@pytest.mark.equation("eq-likelihood-scales")
def test_the_best_scales_are_the_mean_square_and_the_mean_size_of_the_residuals():
    r = SKEWED - 1.7
    page, names = printed("eq-likelihood-scales"), {"r": r, "N": len(r)}
    scales = {"sigma": best_scale(stats.norm), "b": best_scale(stats.laplace)}
    page.check(rtol=1e-6, **scales, **names)

"""The labeled equations of the page ``adaptive_losses``."""

import math

import numpy as np
import pytest
import torch
from scipy.integrate import quad
from scipy.optimize import minimize_scalar
from scipy.special import expit, k1
from scipy.stats import cauchy, norm

from lossbook import check_gradient, losses

U = np.linspace(-6, 6, 49)


def general(u, alpha):
    return (2 - alpha) / alpha * ((u**2 / (2 - alpha) + 1) ** (alpha / 2) - 1)


@pytest.mark.equation("eq-adaptive-general")
@pytest.mark.parametrize("alpha", [-10.0, -2.0, 0.3, 1.0, 1.7])
def test_the_general_loss_is_the_one_of_the_package(alpha):
    package, _ = losses.barron(U, np.zeros(49), alpha=alpha)
    np.testing.assert_allclose(general(U, alpha), package, rtol=1e-12, atol=1e-14)
    smaller, _ = losses.barron(U, np.zeros(49), alpha=alpha - 0.1)
    assert (smaller <= package).all(), "the loss falls with alpha at every residual"


@pytest.mark.equation("eq-adaptive-likelihood")
def test_the_likelihood_is_the_normal_and_the_cauchy_density_at_the_ends():
    def weight(u, alpha):
        return math.exp(-losses.barron([u], [0.0], alpha=alpha)[0][0])

    def density(y, center, c, alpha):
        mass = 2 * quad(weight, 0, math.inf, args=(alpha,))[0]
        return np.exp(-losses.barron(center, y, alpha=alpha, scale=c)[0]) / (c * mass)

    y, center, c = np.linspace(-3, 5, 17), np.full(17, 1.2), 0.7
    np.testing.assert_allclose(density(y, center, c, 2.0), norm(1.2, c).pdf(y), rtol=1e-9)
    wide = cauchy(1.2, c * math.sqrt(2)).pdf(y)
    np.testing.assert_allclose(density(y, center, c, 0.0), wide, rtol=1e-9)
    mass = quad(lambda u: math.exp(-general(u, 1.0)), -60, 60, points=[0])[0]
    assert mass == pytest.approx(2 * math.e * k1(1), rel=1e-9)


@pytest.mark.equation("eq-adaptive-range")
def test_the_shape_stays_in_its_range_and_grows_with_its_parameter():
    a = np.linspace(-20, 20, 401)
    alpha = 0.001 + 1.998 * expit(a)
    assert (np.diff(alpha) > 0).all()
    assert (alpha > 0.001).all()
    assert (alpha < 1.999).all()
    np.testing.assert_allclose(np.log((alpha - 0.001) / (1.999 - alpha)), a, atol=1e-6)
    inverted = torch.logit(torch.tensor((1.0 - 0.001) / 1.998, dtype=torch.float64))
    assert inverted.item() == pytest.approx(0, abs=1e-15), "alpha = 1 is the middle"


TARGETS = np.array([1.0, -2.0, 0.5]), np.array([300.0, 150.0, -80.0])


def two_losses(theta, unit=1.0):
    """Return two losses of one parameter pair, and their gradients; the second in a unit."""
    first, second = theta[0] * np.ones(3), 100 * (theta[0] + theta[1]) * np.ones(3)
    (v1, g1), (v2, g2) = (
        losses.squared_error(first, TARGETS[0]),
        losses.squared_error(unit * second, unit * TARGETS[1]),
    )
    both = np.array([100 * unit, 100 * unit]) * g2.mean()
    return np.array([v1.mean(), v2.mean()]), np.array([[g1.mean(), 0.0], both])


@pytest.mark.equation("eq-adaptive-two")
def test_the_weighted_sum_has_the_gradient_of_weights_and_of_parameters():
    def weighted(both):
        theta, s = both[:2], both[2:]
        L, G = two_losses(theta)
        return (np.exp(-s) * L + s).sum(), np.append(np.exp(-s) @ G, 1 - np.exp(-s) * L)

    assert check_gradient(weighted, np.array([0.3, 1.1, 0.5, 7.0])).passed


@pytest.mark.equation("eq-adaptive-log")
def test_the_best_weights_leave_the_sum_of_logarithms_which_no_unit_moves():
    theta = np.array([0.3, 1.1])
    L, _ = two_losses(theta)
    least = sum(minimize_scalar(lambda s, at=at: at * math.exp(-s) + s).fun for at in L)
    assert least == pytest.approx((1 + np.log(L)).sum(), rel=1e-10)

    def of_logs(unit):
        def objective(theta):
            L, G = two_losses(theta, unit)
            return (1 + np.log(L)).sum(), (1 / L) @ G

        return objective

    assert check_gradient(of_logs(1.0), theta).passed
    in_thousands = of_logs(1e-3)(theta)
    assert in_thousands[0] == pytest.approx(of_logs(1.0)(theta)[0] + 2 * math.log(1e-3))
    np.testing.assert_allclose(in_thousands[1], of_logs(1.0)(theta)[1], rtol=1e-12)
    fixed = two_losses(theta)[1].sum(axis=0), two_losses(theta, 1e-3)[1].sum(axis=0)
    assert abs(fixed[0] - fixed[1]).max() > 1, "the fixed sum does change"


@pytest.mark.equation("eq-adaptive-focal")
@pytest.mark.parametrize("gamma", [0.0, 1.0, 2.0, 3.5])
def test_the_focal_loss_is_the_one_of_the_package_and_cross_entropy_at_zero(gamma):
    z = np.linspace(-4, 4, 17)
    p = expit(z)
    package, _ = losses.focal(z, np.ones(17, dtype=int), gamma=gamma)
    np.testing.assert_allclose(-((1 - p) ** gamma) * np.log(p), package, rtol=1e-12)
    entropy, _ = losses.binary_cross_entropy(z, np.ones(17, dtype=int))
    np.testing.assert_allclose(package / entropy, (1 - p) ** gamma, rtol=1e-12)

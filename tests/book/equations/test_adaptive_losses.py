"""The labeled equations of the page ``adaptive_losses``."""

import math

import numpy as np
import pytest
from scipy.optimize import minimize_scalar
from scipy.special import expit, k1
from scipy.stats import cauchy, norm

from lossbook import check_gradient, losses
from tests.printed import Over, over, printed

U = np.linspace(-6, 6, 49)


def general(u, alpha):
    return printed("eq-adaptive-general").right(rho=None, u=u, alpha=alpha)


@pytest.mark.equation("eq-adaptive-general")
@pytest.mark.parametrize("alpha", [-10.0, -2.0, 0.3, 1.0, 1.7])
def test_the_general_loss_is_the_one_of_the_package(alpha):
    package, _ = losses.barron(U, np.zeros(49), alpha=alpha)
    for u, value in zip(U, package):
        printed("eq-adaptive-general").check(
            rho=lambda *_, v=value: v, u=u, alpha=alpha, rtol=1e-12, atol=1e-14
        )
    smaller, _ = losses.barron(U, np.zeros(49), alpha=alpha - 0.1)
    assert (smaller <= package).all(), "the loss falls with alpha at every residual"


@pytest.mark.equation("eq-adaptive-likelihood")
def test_the_likelihood_is_the_normal_and_the_cauchy_density_at_the_ends():
    def rho(u, alpha):
        return losses.barron([u], [0.0], alpha=alpha)[0][0]

    page, c = printed("eq-adaptive-likelihood"), 0.7
    # The masses that are known: of the normal, the Cauchy and Charbonnier's density.
    known = {2.0: math.sqrt(2 * math.pi), 0.0: math.pi * math.sqrt(2), 1.0: 2 * math.e * k1(1)}
    for alpha, mass in known.items():
        page.check(1, Z=lambda _, m=mass: m, rho=rho, alpha=alpha, rtol=1e-8)
    densities = {2.0: norm(1.2, c), 0.0: cauchy(1.2, c * math.sqrt(2))}
    for alpha, density in densities.items():
        for y in (-3.0, 0.4, 5.0):
            page.check(
                0,
                p=density.pdf,
                y=y,
                hat_y=1.2,
                c=c,
                rho=rho,
                alpha=alpha,
                Z=known.get,
                rtol=1e-12,
            )


@pytest.mark.equation("eq-adaptive-range")
def test_the_shape_stays_in_its_range_and_grows_with_its_parameter():
    page = printed("eq-adaptive-range")
    a = np.linspace(-20, 20, 81)
    alpha = np.array([page.right(0, a=x) for x in a])
    for x in a:
        page.check(1, sigma=expit, a=x)
    assert (np.diff(alpha) > 0).all()
    # The two ends, and 1 in the middle.
    assert alpha[0] == pytest.approx(0.001, abs=1e-8)
    assert alpha[-1] == pytest.approx(1.999, abs=1e-8)
    assert alpha[40] == pytest.approx(1, rel=1e-14)
    np.testing.assert_allclose(np.log((alpha - 0.001) / (1.999 - alpha)), a, atol=1e-6)


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
        risks = {i: lambda _, v=v: v for i, v in enumerate(L, 1)}
        names = {"theta": theta, "s": s, "L": risks, "i": over(1, 2)}
        value = printed("eq-adaptive-two").right(J=None, **names)
        return value, np.append(np.exp(-s) @ G, 1 - np.exp(-s) * L)

    assert check_gradient(weighted, np.array([0.3, 1.1, 0.5, 7.0])).passed
    flat = weighted(np.array([0.3, 1.1, 0.0, 0.0]))[0]
    assert flat == pytest.approx(two_losses([0.3, 1.1])[0].sum(), rel=1e-14)


@pytest.mark.equation("eq-adaptive-log")
def test_the_best_weights_leave_the_sum_of_logarithms_which_no_unit_moves():
    theta = np.array([0.3, 1.1])
    L, _ = two_losses(theta)
    best = [minimize_scalar(lambda s, at=at: at * math.exp(-s) + s).x for at in L]
    around = [np.add(best, [d, e]) for d in (-0.1, 0, 0.1) for e in (-0.1, 0, 0.1)]
    printed("eq-adaptive-log").check(
        s=Over(around),
        J=lambda _, s: (np.exp(-s) * L + s).sum(),
        theta=theta,
        L={i: lambda _, v=v: v for i, v in enumerate(L, 1)},
        i=over(1, 2),
        rtol=1e-10,
    )

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
    for z in np.linspace(-4, 4, 17):
        value = losses.focal([z], [1], gamma=gamma)[0][0]
        printed("eq-adaptive-focal").check(ell=value, p=expit(z), gamma=gamma)
        entropy = losses.binary_cross_entropy([z], [1])[0][0]
        assert value / entropy == pytest.approx((1 - expit(z)) ** gamma, rel=1e-12)

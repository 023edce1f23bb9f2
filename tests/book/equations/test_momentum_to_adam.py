"""The labeled equations of the page ``momentum_to_adam``."""

import itertools
import math
from fractions import Fraction

import numpy as np
import pytest
import torch

from lossbook import minimize
from lossbook.optimizers import GradientDescent
from lossbook.surfaces import quadratic
from tests.printed import Chance, from_zero, printed

BOWL = np.array([[2.0, 0.5], [0.5, 1.0]])


@pytest.mark.equation("eq-momentum-update")
def test_the_path_of_momentum_is_that_of_pytorch():
    rule = printed("eq-momentum-update")
    theirs = torch.tensor([1.0, -2.0], dtype=torch.float64, requires_grad=True)
    descent = torch.optim.SGD([theirs], lr=0.1, momentum=0.8)
    ours = minimize(
        quadratic(BOWL), [1.0, -2.0], GradientDescent(0.1, momentum=0.8), max_steps=20
    ).path
    v = np.zeros(2)
    for k in range(20):
        here, before = theirs.detach().numpy().copy(), v
        descent.zero_grad()
        (theirs @ torch.from_numpy(BOWL) @ theirs / 2).backward()
        descent.step()
        there, v = theirs.detach().numpy().copy(), descent.state[theirs]["momentum_buffer"].numpy()
        v = v.copy()
        rule.check(
            k=k,
            v={k: before, k + 1: v},
            theta={k: here, k + 1: there},
            nabla_L=lambda t: BOWL @ t,
            beta=0.8,
            eta=0.1,
        )
        np.testing.assert_allclose(there, ours[k + 1], rtol=1e-12)


@pytest.mark.equation("eq-momentum-terminal")
def test_a_constant_gradient_adds_up_to_a_geometric_series():
    beta, v, series = Fraction(4, 5), Fraction(0), printed("eq-momentum-terminal")
    for k in range(1, 60):
        v = beta * v + 3
        left_out = sum(beta**j for j in range(2, k - 1))
        if k >= 3:
            is_v, total, limit = series.sides(k=k, v={k: v}, g=3, beta=beta, dots=left_out)
            assert is_v == total
            assert limit - v == 3 / (1 - beta) * beta**k


@pytest.mark.equation("eq-momentum-modes")
@pytest.mark.parametrize("product", [0.01, 0.3, 1.7, 3.0, 3.55])
def test_the_error_along_an_eigenvector_is_a_sum_of_powers_of_the_roots(product):
    beta, modes = 0.8, printed("eq-momentum-modes")
    path = minimize(
        quadratic([[1.0]]), [1.0], GradientDescent(product, momentum=beta), max_steps=30,
        gradient_tolerance=0,
    ).path[:, 0]  # fmt: skip
    for k in range(1, 29):
        names = {"e": from_zero(path), "beta": beta, "eta": product / 1.3, "lam": 1.3}
        modes.check(0, k=k, rtol=1e-9, atol=1e-15, **names)
    # The first two errors fix the weights of the powers of the two roots; all others follow.
    step = np.array([[1 + beta - product, -beta], [1.0, 0.0]])
    for root in np.linalg.eigvals(step):
        left, right = modes.sides(1, zeta=root, beta=beta, eta=product / 1.3, lam=1.3)
        assert abs(left - right) < 1e-13
        assert abs(left - root) > 0.05 or product < 0.05
    roots = np.linalg.eigvals(step)
    weights = np.linalg.solve([[1, 1], roots], path[:2].astype(complex))
    powers = roots[None, :] ** np.arange(31)[:, None]
    np.testing.assert_allclose(path, (powers @ weights).real, atol=1e-11)
    if (1 + beta - product) ** 2 < 4 * beta:
        np.testing.assert_allclose(abs(roots), np.sqrt(beta), rtol=1e-12)


def slowest(eta, beta, mu, L):
    a = 1 + beta - eta * np.linspace(mu, L, 200)
    return max(abs(np.roots([1, -b, beta])).max() for b in a)


@pytest.mark.equation("eq-momentum-best")
@pytest.mark.parametrize(("mu", "L"), [(1.0, 9.0), (0.2, 30.0)])
def test_no_other_rate_and_momentum_are_faster_on_all_curvatures(mu, L):
    best, names = printed("eq-momentum-best"), {"mu": mu, "lam_max": L, "kappa": L / mu}
    eta = best.right(0, eta_star=None, **names)
    rho = best.sides(1, beta_star=0.0, rho_star=0.0, **names)[1]
    # A double root is known to half the digits.
    assert slowest(eta, rho**2, mu, L) == pytest.approx(rho, abs=1e-6)
    best.check(eta_star=eta, beta_star=rho**2, rho_star=rho, **names)
    for rate, momentum in itertools.product((0.9, 0.99, 1, 1.01, 1.1), repeat=2):
        if (rate, momentum) != (1, 1):
            assert slowest(rate * eta, momentum * rho**2, mu, L) > rho + 1e-4


def last_ratio(optimizer, mu, L, steps=300):
    """Return how much the error of a descent shrinks in its last step, on curvatures µ and L."""
    settings = {"max_steps": steps, "gradient_tolerance": 0}
    path = minimize(quadratic(np.diag([mu, L])), [1.0, 1.0], optimizer, **settings).path
    far = np.linalg.norm(path, axis=1)
    return far[-1] / far[-2]


@pytest.mark.equation("eq-momentum-best")
def test_a_descent_with_the_best_rate_and_momentum_shrinks_by_the_factor():
    page, names = printed("eq-momentum-best"), {"mu": 0.2, "lam_max": 30.0, "kappa": 150.0}
    eta = page.right(0, eta_star=None, **names)
    _, rho, _ = page.sides(1, beta_star=0.0, rho_star=0.0, **names)
    # The root is double: after k steps the factor is ρ(1 + 1/k), nearly.
    ratio = last_ratio(GradientDescent(eta, momentum=rho**2), 0.2, 30.0)
    assert ratio == pytest.approx(rho * (1 + 1 / 300), rel=5e-3)


@pytest.mark.equation("eq-momentum-nesterov")
def test_looking_ahead_is_the_path_that_the_package_takes():
    rule, theta = printed("eq-momentum-nesterov"), np.array([1.0, -2.0])
    ahead = minimize(
        quadratic(BOWL), theta, GradientDescent(0.3, momentum=0.7, nesterov=True), max_steps=25
    ).path
    for k in range(25):
        there = rule.right(0, k=k, y=from_zero(ahead), eta=0.3, nabla_L=lambda t: BOWL @ t)
        thetas = {k: theta, k + 1: there}
        rule.check(
            k=k,
            theta=thetas,
            y=from_zero(ahead),
            beta=0.7,
            eta=0.3,
            nabla_L=lambda t: BOWL @ t,
            rtol=1e-10,
        )
        theta = there


@pytest.mark.equation("eq-momentum-nesterov-rate")
@pytest.mark.parametrize("kappa", [4.0, 100.0])
def test_nesterov_shrinks_every_curvature_by_one_minus_one_over_root_kappa(kappa):
    rate = printed("eq-momentum-nesterov-rate")
    beta, rho = (rate.right(n, kappa=kappa) for n in (0, 1))

    def factor(curvature, beta):
        shrunk = 1 - curvature / kappa
        return abs(np.roots([1, -(1 + beta) * shrunk, beta * shrunk])).max()

    worst = max(factor(curvature, beta) for curvature in np.linspace(1, kappa, 300))
    assert worst == pytest.approx(rho, abs=1e-6)
    descent = GradientDescent(1 / kappa, momentum=beta, nesterov=True)
    assert last_ratio(descent, 1.0, kappa) == pytest.approx(rho * (1 + 1 / 300), rel=5e-3)
    for other in (0.97 * beta, 1.03 * beta):
        assert max(factor(c, other) for c in np.linspace(1, kappa, 300)) > worst + 1e-4


@pytest.mark.equation("eq-momentum-noise")
@pytest.mark.parametrize("beta", [0.0, 0.5, 0.9])
def test_momentum_settles_at_its_own_noise_floor(beta):
    """The covariance of two successive errors, iterated exactly to where it stands still."""
    floor, curvature, sigma2 = printed("eq-momentum-noise"), 1.5, 0.6

    def sides(rate):
        names = {"beta": beta, "eta": rate, "lam": curvature, "sigma": sigma2**0.5}
        outcomes = Chance(((1.0, {}),))
        return floor.sides(E=outcomes, e={math.inf: 0.0}, **names)

    step = np.array([[1 + beta - 0.2 * curvature, -beta], [1.0, 0.0]])
    noise = np.array([[0.2**2 * sigma2, 0.0], [0.0, 0.0]])
    covariance = np.zeros((2, 2))
    for _ in range(2000):
        covariance = step @ covariance @ step.T + noise
    assert sides(0.2)[1] == pytest.approx(covariance[0, 0], rel=1e-10)
    # The short form is the limit of small rates.
    _, exact, short = sides(1e-5)
    assert exact == pytest.approx(short, rel=1e-4)
    # At a large rate it is too small.
    _, exact, short = sides(0.8)
    assert exact > 1.15 * short

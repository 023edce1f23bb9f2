"""The labeled equations of the page ``momentum_to_adam``."""

import itertools
from fractions import Fraction

import numpy as np
import pytest
import torch

from lossbook import minimize
from lossbook.optimizers import GradientDescent
from lossbook.surfaces import quadratic


@pytest.mark.equation("eq-momentum-update")
def test_the_path_of_momentum_is_that_of_pytorch():
    A = np.array([[2.0, 0.5], [0.5, 1.0]])
    theta, v = np.array([1.0, -2.0]), np.zeros(2)
    theirs = torch.tensor(theta, requires_grad=True)
    descent = torch.optim.SGD([theirs], lr=0.1, momentum=0.8)
    ours = minimize(quadratic(A), theta, GradientDescent(0.1, momentum=0.8), max_steps=20).path
    for k in range(20):
        v = 0.8 * v + A @ theta
        theta = theta - 0.1 * v
        descent.zero_grad()
        (theirs @ torch.from_numpy(A) @ theirs / 2).backward()
        descent.step()
        np.testing.assert_allclose(theta, theirs.detach().numpy(), rtol=1e-12)
        np.testing.assert_allclose(theta, ours[k + 1], rtol=1e-12)


@pytest.mark.equation("eq-momentum-terminal")
def test_a_constant_gradient_adds_up_to_a_geometric_series():
    beta, v = Fraction(4, 5), Fraction(0)
    for k in range(1, 12):
        v = beta * v + 3
        assert v == 3 * sum(beta**j for j in range(k))
        assert 3 / (1 - beta) - v == 3 / (1 - beta) * beta**k


@pytest.mark.equation("eq-momentum-modes")
@pytest.mark.parametrize("product", [0.01, 0.3, 1.7, 3.0, 3.55])
def test_the_error_along_an_eigenvector_is_a_sum_of_powers_of_the_roots(product):
    beta = 0.8
    sigma = np.roots([1, -(1 + beta - product), beta])
    path = minimize(
        quadratic([[1.0]]), [1.0], GradientDescent(product, momentum=beta), max_steps=30,
        gradient_tolerance=0,
    ).path[:, 0]  # fmt: skip
    # The first two errors fix the weights of the two powers; all others follow.
    weights = np.linalg.solve([[1, 1], sigma], path[:2].astype(complex))
    powers = sigma[None, :] ** np.arange(31)[:, None]
    np.testing.assert_allclose(path, (powers @ weights).real, atol=1e-11)
    np.testing.assert_allclose(np.prod(sigma), beta, rtol=1e-12)
    if (1 + beta - product) ** 2 < 4 * beta:
        np.testing.assert_allclose(abs(sigma), np.sqrt(beta), rtol=1e-12)


def slowest(eta, beta, mu, L):
    a = 1 + beta - eta * np.linspace(mu, L, 200)
    return max(abs(np.roots([1, -b, beta])).max() for b in a)


@pytest.mark.equation("eq-momentum-best")
@pytest.mark.parametrize(("mu", "L"), [(1.0, 9.0), (0.2, 30.0)])
def test_no_other_rate_and_momentum_are_faster_on_all_curvatures(mu, L):
    eta = 4 / (np.sqrt(L) + np.sqrt(mu)) ** 2
    root = np.sqrt(L / mu)
    rho = (root - 1) / (root + 1)
    # A double root is known to half the digits.
    assert slowest(eta, rho**2, mu, L) == pytest.approx(rho, abs=1e-6)
    for rate, momentum in itertools.product((0.9, 0.99, 1, 1.01, 1.1), repeat=2):
        if (rate, momentum) != (1, 1):
            assert slowest(rate * eta, momentum * rho**2, mu, L) > rho + 1e-4


@pytest.mark.equation("eq-momentum-nesterov")
def test_looking_ahead_is_the_path_that_the_package_takes():
    A = np.array([[2.0, 0.5], [0.5, 1.0]])
    theta = ahead = np.array([1.0, -2.0])
    ours = minimize(
        quadratic(A), theta, GradientDescent(0.3, momentum=0.7, nesterov=True), max_steps=25
    ).path
    for k in range(1, 26):
        before, theta = theta, ahead - 0.3 * A @ ahead
        ahead = theta + 0.7 * (theta - before)
        np.testing.assert_allclose(ahead, ours[k], rtol=1e-10)


@pytest.mark.equation("eq-momentum-nesterov-rate")
@pytest.mark.parametrize("kappa", [4.0, 100.0])
def test_nesterov_shrinks_every_curvature_by_one_minus_one_over_root_kappa(kappa):
    beta = (np.sqrt(kappa) - 1) / (np.sqrt(kappa) + 1)

    def factor(curvature, beta):
        shrunk = 1 - curvature / kappa
        return abs(np.roots([1, -(1 + beta) * shrunk, beta * shrunk])).max()

    worst = max(factor(curvature, beta) for curvature in np.linspace(1, kappa, 300))
    assert worst == pytest.approx(1 - 1 / np.sqrt(kappa), abs=1e-6)
    for other in (0.97 * beta, 1.03 * beta):
        assert max(factor(c, other) for c in np.linspace(1, kappa, 300)) > worst + 1e-4


@pytest.mark.equation("eq-momentum-noise")
@pytest.mark.parametrize("beta", [0.0, 0.5, 0.9])
def test_momentum_settles_at_its_own_noise_floor(beta):
    """The covariance of two successive errors, iterated exactly to where it stands still."""
    rate, curvature, sigma2 = 0.2, 1.5, 0.6
    step = np.array([[1 + beta - rate * curvature, -beta], [1.0, 0.0]])
    noise = np.array([[rate**2 * sigma2, 0.0], [0.0, 0.0]])
    covariance = np.zeros((2, 2))
    for _ in range(2000):
        covariance = step @ covariance @ step.T + noise
    printed = (1 + beta) / (1 - beta) * rate * sigma2
    printed /= curvature * (2 * (1 + beta) - rate * curvature)
    assert covariance[0, 0] == pytest.approx(printed, rel=1e-10)
    small = 1e-5 / (1 - beta) * sigma2 / (2 * curvature)
    exact = (1 + beta) / (1 - beta) * 1e-5 * sigma2 / (2 * (1 + beta) - 1e-5 * curvature)
    assert exact / curvature == pytest.approx(small, rel=1e-4)

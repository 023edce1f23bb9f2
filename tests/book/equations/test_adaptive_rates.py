"""The labeled equations of the page ``adaptive_rates``."""

import numpy as np
import pytest
import torch

from lossbook import minimize
from lossbook.optimizers import AdaGrad, Adam, AdamW, RMSProp
from lossbook.surfaces import quadratic

SLOPES = np.random.default_rng(3).normal(size=(40, 3)) * [1.0, 100.0, 0.01]


def torch_path(make):
    parameters = torch.tensor([1.0, -1.0, 0.5], dtype=torch.float64, requires_grad=True)
    optimizer, path = make([parameters]), []
    for slope in SLOPES:
        parameters.grad = torch.from_numpy(slope)
        optimizer.step()
        path.append(parameters.detach().numpy().copy())
    return np.array(path)


def printed_path(rule):
    theta, path = np.array([1.0, -1.0, 0.5]), []
    for slope in SLOPES:
        theta = rule(theta, slope)
        path.append(theta)
    return np.array(path)


@pytest.mark.equation("eq-adaptive-adagrad")
def test_adagrad_as_printed_takes_the_path_of_pytorch():
    s = np.zeros(3)

    def rule(theta, g):
        nonlocal s
        s = s + g**2
        return theta - 0.3 * g / (np.sqrt(s) + 1e-10)

    theirs = torch_path(lambda p: torch.optim.Adagrad(p, lr=0.3))
    np.testing.assert_allclose(printed_path(rule), theirs, rtol=1e-12)


@pytest.mark.equation("eq-adaptive-length")
def test_adagrad_comes_about_twice_the_rate_times_root_k_under_a_constant_gradient():
    optimizer, theta = AdaGrad(0.3), 0.0
    for k in range(1, 2001):
        theta = optimizer.step(theta, -7.0)
        assert theta == pytest.approx(sum(0.3 / np.sqrt(np.arange(1, k + 1))), rel=1e-8)
        assert 2 * 0.3 * (np.sqrt(k + 1) - 1) <= theta <= 2 * 0.3 * np.sqrt(k)


@pytest.mark.equation("eq-adaptive-rmsprop")
def test_rmsprop_as_printed_takes_the_path_of_pytorch():
    s = np.zeros(3)

    def rule(theta, g):
        nonlocal s
        s = 0.9 * s + 0.1 * g**2
        return theta - 0.3 * g / (np.sqrt(s) + 1e-8)

    theirs = torch_path(lambda p: torch.optim.RMSprop(p, lr=0.3, alpha=0.9))
    np.testing.assert_allclose(printed_path(rule), theirs, rtol=1e-12)


@pytest.mark.equation("eq-adaptive-hop")
@pytest.mark.parametrize("curvature", [1.0, 50.0])
def test_rmsprop_hops_for_ever_by_its_rate(curvature):
    hopping = RMSProp(0.01, decay=0.9, epsilon=1e-30)
    settings = {"max_steps": 3000, "gradient_tolerance": 0}
    path = minimize(quadratic([[curvature]]), [1.0], hopping, **settings).path[:, 0]
    signs = np.sign(path[-1]) * (-1.0) ** np.arange(50)
    np.testing.assert_allclose(path[:-51:-1], 0.005 * signs, rtol=1e-9)


def adam_rule(decay=0.0):
    m, v, k = np.zeros(3), np.zeros(3), 0

    def rule(theta, g):
        nonlocal m, v, k
        k += 1
        m = 0.8 * m + 0.2 * g
        v = 0.95 * v + 0.05 * g**2
        step = m / (1 - 0.8**k) / (np.sqrt(v / (1 - 0.95**k)) + 1e-8)
        return theta - 0.1 * (step + decay * theta)

    return rule


@pytest.mark.equation("eq-adaptive-adam")
def test_adam_as_printed_takes_the_path_of_pytorch():
    theirs = torch_path(lambda p: torch.optim.Adam(p, lr=0.1, betas=(0.8, 0.95)))
    np.testing.assert_allclose(printed_path(adam_rule()), theirs, rtol=1e-10)


@pytest.mark.equation("eq-adaptive-first-step")
@pytest.mark.parametrize("scale", [1e-6, 1.0, 1e6])
def test_the_first_step_of_adam_has_the_length_of_the_rate(scale):
    g = scale * np.array([3.0, -0.002, 500.0])
    settings = {"learning_rate": 0.1, "beta1": 0.7, "beta2": 0.99}
    moved = Adam(**settings).step(np.zeros(3), g)
    np.testing.assert_allclose(moved, -0.1 * g / (abs(g) + 1e-8), rtol=1e-12)


@pytest.mark.equation("eq-adaptive-adamw")
def test_adamw_as_printed_takes_the_path_of_pytorch_and_shrinks_alike():
    settings = {"lr": 0.1, "betas": (0.8, 0.95), "weight_decay": 0.3}
    theirs = torch_path(lambda p: torch.optim.AdamW(p, **settings))
    np.testing.assert_allclose(printed_path(adam_rule(decay=0.3)), theirs, rtol=1e-10)
    # Where there is no gradient, each step multiplies by 1 − ηλ.
    idle, theta = AdamW(0.1, weight_decay=0.3), np.array([5.0, -2.0])
    for _ in range(10):
        theta = idle.step(theta, np.zeros(2))
    np.testing.assert_allclose(theta, np.array([5.0, -2.0]) * (1 - 0.1 * 0.3) ** 10, rtol=1e-12)

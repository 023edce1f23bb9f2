"""The labeled equations of the page ``adaptive_rates``."""

import numpy as np
import pytest
import torch

from lossbook import minimize
from lossbook.optimizers import AdaGrad, Adam, AdamW, RMSProp
from lossbook.surfaces import quadratic
from tests.printed import from_zero, printed

SLOPES = np.random.default_rng(3).normal(size=(40, 3)) * [1.0, 100.0, 0.01]


def weighted_mean(values, share):
    """Return the mean of all values so far, each older one with a weight ``share`` as large."""
    weights = share ** np.arange(len(values))[::-1, None]
    return (weights * values).sum(axis=0) / weights.sum()


def torch_steps(make, **ours):
    """Yield for each step the slope, the parameters before and after, and PyTorch's averages."""
    parameters = torch.tensor([1.0, -1.0, 0.5], dtype=torch.float64, requires_grad=True)
    optimizer, before = make([parameters]), {}
    for k, slope in enumerate(SLOPES):
        here = parameters.detach().numpy().copy()
        parameters.grad = torch.from_numpy(slope)
        optimizer.step()
        state = {
            name: value.numpy().copy()
            for name, value in optimizer.state[parameters].items()
            if value.ndim
        }
        yield k, slope, here, parameters.detach().numpy().copy(), before, state
        before = state


@pytest.mark.equation("eq-adaptive-adagrad")
def test_adagrad_as_printed_takes_the_path_of_pytorch():
    rule = printed("eq-adaptive-adagrad")
    for k, g, here, there, before, state in torch_steps(lambda p: torch.optim.Adagrad(p, lr=0.3)):
        sums = {k: before.get("sum", np.zeros(3)), k + 1: state["sum"]}
        theta = {k: here, k + 1: there}
        rule.check(k=k, s=sums, g={k: g}, theta=theta, eta=0.3, varepsilon=1e-10)


@pytest.mark.equation("eq-adaptive-length")
def test_adagrad_comes_about_twice_the_rate_times_root_k_under_a_constant_gradient():
    optimizer, theta, length = AdaGrad(0.3), 0.0, printed("eq-adaptive-length")
    for k in range(1, 2001):
        theta = optimizer.step(theta, -7.0)
        if k in (1, 2, 10, 200, 2000):
            way, short = length.sides(eta=0.3, k=k)
            assert theta == pytest.approx(way, rel=1e-8)
            # The short form is above it, by between 0.6 and 1.5 rates.
            assert 0.5 * 0.3 < short - way < 1.5 * 0.3
            assert short == 2 * 0.3 * k**0.5
    assert short / way == pytest.approx(1, rel=0.02)


@pytest.mark.equation("eq-adaptive-rmsprop")
def test_rmsprop_as_printed_takes_the_path_of_pytorch():
    rule = printed("eq-adaptive-rmsprop")
    make = lambda p: torch.optim.RMSprop(p, lr=0.3, alpha=0.9)  # noqa: E731
    for k, g, here, there, before, state in torch_steps(make):
        means = {k: before.get("square_avg", np.zeros(3)), k + 1: state["square_avg"]}
        theta = {k: here, k + 1: there}
        rule.check(k=k, s=means, g={k: g}, theta=theta, eta=0.3, rho=0.9, varepsilon=1e-8)


@pytest.mark.equation("eq-adaptive-hop")
@pytest.mark.parametrize("curvature", [1.0, 50.0])
def test_rmsprop_hops_for_ever_by_its_rate(curvature):
    hopping = RMSProp(0.01, decay=0.9, epsilon=1e-30)
    settings = {"max_steps": 3000, "gradient_tolerance": 0}
    path = minimize(quadratic([[curvature]]), [1.0], hopping, **settings).path[:, 0]
    signs = np.sign(path[-1]) * (-1.0) ** np.arange(50)
    np.testing.assert_allclose(path[:-51:-1], 0.005 * signs, rtol=1e-9)
    k = 2997 + (path[2997] < 0)
    printed("eq-adaptive-hop").check(
        k=k, theta={j: path[j] for j in range(k, k + 3)}, eta=0.01, g=curvature * path[k], rtol=1e-9
    )


@pytest.mark.equation("eq-adaptive-adam")
def test_adam_as_printed_takes_the_path_of_pytorch():
    rule = printed("eq-adaptive-adam")
    make = lambda p: torch.optim.Adam(p, lr=0.1, betas=(0.8, 0.95))  # noqa: E731
    for step, g, here, there, before, state in torch_steps(make):
        k, so_far = step + 1, SLOPES[: step + 1]
        rule.check(
            k=k,
            g={k: g},
            m={k - 1: before.get("exp_avg", np.zeros(3)), k: state["exp_avg"]},
            v={k - 1: before.get("exp_avg_sq", np.zeros(3)), k: state["exp_avg_sq"]},
            hat_m={k: weighted_mean(so_far, 0.8)},
            hat_v={k: weighted_mean(so_far**2, 0.95)},
            theta={k - 1: here, k: there},
            beta=[0.8, 0.95],
            eta=0.1,
            varepsilon=1e-8,
            rtol=1e-11,
        )


@pytest.mark.equation("eq-adaptive-first-step")
@pytest.mark.parametrize("scale", [1e-6, 1.0, 1e6])
def test_the_first_step_of_adam_has_the_length_of_the_rate(scale):
    settings = {"learning_rate": 0.1, "beta1": 0.7, "beta2": 0.99}
    for g in scale * np.array([3.0, -0.002, 500.0]):
        moved = Adam(**settings).step(np.array([4.0]), np.array([g]))
        printed("eq-adaptive-first-step").check(
            theta=from_zero([4.0, moved[0]]), g=g, eta=0.1, varepsilon=1e-8, rtol=1e-14
        )


@pytest.mark.equation("eq-adaptive-adamw")
def test_adamw_as_printed_takes_the_path_of_pytorch_and_shrinks_alike():
    rule = printed("eq-adaptive-adamw")
    settings = {"lr": 0.1, "betas": (0.8, 0.95), "weight_decay": 0.3}
    for step, _, here, there, *_ in torch_steps(lambda p: torch.optim.AdamW(p, **settings)):
        k, so_far = step + 1, SLOPES[: step + 1]
        hat_m, hat_v = weighted_mean(so_far, 0.8), weighted_mean(so_far**2, 0.95)
        theta = {k - 1: here, k: there}
        names = {"hat_m": {k: hat_m}, "hat_v": {k: hat_v}, "lam": 0.3, "varepsilon": 1e-8}
        rule.check(k=k, theta=theta, eta=0.1, rtol=1e-10, **names)
    # Where there is no gradient, each step multiplies by 1 − ηλ.
    idle, theta = AdamW(0.1, weight_decay=0.3), np.array([5.0, -2.0])
    for _ in range(10):
        theta = idle.step(theta, np.zeros(2))
    np.testing.assert_allclose(theta, np.array([5.0, -2.0]) * (1 - 0.1 * 0.3) ** 10, rtol=1e-12)

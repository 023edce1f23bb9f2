"""The labeled equations of the page ``why_descent_converges``."""

import numpy as np
import pytest

from lossbook import minimize, models, risk
from lossbook.losses import binary_cross_entropy
from lossbook.optimizers import GradientDescent, Newton
from lossbook.penalties import l2
from lossbook.surfaces import quadratic


def convex_case(strength):
    """Return the penalized risk, its Hessian, a smoothness constant L and the lowest point."""
    draw = np.random.default_rng(1)
    X = draw.normal(size=(60, 3)) * [0.1, 1, 3]
    labels = (draw.normal(size=60) + X[:, 1] > 0).astype(int)
    A = np.column_stack([np.ones(60), X])

    def hessian(theta):
        p = 1 / (1 + np.exp(-A @ theta))
        return A.T @ (A * (p * (1 - p))[:, None]) / 60 + 2 * strength * np.eye(4)

    objective = risk(models.linear, binary_cross_entropy, X, labels, penalty=l2(strength))
    lowest = minimize(objective, np.zeros(4), Newton(hessian), gradient_tolerance=1e-13)
    assert lowest.converged
    smoothness = np.linalg.eigvalsh(A.T @ A)[-1] / 240 + 2 * strength
    return objective, hessian, smoothness, lowest


POINTS = np.random.default_rng(2).normal(size=(100, 2, 4)) * 2


@pytest.mark.equation("eq-smoothness-ceiling")
def test_the_parabola_lies_above_the_risk_and_no_flatter_one_does():
    objective, _, smoothness, _ = convex_case(0.01)

    def room(theta, d, curvature):
        value, gradient = objective(theta)
        return value + gradient @ d + curvature / 2 * d @ d - objective(theta + d)[0]

    assert all(room(theta, d, smoothness) >= -1e-12 for theta, d in POINTS)
    # At 0 the curvature is L, along the steepest direction: there 0.99 L is not enough.
    hessian = convex_case(0.01)[1](np.zeros(4))
    steepest = np.linalg.eigh(hessian)[1][:, -1]
    assert room(np.zeros(4), 0.01 * steepest, 0.99 * smoothness) < 0


@pytest.mark.equation("eq-descent-lemma")
def test_a_step_of_one_over_l_gains_what_the_lemma_promises():
    objective, _, smoothness, _ = convex_case(0.01)
    for theta in POINTS[:, 0]:
        value, gradient = objective(theta)
        after, _ = objective(theta - gradient / smoothness)
        assert after <= value - gradient @ gradient / (2 * smoothness) + 1e-12
    value, gradient = quadratic([[8.0]])([3.0])
    assert value == gradient @ gradient / (2 * 8)  # equality: the step ends at 0


@pytest.mark.equation("eq-convex-floor")
def test_the_risk_lies_above_its_tangents_and_a_cosine_does_not():
    objective, *_ = convex_case(0.0)
    for theta, other in POINTS:
        value, gradient = objective(theta)
        assert objective(other)[0] >= value + gradient @ (other - theta) - 1e-12
    assert not 1 - np.cos(2 * np.pi) >= 1 - np.cos(1.0) + np.sin(1.0) * (2 * np.pi - 1.0)


def run_and_gaps(strength, steps=400):
    objective, _, smoothness, lowest = convex_case(strength)
    start = lowest.parameters + np.array([2.0, -1.0, 3.0, 1.0])
    descent = GradientDescent(1 / smoothness)
    run = minimize(objective, start, descent, max_steps=steps, gradient_tolerance=0)
    return run.values - lowest.value, smoothness, np.sum((start - lowest.parameters) ** 2)


@pytest.mark.equation("eq-sublinear-bound")
def test_descent_stays_below_the_bound_like_one_over_k():
    gaps, smoothness, square = run_and_gaps(0.0)
    k = np.arange(1, len(gaps))
    assert (gaps[1:] <= smoothness * square / (2 * k) + 1e-14).all()
    # On Huber's loss with δ = 1/(2k + 1) the gap is 1/(4k + 2): with 5 in place of 2 it fails.
    delta, theta = 1 / 21, 1.0
    for _ in range(10):
        theta -= np.clip(theta, -delta, delta)
    gap = delta * (theta - delta / 2)
    assert 1 / (5 * 10) < gap <= 1 / (2 * 10)


@pytest.mark.equation("eq-linear-bound")
def test_descent_on_a_strongly_convex_risk_stays_below_the_linear_bound():
    strength = 0.05
    gaps, smoothness, _ = run_and_gaps(strength)
    factor = 1 - 2 * strength / smoothness
    k = np.arange(len(gaps))
    assert (gaps <= factor**k * gaps[0] + 1e-14).all()
    # Along the flattest direction of a parabola the gap shrinks by the factor squared, no more.
    parabola = quadratic(np.diag([1.0, 8.0]))
    run = minimize(parabola, [1.0, 0.0], GradientDescent(1 / 8), max_steps=20)
    assert (run.values <= (1 - 1 / 8) ** np.arange(21) * run.values[0] + 1e-15).all()
    assert run.values[-1] == pytest.approx((1 - 1 / 8) ** 40 * run.values[0], rel=1e-12)


@pytest.mark.equation("eq-accelerated-bound")
def test_accelerated_descent_stays_below_the_bound_like_one_over_k_squared():
    # On this quadratic plain descent is too slow for the bound.
    n = 200
    chain = (2 * np.eye(n) - np.eye(n, k=1) - np.eye(n, k=-1)) / 4
    first = np.eye(n)[0] / 4
    best = np.linalg.solve(chain, first)

    def gap(x):
        return (x - best) @ chain @ (x - best) / 2

    x = plain = ahead = np.zeros(n)
    t, broken = 1.0, False
    for k in range(1, 301):
        before, x = x, ahead - (chain @ ahead - first)
        t_before, t = t, (1 + np.sqrt(1 + 4 * t * t)) / 2
        ahead = x + (t_before - 1) / t * (x - before)
        plain = plain - (chain @ plain - first)
        bound = 2 * best @ best / (k + 1) ** 2
        assert gap(x) <= bound
        broken = broken or gap(plain) > bound
    assert broken

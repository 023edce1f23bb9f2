"""The labeled equations of the second half of the part "Derivation", each with its test."""

from itertools import pairwise

import numpy as np
import pytest

from lossbook import minimize, models, risk
from lossbook.losses import binary_cross_entropy, squared_error
from lossbook.optimizers import GradientDescent, Newton
from lossbook.penalties import l2
from lossbook.surfaces import quadratic

W, B, V, C = np.array([0.7, -1.1]), np.array([0.2, 0.4]), np.array([1.5, -0.3]), 0.6
SMALL = np.concatenate([B, W, [C], V])
INPUT, TARGET = 1.3, 0.25


def central(function, point, step=1e-5):
    """Return the gradient by central differences."""
    return np.array(
        [
            (function(point + step * e) - function(point - step * e)) / (2 * step)
            for e in np.eye(len(point))
        ]
    )


def small_loss(theta):
    """The squared error of the network of two tanh units, written out."""
    (b1, b2), (w1, w2), c, (v1, v2) = theta[:2], theta[2:4], theta[4], theta[5:]
    hidden = v1 * np.tanh(b1 + w1 * INPUT) + v2 * np.tanh(b2 + w2 * INPUT)
    return (c + hidden - TARGET) ** 2


@pytest.mark.equation("eq-small-network")
def test_the_package_predicts_what_the_small_network_does():
    network = models.MultilayerPerceptron(sizes=(1, 2, 1))
    predictions, _ = network(SMALL, [[INPUT]])
    hidden = [np.tanh(b + w * INPUT) for b, w in zip(B, W)]
    assert predictions[0] == pytest.approx(C + V[0] * hidden[0] + V[1] * hidden[1], rel=1e-14)


@pytest.mark.equation("eq-backward-output")
def test_the_derivatives_by_the_output_parameters():
    a = np.tanh(B + W * INPUT)
    g = 2 * (C + V @ a - TARGET)
    np.testing.assert_allclose(central(small_loss, SMALL)[4:], [g, *(g * a)], rtol=1e-8)


@pytest.mark.equation("eq-backward-hidden")
def test_the_derivatives_by_the_hidden_parameters():
    a = np.tanh(B + W * INPUT)
    delta = 2 * (C + V @ a - TARGET) * V * (1 - a**2)
    printed = [*delta, *(delta * INPUT)]
    np.testing.assert_allclose(central(small_loss, SMALL)[:4], printed, rtol=1e-8)


@pytest.mark.equation("eq-backpropagation")
def test_the_matrix_form_is_the_gradient_of_a_deep_network():
    draw = np.random.default_rng(0)
    network = models.MultilayerPerceptron(sizes=(3, 4, 5, 2))
    X, Y = draw.normal(size=(7, 3)), draw.normal(size=(7, 2))
    theta = draw.normal(size=network.parameter_count)
    (b1, W1), (b2, W2), (b3, W3) = network.unpack(theta)
    A1 = np.tanh(b1 + X @ W1)
    A2 = np.tanh(b2 + A1 @ W2)
    delta3 = 2 * (b3 + A2 @ W3 - Y) / 14
    delta2 = (delta3 @ W3.T) * (1 - A2 * A2)
    delta1 = (delta2 @ W2.T) * (1 - A1 * A1)
    deltas, inputs = (delta1, delta2, delta3), (X, A1, A2)
    printed = network.pack([(d.sum(axis=0), A.T @ d) for A, d in zip(inputs, deltas)])
    objective = risk(network, squared_error, X, Y)
    numeric = central(lambda point: objective(point)[0], theta)
    np.testing.assert_allclose(printed, numeric, rtol=1e-7, atol=1e-9)
    np.testing.assert_allclose(printed, objective(theta)[1], rtol=1e-12, atol=1e-15)


class Counted:
    """An array whose matrix products count their multiplications."""

    # Before NumPy's own: an array on the left hands its product over to this class.
    __array_ufunc__ = None
    multiplications = 0

    def __init__(self, array):
        self.array = array

    def __rmatmul__(self, left):
        Counted.multiplications += np.shape(left)[0] * np.prod(self.array.shape)
        return left @ self.array


@pytest.mark.equation("eq-backward-cost")
@pytest.mark.parametrize("sizes", [(64, 16, 1), (3, 4, 5, 2), (2, 7, 7, 7, 1)])
def test_the_backward_pass_costs_at_most_two_predictions(sizes):
    # Count the products that the equations of the page ask for, shape by shape.
    n, pairs = 9, list(pairwise(sizes))
    activations = [np.ones((n, m)) for m, _ in pairs]
    weights = [np.ones(pair) for pair in pairs]
    Counted.multiplications = 0
    for A, M in zip(activations, weights):
        A @ Counted(M)
    forward = Counted.multiplications
    delta = np.ones((n, sizes[-1]))
    for layer in reversed(range(len(pairs))):
        activations[layer].T @ Counted(delta)
        if layer > 0:
            delta = delta @ Counted(weights[layer].T)
    backward = Counted.multiplications - forward
    printed = 2 - sizes[0] * sizes[1] / sum(m * k for m, k in pairs)
    assert backward / forward == pytest.approx(printed, rel=1e-15)
    assert backward <= 2 * forward


# Why descent converges: logistic regression on random data that no plane separates.


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

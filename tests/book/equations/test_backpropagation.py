"""The labeled equations of the page ``backpropagation``."""

from itertools import pairwise

import numpy as np
import pytest

from lossbook import models, risk
from lossbook.losses import squared_error

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

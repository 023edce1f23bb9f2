"""The labeled equations of the page ``backpropagation``."""

from itertools import pairwise

import numpy as np
import pytest

from lossbook import models, risk
from lossbook.losses import squared_error
from tests.printed import from_zero, over, printed

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
    page, names = printed("eq-small-network"), {"b": B, "w": W, "x": INPUT, "c": C, "v": V}
    z = [page.right(0, j=j, **names) for j in (1, 2)]
    a = [page.right(1, j=j, z=z) for j in (1, 2)]
    for j in (1, 2):
        page.check(j=j, z=z, a=a, hat_y=predictions[0], rtol=1e-13, **names)


@pytest.mark.equation("eq-backward-output")
def test_the_derivatives_by_the_output_parameters():
    a = np.tanh(B + W * INPUT)
    numeric = central(small_loss, SMALL)
    for j in (1, 2):
        printed("eq-backward-output").check(
            d_ell_d_c=numeric[4],
            d_ell_d_v=numeric[5:],
            g=2 * (C + V @ a - TARGET),
            a=a,
            j=j,
            rtol=1e-8,
        )


@pytest.mark.equation("eq-backward-hidden")
def test_the_derivatives_by_the_hidden_parameters():
    z, numeric = B + W * INPUT, central(small_loss, SMALL)
    by_z = central(lambda z: (C + V @ np.tanh(z) - TARGET) ** 2, z)
    names = {"g": 2 * (C + V @ np.tanh(z) - TARGET), "v": V, "a": np.tanh(z), "x": INPUT}
    for j in (1, 2):
        printed("eq-backward-hidden").check(
            delta=by_z,
            d_ell_d_z=by_z,
            d_ell_d_b=numeric[:2],
            d_ell_d_w=numeric[2:4],
            j=j,
            rtol=1e-8,
            **names,
        )


@pytest.mark.equation("eq-backpropagation")
def test_the_matrix_form_is_the_gradient_of_a_deep_network():
    draw = np.random.default_rng(0)
    network = models.MultilayerPerceptron(sizes=(3, 4, 5, 2))
    X, Y = draw.normal(size=(7, 3)), draw.normal(size=(7, 2))
    theta = draw.normal(size=network.parameter_count)
    layers = network.unpack(theta)
    held = [X]
    for bias, weights in layers[:-1]:
        held.append(np.tanh(bias + held[-1] @ weights))
    objective = risk(network, squared_error, X, Y)
    numeric = network.unpack(central(lambda point: objective(point)[0], theta))
    page, Delta = printed("eq-backpropagation"), {}
    Delta[3] = 2 * (layers[2][0] + held[2] @ layers[2][1] - Y) / 14
    weights = {l: layers[l - 1][1] for l in (1, 2, 3)}  # noqa: E741
    names = {"W": weights, "A": from_zero(held), "Delta": Delta, "N": 7}
    for layer in (3, 2):
        Delta[layer - 1] = page.right(2, l=layer, **names)
    for layer in (1, 2, 3):
        by = {"d_L_d_b": {layer: numeric[layer - 1][0]}, "d_L_d_W": {layer: numeric[layer - 1][1]}}
        for statement in (0, 1):
            page.check(statement, l=layer, rtol=1e-7, atol=1e-9, **by, **names)
    for layer in (2, 3):
        page.check(2, l=layer, **names)


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
@pytest.mark.parametrize("sizes", [(64, 16, 1), (3, 4, 5, 2), (2, 7, 7, 7, 1), (1, 1, 80, 80, 1)])
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
    page, counts = printed("eq-backward-cost"), {"m": sizes[:-1], "n": sizes[1:]}
    names = {"backward": Counted.multiplications - forward, "forward": forward}
    page.check(l=over(1, len(pairs)), **names, **counts)
    if sizes[0] == 1:  # a narrow start: the bound is nearly met
        ratio, _, bound = page.sides(l=over(1, len(pairs)), **names, **counts)
        assert bound - ratio < 1e-3

"""Models: predictions and chain rule against PyTorch's autograd, and the packing of parameters."""

from functools import partial
from itertools import pairwise

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from lossbook import check_gradient, minimize, risk
from lossbook.losses import squared_error
from lossbook.models import MultilayerPerceptron, linear
from lossbook.optimizers import GradientDescent

RNG = np.random.default_rng(0)
X = RNG.normal(size=(9, 3))

# Three hidden layers of unlike sizes, so that no transposed or misplaced matrix would fit.
NETWORKS = [
    MultilayerPerceptron((3, 1)),
    MultilayerPerceptron((3, 2)),
    MultilayerPerceptron((3, 5, 1)),
    MultilayerPerceptron((3, 4, 6, 2), activation="tanh"),
    MultilayerPerceptron((3, 7, 4, 5, 2), activation="relu"),
]
NETWORK = pytest.mark.parametrize("network", NETWORKS, ids=lambda n: f"{n.sizes}-{n.activation}")


def parameters_of(network, seed=1):
    """Random ones, biases too."""
    return np.random.default_rng(seed).normal(size=network.parameter_count)


def torch_network(network, parameters):
    """Build ``torch.nn.Sequential`` with the same parameters, which are set layer by layer."""
    modules, used = [], 0
    for m, n in pairwise(network.sizes):
        layer = torch.nn.Linear(m, n, dtype=torch.float64)
        with torch.no_grad():
            layer.bias[:] = torch.from_numpy(parameters[used : used + n])
            matrix = parameters[used + n : used + n + m * n].reshape(m, n)
            layer.weight[:] = torch.from_numpy(matrix.T)
        modules += [layer, torch.nn.Tanh() if network.activation == "tanh" else torch.nn.ReLU()]
        used += n + m * n
    return torch.nn.Sequential(*modules[:-1])


def torch_gradient(module):
    return np.concatenate(
        [
            np.ravel(array)
            for layer in module
            if isinstance(layer, torch.nn.Linear)
            for array in (layer.bias.grad.numpy(), layer.weight.grad.numpy().T)
        ]
    )


@NETWORK
def test_network_predicts_and_differentiates_as_pytorch(network):
    parameters = parameters_of(network)
    predictions, backward = network(parameters, X)
    module = torch_network(network, parameters)
    theirs = module(torch.from_numpy(X))
    np.testing.assert_allclose(
        predictions.reshape(9, -1), theirs.detach().numpy(), rtol=0, atol=1e-12
    )
    upstream = np.random.default_rng(2).normal(size=predictions.shape)
    theirs.backward(torch.from_numpy(upstream.reshape(9, -1)))
    gradient = backward(upstream)
    assert gradient.shape == parameters.shape
    np.testing.assert_allclose(gradient, torch_gradient(module), rtol=0, atol=1e-12)


@NETWORK
def test_network_passes_the_gradient_check(network):
    shape = network(parameters_of(network), X)[0].shape
    targets = np.random.default_rng(3).normal(size=shape)
    objective = risk(network, squared_error, X, targets)
    assert check_gradient(objective, parameters_of(network)).passed


def test_network_without_hidden_layer_is_the_linear_model():
    for outputs, last in ((None, 1), (2, 2)):
        network = MultilayerPerceptron((3, last))
        parameters = parameters_of(network)
        ours, backward = network(parameters, X)
        theirs, their_backward = linear(parameters, X, outputs=outputs)
        np.testing.assert_array_equal(ours, theirs)
        np.testing.assert_allclose(backward(ours), their_backward(ours), rtol=1e-14)


def test_relu_has_slope_zero_at_its_kink():
    """The subgradient of PyTorch and TensorFlow."""
    network = MultilayerPerceptron((1, 1, 1), activation="relu")
    _, backward = network(np.array([0.0, 1.0, 0.0, 1.0]), [[0.0]])
    assert backward([1.0]).tolist() == [0, 0, 1, 0]


def test_network_learns_what_no_linear_model_can():
    """XOR: the least squared error of a linear model is 1, every prediction 0."""
    inputs = np.array([[-1.0, -1], [-1, 1], [1, -1], [1, 1]])
    targets = np.array([-1.0, 1, 1, -1])
    start = np.zeros(3)
    line = minimize(risk(linear, squared_error, inputs, targets), start, GradientDescent(0.1))
    assert line.value == 1
    network = MultilayerPerceptron((2, 4, 1))
    objective = risk(network, squared_error, inputs, targets)
    history = minimize(objective, network.initialize(seed=0), GradientDescent(0.2))
    assert history.value < 1e-6


sizes = st.lists(st.integers(1, 6), min_size=2, max_size=5)


@given(sizes, st.integers(0, 2**32 - 1))
@settings(max_examples=60, deadline=None, derandomize=True, database=None)
def test_pack_undoes_unpack(layer_sizes, seed):
    network = MultilayerPerceptron(tuple(layer_sizes))
    parameters = parameters_of(network, seed)
    layers = network.unpack(parameters)
    expected = [((n,), (m, n)) for m, n in pairwise(layer_sizes)]
    assert [(biases.shape, weights.shape) for biases, weights in layers] == expected
    np.testing.assert_array_equal(network.pack(layers), parameters)


@pytest.mark.parametrize(
    ("scheme", "variance"),
    # Glorot & Bengio (2010), equation 16; He et al. (2015), equation 10.
    [("glorot", 2 / (300 + 200)), ("he", 2 / 300)],
)
def test_initial_weights_have_the_variance_of_their_paper(scheme, variance):
    network = MultilayerPerceptron((300, 200, 1))
    biases, weights = network.unpack(network.initialize(0, scheme))[0]
    assert (biases == 0).all()
    # Of 60,000 draws the sample variance is within 4 · √(2/60,000) = 2.3 %.
    assert weights.var() == pytest.approx(variance, rel=0.023)
    assert abs(weights.mean()) < 4 * np.sqrt(variance / 60_000)


def test_glorots_weights_are_uniform_within_its_limit():
    network = MultilayerPerceptron((300, 200, 1))
    weights = network.unpack(network.initialize(0))[0][1]
    limit = np.sqrt(6 / 500)
    assert np.abs(weights).max() <= limit
    counts, _ = np.histogram(weights, bins=10, range=(-limit, limit))
    assert np.abs(counts - 6000).max() < 5 * np.sqrt(6000)


def test_he_keeps_the_signal_through_relu_and_glorot_through_tanh():
    inputs = np.random.default_rng(0).normal(size=(200, 100))
    for scheme, activation in (("he", "relu"), ("glorot", "tanh")):
        network = MultilayerPerceptron((100, *[100] * 10, 50), activation=activation)
        outputs, _ = network(network.initialize(0, scheme), inputs)
        assert 0.1 < outputs.std() < 10, scheme


def test_initial_parameters_follow_from_the_seed():
    network = NETWORKS[3]
    np.testing.assert_array_equal(network.initialize(5), network.initialize(5))
    assert (network.initialize(5) != network.initialize(6)).any()


@pytest.mark.parametrize("outputs", [None, 1, 4])
def test_linear_predicts_and_differentiates_as_pytorch(outputs):
    shape = (4,) if outputs is None else (4, outputs)
    theta = np.random.default_rng(4).normal(size=shape)
    predictions, backward = linear(theta.ravel(), X, outputs=outputs)
    theirs = torch.from_numpy(theta).requires_grad_()
    columns = torch.from_numpy(np.column_stack([np.ones(9), X]))
    result = columns @ theirs
    np.testing.assert_allclose(predictions, result.detach().numpy(), rtol=0, atol=1e-12)
    upstream = np.random.default_rng(5).normal(size=predictions.shape)
    result.backward(torch.from_numpy(upstream))
    np.testing.assert_allclose(backward(upstream), theirs.grad.numpy().ravel(), atol=1e-12)


def test_linear_with_several_outputs_passes_the_gradient_check():
    targets = RNG.normal(size=(9, 2))
    objective = risk(partial(linear, outputs=2), squared_error, X, targets)
    assert check_gradient(objective, np.random.default_rng(6).normal(size=8)).passed


def test_one_output_is_a_column():
    assert linear(np.ones(4), X, outputs=1)[0].shape == (9, 1)
    assert linear(np.ones(4), X)[0].shape == (9,)


@pytest.mark.parametrize(
    ("model", "count"),
    [(linear, 4), (partial(linear, outputs=2), 8), *((n, n.parameter_count) for n in NETWORKS)],
)
def test_float32_inputs_stay_float32(model, count):
    parameters = np.random.default_rng(7).normal(size=count)
    single, backward = model(parameters, X.astype(np.float32))
    double, _ = model(parameters, X)
    assert single.dtype == np.float32
    assert backward(single).dtype == np.float32
    assert backward(double).dtype == np.float32
    np.testing.assert_allclose(single, double, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("model", [linear, MultilayerPerceptron((3, 5, 1)).__call__])
def test_rows_are_independent(model):
    count = 4 if model is linear else 26
    parameters = np.random.default_rng(8).normal(size=count)
    order = np.random.default_rng(9).permutation(9)
    np.testing.assert_allclose(model(parameters, X[order])[0], model(parameters, X)[0][order])


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda: linear(np.ones(3), X),
            r"parameters has shape \(3,\) but X has shape \(9, 3\); expected \(4,\): "
            "an intercept and 3 slopes",
        ),
        (
            lambda: linear(np.ones(4), X, outputs=2),
            r"\(4,\) but X has shape \(9, 3\); expected \(8,\): .* for each of the 2 outputs",
        ),
        (lambda: linear(np.ones((4, 2)), X, outputs=2), r"shape \(4, 2\) .*; expected \(8,\)"),
        (lambda: linear(np.ones(4), X, outputs=0), "outputs is 0; expected an integer of 1"),
        (lambda: linear(np.ones(4), X[0]), r"X has shape \(3,\); expected \(n, d\)"),
        (
            lambda: linear(np.ones(4), X)[1](np.ones((9, 1))),
            r"gradient has shape \(9, 1\) but the predictions have shape \(9,\)",
        ),
        (
            lambda: NETWORKS[2](np.ones(26), X)[1](np.ones(8)),
            r"gradient has shape \(8,\) but the predictions have shape \(9,\)",
        ),
        (
            lambda: NETWORKS[2](np.ones(25), X),
            r"parameters has shape \(25,\); expected \(26,\) for layers of sizes \(3, 5, 1\)",
        ),
        (lambda: NETWORKS[2](np.ones(26), X[:, :2]), r"X has shape \(9, 2\); expected \(n, 3\)"),
        (
            lambda: NETWORKS[0].pack([(np.ones(3), np.ones((3, 1)))]),
            r"shapes \[\(\(3,\), \(3, 1\)\)\]; expected \[\(\(1,\), \(3, 1\)\)\]",
        ),
        (lambda: NETWORKS[0].initialize(0, "xavier"), "scheme is 'xavier'; expected glorot or he"),
        (lambda: MultilayerPerceptron((3,)), r"sizes is \(3,\); expected at least"),
        (lambda: MultilayerPerceptron((3, 0)), "a size is 0; expected an integer of 1 or more"),
        (lambda: MultilayerPerceptron((3, 1), "sigmoid"), "'sigmoid'; expected one of tanh, relu"),
    ],
)
def test_wrong_inputs_raise_and_are_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()

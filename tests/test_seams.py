"""What every model, optimizer, schedule, penalty and surface must do where it meets the rest.

Masked arrays are refused, arrays in any form of memory give the same numbers, nothing broadcasts,
and overflow is an answer without a warning.
"""

from dataclasses import replace
from functools import partial

import numpy as np
import pandas as pd
import pytest

from lossbook import minibatch_risk, minimize, models, surfaces
from lossbook.gradients import check_gradient
from lossbook.losses import squared_error
from lossbook.optimizers import (
    AdaGrad,
    Adam,
    AdamW,
    BacktrackingLineSearch,
    GradientDescent,
    Newton,
    RMSProp,
)
from lossbook.penalties import l1, l2
from lossbook.schedules import (
    constant,
    cosine_decay,
    exponential_decay,
    inverse_time_decay,
    step_decay,
    warmup,
)

RNG = np.random.default_rng(0)
X = RNG.normal(size=(9, 3))
START = np.array([3.0, -2.0])
BOWL = surfaces.quadratic([[1.0, 0.5], [0.5, 4.0]])


def hessian(parameters):
    return np.array([[1.0, 0.5], [0.5, 4.0]])


MODELS = {
    "linear": (models.linear, 4),
    "linear, two outputs": (partial(models.linear, outputs=2), 8),
    "one layer": (models.MultilayerPerceptron((3, 1)), 4),
    "tanh": (models.MultilayerPerceptron((3, 5, 2)), 32),
    "relu": (models.MultilayerPerceptron((3, 4, 4, 1), activation="relu"), 41),
}
OPTIMIZERS = {
    "plain": GradientDescent(0.1),
    "momentum": GradientDescent(0.1, momentum=0.5),
    "nesterov": GradientDescent(0.1, momentum=0.5, nesterov=True),
    "scheduled": GradientDescent(inverse_time_decay(0.2, decay=0.1), momentum=0.5),
    "adagrad": AdaGrad(0.5),
    "rmsprop": RMSProp(0.05),
    "adam": Adam(warmup(0.1, steps=5)),
    "adamw": AdamW(cosine_decay(0.1, steps=30)),
    "newton": Newton(hessian, learning_rate=0.5),
    "line search": BacktrackingLineSearch(BOWL),
}
SCHEDULES = {
    "constant": (constant(0.1), "constant(rate=0.1)"),
    "step": (step_decay(0.1, every=3), "step_decay(rate=0.1, every=3, factor=0.1)"),
    "exponential": (exponential_decay(0.1, factor=0.9), "exponential_decay(rate=0.1, factor=0.9)"),
    "inverse": (inverse_time_decay(0.1, decay=0.2), "inverse_time_decay(rate=0.1, decay=0.2)"),
    "cosine": (cosine_decay(0.1, steps=9), "cosine_decay(rate=0.1, steps=9, floor=0.0)"),
    "warmup": (
        warmup(constant(0.1), steps=4),
        "warmup(schedule=constant(rate=0.1), steps=4)",
    ),
}
PENALTIES = {"l2": l2(0.3, skip=1), "l1": l1(0.3, skip=1)}
SURFACES = {
    "quadratic": BOWL,
    **{name: getattr(surfaces, name) for name in ("rosenbrock", "himmelblau", "beale", "saddle")},
}
# Everything here that maps parameters to a value and a gradient, with a point.
FUNCTIONS = {**PENALTIES, **SURFACES}


def each(table):
    return pytest.mark.parametrize("name", table)


def forms(array):
    """Return the same numbers in every form in which they may lie in memory."""
    array = np.asarray(array)
    wide = np.zeros((*array.shape, 2))
    wide[..., 0] = array
    frozen = array.copy()
    frozen.setflags(write=False)
    table = pd.Series(array) if array.ndim == 1 else pd.DataFrame(array)
    return {
        "list": array.tolist(),
        "strided": wide[..., 0],
        "backward": array[::-1].copy()[::-1],
        "Fortran": np.asfortranarray(array),
        "big-endian": array.astype(">f8"),
        "little-endian": array.astype("<f8"),
        "read-only": frozen,
        "pandas": table,
        "memoryview": memoryview(np.ascontiguousarray(array)),
    }


# Forms of memory.


@each(MODELS)
def test_a_model_takes_its_inputs_in_every_form(name):
    model, count = MODELS[name]
    parameters = np.random.default_rng(1).normal(size=count)
    expected, backward = model(parameters, X)
    upstream = np.random.default_rng(2).normal(size=expected.shape)
    gradient = backward(upstream)
    for form in forms(parameters):
        predictions, back = model(forms(parameters)[form], forms(X)[form])
        np.testing.assert_allclose(predictions, expected, rtol=1e-13, err_msg=form)
        np.testing.assert_allclose(back(forms(upstream)[form]), gradient, rtol=1e-12, atol=1e-13)
        assert predictions.dtype == np.float64


@each(MODELS)
@pytest.mark.parametrize("dtype", ["<f4", ">f4"])
def test_a_model_keeps_float32_in_both_byte_orders(name, dtype):
    model, count = MODELS[name]
    parameters = np.random.default_rng(1).normal(size=count)
    single, backward = model(parameters, X.astype(dtype))
    assert single.dtype == backward(single).dtype == np.dtype("=f4")
    np.testing.assert_allclose(single, model(parameters, X)[0], rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("dtype", [np.float16, np.int8, np.uint64, bool])
@each(MODELS)
def test_a_model_computes_in_float64_with_every_other_kind_of_number(name, dtype):
    model, count = MODELS[name]
    inputs = (np.abs(X) * 2).astype(dtype)
    parameters = np.random.default_rng(1).normal(size=count)
    predictions, _ = model(parameters, inputs)
    assert predictions.dtype == np.float64
    np.testing.assert_array_equal(predictions, model(parameters, inputs.astype(np.float64))[0])


@each(FUNCTIONS)
def test_a_function_takes_its_parameters_in_every_form(name):
    value, gradient = FUNCTIONS[name](START)
    for form, parameters in forms(START).items():
        other, slope = FUNCTIONS[name](parameters)
        assert other == value, form
        np.testing.assert_array_equal(slope, gradient)


@each(OPTIMIZERS)
def test_an_optimizer_takes_its_arrays_in_every_form(name):
    gradient = np.array([1.0, -0.5])
    expected = replace(OPTIMIZERS[name]).step(START, gradient)
    for form in forms(START):
        moved = replace(OPTIMIZERS[name]).step(forms(START)[form], forms(gradient)[form])
        np.testing.assert_array_equal(moved, expected, err_msg=form)
        assert type(moved) is np.ndarray


@pytest.mark.parametrize("name", sorted(OPTIMIZERS.keys() - {"newton"}))
def test_an_optimizer_steps_a_single_number(name):
    """Numbers of no dimension give what a vector of one gives."""
    optimizer = OPTIMIZERS[name]
    if name == "line search":
        optimizer = BacktrackingLineSearch(lambda x: (float((x * x).sum()), 2 * x))
    path = [float(replace(optimizer).step(number, gradient)) for number, gradient in [(3.0, 6.0)]]
    np.testing.assert_array_equal(path, replace(optimizer).step([3.0], [6.0]))


def test_start_may_come_in_every_form():
    path = minimize(BOWL, START, GradientDescent(0.1), max_steps=5).path
    for form, start in forms(START).items():
        again = minimize(BOWL, start, GradientDescent(0.1), max_steps=5).path
        np.testing.assert_array_equal(again, path, err_msg=form)


def test_minibatches_come_from_data_in_every_form():
    def descend(X, y, weights):
        objective = minibatch_risk(
            models.linear, squared_error, X, y, batch_size=2, seed=0, weights=weights
        )
        return np.array([objective(np.ones(4))[0] for _ in range(9)])

    y, weights = X[:, 0], X[:, 1] ** 2
    expected = descend(X, y, weights)
    for form in set(forms(X)) - {"pandas", "memoryview"}:
        found = descend(forms(X)[form], forms(y)[form], forms(weights)[form])
        np.testing.assert_allclose(found, expected, rtol=1e-13, err_msg=form)
    frame = pd.DataFrame(X, index=range(50, 59))
    np.testing.assert_array_equal(descend(frame, frame[0], frame[1] ** 2), expected)


# Masked arrays.

MASKED = np.ma.array([1.0, 99.0], mask=[0, 1])
MASKED_X = np.ma.array(X, mask=X > 1)


def refused(call):
    with pytest.raises(ValueError, match=r"is a masked array, and its mask would be ignored"):
        call()


@each(MODELS)
def test_a_model_refuses_masks(name):
    model, count = MODELS[name]
    parameters = np.ones(count)
    refused(lambda: model(parameters, MASKED_X))
    refused(lambda: model(np.ma.array(parameters), X))
    predictions, backward = model(parameters, X)
    refused(lambda: backward(np.ma.array(predictions)))


@each(FUNCTIONS)
def test_a_function_refuses_masks(name):
    refused(lambda: FUNCTIONS[name](MASKED))


@each(OPTIMIZERS)
def test_an_optimizer_refuses_masks(name):
    refused(lambda: replace(OPTIMIZERS[name]).step(MASKED, START))
    refused(lambda: replace(OPTIMIZERS[name]).step(START, MASKED))


def test_a_network_refuses_masks_in_what_it_packs_and_unpacks():
    network = models.MultilayerPerceptron((1, 1))
    refused(lambda: network.unpack(MASKED))
    refused(lambda: network.pack([(MASKED[:1], [[1.0]])]))
    refused(lambda: network.pack([([1.0], np.ma.array([[1.0]]))]))


@pytest.mark.parametrize("argument", ["X", "y", "weights"])
def test_minibatches_refuse_masks(argument):
    data = {"X": X, "y": X[:, 0], "weights": np.ones(9)}
    data[argument] = np.ma.array(data[argument])
    refused(lambda: minibatch_risk(models.linear, squared_error, **data, batch_size=2, seed=0))


def test_what_a_descent_takes_and_is_given_may_not_be_masked():
    refused(lambda: minimize(BOWL, MASKED, GradientDescent(0.1)))
    refused(lambda: minimize(lambda x: (x @ x, np.ma.array(2 * x)), START, GradientDescent(0.1)))
    refused(lambda: check_gradient(lambda x: (x @ x, np.ma.array(2 * x)), START))
    refused(lambda: surfaces.quadratic(np.ma.array(np.eye(2))))


def test_the_refusal_says_what_to_do():
    with pytest.raises(ValueError, match=r"give start.compressed\(\), or leave out the rows"):
        minimize(BOWL, MASKED, GradientDescent(0.1))


# Nothing broadcasts.


@each(OPTIMIZERS)
@pytest.mark.parametrize("shape", [(), (1,), (2, 1), (1, 2), (3,), (0,)])
def test_a_step_refuses_a_gradient_of_another_shape(name, shape):
    optimizer = replace(OPTIMIZERS[name])
    with pytest.raises(ValueError, match=r"the gradient has shape .* but the parameters have"):
        optimizer.step(np.zeros(2), np.ones(shape))
    # What was refused has left no trace.
    np.testing.assert_array_equal(
        optimizer.step(START, START), replace(optimizer).step(START, START)
    )


@pytest.mark.parametrize("name", ["momentum", "nesterov", "adagrad", "rmsprop", "adam", "adamw"])
@pytest.mark.parametrize("shape", [(), (1,), (3,), (2, 2)])
def test_a_step_refuses_a_state_of_another_size(name, shape):
    optimizer = replace(OPTIMIZERS[name])
    optimizer.step(np.zeros(2), np.ones(2))
    with pytest.raises(ValueError, match=r"earlier steps were for shape \(2,\); take a fresh one"):
        optimizer.step(np.zeros(shape), np.ones(shape))


def test_an_optimizer_that_remembers_nothing_serves_any_shape():
    plain = GradientDescent(0.5)
    for shape in ((), (2,), (3, 1)):
        assert np.shape(plain.step(np.zeros(shape), np.ones(shape))) == shape


@each(PENALTIES)
@pytest.mark.parametrize("shape", [(), (2, 1), (1, 1), (0,)])
def test_a_penalty_refuses_what_is_no_vector(name, shape):
    with pytest.raises(ValueError, match=r"parameters has shape .*; expected a vector"):
        PENALTIES[name](np.ones(shape))


# NaN and overflow: answers without a warning (filterwarnings = error).


@each(FUNCTIONS)
def test_a_function_overflows_in_silence(name):
    assert np.shape(FUNCTIONS[name]([1e308, -1e308])[1]) == (2,)
    value, gradient = FUNCTIONS[name]([np.nan, np.nan])
    assert np.isnan([value, gradient[1]]).all()


@each(MODELS)
def test_a_model_overflows_in_silence(name):
    model, count = MODELS[name]
    predictions, backward = model(np.full(count, 1e308), 1e10 * X)
    assert backward(np.full(predictions.shape, 1e308)).shape == (count,)
    predictions, _ = model(np.full(count, 1e300), X.astype(np.float32))
    assert predictions.dtype == np.float32
    assert np.isnan(model(np.full(count, np.nan), X)[0]).all()


@each(OPTIMIZERS)
def test_an_optimizer_overflows_in_silence(name):
    optimizer = replace(OPTIMIZERS[name])
    for number in (1e200, -1e308, np.inf, np.nan):
        assert optimizer.step(np.full(2, number), np.full(2, number)).shape == (2,)


# Sums in float32.


@pytest.mark.parametrize("k", [2, 3, 10])
def test_a_sum_over_many_samples_in_float32_keeps_its_digits(k):
    """Row after row, half a million times 0.1 is 50,177; the sum is 50,000."""
    n = 500_000
    inputs = np.zeros((n, 1), np.float32)
    upstream = np.full((n, k), 0.1, np.float32)
    exact = n * float(np.float32(0.1))
    for model, count in (
        (partial(models.linear, outputs=k), 2 * k),
        (models.MultilayerPerceptron((1, k)), 2 * k),
    ):
        gradient = model(np.zeros(count, np.float32), inputs)[1](upstream)
        np.testing.assert_allclose(gradient[:k], exact, rtol=1e-7)
    single = models.linear(np.zeros(2, np.float32), inputs)[1](upstream[:, 0])
    np.testing.assert_allclose(single[0], exact, rtol=1e-6)

"""Nothing that is handed out or taken in stays connected, and a pickle or a copy goes on as before.

The models, optimizers, schedules, penalties and surfaces are those of ``test_seams.py``.
"""

import copy
import pickle
import subprocess
import sys
from dataclasses import FrozenInstanceError, dataclass, replace
from functools import partial

import numpy as np
import pytest

from lossbook import datasets, minibatch_risk, minibatches, minimize, models, surfaces
from lossbook.gradients import GradientError, check_gradient
from lossbook.losses import squared_error
from lossbook.optimizers import Adam, BacktrackingLineSearch, GradientDescent, Newton
from lossbook.penalties import l2
from lossbook.schedules import exponential_decay, warmup
from tests.test_seams import (
    BOWL,
    MODELS,
    OPTIMIZERS,
    PENALTIES,
    SCHEDULES,
    START,
    SURFACES,
    X,
    each,
    hessian,
)


def copies(thing):
    return {
        "pickle": pickle.loads(pickle.dumps(thing)),
        "copy": copy.copy(thing),
        "deepcopy": copy.deepcopy(thing),
    }


# Nothing stays connected.


def test_an_objective_that_changes_its_argument_changes_no_descent():
    def in_place(x):
        value, gradient = BOWL(x.copy())
        x -= 0.1
        return value, gradient

    history = minimize(in_place, START, GradientDescent(0.1), max_steps=9)
    expected = minimize(BOWL, START, GradientDescent(0.1), max_steps=9)
    np.testing.assert_array_equal(history.path, expected.path)
    assert history.value == BOWL(history.parameters)[0]


def test_a_value_that_is_found_after_a_change_in_place_is_that_of_the_parameters():
    """Of what the objective gives for them, that is."""

    def shifting(x):
        x -= 0.1
        return BOWL(x)

    history = minimize(shifting, START, GradientDescent(0.1), max_steps=9)
    assert history.value == shifting(history.parameters.copy())[0]


@pytest.mark.parametrize("keep_path", [True, False])
def test_a_callback_that_changes_what_it_sees_changes_no_descent(keep_path):
    def vandal(step, parameters, value, gradient):
        parameters *= 0
        gradient *= 0

    settings = {"max_steps": 9, "keep_path": keep_path}
    history = minimize(BOWL, START, GradientDescent(0.1), callback=vandal, **settings)
    expected = minimize(BOWL, START, GradientDescent(0.1), **settings)
    np.testing.assert_array_equal(history.values, expected.values)
    np.testing.assert_array_equal(history.parameters, expected.parameters)
    if keep_path:
        np.testing.assert_array_equal(history.path, expected.path)


def test_an_objective_may_return_the_same_array_every_time():
    """A callback that collects gradients would else collect one array many times."""
    buffer, seen = np.empty(2), []

    def buffered(x):
        value, buffer[:] = BOWL(x)
        return value, buffer

    def collect(step, parameters, value, gradient):
        seen.append(gradient)

    history = minimize(buffered, START, GradientDescent(0.1), max_steps=5, callback=collect)
    np.testing.assert_array_equal(seen, [BOWL(point)[1] for point in history.path])
    assert check_gradient(buffered, START).passed


@dataclass
class Greedy:
    """An optimizer that works in the gradient it is given."""

    learning_rate: float = 0.1

    def step(self, parameters, gradient):
        gradient *= self.learning_rate
        return parameters - gradient


@dataclass
class Keeping:
    """An optimizer that returns the array it keeps."""

    learning_rate: float = 0.1

    def step(self, parameters, gradient):
        if not hasattr(self, "kept"):
            self.kept = parameters
        self.kept -= self.learning_rate * gradient
        return self.kept


@pytest.mark.parametrize("optimizer", [Greedy(), Keeping()])
def test_an_optimizer_of_your_own_touches_neither_path_nor_objective(optimizer):
    slope = np.array([1.0, 2.0])
    history = minimize(lambda x: (float(slope @ x), slope), START, optimizer, max_steps=4)
    np.testing.assert_allclose(history.path, START - 0.1 * np.outer(range(5), slope), rtol=1e-14)
    assert slope.tolist() == [1, 2]


@each(OPTIMIZERS)
def test_an_optimizer_keeps_no_array_that_it_was_given_or_has_returned(name):
    optimizer, twin = replace(OPTIMIZERS[name]), replace(OPTIMIZERS[name])
    here = there = START
    for gradient in ([1.0, -0.5], [0.25, 2.0], [1.0, 1.0]):
        given, slope = np.array(here), np.array(gradient)
        moved = optimizer.step(given, slope)
        there = twin.step(there, np.array(gradient))
        np.testing.assert_array_equal(moved, there)
        here = moved.copy()
        for array in (given, slope, moved):
            array *= np.nan


def test_newton_and_the_line_search_hand_out_copies():
    def vandal(x):
        value, gradient = BOWL(x.copy())
        x *= 0
        return value, gradient

    def bent(x):
        x *= 0
        return hessian(x)

    gradient = BOWL(START)[1]
    for ours, theirs in (
        (BacktrackingLineSearch(vandal), BacktrackingLineSearch(BOWL)),
        (Newton(bent), Newton(hessian)),
    ):
        point = START.copy()
        np.testing.assert_array_equal(ours.step(point, gradient), theirs.step(START, gradient))
        assert point.tolist() == START.tolist()


@each(MODELS)
def test_a_model_goes_back_to_the_parameters_it_was_called_with(name):
    """A step in place between the prediction and its chain rule must not change the gradient."""
    model, count = MODELS[name]
    parameters = np.random.default_rng(1).normal(size=count)
    predictions, backward = model(parameters, X)
    expected = backward(predictions)
    np.testing.assert_array_equal(backward(predictions), expected)
    upstream = predictions.copy()
    parameters *= 0
    predictions *= 0
    np.testing.assert_array_equal(backward(upstream), expected)


def test_the_layers_of_a_network_are_copies():
    network, parameters = models.MultilayerPerceptron((2, 3, 1)), np.arange(13.0)
    for biases, weights in network.unpack(parameters):
        biases *= 0
        weights *= 0
    assert parameters.tolist() == list(range(13))
    layers = network.unpack(parameters)
    network.pack(layers)[:] = 0
    np.testing.assert_array_equal(network.pack(layers), parameters)


@each(PENALTIES)
def test_the_gradient_of_a_penalty_is_not_its_argument(name):
    parameters = START.copy()
    PENALTIES[name](parameters)[1][:] = 0
    assert parameters.tolist() == START.tolist()


@each(SURFACES)
def test_nobody_can_move_the_minima_of_a_surface(name):
    before = SURFACES[name].minima.copy()
    try:
        SURFACES[name].minima[...] = 7
    except ValueError as error:
        assert "read-only" in str(error)  # noqa: PT017
    np.testing.assert_array_equal(SURFACES[name].minima, before)


def test_a_data_set_is_the_callers_own():
    datasets.engel().X[:] = 0
    assert datasets.engel().X.min() > 0


# Pickles and copies.


@each(SCHEDULES)
def test_a_schedule_has_a_pickle_an_equal_and_a_text(name):
    schedule, text = SCHEDULES[name]
    assert repr(schedule) == text
    rates = [schedule(step) for step in range(12)]
    for how, other in copies(schedule).items():
        assert other == schedule, how
        assert hash(other) == hash(schedule)
        assert [other(step) for step in range(12)] == rates
    with pytest.raises(FrozenInstanceError):
        schedule.rate = 7


@each(PENALTIES)
def test_a_penalty_has_a_pickle_an_equal_and_a_text(name):
    penalty = PENALTIES[name]
    assert repr(penalty) == f"{name}(strength=0.3, skip=1)"
    for how, other in copies(penalty).items():
        assert other == penalty, how
        np.testing.assert_array_equal(other(START)[1], penalty(START)[1])
    with pytest.raises(FrozenInstanceError):
        penalty.strength = 7


@each(SURFACES)
def test_a_surface_has_a_pickle(name):
    for other in copies(SURFACES[name]).values():
        value, gradient = other(START)
        assert value == SURFACES[name](START)[0]
        np.testing.assert_array_equal(gradient, SURFACES[name](START)[1])
        np.testing.assert_array_equal(other.minima, SURFACES[name].minima)


@each(OPTIMIZERS)
@pytest.mark.parametrize("how", ["pickle", "copy", "deepcopy"])
def test_an_optimizer_that_was_saved_in_mid_run_goes_on_the_same_path(name, how):
    def run(optimizer, point, steps):
        path = [point]
        for _ in range(steps):
            path.append(optimizer.step(path[-1], BOWL(path[-1])[1]))
        return path

    optimizer = replace(OPTIMIZERS[name])
    whole = run(replace(optimizer), START, 12)
    half = run(optimizer, START, 6)
    saved = copies(optimizer)[how]
    run(optimizer, START, 3)  # the first one goes its own way
    np.testing.assert_array_equal(half[:-1] + run(saved, half[-1], 6), whole)


@pytest.mark.parametrize("how", ["pickle", "copy", "deepcopy"])
def test_minibatches_that_were_saved_in_mid_epoch_go_on_with_the_same_rows(how):
    batches = minibatches(10, 3, seed=0)
    for _ in range(6):
        next(batches)
    saved = copies(batches)[how]
    assert iter(saved) is saved
    expected = [next(batches).tolist() for _ in range(9)]
    assert [next(saved).tolist() for _ in range(9)] == expected


@pytest.mark.parametrize("how", ["pickle", "copy", "deepcopy"])
def test_a_minibatch_risk_that_was_saved_goes_on_with_the_same_batches(how):
    objective = minibatch_risk(
        models.linear, squared_error, X, X[:, 0], batch_size=2, seed=0, penalty=l2(0.1)
    )
    objective(np.ones(4))
    saved = copies(objective)[how]
    expected = [objective(np.ones(4))[0] for _ in range(9)]
    assert [saved(np.ones(4))[0] for _ in range(9)] == expected


@each(OPTIMIZERS)
def test_a_run_that_is_sent_away_comes_back_the_same(name):
    run = partial(minimize, BOWL, START, OPTIMIZERS[name], max_steps=20)
    history = pickle.loads(pickle.dumps(pickle.loads(pickle.dumps(run))()))
    np.testing.assert_array_equal(history.path, run().path)
    assert history.reason == run().reason


def test_another_process_takes_a_run_and_gives_its_history():
    code = "import pickle, sys; pickle.dump(pickle.load(sys.stdin.buffer)(), sys.stdout.buffer)"
    adam = Adam(warmup(exponential_decay(0.1, factor=0.99), steps=5))
    run = partial(minimize, surfaces.rosenbrock, [-1.2, 1.0], adam, max_steps=50)
    sent = subprocess.run(
        [sys.executable, "-c", code], input=pickle.dumps(run), stdout=subprocess.PIPE, check=True
    )
    np.testing.assert_array_equal(pickle.loads(sent.stdout).path, run().path)


def test_what_holds_arrays_is_compared_by_identity_and_can_be_saved():
    """== of two arrays is an array, which has no truth value."""
    history = minimize(BOWL, START, GradientDescent(0.1))
    report = check_gradient(BOWL, START)
    for thing in (history, report, datasets.engel(), BOWL):
        assert thing == thing
        assert thing != copy.copy(thing)
        assert len({thing, thing}) == 1
        assert type(pickle.loads(pickle.dumps(thing))) is type(thing)


def test_an_error_of_a_gradient_can_be_sent_to_another_process():
    with pytest.raises(GradientError) as caught:
        check_gradient(lambda x: (x @ x, x), START)
    error = pickle.loads(pickle.dumps(caught.value))
    assert str(error) == str(caught.value)
    assert error.report.worst == caught.value.report.worst


# Networks.


@pytest.mark.parametrize("sizes", [[2, 3, 1], (2, 3, 1), np.array([2, 3, 1])])
def test_a_network_has_a_hash_and_does_not_change_with_the_list_it_was_made_of(sizes):
    network = models.MultilayerPerceptron(sizes)
    assert network == models.MultilayerPerceptron((2, 3, 1))
    assert hash(network) == hash(models.MultilayerPerceptron((2, 3, 1)))
    sizes = np.array(sizes)
    sizes[1] = 7
    assert network.parameter_count == 13
    assert [type(size) for size in network.sizes] == [int, int, int]
    with pytest.raises(FrozenInstanceError):
        network.sizes = (2, 1)

"""Every record of lossbook/facts is true of its loss, but for what it estimates and its names.

Those are in test_facts_estimates.py and test_facts_elsewhere.py.

Losses are taken as functions of all their learned inputs, laid end to end in the rows of one array.
"""

import ast
import inspect
import math
import re

import numpy as np
import pytest

from lossbook import losses
from lossbook.facts import Facts, facts
from tests.facts_cases import (
    CASES,
    LEVELS,
    PRINTED,
    complete,
    constant,
    draw,
    evaluate,
    symbols,
)

every_loss = pytest.mark.parametrize("name", facts)
every_case = pytest.mark.parametrize(("name", "settings"), CASES, ids=str)
every_printed_case = pytest.mark.parametrize(("name", "settings"), PRINTED, ids=str)


def function(name, x, size, settings):
    """Return the loss as a function of the rows of one array, and an array to try it on."""
    learned, others = draw(name, x, size, settings)
    loss, ends = getattr(losses, name), np.cumsum([a[0].size for a in learned])[:-1]

    def call(array):
        split = [part.reshape(a.shape) for part, a in zip(np.split(array, ends, axis=1), learned)]
        if name == "info_nce":
            batches = [loss(*inputs, **settings) for inputs in zip(*split)]
            values = np.array([values.sum() for values, _ in batches])
            return values, np.array([np.ravel(gradients) for _, gradients in batches])
        values, gradients = loss(*split, *others, **settings)
        return values, flat(gradients if isinstance(gradients, tuple) else [gradients])

    return call, flat(learned)


def flat(arrays):
    return np.hstack([a.reshape(len(a), -1) for a in arrays])


def steepest(call, array):
    return np.linalg.norm(call(array)[1], axis=1).max()


def sharpest(name, x, size, settings, h):
    """Return the largest change of the gradient for a unit of change, by power iteration."""
    call, array = function(name, x, size, settings)
    largest, direction = 0, np.random.default_rng(2).normal(size=array.shape)

    def ends():
        return array + h / 2 * direction, array - h / 2 * direction

    def gradients(point):
        # A batch a call would take a third of the time of this file.
        return slopes_of_info_nce(point, settings) if name == "info_nce" else call(point)[1]

    for _ in range(5):
        direction = direction / np.linalg.norm(direction, axis=1, keepdims=True)
        change = np.subtract(*map(gradients, ends())) / h
        length = np.linalg.norm(change, axis=1, keepdims=True)
        largest, last = max(largest, length.max()), ends()
        direction = np.where(length > 0, change, direction)
    if name == "info_nce":
        for point in last:
            np.testing.assert_allclose(call(point)[1], gradients(point), rtol=1e-10, atol=1e-12)
    return largest


def slopes_of_info_nce(array, settings):
    """Return the gradients of batches of three pairs, all batches at once, by the chain rule."""
    pairs = array.reshape(-1, 2, 3, 3)
    lengths = np.linalg.norm(pairs, axis=3, keepdims=True)
    u, v = np.moveaxis(pairs / lengths, 1, 0)
    temperature = complete("info_nce", settings)["temperature"]
    q = np.exp(u @ v.swapaxes(1, 2) / temperature)
    pulls = (q / q.sum(axis=2, keepdims=True) - np.eye(3)) / temperature
    slopes, units = np.stack([pulls @ v, pulls.swapaxes(1, 2) @ u], axis=1), pairs / lengths
    along = (slopes * units).sum(axis=3, keepdims=True) * units
    return ((slopes - along) / lengths).reshape(len(array), -1)


def grid(level):
    half_range, step, size, h = LEVELS[level]
    ends = round(half_range / step)
    return np.repeat(step * np.arange(-ends, ends + 1), 2), size, h


FAMILIES = {
    "regression": "regression",
    "likelihoods": "likelihood",
    "classification": "classification",
    "distributions": "distribution",
    "embeddings": "embedding",
    "reinforcement": "reinforcement",
}


def test_every_loss_has_facts():
    assert set(facts) == set(losses.__all__)


@every_loss
def test_fields_have_their_types(name):
    fact, loss = facts[name], getattr(losses, name)
    for field, kind in Facts.__annotations__.items():
        value = getattr(fact, field)
        if field == "elsewhere":
            assert isinstance(value, tuple)
        elif field != "proper":
            assert isinstance(value, kind), field
            assert value != "", field
    assert fact.proper in (None, "strictly", "yes", "no")
    assert fact.family == FAMILIES[loss.__module__.rsplit(".")[-1]]
    assert fact.predictions == next(iter(inspect.signature(loss).parameters))
    for sentence in (fact.use_when, fact.avoid_when, fact.accurate, fact.domain):
        assert sentence[0].isupper()
        assert sentence.endswith(".")
    for tex in (fact.formula, fact.gradient):
        assert tex.count("{") == tex.count("}")
        assert tex.count(r"\left") == tex.count(r"\right")


@every_loss
def test_constants_name_hyper_parameters_only(name):
    fact, known = facts[name], {*complete(name, {}), "p", "k"}
    for expression in (fact.convex, fact.lipschitz, fact.smooth):
        found = {node.id for node in ast.walk(ast.parse(expression)) if isinstance(node, ast.Name)}
        assert found <= known | set(vars(np)), expression


@every_printed_case
def test_formulas_are_those_of_the_code(name, settings):
    learned, others = draw(name, np.linspace(-3, 3, 99), 3, settings)
    learned = [1.001 * a for a in learned]  # away from kinks
    for inputs in zip(*learned, *others):
        batch = inputs if name == "info_nce" else [np.asarray(a)[None] for a in inputs]
        values, gradients = getattr(losses, name)(*batch, **settings)
        names = symbols(name, inputs, complete(name, settings))
        expected = evaluate(facts[name].expression, **names)
        np.testing.assert_allclose(np.ravel(values), np.ravel(expected), rtol=1e-10, atol=1e-10)
        expected = evaluate(facts[name].gradient_expression, **names)
        np.testing.assert_allclose(np.ravel(gradients), np.ravel(expected), rtol=1e-10, atol=1e-10)


def excess_of_midpoints(name, settings, a, b):
    """Return by how much the loss between pairs of predictions is above the mean of its ends."""
    call, first = function(name, a, 3, settings)
    second = flat(draw(name, b, 3, settings, seed=2)[0])
    ends = call(first)[0], call(second)[0]
    excess = call((first + second) / 2)[0] - (ends[0] + ends[1]) / 2
    return excess / (1 + np.maximum(*np.abs(ends)))


@every_case
def test_convex_up_to_the_radius_and_no_further(name, settings):
    radius = constant(name, "convex", settings)
    a, b = np.random.default_rng(3).uniform(-1, 1, size=(2, 9900))
    if radius > 0:
        reach = min(radius, 10)
        assert excess_of_midpoints(name, settings, reach * a, reach * b).max() < 1e-12
    if radius == 0:
        assert excess_of_midpoints(name, settings, 10 * a, 10 * b).max() > 1e-6
    elif radius < math.inf:
        beyond = radius * (1.06 + 0.05 * a), radius * (1.06 + 0.05 * b)
        assert excess_of_midpoints(name, settings, *beyond).max() > 1e-6


@every_case
def test_gradient_is_bounded_by_its_constant(name, settings):
    bound = constant(name, "lipschitz", settings)
    near, far = (steepest(*function(name, *grid(level)[:2], settings)) for level in (0, 1))
    if bound == math.inf:
        assert far > 3 * near
    else:
        assert 0.98 * bound <= max(near, far) <= bound + 1e-9


@every_case
def test_change_of_gradient_is_bounded_by_its_constant(name, settings):
    bound = constant(name, "smooth", settings)
    (x, size, h), (far_x, far_size, far_h) = grid(0), grid(1)
    near = sharpest(name, x, size, settings, h)
    if bound == math.inf:
        assert sharpest(name, far_x, far_size, settings, far_h) > 3 * near
    else:
        assert 0.98 * bound <= near <= bound + 1e-9


@every_loss
def test_a_bounded_pull_means_a_bounded_gradient(name):
    assert facts[name].bounded_pull == (constant(name, "lipschitz", {}) < math.inf)


# How the facts name labels that are one of a few: these may be softened.
LABELS = ("0 or 1", "−1 or +1", "class indices", "action indices", "1 for the same kind")
INFINITE = ("logits", "scores", "log_rates", "log_means", "log_predictions")


def accepts(name, *inputs):
    """Whether the loss takes the inputs, and answers with numbers."""
    try:
        values, gradients = getattr(losses, name)(*inputs)
    except ValueError:
        return False
    return not (np.isnan(values).any() or np.isnan(gradients).any())


@pytest.mark.parametrize("name", [name for name in facts if facts[name].targets.startswith(LABELS)])
def test_soft_targets_are_accepted_where_the_facts_say_so_and_only_there(name):
    learned, (labels, *others) = draw(name, np.linspace(-3, 3, 9), 3, {})
    soft = np.full(np.shape(labels), 0.25)
    if "indices" in facts[name].targets:
        soft = np.full(learned[0].shape, 1 / 3)
    said = re.search("number between|rows of probabilities", facts[name].targets)
    assert accepts(name, *learned, soft, *others) == bool(said)


@pytest.mark.parametrize("name", [name for name in facts if facts[name].predictions in INFINITE])
@pytest.mark.parametrize("end", [np.inf, -np.inf])
def test_infinite_predictions_are_accepted_where_the_facts_say_so_and_only_there(name, end):
    (predictions,), others = draw(name, np.linspace(-3, 3, 9), 3, {})
    said = re.search("±∞" if end > 0 else "±∞|−∞ allowed", facts[name].domain)
    for row in range(len(predictions)):
        array = predictions.copy()
        array.reshape(9, -1)[row, 0] = end
        assert accepts(name, array, *others) == bool(said)


@pytest.mark.parametrize("name", [name for name in facts if " k ≥ 2 " in facts[name].domain])
@pytest.mark.parametrize("row", [[np.inf, np.inf, 0], [-np.inf] * 3])
def test_rows_without_an_answer_are_those_that_the_facts_name(name, row):
    (predictions,), others = draw(name, np.linspace(-3, 3, 9), 3, {})
    labels = np.zeros(9, int)
    predictions[4] = row
    assert "not several +∞ or nothing but −∞ in a row" in facts[name].domain
    assert not accepts(name, predictions, labels, *others[1:])

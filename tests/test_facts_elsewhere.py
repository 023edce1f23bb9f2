"""What the facts say to write in other libraries gives what they say, in terms of our values.

The calls are run as they are printed: classes and functions, with columns as well as flat arrays.
Estimators are fitted in test_facts_estimators.py; libraries that are read, not called, are the
subject of test_facts_documented.py.
"""

import os
import re
from importlib import import_module

os.environ["JAX_ENABLE_X64"] = "1"  # before optax imports JAX

import numpy as np
import pytest
import torch
from sklearn.metrics import mean_squared_error

from lossbook import losses, mean
from lossbook.facts import facts
from tests.facts_cases import CASES, complete, draw, evaluate

MODULES = {
    "NumPy": [],
    "SciPy": ["scipy.optimize", "scipy.spatial", "scipy.special"],
    "scikit-learn": ["scipy.special", "sklearn.metrics"],
    "PyTorch": ["torch"],
    "Keras": ["keras"],
    "optax": ["optax", "jax"],
}
# scikit-learn's metrics flatten columns in ways of their own.
TAKES_COLUMNS = ("NumPy", "SciPy", "PyTorch", "Keras", "optax")


def fits(entry, name, settings):
    """Say whether the call takes every hyper-parameter that is not at its default."""
    text, default = f"{entry.call} {entry.gives}", complete(name, {})
    changed = (key for key in settings if settings[key] != default[key])
    return all(re.search(rf"\b{key}\b", text) for key in changed)


ENTRIES = [
    (name, entry)
    for name in facts
    for entry in facts[name].elsewhere
    if not (entry.source or entry.minimizes)
]
# The call, what it gives, and its library: of each entry, and again of its function.
CALLS = [
    (name, settings, entry.library, call, gives)
    for name, settings in CASES
    for loss, entry in ENTRIES
    if loss == name and fits(entry, name, settings)
    for call, gives in ((entry.call, entry.gives), (entry.function, entry.function_gives))
    if call
]


def converted(library, array):
    """Return an array as the library takes it."""
    if library == "PyTorch":
        return torch.tensor(array)
    return import_module("jax.numpy").asarray(array) if library == "optax" else array


def extras(name, inputs):
    """Return what some calls take beside our inputs, and what some of the results are made of."""
    found = {"sample_weight": np.linspace(0.5, 3, len(inputs[0])), "pos_weight": 3.0}
    found["class_weight"] = np.array([0.5, 2.0, 3.0])
    if name == "multiclass_hinge":
        scores, labels = inputs
        rows = np.arange(len(labels))
        without = scores.copy()
        without[rows, labels] = -np.inf
        found.update(own=scores[rows, labels][:, None], rival=without.max(axis=1), k=3)
    if name == "info_nce":
        unit = np.vstack(inputs)
        unit = unit / np.linalg.norm(unit, axis=1, keepdims=True)
        cosines, n = unit @ unit.T, len(inputs[0])
        found["partner"] = np.concatenate([np.diag(cosines, n), np.diag(cosines, -n)])
        found["others"] = np.where(np.eye(2 * n), -np.inf, cosines)
    return found


def tolerance(library, call):
    if "riplet" in call and "distance" not in call.lower():
        return 1e-5  # 1e-6 under their roots
    return 1e-5 if library == "Keras" else 1e-12  # it works in float32, and clips


def check(name, settings, library, call, gives, shape):
    learned, others = draw(name, np.linspace(-3, 3, 99), 3, settings)
    loss, settings = getattr(losses, name), complete(name, settings)
    inputs = [a[0] for a in learned] if name == "info_nce" else [*learned, *others]
    values, _ = loss(*inputs, **settings)

    arguments, also = loss.__code__.co_varnames, extras(name, inputs)
    ours = {key: shape(a) for key, a in zip(arguments, inputs)}
    names = {key: converted(library, a) for key, a in ours.items()}
    names["residuals"], names["start"] = lambda _: inputs[0] - inputs[1], [0.0]
    for key in ("sample_weight", "class_weight"):
        names[key] = also[key]
    names["pos_weight"] = torch.tensor(also["pos_weight"], dtype=torch.float64)
    for module in MODULES[library]:
        names[module.split(".")[0]] = __import__(module)
    theirs = eval(call, {"np": np, **names, **settings})
    expected = evaluate(gives, values=shape(values), **ours, **also, **settings)
    assert np.shape(theirs) == np.shape(expected)
    within = tolerance(library, call)
    np.testing.assert_allclose(theirs, expected, rtol=within, atol=within)


@pytest.mark.parametrize(("name", "settings", "library", "call", "gives"), CALLS, ids=str)
def test_calls_elsewhere_give_what_the_facts_say(name, settings, library, call, gives):
    check(name, settings, library, call, gives, np.asarray)


# Those of losses whose inputs and values are all one number a sample.
FLAT = [
    case
    for case in CALLS
    if case[2] in TAKES_COLUMNS
    and "residuals" not in case[3]
    and "sample_weight" not in case[3]
    and all(np.ndim(a) == 1 for part in draw(case[0], np.zeros(2), 3, case[1]) for a in part)
]


@pytest.mark.parametrize(("name", "settings", "library", "call", "gives"), FLAT, ids=str)
def test_a_column_gives_what_the_facts_say(name, settings, library, call, gives):
    check(name, settings, library, call, gives, lambda a: np.reshape(a, (-1, 1)))


def test_functions_of_keras_average_the_last_axis_alone_and_its_classes_all():
    """So for a column, the shape of a model's output, a function returns n values."""
    functions = [
        (entry.function_gives, entry.gives)
        for _, entry in ENTRIES
        if entry.library == "Keras" and "axis=-1" in entry.function_gives
    ]
    assert len(functions) >= 12
    for function, cls in functions:
        assert function == cls.replace("mean(values)", "mean(values, axis=-1)")


@pytest.mark.parametrize("name", facts)
def test_every_call_is_run(name):
    run = {call for loss, _, _, call, _ in CALLS if loss == name}
    for loss, entry in ENTRIES:
        assert entry.library in MODULES
        assert entry.call in run or loss != name


@pytest.mark.parametrize(
    "word",
    [
        *("BCEWithLogitsLoss", "CrossEntropyLoss", "MSELoss", "L1Loss", "MAE", "NLLLoss"),
        *("HuberLoss", "SmoothL1Loss", "TripletMarginLoss", "BinaryCrossentropy", "Dice"),
        *("CategoricalHinge", "QuantileRegressor", "ntxent", "sigmoid_focal_loss"),
        *("MultipleNegativesRankingLoss", "CosineSimilarityLoss", "ContrastiveLoss"),
        *("reg:squarederror", "reg:pseudohubererror", "reg:quantileerror", "binary:logistic"),
        *("multi:softprob", "count:poisson", "reg:gamma", "regression_l1", "multiclass"),
        *("pos_weight", "class_weight", "sample_weight", "ignore_index", "from_logits"),
        "reduction",
    ],
)
def test_what_people_search_for_is_in_the_facts(word):
    texts = [f"{e.call} {e.function} {e.note}" for fact in facts.values() for e in fact.elsewhere]
    assert any(re.search(rf"\b{word}\b", text) for text in texts)


def test_our_mean_with_weights_is_what_the_facts_say_it_is():
    """As sample_weight of scikit-learn and weight of CrossEntropyLoss: divided by their sum."""
    rng = np.random.default_rng(0)
    z, y, weight = rng.normal(size=(9, 3)), rng.integers(0, 3, 9), np.array([0.5, 2.0, 3.0])
    theirs = torch.nn.CrossEntropyLoss(weight=torch.tensor(weight))(*map(torch.tensor, (z, y)))
    ours, _ = mean(losses.softmax_cross_entropy, z, y, weights=weight[y])
    assert ours == pytest.approx(float(theirs), rel=1e-14)
    targets = rng.normal(size=9)
    theirs = mean_squared_error(targets, z[:, 0], sample_weight=weight[y])
    ours, _ = mean(losses.squared_error, z[:, 0], targets, weights=weight[y])
    assert ours == pytest.approx(theirs, rel=1e-14)

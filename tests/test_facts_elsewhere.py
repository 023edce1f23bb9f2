"""What lossbook/facts.toml says to write in other libraries gives our values, times the factor.

The calls are run as they are printed. Those of libraries that are not installed are not run.
"""

import os
import re
from importlib import import_module
from importlib.util import find_spec

os.environ["JAX_ENABLE_X64"] = "1"  # before optax imports JAX

import numpy as np
import pytest
import torch

from lossbook import losses
from lossbook.facts import facts
from tests.facts_cases import CASES, complete, draw, evaluate

MODULES = {
    "NumPy": [],
    "SciPy": ["scipy.optimize", "scipy.spatial", "scipy.special"],
    "scikit-learn": [
        "scipy.special",
        "sklearn.ensemble",
        "sklearn.linear_model",
        "sklearn.metrics",
    ],
    "PyTorch": ["torch"],
    "Keras": ["keras"],
    "optax": ["optax", "jax"],
    "statsmodels": ["statsmodels.robust.norms"],
}
REQUIRED = ("NumPy", "SciPy", "scikit-learn", "PyTorch")
INSTALLED = [*REQUIRED, *(x for x in MODULES if x not in REQUIRED and find_spec(x.lower()))]


def fits(entry, name, settings):
    """Say whether the call takes every hyper-parameter that is not at its default."""
    text, default = f"{entry.call} {entry.factor}", complete(name, {})
    changed = (key for key in settings if settings[key] != default[key])
    return all(re.search(rf"\b{key}\b", text) for key in changed)


CALLS = [
    (name, settings, entry)
    for name, settings in CASES
    for entry in facts[name].elsewhere
    if entry.library in INSTALLED and fits(entry, name, settings)
]


def converted(library, array):
    """Return an array as the library takes it."""
    if library == "PyTorch":
        return torch.tensor(array)
    return import_module("jax.numpy").asarray(array) if library == "optax" else array


def loss_of(estimator, predictions, targets):
    """Return the values of the loss that a scikit-learn estimator minimizes."""
    if hasattr(estimator, "loss_functions"):  # one of the linear models fitted by SGD
        loss = estimator._get_loss_function(estimator.loss)
        if hasattr(loss, "py_loss"):
            return np.array([loss.py_loss(p, y) for p, y in zip(predictions, targets)])
        values = np.empty_like(predictions)
        loss.loss(targets, predictions, None, values, 1)
        return values
    if hasattr(estimator, "n_estimators"):  # boosting, with labels 0 and 1
        estimator.n_classes_ = 2
        return estimator._get_loss(None).loss(np.maximum(targets, 0), predictions)
    return estimator._get_loss().loss(targets.astype(float), predictions)


@pytest.mark.parametrize(
    ("name", "settings", "entry"),
    CALLS,
    ids=lambda part: getattr(part, "library", str(part)),
)
def test_calls_elsewhere_give_our_values(name, settings, entry):
    learned, others = draw(name, np.linspace(-3, 3, 99), 3, settings)
    loss, settings = getattr(losses, name), complete(name, settings)
    inputs = [a[0] for a in learned] if name == "info_nce" else [*learned, *others]
    ours, _ = loss(*inputs, **settings)

    arguments = loss.__code__.co_varnames
    names = {key: converted(entry.library, a) for key, a in zip(arguments, inputs)}
    names["residuals"], names["start"] = lambda _: inputs[0] - inputs[1], [0.0]
    for module in MODULES[entry.library]:
        names[module.split(".")[0]] = __import__(module)
    theirs = eval(entry.call, {"np": np, **names, **settings})
    if hasattr(theirs, "fit"):
        theirs = loss_of(theirs, *inputs)

    reduce = {"mean": np.mean, "sum": np.sum, "none": np.asarray}[entry.reduction]
    expected = reduce(evaluate(entry.factor, **settings) * ours)
    assert np.shape(theirs) == np.shape(expected)
    tolerance = 1e-5 if entry.library == "Keras" else 1e-12  # it works in float32, and clips
    np.testing.assert_allclose(theirs, expected, rtol=tolerance, atol=tolerance)


@pytest.mark.parametrize("name", facts)
def test_every_call_is_run_if_its_library_is_installed(name):
    run = [entry for loss, _, entry in CALLS if loss == name]
    for entry in facts[name].elsewhere:
        assert entry.library in MODULES
        assert entry in run or entry.library not in INSTALLED

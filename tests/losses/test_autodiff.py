"""Automatic differentiation of the losses' own source agrees with the gradients they return.

The module's ``np`` is swapped for that of autograd, and the checks of the inputs, which would turn
its traced arrays into plain ones, are swapped for functions that let everything pass.
"""

import inspect

import autograd
import autograd.numpy
import numpy as np
import pytest

from lossbook.losses import (
    classification,
    distributions,
    embeddings,
    inputs,
    likelihoods,
    regression,
    reinforcement,
)
from tests.losses.cases import CASES

MODULES = (classification, distributions, embeddings, likelihoods, regression, reinforcement)
# What a check returns for its arguments, once it no longer checks.
PASS_THROUGH = {
    "real_pair": lambda a, b, names=None: (a, b),
    "real": lambda a, name: a,
    "any_numbers": lambda a, *rest: np.asarray(a),
    "rows": lambda a, name: a,
    "one_per_row": lambda a, *rest: np.asarray(a),
    "binary": lambda a, labels, *name: (a, np.asarray(labels, dtype=float)),
    "signed": lambda a, labels: (a, np.asarray(labels, dtype=float)),
    "shares": lambda a, labels: (a, np.asarray(labels)),
    "classes": lambda a, labels, *name, soft=False: (a, np.asarray(labels)),
    "yes_or_no": lambda a, *rest: np.asarray(a) == 1,
    "probability_rows": lambda a, name: a,
    "distribution_rows": lambda a, name: a,
    "refuse": lambda *rest: None,
    "unit_interval": lambda a: None,
}


@pytest.fixture
def traced(monkeypatch):
    for module in MODULES:
        monkeypatch.setattr(module, "np", autograd.numpy)
        for name, replacement in PASS_THROUGH.items():
            if hasattr(module, name):
                monkeypatch.setattr(module, name, replacement)


def is_check(name, thing):
    return inspect.isfunction(thing) and name[0] != "_" and thing.__module__ == inputs.__name__


def test_every_check_is_let_through_or_checks_a_hyper_parameter():
    hyper_parameters = {
        "real_number",
        "positive",
        "not_negative",
        "fraction",
        "between_zero_and_one",
    }
    checks = {name for name, thing in vars(inputs).items() if is_check(name, thing)}
    assert checks == set(PASS_THROUGH) | hyper_parameters


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_gradient_is_what_automatic_differentiation_of_the_source_gives(case, traced):
    drawn = [np.asarray(array) for array in case.draw(np.random.default_rng(3))[0]]

    def total(*learned):
        return autograd.numpy.sum(case.loss(*learned, *drawn[case.learned :], **case.settings)[0])

    _, gradients = case.loss(*drawn, **case.settings)
    gradients = gradients if isinstance(gradients, tuple) else (gradients,)
    for i, gradient in enumerate(gradients):
        automatic = autograd.grad(total, i)(*drawn[: case.learned])
        np.testing.assert_allclose(gradient, automatic, rtol=1e-9, atol=1e-12)

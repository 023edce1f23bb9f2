"""Libraries that the tests do not call: rows that name a version, against numbers that it gave.

They are not among the pins, for their size. Their objectives were run once, in the versions of
lossbook/facts/sources.toml, each in an environment of its own:

- XGBoost and LightGBM: one tree with leaves of one kind of sample, learning rate 1, from the given
  raw score; a leaf is −G/(H + λ), so two trees with λ = 1 and λ = 3 give the gradient G. Objectives
  that set their leaves anew, for quantiles, have no such G: the value is that of their metric.
- torchvision and statsmodels: the function that is named, called.
- sentence-transformers: compute_loss_from_embeddings of the class, which needs no model, called on
  A, B and C below.
"""

import numpy as np
import pytest

from lossbook import losses
from lossbook.facts import facts
from tests.facts_cases import evaluate

# Loss, its settings, what the row says, raw score, target, and what the library gave.
GRADIENTS = [
    ("half_squared_error", {}, "reg:squarederror", 3.0, 1.0, 2.0),
    ("half_squared_error", {}, "reg:squarederror", -2.0, 1.5, -3.5),
    ("half_squared_error", {}, '"regression"', 3.0, 1.0, 2.0),
    ("huber", {"delta": 0.9}, '"huber"', 3.0, 1.0, 0.89999998),
    ("huber", {"delta": 5.0}, '"huber"', 3.0, 1.0, 2.0),
    ("pseudo_huber", {"delta": 1.0}, "reg:pseudohubererror", 3.0, 1.0, 0.89442663),
    ("pseudo_huber", {"delta": 2.0}, "reg:pseudohubererror", 3.0, 1.0, 1.41421335),
    ("poisson", {}, "count:poisson", 0.7, 3.0, -0.98624709),
    ("poisson", {}, '"poisson"', 0.7, 3.0, -0.9862473),
    ("gamma", {}, "reg:gamma", 0.7, 3.0, -0.48975556),
    ("gamma", {}, '"gamma"', 0.7, 3.0, -0.4897559),
    ("binary_cross_entropy", {}, "binary:logistic", 0.7, 1, -0.33181207),
    ("binary_cross_entropy", {}, "binary:logistic", 0.7, 0, 0.66818781),
    ("binary_cross_entropy", {}, '"binary"', 0.7, 1, -0.33181223),
    ("binary_cross_entropy", {}, '"binary"', 0.7, 0, 0.6681878),
    ("hinge", {}, "binary:hinge", 0.7, 1, -0.99999981),
    ("hinge", {}, "binary:hinge", 0.7, -1, 1.00000007),
    (
        *("softmax_cross_entropy", {}, "multi:softprob", [0.7, -0.2, 1.1], 1),
        [0.34501875, -0.85972587, 0.51470735],
    ),
    (
        *("softmax_cross_entropy", {}, '"multiclass"', [0.7, -0.2, 1.1], 0),
        [-0.65498137, np.nan, 0.51470727],  # the second leaf was not split off
    ),
]
VALUES = [
    ("absolute_error", {}, "reg:absoluteerror", 3.0, 1.0, 2.0),
    ("absolute_error", {}, "regression_l1", 3.0, 1.0, 2.0),
    ("pinball", {"quantile": 0.8}, "reg:quantileerror", 3.0, 1.0, 0.3999999761581421),
    ("pinball", {"quantile": 0.8}, "reg:quantileerror", -3.0, 1.0, 3.200000047683716),
    ("pinball", {"quantile": 0.8}, '"quantile"', 3.0, 1.0, 0.4),
    ("pinball", {"quantile": 0.8}, '"quantile"', -3.0, 1.0, 3.2),
    ("focal", {"alpha": 0.25, "gamma": 2.0}, "sigmoid_focal_loss", 0.7, 1, 0.011097630935326916),
    ("focal", {"alpha": 0.25, "gamma": 2.0}, "sigmoid_focal_loss", 0.7, 0, 0.3694086597123815),
    ("focal", {"gamma": 1.5}, "sigmoid_focal_loss", -3.0, 1, 2.834306517297994),
    ("tukey_biweight", {"c": 4.0}, "TukeyBiweight", 0.5, 0.0, 0.12305705),
    ("tukey_biweight", {"c": 4.0}, "TukeyBiweight", 3.0, 0.0, 2.44335938),
    ("tukey_biweight", {"c": 4.0}, "TukeyBiweight", 5.0, 0.0, 2.66666667),
]
# The leaves w had just that penalty: −G/(H + λ) with λ = reg_lambda, which LightGBM has at 0.
OBJECTIVES = {"XGBoost": "sum(values) + reg_lambda / 2 * w @ w", "LightGBM": "sum(values)"}
A, B, C = np.array([[[1, 0], [0, 2], [3, 1]], [[0, 1], [1, 2], [1, -1]], [[2, 0], [0, 1], [3, 3]]])
COSINES = np.sum(A * B, axis=1) / np.linalg.norm(A, axis=1) / np.linalg.norm(B, axis=1)
BATCHES = [
    ("squared_error", {}, "CosineSimilarityLoss", [COSINES, [0.5, 0.9, 0.1]], 0.12352944526655034),
    ("contrastive", {"margin": 2.0}, "ContrastiveLoss", [A, B, [1, 0, 0]], 0.5000003333336667),
    ("triplet", {"margin": 1.5}, "TripletLoss", [A, B, C], 1.9142135623730951),
    ("info_nce", {"temperature": 0.5}, "MultipleNegativesRanking", [A, B], 1.361262119687181),
]
READ = {(name, entry.call) for name in facts for entry in facts[name].elsewhere if entry.source}


def named(name, words):
    """Return the one row that these numbers are about."""
    (entry,) = (e for e in facts[name].elsewhere if e.source and words in e.call)
    return entry


@pytest.mark.parametrize(("name", "settings", "words", "raw", "target", "gave"), GRADIENTS)
def test_the_gradient_of_an_objective_is_ours(name, settings, words, raw, target, gave):
    entry = named(name, words)
    assert entry.minimizes == OBJECTIVES[entry.library]
    _, gradients = getattr(losses, name)([raw], [target], **settings)
    gave = np.asarray(gave, dtype=float)
    known = ~np.isnan(gave)
    np.testing.assert_allclose(np.asarray(gradients[0])[known], gave[known], rtol=1e-6)


@pytest.mark.parametrize(("name", "settings", "words", "raw", "target", "gave"), VALUES)
def test_the_value_of_a_loss_or_metric_is_ours(name, settings, words, raw, target, gave):
    entry = named(name, words)
    assert (entry.minimizes or entry.gives) == OBJECTIVES.get(entry.library, "values")
    values, _ = getattr(losses, name)([raw], [target], **settings)
    assert values[0] == pytest.approx(gave, rel=1e-7)


@pytest.mark.parametrize(("name", "settings", "words", "inputs", "gave"), BATCHES)
def test_the_loss_of_a_batch_is_what_the_facts_say(name, settings, words, inputs, gave):
    loss, entry = getattr(losses, name), named(name, words)
    values, _ = loss(*inputs, **settings)
    names = dict(zip(loss.__code__.co_varnames, inputs))
    expected = evaluate(entry.gives, values=values, **names, **settings)
    assert gave == pytest.approx(expected, rel=2e-6)  # distances have 1e-6 added


def test_every_row_that_is_read_has_numbers():
    cases = [*GRADIENTS, *VALUES, *BATCHES]
    assert {(case[0], named(case[0], case[2]).call) for case in cases} == READ


def test_every_library_that_is_not_called_has_a_version_and_an_address():
    sources = {e.library: e.source for fact in facts.values() for e in fact.elsewhere if e.source}
    assert set(sources) == {
        *("statsmodels", "torchvision", "sentence-transformers", "XGBoost", "LightGBM")
    }
    for source in sources.values():
        assert source.address.startswith("https://")
        assert source.version[0].isdigit()

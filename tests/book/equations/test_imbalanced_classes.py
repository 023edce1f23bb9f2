"""The labeled equations of the page ``imbalanced_classes``."""

import numpy as np
import pytest
from scipy.optimize import minimize_scalar
from scipy.special import expit, logit
from sklearn.metrics import roc_auc_score

from lossbook.losses import binary_cross_entropy, focal


def lowest_constant(loss, p, weight=1.0, **settings):
    """Return the probability σ(z) whose mean loss is least where a share p is positive."""

    def mean_loss(z):
        (no, yes), _ = loss([z, z], [0, 1], **settings)
        return weight * p * yes + (1 - p) * no

    return expit(minimize_scalar(mean_loss, bounds=(-12, 12), options={"xatol": 1e-9}).x)


@pytest.mark.equation("eq-imbalance-auc")
def test_the_auc_is_the_share_of_pairs_in_order():
    rng = np.random.default_rng(3)
    scores = rng.integers(0, 6, size=60)  # with ties
    labels = rng.integers(0, 2, size=60)
    pairs = scores[labels == 1][:, None] - scores[labels == 0]
    printed = (pairs > 0).mean() + (pairs == 0).mean() / 2
    assert roc_auc_score(labels, scores) == pytest.approx(printed, rel=1e-12)


@pytest.mark.equation("eq-imbalance-threshold")
@pytest.mark.parametrize("c", [1, 5, 50])
def test_the_threshold_is_where_both_errors_cost_the_same(c):
    threshold = 1 / (1 + c)
    for p in np.linspace(0.001, 0.999, 200):
        assert ((1 - p) < c * p) == (p > threshold)
    assert 1 - threshold == pytest.approx(c * threshold, rel=1e-12)


@pytest.mark.equation("eq-imbalance-weights")
@pytest.mark.parametrize("p", [0.015, 0.3, 0.7])
@pytest.mark.parametrize("w", [0.5, 10, 64])
def test_a_weight_adds_its_logarithm_to_the_logit(p, w):
    q = lowest_constant(binary_cross_entropy, p, weight=w)
    assert q == pytest.approx(w * p / (w * p + 1 - p), abs=1e-7)
    assert logit(q) == pytest.approx(logit(p) + np.log(w), abs=1e-6)


@pytest.mark.equation("eq-imbalance-focal")
@pytest.mark.parametrize("gamma", [0, 1, 2, 5])
def test_the_focal_loss_turns_down_what_is_classified_well(gamma):
    z = np.linspace(-5, 5, 41)
    q = expit(z)
    yes = focal(z, np.ones(41), gamma=gamma)[0]
    no = focal(z, np.zeros(41), gamma=gamma)[0]
    np.testing.assert_allclose(yes, -((1 - q) ** gamma) * np.log(q), rtol=1e-11)
    np.testing.assert_allclose(no, -(q**gamma) * np.log(1 - q), rtol=1e-11)


@pytest.mark.equation("eq-imbalance-focal-undone")
@pytest.mark.parametrize("gamma", [0.5, 1, 2, 5])
@pytest.mark.parametrize("p", [0.015, 0.2, 0.5, 0.9])
def test_the_formula_takes_what_the_focal_loss_says_back_to_the_probability(gamma, p):
    def phi(q):
        return (1 - q) ** gamma / q - gamma * (1 - q) ** (gamma - 1) * np.log(q)

    q = lowest_constant(focal, p, gamma=gamma)
    assert phi(1 - q) / (phi(q) + phi(1 - q)) == pytest.approx(p, abs=1e-6)
    assert p <= q <= 0.5 or 0.5 <= q <= p or p == 0.5

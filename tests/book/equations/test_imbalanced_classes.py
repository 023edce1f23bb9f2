"""The labeled equations of the page ``imbalanced_classes``."""

import numpy as np
import pytest
from scipy.optimize import minimize_scalar
from scipy.special import expit
from sklearn.metrics import roc_auc_score

from lossbook.losses import binary_cross_entropy, focal
from tests.printed import Chance, printed


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
    pairs = [(a, b) for a in scores[labels == 1] for b in scores[labels == 0]]
    chances = tuple((1 / len(pairs), {"z_+": a, "z_-": b}) for a, b in pairs)
    printed("eq-imbalance-auc").check(AUC=roc_auc_score(labels, scores), E=Chance(chances))


@pytest.mark.equation("eq-imbalance-threshold")
@pytest.mark.parametrize("c", [1, 5, 50])
def test_the_threshold_is_where_both_errors_cost_the_same(c):
    at_the_border = 0.5 if c == 1 else 1 / (1 + c)
    for p in [*np.linspace(0.001, 0.999, 200), at_the_border]:
        cheaper = (1 - p) < c * p * (1 - 1e-12)
        assert printed("eq-imbalance-threshold").holds(p=p, c=c, rtol=1e-12) == cheaper


@pytest.mark.equation("eq-imbalance-weights")
@pytest.mark.parametrize("p", [0.015, 0.3, 0.7])
@pytest.mark.parametrize("w", [0.5, 10, 64])
def test_a_weight_adds_its_logarithm_to_the_logit(p, w):
    q = lowest_constant(binary_cross_entropy, p, weight=w)
    printed("eq-imbalance-weights").check(q=q, w=w, p=p, rtol=1e-6, atol=1e-6)


@pytest.mark.equation("eq-imbalance-focal")
@pytest.mark.parametrize("gamma", [0, 1, 2, 5])
@pytest.mark.parametrize("y", [0, 1])
def test_the_focal_loss_turns_down_what_is_classified_well(gamma, y):
    for z in (-5.0, -1.0, 0.0, 0.3, 4.0):
        value = focal([z], [y], gamma=gamma)[0][0]
        printed("eq-imbalance-focal").check(
            ell=lambda _, v=value: v, q=expit(z), gamma=gamma, y=y, rtol=1e-11
        )


@pytest.mark.equation("eq-imbalance-focal-undone")
@pytest.mark.parametrize("gamma", [0.5, 1, 2, 5])
@pytest.mark.parametrize("p", [0.015, 0.2, 0.5, 0.9])
def test_the_formula_takes_what_the_focal_loss_says_back_to_the_probability(gamma, p):
    page, q = printed("eq-imbalance-focal-undone"), lowest_constant(focal, p, gamma=gamma)
    page.check(0, varphi=lambda q: page.right(1, q=q, gamma=gamma), p=p, q=q, rtol=2e-6)
    assert p <= q <= 0.5 or 0.5 <= q <= p or p == 0.5

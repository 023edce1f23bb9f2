"""The labeled equations of the page ``classification_losses``."""

import functools

import mpmath
import numpy as np
import pytest
from scipy import optimize, special, stats
from scipy.spatial.distance import jensenshannon
from sklearn import metrics
from sklearn.datasets import load_wine

from lossbook import losses, models, risk
from tests.printed import over, printed

MARGINS = np.linspace(-4, 4, 33) + 0.01  # no kink among them
ONE = np.ones(33)
SOME = (-4.0, -1.05, -1.0, 0.0, 0.4, 1.0, 3.1)


def alone(loss, label, **settings):
    return lambda s: float(loss([s], [label], **settings)[0][0])


@functools.cache
def best_line_of_wines(loss):
    X, y = two_wines()
    objective = risk(models.linear, loss, X, y)
    found = optimize.minimize(
        lambda theta: objective(theta)[0],
        [0.0, 1.0],
        method="Nelder-Mead",
        options={"xatol": 1e-10, "fatol": 1e-15},
    )
    return X, y, found.x


def slope(function, x, step=1e-5):
    return (function(x + step) - function(x - step)) / (2 * step)


def two_wines():
    """Return alcohol above 13 % as one column, and −1 or +1 for the two kinds of wine."""
    wines = load_wine()
    two = wines.target < 2
    return wines.data[two, :1] - 13, np.where(wines.target[two] == 0, 1.0, -1.0)


@pytest.mark.parametrize(
    ("loss", "pull"),
    [
        (losses.logistic, lambda m: 1 / (1 + np.exp(m))),
        (losses.exponential, lambda m: np.exp(-m)),
        (losses.squared_hinge, lambda m: 2 * np.maximum(0, 1 - m)),
    ],
)
@pytest.mark.equation("eq-classification-balance")
def test_at_the_best_line_the_pulls_of_the_two_kinds_are_in_balance(loss, pull):
    X, y, best = best_line_of_wines(loss)
    m = y * (best[0] + best[1] * X[:, 0])
    names = {"psi": pull, "y": y, "x": X[:, 0], "N": len(y)}
    printed("eq-classification-balance").check(m=m, atol=1e-5 * pull(m).sum(), **names)


@pytest.mark.equation("eq-classification-never-stop")
@pytest.mark.parametrize("y", [-1.0, 1.0])
def test_the_logistic_loss_is_cross_entropy_and_the_exponential_loss_is_that_of_boosting(y):
    def cross_entropy(s, label):
        assert label in (0, 1)
        return metrics.log_loss([label], [1 / (1 + np.exp(-s))], labels=[0, 1])

    for m in SOME:
        names = {"m": m, "y": y, "s": y * m, "ell_cross_entropy": cross_entropy}
        names["ell_logistic"] = lambda m: alone(losses.logistic, y)(y * m)
        names["ell_exponential"] = lambda m: alone(losses.exponential, y)(y * m)
        printed("eq-classification-never-stop").check(rtol=1e-11, **names)
        assert alone(losses.exponential, 1)(m) == pytest.approx(float(mpmath.exp(-m)), rel=1e-14)


@pytest.mark.equation("eq-classification-stop")
def test_the_losses_that_stop_have_the_values_printed():
    for m in SOME:
        hinge = metrics.hinge_loss([1, -1], [m, -m])
        assert alone(losses.hinge, 1)(m) == pytest.approx(hinge, rel=1e-13, abs=1e-15)
        printed("eq-classification-stop").check(
            m=m,
            ell_perceptron=alone(losses.perceptron, 1),
            ell_hinge=lambda _, v=hinge: v,
            ell_squared_hinge=alone(losses.squared_hinge, 1),
            ell_modified_Huber=alone(losses.modified_huber, 1),
            rtol=1e-13,
            atol=1e-15,
        )


@pytest.mark.equation("eq-classification-fade")
@pytest.mark.parametrize("gamma", [0.0, 0.5, 2.0, 5.0])
def test_the_focal_loss_and_the_pull_of_the_brier_score_on_a_sigmoid_are_as_printed(gamma):
    def brier(m):
        return losses.brier([special.expit(m)], [1])[0][0]

    for m in SOME:
        names = {"m": m, "gamma": gamma, "p": special.expit(m)}
        names["ell_focal"] = alone(losses.focal, 1, gamma=gamma)
        names["psi_Brier"] = lambda m: -slope(brier, m)
        printed("eq-classification-fade").check(rtol=1e-7, **names)


@pytest.mark.equation("eq-classification-several")
def test_the_losses_of_several_classes_are_those_of_scipy_and_scikit_learn():
    rng = np.random.default_rng(0)
    scores, labels = 2 * rng.normal(size=(20, 3)), rng.integers(0, 3, 20)
    softmax = -special.log_softmax(scores, axis=1)[np.arange(20), labels]
    np.testing.assert_allclose(losses.softmax_cross_entropy(scores, labels)[0], softmax, rtol=1e-12)
    for row, label, value, ours in zip(
        scores, labels, softmax, losses.multiclass_hinge(scores, labels)[0]
    ):
        theirs = metrics.hinge_loss([label], [row], labels=[0, 1, 2])
        assert ours == pytest.approx(theirs, rel=1e-13, abs=1e-15)
        names = {"ell_softmax": value, "ell_hinge": theirs, "s": row, "y": label + 1}
        printed("eq-classification-several").check(j=over(1, 3), atol=1e-15, **names)


@pytest.mark.equation("eq-classification-divergences")
def test_the_two_divergences_are_those_of_scipy():
    for p, t in np.random.default_rng(0).dirichlet([1, 1, 1], size=(10, 2)):
        half = (p + t) / 2
        names = {"KL": stats.entropy, "JS": lambda t, p: jensenshannon(p, t) ** 2}
        names |= {"t": t, "p": p, "bar_p": half, "j": over(1, 3)}
        printed("eq-classification-divergences").check(rtol=1e-10, **names)
        assert losses.kl_divergence([np.log(p)], [t])[0][0] == pytest.approx(stats.entropy(t, p))
        ours = losses.js_divergence([p], [t])[0][0]
        assert ours == pytest.approx(jensenshannon(p, t) ** 2, rel=1e-12)


@pytest.mark.equation("eq-classification-margin")
def test_the_mean_zero_one_loss_of_the_margins_is_the_share_of_errors():
    rng, page = np.random.default_rng(0), printed("eq-classification-margin")
    scores, y = rng.normal(size=200), rng.choice([-1.0, 1.0], size=200)
    margins = [page.right(0, y=label, s=score) for label, score in zip(y, scores)]
    zero_one = [page.right(1, m=m) for m in margins]
    assert np.mean(zero_one) == metrics.zero_one_loss(y, np.sign(scores))
    for m in (-1.0, 0.0, 2.0):  # a score of 0 decides for nothing
        page.check(1, ell_01=lambda m: float(m <= 0), m=m)

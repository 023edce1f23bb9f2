"""The labeled equations of the page ``classification_losses``."""

import mpmath
import numpy as np
import pytest
from scipy import optimize, special, stats
from scipy.spatial.distance import jensenshannon
from sklearn import metrics
from sklearn.datasets import load_wine

from lossbook import losses, models, risk

MARGINS = np.linspace(-4, 4, 33) + 0.01  # no kink among them


ONE = np.ones(33)


def slope(function, x, step=1e-5):
    return (function(x + step) - function(x - step)) / (2 * step)


def two_wines():
    """Return alcohol above 13 % as one column, and −1 or +1 for the two kinds of wine."""
    wines = load_wine()
    two = wines.target < 2
    return wines.data[two, :1] - 13, np.where(wines.target[two] == 0, 1.0, -1.0)


@pytest.mark.equation("eq-classification-margin")
def test_the_mean_zero_one_loss_of_the_margins_is_the_share_of_errors():
    rng = np.random.default_rng(0)
    scores, y = rng.normal(size=200), rng.choice([-1.0, 1.0], size=200)
    zero_one = [1 if m <= 0 else 0 for m in y * scores]
    assert np.mean(zero_one) == metrics.zero_one_loss(y, np.sign(scores))


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
    X, y = two_wines()
    objective = risk(models.linear, loss, X, y)
    found = optimize.minimize(
        lambda theta: objective(theta)[0],
        [0.0, 1.0],
        method="Nelder-Mead",
        options={"xatol": 1e-10, "fatol": 1e-15},
    )
    psi = pull(y * (found.x[0] + found.x[1] * X[:, 0]))
    assert abs(np.sum(psi * y)) < 1e-5 * psi.sum()
    assert abs(np.sum(psi * y * X[:, 0])) < 1e-5 * psi.sum()


@pytest.mark.equation("eq-classification-never-stop")
@pytest.mark.parametrize("y", [-1.0, 1.0])
def test_the_logistic_loss_is_cross_entropy_and_the_exponential_loss_is_that_of_boosting(y):
    scores = y * MARGINS
    printed = np.log(1 + np.exp(-MARGINS))
    np.testing.assert_allclose(losses.logistic(scores, y * ONE)[0], printed, rtol=1e-13)
    entropies = [
        metrics.log_loss([(1 + y) / 2], [1 / (1 + np.exp(-s))], labels=[0, 1]) for s in scores
    ]
    np.testing.assert_allclose(entropies, printed, rtol=1e-12)
    boosting = [float(mpmath.exp(-m)) for m in MARGINS]
    np.testing.assert_allclose(losses.exponential(scores, y * ONE)[0], boosting, rtol=1e-14)


@pytest.mark.equation("eq-classification-stop")
def test_the_losses_that_stop_have_the_values_printed():
    hinges = [metrics.hinge_loss([1, -1], [m, -m]) for m in MARGINS]
    printed = {
        losses.hinge: hinges,
        losses.squared_hinge: np.square(hinges),
        losses.perceptron: [max(0, -m) for m in MARGINS],
        losses.modified_huber: [max(0, 1 - m) ** 2 if m >= -1 else -4 * m for m in MARGINS],
    }
    for loss, values in printed.items():
        np.testing.assert_allclose(loss(MARGINS, ONE)[0], values, rtol=1e-13, atol=1e-15)


@pytest.mark.equation("eq-classification-fade")
@pytest.mark.parametrize("gamma", [0.0, 0.5, 2.0, 5.0])
def test_the_focal_loss_and_the_pull_of_the_brier_score_on_a_sigmoid_are_as_printed(gamma):
    p = special.expit(MARGINS)
    printed = -((1 - p) ** gamma) * np.log(p)
    np.testing.assert_allclose(losses.focal(MARGINS, ONE, gamma=gamma)[0], printed, rtol=1e-12)

    def brier(m):
        return losses.brier(special.expit(m), ONE)[0]

    np.testing.assert_allclose(2 * p * (1 - p) ** 2, -slope(brier, MARGINS), rtol=1e-7)


@pytest.mark.equation("eq-classification-several")
def test_the_losses_of_several_classes_are_those_of_scipy_and_scikit_learn():
    rng = np.random.default_rng(0)
    scores, labels = 2 * rng.normal(size=(60, 3)), rng.integers(0, 3, 60)
    softmax = -special.log_softmax(scores, axis=1)[np.arange(60), labels]
    np.testing.assert_allclose(losses.softmax_cross_entropy(scores, labels)[0], softmax, rtol=1e-12)
    for row, label, value in zip(scores, labels, losses.multiclass_hinge(scores, labels)[0]):
        theirs = metrics.hinge_loss([label], [row], labels=[0, 1, 2])
        assert value == pytest.approx(theirs, rel=1e-13, abs=1e-15)


@pytest.mark.equation("eq-classification-divergences")
def test_the_two_divergences_are_those_of_scipy():
    p, t = np.random.default_rng(0).dirichlet([1, 1, 1], size=(2, 20))
    kl = stats.entropy(t, p, axis=1)
    np.testing.assert_allclose(losses.kl_divergence(np.log(p), t)[0], kl, rtol=1e-12)
    half = (p + t) / 2
    printed = (stats.entropy(t, half, axis=1) + stats.entropy(p, half, axis=1)) / 2
    np.testing.assert_allclose(losses.js_divergence(p, t)[0], printed, rtol=1e-12)
    np.testing.assert_allclose(jensenshannon(p, t, axis=1) ** 2, printed, rtol=1e-12)

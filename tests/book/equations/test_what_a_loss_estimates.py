"""The labeled equations of the page ``what_a_loss_estimates``."""

import itertools

import numpy as np
import pytest
import sympy
from scipy import optimize, special, stats
from sklearn.linear_model import LogisticRegression

from lossbook import losses, models, risk

SKEWED = np.random.default_rng(0).gamma(2.0, size=1001)


@pytest.mark.parametrize(
    ("loss", "settings", "favorite"),
    [
        (losses.squared_error, {}, SKEWED.mean()),
        (losses.absolute_error, {}, np.median(SKEWED)),
        (losses.pinball, {"quantile": 0.9}, np.quantile(SKEWED, 0.9)),
        (losses.expectile, {"expectile": 0.9}, stats.expectile(SKEWED, 0.9)),
    ],
)
@pytest.mark.equation("eq-estimates-favorite")
def test_no_other_constant_has_a_lower_expected_loss(loss, settings, favorite):
    def expected(c):
        return loss(np.full_like(SKEWED, c), SKEWED, **settings)[0].mean()

    others = [*np.linspace(0, SKEWED.max(), 400), favorite - 1e-3, favorite + 1e-3]
    assert min(map(expected, others)) > expected(favorite)


@pytest.mark.equation("eq-estimates-mean")
def test_the_pulls_of_the_squared_error_balance_at_the_mean_alone():
    def pull(c):
        return losses.squared_error(np.full_like(SKEWED, c), SKEWED)[1].mean()

    assert optimize.brentq(pull, 0, 10, xtol=1e-13) == pytest.approx(SKEWED.mean(), rel=1e-12)


@pytest.mark.equation("eq-estimates-quantile")
@pytest.mark.parametrize("q", [0.1, 0.5, 0.9])
def test_the_prices_of_the_pinball_loss_balance_where_the_share_below_is_q(q):
    sample = np.arange(1, 11) / 1.0
    for c in np.arange(0.5, 11):
        below, above = np.mean(sample < c), np.mean(sample > c)
        pull = losses.pinball(np.full(10, c), sample, quantile=q)[1].mean()
        assert pull == pytest.approx((1 - q) * below - q * above, abs=1e-14)
        assert (abs(pull) < 1e-12) == (abs(below - q) < 1e-12)


@pytest.mark.equation("eq-estimates-expectile")
@pytest.mark.parametrize("tau", [0.1, 0.5, 0.9])
def test_the_expectile_balances_how_far_the_values_lie(tau):
    c = stats.expectile(SKEWED, tau)
    below, above = np.mean(np.maximum(c - SKEWED, 0)), np.mean(np.maximum(SKEWED - c, 0))
    assert (1 - tau) * below == pytest.approx(tau * above, rel=1e-9)
    pull = losses.expectile(np.full_like(SKEWED, c), SKEWED, expectile=tau)[1].mean()
    assert abs(pull) < 1e-9


@pytest.mark.equation("eq-estimates-expected-score")
@pytest.mark.parametrize("loss", [losses.brier, losses.absolute_error])
def test_the_expected_score_is_the_mean_over_a_population(loss):
    labels = np.array([1.0] * 3 + [0.0] * 7)
    for p in (0.0, 0.3, 0.6, 1.0):
        yes, no = loss(np.full(2, p), np.array([1.0, 0.0]))[0]
        population = loss(np.full(10, p), labels)[0].mean()
        assert 0.3 * yes + 0.7 * no == pytest.approx(population, abs=1e-15)


def expected_scores():
    """Return p, P and the expected cross-entropy, Brier score and absolute error as symbols."""
    p, P = sympy.symbols("p P", positive=True)
    cross_entropy = -P * sympy.log(p) - (1 - P) * sympy.log(1 - p)
    brier = P * (1 - p) ** 2 + (1 - P) * p**2
    absolute = P * (1 - p) + (1 - P) * p
    return p, P, cross_entropy, brier, absolute


@pytest.mark.equation("eq-estimates-proper")
def test_the_slopes_of_two_scores_vanish_at_the_truth_and_that_of_the_absolute_error_never():
    p, P, *scores = expected_scores()
    printed = (p - P) / (p * (1 - p)), 2 * (p - P), 1 - 2 * P
    for score, slope_printed in zip(scores, printed):
        assert sympy.simplify(sympy.diff(score, p) - slope_printed) == 0


@pytest.mark.equation("eq-estimates-regret")
def test_the_regret_is_a_square_for_brier_and_a_divergence_for_cross_entropy():
    p, P, cross_entropy, brier, _ = expected_scores()
    assert sympy.expand(brier - brier.subs(p, P) - (p - P) ** 2) == 0
    regret = sympy.lambdify((p, P), cross_entropy - cross_entropy.subs(p, P))
    for claim, truth in itertools.product((0.1, 0.5, 0.9), (0.2, 0.5, 0.99)):
        divergence = stats.entropy([truth, 1 - truth], [claim, 1 - claim])
        assert regret(claim, truth) == pytest.approx(divergence, rel=1e-10, abs=1e-14)


@pytest.mark.equation("eq-estimates-calibrated")
def test_a_model_with_a_parameter_for_each_group_is_calibrated_by_cross_entropy_and_not_by_focal():
    group = np.arange(600) % 3
    y = np.random.default_rng(0).random(600) < np.array([0.1, 0.3, 0.8])[group]
    X = np.eye(3)[group]
    model = LogisticRegression(C=np.inf, fit_intercept=False, solver="newton-cholesky", tol=1e-10)
    claims = model.fit(X, y).predict_proba(X)[:, 1]
    for k in range(3):
        claimed, came_true = claims[group == k], y[group == k].mean()
        np.testing.assert_allclose(claimed, came_true, rtol=1e-6)
        objective = risk(models.linear, losses.focal, X[group == k, :0], 1.0 * y[group == k])
        focal = special.expit(optimize.minimize(objective, [0.0], jac=True).x[0])
        assert abs(focal - 0.5) < abs(came_true - 0.5) - 0.05

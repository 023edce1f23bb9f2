"""The labeled equations of the page ``what_a_loss_estimates``."""

import itertools
import math

import numpy as np
import pytest
from scipy import optimize, special, stats
from sklearn.linear_model import LogisticRegression

from lossbook import losses, models, risk
from tests.printed import Chance, Over, printed

SKEWED = np.random.default_rng(0).gamma(2.0, size=1001)
EQUALLY = Chance(tuple((1 / 101, {"Y": y}) for y in SKEWED[:101]))
SCORES = {
    "cross_entropy": lambda p, y: -math.log(p if y else 1 - p),
    "Brier": lambda p, y: losses.brier([p], [y])[0][0],
    "absolute": lambda p, y: abs(p - y),
}


def expected(loss, P, **settings):
    """Return the expected score of a claim, where P is true."""
    return lambda p: P * loss(p, 1) + (1 - P) * loss(p, 0)


@pytest.mark.parametrize(
    ("loss", "settings", "favorite"),
    [
        (losses.squared_error, {}, SKEWED[:101].mean()),
        (losses.absolute_error, {}, np.median(SKEWED[:101])),
        (losses.pinball, {"quantile": 0.9}, np.quantile(SKEWED[:101], 0.9)),
        (losses.expectile, {"expectile": 0.9}, stats.expectile(SKEWED[:101], 0.9)),
    ],
)
@pytest.mark.equation("eq-estimates-favorite")
def test_no_other_constant_has_a_lower_expected_loss(loss, settings, favorite):
    others = [*np.linspace(0, 10, 9), favorite - 1e-3, favorite, favorite + 1e-3]
    printed("eq-estimates-favorite").check(
        T_ell=favorite,
        c=Over(others),
        E=EQUALLY,
        Y=None,
        ell=lambda c, y: loss([c], [y], **settings)[0][0],
        rtol=0,
    )


@pytest.mark.equation("eq-estimates-mean")
def test_the_pulls_of_the_squared_error_balance_at_the_mean_alone():
    sample, page = SKEWED[:101], printed("eq-estimates-mean")
    for c in (0.0, sample.mean() - 1e-3, sample.mean(), 4.0):
        pull = losses.squared_error(np.full_like(sample, c), sample)[1].mean()
        left, zero = page.sides(0, c=c, E=EQUALLY)
        assert left == pytest.approx(pull, rel=1e-12, abs=1e-14)
        assert (abs(left - zero) < 1e-12) == page.holds(1, c=c, E=EQUALLY, rtol=1e-12)
    assert page.holds(1, c=sample.mean(), E=EQUALLY, rtol=1e-12)


@pytest.mark.equation("eq-estimates-quantile")
@pytest.mark.parametrize("q", [0.1, 0.5, 0.9])
def test_the_prices_of_the_pinball_loss_balance_where_the_share_below_is_q(q):
    sample, page = np.arange(1, 11) / 1.0, printed("eq-estimates-quantile")
    names = {"q": q, "E": Chance(tuple((0.1, {"Y": y}) for y in sample))}
    for c in np.arange(0.5, 11):
        pull = losses.pinball(np.full(10, c), sample, quantile=q)[1].mean()
        low, high = page.sides(0, c=c, **names)
        assert low - high == pytest.approx(pull, abs=1e-14)
        assert page.holds(1, c=c, rtol=1e-12, **names) == (abs(pull) < 1e-12)
    for c in sample[1:-1]:  # the slopes at an atom, from the left and from the right
        low, high = page.sides(0, c=c, **names)
        left, right = (
            losses.pinball(np.full(10, c + h), sample, quantile=q)[1].mean() for h in (-0.1, 0.1)
        )
        assert low == pytest.approx((1 - q) * (c - 1) / 10, abs=1e-14)
        assert high == pytest.approx(q * (10 - c) / 10, abs=1e-14)
        assert left < low - high < right
        assert page.sides(1, c=c, **names)[0] == pytest.approx((c - 1) / 10)


@pytest.mark.equation("eq-estimates-expectile")
@pytest.mark.parametrize("tau", [0.1, 0.5, 0.9])
def test_the_expectile_balances_how_far_the_values_lie(tau):
    sample, page = SKEWED[:101], printed("eq-estimates-expectile")
    best = stats.expectile(sample, tau)
    page.check(c=best, tau=tau, E=EQUALLY, rtol=1e-9)
    for c in (best, 0.7, 3.0):
        below, above = page.sides(c=c, tau=tau, E=EQUALLY)
        pull = losses.expectile(np.full_like(sample, c), sample, expectile=tau)[1].mean()
        assert 2 * (below - above) == pytest.approx(pull, abs=1e-9)


@pytest.mark.equation("eq-estimates-expected-score")
@pytest.mark.parametrize("loss", [losses.brier, losses.absolute_error])
def test_the_expected_score_is_the_mean_over_a_population(loss):
    labels = np.array([1.0] * 3 + [0.0] * 7)
    for p in (0.0, 0.3, 0.6, 1.0):
        population = loss(np.full(10, p), labels)[0].mean()
        printed("eq-estimates-expected-score").check(
            S=lambda *_, v=population: v,
            p=p,
            P=0.3,
            ell=lambda p, y: loss([p], [float(y)])[0][0],
            atol=1e-15,
        )


@pytest.mark.equation("eq-estimates-proper")
def test_the_slopes_of_two_scores_vanish_at_the_truth_and_that_of_the_absolute_error_never():
    for p, P in itertools.product((0.1, 0.5, 0.9), (0.2, 0.5, 0.99)):
        slopes = {}
        for name, loss in SCORES.items():
            score = expected(loss, P)
            slopes[f"S_{name}_prime"] = (score(p + 1e-5) - score(p - 1e-5)) / 2e-5
        printed("eq-estimates-proper").check(p=p, P=P, rtol=1e-7, atol=1e-9, **slopes)


@pytest.mark.equation("eq-estimates-regret")
def test_the_regret_is_a_square_for_brier_and_a_divergence_for_cross_entropy():
    page = printed("eq-estimates-regret")
    for p, P in itertools.product((0.1, 0.5, 0.9), (0.2, 0.5, 0.99)):
        for number, name in enumerate(("Brier", "cross_entropy")):
            score = expected(SCORES[name], P)
            assert page.right(number, p=p, P=P) == pytest.approx(score(p) - score(P), abs=1e-14)
        divergence = stats.entropy([P, 1 - P], [p, 1 - p])
        assert page.right(1, p=p, P=P) == pytest.approx(divergence, rel=1e-10, abs=1e-14)


@pytest.mark.equation("eq-estimates-calibrated")
def test_a_calibrated_claim_comes_true_as_often_as_it_says():
    page = printed("eq-estimates-calibrated")

    def holds(shares, p):
        """Tell whether it holds of days of which a share came true, for each claim."""
        days = [(c, y, s if y else 1 - s) for c, s in shares.items() for y in (0, 1)]
        chances = Chance(tuple((w / len(shares), {"hat_p": c, "Y": y}) for c, y, w in days))
        return page.holds(p=p, E=chances, rtol=1e-12)

    for p in (0.2, 0.7):
        assert holds({0.2: 0.2, 0.7: 0.7}, p)
        assert not holds({0.2: 0.3, 0.7: 0.6}, p)


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

"""The labeled equations on classification losses, likelihoods and what a loss estimates."""

import itertools

import mpmath
import numpy as np
import pytest
import sympy
from scipy import optimize, special, stats
from scipy.spatial.distance import jensenshannon
from sklearn import metrics
from sklearn.datasets import load_wine
from sklearn.linear_model import LogisticRegression

from lossbook import datasets, losses, models, risk

MARGINS = np.linspace(-4, 4, 33) + 0.01  # no kink among them
ONE = np.ones(33)
VISITS = datasets.doctor_visits().y
SKEWED = np.random.default_rng(0).gamma(2.0, size=1001)


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


@pytest.mark.equation("eq-likelihood-product")
def test_the_products_over_all_that_could_be_seen_sum_to_one():
    share = 0.3
    p = {0: 1 - share, 1: share}
    everything = itertools.product([0, 1], repeat=8)
    assert sum(np.prod([p[y] for y in ys]) for ys in everything) == pytest.approx(1, rel=1e-14)


@pytest.mark.equation("eq-likelihood-logarithm")
def test_the_mean_loss_is_the_logarithm_of_a_product_that_does_not_underflow():
    rates = (1.0, 2.86, 6.0)
    means = []
    for rate in rates:
        factor = {
            y: mpmath.exp(-rate) * mpmath.mpf(rate) ** int(y) / mpmath.factorial(int(y))
            for y in np.unique(VISITS)
        }
        product = mpmath.mpf(1)  # its exponent has no limit
        for y in VISITS:
            product *= factor[y]
        assert product < mpmath.mpf("1e-28000")
        poisson = losses.poisson(np.full_like(VISITS, np.log(rate)), VISITS)[0]
        means.append(np.mean(poisson + special.gammaln(VISITS + 1)))
        printed = float(-mpmath.log(product) / len(VISITS))
        assert means[-1] == pytest.approx(printed, rel=1e-11)
    assert rates[np.argmin(means)] == 2.86


@pytest.mark.equation("eq-likelihood-gauss")
@pytest.mark.parametrize("sigma", [0.5, 1.0, 3.0])
def test_minus_the_logarithm_of_a_bell_curve_is_the_squared_error_and_constants(sigma):
    r = np.linspace(-5, 5, 21)
    squares = losses.squared_error(r, np.zeros(21))[0] / (2 * sigma**2)
    printed = squares + np.log(sigma) + np.log(2 * np.pi) / 2
    np.testing.assert_allclose(printed, -stats.norm.logpdf(r, scale=sigma), rtol=1e-13)


@pytest.mark.equation("eq-likelihood-laplace")
@pytest.mark.parametrize("b", [0.5, 1.0, 3.0])
def test_minus_the_logarithm_of_a_tent_is_the_absolute_error_and_a_constant(b):
    r = np.linspace(-5, 5, 21)
    printed = losses.absolute_error(r, np.zeros(21))[0] / b + np.log(2 * b)
    np.testing.assert_allclose(printed, -stats.laplace.logpdf(r, scale=b), rtol=1e-13, atol=1e-15)


@pytest.mark.equation("eq-likelihood-bernoulli")
@pytest.mark.parametrize("y", [0, 1])
def test_minus_the_logarithm_of_a_coin_is_the_cross_entropy(y):
    z = np.linspace(-6, 6, 25)
    coin = -stats.bernoulli.logpmf(y, special.expit(z))
    np.testing.assert_allclose(np.log(1 + np.exp(z)) - y * z, coin, rtol=1e-10)
    np.testing.assert_allclose(losses.binary_cross_entropy(z, np.full(25, y))[0], coin, rtol=1e-10)


@pytest.mark.equation("eq-likelihood-poisson")
@pytest.mark.parametrize("y", [0, 1, 7])
def test_minus_the_logarithm_of_a_count_is_the_poisson_loss_and_a_constant(y):
    z = np.linspace(-3, 3, 25)
    printed = losses.poisson(z, np.full(25, y))[0] + special.gammaln(y + 1)
    np.testing.assert_allclose(printed, -stats.poisson.logpmf(y, np.exp(z)), rtol=1e-11)


@pytest.mark.equation("eq-likelihood-scales")
def test_the_best_scales_are_the_mean_square_and_the_mean_size_of_the_residuals():
    r = SKEWED - 1.7

    def best(family):
        found = optimize.minimize_scalar(
            lambda scale: -family.logpdf(r, scale=scale).mean(),
            bounds=(0.01, 20),
            method="bounded",
            options={"xatol": 1e-10},
        )
        return found.x

    assert best(stats.norm) ** 2 == pytest.approx(np.mean(r**2), rel=1e-6)
    assert best(stats.laplace) == pytest.approx(np.mean(np.abs(r)), rel=1e-6)


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

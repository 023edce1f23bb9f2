"""The labeled equations of the page ``outliers_and_quantiles``."""

import numpy as np
import pytest
from scipy.optimize import linprog
from sklearn.linear_model import QuantileRegressor

from lossbook import datasets, minimize, models, risk
from lossbook.losses import pinball
from lossbook.optimizers import GradientDescent

FAMILIES = datasets.engel()


INCOME, FOOD = FAMILIES.X / 1000, FAMILIES.y / 1000


QUANTILES = [0.1, 0.25, 0.5, 0.9]


def quantile_line(q):
    fit = QuantileRegressor(quantile=q, alpha=0).fit(INCOME, FOOD)
    return np.array([fit.intercept_, *fit.coef_])


@pytest.mark.equation("eq-quantile-pinball")
@pytest.mark.parametrize("q", QUANTILES)
def test_the_pinball_loss_has_two_prices(q):
    r = np.linspace(-3, 3, 25)
    printed = [-q * a if a < 0 else (1 - q) * a for a in r]
    np.testing.assert_allclose(pinball(r, np.zeros(25), quantile=q)[0], printed, rtol=1e-14)


@pytest.mark.equation("eq-quantile-counts")
@pytest.mark.parametrize("q", QUANTILES)
def test_a_share_q_of_the_points_lies_below_the_best_line(q):
    r = models.linear(quantile_line(q), INCOME)[0] - FOOD
    strictly, at_most = (r > 1e-9).sum(), (r > -1e-9).sum()
    assert strictly <= q * len(FOOD) <= at_most
    assert at_most - strictly < 5, "so that the two bounds say something"


@pytest.mark.equation("eq-quantile-program")
@pytest.mark.parametrize("q", QUANTILES)
def test_the_linear_program_has_the_lowest_pinball_risk(q):
    n = len(FOOD)
    columns = np.column_stack([np.ones(n), INCOME, -np.eye(n), np.eye(n)])
    prices = np.concatenate([[0, 0], np.full(n, (1 - q) / n), np.full(n, q / n)])
    bounds = [(None, None)] * 2 + [(0, None)] * (2 * n)
    solved = linprog(prices, A_eq=columns, b_eq=FOOD, bounds=bounds)
    objective = risk(models.linear, pinball, INCOME, FOOD, quantile=q)
    assert solved.fun == pytest.approx(objective(solved.x[:2])[0], rel=1e-9)
    assert solved.fun == pytest.approx(objective(quantile_line(q))[0], rel=1e-9)
    for nudge in np.random.default_rng(0).normal(0, 1e-3, size=(50, 2)):
        assert objective(solved.x[:2] + nudge)[0] > solved.fun


def subgradient_bound(start, best, G, rates):
    """Return the right side as printed, for the rates of the first K steps."""
    distance = np.subtract(start, best)
    return (distance @ distance + G**2 * (rates**2).sum()) / (2 * rates.sum())


@pytest.mark.equation("eq-subgradient-bound")
@pytest.mark.parametrize("q", QUANTILES)
@pytest.mark.parametrize("schedule", [0.05, 1.0, lambda k: 1 / np.sqrt(k + 1), lambda k: 0.9**k])
def test_the_best_of_k_subgradient_steps_is_within_the_bound(schedule, q):
    objective = risk(models.linear, pinball, INCOME, FOOD, quantile=q)
    best = quantile_line(q)
    run = minimize(objective, [0.0, 0.0], GradientDescent(schedule), max_steps=300)
    rates = np.array([schedule(k) if callable(schedule) else schedule for k in range(301)])
    # The slope of the loss is at most the larger price, and the gradient a mean over the rows.
    rows = np.linalg.norm(np.column_stack([np.ones(len(FOOD)), INCOME]), axis=1)
    G = max(q, 1 - q) * rows.mean()
    assert run.gradient_norms.max() <= G
    for K in (1, 10, 300):
        bound = subgradient_bound([0.0, 0.0], best, G, rates[:K])
        assert run.values[:K].min() - objective(best)[0] <= bound


@pytest.mark.equation("eq-subgradient-bound")
@pytest.mark.parametrize("steps", [1, 4, 50])
@pytest.mark.parametrize(("G", "side"), [(1.0, 1.0), (3.0, 0.2)])
def test_no_smaller_subgradient_bound_holds(steps, G, side):
    """Descent on G·max|θ| from a corner of a cube meets it: each step ends one coordinate."""

    def tallest(theta):
        j = np.argmax(abs(theta))
        return G * abs(theta[j]), G * np.sign(theta[j]) * np.eye(steps)[j]

    start, rate = np.full(steps, side), side / G
    run = minimize(tallest, start, GradientDescent(rate), max_steps=steps - 1)
    assert len(run.values) == steps
    bound = subgradient_bound(start, np.zeros(steps), G, np.full(steps, rate))
    assert run.values.min() == pytest.approx(bound, rel=1e-12)
    # The bound is a property of all rates: with others the same corner stays below it.
    for share in (0.3, 0.9, 1.1, 2.5):
        run = minimize(tallest, start, GradientDescent(share * rate), max_steps=steps - 1)
        rates = np.full(steps, share * rate)
        assert run.values.min() < subgradient_bound(start, np.zeros(steps), G, rates)

"""The labeled equations of the page ``outliers_and_quantiles``."""

import numpy as np
import pytest
from scipy.optimize import linprog
from sklearn.linear_model import QuantileRegressor

from lossbook import datasets, minimize, models, risk
from lossbook.losses import pinball
from lossbook.optimizers import GradientDescent
from tests.printed import from_zero, over, printed

FAMILIES = datasets.engel()
INCOME, FOOD = FAMILIES.X / 1000, FAMILIES.y / 1000
QUANTILES = [0.1, 0.25, 0.5, 0.9]


def quantile_line(q):
    fit = QuantileRegressor(quantile=q, alpha=0).fit(INCOME, FOOD)
    return np.array([fit.intercept_, *fit.coef_])


@pytest.mark.equation("eq-quantile-pinball")
@pytest.mark.parametrize("q", QUANTILES)
def test_the_pinball_loss_has_two_prices(q):
    for r in (-3.0, -0.5, 0.0, 0.25, 2.0):
        value = pinball([r], [0.0], quantile=q)[0][0]
        printed("eq-quantile-pinball").check(
            **{"ell_q": lambda _, v=value: v}, q=q, r=r, rtol=1e-14
        )


@pytest.mark.equation("eq-quantile-counts")
def test_both_bounds_of_the_counts_are_met():
    # Every number from the fourth to the sixth has the lowest pinball risk at q = 0.4.
    sample = np.arange(1.0, 11)
    at = [pinball(np.full(10, c), sample, quantile=0.4)[0].mean() for c in (4.0, 4.5, 5.0)]
    assert at[0] == pytest.approx(at[1]) == pytest.approx(at[2])
    for c, met in ((4.0, "N_le"), (5.0, "N_<")):
        counts = {"N_<": int((sample < c).sum()), "N_le": int((sample <= c).sum())}
        assert counts[met] == 4
        assert printed("eq-quantile-counts").holds(q=0.4, N=10, **counts)


@pytest.mark.equation("eq-quantile-counts")
@pytest.mark.parametrize("q", QUANTILES)
def test_a_share_q_of_the_points_lies_below_the_best_line(q):
    r = models.linear(quantile_line(q), INCOME)[0] - FOOD
    counts = {"N_<": int((r > 1e-9).sum()), "N_le": int((r > -1e-9).sum())}
    assert printed("eq-quantile-counts").holds(q=q, N=len(FOOD), **counts)
    assert counts["N_le"] - counts["N_<"] < 5, "so that the two bounds say something"


@pytest.mark.equation("eq-quantile-program")
@pytest.mark.parametrize("q", QUANTILES)
def test_the_linear_program_has_the_lowest_pinball_risk(q):
    """The costs, the conditions and the bounds are read off the page, unknown by unknown."""
    rows, page = np.arange(0, 235, 24), printed("eq-quantile-program")
    x, y, n = INCOME[rows, 0], FOOD[rows], len(rows)

    def at(unknowns):
        (a, b), u, v = unknowns[:2], unknowns[2 : n + 2], unknowns[n + 2 :]
        names = {"theta_0": a, "theta_1": b, "x": x, "y": y, "u": u, "v": v, "q": q, "N": n}
        sides = [page.sides(1, i=i, **names) for i in range(1, n + 1)]
        return page.right(0, **names), [left - right for left, right in sides]

    still = at(np.zeros(2 * n + 2))
    each = [at(e) for e in np.eye(2 * n + 2)]
    columns = np.array([conditions for _, conditions in each]) - still[1]
    assert page.right(2, u=[5.0], i=1) == 5, "the bound is for both"
    above = [page.holds(3, u=[0.0], v=[v], i=1) for v in (-1.0, 0.0, 1.0)]
    assert above == [False, True, True]
    bounds = [(None, None)] * 2 + [(0, None)] * (2 * n)
    costs = [cost for cost, _ in each]
    solved = linprog(costs, A_eq=columns.T, b_eq=-np.array(still[1]), bounds=bounds)
    objective = risk(models.linear, pinball, x[:, None], y, quantile=q)
    assert solved.fun == pytest.approx(objective(solved.x[:2])[0], rel=1e-9)
    fit = QuantileRegressor(quantile=q, alpha=0).fit(x[:, None], y)
    assert solved.fun == pytest.approx(objective([fit.intercept_, *fit.coef_])[0], rel=1e-9)


def subgradient_bound(run, best, G, rates, K, value=0.0):
    """Return both sides as printed, for the first K steps of a run."""
    path = list(run.path)
    values = {id(theta): v for theta, v in zip(path, run.values)}
    return printed("eq-subgradient-bound").sides(
        k=over(0, len(path) - 1),
        K=K,
        L=lambda theta: values[id(theta)],
        L_star=value,
        theta=from_zero(path),
        theta_star=np.asarray(best),
        G=G,
        eta=from_zero(rates[:K]),
    )


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
        sides = subgradient_bound(run, best, G, rates, K, value=objective(best)[0])
        assert printed("eq-subgradient-bound").orders(0, sides)


@pytest.mark.equation("eq-subgradient-bound")
@pytest.mark.parametrize("steps", [1, 4, 20])
@pytest.mark.parametrize(("G", "side"), [(1.0, 1.0), (3.0, 0.2)])
def test_no_smaller_subgradient_bound_holds(steps, G, side):
    """Descent on G·max|θ − 7| from a corner of a cube meets it: each step ends one coordinate."""

    def tallest(theta):
        j = np.argmax(abs(theta - 7))
        return G * abs(theta[j] - 7), G * np.sign(theta[j] - 7) * np.eye(steps)[j]

    start, rate = np.full(steps, 7 + side), side / G
    settings = {"max_steps": steps, "gradient_tolerance": 0}
    run = minimize(tallest, start, GradientDescent(rate), **settings)
    best, page = np.full(steps, 7.0), printed("eq-subgradient-bound")
    sides = subgradient_bound(run, best, G, np.full(steps + 1, rate), steps)
    assert sides[0] == pytest.approx(sides[1], rel=1e-11)
    assert page.orders(0, sides, rtol=1e-11)
    # The bound is a property of all rates: with others the same corner stays below it.
    for share in (0.3, 0.9, 1.1, 2.5):
        run = minimize(tallest, start, GradientDescent(share * rate), **settings)
        sides = subgradient_bound(run, best, G, np.full(steps + 1, share * rate), steps)
        assert page.orders(0, sides)

"""What three pages say about lines that are fitted by different losses, and how far it holds."""

import re

import numpy as np
import pytest
from scipy.optimize import linprog

from lossbook import datasets, models, risk
from lossbook.losses import absolute_error, huber, squared_error
from tests.book.test_claims_of_losses import printed, text

CALLS = datasets.phone_calls()
YEARS = CALLS.X[:, 0] - 1950


def least_squares(x, y):
    """Return intercept and slope."""
    return np.linalg.lstsq(np.column_stack([np.ones(len(x)), x]), y, rcond=None)[0]


def quantile_line(x, y, level):
    """Return intercept and slope of the line of lowest pinball loss, by linear programming.

    In the dual program a variable of each point is between level - 1 and level, and two equations
    hold: a hundred times faster than the program that has an inequality for each point.
    """
    ones_and_x = np.stack([np.ones(len(x)), x])
    found = linprog(-y, A_eq=ones_and_x, b_eq=[0, 0], bounds=(level - 1, level))
    return -found.eqlin.marginals


@pytest.mark.parametrize("seed", range(5))
def test_on_a_true_line_three_losses_find_three_slopes_and_each_is_right(seed):
    """Skewed noise that grows with x: so a disagreement does not accuse the model."""
    rng = np.random.default_rng(seed)
    x = rng.uniform(1, 20, size=5000)
    y = 1 + x * (0.5 + 0.2 * rng.exponential(size=5000))
    mean, median = least_squares(x, y)[1], quantile_line(x, y, 0.5)[1]
    high = quantile_line(x, y, 0.9)[1]
    # The mean, the median and the 0.9-quantile of an exponential variable are 1, log 2 and log 10.
    assert mean == pytest.approx(0.5 + 0.2, abs=0.03)
    assert median == pytest.approx(0.5 + 0.2 * np.log(2), abs=0.03)
    assert high == pytest.approx(0.5 + 0.2 * np.log(10), abs=0.06)
    assert mean - median > 0.02
    assert high - mean > 0.2


def test_the_tour_of_regression_losses_does_not_accuse_the_model():
    page = text("concepts/regression_losses")
    assert "suspect the model" not in page
    assert "point at the model" not in page
    for name, slope in (("squared_error", 0.7), ("absolute_error", 0.639), ("pinball", 0.961)):
        (found,) = re.findall(
            rf"{name} +true {slope:.3f}, found ([\d.]+)", printed("concepts/regression_losses")
        )
        assert float(found) == pytest.approx(slope, abs=0.02)


def test_a_point_tilts_the_line_by_its_residual_times_its_distance_from_the_middle():
    """Leaving one row out moves the slope by (x − x̄) r/(Sxx (1 − h)), in closed form."""
    intercept, slope = least_squares(YEARS, CALLS.y)
    residuals = intercept + slope * YEARS - CALLS.y
    lever = YEARS - YEARS.mean()
    leverage = 1 / 24 + lever**2 / (lever @ lever)
    moves = lever * residuals / (lever @ lever) / (1 - leverage)
    shown = printed("background/three_answers")
    for year in (1964, 1966, 1969, 1973):
        i = year - 1950
        line = f"{year}: residual {residuals[i]:6.2f}, the slope moves by {moves[i]:+.3f}"
        assert line in shown
    # The largest residual is not the one that decides most.
    assert abs(residuals).argmax() == 19
    assert abs(moves[23]) > abs(moves[19])
    assert abs(residuals[23]) < 0.65 * abs(residuals[19])
    assert (abs(moves[14:17]) < 0.03).all()


def test_the_pull_on_the_slope_is_the_derivative_times_x():
    theta = np.array([-0.3, 0.4])
    for loss, influence in (
        (squared_error, lambda r: 2 * r),
        (absolute_error, np.sign),
        (huber, lambda r: np.clip(r, -1, 1)),
    ):
        pulls = influence(theta[0] + theta[1] * YEARS - CALLS.y)
        gradient = risk(models.linear, loss, YEARS[:, None], CALLS.y)(theta)[1]
        np.testing.assert_allclose(gradient, [pulls.mean(), (pulls * YEARS).mean()], rtol=1e-12)
    page = text("background/three_answers")
    assert r"$\ell'(r_i)\, x_i$" in page
    assert "Those with the largest residuals\n" not in page


def test_the_slope_of_the_traffic_is_told_without_the_years_that_are_partly_wrong_too():
    kept = np.setdiff1d(np.arange(24), np.arange(14, 20))
    sure = np.setdiff1d(kept, [13, 20])
    eighteen, sixteen, every = (
        least_squares(YEARS[rows], CALLS.y[rows])[1] for rows in (kept, sure, np.arange(24))
    )
    shown, page = printed("background/three_answers"), text("background/three_answers")
    assert f"slope without the six years: {eighteen:.3f}" in shown
    assert f"and without 1963 and 1970: {sixteen:.3f}" in shown
    assert f"without 1963 and 1970 as well it is {sixteen:.3f}" in page
    assert "about four times as much" in page
    assert 3.5 < every / eighteen < every / sixteen < 5


def test_only_the_quantile_line_is_told_apart_by_forty_splits():
    families = datasets.engel()
    x, y = families.X[:, 0] / 1000, families.y / 1000
    scores = []
    for seed in range(40):
        old, new = np.array_split(np.random.default_rng(seed).permutation(len(y)), 2)
        lines = [
            least_squares(x[old], y[old]),
            quantile_line(x[old], y[old], 0.5),
            quantile_line(x[old], y[old], 0.9),
        ]
        r = np.array([start + slope * x[new] - y[new] for start, slope in lines])
        pinball = np.maximum(-0.9 * r, 0.1 * r)
        scores.append([(r**2).mean(axis=1), abs(r).mean(axis=1), pinball.mean(axis=1)])
    scores = np.array(scores)  # split, judge, line
    wins = (scores.argmin(axis=2) == np.arange(3)).sum(axis=0)
    shown = printed("questions/which_loss")
    stated = [int(n) for n in re.findall(r"wins (\d+) of 40 splits by its own measure", shown)]
    # A tie to six digits may go either way between two solvers.
    assert abs(wins - stated).max() <= 1
    assert wins[2] == 40
    # A fair coin is within 14 to 26 of 40 in 96 percent of cases.
    assert all(14 <= n <= 26 for n in wins[:2])
    means = scores.mean(axis=0)
    assert 1 < means[0, 1] / means[0, 0] < 1.03
    assert 1 < means[1, 0] / means[1, 1] < 1.03
    assert means[0, 2] > 2 * means[0, 0]
    assert "each line is best by the measure" not in text("questions/which_loss")

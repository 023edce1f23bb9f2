"""The labeled equations of the page ``one_number_for_five``."""

import numpy as np
import pytest

from lossbook import datasets
from lossbook.losses import absolute_error, huber, squared_error
from tests.printed import printed

FIVE = datasets.phone_calls().y[10:15]
GUESSES = np.linspace(0.013, 14, 29)  # none equals a number


def risk(loss, c):
    return loss(np.full(5, c), FIVE)[0].mean()


def slope(loss, step=1e-5):
    return lambda c: (risk(loss, c + step) - risk(loss, c - step)) / (2 * step)


@pytest.mark.equation("eq-constant-residual")
def test_a_guess_is_too_high_by_the_residual():
    residuals = [0.65, 0.51, 0.39, -0.12, -9.9]
    for i in range(1, 6):
        printed("eq-constant-residual").check(r=residuals, c=2, y=FIVE, i=i, rtol=1e-12)


@pytest.mark.equation("eq-constant-risk")
@pytest.mark.parametrize("loss", [squared_error, absolute_error, huber])
def test_the_risk_of_a_guess_is_the_mean_of_its_losses(loss):
    def alone(r):
        return loss(np.array([r]), np.array([0.0]))[0][0]

    for c in GUESSES:
        names = {"c": c, "N": 5, "y": FIVE, "ell": alone}
        printed("eq-constant-risk").check(L=lambda c: risk(loss, c), **names)


@pytest.mark.equation("eq-constant-squared-slope")
def test_the_squared_risk_falls_to_the_mean_and_rises_after_it():
    for c in GUESSES:
        names = {"c": c, "N": 5, "y": FIVE, "bar_y": FIVE.mean()}
        printed("eq-constant-squared-slope").check(
            L_prime=slope(squared_error), **names, rtol=1e-7, atol=1e-7
        )


@pytest.mark.equation("eq-constant-absolute-slope")
def test_the_slope_of_the_absolute_risk_counts_both_sides():
    # "How many" is a word: the formula is read for each number, and the page means their sum.
    page = printed("eq-constant-absolute-slope")
    for c in [*GUESSES, *FIVE]:  # a number that the guess meets is on neither side
        counted = sum(page.right(c=c, N=5, y=FIVE, i=i) for i in range(1, 6))
        assert counted == pytest.approx(slope(absolute_error)(c), abs=1e-7)
        assert counted == pytest.approx(((c > FIVE).sum() - (c < FIVE).sum()) / 5, abs=1e-15)


@pytest.mark.equation("eq-constant-huber-slope")
def test_the_slope_of_hubers_risk_is_the_mean_of_cut_residuals():
    for c in GUESSES:
        printed("eq-constant-huber-slope").check(
            L_prime=slope(huber), c=c, N=5, y=FIVE, rtol=1e-6, atol=1e-6
        )

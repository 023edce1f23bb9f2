"""The labeled equations of "One number for five", each checked against another computation."""

import numpy as np
import pytest

from lossbook import datasets
from lossbook.losses import absolute_error, huber, squared_error

five = datasets.phone_calls().y[10:15]
GUESSES = np.linspace(0.013, 14, 57)  # none equals a number


def risk(loss, c):
    return np.mean([float(loss(np.array([c]), np.array([y]))[0][0]) for y in five])


def slope(loss, c, step=1e-5):
    return (risk(loss, c + step) - risk(loss, c - step)) / (2 * step)


@pytest.mark.equation("eq-constant-residual")
def test_a_guess_is_too_high_by_the_residual():
    residuals = 2 - five
    assert (np.sign(residuals) == [1, 1, 1, -1, -1]).all()
    np.testing.assert_allclose(residuals + five, 2, rtol=1e-15)


@pytest.mark.equation("eq-constant-risk")
@pytest.mark.parametrize("loss", [squared_error, absolute_error, huber])
def test_the_risk_of_a_guess_is_the_mean_of_its_losses(loss):
    for c in GUESSES:
        printed = sum(loss(np.full(5, c), five)[0]) / 5
        assert risk(loss, c) == pytest.approx(printed, rel=1e-14)


@pytest.mark.equation("eq-constant-squared-slope")
def test_the_squared_risk_falls_to_the_mean_and_rises_after_it():
    for c in GUESSES:
        printed = 2 / 5 * sum(c - five)
        assert slope(squared_error, c) == pytest.approx(printed, abs=1e-7)
        assert printed == pytest.approx(2 * (c - five.mean()), abs=1e-13)


@pytest.mark.equation("eq-constant-absolute-slope")
def test_the_slope_of_the_absolute_risk_counts_both_sides():
    for c in GUESSES:
        printed = ((five < c).sum() - (five > c).sum()) / 5
        assert slope(absolute_error, c) == pytest.approx(printed, abs=1e-7)
    below, above = np.nextafter(np.median(five), 0), np.nextafter(np.median(five), 9)
    assert (five < below).sum() < (five > below).sum()
    assert (five < above).sum() > (five > above).sum()


@pytest.mark.equation("eq-constant-huber-slope")
def test_the_slope_of_hubers_risk_is_the_mean_of_cut_residuals():
    for c in GUESSES:
        printed = np.mean([max(-1, min(c - y, 1)) for y in five])
        assert slope(huber, c) == pytest.approx(printed, abs=1e-6)

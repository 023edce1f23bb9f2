"""The labeled equations of the page ``designing_a_loss``."""

import math

import numpy as np
import pytest

from lossbook import datasets
from lossbook.losses import huber, pinball
from tests.printed import printed

DEMAND = datasets.doctor_visits().y.reshape(-1, 30).sum(axis=1)


def cost(reserved, needed, missing, unused):
    names = {"c_u": missing, "c_o": unused, "max": np.maximum}
    return printed("eq-design-cost").right(ell=None, hat_y=reserved, y=needed, **names)


@pytest.mark.equation("eq-design-cost")
def test_the_cost_is_the_pinball_loss_times_the_sum_of_the_prices():
    for reserved in (30.0, 90.0, 150.0):
        values, _ = pinball(np.full(len(DEMAND), reserved), DEMAND, quantile=0.8)
        np.testing.assert_allclose(cost(reserved, DEMAND, 80, 20), 100 * values, rtol=1e-13)


@pytest.mark.equation("eq-design-critical")
@pytest.mark.parametrize(("missing", "unused"), [(80, 20), (20, 60), (1, 1)])
def test_the_cheapest_reserve_is_the_quantile_of_the_share_of_the_missing_price(missing, unused):
    # A demand with a known distribution: for the exponential, F(q) = 1 − e^(−q).
    q, needed = np.linspace(0, 5, 5001), np.linspace(0, 40, 40_001)
    tail = np.exp(-q)  # ∫ P(demand > t) dt from q on
    expected = missing * tail + unused * (q - 1 + tail)
    best = q[np.argmin(expected)]
    names = {"c_u": missing, "c_o": unused, "hat_y": best, "F": lambda q: 1 - math.exp(-q)}
    page = printed("eq-design-critical")
    page.check(rtol=5e-3, **names)
    # Between them: the difference of the two prices is minus the slope of the expected cost.
    for at in (1, 2000, 4500):
        left, right = page.sides(0, **{**names, "hat_y": q[at]})
        slope = (expected[at + 1] - expected[at - 1]) / (q[at + 1] - q[at - 1])
        assert left - right == pytest.approx(-slope, abs=1e-4)
        share = page.right(1, **names)
        assert (left < right) == (names["F"](q[at]) > share)
    weights = np.exp(-needed) * 1e-3
    simulated = (cost(best, needed, missing, unused) * weights).sum()
    assert simulated == pytest.approx(expected.min(), rel=2e-3)


@pytest.mark.equation("eq-design-midpoint")
def test_midpoints_tell_a_convex_loss_from_one_that_is_not():
    page, pairs = printed("eq-design-midpoint"), np.random.default_rng(0).normal(size=(200, 2)) * 40

    def holds(loss):
        return all(page.holds(ell=loss, a=a, b=b, y=1.5, rtol=1e-12) for a, b in pairs)

    assert holds(lambda p, y: cost(p, y, 80, 20))
    assert not holds(lambda p, y: math.sqrt(abs(p - y)))
    # Where the loss is a straight line the two are equal.
    sides = page.sides(ell=lambda p, y: cost(p, y, 80, 20), a=3.0, b=9.0, y=1.5)
    assert sides[0] == pytest.approx(sides[1], rel=1e-12)
    assert page.orders(0, sides, rtol=1e-12)


@pytest.mark.equation("eq-design-lopsided")
def test_the_lopsided_huber_loss_has_the_gradient_printed_and_tends_to_the_pinball():
    q, delta, page = 0.8, 5.0, printed("eq-design-lopsided")

    def lopsided(r, delta=delta):
        h = {"h_delta": lambda r: huber([r], [0.0], delta=delta)[0][0]}
        return page.right(0, ell=None, q=q, r=r, **h)

    for r in (-20.0, -5.1, -0.3, 0.0, 1e-3, 4.0, 17.0):
        slope = (lopsided(r + 1e-5) - lopsided(r - 1e-5)) / 2e-5
        h_prime = {"h_delta_prime": lambda r: huber([r], [0.0], delta=delta)[1][0]}
        page.check(1, ell_prime=lambda _, v=slope: v, q=q, r=r, rtol=1e-8, atol=2e-5, **h_prime)
        steep = lopsided(r, 1e-9) / 1e-9
        assert steep == pytest.approx(pinball([r], [0.0], quantile=q)[0][0], rel=1e-6)
    page.check(0, ell=lopsided, q=q, r=-3.0, h_delta=lambda r: huber([r], [0.0], delta=delta)[0][0])

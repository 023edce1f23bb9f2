"""The labeled equations of the page ``designing_a_loss``."""

import numpy as np
import pytest

from lossbook import datasets
from lossbook.losses import huber, pinball

DEMAND = datasets.doctor_visits().y.reshape(-1, 30).sum(axis=1)


def cost(reserved, needed, missing, unused):
    return missing * np.maximum(needed - reserved, 0) + unused * np.maximum(reserved - needed, 0)


@pytest.mark.equation("eq-design-cost")
def test_the_cost_is_the_pinball_loss_times_the_sum_of_the_prices():
    reserved = np.full(len(DEMAND), 90.0)
    values, _ = pinball(reserved, DEMAND, quantile=0.8)
    np.testing.assert_allclose(cost(reserved, DEMAND, 80, 20), 100 * values, rtol=1e-13)


@pytest.mark.equation("eq-design-critical")
@pytest.mark.parametrize(("missing", "unused"), [(80, 20), (20, 60), (1, 1)])
def test_the_cheapest_reserve_is_the_quantile_of_the_share_of_the_missing_price(missing, unused):
    # A demand with a known distribution: for the exponential, F(q) = 1 − e^(−q).
    q, needed = np.linspace(0, 5, 5001), np.linspace(0, 40, 400_001)
    tail = np.exp(-q)  # ∫ P(demand > t) dt from q on
    expected = missing * tail + unused * (q - 1 + tail)
    best = q[np.argmin(expected)]
    assert 1 - np.exp(-best) == pytest.approx(missing / (missing + unused), abs=1e-3)
    weights = np.exp(-needed) * 1e-4
    simulated = (cost(best, needed, missing, unused) * weights).sum()
    assert simulated == pytest.approx(expected.min(), rel=1e-3)


@pytest.mark.equation("eq-design-midpoint")
def test_midpoints_tell_a_convex_loss_from_one_that_is_not():
    a, b = np.random.default_rng(0).normal(size=(2, 400)) * 40
    zero = np.zeros(400)

    def worst(loss):
        return (loss((a + b) / 2) - (loss(a) + loss(b)) / 2).max()

    assert worst(lambda r: cost(r, zero, 80, 20)) < 1e-9
    assert worst(lambda r: np.sqrt(np.abs(r))) > 0.1


@pytest.mark.equation("eq-design-lopsided")
def test_the_lopsided_huber_loss_has_the_gradient_printed_and_tends_to_the_pinball():
    q, delta, r = 0.8, 5.0, np.linspace(-20, 20, 81) + 0.01
    price = np.where(r < 0, q, 1 - q)

    def lopsided(residuals):
        return price * huber(residuals, np.zeros(81), delta=delta)[0]

    numeric = (lopsided(r + 1e-5) - lopsided(r - 1e-5)) / 2e-5
    np.testing.assert_allclose(price * huber(r, np.zeros(81), delta=delta)[1], numeric, atol=1e-8)
    steep = price * huber(r, np.zeros(81), delta=1e-9)[0] / 1e-9
    np.testing.assert_allclose(steep, pinball(r, np.zeros(81), quantile=q)[0], rtol=1e-6)

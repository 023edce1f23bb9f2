"""The labeled equations of the page ``reading_a_loss_curve``."""

import numpy as np
import pytest

from lossbook import minimize
from lossbook.losses import softmax_cross_entropy
from lossbook.optimizers import GradientDescent
from lossbook.surfaces import quadratic
from tests.printed import from_zero, printed


@pytest.mark.equation("eq-curve-start")
@pytest.mark.parametrize("classes", [2, 10, 1000])
def test_equal_probabilities_cost_the_logarithm_of_the_number_of_classes(classes):
    logits = np.full((classes, classes), 3.7)
    values, _ = softmax_cross_entropy(logits, np.arange(classes))
    np.testing.assert_allclose(values, values.mean(), rtol=1e-13)
    printed("eq-curve-start").check(
        theta=from_zero([0]), L=lambda _: values.mean(), K=classes, approx=1e-13
    )


@pytest.mark.equation("eq-curve-slope")
@pytest.mark.parametrize("product", [0.3, 1.7, 2.1])
def test_the_gap_of_one_curvature_is_a_geometric_sequence(product):
    values = minimize(quadratic([[5.0]]), [2.0], GradientDescent(product / 5), max_steps=40).values
    for k in range(len(values)):
        names = {"theta": from_zero(values + 0.7), "L": lambda v: v, "L_star": 0.7}
        printed("eq-curve-slope").check(
            k=k, eta=product / 5, lam=5.0, rtol=1e-9, atol=1e-13, **names
        )


@pytest.mark.equation("eq-curve-flow")
def test_curves_at_small_rates_are_one_curve_at_two_speeds():
    A = np.array([[2.0, 0.5], [0.5, 1.0]])

    def curve(rate, steps):
        descent = GradientDescent(rate)
        return minimize(quadratic(A), [1.0, -2.0], descent, max_steps=steps).values

    def distance(rate, c=10, steps=40):
        run = {"eta": curve(rate, steps), "other": curve(c * rate, steps)}
        worst = 0.0
        for k in range(0, steps + 1, c):
            theta = {rate: from_zero(run["eta"]), c * rate: from_zero(run["other"])}
            names = {"theta": theta, "L": lambda v: v, "eta": rate, "c": c}
            slow, fast = printed("eq-curve-flow").sides(k=k, **names)
            worst = max(worst, abs(slow - fast))
        return worst / run["eta"][0]

    assert distance(1e-3) < 1e-3
    # A tenth of the rate, a tenth of the way: the distance shrinks like both together.
    assert distance(1e-4) == pytest.approx(distance(1e-3) / 100, rel=0.3)
    assert distance(0.05) > 0.05  # at large rates it does not hold


@pytest.mark.equation("eq-curve-label-floor")
def test_no_probabilities_cost_less_than_the_floor_of_random_labels():
    s, classes = 0.3, 10
    floor = printed("eq-curve-label-floor").right(L_min=None, s=s, K=classes)
    shares = np.full(classes, s / (classes - 1))
    shares[0] = 1 - s
    rng = np.random.default_rng(4)

    def cost(logits):
        values, _ = softmax_cross_entropy(np.tile(logits, (classes, 1)), np.arange(classes))
        return shares @ values

    assert cost(np.log(shares)) == pytest.approx(floor, rel=1e-12)
    for other in np.log(shares) + rng.normal(size=(100, classes)):
        assert cost(other) > floor

"""The labeled equations of the page ``reading_a_loss_curve``."""

import numpy as np
import pytest

from lossbook import minimize
from lossbook.losses import softmax_cross_entropy
from lossbook.optimizers import GradientDescent
from lossbook.surfaces import quadratic


@pytest.mark.equation("eq-curve-start")
@pytest.mark.parametrize("classes", [2, 10, 1000])
def test_equal_probabilities_cost_the_logarithm_of_the_number_of_classes(classes):
    logits = np.full((classes, classes), 3.7)
    values, _ = softmax_cross_entropy(logits, np.arange(classes))
    np.testing.assert_allclose(values, np.log(classes), rtol=1e-13)


@pytest.mark.equation("eq-curve-slope")
@pytest.mark.parametrize("product", [0.3, 1.7, 2.1])
def test_the_gap_of_one_curvature_is_a_geometric_sequence(product):
    values = minimize(quadratic([[5.0]]), [2.0], GradientDescent(product / 5), max_steps=40).values
    printed = (1 - product) ** (2 * np.arange(len(values))) * values[0]
    np.testing.assert_allclose(values, printed, rtol=1e-11)


@pytest.mark.equation("eq-curve-flow")
def test_curves_at_small_rates_are_one_curve_at_two_speeds():
    A = np.array([[2.0, 0.5], [0.5, 1.0]])

    def curve(rate, steps):
        descent = GradientDescent(rate)
        return minimize(quadratic(A), [1.0, -2.0], descent, max_steps=steps).values

    def distance(rate):
        slow, fast = curve(rate, 40), curve(10 * rate, 4)
        return np.abs(slow[::10] - fast).max() / slow[0]

    assert distance(1e-3) < 1e-3
    # A tenth of the rate, a tenth of the way: the distance shrinks like both together.
    assert distance(1e-4) == pytest.approx(distance(1e-3) / 100, rel=0.3)
    assert distance(0.05) > 0.05  # at large rates it does not hold


@pytest.mark.equation("eq-curve-label-floor")
def test_no_probabilities_cost_less_than_the_floor_of_random_labels():
    s, classes = 0.3, 10
    floor = -(1 - s) * np.log(1 - s) - s * np.log(s / (classes - 1))
    shares = np.full(classes, s / (classes - 1))
    shares[0] = 1 - s
    rng = np.random.default_rng(4)

    def cost(logits):
        values, _ = softmax_cross_entropy(np.tile(logits, (classes, 1)), np.arange(classes))
        return shares @ values

    assert cost(np.log(shares)) == pytest.approx(floor, rel=1e-12)
    for other in np.log(shares) + rng.normal(size=(500, classes)):
        assert cost(other) > floor

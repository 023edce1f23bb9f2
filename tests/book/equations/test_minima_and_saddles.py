"""The labeled equations of the page ``minima_and_saddles``."""

import numpy as np
import pytest
import sympy

from lossbook import datasets, minimize, models, risk
from lossbook.losses import binary_cross_entropy, squared_error, tukey_biweight
from lossbook.optimizers import GradientDescent
from lossbook.surfaces import saddle

CALLS = datasets.phone_calls()


DECADES, TENS = (CALLS.X - 1950) / 10, CALLS.y


BOOM = (TENS > 5).astype(float)


GROUNDS = {
    "linear": risk(models.linear, squared_error, DECADES, TENS),
    "logistic": risk(models.linear, binary_cross_entropy, DECADES, BOOM),
}


@pytest.mark.equation("eq-saddles-chord")
def test_the_risks_of_linear_and_logistic_regression_lie_below_their_chords():
    rng = np.random.default_rng(1)

    def sag(ground, theta, phi, t):
        on_chord = t * ground(theta)[0] + (1 - t) * ground(phi)[0]
        return on_chord - ground(t * theta + (1 - t) * phi)[0]

    triples = [(*rng.uniform(-10, 10, size=(2, 2)), rng.uniform()) for _ in range(500)]
    for ground in GROUNDS.values():
        assert min(sag(ground, *triple) for triple in triples) >= -1e-12
    biweight = risk(models.linear, tukey_biweight, DECADES, TENS, c=6.0)
    assert min(sag(biweight, *triple) for triple in triples) < -0.1


@pytest.mark.equation("eq-saddles-hessian")
def test_the_hessian_of_a_linear_model_is_a_sum_of_squares_weighted_by_curvatures():
    rows = np.column_stack([np.ones(24), DECADES])
    rng = np.random.default_rng(2)
    for theta in rng.normal(size=(5, 2)):
        p = 1 / (1 + np.exp(-rows @ theta))
        for name, curvature in (("linear", np.full(24, 2.0)), ("logistic", p * (1 - p))):
            printed = sum(c * np.outer(a, a) for c, a in zip(curvature, rows)) / 24
            columns = [
                (GROUNDS[name](theta + e)[1] - GROUNDS[name](theta - e)[1]) / 2e-5
                for e in 1e-5 * np.eye(2)
            ]
            np.testing.assert_allclose(printed, columns, rtol=1e-6, atol=1e-8)
            for v in rng.normal(size=(10, 2)):
                form = (curvature * (rows @ v) ** 2).mean()
                assert v @ printed @ v == pytest.approx(form, rel=1e-10)
                assert form >= 0


@pytest.mark.equation("eq-saddles-escape")
@pytest.mark.parametrize("rate", [0.05, 0.3])
def test_on_a_saddle_one_coordinate_shrinks_and_the_other_grows(rate):
    path = minimize(saddle, [1.0, 1e-9], GradientDescent(rate), max_steps=40).path
    k = np.arange(41)
    np.testing.assert_allclose(path[:, 0], (1 - 2 * rate) ** k, rtol=1e-10)
    np.testing.assert_allclose(path[:, 1], 1e-9 * (1 + 2 * rate) ** k, rtol=1e-10)


@pytest.mark.equation("eq-saddles-plateau")
def test_the_squared_error_is_flat_where_cross_entropy_is_steep():
    z = sympy.symbols("z", real=True)
    p = 1 / (1 + sympy.exp(-z))
    squared, entropy = sympy.diff((p - 1) ** 2, z), sympy.diff(-sympy.log(p), z)
    assert sympy.simplify(squared + 2 * (1 - p) ** 2 * p) == 0
    assert sympy.simplify(entropy + (1 - p)) == 0
    assert sympy.limit(squared / sympy.exp(z), z, -sympy.oo) == -2
    assert sympy.limit(entropy, z, -sympy.oo) == -1

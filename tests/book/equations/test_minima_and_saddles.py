"""The labeled equations of the page ``minima_and_saddles``."""

import numpy as np
import pytest
import sympy

from lossbook import datasets, minimize, models, risk
from lossbook.losses import binary_cross_entropy, squared_error, tukey_biweight
from lossbook.optimizers import GradientDescent
from lossbook.surfaces import saddle
from tests.printed import Given, from_zero, printed

CALLS = datasets.phone_calls()
DECADES, TENS = (CALLS.X - 1950) / 10, CALLS.y
BOOM = (TENS > 5).astype(float)
GROUNDS = {
    "linear": risk(models.linear, squared_error, DECADES, TENS),
    "logistic": risk(models.linear, binary_cross_entropy, DECADES, BOOM),
}


@pytest.mark.equation("eq-saddles-chord")
def test_the_risks_of_linear_and_logistic_regression_lie_below_their_chords():
    rng, chord = np.random.default_rng(1), printed("eq-saddles-chord")
    triples = [(*rng.uniform(-10, 10, size=(2, 2)), rng.uniform()) for _ in range(100)]
    for ground in GROUNDS.values():
        for theta, phi, t in triples:
            names = {"theta": theta, "phi": phi, "t": t, "L": lambda p, g=ground: g(p)[0]}
            assert chord.holds(rtol=1e-12, **names)
    # Equal on a plane, from end to end of the chord, and where the two points are one.
    for theta, phi, t in triples[:20]:
        plane = {"theta": theta, "phi": phi, "L": lambda p: p @ [3.0, -2.0]}
        assert chord.sides(t=t, **plane) == pytest.approx(
            [t * theta @ [3, -2] + (1 - t) * phi @ [3, -2]] * 2
        )
        assert chord.holds(t=t, rtol=1e-12, **plane)
    biweight = risk(models.linear, tukey_biweight, DECADES, TENS, c=6.0)
    names = {"L": lambda p: biweight(p)[0]}
    assert not all(chord.holds(theta=a, phi=b, t=t, rtol=1e-9, **names) for a, b, t in triples)


@pytest.mark.equation("eq-saddles-hessian")
def test_the_hessian_of_a_linear_model_is_a_sum_of_squares_weighted_by_curvatures():
    rows = np.column_stack([np.ones(24), DECADES])
    rng = np.random.default_rng(2)
    for theta in rng.normal(size=(5, 2)):
        p = 1 / (1 + np.exp(-rows @ theta))
        for name, curvature in (("linear", np.full(24, 2.0)), ("logistic", p * (1 - p))):
            columns = [
                (GROUNDS[name](theta + e)[1] - GROUNDS[name](theta - e)[1]) / 2e-5
                for e in 1e-5 * np.eye(2)
            ]
            for v in rng.normal(size=(3, 2)):
                names = {"N": 24, "hat_y": range(24), "a": rows, "v": v, "H": np.array(columns)}
                slopes = lambda i, c=curvature: c[i]  # noqa: E731
                printed("eq-saddles-hessian").check(
                    ell_prime_prime=slopes, rtol=1e-6, atol=1e-8, **names
                )


@pytest.mark.equation("eq-saddles-escape")
@pytest.mark.parametrize("rate", [0.05, 0.3])
def test_on_a_saddle_one_coordinate_shrinks_and_the_other_grows(rate):
    path = minimize(saddle, [3.0, 1e-9], GradientDescent(rate), max_steps=40).path
    for k in (0, 1, 7, 40):
        printed("eq-saddles-escape").check(
            k=k, x=from_zero(path[:, 0]), y=from_zero(path[:, 1]), eta=rate, rtol=1e-10
        )


@pytest.mark.equation("eq-saddles-plateau")
def test_the_squared_error_is_flat_where_cross_entropy_is_steep():
    sigmoid = Given(lambda at: 1 / (1 + np.exp(-at["z"])))
    for z in (-9.0, -1.3, 0.0, 2.1):
        printed("eq-saddles-plateau").check(z=z, p=sigmoid, rtol=1e-8)
    z = sympy.symbols("z", real=True)
    p = 1 / (1 + sympy.exp(-z))
    squared, entropy = sympy.diff((p - 1) ** 2, z), sympy.diff(-sympy.log(p), z)
    assert sympy.limit(squared / sympy.exp(z), z, -sympy.oo) == -2
    assert sympy.limit(entropy, z, -sympy.oo) == -1

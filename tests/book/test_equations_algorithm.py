"""The labeled equations of the pages on the learning rate and on minima, saddles and plateaus.

Eigenvalues, symbols, counted steps and the package stand on one side, the formula as printed on the
other. The article's worry that descent is trapped even where the risk is convex is shown wrong by
the tests of the chord and of the Hessian.
"""

import numpy as np
import pytest
import sympy

from lossbook import datasets, minimize, models, risk
from lossbook.losses import binary_cross_entropy, squared_error, tukey_biweight
from lossbook.optimizers import GradientDescent
from lossbook.surfaces import quadratic, saddle

ENGEL = datasets.engel()
X, Y = ENGEL.X / 1000, ENGEL.y / 1000
N = len(Y)
A = np.column_stack([np.ones(N), X])
MSE = risk(models.linear, squared_error, X, Y)
H = 2 / N * A.T @ A
MU, L = np.linalg.eigvalsh(H)
KAPPA = L / MU
BEST = np.linalg.lstsq(A, Y, rcond=None)[0]


@pytest.mark.equation("eq-clinic-hessian-vector")
def test_the_difference_of_two_gradients_is_the_hessian_times_the_vector():
    for theta, v in np.random.default_rng(0).normal(size=(20, 2, 2)) * 5:
        product = MSE(theta + v)[1] - MSE(theta)[1]
        np.testing.assert_allclose(product, H @ v, rtol=1e-9, atol=1e-11)


def worst_factor(rate):
    """The spectral radius of the matrix that multiplies the error at each step."""
    return abs(np.linalg.eigvals(np.eye(2) - rate * H)).max()


@pytest.mark.equation("eq-clinic-factor")
@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 1.0, 1.1])
def test_the_slowest_direction_is_the_flattest_or_the_steepest(share):
    rate = share * 2 / L
    assert worst_factor(rate) == pytest.approx(max(abs(1 - rate * MU), abs(1 - rate * L)), rel=1e-9)
    # And no curvature in between is slower.
    between = np.linspace(MU, L, 500)
    assert abs(1 - rate * between).max() <= worst_factor(rate) + 1e-12


@pytest.mark.equation("eq-clinic-factor")
@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.99, 1.0, 1.1])
@pytest.mark.parametrize("start", [(0.0, 0.0), (2.0, -1.0)])
def test_a_run_shrinks_its_error_by_the_factor_in_each_late_step_and_never_less(share, start):
    rate = share * 2 / L
    factor = max(abs(1 - rate * MU), abs(1 - rate * L))
    run = minimize(MSE, start, GradientDescent(rate), max_steps=60, gradient_tolerance=0)
    far = np.linalg.norm(run.path - BEST, axis=1)
    ratios = far[1:] / far[:-1]
    assert (ratios <= factor * (1 + 1e-9)).all()
    assert ratios[-1] == pytest.approx(factor, rel=1e-3)
    # The other end of the range, or a factor 2 in the rate, would be seen.
    for wrong in (min(abs(1 - rate * MU), abs(1 - rate * L)), abs(1 - 2 * rate * MU)):
        assert ratios[-1] != pytest.approx(wrong, rel=5e-3)


@pytest.mark.equation("eq-clinic-best-rate")
def test_no_other_constant_rate_shrinks_the_error_faster():
    best = 2 / (MU + L)
    assert worst_factor(best) == pytest.approx((KAPPA - 1) / (KAPPA + 1), rel=1e-9)
    others = np.linspace(0.01, 1.2, 400) * 2 / L
    assert all(worst_factor(rate) > worst_factor(best) for rate in others if rate != best)


@pytest.mark.equation("eq-clinic-steps")
@pytest.mark.parametrize("share", [1e-2, 1e-6, 1e-9])
def test_the_count_of_a_run_is_the_predicted_one(share):
    # With equal parts in both directions every step has the factor ρ exactly.
    bowl = quadratic(np.diag([MU, L]))
    descent = GradientDescent(2 / (MU + L))
    path = minimize(bowl, [1.0, 1.0], descent, max_steps=400, gradient_tolerance=0).path
    far = np.linalg.norm(path, axis=1) / np.sqrt(2)
    predicted = np.log(1 / share) / -np.log((KAPPA - 1) / (KAPPA + 1))
    assert int((far <= share).argmax()) == np.ceil(predicted)
    assert KAPPA / 2 * np.log(1 / share) == pytest.approx(predicted, rel=0.002)
    # The short form is the limit of large κ.
    k = sympy.symbols("k", positive=True)
    assert sympy.limit(-sympy.log((k - 1) / (k + 1)) * k, k, sympy.oo) == 2


@pytest.mark.equation("eq-clinic-sum")
def test_the_sum_takes_the_path_of_the_mean_at_an_nth_of_the_rate():
    def total(theta):
        """The sum of squares, written out: not N times the package's mean."""
        residuals = A @ theta - Y
        return residuals @ residuals, 2 * A.T @ residuals

    settings = {"max_steps": 50, "gradient_tolerance": 0}
    mean = minimize(MSE, [1.0, -0.5], GradientDescent(0.4), **settings)
    summed = minimize(total, [1.0, -0.5], GradientDescent(0.4 / N), **settings)
    np.testing.assert_allclose(summed.path, mean.path, rtol=1e-9)
    # What the article calls a sum of squares is N times the mean that it prints.
    assert summed.values[0] == pytest.approx(N * mean.values[0], rel=1e-12)
    same_rate = minimize(total, [1.0, -0.5], GradientDescent(0.4), **settings)
    assert same_rate.values[-1] > 1e6 * same_rate.values[0]


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

"""Each labeled equation of the book, checked by a test that carries its label.

The package, finite differences or symbols stand on one side, the formula as printed on the other.
"""

import itertools

import numpy as np
import pytest

from lossbook import datasets, mean, minimize, models, risk
from lossbook.losses import absolute_error, huber, squared_error
from lossbook.optimizers import GradientDescent

CALLS = datasets.phone_calls()
X, Y = (CALLS.X - 1950) / 10, CALLS.y
A = np.column_stack([np.ones(len(X)), X])
RESIDUALS = np.linspace(-4, 4, 41)
ZERO = np.zeros(41)


@pytest.mark.equation("eq-line")
def test_a_line_predicts_intercept_plus_slope_times_input():
    predictions, _ = models.linear([0.3, -2.0], X)
    np.testing.assert_allclose(predictions, [0.3 + -2.0 * x for (x,) in X], rtol=1e-15)


@pytest.mark.equation("eq-three-losses")
def test_the_three_losses_have_the_values_printed():
    delta = 1.2

    def by_cases(r):
        return r**2 / 2 if abs(r) <= delta else delta * (abs(r) - delta / 2)

    np.testing.assert_allclose(squared_error(RESIDUALS, ZERO)[0], RESIDUALS**2, rtol=1e-15)
    np.testing.assert_array_equal(absolute_error(RESIDUALS, ZERO)[0], abs(RESIDUALS))
    np.testing.assert_allclose(
        huber(RESIDUALS, ZERO, delta=delta)[0], [by_cases(r) for r in RESIDUALS], rtol=1e-14
    )


@pytest.mark.equation("eq-empirical-risk")
@pytest.mark.parametrize("loss", [squared_error, absolute_error, huber])
def test_the_risk_is_the_mean_of_the_losses_of_the_residuals(loss):
    value, _ = risk(models.linear, loss, X, Y)([0.4, 1.1])
    losses = [loss([0.4 + 1.1 * x - y], [0.0])[0][0] for (x,), y in zip(X, Y)]
    assert value == pytest.approx(sum(losses) / 24, rel=1e-13)


@pytest.mark.equation("eq-influence")
@pytest.mark.parametrize("loss", [squared_error, absolute_error, huber])
def test_the_pull_is_the_derivative_of_the_loss(loss):
    away_from_kinks = RESIDUALS + 0.013
    step = 1e-5
    numeric = (loss(away_from_kinks + step, ZERO)[0] - loss(away_from_kinks - step, ZERO)[0]) / (
        2 * step
    )
    printed = {
        squared_error: 2 * away_from_kinks,
        absolute_error: np.sign(away_from_kinks),
        huber: np.maximum(-1.0, np.minimum(away_from_kinks, 1.0)),
    }[loss]
    np.testing.assert_allclose(printed, numeric, atol=1e-9)
    np.testing.assert_array_equal(loss(away_from_kinks, ZERO)[1], printed)


@pytest.mark.equation("eq-mean-squared-error")
def test_the_mean_squared_error_divides_by_n():
    value, _ = risk(models.linear, squared_error, X, Y)([0.4, 1.1])
    assert value == pytest.approx(np.sum((0.4 + 1.1 * X[:, 0] - Y) ** 2) / 24, rel=1e-14)


@pytest.mark.equation("eq-mean-squared-error-gradient")
def test_the_gradient_of_the_mean_squared_error_has_the_factor_two():
    _, gradient = risk(models.linear, squared_error, X, Y)([0.4, 1.1])
    r = 0.4 + 1.1 * X[:, 0] - Y
    printed = [2 / 24 * r.sum(), 2 / 24 * (X[:, 0] * r).sum()]
    np.testing.assert_allclose(gradient, printed, rtol=1e-13)
    without_the_two = np.array(printed) / 2
    assert not np.allclose(gradient, without_the_two)


@pytest.mark.equation("eq-gradient-descent")
def test_descent_steps_against_the_gradient():
    objective = risk(models.linear, squared_error, X, Y)
    path = minimize(objective, [2.0, 3.0], GradientDescent(0.1), max_steps=20).path
    for here, there in itertools.pairwise(path):
        np.testing.assert_array_equal(there, here - 0.1 * objective(here)[1])


@pytest.mark.equation("eq-hessian")
def test_the_hessian_is_the_difference_of_gradients():
    objective = risk(models.linear, squared_error, X, Y)
    theta = np.array([0.4, 1.1])
    columns = [objective(theta + e)[1] - objective(theta)[1] for e in np.eye(2)]
    np.testing.assert_allclose(2 / 24 * A.T @ A, np.transpose(columns), rtol=1e-12)


@pytest.mark.equation("eq-largest-rate")
@pytest.mark.parametrize(("share", "falls"), [(0.99, True), (1.01, False)])
def test_descent_converges_below_two_over_the_largest_curvature_and_diverges_above(share, falls):
    objective = risk(models.linear, squared_error, X, Y)
    threshold = 2 / np.linalg.eigvalsh(2 / 24 * A.T @ A)[-1]
    best = np.linalg.lstsq(A, Y, rcond=None)[0]
    run = minimize(objective, [2.0, 3.0], GradientDescent(share * threshold), max_steps=3000)
    if falls:
        np.testing.assert_allclose(run.parameters, best, rtol=1e-6)
    else:
        assert run.values[-1] > 1e6 * run.values[0]


@pytest.mark.equation("eq-normal-equations")
def test_the_gradient_is_zero_at_the_solution_of_the_normal_equations():
    theta = np.linalg.solve(A.T @ A, A.T @ Y)
    value, gradient = mean(squared_error, A @ theta, Y)
    np.testing.assert_allclose(A.T @ gradient, 0, atol=1e-12 * value)


@pytest.mark.equation("eq-optimism")
def test_the_fitted_risk_is_as_far_below_the_noise_as_that_of_new_targets_is_above_it():
    # Exact, for the projection H onto the p columns of A and noise e: the residuals are (I − H)e on
    # the fitted targets, and e' − He on targets with the new noise e'.
    H = A @ np.linalg.solve(A.T @ A, A.T)
    fitted = np.trace((np.eye(24) - H).T @ (np.eye(24) - H)) / 24
    again = np.trace(np.eye(24) + H.T @ H) / 24
    assert fitted == pytest.approx(1 - 2 / 24, rel=1e-12)
    assert again == pytest.approx(1 + 2 / 24, rel=1e-12)
    assert again - fitted == pytest.approx(2 * 2 / 24, rel=1e-12)


@pytest.mark.parametrize("seed", range(5))
def test_the_optimism_is_twice_what_the_fitted_risk_is_below_the_noise(seed):
    """Measured: 2,000 draws of the noise, with σ = 0.7."""
    noise, new = 0.7 * np.random.default_rng(seed).normal(size=(2, 24, 2000))
    fitted = A @ np.linalg.lstsq(A, noise, rcond=None)[0]
    gaps = ((new - fitted) ** 2).mean() - ((noise - fitted) ** 2).mean()
    assert gaps == pytest.approx(2 * 2 * 0.7**2 / 24, rel=0.2)
    below = 0.7**2 - ((noise - fitted) ** 2).mean()
    assert gaps > 1.4 * below, "the distance to the noise is only half of it"


@pytest.mark.equation("eq-standard-error")
def test_the_standard_error_of_the_slope():
    # Exact: the covariance of least squares is σ²(AᵀA)⁻¹.
    covariance = 0.7**2 * np.linalg.inv(A.T @ A)
    printed = 0.7 / (X.std() * np.sqrt(24))
    assert np.sqrt(covariance[1, 1]) == pytest.approx(printed, rel=1e-12)

"""The labeled equations of the page ``package_and_scikit_learn``."""

import numpy as np
import pytest

from lossbook import datasets, mean
from lossbook.losses import squared_error

CALLS = datasets.phone_calls()


X, Y = (CALLS.X - 1950) / 10, CALLS.y


A = np.column_stack([np.ones(len(X)), X])


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

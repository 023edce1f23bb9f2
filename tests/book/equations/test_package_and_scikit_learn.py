"""The labeled equations of the page ``package_and_scikit_learn``."""

import numpy as np
import pytest

from lossbook import datasets, mean
from lossbook.losses import squared_error
from tests.printed import Chance, printed

CALLS = datasets.phone_calls()
X, Y = (CALLS.X - 1950) / 10, CALLS.y
A = np.column_stack([np.ones(len(X)), X])


@pytest.mark.equation("eq-normal-equations")
def test_the_gradient_is_zero_at_the_solution_of_the_normal_equations():
    theta = np.linalg.lstsq(A, Y, rcond=None)[0]
    printed("eq-normal-equations").check(A=A, theta=theta, y=Y)
    value, gradient = mean(squared_error, A @ theta, Y)
    np.testing.assert_allclose(A.T @ gradient, 0, atol=1e-12 * value)


@pytest.mark.equation("eq-optimism")
def test_the_fitted_risk_is_as_far_below_the_noise_as_that_of_new_targets_is_above_it():
    # Exact, for the projection H onto the p columns of A and noise e: the residuals are (I − H)e on
    # the fitted targets, and e' − He on targets with the new noise e'.
    H = A @ np.linalg.solve(A.T @ A, A.T)
    fitted = 0.7**2 * np.trace((np.eye(24) - H).T @ (np.eye(24) - H)) / 24
    again = 0.7**2 * np.trace(np.eye(24) + H.T @ H) / 24
    printed("eq-optimism").check(
        E=Chance(((1.0, {}),)), L_fitted=fitted, L_again=again, sigma=0.7, p=2, N=24
    )


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
    error = np.sqrt(0.7**2 * np.linalg.inv(A.T @ A)[1, 1])
    printed("eq-standard-error").check(
        se=lambda _: error, hat_theta_1=None, sigma=0.7, s_x=X.std(), N=24
    )

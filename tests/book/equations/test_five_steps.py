"""The labeled equations of the page ``five_steps``."""

import functools

import numpy as np
import pytest

from lossbook import datasets, minimize, models, risk
from lossbook.losses import squared_error
from lossbook.optimizers import GradientDescent
from tests.printed import over, printed

CALLS = datasets.phone_calls()
X, Y = (CALLS.X - 1950) / 10, CALLS.y
A = np.column_stack([np.ones(len(X)), X])
X_ENDS = np.array([7.0, 9.0])


@pytest.mark.equation("eq-mean-squared-error")
def test_the_mean_squared_error_divides_by_n():
    objective = risk(models.linear, squared_error, X, Y)
    printed("eq-mean-squared-error").check(
        L=lambda _: objective([0.4, 1.1])[0],
        theta=None,
        theta_0=0.4,
        theta_1=1.1,
        N=24,
        x=X[:, 0],
        y=Y,
    )


@pytest.mark.equation("eq-mean-squared-error-gradient")
def test_the_gradient_of_the_mean_squared_error_has_the_factor_two():
    _, gradient = risk(models.linear, squared_error, X, Y)([0.4, 1.1])
    by = {"d_L_d_theta_0": gradient[0], "d_L_d_theta_1": gradient[1]}
    printed("eq-mean-squared-error-gradient").check(
        theta_0=0.4, theta_1=1.1, N=24, x=X[:, 0], y=Y, i=over(1, 24), **by
    )


@pytest.mark.equation("eq-gradient-descent")
def test_descent_steps_against_the_gradient():
    objective = risk(models.linear, squared_error, X, Y)
    path = minimize(objective, [2.0, 3.0], GradientDescent(0.1), max_steps=20).path
    for k in range(20):
        printed("eq-gradient-descent").check(
            k=k, theta=dict(enumerate(path)), eta=0.1, nabla_L=lambda t: objective(t)[1]
        )


@pytest.mark.equation("eq-hessian")
def test_the_hessian_is_the_difference_of_gradients():
    objective = risk(models.linear, squared_error, X, Y)
    theta = np.array([0.4, 1.1])
    columns = [objective(theta + e)[1] - objective(theta)[1] for e in np.eye(2)]
    printed("eq-hessian").check(0, H=np.transpose(columns), N=24, A=A)
    # The matrix is printed with dots: its first and last row are read, of two samples.
    page = printed("eq-hessian")
    page.check(1, A=np.column_stack([[1, 0, 1], [7.0, 0, 9.0]]), x=X_ENDS, N=2, vdots=0)


@functools.cache
def nearer(rate, steps=1000):
    """Tell whether many steps take both parts of the error nearer to zero."""
    H = 2 / 24 * A.T @ A
    error = np.linalg.eigh(H)[1] @ [1.0, 1.0]
    for _ in range(steps):
        error = error - rate * (H @ error)
    parts = np.abs(np.linalg.eigh(H)[1].T @ error)
    return bool((parts < 1 - 1e-9).all())


@pytest.mark.equation("eq-largest-rate")
@pytest.mark.parametrize("share", [-0.01, 0, 0.01, 0.99, 1, 1.01])
def test_descent_converges_at_exactly_the_rates_between_the_two_ends(share):
    largest = np.linalg.eigvalsh(2 / 24 * A.T @ A)[-1]
    rate = share * 2 / largest
    assert nearer(rate) == (0 < share < 1)
    within = printed("eq-largest-rate").holds(rtol=1e-9, eta=rate, lam_max=largest)
    assert within == (0 < share < 1)


@pytest.mark.equation("eq-largest-rate")
@pytest.mark.parametrize(("share", "falls"), [(0.99, True), (1.01, False)])
def test_descent_converges_below_two_over_the_largest_curvature_and_diverges_above(share, falls):
    objective = risk(models.linear, squared_error, X, Y)
    largest = np.linalg.eigvalsh(2 / 24 * A.T @ A)[-1]
    rate = share * 2 / largest
    assert printed("eq-largest-rate").holds(eta=rate, lam_max=largest) == falls
    best = np.linalg.lstsq(A, Y, rcond=None)[0]
    run = minimize(objective, [2.0, 3.0], GradientDescent(rate), max_steps=3000)
    if falls:
        np.testing.assert_allclose(run.parameters, best, rtol=1e-6)
    else:
        assert run.values[-1] > 1e6 * run.values[0]

"""The labeled equations of the page ``five_steps``."""

import itertools

import numpy as np
import pytest

from lossbook import datasets, minimize, models, risk
from lossbook.losses import squared_error
from lossbook.optimizers import GradientDescent

CALLS = datasets.phone_calls()


X, Y = (CALLS.X - 1950) / 10, CALLS.y


A = np.column_stack([np.ones(len(X)), X])


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

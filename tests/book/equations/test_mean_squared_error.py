"""The labeled equations of the page ``mean_squared_error``."""

import numpy as np
import pytest

from lossbook import datasets, minimize, models, risk
from lossbook.losses import (
    half_squared_error,
    squared_error,
)
from lossbook.optimizers import GradientDescent

ENGEL = datasets.engel()


X, Y = ENGEL.X / 1000, ENGEL.y / 1000


N = len(Y)


A = np.column_stack([np.ones(N), X])


THETA = np.array([0.7, -0.4])


MSE = risk(models.linear, squared_error, X, Y)


HALF = risk(models.linear, half_squared_error, X, Y)


def central(f, x, h=1e-5):
    """Return the derivatives of a function of a vector by central differences."""
    return np.array([(f(x + h * e) - f(x - h * e)) / (2 * h) for e in np.eye(len(x))])


@pytest.mark.equation("eq-mse-line-by-line")
def test_every_line_of_the_derivation_is_the_derivative():
    r = [THETA[0] + THETA[1] * x - y for (x,), y in zip(X, Y)]
    numeric = central(lambda theta: np.mean([(theta @ a - y) ** 2 for a, y in zip(A, Y)]), THETA)
    for j in (0, 1):
        each = [central(lambda t, i=i: (t @ A[i] - Y[i]) ** 2, THETA)[j] for i in range(N)]
        chain = [2 * r[i] * central(lambda t, i=i: t @ A[i] - Y[i], THETA)[j] for i in range(N)]
        last = 2 / N * sum(r[i] * A[i, j] for i in range(N))
        for line in (sum(each) / N, sum(chain) / N, last, MSE(THETA)[1][j]):
            assert line == pytest.approx(numeric[j], rel=1e-8)


@pytest.mark.equation("eq-half-mean-squared-error")
def test_half_the_mean_squared_error_has_a_gradient_without_the_two():
    def printed(theta):
        return np.sum((A @ theta - Y) ** 2) / (2 * N)

    gradient = np.array([np.sum((A @ THETA - Y) * a) / N for a in A.T])
    np.testing.assert_allclose(gradient, central(printed, THETA), rtol=1e-8)
    assert HALF(THETA)[0] == pytest.approx(printed(THETA), rel=1e-13)
    np.testing.assert_allclose(HALF(THETA)[1], gradient, rtol=1e-12)
    assert not np.allclose(MSE(THETA)[1], gradient)


@pytest.mark.equation("eq-scaled-objective")
@pytest.mark.parametrize("c", [0.5, 3.0, N])
def test_scaling_the_objective_is_scaling_the_learning_rate(c):
    def scaled(theta):
        value, gradient = MSE(theta)
        return c * value, c * gradient

    settings = {"max_steps": 40, "gradient_tolerance": 0}
    one = minimize(scaled, THETA, GradientDescent(0.3 / c), **settings).path
    two = minimize(MSE, THETA, GradientDescent(0.3), **settings).path
    np.testing.assert_allclose(one, two, rtol=1e-12)
    unscaled = minimize(scaled, THETA, GradientDescent(0.1 / c), **settings).path
    assert not np.allclose(unscaled, two)


@pytest.mark.equation("eq-mse-expansion")
@pytest.mark.parametrize("columns", [2, 5])
def test_the_expansion_of_the_mean_squared_error_is_exact(columns):
    draw = np.random.default_rng(1)
    B, y = draw.normal(size=(30, columns)), draw.normal(size=30)
    theta, d = draw.normal(size=columns), 100 * draw.normal(size=columns)

    def mse(theta):
        return np.mean((B @ theta - y) ** 2)

    linear = (2 / 30 * (B.T @ (B @ theta - y))) @ d
    quadratic = np.sum((B @ d) ** 2) / 30
    assert mse(theta + d) == pytest.approx(mse(theta) + linear + quadratic, rel=1e-12)
    assert quadratic == pytest.approx(d @ (2 / 30 * B.T @ B) @ d / 2, rel=1e-12)


@pytest.mark.equation("eq-steepest-descent")
def test_no_direction_is_steeper_than_the_negative_gradient():
    gradient = MSE(THETA)[1]
    length = np.linalg.norm(gradient)
    u = np.random.default_rng(2).normal(size=(10_000, 2))
    u /= np.linalg.norm(u, axis=1, keepdims=True)
    measured = np.array([(MSE(THETA + 1e-6 * v)[0] - MSE(THETA - 1e-6 * v)[0]) / 2e-6 for v in u])
    assert (np.abs(measured) <= length + 1e-8).all()
    steepest = u[measured.argmin()]
    np.testing.assert_allclose(steepest, -gradient / length, atol=1e-3)
    assert measured.min() == pytest.approx(-length, rel=1e-6)

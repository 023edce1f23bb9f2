"""The labeled equations of the page ``mean_squared_error``."""

import numpy as np
import pytest

from lossbook import datasets, minimize, models, risk
from lossbook.losses import (
    half_squared_error,
    squared_error,
)
from lossbook.optimizers import GradientDescent
from tests.printed import Given, printed

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
    a, y = A[:20], Y[:20]
    gradient = risk(models.linear, squared_error, X[:20], y)(THETA)[1]
    residuals = Given(lambda at: a @ at["theta"] - y)
    for j in (1, 2):
        printed("eq-mse-line-by-line").check(
            d_L_d_theta=gradient, theta=THETA, r=residuals, a=a, N=20, j=j, rtol=1e-9
        )


@pytest.mark.equation("eq-half-mean-squared-error")
def test_half_the_mean_squared_error_has_a_gradient_without_the_two():
    value, gradient = HALF(THETA)
    names = {"N": N, "r": A @ THETA - Y, "a": A, "L_1/2": lambda _: value, "theta": THETA}
    numeric = central(lambda theta: HALF(theta)[0], THETA)
    for j in (1, 2):
        page = printed("eq-half-mean-squared-error")
        page.check(j=j, **names, **{"d_L_1/2_d_theta": gradient})
        page.check(1, j=j, rtol=1e-8, **names, **{"d_L_1/2_d_theta": numeric})
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
    names = {"theta": THETA, "eta": 0.3 / c, "c": c, "nabla_L": lambda t: MSE(t)[1]}
    page = printed("eq-scaled-objective")
    page.check(nabla_cL=lambda t: scaled(t)[1], **names)
    np.testing.assert_allclose(page.right(**names), two[1], rtol=1e-12)
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

    # The mean squared error is quadratic: central differences of any width are exact.
    gradient = central(mse, theta, h=1.0)
    hessian = np.array(
        [central(lambda t, j=j: central(mse, t, h=1.0)[j], theta, h=1.0) for j in range(columns)]
    )
    names = {"N": 30, "A": B, "y": y, "theta": theta, "d": d, "H": hessian}
    printed("eq-mse-expansion").check(L=mse, nabla_L=lambda _: gradient, rtol=1e-9, **names)


@pytest.mark.equation("eq-steepest-descent")
def test_no_direction_is_steeper_than_the_negative_gradient():
    gradient, page = MSE(THETA)[1], printed("eq-steepest-descent")
    length = np.linalg.norm(gradient)
    angles = np.arctan2(*gradient[::-1]) + np.linspace(0, 2 * np.pi, 361)
    for u in np.column_stack([np.cos(angles), np.sin(angles)]):
        page.check(nabla_L=gradient, u=u, rtol=1e-12)
        slope = (MSE(THETA + 1e-4 * u)[0] - MSE(THETA - 1e-4 * u)[0]) / 2e-4
        assert page.sides(0, nabla_L=gradient, u=u)[1] == pytest.approx(slope, abs=1e-8)
    # Both ends are met, up the gradient and down.
    for side, met in ((1, 2), (-1, 0)):
        sides = page.sides(0, nabla_L=gradient, u=side * gradient / length)
        assert sides[1] == pytest.approx(sides[met], rel=1e-12)
        assert page.orders(0, sides, rtol=1e-12)

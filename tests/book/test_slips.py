"""The slips of the article that the course grew out of, each shown by a test.

The article's experiment, with a seed: 100 points, x uniform on [0, 1), y = 2x + 1 + N(0, 1).
"""

import numpy as np
import pytest
from sklearn.linear_model import LinearRegression

from lossbook import minimize, models, risk
from lossbook.losses import half_squared_error, squared_error
from lossbook.optimizers import GradientDescent
from lossbook.surfaces import himmelblau

N = 100


def experiment(seed, n=N):
    draw = np.random.default_rng(seed)
    X = draw.uniform(size=(n, 1))
    return X, 1 + 2 * X[:, 0] + draw.normal(size=n)


X, Y = experiment(0)
A = np.column_stack([np.ones(N), X])
THETA = np.array([0.3, -0.8])
MSE = risk(models.linear, squared_error, X, Y)


def without_the_two(theta):
    """Return the gradient as the article prints it."""
    return np.array([np.sum(A @ theta - Y) / N, np.sum(X[:, 0] * (A @ theta - Y)) / N])


def differences(objective, theta):
    steps = 1e-6 * np.eye(2)
    return [(objective(theta + e)[0] - objective(theta - e)[0]) / 2e-6 for e in steps]


@pytest.mark.slip("mean-called-a-sum")
def test_the_formula_called_a_sum_does_not_grow_when_every_point_is_taken_twice():
    def printed(X, Y):
        return np.sum((np.column_stack([np.ones(len(X)), X]) @ THETA - Y) ** 2) / len(Y)

    once, twice = printed(X, Y), printed(np.tile(X, (2, 1)), np.tile(Y, 2))
    assert twice == pytest.approx(once, rel=1e-13)
    assert once == pytest.approx(MSE(THETA)[0], rel=1e-13)
    assert np.sum((A @ THETA - Y) ** 2) == pytest.approx(N * once, rel=1e-13)


@pytest.mark.slip("missing-factor-two")
def test_the_gradient_without_the_two_belongs_to_half_the_loss():
    half = risk(models.linear, half_squared_error, X, Y)
    np.testing.assert_allclose(without_the_two(THETA), differences(half, THETA), rtol=1e-8)
    np.testing.assert_allclose(2 * without_the_two(THETA), differences(MSE, THETA), rtol=1e-8)


@pytest.mark.slip("missing-factor-two-halves-the-rate")
def test_descent_without_the_two_is_descent_at_half_the_learning_rate():
    theta, path = THETA, [THETA]
    for _ in range(50):
        theta = theta - 0.4 * without_the_two(theta)
        path.append(theta)
    settings = {"max_steps": 50, "gradient_tolerance": 0}
    halved = minimize(MSE, THETA, GradientDescent(0.2), **settings).path
    np.testing.assert_allclose(path, halved, rtol=1e-12)
    full = minimize(MSE, THETA, GradientDescent(0.4), **settings).path
    assert np.abs(full[1] - halved[1]).max() > 0.1


@pytest.mark.slip("one-after-the-other")
def test_the_second_update_with_the_new_intercept_is_another_step():
    rate = 0.4
    intercept = THETA[0] - rate * MSE(THETA)[1][0]
    slope = THETA[1] - rate * MSE(np.array([intercept, THETA[1]]))[1][1]
    together = minimize(MSE, THETA, GradientDescent(rate), max_steps=1).path[1]
    assert intercept == together[0]
    # The other slope is off by the rate times the mixed second derivative times the first move.
    off = -rate * 2 * X.mean() * (intercept - THETA[0])
    assert slope - together[1] == pytest.approx(off, rel=1e-12)
    assert abs(off) > 0.1


@pytest.mark.slip("local-optima")
def test_the_convex_example_has_one_end_from_every_start():
    assert np.linalg.eigvalsh(2 / N * A.T @ A).min() > 0
    starts = np.random.default_rng(1).normal(scale=100, size=(20, 2))
    ends = [minimize(MSE, s, GradientDescent(0.5), max_steps=5000).parameters for s in starts]
    np.testing.assert_allclose(ends, [ends[0]] * 20, rtol=1e-8)
    # Where the loss is not convex, the start does decide.
    starts = np.random.default_rng(1).uniform(-4, 4, size=(20, 2))
    ends = [minimize(himmelblau, s, GradientDescent(0.005)).parameters for s in starts]
    assert len({tuple(end.round(3)) for end in ends}) == 4


@pytest.mark.slip("no-seed")
def test_without_its_seed_the_slope_is_not_determined_to_one_digit():
    def slope(seed):
        X, y = experiment(seed)
        return np.polyfit(X[:, 0], y, 1)[0]

    slopes = [slope(seed) for seed in range(200)]
    assert min(slopes) < 1.5
    assert max(slopes) > 2.5
    assert [slope(seed) for seed in range(200)] == slopes


@pytest.mark.slip("closed-form")
def test_the_fit_of_the_library_solves_the_equations_and_takes_no_steps():
    fit = LinearRegression().fit(X, Y)
    found = np.array([fit.intercept_, *fit.coef_])
    np.testing.assert_allclose(A.T @ A @ found, A.T @ Y, rtol=1e-12)
    assert not {"learning_rate", "max_iter", "eta0"} & set(fit.get_params())
    few = minimize(MSE, [0.0, 0.0], GradientDescent(0.5), max_steps=10).parameters
    assert np.abs(few - found).max() > 0.1
    settings = {"max_steps": 5000, "gradient_tolerance": 1e-13}
    many = minimize(MSE, [0.0, 0.0], GradientDescent(0.5), **settings).parameters
    np.testing.assert_allclose(many, found, rtol=1e-10)


@pytest.mark.slip("training-data-called-new")
def test_the_error_on_the_points_of_the_fit_is_below_that_on_new_ones():
    fitted, new = [], []
    for seed in range(300):
        X, y = experiment(seed, n=10)
        fresh, targets = experiment(10_000 + seed, n=300)
        line = LinearRegression().fit(X, y)
        fitted.append(np.mean((line.predict(X) - y) ** 2))
        new.append(np.mean((line.predict(fresh) - targets) ** 2))
    # With noise of variance 1 and ten points the first is 1 − 2/10 on average; the second, over 1.
    error = np.std(fitted) / np.sqrt(300)
    assert abs(np.mean(fitted) - 0.8) < 4 * error
    assert np.mean(new) > 1.15

"""The labeled equations of the chapters on derivation, and of the line by hand.

The package, finite differences or symbols stand on one side, the formula as printed on the other.
"""

import numpy as np
import pytest
import sympy
from scipy import stats

from lossbook import datasets, minimize, models, risk
from lossbook.losses import (
    binary_cross_entropy,
    half_squared_error,
    poisson,
    softmax_cross_entropy,
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


def sigmoid(z):
    return 1 / (1 + np.exp(-np.asarray(z)))


def softmax(z):
    return np.exp(z) / np.exp(z).sum()


LOGITS = np.linspace(-6, 6, 49)


@pytest.mark.equation("eq-ce-sigmoid-derivative")
def test_the_slope_of_the_sigmoid_is_p_times_one_minus_p():
    z = sympy.symbols("z", real=True)
    p = 1 / (1 + sympy.exp(-z))
    assert sympy.simplify(sympy.diff(p, z) - p * (1 - p)) == 0
    assert sympy.simplify(sympy.diff(p, z) - sympy.exp(-z) / (1 + sympy.exp(-z)) ** 2) == 0


@pytest.mark.equation("eq-ce-binary-gradient")
def test_binary_cross_entropy_has_the_gradient_p_minus_y():
    z, q, label = sympy.symbols("z q y", real=True)
    loss = -label * sympy.log(q) - (1 - label) * sympy.log(1 - q)
    assert sympy.simplify(sympy.diff(loss, q) - (q - label) / (q * (1 - q))) == 0
    p = 1 / (1 + sympy.exp(-z))
    assert sympy.simplify(sympy.diff(loss.subs(q, p), z) - (p - label)) == 0
    for y in (0, 1):
        gradient = binary_cross_entropy(LOGITS, np.full(49, y))[1]
        np.testing.assert_allclose(gradient, sigmoid(LOGITS) - y, atol=1e-14)


@pytest.mark.equation("eq-ce-softmax-gradient")
def test_the_gradient_of_log_sum_exp_is_softmax():
    z = np.array([0.3, -1.2, 2.0, 0.4])
    log_sum_exp = central(lambda z: np.log(np.exp(z).sum()), z)
    np.testing.assert_allclose(softmax(z), log_sum_exp, atol=1e-9)
    for c in range(4):
        numeric = central(lambda z, c=c: -np.log(softmax(z)[c]), z)
        printed = softmax(z) - np.eye(4)[c]
        np.testing.assert_allclose(printed, numeric, atol=1e-9)
        np.testing.assert_allclose(softmax_cross_entropy([z], [c])[1][0], printed, atol=1e-14)


@pytest.mark.parametrize(
    ("log_partition", "distribution", "loss"),
    [
        (lambda z: z**2 / 2, lambda z: stats.norm(z), half_squared_error),
        (
            lambda z: np.log1p(np.exp(z)),
            lambda z: stats.bernoulli(sigmoid(z)),
            binary_cross_entropy,
        ),
        (np.exp, lambda z: stats.poisson(np.exp(z)), poisson),
    ],
    ids=["normal", "Bernoulli", "Poisson"],
)
@pytest.mark.equation("eq-ce-exponential-family")
def test_the_gradient_is_the_predicted_mean_minus_the_observation(
    log_partition, distribution, loss
):
    h = 1e-4
    for z in (-1.5, 0.0, 0.8):
        first = (log_partition(z + h) - log_partition(z - h)) / (2 * h)
        second = (log_partition(z + h) - 2 * log_partition(z) + log_partition(z - h)) / h**2
        assert distribution(z).mean() == pytest.approx(first, abs=1e-7)
        assert distribution(z).var() == pytest.approx(second, abs=1e-6)
        for y in (0, 1):
            assert loss([z], [y])[1][0] == pytest.approx(distribution(z).mean() - y, abs=1e-12)


@pytest.mark.equation("eq-ce-exponential-family")
@pytest.mark.parametrize("classes", [2, 3, 7])
def test_the_family_with_a_vector_of_parameters_holds_the_softmax(classes):
    """One number z holds the sigmoid alone; log-sum-exp of K numbers holds the classes."""
    z = np.random.default_rng(classes).normal(size=classes)

    def log_sum_exp(z):
        return np.log(np.exp(z).sum())

    labels = np.eye(classes)
    chances = np.exp(labels @ z - log_sum_exp(z))
    assert chances.sum() == pytest.approx(1, rel=1e-14)
    expected = chances @ labels
    spread = (labels - expected).T @ np.diag(chances) @ (labels - expected)
    np.testing.assert_allclose(central(log_sum_exp, z), expected, atol=1e-9)
    slopes = [
        central(lambda z, k=k: central(log_sum_exp, z, 1e-4)[k], z, 1e-4) for k in range(classes)
    ]
    np.testing.assert_allclose(slopes, spread, atol=1e-6)
    for c in range(classes):
        value, gradient = softmax_cross_entropy([z], [c])
        assert value[0] == pytest.approx(log_sum_exp(z) - labels[c] @ z, rel=1e-12)
        np.testing.assert_allclose(gradient[0], expected - labels[c], atol=1e-13)


@pytest.mark.equation("eq-ce-any-safe-rate")
@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.99])
def test_a_step_below_two_over_the_bound_gains_what_the_bracket_promises(share):
    labels = (Y - np.median(Y) > 0).astype(int)
    objective = risk(models.linear, binary_cross_entropy, X, labels)
    bound = np.linalg.eigvalsh(A.T @ A)[-1] / (4 * N)
    eta = share * 2 / bound
    thetas = np.random.default_rng(7).normal(size=(50, 2)) * 6
    for theta in [np.zeros(2), *thetas]:
        value, g = objective(theta)
        promised = eta * (1 - eta * bound / 2) * (g @ g)
        gained = value - objective(theta - eta * g)[0]
        assert gained >= promised * (1 - 1e-9) > 0
    # No better promise holds: half the squared error of this curvature gains exactly as much.
    height = bound / 2 * 3.0**2
    left = bound / 2 * (3.0 - eta * bound * 3.0) ** 2
    assert height - left == pytest.approx(
        eta * (1 - eta * bound / 2) * (bound * 3.0) ** 2, rel=1e-10
    )


@pytest.mark.equation("eq-ce-hessian")
def test_the_hessian_of_softmax_cross_entropy_is_a_variance():
    draw = np.random.default_rng(3)
    z = draw.normal(size=5)
    p = softmax(z)
    hessian = np.diag(p) - np.outer(p, p)
    columns = [
        central(lambda z, k=k: softmax_cross_entropy([z], [2])[1][0, k], z) for k in range(5)
    ]
    np.testing.assert_allclose(hessian, columns, atol=1e-9)
    for v in draw.normal(size=(20, 5)):
        variance = stats.rv_discrete(values=(np.arange(5), p)).expect(
            lambda k, v=v: (v[k] - p @ v) ** 2
        )
        assert v @ hessian @ v == pytest.approx(p @ v**2 - (p @ v) ** 2, rel=1e-10)
        assert v @ hessian @ v == pytest.approx(variance, rel=1e-10)
        assert variance >= 0
    np.testing.assert_allclose(hessian @ np.ones(5), 0, atol=1e-15)


@pytest.mark.equation("eq-ce-squared-sigmoid")
def test_the_squared_error_on_a_sigmoid_has_a_vanishing_gradient():
    z, label = sympy.symbols("z y", real=True)
    p = 1 / (1 + sympy.exp(-z))
    gradient = sympy.diff((p - label) ** 2, z)
    assert sympy.simplify(gradient - 2 * (p - label) * p * (1 - p)) == 0
    assert sympy.limit(gradient.subs(label, 1), z, -sympy.oo) == 0
    # What the text adds for the label 1: the curvature, and the strongest pull.
    curvature = sympy.diff(gradient.subs(label, 1), z)
    assert sympy.simplify(curvature + 2 * p * (1 - p) ** 2 * (1 - 3 * p)) == 0
    strongest = gradient.subs({label: 1, z: -sympy.log(2)})
    assert sympy.simplify(strongest + sympy.Rational(8, 27)) == 0


# Checking a gradient.

FORMULAS = {
    1: lambda f, x, h: (f(x + h) - f(x)) / h,
    2: lambda f, x, h: (f(x + h) - f(x - h)) / (2 * h),
    4: lambda f, x, h: (f(x - 2 * h) - 8 * f(x - h) + 8 * f(x + h) - f(x + 2 * h)) / (12 * h),
}


@pytest.mark.equation("eq-checking-differences")
def test_the_three_differences_leave_out_what_taylors_formula_says():
    x, h = sympy.symbols("x h")
    f = sympy.exp(2 * x) + sympy.sin(3 * x)
    left_out = {
        1: h / 2 * sympy.diff(f, x, 2),
        2: h**2 / 6 * sympy.diff(f, x, 3),
        4: -(h**4) / 30 * sympy.diff(f, x, 5),
    }
    for order, formula in FORMULAS.items():
        error = formula(lambda at: f.subs(x, at), x, h) - sympy.diff(f, x)
        series = sympy.series(error.subs(x, sympy.Rational(1, 3)), h, 0, order + 1).removeO()
        printed = left_out[order].subs(x, sympy.Rational(1, 3))
        assert sympy.simplify(series - printed) == 0


@pytest.mark.equation("eq-checking-total-error")
@pytest.mark.parametrize("order", FORMULAS)
def test_the_error_of_a_difference_is_a_power_of_the_step_plus_rounding_over_the_step(order):
    # At x = 0 all derivatives of the exponential are 1, and so is its value.
    constants = {1: 1 / 2, 2: 1 / 6, 4: 1 / 30}
    points = np.random.default_rng(4).uniform(0, 0.01, size=200)
    epsilon = np.finfo(float).eps

    def measured(h):
        return np.sqrt(
            np.mean([(FORMULAS[order](np.exp, x, h) / np.exp(x) - 1) ** 2 for x in points])
        )

    best = (epsilon / (order * constants[order])) ** (1 / (order + 1))
    for h in best * np.array([1e-4, 1e-2, 1e-1, 1e1, 1e2 if order < 4 else 20.0]):
        assert 0.1 < measured(h) / (constants[order] * h**order + epsilon / h) < 1.1


@pytest.mark.equation("eq-checking-best-step")
@pytest.mark.parametrize("order", [1, 2, 4])
def test_the_best_step_has_the_least_total_error(order):
    h, c, noise = sympy.symbols("h C n", positive=True)
    error = c * h**order + noise / h
    best = (noise / (order * c)) ** sympy.Rational(1, order + 1)
    assert sympy.simplify(sympy.diff(error, h).subs(h, best)) == 0
    assert sympy.simplify(sympy.diff(error, h, 2).subs(h, best)).is_positive
    assert sympy.simplify(error.subs(h, best) - (order + 1) * c * best**order) == 0
    # In proportion to ε^(q/(q + 1)).
    scaled = error.subs(h, best).subs(noise, 2 * noise) / error.subs(h, best)
    assert sympy.simplify(scaled - 2 ** sympy.Rational(order, order + 1)) == 0


@pytest.mark.equation("eq-checking-random-direction")
@pytest.mark.parametrize("p", [2, 7, 50])
def test_a_random_direction_sees_the_length_of_an_error_over_root_p(p):
    draw = np.random.default_rng(5)
    delta = draw.normal(size=p) * np.arange(1, p + 1)
    u = draw.normal(size=(200_000, p))
    u /= np.linalg.norm(u, axis=1, keepdims=True)
    # The standard error of this mean is below 0.4 %.
    assert np.mean((u @ delta) ** 2) == pytest.approx(delta @ delta / p, rel=0.015)

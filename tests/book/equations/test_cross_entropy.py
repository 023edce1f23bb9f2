"""The labeled equations of the page ``cross_entropy``."""

import numpy as np
import pytest
import sympy
from scipy import stats

from lossbook import datasets, models, risk
from lossbook.losses import (
    binary_cross_entropy,
    half_squared_error,
    poisson,
    softmax_cross_entropy,
)

ENGEL = datasets.engel()


X, Y = ENGEL.X / 1000, ENGEL.y / 1000


N = len(Y)


A = np.column_stack([np.ones(N), X])


def central(f, x, h=1e-5):
    """Return the derivatives of a function of a vector by central differences."""
    return np.array([(f(x + h * e) - f(x - h * e)) / (2 * h) for e in np.eye(len(x))])


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

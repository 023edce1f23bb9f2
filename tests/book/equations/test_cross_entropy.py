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
from tests.printed import Chance, Given, over, printed

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
    for z in (-5.0, -0.4, 0.0, 1.7):
        printed("eq-ce-sigmoid-derivative").check(
            z=z, p=Given(lambda at: sigmoid(at["z"])), rtol=1e-9
        )


@pytest.mark.equation("eq-ce-binary-gradient")
def test_binary_cross_entropy_has_the_gradient_p_minus_y():
    page = printed("eq-ce-binary-gradient")
    loss = Given(
        lambda at: (
            stats.bernoulli.logpmf(1, at["p"]) * -at["y"]
            - (1 - at["y"]) * stats.bernoulli.logpmf(0, at["p"])
        )
    )
    for z in (-1.3, -0.4, 0.2, 2.0):
        for y in (0, 1, 0.3):
            page.check(0, p=float(sigmoid(z)), y=y, ell=loss, rtol=1e-8)
            page.check(1, p=Given(lambda at: sigmoid(at["z"])), z=z, y=y, ell=loss, rtol=1e-8)
            gradient = binary_cross_entropy([z], [y])[1][0] if y in (0, 1) else sigmoid(z) - y
            assert page.right(1, p=sigmoid(z), y=y) == pytest.approx(gradient, rel=1e-12)


@pytest.mark.equation("eq-ce-softmax-gradient")
def test_the_gradient_of_log_sum_exp_is_softmax():
    z = np.array([0.3, -1.2, 2.0, 0.4])
    for c in range(1, 5):
        (value,), (gradient,) = softmax_cross_entropy([z], [c - 1])
        for k in range(1, 5):
            names = {
                "z": z,
                "c": c,
                "k": k,
                "j": over(1, 4),
                "p": softmax(z),
                "y": np.eye(4)[c - 1],
            }
            page = printed("eq-ce-softmax-gradient")
            page.check(0, ell=value, **names)
            page.check(1, rtol=1e-8, **names)
            page.check(2, d_ell_d_z=gradient, atol=1e-15, **names)


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
        mean, spread = distribution(z).mean(), distribution(z).std()
        # Two outcomes with the mean and the variance of the distribution.
        chances = Chance(((0.5, {"y": mean - spread}), (0.5, {"y": mean + spread})))
        for y in (0, 1):
            names = {"z": z, "y": y, "E": chances, "nabla_psi": lambda _, v=first: v}
            names["nabla_ell"] = lambda z, y=y: loss([z], [y])[1][0]
            curvature = (names["nabla_ell"](z + h) - names["nabla_ell"](z - h)) / (2 * h)
            names |= {"nabla_2_ell": lambda _, v=curvature: v, "nabla_2_psi": lambda _, v=second: v}
            page = printed("eq-ce-exponential-family")
            page.check(0, atol=1e-7, **names)
            values = [np.squeeze(v) for v in page.sides(1, **names)]
            np.testing.assert_allclose(values, values[-1], atol=1e-6)


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
    outcomes = Chance(tuple((w, {"y": label}) for w, label in zip(chances, labels)))
    for c in range(classes):
        value, gradient = softmax_cross_entropy([z], [c])
        assert value[0] == pytest.approx(log_sum_exp(z) - labels[c] @ z, rel=1e-12)
        bends = central(lambda z, c=c: softmax_cross_entropy([z], [c])[1][0], z)
        names = {"z": z, "y": labels[c], "E": outcomes, "nabla_ell": lambda _, g=gradient[0]: g}
        names |= {"nabla_psi": lambda _: expected, "nabla_2_psi": lambda _: spread}
        page = printed("eq-ce-exponential-family")
        page.check(nabla_2_ell=lambda _, h=bends: h, atol=1e-8, **names)


@pytest.mark.equation("eq-ce-any-safe-rate")
@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.99])
def test_a_step_below_two_over_the_bound_gains_what_the_bracket_promises(share):
    labels = (Y - np.median(Y) > 0).astype(int)
    objective = risk(models.linear, binary_cross_entropy, X, labels)
    bound = np.linalg.eigvalsh(A.T @ A)[-1] / (4 * N)
    page, eta = printed("eq-ce-any-safe-rate"), share * 2 / bound
    thetas = np.random.default_rng(7).normal(size=(50, 2)) * 6
    for theta in [np.zeros(2), *thetas]:
        value, g = objective(theta)
        names = {"f": lambda t: objective(t)[0], "theta": theta, "eta": eta, "g": g, "lam": bound}
        assert page.holds(rtol=1e-9, **names)
        assert page.right(**names) < value
    # No better promise holds: half the squared error of this curvature gains exactly as much.
    parabola = {"f": lambda t: bound / 2 * float(t @ t), "theta": np.array([3.0]), "lam": bound}
    sides = page.sides(eta=eta, g=np.array([3.0 * bound]), **parabola)
    assert sides[0] == pytest.approx(sides[1], rel=1e-9)
    assert page.orders(0, sides, rtol=1e-9)


@pytest.mark.equation("eq-ce-hessian")
def test_the_hessian_of_softmax_cross_entropy_is_a_variance():
    draw, page = np.random.default_rng(3), printed("eq-ce-hessian")
    z = draw.normal(size=5)
    p = softmax(z)
    hessian = np.array(
        [central(lambda z, k=k: softmax_cross_entropy([z], [2])[1][0, k], z) for k in range(5)]
    )
    names = {"p": p, "nabla_2_ell": hessian, "k": over(1, 5)}
    for v in draw.normal(size=(20, 5)):
        page.check(v=v, rtol=1e-7, **names)
        variance = stats.rv_discrete(values=(np.arange(5), p)).expect(
            lambda k, v=v: (v[k] - p @ v) ** 2
        )
        assert page.sides(v=v, **names)[2] == pytest.approx(variance, rel=1e-10)
    # A vector of equal entries has no variance: the bound 0 is met.
    page.check(v=np.ones(5), atol=1e-9, **names)


@pytest.mark.equation("eq-ce-squared-sigmoid")
def test_the_squared_error_on_a_sigmoid_has_a_vanishing_gradient():
    for at, y in ((-2.0, 1), (0.3, 0), (1.1, 1)):
        given = Given(lambda scope: sigmoid(scope["z"]))
        printed("eq-ce-squared-sigmoid").check(z=at, y=y, p=given, rtol=1e-8)
    z = sympy.symbols("z", real=True)
    p = 1 / (1 + sympy.exp(-z))
    gradient = sympy.diff((p - 1) ** 2, z)
    assert sympy.limit(gradient, z, -sympy.oo) == 0
    # What the text adds for the label 1: the curvature, and the strongest pull.
    curvature = sympy.diff(gradient, z)
    assert sympy.simplify(curvature + 2 * p * (1 - p) ** 2 * (1 - 3 * p)) == 0
    strongest = gradient.subs({z: -sympy.log(2)})
    assert sympy.simplify(strongest + sympy.Rational(8, 27)) == 0

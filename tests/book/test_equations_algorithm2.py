"""The labeled equations of the pages on noise, momentum, adaptive rates, curves and rounding.

Exact enumeration, symbols, PyTorch or many digits stand on one side, the formula as printed on the
other.
"""

import itertools
from fractions import Fraction

import mpmath
import numpy as np
import pytest
import sympy
import torch

from lossbook import minibatch_risk, minimize, models, risk, schedules
from lossbook.losses import binary_cross_entropy, softmax_cross_entropy, squared_error
from lossbook.optimizers import AdaGrad, Adam, AdamW, GradientDescent, RMSProp
from lossbook.surfaces import quadratic

# Stochastic gradients. Seven samples are few enough to try every batch.

DRAW = np.random.default_rng(0)
X, Y = DRAW.normal(size=(7, 2)), DRAW.normal(size=7)
THETA = np.array([0.3, -1.0, 0.5])
EACH = np.array([risk(models.linear, squared_error, X[[i]], Y[[i]])(THETA)[1] for i in range(7)])
FULL = risk(models.linear, squared_error, X, Y)(THETA)[1]


def every_batch(size):
    return np.array(
        [EACH[list(rows)].mean(axis=0) for rows in itertools.combinations(range(7), size)]
    )


@pytest.mark.equation("eq-sgd-minibatch")
@pytest.mark.parametrize("size", [1, 2, 3, 6])
def test_the_mean_over_all_minibatches_is_the_full_gradient(size):
    np.testing.assert_allclose(every_batch(size).mean(axis=0), FULL, rtol=1e-12)
    # And the package's batches are means of single gradients.
    batch = minibatch_risk(models.linear, squared_error, X, Y, batch_size=size, seed=1)
    found = batch(THETA)[1]
    assert np.abs(every_batch(size) - found).max(axis=1).min() < 1e-12


@pytest.mark.equation("eq-sgd-batch-variance")
@pytest.mark.parametrize("size", [1, 2, 3, 6, 7])
def test_a_minibatch_is_off_by_the_spread_of_single_samples_over_its_size(size):
    measured = ((every_batch(size) - FULL) ** 2).sum(axis=1).mean()
    spread = ((EACH - FULL) ** 2).sum(axis=1).mean()
    assert measured == pytest.approx(spread / size * (7 - size) / (7 - 1), abs=1e-12)


def coin_tosses(rate, curvature, sigma, steps):
    """Return the exact variance after each step: noise ±σ, every sequence of signs tried."""
    errors, variances = np.array([0.0]), []
    for _ in range(steps):
        moved = (1 - rate * curvature) * errors
        errors = np.concatenate([moved - rate * sigma, moved + rate * sigma])
        variances.append(errors.var())
    return np.array(variances)


@pytest.mark.equation("eq-sgd-recursion")
def test_the_variance_of_the_error_follows_the_recursion():
    variances = coin_tosses(0.3, 2.0, 0.7, 12)
    printed = (1 - 0.3 * 2.0) ** 2 * variances[:-1] + 0.3**2 * 0.7**2
    np.testing.assert_allclose(variances[1:], printed, rtol=1e-12)


@pytest.mark.equation("eq-sgd-noise-floor")
@pytest.mark.parametrize(("rate", "curvature"), [(0.3, 2.0), (0.9, 2.0), (0.5, 1.5)])
def test_the_variance_settles_at_the_noise_floor(rate, curvature):
    floor = rate * 0.7**2 / (curvature * (2 - rate * curvature))
    variances = coin_tosses(rate, curvature, 0.7, 16)
    left = (1 - rate * curvature) ** 32  # the share of the start that is not yet forgotten
    assert variances[-1] == pytest.approx(floor * (1 - left), rel=1e-10)


@pytest.mark.equation("eq-sgd-risk-floor")
def test_the_risk_settles_above_its_minimum_by_the_floors_of_all_directions():
    curvatures, deviations = np.array([1.0, 3.0]), np.array([2.0, 0.5])
    bowl = quadratic(np.diag(curvatures))
    rng = np.random.default_rng(2)

    def excess(rate):
        points = np.zeros((2, 100_000))
        for _ in range(int(12 / rate)):
            noise = deviations[:, None] * rng.choice([-1, 1], size=points.shape)
            points = points - rate * (bowl(points)[1] + noise)
        return bowl(points)[0].mean()

    for rate in (0.4, 0.1):
        printed = (rate * deviations**2 / (2 * (2 - rate * curvatures))).sum()
        assert excess(rate) == pytest.approx(printed, rel=0.02)

    # The short form is the limit of small rates.
    def short_by_printed(rate):
        printed = (rate * deviations**2 / (2 * (2 - rate * curvatures))).sum()
        return rate / 4 * (deviations**2).sum() / printed

    assert short_by_printed(1e-2) == pytest.approx(1, rel=0.01)
    assert short_by_printed(1e-4) == pytest.approx(1, rel=1e-4)


@pytest.mark.equation("eq-sgd-running-mean")
def test_descent_with_one_over_k_is_the_running_mean():
    targets = iter(Y)
    decay = GradientDescent(schedules.inverse_time_decay(0.5, decay=1.0))
    path = minimize(
        lambda theta: (0.0, 2 * (theta - next(targets))), [9.0], decay, max_steps=6
    ).path[:, 0]
    np.testing.assert_allclose(path[1:], [Y[:k].mean() for k in range(1, 7)], rtol=1e-12)


def single_samples(power, steps, sigma=0.1, runs=400):
    """Run 400 descents on y = 3x + noise at once, each with one new sample a step, from θ = 10."""
    rng = np.random.default_rng(11)

    def one_sample_each(theta):
        x, noise = rng.uniform(0.5, 1.5, size=runs), sigma * rng.normal(size=runs)
        return 0.0, 2 * x * (x * theta - 3 * x - noise)

    shrinking = GradientDescent(lambda k: 0.4 / (k + 1) ** power)
    path = minimize(one_sample_each, np.full(runs, 10.0), shrinking, max_steps=steps).path
    return np.sqrt(((path - 3) ** 2).mean(axis=1))


@pytest.mark.equation("eq-sgd-robbins-monro")
@pytest.mark.parametrize("power", [0, 0.6, 0.75, 1, 1.5, 2])
def test_descent_on_samples_arrives_under_both_conditions_and_not_without_one(power):
    """The noise here grows with the distance, and has a bounded variance at the minimum."""
    k = sympy.symbols("k", positive=True, integer=True)
    exponent = sympy.Rational(str(power))
    sum_is_infinite = not sympy.Sum(k**-exponent, (k, 1, sympy.oo)).is_convergent()
    squares_are_finite = bool(sympy.Sum(k ** (-2 * exponent), (k, 1, sympy.oo)).is_convergent())
    far = single_samples(power, steps=4000)
    tenth, end = far[400], far[-1]
    if sum_is_infinite and squares_are_finite:
        assert end < 0.6 * tenth
        assert end < 0.02
        if power < 1:  # the noise that is left: σ√η, for a rate that shrinks slowly
            assert end == pytest.approx(0.1 * np.sqrt(0.4 / 4000**power), rel=0.15)
    elif sum_is_infinite:  # a constant rate: the noise stays
        assert end == pytest.approx(tenth, rel=0.2)
        assert end > 0.05
    else:  # the rates sum to a number: most of the way that is left then is left for good
        assert squares_are_finite
        assert end == pytest.approx(tenth, rel=0.1)
        assert end > 0.5


def test_the_exact_bias_and_variance_go_to_zero_under_both_conditions():
    def left_over(schedule, steps=20_000):
        bias, variance = 1.0, 0.0
        for k in range(steps):
            shrink = 1 - schedule(k)
            bias, variance = shrink * bias, shrink**2 * variance + schedule(k) ** 2
        return bias, variance

    assert max(left_over(lambda k: 1 / (k + 2))) < 1e-4
    # A finite sum leaves some of the way, a constant rate leaves noise.
    assert left_over(schedules.exponential_decay(0.5, factor=0.5))[0] > 0.1
    assert left_over(lambda k: 0.5)[1] > 0.1


# Momentum.


@pytest.mark.equation("eq-momentum-update")
def test_the_path_of_momentum_is_that_of_pytorch():
    A = np.array([[2.0, 0.5], [0.5, 1.0]])
    theta, v = np.array([1.0, -2.0]), np.zeros(2)
    theirs = torch.tensor(theta, requires_grad=True)
    descent = torch.optim.SGD([theirs], lr=0.1, momentum=0.8)
    ours = minimize(quadratic(A), theta, GradientDescent(0.1, momentum=0.8), max_steps=20).path
    for k in range(20):
        v = 0.8 * v + A @ theta
        theta = theta - 0.1 * v
        descent.zero_grad()
        (theirs @ torch.from_numpy(A) @ theirs / 2).backward()
        descent.step()
        np.testing.assert_allclose(theta, theirs.detach().numpy(), rtol=1e-12)
        np.testing.assert_allclose(theta, ours[k + 1], rtol=1e-12)


@pytest.mark.equation("eq-momentum-terminal")
def test_a_constant_gradient_adds_up_to_a_geometric_series():
    beta, v = Fraction(4, 5), Fraction(0)
    for k in range(1, 12):
        v = beta * v + 3
        assert v == 3 * sum(beta**j for j in range(k))
        assert 3 / (1 - beta) - v == 3 / (1 - beta) * beta**k


@pytest.mark.equation("eq-momentum-modes")
@pytest.mark.parametrize("product", [0.01, 0.3, 1.7, 3.0, 3.55])
def test_the_error_along_an_eigenvector_is_a_sum_of_powers_of_the_roots(product):
    beta = 0.8
    sigma = np.roots([1, -(1 + beta - product), beta])
    path = minimize(
        quadratic([[1.0]]), [1.0], GradientDescent(product, momentum=beta), max_steps=30,
        gradient_tolerance=0,
    ).path[:, 0]  # fmt: skip
    # The first two errors fix the weights of the two powers; all others follow.
    weights = np.linalg.solve([[1, 1], sigma], path[:2].astype(complex))
    powers = sigma[None, :] ** np.arange(31)[:, None]
    np.testing.assert_allclose(path, (powers @ weights).real, atol=1e-11)
    np.testing.assert_allclose(np.prod(sigma), beta, rtol=1e-12)
    if (1 + beta - product) ** 2 < 4 * beta:
        np.testing.assert_allclose(abs(sigma), np.sqrt(beta), rtol=1e-12)


def slowest(eta, beta, mu, L):
    a = 1 + beta - eta * np.linspace(mu, L, 200)
    return max(abs(np.roots([1, -b, beta])).max() for b in a)


@pytest.mark.equation("eq-momentum-best")
@pytest.mark.parametrize(("mu", "L"), [(1.0, 9.0), (0.2, 30.0)])
def test_no_other_rate_and_momentum_are_faster_on_all_curvatures(mu, L):
    eta = 4 / (np.sqrt(L) + np.sqrt(mu)) ** 2
    root = np.sqrt(L / mu)
    rho = (root - 1) / (root + 1)
    # A double root is known to half the digits.
    assert slowest(eta, rho**2, mu, L) == pytest.approx(rho, abs=1e-6)
    for rate, momentum in itertools.product((0.9, 0.99, 1, 1.01, 1.1), repeat=2):
        if (rate, momentum) != (1, 1):
            assert slowest(rate * eta, momentum * rho**2, mu, L) > rho + 1e-4


@pytest.mark.equation("eq-momentum-nesterov")
def test_looking_ahead_is_the_path_that_the_package_takes():
    A = np.array([[2.0, 0.5], [0.5, 1.0]])
    theta = ahead = np.array([1.0, -2.0])
    ours = minimize(
        quadratic(A), theta, GradientDescent(0.3, momentum=0.7, nesterov=True), max_steps=25
    ).path
    for k in range(1, 26):
        before, theta = theta, ahead - 0.3 * A @ ahead
        ahead = theta + 0.7 * (theta - before)
        np.testing.assert_allclose(ahead, ours[k], rtol=1e-10)


@pytest.mark.equation("eq-momentum-nesterov-rate")
@pytest.mark.parametrize("kappa", [4.0, 100.0])
def test_nesterov_shrinks_every_curvature_by_one_minus_one_over_root_kappa(kappa):
    beta = (np.sqrt(kappa) - 1) / (np.sqrt(kappa) + 1)

    def factor(curvature, beta):
        shrunk = 1 - curvature / kappa
        return abs(np.roots([1, -(1 + beta) * shrunk, beta * shrunk])).max()

    worst = max(factor(curvature, beta) for curvature in np.linspace(1, kappa, 300))
    assert worst == pytest.approx(1 - 1 / np.sqrt(kappa), abs=1e-6)
    for other in (0.97 * beta, 1.03 * beta):
        assert max(factor(c, other) for c in np.linspace(1, kappa, 300)) > worst + 1e-4


@pytest.mark.equation("eq-momentum-noise")
@pytest.mark.parametrize("beta", [0.0, 0.5, 0.9])
def test_momentum_settles_at_its_own_noise_floor(beta):
    """The covariance of two successive errors, iterated exactly to where it stands still."""
    rate, curvature, sigma2 = 0.2, 1.5, 0.6
    step = np.array([[1 + beta - rate * curvature, -beta], [1.0, 0.0]])
    noise = np.array([[rate**2 * sigma2, 0.0], [0.0, 0.0]])
    covariance = np.zeros((2, 2))
    for _ in range(2000):
        covariance = step @ covariance @ step.T + noise
    printed = (1 + beta) / (1 - beta) * rate * sigma2
    printed /= curvature * (2 * (1 + beta) - rate * curvature)
    assert covariance[0, 0] == pytest.approx(printed, rel=1e-10)
    small = 1e-5 / (1 - beta) * sigma2 / (2 * curvature)
    exact = (1 + beta) / (1 - beta) * 1e-5 * sigma2 / (2 * (1 + beta) - 1e-5 * curvature)
    assert exact / curvature == pytest.approx(small, rel=1e-4)


# A rate for each parameter: each rule as printed, against PyTorch's optimizer.

SLOPES = np.random.default_rng(3).normal(size=(40, 3)) * [1.0, 100.0, 0.01]


def torch_path(make):
    parameters = torch.tensor([1.0, -1.0, 0.5], dtype=torch.float64, requires_grad=True)
    optimizer, path = make([parameters]), []
    for slope in SLOPES:
        parameters.grad = torch.from_numpy(slope)
        optimizer.step()
        path.append(parameters.detach().numpy().copy())
    return np.array(path)


def printed_path(rule):
    theta, path = np.array([1.0, -1.0, 0.5]), []
    for slope in SLOPES:
        theta = rule(theta, slope)
        path.append(theta)
    return np.array(path)


@pytest.mark.equation("eq-adaptive-adagrad")
def test_adagrad_as_printed_takes_the_path_of_pytorch():
    s = np.zeros(3)

    def rule(theta, g):
        nonlocal s
        s = s + g**2
        return theta - 0.3 * g / (np.sqrt(s) + 1e-10)

    theirs = torch_path(lambda p: torch.optim.Adagrad(p, lr=0.3))
    np.testing.assert_allclose(printed_path(rule), theirs, rtol=1e-12)


@pytest.mark.equation("eq-adaptive-length")
def test_adagrad_comes_about_twice_the_rate_times_root_k_under_a_constant_gradient():
    optimizer, theta = AdaGrad(0.3), 0.0
    for k in range(1, 2001):
        theta = optimizer.step(theta, -7.0)
        assert theta == pytest.approx(sum(0.3 / np.sqrt(np.arange(1, k + 1))), rel=1e-8)
        assert 2 * 0.3 * (np.sqrt(k + 1) - 1) <= theta <= 2 * 0.3 * np.sqrt(k)


@pytest.mark.equation("eq-adaptive-rmsprop")
def test_rmsprop_as_printed_takes_the_path_of_pytorch():
    s = np.zeros(3)

    def rule(theta, g):
        nonlocal s
        s = 0.9 * s + 0.1 * g**2
        return theta - 0.3 * g / (np.sqrt(s) + 1e-8)

    theirs = torch_path(lambda p: torch.optim.RMSprop(p, lr=0.3, alpha=0.9))
    np.testing.assert_allclose(printed_path(rule), theirs, rtol=1e-12)


@pytest.mark.equation("eq-adaptive-hop")
@pytest.mark.parametrize("curvature", [1.0, 50.0])
def test_rmsprop_hops_for_ever_by_its_rate(curvature):
    hopping = RMSProp(0.01, decay=0.9, epsilon=1e-30)
    settings = {"max_steps": 3000, "gradient_tolerance": 0}
    path = minimize(quadratic([[curvature]]), [1.0], hopping, **settings).path[:, 0]
    signs = np.sign(path[-1]) * (-1.0) ** np.arange(50)
    np.testing.assert_allclose(path[:-51:-1], 0.005 * signs, rtol=1e-9)


def adam_rule(decay=0.0):
    m, v, k = np.zeros(3), np.zeros(3), 0

    def rule(theta, g):
        nonlocal m, v, k
        k += 1
        m = 0.8 * m + 0.2 * g
        v = 0.95 * v + 0.05 * g**2
        step = m / (1 - 0.8**k) / (np.sqrt(v / (1 - 0.95**k)) + 1e-8)
        return theta - 0.1 * (step + decay * theta)

    return rule


@pytest.mark.equation("eq-adaptive-adam")
def test_adam_as_printed_takes_the_path_of_pytorch():
    theirs = torch_path(lambda p: torch.optim.Adam(p, lr=0.1, betas=(0.8, 0.95)))
    np.testing.assert_allclose(printed_path(adam_rule()), theirs, rtol=1e-10)


@pytest.mark.equation("eq-adaptive-first-step")
@pytest.mark.parametrize("scale", [1e-6, 1.0, 1e6])
def test_the_first_step_of_adam_has_the_length_of_the_rate(scale):
    g = scale * np.array([3.0, -0.002, 500.0])
    settings = {"learning_rate": 0.1, "beta1": 0.7, "beta2": 0.99}
    moved = Adam(**settings).step(np.zeros(3), g)
    np.testing.assert_allclose(moved, -0.1 * g / (abs(g) + 1e-8), rtol=1e-12)


@pytest.mark.equation("eq-adaptive-adamw")
def test_adamw_as_printed_takes_the_path_of_pytorch_and_shrinks_alike():
    settings = {"lr": 0.1, "betas": (0.8, 0.95), "weight_decay": 0.3}
    theirs = torch_path(lambda p: torch.optim.AdamW(p, **settings))
    np.testing.assert_allclose(printed_path(adam_rule(decay=0.3)), theirs, rtol=1e-10)
    # Where there is no gradient, each step multiplies by 1 − ηλ.
    idle, theta = AdamW(0.1, weight_decay=0.3), np.array([5.0, -2.0])
    for _ in range(10):
        theta = idle.step(theta, np.zeros(2))
    np.testing.assert_allclose(theta, np.array([5.0, -2.0]) * (1 - 0.1 * 0.3) ** 10, rtol=1e-12)


# Reading a loss curve.


@pytest.mark.equation("eq-curve-start")
@pytest.mark.parametrize("classes", [2, 10, 1000])
def test_equal_probabilities_cost_the_logarithm_of_the_number_of_classes(classes):
    logits = np.full((classes, classes), 3.7)
    values, _ = softmax_cross_entropy(logits, np.arange(classes))
    np.testing.assert_allclose(values, np.log(classes), rtol=1e-13)


@pytest.mark.equation("eq-curve-slope")
@pytest.mark.parametrize("product", [0.3, 1.7, 2.1])
def test_the_gap_of_one_curvature_is_a_geometric_sequence(product):
    values = minimize(quadratic([[5.0]]), [2.0], GradientDescent(product / 5), max_steps=40).values
    printed = (1 - product) ** (2 * np.arange(len(values))) * values[0]
    np.testing.assert_allclose(values, printed, rtol=1e-11)


@pytest.mark.equation("eq-curve-flow")
def test_curves_at_small_rates_are_one_curve_at_two_speeds():
    A = np.array([[2.0, 0.5], [0.5, 1.0]])

    def curve(rate, steps):
        descent = GradientDescent(rate)
        return minimize(quadratic(A), [1.0, -2.0], descent, max_steps=steps).values

    def distance(rate):
        slow, fast = curve(rate, 40), curve(10 * rate, 4)
        return np.abs(slow[::10] - fast).max() / slow[0]

    assert distance(1e-3) < 1e-3
    # A tenth of the rate, a tenth of the way: the distance shrinks like both together.
    assert distance(1e-4) == pytest.approx(distance(1e-3) / 100, rel=0.3)
    assert distance(0.05) > 0.05  # at large rates it does not hold


@pytest.mark.equation("eq-curve-label-floor")
def test_no_probabilities_cost_less_than_the_floor_of_random_labels():
    s, classes = 0.3, 10
    floor = -(1 - s) * np.log(1 - s) - s * np.log(s / (classes - 1))
    shares = np.full(classes, s / (classes - 1))
    shares[0] = 1 - s
    rng = np.random.default_rng(4)

    def cost(logits):
        values, _ = softmax_cross_entropy(np.tile(logits, (classes, 1)), np.arange(classes))
        return shares @ values

    assert cost(np.log(shares)) == pytest.approx(floor, rel=1e-12)
    for other in np.log(shares) + rng.normal(size=(500, classes)):
        assert cost(other) > floor


# When numbers break. The oracle computes with 400 digits.


@pytest.fixture
def digits():
    with mpmath.workdps(400):
        yield mpmath.mpf


@pytest.mark.equation("eq-numbers-rounding")
def test_each_operation_is_off_by_at_most_half_a_unit_in_the_last_place():
    a, b = np.exp(np.random.default_rng(5).uniform(-50, 50, size=(2, 2000)))
    for x, y in zip(a, b):
        for rounded, exact in (
            (x + y, Fraction(x) + Fraction(y)),
            (x * y, Fraction(x) * Fraction(y)),
            (x / y, Fraction(x) / Fraction(y)),
        ):
            assert abs(Fraction(float(rounded)) / exact - 1) <= Fraction(1, 2**53)
    # The bound is reached, nearly: no smaller one holds.
    assert abs(Fraction(1.0) / (1 + Fraction(1, 2**53)) - 1) > Fraction(999, 1000 * 2**53)


# Below e^-708 doubles have fewer digits.
LOGITS = [*np.linspace(-700, 700, 141), 1e-9, -36.7, 36.8, 0.0]


@pytest.mark.equation("eq-numbers-softplus")
def test_the_two_sided_form_is_exact_where_the_plain_one_is_not(digits):
    for x in LOGITS:
        true = mpmath.log(1 + mpmath.exp(digits(x)))
        form = max(x, 0) + np.log1p(np.exp(-abs(x)))
        assert abs(form / true - 1) < 4e-16
        # Both sides of the equation, with all digits.
        parts = max(digits(x), 0) + mpmath.log(1 + mpmath.exp(-abs(digits(x))))
        assert abs(parts / true - 1) < digits(10) ** -60
        assert abs(binary_cross_entropy([x], [0])[0][0] / true - 1) < 4e-16
    with np.errstate(over="ignore"):
        assert np.log(1 + np.exp(-40.0)) == 0
        assert np.log(1 + np.exp(740.0)) == np.inf


@pytest.mark.equation("eq-numbers-sigmoid")
def test_the_gradient_is_exact_where_p_minus_y_is_zero(digits):
    for z, y in itertools.product(LOGITS, (0, 1)):
        sign = 1 - 2 * y
        x = sign * z
        true = 1 / (1 + mpmath.exp(-digits(z))) - y
        form = sign * np.exp(min(x, 0)) / (1 + np.exp(-abs(x)))
        assert abs(form / true - 1) < 6e-16
        assert abs(binary_cross_entropy([z], [y])[1][0] / true - 1) < 6e-16
    assert 1 / (1 + np.exp(-40.0)) - 1 == 0


@pytest.mark.equation("eq-numbers-log-sum-exp")
def test_taking_out_the_largest_exponent_changes_nothing_but_the_digits(digits):
    rng = np.random.default_rng(6)
    for shift in (0.0, 1000.0, -1000.0):
        z = rng.normal(size=6) * 5 + shift
        true = mpmath.log(sum(mpmath.exp(digits(v)) for v in z))
        m = z.max()
        form = m + np.log(np.exp(z - m).sum())
        assert abs(form - true) < 1e-15 * max(1, abs(m))
    with np.errstate(over="ignore"):
        assert np.log(np.exp(np.array([1000.0, 1000.0])).sum()) == np.inf


@pytest.mark.equation("eq-numbers-softmax-loss")
def test_subtracting_before_adding_keeps_the_digits(digits):
    z = np.array([1e4, 1e4 - 9.25, 1e4 - 11.5])
    for c in range(3):
        true = mpmath.log(sum(mpmath.exp(digits(v)) for v in z)) - digits(z[c])
        early = (z.max() - z[c]) + np.log(np.exp(z - z.max()).sum())
        assert abs(early / true - 1) < 1e-11
        assert abs(softmax_cross_entropy([z], [c])[0][0] / true - 1) < 4e-15
    late = z.max() + np.log(np.exp(z - z.max()).sum()) - z[0]
    true = mpmath.log(sum(mpmath.exp(digits(v)) for v in z)) - digits(z[0])
    assert abs(late / true - 1) > 1e-10


@pytest.mark.equation("eq-numbers-broadcast")
def test_a_column_against_a_row_forgets_who_belongs_to_whom():
    rng = np.random.default_rng(7)
    predictions, targets = rng.normal(size=9), 3 + 2 * rng.normal(size=9)
    stretched = ((predictions[:, None] - targets) ** 2).mean()
    gap = predictions.mean() - targets.mean()
    assert stretched == pytest.approx(predictions.var() + targets.var() + gap**2, rel=1e-12)
    shuffled = ((predictions[:, None] - rng.permutation(targets)) ** 2).mean()
    assert shuffled == pytest.approx(stretched, rel=1e-12)
    with pytest.raises(ValueError, match=r"\(9, 1\) but targets has shape \(9,\)"):
        squared_error(predictions[:, None], targets)

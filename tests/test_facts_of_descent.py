"""Facts about descent that have a proof: one test for each, κ = L/μ throughout.

μ and L are the smallest and largest eigenvalue of a quadratic's Hessian, or L is the smoothness
constant: the Lipschitz constant of the gradient.
"""

import mpmath
import numpy as np
import pytest

from lossbook import minimize, risk
from lossbook.losses import absolute_error, half_squared_error, huber, squared_error
from lossbook.models import linear
from lossbook.optimizers import Adam, GradientDescent
from lossbook.surfaces import quadratic, saddle

MU, L = 0.5, 8.0
KAPPA = L / MU
EIGENVALUES = np.array([MU, 1.0, 2.5, 6.0, L])
Q = np.linalg.qr(np.random.default_rng(0).normal(size=(5, 5)))[0]
ROTATED = quadratic(Q @ np.diag(EIGENVALUES) @ Q.T)
START = np.random.default_rng(1).normal(size=5)


def path(objective, start, optimizer, steps):
    history = minimize(objective, start, optimizer, max_steps=steps, gradient_tolerance=0)
    assert history.steps == steps, history.reason
    return history.path


def roots(a, b):
    """Return the two roots of σ² = aσ + b, to 60 digits: double roots lose half of them."""
    with mpmath.workdps(60):
        a, b = mpmath.mpf(a), mpmath.mpf(b)
        root = mpmath.sqrt(a * a / 4 + b)
        return [complex(a / 2 + root), complex(a / 2 - root)]


def radius(recurrences):
    """Return the spectral radius: the slowest mode of x ← a·x + b·(x before), over all (a, b)."""
    return max(abs(sigma) for a, b in recurrences for sigma in roots(a, b))


def least_squares_and_constant(seed=2):
    """An empirical risk with three parameters, and its smoothness constant λ_max(2XᵀX/n)."""
    draw = np.random.default_rng(seed)
    X = draw.normal(size=(30, 2)) * [1, 3]
    y = draw.normal(size=30)
    columns = np.column_stack([np.ones(30), X])
    return (
        risk(linear, squared_error, X, y),
        np.linalg.eigvalsh(2 * columns.T @ columns / 30)[-1],
        columns,
        y,
    )


def logistic_and_constant(seed=3):
    """The mean of log(1 + e^−yz) over 30 samples, y = ±1, and λ_max(XᵀX)/(4n)."""
    draw = np.random.default_rng(seed)
    X = np.column_stack([np.ones(30), draw.normal(size=(30, 2)) * [1, 3]])
    y = np.sign(draw.normal(size=30) + X[:, 1])

    def objective(parameters):
        margins = y * (X @ parameters)
        slopes = -y / (1 + np.exp(margins))
        return np.log1p(np.exp(-margins)).mean(), X.T @ slopes / 30

    return objective, np.linalg.eigvalsh(X.T @ X)[-1] / 120


def hessian(objective, point, step=1e-4):
    """By central differences of the gradient."""
    rows = [
        (objective(point + step * e)[1] - objective(point - step * e)[1]) / (2 * step)
        for e in np.eye(point.size)
    ]
    return np.array(rows)


# Gradient descent on quadratics.


def test_gradient_descent_on_a_quadratic_has_exact_iterates():
    """x_k = (1 − ηλ)^k x₀ along each eigenvector."""
    rate = 0.15
    along = path(ROTATED, START, GradientDescent(rate), 60) @ Q
    powers = (1 - rate * EIGENVALUES) ** np.arange(61)[:, None]
    np.testing.assert_allclose(along, powers * (START @ Q), rtol=0, atol=1e-13)


def test_gradient_descent_converges_if_and_only_if_the_rate_is_between_0_and_2_over_l():
    for share in (0.01, 0.5, 0.999):
        inside = minimize(ROTATED, START, GradientDescent(share * 2 / L), max_steps=40_000)
        assert inside.converged, share
    # From far out, where every step does the same, it is less far to the largest number.
    far, settings = 1e145 * START, {"max_steps": 20_000, "keep_path": False}
    beyond = minimize(ROTATED, far, GradientDescent(1.001 * 2 / L), **settings)
    assert beyond.reason.startswith("diverged")
    assert minimize(ROTATED, far, GradientDescent(0.999 * 2 / L), **settings).values[-1] < 1e300
    # At 2/L the steepest direction neither shrinks nor grows: it jumps from side to side.
    edge = path(ROTATED, START, GradientDescent(2 / L), 1000) @ Q
    np.testing.assert_allclose(edge[-1, -1], START @ Q[:, -1], rtol=1e-10)
    np.testing.assert_allclose(edge[-2, -1], -START @ Q[:, -1], rtol=1e-10)
    # At 0 nothing moves, below 0 everything grows: the optimizer takes neither.
    for rate in (0.0, -0.01):
        with pytest.raises(ValueError, match="learning_rate"):
            GradientDescent(rate)
        assert (np.abs(1 - rate * EIGENVALUES) >= 1).all()


def test_best_constant_rate_is_2_over_mu_plus_l_and_shrinks_by_kappa_minus_1_over_kappa_plus_1():
    best, factor = 2 / (MU + L), (KAPPA - 1) / (KAPPA + 1)
    # With parts along the flattest and the steepest direction only, each step has that very factor.
    lengths = np.linalg.norm(
        path(quadratic(np.diag([MU, L])), [1.0, 1.0], GradientDescent(best), 50), axis=1
    )
    np.testing.assert_allclose(lengths[1:] / lengths[:-1], factor, rtol=1e-12)

    def slowest(rate):
        return np.abs(1 - rate * EIGENVALUES).max()

    assert slowest(best) == pytest.approx(factor, rel=1e-15)
    others = np.linspace(0.001, 2 / L, 1000)
    assert all(slowest(rate) > factor for rate in others if abs(rate - best) > 1e-9)


# Momentum on quadratics: in each eigenvector x_{k+1} = a·x_k + b·x_{k−1}.


def assert_recurrence(points, a, b):
    np.testing.assert_allclose(points[2:], a * points[1:-1] + b * points[:-2], rtol=0, atol=1e-13)


def test_best_heavy_ball_has_spectral_radius_sqrt_kappa_minus_1_over_sqrt_kappa_plus_1():
    """The radius, not a fitted slope: that one is biased by the double root's k·ρ^k."""
    rate = 4 / (np.sqrt(L) + np.sqrt(MU)) ** 2
    momentum = ((np.sqrt(KAPPA) - 1) / (np.sqrt(KAPPA) + 1)) ** 2
    along = path(ROTATED, START, GradientDescent(rate, momentum=momentum), 60) @ Q
    assert_recurrence(along, 1 + momentum - rate * EIGENVALUES, -momentum)

    def slowest(rate, momentum):
        return radius([(1 + momentum - rate * e, -momentum) for e in EIGENVALUES])

    best = (np.sqrt(KAPPA) - 1) / (np.sqrt(KAPPA) + 1)
    # The settings are rounded to 1e-16, and a double root moves by the square root of that.
    assert slowest(rate, momentum) == pytest.approx(best, abs=1e-7)
    for factor in (0.9, 0.99, 1.01, 1.1):
        assert slowest(rate * factor, momentum) > best + 1e-4
        assert slowest(rate, momentum * factor) > best + 1e-4
    assert best < (KAPPA - 1) / (KAPPA + 1)


def test_complex_momentum_modes_have_modulus_sqrt_beta():
    rate, momentum = 0.1, 0.7
    points = path(quadratic(np.diag(EIGENVALUES)), START, GradientDescent(rate, momentum), 40)
    complex_modes = 0
    for x, eigenvalue in zip(points.T, EIGENVALUES):
        a = 1 + momentum - rate * eigenvalue
        assert_recurrence(x, a, -momentum)
        if a * a < 4 * momentum:
            complex_modes += 1
            moduli = np.abs(roots(a, -momentum))
            np.testing.assert_allclose(moduli, np.sqrt(momentum), rtol=1e-14)
            # Seen in the path itself: x_k² − x_{k−1}x_{k+1} is a constant times |σ|^2k, exactly.
            size = x[1:-1] ** 2 - x[:-2] * x[2:]
            assert (size > 0).all()
            np.testing.assert_allclose(np.sqrt(size[1:] / size[:-1]), np.sqrt(momentum), rtol=1e-8)
    assert complex_modes >= 3


def test_nesterov_at_1_over_l_has_rate_1_minus_1_over_sqrt_kappa():
    rate, momentum = 1 / L, (np.sqrt(KAPPA) - 1) / (np.sqrt(KAPPA) + 1)
    along = path(ROTATED, START, GradientDescent(rate, momentum, nesterov=True), 60) @ Q
    shrunk = 1 - rate * EIGENVALUES
    assert_recurrence(along, (1 + momentum) * shrunk, -momentum * shrunk)
    slowest = radius([((1 + momentum) * c, -momentum * c) for c in shrunk])
    assert slowest == pytest.approx(1 - 1 / np.sqrt(KAPPA), abs=1e-7)


# Bounds for convex functions.


def convex_functions():
    """Yield convex functions that are not strongly convex, L, a minimizer and its value."""
    flat = np.diag([0.0, 1e-4, 1e-2, 1.0])
    yield lambda x: (x @ flat @ x / 2, flat @ x), 1.0, np.zeros(4), 0.0
    A = np.random.default_rng(4).normal(size=(3, 4))
    constant = np.linalg.eigvalsh(A.T @ A)[-1]
    yield lambda x: (np.log(np.cosh(A @ x)).sum(), A.T @ np.tanh(A @ x)), constant, np.zeros(4), 0.0
    # Nesterov's chain, on which every method that follows gradients is slow for its first steps.
    n = 40
    chain = (2 * np.eye(n) - np.eye(n, k=1) - np.eye(n, k=-1)) / 4
    first = np.eye(n)[0] / 4
    best = np.linalg.solve(chain, first)
    value = best @ chain @ best / 2 - first @ best
    yield lambda x: (x @ chain @ x / 2 - first @ x, chain @ x - first), 1.0, best, value


@pytest.mark.parametrize("case", range(3))
def test_convex_descent_at_1_over_l_is_within_l_distance_squared_over_2k(case):
    """f_k − f* ≤ L‖x₀ − x*‖²/(2k)."""
    objective, constant, best, lowest = list(convex_functions())[case]
    start = best + np.random.default_rng(5).normal(size=best.size)
    history = minimize(objective, start, GradientDescent(1 / constant), gradient_tolerance=0)
    k = np.arange(1, history.steps + 1)
    assert history.steps == 1000
    bound = constant * np.sum((start - best) ** 2) / (2 * k)
    assert (history.values[1:] - lowest <= bound).all()


@pytest.mark.parametrize("case", range(3))
def test_accelerated_descent_is_within_2l_distance_squared_over_k_plus_1_squared(case):
    """f_k − f* ≤ 2L‖x₀ − x*‖²/(k + 1)², with the momentum (t_k − 1)/t_{k+1} of Nesterov (1983)."""
    objective, constant, best, lowest = list(convex_functions())[case]
    start = best + np.random.default_rng(6).normal(size=best.size)
    optimizer = GradientDescent(1 / constant)
    x, ahead, t = start, start, 1.0
    for k in range(1, 1001):
        before, x = x, optimizer.step(ahead, objective(ahead)[1])
        bound = 2 * constant * np.sum((start - best) ** 2) / (k + 1) ** 2
        assert objective(x)[0] - lowest <= bound + 1e-15, k
        t, t_before = (1 + np.sqrt(1 + 4 * t * t)) / 2, t
        ahead = x + (t_before - 1) / t * (x - before)


def test_descent_lemma():
    """f(x − g/L) ≤ f(x) − ‖g‖²/(2L), with equality on x²·L/2."""
    squares, squares_constant, *_ = least_squares_and_constant()
    logistic, logistic_constant = logistic_and_constant()
    draw = np.random.default_rng(7)
    for objective, constant in ((squares, squares_constant), (logistic, logistic_constant)):
        for point in 3 * draw.normal(size=(200, 3)):
            value, gradient = objective(point)
            moved = GradientDescent(1 / constant).step(point, gradient)
            assert objective(moved)[0] <= value - gradient @ gradient / (2 * constant) + 1e-14
    parabola = quadratic([[L]])
    value, gradient = parabola([3.0])
    after = parabola(GradientDescent(1 / L).step(np.array([3.0]), gradient))[0]
    assert after == value - gradient @ gradient / (2 * L) == 0


# Noise, saddles, constants, Adam.


def test_noise_floor_of_stochastic_descent_is_eta_sigma2_over_lambda_2_minus_eta_lambda():
    """200,000 independent descents on λx²/2 at once, with noise of variance σ² in each gradient."""
    rate, curvature, sigma = 0.3, 2.0, 0.7
    expected = rate * sigma**2 / (curvature * (2 - rate * curvature))
    draw = np.random.default_rng(8)

    def noisy(x):
        return 0.0, curvature * x + sigma * draw.normal(size=x.size)

    optimizer = GradientDescent(rate)
    points = minimize(noisy, np.zeros(200_000), optimizer, max_steps=40, keep_path=False).parameters
    # The sample variance of so many is within 4·√(2/200,000) = 1.3 %.
    assert points.var() == pytest.approx(expected, rel=0.013)
    assert abs(points.mean()) < 4 * np.sqrt(expected / 200_000)
    # It is where variance ← (1 − ηλ)² variance + η²σ² stands still.
    assert (1 - rate * curvature) ** 2 * expected + (rate * sigma) ** 2 == pytest.approx(expected)


def test_on_a_saddle_y_grows_as_1_plus_2_eta_to_the_k():
    rate = 0.1
    points = path(saddle, [1.0, 1e-12], GradientDescent(rate), 200)
    k = np.arange(201)
    np.testing.assert_allclose(points[:, 0], (1 - 2 * rate) ** k, rtol=1e-12)
    np.testing.assert_allclose(points[:, 1], 1e-12 * (1 + 2 * rate) ** k, rtol=1e-12)
    assert points[-1, 1] > 1000


def test_on_a_saddle_only_y_equal_to_zero_does_not_escape():
    history = minimize(saddle, [1.0, 0.0], GradientDescent(0.1))
    assert history.converged
    np.testing.assert_allclose(history.parameters, 0, atol=1e-10)
    assert (history.path[:, 1] == 0).all()


def test_smoothness_constant_of_least_squares_is_the_largest_eigenvalue_of_2xx_over_n():
    objective, constant, columns, _ = least_squares_and_constant()
    curvature = hessian(objective, np.array([0.3, -1.0, 2.0]))
    np.testing.assert_allclose(curvature, 2 * columns.T @ columns / 30, rtol=1e-9, atol=1e-9)
    steepest = np.linalg.eigh(curvature)[1][:, -1]
    difference = objective(5 * steepest)[1] - objective(-5 * steepest)[1]
    assert np.linalg.norm(difference) / 10 == pytest.approx(constant, rel=1e-12)
    # No step longer than 2/L: just below it the descent converges, just above it diverges.
    settings = {"max_steps": 10**5, "keep_path": False, "gradient_tolerance": 1e-6}
    assert minimize(objective, np.ones(3), GradientDescent(1.99 / constant), **settings).converged
    far = np.full(3, 1e145)
    beyond = minimize(objective, far, GradientDescent(2.01 / constant), **settings)
    assert beyond.reason.startswith("diverged")


def test_smoothness_constant_of_logistic_regression_is_the_largest_eigenvalue_of_xx_over_4n():
    objective, constant = logistic_and_constant()
    steepest = np.linalg.eigvalsh(hessian(objective, np.zeros(3)))[-1]
    assert steepest == pytest.approx(constant, rel=1e-7)
    for point in 2 * np.random.default_rng(9).normal(size=(50, 3)):
        assert np.linalg.eigvalsh(hessian(objective, point))[-1] < constant


def test_smoothness_constant_of_huber_is_that_of_half_the_squared_error():
    """Its slope r, clipped, changes by at most as much as r does."""
    _, constant, columns, y = least_squares_and_constant()
    objective = risk(linear, huber, columns[:, 1:], y, delta=0.5)
    draw = np.random.default_rng(10)
    for a, b in draw.normal(size=(200, 2, 3)):
        change = np.linalg.norm(objective(a)[1] - objective(b)[1])
        assert change <= constant / 2 * np.linalg.norm(a - b)


def test_hubers_gradient_is_the_clipped_gradient_of_half_the_squared_error():
    r = np.concatenate([10 ** np.linspace(-5, 150, 500), [0.5]])
    r = np.concatenate([-r, [0], r])
    zero = np.zeros_like(r)
    for delta in (0.5, 1.0, 3.0):
        clipped = np.clip(half_squared_error(r, zero)[1], -delta, delta)
        np.testing.assert_array_equal(huber(r, zero, delta=delta)[1], clipped)


def test_absolute_error_of_a_probability_is_improper():
    """Its expectation P(1 − p) + (1 − P)p is least at 0 or 1, never at the true P between."""
    p = np.linspace(0, 1, 101)
    if_yes, if_no = (absolute_error(p, np.full(101, label))[0] for label in (1, 0))
    for true in (0.1, 0.3, 0.49, 0.51, 0.7, 0.9):
        assert p[np.argmin(true * if_yes + (1 - true) * if_no)] == round(true)


def test_adams_first_step_is_the_rate_times_g_over_size_of_g_plus_epsilon():
    gradient = np.array([1e-9, -1e-8, 0.3, -1e5, 0.0])
    moved = Adam(learning_rate=0.1).step(np.zeros(5), gradient)
    expected = -0.1 * gradient / (np.abs(gradient) + 1e-8)
    np.testing.assert_allclose(moved, expected, rtol=1e-14)


def test_adams_first_step_is_unchanged_when_the_loss_is_scaled():
    def step(scale):
        _, gradient = ROTATED(START)
        return Adam(learning_rate=0.1).step(START, scale * gradient)

    for scale in (1e-3, 1e3, 1e6):
        np.testing.assert_allclose(step(scale), step(1.0), rtol=0, atol=1e-5)
    np.testing.assert_allclose(step(1e6), START - 0.1 * np.sign(ROTATED(START)[1]), atol=1e-12)
    plain = GradientDescent(0.1).step(START, 1e3 * ROTATED(START)[1])
    assert np.abs(plain - step(1e3)).max() > 1

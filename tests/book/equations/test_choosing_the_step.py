"""The labeled equations of the page ``choosing_the_step``."""

from itertools import pairwise

import numpy as np
import pytest
from scipy import optimize
from sklearn.linear_model import LogisticRegression

from lossbook import datasets, models, risk
from lossbook.losses import pseudo_huber
from lossbook.optimizers import BacktrackingLineSearch, Newton
from tests.printed import printed

CALLS = datasets.phone_calls()
YEARS = CALLS.X - 1950
A = np.column_stack([np.ones(24), YEARS])
OBJECTIVE = risk(models.linear, pseudo_huber, YEARS, CALLS.y)
BOUND = np.linalg.eigvalsh(A.T @ A / 24)[-1]
STARTS = [np.array(start) for start in ([0.0, 2.0], [5.0, -1.0], [-0.2, 0.3])]


def hessian(theta, step=1e-5):
    """Central differences of the gradient."""
    columns = [
        (OBJECTIVE(theta + step * e)[1] - OBJECTIVE(theta - step * e)[1]) / (2 * step)
        for e in np.eye(2)
    ]
    return np.array(columns)


def falls_enough(theta, rate, c):
    d = -OBJECTIVE(theta)[1]
    return printed("eq-step-armijo").holds(
        L=lambda t: OBJECTIVE(t)[0], nabla_L=lambda t: OBJECTIVE(t)[1], theta=theta, d=d,
        eta=rate, c=c,
    )  # fmt: skip


@pytest.mark.equation("eq-step-armijo")
@pytest.mark.parametrize("start", STARTS)
@pytest.mark.parametrize("c", [1e-4, 0.3])
def test_the_search_of_the_package_takes_the_first_halving_that_falls_enough(start, c):
    gradient = OBJECTIVE(start)[1]
    moved = BacktrackingLineSearch(OBJECTIVE, decrease=c).step(start, gradient)
    rates = 0.5 ** np.arange(30)
    first = rates[[falls_enough(start, rate, c) for rate in rates].index(True)]
    assert falls_enough(start, 0.0, c)  # no step: both sides are equal
    np.testing.assert_allclose(moved, start - first * gradient, rtol=1e-13)


@pytest.mark.equation("eq-step-accepted")
@pytest.mark.parametrize("c", [1e-4, 0.3, 0.9])
def test_rates_up_to_the_limit_fall_enough_and_on_a_parabola_no_larger_one_does(c):
    page = printed("eq-step-accepted")
    limit = page.right(c=c, lam_max=BOUND)
    for share, accepted in ((0.5, True), (1, True), (1.001, False)):
        assert page.holds(eta=share * limit, c=c, lam_max=BOUND) == accepted
    for start in STARTS:
        assert all(falls_enough(start, share * limit, c) for share in (0.01, 0.5, 1 - 1e-9))
    x, curvature = 1.7, 3.0
    for share, enough in ((0.999, True), (1.001, False)):
        rate = share * printed("eq-step-accepted").right(c=c, lam_max=curvature)
        after = curvature / 2 * (x - rate * curvature * x) ** 2
        before = curvature / 2 * x**2
        assert (after <= before - c * rate * (curvature * x) ** 2) == enough


@pytest.mark.equation("eq-step-newton")
@pytest.mark.parametrize("theta", STARTS)
def test_newtons_direction_leads_to_the_lowest_point_of_the_parabola(theta):
    value, gradient = OBJECTIVE(theta)
    H = hessian(theta)

    def parabola(d):
        return value + gradient @ d + d @ H @ d / 2

    d = Newton(hessian).step(theta, gradient) - theta
    printed("eq-step-newton").check(H=H, d=d, g=gradient, rtol=1e-9)
    for e in np.eye(2):
        assert parabola(d) < parabola(d + 0.1 * abs(d) @ e * e)
        assert parabola(d) < parabola(d - 0.1 * abs(d) @ e * e)


@pytest.mark.equation("eq-step-quadratic")
def test_near_the_minimum_the_error_of_a_newton_step_is_at_most_a_constant_times_its_square():
    solution = optimize.root(lambda t: OBJECTIVE(t)[1], [-0.13, 0.2175], tol=1e-15).x
    ratios, steps = [], []
    for angle in np.linspace(0, 2 * np.pi, 12):
        for far in (1e-2, 1e-3):
            theta = solution + far * np.array([np.cos(angle), np.sin(angle)])
            after = Newton(hessian).step(theta, OBJECTIVE(theta)[1])
            steps.append({"theta": {0: theta, 1: after}, "k": 0, "theta_star": solution})
            left, right = printed("eq-step-quadratic").sides(**steps[-1], C=1)
            ratios.append(left / right)
    # One constant serves a distance and a tenth of it; under linear convergence it would not.
    assert max(ratios[1::2]) < 1.5 * max(ratios[::2])
    assert 0.1 < max(ratios) < 20
    holds = printed("eq-step-quadratic").holds
    assert all(holds(**step, C=max(ratios), rtol=1e-12) for step in steps)
    assert not all(holds(**step, C=0.99 * max(ratios), rtol=1e-12) for step in steps)


@pytest.mark.equation("eq-step-secant")
def test_the_estimate_of_bfgs_fits_the_last_step():
    estimate = optimize.BFGS(init_scale=1.0)
    estimate.initialize(2, "hess")
    path = [np.array([0.1, 0.4]), np.array([0.0, 0.3]), np.array([-0.1, 0.25])]
    for old, new in pairwise(path):
        step, change = new - old, OBJECTIVE(new)[1] - OBJECTIVE(old)[1]
        estimate.update(step, change)
        printed("eq-step-secant").check(
            B={1: estimate.get_matrix()},
            theta={0: old, 1: new},
            k=0,
            nabla_L=lambda t: OBJECTIVE(t)[1],
            rtol=1e-10,
        )


def test_scikit_learns_default_is_l_bfgs():
    assert LogisticRegression().solver == "lbfgs"

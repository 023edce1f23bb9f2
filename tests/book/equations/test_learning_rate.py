"""The labeled equations of the page ``learning_rate``."""

import math

import numpy as np
import pytest

from lossbook import datasets, minimize, models, risk
from lossbook.losses import squared_error
from lossbook.optimizers import GradientDescent
from lossbook.surfaces import quadratic
from tests.printed import printed

ENGEL = datasets.engel()
X, Y = ENGEL.X / 1000, ENGEL.y / 1000
N = len(Y)
A = np.column_stack([np.ones(N), X])
MSE = risk(models.linear, squared_error, X, Y)
H = 2 / N * A.T @ A
MU, L = np.linalg.eigvalsh(H)
KAPPA = L / MU
BEST = np.linalg.lstsq(A, Y, rcond=None)[0]


@pytest.mark.equation("eq-clinic-steps")
def test_the_short_form_of_the_count_is_wrong_for_small_condition_numbers():
    names = {"varepsilon": 1e-3, "rho_star": worst_of(2.0), "kappa": 2.0}
    _, count, short = printed("eq-clinic-steps").sides(k=None, **names)
    assert short > 1.08 * count


def worst_of(kappa):
    """Return the factor of descent on curvatures 1 and κ, at the rate that makes both equal."""
    return abs(1 - kappa * 2 / (1 + kappa))


def printed_factor(rate):
    return printed("eq-clinic-factor").right(rho=None, eta=rate, mu=MU, lam_max=L)


@pytest.mark.equation("eq-clinic-hessian-vector")
def test_the_difference_of_two_gradients_is_the_hessian_times_the_vector():
    for theta, v in np.random.default_rng(0).normal(size=(20, 2, 2)) * 5:
        printed("eq-clinic-hessian-vector").check(
            H=H, v=v, theta=theta, nabla_L=lambda t: MSE(t)[1], rtol=1e-9, atol=1e-11
        )


def worst_factor(rate):
    """The spectral radius of the matrix that multiplies the error at each step."""
    return abs(np.linalg.eigvals(np.eye(2) - rate * H)).max()


@pytest.mark.equation("eq-clinic-factor")
@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 1.0, 1.1])
def test_the_slowest_direction_is_the_flattest_or_the_steepest(share):
    rate = share * 2 / L
    printed("eq-clinic-factor").check(rho=worst_factor, eta=rate, mu=MU, lam_max=L, rtol=1e-9)
    # And no curvature in between is slower.
    between = np.linspace(MU, L, 500)
    assert abs(1 - rate * between).max() <= worst_factor(rate) + 1e-12


@pytest.mark.equation("eq-clinic-factor")
@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.99, 1.0, 1.1])
@pytest.mark.parametrize("start", [(0.0, 0.0), (2.0, -1.0)])
def test_a_run_shrinks_its_error_by_the_factor_in_each_late_step_and_never_less(share, start):
    rate = share * 2 / L
    run = minimize(MSE, start, GradientDescent(rate), max_steps=60, gradient_tolerance=0)
    far = np.linalg.norm(run.path - BEST, axis=1)
    ratios = far[1:] / far[:-1]
    assert (ratios <= printed_factor(rate) * (1 + 1e-9)).all()
    assert ratios[-1] == pytest.approx(printed_factor(rate), rel=1e-3)


@pytest.mark.parametrize(
    ("share", "flips"), [(0.3, False), (0.49, False), (0.51, True), (0.99, True)]
)
def test_between_one_and_two_over_the_curvature_the_error_changes_its_sign_and_shrinks(
    share, flips
):
    settings = {"max_steps": 20, "gradient_tolerance": 0}
    path = minimize(quadratic([[L]]), [1.0], GradientDescent(share * 2 / L), **settings).path[:, 0]
    assert ((path[1:] * path[:-1] < 0) == flips).all()
    assert (abs(path[1:]) < abs(path[:-1])).all()


@pytest.mark.equation("eq-clinic-best-rate")
def test_no_other_constant_rate_shrinks_the_error_faster():
    page = printed("eq-clinic-best-rate")
    best, factor = page.right(0, mu=MU, lam_max=L), page.right(1, kappa=KAPPA)
    assert worst_factor(best) == pytest.approx(factor, rel=1e-9)
    # A descent with equal parts of the error in both directions shrinks by it in each step.
    settings = {"max_steps": 50, "gradient_tolerance": 0}
    path = minimize(quadratic(np.diag([MU, L])), [1.0, 1.0], GradientDescent(best), **settings).path
    far = np.linalg.norm(path, axis=1)
    np.testing.assert_allclose(far[1:] / far[:-1], factor, rtol=1e-9)
    others = np.linspace(0.01, 1.2, 400) * 2 / L
    assert all(worst_factor(rate) > worst_factor(best) for rate in others if rate != best)


@pytest.mark.equation("eq-clinic-steps")
def test_the_short_form_of_the_count_is_the_limit_of_large_condition_numbers():
    kappa = 1e4
    names = {"varepsilon": 1e-3, "rho_star": worst_of(kappa), "kappa": kappa}
    printed("eq-clinic-steps").check(
        k=math.log(1e3) / -math.log(worst_of(kappa)), approx=1e-7, **names
    )


@pytest.mark.equation("eq-clinic-steps")
@pytest.mark.parametrize("share", [1e-2, 1e-6, 1e-9])
def test_the_count_of_a_run_is_the_predicted_one(share):
    # With equal parts in both directions every step has the factor ρ exactly.
    bowl = quadratic(np.diag([MU, L]))
    descent = GradientDescent(2 / (MU + L))
    path = minimize(bowl, [1.0, 1.0], descent, max_steps=400, gradient_tolerance=0).path
    far = np.linalg.norm(path, axis=1) / np.sqrt(2)
    factor = (far[-1] / far[0]) ** (1 / 400)
    names = {"varepsilon": share, "rho_star": factor, "kappa": KAPPA}
    _, predicted, short = printed("eq-clinic-steps").sides(k=None, **names)
    assert int((far <= share).argmax()) == np.ceil(predicted)
    assert short == pytest.approx(predicted, rel=0.002)


@pytest.mark.equation("eq-clinic-sum")
def test_the_sum_takes_the_path_of_the_mean_at_an_nth_of_the_rate():
    def total(theta):
        """The sum of squares, written out: not N times the package's mean."""
        residuals = A @ theta - Y
        return residuals @ residuals, 2 * A.T @ residuals

    settings = {"max_steps": 50, "gradient_tolerance": 0}
    rate = printed("eq-clinic-sum").right(eta_sum=None, eta_mean=0.4, N=N)
    mean = minimize(MSE, [1.0, -0.5], GradientDescent(0.4), **settings)
    summed = minimize(total, [1.0, -0.5], GradientDescent(rate), **settings)
    np.testing.assert_allclose(summed.path, mean.path, rtol=1e-9)
    # What the article calls a sum of squares is N times the mean that it prints.
    assert summed.values[0] == pytest.approx(N * mean.values[0], rel=1e-12)
    same_rate = minimize(total, [1.0, -0.5], GradientDescent(0.4), **settings)
    assert same_rate.values[-1] > 1e6 * same_rate.values[0]

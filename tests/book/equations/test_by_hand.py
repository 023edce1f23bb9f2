"""The labeled equations of the page ``by_hand``."""

import nbformat
import numpy as np
import pytest

from lossbook import datasets, minimize, models, risk
from lossbook.losses import half_squared_error, squared_error
from lossbook.optimizers import GradientDescent
from tests.printed import over, printed
from tools.notebooks import ROOT

# By hand: five years of calls, in millions.
CALLS = datasets.phone_calls()
FIVE = np.arange(5.0)
MILLIONS = (10 * CALLS.y[[0, 3, 6, 9, 12]]).round(1)
LINE = risk(models.linear, squared_error, FIVE[:, None], MILLIONS)
HESSIAN = np.array([[2.0, 4.0], [4.0, 12.0]])
BEST = np.array([3.4, 2.95])


def slip_matrix(a, b, c, eta):
    return [[1 - eta * a, -eta * b], [-eta * b * (1 - eta * a), 1 - eta * c + eta**2 * b**2]]


def step_of_page(label, before, after):
    """Check that a step leads from one point to another, by derivatives at two numbers."""
    names = {f"theta_{j}": {3: before[j], 4: after[j]} for j in (0, 1)}
    names |= {f"d_L_d_theta_{j}": lambda a, b, j=j: LINE([a, b])[1][j] for j in (0, 1)}
    printed(label).check(k=3, eta=0.1, **names)


def claims(page):
    """Return the text of a page, to be sure that it makes the claim that is tested."""
    cells = nbformat.read(ROOT / "chapters" / f"{page}.ipynb", as_version=4).cells
    return "\n\n".join(cell.source for cell in cells if cell.cell_type == "markdown")


def one_after_the_other(theta, eta):
    theta = theta.copy()
    theta[0] -= eta * LINE(theta)[1][0]
    theta[1] -= eta * LINE(theta)[1][1]
    return theta


@pytest.mark.equation("eq-by-hand-sums")
def test_five_sums_hold_the_whole_gradient():
    for a, b in np.random.default_rng(0).normal(size=(5, 2)):
        g0, g1 = LINE([a, b])[1]
        names = {"theta_0": a, "theta_1": b, "d_L_d_theta_0": g0, "d_L_d_theta_1": g1}
        printed("eq-by-hand-sums").check(x=FIVE, y=MILLIONS, N=5, i=over(1, 5), **names)


@pytest.mark.equation("eq-by-hand-simultaneous")
def test_a_step_takes_both_derivatives_at_the_old_point():
    theta = np.array([1.0, 2.0])
    stepped = GradientDescent(0.1).step(theta, LINE(theta)[1])
    step_of_page("eq-by-hand-simultaneous", theta, stepped)
    assert not np.allclose(stepped, one_after_the_other(theta, 0.1))


@pytest.mark.equation("eq-by-hand-closed")
def test_the_closed_form_is_the_line_of_least_squares():
    slope, intercept = np.polyfit(FIVE, MILLIONS, deg=1)
    names = {"theta_1": slope, "theta_0": intercept, "N": 5, "x": FIVE, "y": MILLIONS}
    printed("eq-by-hand-closed").check(
        bar_x=FIVE.mean(), bar_y=MILLIONS.mean(), i=over(1, 5), **names
    )
    np.testing.assert_allclose([intercept, slope], BEST, rtol=1e-12)


@pytest.mark.equation("eq-by-hand-slip")
def test_one_after_the_other_is_another_path_to_the_same_end():
    theta = np.array([1.0, 2.0])
    step_of_page("eq-by-hand-slip", theta, one_after_the_other(theta, 0.1))
    slip = one_after_the_other(np.zeros(2), 0.1)
    together = -0.1 * LINE([0.0, 0.0])[1]
    assert slip[0] == together[0]
    assert slip[1] == pytest.approx(4.156, rel=1e-12)
    assert together[1] == pytest.approx(4.9, rel=1e-12)
    for _ in range(500):
        slip = one_after_the_other(slip, 0.1)
    np.testing.assert_allclose(slip, BEST, rtol=1e-10)


@pytest.mark.equation("eq-by-hand-slip-matrix")
@pytest.mark.parametrize("eta", [0.05, 0.2, 0.55])
def test_the_slip_multiplies_the_error_by_the_product_of_two_half_steps(eta):
    (a, b), (_, c) = HESSIAN
    page = printed("eq-by-hand-slip-matrix")
    M = page.right(0, M=None, eta=eta, a=a, b=b, c=c)
    page.check(1, H=HESSIAN, a=a, b=b, c=c)
    for error in np.random.default_rng(1).normal(size=(5, 2)):
        moved = one_after_the_other(BEST + error, eta) - BEST
        np.testing.assert_allclose(moved, M @ error, atol=1e-12)


@pytest.mark.equation("eq-by-hand-slip-threshold")
def test_the_two_conditions_say_where_the_slip_converges():
    rng, page = np.random.default_rng(2), printed("eq-by-hand-slip-threshold")
    outcomes = set()
    for _ in range(500):
        A = rng.normal(size=(2, 2))
        (a, b), (_, c) = A @ A.T  # any Hessian of a quadratic with one lowest point
        names = {"a": a, "b": b, "c": c, "eta": rng.uniform(0, 2)}
        converges = abs(np.linalg.eigvals(slip_matrix(**names))).max() < 1
        told = page.holds(0, **names), page.holds(1, **names)
        assert converges == all(told)
        outcomes.add(told)
    assert len(outcomes) == 4, "each condition alone is not enough"
    # On the border of one of the two an error keeps its size.
    for a, b, c, border in ((2.0, 0.5, 2.0, 0), (3.0, 1.0, 1.0, 1)):
        names = {"a": a, "b": b, "c": c, "eta": 1.0}
        assert abs(np.linalg.eigvals(slip_matrix(**names))).max() == pytest.approx(1, rel=1e-12)
        assert page.holds(1 - border, **names)
        assert not page.holds(border, **names)


@pytest.mark.claim("by-hand-converges")
def test_below_two_over_the_largest_diagonal_entry_every_half_step_of_the_slip_lowers_the_risk():
    """So it converges wherever descent does: the case of Householder and John that the page has."""
    rng = np.random.default_rng(5)
    wider = 0
    for size in (2, 3, 6):
        for root in rng.normal(size=(100, size, size)):
            H = root @ root.T
            promised = 2 / H.diagonal().max()
            limit = 2 / np.linalg.eigvalsh(H)[-1]
            assert promised >= limit * (1 - 1e-12)
            wider += promised > 1.2 * limit
            eta = rng.uniform(0.01, 0.999) * promised
            theta = rng.normal(size=size)
            for j in range(size):
                before, g = theta @ H @ theta / 2, H[j] @ theta
                theta[j] -= eta * g
                gain = eta * (1 - eta * H[j, j] / 2) * g**2
                assert before - theta @ H @ theta / 2 == pytest.approx(gain, abs=1e-11)
            # (I + ηL) e' = (I − η(D + U)) e, with the triangles and the diagonal of H.
            below = np.eye(size) + eta * np.tril(H, -1)
            M = np.linalg.solve(below, np.eye(size) - eta * np.triu(H))
            assert abs(np.linalg.eigvals(M)).max() < 1
    assert wider > 150, "and often at rates at which descent diverges"
    page = claims("linear_regression/by_hand")
    assert "wherever descent converges, the slip converges too" in page
    assert "on which every theorem about descent rests" not in page


def test_a_factor_of_1_does_not_keep_descent_from_converging_to_one_of_many_lowest_points():
    """So the page says that the error goes to zero, from every start, and not that it converges."""
    flat = risk(models.linear, squared_error, np.ones((4, 1)), np.array([1.0, 2, 3, 6]))
    factors = abs(np.linalg.eigvals(np.eye(2) - 0.2 * np.full((2, 2), 2.0)))
    assert factors.max() == pytest.approx(1, rel=1e-12)
    run = minimize(flat, [0.0, 1.0], GradientDescent(0.2), max_steps=200)
    np.testing.assert_allclose(run.parameters, [1.0, 2.0], rtol=1e-9)
    page = claims("linear_regression/by_hand")
    assert "from every start if and only if it is below 1" in page


@pytest.mark.parametrize("seed", range(5))
def test_the_slip_is_never_slower_than_descent_for_two_parameters(seed):
    rng = np.random.default_rng(seed)
    for root in rng.normal(size=(1000, 2, 2)):
        H = root @ root.T
        curvatures = np.linalg.eigvalsh(H)
        eta = rng.uniform(0, 2) / curvatures[-1]
        M = np.linalg.solve(np.eye(2) + eta * np.tril(H, -1), np.eye(2) - eta * np.triu(H))
        assert abs(np.linalg.eigvals(M)).max() <= abs(1 - eta * curvatures).max() + 1e-9


def test_dropping_the_two_in_both_derivatives_is_half_the_learning_rate():
    without_the_two = risk(models.linear, half_squared_error, FIVE[:, None], MILLIONS)
    slow = minimize(without_the_two, [0.0, 0.0], GradientDescent(0.1), max_steps=50).path
    halved = minimize(LINE, [0.0, 0.0], GradientDescent(0.05), max_steps=50).path
    full = minimize(LINE, [0.0, 0.0], GradientDescent(0.1), max_steps=50).path
    np.testing.assert_array_equal(slow, halved)
    assert not np.allclose(slow[1], full[1])

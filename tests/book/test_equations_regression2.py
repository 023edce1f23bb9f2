"""The labeled equations of the line by hand, logistic regression and imbalanced classes."""

import nbformat
import numpy as np
import pytest
from scipy.optimize import linprog, minimize_scalar
from scipy.special import expit, logit
from sklearn.datasets import load_breast_cancer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from lossbook import datasets, minimize, models, risk
from lossbook.losses import binary_cross_entropy, focal, half_squared_error, squared_error
from lossbook.optimizers import GradientDescent
from lossbook.penalties import l2
from tools.notebooks import ROOT

# By hand: five years of calls, in millions.
CALLS = datasets.phone_calls()
FIVE = np.arange(5.0)
MILLIONS = (10 * CALLS.y[[0, 3, 6, 9, 12]]).round(1)
LINE = risk(models.linear, squared_error, FIVE[:, None], MILLIONS)
HESSIAN = np.array([[2.0, 4.0], [4.0, 12.0]])
BEST = np.array([3.4, 2.95])


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
    n, sx, sxx = 5, FIVE.sum(), FIVE @ FIVE
    sy, sxy = MILLIONS.sum(), FIVE @ MILLIONS
    for a, b in np.random.default_rng(0).normal(size=(5, 2)):
        printed = [2 / n * (n * a + sx * b - sy), 2 / n * (sx * a + sxx * b - sxy)]
        np.testing.assert_allclose(LINE([a, b])[1], printed, rtol=1e-12)


@pytest.mark.equation("eq-by-hand-simultaneous")
def test_a_step_takes_both_derivatives_at_the_old_point():
    theta = np.array([1.0, 2.0])
    g0, g1 = LINE(theta)[1]
    stepped = GradientDescent(0.1).step(theta, LINE(theta)[1])
    np.testing.assert_array_equal(stepped, [1.0 - 0.1 * g0, 2.0 - 0.1 * g1])
    assert not np.allclose(stepped, one_after_the_other(theta, 0.1))


@pytest.mark.equation("eq-by-hand-closed")
def test_the_closed_form_is_the_line_of_least_squares():
    slope, intercept = np.polyfit(FIVE, MILLIONS, deg=1)
    n, sx, sy = 5, FIVE.sum(), MILLIONS.sum()
    printed = (n * (FIVE @ MILLIONS) - sx * sy) / (n * (FIVE @ FIVE) - sx**2)
    assert printed == pytest.approx(slope, rel=1e-12)
    assert sy / n - printed * sx / n == pytest.approx(intercept, rel=1e-12)
    np.testing.assert_allclose([intercept, slope], BEST, rtol=1e-12)


@pytest.mark.equation("eq-by-hand-slip")
def test_one_after_the_other_is_another_path_to_the_same_end():
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
    M = np.array([[1, 0], [-eta * b, 1 - eta * c]]) @ np.array([[1 - eta * a, -eta * b], [0, 1]])
    for error in np.random.default_rng(1).normal(size=(5, 2)):
        moved = one_after_the_other(BEST + error, eta) - BEST
        np.testing.assert_allclose(moved, M @ error, atol=1e-12)


@pytest.mark.equation("eq-by-hand-slip-threshold")
def test_the_two_conditions_say_where_the_slip_converges():
    rng = np.random.default_rng(2)
    outcomes = set()
    for _ in range(500):
        A = rng.normal(size=(2, 2))
        (a, b), (_, c) = A @ A.T  # any Hessian of a quadratic with one lowest point
        eta = rng.uniform(0, 2)
        M = [[1 - eta * a, -eta * b], [-eta * b * (1 - eta * a), 1 - eta * c + eta**2 * b**2]]
        converges = abs(np.linalg.eigvals(M)).max() < 1
        det = abs((1 - eta * a) * (1 - eta * c)) < 1
        trace = 4 - 2 * eta * (a + c) + eta**2 * (a * c + b**2) > 0
        assert converges == (det and trace)
        outcomes.add((bool(det), bool(trace)))
    assert len(outcomes) == 4, "each condition alone is not enough"


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


# Imbalanced classes.


def lowest_constant(loss, p, weight=1.0, **settings):
    """Return the probability σ(z) whose mean loss is least where a share p is positive."""

    def mean_loss(z):
        (no, yes), _ = loss([z, z], [0, 1], **settings)
        return weight * p * yes + (1 - p) * no

    return expit(minimize_scalar(mean_loss, bounds=(-12, 12), options={"xatol": 1e-9}).x)


@pytest.mark.equation("eq-imbalance-auc")
def test_the_auc_is_the_share_of_pairs_in_order():
    rng = np.random.default_rng(3)
    scores = rng.integers(0, 6, size=60)  # with ties
    labels = rng.integers(0, 2, size=60)
    pairs = scores[labels == 1][:, None] - scores[labels == 0]
    printed = (pairs > 0).mean() + (pairs == 0).mean() / 2
    assert roc_auc_score(labels, scores) == pytest.approx(printed, rel=1e-12)


@pytest.mark.equation("eq-imbalance-threshold")
@pytest.mark.parametrize("c", [1, 5, 50])
def test_the_threshold_is_where_both_errors_cost_the_same(c):
    threshold = 1 / (1 + c)
    for p in np.linspace(0.001, 0.999, 200):
        assert ((1 - p) < c * p) == (p > threshold)
    assert 1 - threshold == pytest.approx(c * threshold, rel=1e-12)


@pytest.mark.equation("eq-imbalance-weights")
@pytest.mark.parametrize("p", [0.015, 0.3, 0.7])
@pytest.mark.parametrize("w", [0.5, 10, 64])
def test_a_weight_adds_its_logarithm_to_the_logit(p, w):
    q = lowest_constant(binary_cross_entropy, p, weight=w)
    assert q == pytest.approx(w * p / (w * p + 1 - p), abs=1e-7)
    assert logit(q) == pytest.approx(logit(p) + np.log(w), abs=1e-6)


@pytest.mark.equation("eq-imbalance-focal")
@pytest.mark.parametrize("gamma", [0, 1, 2, 5])
def test_the_focal_loss_turns_down_what_is_classified_well(gamma):
    z = np.linspace(-5, 5, 41)
    q = expit(z)
    yes = focal(z, np.ones(41), gamma=gamma)[0]
    no = focal(z, np.zeros(41), gamma=gamma)[0]
    np.testing.assert_allclose(yes, -((1 - q) ** gamma) * np.log(q), rtol=1e-11)
    np.testing.assert_allclose(no, -(q**gamma) * np.log(1 - q), rtol=1e-11)


@pytest.mark.equation("eq-imbalance-focal-undone")
@pytest.mark.parametrize("gamma", [0.5, 1, 2, 5])
@pytest.mark.parametrize("p", [0.015, 0.2, 0.5, 0.9])
def test_the_formula_takes_what_the_focal_loss_says_back_to_the_probability(gamma, p):
    def phi(q):
        return (1 - q) ** gamma / q - gamma * (1 - q) ** (gamma - 1) * np.log(q)

    q = lowest_constant(focal, p, gamma=gamma)
    assert phi(1 - q) / (phi(q) + phi(1 - q)) == pytest.approx(p, abs=1e-6)
    assert p <= q <= 0.5 or 0.5 <= q <= p or p == 0.5


# Logistic regression.

TUMORS = load_breast_cancer()
MALIGNANT = 1 - TUMORS.target
STANDARD = (TUMORS.data - TUMORS.data.mean(axis=0)) / TUMORS.data.std(axis=0)
TWO = STANDARD[:, :2]
DESIGN = np.column_stack([np.ones(len(TWO)), TWO])
LOGISTIC = risk(models.linear, binary_cross_entropy, TWO, MALIGNANT)
THETA = np.array([0.3, -0.7, 0.2])


@pytest.mark.equation("eq-logistic-model")
def test_the_logit_is_the_logarithm_of_the_odds():
    z = np.linspace(-20, 20, 101)
    p = 1 / (1 + np.exp(-z))
    np.testing.assert_allclose(p, expit(z), rtol=1e-14)
    np.testing.assert_allclose(np.log(p / (1 - p)), z, atol=1e-6)


@pytest.mark.equation("eq-logistic-gradient")
def test_the_gradient_is_inputs_times_errors_of_the_probability():
    p = expit(DESIGN @ THETA)
    printed = DESIGN.T @ (p - MALIGNANT) / len(TWO)
    np.testing.assert_allclose(LOGISTIC(THETA)[1], printed, rtol=1e-12)
    steps = 1e-5 * np.eye(3)
    numeric = [(LOGISTIC(THETA + e)[0] - LOGISTIC(THETA - e)[0]) / 2e-5 for e in steps]
    np.testing.assert_allclose(printed, numeric, rtol=1e-8)


@pytest.mark.equation("eq-logistic-hessian")
@pytest.mark.parametrize("theta", [[0, 0, 0], [0.3, -0.7, 0.2], [-3, 8, 2]])
def test_the_hessian_is_the_derivative_of_the_gradient_and_below_its_bound(theta):
    p = expit(DESIGN @ theta)
    printed = DESIGN.T @ np.diag(p * (1 - p)) @ DESIGN / len(TWO)
    steps = 1e-5 * np.eye(3)
    numeric = [(LOGISTIC(theta + e)[1] - LOGISTIC(theta - e)[1]) / 2e-5 for e in steps]
    np.testing.assert_allclose(printed, numeric, rtol=1e-7, atol=1e-10)
    bound = np.linalg.eigvalsh(DESIGN.T @ DESIGN)[-1] / (4 * len(TWO))
    eigenvalues = np.linalg.eigvalsh(printed)
    assert eigenvalues[0] >= 0
    assert eigenvalues[-1] <= bound * (1 + 1e-12)
    if not np.any(theta):  # there every p is ½, and the bound is reached
        assert eigenvalues[-1] == pytest.approx(bound, rel=1e-12)


@pytest.mark.equation("eq-logistic-penalty")
@pytest.mark.parametrize("C", [0.1, 1.0, 10.0])
def test_the_penalty_with_this_strength_is_that_of_scikit_learn(C):
    model = LogisticRegression(C=C, solver="newton-cholesky", tol=1e-12).fit(TWO, MALIGNANT)
    theirs = np.append(model.intercept_, model.coef_)
    strength = 1 / (2 * C * len(TWO))
    objective = risk(
        models.linear, binary_cross_entropy, TWO, MALIGNANT, penalty=l2(strength, skip=1)
    )
    np.testing.assert_allclose(objective(theirs)[1], 0, atol=1e-9)
    assert np.linalg.norm(LOGISTIC(theirs)[1]) > 1e-5, "so that the penalty matters"


@pytest.mark.equation("eq-logistic-odds")
@pytest.mark.parametrize("j", [0, 1])
def test_a_unit_more_multiplies_the_odds(j):
    moved = TWO.copy()
    moved[:, j] += 1
    p, q = (expit(models.linear(THETA, X)[0]) for X in (TWO, moved))
    np.testing.assert_allclose(q / (1 - q), np.exp(THETA[j + 1]) * p / (1 - p), rtol=1e-11)


@pytest.mark.equation("eq-logistic-separable")
def test_on_separable_data_the_loss_falls_to_zero_with_the_length_of_the_parameters():
    A = np.column_stack([np.ones(len(STANDARD)), STANDARD])
    margins = (2 * MALIGNANT - 1)[:, None] * A
    found = linprog(np.zeros(31), A_ub=-margins, b_ub=-np.ones(len(A)), bounds=(None, None)).x
    assert (margins @ found).min() >= 1 - 1e-7
    objective = risk(models.linear, binary_cross_entropy, STANDARD, MALIGNANT)
    for c in (0.5, 1, 10, 100):
        assert 0 < objective(c * found)[0] <= np.log1p(np.exp(-c)) * (1 + 1e-6)

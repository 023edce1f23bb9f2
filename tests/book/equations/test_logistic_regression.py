"""The labeled equations of the page ``logistic_regression``."""

import numpy as np
import pytest
from scipy.optimize import linprog
from scipy.special import expit
from sklearn.datasets import load_breast_cancer
from sklearn.linear_model import LogisticRegression

from lossbook import models, risk
from lossbook.losses import binary_cross_entropy
from lossbook.penalties import l2
from tests.printed import from_zero, over, printed

TUMORS = load_breast_cancer()
MALIGNANT = 1 - TUMORS.target
STANDARD = (TUMORS.data - TUMORS.data.mean(axis=0)) / TUMORS.data.std(axis=0)
TWO = STANDARD[:, :2]
DESIGN = np.column_stack([np.ones(len(TWO)), TWO])
LOGISTIC = risk(models.linear, binary_cross_entropy, TWO, MALIGNANT)
THETA = np.array([0.3, -0.7, 0.2])


@pytest.mark.equation("eq-logistic-model")
def test_the_logit_is_the_logarithm_of_the_odds():
    for z in np.linspace(-20, 20, 41):
        page = printed("eq-logistic-model")
        page.check(0, z=z, p=expit(z), rtol=1e-14)
        page.check(1, z=z, p=expit(z), atol=1e-6, rtol=1e-6)


@pytest.mark.equation("eq-logistic-gradient")
def test_the_gradient_is_that_of_the_linear_model_with_probabilities_for_predictions():
    p = expit(DESIGN @ THETA)
    steps = 1e-5 * np.eye(3)
    numeric = [(LOGISTIC(THETA + e)[0] - LOGISTIC(THETA - e)[0]) / 2e-5 for e in steps]
    for gradient, rtol in ((LOGISTIC(THETA)[1], 1e-12), (np.array(numeric), 1e-8)):
        printed("eq-logistic-gradient").check(
            nabla_L=lambda _, g=gradient: g, theta=None, N=len(TWO), A=DESIGN, p=p, y=MALIGNANT,
            rtol=rtol,
        )  # fmt: skip


@pytest.mark.equation("eq-logistic-hessian")
@pytest.mark.parametrize("theta", [[0, 0, 0], [0.3, -0.7, 0.2], [-3, 8, 2]])
def test_the_hessian_is_the_derivative_of_the_gradient_and_below_its_bound(theta):
    names = {"N": len(TWO), "A": DESIGN, "p": expit(DESIGN @ theta), "i": over(1, len(TWO))}
    steps = 1e-5 * np.eye(3)
    numeric = np.array([(LOGISTIC(theta + e)[1] - LOGISTIC(theta - e)[1]) / 2e-5 for e in steps])
    page = printed("eq-logistic-hessian")
    page.check(0, H=lambda _: numeric, theta=None, rtol=1e-7, atol=1e-10, **names)
    exact = page.right(0, H=None, **names)
    largest = {"lam_max": lambda matrix: np.linalg.eigvalsh(matrix)[-1], "H": exact}
    eigenvalue, bound = page.sides(1, **largest, **names)
    assert np.linalg.eigvalsh(exact)[0] >= 0
    assert page.holds(1, rtol=1e-12, **largest, **names)
    if not np.any(theta):  # there every p is ½, and the bound is reached
        assert eigenvalue == pytest.approx(bound, rel=1e-12)


@pytest.mark.equation("eq-logistic-penalty")
@pytest.mark.parametrize("C", [0.1, 1.0, 10.0])
def test_the_penalty_with_this_strength_is_that_of_scikit_learn(C):
    model = LogisticRegression(C=C, solver="newton-cholesky", tol=1e-12).fit(TWO, MALIGNANT)
    theirs = np.append(model.intercept_, model.coef_)
    page = printed("eq-logistic-penalty")
    strength = page.right(1, C=C, N=len(TWO))

    def objective(theta):
        return LOGISTIC(theta)[0] + page.right(
            0, lam=strength, theta=from_zero(theta), j=over(0, 2)
        )

    slopes = [(objective(theirs + e) - objective(theirs - e)) / 2e-4 for e in 1e-4 * np.eye(3)]
    np.testing.assert_allclose(slopes, 0, atol=1e-8)
    assert np.linalg.norm(LOGISTIC(theirs)[1]) > 1e-5, "so that the penalty matters"
    ours = risk(models.linear, binary_cross_entropy, TWO, MALIGNANT, penalty=l2(strength, skip=1))
    assert ours(theirs)[0] == pytest.approx(objective(theirs), rel=1e-14)


@pytest.mark.equation("eq-logistic-odds")
@pytest.mark.parametrize("j", [1, 2])
def test_a_unit_more_multiplies_the_odds(j):
    for row in TWO[:20]:

        def chance(value, row=row):
            moved = np.where(np.arange(1, 3) == j, value, row)
            return expit(models.linear(THETA, moved[None])[0])[0]

        printed("eq-logistic-odds").check(
            p=chance, x={j: row[j - 1]}, j=j, theta=from_zero(THETA), rtol=1e-11
        )


@pytest.mark.equation("eq-logistic-separable")
def test_on_separable_data_the_loss_falls_to_zero_with_the_length_of_the_parameters():
    A = np.column_stack([np.ones(len(STANDARD)), STANDARD])
    margins = (2 * MALIGNANT - 1)[:, None] * A
    found = linprog(np.zeros(31), A_ub=-margins, b_ub=-np.ones(len(A)), bounds=(None, None)).x
    assert (margins @ found).min() >= 1 - 1e-7
    objective = risk(models.linear, binary_cross_entropy, STANDARD, MALIGNANT)
    # Two samples whose margins are exactly 1 meet the bound.
    tight = risk(models.linear, binary_cross_entropy, [[1.0], [-1.0]], [1, 0])
    page = printed("eq-logistic-separable")
    for c in (0.5, 1.0, 10.0):
        for of, theta in ((objective, found), (tight, np.array([0.0, 1.0]))):
            assert page.holds(0, L=lambda t, of=of: of(t)[0], c=c, theta=theta, rtol=1e-6)
        _, value, bound = page.sides(0, L=lambda t: tight(t)[0], c=c, theta=theta)
        assert value == pytest.approx(bound, rel=1e-9)
        assert page.sides(1, c=c)[0] == bound
        page.check(1, c=36.0 + c, approx=0.0, atol=1e-15)
    assert not page.holds(0, L=lambda _: 0.0, c=1.0, theta=theta), "the risk is never 0"

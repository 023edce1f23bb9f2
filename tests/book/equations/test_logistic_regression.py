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

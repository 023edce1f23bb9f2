"""The labeled equations of the page ``from_error_to_loss``."""

import numpy as np
import pytest
from sklearn import metrics

from lossbook import datasets, models, risk
from lossbook.losses import log_cosh, squared_error
from lossbook.penalties import l2

FAMILIES = datasets.engel()


X, Y = FAMILIES.X / 100, FAMILIES.y / 100


@pytest.mark.equation("eq-errors-cancel")
@pytest.mark.parametrize("slope", [0.0, 0.5, -3.0, 40.0])
def test_errors_cancel_for_every_line_through_the_center(slope):
    theta = [Y.mean() - slope * X.mean(), slope]
    residuals = models.linear(theta, X)[0] - Y
    assert abs(residuals.mean()) < 1e-12 * np.abs(residuals).max()
    off_center = residuals + 0.1
    assert abs(off_center.mean()) > 0.09


@pytest.mark.equation("eq-penalized-objective")
def test_the_objective_is_the_risk_plus_the_penalty_on_the_slopes():
    wide = np.column_stack([X, X**2 / 100])
    theta = np.array([3.0, -0.5, 2.0])
    objective = risk(models.linear, squared_error, wide, Y, penalty=l2(0.3, skip=1))
    losses = [(theta[0] + theta[1:] @ row - y) ** 2 for row, y in zip(wide, Y)]
    printed = sum(losses) / len(Y) + 0.3 * (theta[1] ** 2 + theta[2] ** 2)
    assert objective(theta)[0] == pytest.approx(printed, rel=1e-13)


@pytest.mark.equation("eq-risk-chain-rule")
@pytest.mark.parametrize("loss", [squared_error, log_cosh])
def test_the_gradient_of_the_risk_is_the_mean_of_slope_of_the_loss_times_slope_of_the_model(loss):
    theta, step = np.array([1.0, 0.3]), 1e-5
    predictions = models.linear(theta, X)[0]
    by_prediction = (loss(predictions + step, Y)[0] - loss(predictions - step, Y)[0]) / (2 * step)
    printed = []
    for e in np.eye(2):
        moved = models.linear(theta + e, X)[0] - models.linear(theta, X)[0]  # linear in theta
        printed.append(np.mean(by_prediction * moved))
    gradient = risk(models.linear, loss, X, Y)(theta)[1]
    np.testing.assert_allclose(gradient, printed, rtol=1e-7)


@pytest.mark.equation("eq-accuracy")
def test_accuracy_counts_right_answers_and_is_flat_between_two_crossings():
    labels = Y / X[:, 0] > 2 / 3
    U = X[:, 0] - 10

    def accuracy(theta):
        return np.mean([(theta[0] + theta[1] * u > 0) == label for u, label in zip(U, labels)])

    theta = np.array([-0.1, -0.05])
    z = theta[0] + theta[1] * U
    assert accuracy(theta) == metrics.accuracy_score(labels, z > 0)
    margin = np.abs(z).min() / (1 + np.abs(U).max())  # a smaller step moves no z across 0
    assert margin > 1e-6
    for e in np.eye(2):
        assert accuracy(theta + 0.99 * margin * e) == accuracy(theta - 0.99 * margin * e)
    wide = np.array([0, 0.02])
    assert accuracy(theta + wide) != accuracy(theta - wide)

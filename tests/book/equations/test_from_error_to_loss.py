"""The labeled equations of the page ``from_error_to_loss``."""

import numpy as np
import pytest
from sklearn import metrics

from lossbook import datasets, models, risk
from lossbook.losses import log_cosh, squared_error
from lossbook.penalties import l2
from tests.printed import Given, from_zero, over, printed

FAMILIES = datasets.engel()
X, Y = FAMILIES.X / 100, FAMILIES.y / 100


@pytest.mark.equation("eq-errors-cancel")
@pytest.mark.parametrize("slope", [0.0, 0.5, -3.0, 40.0])
def test_errors_cancel_for_every_line_through_the_center(slope):
    names = {"N": len(Y), "bar_y": Y.mean(), "bar_x": X.mean(), "theta_1": slope}
    printed("eq-errors-cancel").check(x=X[:, 0], y=Y, atol=1e-11, **names)
    # Through any other point, the left side is the mean error of that line.
    names |= {"bar_y": 1.5, "bar_x": 4.0}
    other = models.linear([1.5 - slope * 4.0, slope], X)[0] - Y
    left = printed("eq-errors-cancel").sides(x=X[:, 0], y=Y, **names)[0]
    assert left == pytest.approx(other.mean(), rel=1e-11)
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
    printed("eq-penalized-objective").check(
        J=lambda _: objective(theta)[0],
        theta=from_zero(theta),
        N=len(Y),
        ell=lambda a, b: (a - b) ** 2,
        hat_y=models.linear(theta, wide)[0],
        y=Y,
        lam=0.3,
        j=over(0, 2),
    )


@pytest.mark.equation("eq-risk-chain-rule")
@pytest.mark.parametrize("loss", [squared_error, log_cosh])
def test_the_gradient_of_the_risk_is_the_mean_of_slope_of_the_loss_times_slope_of_the_model(loss):
    some, theta = slice(0, 40), [1.0, 0.3]
    gradient = risk(models.linear, loss, X[some], Y[some])(theta)[1]
    line = Given(lambda at: models.linear([at["theta"][0], at["theta"][1]], X[some])[0])
    for j in (0, 1):
        printed("eq-risk-chain-rule").check(
            d_L_d_theta=from_zero(gradient),
            theta=from_zero(theta),
            j=j,
            N=40,
            hat_y=line,
            y=Y[some],
            ell=lambda a, b: float(loss([a], [b])[0][0]),
            rtol=1e-8,
        )


@pytest.mark.equation("eq-accuracy")
def test_accuracy_counts_right_answers_and_is_flat_between_two_crossings():
    labels = Y / X[:, 0] > 2 / 3
    U = X[:, 0] - 10

    def accuracy(theta):
        names = {"N": len(U), "z": [*(theta[0] + theta[1] * U)], "y": labels.astype(int)}
        return printed("eq-accuracy").right(accuracy=None, theta=theta, **names)

    theta = np.array([-0.1, -0.05])
    z = theta[0] + theta[1] * U
    assert accuracy(theta) == pytest.approx(metrics.accuracy_score(labels, z > 0), rel=1e-14)
    margin = np.abs(z).min() / (1 + np.abs(U).max())  # a smaller step moves no z across 0
    assert margin > 1e-6
    for e in np.eye(2):
        assert accuracy(theta + 0.99 * margin * e) == accuracy(theta - 0.99 * margin * e)
    wide = np.array([0, 0.02])
    assert accuracy(theta + wide) != accuracy(theta - wide)
    # A line is crossed at 0: the score 0 counts as the answer no.
    tied = {"N": 3, "z": [0.0, 0.05, -0.05], "y": [0, 1, 0]}
    assert printed("eq-accuracy").right(accuracy=None, theta=None, **tied) == 1

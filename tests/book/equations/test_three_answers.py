"""The labeled equations of the page ``three_answers``."""

import numpy as np
import pytest

from lossbook import datasets, models, risk
from lossbook.losses import absolute_error, half_squared_error, huber, squared_error
from tests.printed import printed

CALLS = datasets.phone_calls()
X, Y = (CALLS.X - 1950) / 10, CALLS.y
RESIDUALS = np.linspace(-4, 4, 41)
ZERO = np.zeros(41)


def alone(loss, part=0, **settings):
    """Return the value of a loss, or its derivative, as a function of one residual."""
    return lambda r: float(loss([r], [0.0], **settings)[part][0])


@pytest.mark.equation("eq-line")
def test_a_line_predicts_intercept_plus_slope_times_input():
    theta = [0.3, -2.0]
    predictions, _ = models.linear(theta, X)
    # Huber's loss at a prediction is half the square of what the page calls the residual.
    residuals = half_squared_error(predictions, Y)[1]
    for i in range(1, 25):
        names = {"theta_0": 0.3, "theta_1": -2.0, "x": X[:, 0], "y": Y}
        printed("eq-line").check(i=i, hat_y=predictions, r=residuals, rtol=1e-13, **names)


def central(function, step=1e-5):
    return lambda r: (function(r + step) - function(r - step)) / (2 * step)


@pytest.mark.equation("eq-three-losses")
def test_the_three_losses_have_the_values_printed():
    for r in (-4.0, -1.2, -1.1, 0.0, 0.3, 1.2, 1.3, 5.0):
        printed("eq-three-losses").check(
            r=r,
            delta=1.2,
            ell_squared=alone(squared_error),
            ell_absolute=alone(absolute_error),
            ell_Huber=alone(huber, delta=1.2),
        )


@pytest.mark.equation("eq-empirical-risk")
@pytest.mark.parametrize("loss", [squared_error, absolute_error, huber])
def test_the_risk_is_the_mean_of_the_losses_of_the_residuals(loss):
    objective = risk(models.linear, loss, X, Y)
    printed("eq-empirical-risk").check(
        L=lambda *theta: objective(theta)[0],
        ell=alone(loss),
        theta_0=0.4,
        theta_1=1.1,
        N=24,
        x=X[:, 0],
        y=Y,
    )


@pytest.mark.equation("eq-influence")
def test_the_pull_is_the_derivative_of_the_loss():
    delta = 1.2
    for r in (-4.0, -1.201, -0.3, 0.7, 1.19, 3.0):
        numeric = {
            "ell_squared_prime": central(alone(squared_error)),
            "ell_absolute_prime": central(alone(absolute_error)),
            "ell_Huber_prime": central(alone(huber, delta=delta)),
        }
        page = printed("eq-influence")
        page.check(r=r, delta=delta, atol=1e-9, **numeric)
        page.check(
            r=r,
            delta=delta,
            ell_squared_prime=alone(squared_error, 1),
            ell_absolute_prime=alone(absolute_error, 1),
            ell_Huber_prime=alone(huber, 1, delta=delta),
        )

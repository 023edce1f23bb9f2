"""The labeled equations of the page ``three_answers``."""

import numpy as np
import pytest

from lossbook import datasets, models, risk
from lossbook.losses import absolute_error, huber, squared_error

CALLS = datasets.phone_calls()


X, Y = (CALLS.X - 1950) / 10, CALLS.y


RESIDUALS = np.linspace(-4, 4, 41)


ZERO = np.zeros(41)


@pytest.mark.equation("eq-line")
def test_a_line_predicts_intercept_plus_slope_times_input():
    predictions, _ = models.linear([0.3, -2.0], X)
    np.testing.assert_allclose(predictions, [0.3 + -2.0 * x for (x,) in X], rtol=1e-15)


@pytest.mark.equation("eq-three-losses")
def test_the_three_losses_have_the_values_printed():
    delta = 1.2

    def by_cases(r):
        return r**2 / 2 if abs(r) <= delta else delta * (abs(r) - delta / 2)

    np.testing.assert_allclose(squared_error(RESIDUALS, ZERO)[0], RESIDUALS**2, rtol=1e-15)
    np.testing.assert_array_equal(absolute_error(RESIDUALS, ZERO)[0], abs(RESIDUALS))
    np.testing.assert_allclose(
        huber(RESIDUALS, ZERO, delta=delta)[0], [by_cases(r) for r in RESIDUALS], rtol=1e-14
    )


@pytest.mark.equation("eq-empirical-risk")
@pytest.mark.parametrize("loss", [squared_error, absolute_error, huber])
def test_the_risk_is_the_mean_of_the_losses_of_the_residuals(loss):
    value, _ = risk(models.linear, loss, X, Y)([0.4, 1.1])
    losses = [loss([0.4 + 1.1 * x - y], [0.0])[0][0] for (x,), y in zip(X, Y)]
    assert value == pytest.approx(sum(losses) / 24, rel=1e-13)


@pytest.mark.equation("eq-influence")
@pytest.mark.parametrize("loss", [squared_error, absolute_error, huber])
def test_the_pull_is_the_derivative_of_the_loss(loss):
    away_from_kinks = RESIDUALS + 0.013
    step = 1e-5
    numeric = (loss(away_from_kinks + step, ZERO)[0] - loss(away_from_kinks - step, ZERO)[0]) / (
        2 * step
    )
    printed = {
        squared_error: 2 * away_from_kinks,
        absolute_error: np.sign(away_from_kinks),
        huber: np.maximum(-1.0, np.minimum(away_from_kinks, 1.0)),
    }[loss]
    np.testing.assert_allclose(printed, numeric, atol=1e-9)
    np.testing.assert_array_equal(loss(away_from_kinks, ZERO)[1], printed)

"""The labeled equations of the page ``regression_losses``."""

import numpy as np
import pytest
import sympy
from scipy import optimize

from lossbook import datasets, losses, models, risk
from lossbook.losses import log_cosh

FAMILIES = datasets.engel()


X, Y = FAMILIES.X / 100, FAMILIES.y / 100


R = np.linspace(-4, 4, 41) + 0.013  # no kink among them


def fit_line(loss, **settings):
    objective = risk(models.linear, loss, X, Y, **settings)
    return optimize.minimize(objective, [1.5, 0.5], jac=True, options={"gtol": 1e-9}).x


@pytest.mark.parametrize(
    ("loss", "pull"),
    [
        (losses.half_squared_error, lambda r: r),
        (losses.huber, lambda r: np.clip(r, -1, 1)),
        (losses.cauchy, lambda r: r / (1 + r**2)),
        (losses.log_cosh, np.tanh),
    ],
)
@pytest.mark.equation("eq-balance-of-pulls")
def test_at_the_best_line_all_pulls_are_in_balance(loss, pull):
    theta = fit_line(loss)
    psi = pull(theta[0] + theta[1] * X[:, 0] - Y)
    assert abs(psi.sum()) < 1e-5 * np.abs(psi).sum()
    assert abs((psi * X[:, 0]).sum()) < 1e-5 * np.abs(psi * X[:, 0]).sum()


def influence(loss, **settings):
    """Differentiate the values of a loss of the residual numerically, away from its kinks."""
    step = 1e-5
    up, down = (loss(R + h, np.zeros_like(R), **settings)[0] for h in (step, -step))
    return (up - down) / (2 * step)


@pytest.mark.equation("eq-smooth-bounded-pulls")
@pytest.mark.parametrize("delta", [0.5, 1.0, 3.0])
def test_two_smooth_pulls_are_bounded(delta):
    printed = R / np.sqrt(1 + (R / delta) ** 2)
    np.testing.assert_allclose(influence(losses.pseudo_huber, delta=delta), printed, atol=1e-8)
    np.testing.assert_allclose(influence(log_cosh), np.tanh(R), atol=1e-8)


@pytest.mark.equation("eq-fading-pulls")
@pytest.mark.parametrize("scale", [0.5, 2.0])
def test_two_pulls_fade(scale):
    printed = R / (1 + (R / scale) ** 2)
    np.testing.assert_allclose(influence(losses.cauchy, scale=scale), printed, atol=1e-8)
    printed = [r * (1 - (r / scale) ** 2) ** 2 if abs(r) <= scale else 0 for r in R]
    np.testing.assert_allclose(influence(losses.tukey_biweight, c=scale), printed, atol=1e-8)


@pytest.mark.equation("eq-barron-pull")
@pytest.mark.parametrize("alpha", [-2.0, 0.0, 0.5, 1.0, 1.5])
def test_barrons_pull_runs_through_the_others(alpha):
    c = 0.7
    u = R / c
    printed = u / c * (u**2 / abs(alpha - 2) + 1) ** (alpha / 2 - 1)
    np.testing.assert_allclose(influence(losses.barron, alpha=alpha, scale=c), printed, atol=1e-7)
    if alpha == 0:
        cauchy = influence(losses.cauchy, scale=np.sqrt(2) * c)
        np.testing.assert_allclose(printed, cauchy / c**2, atol=1e-7)
    if alpha == 1:
        pseudo_huber = influence(losses.pseudo_huber, delta=c)
        np.testing.assert_allclose(printed, pseudo_huber / c**2, atol=1e-7)


@pytest.mark.equation("eq-leaning-pulls")
@pytest.mark.parametrize("level", [0.1, 0.9])
def test_two_pulls_lean(level):
    printed = [-level if r < 0 else 1 - level for r in R]
    np.testing.assert_allclose(influence(losses.pinball, quantile=level), printed, atol=1e-8)
    printed = [2 * level * r if r < 0 else 2 * (1 - level) * r for r in R]
    np.testing.assert_allclose(influence(losses.expectile, expectile=level), printed, atol=1e-8)


@pytest.mark.equation("eq-likelihood-pulls")
def test_three_pulls_depend_on_the_prediction_itself():
    z, y, m, s = sympy.symbols("z y mu s", real=True)
    gauss = sympy.log(2 * sympy.pi * sympy.exp(s)) / 2 + (y - m) ** 2 / (2 * sympy.exp(s))
    amount = 3 * (y * sympy.exp(-z) + z) - 2 * sympy.log(y)  # gamma with shape 3, up to a constant
    count = sympy.exp(z) - y * z  # up to log y!
    printed = [
        (count, z, sympy.exp(z) - y, 1),
        (amount, z, 1 - y * sympy.exp(-z), 3),
        (gauss, m, (m - y) / sympy.exp(s), 1),
    ]
    for value, by, pull, factor in printed:
        assert sympy.simplify(sympy.diff(value, by) - factor * pull) == 0
    np.testing.assert_allclose(losses.poisson([0.5], [2])[1], np.exp(0.5) - 2, rtol=1e-14)
    np.testing.assert_allclose(losses.gamma([0.5], [2])[1], 1 - 2 * np.exp(-0.5), rtol=1e-14)
    gradient = losses.gaussian_nll([[0.5, 0.7]], [2])[1]
    np.testing.assert_allclose(gradient[0, 0], -1.5 / np.exp(0.7), rtol=1e-14)

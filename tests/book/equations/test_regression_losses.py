"""The labeled equations of the page ``regression_losses``."""

import numpy as np
import pytest
from scipy import optimize, stats

from lossbook import datasets, losses, models, risk
from lossbook.losses import log_cosh
from tests.printed import MeaninglessError, printed

FAMILIES = datasets.engel()
X, Y = FAMILIES.X / 100, FAMILIES.y / 100
R = np.linspace(-4, 4, 41) + 0.013  # no kink among them
RESIDUALS = (-3.9, -1.3, -0.49, 0.013, 0.3, 0.8, 1.7, 3.7)  # no kink among them


def pull(loss, **settings):
    """Return the derivative of a loss of the residual, by differences of its values."""

    def of(r, step=1e-5):
        (up,), (down,) = (loss([r + h], [0.0], **settings)[0] for h in (step, -step))
        return (up - down) / (2 * step)

    return of


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
    r = theta[0] + theta[1] * X[:, 0] - Y
    size = np.abs(pull(r)).sum()
    printed("eq-balance-of-pulls").check(
        psi=pull, r=r, x=X[:, 0], N=len(r), atol=1e-5 * size * X.max()
    )
    sums = [
        printed("eq-balance-of-pulls").sides(n, psi=pull, r=r + 0.3, x=X[:, 0], N=len(r))[0]
        for n in (0, 1)
    ]
    assert min(sums) > 1e-2 * size


@pytest.mark.equation("eq-smooth-bounded-pulls")
@pytest.mark.parametrize("delta", [0.5, 1.0, 3.0])
def test_two_smooth_pulls_are_bounded(delta):
    for r in RESIDUALS:
        printed("eq-smooth-bounded-pulls").check(
            r=r,
            delta=delta,
            psi_pseudo_Huber=pull(losses.pseudo_huber, delta=delta),
            psi_log_cosh=pull(log_cosh),
            atol=1e-8,
        )


@pytest.mark.equation("eq-fading-pulls")
@pytest.mark.parametrize("scale", [0.5, 2.0])
def test_two_pulls_fade(scale):
    for r in (*RESIDUALS, scale, -scale):
        printed("eq-fading-pulls").check(
            r=r,
            s=scale,
            c=scale,
            psi_Cauchy=pull(losses.cauchy, scale=scale),
            psi_Tukey=pull(losses.tukey_biweight, c=scale),
            atol=1e-8,
        )


@pytest.mark.equation("eq-barron-pull")
@pytest.mark.parametrize("alpha", [-2.0, 0.0, 0.5, 1.0, 1.5, 2.7])
def test_barrons_pull_runs_through_the_others(alpha):
    c, page = 0.7, printed("eq-barron-pull")
    general = pull(losses.barron, alpha=alpha, scale=c)
    for r in RESIDUALS:
        page.check(r=r, u=r / c, c=c, alpha=alpha, psi_Barron=general, atol=1e-7)
        if alpha == 0:
            cauchy = pull(losses.cauchy, scale=np.sqrt(2) * c)(r)
            assert general(r) == pytest.approx(cauchy / c**2, abs=1e-7)
        if alpha == 1:
            pseudo_huber = pull(losses.pseudo_huber, delta=c)(r)
            assert general(r) == pytest.approx(pseudo_huber / c**2, abs=1e-7)


@pytest.mark.equation("eq-leaning-pulls")
@pytest.mark.parametrize("level", [0.1, 0.9])
def test_two_pulls_lean(level):
    page, names = printed("eq-leaning-pulls"), {"q": level, "tau": level}
    names["psi_pinball"] = pull(losses.pinball, quantile=level)
    names["psi_expectile"] = pull(losses.expectile, expectile=level)
    for r in RESIDUALS:
        page.check(r=r, atol=1e-8, **names)
    for number in (0, 1):  # at the kink the page says nothing
        with pytest.raises(MeaninglessError):
            page.right(number, r=0.0, **names)


@pytest.mark.equation("eq-likelihood-pulls")
def test_three_pulls_depend_on_the_prediction_itself():
    def slope(density, at, step=1e-5):
        return (density(at + step) - density(at - step)) / (2 * step)

    def gamma(z, y, shape=3):
        """Minus the log density of a gamma distribution, as a share of its shape."""
        return -stats.gamma.logpdf(y, shape, scale=np.exp(z) / shape) / shape

    for z, y, s in ((0.5, 2, 0.7), (-1.0, 3, 0.0), (0.1, 1, -0.4)):
        names = {
            "d_ell_Poisson_d_z": slope(lambda z, y=y: -stats.poisson.logpmf(y, np.exp(z)), z),
            "d_ell_gamma_d_z": slope(lambda z, y=y: gamma(z, y), z),
            "d_ell_Gauss_d_mu": slope(
                lambda m, y=y, s=s: -stats.norm.logpdf(y, m, np.exp(s / 2)), z
            ),
        }
        page = printed("eq-likelihood-pulls")
        page.check(z=z, mu=z, y=y, s=s, rtol=1e-8, atol=1e-9, **names)
        names = {
            "d_ell_Poisson_d_z": losses.poisson([z], [y])[1][0],
            "d_ell_gamma_d_z": losses.gamma([z], [y])[1][0],
            "d_ell_Gauss_d_mu": losses.gaussian_nll([[z, s]], [y])[1][0, 0],
        }
        page.check(z=z, mu=z, y=y, s=s, **names)

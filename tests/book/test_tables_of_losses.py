"""The tables of two pages: each formula, pull and value by hand is that of the package.

The cells are held word for word: a change of one fails until somebody has looked at the function
beside it.
"""

import numpy as np
import pytest

from lossbook import losses
from tests.book.test_claims_of_losses import sigmoid, text

R = np.array([-30.0, -3.0, -1.5, -0.4, 0.3, 1.2, 2.5, 3.9, 30.0])
q, tau = 0.9, 0.9


def sign(r):
    return np.sign(r)


def excess(r):
    return np.maximum(0, abs(r) - 1)


def huber(r):
    return np.where(abs(r) <= 1, r**2 / 2, abs(r) - 1 / 2)


def tukey(r):
    return np.where(abs(r) <= 4, 16 / 6 * (1 - (1 - (r / 4) ** 2) ** 3), 16 / 6)


# name: (loss, settings, cell and function of the value, cell and function of the pull, by hand)
REGRESSION = {
    "**squared error**": (
        losses.squared_error, {}, "$r^2$", lambda r: r**2, "$2r$", lambda r: 2 * r, {2: ("$4$", 4)},
    ),
    "**half squared error**": (
        losses.half_squared_error, {}, r"$\tfrac12 r^2$", lambda r: r**2 / 2, "$r$", lambda r: r,
        {2: ("$2$", 2)},
    ),
    "**squared ε-insensitive**": (
        losses.squared_epsilon_insensitive, {"epsilon": 1},
        r"$\max(0, \lvert r \rvert - \varepsilon)^2$", lambda r: excess(r) ** 2,
        r"$2\max(0, \lvert r \rvert - \varepsilon) \operatorname{sign} r$",
        lambda r: 2 * excess(r) * sign(r), {2: ("$1$", 1)},
    ),
    "**absolute error** (L1, MAE)": (
        losses.absolute_error, {}, r"$\lvert r \rvert$", abs, r"$\operatorname{sign} r$", sign,
        {2: ("$2$", 2)},
    ),
    "**Huber** {cite:p}`huber1964`": (
        losses.huber, {},
        r"$\tfrac12 r^2$ up to δ, then $\delta(\lvert r \rvert - \tfrac12\delta)$", huber,
        r"$r$, capped at $\pm\delta$", lambda r: np.clip(r, -1, 1), {2: (r"$\tfrac32$", 1.5)},
    ),
    "**smooth L1**": (
        losses.smooth_l1, {}, "Huber's with δ = β, divided by β", huber,
        r"$r/\beta$, capped at $\pm 1$", lambda r: np.clip(r, -1, 1), {2: (r"$\tfrac32$", 1.5)},
    ),
    "**pseudo-Huber**": (
        losses.pseudo_huber, {}, r"$\delta^2\bigl(\sqrt{1 + (r/\delta)^2} - 1\bigr)$",
        lambda r: np.sqrt(1 + r**2) - 1, "below", lambda r: r / np.sqrt(1 + r**2),
        {2: (r"$\sqrt5 - 1$", 5**0.5 - 1)},
    ),
    "**log-cosh**": (
        losses.log_cosh, {}, r"$\log\cosh r$", lambda r: np.log(np.cosh(r)), "below", np.tanh,
        {2: (r"$\log\cosh 2$", np.log(np.cosh(2)))},
    ),
    "**ε-insensitive**": (
        losses.epsilon_insensitive, {"epsilon": 1}, r"$\max(0, \lvert r \rvert - \varepsilon)$",
        excess, r"$\operatorname{sign} r$ beyond ε, else 0", lambda r: sign(r) * (abs(r) > 1),
        {2: ("$1$", 1)},
    ),
    "**Cauchy**": (
        losses.cauchy, {}, r"$\tfrac12 s^2 \log\bigl(1 + (r/s)^2\bigr)$",
        lambda r: np.log(1 + r**2) / 2, None, None, {2: (r"$\tfrac12\log 5$", np.log(5) / 2)},
    ),
    "**Tukey's biweight**": (
        losses.tukey_biweight, {"c": 4},
        r"$\tfrac16 c^2\bigl(1 - (1 - (r/c)^2)^3\bigr)$ up to $c$, then $\tfrac16 c^2$", tukey,
        None, None, {2: (r"$\tfrac{37}{24}$", 37 / 24)},
    ),
    "**Barron**": (
        losses.barron, {"alpha": -2},
        r"$\tfrac{\lvert\alpha - 2\rvert}{\alpha}\Bigl(\bigl(\tfrac{u^2}{\lvert\alpha - 2\rvert}"
        r" + 1\bigr)^{\alpha/2} - 1\Bigr)$",
        lambda r: 4 / -2 * ((r**2 / 4 + 1) ** (-2 / 2) - 1), None, None, {2: ("$1$", 1)},
    ),
    "**pinball**": (
        losses.pinball, {"quantile": q}, r"$-q\, r$ below 0, $(1 - q)\, r$ above",
        lambda r: np.where(r < 0, -q * r, (1 - q) * r), None, None,
        {-2: (r"$\tfrac95$", 9 / 5), 2: (r"$\tfrac15$", 1 / 5)},
    ),
    "**expectile**": (
        losses.expectile, {"expectile": tau}, r"$\tau r^2$ below 0, $(1 - \tau)\, r^2$ above",
        lambda r: np.where(r < 0, tau * r**2, (1 - tau) * r**2), None, None,
        {-2: (r"$\tfrac{18}5$", 18 / 5), 2: (r"$\tfrac25$", 2 / 5)},
    ),
}  # fmt: skip


def row(page, name):
    (line,) = [r for r in text(page).splitlines() if r.startswith(f"| {name} |")]
    return [cell.strip() for cell in line.strip("|").split("|")]


@pytest.mark.parametrize("name", REGRESSION)
def test_a_row_of_the_regression_losses_is_the_loss(name):
    loss, settings, formula, value, slope, pull, by_hand = REGRESSION[name]
    told = [formula, *([slope] if slope else []), *(cell for cell, _ in by_hand.values())]
    assert row("concepts/regression_losses", name)[1:-1] == told
    values, gradients = loss(R, 0 * R, **settings)
    np.testing.assert_allclose(values, value(R), rtol=1e-12)
    if pull:
        np.testing.assert_allclose(gradients, pull(R), rtol=1e-12)
    for at, (_, number) in by_hand.items():
        assert loss([at], [0], **settings)[0][0] == pytest.approx(number, rel=1e-12)


@pytest.mark.parametrize(
    ("name", "formula", "found", "told"),
    [
        ("**Poisson**", "$e^z - y z$", losses.poisson([0.0], [3]), 1),
        ("**gamma**", r"$y\, e^{-z} + z$", losses.gamma([0.0], [3.0]), 3),
        (
            "**Gaussian NLL**",
            r"$\tfrac12\bigl(s + (y - \mu)^2 e^{-s}\bigr)$",
            losses.gaussian_nll([[1.0, 0.0]], [3.0]),
            2,
        ),
    ],
)
def test_a_row_of_the_losses_that_know_the_target_is_the_loss(name, formula, found, told):
    assert row("concepts/regression_losses", name)[1:3] == [formula, f"${told}$"]
    assert found[0][0] == pytest.approx(told, rel=1e-12)


M = np.array([-30.0, -4.0, -1.0, -0.5, 0.2, 0.9, 1.1, 4.0])
big = 1 / (1 + np.exp(-4))  # q on the page: 1 − p at margin −4
entropy = np.log(1 + np.exp(4))
CLASSIFICATION = {
    "**cross-entropy, logistic**": (
        losses.logistic, "$1 / (1 + e^m)$", lambda m: 1 / (1 + np.exp(m)),
        r"$\log(1 + e^4)$", entropy,
    ),
    "**exponential**": (
        losses.exponential, "$e^{-m}$", lambda m: np.exp(-m), "$e^4$", np.exp(4),
    ),
    "**perceptron**": (losses.perceptron, "1 below 0, then 0", lambda m: 1.0 * (m < 0), "$4$", 4),
    "**hinge**": (losses.hinge, "1 below 1, then 0", lambda m: 1.0 * (m < 1), "$5$", 5),
    "**squared hinge**": (
        losses.squared_hinge, r"$2\max(0, 1 - m)$", lambda m: 2 * np.maximum(0, 1 - m), "$25$", 25,
    ),
    "**modified Huber**": (
        losses.modified_huber, r"$2\max(0, 1 - m)$, at most 4",
        lambda m: np.minimum(4, 2 * np.maximum(0, 1 - m)), "$16$", 16,
    ),
    "**focal**": (
        losses.focal, r"$(1 - p)^\gamma (1 - p - \gamma\, p \log p)$",
        lambda m: sigmoid(-m) ** 2 * (sigmoid(-m) - 2 * sigmoid(m) * np.log(sigmoid(m))),
        r"$q^2 \log(1 + e^4)$", big**2 * entropy,
    ),
    "**Brier**": (
        lambda m, y: (
            losses.brier(sigmoid(m), y)[0],
            losses.brier(sigmoid(m), y)[1] * sigmoid(m) * sigmoid(-m),
        ),
        r"$2\, p\, (1 - p)^2$", lambda m: 2 * sigmoid(m) * sigmoid(-m) ** 2, "$q^2$", big**2,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CLASSIFICATION)
def test_a_row_of_the_classification_losses_is_the_loss(name):
    loss, slope, pull, cell, number = CLASSIFICATION[name]
    assert row("concepts/classification_losses", name)[1:3] == [slope, cell]
    values, gradients = loss(M, np.ones_like(M))
    np.testing.assert_allclose(-gradients, pull(M), rtol=1e-9)
    assert values[1] == pytest.approx(number, rel=1e-12)


def test_the_rows_of_several_classes_are_the_losses():
    page = "concepts/classification_losses"
    softmax, hinge = (row(page, f"**{n}**") for n in ("softmax cross-entropy", "multiclass hinge"))
    assert softmax[1:3] == ["1 − the softmax of $s_y$", r"$\log 3$"]
    assert hinge[1:3] == ["1 until $s_y$ leads by 1, then 0", "$1$"]
    equal = [[0.0, 0.0, 0.0]]
    assert losses.softmax_cross_entropy(equal, [0])[0][0] == pytest.approx(np.log(3), rel=1e-12)
    assert losses.multiclass_hinge(equal, [0])[0][0] == 1
    scores = np.array([2.0, 0.5, 1.5])
    share = np.exp(scores[0]) / np.exp(scores).sum()
    assert -losses.softmax_cross_entropy([scores], [0])[1][0, 0] == pytest.approx(1 - share)
    for lead, pull in ((0.9, 1), (1.1, 0)):
        assert -losses.multiclass_hinge([[lead, 0.0, -3.0]], [0])[1][0, 0] == pull

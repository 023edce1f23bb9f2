"""The labeled equations of the page ``images``."""

import nbformat
import numpy as np
import pytest
import scipy.optimize
import scipy.signal
import scipy.special
import sympy
import torch

from lossbook.losses import brier, softmax_cross_entropy
from tests.printed import Given, printed
from tools.notebooks import ROOT

RNG = np.random.default_rng(7)
Z = np.array([0.3, -1.1, 0.8])
SOFTMAX = Given(lambda at: scipy.special.softmax(at["z"]))


@pytest.mark.equation("eq-images-convolution")
def test_the_double_sum_is_what_torch_and_scipy_call_convolution_and_correlation():
    x, w, b = RNG.normal(size=(8, 8)), RNG.normal(size=(3, 3)), 0.4
    of_torch = torch.nn.functional.conv2d(
        torch.tensor(x[None, None]),
        torch.tensor(w[None, None]),
        torch.tensor([b], dtype=torch.float64),
    )[0, 0].numpy()
    of_scipy = scipy.signal.correlate2d(x, w, mode="valid") + b
    names = {"b": b, "w": dict(np.ndenumerate(w)), "x": dict(np.ndenumerate(x))}
    for r, c in ((0, 0), (2, 5), (5, 1), (5, 5)):
        for z in (of_torch, of_scipy):
            printed("eq-images-convolution").check(r=r, c=c, z=dict(np.ndenumerate(z)), **names)


def softmax_symbols(K):
    z = sympy.symbols(f"z:{K}", real=True)
    total = sum(sympy.exp(part) for part in z)
    return z, [sympy.exp(part) / total for part in z]


@pytest.mark.equation("eq-images-cross")
@pytest.mark.parametrize("label", [0, 2])
def test_the_gradient_of_cross_entropy_is_probability_minus_target(label):
    page, t = printed("eq-images-cross"), np.eye(3)[label]
    (value,), _ = softmax_cross_entropy([Z], [label])
    page.check(0, ell=value, K=3, t=t, z=Z, p=SOFTMAX)
    loss = Given(lambda at: softmax_cross_entropy([at["z"]], [label])[0][0])
    for k in (1, 2, 3):
        page.check(1, ell=loss, k=k, t=t, z=Z, p=SOFTMAX, rtol=1e-9)


@pytest.mark.equation("eq-images-squared")
@pytest.mark.parametrize("label", [0, 2])
def test_the_gradient_of_the_squared_error_of_probabilities_carries_a_factor_p(label):
    t = np.eye(3)[label]
    loss = Given(lambda at: np.square(at["p"] - t).sum())
    for k in (1, 2, 3):
        printed("eq-images-squared").check(ell=loss, k=k, K=3, t=t, z=Z, p=SOFTMAX, rtol=1e-9)


def test_the_squared_error_of_two_probabilities_is_twice_the_brier_loss():
    p, labels = np.array([0.0, 0.2, 0.7, 1.0]), np.array([0, 1, 1, 0])
    both, targets = np.column_stack([1 - p, p]), np.eye(2)[labels]
    values, _ = brier(p, labels)
    np.testing.assert_allclose(((both - targets) ** 2).sum(axis=1), 2 * values, rtol=1e-14)


@pytest.mark.equation("eq-images-smoothing")
@pytest.mark.parametrize(("s", "K"), [(0.1, 10), (0.3, 4)])
def test_smoothed_cross_entropy_is_least_at_the_gap_printed(s, K):
    def objective(z):
        values, gradients = softmax_cross_entropy(z[None], [1], label_smoothing=s)
        return values[0], gradients[0]

    best = scipy.optimize.minimize(objective, np.zeros(K), jac=True, tol=1e-12).x
    page, names = printed("eq-images-smoothing"), {"s": s, "K": K, "y": 2, "z": best}
    for k in (1, 2, 3):
        page.check(0, k=k, t=scipy.special.softmax(best), rtol=1e-5, **names)
    page.check(1, k=1, rtol=1e-5, **names)
    of_torch = torch.nn.functional.cross_entropy(
        torch.tensor(best[None]), torch.tensor([1]), label_smoothing=s
    )
    assert objective(best)[0] == pytest.approx(of_torch.item(), rel=1e-12)


def calibration_error_of_the_chapter():
    """Return the function as the page on images defines it."""
    cells = nbformat.read(ROOT / "chapters/applications/images.ipynb", as_version=4).cells
    names = {"np": np}
    for definition in ("def bins(", "def ece("):
        exec(next(cell.source for cell in cells if definition in cell.source), names)
    return names["ece"]


@pytest.mark.equation("eq-images-ece")
@pytest.mark.parametrize("boast", [0.0, 0.1, 0.2])
def test_a_classifier_that_always_boasts_by_a_tenth_has_a_calibration_error_of_a_tenth(boast):
    # Right as often as it says, less the boast, and without chance: so many of each hundred.
    sure = np.arange(0.55, 1, 0.1)
    right = np.concatenate([np.arange(100) < 100 * (c - boast) - 1e-9 for c in sure])
    p = np.repeat(np.column_stack([sure, 1 - sure]), 100, axis=0)
    ece = calibration_error_of_the_chapter()
    assert ece(p, np.where(right, 0, 1)) == pytest.approx(boast, abs=1e-12)
    # With a single bin it is the gap of the two means.
    assert ece(p, np.zeros(500, int), count=1) == pytest.approx(1 - sure.mean(), rel=1e-12)
    # The page has ten bins. Here half have a gap of their own, up in some and down in others.
    said = np.repeat(np.arange(0.05, 1, 0.1), 50)
    came = np.concatenate(
        [np.arange(50) < 50 * (c + 0.04 * (-1) ** n * (n % 3)) for n, c in enumerate(said[::50])]
    )
    bins = [np.flatnonzero(np.repeat(np.arange(10), 50) == n).tolist() for n in range(10)]
    among_forty = np.column_stack([said, *[(1 - said) / 40] * 40])
    printed("eq-images-ece").check(
        ECE=ece(among_forty, np.where(came, 0, 1)),
        B=dict(enumerate(bins, 1)),
        N=500,
        acc=lambda rows: came[rows].mean(),
        conf=lambda rows: said[rows].mean(),
    )

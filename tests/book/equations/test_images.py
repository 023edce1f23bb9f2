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
from tools.notebooks import ROOT

RNG = np.random.default_rng(7)


@pytest.mark.equation("eq-images-convolution")
def test_the_double_sum_is_what_torch_and_scipy_call_convolution_and_correlation():
    x, w, b = RNG.normal(size=(8, 8)), RNG.normal(size=(3, 3)), 0.4
    z = np.array(
        [
            [
                b + sum(w[i, j] * x[r + i, c + j] for i in range(3) for j in range(3))
                for c in range(6)
            ]
            for r in range(6)
        ]
    )
    of_torch = torch.nn.functional.conv2d(
        torch.tensor(x[None, None]),
        torch.tensor(w[None, None]),
        torch.tensor([b], dtype=torch.float64),
    )
    np.testing.assert_allclose(of_torch[0, 0].numpy(), z, rtol=1e-12)
    np.testing.assert_allclose(scipy.signal.correlate2d(x, w, mode="valid") + b, z, rtol=1e-12)


def softmax_symbols(K):
    z = sympy.symbols(f"z:{K}", real=True)
    total = sum(sympy.exp(part) for part in z)
    return z, [sympy.exp(part) / total for part in z]


@pytest.mark.equation("eq-images-cross")
@pytest.mark.parametrize("label", [0, 2])
def test_the_gradient_of_cross_entropy_is_probability_minus_target(label):
    z, p = softmax_symbols(3)
    t = [int(k == label) for k in range(3)]
    loss = -sum(t[k] * sympy.log(p[k]) for k in range(3))
    for k in range(3):
        assert sympy.simplify(sympy.diff(loss, z[k]) - (p[k] - t[k])) == 0


@pytest.mark.equation("eq-images-squared")
@pytest.mark.parametrize("label", [0, 2])
def test_the_gradient_of_the_squared_error_of_probabilities_carries_a_factor_p(label):
    z, p = softmax_symbols(3)
    t = [int(k == label) for k in range(3)]
    loss = sum((p[k] - t[k]) ** 2 for k in range(3))
    inner = sum(p[j] * (p[j] - t[j]) for j in range(3))
    for k in range(3):
        assert sympy.simplify(sympy.diff(loss, z[k]) - 2 * p[k] * (p[k] - t[k] - inner)) == 0


@pytest.mark.equation("eq-images-squared")
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
    t = (1 - s) * (np.arange(K) == 1) + s / K
    np.testing.assert_allclose(scipy.special.softmax(best), t, rtol=1e-5)
    assert best[1] - best[0] == pytest.approx(np.log(1 + K * (1 - s) / s), rel=1e-5)
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

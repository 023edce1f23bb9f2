"""The labeled equations of the page ``one_loss_five_libraries``."""

import re

import nbformat
import numpy as np
import pytest
import torch
from sklearn import ensemble, linear_model, metrics
from sklearn.metrics import log_loss

from lossbook import mean
from lossbook.losses import binary_cross_entropy, half_squared_error, huber
from tests.printed import over, pinned, printed
from tools.notebooks import ROOT

PAGES = ROOT / "chapters" / "tools"
SCIKIT_LEARN = (ensemble, linear_model, metrics, metrics.pairwise)
RNG = np.random.default_rng(0)
Z, Y = RNG.normal(size=40), RNG.integers(0, 2, size=40)
WEIGHTS = RNG.uniform(0.5, 3, size=40)
F = torch.nn.functional


@pytest.mark.equation("eq-libraries-translation")
@pytest.mark.parametrize("reduction", ["mean", "sum", "none"])
def test_the_squared_error_of_pytorch_is_twice_our_half_squared_error_reduced(reduction):
    pinned(
        "eq-libraries-translation",
        r"""
        \begin{gathered}
        \text{theirs} = c \cdot \operatorname*{reduce}_{i=1\ldots N}\; \ell_i, \\
        \text{reduce} \in \{\text{mean}, \text{sum}, \text{none}\} .
        \end{gathered}
        """,
        because="it says in which form a table is written: reduce is one of three words",
    )
    ours, _ = half_squared_error(Z, Y)
    theirs = F.mse_loss(torch.tensor(Z), torch.tensor(Y, dtype=torch.float64), reduction=reduction)
    reduced = {"mean": np.mean, "sum": np.sum, "none": np.asarray}[reduction](ours)
    np.testing.assert_allclose(theirs.numpy(), 2 * reduced, rtol=1e-13)


@pytest.mark.equation("eq-libraries-smooth")
@pytest.mark.parametrize("beta", [0.3, 1.0, 4.0])
def test_smooth_l1_of_pytorch_is_the_huber_loss_over_its_threshold(beta):
    theirs = F.smooth_l1_loss(torch.tensor(Z), torch.zeros(40), beta=beta, reduction="none")
    for r, value in zip(Z, theirs.numpy()):
        ours = {"Huber_delta=beta": lambda r: huber([r], [0.0], delta=beta)[0][0]}
        printed("eq-libraries-smooth").check(
            smooth_L1_beta=lambda _, v=value: v, r=r, beta=beta, **ours
        )


@pytest.mark.equation("eq-libraries-weighted")
def test_three_weighted_means_each_with_a_library_that_returns_it():
    losses, _ = binary_cross_entropy(Z, Y)
    z, y, w = torch.tensor(Z), torch.tensor(Y, dtype=torch.float64), torch.tensor(WEIGHTS)
    p = 1 / (1 + np.exp(-Z))
    names = {"w": WEIGHTS, "ell": losses, "N": 40, "i": over(1, 40)}
    first, second, third = (printed("eq-libraries-weighted").right(n, **names) for n in range(3))
    assert log_loss(Y, p, sample_weight=WEIGHTS) == pytest.approx(first, rel=1e-12)
    ours, _ = mean(binary_cross_entropy, Z, Y, weights=WEIGHTS)
    assert ours == pytest.approx(first, rel=1e-12)
    theirs = F.binary_cross_entropy_with_logits(z, y, weight=w).item()
    assert theirs == pytest.approx(second, rel=1e-12)
    theirs = F.binary_cross_entropy_with_logits(z, y, weight=w, reduction="sum").item()
    assert theirs == pytest.approx(third, rel=1e-12)


def test_pos_weight_follows_the_second_meaning_and_the_class_weights_of_cross_entropy_the_first():
    losses, _ = binary_cross_entropy(Z, Y)
    z, y, weights = torch.tensor(Z), torch.tensor(Y, dtype=torch.float64), 1 + 4 * Y
    positive = F.binary_cross_entropy_with_logits(z, y, pos_weight=torch.tensor(5.0)).item()
    assert positive == pytest.approx((weights * losses).mean(), rel=1e-12)
    pair, by_class = torch.stack([0 * z, z], dim=1), torch.tensor([1.0, 5.0], dtype=torch.float64)
    classes = F.cross_entropy(pair, y.long(), weight=by_class).item()
    assert classes == pytest.approx((weights * losses).sum() / weights.sum(), rel=1e-12)
    assert positive / classes == pytest.approx(weights.mean(), rel=1e-12)


def test_the_table_calls_what_has_no_function_in_scikit_learn_an_estimator():
    cells = nbformat.read(PAGES / "one_loss_five_libraries.ipynb", as_version=4).cells
    table = "".join(
        o.get("data", {}).get("text/markdown", "") for c in cells for o in c.get("outputs", [])
    )
    names = re.findall(r"scikit-learn `(\w+)`(?: × \w+)?( \(estimator\))?", table)
    assert len(names) > 10
    for name, said in names:
        (found,) = [getattr(m, name) for m in SCIKIT_LEARN if hasattr(m, name)]
        assert hasattr(found, "fit") == bool(said), name
    assert "(estimator)" not in "".join(re.findall(r"(?:PyTorch|Keras|optax) `[^,|]*", table))

"""The labeled equations of the part on tools: one loss in five libraries, papers in small."""

import re

import nbformat
import numpy as np
import pytest
import torch
from sklearn import ensemble, linear_model, metrics
from sklearn.metrics import log_loss

from lossbook import mean, minimize
from lossbook.losses import binary_cross_entropy, half_squared_error, huber
from lossbook.optimizers import GradientDescent
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
    ours, _ = half_squared_error(Z, Y)
    theirs = F.mse_loss(torch.tensor(Z), torch.tensor(Y, dtype=torch.float64), reduction=reduction)
    reduced = {"mean": np.mean, "sum": np.sum, "none": np.asarray}[reduction](ours)
    np.testing.assert_allclose(theirs.numpy(), 2 * reduced, rtol=1e-13)


@pytest.mark.equation("eq-libraries-smooth")
@pytest.mark.parametrize("beta", [0.3, 1.0, 4.0])
def test_smooth_l1_of_pytorch_is_the_huber_loss_over_its_threshold(beta):
    theirs = F.smooth_l1_loss(torch.tensor(Z), torch.zeros(40), beta=beta, reduction="none")
    np.testing.assert_allclose(
        theirs.numpy(), huber(Z, np.zeros(40), delta=beta)[0] / beta, rtol=1e-12
    )


@pytest.mark.equation("eq-libraries-weighted")
def test_three_weighted_means_each_with_a_library_that_returns_it():
    losses, _ = binary_cross_entropy(Z, Y)
    z, y, w = torch.tensor(Z), torch.tensor(Y, dtype=torch.float64), torch.tensor(WEIGHTS)
    p = 1 / (1 + np.exp(-Z))
    first = (WEIGHTS * losses).sum() / WEIGHTS.sum()
    assert log_loss(Y, p, sample_weight=WEIGHTS) == pytest.approx(first, rel=1e-12)
    ours, _ = mean(binary_cross_entropy, Z, Y, weights=WEIGHTS)
    assert ours == pytest.approx(first, rel=1e-12)
    second = F.binary_cross_entropy_with_logits(z, y, weight=w).item()
    assert second == pytest.approx((WEIGHTS * losses).mean(), rel=1e-12)
    third = F.binary_cross_entropy_with_logits(z, y, weight=w, reduction="sum").item()
    assert third == pytest.approx((WEIGHTS * losses).sum(), rel=1e-12)


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


@pytest.mark.equation("eq-papers-variance")
def test_the_variance_of_a_sum_grows_with_the_number_of_its_inputs():
    x = np.array([0.5, -1.0, 2.0, 0.1, 3.0])
    weights = 0.3 * np.random.default_rng(1).normal(size=(1_000_000, 5))
    printed = 5 * 0.3**2 * np.mean(x**2)
    assert (weights @ x).var() == pytest.approx(printed, rel=5e-3)


@pytest.mark.equation("eq-papers-nesterov")
def test_nesterov_as_in_the_paper_visits_the_points_of_the_package():
    def gradient(theta):
        return np.array([2.0, 30.0]) * theta + np.sin(theta)

    rate, mu = 0.02, 0.8
    ours, theirs, velocity = np.array([1.0, -2.0]), np.array([1.0, -2.0]), np.zeros(2)
    optimizer = GradientDescent(rate, momentum=mu, nesterov=True)
    for _ in range(50):
        np.testing.assert_allclose(ours, theirs + mu * velocity, rtol=1e-12, atol=1e-14)
        ours = optimizer.step(ours, gradient(ours))
        velocity = mu * velocity - rate * gradient(theirs + mu * velocity)
        theirs = theirs + velocity


@pytest.mark.equation("eq-papers-fair")
def test_the_score_of_a_method_is_its_best_end_over_its_rates():
    # On f(x) = x² from 1, k steps at the rate η end at (1 − 2η)^(2k): the best rate is known.
    rates = (0.1, 0.4, 0.9)

    def objective(x):
        return float(x @ x), 2 * x

    ends = [minimize(objective, [1.0], GradientDescent(rate), max_steps=3).value for rate in rates]
    np.testing.assert_allclose(ends, [(1 - 2 * rate) ** 6 for rate in rates], rtol=1e-9)
    assert min(ends) == ends[1]


def test_what_the_page_on_papers_claims_holds_for_each_of_five_seeds():
    table = np.genfromtxt(PAGES / "spread" / "papers_in_small.csv", delimiter=",", names=True)
    assert table["seed"].tolist() == [0, 1, 2, 3, 4]
    for scale in (100, 50, 25):
        assert (table[f"Nesterov_{scale}"] < table[f"descent_{scale}"]).all(), scale
    mean_digit, components = 0.074, 0.038
    np.testing.assert_allclose(table["descent_25"], mean_digit, atol=5e-4)
    assert (table["Nesterov_25"] < mean_digit - 0.002).all()
    for scale in (100, 50):
        assert (table[f"Nesterov_{scale}"] < components).all(), scale
        np.testing.assert_allclose(table[f"descent_{scale}"], components, atol=2.5e-3)
    # The full start and half of it differ less than from seed to seed.
    half, full = table["Nesterov_50"], table["Nesterov_100"]
    assert abs(half.mean() - full.mean()) < min(np.ptp(half), np.ptp(full))
    assert (table["descent_50_at_4"] > table["descent_100"] + 0.003).all()
    assert (table["Adam"] < table["Nesterov"]).sum() == 1
    assert abs(np.mean(table["Adam"] - table["Nesterov"])) < 5e-4
    for name in ("descent", "AdaGrad", "RMSProp"):
        assert (table["Adam"] < table[name]).all(), name
    assert (table["ends"] == 1).all()


def test_the_page_on_papers_shows_the_table_of_its_five_seeds():
    table = np.genfromtxt(PAGES / "spread" / "papers_in_small.csv", delimiter=",", names=True)
    cells = nbformat.read(PAGES / "papers_in_small.ipynb", as_version=4).cells
    text = "".join(o.get("text", "") for c in cells for o in c.get("outputs", []))
    shown = re.findall(r"^(\w+) +now ([\d.]+), seeds ([\d.]+) to ([\d.]+)$", text, re.MULTILINE)
    assert sorted(row[0] for row in shown) == sorted(set(table.dtype.names) - {"seed"})
    for column, now, low, high in shown:
        assert float(now) == pytest.approx(table[column][0], abs=0.000501)
        assert float(low) == pytest.approx(table[column].min(), abs=0.000501)
        assert float(high) == pytest.approx(table[column].max(), abs=0.000501)


@pytest.mark.parametrize("inputs", [4, 64])
def test_a_unit_of_the_sparse_start_keeps_the_size_of_what_it_reads(inputs):
    # Fifteen inputs, or all if there are fewer, with weights of variance 1/16.
    rng, read = np.random.default_rng(0), min(inputs, 15)
    used = np.tile(np.arange(inputs)[:, None] < 15, 100_000)
    weights = rng.permuted(used, axis=0) * rng.normal(size=(inputs, 100_000)) / 4
    assert (np.count_nonzero(weights, axis=0) == read).all()
    assert (np.ones(inputs) @ weights).var() == pytest.approx(read / 16, rel=2e-2)

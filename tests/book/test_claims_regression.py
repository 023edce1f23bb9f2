"""What the pages on regression and on a clinic's costs claim of data, over several splits."""

import re

import nbformat
import numpy as np
import pytest
from sklearn.datasets import load_breast_cancer
from sklearn.linear_model import LogisticRegression

from tools.notebooks import ROOT


def cells(page):
    return nbformat.read(ROOT / "chapters" / f"{page}.ipynb", as_version=4).cells


def text(page):
    return "\n\n".join(c.source for c in cells(page) if c.cell_type == "markdown")


def printed(page):
    """Return what the code cells of a page print."""
    outputs = [o for c in cells(page) if c.cell_type == "code" for o in c.outputs]
    return "\n".join(o.text for o in outputs if o.get("output_type") == "stream")


# Logistic regression: an early stop against a penalty.

TUMORS = load_breast_cancer()
MALIGNANT = 1 - TUMORS.target
STRENGTHS = [0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1]
STOPS = np.unique(np.geomspace(1, 10_000, 60).astype(int))


def cross_entropy(thetas, A, y):
    z = thetas @ A.T
    return (np.logaddexp(0, z) - y * z).mean(axis=1)


def chosen(thetas, choosing, judging):
    """Return the loss, on the judging part, of what is best on the choosing part."""
    best = cross_entropy(thetas, *choosing).argmin()
    return cross_entropy(thetas[best : best + 1], *judging)[0]


def both_ways(seed):
    """Return the losses of an early stop, of a penalty and of neither, on the last quarter."""
    order = np.random.default_rng(seed).permutation(len(MALIGNANT))
    rows = TUMORS.data[order[:284]]
    A = np.column_stack([np.ones(569), (TUMORS.data - rows.mean(axis=0)) / rows.std(axis=0)])
    (fit, y), *others = [(A[part], MALIGNANT[part]) for part in np.split(order, [284, 426])]
    rate = 4 * len(y) / np.linalg.eigvalsh(fit.T @ fit)[-1]
    path = [np.zeros(31)]
    for _ in range(10_000):
        p = 1 / (1 + np.exp(-fit @ path[-1]))
        path.append(path[-1] - rate * fit.T @ (p - y) / len(y))
    path = np.array(path)[STOPS]
    penalized = []
    for strength in STRENGTHS:
        model = LogisticRegression(C=1 / (2 * strength * 284), solver="newton-cholesky", tol=1e-8)
        model.fit(fit[:, 1:], y)
        penalized.append(np.append(model.intercept_, model.coef_))
    late = cross_entropy(path[-1:], *others[1])[0]
    return chosen(path, *others), chosen(np.array(penalized), *others), late


@pytest.fixture(scope="module")
def splits():
    return np.array([both_ways(seed) for seed in range(10)])


def test_an_early_stop_and_a_penalty_both_beat_neither_and_do_as_well_as_each_other(splits):
    early, paying, late = splits.T
    assert early.mean() < 0.7 * late.mean()
    assert paying.mean() < 0.7 * late.mean()
    assert (early < late).sum() >= 9
    assert (paying < late * 1.01).sum() >= 9
    # Neither is the winner: the mean of the differences is within two of its standard errors.
    differences = early - paying
    assert abs(differences.mean()) < 2 * differences.std(ddof=1) / np.sqrt(10)
    assert 2 < (differences < 0).sum() < 9


def test_the_page_prints_these_splits(splits):
    page = printed("linear_regression/logistic_regression")
    lines = re.findall(r"stop at +\d+: (\S+) +λ = \S+: (\S+) +no stop: (\S+)", page)
    np.testing.assert_allclose(np.array(lines, dtype=float), splits, atol=2e-3)
    assert "means [" + " ".join(f"{m:.3f}" for m in splits.mean(axis=0)) + "]" in page
    wins = (splits[:, 0] < splits[:, 1]).sum()
    assert f"stopped below penalized: {wins} of 10" in page
    assert wins == 7
    assert "Stopping is better in seven of ten splits" in text(
        "linear_regression/logistic_regression"
    )


def test_the_page_says_that_the_stop_at_100_beats_every_penalty_that_it_shows():
    page = printed("linear_regression/logistic_regression")
    stop = float(re.search(r"step +100: .* held-out (\S+)", page)[1])
    penalties = [float(v) for v in re.findall(r"λ = \S+: held-out (\S+),", page)]
    assert stop < min(penalties)
    prose = text("linear_regression/logistic_regression")
    assert f"The best penalty has a held-out loss of {min(penalties):.3f}" in prose
    assert f"stopped at step 100, descent had {stop:.3f}" in prose


@pytest.mark.parametrize(
    "page", ["linear_regression/logistic_regression", "outlook/designing_a_loss"]
)
def test_what_is_judged_on_held_out_rows_is_scaled_by_the_fitted_ones(page):
    code = "\n".join(c.source for c in cells(page) if c.cell_type == "code")
    assert "Z[new]" not in code
    assert "Z[old]" not in code
    assert "X = (X - X.mean(axis=0)) / X.std(axis=0)" not in code

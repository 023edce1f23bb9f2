"""What the pages on regression and on a clinic's costs claim of data, over several splits."""

import re

import nbformat
import numpy as np
import pytest
from sklearn.datasets import load_breast_cancer
from sklearn.linear_model import LogisticRegression, QuantileRegressor
from sklearn.metrics import log_loss

from lossbook import datasets
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


@pytest.mark.parametrize("strength", [0.001, 0.01, 0.1])
def test_the_descent_with_a_penalty_arrives_where_scikit_learn_does(strength):
    order = np.random.default_rng(0).permutation(569)
    rows = TUMORS.data[order[:284]]
    Z = (TUMORS.data[order] - rows.mean(axis=0)) / rows.std(axis=0)
    y = MALIGNANT[order]
    model = LogisticRegression(C=1 / (2 * strength * 284), solver="newton-cholesky", tol=1e-10)
    p = model.fit(Z[:284], y[:284]).predict_proba(Z[284:])[:, 1]
    line = (
        f"λ = {strength:5.3f}: held-out {log_loss(y[284:], p):.3f}, "
        f"right {((p > 0.5) == y[284:]).mean():.3f}, claims {np.maximum(p, 1 - p).mean():.3f}"
    )
    assert line in printed("linear_regression/logistic_regression")


def test_the_held_out_half_is_scaled_by_the_fitted_half():
    (source,) = [
        c.source for c in cells("linear_regression/logistic_regression") if "scaled = " in c.source
    ]
    rng = np.random.default_rng(0)
    names = {
        "tumors": type("", (), {"data": rng.normal(3, 2, size=(10, 2))}),
        "y": np.arange(10),
        "old": np.arange(5),
    }
    exec(source, names)
    before = names["half"][0].copy()
    names["tumors"].data[5:] *= 100
    exec(source, names)
    np.testing.assert_array_equal(names["half"][0], before)
    np.testing.assert_allclose(
        [before.mean(axis=0), before.std(axis=0)], [[0, 0], [1, 1]], atol=1e-12
    )


# Designing a loss: what the clinic pays.

PEOPLE = datasets.doctor_visits()


def page_split(seed, people):
    """Return the split of the page, from its own code."""
    page = cells("outlook/designing_a_loss")
    (source,) = [c.source for c in page if "def split_groups" in c.source]
    names = {"np": np, "people": people}
    exec(source, names)
    return names["split_groups"](seed)


def test_the_groups_for_which_the_clinic_pays_do_not_scale_the_others():
    rows = np.random.default_rng(0).permutation(len(PEOPLE.y)).reshape(-1, 30)
    changed = PEOPLE.X.copy()
    changed[rows[336:]] += 5.0
    before = page_split(0, PEOPLE)[0]
    after = page_split(0, type("", (), {"X": changed, "y": PEOPLE.y}))[0]
    np.testing.assert_array_equal(before, after)


def bill(seed):
    """Return what the clinic pays under the squared error, pinball and a margin, at the optimum."""
    X, y, new_X, new_y = page_split(seed, PEOPLE)
    A, new_A = (np.column_stack([np.ones(len(part)), part]) for part in (X, new_X))
    squared = np.linalg.lstsq(A, y, rcond=None)[0]
    line = QuantileRegressor(quantile=0.8, alpha=0).fit(X, y)
    margin = np.quantile(y - A @ squared, 0.8)

    def cost(reserved):
        missing = new_y - reserved
        return np.where(missing > 0, 80 * missing, -20 * missing).mean()

    return [cost(new_A @ squared), cost(line.predict(new_X)), cost(new_A @ squared + margin)]


def test_the_saving_of_the_pinball_loss_has_the_range_that_the_page_names():
    squared, pinball, margin = np.array([bill(seed) for seed in range(5)]).T
    saved = 1 - pinball / squared
    low, high = 0.07, 0.26
    assert saved.min() == pytest.approx(low, abs=0.01)
    assert saved.max() == pytest.approx(high, abs=0.01)
    assert saved.mean() == pytest.approx(0.2, abs=0.02)
    assert abs(pinball / margin - 1).max() < 0.03
    assert (margin < pinball).sum() == 4
    page, prose = printed("outlook/designing_a_loss"), text("outlook/designing_a_loss")
    for name, values in (("squared error", squared), ("pinball, 0.8", pinball)):
        row = re.search(rf"{name} +((?:\d+ +){{5}})", page)[1]
        # Descent with a shrinking rate ends close to the exact line: within 2 % of its cost.
        np.testing.assert_allclose(np.array(row.split(), dtype=float), values, rtol=0.02)
    assert "far cheaper" not in prose
    assert prose.count("7 and 26 %") == prose.count("7 to 26 %") == 1


# Fitted points against new ones, and one family for sigmoid and softmax.


def test_the_page_compares_fitted_points_with_the_noise_and_with_new_targets():
    page = "linear_regression/package_and_scikit_learn"
    prose = text(page)
    assert r"\sigma^2 \left(1 - \frac{p}{N}\right)" in prose
    assert r"\sigma^2 \left(1 + \frac{p}{N}\right)" in prose
    assert prose.count(r"$2p\,\sigma^2/N$") == 2, "in the section and in the summary"
    assert "too low on average, by the factor" not in prose
    rows = re.findall(r"n = +(\d+): +(\S+), (\S+) +(\S+), (\S+) +(\S+)\n", printed(page))
    assert [int(n) for n, *_ in rows] == [5, 20, 100]
    for n, *values in np.array(rows, dtype=float):
        below, fitted, above, again, new = values
        assert below == pytest.approx(1 - 2 / n, abs=0.005)
        assert above == pytest.approx(1 + 2 / n, abs=0.005)
        # 2,000 experiments: a standard error of about 0.02 for five points.
        assert fitted == pytest.approx(below, abs=0.05)
        assert again == pytest.approx(above, abs=0.05)
        # Two printed decimals, each off by half a hundredth, and the noise of the experiments.
        assert again - fitted == pytest.approx(4 / n, abs=0.01 + 0.1 / n)
        assert new > fitted


def test_the_page_on_cross_entropy_puts_the_softmax_into_its_family_and_proves_its_rates():
    page = "derivation/cross_entropy"
    assert r"e^{z \cdot y - \psi(z)}" in text(page)
    assert r"| $K$ classes | $\log\sum_k e^{z_k}$ |" in text(page)
    assert "softmax_cross_entropy True" in printed(page)
    assert ":label: eq-ce-any-safe-rate" in text(page)
    assert float(re.search(r"least gained / promised: (\S+)", printed(page))[1]) >= 1

"""The labeled equations of text classification and translation, and their tables of five seeds."""

import re
from functools import partial
from itertools import product
from pathlib import Path

import nbformat
import numpy as np
import pytest
import sympy
import torch

from lossbook import check_gradient, mean, minimize, models, risk
from lossbook.losses import softmax_cross_entropy
from lossbook.optimizers import GradientDescent

CHAPTERS = Path(__file__).parents[2] / "chapters"
RNG = np.random.default_rng(0)


@pytest.mark.equation("eq-text-bayes")
def test_naive_bayes_is_the_share_of_each_class_among_all_texts_with_those_counts():
    prior, letters = np.array([0.7, 0.3]), np.array([[0.5, 0.3, 0.2], [0.1, 0.1, 0.8]])
    # Every text of three letters, drawn letter by letter from its class; count those with n_g.
    wanted, joint = [1, 0, 2], np.zeros(2)
    for text in product(range(3), repeat=3):
        if [text.count(g) for g in range(3)] == wanted:
            joint += prior * letters[:, text].prod(axis=1)
    scores = np.log(prior) + np.log(letters) @ wanted
    np.testing.assert_allclose(np.exp(scores) / np.exp(scores).sum(), joint / joint.sum())


@pytest.mark.equation("eq-text-class")
def test_the_cross_entropy_of_the_label_is_minus_the_log_of_its_softmax():
    z = [sympy.Rational(k) for k in (1, -2, 3)]
    exact = -sympy.log(sympy.exp(z[1]) / sum(sympy.exp(k) for k in z))
    values, _ = softmax_cross_entropy([[1, -2, 3], [0, 0, 0]], [1, 2])
    assert values.mean() == pytest.approx(float((exact + sympy.log(3)) / 2), rel=1e-14)


@pytest.mark.equation("eq-text-token")
def test_the_mean_over_tokens_counts_a_long_text_as_often_as_it_has_tokens():
    # A language of two letters and an end, each letter depending on the one before.
    p = np.array([[0.1, 0.6, 0.3], [0.5, 0.2, 0.3], [0.7, 0.3, 0.0]])
    texts = [[0, 1, 2], [1, 2], [0, 0, 1, 1, 0, 2]]
    whole = [np.prod([p[a, b] for a, b in zip([2, *text], text)]) for text in texts]
    tokens = [-np.log(p[a, b]) for text in texts for a, b in zip([2, *text], text)]
    total = sum(map(len, texts))
    assert np.mean(tokens) == pytest.approx(-np.log(whole).sum() / total, rel=1e-14)
    by_text = np.mean([-np.log(w) / len(t) for w, t in zip(whole, texts)])
    assert abs(np.mean(tokens) - by_text) > 0.01


@pytest.mark.equation("eq-text-perplexity")
@pytest.mark.parametrize("symbols", [2, 75])
def test_guessing_evenly_has_the_number_of_symbols_as_its_perplexity(symbols):
    values, _ = softmax_cross_entropy(np.zeros((5, symbols)), np.arange(5) % symbols)
    assert np.exp(values.mean()) == pytest.approx(symbols, rel=1e-13)


@pytest.mark.equation("eq-text-generative")
def test_the_posterior_of_two_markov_languages_is_found_by_drawing_texts():
    prior = np.array([0.6, 0.4])
    p = np.array([[[0.8, 0.2], [0.4, 0.6]], [[0.3, 0.7], [0.5, 0.5]]])
    text = [1, 0, 0]
    scores = np.log(prior) + sum(np.log(p[:, a, b]) for a, b in zip([0, *text], text))
    posterior = np.exp(scores) / np.exp(scores).sum()
    language = (RNG.random(400_000) > prior[0]).astype(int)
    before, same = np.zeros(400_000, int), np.ones(400_000, bool)
    for letter in text:
        before = (RNG.random(400_000) > p[language, before, 0]).astype(int)
        same &= before == letter
    assert (language[same] == 1).mean() == pytest.approx(posterior[1], abs=0.01)


def three_classes(n=600):
    labels = RNG.choice(3, size=n, p=[0.8, 0.15, 0.05])
    return RNG.normal(size=(n, 1)) + labels[:, None], labels


@pytest.mark.equation("eq-text-weights")
def test_whole_number_weights_are_the_plain_mean_with_samples_repeated():
    X, y = three_classes()
    counts = np.bincount(y)
    weights = len(y) / (3 * counts)
    assert [(weights * counts)[k] for k in range(3)] == pytest.approx([200] * 3)
    times = np.array([1, 2, 5])
    model, theta = partial(models.linear, outputs=3), RNG.normal(size=6)
    again = np.repeat(np.arange(len(y)), times[y])
    repeated = risk(model, softmax_cross_entropy, X[again], y[again])(theta)
    weighted = risk(model, softmax_cross_entropy, X, y, weights=times[y])
    np.testing.assert_allclose(weighted(theta)[0], repeated[0], rtol=1e-12)
    np.testing.assert_allclose(weighted(theta)[1], repeated[1], rtol=1e-10, atol=1e-13)
    assert check_gradient(weighted, theta).passed


@pytest.mark.equation("eq-text-shift")
def test_the_weighted_minimum_lies_where_the_logs_of_the_weights_were_added_to_the_scores():
    # A model that can follow: one feature that is 0 or 1, and a score for each class at each.
    counts = np.array([[50, 30, 20], [10, 60, 5]])
    X = np.repeat([[0.0], [1.0]], counts.sum(axis=1), axis=0)
    y = np.concatenate([np.repeat(np.arange(3), row) for row in counts])
    w, model = np.array([1.0, 0.5, 4.0]), partial(models.linear, outputs=3)
    rules = {"max_steps": 40_000, "gradient_tolerance": 1e-9}
    scores = []
    for weights in (None, w[y]):
        objective = risk(model, softmax_cross_entropy, X, y, weights=weights)
        theta = minimize(objective, np.zeros(6), GradientDescent(1.0), **rules).parameters
        z, _ = model(theta, [[0.0], [1.0]])
        scores.append(z - z[:, :1])
    np.testing.assert_allclose(scores[1], scores[0] + np.log(w), atol=1e-6)
    p = counts / counts.sum(axis=1, keepdims=True)
    shifted = np.exp(scores[1]) / np.exp(scores[1]).sum(axis=1, keepdims=True)
    np.testing.assert_allclose(shifted, w * p / (p @ w)[:, None], atol=1e-6)


@pytest.mark.equation("eq-translation-attention")
def test_attention_is_a_weighted_mean_and_scaled_dot_product_attention_agrees():
    d, h, W = RNG.normal(size=(4, 3)), RNG.normal(size=(5, 6)), RNG.normal(size=(3, 6))
    a = np.exp(d @ W @ h.T)
    a /= a.sum(axis=1, keepdims=True)
    # A bias beside W, as the layer of the page has one, cancels in each row.
    for keys in (h @ W.T, h @ W.T + RNG.normal(size=3)):
        other = torch.nn.functional.scaled_dot_product_attention(
            *(torch.tensor(m)[None] for m in (d, keys, h)), scale=1.0
        )[0]
        np.testing.assert_allclose(a @ h, other.numpy(), rtol=1e-12)
    np.testing.assert_allclose(a.sum(axis=1), 1)


@pytest.mark.equation("eq-translation-chain")
def test_the_probabilities_of_all_phrases_made_word_by_word_sum_to_one():
    p = np.array([[0.2, 0.5, 0.3], [0.4, 0.4, 0.2], [0.1, 0.2, 0.7]])
    first = np.array([0.3, 0.3, 0.4])
    table = first[:, None, None] * p[:, :, None] * p[None, :, :]
    assert table.sum() == pytest.approx(1, rel=1e-14)
    phrase = (2, 0, 1)
    steps = [first[2], p[2, 0], p[0, 1]]
    # The conditional probabilities come back out of the table by division.
    assert table[2, 0].sum() / table[2].sum() == pytest.approx(steps[1])
    assert -np.log(table[phrase]) == pytest.approx(-np.log(steps).sum(), rel=1e-14)


def padded():
    scores = torch.tensor(RNG.normal(size=(3, 5, 7)), requires_grad=True)
    labels = torch.tensor([[3, 4, 2, 0, 0], [5, 2, 0, 0, 0], [6, 1, 3, 4, 2]])
    return scores, labels, labels != 0


@pytest.mark.equation("eq-translation-masked")
def test_the_masked_mean_is_that_of_the_words_and_padding_gets_no_gradient():
    scores, labels, real = padded()
    flat, names = scores.detach().flatten(0, 1).numpy(), labels.flatten().numpy()
    value, gradient = mean(softmax_cross_entropy, flat, names, weights=names != 0)
    words = [-scores[i, t].log_softmax(0)[labels[i, t]] for i, t in real.nonzero()]
    assert value == pytest.approx(float(sum(words).detach()) / 10, rel=1e-13)
    torch.nn.functional.cross_entropy(
        scores.flatten(0, 1), labels.flatten(), ignore_index=0
    ).backward()
    np.testing.assert_allclose(gradient, scores.grad.flatten(0, 1).numpy(), atol=1e-15)
    assert abs(gradient[names == 0]).max() == 0


@pytest.mark.equation("eq-translation-padding")
def test_the_mean_over_all_places_mixes_words_and_padding_by_their_shares():
    scores, labels, real = padded()
    values, _ = softmax_cross_entropy(
        scores.detach().flatten(0, 1).numpy(), labels.flatten().numpy()
    )
    q, real = 10 / 15, real.flatten().numpy()
    mixed = q * values[real].mean() + (1 - q) * values[~real].mean()
    assert values.mean() == pytest.approx(mixed, rel=1e-14)
    assert abs(values.mean() - values[real].mean()) > 0.01


def seeds(name):
    (path,) = CHAPTERS.glob(f"*/spread/{name}.csv")
    return np.genfromtxt(path, delimiter=",", names=True)


@pytest.mark.parametrize("name", sorted(path.stem for path in CHAPTERS.glob("*/spread/*.csv")))
def test_the_table_of_five_seeds_begins_with_what_the_page_shows(name):
    table = seeds(name)
    assert table["seed"].tolist() == [0, 1, 2, 3, 4]
    (path,) = CHAPTERS.glob(f"*/{name}.ipynb")
    cells = nbformat.read(path, as_version=4).cells
    text = "".join(o.get("text", "") for c in cells for o in c.get("outputs", []))
    shown = re.findall(r"^(\w+) +now ([\d.]+), seeds ([\d.]+) to ([\d.]+)$", text, re.MULTILINE)
    assert sorted(row[0] for row in shown) == sorted(set(table.dtype.names) - {"seed"})
    for column, now, low, high in shown:
        assert float(now) == pytest.approx(table[column][0], abs=0.00501)
        assert float(low) == pytest.approx(table[column].min(), abs=0.00501)
        assert float(high) == pytest.approx(table[column].max(), abs=0.00501)


def test_the_counts_beat_the_network_that_had_as_many_tries():
    table = seeds("text_classification")
    for counts in ("bayes", "softmax"):
        assert (table[counts] - table["reader"] > 0.03).all()
    # One number of each model is chosen on validation names, among three.
    assert set(table["bayes_extra"]) <= {0.02, 0.1, 0.5}
    assert set(table["softmax_penalty"]) <= {1e-4, 5e-4, 2e-3}
    assert set(table["reader_rate"]) <= {0.01, 0.02, 0.04}


def test_what_the_page_on_text_claims_holds_for_each_of_the_five_seeds():
    table = seeds("text_classification")
    assert (table["by_rows"] > table["bayes"]).all()
    assert (table["bayes"] > table["softmax"]).all()
    assert (table["bayes_loss"] > 2 * table["softmax_loss"]).all()
    assert (table["reader"] - table["writer"] > 0.02).all()
    assert (table["recall_plain"] < 0.25).all()
    assert (table["recall_weighted"] > 0.42).all()
    assert (table["recall_shifted"] - table["recall_weighted"] > 0.05).all()


def test_the_leak_is_worth_two_fifths_of_the_score_in_each_run_and_half_of_it_in_three():
    table = seeds("translation")
    leak = (table["leaky"] - table["honest"]) / table["leaky"]
    np.testing.assert_allclose(table["leak"], table["leaky"] - table["honest"], atol=2e-4)
    assert (leak > 0.4).all()
    assert (leak > 0.5).sum() == 3
    assert (table["relatives"] - table["strangers"] > 0.6).all()
    # A table that knows no French gets about as much, sometimes more.
    assert (abs(table["leaky"] - table["table"]) < 0.1).all()


def test_what_the_page_on_translation_claims_holds_for_each_of_the_five_seeds():
    table = seeds("translation")
    assert (table["teacher"] - table["spoken"] > 0.02).all()  # the end marks are easy
    assert (table["spoken"] - table["free"] > 0.1).all()
    assert (table["toned"] - table["toneless"] > 0.05).all()
    assert (table["reported"] < 0.6 * table["over_words"]).all()
    apart = table["careless"] - table["honest"]
    assert abs(apart).max() < np.ptp(table["honest"])
    assert (apart > 0).sum() == 3


def test_the_page_on_translation_quotes_a_range_not_its_best_seed():
    table = seeds("translation")
    cells = nbformat.read(CHAPTERS / "applications" / "translation.ipynb", 4).cells
    seen = next(c.source for c in cells if "## You have seen" in c.source)
    for name in ("leaky", "honest", "table"):
        assert f"{table[name].min():.2f} to {table[name].max():.2f}" in seen

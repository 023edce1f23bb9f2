"""The labeled equations of the page ``text_classification``."""

from functools import partial
from itertools import product

import numpy as np
import pytest
import sympy

from lossbook import check_gradient, minimize, models, risk
from lossbook.losses import softmax_cross_entropy
from lossbook.optimizers import GradientDescent

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

"""The labeled equations of the page ``text_classification``."""

import functools
import math
from functools import partial
from itertools import product

import numpy as np
import pytest

from lossbook import check_gradient, minimize, models, risk
from lossbook.losses import softmax_cross_entropy
from lossbook.optimizers import GradientDescent
from tests.printed import Both, Over, over, printed

RNG = np.random.default_rng(0)


@functools.cache
def lowest_scores():
    """Return the scores without and with weights, for a model that can follow."""
    counts = np.array([[50, 30, 20], [10, 60, 5]])
    X = np.repeat([[0.0], [1.0]], counts.sum(axis=1), axis=0)
    y = np.concatenate([np.repeat(np.arange(3), row) for row in counts])
    w, model = np.array([2.0, 0.5, 4.0]), partial(models.linear, outputs=3)
    rules = {"max_steps": 40_000, "gradient_tolerance": 1e-9}
    scores = []
    for weights in (None, w[y]):
        objective = risk(model, softmax_cross_entropy, X, y, weights=weights)
        theta = minimize(objective, np.zeros(6), GradientDescent(1.0), **rules).parameters
        scores.append(model(theta, [[0.0], [1.0]])[0])
    return counts / counts.sum(axis=1, keepdims=True), w, *scores


@pytest.mark.equation("eq-text-bayes")
def test_naive_bayes_is_the_share_of_each_class_among_all_texts_with_those_counts():
    prior, letters = np.array([0.7, 0.3]), np.array([[0.5, 0.3, 0.2], [0.1, 0.1, 0.8]])
    # Every text of three letters, drawn letter by letter from its class; count those with n_g.
    wanted, joint = [1, 0, 2], np.zeros(2)
    for text in product(range(3), repeat=3):
        if [text.count(g) for g in range(3)] == wanted:
            joint += prior * letters[:, text].prod(axis=1)
    chances = Both(lambda k, _: joint[k - 1] / joint.sum(), {})
    chances |= {(g, k): letters[k - 1, g - 1] for g in (1, 2, 3) for k in (1, 2)}
    # Three orders have these counts; that and the chance of the counts are the constant.
    names = {"const": math.log(3 / joint.sum()), "pi": prior, "n": wanted, "g": over(1, 3)}
    for k in (1, 2):
        printed("eq-text-bayes").check(k=k, x=None, p=chances, **names)


@pytest.mark.equation("eq-text-class")
def test_the_cross_entropy_of_the_label_is_minus_the_log_of_its_softmax():
    z, y, page = RNG.normal(size=(4, 3)), [2, 3, 3, 1], printed("eq-text-class")
    values, _ = softmax_cross_entropy(z, np.subtract(y, 1))

    def chance(k, x):
        return page.right(1, k=k, z=x, j=over(1, 3))

    page.check(0, L=values.mean(), N=4, p=chance, y=y, x=z)
    assert sum(chance(k, z[0]) for k in (1, 2, 3)) == pytest.approx(1, rel=1e-14)


@pytest.mark.equation("eq-text-token")
def test_the_mean_over_tokens_counts_a_long_text_as_often_as_it_has_tokens():
    # Two languages of two letters and an end, each letter depending on the one before.
    p = np.array([[0.1, 0.6, 0.3], [0.5, 0.2, 0.3], [0.7, 0.3, 0.0]])
    languages = {1: p, 2: p[:, [1, 0, 2]]}
    texts, y = [[0, 1, 2], [1, 2], [0, 0, 1, 1, 0, 2]], [1, 2, 1]
    whole = [
        np.prod([languages[lang][a, b] for a, b in zip([2, *text], text)])
        for text, lang in zip(texts, y)
    ]
    total = sum(map(len, texts))
    page = printed("eq-text-token")

    def chance(letter, before, language):
        return languages[language][before[-1] if len(before) else 2, letter]

    names = {"x": np.array([text + [9] * (6 - len(text)) for text in texts]), "y": y, "p": chance}
    lengths = Over(lambda at: range(1, len(texts[at["i"] - 1]) + 1))
    value = -np.log(whole).sum() / total
    page.check(L_token=value, T=total, i=over(1, 3), t=lengths, **names)
    by_text = np.mean([-np.log(w) / len(t) for w, t in zip(whole, texts)])
    assert abs(value - by_text) > 0.01


@pytest.mark.equation("eq-text-perplexity")
@pytest.mark.parametrize("symbols", [2, 75])
def test_guessing_evenly_has_the_number_of_symbols_as_its_perplexity(symbols):
    values, _ = softmax_cross_entropy(np.zeros((5, symbols)), np.arange(5) % symbols)
    printed("eq-text-perplexity").check(perplexity=symbols, L_token=values.mean(), rtol=1e-13)


@pytest.mark.equation("eq-text-generative")
def test_the_posterior_of_two_markov_languages_is_the_share_of_one_among_all_that_wrote_it():
    prior = np.array([0.6, 0.4])
    p = np.array([[[0.8, 0.2], [0.4, 0.6]], [[0.3, 0.7], [0.5, 0.5]]])
    text = [1, 0, 0]
    joint = prior * [math.prod(p[k, a, b] for a, b in zip([0, *text], text)) for k in (0, 1)]

    def chance(*given):
        if len(given) == 2:
            return joint[given[0] - 1] / joint.sum()
        letter, before, k = given
        return p[k - 1, before[-1] if len(before) else 0, letter]

    names = {"pi": prior, "x": text, "t": over(1, 3), "const": -math.log(joint.sum())}
    for k in (1, 2):
        printed("eq-text-generative").check(k=k, p=chance, **names)


def three_classes(n=600):
    labels = RNG.choice(3, size=n, p=[0.8, 0.15, 0.05])
    return RNG.normal(size=(n, 1)) + labels[:, None], labels


@pytest.mark.equation("eq-text-weights")
def test_whole_number_weights_are_the_plain_mean_with_samples_repeated():
    X, y = three_classes()
    counts, page = np.bincount(y), printed("eq-text-weights")
    weights = [page.right(1, k=k, N=len(y), K=3, N_k=counts[k - 1], w=None) for k in (1, 2, 3)]
    assert [w * n for w, n in zip(weights, counts)] == pytest.approx([200] * 3)
    page.check(1, k=2, N=len(y), K=3, N_k=counts[1], w=weights)
    times = np.array([1, 2, 5])
    model, theta = partial(models.linear, outputs=3), RNG.normal(size=6)
    again = np.repeat(np.arange(len(y)), times[y])
    repeated = risk(model, softmax_cross_entropy, X[again], y[again])(theta)
    weighted = risk(model, softmax_cross_entropy, X, y, weights=times[y])
    each = softmax_cross_entropy(model(theta, X)[0], y)[0]
    page.check(0, L_w=repeated[0], w=times, y=y + 1, ell=each, i=over(1, len(y)))
    np.testing.assert_allclose(weighted(theta)[0], repeated[0], rtol=1e-12)
    np.testing.assert_allclose(weighted(theta)[1], repeated[1], rtol=1e-10, atol=1e-13)
    assert check_gradient(weighted, theta).passed


@pytest.mark.equation("eq-text-shift")
def test_the_weighted_minimum_lies_where_the_logs_of_the_weights_were_added_to_the_scores():
    p, w, plain, weighted = lowest_scores()
    for row in (0, 1):
        # Scores are known up to a constant: take the one that fits the first class.
        shift = plain[row][0] + math.log(w[0]) - weighted[row][0]
        shifted = np.exp(weighted[row]) / np.exp(weighted[row]).sum()
        names = {"w": w, "j": over(1, 3), "z": plain[row], "tilde_z": weighted[row] + shift}
        for k in (1, 2, 3):
            printed("eq-text-shift").check(
                k=k,
                x=None,
                tilde_p=lambda k, _, v=shifted: v[k - 1],
                p=lambda k, _, v=p[row]: v[k - 1],
                rtol=1e-6,
                atol=1e-6,
                **names,
            )

"""The labeled equations of the page ``translation``."""

import numpy as np
import pytest
import torch

from lossbook import mean
from lossbook.losses import softmax_cross_entropy

RNG = np.random.default_rng(0)


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

"""The labeled equations of the page ``translation``."""

import numpy as np
import pytest
import torch

from lossbook import mean
from lossbook.losses import softmax_cross_entropy
from tests.printed import over, printed

RNG = np.random.default_rng(0)


@pytest.mark.equation("eq-translation-attention")
def test_attention_is_a_weighted_mean_and_scaled_dot_product_attention_agrees():
    d, h, W = RNG.normal(size=(4, 3)), RNG.normal(size=(5, 6)), RNG.normal(size=(3, 6))
    # A bias beside W, as the layer of the page has one, cancels in each row.
    attention = torch.nn.functional.scaled_dot_product_attention
    page, names = printed("eq-translation-attention"), {"d": d, "h": h, "W": W, "r": over(1, 5)}
    for keys in (h @ W.T, h @ W.T + RNG.normal(size=3)):
        parts = (torch.tensor(m)[None] for m in (d, keys, np.eye(5)))
        a = attention(*parts, scale=1.0)[0].numpy()
        c = attention(*(torch.tensor(m)[None] for m in (d, keys, h)), scale=1.0)[0].numpy()
        for t, s in ((1, 1), (2, 5), (4, 3)):
            page.check(0, t=t, s=s, a=a, rtol=1e-11, **names)
            page.check(1, t=t, s=over(1, 5), a=a, c=c, rtol=1e-11, **names)


@pytest.mark.equation("eq-translation-chain")
def test_the_probabilities_of_all_phrases_made_word_by_word_sum_to_one():
    p = np.array([[0.2, 0.5, 0.3], [0.4, 0.4, 0.2], [0.1, 0.2, 0.7]])
    first = np.array([0.3, 0.3, 0.4])
    table = first[:, None, None] * p[:, :, None] * p[None, :, :]
    assert table.sum() == pytest.approx(1, rel=1e-14)

    # The conditional probabilities come back out of the table by division.
    def chance(word, *given):
        if len(given) == 1:  # the whole phrase
            return table[tuple(word)]
        before = tuple(given[0])
        return table[(*before, word)].sum() / table[before].sum()

    for phrase in ([2, 0, 1], [0, 0, 2], [1, 2, 2]):
        printed("eq-translation-chain").check(p=chance, y=np.array(phrase), x=None, T=3)


def padded():
    scores = torch.tensor(RNG.normal(size=(3, 5, 7)), requires_grad=True)
    labels = torch.tensor([[3, 4, 2, 0, 0], [5, 2, 0, 0, 0], [6, 1, 3, 4, 2]])
    return scores, labels, labels != 0


@pytest.mark.equation("eq-translation-masked")
def test_the_masked_mean_is_that_of_the_words_and_padding_gets_no_gradient():
    scores, labels, real = padded()
    flat, names = scores.detach().flatten(0, 1).numpy(), labels.flatten().numpy()
    value, gradient = mean(softmax_cross_entropy, flat, names, weights=names != 0)
    each = torch.nn.functional.cross_entropy(
        scores.detach().flatten(0, 1), labels.flatten(), reduction="none"
    )
    run = {"i": over(1, 3), "t": over(1, 5)}
    page, losses = printed("eq-translation-masked"), each.reshape(3, 5).numpy()
    page.check(0, L=value, m=real.numpy().astype(float), ell=losses, **run)

    def chance(word, before, text):
        return float(scores[text, len(before)].detach().softmax(0)[word])

    for i, t in ((1, 1), (2, 4), (3, 5)):
        page.check(1, i=i, t=t, ell=losses, p=chance, y=labels.numpy(), x=[0, 1, 2])
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
    of = {"L_words": values[real].mean(), "L_padding": values[~real].mean()}
    printed("eq-translation-padding").check(q=q, L_all=values.mean(), **of)
    assert abs(values.mean() - values[real].mean()) > 0.01

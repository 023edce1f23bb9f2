"""The labeled equations of the page ``adversarial_losses``."""

import itertools

import numpy as np
import pytest
import torch
from scipy.optimize import linprog
from scipy.special import rel_entr
from torch.nn.functional import cross_entropy, kl_div

from lossbook import check_gradient, losses

RNG = np.random.default_rng(8)


W, B = RNG.normal(size=6), 0.4


PIXELS = RNG.uniform(size=6)


EPS = 0.3


@pytest.mark.equation("eq-adversarial-linear")
def test_the_worst_corner_of_the_cube_takes_off_epsilon_times_the_sum_of_the_weights():
    corners = EPS * np.array(list(itertools.product([-1, 1], repeat=6)))
    worst = ((PIXELS + corners) @ W + B).min()
    assert worst == pytest.approx(PIXELS @ W + B - EPS * np.abs(W).sum(), rel=1e-13)
    inside = RNG.uniform(-EPS, EPS, size=(5000, 6))
    assert ((PIXELS + inside) @ W + B).min() >= worst


@pytest.mark.equation("eq-adversarial-box")
def test_within_the_range_of_pixels_a_linear_program_finds_the_same_worst_score():
    pixels = np.array([0.0, 0.1, 0.95, 1.0, 0.5, 0.2])  # some at the edge of their range
    bounds = [(max(0, x - EPS), min(1, x + EPS)) for x in pixels]
    room = np.where(W > 0, np.minimum(EPS, pixels), np.minimum(EPS, 1 - pixels))
    assert (room < EPS).any(), "the range matters here"
    printed = W @ pixels + B - (np.abs(W) * room).sum()
    assert printed == pytest.approx(linprog(W, bounds=bounds).fun + B, rel=1e-9)


def logits(x):
    """Return the logits of a small fixed network that is not linear."""
    mixed = torch.tensor(np.random.default_rng(3).normal(size=(6, 5)))
    out = torch.tensor(np.random.default_rng(4).normal(size=(5, 3)))
    return torch.tanh(x @ mixed) @ out


def uphill(x, label):
    x = x.clone().requires_grad_()
    return torch.autograd.grad(cross_entropy(logits(x)[None], label), x)[0]


@pytest.mark.equation("eq-adversarial-fgsm")
def test_the_sign_step_is_the_best_move_for_the_loss_made_linear():
    x, label, eps = torch.tensor(PIXELS), torch.tensor([1]), 1e-3
    gradient = uphill(x, label)

    def loss(at):
        return cross_entropy(logits(at)[None], label)

    steps = 1e-6 * torch.eye(6, dtype=torch.float64)
    numeric = [(loss(x + h) - loss(x - h)) / 2e-6 for h in steps]
    np.testing.assert_allclose(gradient, torch.stack(numeric), rtol=1e-6, atol=1e-8)
    step = (x + eps * gradient.sign()).clamp(0, 1) - x
    corners = eps * torch.tensor(list(itertools.product([-1.0, 1.0], repeat=6))).double()
    gains = torch.stack([loss(x + c) for c in corners])
    best = corners[gains.argmax()]
    np.testing.assert_allclose(step, best, atol=1e-12)


@pytest.mark.equation("eq-adversarial-pgd")
def test_every_step_returns_to_the_nearest_allowed_point_and_many_reach_the_linear_worst_case():
    x, low, high = PIXELS, np.maximum(0, PIXELS - EPS), np.minimum(1, PIXELS + EPS)
    far = x + RNG.normal(size=6)
    back = np.clip(np.clip(far, x - EPS, x + EPS), 0, 1)
    allowed = RNG.uniform(low, high, size=(20_000, 6))
    assert (back >= low).all()
    assert (back <= high).all()
    assert np.linalg.norm(back - far) <= np.linalg.norm(allowed - far, axis=1).min()
    moved = x
    for _ in range(20):  # the loss falls with the score, so uphill is against the weights
        moved = np.clip(np.clip(moved - 0.05 * np.sign(W), x - EPS, x + EPS), 0, 1)
    assert moved @ W == pytest.approx(linprog(W, bounds=list(zip(low, high))).fun, rel=1e-9)


@pytest.mark.equation("eq-adversarial-minmax")
def test_the_gradient_of_the_worst_loss_is_taken_at_the_worst_point():
    X, y = RNG.uniform(size=(8, 6)), np.array([0, 1] * 4)

    def worst(theta):
        score, side = X @ theta, 1 - 2 * y
        moved = X + EPS * side[:, None] * np.sign(theta)
        values, gradients = losses.binary_cross_entropy(moved @ theta, y)
        closed = np.logaddexp(0, side * score + EPS * np.abs(theta).sum())
        np.testing.assert_allclose(values, closed, rtol=1e-12)
        return values.mean(), moved.T @ gradients / 8

    assert check_gradient(worst, W).passed


@pytest.mark.equation("eq-adversarial-trades")
def test_the_price_of_a_changed_answer_is_least_and_flat_where_nothing_changes():
    near = torch.tensor(PIXELS)
    corners = EPS * torch.tensor(list(itertools.product([-1.0, 0.0, 1.0], repeat=6))).double()
    p = logits(near).softmax(0).numpy()
    log_q = torch.stack([logits(near + c) for c in corners]).log_softmax(1).numpy()
    change = rel_entr(p, np.exp(log_q)).sum(axis=1)
    package, _ = losses.kl_divergence(log_q, np.broadcast_to(p, log_q.shape))
    np.testing.assert_allclose(change, package, rtol=1e-9, atol=1e-14)
    assert np.argmin(change) == len(corners) // 2
    assert change.max() > 0.1
    # Divergence from the answer at the data: its slope there is 0, so a search starts beside it.
    x = near.clone().requires_grad_()
    in_torch = kl_div(
        logits(x).log_softmax(0), torch.tensor(p).log(), log_target=True, reduction="sum"
    )
    np.testing.assert_allclose(torch.autograd.grad(in_torch, x)[0], np.zeros(6), atol=1e-14)
    # Pinsker: a small divergence leaves no room for a large change of any probability.
    assert (
        np.abs(np.exp(log_q) - p).sum(axis=1) <= np.sqrt(2 * np.maximum(change, 0)) + 1e-12
    ).all()

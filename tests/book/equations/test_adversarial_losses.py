"""The labeled equations of the page ``adversarial_losses``."""

import itertools

import numpy as np
import pytest
import torch
from scipy.optimize import linprog
from scipy.special import rel_entr
from torch.nn.functional import cross_entropy, kl_div

from lossbook import check_gradient, losses
from tests.printed import MeaninglessError, Over, pinned, printed

RNG = np.random.default_rng(8)
W, B = RNG.normal(size=6), 0.4
PIXELS = RNG.uniform(size=6)
EPS = 0.3


def steps_uphill():
    """Return a point, the gradient of the loss there, and the names that both attacks use."""
    x, label = torch.tensor(PIXELS), torch.tensor([1])
    gradient = uphill(x, label).numpy()
    names = {"f": lambda x: x, "y": 2, "varepsilon": EPS, "nabla_x_ell": lambda *_: gradient}
    return PIXELS, gradient, names


@pytest.mark.equation("eq-adversarial-linear")
def test_the_worst_corner_of_the_cube_takes_off_epsilon_times_the_sum_of_the_weights():
    corners = EPS * np.array(list(itertools.product([-1.0, 1.0], repeat=6)))
    inside = RNG.uniform(-EPS, EPS, size=(50, 6))
    printed("eq-adversarial-linear").check(
        delta=Over([*corners, *inside, *(1.1 * corners)]), varepsilon=EPS, w=W, x=PIXELS, b=B
    )


@pytest.mark.equation("eq-adversarial-box")
def test_within_the_range_of_pixels_a_linear_program_finds_the_same_worst_score():
    pixels = np.array([0.0, 0.1, 0.95, 1.0, 0.5, 0.2])  # some at the edge of their range
    bounds = [(max(0, x - EPS), min(1, x + EPS)) for x in pixels]
    page = printed("eq-adversarial-box")
    for w in (W, -W, 0.05 * np.sign(W), 0.05 * np.sign(-W)):
        solved = linprog(w, bounds=bounds)
        room = abs(solved.x - pixels)
        assert min(room) < EPS, "the range matters here"
        for i in range(1, 7):
            page.check(1, i=i, d=room, w=w, x=pixels, varepsilon=EPS)
        score = page.right(0, w=w, x=pixels, b=B, d=room, i=Over(range(1, 7)))
        assert score == pytest.approx(solved.fun + B, rel=1e-9)
    with pytest.raises(MeaninglessError):  # where a weight is 0 the page needs no room
        page.right(1, i=1, w=[0.0], x=pixels, varepsilon=EPS)


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
    corners = eps * torch.tensor(list(itertools.product([-1.0, 1.0], repeat=6))).double()
    gains = torch.stack([loss(x + c) for c in corners])
    best = (x + corners[gains.argmax()]).numpy()
    page = printed("eq-adversarial-fgsm")
    _, _, names = steps_uphill()
    page.check(0, z=best, x=PIXELS, **{**names, "varepsilon": eps})
    outside = np.array([-0.2, 0.0, 0.4, 1.0, 1.7, 0.9])
    nearest = [min(np.linspace(0, 1, 1001), key=lambda v, z=z: abs(v - z)) for z in outside]
    page.check(1, x_prime=np.array(nearest), z=outside)


@pytest.mark.equation("eq-adversarial-pgd")
def test_every_step_returns_to_the_nearest_allowed_point_and_many_reach_the_linear_worst_case():
    x, low, high = PIXELS, np.maximum(0, PIXELS - EPS), np.minimum(1, PIXELS + EPS)
    page, (_, gradient, names) = printed("eq-adversarial-pgd"), steps_uphill()
    uphill = x + 0.07 * np.array([1.0 if g > 0 else -1.0 for g in gradient])
    page.check(0, k=3, z={3: uphill}, x={3: x}, eta=0.07, **names)

    def back(z):
        return page.right(1, k=3, z={3: z}, x=x, **names)

    edge = np.array([0.05, 0.95, 0.5, 0.5, 0.0, 1.0])
    ends = np.maximum(0, edge - EPS), np.minimum(1, edge + EPS)
    for side in (-2.0, 2.0):
        end = ends[int(side > 0)]
        np.testing.assert_array_equal(page.right(1, k=3, z={3: edge + side}, x=edge, **names), end)
    far = x + RNG.normal(size=6)
    nearest = [
        min([a, b, z], key=lambda v, z=z: (not a <= v <= b, abs(v - z)))
        for a, b, z in zip(low, high, far)
    ]
    np.testing.assert_array_equal(back(far), nearest)
    page_names = {**names, "x_k+1": np.array(nearest), "x": x}
    page.check(1, k=3, z={3: far}, **page_names)
    allowed = RNG.uniform(low, high, size=(2000, 6))
    assert np.linalg.norm(back(far) - far) <= np.linalg.norm(allowed - far, axis=1).min()
    moved = x
    for _ in range(20):  # the loss falls with the score, so uphill is against the weights
        moved = back(moved - 0.05 * np.sign(W))
    assert moved @ W == pytest.approx(linprog(W, bounds=list(zip(low, high))).fun, rel=1e-9)


@pytest.mark.equation("eq-adversarial-minmax")
def test_the_gradient_of_the_worst_loss_is_taken_at_the_worst_point():
    pinned(
        "eq-adversarial-minmax",
        r"""\min_\theta \frac1n \sum_{i=1}^n \max_{\|\delta_i\|_\infty \le \varepsilon} """
        r"""\ell\big(f_\theta(x_i + \delta_i), y_i\big) .""",
        because="it names a problem; it has no value where its letters have values",
    )
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
    # The answers at the corners, and at points too far away, which do not count.
    worst = np.argsort(change)[[-1, -2, -3, 0]]
    near_by = [corners[n].numpy() for n in worst]
    entropy = cross_entropy(logits(near)[None], torch.tensor([1])).item()
    page, names = printed("eq-adversarial-trades"), {"f": lambda x: x, "x": PIXELS, "y": 2}

    def value(ell, beta):
        return page.right(
            ell=lambda *_: ell,
            beta=beta,
            delta=Over([*near_by, *(2 * d for d in near_by)]),
            varepsilon=EPS,
            p=lambda x: logits(torch.tensor(x)).softmax(0).numpy(),
            KL=lambda a, b: rel_entr(a, b).sum(),
            **names,
        )

    assert value(entropy, 3.0) == pytest.approx(entropy + 3 * change.max(), rel=1e-9)
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

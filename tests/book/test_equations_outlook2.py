"""The labeled equations of losses that adapt or have an opponent, and claims over five seeds."""

import itertools
import math

import numpy as np
import pytest
import torch
from scipy.integrate import quad
from scipy.optimize import linprog, minimize_scalar
from scipy.special import expit, k1, rel_entr
from scipy.stats import cauchy, norm
from torch.nn.functional import cross_entropy, kl_div

from lossbook import check_gradient, losses
from tools.notebooks import ROOT

U = np.linspace(-6, 6, 49)


def general(u, alpha):
    return (2 - alpha) / alpha * ((u**2 / (2 - alpha) + 1) ** (alpha / 2) - 1)


@pytest.mark.equation("eq-adaptive-general")
@pytest.mark.parametrize("alpha", [-10.0, -2.0, 0.3, 1.0, 1.7])
def test_the_general_loss_is_the_one_of_the_package(alpha):
    package, _ = losses.barron(U, np.zeros(49), alpha=alpha)
    np.testing.assert_allclose(general(U, alpha), package, rtol=1e-12, atol=1e-14)
    smaller, _ = losses.barron(U, np.zeros(49), alpha=alpha - 0.1)
    assert (smaller <= package).all(), "the loss falls with alpha at every residual"


@pytest.mark.equation("eq-adaptive-likelihood")
def test_the_likelihood_is_the_normal_and_the_cauchy_density_at_the_ends():
    def weight(u, alpha):
        return math.exp(-losses.barron([u], [0.0], alpha=alpha)[0][0])

    def density(y, center, c, alpha):
        mass = 2 * quad(weight, 0, math.inf, args=(alpha,))[0]
        return np.exp(-losses.barron(center, y, alpha=alpha, scale=c)[0]) / (c * mass)

    y, center, c = np.linspace(-3, 5, 17), np.full(17, 1.2), 0.7
    np.testing.assert_allclose(density(y, center, c, 2.0), norm(1.2, c).pdf(y), rtol=1e-9)
    wide = cauchy(1.2, c * math.sqrt(2)).pdf(y)
    np.testing.assert_allclose(density(y, center, c, 0.0), wide, rtol=1e-9)
    mass = quad(lambda u: math.exp(-general(u, 1.0)), -60, 60, points=[0])[0]
    assert mass == pytest.approx(2 * math.e * k1(1), rel=1e-9)


@pytest.mark.equation("eq-adaptive-range")
def test_the_shape_stays_in_its_range_and_grows_with_its_parameter():
    a = np.linspace(-20, 20, 401)
    alpha = 0.001 + 1.998 * expit(a)
    assert (np.diff(alpha) > 0).all()
    assert (alpha > 0.001).all()
    assert (alpha < 1.999).all()
    np.testing.assert_allclose(np.log((alpha - 0.001) / (1.999 - alpha)), a, atol=1e-6)
    inverted = torch.logit(torch.tensor((1.0 - 0.001) / 1.998, dtype=torch.float64))
    assert inverted.item() == pytest.approx(0, abs=1e-15), "alpha = 1 is the middle"


TARGETS = np.array([1.0, -2.0, 0.5]), np.array([300.0, 150.0, -80.0])


def two_losses(theta, unit=1.0):
    """Return two losses of one parameter pair, and their gradients; the second in a unit."""
    first, second = theta[0] * np.ones(3), 100 * (theta[0] + theta[1]) * np.ones(3)
    (v1, g1), (v2, g2) = (
        losses.squared_error(first, TARGETS[0]),
        losses.squared_error(unit * second, unit * TARGETS[1]),
    )
    both = np.array([100 * unit, 100 * unit]) * g2.mean()
    return np.array([v1.mean(), v2.mean()]), np.array([[g1.mean(), 0.0], both])


@pytest.mark.equation("eq-adaptive-two")
def test_the_weighted_sum_has_the_gradient_of_weights_and_of_parameters():
    def weighted(both):
        theta, s = both[:2], both[2:]
        L, G = two_losses(theta)
        return (np.exp(-s) * L + s).sum(), np.append(np.exp(-s) @ G, 1 - np.exp(-s) * L)

    assert check_gradient(weighted, np.array([0.3, 1.1, 0.5, 7.0])).passed


@pytest.mark.equation("eq-adaptive-log")
def test_the_best_weights_leave_the_sum_of_logarithms_which_no_unit_moves():
    theta = np.array([0.3, 1.1])
    L, _ = two_losses(theta)
    least = sum(minimize_scalar(lambda s, at=at: at * math.exp(-s) + s).fun for at in L)
    assert least == pytest.approx((1 + np.log(L)).sum(), rel=1e-10)

    def of_logs(unit):
        def objective(theta):
            L, G = two_losses(theta, unit)
            return (1 + np.log(L)).sum(), (1 / L) @ G

        return objective

    assert check_gradient(of_logs(1.0), theta).passed
    in_thousands = of_logs(1e-3)(theta)
    assert in_thousands[0] == pytest.approx(of_logs(1.0)(theta)[0] + 2 * math.log(1e-3))
    np.testing.assert_allclose(in_thousands[1], of_logs(1.0)(theta)[1], rtol=1e-12)
    fixed = two_losses(theta)[1].sum(axis=0), two_losses(theta, 1e-3)[1].sum(axis=0)
    assert abs(fixed[0] - fixed[1]).max() > 1, "the fixed sum does change"


@pytest.mark.equation("eq-adaptive-focal")
@pytest.mark.parametrize("gamma", [0.0, 1.0, 2.0, 3.5])
def test_the_focal_loss_is_the_one_of_the_package_and_cross_entropy_at_zero(gamma):
    z = np.linspace(-4, 4, 17)
    p = expit(z)
    package, _ = losses.focal(z, np.ones(17, dtype=int), gamma=gamma)
    np.testing.assert_allclose(-((1 - p) ** gamma) * np.log(p), package, rtol=1e-12)
    entropy, _ = losses.binary_cross_entropy(z, np.ones(17, dtype=int))
    np.testing.assert_allclose(package / entropy, (1 - p) ** gamma, rtol=1e-12)


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


def test_what_the_page_on_opponents_claims_holds_for_each_of_the_five_seeds():
    file = ROOT / "chapters/outlook/spread/adversarial_losses.csv"
    table = np.genfromtxt(file, delimiter=",", names=True)
    assert table["seed"].tolist() == [0, 1, 2, 3, 4]
    assert (table["linear_attacked"] > table["network_attacked"]).all()
    for name in ("adversarial", "TRADES"):
        assert (table["network_clean"] > table[f"{name}_clean"]).all()
        assert (table[f"{name}_attacked"] - table["network_attacked"] > 0.2).all()
        assert (table[f"{name}_shifted"] < table["network_shifted"]).all()
        lost = table[f"{name}_attacked"] - table[f"{name}_restarts"]
        assert ((lost >= 0) & (lost < 0.01)).all()
    lost = table["network_attacked"] - table["network_restarts"]
    assert ((lost > 0) & (lost < 0.025)).all()
    assert (table["network_shifted"] < 0.5).all()
    assert (table["TRADES_twice"] - table["adversarial_twice"] > 0.1).all()
    assert (table["masked_entropy"] - table["masked_margin"] > 0.4).all()


SEEDS = np.genfromtxt(
    ROOT / "chapters" / "outlook" / "spread" / "adaptive_losses.csv", delimiter=",", names=True
)


def gap(first, second):
    assert SEEDS["seed"].tolist() == [0, 1, 2, 3, 4]
    return SEEDS[first] - SEEDS[second]


def test_learned_weights_trade_digits_for_the_lean_against_equal_weights():
    assert (gap("digit_learned", "digit_equal") < 0).all()
    assert gap("digit_learned", "digit_equal").mean() == pytest.approx(-0.033, abs=0.0005)
    assert (gap("lean_learned", "lean_equal") < 0).all()
    assert gap("lean_learned", "lean_equal").mean() == pytest.approx(-0.060, abs=0.0005)
    small = gap("digit_learned", "digit_equal_small"), gap("lean_learned", "lean_equal_small")
    assert (small[0] < gap("digit_learned", "digit_equal")).all()
    assert (small[1] < gap("lean_learned", "lean_equal")).all()
    assert (gap("digit_learned", "digit_equal_large") > 0).all()
    assert abs(gap("lean_learned", "lean_equal_large")).max() < 0.006


def test_learned_weights_name_fewer_digits_than_the_tuned_weight_on_all_five_seeds():
    digits, lean = gap("digit_learned", "digit_tuned"), gap("lean_learned", "lean_tuned")
    assert (digits < 0).all()
    assert digits.mean() == pytest.approx(-0.021, abs=0.0005)
    assert (lean < 0).sum() == 3
    assert lean.mean() == pytest.approx(-0.025, abs=0.0005)


def test_the_focal_loss_calibrates_the_network_costs_accuracy_and_harms_softmax_regression():
    assert gap("calibration_network_focal", "calibration_network_ce").max() == pytest.approx(
        -0.066, abs=0.0005
    )
    assert gap("accuracy_network_focal", "accuracy_network_ce").max() == pytest.approx(
        -0.033, abs=0.0005
    )
    assert gap("calibration_linear_focal", "calibration_linear_ce").min() == pytest.approx(
        0.043, abs=0.0005
    )
    assert (gap("accuracy_network_cooled", "accuracy_network_ce") == 0).all()
    assert (gap("calibration_network_cooled", "calibration_network_focal") < 0).sum() == 2
    for loss in ("ce", "focal", "cooled"):
        assert (gap("accuracy_linear_ce", f"accuracy_network_{loss}") > 0.1).all()

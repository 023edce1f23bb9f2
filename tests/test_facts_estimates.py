"""What each loss estimates, found again: the constant with the least mean loss.

For one number a sample, for several independent columns of them, and for the losses that mix the
entries of a sample: pixels by exact sums over every mask or every count, not by drawing.
"""

import math
from itertools import product

import numpy as np
import pytest
from scipy.optimize import brentq, minimize_scalar
from scipy.special import log_softmax, logit
from scipy.stats import binom, cauchy, expectile

from lossbook import losses
from lossbook.facts import facts
from tests.facts_cases import PRINTED, SETTINGS, complete, constant, evaluate, symbols

# How a forecast p of label 1 is given to a loss, and the labels 0 and 1.
FORECASTS = {
    "binary_cross_entropy": (logit, (0, 1)),
    "focal": (logit, (0, 1)),
    "logistic": (logit, (-1, 1)),
    "brier": (lambda p: p, (0, 1)),
    "softmax_cross_entropy": (lambda p: np.log(np.stack([1 - p, p], axis=1)), (0, 1)),
    "kl_divergence": (lambda p: np.log(np.stack([1 - p, p], axis=1)), np.eye(2)),
    "js_divergence": (lambda p: np.stack([1 - p, p], axis=1), np.eye(2)),
    "dice": (lambda p: p[:, None], ([0], [1])),
    "jaccard": (lambda p: p[:, None], ([0], [1])),
}


def test_every_score_of_probabilities_says_whether_it_is_proper():
    assert set(FORECASTS) == {name for name in facts if facts[name].proper}


@pytest.mark.parametrize("name", FORECASTS)
def test_proper_means_least_at_the_true_probability(name):
    form, labels = FORECASTS[name]
    p = np.arange(1, 100) / 100
    no, yes = (getattr(losses, name)(form(p), np.array([label] * 99))[0] for label in labels)
    best = [np.argmin(true * yes + (1 - true) * no) for true in p]
    assert {"strictly": True, "no": False}[facts[name].proper] == (best == list(range(99)))


# How a row of three probabilities is given to a loss, and the three labels.
SEVERAL = {
    "softmax_cross_entropy": (np.log, (0, 1, 2)),
    "kl_divergence": (np.log, np.eye(3)),
    "js_divergence": (lambda p: p, np.eye(3)),
}


@pytest.mark.parametrize("name", SEVERAL)
def test_proper_means_least_at_the_true_probabilities_of_three_classes(name):
    form, labels = SEVERAL[name]
    twentieths = [(i, j, 20 - i - j) for i in range(1, 19) for j in range(1, 20 - i)]
    p = np.array(twentieths) / 20
    by_label = np.stack(
        [getattr(losses, name)(form(p), np.array([label] * len(p)))[0] for label in labels]
    )
    best = np.argmin(p @ by_label, axis=1)
    assert (facts[name].proper == "strictly") == (best == np.arange(len(p))).all()


RNG = np.random.default_rng(4)
TARGETS = np.concatenate([RNG.normal(size=33), 6 + RNG.exponential(2, size=8)])
COUNTS, BITS = RNG.poisson(2, size=40), np.repeat([0, 1], [14, 6])
CLASSES = np.repeat([0, 1, 2], [12, 5, 3])
SHARES, ADVANTAGES = RNG.dirichlet([1, 2, 3], size=20), RNG.exponential(size=20)
VECTORS, NEXT = RNG.normal([1, 0, 2], size=(20, 3)), RNG.normal(size=41)


def sample(name):
    """Return the inputs after the learned ones, of a sample that one constant is to fit."""
    named = {
        "poisson": [COUNTS],
        "gamma": [COUNTS + 0.5],
        "temporal_difference": [TARGETS, NEXT],
        "cosine_distance": [VECTORS],
        "kl_divergence": [SHARES],
        "js_divergence": [SHARES[[0] * 20]],
        "policy_gradient": [CLASSES, ADVANTAGES],
    }
    formed = {"0 or 1": BITS, "−1 or +1": 2 * BITS - 1, "class indices": CLASSES}
    hard = facts[name].targets.split(",")[0]
    return named.get(name) or [formed.get(hard, TARGETS)]


def zero_of_the_gradient(name, settings, y):
    """Solve the estimating equation: the printed gradient is 0 on average."""
    convex = constant(name, "convex", settings) == math.inf
    low, high = np.quantile(y, [0, 1] if convex else [0.2, 0.7])
    if name == "focal":
        low, high = -20, 20

    def slope(c):
        samples = (symbols(name, (c, target), settings) for target in y)
        return np.mean([evaluate(facts[name].gradient_expression, **names) for names in samples])

    return brentq(slope, low, high, xtol=1e-13)


def smoothed(frequencies, settings):
    smoothing = settings.get("label_smoothing", 0)
    return np.asarray(frequencies) * (1 - smoothing) + smoothing / len(frequencies)


def share(y):
    """Return the share of the label 1."""
    return np.mean(y > 0)


# What a loss estimates, computed from the sample without the loss.
FUNCTIONALS = {
    "mean": lambda name, s, y: np.mean(y),
    "median": lambda name, s, y: np.median(y),
    "quantile": lambda name, s, y: np.quantile(y, s["quantile"], method="inverted_cdf"),
    "expectile": lambda name, s, y: expectile(y, s["expectile"]),
    "estimating_equation": zero_of_the_gradient,
    "balanced_tails": lambda name, s, y: np.median([y - s["epsilon"], y + s["epsilon"]]),
    "cauchy_location": lambda name, s, y: (
        minimize_scalar(lambda c: cauchy.nnlf((c, s["scale"]), y), (-1, 0, 1), tol=1e-10).x
    ),
    "log_mean": lambda name, s, y: np.log(np.mean(y)),
    "mean_and_log_variance": lambda name, s, y: [np.mean(y), np.log(np.var(y))],
    "log_odds": lambda name, s, y: logit(smoothed([1 - share(y), share(y)], s)[1]),
    "half_log_odds": lambda name, s, y: logit(share(y)) / 2,
    "log_frequencies": lambda name, s, y: np.log(smoothed(np.bincount(y) / len(y), s)),
    "decision": lambda name, s, y: s["margin"] * np.sign(share(y) - 0.5),
    "centered_probability": lambda name, s, y: s.get("margin", 1) * (2 * share(y) - 1),
    "zero": lambda name, s, y: 0,
    "majority": lambda name, s, y: [s["margin"], 0, 0],
    "log_mean_distribution": lambda name, s, t: np.log(t.mean(axis=0)),
    "fixed_target": lambda name, s, t: t[0],
    "mean_direction": lambda name, s, b: np.mean(
        b / np.linalg.norm(b, axis=1, keepdims=True), axis=0
    ),
    "advantage_shares": lambda name, s, y, A: np.log(np.bincount(y, A) / A.sum()),
    "mean_target": lambda name, s, R, v: np.mean(R + s["discount"] * v),
}
# These have no one constant, or one for all entries of a sample together: see below.
TOGETHER = ("separation", "simplex", "pair_distance", "overlap_mask")


def estimated(name, settings, data):
    return np.asarray(FUNCTIONALS[facts[name].functional](name, complete(name, settings), *data))


def candidates(name, best):
    """Return constants at small and large distances from the best, and those distances.

    Of logits and scores of classes only differences count, of predictions of cosine_distance only
    the direction: the constants differ from the best in these.
    """
    sizes, fact = np.logspace(-5, 1, 61), facts[name]
    if np.ndim(best) == 0:
        offsets = np.concatenate([-sizes, sizes])
    else:
        offsets = np.random.default_rng(5).normal(size=(5, 1, len(best)))
        if fact.predictions in ("logits", "scores"):
            offsets = offsets - offsets.mean(axis=2, keepdims=True)
        if name == "cosine_distance":
            offsets = offsets - (offsets @ best)[..., None] * best / (best @ best)
        offsets = offsets / np.linalg.norm(offsets, axis=2, keepdims=True)
        offsets = (offsets * sizes[:, None]).reshape(-1, len(best))
    constants = best + offsets
    if name == "kl_divergence":
        constants = log_softmax(constants, axis=1)
    if fact.predictions == "probabilities":
        constants = np.clip(constants, 0, 1)
    distances = np.abs(constants - best)
    return constants, distances.reshape(len(constants), -1).max(axis=1)


def mean_losses(name, settings, constants, data):
    """Return the mean loss of the data for each of many constants, in one call."""
    predictions = np.repeat(constants, len(data[0]), axis=0)
    again = [np.concatenate([part] * len(constants)) for part in data]
    values, _ = getattr(losses, name)(predictions, *again, **settings)
    return values.reshape(len(constants), -1).mean(axis=1)


ALONE = [case for case in PRINTED if facts[case[0]].functional not in TOGETHER]


@pytest.mark.parametrize(("name", "settings"), ALONE, ids=str)
def test_constant_with_the_least_mean_loss(name, settings):
    data = sample(name)
    best = estimated(name, settings, data)
    constants, distances = candidates(name, best)
    least, *others = mean_losses(name, settings, [best, *constants], data)
    excess = np.array(others) - least
    assert excess.min() > -1e-13
    assert excess[distances > 0.1].min() > 1e-5


@pytest.mark.parametrize(
    ("name", "settings"),
    [case for case in ALONE if np.ndim(estimated(*case, sample(case[0]))) == 0],
)
def test_vector_with_the_least_mean_loss_over_three_independent_columns(name, settings):
    """What is estimated for one number a sample is so in each column, each with its own sample."""
    whole = sample(name)
    # The last of labels are mostly 1; of numbers, enough are in the main cluster.
    last = 9 if len(whole[0]) == 20 else 29
    columns = [whole, [part[:17] for part in whole], [part[-last:] for part in whole]]
    best = np.array([estimated(name, settings, data) for data in columns])
    assert len(set(best)) == 3 or facts[name].functional in ("zero", "decision")

    directions = np.random.default_rng(7).normal(size=(10, 20, 3))
    directions /= np.linalg.norm(directions, axis=2, keepdims=True)
    moved = best + (np.logspace(-4, 0.5, 10)[:, None, None] * directions).reshape(-1, 3)
    if facts[name].predictions == "probabilities":
        moved = np.clip(moved, 0, 1)
    of_columns = zip(np.transpose([best, *moved]), columns)
    least, *others = sum(mean_losses(name, settings, *column) for column in of_columns)
    excess = np.array(others) - least
    assert excess.min() > -1e-13
    assert ((excess > 1e-5) | (np.abs(moved - best).max(axis=1) < 0.1)).all()


@pytest.mark.parametrize("k", [1, 3, 8])
@pytest.mark.parametrize("settings", [{}, *SETTINGS["contrastive"]])
def test_pairs_are_best_apart_by_the_margin_times_the_probability_of_different_kinds(k, settings):
    best = complete("contrastive", settings)["margin"] * (1 - share(BITS))
    rng = np.random.default_rng(8)
    other = rng.normal(size=k)

    def mean_of(difference):
        anchors = np.tile(other + difference, (len(BITS), 1))
        others = np.tile(other, (len(BITS), 1))
        return losses.contrastive(anchors, others, BITS, **settings)[0].mean()

    for direction in rng.normal(size=(5, k)):
        unit = direction / np.linalg.norm(direction)
        least = mean_of(best * unit)
        for off in (-0.3, -0.01, 0.01, 0.3):
            # Below the margin it is a parabola with curvature 1 in the distance.
            assert mean_of((best + off * best) * unit) - least > 0.3 * (off * best) ** 2
        other_way = rng.normal(size=k)
        same_length = mean_of(best * other_way / np.linalg.norm(other_way))
        assert same_length == pytest.approx(least, rel=1e-12)


@pytest.mark.parametrize("k", [1, 3, 8])
@pytest.mark.parametrize("settings", [{}, *SETTINGS["triplet"]])
def test_triplets_cost_nothing_from_the_margin_on(k, settings):
    gap = complete("triplet", settings)["margin"] * np.array([[0.5], [0.99], [1], [1.01], [4]])
    direction = np.random.default_rng(9).normal(size=k)
    away = np.sqrt(gap) * direction / np.linalg.norm(direction)
    values, _ = losses.triplet(0 * away, 0 * away, away, **settings)
    assert list(values > 1e-12) == [True, True, False, False, False]


@pytest.mark.parametrize("n", [2, 3, 6])
@pytest.mark.parametrize("settings", [{}, *SETTINGS["info_nce"]])
def test_info_nce_is_least_for_evenly_spread_pairs(n, settings):
    simplex = np.eye(n) - 1 / n
    best, _ = losses.info_nce(simplex, 2 * simplex, **settings)
    # log(1 + (n − 1)e^(−n/((n − 1)T)), the bound by Jensen's inequality.
    temperature = complete("info_nce", settings)["temperature"]
    bound = np.log1p((n - 1) * np.exp(-n / (n - 1) / temperature))
    np.testing.assert_allclose(best, bound, rtol=1e-12)
    rng = np.random.default_rng(6)
    for size in (1e-3, 0.1, 1.0, 1.0, 1.0):
        for _ in range(50):
            pair = simplex + size * rng.normal(size=(2, n, n))
            assert losses.info_nce(*pair, **settings)[0].mean() > bound


# Overlap: masks of many independent pixels.

OVERLAPS = pytest.mark.parametrize("name", ["dice", "jaccard"])


def test_overlap_is_what_mixes_pixels():
    assert [n for n in facts if facts[n].functional == "overlap_mask"] == ["dice", "jaccard"]


def expected_losses(name, predictions, probabilities, smooth=1.0):
    """Return the expected loss of each prediction, by the sum over all masks of the pixels."""
    masks = np.array(list(product([0, 1], repeat=len(probabilities))))
    chance = np.prod(np.where(masks, probabilities, 1 - np.asarray(probabilities)), axis=1)
    each, again = np.repeat(predictions, len(masks), axis=0), np.tile(masks, (len(predictions), 1))
    values, _ = getattr(losses, name)(each, again, smooth=smooth)
    return values.reshape(-1, len(masks)) @ chance


def expected_of_groups(name, sizes, probabilities, chosen, smooth=1.0):
    """Return the expected loss of a mask of whole groups of pixels, by exact binomial sums.

    Group i has ``sizes[i]`` pixels of probability ``probabilities[i]``, and is in the mask or not.
    """
    counts = np.meshgrid(*(np.arange(size + 1) for size in sizes), indexing="ij")
    chance = np.prod([binom.pmf(c, n, p) for c, n, p in zip(counts, sizes, probabilities)], axis=0)
    both = sum(c for c, yes in zip(counts, chosen) if yes) + 0 * chance
    ours, true = sum(n for n, yes in zip(sizes, chosen) if yes), sum(counts)
    if name == "dice":
        return 1 - np.sum(chance * (2 * both + smooth) / (ours + true + smooth))
    return 1 - np.sum(chance * (both + smooth) / (ours + true - both + smooth))


@OVERLAPS
def test_sums_over_counts_are_sums_over_masks(name):
    (by_masks,) = expected_losses(name, [[1, 1, 1, 0, 0]], [0.7, 0.7, 0.7, 0.2, 0.2])
    by_counts = expected_of_groups(name, (3, 2), (0.7, 0.2), (True, False))
    assert by_counts == pytest.approx(by_masks, rel=1e-12)


@OVERLAPS
@pytest.mark.parametrize("smooth", [0.5, 1.0, 2.0])
def test_for_a_single_pixel_the_likelier_label_is_best(name, smooth):
    for probability in (0.05, 0.3, 0.49, 0.51, 0.7, 0.95):
        grid = np.linspace(0, 1, 101)
        curve = expected_losses(name, grid[:, None], [probability], smooth)
        assert grid[np.argmin(curve)] == round(probability)


@OVERLAPS
@pytest.mark.parametrize("k", [10, 100])
def test_for_many_pixels_of_probability_two_fifths_the_best_constant_is_1(name, k):
    """The less likely label in each pixel: no majority, as one pixel would have it."""
    y = np.arange(k + 1)
    masks = (np.arange(k) < y[:, None]).astype(float)
    chance = binom.pmf(y, k, 0.4)
    grid = np.linspace(0, 1, 101)
    curve = [chance @ getattr(losses, name)(np.full((k + 1, k), p), masks)[0] for p in grid]
    assert np.argmin(curve) == 100
    assert curve[0] - curve[100] > 0.2


@OVERLAPS
@pytest.mark.parametrize("seed", range(6))
def test_the_best_prediction_is_a_mask_of_the_likeliest_pixels(name, seed):
    """By enumeration of all masks of 6 pixels: nothing between 0 and 1 is better."""
    rng = np.random.default_rng(seed)
    probabilities = np.sort(rng.uniform(0.02, 0.98, size=6))[::-1]
    masks = np.array(list(product([0, 1], repeat=6)))
    costs = expected_losses(name, masks, probabilities)
    best = masks[np.argmin(costs)]
    assert (np.diff(best) <= 0).all()
    near = np.clip(best + rng.normal(size=(200, 6)) / 5, 1e-3, 1 - 1e-3)
    inside = [*rng.uniform(size=(200, 6)), *near]
    assert expected_losses(name, inside, probabilities).min() > costs.min()


@OVERLAPS
@pytest.mark.parametrize("sure", [0.6, 0.75, 0.9])
def test_the_threshold_is_near_half_the_best_expected_dice_overlap(name, sure):
    """150 pixels of a probability, 50 of another: from which on do those belong to the mask?"""
    sizes = (150, 50)

    def gain(other):
        alone, both = (
            expected_of_groups(name, sizes, (sure, other), (True, more)) for more in (False, True)
        )
        return alone - both

    threshold = brentq(gain, 0.01, sure)
    dice = 1 - expected_of_groups("dice", sizes, (sure, threshold), (True, False))
    assert threshold == pytest.approx(dice / 2, abs=0.015)
    # Not at a half: by more than ten times that, where the best overlap is far from 1.
    assert threshold < 0.5 - 0.01

"""Every record of lossbook/facts.toml is true of its loss; see also test_facts_elsewhere.py.

Losses are taken as functions of all their learned inputs, laid end to end in the rows of one array.
"""

import ast
import inspect
import math

import numpy as np
import pytest
from scipy.optimize import brentq, minimize_scalar
from scipy.special import log_softmax, logit
from scipy.stats import cauchy, expectile

from lossbook import losses
from lossbook.facts import Facts, facts
from tests.facts_cases import (
    CASES,
    LEVELS,
    PRINTED,
    SETTINGS,
    complete,
    constant,
    draw,
    evaluate,
    symbols,
)

every_loss = pytest.mark.parametrize("name", facts)
every_case = pytest.mark.parametrize(("name", "settings"), CASES, ids=str)
every_printed_case = pytest.mark.parametrize(("name", "settings"), PRINTED, ids=str)


def function(name, x, size, settings):
    """Return the loss as a function of the rows of one array, and an array to try it on."""
    learned, others = draw(name, x, size, settings)
    loss, ends = getattr(losses, name), np.cumsum([a[0].size for a in learned])[:-1]

    def call(array):
        split = [part.reshape(a.shape) for part, a in zip(np.split(array, ends, axis=1), learned)]
        if name == "info_nce":
            batches = [loss(*inputs, **settings) for inputs in zip(*split)]
            values = np.array([values.sum() for values, _ in batches])
            return values, np.array([np.ravel(gradients) for _, gradients in batches])
        values, gradients = loss(*split, *others, **settings)
        return values, flat(gradients if isinstance(gradients, tuple) else [gradients])

    return call, flat(learned)


def flat(arrays):
    return np.hstack([a.reshape(len(a), -1) for a in arrays])


def steepest(call, array):
    return np.linalg.norm(call(array)[1], axis=1).max()


def sharpest(call, array, h):
    """Return the largest change of the gradient for a unit of change, by power iteration."""
    largest, direction = 0, np.random.default_rng(2).normal(size=array.shape)
    for _ in range(5):
        direction = direction / np.linalg.norm(direction, axis=1, keepdims=True)
        change = (call(array + h / 2 * direction)[1] - call(array - h / 2 * direction)[1]) / h
        length = np.linalg.norm(change, axis=1, keepdims=True)
        largest, direction = max(largest, length.max()), np.where(length > 0, change, direction)
    return largest


def grid(level):
    half_range, step, size, h = LEVELS[level]
    ends = round(half_range / step)
    return np.repeat(step * np.arange(-ends, ends + 1), 2), size, h


FAMILIES = {
    "regression": "regression",
    "likelihoods": "likelihood",
    "classification": "classification",
    "distributions": "distribution",
    "embeddings": "embedding",
    "reinforcement": "reinforcement",
}


def test_every_loss_has_facts():
    assert set(facts) == set(losses.__all__)


@every_loss
def test_fields_have_their_types(name):
    fact, loss = facts[name], getattr(losses, name)
    for field, kind in Facts.__annotations__.items():
        value = getattr(fact, field)
        if field == "elsewhere":
            assert isinstance(value, tuple)
        elif field != "proper":
            assert isinstance(value, kind), field
            assert value != "", field
    assert fact.proper in (None, "strictly", "yes", "no")
    assert fact.family == FAMILIES[loss.__module__.rsplit(".")[-1]]
    assert fact.predictions == next(iter(inspect.signature(loss).parameters))
    for sentence in (fact.use_when, fact.avoid_when, fact.accurate, fact.domain):
        assert sentence[0].isupper()
        assert sentence.endswith(".")
    for tex in (fact.formula, fact.gradient):
        assert tex.count("{") == tex.count("}")
        assert tex.count(r"\left") == tex.count(r"\right")


@every_loss
def test_constants_name_hyper_parameters_only(name):
    fact, known = facts[name], {*complete(name, {}), "p", "k"}
    for expression in (
        fact.convex,
        fact.lipschitz,
        fact.smooth,
        *(e.factor for e in fact.elsewhere),
    ):
        found = {node.id for node in ast.walk(ast.parse(expression)) if isinstance(node, ast.Name)}
        assert found <= known | set(vars(np)), expression


@every_printed_case
def test_formulas_are_those_of_the_code(name, settings):
    learned, others = draw(name, np.linspace(-3, 3, 99), 3, settings)
    learned = [1.001 * a for a in learned]  # away from kinks
    for inputs in zip(*learned, *others):
        batch = inputs if name == "info_nce" else [np.asarray(a)[None] for a in inputs]
        values, gradients = getattr(losses, name)(*batch, **settings)
        names = symbols(name, inputs, complete(name, settings))
        expected = evaluate(facts[name].expression, **names)
        np.testing.assert_allclose(np.ravel(values), np.ravel(expected), rtol=1e-10, atol=1e-10)
        expected = evaluate(facts[name].gradient_expression, **names)
        np.testing.assert_allclose(np.ravel(gradients), np.ravel(expected), rtol=1e-10, atol=1e-10)


def excess_of_midpoints(name, settings, a, b):
    """Return by how much the loss between pairs of predictions is above the mean of its ends."""
    call, first = function(name, a, 3, settings)
    second = flat(draw(name, b, 3, settings, seed=2)[0])
    ends = call(first)[0], call(second)[0]
    excess = call((first + second) / 2)[0] - (ends[0] + ends[1]) / 2
    return excess / (1 + np.maximum(*np.abs(ends)))


@every_case
def test_convex_up_to_the_radius_and_no_further(name, settings):
    radius = constant(name, "convex", settings)
    a, b = np.random.default_rng(3).uniform(-1, 1, size=(2, 9900))
    if radius > 0:
        reach = min(radius, 10)
        assert excess_of_midpoints(name, settings, reach * a, reach * b).max() < 1e-12
    if radius == 0:
        assert excess_of_midpoints(name, settings, 10 * a, 10 * b).max() > 1e-6
    elif radius < math.inf:
        beyond = radius * (1.06 + 0.05 * a), radius * (1.06 + 0.05 * b)
        assert excess_of_midpoints(name, settings, *beyond).max() > 1e-6


@every_case
def test_gradient_is_bounded_by_its_constant(name, settings):
    bound = constant(name, "lipschitz", settings)
    near, far = (steepest(*function(name, *grid(level)[:2], settings)) for level in (0, 1))
    if bound == math.inf:
        assert far > 3 * near
    else:
        assert 0.98 * bound <= max(near, far) <= bound + 1e-9


@every_case
def test_change_of_gradient_is_bounded_by_its_constant(name, settings):
    bound = constant(name, "smooth", settings)
    (x, size, h), (far_x, far_size, far_h) = grid(0), grid(1)
    near = sharpest(*function(name, x, size, settings), h)
    if bound == math.inf:
        assert sharpest(*function(name, far_x, far_size, settings), far_h) > 3 * near
    else:
        assert 0.98 * bound <= near <= bound + 1e-9


@every_loss
def test_robust_means_a_bounded_gradient(name):
    assert facts[name].robust == (constant(name, "lipschitz", {}) < math.inf)


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
        "dice": [BITS[:, None]],
        "jaccard": [BITS[:, None]],
        "contrastive": [np.zeros((20, 1)), BITS],
        "policy_gradient": [CLASSES, ADVANTAGES],
    }
    formed = {"0 or 1": BITS, "−1 or +1": 2 * BITS - 1, "class indices": CLASSES}
    return named.get(name) or [formed.get(facts[name].targets, TARGETS)]


def zero_of_the_gradient(name, settings):
    """Solve the estimating equation: the printed gradient is 0 on average."""
    convex = constant(name, "convex", settings) == math.inf
    low, high = np.quantile(TARGETS, [0, 1] if convex else [0.2, 0.8])
    if name == "focal":
        low, high = -20, 20

    def slope(c):
        samples = (symbols(name, (c, y), settings) for y in sample(name)[0])
        return np.mean([evaluate(facts[name].gradient_expression, **names) for names in samples])

    return brentq(slope, low, high, xtol=1e-13)


def smoothed(frequencies, settings):
    smoothing = settings.get("label_smoothing", 0)
    return np.array(frequencies) * (1 - smoothing) + smoothing / len(frequencies)


# What a loss estimates, computed from the sample without the loss.
FUNCTIONALS = {
    "mean": lambda name, s: np.mean(sample(name)[0]),
    "median": lambda name, s: np.median(TARGETS),
    "quantile": lambda name, s: np.quantile(TARGETS, s["quantile"], method="inverted_cdf"),
    "expectile": lambda name, s: expectile(TARGETS, s["expectile"]),
    "estimating_equation": zero_of_the_gradient,
    "balanced_tails": lambda name, s: np.median([TARGETS - s["epsilon"], TARGETS + s["epsilon"]]),
    "cauchy_location": lambda name, s: (
        minimize_scalar(lambda c: cauchy.nnlf((c, s["scale"]), TARGETS), (-1, 0, 1), tol=1e-10).x
    ),
    "log_mean": lambda name, s: np.log(np.mean(sample(name)[0])),
    "mean_and_log_variance": lambda name, s: [np.mean(TARGETS), np.log(np.var(TARGETS))],
    "log_odds": lambda name, s: logit(smoothed([0.7, 0.3], s)[1]),
    "half_log_odds": lambda name, s: logit(0.3) / 2,
    "log_frequencies": lambda name, s: np.log(smoothed([0.6, 0.25, 0.15], s)),
    "decision": lambda name, s: -s["margin"],
    "centered_probability": lambda name, s: s.get("margin", 1) * (2 * 0.3 - 1),
    "zero": lambda name, s: 0,
    "majority": lambda name, s: [s["margin"], 0, 0],
    "log_mean_distribution": lambda name, s: np.log(SHARES.mean(axis=0)),
    "fixed_target": lambda name, s: SHARES[0],
    "mean_direction": lambda name, s: np.mean(
        VECTORS / np.linalg.norm(VECTORS, axis=1, keepdims=True), axis=0
    ),
    "pair_distance": lambda name, s: [s["margin"] * 0.7],
    "likelier_label": lambda name, s: [0],
    "advantage_shares": lambda name, s: np.log(np.bincount(CLASSES, ADVANTAGES) / ADVANTAGES.sum()),
    "mean_target": lambda name, s: np.mean(TARGETS + s["discount"] * NEXT),
}


def candidates(name, best):
    """Return constants at small and large distances from the best, and those distances.

    Of logits and scores of classes only differences count, of predictions of cosine_distance only
    the direction: the constants differ from the best in these.
    """
    sizes, fact = np.logspace(-5, 1, 61), facts[name]
    if np.ndim(best) == 0 or len(best) == 1:
        offsets = np.concatenate([-sizes, sizes]).reshape(-1, *np.shape(best))
    else:
        offsets = np.random.default_rng(5).normal(size=(5, 1, len(best)))
        if fact.predictions in ("logits", "scores"):
            offsets = offsets - offsets.mean(axis=2, keepdims=True)
        if name == "cosine_distance":
            offsets = offsets - (offsets @ best)[..., None] * best / (best @ best)
        offsets = offsets / np.linalg.norm(offsets, axis=2, keepdims=True)
        offsets = (offsets * sizes[:, None]).reshape(-1, len(best))
    constants = np.asarray(best) + offsets
    if name == "kl_divergence":
        constants = log_softmax(constants, axis=1)
    if fact.predictions == "probabilities":
        constants = np.clip(constants, 0, 1)
    if name == "contrastive":
        constants = np.abs(constants)
    distances = np.abs(constants - best)
    return constants, distances.reshape(len(constants), -1).max(axis=1)


@pytest.mark.parametrize(
    ("name", "settings"),
    [case for case in PRINTED if facts[case[0]].functional not in ("separation", "simplex")],
    ids=str,
)
def test_constant_with_the_least_mean_loss(name, settings):
    inputs = sample(name)

    def mean_loss(constant):
        predictions = np.full((len(inputs[0]), *np.shape(constant)), constant)
        return getattr(losses, name)(predictions, *inputs, **settings)[0].mean()

    best = np.asarray(FUNCTIONALS[facts[name].functional](name, complete(name, settings)))
    constants, distances = candidates(name, best)
    excess = np.array([mean_loss(constant) for constant in constants]) - mean_loss(best)
    assert excess.min() > -1e-13
    assert excess[distances > 0.1].min() > 1e-5


@pytest.mark.parametrize("settings", [{}, *SETTINGS["triplet"]])
def test_triplets_cost_nothing_from_the_margin_on(settings):
    gap = complete("triplet", settings)["margin"] * np.array([[0.5], [0.99], [1], [1.01], [4]])
    values, _ = losses.triplet(0 * gap, 0 * gap, np.sqrt(gap), **settings)
    assert list(values > 1e-12) == [True, True, False, False, False]


@pytest.mark.parametrize("settings", [{}, *SETTINGS["info_nce"]])
def test_info_nce_is_least_for_evenly_spread_pairs(settings):
    simplex = np.eye(3) - 1 / 3
    best, _ = losses.info_nce(simplex, 2 * simplex, **settings)
    # log(1 + (n − 1)e^(−n/((n − 1)T)), the bound by Jensen's inequality, for n = 3.
    bound = np.log1p(2 * np.exp(-1.5 / complete("info_nce", settings)["temperature"]))
    np.testing.assert_allclose(best, bound, rtol=1e-12)
    rng = np.random.default_rng(6)
    for size in (1e-3, 0.1, 1.0, 1.0, 1.0):
        for _ in range(50):
            pair = simplex + size * rng.normal(size=(2, 3, 3))
            assert losses.info_nce(*pair, **settings)[0].mean() > bound

"""What the tests of lossbook/facts share: settings, inputs, and the value of an expression."""

import functools
import inspect
import math

import numpy as np

from lossbook import losses
from lossbook.facts import facts

SETTINGS = {
    "huber": [{"delta": 0.5}, {"delta": 2.0}],
    "smooth_l1": [{"beta": 0.5}, {"beta": 2.0}],
    "pseudo_huber": [{"delta": 0.5}, {"delta": 2.0}],
    "pinball": [{"quantile": 0.9}, {"quantile": 0.25}],
    "expectile": [{"expectile": 0.9}, {"expectile": 0.25}],
    "epsilon_insensitive": [{"epsilon": 0.0}, {"epsilon": 1.0}],
    "squared_epsilon_insensitive": [{"epsilon": 0.0}, {"epsilon": 1.0}],
    "cauchy": [{"scale": 0.5}, {"scale": 2.0}],
    "tukey_biweight": [{"c": 2.0}, {"c": 6.0}],
    "barron": [
        *({"alpha": alpha, "scale": 2.0} for alpha in (-math.inf, 0.0, 2.0)),
        *({"alpha": alpha, "scale": 0.5} for alpha in (-2.0, 0.5, 1.0, 1.5, 3.0)),
    ],
    "binary_cross_entropy": [{"label_smoothing": 0.2}],
    "softmax_cross_entropy": [{"label_smoothing": 0.2}],
    "focal": [{"gamma": 0.0}, {"gamma": 0.5, "alpha": 0.25}, {"gamma": 5.0, "alpha": 0.75}],
    "hinge": [{"margin": 0.5}, {"margin": 2.0}],
    "squared_hinge": [{"margin": 0.5}, {"margin": 2.0}],
    "multiclass_hinge": [{"margin": 0.5}, {"margin": 2.0}],
    "contrastive": [{"margin": 0.5}, {"margin": 2.0}],
    "triplet": [{"margin": 0.5}, {"margin": 2.0}],
    "info_nce": [{"temperature": 0.5}, {"temperature": 2.0}],
    "dice": [{"smooth": 0.5}, {"smooth": 2.0}],
    "jaccard": [{"smooth": 0.5}, {"smooth": 2.0}],
    "temporal_difference": [{"discount": 0.0}, {"discount": 0.5}],
}
CASES = [(name, settings) for name in facts for settings in [{}, *SETTINGS.get(name, [])]]
# Where Barron's formula is a limit it cannot be evaluated as printed.
PRINTED = [case for case in CASES if case[1].get("alpha") not in (-math.inf, 0.0, 2.0)]
# Half-range and step of one-dimensional predictions, size of vectors, and step of differences.
# Every kink is a grid point.
LEVELS = [(10, 0.0005, 3, 1e-3), (300, 0.025, 300, 1e-6)]


def complete(name, settings):
    """Return the settings with the defaults filled in."""
    parameters = inspect.signature(getattr(losses, name)).parameters.values()
    defaults = {p.name: p.default for p in parameters if p.kind == p.KEYWORD_ONLY}
    return {**defaults, **settings}


NUMPY = dict(vars(np))


def evaluate(expression, **names):
    """Evaluate an expression of the facts: a name is one of ``names`` or NumPy's."""
    return eval(compiled(expression), NUMPY, names)


@functools.cache
def compiled(expression):
    return compile(expression, "<facts>", "eval")


def constant(name, field, settings, k=3):
    """Evaluate a constant; p is a fine grid of probabilities, on the logits of LEVELS[0] and on."""
    p = 1 / (1 + np.exp(LEVELS[0][1] * np.arange(-80_000, 80_001)))
    names = {"p": p, "k": k, **complete(name, settings)}
    return float(evaluate(getattr(facts[name], field), **names))


def log_softmax(rows):
    return rows - np.logaddexp.reduce(rows, axis=1, keepdims=True)


def draw(name, x, size, settings, seed=1):
    """Return two lists of inputs: the learned, random with ``seed``, and the others, the same.

    One-dimensional predictions are ``x`` away from the target, or from 0; of vectors there are as
    many, from 1/size to size long.
    """
    rng, fixed = np.random.default_rng(seed), np.random.default_rng(0)
    n, form, settings = len(x), facts[name].predictions, complete(name, settings)
    t, bits = fixed.normal(size=n), np.arange(n) % 2.0
    classes, distributions = fixed.integers(0, 3, n), fixed.dirichlet([0.1] * 3, n)

    def rows():
        return size ** rng.uniform(-1, 1, (n, 1)) * rng.normal(size=(n, 3))

    match name:
        case "gaussian_nll":
            return [rows()[:, :2] / size**0.5], [t]
        case "softmax_cross_entropy":
            return [rows()], [classes]
        case "policy_gradient":
            return [rows()], [classes, size * t]
        case "multiclass_hinge":
            s, every = rows(), np.arange(n)
            s[every, classes] = -np.inf
            at_margin = s.max(axis=1) + settings["margin"]
            s[every, classes] = np.where(bits, at_margin, size * t)
            return [s], [classes]
        case "kl_divergence":
            return [log_softmax(rows()) - 0.1], [distributions]
        case "js_divergence":
            p = size ** rng.uniform(-1, 0, (n, 3))
            return [p / p.sum(axis=1, keepdims=True)], [distributions]
        case "cosine_distance":
            return [rows()], [fixed.normal(size=(n, 3))]
        case "contrastive":
            return [rows(), rows()], [bits]
        case "triplet":
            a, p, away = rows(), rows(), rows()
            kink = np.sqrt(np.sum((a - p) ** 2, axis=1) + settings["margin"])[:, None]
            at_kink = a + kink * away / np.linalg.norm(away, axis=1, keepdims=True)
            return [a, p, np.where(bits[:, None], at_kink, away)], []
        case "info_nce":
            return [rows()[: n // 99 * 3].reshape(-1, 3, 3) for _ in range(2)], []
        case "dice" | "jaccard":
            masks = fixed.integers(0, 2, (n, 3)) * bits[:, None]
            return [0.0006 + 0.99 * rng.uniform(size=(n, 3)) ** 9], [masks]
        case "temporal_difference":
            return [x], [t, fixed.normal(size=n)]
        case "poisson":
            return [x], [fixed.poisson(2, n)]
        case "gamma":
            return [x], [fixed.exponential(size=n)]
        case "brier":
            return [0.001 + 0.998 * (np.abs(x) % 1)], [bits]
    return [x + t if form == "predictions" else x], [
        {"predictions": t, "logits": bits, "scores": 2 * bits - 1}[form]
    ]


def symbols(name, inputs, settings):
    """Return the names in the printed formula for one sample."""
    match name, facts[name].family:
        case "temporal_difference", _:
            names = "v R v_next"
        case "info_nce" | "triplet", _:
            names = "a p n"
        case _, "embedding":
            names = "p y" if facts[name].predictions == "probabilities" else "a b y"
        case _, "distribution":
            names = "z t" if name == "kl_divergence" else "p t"
        case _:
            names = {"scores": "s y", "probabilities": "p y"}.get(facts[name].predictions, "z y A")
    values = {**settings, "k": np.shape(inputs[0])[-1:], **dict(zip(names.split(), inputs))}
    values["k"] = values["k"][0] if values["k"] else 1
    if facts[name].family == "regression":
        values["r"] = inputs[0] - inputs[1]
    elif name == "gaussian_nll":
        values["mu"], values["s"] = inputs[0]
    elif facts[name].predictions == "scores":
        values["m"] = inputs[0] * inputs[1]
    elif name == "focal":
        z, y = inputs
        values["p"] = 1 / (1 + np.exp(-z if y else z))
        values["w"] = (
            1 if settings["alpha"] is None else settings["alpha"] if y else 1 - settings["alpha"]
        )
    elif name == "info_nce":
        lengths = [np.linalg.norm(rows, axis=1, keepdims=True) for rows in inputs]
        (values["a_length"], values["p_length"]), u, v = lengths, *map(np.divide, inputs, lengths)
        q = np.exp(u @ v.T / settings["temperature"])
        values.update(u=u, v=v, q=q / q.sum(axis=1, keepdims=True))
    return values

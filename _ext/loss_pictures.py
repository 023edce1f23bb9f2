"""A picture of each loss: its value, and the derivative of that, along a path of predictions.

A path is a text for the axis, its two ends, and for a place on it the inputs of the loss: those
that are learned, and the others. What is drawn is the mean loss of the samples, one for most.
"""

from functools import cache
from inspect import signature

import matplotlib.pyplot as plt
import numpy as np

from lossbook import losses, plots
from lossbook.explorers import svg
from lossbook.facts import facts

# By the form of predictions and targets; below, by name, where that does not say enough.
FORMS = {
    ("predictions", "real numbers"): ("residual $r$", -4, 4, lambda r: ([[r]], [[0]])),
    ("logits", "0 or 1"): ("logit $z$, label 1", -5, 5, lambda z: ([[z]], [[1]])),
    ("logits", "class indices"): (
        "logit of the label, others 0", -5, 5, lambda z: ([[[z, 0, 0]]], [[0]]),
    ),
    ("scores", "−1 or +1"): ("margin $m$", -3, 3, lambda m: ([[m]], [[1]])),
    ("scores", "class indices"): (
        "score of the label, others 0", -3, 3, lambda s: ([[[s, 0, 0]]], [[0]]),
    ),
    ("probabilities", "0 or 1"): ("probability $p$, label 1", 0, 1, lambda p: ([[p]], [[1]])),
    ("probabilities", "0 or 1 for each pixel"): (
        "probability of the right label,\nin each of four pixels", 0, 1,
        lambda p: ([[[p, 1 - p, 1 - p, 1 - p]]], [[[1, 0, 0, 0]]]),
    ),
}  # fmt: skip
PATHS = {
    "tukey_biweight": ("residual $r$", -8, 8, lambda r: ([[r]], [[0]])),
    "poisson": ("log-rate $z$, count 2", -2, 2, lambda z: ([[z]], [[2]])),
    "gamma": ("log-mean $z$, target 2", -1, 3, lambda z: ([[z]], [[2]])),
    "gaussian_nll": ("log-variance $s$, residual 1", -3, 5, lambda s: ([[[1, s]]], [[0]])),
    "kl_divergence": (
        "probability of the first\nof two outcomes, truth 0.3", 0.05, 0.95,
        lambda p: ([[[np.log(p), np.log(1 - p)]]], [[[0.3, 0.7]]]),
    ),
    "js_divergence": (
        "probability of the first\nof two outcomes, truth 0.3", 0.05, 0.95,
        lambda p: ([[[p, 1 - p]]], [[[0.3, 0.7]]]),
    ),
    "cosine_distance": (
        "angle between the two vectors, in radians", -3, 3,
        lambda t: ([[[np.cos(t), np.sin(t)]]], [[[1, 0]]]),
    ),
    "contrastive": (
        "distance of a pair of different kinds", 0.02, 2,
        lambda d: ([[[d, 0]], [[0, 0]]], [[0]]),
    ),
    "triplet": (
        "distance of the negative, the positive at 1", 0, 2,
        lambda d: ([[[0, 0]], [[1, 0]], [[0, d]]], []),
    ),
    "info_nce": (
        "angle between the vectors\nof both pairs, in radians", -3, 3,
        lambda t: ([[[1, 0], [-1, 0]],
                    [[np.cos(t), np.sin(t)], [-np.cos(t), -np.sin(t)]]], []),
    ),
    "policy_gradient": (
        "logit of the action, the other 0, advantage 1", -5, 5,
        lambda z: ([[[z, 0]]], [[0], [1]]),
    ),
    "temporal_difference": (
        "predicted value $v$, reward 1, next value 0", -3, 5,
        lambda v: ([[v]], [[1], [0]]),
    ),
}  # fmt: skip
# Where the default shows less than another setting.
SETTINGS = {"pinball": {"quantile": 0.9}, "expectile": {"expectile": 0.9}}


def settings(name):
    """Return the hyper-parameters that the picture of a loss is drawn with."""
    parameters = signature(getattr(losses, name)).parameters.values()
    defaults = {p.name: p.default for p in parameters if p.kind == p.KEYWORD_ONLY}
    return {**defaults, **SETTINGS.get(name, {})}


@cache
def curves(name):
    """Return the text of the axis, the places on the path, the losses there, and their slopes."""
    fact, loss = facts[name], getattr(losses, name)
    label, low, high, inputs = (
        PATHS.get(name) or FORMS[fact.predictions, fact.targets.split(", or ")[0]]
    )
    x, h = np.linspace(low, high, 401), 1e-6
    values, slopes = [], []
    for place in x:
        learned, others = inputs(place)
        ahead, behind = inputs(place + h / 2)[0], inputs(place - h / 2)[0]
        value, gradients = loss(*map(np.asarray, [*learned, *others]), **settings(name))
        gradients = gradients if isinstance(gradients, tuple) else (gradients,)
        along = [np.subtract(a, b) / h for a, b in zip(ahead, behind)]
        values.append(np.mean(value))
        slopes.append(sum(np.sum(g * d) for g, d in zip(gradients, along)) / len(value))
    return label, x, np.array(values), np.array(slopes)


def number(value):
    """Return two decimals at most, with the typographic minus and without a minus at zero."""
    return f"{round(value, 2) + 0:g}".replace("-", "−")


def picture(name):
    """Return the picture of a loss as SVG, and in words what it shows."""
    label, x, values, slopes = curves(name)
    jumps = np.abs(np.diff(slopes, prepend=slopes[0])) > 0.2 * np.ptp(slopes)
    drawn = {"loss": values, "its derivative": np.where(jumps, np.nan, slopes)}
    plots.use_style()
    figure, ax = plt.subplots(figsize=(4.8, 2.6))
    plots.curves(ax, x, drawn, label, "loss and derivative")
    floor = x[values < values.min() + 1e-12]
    where = f"at {number(floor[0])}"
    if len(floor) > 1:
        where = f"from {number(floor[0])} to {number(floor[-1])}"
    path = label.replace("$", "").replace("\n", " ")
    alt = (
        f"{facts[name].title} over the {path}: {number(values[0])} at "
        f"{number(x[0])}, {number(values[-1])} at {number(x[-1])}, lowest {number(values.min())} "
        f"{where}. Its derivative lies between {number(slopes.min())} and {number(slopes.max())}."
    )
    return svg(figure), alt


def sketch(name, width=112, height=56):
    """Return the curve of a loss alone as a small SVG, over thin lines at zero.

    It takes the color of the text around it. It says nothing to a screen reader: the card, one link
    away, describes its picture in words.
    """
    _, x, values, _ = curves(name)
    low, high = min(values.min(), 0), max(values.max(), 0)
    across = 2 + (x - x[0]) / np.ptp(x) * (width - 4)
    down = 2 + (high - values) / (high - low) * (height - 4)
    points = " ".join(f"{a:.1f},{b:.1f}" for a, b in zip(across[::8], down[::8]))
    zeros = f"M0,{2 + high / (high - low) * (height - 4):.1f}h{width}"
    if x[0] < 0 < x[-1]:
        zeros += f"M{2 - x[0] / np.ptp(x) * (width - 4):.1f},0v{height}"
    return (
        f'<svg class="loss-sketch" viewBox="0 0 {width} {height}" width="{width}" '
        f'height="{height}" aria-hidden="true" fill="none" stroke="currentColor">'
        f'<path d="{zeros}" opacity="0.4"/><polyline points="{points}" stroke-width="2"/></svg>'
    )

"""One set of ordinary inputs for every loss, and which of them are labels."""

import numpy as np

from lossbook.losses import binary_cross_entropy, info_nce, softmax_cross_entropy
from tests.losses.case import Case
from tests.losses.cases import CASES


def draw_rows(rng):
    return [tuple(rng.normal(size=(2, 8, 3)))]


def several_labels(rng):
    return [(rng.normal(size=(8, 3)), rng.uniform(size=(8, 3)))]


def classes(rng):
    return [(rng.normal(size=(8, 3)), rng.integers(0, 3, size=8))]


# One case a loss, the first, which for softmax_cross_entropy has rows of probabilities as labels;
# info_nce has none, because its values depend on every row. Two losses have labels of two forms.
ONE_EACH = list({case.loss.__name__: case for case in reversed(CASES)}.values())
EVERY = [
    *ONE_EACH,
    Case(info_nce, None, draw_rows, learned=2),
    Case(binary_cross_entropy, None, several_labels),
    Case(softmax_cross_entropy, None, classes),
]
# Where the second input is a label: of any type, booleans too.
LABELED = {
    "binary_cross_entropy",
    "softmax_cross_entropy",
    "focal",
    "brier",
    "hinge",
    "squared_hinge",
    "modified_huber",
    "perceptron",
    "logistic",
    "exponential",
    "multiclass_hinge",
    "dice",
    "jaccard",
}


def inputs_of(case, seed=0):
    """Return the case's ordinary inputs: at most eight samples."""
    return [np.asarray(array)[:8] for array in case.draw(np.random.default_rng(seed))[0]]


def labels_of(case):
    """Return the positions of the labels among the inputs."""
    name = case.loss.__name__
    return {1} if name in LABELED else {2} if name == "contrastive" else set()


def flat(result):
    """Return values and gradients as one list of arrays."""
    values, gradients = result
    return [values, *(gradients if isinstance(gradients, tuple) else (gradients,))]

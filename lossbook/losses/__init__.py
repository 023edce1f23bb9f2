"""Losses: each one function that returns ``(values, gradients)``, one per sample.

Conventions, the same for every loss:

- **Order.** Predictions first, targets second, then hyper-parameters by keyword.
- **Gradient.** With respect to the predictions, and shaped like them.
- **Shapes.** ``(n,)`` or ``(n, k)``. Shapes that differ raise; nothing is broadcast. Samples belong
  together by position, whatever the index of a pandas object says.
- **dtype.** float32 in, float32 out, in the processor's byte order; integers and float16, which has
  three digits and ends at 65504, become float64. So does a mixture of float32 and float64 real
  inputs; labels do not matter. Booleans are labels, never real numbers. Masked arrays, complex
  numbers, dates, text and objects raise.
- **Range.** What is too large for its dtype is inf, and NumPy does not warn. A hyper-parameter that
  float32 cannot hold, such as 1e-50, does its work in float64.
- **NaN.** A NaN in one prediction makes that sample's value and gradient NaN, no other; so does a
  question without an answer, as inf − inf. ``info_nce`` compares all rows and says what it does.
- **Memory.** Formulas run over blocks of 65,536 numbers, so that a loss needs little more than room
  for what it returns. ``info_nce`` has an n × n table of similarities instead.
- **Kinks.** Where a loss has no derivative, the gradient is the subgradient its docstring names.
"""

from lossbook.losses.classification import (
    binary_cross_entropy,
    brier,
    exponential,
    focal,
    hinge,
    logistic,
    modified_huber,
    multiclass_hinge,
    perceptron,
    softmax_cross_entropy,
    squared_hinge,
)
from lossbook.losses.distributions import js_divergence, kl_divergence
from lossbook.losses.embeddings import (
    contrastive,
    cosine_distance,
    dice,
    info_nce,
    jaccard,
    triplet,
)
from lossbook.losses.likelihoods import gamma, gaussian_nll, poisson
from lossbook.losses.regression import (
    absolute_error,
    barron,
    cauchy,
    epsilon_insensitive,
    expectile,
    half_squared_error,
    huber,
    log_cosh,
    pinball,
    pseudo_huber,
    smooth_l1,
    squared_epsilon_insensitive,
    squared_error,
    tukey_biweight,
)
from lossbook.losses.reinforcement import policy_gradient, temporal_difference

__all__ = [
    "absolute_error",
    "barron",
    "binary_cross_entropy",
    "brier",
    "cauchy",
    "contrastive",
    "cosine_distance",
    "dice",
    "epsilon_insensitive",
    "expectile",
    "exponential",
    "focal",
    "gamma",
    "gaussian_nll",
    "half_squared_error",
    "hinge",
    "huber",
    "info_nce",
    "jaccard",
    "js_divergence",
    "kl_divergence",
    "log_cosh",
    "logistic",
    "modified_huber",
    "multiclass_hinge",
    "perceptron",
    "pinball",
    "poisson",
    "policy_gradient",
    "pseudo_huber",
    "smooth_l1",
    "softmax_cross_entropy",
    "squared_epsilon_insensitive",
    "squared_error",
    "squared_hinge",
    "temporal_difference",
    "triplet",
    "tukey_biweight",
]

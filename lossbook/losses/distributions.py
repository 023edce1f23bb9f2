"""Losses between two probability distributions: a row of k probabilities a sample."""

import numpy as np
from numpy.typing import ArrayLike

from lossbook.losses.inputs import distribution_rows, probability_rows, real_pair, refuse, rows
from lossbook.losses.results import Floats, Result, in_blocks


def kl_divergence(log_predictions: ArrayLike, targets: ArrayLike) -> Result:
    """Count the nats lost by coding samples of the targets' distribution with the predicted one.

    For target probabilities t and log-predictions log p, value Σ t(log t − log p), with 0·log
    0 = 0; gradient −t by the log-predictions, each taken as free. It is the cross-entropy less the
    entropy of t, which no prediction changes. Smooth and convex: linear in log p, which only its
    own normalization, a log-softmax say, keeps from +∞. Its expectation is least at the mean of the
    targets. Not symmetric: this is KL(targets ‖ predictions), as in PyTorch. Exact relative to the
    largest of its terms, t·log t and t·log p, which cancel where p is close to t.

    Parameters
    ----------
    log_predictions : array_like, shape (n, k)
        Logarithms of probabilities; −∞ is allowed, and costs ∞ where the target is above 0.
    targets : array_like, shape (n, k)
        Probabilities, rows that sum to 1.

    Returns
    -------
    values : ndarray, shape (n,)
    gradients : ndarray, shape (n, k)

    Raises
    ------
    TypeError
        If an input does not hold real numbers.
    ValueError
        If the shapes differ, there is no sample, a log-prediction is above 0, a target is not
        between 0 and 1 or a row of targets does not sum to 1.

    References
    ----------
    S. Kullback and R. A. Leibler, "On information and sufficiency", *Annals of Mathematical
    Statistics* 22, 1951.

    Examples
    --------
    >>> values, gradients = kl_divergence(np.log([[0.5, 0.5], [0.5, 0.5]]), [[0.5, 0.5], [0, 1]])
    >>> values.round(4)
    array([0.    , 0.6931])
    >>> gradients
    array([[-0.5, -0.5],
           [-0. , -1. ]])
    """
    log_predictions, targets = real_pair(
        rows(log_predictions, "log_predictions"),
        distribution_rows(targets, "targets"),
        ("log_predictions", "targets"),
    )
    refuse(
        log_predictions > 1e-5,
        log_predictions,
        "log_predictions",
        "expected the logarithm of a probability, 0 or less",
    )
    return in_blocks(_kl_divergence, log_predictions, targets)


def _kl_divergence(log_predictions: Floats, targets: Floats) -> Result:
    # Where the target is 0 the term is 0, even if p = 0 too: 0 · (−∞) would be NaN.
    log_p = np.where(targets == 0, np.maximum(log_predictions, 0), log_predictions)
    log_t = np.log(_zero_to_one(targets))
    gradients = np.where(np.isnan(log_predictions), log_predictions, -targets)
    return np.sum(targets * (log_t - log_p), axis=1), gradients


def js_divergence(probabilities: ArrayLike, targets: ArrayLike) -> Result:
    """Measure how well two distributions can be told apart: symmetric, and never above log 2.

    With the midpoint m = (p + t)/2, value ½Σ p·log(p/m) + ½Σ t·log(t/m) in nats, with 0·log 0 = 0;
    gradient ½log(p/m) by the probabilities, each taken as free. Where p = 0 that is the one-sided
    derivative: −∞ if t is above 0, ½log 2 if t = 0 as well. Convex; smooth where p is above 0. If
    the targets do not vary, its expectation is least at them. Exact also where p is close to t,
    where the value is about Σ (p − t)²/(8m).

    Parameters
    ----------
    probabilities : array_like, shape (n, k)
        Numbers between 0 and 1. Their sums are not checked, so that a gradient can be.
    targets : array_like, shape (n, k)
        Probabilities, rows that sum to 1.

    Returns
    -------
    values : ndarray, shape (n,)
    gradients : ndarray, shape (n, k)

    Raises
    ------
    TypeError
        If an input does not hold real numbers.
    ValueError
        If the shapes differ, there is no sample, an entry is not between 0 and 1 or a row of
        targets does not sum to 1.

    References
    ----------
    J. Lin, "Divergence measures based on the Shannon entropy", *IEEE Transactions on Information
    Theory* 37, 1991.

    Examples
    --------
    >>> values, gradients = js_divergence([[0.5, 0.5], [0.5, 0.5]], [[0.5, 0.5], [0, 1]])
    >>> values.round(4)
    array([0.    , 0.2158])
    >>> gradients.round(4)
    array([[ 0.    ,  0.    ],
           [ 0.3466, -0.2027]])
    """
    p, t = real_pair(
        probability_rows(probabilities, "probabilities"),
        distribution_rows(targets, "targets"),
        ("probabilities", "targets"),
    )
    return in_blocks(_js_divergence, p, t)


def _js_divergence(p: Floats, t: Floats) -> Result:
    m = (p + t) / 2
    # p = m(1 + d) and t = m(1 − d); where both are 0, d = 1 is the limit as p alone grows.
    d = np.where(m == 0, 1, (p - t) / 2) / _zero_to_one(m)
    e, rest = np.abs(d), np.minimum(p, t) / _zero_to_one(m)  # the rest is 1 − e
    # Both are (1 + e)log(1 + e) + (1 − e)log(1 − e). As it stands it loses small e, where it is
    # about e²; regrouped it would be ∞ − ∞ where e is 1.
    small = np.minimum(e, 0.5)
    near = np.log1p(-small * small) + 2 * small * np.arctanh(small)
    far = (1 + e) * np.log1p(e) + rest * np.log(_zero_to_one(rest))
    # log(p/m) = log(1 + d), from d where p is close to m, from p where d is close to −1.
    log_p_over_m = np.where(
        d < -0.5,
        np.where(p == 0, -np.inf, np.log(_zero_to_one(p / _zero_to_one(m)))),
        np.log1p(np.maximum(d, -0.5)),
    )
    return np.sum(m / 2 * np.where(e < 0.5, near, far), axis=1), log_p_over_m / 2


def _zero_to_one(x: Floats) -> Floats:
    """Return ``x`` with 1 for each 0: to divide by, or take the log of, where that is not used."""
    return np.where(x == 0, 1, x)

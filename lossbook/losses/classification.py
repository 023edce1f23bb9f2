"""Losses for labels. Three forms of prediction, each with its own form of label:

- ``logits`` z of shape (n,), labels 0 or 1: the model says P(y = 1) = σ(z) = 1 / (1 + e⁻ᶻ). Binary
  cross-entropy also takes labels between 0 and 1, and (n, k) logits with as many labels.
- ``scores`` s of shape (n,), labels −1 or +1: the margin m = y·s is positive if s has its sign.
- ``logits`` or ``scores`` of shape (n, k), labels 0 … k − 1: a column for each class. Softmax
  cross-entropy also takes rows of probabilities as labels.

The five scores of the examples have the margins 2, 0.5, 0, 0.5 and −2: the last is quite wrong.
Gradients are written 0 − y·…, because −y·0 would be shown as −0. Below each loss is its formula.
"""

import numpy as np
from numpy.typing import ArrayLike

from lossbook.losses.inputs import (
    Numbers,
    binary,
    classes,
    fraction,
    not_negative,
    positive,
    shares,
    signed,
    unit_interval,
)
from lossbook.losses.results import Floats, Result, in_blocks


def binary_cross_entropy(
    logits: ArrayLike, labels: ArrayLike, *, label_smoothing: float = 0.0
) -> Result:
    """Score the probability given to what happened: the loss of logistic regression.

    Value −log σ(z) for label 1 and −log(1 − σ(z)) for label 0, gradient σ(z) − y. A label between
    0 and 1 is a probability: the value is then y times the one plus 1 − y times the other. With
    (n, k) logits every column has labels of its own, so that a sample may have several at once.
    Label smoothing s replaces y by y(1 − s) + s/2. With such labels the gradient is a difference of
    two numbers that may be close, so it is exact relative to the larger of them. Convex and smooth.
    Its expectation is least where σ(z) = P(y = 1); smoothing pulls that toward ½.

    Parameters
    ----------
    logits : array_like, shape (n,) or (n, k)
        Real numbers, before the sigmoid.
    labels : array_like, shape (n,) or (n, k)
        0 or 1, or a number between them.
    label_smoothing : float
        From 0 to 1.

    Returns
    -------
    values, gradients : ndarray
        Both shaped like ``logits``.

    Raises
    ------
    TypeError
        If an input does not hold real numbers.
    ValueError
        If the shapes differ, there is no sample, or a label or ``label_smoothing`` is not from 0 to
        1.

    References
    ----------
    D. R. Cox, "The regression analysis of binary sequences", *Journal of the Royal Statistical
    Society B* 20, 1958.

    Examples
    --------
    >>> values, gradients = binary_cross_entropy([-2, -0.5, 0, 0.5, 2], [0, 0, 1, 1, 0])
    >>> values.round(3)
    array([0.127, 0.474, 0.693, 0.474, 2.127])
    >>> gradients.round(3)
    array([ 0.119,  0.378, -0.5  , -0.378,  0.881])

    What PyTorch calls ``pos_weight`` is a weight for each positive label; for (n, k) labels it may
    be an array with one number for each column. PyTorch divides by the number of labels, not by the
    sum of their weights, and its value is 1.75 times this one, the mean of the weights.

    >>> from lossbook import mean
    >>> labels = np.array([0, 0, 1, 1, 0])
    >>> weights = np.where(labels == 1, 2.875, 1)
    >>> value, _ = mean(binary_cross_entropy, [-2, -0.5, 0, 0.5, 2], labels, weights=weights)
    >>> round(value, 4), weights.mean()
    (0.6953, np.float64(1.75))
    """
    logits, labels = shares(logits, labels)
    smoothing = fraction(label_smoothing, "label_smoothing")
    return in_blocks(_binary_cross_entropy, logits, labels, smoothing=smoothing)


def _binary_cross_entropy(logits: Floats, labels: Numbers, smoothing: float = 0.0) -> Result:
    # The decision, 1 for z ≥ 0 and else 0, is σ(z) but for what the doubt e^(−|z|) takes from it;
    # beyond z = 37, σ(z) is rounded to the decision, and σ(z) − y would be 0 for label 1.
    decision = (logits >= 0).astype(logits.dtype)
    doubt = np.exp(-np.abs(logits))
    wrong, sign = decision - labels.astype(logits.dtype, copy=False), 2 * decision - 1
    if smoothing:
        wrong = (1 - smoothing) * wrong + smoothing / 2 * sign
    # Both terms of the value are 0 or more; fmax takes the first for 0 where it is 0 times ∞.
    values = np.fmax(wrong * logits, 0) + _log1p(doubt)
    return values, wrong - sign * (doubt / (1 + doubt))


def softmax_cross_entropy(
    logits: ArrayLike, labels: ArrayLike, *, label_smoothing: float = 0.0
) -> Result:
    """Score the probability given to the class that happened: the loss of most classifiers.

    With p = softmax(z), eᶻ divided by its sum over the classes, the value is −log p of the label
    and the gradient is p, minus 1 at the label. A label may also be a row q of probabilities, one
    for each class; the value is then −Σ q·log p, with 0·log 0 = 0, and the gradient p − q. Label
    smoothing s replaces q, which is 1 at a class index and else 0, by (1 − s)q + s/k. Where p and q
    are close, the gradient is exact relative to the larger of them. A logit of −∞ rules its class
    out. Convex and smooth. Its expectation is least where p holds the probabilities of the classes;
    smoothing pulls p toward 1/k.

    For class weights and for labels to ignore, see :func:`lossbook.mean`.

    Parameters
    ----------
    logits : array_like, shape (n, k)
        Real numbers, before the softmax, for two classes or more. A sample with several logits of
        +∞, or with nothing but −∞, has value and gradient NaN.
    labels : array_like, shape (n,) or (n, k)
        Class indices 0 … k − 1, or rows of probabilities that sum to 1.
    label_smoothing : float
        From 0 to 1.

    Returns
    -------
    values : ndarray, shape (n,)
    gradients : ndarray, shape (n, k)

    Raises
    ------
    TypeError
        If an input does not hold real numbers.
    ValueError
        If the shapes do not fit, there is no sample, a label is no class index, a row of labels
        does not hold probabilities that sum to 1, or ``label_smoothing`` is not from 0 to 1.

    References
    ----------
    J. S. Bridle, "Probabilistic interpretation of feedforward classification network outputs",
    *Neurocomputing*, 1990. C. Szegedy et al., "Rethinking the Inception architecture", CVPR 2016
    (label smoothing).

    Examples
    --------
    >>> values, gradients = softmax_cross_entropy([[2, 0, 0], [0, 0, 0]], [0, 1])
    >>> values.round(3)
    array([0.24 , 1.099])
    >>> gradients.round(3)
    array([[-0.213,  0.107,  0.107],
           [ 0.333, -0.667,  0.333]])
    >>> values, _ = softmax_cross_entropy([[2, 0, 0]], [[0.5, 0.5, 0]])  # two labels mixed
    >>> values.round(3)
    array([1.24])
    """
    logits, labels = classes(logits, labels, "logits", soft=True)
    smoothing = fraction(label_smoothing, "label_smoothing")
    return in_blocks(_softmax_cross_entropy, logits, labels, smoothing=smoothing)


def _softmax_cross_entropy(logits: Floats, labels: Numbers, smoothing: float = 0.0) -> Result:
    k = logits.shape[1]
    z = np.array(logits.T, order="C")  # a class is a row: NumPy is fast along long rows
    q = labels.T if labels.ndim == 2 else labels == np.arange(k)[:, None]
    q = q.astype(z.dtype, order="C")
    if smoothing:
        q = (1 - smoothing) * q + smoothing / k
    top = np.max(z, axis=0)
    below, lost = _difference(z, top)
    if np.isinf(top).any():  # one logit of ∞ is certain; for several there is no answer but NaN
        certain = (z == top) & (np.sum(z == top, axis=0) == 1)
        below = np.where(certain, 0, below)
    # No exponential is above 1. Rounding takes up to 6e-14 from a gap of 700, and exp keeps that.
    power = np.exp(below) * (1 + lost)
    # Not log Σ e^z: where q is on the top class, whose power is 1, all others may be 1e-300.
    ones = np.floor(power)
    others = np.sum(power - ones, axis=0) + (np.sum(ones, axis=0) - 1)
    gaps = np.sum(q * below, axis=0)
    if np.isnan(gaps).any():  # 0 times ∞
        gaps = np.sum(np.where(q == 0, 0, q * below), axis=0)
    # Nor p − q: where both are close to 1 it is 1 − q less what the others take.
    gradients = (power - q - q * others) / (1 + others)
    return _log1p(others) - gaps, gradients.T


def focal(
    logits: ArrayLike, labels: ArrayLike, *, gamma: float = 2.0, alpha: float | None = None
) -> Result:
    """Turn down the many samples that are classified well, so that rare, hard ones are heard.

    With p the probability σ(z) or 1 − σ(z) given to the label, and the weight w of its class, the
    value is −w(1 − p)ᵞ log p. The gradient is ∓w(1 − p)ᵞ(1 − p − γp log p), minus for label 1. With
    γ = 0 this is binary cross-entropy. Exact relative to 1 + γ times itself: the power (1 − p)ᵞ
    multiplies the rounding of p by γ. Smooth; for γ > 0 not convex, and its expectation, with
    w = 1, is then least at a σ(z) on the same side of ½ as P(y = 1), but nearer ½: it decides as
    well, yet it is not that probability.

    Parameters
    ----------
    logits : array_like, shape (n,)
        Real numbers, before the sigmoid.
    labels : array_like, shape (n,)
        0 or 1.
    gamma : float
        How strongly easy samples are turned down. 0 or more.
    alpha : float, optional
        Weight of class 1, from 0 to 1; class 0 has 1 − alpha. Without it both have weight 1.

    Returns
    -------
    values, gradients : ndarray, shape (n,)

    Raises
    ------
    TypeError
        If an input does not hold real numbers.
    ValueError
        If the shapes differ, there is no sample, a label is not 0 or 1, ``gamma`` is below 0 or
        ``alpha`` is not from 0 to 1.

    References
    ----------
    T.-Y. Lin et al., "Focal loss for dense object detection", ICCV 2017.

    Examples
    --------
    >>> values, gradients = focal([-2, -0.5, 0, 0.5, 2], [0, 0, 1, 1, 0])
    >>> values.round(3)
    array([0.002, 0.068, 0.173, 0.068, 1.65 ])
    >>> gradients.round(3)
    array([ 0.005,  0.138, -0.298, -0.138,  1.077])
    """
    logits, labels = binary(logits, labels)
    gamma = not_negative(gamma, "gamma")
    if alpha is not None:
        alpha = fraction(alpha, "alpha")
    return in_blocks(_focal, logits, labels, gamma=gamma, alpha=alpha)


def _focal(logits: Floats, labels: Numbers, gamma: float, alpha: float | None) -> Result:
    sign = (1 - 2 * labels).astype(logits.dtype)  # −1 for label 1, +1 for 0
    cross_entropy, q = _softplus(sign * logits)
    # p = e^(−cross-entropy) and q = 1 − p, not computed so: it would be 0 for p near 1. Beyond a
    # cross-entropy of 1000, p times it is 0, even at ∞.
    p_log_p = np.exp(-cross_entropy) * np.minimum(cross_entropy, 1000)
    weight = q**gamma
    if alpha is not None:
        weight = weight * np.where(labels == 1, alpha, 1 - alpha).astype(weight.dtype)
    values = np.where(weight == 0, 0, weight * cross_entropy)
    return values, sign * weight * (q + gamma * p_log_p)


def brier(probabilities: ArrayLike, labels: ArrayLike) -> Result:
    """Square the error of a probability forecast: bounded, so that no single sample dominates.

    Value (p − y)², gradient 2(p − y). Convex and smooth in p (not in a logit). Its expectation is
    least at p = P(y = 1). Brier's own score sums over both classes and is twice this.

    Parameters
    ----------
    probabilities : array_like, shape (n,)
        The forecasts of label 1, from 0 to 1.
    labels : array_like, shape (n,)
        0 or 1.

    Returns
    -------
    values, gradients : ndarray, shape (n,)

    Raises
    ------
    TypeError
        If an input does not hold real numbers.
    ValueError
        If the shapes differ, there is no sample, a label is not 0 or 1, or a probability is outside
        0 to 1.

    References
    ----------
    G. W. Brier, "Verification of forecasts expressed in terms of probability", *Monthly Weather
    Review* 78, 1950.

    Examples
    --------
    >>> values, gradients = brier([0, 0.25, 0.5, 0.75, 1], [0, 0, 1, 1, 0])
    >>> values
    array([0.    , 0.0625, 0.25  , 0.0625, 1.    ])
    >>> gradients
    array([ 0. ,  0.5, -1. , -0.5,  2. ])
    """
    p, y = binary(probabilities, labels, "probabilities")
    unit_interval(p)
    return in_blocks(_brier, p, y)


def _brier(p: Floats, y: Numbers) -> Result:
    r = p - y
    return r * r, 2 * r


def hinge(scores: ArrayLike, labels: ArrayLike, *, margin: float = 1.0) -> Result:
    """Ask each score to be right by a margin, then ignore it: the loss of support vector machines.

    Value max(0, M − m) with the required margin M; gradient −y where m < M, 0 beyond. Convex, with
    a kink at m = M, where the gradient returned is the subgradient 0. Its expectation is least at M
    times the sign of P(y = 1) − ½: it learns the decision, not the probability.

    Parameters
    ----------
    scores : array_like, shape (n,)
        Real numbers; the sign decides.
    labels : array_like, shape (n,)
        −1 or +1.
    margin : float
        The margin M from which a sample costs nothing. Above 0.

    Returns
    -------
    values, gradients : ndarray, shape (n,)

    Raises
    ------
    TypeError
        If an input does not hold real numbers.
    ValueError
        If the shapes differ, there is no sample, a label is not −1 or +1, or ``margin`` is not
        above 0.

    References
    ----------
    C. Cortes and V. Vapnik, "Support-vector networks", *Machine Learning* 20, 1995.

    Examples
    --------
    >>> values, gradients = hinge([-2, -0.5, 0, 0.5, 2], [-1, -1, 1, 1, -1])
    >>> values
    array([0. , 0.5, 1. , 0.5, 3. ])
    >>> gradients
    array([ 0.,  1., -1., -1.,  1.])
    """
    scores, y = signed(scores, labels)
    return in_blocks(_hinge, scores, y, margin=positive(margin, "margin"))


def _hinge(scores: Floats, y: Floats, margin: float) -> Result:
    values = np.maximum(margin - y * scores, 0)
    return values, 0 - y * np.sign(values)


def squared_hinge(scores: ArrayLike, labels: ArrayLike, *, margin: float = 1.0) -> Result:
    """Ask for a margin as the hinge does, but without a kink: mild to near misses, not to far ones.

    Value max(0, M − m)² with the required margin M, gradient −2y·max(0, M − m). Convex, once
    differentiable everywhere. Its expectation is least at M(2P(y = 1) − 1).

    Parameters
    ----------
    scores : array_like, shape (n,)
        Real numbers; the sign decides.
    labels : array_like, shape (n,)
        −1 or +1.
    margin : float
        The margin M from which a sample costs nothing. Above 0.

    Returns
    -------
    values, gradients : ndarray, shape (n,)

    Raises
    ------
    TypeError
        If an input does not hold real numbers.
    ValueError
        If the shapes differ, there is no sample, a label is not −1 or +1, or ``margin`` is not
        above 0.

    References
    ----------
    Y. Tang, "Deep learning using linear support vector machines", 2013.

    Examples
    --------
    >>> values, gradients = squared_hinge([-2, -0.5, 0, 0.5, 2], [-1, -1, 1, 1, -1])
    >>> values
    array([0.  , 0.25, 1.  , 0.25, 9.  ])
    >>> gradients
    array([ 0.,  1., -2., -1.,  6.])
    """
    scores, y = signed(scores, labels)
    return in_blocks(_squared_hinge, scores, y, margin=positive(margin, "margin"))


def _squared_hinge(scores: Floats, y: Floats, margin: float) -> Result:
    missing = np.maximum(margin - y * scores, 0)
    return missing * missing, 0 - 2 * y * missing


def modified_huber(scores: ArrayLike, labels: ArrayLike) -> Result:
    """Square a missing margin but count gross errors linearly: a squared hinge for wrong labels.

    Value max(0, 1 − m)² for m ≥ −1 and −4m below; gradient −2y·max(0, 1 − m) and −4y. Convex, once
    differentiable everywhere. Its expectation is least at 2P(y = 1) − 1, so that a score gives a
    probability.

    Parameters
    ----------
    scores : array_like, shape (n,)
        Real numbers; the sign decides.
    labels : array_like, shape (n,)
        −1 or +1.

    Returns
    -------
    values, gradients : ndarray, shape (n,)

    Raises
    ------
    TypeError
        If an input does not hold real numbers.
    ValueError
        If the shapes differ, there is no sample, or a label is not −1 or +1.

    References
    ----------
    T. Zhang, "Solving large scale linear prediction problems using stochastic gradient descent
    algorithms", ICML 2004.

    Examples
    --------
    >>> values, gradients = modified_huber([-2, -0.5, 0, 0.5, 2], [-1, -1, 1, 1, -1])
    >>> values
    array([0.  , 0.25, 1.  , 0.25, 8.  ])
    >>> gradients
    array([ 0.,  1., -2., -1.,  4.])
    """
    scores, y = signed(scores, labels)
    return in_blocks(_modified_huber, scores, y)


def _modified_huber(scores: Floats, y: Floats) -> Result:
    # One formula for both cases: up to 1 − m = 2, g = 1 − m gives (1 − m)²; then g = 2 gives −4m.
    # Squaring first would overflow for a large score that the loss counts only linearly.
    missing = np.maximum(1 - y * scores, 0)
    g = np.minimum(missing, 2)
    return g * (2 * missing - g), 0 - 2 * y * g


def perceptron(scores: ArrayLike, labels: ArrayLike) -> Result:
    """Count only wrong signs, by how wrong they are: the oldest learning rule as a loss.

    Value max(0, −m), gradient −y where m ≤ 0 and 0 beyond. Convex, with a kink at m = 0, where the
    gradient returned is the subgradient −y: Rosenblatt's rule takes a score of 0 for a mistake, and
    with subgradient 0 a model that starts at zero would never move. Its expectation is least at 0,
    which decides nothing: what the rule finds depends on where it starts.

    Parameters
    ----------
    scores : array_like, shape (n,)
        Real numbers; the sign decides.
    labels : array_like, shape (n,)
        −1 or +1.

    Returns
    -------
    values, gradients : ndarray, shape (n,)

    Raises
    ------
    TypeError
        If an input does not hold real numbers.
    ValueError
        If the shapes differ, there is no sample, or a label is not −1 or +1.

    References
    ----------
    F. Rosenblatt, "The perceptron: a probabilistic model", *Psychological Review* 65, 1958.

    Examples
    --------
    >>> values, gradients = perceptron([-2, -0.5, 0, 0.5, 2], [-1, -1, 1, 1, -1])
    >>> values
    array([0., 0., 0., 0., 2.])
    >>> gradients
    array([ 0.,  0., -1.,  0.,  1.])
    """
    scores, y = signed(scores, labels)
    return in_blocks(_perceptron, scores, y)


def _perceptron(scores: Floats, y: Floats) -> Result:
    m = y * scores
    right = np.sign(np.maximum(m, 0))  # 1 if m > 0, else 0; NaN stays NaN, as m > 0 would not
    return np.maximum(0 - m, 0), 0 - y * (1 - right)


def logistic(scores: ArrayLike, labels: ArrayLike) -> Result:
    """Reward margins without end, ever less: binary cross-entropy for labels −1 and +1.

    Value log(1 + e⁻ᵐ), gradient −y / (1 + eᵐ). Convex and smooth. Its expectation is least at the
    log odds log(P(y = 1) / P(y = −1)).

    Parameters
    ----------
    scores : array_like, shape (n,)
        Real numbers; the sign decides.
    labels : array_like, shape (n,)
        −1 or +1.

    Returns
    -------
    values, gradients : ndarray, shape (n,)

    Raises
    ------
    TypeError
        If an input does not hold real numbers.
    ValueError
        If the shapes differ, there is no sample, or a label is not −1 or +1.

    References
    ----------
    J. Friedman, T. Hastie and R. Tibshirani, "Additive logistic regression", *Annals of Statistics*
    28, 2000.

    Examples
    --------
    >>> values, gradients = logistic([-2, -0.5, 0, 0.5, 2], [-1, -1, 1, 1, -1])
    >>> values.round(3)
    array([0.127, 0.474, 0.693, 0.474, 2.127])
    >>> gradients.round(3)
    array([ 0.119,  0.378, -0.5  , -0.378,  0.881])
    """
    scores, y = signed(scores, labels)
    return in_blocks(_logistic, scores, y)


def _logistic(scores: Floats, y: Floats) -> Result:
    return _binary_cross_entropy(scores, y > 0)


def exponential(scores: ArrayLike, labels: ArrayLike) -> Result:
    """Multiply the cost with every unit of wrong margin: the loss that AdaBoost descends on.

    Value e⁻ᵐ, gradient −y·e⁻ᵐ. Convex and smooth; one wrong label can outweigh all other samples. A
    margin below −709 (−88 in float32) has a value too large for the dtype and gives inf. Its
    expectation is least at half the log odds, ½ log(P(y = 1) / P(y = −1)).

    Parameters
    ----------
    scores : array_like, shape (n,)
        Real numbers; the sign decides.
    labels : array_like, shape (n,)
        −1 or +1.

    Returns
    -------
    values, gradients : ndarray, shape (n,)

    Raises
    ------
    TypeError
        If an input does not hold real numbers.
    ValueError
        If the shapes differ, there is no sample, or a label is not −1 or +1.

    References
    ----------
    Y. Freund and R. E. Schapire, "A decision-theoretic generalization of on-line learning and an
    application to boosting", *Journal of Computer and System Sciences* 55, 1997.

    Examples
    --------
    >>> values, gradients = exponential([-2, -0.5, 0, 0.5, 2], [-1, -1, 1, 1, -1])
    >>> values.round(3)
    array([0.135, 0.607, 1.   , 0.607, 7.389])
    >>> gradients.round(3)
    array([ 0.135,  0.607, -1.   , -0.607,  7.389])
    """
    scores, y = signed(scores, labels)
    return in_blocks(_exponential, scores, y)


def _exponential(scores: Floats, y: Floats) -> Result:
    values = np.exp(-y * scores)
    return values, -y * values


def multiclass_hinge(scores: ArrayLike, labels: ArrayLike, *, margin: float = 1.0) -> Result:
    """Ask the score of the label to beat every other by a margin: the hinge for k classes.

    Value max(0, M + sᵣ − s_label) with the required margin M and the rival r, the class with the
    highest score except the label. Gradient 1 at the rival and −1 at the label where the value is
    positive, else 0. Convex, with kinks: where rivals tie, the gradient returned is the subgradient
    of the first; where the margin is met exactly, 0. Its expectation is least at scores that decide
    for the most likely class, provided that class has a probability above ½.

    Parameters
    ----------
    scores : array_like, shape (n, k)
        Real numbers for two classes or more; the highest decides.
    labels : array_like, shape (n,)
        Class indices 0 … k − 1.
    margin : float
        The margin M from which a sample costs nothing. Above 0.

    Returns
    -------
    values : ndarray, shape (n,)
    gradients : ndarray, shape (n, k)

    Raises
    ------
    TypeError
        If an input does not hold real numbers.
    ValueError
        If the shapes do not fit, there is no sample, a label is not a class index, or ``margin`` is
        not above 0.

    References
    ----------
    K. Crammer and Y. Singer, "On the algorithmic implementation of multiclass kernel-based vector
    machines", *Journal of Machine Learning Research* 2, 2001.

    Examples
    --------
    >>> values, gradients = multiclass_hinge([[2, 0, 1.5], [0, 0, 0]], [0, 1])
    >>> values
    array([0.5, 1. ])
    >>> gradients
    array([[-1.,  0.,  1.],
           [ 1., -1.,  0.]])
    """
    scores, labels = classes(scores, labels, "scores")
    return in_blocks(_multiclass_hinge, scores, labels, margin=positive(margin, "margin"))


def _multiclass_hinge(scores: Floats, labels: Numbers, margin: float) -> Result:
    n, k = scores.shape
    is_label = labels[:, None] == np.arange(k)
    others = np.where(is_label, -np.inf, scores)
    rivals = np.argmax(others, axis=1)
    gap, lost = _difference(others[np.arange(n), rivals], scores[np.arange(n), labels])
    # Where the margin is all but met, margin + gap cancels, and what rounding took from gap shows.
    values = np.maximum(margin + gap + lost, 0)
    slopes = np.sign(values)[:, None]
    return values, slopes * (rivals[:, None] == np.arange(k)) - slopes * is_label


def _softplus(x: Floats) -> Result:
    """Return log(1 + eˣ) and its derivative σ(x) = eˣ / (1 + eˣ), both from terms above 0.

    Beyond 50, where eˣ would overflow later, they are x and 1 to the last digit.
    """
    power = np.exp(np.clip(x, -np.inf, 50))
    return np.maximum(x, np.log1p(power)), power / (1 + power)


def _log1p(x: Floats) -> Floats:
    """Return log(1 + x) for finite x ≥ 0, in less than half the time of ``np.log1p``.

    It is the logarithm of 1 + x as rounded, and of what rounding took from it.
    """
    rounded = 1 + x
    return np.log(rounded) + (x - (rounded - 1)) / rounded


def _difference(a: Floats, b: Floats) -> tuple[Floats, Floats]:
    """Return a − b as computed, and what rounding took from it: together they are exact.

    D. E. Knuth, *The Art of Computer Programming* 2, section 4.2.2, theorem B.
    """
    difference = a - b
    back = difference + b
    lost = (a - back) + ((back - difference) - b)
    if not np.isfinite(np.sum(lost)):
        lost = np.where(np.isfinite(difference), lost, 0)
    return difference, lost

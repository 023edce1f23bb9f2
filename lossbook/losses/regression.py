"""Losses for real-valued targets. Throughout, r = prediction − target is the residual.

The five predictions and targets of the examples have the residuals −3, −1, 0, 1 and 3. A residual,
or a square, that is too large for its dtype is inf. Below each loss is its formula.
"""

import math

import numpy as np
from numpy.typing import ArrayLike

from lossbook.losses.inputs import (
    between_zero_and_one,
    not_negative,
    positive,
    real_number,
    real_pair,
)
from lossbook.losses.results import Floats, Result, in_blocks

LARGEST = np.finfo(np.float64).max


def squared_error(predictions: ArrayLike, targets: ArrayLike) -> Result:
    """Penalize large residuals much more than small ones; the loss of least squares.

    Value r², gradient 2r. There is no factor ½ here, as in the mean squared error of PyTorch and
    Keras. Convex and smooth. Its expectation is least at the mean of the targets.

    Parameters
    ----------
    predictions, targets : array_like, shape (n,) or (n, k)
        Real numbers, in the same unit.

    Returns
    -------
    values, gradients : ndarray
        Both shaped like ``predictions``.

    Raises
    ------
    TypeError
        If an input does not hold real numbers.
    ValueError
        If the shapes differ or there is no sample.

    References
    ----------
    C. F. Gauss, *Theoria combinationis observationum erroribus minimis obnoxiae*, 1823.

    Examples
    --------
    >>> values, gradients = squared_error([0, 1, 2, 3, 4], [3, 2, 2, 2, 1])
    >>> values
    array([9., 1., 0., 1., 9.])
    >>> gradients
    array([-6., -2.,  0.,  2.,  6.])
    """
    predictions, targets = real_pair(predictions, targets)
    return in_blocks(_squared_error, predictions, targets)


def _squared_error(predictions: Floats, targets: Floats) -> Result:
    r = predictions - targets
    return r * r, 2 * r


def absolute_error(predictions: ArrayLike, targets: ArrayLike) -> Result:
    """Penalize every unit of residual alike, so that an outlier counts no more than its distance.

    Value abs(r), gradient sign(r). Convex, with a kink at r = 0, where the gradient returned is the
    subgradient 0. Its expectation is least at the median of the targets.

    Parameters
    ----------
    predictions, targets : array_like, shape (n,) or (n, k)
        Real numbers, in the same unit.

    Returns
    -------
    values, gradients : ndarray
        Both shaped like ``predictions``.

    Raises
    ------
    TypeError
        If an input does not hold real numbers.
    ValueError
        If the shapes differ or there is no sample.

    References
    ----------
    P. Bloomfield and W. L. Steiger, *Least Absolute Deviations*, 1983.

    Examples
    --------
    >>> values, gradients = absolute_error([0, 1, 2, 3, 4], [3, 2, 2, 2, 1])
    >>> values
    array([3., 1., 0., 1., 3.])
    >>> gradients
    array([-1., -1.,  0.,  1.,  1.])
    """
    predictions, targets = real_pair(predictions, targets)
    return in_blocks(_absolute_error, predictions, targets)


def _absolute_error(predictions: Floats, targets: Floats) -> Result:
    r = predictions - targets
    return np.abs(r), np.sign(r)


def huber(predictions: ArrayLike, targets: ArrayLike, *, delta: float = 1.0) -> Result:
    """Square small residuals, count large ones linearly: least squares that outliers cannot pull.

    Value r²/2 where abs(r) ≤ δ and δ(abs(r) − δ/2) beyond; gradient r, clipped to [−δ, δ]. Note the
    factor ½: inside δ this is half the squared error. Convex, once differentiable everywhere. Its
    expectation is least between the median (δ → 0) and the mean (δ → ∞).

    Parameters
    ----------
    predictions, targets : array_like, shape (n,) or (n, k)
        Real numbers, in the same unit.
    delta : float
        The residual, in the unit of the targets, beyond which growth is linear. Above 0.

    Returns
    -------
    values, gradients : ndarray
        Both shaped like ``predictions``.

    Raises
    ------
    TypeError
        If an input does not hold real numbers.
    ValueError
        If the shapes differ, there is no sample, or ``delta`` is not above 0.

    References
    ----------
    P. J. Huber, "Robust estimation of a location parameter", *Annals of Mathematical Statistics*
    35, 1964.

    Examples
    --------
    >>> values, gradients = huber([0, 1, 2, 3, 4], [3, 2, 2, 2, 1], delta=2)
    >>> values
    array([4. , 0.5, 0. , 0.5, 4. ])
    >>> gradients
    array([-2., -1.,  0.,  1.,  2.])
    """
    predictions, targets = real_pair(predictions, targets)
    delta = positive(delta, "delta")
    return in_blocks(_huber, predictions, targets, delta=delta)


def _huber(predictions: Floats, targets: Floats, delta: float) -> Result:
    r = predictions - targets
    # One formula for both cases, g(r − g/2): inside ±δ, where g = r, it is r²/2; outside, where
    # g = ±δ, it is δ(|r| − δ/2). Squaring r first would overflow for a large residual that the loss
    # counts only linearly.
    g = np.clip(r, -delta, delta)
    r -= 0.5 * g
    r *= g
    return r, g


def half_squared_error(predictions: ArrayLike, targets: ArrayLike) -> Result:
    """Square the residual, with the factor ½ that makes the gradient the residual itself.

    Value r²/2, gradient r: half of :func:`squared_error`. Convex and smooth. Its expectation is
    least at the mean of the targets.

    Parameters
    ----------
    predictions, targets : array_like, shape (n,) or (n, k)
        Real numbers, in the same unit.

    Returns
    -------
    values, gradients : ndarray
        Both shaped like ``predictions``.

    Raises
    ------
    TypeError
        If an input does not hold real numbers.
    ValueError
        If the shapes differ or there is no sample.

    References
    ----------
    A.-M. Legendre, *Nouvelles méthodes pour la détermination des orbites des comètes*, 1805.

    Examples
    --------
    >>> values, gradients = half_squared_error([0, 1, 2, 3, 4], [3, 2, 2, 2, 1])
    >>> values
    array([4.5, 0.5, 0. , 0.5, 4.5])
    >>> gradients
    array([-3., -1.,  0.,  1.,  3.])
    """
    predictions, targets = real_pair(predictions, targets)
    return in_blocks(_half_squared_error, predictions, targets)


def _half_squared_error(predictions: Floats, targets: Floats) -> Result:
    r = predictions - targets
    return r * (r / 2), r


def smooth_l1(predictions: ArrayLike, targets: ArrayLike, *, beta: float = 1.0) -> Result:
    """Count large residuals like the absolute error, without its kink at zero.

    Value r²/(2β) where abs(r) ≤ β and abs(r) − β/2 beyond; gradient r/β, clipped to [−1, 1]. This
    is :func:`huber` with δ = β, divided by β, as in PyTorch; β → 0 gives the absolute error.
    Convex, once differentiable everywhere. Its expectation is least between the median (β → 0) and
    the mean (β → ∞).

    Parameters
    ----------
    predictions, targets : array_like, shape (n,) or (n, k)
        Real numbers, in the same unit.
    beta : float
        The residual, in the unit of the targets, beyond which growth is linear. Above 0.

    Returns
    -------
    values, gradients : ndarray
        Both shaped like ``predictions``.

    Raises
    ------
    TypeError
        If an input does not hold real numbers.
    ValueError
        If the shapes differ, there is no sample, or ``beta`` is not above 0.

    References
    ----------
    R. Girshick, "Fast R-CNN", *ICCV*, 2015.

    Examples
    --------
    >>> values, gradients = smooth_l1([0, 1, 2, 3, 4], [3, 2, 2, 2, 1], beta=2)
    >>> values
    array([2.  , 0.25, 0.  , 0.25, 2.  ])
    >>> gradients
    array([-1. , -0.5,  0. ,  0.5,  1. ])
    """
    predictions, targets = real_pair(predictions, targets)
    beta = positive(beta, "beta")
    return in_blocks(_smooth_l1, predictions, targets, beta=beta)


def _smooth_l1(predictions: Floats, targets: Floats, beta: float) -> Result:
    r = predictions - targets
    # Clip before dividing: r / β would overflow for a large residual and a small β.
    g = np.clip(r, -beta, beta)
    return g / beta * (r - g / 2), g / beta


def pseudo_huber(predictions: ArrayLike, targets: ArrayLike, *, delta: float = 1.0) -> Result:
    """Pass from squared to linear growth like Huber's loss, but smoothly.

    Value δ²(√(1 + (r/δ)²) − 1), about r²/2 for small r and δ·abs(r) for large ones; gradient
    r/√(1 + (r/δ)²), between −δ and δ. Convex and smooth. Its expectation is least between the
    median (δ → 0) and the mean (δ → ∞).

    Parameters
    ----------
    predictions, targets : array_like, shape (n,) or (n, k)
        Real numbers, in the same unit.
    delta : float
        The residual, in the unit of the targets, about which growth becomes linear. Above 0.

    Returns
    -------
    values, gradients : ndarray
        Both shaped like ``predictions``.

    Raises
    ------
    TypeError
        If an input does not hold real numbers.
    ValueError
        If the shapes differ, there is no sample, or ``delta`` is not above 0.

    References
    ----------
    P. Charbonnier, L. Blanc-Féraud, G. Aubert and M. Barlaud, "Deterministic edge-preserving
    regularization in computed imaging", *IEEE Transactions on Image Processing* 6, 1997.

    Examples
    --------
    >>> values, gradients = pseudo_huber([0, 1, 2, 3, 4], [3, 2, 2, 2, 1])
    >>> values.round(4)
    array([2.1623, 0.4142, 0.    , 0.4142, 2.1623])
    >>> gradients.round(4)
    array([-0.9487, -0.7071,  0.    ,  0.7071,  0.9487])
    """
    predictions, targets = real_pair(predictions, targets)
    delta = positive(delta, "delta")
    return in_blocks(_pseudo_huber, predictions, targets, delta=delta)


def _pseudo_huber(predictions: Floats, targets: Floats, delta: float) -> Result:
    r = predictions - targets
    # With q = |r|/δ up to |r| = δ and q = δ/|r| beyond, √(1 + (r/δ)²) is √(1 + q²) times 1 or 1/q:
    # neither (r/δ)² nor r/δ itself can overflow. So g is Huber's gradient.
    larger = np.maximum(np.abs(r), delta)
    g = np.clip(r, -delta, delta)
    root = np.sqrt(1 + (g / larger) ** 2)
    # δ²(√… − 1) would be 0 for every small r, where the root rounds to 1: δ·r²/(δ√… + δ) is not.
    return g * (r / (root + delta / larger)), g / root


def log_cosh(predictions: ArrayLike, targets: ArrayLike) -> Result:
    """Pass from squared to linear growth at residuals of about one, with nothing to set.

    Value log cosh r, about r²/2 for small r and abs(r) − log 2 for large ones; gradient tanh r.
    Convex and smooth. Its expectation is least near the mean if the targets spread much less than
    one unit, near the median if much more: the unit matters.

    Parameters
    ----------
    predictions, targets : array_like, shape (n,) or (n, k)
        Real numbers, in the same unit.

    Returns
    -------
    values, gradients : ndarray
        Both shaped like ``predictions``.

    Raises
    ------
    TypeError
        If an input does not hold real numbers.
    ValueError
        If the shapes differ or there is no sample.

    References
    ----------
    P. J. Green, "Bayesian reconstructions from emission tomography data using a modified EM
    algorithm", *IEEE Transactions on Medical Imaging* 9, 1990.

    Examples
    --------
    >>> values, gradients = log_cosh([0, 1, 2, 3, 4], [3, 2, 2, 2, 1])
    >>> values.round(4)
    array([2.3093, 0.4338, 0.    , 0.4338, 2.3093])
    >>> gradients.round(4)
    array([-0.9951, -0.7616,  0.    ,  0.7616,  0.9951])
    """
    predictions, targets = real_pair(predictions, targets)
    return in_blocks(_log_cosh, predictions, targets)


def _log_cosh(predictions: Floats, targets: Floats) -> Result:
    r = predictions - targets
    a = np.abs(r)
    # cosh r = 1 + 2 sinh²(r/2) keeps small r, where cosh r rounds to 1; it overflows for large r,
    # where cosh r = e^|r| (1 + e^(−2|r|)) / 2 does not.
    small = np.log1p(2 * np.sinh(np.minimum(a, 1) / 2) ** 2)
    large = a + (np.log1p(np.exp(-a) ** 2) - math.log(2))
    return np.where(a < 1, small, large), np.tanh(r)


def pinball(predictions: ArrayLike, targets: ArrayLike, *, quantile: float = 0.5) -> Result:
    """Charge a different price per unit for predicting too low and too high; estimates a quantile.

    With quantile q, value −q·r where r < 0 (too low) and (1 − q)·r where r > 0; gradient −q and
    1 − q. There is no factor 2: pinball(½) is half the absolute error. Convex, with a kink at
    r = 0, where the gradient returned is the subgradient 0. Its expectation is least at the
    q-quantile of the targets.

    Parameters
    ----------
    predictions, targets : array_like, shape (n,) or (n, k)
        Real numbers, in the same unit.
    quantile : float
        The quantile to estimate, between 0 and 1.

    Returns
    -------
    values, gradients : ndarray
        Both shaped like ``predictions``.

    Raises
    ------
    TypeError
        If an input does not hold real numbers.
    ValueError
        If the shapes differ, there is no sample, or ``quantile`` is not between 0 and 1.

    References
    ----------
    R. Koenker and G. Bassett, "Regression quantiles", *Econometrica* 46, 1978.

    Examples
    --------
    >>> values, gradients = pinball([0, 1, 2, 3, 4], [3, 2, 2, 2, 1], quantile=0.75)
    >>> values
    array([2.25, 0.75, 0.  , 0.25, 0.75])
    >>> gradients
    array([-0.75, -0.75,  0.  ,  0.25,  0.25])
    """
    predictions, targets = real_pair(predictions, targets)
    quantile = between_zero_and_one(quantile, "quantile")
    return in_blocks(_pinball, predictions, targets, quantile=quantile)


def _pinball(predictions: Floats, targets: Floats, quantile: float) -> Result:
    r = predictions - targets
    sign = np.sign(r)
    g = (1 - quantile) * np.maximum(sign, 0) + quantile * np.minimum(sign, 0)
    return g * r, g


def expectile(predictions: ArrayLike, targets: ArrayLike, *, expectile: float = 0.5) -> Result:
    """Weigh squared residuals differently for predicting too low and too high.

    With expectile τ, value abs(τ − 1(r > 0))·r², which is τr² where r < 0 (too low) and (1 − τ)r²
    where r > 0; gradient 2τr and 2(1 − τ)r. It is to the mean what :func:`pinball` is to the
    median: expectile(½) is half the squared error. Convex, once differentiable everywhere. Its
    expectation is least at the τ-expectile of the targets, for τ = ½ their mean.

    Parameters
    ----------
    predictions, targets : array_like, shape (n,) or (n, k)
        Real numbers, in the same unit.
    expectile : float
        The expectile to estimate, between 0 and 1.

    Returns
    -------
    values, gradients : ndarray
        Both shaped like ``predictions``.

    Raises
    ------
    TypeError
        If an input does not hold real numbers.
    ValueError
        If the shapes differ, there is no sample, or ``expectile`` is not between 0 and 1.

    References
    ----------
    W. K. Newey and J. L. Powell, "Asymmetric least squares estimation and testing", *Econometrica*
    55, 1987.

    Examples
    --------
    >>> values, gradients = expectile([0, 1, 2, 3, 4], [3, 2, 2, 2, 1], expectile=0.75)
    >>> values
    array([6.75, 0.75, 0.  , 0.25, 2.25])
    >>> gradients
    array([-4.5, -1.5,  0. ,  0.5,  1.5])
    """
    predictions, targets = real_pair(predictions, targets)
    expectile = between_zero_and_one(expectile, "expectile")
    return in_blocks(_expectile, predictions, targets, expectile=expectile)


def _expectile(predictions: Floats, targets: Floats, expectile: float) -> Result:
    r = predictions - targets
    weighted = (1 - expectile) * np.maximum(r, 0) + expectile * np.minimum(r, 0)
    return weighted * r, 2 * weighted


def epsilon_insensitive(
    predictions: ArrayLike, targets: ArrayLike, *, epsilon: float = 0.1
) -> Result:
    """Forgive residuals up to ε and count the excess linearly, as support vector regression does.

    Value max(0, abs(r) − ε); gradient sign(r) where abs(r) > ε, else 0. Convex, with kinks at
    r = ±ε, where the gradient returned is the subgradient 0. Its expectation is least where targets
    more than ε above the prediction are as likely as targets more than ε below. Just beyond ε the
    value is exact relative to ε, which is subtracted.

    Parameters
    ----------
    predictions, targets : array_like, shape (n,) or (n, k)
        Real numbers, in the same unit.
    epsilon : float
        The residual, in the unit of the targets, up to which nothing is charged. 0 or more.

    Returns
    -------
    values, gradients : ndarray
        Both shaped like ``predictions``.

    Raises
    ------
    TypeError
        If an input does not hold real numbers.
    ValueError
        If the shapes differ, there is no sample, or ``epsilon`` is below 0.

    References
    ----------
    V. N. Vapnik, *The Nature of Statistical Learning Theory*, 1995.

    Examples
    --------
    >>> values, gradients = epsilon_insensitive([0, 1, 2, 3, 4], [3, 2, 2, 2, 1], epsilon=1)
    >>> values
    array([2., 0., 0., 0., 2.])
    >>> gradients
    array([-1.,  0.,  0.,  0.,  1.])
    """
    predictions, targets = real_pair(predictions, targets)
    epsilon = not_negative(epsilon, "epsilon")
    return in_blocks(_epsilon_insensitive, predictions, targets, epsilon=epsilon)


def _epsilon_insensitive(predictions: Floats, targets: Floats, epsilon: float) -> Result:
    r = predictions - targets
    excess = r - np.clip(r, -epsilon, epsilon)
    return np.abs(excess), np.sign(excess)


def squared_epsilon_insensitive(
    predictions: ArrayLike, targets: ArrayLike, *, epsilon: float = 0.1
) -> Result:
    """Forgive residuals up to ε and square the excess: least squares with a tolerance.

    With the excess e = max(0, abs(r) − ε), value e², gradient 2e·sign(r). There is no factor ½, as
    in scikit-learn. Convex, once differentiable everywhere. Its expectation is least where the
    excess above the prediction is on average that below it. Just beyond ε the excess is exact
    relative to ε, which is subtracted.

    Parameters
    ----------
    predictions, targets : array_like, shape (n,) or (n, k)
        Real numbers, in the same unit.
    epsilon : float
        The residual, in the unit of the targets, up to which nothing is charged. 0 or more.

    Returns
    -------
    values, gradients : ndarray
        Both shaped like ``predictions``.

    Raises
    ------
    TypeError
        If an input does not hold real numbers.
    ValueError
        If the shapes differ, there is no sample, or ``epsilon`` is below 0.

    References
    ----------
    C.-H. Ho and C.-J. Lin, "Large-scale linear support vector regression", *Journal of Machine
    Learning Research* 13, 2012.

    Examples
    --------
    >>> values, gradients = squared_epsilon_insensitive([0, 1, 2, 3, 4], [3, 2, 2, 2, 1], epsilon=1)
    >>> values
    array([4., 0., 0., 0., 4.])
    >>> gradients
    array([-4.,  0.,  0.,  0.,  4.])
    """
    predictions, targets = real_pair(predictions, targets)
    epsilon = not_negative(epsilon, "epsilon")
    return in_blocks(_squared_epsilon_insensitive, predictions, targets, epsilon=epsilon)


def _squared_epsilon_insensitive(predictions: Floats, targets: Floats, epsilon: float) -> Result:
    r = predictions - targets
    excess = r - np.clip(r, -epsilon, epsilon)
    return excess * excess, 2 * excess


def cauchy(predictions: ArrayLike, targets: ArrayLike, *, scale: float = 1.0) -> Result:
    """Let the pull of an outlier fade as it moves away; also called the Lorentzian loss.

    Value (s²/2)·log(1 + (r/s)²) with scale s, about r²/2 for small r; gradient r/(1 + (r/s)²),
    which falls again beyond abs(r) = s. The factor ½ is that of SciPy's
    ``least_squares(loss="cauchy", f_scale=s)``; with s = √2·c this is c² times :func:`barron` at
    α = 0 and scale c. Smooth, not convex, so descent may end in a local minimum. Its expectation is
    least at the location of the Cauchy distribution that fits the targets best.

    Parameters
    ----------
    predictions, targets : array_like, shape (n,) or (n, k)
        Real numbers, in the same unit.
    scale : float
        The residual, in the unit of the targets, beyond which the pull falls. Above 0.

    Returns
    -------
    values, gradients : ndarray
        Both shaped like ``predictions``.

    Raises
    ------
    TypeError
        If an input does not hold real numbers.
    ValueError
        If the shapes differ, there is no sample, or ``scale`` is not above 0.

    References
    ----------
    P. W. Holland and R. E. Welsch, "Robust regression using iteratively reweighted least-squares",
    *Communications in Statistics: Theory and Methods* 6, 1977.

    Examples
    --------
    >>> values, gradients = cauchy([0, 1, 2, 3, 4], [3, 2, 2, 2, 1])
    >>> values.round(4)
    array([1.1513, 0.3466, 0.    , 0.3466, 1.1513])
    >>> gradients
    array([-0.3, -0.5,  0. ,  0.5,  0.3])
    """
    predictions, targets = real_pair(predictions, targets)
    scale = positive(scale, "scale")
    return in_blocks(_cauchy, predictions, targets, scale=scale)


def _cauchy(predictions: Floats, targets: Floats, scale: float) -> Result:
    r = predictions - targets
    larger = np.maximum(np.abs(r), scale)
    g = np.clip(r, -scale, scale)
    # As in _pseudo_huber: 1 + (r/s)² is 1 + q², times 1 up to |r| = s and 1/q² beyond.
    squares = 1 + (g / larger) ** 2
    # The logarithm of √(1 + (r/s)²); r/s alone may overflow, its logarithm does not.
    ratio = larger / scale
    log_ratio = np.where(ratio < np.inf, np.log(ratio), np.log(larger) - math.log(scale))
    log_root = log_ratio + np.log1p((g / larger) ** 2) / 2
    # For tiny r the value is r²/2, where (r/s)² may be 0 already.
    tiny = np.abs(r) < 1e-8 * scale
    values = np.where(tiny, r * (r / 2), scale * (scale * log_root))
    return values, g * (scale / larger) / squares


def tukey_biweight(predictions: ArrayLike, targets: ArrayLike, *, c: float = 4.685) -> Result:
    """Ignore residuals beyond c altogether: a gross error has no pull at all.

    Value (c²/6)(1 − (1 − (r/c)²)³) where abs(r) ≤ c and c²/6 beyond, about r²/2 for small r;
    gradient r(1 − (r/c)²)², beyond c 0. Once differentiable everywhere, not convex, so descent may
    end in a local minimum or never start. Its expectation is least at the center of the targets'
    main cluster. Near abs(r) = c the gradient is exact relative to r(1 − (r/c)²), since rounding c
    alone moves it by as much.

    Parameters
    ----------
    predictions, targets : array_like, shape (n,) or (n, k)
        Real numbers, in the same unit.
    c : float
        The residual, in the unit of the targets, from which on it is ignored. Above 0. With 4.685
        standard deviations of normal errors the estimate has 95 % of the efficiency of the mean.

    Returns
    -------
    values, gradients : ndarray
        Both shaped like ``predictions``.

    Raises
    ------
    TypeError
        If an input does not hold real numbers.
    ValueError
        If the shapes differ, there is no sample, or ``c`` is not above 0.

    References
    ----------
    A. E. Beaton and J. W. Tukey, "The fitting of power series, meaning polynomials, illustrated on
    band-spectroscopic data", *Technometrics* 16, 1974.

    Examples
    --------
    >>> values, gradients = tukey_biweight([0, 1, 2, 3, 4], [3, 2, 2, 2, 1], c=2)
    >>> values.round(4)
    array([0.6667, 0.3854, 0.    , 0.3854, 0.6667])
    >>> gradients
    array([-0.    , -0.5625,  0.    ,  0.5625,  0.    ])
    """
    predictions, targets = real_pair(predictions, targets)
    c = positive(c, "c")
    return in_blocks(_tukey_biweight, predictions, targets, c=c)


def _tukey_biweight(predictions: Floats, targets: Floats, c: float) -> Result:
    r = np.clip(predictions - targets, -c, c)
    v, a = (r / c) ** 2, np.abs(r)
    # c²/6·(1 − (1 − v)³), multiplied out: for small v it would be 0; and c²v is r². For the
    # gradient (c − a)(c + a), not c² − a², which loses its digits near the kink.
    return r * (r / 6) * (3 - v * (3 - v)), r * ((c - a) / c * (1 + a / c)) ** 2


def barron(
    predictions: ArrayLike, targets: ArrayLike, *, alpha: float = 1.0, scale: float = 1.0
) -> Result:
    """Choose how robust to be with one number α, from squared error to ignoring outliers.

    With u = r/c for the scale c, value (abs(α − 2)/α)·((u²/abs(α − 2) + 1)^(α/2) − 1) and gradient
    (u/c)·(u²/abs(α − 2) + 1)^(α/2 − 1); the limits are u²/2 at α = 2, log(1 + u²/2) at α = 0 (the
    Cauchy loss) and 1 − e^(−u²/2) at α = −∞ (Welsch). α = 1 is the pseudo-Huber loss divided by c²,
    α = −2 Geman and McClure's. Smooth; convex for α ≥ 1. Its expectation is least at the mean for
    α = 2, near the median for α = 1 and a small scale, in the main cluster for α well below 1.
    Where it is steep, as for a very negative α or one above 2, the gradient is exact relative to
    (1 + κ) times itself, with κ = abs(α)·u²/(u² + abs(α − 2)), for α = −∞ u², and so is the value
    for α above 2: rounding u does as much. A u beyond the largest number counts as that number.

    Parameters
    ----------
    predictions, targets : array_like, shape (n,) or (n, k)
        Real numbers, in the same unit.
    alpha : float
        The shape: the smaller, the more robust. Any number, or −∞.
    scale : float
        The residual, in the unit of the targets, up to which the loss is about u²/2. Above 0.

    Returns
    -------
    values, gradients : ndarray
        Both shaped like ``predictions``.

    Raises
    ------
    TypeError
        If an input does not hold real numbers.
    ValueError
        If the shapes differ, there is no sample, ``scale`` is not above 0, or ``alpha`` is NaN or
        +∞.

    References
    ----------
    J. T. Barron, "A general and adaptive robust loss function", *CVPR*, 2019.

    Examples
    --------
    >>> values, gradients = barron([0, 1, 2, 3, 4], [3, 2, 2, 2, 1], alpha=-2)
    >>> values.round(4)
    array([1.3846, 0.4   , 0.    , 0.4   , 1.3846])
    >>> gradients.round(4)
    array([-0.284, -0.64 ,  0.   ,  0.64 ,  0.284])
    """
    predictions, targets = real_pair(predictions, targets)
    scale = positive(scale, "scale")
    if not real_number(alpha, "alpha") < math.inf:
        raise ValueError(f"alpha is {alpha}; expected a number, or -inf for the Welsch loss")
    # In float64, because a power multiplies the error of its base by the exponent.
    return in_blocks(_barron, predictions, targets, wide=True, alpha=float(alpha), scale=scale)


def _barron(predictions: Floats, targets: Floats, alpha: float, scale: float) -> Result:
    r = predictions - targets
    # A quotient beyond the largest number counts as that number.
    values, slopes = _barron_of_units(np.clip(r / scale, -LARGEST, LARGEST), alpha, scale)
    # But an infinite residual has the limits of the loss.
    if alpha >= 0:
        values = np.where(np.isinf(r), np.inf, values)
    if alpha > 1:
        slopes = np.where(np.isinf(r), r, slopes)
    return values, slopes


def _barron_of_units(u: Floats, alpha: float, scale: float) -> Result:
    """Return the loss of residuals in units of the scale, and its derivative by the residuals."""
    if alpha == 2:
        return u * (u / 2), u / scale
    if alpha == -math.inf:
        half_square = np.clip(u, -50, 50) ** 2 / 2  # e^−1250 is 0 already
        return -np.expm1(-half_square), u * np.exp(-half_square) / scale
    b = abs(alpha - 2)  # may be as small as 4e-16, so that t would overflow
    t = np.minimum(np.abs(u) / b**0.5, np.finfo(u.dtype).max)
    # h = √(1 + t²) and log h, with 1 or t factored out, whichever is larger: t² might overflow.
    larger = np.maximum(t, 1)
    q = np.minimum(t, 1) / larger
    h, log_h = larger * np.sqrt(1 + q * q), np.log(larger) + np.log1p(q * q) / 2
    # For large h, exp(α log h) would multiply the error of log h by α log h, and so would rounding
    # α − 2 in h^(α−2): take h^α as h^k · h^(α−k), k = 0, 1 or 2, where α − k is small and exact.
    k = min(max(round(alpha), 0), 2)
    power, root, rest = h ** (alpha - k), h ** (k / 2), h ** (1 - k / 2)
    # The power and the scale by halves: as a whole they may overflow where the slope does not.
    half, split = h ** ((alpha - k) / 2), scale**0.5
    near = u * np.exp((alpha - 2) * log_h) / scale
    far = (u / rest * half / split) * (half / split / rest)
    slopes = np.where(t < 1, near, far)
    if abs(alpha) < 1e-19:
        rise = b * log_h
    else:
        x = alpha * log_h
        near = np.expm1(np.minimum(x, 1))  # h^α − 1 would be 0 for small x
        rise = np.where(x < 1, b * near, b * root * power * root - b) / alpha
    tiny = np.clip(u, -1e-8, 1e-8)  # there it is u²/2, and t² may be 0 already
    return np.where(np.abs(u) > 1e-8, rise, tiny * (tiny / 2)), slopes

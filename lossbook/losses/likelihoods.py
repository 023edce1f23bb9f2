"""Losses that are a negative log-likelihood: of counts, of amounts, of a mean and a spread.

Poisson and gamma losses take the logarithm of the mean, so that every real prediction is allowed.
"""

import numpy as np
from numpy.typing import ArrayLike

from lossbook.losses.inputs import one_per_row, real_pair, refuse, rows
from lossbook.losses.results import Floats, Result, in_blocks


def poisson(log_rates: ArrayLike, counts: ArrayLike) -> Result:
    """Fit counts, whose spread grows with their mean: the negative log-likelihood of Poisson.

    For the log-rate z and the count y, value e^z − y·z, gradient e^z − y. The constant log y! is
    left out, so values may be negative. Convex and smooth. Its expectation is least where e^z is
    the mean count. The value is exact relative to the larger of e^z and y·z, the gradient to that
    of e^z and y: they may cancel.

    Parameters
    ----------
    log_rates : array_like, shape (n,) or (n, k)
        Logarithms of the expected counts: real numbers.
    counts : array_like, shape (n,) or (n, k)
        Numbers of events: 0 or more. Fractions are allowed, for rates per unit of exposure.

    Returns
    -------
    values, gradients : ndarray
        Both shaped like ``log_rates``.

    Raises
    ------
    TypeError
        If an input does not hold real numbers.
    ValueError
        If the shapes differ, there is no sample, or a count is negative.

    References
    ----------
    J. A. Nelder and R. W. M. Wedderburn, "Generalized linear models", *Journal of the Royal
    Statistical Society A* 135, 1972.

    Examples
    --------
    >>> values, gradients = poisson([0, 1, 2, 3, 4], [3, 2, 2, 2, 1])
    >>> values.round(4)
    array([ 1.    ,  0.7183,  3.3891, 14.0855, 50.5982])
    >>> gradients.round(4)
    array([-2.    ,  0.7183,  5.3891, 18.0855, 53.5982])
    """
    log_rates, counts = real_pair(log_rates, counts, names=("log_rates", "counts"))
    refuse(counts < 0, counts, "counts", "counts are 0 or more")
    return in_blocks(_poisson, log_rates, counts)


def _poisson(log_rates: Floats, counts: Floats) -> Result:
    rates = np.exp(log_rates)
    # Without events the second term is 0, even at z = −∞; and e^z outgrows it where both are ∞.
    counted = counts * np.where(counts == 0, 0, log_rates)
    return np.where(np.isinf(rates), rates, rates - counted), rates - counts


def gamma(log_means: ArrayLike, targets: ArrayLike) -> Result:
    """Fit positive amounts by their ratio to the prediction: costs, durations, sizes.

    For the log-mean z and the target y, value y·e^(−z) + z, gradient 1 − y·e^(−z): the negative
    log-likelihood of a gamma distribution with mean e^z, divided by its shape parameter, without
    the terms that do not depend on z. Convex and smooth. Its expectation is least where e^z is the
    mean of the targets. The value is exact relative to the larger of y·e^(−z) and z, the gradient
    to that of y·e^(−z) and 1: they may cancel.

    Parameters
    ----------
    log_means : array_like, shape (n,) or (n, k)
        Logarithms of the expected targets: real numbers.
    targets : array_like, shape (n,) or (n, k)
        Real numbers above 0.

    Returns
    -------
    values, gradients : ndarray
        Both shaped like ``log_means``.

    Raises
    ------
    TypeError
        If an input does not hold real numbers.
    ValueError
        If the shapes differ, there is no sample, or a target is not above 0.

    References
    ----------
    P. McCullagh and J. A. Nelder, *Generalized Linear Models*, 2nd edition, 1989, chapter 8.

    Examples
    --------
    >>> values, gradients = gamma([0, 1, 2, 3, 4], [3, 2, 2, 2, 1])
    >>> values.round(4)
    array([3.    , 1.7358, 2.2707, 3.0996, 4.0183])
    >>> gradients.round(4)
    array([-2.    ,  0.2642,  0.7293,  0.9004,  0.9817])
    """
    log_means, targets = real_pair(log_means, targets, names=("log_means", "targets"))
    refuse(targets <= 0, targets, "targets", "targets of the gamma loss are above 0")
    return in_blocks(_gamma, log_means, targets)


def _gamma(log_means: Floats, targets: Floats) -> Result:
    # e^(−z) by quarters: as a whole it may be inf or 0 where its product with y is neither.
    quarter = np.exp(-log_means / 4)
    ratio = targets * quarter * quarter * quarter * quarter
    return np.where(np.isinf(ratio), ratio, ratio + log_means), 1 - ratio


def gaussian_nll(predictions: ArrayLike, targets: ArrayLike) -> Result:
    """Predict a mean and, with it, how far off it may be: two numbers a sample.

    For the mean μ, the log-variance s and the target y, value ½(s + (y − μ)²e^(−s)), gradient
    (μ − y)e^(−s) by μ and ½(1 − (y − μ)²e^(−s)) by s. The constant ½·log 2π is left out. Smooth,
    convex in μ alone and in s alone, not in both. Its expectation is least at the mean of the
    targets and the logarithm of their variance. The value is exact relative to the larger of its
    two terms, and so is the gradient by s.

    Parameters
    ----------
    predictions : array_like, shape (n, 2)
        Real numbers: the mean in column 0, the log-variance in column 1.
    targets : array_like, shape (n,)
        Real numbers, in the unit of the mean.

    Returns
    -------
    values : ndarray, shape (n,)
    gradients : ndarray, shape (n, 2)

    Raises
    ------
    TypeError
        If an input does not hold real numbers.
    ValueError
        If the shapes do not match or there is no sample.

    References
    ----------
    D. A. Nix and A. S. Weigend, "Estimating the mean and variance of the target probability
    distribution", *IEEE International Conference on Neural Networks*, 1994.

    Examples
    --------
    The means and targets of the other losses, first with variance 1, then with variance 9.

    >>> values, gradients = gaussian_nll([[0, 0], [1, 0], [2, 0], [3, 0], [4, 0]], [3, 2, 2, 2, 1])
    >>> values
    array([4.5, 0.5, 0. , 0.5, 4.5])
    >>> gradients[:, 1]
    array([-4. ,  0. ,  0.5,  0. , -4. ])
    >>> values, _ = gaussian_nll([[mean, np.log(9)] for mean in range(5)], [3, 2, 2, 2, 1])
    >>> values.round(4)
    array([1.5986, 1.1542, 1.0986, 1.1542, 1.5986])
    """
    predictions = rows(predictions, "predictions")
    if predictions.shape[1] != 2:
        raise ValueError(
            f"predictions has shape {predictions.shape}; expected (n, 2), mean and log-variance"
        )
    targets = one_per_row(targets, "targets", predictions, "predictions")
    return in_blocks(_gaussian_nll, predictions, targets)


def _gaussian_nll(predictions: Floats, targets: Floats) -> Result:
    means, log_variances = predictions[:, 0], predictions[:, 1]
    # e^(−s/2) by halves, and bounded: as a whole it may be inf where its product is not.
    half = np.minimum(np.exp(-log_variances / 4), np.finfo(predictions.dtype).max)
    # The residual in standard deviations: its square first, and e^(−s) after, would overflow.
    u = (means - targets) * half * half
    values = (log_variances + u * u) / 2
    return values, np.stack([u * half * half, (1 - u) * (1 + u) / 2], axis=1)

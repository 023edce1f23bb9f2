"""Losses for real-valued targets. Throughout, r = prediction − target is the residual.

The five predictions and targets of the examples have the residuals −3, −1, 0, 1 and 3.
"""

import numpy as np

from lossbook.losses.inputs import positive, real_pair


def squared_error(predictions, targets):
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
    r = predictions - targets
    return r * r, 2 * r


def absolute_error(predictions, targets):
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
    r = predictions - targets
    return np.abs(r), np.sign(r)


def huber(predictions, targets, *, delta=1.0):
    """Square small residuals and count large ones linearly: least squares that outliers cannot pull.

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
    positive(delta, "delta")
    r = predictions - targets
    # One formula for both cases: inside, g = r gives r²/2; outside, g = ±δ gives δ(|r| − δ/2).
    # Squaring r first would overflow for a large residual that the loss counts only linearly.
    g = np.clip(r, -delta, delta)
    return g * (r - g / 2), g

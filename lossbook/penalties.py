"""Penalties: functions of the parameters that :func:`lossbook.risk` adds to the mean of a loss.

Each function here returns a penalty, ``penalty(parameters) -> (value, gradient)``.
"""

import numpy as np


def l2(strength, *, skip=0):
    """Return the penalty strength · Σ θⱼ², which pulls every parameter toward 0 in proportion.

    Its gradient is 2 · strength · θ; there is no factor ½ here. Beside the mean of a loss over n
    samples, scikit-learn's ``Ridge(alpha)`` has strength = alpha/n, since it sums the squared
    errors, and ``LogisticRegression(C)`` has strength = 1/(2nC). PyTorch's ``weight_decay`` in SGD
    is 2 · strength.

    Parameters
    ----------
    strength : float
        0 or more.
    skip : int
        How many parameters at the front go free: 1 for the intercept of ``models.linear``, k for
        its intercepts with ``outputs=k``. Those scikit-learn models never penalize them.

    Returns
    -------
    penalty : callable

    Raises
    ------
    ValueError
        If ``strength`` is negative, or ``skip`` is not an integer from 0 to the number of
        parameters.

    References
    ----------
    A. E. Hoerl and R. W. Kennard, "Ridge regression: biased estimation for nonorthogonal problems",
    *Technometrics* 12, 1970.

    Examples
    --------
    >>> l2(0.5)([1, -2])
    (2.5, array([ 1., -2.]))
    >>> l2(0.5, skip=1)([1, -2])
    (2.0, array([ 0., -2.]))
    """
    _check(strength, skip)

    def penalty(parameters):
        theta = _without_first(parameters, skip)
        return float(strength * (theta @ theta)), 2 * strength * theta

    return penalty


def l1(strength, *, skip=0):
    """Return the penalty strength · Σ abs(θⱼ), which can make parameters exactly 0 at the minimum.

    Its gradient is strength · sign(θ), with the subgradient 0 at the kink θⱼ = 0. Plain gradient
    descent jumps back and forth over that kink, so that parameters come near 0 but rarely become 0.
    With ``squared_error``, scikit-learn's ``Lasso(alpha)`` has strength = 2 · alpha, since it
    halves the mean squared error.

    Parameters
    ----------
    strength : float
        0 or more.
    skip : int
        How many parameters at the front go free, see :func:`l2`.

    Returns
    -------
    penalty : callable

    Raises
    ------
    ValueError
        If ``strength`` is negative, or ``skip`` is not an integer from 0 to the number of
        parameters.

    References
    ----------
    R. Tibshirani, "Regression shrinkage and selection via the lasso", *Journal of the Royal
    Statistical Society B* 58, 1996.

    Examples
    --------
    >>> l1(0.5)([1, 0, -2])
    (1.5, array([ 0.5,  0. , -0.5]))
    """
    _check(strength, skip)

    def penalty(parameters):
        theta = _without_first(parameters, skip)
        return float(strength * np.abs(theta).sum()), strength * np.sign(theta)

    return penalty


def _check(strength, skip):
    if not 0 <= strength < np.inf:
        raise ValueError(f"strength is {strength}; expected a number of 0 or more")
    if not (isinstance(skip, (int, np.integer)) and skip >= 0):
        raise ValueError(f"skip is {skip!r}; expected an integer of 0 or more")


def _without_first(parameters, skip):
    """Return a copy of the parameters with the first ``skip`` of them 0: they then cost nothing."""
    theta = np.array(parameters, dtype=np.result_type(np.asarray(parameters), np.float32))
    if skip > len(theta):
        raise ValueError(f"skip is {skip} but parameters has shape {theta.shape}")
    theta[:skip] = 0
    return theta

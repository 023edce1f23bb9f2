"""Penalties: functions of the parameters that :func:`lossbook.risk` adds to the mean of a loss.

Each class here makes a penalty, ``penalty(parameters) -> (value, gradient)``. Penalties can be
pickled, compared and printed.
"""

from dataclasses import KW_ONLY, dataclass

import numpy as np
from numpy.typing import ArrayLike

from lossbook.inputs import Floats, real_vector, whole_number
from lossbook.losses.inputs import not_negative


@dataclass(frozen=True)
class _Penalty:
    """What penalties have in common: how strong they are, and which parameters go free."""

    strength: float
    _: KW_ONLY
    skip: int = 0

    def __post_init__(self) -> None:
        not_negative(self.strength, "strength")
        whole_number(self.skip, "skip", 0)

    def _counted(self, parameters: ArrayLike) -> Floats:
        """Return a copy of the parameters with the first ``skip`` 0: these then cost nothing."""
        theta = np.array(real_vector(parameters, "parameters"))
        if self.skip > len(theta):
            raise ValueError(f"skip is {self.skip} but parameters has shape {theta.shape}")
        theta[: self.skip] = 0
        return theta


@dataclass(frozen=True)
class l2(_Penalty):
    """The penalty strength · Σ θⱼ², which pulls every parameter toward 0 in proportion.

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

    @np.errstate(all="ignore")
    def __call__(self, parameters: ArrayLike) -> tuple[float, Floats]:
        """Return the value and the gradient."""
        theta, strength = self._counted(parameters), float(self.strength)
        return float(strength * (theta @ theta)), 2 * strength * theta


@dataclass(frozen=True)
class l1(_Penalty):
    """The penalty strength · Σ abs(θⱼ), which can make parameters exactly 0 at the minimum.

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

    @np.errstate(all="ignore")
    def __call__(self, parameters: ArrayLike) -> tuple[float, Floats]:
        """Return the value and the gradient."""
        theta, strength = self._counted(parameters), float(self.strength)
        return float(strength * np.abs(theta).sum()), strength * np.sign(theta)

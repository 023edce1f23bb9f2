"""Surfaces: functions of two parameters to descend on, with known minima.

Each takes the parameters, shape (2,), and returns the value and the gradient, as ``minimize`` takes
it. A whole grid, shape (2, a, b), works too and gives values (a, b) and gradients (2, a, b), for a
contour plot. The known minimizers stand beside each function as ``minima``, shape (m, 2). What
overflows becomes infinite, without a warning.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol, cast

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lossbook.inputs import real_array


class Surface(Protocol):
    """A function of the parameters that knows where its minima are."""

    minima: NDArray[np.float64]

    def __call__(self, parameters: ArrayLike, /) -> tuple[Any, NDArray[np.float64]]:
        """Return the value, a number or one for each point of a grid, and the gradient."""


def _with_minima(*minima: list[float]) -> Callable[[Callable], Surface]:
    """Give a function its minima, which nobody can change for all."""
    array = np.array(minima, dtype=np.float64).reshape(-1, 2)
    array.setflags(write=False)

    def mark(function: Callable) -> Surface:
        surface = cast(Surface, np.errstate(all="ignore")(function))
        surface.minima = array
        return surface

    return mark


@dataclass(frozen=True, eq=False)
class quadratic:
    """The bowl f(x) = ½ xᵀAx, the surface on which everything about descent can be proved.

    Its gradient is Ax, its Hessian A. The eigenvalues of A are the curvatures along the axes of the
    elliptic contours; the largest over the smallest is the condition number κ.

    Parameters
    ----------
    matrix : array_like, shape (p, p)
        The matrix A, symmetric and positive definite; p need not be 2.

    Raises
    ------
    ValueError
        If the matrix is not square, symmetric and positive definite.

    References
    ----------
    G. Goh, "Why momentum really works", *Distill*, 2017.

    Examples
    --------
    A valley ten times as steep across as along it: κ = 10.

    >>> bowl = quadratic([[1, 0], [0, 10]])
    >>> bowl([2, 1])
    (np.float64(7.0), array([ 2., 10.]))
    >>> bowl.minima
    array([[0., 0.]])
    """

    matrix: ArrayLike

    def __post_init__(self) -> None:
        A = real_array(self.matrix, "matrix")
        if A.ndim != 2 or A.shape[0] != A.shape[1] or A.size == 0:
            raise ValueError(f"matrix has shape {A.shape}; expected (p, p)")
        rounding = 100 * np.finfo(A.dtype).eps * np.abs(A).max()
        # Symmetric to the last digit, or Ax would not be the gradient; halves do not overflow.
        half = A.astype(np.float64) / 2
        symmetric = np.isfinite(A).all() and (np.abs(half - half.T) <= rounding).all()
        if not (symmetric and np.linalg.eigvalsh(half).min() > 0):
            raise ValueError(f"matrix is {A.tolist()}; expected it symmetric and positive definite")
        object.__setattr__(self, "matrix", half + half.T)

    @property
    def minima(self) -> NDArray[np.float64]:
        """The minimizer, 0, as the one row of a matrix."""
        return np.zeros((1, len(np.asarray(self.matrix))))

    @np.errstate(all="ignore")
    def __call__(self, parameters: ArrayLike, /) -> tuple[Any, NDArray[np.float64]]:
        """Return the value and the gradient."""
        A = np.asarray(self.matrix)
        x = _coordinates(parameters, len(A))
        gradient = np.tensordot(A, x, axes=1)
        return (x * gradient).sum(axis=0) / 2, gradient


@_with_minima([1.0, 1.0])
def rosenbrock(parameters: ArrayLike, /) -> tuple[Any, NDArray[np.float64]]:
    """Return f(x, y) = (1 − x)² + 100 (y − x²)² and its gradient: a long curved valley.

    Parameters
    ----------
    parameters : array_like, shape (2,) or (2, a, b)
        x and y.

    Returns
    -------
    value : float, or ndarray of shape (a, b)
    gradient : ndarray
        Shaped like ``parameters``.

    Raises
    ------
    ValueError
        If the first axis is not 2 long.

    References
    ----------
    H. H. Rosenbrock, "An automatic method for finding the greatest or least value of a function",
    *The Computer Journal* 3, 1960, which also gives the minimum; problem 1 of J. J. Moré,
    B. S. Garbow and K. E. Hillstrom, "Testing unconstrained optimization software", 1981.

    Examples
    --------
    >>> rosenbrock([-1, 1])
    (np.float64(4.0), array([-4.,  0.]))
    """
    x, y = _coordinates(parameters)
    across = y - x**2
    value = (1 - x) ** 2 + 100 * across**2
    return value, np.stack([-2 * (1 - x) - 400 * x * across, 200 * across])


# Where u = v = 0, solved with 30 digits.
@_with_minima(
    [3.0, 2.0],
    [-2.805118086952745, 3.131312518250573],
    [-3.779310253377747, -3.283185991286170],
    [3.584428340330492, -1.848126526964404],
)
def himmelblau(parameters: ArrayLike, /) -> tuple[Any, NDArray[np.float64]]:
    """Return f(x, y) = (x² + y − 11)² + (x + y² − 7)² and its gradient: four minima, all 0.

    Parameters
    ----------
    parameters : array_like, shape (2,) or (2, a, b)
        x and y.

    Returns
    -------
    value : float, or ndarray of shape (a, b)
    gradient : ndarray
        Shaped like ``parameters``.

    Raises
    ------
    ValueError
        If the first axis is not 2 long.

    References
    ----------
    D. M. Himmelblau, *Applied Nonlinear Programming*, 1972.

    Examples
    --------
    >>> himmelblau([3, 2])
    (np.float64(0.0), array([0., 0.]))
    """
    x, y = _coordinates(parameters)
    u, v = x**2 + y - 11, x + y**2 - 7
    return u**2 + v**2, np.stack([4 * x * u + 2 * v, 2 * u + 4 * y * v])


@_with_minima([3.0, 0.5])
def beale(parameters: ArrayLike, /) -> tuple[Any, NDArray[np.float64]]:
    """Return f(x, y) = Σᵢ (cᵢ − x (1 − yⁱ))² and its gradient: flat, with steep walls.

    i runs from 1 to 3; the constants c are 1.5, 2.25 and 2.625.

    Parameters
    ----------
    parameters : array_like, shape (2,) or (2, a, b)
        x and y.

    Returns
    -------
    value : float, or ndarray of shape (a, b)
    gradient : ndarray
        Shaped like ``parameters``.

    Raises
    ------
    ValueError
        If the first axis is not 2 long.

    References
    ----------
    E. M. L. Beale, "On an iterative method for finding a local minimum of a function of more than
    one variable", 1958; problem 5 of J. J. Moré, B. S. Garbow and K. E. Hillstrom, "Testing
    unconstrained optimization software", *ACM Transactions on Mathematical Software* 7, 1981, which
    also gives the minimum.

    Examples
    --------
    >>> beale([3, 0.5])
    (np.float64(0.0), array([0., 0.]))
    """
    x, y = _coordinates(parameters)
    value, by_x, by_y = 0.0, 0.0, 0.0
    for i, c in ((1, 1.5), (2, 2.25), (3, 2.625)):
        r = c - x * (1 - y**i)
        value = value + r**2
        by_x = by_x - 2 * r * (1 - y**i)
        by_y = by_y + 2 * r * x * i * y ** (i - 1)
    return value, np.stack([by_x, by_y])


@_with_minima()
def saddle(parameters: ArrayLike, /) -> tuple[Any, NDArray[np.float64]]:
    """Return f(x, y) = x² − y² and its gradient: a minimum along x, a maximum along y, no minimum.

    Parameters
    ----------
    parameters : array_like, shape (2,) or (2, a, b)
        x and y.

    Returns
    -------
    value : float, or ndarray of shape (a, b)
    gradient : ndarray
        Shaped like ``parameters``.

    Raises
    ------
    ValueError
        If the first axis is not 2 long.

    References
    ----------
    Y. Dauphin et al., "Identifying and attacking the saddle point problem in high-dimensional
    non-convex optimization", 2014.

    Examples
    --------
    >>> saddle([2, 1])
    (np.float64(3.0), array([ 4., -2.]))
    """
    x, y = _coordinates(parameters)
    return x**2 - y**2, np.stack([2 * x, -2 * y])


def _coordinates(parameters: ArrayLike, count: int = 2) -> NDArray[np.float64]:
    """Return the parameters as floats; raise unless there are ``count`` along the first axis."""
    array = real_array(parameters, "parameters").astype(np.float64, copy=False)
    if array.shape[:1] != (count,):
        raise ValueError(f"parameters has shape {array.shape}; expected ({count},) or a grid")
    return array

"""Checks of what models, optimizers and descents are given, and of what an objective returns."""

import numbers
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lossbook.losses.inputs import positive

Floats = NDArray[np.floating]
Objective = Callable[[Floats], tuple[Any, ArrayLike]]
Seed = int | np.random.Generator
Rate = float | Callable[[int], float]


def real_array(array: ArrayLike, name: str) -> Floats:
    """Return ``array`` as float32 or float64, of any shape; raise unless it holds real numbers.

    >>> real_array([1, 2], "parameters")
    array([1., 2.])
    >>> real_array(np.ma.array([1, 2], mask=[0, 1]), "X")
    Traceback (most recent call last):
        ...
    ValueError: X is a masked array, and its mask would be ignored: give X.compressed(), or leave
    out the rows that are masked
    """
    if isinstance(array, np.ma.MaskedArray):
        raise ValueError(
            f"{name} is a masked array, and its mask would be ignored: give {name}.compressed(), "
            "or leave out the rows that are masked"
        )
    try:
        array = np.asarray(array)
    except (ValueError, TypeError, RuntimeError) as error:
        raise TypeError(
            f"{name} cannot be read as an array; expected numbers, in rows of one length: {error}"
        ) from None
    kind, size = array.dtype.kind, array.dtype.itemsize
    if kind not in "biuf" or size > 8:
        raise TypeError(
            f"{name} holds {array.dtype} values; expected real numbers, float32 or float64"
        )
    # By kind and size, so that the other byte order keeps its precision.
    return array.astype(np.float32 if (kind, size) == ("f", 4) else np.float64, copy=False)


def real_vector(array: ArrayLike, name: str) -> Floats:
    """Return ``array`` as float32 or float64; raise unless it has shape (p,), with p of 1 or more.

    >>> real_vector([[1.0]], "point")
    Traceback (most recent call last):
        ...
    ValueError: point has shape (1, 1); expected a vector, shape (p,)
    """
    vector = real_array(array, name)
    if vector.ndim != 1 or vector.size == 0:
        raise ValueError(f"{name} has shape {vector.shape}; expected a vector, shape (p,)")
    return vector


def whole_number(number: Any, name: str, least: int, most: int | None = None) -> int:
    """Return ``number`` as an int; raise unless it is an integer from ``least`` to ``most``.

    >>> whole_number(2.5, "steps", 1)
    Traceback (most recent call last):
        ...
    ValueError: steps is 2.5; expected an integer of 1 or more
    """
    # True is an integer to Python, but nobody counts with it.
    whole = isinstance(number, numbers.Integral) and not isinstance(number, bool)
    if whole and least <= number and (most is None or number <= most):
        return int(number)
    limits = f"of {least} or more" if most is None else f"from {least} to {most}"
    raise ValueError(f"{name} is {number!r}; expected an integer {limits}")


def check_rate(rate: Any, name: str) -> None:
    """Raise unless ``rate`` is a number above 0 or a schedule.

    >>> check_rate(-1, "learning_rate")
    Traceback (most recent call last):
        ...
    ValueError: learning_rate is -1; expected a number above 0
    """
    if not callable(rate):
        positive(rate, name)


def generator(seed: Seed) -> np.random.Generator:
    """Return NumPy's generator of random numbers for a seed; raise in words if it is none.

    >>> generator(-1)
    Traceback (most recent call last):
        ...
    ValueError: seed is -1; expected an integer of 0 or more, or a numpy.random.Generator
    """
    if isinstance(seed, np.random.Generator):
        return seed
    if not isinstance(seed, numbers.Integral) or seed < 0:
        raise ValueError(
            f"seed is {seed!r}; expected an integer of 0 or more, or a numpy.random.Generator"
        )
    return np.random.default_rng(int(seed))


def evaluate(objective: Objective, parameters: Floats) -> tuple[float, Floats]:
    """Return the value and the gradient; raise unless they are a number and one per parameter.

    Nothing is shared: the objective gets a copy of the parameters, which it may change, and what it
    does later to the array that it returned does not change the gradient.

    >>> evaluate(lambda x: (x @ x, 2 * x), np.array([1.0, -2.0]))
    (5.0, array([ 2., -4.]))
    """
    if not callable(objective):
        raise TypeError(f"objective is {objective!r}; expected a function of the parameters")
    result = objective(parameters.copy())
    if not (isinstance(result, (tuple, list)) and len(result) == 2):
        raise TypeError(
            f"the objective returned a {type(result).__name__}; expected two things, the value and "
            "the gradient"
        )
    value, gradient = real_array(result[0], "the value"), real_array(result[1], "the gradient")
    if value.ndim != 0:
        raise ValueError(
            f"the value has shape {value.shape}; expected one number: is the mean missing?"
        )
    if gradient.shape != parameters.shape:
        raise ValueError(
            f"the gradient has shape {gradient.shape} "
            f"but the parameters have shape {parameters.shape}"
        )
    return float(value), np.array(gradient)

"""The results of an answer as arrays, and when two of them are the same."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
Parts = list[Array]


def parts_of(value: Any) -> Parts | None:
    """Return a list of arrays, one for each result; None if there is anything but numbers.

    >>> parts_of((1.0, [2, 3]))
    [array(1.), array([2, 3])]
    >>> parts_of("text") is None
    True
    """
    parts = list(value) if isinstance(value, tuple) else [value]
    if any(isinstance(part, np.ma.MaskedArray) for part in parts):
        return None
    try:
        parts = [np.asarray(part).copy() for part in parts]
    except (ValueError, TypeError, RuntimeError):
        return None
    return parts if all(part.dtype.kind in "biuf" for part in parts) else None


def fitted(value: Any, expected: Parts) -> Parts | None:
    """Return the results as arrays; several may come as a tuple, a list or an array of them."""
    usual, other = parts_of(value), None
    if len(expected) > 1 and (
        isinstance(value, list) or (isinstance(value, np.ndarray) and value.ndim > 0)
    ):
        other = parts_of(tuple(value))
    elif len(expected) == 1 and isinstance(value, tuple):
        other = parts_of(list(value))
    return other if other and shapes(other) == shapes(expected) else usual


def shapes(parts: Parts) -> list[tuple[int, ...]]:
    """Return the shape of each result."""
    return [part.shape for part in parts]


def close(got: Array, wanted: Array, single: bool, tiny: bool = False) -> bool:
    """Return whether two results are the same, up to rounding in float32 or in float64.

    Where tiny numbers count, they must have their digits, too.
    """
    least = float(np.finfo(np.float32 if single else np.float64).smallest_subnormal)
    relative, absolute = 1e-4 if single else 1e-6, 100 * least if tiny else 1e-7
    return got.shape == wanted.shape and np.allclose(
        got, wanted, relative, absolute, equal_nan=True
    )


def equal(got: Parts, expected: Parts, tiny: bool = False) -> bool:
    """Return whether the results are those expected, as exactly as these can be known."""
    return len(got) == len(expected) and all(
        close(g, e, e.dtype == np.float32, tiny) for g, e in zip(got, expected)
    )


def show(parts: Parts) -> str:
    """Return results in a few words.

    >>> show([np.array(1 / 3), np.arange(9.0)])
    '0.3333 and [0 1 2 ... 6 7 8]'
    """
    digits: Any = {"float_kind": lambda number: f"{number:.4g}"}
    shown = [np.array2string(part, threshold=6, formatter=digits) for part in parts]
    return " and ".join(" ".join(text.split()) for text in shown)

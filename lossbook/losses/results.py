"""How a formula is computed: quietly, in numbers that hold its settings, and a block at a time."""

import math
from collections.abc import Callable, Iterable, Sequence
from contextvars import ContextVar
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating]
Result = tuple[Floats, Floats]
Formula = Callable[..., tuple[Any, Any]]

SINGLE = np.finfo(np.float32)
_averaging = ContextVar("whether averaged called the loss", default=False)


class OfTheSum(tuple):
    """Gradients of the SUM of a loss's values, for a loss whose every value depends on all rows.

    A batch loss returns its gradients in this tuple, so that :func:`lossbook.mean` knows: the
    gradient of the mean is theirs divided by n, but no weight can be multiplied row by row.
    """


def averaged(loss: Callable[..., Any], *inputs: Any, **settings: Any) -> tuple[float, Any]:
    """Return the mean of a loss that ends with :func:`in_blocks`, and its gradient.

    The values of a block are summed and its gradients divided while they are in the cache, and no
    array holds all values: to write and read one takes about as long as a simple loss itself.
    """
    token = _averaging.set(True)
    try:
        return loss(*inputs, **settings)
    finally:
        _averaging.reset(token)


def in_blocks(
    formula: Formula, *inputs: Any, wide: bool = False, **settings: Any
) -> tuple[Any, Any]:
    """Return the values and gradients of a formula, computed for 65,536 numbers at a time.

    What the formula holds on the way stays in the cache, and the peak of memory is the result. For
    :func:`averaged` it returns the mean of the values and its gradient instead.
    """
    n, size = len(inputs[0]), 1 + 65536 // inputs[0][0].size
    averages = _averaging.get()
    _averaging.set(False)  # a formula may call another loss, for its values
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        if n <= 2 * size:
            # One block, as in most steps of a descent: to part and join blocks takes longer.
            arrays = _arrays(formula, inputs, wide, settings)
            return _pair(_averages(arrays) if averages else arrays)
        blocks = [slice(start, start + size) for start in range(0, n, size)]
        parts = (_arrays(formula, [a[block] for a in inputs], wide, settings) for block in blocks)
        return (_average if averages else _join)(parts, blocks, n)


def _join(parts: Iterable[list[Any]], blocks: list[slice], n: int) -> tuple[Any, Any]:
    """Return values and gradients of all blocks in one array each."""
    results: list[Floats] = []
    for block, arrays in zip(blocks, parts):
        results = results or _rooms(arrays, n)
        for result, array in zip(results, arrays):
            result[block] = array
    return _pair(results)


def _average(parts: Iterable[list[Any]], blocks: list[slice], n: int) -> tuple[Any, Any]:
    """Return the mean of all values, and its gradient."""
    mean = 0.0
    results: list[Floats] = []
    for block, (values, *gradients) in zip(blocks, parts):
        count = n * values[0].size
        mean += sum_of_shares(values, count)
        results = results or _rooms(gradients, n)
        for result, gradient in zip(results, gradients):
            np.divide(gradient, count, out=result[block])
    return _pair([mean, *results])


def _averages(arrays: list[Any]) -> list[Any]:
    """Return the mean of values that are in one block, and its gradients in the place of theirs."""
    values, *gradients = arrays
    size = values.size
    return [sum_of_shares(values, size), *(np.divide(g, size, out=g) for g in gradients)]


def _rooms(arrays: list[Any], n: int) -> list[Floats]:
    """Return an empty array of n rows for each of these."""
    return [np.empty((n, *array.shape[1:]), array.dtype) for array in arrays]


def at_once(formula: Formula, *inputs: Any, wide: bool = False, **settings: Any) -> tuple[Any, Any]:
    """Return the values and gradients of a formula; what is too large for its dtype is inf.

    Where there is no answer, as for inf − inf, it is NaN; NumPy does not warn of either. With
    ``wide``, or if a setting such as 1e-50 is no normal float32, float32 is computed as float64.
    """
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        return _pair(_arrays(formula, inputs, wide, settings))


def sum_of_shares(values: Floats, count: int) -> float:
    """Return Σ values / count, which is finite even where Σ values is too large for the dtype."""
    total = float(values.sum())
    return total / count if math.isfinite(total) else float(np.sum(values / count))


def _arrays(
    formula: Formula, inputs: Sequence[Any], wide: bool, settings: dict[str, Any]
) -> list[Any]:
    """Return the values and each gradient in one list."""
    if inputs[0].dtype != np.float32 or not (wide or _beyond_float32(settings)):
        return _flat(*formula(*inputs, **settings))
    inputs = [a.astype(np.float64) if a.dtype == np.float32 else a for a in inputs]
    return [a.astype(np.float32) for a in _flat(*formula(*inputs, **settings))]


def _beyond_float32(settings: dict[str, Any]) -> bool:
    sizes = [abs(setting) for setting in settings.values() if isinstance(setting, float)]
    return any(size != 0 and not SINGLE.tiny <= size <= SINGLE.max for size in sizes)


def _flat(values: Floats, gradients: Any) -> list[Any]:
    return [values, *(gradients if isinstance(gradients, tuple) else (gradients,))]


def _pair(arrays: list[Any]) -> tuple[Any, Any]:
    """Undo :func:`_flat`."""
    values, *gradients = arrays
    return values, tuple(gradients) if len(gradients) > 1 else gradients[0]

"""How a formula is computed: quietly, in numbers that hold its settings, and a block at a time."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating]
Result = tuple[Floats, Floats]


class OfTheSum(tuple):
    """Gradients of the SUM of a loss's values, for a loss whose every value depends on all rows.

    A batch loss returns its gradients in this tuple, so that :func:`lossbook.mean` knows: the
    gradient of the mean is theirs divided by n, but no weight can be multiplied row by row.
    """


def in_blocks(
    formula: Callable[..., tuple[Any, Any]], *inputs: Any, wide: bool = False, **settings: Any
) -> tuple[Any, Any]:
    """Return the values and gradients of a formula, computed for 65,536 numbers at a time.

    What the formula holds on the way stays in the cache, and the peak of memory is the result.
    """
    n, size = len(inputs[0]), 1 + 65536 // inputs[0][0].size
    if n <= 2 * size:
        return at_once(formula, *inputs, wide=wide, **settings)
    results: list[Floats] = []
    for start in range(0, n, size):
        block = slice(start, start + size)
        part = at_once(formula, *(array[block] for array in inputs), wide=wide, **settings)
        arrays = _flat(*part)
        results = results or [np.empty((n, *a.shape[1:]), a.dtype) for a in arrays]
        for result, array in zip(results, arrays):
            result[block] = array
    values, *gradients = results
    return values, tuple(gradients) if isinstance(part[1], tuple) else gradients[0]


def at_once(
    formula: Callable[..., tuple[Any, Any]], *inputs: Any, wide: bool = False, **settings: Any
) -> tuple[Any, Any]:
    """Return the values and gradients of a formula; what is too large for its dtype is inf.

    Where there is no answer, as for inf − inf, it is NaN; NumPy does not warn of either. With
    ``wide``, or if a setting such as 1e-50 is no normal float32, float32 is computed as float64.
    """
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        if inputs[0].dtype != np.float32 or not (wide or _beyond_float32(settings.values())):
            return formula(*inputs, **settings)
        inputs = tuple(a.astype(np.float64) if a.dtype == np.float32 else a for a in inputs)
        values, *gradients = (a.astype(np.float32) for a in _flat(*formula(*inputs, **settings)))
        return values, tuple(gradients) if len(gradients) > 1 else gradients[0]


def _beyond_float32(settings: Any) -> bool:
    ends = np.finfo(np.float32)
    sizes = [abs(setting) for setting in settings if isinstance(setting, float)]
    return any(size != 0 and not ends.tiny <= size <= ends.max for size in sizes)


def _flat(values: Floats, gradients: Any) -> list[Floats]:
    return [values, *(gradients if isinstance(gradients, tuple) else (gradients,))]

"""Checks of what a loss is given: a wrong input raises and says what to do, nothing is guessed."""

import numbers
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lossbook.losses.results import Floats

Numbers = NDArray[Any]
SINGLE_OR_DOUBLE = [np.dtype(order + size) for order in "<>" for size in ("f4", "f8")]


def real(array: ArrayLike, name: str) -> Floats:
    """Return ``array`` as float32 or float64; raise if it does not hold real numbers, or is empty.

    >>> real([1, 2], "predictions")
    array([1., 2.])
    >>> real([1j], "predictions")
    Traceback (most recent call last):
        ...
    TypeError: predictions holds complex128 values; expected real numbers, float32 or float64
    """
    array = _array(array, name, "iuf", "real numbers, float32 or float64")
    # In the byte order of the processor, which a file may not have.
    wanted = array.dtype.newbyteorder("=") if array.dtype in SINGLE_OR_DOUBLE else np.float64
    array = array.astype(wanted, copy=False)
    if array.ndim not in (1, 2):
        raise ValueError(f"{name} has shape {array.shape}; expected (n,) or (n, k)")
    if array.size == 0:
        raise ValueError(f"{name} has shape {array.shape}: there is no sample in it")
    return array


def any_numbers(array: ArrayLike, name: str = "labels", expected: str = "numbers") -> Numbers:
    """Return ``array`` as an array of real numbers of any type, booleans among them, or raise.

    >>> any_numbers(["cat"])
    Traceback (most recent call last):
        ...
    TypeError: labels holds <U3 values; expected numbers
    """
    return _array(array, name, "biuf", expected)


def real_pair(
    predictions: ArrayLike,
    targets: ArrayLike,
    names: tuple[str, str] = ("predictions", "targets"),
) -> tuple[Floats, Floats]:
    """Return both as real arrays of one shape; raise where NumPy would broadcast.

    >>> real_pair(np.ones((5, 1)), np.ones(5))
    Traceback (most recent call last):
        ...
    ValueError: predictions has shape (5, 1) but targets has shape (5,);
    did you mean predictions[:, 0]?
    """
    predictions, targets = real(predictions, names[0]), real(targets, names[1])
    _same_shape(predictions, targets, names)
    return predictions, targets


def real_number(number: Any, name: str) -> float:
    """Return a hyper-parameter as a float; raise unless it is one real number.

    >>> real_number("large", "delta")
    Traceback (most recent call last):
        ...
    TypeError: delta is 'large'; expected a real number
    """
    if not isinstance(number, numbers.Real) or isinstance(number, bool):
        raise TypeError(f"{name} is {number!r}; expected a real number")
    try:
        return float(number)
    except OverflowError:
        raise ValueError(f"{name} is too large; expected a number below 1.8e308") from None


def positive(number: Any, name: str) -> float:
    """Return a hyper-parameter as a float; raise unless it is finite and above zero.

    >>> positive(0, "delta")
    Traceback (most recent call last):
        ...
    ValueError: delta is 0; expected a number above 0
    """
    size = real_number(number, name)
    if not 0 < size < np.inf:
        raise ValueError(f"{name} is {number}; expected a number above 0")
    return size


def not_negative(number: Any, name: str) -> float:
    """Return a hyper-parameter as a float; raise unless it is finite and 0 or more.

    >>> not_negative(-1, "gamma")
    Traceback (most recent call last):
        ...
    ValueError: gamma is -1; expected a number of 0 or more
    """
    size = real_number(number, name)
    if not 0 <= size < np.inf:
        raise ValueError(f"{name} is {number}; expected a number of 0 or more")
    return size


def fraction(number: Any, name: str) -> float:
    """Return a hyper-parameter as a float; raise unless it is from 0 to 1.

    >>> fraction(10, "label_smoothing")
    Traceback (most recent call last):
        ...
    ValueError: label_smoothing is 10; expected a number from 0 to 1
    """
    size = real_number(number, name)
    if not 0 <= size <= 1:
        raise ValueError(f"{name} is {number}; expected a number from 0 to 1")
    return size


def binary(
    logits: ArrayLike, labels: ArrayLike, name: str = "logits"
) -> tuple[Floats, NDArray[np.int8]]:
    """Return ``logits`` and integer labels, shape (n,); raise unless every label is 0 or 1.

    >>> binary([0.5, -2.0], [1, 2])
    Traceback (most recent call last):
        ...
    ValueError: labels[1] is 2; binary labels are 0 or 1
    """
    logits, labels = _one_number_a_sample(logits, labels, name)
    ones = labels == 1
    allowed = ones | (labels == 0)
    if not allowed.all():
        hint = ": use (labels + 1) / 2" if (np.abs(labels) == 1).all() else ""
        raise ValueError(f"{_first(labels, ~allowed)}; binary labels are 0 or 1{hint}")
    return logits, ones.view(np.int8)


def shares(logits: ArrayLike, labels: ArrayLike) -> tuple[Floats, Numbers]:
    """Return ``logits`` and labels, both (n,) or (n, k); raise unless labels are from 0 to 1.

    >>> shares([0.5, -2.0], [0.25, 2])
    Traceback (most recent call last):
        ...
    ValueError: labels[1] is 2.0; expected a number from 0 to 1
    """
    logits, labels = real(logits, "logits"), any_numbers(labels)
    _same_shape(logits, labels, ("logits", "labels"))
    if not (labels.min() >= 0 and labels.max() <= 1):  # so written, NaN is refused
        hint = ": use (labels + 1) / 2" if (np.abs(labels) == 1).all() else ""
        found = _first(labels, ~((labels >= 0) & (labels <= 1)))
        raise ValueError(f"{found}; expected a number from 0 to 1{hint}")
    return logits, labels


def signed(scores: ArrayLike, labels: ArrayLike) -> tuple[Floats, Floats]:
    """Return both in the dtype of ``scores``, shape (n,); raise unless every label is −1 or +1.

    >>> signed([0.5, -2.0], [1, 0])
    Traceback (most recent call last):
        ...
    ValueError: labels[1] is 0; the labels of scores are −1 or +1: use 2 * labels - 1
    """
    scores, labels = _one_number_a_sample(scores, labels, "scores")
    ones = labels == 1
    allowed = ones | (labels == -1)
    if not allowed.all():
        message = f"{_first(labels, ~allowed)}; the labels of scores are −1 or +1"
        if (ones | (labels == 0)).all():
            message += ": use 2 * labels - 1"
        raise ValueError(message)
    return scores, 2 * ones.astype(scores.dtype) - 1


def classes(
    scores: ArrayLike, labels: ArrayLike, name: str, soft: bool = False
) -> tuple[Floats, Numbers]:
    """Return real (n, k) ``scores`` and n class indices; raise unless each is in 0 … k − 1.

    With ``soft`` the labels may also be n rows of k probabilities.

    >>> classes(np.zeros((2, 3)), [0, 5], "logits")
    Traceback (most recent call last):
        ...
    ValueError: labels[1] is 5 but there are 3 classes: expected 0 to 2
    """
    scores, labels = real(scores, name), any_numbers(labels)
    if scores.ndim != 2 or scores.shape[1] < 2:
        raise ValueError(
            f"{name} has shape {scores.shape}; expected (n, k): a column for each of k ≥ 2 classes"
        )
    n, k = scores.shape
    if soft and labels.shape == (n, k):
        refuse(~((labels >= 0) & (labels <= 1)), labels, "labels", "expected a number from 0 to 1")
        _sums_to_one(labels, "labels")
        return scores, labels
    if labels.shape != (n,):
        message = f"{name} has shape {scores.shape} but labels has shape {labels.shape}"
        if labels.shape == (n, 1):
            message += "; did you mean labels[:, 0]?"
        elif labels.shape == (n, k):
            message += "; did you mean labels.argmax(axis=1)?"
        raise ValueError(message + f"; expected ({n},), a class index for each sample")
    if labels.dtype.kind == "f" and not (np.floor(labels) == labels).all():
        broken = _first(labels, np.floor(labels) != labels)
        raise ValueError(f"{broken}; expected a class index, a whole number from 0 to {k - 1}")
    if labels.min() < 0 or labels.max() >= k:
        message = (
            f"{_first(labels, (labels < 0) | (labels >= k))} but there are {k} classes: "
            f"expected 0 to {k - 1}"
        )
        if labels.min() == 1 and labels.max() == k:
            message += "; for classes numbered from 1 use labels - 1"
        raise ValueError(message)
    return scores, labels.astype(np.intp, copy=False)


def unit_interval(probabilities: Floats) -> None:
    """Raise if a probability is below 0 or above 1; NaN passes.

    >>> unit_interval(np.array([0.5, -2.0]))
    Traceback (most recent call last):
        ...
    ValueError: probabilities[1] is -2.0; expected 0 to 1; of logits take 1 / (1 + np.exp(-logits))
    """
    outside = (probabilities < 0) | (probabilities > 1)
    if outside.any():
        found = _first(probabilities, outside, "probabilities")
        raise ValueError(f"{found}; expected 0 to 1; of logits take 1 / (1 + np.exp(-logits))")


def _array(array: ArrayLike, name: str, kinds: str, expected: str) -> NDArray[Any]:
    """Return ``array`` as a NumPy array; raise if its dtype is of another kind or it has a mask."""
    if _is_masked(array):
        raise TypeError(
            f"{name} is a masked array, whose mask would be lost; leave out what is masked, "
            f"as {name}.compressed() does, or give it weight 0 in mean(..., weights=...)"
        )
    try:
        array = np.asarray(array)
    except (TypeError, ValueError, RuntimeError, OverflowError) as error:
        raise TypeError(f"{name} is not an array; expected {expected}: {error}") from error
    if array.dtype.kind not in kinds or array.dtype.itemsize > 8:
        hint = "; for 0 and 1 use .astype(float)" if array.dtype.kind == "b" else ""
        raise TypeError(f"{name} holds {array.dtype} values; expected {expected}{hint}")
    return array


def _is_masked(array: ArrayLike) -> bool:
    if isinstance(array, list | tuple):
        return any(map(_is_masked, array))
    return isinstance(array, np.ma.MaskedArray)


def _same_shape(first: NDArray[Any], second: NDArray[Any], names: tuple[str, str]) -> None:
    """Raise if the shapes differ, naming both; where one is a column, say which."""
    if first.shape != second.shape:
        message = f"{names[0]} has shape {first.shape} but {names[1]} has shape {second.shape}"
        if first.shape == (*second.shape, 1):
            message += f"; did you mean {names[0]}[:, 0]?"
        if second.shape == (*first.shape, 1):
            message += f"; did you mean {names[1]}[:, 0]?"
        raise ValueError(message)


def _one_number_a_sample(scores: ArrayLike, labels: ArrayLike, name: str) -> tuple[Floats, Numbers]:
    scores, labels = real(scores, name), any_numbers(labels)
    if scores.ndim == labels.ndim == 2:
        hint = "" if scores.shape[1] > 1 else f"; did you mean {name}[:, 0] and labels[:, 0]?"
        raise ValueError(f"{name} has shape {scores.shape}; expected (n,), one a sample{hint}")
    _same_shape(scores, labels, (name, "labels"))
    return scores, labels


def _first(array: NDArray[Any], broken: NDArray[np.bool_], name: str = "labels") -> str:
    """Say which entry of ``array`` is the first broken one, and what it is."""
    index = tuple(int(i) for i in np.argwhere(broken)[0])
    return f"{name}[{', '.join(map(str, index))}] is {array[index]}"


def between_zero_and_one(number: Any, name: str) -> float:
    """Return a hyper-parameter as a float; raise unless it is above 0 and below 1.

    >>> between_zero_and_one(95, "quantile")
    Traceback (most recent call last):
        ...
    ValueError: quantile is 95; expected a number between 0 and 1, such as 0.95
    """
    size = real_number(number, name)
    if not 0 < size < 1:
        hint = f", such as {size / 100:g}" if 1 < size < 100 else ""
        raise ValueError(f"{name} is {number}; expected a number between 0 and 1{hint}")
    return size


def refuse(wrong: NDArray[np.bool_], array: Numbers, name: str, rule: str) -> None:
    """Raise if any entry of the mask ``wrong`` is true, naming the first such entry of ``array``.

    >>> counts = np.array([0, 3, -1])
    >>> refuse(counts < 0, counts, "counts", "counts are 0 or more")
    Traceback (most recent call last):
        ...
    ValueError: counts[2] is -1; counts are 0 or more
    """
    if np.any(wrong):
        first = tuple(int(i) for i in np.argwhere(wrong)[0])
        where = ", ".join(map(str, first))
        raise ValueError(f"{name}[{where}] is {array[first]:g}; {rule}")


def rows(array: ArrayLike, name: str) -> Floats:
    """Return ``array`` as a real array of shape (n, k), a row a sample.

    >>> rows([1.0, 2.0], "anchors")
    Traceback (most recent call last):
        ...
    ValueError: anchors has shape (2,); expected (n, k), one row a sample
    """
    array = real(array, name)
    if array.ndim != 2:
        raise ValueError(f"{name} has shape {array.shape}; expected (n, k), one row a sample")
    return array


def one_per_row(array: ArrayLike, name: str, other: Floats, other_name: str) -> Floats:
    """Return ``array`` as a real array of shape (n,), as many numbers as ``other`` has rows.

    >>> one_per_row([1, 2, 3], "actions", np.ones((4, 2)), "logits")
    Traceback (most recent call last):
        ...
    ValueError: actions has shape (3,) but logits has shape (4, 2); expected actions of shape (4,)
    """
    array = real(array, name)
    if array.shape != other.shape[:1]:
        raise ValueError(
            f"{name} has shape {array.shape} but {other_name} has shape {other.shape};"
            f" expected {name} of shape {other.shape[:1]}"
        )
    return array


def yes_or_no(
    array: ArrayLike, name: str, shape: tuple[int, ...], meaning: str
) -> NDArray[np.bool_]:
    """Return ``array`` as booleans of the given shape; raise if an entry is neither 0 nor 1.

    >>> yes_or_no([1, -1], "labels", (2,), "1 for the same, 0 for different")
    Traceback (most recent call last):
        ...
    ValueError: labels[1] is -1; expected 1 for the same, 0 for different
    """
    array = any_numbers(array, name, meaning)
    if array.shape != shape:
        raise ValueError(f"{name} has shape {array.shape}; expected {shape}")
    refuse((array != 0) & (array != 1), array, name, f"expected {meaning}")
    return array == 1


def probability_rows(array: ArrayLike, name: str) -> Floats:
    """Return ``array``, rows of numbers between 0 and 1; their sum is not looked at.

    >>> probability_rows([[0.5, 1.5]], "probabilities")
    Traceback (most recent call last):
        ...
    ValueError: probabilities[0, 1] is 1.5; expected a probability between 0 and 1
    """
    array = rows(array, name)
    refuse((array < 0) | (array > 1), array, name, "expected a probability between 0 and 1")
    return array


def distribution_rows(array: ArrayLike, name: str) -> Floats:
    """Return ``array``, rows of probabilities; raise unless each sums to 1, up to rounding.

    >>> distribution_rows([[0.5, 0.5], [0.5, 0.4]], "targets")
    Traceback (most recent call last):
        ...
    ValueError: targets[1] sums to 0.9; expected probabilities that sum to 1
    """
    array = probability_rows(array, name)
    _sums_to_one(array, name)
    return array


def _sums_to_one(array: Numbers, name: str) -> None:
    sums: Floats = array.sum(axis=1, dtype=np.float64)
    # 1e-5 is room for float32 rounding over many classes; percentages and counts are far off.
    wrong = np.abs(sums - 1) > 1e-5
    if np.any(wrong):
        row = int(np.argmax(wrong))
        raise ValueError(
            f"{name}[{row}] sums to {sums[row]:.7g}; expected probabilities that sum to 1"
        )

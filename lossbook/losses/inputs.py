"""Checks of what a loss is given: a wrong input raises and says what to do, nothing is guessed."""

import numpy as np


def real(array, name):
    """Return ``array`` as float32 or float64; raise if it does not hold real numbers, or is empty.

    >>> real([1, 2], "predictions")
    array([1., 2.])
    >>> real([1j], "predictions")
    Traceback (most recent call last):
        ...
    TypeError: predictions holds complex128 values; expected real numbers, float32 or float64
    """
    array = np.asarray(array)
    if array.dtype != np.float64 and array.dtype != np.float32:
        if array.dtype.kind not in "biuf" or array.dtype.itemsize > 8:
            raise TypeError(
                f"{name} holds {array.dtype} values; expected real numbers, float32 or float64"
            )
        array = array.astype(np.float64)
    if array.ndim not in (1, 2):
        raise ValueError(f"{name} has shape {array.shape}; expected (n,) or (n, k)")
    if array.size == 0:
        raise ValueError(f"{name} has shape {array.shape}: there is no sample in it")
    return array


def real_pair(predictions, targets, names=("predictions", "targets")):
    """Return both as real arrays of one shape; raise where NumPy would broadcast.

    >>> real_pair(np.ones((5, 1)), np.ones(5))
    Traceback (most recent call last):
        ...
    ValueError: predictions has shape (5, 1) but targets has shape (5,); did you mean predictions[:, 0]?
    """
    predictions, targets = real(predictions, names[0]), real(targets, names[1])
    if predictions.shape != targets.shape:
        message = (
            f"{names[0]} has shape {predictions.shape} but {names[1]} has shape {targets.shape}"
        )
        for name, array, other in (
            (names[0], predictions, targets),
            (names[1], targets, predictions),
        ):
            if array.shape == (*other.shape, 1):
                message += f"; did you mean {name}[:, 0]?"
        raise ValueError(message)
    return predictions, targets


def positive(number, name):
    """Raise unless the hyper-parameter ``number`` is a finite real number above zero.

    >>> positive(0, "delta")
    Traceback (most recent call last):
        ...
    ValueError: delta is 0; expected a number above 0
    """
    if not 0 < number < np.inf:
        raise ValueError(f"{name} is {number}; expected a number above 0")

"""One loss under test: its exact formula in high-precision arithmetic, and inputs to try it on."""

from collections.abc import Callable
from dataclasses import dataclass, field

import mpmath
import numpy as np

# e^-745 is the smallest float64; telling 1 − e^-745 from 1 takes 324 digits.
mpmath.mp.dps = 400


@dataclass(frozen=True)
class Case:
    """A loss with fixed settings.

    ``exact(*inputs, **settings)`` is the value for ONE sample, in mpmath: each input is a number
    for inputs of shape (n,), a list of numbers for inputs of shape (n, k). ``draw(rng)`` returns a
    list of tuples of float64 inputs, one tuple per kind: random, extreme, shifted, near a kink.
    Only the inputs counted by ``learned`` are differentiated.
    """

    loss: Callable
    exact: Callable
    draw: Callable
    settings: dict = field(default_factory=dict)
    learned: int = 1
    ulps: int = 16
    # The exact subgradient at a kink, where there is no derivative to compare with.
    exact_gradient: Callable | None = None
    # ``scale(*inputs, **settings)`` is the pair of magnitudes of the value and of the gradient that
    # their ulps are counted in, where larger terms cancel and each is rounded. A list is one
    # magnitude for each of the k gradients.
    scale: Callable | None = None

    def __str__(self):
        settings = ",".join(f"{name}={value}" for name, value in self.settings.items())
        return f"{self.loss.__name__}({settings})"


def sample(inputs, i):
    """Return sample ``i`` of every input, as exact numbers."""
    return [_exact_number(array[i]) for array in inputs]


def _exact_number(entry):
    if np.ndim(entry):
        return [mpmath.mpf(float(number)) for number in entry]
    return int(entry) if isinstance(entry, np.integer) else mpmath.mpf(float(entry))


def exact_gradient(case, inputs, which):
    """Return the derivative of the exact value by input ``which``: a number, or a list of k."""
    if case.exact_gradient is not None:
        gradients = case.exact_gradient(*inputs, **case.settings)
        return gradients[which] if case.learned > 1 else gradients

    def value(argument):
        return case.exact(*inputs[:which], argument, *inputs[which + 1 :], **case.settings)

    point = inputs[which]
    if not isinstance(point, list):
        return mpmath.diff(value, point)
    # A step along each axis from the same value: half as many values as by mpmath.diff, to as many
    # digits. Where that makes a difference there is a kink, and an exact subgradient.
    step = mpmath.ldexp(1, -mpmath.mp.prec - 10)
    with mpmath.workprec(2 * mpmath.mp.prec + 40):
        here = value(point)
        return [
            (value([*point[:j], point[j] + step, *point[j + 1 :]]) - here) / step
            for j in range(len(point))
        ]


def scales(case, inputs):
    """Return the magnitudes that count for the ulps of the value and of the gradient: 0 if none."""
    return case.scale(*inputs, **case.settings) if case.scale else (0, 0)


def ulps_off(got, exact, scale=0):
    """Return how many units in the last place of its dtype ``got`` is away from ``exact``.

    The unit is that of ``exact``, or of ``scale`` if that is larger.
    """
    kind = np.asarray(got).dtype.type
    with np.errstate(over="ignore"):
        nearest = kind(float(max(abs(exact), scale)))
    if np.isinf(nearest):
        return 0.0 if np.isinf(got) else np.inf
    return float(abs(mpmath.mpf(float(got)) - exact) / float(np.spacing(nearest)))

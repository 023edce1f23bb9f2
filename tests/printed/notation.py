"""The notation of the pages: what a name means by itself, and how values are put together."""

import math
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np


class MeaninglessError(ValueError):
    """The formula has no value for these values of its names."""


@dataclass(frozen=True)
class Over:
    """What an index runs over: its values, or a function of the scope that returns them."""

    values: object

    def within(self, scope):
        return self.values(scope) if callable(self.values) else self.values


@dataclass(frozen=True)
class Chance:
    """Outcomes of a random experiment: pairs of a weight and the values it gives to names."""

    outcomes: tuple


@dataclass(frozen=True)
class Given:
    """A value that follows from other names: what ``function(scope)`` returns."""

    function: object


@dataclass(frozen=True)
class Rule:
    """What has an entry for every index, such as q_ij: what ``function(i, j)`` returns."""

    function: object


class Both(dict):
    """A function that also has entries, such as the risk L and the risks of the parts, L_p."""

    def __init__(self, function, entries):
        super().__init__(entries)
        self.function = function

    def __call__(self, *arguments):
        return self.function(*arguments)


@dataclass(frozen=True)
class Row:
    """A transposed vector."""

    entries: np.ndarray


def over(*bounds):
    """Return the indices from the first to the last bound, both included; or those of a list."""
    return Over(range(bounds[0], bounds[1] + 1) if len(bounds) == 2 else bounds[0])


def from_zero(values):
    """Return a sequence as a dictionary of its indices from 0."""
    return dict(enumerate(values))


def softmax(z):
    return np.exp(z - np.max(z)) / np.exp(z - np.max(z)).sum()


#: What a name means where a test does not say otherwise.
NOTATION = MappingProxyType(
    {
        "e": math.e,
        "pi": math.pi,
        "infty": math.inf,
        "sigma": lambda z: 1 / (1 + np.exp(-z)),
        "log": np.log,
        "exp": np.exp,
        "tanh": np.tanh,
        "cosh": np.cosh,
        "sqrt": np.sqrt,
        "sign": np.sign,
        "logit": lambda p: np.log(p) - np.log(1 - p),
        "diag": np.diag,
        "softmax": softmax,
        "clip": lambda low, high, x: np.clip(x, low, high),
        "min": min,
        "max": max,
        "power": lambda base, exponent: base**exponent,
        "number": lambda text: float(text) if "." in text else int(text),
        "factorial": lambda n: math.gamma(n + 1),
    }
)
PLAIN = (int, float, np.floating, np.integer)
COMPARE = {
    "<": lambda a, b: a < b, ">": lambda a, b: a > b, "<=": lambda a, b: a <= b,
    ">=": lambda a, b: a >= b, "=": lambda a, b: a == b, "!=": lambda a, b: a != b,
    "in": lambda a, b: a in b,
}  # fmt: skip


def times(a, b):
    """Return the product of numbers, vectors and matrices; there is none of two columns."""
    if isinstance(a, Row):
        if isinstance(b, Row):
            raise MeaninglessError("a row times a row")
        if np.ndim(b) == 0:
            return Row(a.entries * b)
        product = a.entries @ b
        return Row(product) if np.ndim(b) == 2 else product
    if isinstance(b, Row):
        return Row(a * b.entries) if np.ndim(a) == 0 else np.outer(a, b.entries)
    if np.ndim(a) and np.ndim(b):
        if np.ndim(a) == np.ndim(b) == 1:
            raise MeaninglessError("a column times a column")
        return a @ b
    return a * b


def plus(total, value, sign):
    if isinstance(value, Row) or isinstance(total, Row):
        raise MeaninglessError("rows are not added here")
    if np.shape(total) != np.shape(value) and np.ndim(total) and np.ndim(value):
        raise MeaninglessError(f"{np.shape(total)} plus {np.shape(value)}")
    return total + value if sign == "+" else total - value


def entry(value, index, name):
    """Return an entry: of an array, from 1 on; of a dictionary or a function, by its key."""
    if isinstance(value, Rule):
        return value.function(*index)
    index = [int(i) if isinstance(i, float) and i.is_integer() else i for i in index]
    if isinstance(value, dict):
        key = index[0] if len(index) == 1 else tuple(index)
        if key not in value:
            raise MeaninglessError(f"{name} has no entry {key}")
        return value[key]
    value = np.asarray(value)
    for place, size in zip(index, value.shape):
        if not isinstance(place, slice) and not 1 <= place <= size:
            raise MeaninglessError(f"{name} has no entry {place}")
    if len(index) > value.ndim:
        raise MeaninglessError(f"{name} has {value.ndim} indices, not {len(index)}")
    return value[tuple(i if isinstance(i, slice) else int(i) - 1 for i in index)]


def replaced(value, index, new):
    if isinstance(value, dict):
        return {**value, (index[0] if len(index) == 1 else tuple(index)): new}
    changed = np.array(value, dtype=float)
    changed[tuple(i - 1 for i in index)] = new
    return changed


def slope(function, x, step=1e-3):
    """Return the derivative by a central difference of fourth order."""
    near = function(x + step) - function(x - step)
    far = function(x + 2 * step) - function(x - 2 * step)
    return (8 * near - far) / (12 * step)


def bare_names(node):
    """Yield the names without scripts that stand in a node."""
    if isinstance(node, tuple):
        if node[:1] == ("name",):
            yield node[1]
        for part in node:
            yield from bare_names(part)

"""The usual mistakes of every exercise as changes of what is right: one line of the table each.

A way takes a case, and the names of as many arguments as the words for the mistake have room for.
It returns what the mistake returns, and raises where it does not apply.
"""

import math
from collections.abc import Callable
from functools import partial
from itertools import permutations
from typing import Any

import numpy as np

from lossbook.parts import Array, Parts
from lossbook.recognize import Case, Mistake, Way, alone, mistake

ARRAY, REAL, WHOLE = (np.ndarray,), (float,), (int, np.integer)
# With more samples than these, none is looked at by itself: it would take too long.
MANY = 200


def demand(*conditions: Any) -> None:
    """Raise unless a way applies."""
    if not all(conditions):
        raise ValueError("it does not apply here")


def each(change: Callable[[Array, Case], Any]) -> Way:
    """Change each result that is wrong."""
    return lambda case: case.each(change)


def result(change: Callable[[Array], Any]) -> Way:
    """Change each result that is wrong, by itself."""
    return lambda case: case.each(lambda part, c: change(part))


def form(change: Callable[[Array, Array], Any]) -> Way:
    """Look for the right numbers in what was returned; ``change`` raises if they are not there."""

    def way(case: Case) -> Parts:
        demand(len(case.got) == len(case.expected))
        pairs = zip(case.expected, case.got)
        return [
            np.asarray(change(e, g)) if k in case.wrong else e for k, (e, g) in enumerate(pairs)
        ]

    return way


def argument(kind: tuple[type, ...], change: Callable[[Any, Case], Any]) -> Way:
    """Change an argument of some type."""

    def way(case: Case, name: str) -> Parts:
        value = case.arguments[name]
        demand(isinstance(value, kind))
        return case.right(**{name: change(value, case)})

    return way


def _in_order(number: int, case: Case) -> Parts:
    return list(list(permutations(case.expected))[number])


def _some(keep: bool, number: int, case: Case) -> Parts:
    """Return one of several results alone, or all the others."""
    demand(number < len(case.expected) > 1)
    return [part for k, part in enumerate(case.expected) if (k == number) == keep]


def _path(case: Case) -> Parts:
    demand(any(isinstance(a, WHOLE) for a in case.given.values()))
    return form(_with_end)(case)


def _with_end(part: Array, got: Array) -> Array:
    demand(got.ndim == part.ndim + 1)
    return np.concatenate((got[:-1], part[None]))


def _unsorted(part: Array, got: Array) -> Array:
    demand(part.ndim == 1, got.shape == part.shape)
    return np.sort(part)[np.argsort(np.argsort(got))]


def _only_first(part: Array, case: Case) -> Array:
    return np.where(np.arange(part.size) == 0, part.flat, 0 * part.flat[0]).reshape(part.shape)


def _first_column(case: Case) -> Parts:
    (X,) = case.given.values()
    return [np.column_stack((case.expected[0][:, :1], X[:, 1:]))]


def _terms(case: Case, change: Callable[[Array], Any] = np.array) -> Parts:
    """Return what is right for every sample by itself, where the results are wrong."""
    demand(case.n <= MANY)
    return [
        np.asarray(change(stack)) if k in case.wrong else case.expected[k]
        for k, stack in enumerate(case.terms)
    ]


def _one_sample(which: Callable[[Case], int]) -> tuple[Way, Way]:
    """Return what is right for one of the samples, and the same divided by the number of all."""

    def alone(case: Case) -> Parts:
        return case.samples(which(case))

    return alone, lambda case: [part / case.n for part in alone(case)]


def _reduced(change: Callable[..., Any]) -> Way:
    return partial(_terms, change=partial(change, axis=0))


def _mean_first(case: Case) -> Parts:
    means = {name: np.mean(case.arguments[name], axis=0, keepdims=True) for name in case.rows}
    return case.right(**means)


def _pairs(case: Case) -> Parts:
    """Return what is right if every sample meets the target of every other."""
    *others, targets = case.rows
    demand(others, case.n <= MANY)
    repeated = {name: np.repeat(case.arguments[name], case.n, axis=0) for name in others}
    return case.right(**repeated, **{targets: np.tile(case.arguments[targets], case.n)})


def _table_of_pairs(flip: bool, case: Case) -> Parts:
    (pairs,) = _pairs(case)
    table = case.n * pairs.reshape(case.n, case.n)
    return [table.T if flip else table]


def _table(case: Case) -> Parts:
    """Accept a table of n columns for a vector by its shape alone: its numbers mix all samples."""
    n = case.n
    demand(len(case.rows) > 1)

    def table(part: Array, got: Array) -> Array:
        demand(part.ndim < 2, got.shape in ((n, n), (*part.shape, n)))
        return got

    return form(table)(case)


def _turned(case: Case, name: str) -> Parts:
    table = np.asarray(case.arguments[name])
    demand(table.ndim == 2)
    return [part.T for part in case.right(**{name: table.T})]


def _by_columns(more: int, power: int) -> Way:
    return each(lambda part, c: part / (c.columns + more) * float(c.n) ** power)


def _in_part(power: int) -> Way:
    def way(case: Case) -> Parts:
        factor = float(case.n) ** power
        return form(lambda e, g: np.where(np.isclose(e, g), e, factor * e))(case)

    return way


def _no_intercept(case: Case, name: str) -> Parts:
    parameters = case.arguments[name]
    demand(np.shape(parameters) == (case.columns + 1,))
    return case.right(**{name: np.append(0 * parameters[:1], parameters[1:])})


def _slopes(part: Array, case: Case) -> Array:
    demand(part.shape == (case.columns + 1,))
    return part[1:]


def _last(part: Array, case: Case) -> Array:
    return np.append(_slopes(part, case), part[:1])


def _read_last(change: Callable[[Array, Case], Array], case: Case) -> Parts:
    """Return what is right if the last of the parameters is taken for the intercept."""
    (name,) = (k for k, a in case.given.items() if np.shape(a) == (case.columns + 1,))
    parts = case.right(**{name: np.roll(case.arguments[name], 1)})
    return [change(part, case) if k in case.wrong else part for k, part in enumerate(parts)]


def _last_if_gradient(part: Array, case: Case) -> Array:
    return _last(part, case) if part.shape == (case.columns + 1,) else part


def _exchanged(labels: Array, case: Case) -> Array:
    demand(np.isin(labels, (0, 1)).all())
    return 1 - labels


def _shifted(by: int) -> Way:
    def shifted(labels: Array, case: Case) -> Array:
        demand(labels.dtype.kind in "iu")
        return (labels + by) % case.columns

    return argument(ARRAY, shifted)


def _ones(case: Case) -> tuple[Array, Array]:
    """Return the labels of several classes, and the same one-hot."""
    (labels,) = (a for a in case.given.values() if np.ndim(a) == 1)
    demand(case.expected[0].ndim == 2, labels.dtype.kind in "iu")
    return labels[:, None], np.eye(case.columns)[labels]


def _not_one_hot(case: Case) -> Parts:
    labels, ones = _ones(case)
    return case.each(lambda part, c: part + (ones - labels) / c.n)


def _without_labels(case: Case) -> Parts:
    return case.each(lambda part, c: part + _ones(c)[1] / c.n)


def _slope_of_sigmoid(case: Case) -> Parts:
    """Return the gradient with p(1 − p) once more in each term."""
    (name,) = (k for k, a in case.given.items() if np.asarray(a).dtype.kind in "iu")
    zeros = {name: 0 * case.arguments[name]}
    demand(np.isin(case.arguments[name], (0, 1)).all(), case.n <= MANY)
    terms = np.stack([case.samples(i)[0] for i in range(case.n)])
    p = np.array([case.samples(i, **zeros)[0].flat[0] for i in range(case.n)])
    scaled = terms * (p * (1 - p))[:, None] / case.n
    (part,) = case.expected
    return [scaled[:, 0] if part.shape == p.shape else scaled.sum(axis=0)]


def _stale(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function whose gradient stays what it was at the first call."""
    first: list[Any] = []

    def stale(*arguments: Any) -> Any:
        value = function(*arguments)
        first.append(value)
        return (value[0], first[0][1]) if isinstance(value, tuple) else first[0]

    return stale


def _uphill(function: Callable[..., Any]) -> Callable[..., Any]:
    def uphill(*arguments: Any) -> Any:
        value = function(*arguments)
        return (value[0], -value[1]) if isinstance(value, tuple) else -value

    return uphill


def functions(change: Callable[[Callable[..., Any]], Callable[..., Any]]) -> Way:
    """Change the functions among the arguments."""

    def way(case: Case) -> Parts:
        changed = {k: change(a) for k, a in case.given.items() if callable(a)}
        demand(changed)
        return case.right(**changed)

    return way


def _straight_on(case: Case) -> Parts:
    """Return what equal steps lead to, each like the first."""
    (name,) = (k for k, a in case.given.items() if isinstance(a, WHOLE))
    start, once = case.right(**{name: 0}), case.right(**{name: 1})
    return [a + case.arguments[name] * (b - a) for a, b in zip(start, once)]


def _opposite(case: Case, name: str) -> Parts:
    """Return what the other sign of a factor gives, where no negative one is taken."""
    demand(isinstance(case.arguments[name], REAL))
    zero = case.right(**{name: 0.0})
    return [2 * without - part for without, part in zip(zero, case.expected)]


def _variant_0(case: Case) -> Parts:
    demand(case.keywords, case.given is not case.arguments)
    return case.results_of(case.formula, case.given)


def _interchanged(case: Case, one: str, other: str) -> Parts:
    a, b = case.arguments[one], case.arguments[other]
    demand(np.shape(a) == np.shape(b), type(a) is type(b))
    return case.right(**{one: b, other: a})


def _fixed(number: float) -> Way:
    return argument(ARRAY + REAL, lambda a, c: number + 0 * a)


def _times(power: int) -> Way:
    def way(case: Case, name: str) -> Parts:
        factor = case.arguments[name]
        demand(isinstance(factor, REAL + WHOLE))
        return case.each(lambda part, c: part * float(factor) ** power)

    return way


def _positions(change: Callable[[Array, Array], Any]) -> Way:
    def way(case: Case) -> Parts:
        (numbers,) = (a for a in case.given.values() if np.ndim(a) == 1)
        demand(case.expected[0].dtype.kind in "iu")
        return case.each(lambda part, c: change(part, numbers))

    return way


LN2, LN10 = math.log(2), math.log(10)
MISTAKES: tuple[Mistake, ...] = (
    alone("other variant", _variant_0),
    alone("results swapped", *(partial(_in_order, k) for k in range(1, 24))),
    alone("result missing", *(partial(_some, one, k) for one in (False, True) for k in range(4))),
    alone("first for all", lambda c: [c.expected[0]] * len(c.expected)),
    mistake(
        "intercept last",
        each(_last),
        *(partial(_read_last, f) for f in (_last_if_gradient, lambda part, c: part)),
    ),
    mistake("slopes alone", each(_slopes)),
    alone("transposed", result(lambda part: part.T)),
    alone("path", _path),
    alone("other shape", form(lambda part, got: part.reshape(got.shape))),
    alone("reversed", result(lambda part: part[::-1])),
    alone("unsorted", form(_unsorted)),
    alone("last only", result(lambda part: part[-1])),
    mistake(
        "first turn",
        result(lambda part: part[:1]),
        result(lambda part: part[0]),
        each(_only_first),
        *_one_sample(lambda c: 0),
        _first_column,
    ),
    alone("one turn", argument(WHOLE, lambda a, c: min(a, 1))),
    mistake("last turn", *_one_sample(lambda c: c.n - 1)),
    alone("one too early", form(lambda part, got: np.append(got[:1], part[:-1]))),
    alone("one too late", form(lambda part, got: np.append(part[1:], got[-1:]))),
    mistake("not reduced", _terms, partial(_terms, change=np.squeeze)),
    mistake(
        "reduced",
        *(result(partial(f, axis=axis)) for f in (np.sum, np.mean) for axis in (None, 0, 1)),
    ),
    mistake(
        "broadcasting",
        _pairs,
        partial(_table_of_pairs, False),
        partial(_table_of_pairs, True),
        _table,
    ),
    alone("values for indices", _positions(lambda part, numbers: numbers[part])),
    alone(
        "mask for indices", _positions(lambda part, numbers: np.isin(np.arange(len(numbers)), part))
    ),
    alone(
        "counted from one",
        _positions(lambda part, x: part + 1),
        _positions(lambda part, x: part - 1),
    ),
    mistake("stale gradient", functions(_stale), _straight_on),
    mistake("uphill", functions(_uphill)),
    alone("one too many", argument(WHOLE, lambda a, c: a + 1)),
    alone("one too few", argument(WHOLE, lambda a, c: a - 1)),
    mistake("intercept forgotten", _no_intercept),
    mistake("labels swapped", argument(ARRAY, _exchanged)),
    mistake("labels shifted", _shifted(-1), _shifted(1)),
    alone("factor missing", _times(-1)),
    alone("factor too many", _times(1)),
    mistake("ignored", _fixed(0), _fixed(1), _fixed(0.5)),
    mistake("interchanged", _interchanged),
    mistake("axis", _turned),
    alone("sign of", argument(ARRAY + REAL, lambda a, c: -a), _opposite),
    alone("half of", argument(REAL, lambda a, c: a / 2)),
    alone("twice of", argument(REAL, lambda a, c: 2 * a)),
    mistake("over n", argument(REAL, lambda a, c: a / c.n)),
    mistake("times n", argument(REAL, lambda a, c: a * c.n)),
    alone("complement of", argument(REAL, lambda a, c: 1 - a)),
    alone("square of", argument(REAL, lambda a, c: a * a), argument(REAL, lambda a, c: a**0.5)),
    mistake("mean first", _mean_first),
    mistake("median for mean", _reduced(np.median)),
    mistake("extreme for mean", _reduced(np.max), _reduced(np.min)),
    mistake("not one-hot", _not_one_hot),
    mistake("without labels", _without_labels),
    mistake("slope of the sigmoid", _slope_of_sigmoid),
    mistake(
        "mean over all", _by_columns(0, 0), _by_columns(1, 0), _by_columns(0, 1), _by_columns(1, 1)
    ),
    alone("sum in part", _in_part(1)),
    alone("mean in part", _in_part(-1)),
    alone(
        "log base",
        *(result(partial(np.multiply, b)) for b in (LN2, LN10, 1 / LN2, 1 / LN10)),
        result(lambda part: part**LN2),
        result(lambda part: part**LN10),
    ),
    alone("logarithm", result(np.log), result(np.exp)),
    alone("square", result(np.square)),
    alone("reciprocal", result(np.reciprocal)),
    alone("one minus", result(lambda part: 1 - part)),
    alone("derivative", result(lambda part: part * (1 - part)), result(lambda part: 1 - part**2)),
    alone(
        "rounded",
        *(result(partial(np.round, decimals=k)) for k in range(6)),
        *map(result, (np.trunc, np.ceil, np.floor)),
    ),
)

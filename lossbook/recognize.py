"""Recognize a mistake: transform what is right, and see whether that is what was returned.

A mistake counts only if it explains every case of an exercise, those that passed included. Of
several the simplest is told: one that the exercise lists, then one change, then two.
"""

import inspect
import time
import warnings
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import permutations
from typing import Any

import numpy as np

from lossbook.mistakes import WORDS, read
from lossbook.parts import Array, Parts, close, equal, parts_of


@dataclass(frozen=True)
class Case:
    """One call of an answer: its arguments by name, what is right, and what came.

    Attributes
    ----------
    formula : callable
        What is right, for any arguments.
    arguments : dict
        Name to value, in their order; the numbers of a variant come last.
    keywords : frozenset of str
        Which of them are numbers of a variant.
    expected, got : list of ndarray
        The results.
    wrong : frozenset of int
        Which results are wrong, in this case or in another.
    """

    formula: Callable[..., Any]
    arguments: dict[str, Any]
    keywords: frozenset[str]
    expected: Parts
    got: Parts
    wrong: frozenset[int] = frozenset()

    def right(self, **changed: Any) -> Parts:
        """Return what is right for other arguments."""
        return self.results_of(self.formula, self.arguments | changed)

    def results_of(self, formula: Callable[..., Any], arguments: dict[str, Any]) -> Parts:
        """Return the results of a formula; raise unless they are numbers."""
        # A formula may change its arguments in place; the next one must not see it.
        fresh = {k: a.copy() if isinstance(a, np.ndarray) else a for k, a in arguments.items()}
        given = [value for name, value in fresh.items() if name not in self.keywords]
        named = {name: fresh[name] for name in self.keywords & set(fresh)}
        parts = parts_of(formula(*given, **named))
        if parts is None:
            raise TypeError("no numbers")
        return parts

    def each(self, change: Callable[[Array, "Case"], Any]) -> Parts:
        """Return what is right, with a change to each result that is wrong."""
        return [
            np.asarray(change(part, self)) if number in self.wrong else part
            for number, part in enumerate(self.expected)
        ]

    @cached_property
    def given(self) -> dict[str, Any]:
        """The arguments that the answer has; by hand, the numbers of the variant."""
        given = {k: a for k, a in self.arguments.items() if k not in self.keywords}
        return given or self.arguments

    @cached_property
    def lengths(self) -> dict[str, int]:
        """The length of every array among the arguments, by name."""
        return {name: len(a) for name, a in self.given.items() if np.ndim(a)}

    @cached_property
    def n(self) -> int:
        """The number of samples: the length that most arrays have, or the last of them."""
        counts = Counter(self.lengths.values())
        return max(reversed(self.lengths.values()), key=lambda length: counts[length], default=1)

    @cached_property
    def rows(self) -> list[str]:
        """The arguments that have a row for each sample."""
        return [name for name, length in self.lengths.items() if length == self.n]

    def samples(self, *chosen: int, **changed: Any) -> Parts:
        """Return what is right for some of the samples alone."""
        arguments = self.arguments | changed
        return self.right(**changed | {k: np.asarray(arguments[k])[[*chosen]] for k in self.rows})

    @cached_property
    def terms(self) -> Parts:
        """What is right for every sample by itself, stacked; several mistakes change it."""
        return [np.stack(parts) for parts in zip(*(self.samples(i) for i in range(self.n)))]

    @cached_property
    def columns(self) -> int:
        """The number of columns of the first table among the arguments."""
        return next(np.shape(a)[1] for a in self.given.values() if np.ndim(a) == 2)


Way = Callable[..., Parts]


@dataclass(frozen=True)
class Mistake:
    """The words for a mistake, the section that treats it, and the ways in which it is made.

    A way takes a case, and the names of as many arguments as the words have room for. What an
    exercise lists by itself is surer than what may happen in every exercise. Beside a mistake that
    is ``open`` a factor may be wrong, too; beside others that would explain too much.
    """

    words: str
    section: str
    ways: tuple[Way, ...]
    open: bool = False
    listed: bool = False

    @property
    def room(self) -> int:
        """How many arguments the words name."""
        return sum(place in self.words for place in ("{0}", "{1}"))


def alone(name: str, *ways: Way) -> Mistake:
    """Return a mistake with its words from the table of :mod:`lossbook.mistakes`."""
    section, words = WORDS[name]
    return Mistake(words, section, ways)


def mistake(name: str, *ways: Way) -> Mistake:
    """Return one beside which a factor may be wrong, too."""
    return replace(alone(name, *ways), open=True)


@dataclass(frozen=True)
class Ending:
    """What is done to the results at the end, beside another mistake or alone."""

    words: str
    section: str
    change: Callable[[Array, Any], Any]


def ending(name: str, change: Callable[[Array, Any], Any]) -> Ending:
    """Return an ending that has its words in the table of :mod:`lossbook.mistakes`."""
    section, words = WORDS[name]
    return Ending(words, section, change)


RIGHT = Mistake("", "", (lambda case: case.expected,), open=True, listed=True)
FACTORS = (
    ending("sign", lambda part, n: -part),
    ending("half", lambda part, n: part / 2),
    ending("twice", lambda part, n: 2 * part),
    ending("sum for mean", lambda part, n: n * part),
    ending("1/n too many", lambda part, n: part / n),
)
SPECIAL = (
    ending("n - 1", lambda part, n: part * n / (n - 1)),
    ending("n - 1", lambda part, n: part * (n - 1) / n),
    ending("sign lost", lambda part, n: abs(part)),
    ending("root", lambda part, n: np.sqrt(part)),
)
SIGN, HALF, TWICE, SUM, MEAN_TWICE = FACTORS
PAIRS = (
    *((SIGN, other) for other in FACTORS[1:]),
    *((factor, power) for factor in (HALF, TWICE) for power in (SUM, MEAN_TWICE)),
)


def endings(mistake: Mistake) -> list[tuple[Ending, ...]]:
    """Return what may be done to the results beside a mistake, the least first."""
    ends: list[tuple[Ending, ...]] = [()] if mistake is not RIGHT else []
    if mistake.open:
        ends += [(factor,) for factor in FACTORS]
    if mistake.listed:
        ends += [(end,) for end in SPECIAL]
    return ends + (list(PAIRS) if mistake is RIGHT else [])


def sentence(mistake: Mistake, names: Iterable[str], ends: tuple[Ending, ...]) -> str:
    """Return what is told of a mistake and of what was done beside it, and where to read on."""
    words = [mistake.words.format(*names), *(end.words for end in ends)]
    section = mistake.section or ends[0].section
    return " ".join(filter(None, [*words, read(section)]))


def every_sentence(mistakes: Iterable[Mistake], names: Iterable[str]) -> list[str]:
    """Return whatever :func:`recognize` may say of an answer with these arguments."""
    names = list(names)
    return [
        sentence(mistake, chosen, ends)
        for mistake in (RIGHT, *mistakes)
        for chosen in permutations(names, mistake.room)
        for ends in endings(mistake)
    ]


def as_cases(
    formula: Callable[..., Any],
    calls: list[tuple[tuple[Any, ...], Parts, Parts]],
    numbers: dict[str, Any],
) -> list[Case]:
    """Return the calls of an answer, each its arguments, what is right and what came, as cases."""
    names = list(inspect.signature(formula).parameters)
    wrong = frozenset(
        number
        for _, expected, got in calls
        for number, part in enumerate(expected)
        if len(got) != len(expected) or not equal([got[number]], [part])
    )
    every = frozenset(number for _, expected, _ in calls for number in range(len(expected)))
    return [
        Case(
            formula,
            dict(zip(names, arguments)) | numbers,
            frozenset(numbers),
            expected,
            got,
            wrong or every,
        )
        for arguments, expected, got in calls
    ]


# So long it may look, where the formula is a training that takes long itself.
SECONDS = 10.0


def recognize(cases: list[Case], mistakes: Iterable[Mistake], tiny: bool = False) -> str:
    """Return the sentence on the simplest mistake that explains every case; empty if none does."""
    first = sorted(cases, key=lambda case: equal(case.got, case.expected, tiny))
    if equal(first[0].got, first[0].expected, tiny):
        return ""
    least, found = 9, ""
    end = time.process_time() + SECONDS
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for mistake in (RIGHT, *mistakes):
            if time.process_time() > end:
                return ""
            for names in permutations(first[0].given, mistake.room):
                for way in mistake.ways:
                    for ends in _fitting(mistake, way, names, first, tiny):
                        if (cost := len(ends) + (not mistake.listed)) < least:
                            least, found = cost, sentence(mistake, names, ends)
    return found


def _fitting(
    mistake: Mistake, way: Way, names: tuple[str, ...], cases: list[Case], tiny: bool
) -> list[tuple[Ending, ...]]:
    """Return the endings with which a way explains every case."""
    left: dict[tuple[Ending, ...], list[Parts]] = {ends: [] for ends in endings(mistake)}
    for case in cases:
        try:
            made = way(case, *names)
            ended = {ends: _ended(case, made, ends) for ends in left}
        except Exception:  # It does not apply here; the formulas raise whatever they like.
            return []
        left = {
            ends: [*left[ends], given]
            for ends, given in ended.items()
            if _agree(case.got, given, case.expected)
        }
        if not left:
            return []
    return [ends for ends, given in left.items() if _telling(cases, given, tiny, mistake.listed)]


def _ended(case: Case, made: Parts, ends: tuple[Ending, ...]) -> Parts:
    """Return results with the endings, where they are wrong."""
    for end in ends:
        whole = len(made) != len(case.expected)
        n = np.float64(case.n)
        made = [
            np.asarray(end.change(part, n)) if whole or number in case.wrong else part
            for number, part in enumerate(made)
        ]
    return made


def _agree(got: Parts, given: Parts, expected: Parts, tiny: bool = False) -> bool:
    single = any(part.dtype == np.float32 for part in expected)
    return len(got) == len(given) and all(close(g, w, single, tiny) for g, w in zip(got, given))


def _telling(cases: list[Case], given: list[Parts], tiny: bool, likely: bool) -> bool:
    """Return whether an agreement is more than chance.

    A few small whole numbers are not enough, unless the mistake is a likely one.
    """
    if all(equal(parts, case.expected) for parts, case in zip(given, cases)):
        # It shows in the tiny numbers alone, so these must agree.
        return tiny and all(
            _agree(case.got, parts, case.expected, tiny) for parts, case in zip(given, cases)
        )
    wrong = [
        np.ravel(part)
        for parts, case in zip(given, cases)
        for number, part in enumerate(parts)
        if len(parts) != len(case.expected) or not equal([part], [case.expected[number]])
    ]
    numbers = np.concatenate(wrong).astype(float)
    small = (np.round(numbers, 3) == np.round(numbers)) & (abs(numbers) < SMALL)
    return likely or len(numbers) > FEW or not small.all()


FEW, SMALL = 3, 20

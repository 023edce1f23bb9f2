"""Immediate feedback on an exercise: what passed, and which mistake it looks like if not."""

import copy
import inspect
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lossbook.exercises import EXERCISES, Exercise
from lossbook.exercises.graded import unlike_graded
from lossbook.inputs import real_array

Parts = list[NDArray[Any]]


class CheckError(AssertionError):
    """What is not right yet, in words; notebooks show the words and no traceback."""

    def _render_traceback_(self) -> list[str]:
        return [str(self)]


@dataclass
class Report:
    """What the cases of one exercise showed.

    Attributes
    ----------
    passed : list of str
        The names of the cases that passed.
    failed : dict
        For every other case its name, and what was wrong there.
    diagnosis : str
        The mistake that explains all of it, empty if every case passed.
    sentence : str
        The same without any number or word of the answer: one of :func:`sentences`.
    returned : object
        What the last case returned.
    """

    passed: list[str] = field(default_factory=list)
    failed: dict[str, str] = field(default_factory=dict)
    diagnosis: str = ""
    sentence: str = ""
    returned: Any = None


def check(name: str, answer: Callable, **numbers: Any) -> None:
    """Check your answer to an exercise, print what passed, or say which mistake it looks like.

    Parameters
    ----------
    name : str
        The exercise, as its problem set calls it.
    answer : callable
        Your function.
    **numbers
        The numbers of your variant of the exercise, if it has variants.

    Raises
    ------
    CheckError
        If a case fails. The message names the usual mistake that gives the same numbers.
    TypeError
        If the answer is not a function, or the numbers are not those of the exercise.
    ValueError
        If there is no such exercise.

    Examples
    --------
    >>> import numpy as np
    >>> import lossbook
    >>> def mean_absolute_error(predictions, targets):
    ...     return np.abs(predictions - targets).mean()
    >>> lossbook.check("mean_absolute_error", mean_absolute_error)
    mean_absolute_error: all 3 cases passed
      passed: one sample
      passed: errors of both signs
      passed: thirty samples

    A sum in place of the mean is recognized:

    >>> lossbook.check("mean_absolute_error", lambda p, y: np.abs(p - y).sum())
    Traceback (most recent call last):
        ...
    lossbook.check.CheckError: mean_absolute_error: 1 of 3 cases passed
      passed: one sample
      failed: errors of both signs: expected 1.5, got 6
      failed: thirty samples: expected 1.289, got 38.67
    The factor 1/n is missing: take the mean over the samples, not the sum.
    """
    exercise = _find(name)
    if not callable(answer):
        raise TypeError(
            f"answer is {answer!r:.40}; expected your function itself, without parentheses"
        )
    _check_numbers(exercise, numbers)
    report = examine(exercise, answer, exercise.cases, numbers)
    if exercise.by_hand:
        _tell_no_number(name, report)
        return
    lines = [f"  passed: {case}" for case in report.passed]
    if not report.failed:
        print(
            "\n".join(
                [
                    f"{name}: all {len(lines)} cases passed",
                    *lines,
                    *unlike_graded(answer, report.returned),
                ]
            )
        )
        return
    lines.insert(0, f"{name}: {len(lines)} of {len(exercise.cases)} cases passed")
    lines += [f"  failed: {case}: {what}" for case, what in report.failed.items()]
    raise CheckError("\n".join([*lines, report.diagnosis]))


def _tell_no_number(name: str, report: Report) -> None:
    """Name a usual mistake; say the same of a right number as of any other wrong one."""
    if report.sentence not in ("", OTHER):
        raise CheckError(f"{name}: not yet\n{report.diagnosis}")
    print(f"{name}: none of the usual mistakes. Your numbers are checked after you hand in.")


def examine(
    exercise: Exercise,
    answer: Callable,
    cases: dict[str, Any],
    numbers: dict[str, Any] | None = None,
) -> Report:
    """Run an answer on cases, a dict of name to arguments, and return the :class:`Report`."""
    numbers = numbers or {}
    report, trials = Report(), []
    for case, arguments in cases.items():
        with np.errstate(all="ignore"):
            expected = exercise.expected(*copy.deepcopy(arguments), **numbers)
        trial = _Trial(arguments, expected)
        trial.run(exercise, answer)
        if trial.wrong:
            report.failed[case] = trial.wrong
        else:
            report.passed.append(case)
        trials.append(trial)
        report.returned = trial.value
    if report.failed:
        report.sentence, report.diagnosis = _diagnose(exercise, trials, numbers)
    return report


def sentences(exercise: Exercise) -> list[str]:
    """Return every sentence that a report on the exercise may hold, whatever the answer."""
    changed = [CHANGED.format(name) for name in _names(exercise)]
    scaled = [_scale_words(*three) for three in product(SIGNS, TWOS, MEANS)]
    general = [UNWRITTEN, STOPPED, NOTHING, NO_NUMBERS, SHAPE, *map(_overflow_words, (True, False))]
    return [*general, *changed, *exercise.mistakes, *filter(None, scaled), OTHER]


class _Trial:
    """One call of an answer: what it got, what was expected, and what is wrong, in a few words."""

    def __init__(self, arguments: tuple, expected: Any) -> None:
        self.arguments = arguments
        self.expected: Parts = _parts(expected) or []
        self.got: Parts = []
        self.value: Any = None
        self.problem = self.sentence = ""
        self.wrong = ""

    def run(self, exercise: Exercise, answer: Callable) -> None:
        given = copy.deepcopy(self.arguments)
        try:
            with np.errstate(all="ignore"):
                self.value = value = exercise.call(answer, given)
        except NotImplementedError:
            self._stop("not written yet", UNWRITTEN)
            return
        except Exception as error:
            words = f"{type(error).__name__}: {' '.join(str(error).split()):.300}"
            self._stop(words, STOPPED, f"Your function stopped with {words}")
            return
        changed = [
            name
            for name, before, after in zip(_names(exercise), self.arguments, given)
            if not _same(before, after)
        ]
        got = _fitted(value, self.expected)
        self.got = got or []
        if changed:
            self._stop(f"changed {changed[0]}", CHANGED.format(changed[0]))
        elif value is None:
            self._stop("returned None", NOTHING)
        elif got is None:
            text = f"Your function returned {value!r:.40}; expected numbers."
            self._stop(f"returned {value!r:.40}", NO_NUMBERS, text)
        elif not _equal(got, self.expected, exercise.tiny):
            self.wrong = f"expected {_show(self.expected)}, got {_show(self.got)}"

    def _stop(self, wrong: str, sentence: str, problem: str = "") -> None:
        self.wrong, self.sentence, self.problem = wrong, sentence, problem or sentence


def _diagnose(exercise: Exercise, trials: list[_Trial], numbers: dict[str, Any]) -> tuple[str, str]:
    """Return the first explanation that fits every case, from the surest to the vaguest.

    It comes twice: as one of :func:`sentences`, and with what the answer computed.
    """
    for trial in trials:
        if trial.problem:
            return trial.sentence, trial.problem
    for words, formula in exercise.mistakes.items():
        with np.errstate(all="ignore"):
            given = [_parts(formula(*t.arguments, **numbers)) or [] for t in trials]
        # A mistake that shows in the tiny numbers alone is told by them.
        tiny = all(_equal(parts, t.expected) for parts, t in zip(given, trials))
        if all(_equal(t.got, parts, tiny) for parts, t in zip(given, trials)):
            return words, words
    if shape := "" if (words := _scaled(exercise, trials)) else _misshapen(trials):
        return SHAPE, shape
    words = words or _overflown(trials) or OTHER
    return words, words


UNWRITTEN = "Not written yet: replace the line that raises NotImplementedError."
STOPPED = "Your function stopped with an error."
NOTHING = "Your function returned None; expected numbers. Is there a return?"
NO_NUMBERS = "Your function returned something else than numbers."
CHANGED = (
    "Your function changes its argument {0} in place, so the caller's array is no longer what it "
    "was: make a new array ({0} = {0} - …)."
)
SHAPE = "Wrong shape."
OTHER = "The numbers differ, and not by a usual mistake: try the first failed case by hand."
SIGNS: dict[float, str] = {
    1: "",
    -1: "The sign is flipped: predictions minus targets, and downhill is minus the gradient.",
}
TWOS: dict[float, str] = {
    1: "",
    0.5: "The factor 2 is missing.",
    2: "There is a factor 2 too many.",
}
MEANS = {
    0: "",
    1: "The factor 1/n is missing: take the mean over the samples, not the sum.",
    -1: "There is a factor 1/n too many: the mean is taken twice.",
}


def _scaled(exercise: Exercise, trials: list[_Trial]) -> str:
    means = MEANS if exercise.averaged else {0: ""}
    for sign, two, power in product(SIGNS, TWOS, means):
        if all(
            _equal(t.got, [sign * two * _samples(t.arguments) ** power * e for e in t.expected])
            for t in trials
        ):
            return _scale_words(sign, two, power)
    return ""


def _scale_words(sign: float, two: float, power: int) -> str:
    return " ".join(filter(None, (SIGNS[sign], TWOS[two], MEANS[power])))


def _samples(arguments: tuple) -> float:
    """Return n, the length of the last array among the arguments: the targets."""
    return next((float(len(a)) for a in reversed(arguments) if np.ndim(a)), 1.0)


def _misshapen(trials: list[_Trial]) -> str:
    for t in trials:
        shapes, expected = _shapes(t.got), _shapes(t.expected)
        if len(shapes) != len(expected):
            return f"Wrong shape: expected {len(expected)} results, got {len(shapes)}."
        if shapes != expected:
            wrong, right = next((s, e) for s, e in zip(shapes, expected) if s != e)
            return (
                f"Wrong shape: expected {right}, got {wrong}. NumPy broadcasts (n, 1) against (n,) "
                "to (n, n) without a word."
            )
    return ""


def _overflown(trials: list[_Trial]) -> str:
    for t in trials:
        if any(
            np.isfinite(e).all() and not np.isfinite(g).all() for e, g in zip(t.expected, t.got)
        ):
            return _overflow_words(
                any(getattr(a, "dtype", None) == np.float32 for a in t.arguments)
            )
    return ""


def _overflow_words(small: bool) -> str:
    kind, limit = ("float32", "exp(89)") if small else ("float64", "exp(710)")
    return (
        f"Overflow in {kind}: {limit} is inf, and inf/inf or inf - inf is nan. Subtract "
        "the largest exponent first, use np.logaddexp, or keep exponents below 0."
    )


def _find(name: Any) -> Exercise:
    if not (isinstance(name, str) and name in EXERCISES):
        raise ValueError(f"there is no exercise {name!r}; expected one of {', '.join(EXERCISES)}")
    return EXERCISES[name]


def _check_numbers(exercise: Exercise, numbers: dict[str, Any]) -> None:
    for name, number in numbers.items():
        real_array(number, name)
    arguments = next(iter(exercise.cases.values()))
    try:
        inspect.signature(exercise.expected).bind(*arguments, **numbers)
    except TypeError as error:
        raise TypeError(f"your numbers are not those of the exercise: {error}") from None


def _names(exercise: Exercise) -> list[str]:
    return list(inspect.signature(exercise.expected).parameters)


def _parts(value: Any) -> Parts | None:
    """Return a list of arrays, one for each result; None if there is anything but numbers."""
    parts = list(value) if isinstance(value, tuple) else [value]
    if any(isinstance(part, np.ma.MaskedArray) for part in parts):
        return None
    try:
        parts = [np.asarray(part).copy() for part in parts]
    except (ValueError, TypeError, RuntimeError):
        return None
    return parts if all(part.dtype.kind in "biuf" for part in parts) else None


def _fitted(value: Any, expected: Parts) -> Parts | None:
    """Return the results as arrays; several may come as a tuple, a list or an array of them."""
    usual, other = _parts(value), None
    if len(expected) > 1 and (
        isinstance(value, list) or (isinstance(value, np.ndarray) and value.ndim > 0)
    ):
        other = _parts(tuple(value))
    elif len(expected) == 1 and isinstance(value, tuple):
        other = _parts(list(value))
    return other if other and _shapes(other) == _shapes(expected) else usual


def _shapes(parts: Parts) -> list[tuple[int, ...]]:
    return [part.shape for part in parts]


def _equal(got: Parts, expected: Parts, tiny: bool = False) -> bool:
    if len(got) != len(expected):
        return False
    return all(
        g.shape == e.shape and np.allclose(g, e, *_tolerances(e, tiny), equal_nan=True)
        for g, e in zip(got, expected)
    )


def _tolerances(expected: NDArray[Any], tiny: bool) -> tuple[float, float]:
    """Return the relative and the absolute one; where tiny numbers count, that is near nothing."""
    single = expected.dtype == np.float32
    least = np.finfo(np.float32 if single else np.float64).smallest_subnormal
    return 1e-4 if single else 1e-6, 100 * float(least) if tiny else 1e-7


def _same(before: Any, after: Any) -> bool:
    if callable(before):
        return True
    return np.array_equal(before, after)


def _show(parts: Parts) -> str:
    digits: Any = {"float_kind": lambda number: f"{number:.4g}"}
    shown = [np.array2string(part, threshold=6, formatter=digits) for part in parts]
    return " and ".join(" ".join(text.split()) for text in shown)

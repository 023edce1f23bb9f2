"""Immediate feedback on an exercise: what passed, and which mistake it looks like if not."""

import copy
import inspect
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np

from lossbook.exercises import EXERCISES, Exercise
from lossbook.exercises.graded import unlike_graded
from lossbook.inputs import real_array
from lossbook.mistakes import read
from lossbook.parts import Parts, equal, fitted, parts_of, shapes, show
from lossbook.recognize import Case, Mistake, as_cases, every_sentence, recognize
from lossbook.transformations import MISTAKES


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

    >>> lossbook.check(  # doctest: +ELLIPSIS
    ...     "mean_absolute_error", lambda p, y: np.abs(p - y).sum()
    ... )
    Traceback (most recent call last):
        ...
    lossbook.check.CheckError: mean_absolute_error: 1 of 3 cases passed
      passed: one sample
      failed: errors of both signs: expected 1.5, got 6
      failed: thirty samples: expected 1.289, got 38.67
    The factor 1/n is missing: take the mean over the samples, not the sum. Read https://...
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
    parameters = inspect.signature(exercise.expected).parameters
    given = [name for name, p in parameters.items() if p.kind is not p.KEYWORD_ONLY]
    names = given or list(parameters)
    changed = [CHANGED.format(name) for name in names]
    general = [UNWRITTEN, STOPPED, NOTHING, NO_NUMBERS, SHAPE, *map(_overflow_words, (True, False))]
    return [*general, *changed, *every_sentence(_mistakes(exercise), names), OTHER]


class _Trial:
    """One call of an answer: what it got, what was expected, and what is wrong, in a few words."""

    def __init__(self, arguments: tuple, expected: Any) -> None:
        self.arguments = arguments
        self.expected: Parts = parts_of(expected) or []
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
        got = fitted(value, self.expected)
        self.got = got or []
        if changed:
            self._stop(f"changed {changed[0]}", CHANGED.format(changed[0]))
        elif value is None:
            self._stop("returned None", NOTHING)
        elif got is None:
            text = f"Your function returned {value!r:.40}; expected numbers."
            self._stop(f"returned {value!r:.40}", NO_NUMBERS, text)
        elif not equal(got, self.expected, exercise.tiny):
            self.wrong = f"expected {show(self.expected)}, got {show(self.got)}"

    def _stop(self, wrong: str, sentence: str, problem: str = "") -> None:
        self.wrong, self.sentence, self.problem = wrong, sentence, problem or sentence


def _diagnose(exercise: Exercise, trials: list[_Trial], numbers: dict[str, Any]) -> tuple[str, str]:
    """Return the first explanation that fits every case, from the surest to the vaguest.

    It comes twice: as one of :func:`sentences`, and with what the answer computed.
    """
    for trial in trials:
        if trial.problem:
            return trial.sentence, trial.problem
    calls = [(trial.arguments, trial.expected, trial.got) for trial in trials]
    cases = as_cases(exercise.expected, calls, numbers)
    words = recognize(cases, _mistakes(exercise), exercise.tiny) or _overflown(trials)
    if shape := _misshapen(trials):
        return words or SHAPE, f"{shape} {words}".strip()
    return words or OTHER, words or OTHER


def _mistakes(exercise: Exercise) -> list[Mistake]:
    """Return those that the exercise lists, and the usual ones."""
    listed = [
        Mistake(words, exercise.section, (partial(_results, formula),), open=True, listed=True)
        for words, formula in exercise.mistakes.items()
    ]
    return [*listed, *MISTAKES]


def _results(formula: Callable, case: Case) -> Parts:
    return case.results_of(formula, case.arguments)


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


def _misshapen(trials: list[_Trial]) -> str:
    for t in trials:
        got, expected = shapes(t.got), shapes(t.expected)
        if len(got) != len(expected):
            return f"Wrong shape: expected {len(expected)} results, got {len(got)}."
        if got != expected:
            wrong, right = next((g, e) for g, e in zip(got, expected) if g != e)
            return f"Wrong shape: expected {right}, got {wrong}."
    return ""


def _overflown(trials: list[_Trial]) -> str:
    """Return the words for an overflow, if all numbers are right but some that are not finite."""
    for t in trials:
        finite = [np.isfinite(part) for part in t.got]
        if shapes(t.got) != shapes(t.expected) or not equal(
            [g[f] for g, f in zip(t.got, finite)], [e[f] for e, f in zip(t.expected, finite)]
        ):
            return ""
    wrong = [t for t in trials if t.wrong]
    finite = [np.isfinite(part) for t in trials for part in t.got]
    if not any(part.any() for part in finite) or all(part.all() for part in finite):
        return ""
    single = any(getattr(a, "dtype", None) == np.float32 for t in wrong for a in t.arguments)
    return _overflow_words(single)


def _overflow_words(small: bool) -> str:
    kind, limit = ("float32", "exp(89)") if small else ("float64", "exp(710)")
    return (
        f"Overflow in {kind}: {limit} is inf, and inf/inf or inf - inf is nan. Subtract "
        "the largest exponent first, use np.logaddexp, or keep exponents below 0. "
        + read("overflow")
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


def _same(before: Any, after: Any) -> bool:
    if callable(before):
        return True
    return np.array_equal(before, after)

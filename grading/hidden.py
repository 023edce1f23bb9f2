"""Hidden cases: what leaves them is a truth value for each case and the number of a sentence.

The sentences are made from the exercise before the answer is called. So no number, no shape and no
word that an answer computed can reach its author: a :class:`Verdict` has no room for one.
"""

import ast
import inspect
from dataclasses import dataclass

import numpy as np

from grading.exercises import read_set
from grading.named import named, run, solution, watched
from grading.sandbox import BoxEnded, Raised
from lossbook.check import NO_NUMBERS, NOTHING, OTHER, STOPPED, UNWRITTEN, examine, sentences
from lossbook.exercises import EXERCISES, Exercise
from lossbook.recognize import every_sentence
from lossbook.transformations import MISTAKES

UNKNOWN = "The numbers differ, and not by a usual mistake."
FAILED = "Your function stopped with an error, or returned no numbers, on a hidden case."
ENDED = "It ended Python."
CLOCK = "Your function was stopped by the clock: a call took too long, or the whole notebook did."
EMPTY = "Not written yet."
FAULT = "The check itself stopped with an error."
# What the visible check says with words of the answer, which has seen the case here.
SAID = {
    UNWRITTEN: EMPTY,
    OTHER: UNKNOWN,
    **dict.fromkeys((STOPPED, NOTHING, NO_NUMBERS), FAILED),
}
OUTCOMES = (UNKNOWN, FAILED, ENDED, CLOCK, EMPTY, FAULT)


@dataclass(frozen=True)
class Verdict:
    """Which hidden cases passed, and which of the exercise's sentences is told.

    Beside the words of a check that a set brings itself, ``mistake`` may be one that is recognized.
    """

    passed: tuple[bool, ...]
    sentence: int = 0
    mistake: int = 0

    def __post_init__(self):
        if not self.passed:
            raise ValueError("a hidden check has no case")
        numbers = type(self.sentence) is int and type(self.mistake) is int
        if not all(type(case) is bool for case in self.passed) or not numbers:
            raise TypeError(f"a verdict holds truth values and numbers, not {self!r:.60}")

    @property
    def share(self):
        """The share of the points that are earned."""
        return sum(self.passed) / len(self.passed)


def all_sentences(exercise):
    """Return whatever may be told about an exercise's hidden cases, from the exercise alone."""
    if own_checks(exercise):
        code = ast.walk(ast.parse(exercise.hidden_check))
        own = (n.value for n in code if isinstance(n, ast.Constant) and isinstance(n.value, str))
        names = inspect.signature(solution(exercise)).parameters
        return (*OUTCOMES, *own, *every_sentence(MISTAKES, names))
    return (*OUTCOMES, *sentences(expected(exercise)))


def words(exercise, verdict):
    """Return what is told of a verdict; the answer is not at hand here."""
    count = f"{sum(verdict.passed)} of {len(verdict.passed)} hidden cases passed"
    if all(verdict.passed):
        return f"all {len(verdict.passed)} hidden cases passed"
    told = all_sentences(exercise)
    numbers = [verdict.sentence, *filter(None, [verdict.mistake])]
    if verdict.mistake and told[verdict.sentence] == UNKNOWN:
        numbers = [verdict.mistake]
    return f"{count}\n{' '.join(told[number] for number in numbers)}"


def expected(exercise):
    """Return what is expected of an exercise: what the package knows of it, or its solution."""
    return EXERCISES.get(exercise.name) or Exercise(solution(exercise), {})


def own_checks(exercise):
    """Return the functions check… of a set that brings its own, each of them a case."""
    defined = run(exercise, exercise.hidden_check)
    return [f for name, f in defined.items() if name.startswith("check") and callable(f)]


def judge(problem_set, name, answer, variant, calls):
    """Return an exercise of a set, and the verdict on a student's function; note its calls."""
    (exercise,) = (e for e in read_set(problem_set, variant)[1] if e.name == name)
    return exercise, verdict(exercise, answer, variant, calls)


def verdict(exercise, answer, variant, calls=None):
    """Run the hidden cases of an exercise on an answer, and note its calls in a list."""
    told = all_sentences(exercise)
    ends, calls = [], [] if calls is None else calls

    def ending(*arguments):
        try:
            return answer(*arguments)
        except BoxEnded as ended:
            # Not how: an exit status could tell what was seen.
            ends.append(CLOCK if str(ended).startswith("stopped") else ENDED)
            raise

    noting = watched(ending, calls)

    def draw():
        return np.random.default_rng([variant, *exercise.name.encode()])

    own = own_checks(exercise)
    if own:
        results = [_own(case, noting, draw(), ends) for case in own]
        passed = tuple(not said for said in results)
        said = next(filter(None, results), UNKNOWN)
        mistake = "" if all(passed) else named(exercise, calls)
    else:
        drawn = run(exercise, exercise.hidden_check)["cases"](draw())
        cases = {f"hidden {i}": case for i, case in enumerate(drawn, 1)}
        # In a solution the numbers of the variant are filled in.
        numbers = exercise.numbers if exercise.name in EXERCISES else {}
        report = examine(expected(exercise), noting, cases, numbers)
        passed = tuple(case in report.passed for case in cases)
        said, mistake = (*ends, SAID.get(report.sentence, report.sentence))[0], ""
    return Verdict(passed, *(told.index(text) if text in told else 0 for text in (said, mistake)))


def _own(case, answer, draw, ends):
    """Run one function of a set's own; return nothing if it passed, else a sentence."""
    before = len(ends)
    try:
        case(answer, draw)
    except NotImplementedError:
        return EMPTY
    except (BoxEnded, Raised):
        return (*ends[before:], FAILED)[0]
    except AssertionError as error:
        return str(error) or UNKNOWN
    except Exception:
        return FAULT
    return ""

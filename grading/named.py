"""Which usual mistake explains the calls that a check made, compared with those of the solution.

For sets that bring their own assertions: whoever wrote those need not foresee every mistake. The
sentences exist before the answer is called, so none of them holds a number.
"""

import copy

import numpy as np

import lossbook
from lossbook.parts import fitted, parts_of
from lossbook.recognize import as_cases, recognize
from lossbook.transformations import MISTAKES

# The code of a set may import what it needs; these names it has.
NAMES = {"np": np, "lossbook": lossbook}
# So many calls of an answer are compared with those of the solution.
LOOKED_AT = 50
# One call is no evidence: with two samples, a sum is twice the mean.
ENOUGH = 2


def solution(exercise):
    """Return the function of the exercise's solution."""
    return run(exercise, exercise.solution)[exercise.name]


def run(exercise, code):
    """Run a part of an exercise, and return what it defines."""
    defined = dict(NAMES)
    exec(compile(code, f"{exercise.name}, hidden", "exec"), defined)
    return defined


def watched(answer, calls):
    """Return an answer that notes its calls, each the arguments and the value, in a list."""

    def noting(*arguments):
        given = copy.deepcopy(arguments)
        value = answer(*arguments)
        calls.append((given, value))
        return value

    return noting


def named(exercise, calls):
    """Return the mistake that explains the calls of an answer, by the solution; or nothing."""
    right, triples = solution(exercise), []
    for arguments, value in calls[:LOOKED_AT]:
        try:
            wanted = parts_of(right(*copy.deepcopy(arguments)))
        except Exception:
            return ""
        got = wanted and fitted(value, wanted)
        if not got:
            return ""
        triples.append((arguments, wanted, got))
    return recognize(as_cases(right, triples, {}), MISTAKES) if triples else ""


def named_beside(exercise, seen, hidden):
    """Return the mistake behind a visible assertion: it must explain the hidden calls, too."""
    calls = [*seen[: LOOKED_AT // 2], *hidden[: LOOKED_AT // 2]]
    return named(exercise, calls) if len(calls) >= ENOUGH else ""

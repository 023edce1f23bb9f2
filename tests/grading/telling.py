"""What nobody may be told: lines of solutions, of hidden checks and of rubrics."""

import functools
import re

from grading.exercises import read_set, sets

ALL = [(name, exercise) for name in sets() for exercise in read_set(name)[1]]


def squeezed(text):
    """Return a text without what differs between Python, JSON and HTML."""
    return re.sub(r"""[\s\\"']""", "", text)


@functools.cache
def secrets():
    lines = {line for _, e in ALL for line in e.solution_lines if len(squeezed(line)) > 12}
    lines |= {
        line.strip()
        for _, e in ALL
        for line in [*e.hidden_check.splitlines(), *e.rubric.splitlines()]
        if len(squeezed(line)) > 20
    }
    return {squeezed(line): line for line in lines}


def tell(text):
    squeezed_text = squeezed(text)
    return [line for key, line in secrets().items() if key in squeezed_text]

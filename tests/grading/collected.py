"""Measure the recognizers by the wrong answers that were collected before them."""

import contextlib
import functools
import io
import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from grading.exercises import read_set, sets
from lossbook.check import CHANGED, NOTHING, examine
from lossbook.exercises import EXERCISES
from lossbook.mistakes import WORDS

FOLDER = Path(__file__).parent / "wrong_answers"

# What the collection calls a mistake, and the recognizers that say it; the same name by itself.
SAME = {
    "uphill": {"sign of", "This walks uphill", "The sign is flipped: this walks uphill"},
    "sign": {"sign of"},
    "1/n too many": {"over n"},
    "sum for mean": {"sum in part", "times n"},
    "mean for sum": {"1/n too many", "mean in part", "The biases take the mean"},
    "1/n forgotten": {"1/n too many"},
    "mean over classes for samples": {"mean over all"},
    "mean too many": {"reduced"},
    "sum without axis": {"reduced"},
    "absolute value too late": {"mean first", "The errors cancel"},
    "root of the mean of squares": {"root"},
    "maximum for mean": {"extreme for mean"},
    "column": {"other shape"},
    "row": {"other shape"},
    "first for both": {"first for all"},
    "return inside the loop": {"first turn", "one turn"},
    "history for the last": {"path"},
    "one step too many": {"one too many"},
    "one too few": {"The number of steps is wrong", "The value at the end is missing"},
    "half": {"This is the best rate", "The derivative of θ² is 2θ"},
    "last only": {"last turn"},
    "activation forgotten": {
        "The activation is missing",
        "The derivative by v is the pull times a",
    },
    "absolute value forgotten": {"The errors cancel", "The signs count here"},
    "intercept forgotten": {"The intercept is missing: the Hessian"},
    "axis": {"The softmax runs over the samples"},
    "results swapped": {"Intercept and slope are swapped"},
    "branches swapped": {"The two sides are swapped", "The condition is reversed"},
    "labels swapped": {"The labels are swapped"},
    "n - 1": {"The deviation divides by n − 1"},
    "factor in the rate": {"twice of"},
    "integers": {"rounded"},
    "intercept component missing": {
        *("slopes alone", "The intercept is missing", "The backward pass has no derivative"),
    },
    "argument ignored": {
        *("ignored", "factor missing", "Beyond delta the pull is delta", "The pull is missing"),
        *("The bias of the output is missing", "This is the least-squares fit"),
    },
    "arguments swapped": {"interchanged"},
    "derivative of the sigmoid too many": {"slope of the sigmoid"},
    "derivative of the sigmoid": {"derivative"},
    "labels not one-hot": {"not one-hot"},
    "labels forgotten": {"without labels", "ignored"},
    "labels shifted by one": {"labels shifted"},
    "penalty over n": {"over n"},
    "sign of the penalty": {"sign of"},
    "reciprocal": {"sign of"},  # exp(−x) is one divided by exp(x)
    "index shifted by one": {"one too many", "one too few", "The intercept shifts the index"},
    "not divided by the step": {"factor too many"},
    "backward difference": {"This is the backward difference"},
    "variance for deviation": {"This divides by the variance"},
    "sigmoid for tanh": {"This is the sigmoid", "The derivative of the sigmoid"},
    "in place": {"Your function changes"},
    "returned nothing": {"Your function returned None"},
}


@dataclass(frozen=True)
class Collected:
    """A wrong answer: whose exercise, what its mistake is, and what is said of it."""

    exercise: str
    name: str
    code: str

    def told(self):
        """Return the sentence on the visible cases; empty if all of them pass."""
        exercise = EXERCISES[self.exercise]
        scope = {"np": np}
        exec(self.code, scope)
        with contextlib.redirect_stdout(io.StringIO()), np.errstate(all="ignore"):
            return examine(
                exercise, scope[self.exercise], exercise.cases, NUMBERS[self.exercise]
            ).sentence

    def verdict(self, sentence):
        """Return whether the mistake is named rightly, wrongly or not."""
        said = names_in(self.exercise, sentence)
        if not said:
            return "not"
        # An exercise's own words for a mistake stand in the collection by their beginning.
        own = self.name[0].isupper() and any(words.startswith(self.name) for words in said)
        right = said & ({self.name} | SAME.get(self.name, set()))
        return "rightly" if own or right else "wrongly"


NUMBERS = {e.name: e.numbers for name in sets() for e in read_set(name)[1]}


def collection(folder=FOLDER):
    """Return all of them."""
    found = []
    for path in sorted(folder.glob("*.py")):
        for part in re.split(r"^# %% ", path.read_text(), flags=re.MULTILINE)[1:]:
            head, code = part.split("\n", 1)
            found.append(Collected(*head.split(": ", 1), code))
    return found


@functools.cache
def names_in(exercise, sentence):
    """Return the mistakes that a sentence names: by the table's names, or by their first words."""
    said = {
        name
        for name, (_, words) in WORDS.items()
        if re.search(re.sub(r"\\\{\d\\\}", r"\\w+", re.escape(words)), sentence)
    }
    own = [*EXERCISES[exercise].mistakes, NOTHING, CHANGED]
    for words in own:
        if sentence.startswith(words[:20]):
            said |= {words, *(k for names in SAME.values() for k in names if words.startswith(k))}
    if "Overflow in" in sentence or "exp(−z) is inf" in sentence:
        said.add("overflow")
    return frozenset(said)


def measured(folder=FOLDER):
    """Return how many of the collected mistakes are named rightly, wrongly and not."""
    return Counter(one.verdict(one.told()) for one in collection(folder))

"""What each exercise of the problem sets expects, and what the usual mistakes give instead.

The package itself is what is expected: most formulas here are a call of it. Whoever reads this
finds right answers: practice is open, and marks need a set that is not here. Only
:func:`lossbook.check` and the grader read this. There is one file for each set.
"""

from lossbook.exercises import (
    backpropagation,
    concepts,
    descent,
    gradients,
    linear_regression,
    logistic_regression,
    robust_line,
)
from lossbook.exercises.exercise import Exercise

__all__ = ["EXERCISES", "Exercise"]

EXERCISES = (
    concepts.EXERCISES
    | gradients.EXERCISES
    | descent.EXERCISES
    | linear_regression.EXERCISES
    | logistic_regression.EXERCISES
    | backpropagation.EXERCISES
    | robust_line.EXERCISES
)

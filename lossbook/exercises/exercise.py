"""What an exercise expects, and the formulas, mistakes and numbers that several share."""

import inspect
from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np

from lossbook import losses, models, optimizers
from lossbook.descent import minimize
from lossbook.risk import mean, risk

STOPPED = "This is the derivative with respect to the predictions: go on to the parameters, by Xᵀ."
OVERFLOW = (
    "Where z is below −709, exp(−z) is inf and the sigmoid becomes 0: keep the exponent below 0, "
    "or use np.logaddexp."
)
UPHILL = "The sign is flipped: this walks uphill. Downhill is minus the gradient."
SIGMOID = "This is the sigmoid; the activation is tanh."
LATE = "The number of steps is wrong: this is one step too few."


@dataclass(frozen=True)
class Exercise:
    """An exercise: its arguments are those of ``expected``.

    Attributes
    ----------
    expected : callable
        Returns the right numbers; a tuple for several results.
    cases : dict
        Name of each visible case to the arguments of the call.
    mistakes : dict
        The words for a mistake to the formula that gives its numbers.
    section : str
        The section of the book that treats it: a name of ``lossbook.mistakes``, or page#section.
    call : callable
        How the answer is called; returns numbers.
    tiny : bool
        Whether numbers near zero, such as a probability of 1e-300, must have their digits, too.
    by_hand : bool
        Whether the numbers are to be found without a program: the check tells none of them.
    """

    expected: Callable
    cases: dict
    mistakes: dict = field(default_factory=dict)
    section: str = ""
    call: Callable = lambda answer, arguments: answer(*arguments)
    tiny: bool = False
    by_hand: bool = False


def with_factor(exercise, power=1):
    """Return the exercise with a factor, a number of the variant, in front of what is expected."""
    return replace(
        exercise,
        expected=_times(exercise.expected, power),
        mistakes={words: _times(f, power) for words, f in exercise.mistakes.items()},
    )


def _times(formula, power):
    own = inspect.signature(formula)
    number = inspect.Parameter("factor", inspect.Parameter.KEYWORD_ONLY, default=1.0)

    def times(*arguments, factor=1.0):
        return factor**power * formula(*arguments)

    times.__signature__ = own.replace(parameters=[*own.parameters.values(), number])
    return times


def normal(seed, *shape):
    """Return normal numbers with two decimals."""
    return np.random.default_rng(seed).normal(size=shape).round(2)


def sigmoid(z):
    """Return σ(z): the gradient of the cross-entropy where all labels are 0."""
    return losses.binary_cross_entropy(z, np.zeros(np.shape(z)))[1]


def naive(z):
    """Return σ(z) as it overflows: 0 where z is below −709."""
    return 1 / (1 + np.exp(-z))


def linear_gradient(loss, parameters, X, y, **settings):
    """Return the gradient of the risk of a linear model."""
    return risk(models.linear, loss, X, y, **settings)(parameters)[1]


def by_predictions(loss, parameters, X, y, **settings):
    """Return the gradient with respect to the predictions: the chain rule stopped too early."""
    return mean(loss, models.linear(parameters, X)[0], y, **settings)[1]


def descend(objective, start, learning_rate, steps, decay=1.0):
    """Return the history of so many steps; each rate is decay times the one before."""
    optimizer = optimizers.GradientDescent(learning_rate=lambda k: learning_rate * decay**k)
    return minimize(objective, start, optimizer, max_steps=steps, gradient_tolerance=0)


X1, X5 = normal(1, 1, 2), normal(2, 5, 2)
THETA, Y5 = np.array([0.5, -1.0, 2.0]), normal(3, 5)
LABELS = np.array([1, 0, 1, 1, 0])
RESIDUALS = np.array([-3.0, -1.0, -0.25, 0.0, 0.5, 1.0, 4.0])
PULLED = {
    "one sample": (THETA, X1, np.array([1.0])),
    "five samples": (THETA, X5, Y5),
    "seven samples": (np.array([-1.5, 0.5, 1.0, -0.4]), normal(15, 7, 3), normal(16, 7)),
}


def pulled(*numbers):
    """Return the cases of a gradient, each with a number of its own."""
    return {name: (*case, number) for (name, case), number in zip(PULLED.items(), numbers)}

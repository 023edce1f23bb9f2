"""Optimizers: given the parameters and the gradient there, where to go next.

Each is a dataclass with one method, ``step(parameters, gradient)``, that returns new parameters.
Whatever an optimizer remembers between steps it keeps in itself; ``minimize`` works on a fresh copy.
"""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass
class GradientDescent:
    """Go against the gradient: θ ← θ − η ∇L(θ).

    Parameters
    ----------
    learning_rate : float or callable
        The step size η, or a schedule: a function from the step number, 0 first, to η.

    References
    ----------
    A.-L. Cauchy, "Méthode générale pour la résolution des systèmes d'équations simultanées",
    *Comptes rendus* 25, 1847.

    Examples
    --------
    >>> import numpy as np
    >>> GradientDescent(learning_rate=0.5).step(np.array([1.0, 2.0]), np.array([2.0, 2.0]))
    array([0., 1.])
    """

    learning_rate: float | Callable[[int], float]

    def __post_init__(self):
        self._steps_taken = 0
        _check_rate(self.learning_rate)

    def step(self, parameters, gradient):
        """Return θ − η ∇L(θ)."""
        rate = rate_at(self.learning_rate, self._steps_taken)
        self._steps_taken += 1
        return parameters - rate * gradient


def rate_at(learning_rate, step):
    """Return the learning rate at ``step``, whether it is a number or a schedule.

    >>> rate_at(0.1, 5), rate_at(lambda step: 1 / (1 + step), 3)
    (0.1, 0.25)
    """
    return learning_rate(step) if callable(learning_rate) else learning_rate


def _check_rate(learning_rate):
    if not callable(learning_rate) and not learning_rate > 0:
        raise ValueError(f"learning_rate is {learning_rate}; expected a number above 0")

"""Schedules: the learning rate as a function of the step number, which starts at 0.

Each class here makes a schedule, ``schedule(step)``, that any optimizer takes as its
``learning_rate``. A step is one call of the optimizer, not an epoch. Any function of your own from
a step number to a rate will do as well. Those here can be pickled, compared and printed.
"""

import math
from dataclasses import KW_ONLY, dataclass

from lossbook.inputs import Rate, check_rate, whole_number
from lossbook.losses.inputs import not_negative, positive, real_number
from lossbook.optimizers import rate_at


@dataclass(frozen=True)
class constant:
    """The schedule η(t) = η₀.

    Parameters
    ----------
    rate : float
        The rate η₀ at every step, above 0.

    Raises
    ------
    ValueError
        If ``rate`` is not above 0.

    References
    ----------
    Y. Nesterov, *Lectures on Convex Optimization*, 2nd edition, 2018, section 1.2.3.

    Examples
    --------
    >>> schedule = constant(0.1)
    >>> schedule(0), schedule(100)
    (0.1, 0.1)
    """

    rate: float

    def __post_init__(self) -> None:
        positive(self.rate, "rate")

    def __call__(self, step: int) -> float:
        """Return the rate at a step, 0 or more."""
        whole_number(step, "step", 0)
        return self.rate


@dataclass(frozen=True)
class step_decay:
    """The schedule η(t) = η₀ · factor^⌊t / every⌋: a staircase.

    ``StepLR`` in PyTorch, with step_size and gamma.

    Parameters
    ----------
    rate : float
        The first rate η₀, above 0.
    every : int
        The number of steps on each stair, 1 or more.
    factor : float
        What the rate is multiplied by at each stair, above 0 and at most 1.

    Raises
    ------
    ValueError
        If a setting is out of its range.

    References
    ----------
    K. He, X. Zhang, S. Ren and J. Sun, "Deep residual learning for image recognition", 2016,
    section 4.2.

    Examples
    --------
    >>> schedule = step_decay(1.0, every=2, factor=0.5)
    >>> [schedule(step) for step in range(5)]
    [1.0, 1.0, 0.5, 0.5, 0.25]
    """

    rate: float
    _: KW_ONLY
    every: int
    factor: float = 0.1

    def __post_init__(self) -> None:
        positive(self.rate, "rate")
        _check_factor(self.factor)
        whole_number(self.every, "every", 1)

    def __call__(self, step: int) -> float:
        """Return the rate at a step, 0 or more."""
        step = whole_number(step, "step", 0)
        return self.rate * self.factor ** (step // self.every)


@dataclass(frozen=True)
class exponential_decay:
    """The schedule η(t) = η₀ · factorᵗ.

    ``ExponentialLR`` in PyTorch, with gamma. It reaches only the distance η₀ / (1 − factor) in all,
    measured in gradients: with a small factor a descent stops before it arrives.

    Parameters
    ----------
    rate : float
        The first rate η₀, above 0.
    factor : float
        What the rate is multiplied by at each step, above 0 and at most 1.

    Raises
    ------
    ValueError
        If a setting is out of its range.

    References
    ----------
    A. Senior, G. Heigold, M. Ranzato and K. Yang, "An empirical study of learning rates in deep
    neural networks for speech recognition", 2013.

    Examples
    --------
    >>> schedule = exponential_decay(1.0, factor=0.5)
    >>> [schedule(step) for step in range(4)]
    [1.0, 0.5, 0.25, 0.125]
    """

    rate: float
    _: KW_ONLY
    factor: float

    def __post_init__(self) -> None:
        positive(self.rate, "rate")
        _check_factor(self.factor)

    def __call__(self, step: int) -> float:
        """Return the rate at a step, 0 or more."""
        step = whole_number(step, "step", 0)
        return self.rate * self.factor**step


@dataclass(frozen=True)
class inverse_time_decay:
    """The schedule η(t) = η₀ / (1 + decay · t).

    The sum of these rates is infinite and the sum of their squares finite: with noisy gradients the
    descent can go any distance, and yet the noise averages out.

    Parameters
    ----------
    rate : float
        The first rate η₀, above 0.
    decay : float
        Above 0; the rate is halved after 1 / decay steps.

    Raises
    ------
    ValueError
        If a setting is not above 0.

    References
    ----------
    H. Robbins and S. Monro, "A stochastic approximation method", *Annals of Mathematical
    Statistics* 22, 1951.

    Examples
    --------
    >>> schedule = inverse_time_decay(1.0, decay=0.5)
    >>> [schedule(step) for step in (0, 2, 6)]
    [1.0, 0.5, 0.25]
    """

    rate: float
    _: KW_ONLY
    decay: float

    def __post_init__(self) -> None:
        positive(self.rate, "rate")
        positive(self.decay, "decay")

    def __call__(self, step: int) -> float:
        """Return the rate at a step, 0 or more."""
        step = whole_number(step, "step", 0)
        return self.rate / (1 + self.decay * step)


@dataclass(frozen=True)
class cosine_decay:
    """The schedule η(t) = floor + (η₀ − floor)(1 + cos(πt / steps))/2, and floor beyond.

    ``CosineAnnealingLR`` in PyTorch, with T_max and eta_min; but that one climbs again after T_max.

    Parameters
    ----------
    rate : float
        The first rate η₀, above 0.
    steps : int
        When the floor is reached, 1 or more.
    floor : float
        The last rate, from 0 to ``rate``.

    Raises
    ------
    ValueError
        If a setting is out of its range.

    References
    ----------
    I. Loshchilov and F. Hutter, "SGDR: stochastic gradient descent with warm restarts", 2017,
    equation 5.

    Examples
    --------
    >>> schedule = cosine_decay(1.0, steps=4)
    >>> [round(schedule(step), 3) for step in range(6)]
    [1.0, 0.854, 0.5, 0.146, 0.0, 0.0]
    """

    rate: float
    _: KW_ONLY
    steps: int
    floor: float = 0.0

    def __post_init__(self) -> None:
        positive(self.rate, "rate")
        whole_number(self.steps, "steps", 1)
        if not_negative(self.floor, "floor") > self.rate:
            raise ValueError(
                f"floor is {self.floor}; expected a number from 0 to the rate, {self.rate}"
            )

    def __call__(self, step: int) -> float:
        """Return the rate at a step, 0 or more."""
        step = whole_number(step, "step", 0)
        progress = min(step / self.steps, 1)
        return self.floor + (self.rate - self.floor) * (1 + math.cos(math.pi * progress)) / 2


@dataclass(frozen=True)
class warmup:
    """The schedule that first climbs for ``steps`` steps, then follows ``schedule``.

    η(t) = schedule(0) · (t + 1)/steps for t < steps, then schedule(t − steps).

    Parameters
    ----------
    schedule : float or callable
        The rate, or the schedule, after the climb.
    steps : int
        The length of the climb, 1 or more.

    Raises
    ------
    ValueError
        If ``steps`` is not an integer of 1 or more, or ``schedule`` a number that is not above 0.

    References
    ----------
    P. Goyal et al., "Accurate, large minibatch SGD: training ImageNet in 1 hour", 2017, section
    2.2.

    Examples
    --------
    >>> schedule = warmup(exponential_decay(1.0, factor=0.5), steps=4)
    >>> [schedule(step) for step in range(7)]
    [0.25, 0.5, 0.75, 1.0, 1.0, 0.5, 0.25]
    """

    schedule: Rate
    _: KW_ONLY
    steps: int

    def __post_init__(self) -> None:
        check_rate(self.schedule, "schedule")
        whole_number(self.steps, "steps", 1)

    def __call__(self, step: int) -> float:
        """Return the rate at a step, 0 or more."""
        step = whole_number(step, "step", 0)
        if step < self.steps:
            return rate_at(self.schedule, 0) * (step + 1) / self.steps
        return rate_at(self.schedule, step - self.steps)


def _check_factor(factor: float) -> None:
    if not 0 < real_number(factor, "factor") <= 1:
        raise ValueError(f"factor is {factor}; expected a number above 0 and at most 1")

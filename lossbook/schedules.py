"""Schedules: the learning rate as a function of the step number, which starts at 0.

Each function here returns a schedule, ``schedule(step)``, that any optimizer takes as its
``learning_rate``. A step is one call of the optimizer, not an epoch. Any function of your own from
a step number to a rate will do as well.
"""

import math

import numpy as np

from lossbook.losses.inputs import positive
from lossbook.optimizers import rate_at


def constant(rate):
    """Return the schedule η(t) = η₀.

    Parameters
    ----------
    rate : float
        The rate η₀ at every step, above 0.

    Returns
    -------
    schedule : callable

    Raises
    ------
    ValueError
        If ``rate`` is not above 0.

    Examples
    --------
    >>> schedule = constant(0.1)
    >>> schedule(0), schedule(100)
    (0.1, 0.1)
    """
    positive(rate, "rate")
    return lambda step: rate


def step_decay(rate, *, every, factor=0.1):
    """Return the schedule η(t) = η₀ · factor^⌊t / every⌋: a staircase.

    ``StepLR`` in PyTorch, with step_size and gamma.

    Parameters
    ----------
    rate : float
        The first rate η₀, above 0.
    every : int
        The number of steps on each stair, 1 or more.
    factor : float
        What the rate is multiplied by at each stair, above 0 and at most 1.

    Returns
    -------
    schedule : callable

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
    positive(rate, "rate")
    _check_factor(factor)
    _check_steps(every, "every")
    return lambda step: rate * factor ** (step // every)


def exponential_decay(rate, *, factor):
    """Return the schedule η(t) = η₀ · factorᵗ.

    ``ExponentialLR`` in PyTorch, with gamma. It reaches only the distance η₀ / (1 − factor) in all,
    measured in gradients: with a small factor a descent stops before it arrives.

    Parameters
    ----------
    rate : float
        The first rate η₀, above 0.
    factor : float
        What the rate is multiplied by at each step, above 0 and at most 1.

    Returns
    -------
    schedule : callable

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
    positive(rate, "rate")
    _check_factor(factor)
    return lambda step: rate * factor**step


def inverse_time_decay(rate, *, decay):
    """Return the schedule η(t) = η₀ / (1 + decay · t).

    The sum of these rates is infinite and the sum of their squares finite: with noisy gradients the
    descent can go any distance, and yet the noise averages out.

    Parameters
    ----------
    rate : float
        The first rate η₀, above 0.
    decay : float
        Above 0; the rate is halved after 1 / decay steps.

    Returns
    -------
    schedule : callable

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
    positive(rate, "rate")
    positive(decay, "decay")
    return lambda step: rate / (1 + decay * step)


def cosine_decay(rate, *, steps, floor=0.0):
    """Return the schedule η(t) = floor + (η₀ − floor)(1 + cos(πt / steps))/2, and floor beyond.

    ``CosineAnnealingLR`` in PyTorch, with T_max and eta_min; but that one climbs again after T_max.

    Parameters
    ----------
    rate : float
        The first rate η₀, above 0.
    steps : int
        When the floor is reached, 1 or more.
    floor : float
        The last rate, from 0 to ``rate``.

    Returns
    -------
    schedule : callable

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
    positive(rate, "rate")
    _check_steps(steps, "steps")
    if not 0 <= floor <= rate:
        raise ValueError(f"floor is {floor}; expected a number from 0 to the rate, {rate}")

    def schedule(step):
        progress = min(step / steps, 1)
        return floor + (rate - floor) * (1 + math.cos(math.pi * progress)) / 2

    return schedule


def warmup(schedule, *, steps):
    """Return the schedule that first climbs for ``steps`` steps, then follows ``schedule``.

    η(t) = schedule(0) · (t + 1)/steps for t < steps, then schedule(t − steps).

    Parameters
    ----------
    schedule : float or callable
        The rate, or the schedule, after the climb.
    steps : int
        The length of the climb, 1 or more.

    Returns
    -------
    schedule : callable

    Raises
    ------
    ValueError
        If ``steps`` is not an integer of 1 or more.

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
    _check_steps(steps, "steps")

    def warmed(step):
        if step < steps:
            return rate_at(schedule, 0) * (step + 1) / steps
        return rate_at(schedule, step - steps)

    return warmed


def _check_factor(factor):
    if not 0 < factor <= 1:
        raise ValueError(f"factor is {factor}; expected a number above 0 and at most 1")


def _check_steps(steps, name):
    if not (isinstance(steps, (int, np.integer)) and steps >= 1):
        raise ValueError(f"{name} is {steps!r}; expected an integer of 1 or more")

"""Losses of reinforcement learning: their gradients are the updates, their values no goal."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lossbook.losses.classification import softmax_cross_entropy
from lossbook.losses.inputs import fraction, one_per_row, real_pair, refuse, rows, yes_or_no
from lossbook.losses.results import Floats, Result, in_blocks


def policy_gradient(logits: ArrayLike, actions: ArrayLike, advantages: ArrayLike) -> Result:
    """Make actions that turned out better than expected more likely, and worse ones less.

    For the action a taken by the policy π = softmax(logits) and its advantage A, value −A·log π(a),
    gradient A·(π − 1ₐ): the softmax cross-entropy of the action, times A, which is held constant.
    Smooth, convex for A ≥ 0, concave for A < 0. What matters is the gradient, whose expectation
    over actions drawn from π is minus that of the expected return; the value is not a measure of
    success.

    Parameters
    ----------
    logits : array_like, shape (n, k)
        Real numbers, before the softmax, for k ≥ 2 actions.
    actions : array_like, shape (n,)
        The indices 0 … k − 1 of the actions taken.
    advantages : array_like, shape (n,)
        Real numbers: returns, less a baseline that does not depend on the action.

    Returns
    -------
    values : ndarray, shape (n,)
    gradients : ndarray, shape (n, k)

    Raises
    ------
    TypeError
        If an input does not hold real numbers.
    ValueError
        If the shapes do not fit, there is no sample, or an action is not an index 0 … k − 1.

    References
    ----------
    R. J. Williams, "Simple statistical gradient-following algorithms for connectionist
    reinforcement learning", *Machine Learning* 8, 1992.

    Examples
    --------
    >>> values, gradients = policy_gradient([[0, 0], [0, 0]], [0, 0], [1, -2])
    >>> values.round(4)
    array([ 0.6931, -1.3863])
    >>> gradients
    array([[-0.5,  0.5],
           [ 1. , -1. ]])
    """
    logits = rows(logits, "logits")
    actions = _indices(actions, logits)
    advantages = one_per_row(advantages, "advantages", logits, "logits")
    return in_blocks(_policy_gradient, logits, actions, advantages)


def _policy_gradient(logits: Floats, actions: NDArray[np.intp], advantages: Floats) -> Result:
    values, gradients = softmax_cross_entropy(logits, actions)
    # With advantage 0 the value is 0, even for an action of probability 0, whose −log π is ∞.
    values = advantages * np.where(advantages == 0, np.minimum(values, 1), values)
    return values, advantages[:, None] * gradients


def temporal_difference(
    predictions: ArrayLike,
    rewards: ArrayLike,
    next_predictions: ArrayLike,
    *,
    discount: float = 0.99,
    terminal: ArrayLike | None = None,
) -> Result:
    """Learn the value of a state from the reward and the predicted value of the next state.

    With the discount γ, the target is r + γv′ for the reward r and the next state's value v′, just
    r at a terminal step. Value ½δ² and gradient δ for the error δ = v − target: a semi-gradient,
    because the target is held constant (a stop-gradient), though v′ comes from the same model.
    Convex and smooth in v. Its expectation is least at the mean of the targets. Exact relative to
    the largest of v, r and γv′, which cancel in δ.

    Parameters
    ----------
    predictions : array_like, shape (n,)
        Real numbers: the predicted values v of the states.
    rewards : array_like, shape (n,)
        Real numbers.
    next_predictions : array_like, shape (n,)
        Real numbers: the predicted values v′ of the next states; not looked at where terminal.
    discount : float
        What a reward one step later is worth, from 0 to 1.
    terminal : array_like, shape (n,), optional
        1 or True where the episode ended, so that there is no next state.

    Returns
    -------
    values, gradients : ndarray, shape (n,)

    Raises
    ------
    TypeError
        If an input does not hold real numbers.
    ValueError
        If the shapes differ, there is no sample, ``discount`` is not from 0 to 1, or an entry of
        ``terminal`` is neither 0 nor 1.

    References
    ----------
    R. S. Sutton and A. G. Barto, *Reinforcement Learning: An Introduction*, 2nd edition, 2018,
    sections 6.1 and 9.3.

    Examples
    --------
    The same step twice, the second time as the last of its episode.

    >>> step = [2, 2], [1, 1], [4, 4]
    >>> values, gradients = temporal_difference(*step, discount=0.5, terminal=[False, True])
    >>> values
    array([0.5, 0.5])
    >>> gradients
    array([-1.,  1.])
    """
    predictions, rewards = real_pair(predictions, rewards, ("predictions", "rewards"))
    predictions, following = real_pair(
        predictions, next_predictions, ("predictions", "next_predictions")
    )
    if predictions.ndim != 1:
        raise ValueError(f"predictions has shape {predictions.shape}; expected (n,), one a sample")
    discount = fraction(discount, "discount")
    if terminal is not None:
        ended = yes_or_no(terminal, "terminal", predictions.shape, "1 at a last step, 0 elsewhere")
        following = np.where(ended, 0, following)
    return in_blocks(_temporal_difference, predictions, rewards, following, discount=discount)


def _temporal_difference(v: Floats, rewards: Floats, following: Floats, discount: float) -> Result:
    delta = v - (rewards + discount * following)
    return delta * (delta / 2), delta


def _indices(actions: ArrayLike, logits: Floats) -> NDArray[np.intp]:
    """Return the actions as integers; raise unless each is the index of a column of ``logits``."""
    actions, k = one_per_row(actions, "actions", logits, "logits"), logits.shape[1]
    is_index = (actions >= 0) & (actions < k) & (actions == np.floor(actions))
    refuse(~is_index, actions, "actions", f"expected the index of an action, from 0 to {k - 1}")
    return actions.astype(np.intp)

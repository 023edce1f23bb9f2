"""The labeled equations of the page ``reinforcement_learning``."""

import itertools

import numpy as np
import pytest
import sympy as sp

from lossbook import check_gradient, mean
from lossbook.losses import policy_gradient, temporal_difference

# A small table of ratings: 4 users, 5 movies, 2 factors, 9 ratings.
RNG = np.random.default_rng(3)


def softmax(z):
    return np.exp(z - z.max()) / np.exp(z - z.max()).sum()


# A game of two moves with two actions each; the second state depends on the first action.
REWARDS = np.array([[1.0, 4.0], [-2.0, 3.0]])


def expected_return(z):
    """Return E[G] for logits z of shape (3, 2): those of the start and of the two later states."""
    start, *later = [softmax(row) for row in z]
    return sum(start[a] * later[a][b] * REWARDS[a, b] for a in (0, 1) for b in (0, 1))


@pytest.mark.equation("eq-rl-gradient")
def test_the_mean_of_return_times_gradient_of_log_probability_is_the_gradient_of_the_return():
    z = np.array([[0.3, -0.2], [0.1, 0.8], [-0.5, 0.4]])
    start, *later = [softmax(row) for row in z]
    printed = np.zeros((3, 2))
    for a, b in itertools.product((0, 1), (0, 1)):
        probability = start[a] * later[a][b]
        # The loss with A = 1 is −log π, so its gradient is minus that of log π.
        printed[0] -= probability * REWARDS[a, b] * policy_gradient([z[0]], [a], [1])[1][0]
        printed[1 + a] -= probability * REWARDS[a, b] * policy_gradient([z[1 + a]], [b], [1])[1][0]
    numeric = np.zeros((3, 2))
    for index in np.ndindex(3, 2):
        e = np.zeros((3, 2))
        e[index] = 1e-5
        numeric[index] = (expected_return(z + e) - expected_return(z - e)) / 2e-5
    np.testing.assert_allclose(printed, numeric, atol=1e-10)


@pytest.mark.equation("eq-rl-return")
@pytest.mark.parametrize("discount", [0.5, 0.99])
def test_the_return_to_go_is_the_reward_and_the_discounted_rest(discount):
    total, steps = 0.0, 30
    for t in reversed(range(steps)):
        total = 1.0 + discount * total
        assert (1 - discount ** (steps - t)) / (1 - discount) == pytest.approx(total, rel=1e-13)


@pytest.mark.equation("eq-rl-loss")
@pytest.mark.parametrize("advantage", [2.0, -0.7, 0.0])
def test_the_policy_gradient_loss_is_the_cross_entropy_times_the_advantage(advantage):
    z = np.array([0.3, -1.1, 0.6])

    def printed(logits):
        return -advantage * np.log(softmax(logits)[1])

    values, gradients = policy_gradient([z], [1], [advantage])
    assert values[0] == pytest.approx(printed(z), rel=1e-13)
    np.testing.assert_allclose(
        gradients[0], advantage * (softmax(z) - [0, 1, 0]), rtol=1e-13, atol=1e-15
    )
    numeric = [(printed(z + e) - printed(z - e)) / 2e-5 for e in 1e-5 * np.eye(3)]
    np.testing.assert_allclose(gradients[0], numeric, atol=1e-9)


@pytest.mark.equation("eq-rl-baseline")
@pytest.mark.parametrize("baseline", [5.0, -3.0])
def test_a_baseline_leaves_the_expected_gradient_and_changes_its_variance(baseline):
    z, returns = np.array([0.4, -0.3, 0.1]), np.array([10.0, 12.0, 11.0])
    p = softmax(z)

    def mean_and_variance(b):
        g = policy_gradient(np.tile(z, (3, 1)), [0, 1, 2], returns - b)[1]
        return p @ g, p @ ((g - p @ g) ** 2).sum(axis=1)

    np.testing.assert_allclose(mean_and_variance(baseline)[0], mean_and_variance(0)[0], atol=1e-13)
    assert mean_and_variance(11.0)[1] < mean_and_variance(0)[1] / 50


@pytest.mark.equation("eq-rl-td")
def test_the_temporal_difference_loss_is_half_the_squared_error_to_the_target():
    v, reward, following, discount = 0.4, 1.5, -0.8, 0.9
    values, gradients = temporal_difference([v], [reward], [following], discount=discount)
    delta = v - (reward + discount * following)
    assert values[0] == pytest.approx(delta**2 / 2, rel=1e-14)
    assert gradients[0] == pytest.approx(delta, rel=1e-14)
    # Sutton and Barto add a multiple of their error; the page says that its sign is the opposite.
    theirs = reward + discount * following - v
    assert v - 0.1 * gradients[0] == pytest.approx(v + 0.1 * theirs, rel=1e-14)


# The random walk of five places: v has the two ends, whose values are known, as well.
MOVES = [(i, i + step) for i in range(1, 6) for step in (-1, 1)]


def walk_loss(inner, discount=1):
    v, target = [0, *inner, 1], [0, *(discount * x for x in inner), 1]
    return sum((v[i] - target[j]) ** 2 / 2 for i, j in MOVES) / 10


@pytest.mark.equation("eq-rl-two-gradients")
@pytest.mark.parametrize("discount", [1.0, 0.8])
def test_the_residual_gradient_is_the_derivative_and_the_other_holds_the_target_constant(discount):
    inner = RNG.normal(size=5)
    here = np.array([i for i, _ in MOVES]) - 1
    there = np.array([j for _, j in MOVES]) - 1
    ends, rewards = (there < 0) | (there > 4), (there > 4).astype(float)
    clipped = np.clip(there, 0, 4)

    def both(v, target):
        _, delta = temporal_difference(
            v[here], rewards, target[clipped], discount=discount, terminal=ends
        )
        stopped = np.bincount(here, delta, 5) / 10
        return stopped, stopped - discount * np.bincount(clipped, delta * ~ends, 5) / 10

    def held(v):
        value, _ = mean(
            temporal_difference,
            v[here],
            rewards,
            inner[clipped],
            discount=discount,
            terminal=ends,
        )
        return value, both(v, inner)[0]

    assert check_gradient(held, inner).passed
    assert check_gradient(lambda v: (walk_loss(v, discount), both(v, v)[1]), inner).passed
    assert np.abs(both(inner, inner)[0] - both(inner, inner)[1]).max() > 0.05


@pytest.mark.equation("eq-rl-walk")
def test_the_walk_has_the_values_printed_with_and_without_the_stop_gradient():
    v = sp.symbols("v1:6")
    full = [sp.Integer(0), *v, sp.Integer(1)]
    # A semi-gradient is 0 where the mean of the errors of each place is 0.
    balance = [2 * full[i] - full[i - 1] - full[i + 1] for i in range(1, 6)]
    assert sp.solve(balance, v) == {x: sp.Rational(i, 6) for i, x in enumerate(v, 1)}
    slopes = [sp.diff(walk_loss(v), x) for x in v]
    assert sp.solve(slopes, v) == {x: sp.Rational(i + 1, 8) for i, x in enumerate(v, 1)}
    true, residual = np.arange(1, 6) / 6, np.arange(2, 7) / 8
    assert walk_loss(residual) < walk_loss(true)


@pytest.mark.equation("eq-rl-double")
def test_the_mean_squared_error_to_a_random_target_is_squared_bias_and_variance():
    v, targets, chances = 0.7, np.array([0.2, 1.0, 3.0]), np.array([0.5, 0.3, 0.2])
    delta = v - targets
    variance = chances @ targets**2 - (chances @ targets) ** 2
    assert chances @ delta**2 == pytest.approx((chances @ delta) ** 2 + variance, rel=1e-13)


@pytest.mark.equation("eq-rl-diverges")
@pytest.mark.parametrize(("discount", "grows"), [(0.4, False), (0.51, True), (0.9, True)])
def test_the_semi_gradient_of_two_states_grows_above_a_discount_of_one_half(discount, grows):
    w, rate = 1.0, 0.01
    for _ in range(50):
        _, delta = temporal_difference([w], [0.0], [2 * w], discount=discount)
        w -= rate * delta[0]
    assert w == pytest.approx((1 - rate * (1 - 2 * discount)) ** 50, rel=1e-12)
    assert (w > 1) == grows

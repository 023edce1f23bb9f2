"""The labeled equations of the page ``reinforcement_learning``."""

import itertools

import numpy as np
import pytest
import sympy as sp

from lossbook import check_gradient, mean
from lossbook.losses import policy_gradient, temporal_difference
from tests.printed import Chance, Given, Over, over, printed

# A small table of ratings: 4 users, 5 movies, 2 factors, 9 ratings.
RNG = np.random.default_rng(3)


class Payoff(float):
    """A number that may also be asked for by what it depends on."""

    def __call__(self, _):
        return Payoff(self)


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
    z = np.array([0.3, -0.2, 0.1, 0.8, -0.5, 0.4])
    games = list(itertools.product((0, 1), (0, 1)))

    def chance(z, game):
        rows = z.reshape(3, 2)
        return softmax(rows[0])[game[0]] * softmax(rows[1 + game[0]])[game[1]]

    def outcomes(at):
        return Chance(
            tuple(
                (
                    chance(at["z"], (a, b)),
                    {
                        "G": Payoff(REWARDS[a, b]),
                        "tau": (a, b),
                        "a": {1: a, 2: b},
                        "s": {1: 0, 2: 1 + a},
                    },
                )
                for a, b in games
            )
        )

    def numeric(game):
        return np.array(
            [(chance(z + e, game) - chance(z - e, game)) / 2e-5 for e in 1e-5 * np.eye(6)]
        )

    sides = printed("eq-rl-gradient").sides(
        by="z",
        z=z,
        E=Given(outcomes),
        G=lambda game: REWARDS[game],
        tau=Over(games),
        nabla_p=numeric,
        pi=Given(lambda at: lambda a, s: softmax(at["z"].reshape(3, 2)[s])[a]),
        t=over(1, 2),
    )
    for side in sides[1:]:
        np.testing.assert_allclose(side, sides[0], atol=1e-9)
    assert np.abs(sides[0]).max() > 0.1
    # The loss of the package with A = 1 is −log π, so its gradient is minus that of log π.
    ours = np.zeros(6)
    for a, b in games:
        for row, action in ((0, a), (1 + a, b)):
            step = policy_gradient([z.reshape(3, 2)[row]], [action], [1])[1][0]
            ours[2 * row : 2 * row + 2] -= chance(z, (a, b)) * REWARDS[a, b] * step
    np.testing.assert_allclose(ours, sides[0], atol=1e-9)


@pytest.mark.equation("eq-rl-return")
@pytest.mark.parametrize("discount", [0.5, 0.99])
def test_the_return_to_go_is_the_reward_and_the_discounted_rest(discount):
    total, steps = 0.0, 30
    for t in reversed(range(steps)):
        total = 1.0 + discount * total
        rewards = dict.fromkeys(range(t, steps), 1.0)
        printed("eq-rl-return").check(
            t=t, G={t: total}, gamma=discount, T=steps, R=rewards, k=over(0, steps - 1 - t)
        )


@pytest.mark.equation("eq-rl-loss")
@pytest.mark.parametrize("advantage", [2.0, -0.7])
def test_the_policy_gradient_loss_is_the_cross_entropy_times_the_advantage(advantage):
    z, page = np.array([0.3, -1.1, 0.6]), printed("eq-rl-loss")
    (value,), (gradient,) = policy_gradient([z], [1], [advantage])
    names = {"t": 4, "A": {4: advantage}, "a": {4: 1}, "s": {4: None}, "z": z}
    page.check(0, ell=value, pi=lambda a, _: softmax(z)[a], **names)
    one = {a: np.eye(3)[a] for a in range(3)}
    page.check(1, d_ell_d_z=gradient, pi=softmax(z), one=one, atol=1e-15, **names)

    def loss(z):
        return policy_gradient([z], [1], [advantage])[0][0]

    numeric = [(loss(z + e) - loss(z - e)) / 2e-5 for e in 1e-5 * np.eye(3)]
    page.check(1, d_ell_d_z=np.array(numeric), pi=softmax(z), one=one, atol=1e-9, **names)


@pytest.mark.equation("eq-rl-baseline")
@pytest.mark.parametrize("baseline", [5.0, -3.0])
def test_a_baseline_leaves_the_expected_gradient_and_changes_its_variance(baseline):
    z, returns = np.array([0.4, -0.3, 0.1]), np.array([10.0, 12.0, 11.0])
    p, policy = softmax(z), Given(lambda at: lambda action, _: softmax(at["z"])[action])
    for statement in range(len(printed("eq-rl-baseline").statements)):
        for side in printed("eq-rl-baseline").sides(
            statement,
            by="z",
            z=z,
            b=baseline,
            s=None,
            a=over([0, 1, 2]),
            E_asimpi=Chance(tuple((p[a], {"a": a}) for a in range(3))),
            pi=policy,
        ):
            np.testing.assert_allclose(side, np.zeros(np.shape(side)), atol=1e-11)

    def mean_and_variance(b):
        g = policy_gradient(np.tile(z, (3, 1)), [0, 1, 2], returns - b)[1]
        return p @ g, p @ ((g - p @ g) ** 2).sum(axis=1)

    np.testing.assert_allclose(mean_and_variance(baseline)[0], mean_and_variance(0)[0], atol=1e-13)
    assert mean_and_variance(11.0)[1] < mean_and_variance(0)[1] / 50


@pytest.mark.equation("eq-rl-td")
def test_the_temporal_difference_loss_is_half_the_squared_error_to_the_target():
    here, reward, following, discount = 0.4, 1.5, -0.8, 0.9
    values, gradients = temporal_difference([here], [reward], [following], discount=discount)
    printed("eq-rl-td").check(
        v={"s": here, "s'": following}.get,
        s="s",
        s_prime="s'",
        R=reward,
        gamma=discount,
        delta=gradients[0],
        ell=values[0],
    )
    # Sutton and Barto add a multiple of their error; the page says that its sign is the opposite.
    theirs = reward + discount * following - here
    assert here - 0.1 * gradients[0] == pytest.approx(here + 0.1 * theirs, rel=1e-14)


# The random walk of five places: v has the two ends, whose values are known, as well.
MOVES = [(i, i + step) for i in range(1, 6) for step in (-1, 1)]


def walk_loss(inner, discount=1):
    v, target = [0, *inner, 1], [0, *(discount * x for x in inner), 1]
    return sum((v[i] - target[j]) ** 2 / 2 for i, j in MOVES) / 10


@pytest.mark.equation("eq-rl-two-gradients")
@pytest.mark.parametrize("discount", [1.0, 0.8])
def test_the_residual_gradient_is_the_derivative_and_the_other_holds_the_target_constant(discount):
    """Values are w·x with two features; the loss is differentiated with and without its target."""
    w, here, there, reward = np.array([0.3, -0.7]), np.array([1.0, 2.0]), np.array([0.5, -1.5]), 0.4

    def loss(w, target):
        return temporal_difference([here @ w], [reward], [there @ target], discount=discount)[0][0]

    steps = 1e-5 * np.eye(2)
    held = [(loss(w + e, w) - loss(w - e, w)) / 2e-5 for e in steps]
    both = [(loss(w + e, w + e) - loss(w - e, w - e)) / 2e-5 for e in steps]
    delta = temporal_difference([here @ w], [reward], [there @ w], discount=discount)[1][0]
    page = printed("eq-rl-two-gradients")
    names = {"s": "s", "s_prime": "t", "gamma": discount, "delta": delta}
    names["nabla_v"] = {"s": here, "t": there}.get
    np.testing.assert_allclose(page.right(0, **names), held, atol=1e-9)
    np.testing.assert_allclose(page.right(1, **names), both, atol=1e-9)
    assert np.abs(np.subtract(held, both)).max() > 0.05


@pytest.mark.equation("eq-rl-walk")
def test_the_walk_has_the_values_printed_with_and_without_the_stop_gradient():
    v = sp.symbols("v1:6")
    full = [sp.Integer(0), *v, sp.Integer(1)]
    # A semi-gradient is 0 where the mean of the errors of each place is 0.
    balance = [2 * full[i] - full[i - 1] - full[i + 1] for i in range(1, 6)]
    slopes = [sp.diff(walk_loss(v), x) for x in v]
    page = printed("eq-rl-walk")
    for number, equations in enumerate((balance, slopes)):
        solved = sp.solve(equations, v)
        values = {i: float(solved[x]) for i, x in enumerate(v, 1)}
        for i in range(1, 6):
            page.check(number, i=i, v=values)
    true, residual = np.arange(1, 6) / 6, np.arange(2, 7) / 8
    assert walk_loss(residual) < walk_loss(true)


@pytest.mark.equation("eq-rl-double")
def test_the_mean_squared_error_to_a_random_target_is_squared_bias_and_variance():
    v, targets, chances = 0.7, np.array([0.2, 1.0, 3.0]), np.array([0.5, 0.3, 0.2])
    outcomes = tuple((w, {"Y": y, "delta": v - y}) for w, y in zip(chances, targets))
    printed("eq-rl-double").check(E=Chance(outcomes), rtol=1e-13)


@pytest.mark.equation("eq-rl-diverges")
@pytest.mark.parametrize(("discount", "grows"), [(0.4, False), (0.51, True), (0.9, True)])
def test_the_semi_gradient_of_two_states_grows_above_a_discount_of_one_half(discount, grows):
    w, rate = 1.0, 0.01
    factor = printed("eq-rl-diverges").right(eta=rate, gamma=discount)
    for _ in range(50):
        _, delta = temporal_difference([w], [0.0], [2 * w], discount=discount)
        w -= rate * delta[0]
    assert w == pytest.approx(factor**50, rel=1e-12)
    assert (w > 1) == grows


@pytest.mark.parametrize("discount", [1.0, 0.8])
def test_on_the_walk_the_residual_gradient_is_the_derivative_and_the_other_is_not(discount):
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

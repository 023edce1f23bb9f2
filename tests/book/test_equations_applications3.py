"""The labeled equations of recommender and reinforcement learning, and claims over five dates."""

import itertools
import re

import nbformat
import numpy as np
import pytest
import sympy as sp
from scipy.stats import mannwhitneyu

from lossbook import check_gradient, mean
from lossbook.losses import logistic, policy_gradient, temporal_difference
from tools.notebooks import ROOT

# A small table of ratings: 4 users, 5 movies, 2 factors, 9 ratings.
RNG = np.random.default_rng(3)
KNOWN = [(0, 0), (0, 2), (0, 4), (1, 1), (1, 2), (2, 0), (2, 3), (3, 3), (3, 4)]
STARS = RNG.integers(1, 11, size=9) / 2
B, C = RNG.normal(size=4), RNG.normal(size=5)
P, Q = RNG.normal(size=(4, 2)), RNG.normal(size=(5, 2))
LAMBDA_B, LAMBDA = 0.03, 0.2


def predicted(u, m, b=B, c=C, p=P, q=Q):
    return STARS.mean() + b[u] + c[m] + p[u] @ q[m]


def objective(b=B, c=C, p=P, q=Q):
    errors = [predicted(u, m, b, c, p, q) - y for (u, m), y in zip(KNOWN, STARS)]
    biases = (b**2).sum() + (c**2).sum()
    return np.mean(np.square(errors)) + LAMBDA_B * biases + LAMBDA * ((p**2).sum() + (q**2).sum())


@pytest.mark.equation("eq-recommender-model")
def test_the_factorization_is_one_matrix_of_rank_two_more_than_its_factors():
    table = np.array([[predicted(u, m) for m in range(5)] for u in range(4)])
    left = np.column_stack([np.ones(4), B, P])
    right = np.column_stack([STARS.mean() + C, np.ones(5), Q])
    np.testing.assert_allclose(table, left @ right.T, rtol=1e-13)


@pytest.mark.equation("eq-recommender-objective")
def test_the_penalized_objective_is_an_ordinary_least_squares_problem_in_the_users_numbers():
    # For fixed movies the best p_u solves normal equations; there the derivative must be 0.
    p = P.copy()
    for u in range(4):
        mine = [n for n, (user, _) in enumerate(KNOWN) if user == u]
        rows = np.array([Q[KNOWN[n][1]] for n in mine])
        rest = np.array([STARS[n] - STARS.mean() - B[u] - C[KNOWN[n][1]] for n in mine])
        p[u] = np.linalg.solve(rows.T @ rows / 9 + LAMBDA * np.eye(2), rows.T @ rest / 9)
    best = objective(p=p)
    for direction in RNG.normal(size=(20, 4, 2)):
        assert objective(p=p + 0.01 * direction) > best
        slope = (objective(p=p + 1e-4 * direction) - objective(p=p - 1e-4 * direction)) / 2e-4
        assert slope == pytest.approx(0, abs=1e-9)
    # The best bias of a user is the sum of what is left, shrunk by the number of ratings.
    b = B.copy()
    for u in range(4):
        left = [
            y - STARS.mean() - C[m] - P[u] @ Q[m] for (user, m), y in zip(KNOWN, STARS) if user == u
        ]
        b[u] = sum(left) / (len(left) + 9 * LAMBDA_B)
    for direction in RNG.normal(size=(5, 4)):
        slope = (objective(b=b + 1e-4 * direction) - objective(b=b - 1e-4 * direction)) / 2e-4
        assert slope == pytest.approx(0, abs=1e-9)


@pytest.mark.equation("eq-recommender-gradient")
def test_the_gradient_of_a_users_numbers_sums_over_the_movies_that_the_user_rated():
    def of_users(flat):
        p = flat.reshape(4, 2)
        gradient = 2 * LAMBDA * p
        for (u, m), y in zip(KNOWN, STARS):
            gradient[u] += 2 / 9 * (predicted(u, m, p=p) - y) * Q[m]
        return objective(p=p), gradient.ravel()

    assert check_gradient(of_users, P.ravel()).passed


@pytest.mark.equation("eq-recommender-auc")
def test_the_auc_is_the_statistic_of_mann_and_whitney_as_a_share_of_the_pairs():
    scores = np.array([0.3, 2.0, -1.0, 0.9, 0.3, 1.1, -0.2])
    liked, ranked = [0, 3, 5], range(7)
    beaten = [
        1.0 if scores[i] > scores[j] else 0.5 if scores[i] == scores[j] else 0.0
        for i in liked
        for j in ranked
        if j != i
    ]
    # The statistic of Mann and Whitney counts the same pairs, by ranks.
    by_ranks = [mannwhitneyu(scores[[i]], np.delete(scores, i)).statistic / 6 for i in liked]
    assert sum(beaten) / (3 * (7 - 1)) == pytest.approx(np.mean(by_ranks), rel=1e-14)


@pytest.mark.equation("eq-recommender-bpr")
def test_the_ranking_loss_pulls_both_scores_with_the_same_strength():
    a, b = sp.symbols("a b", real=True)
    loss = sp.log(1 + sp.exp(-(a - b)))
    sigma = 1 / (1 + sp.exp(-(b - a)))
    assert sp.simplify((sp.diff(loss, a) + sigma).rewrite(sp.exp)) == 0
    assert sp.simplify(sp.diff(loss, a) + sp.diff(loss, b)) == 0
    for at in [(0.0, 0.0), (1.5, -0.5), (-2.0, 3.0)]:
        values, gradients = logistic([at[0] - at[1]], [1])
        exact = loss.subs({a: at[0], b: at[1]})
        assert values[0] == pytest.approx(float(exact), rel=1e-13)
        slope = -sigma.subs({a: at[0], b: at[1]})
        assert gradients[0] == pytest.approx(float(slope), rel=1e-13)


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


def test_what_the_page_on_reinforcement_learning_claims_holds_for_each_of_five_seeds():
    page = ROOT / "chapters" / "applications" / "reinforcement_learning.ipynb"
    cells = nbformat.read(page, as_version=4).cells
    text = "".join(o.get("text", "") for c in cells for o in c.get("outputs", []))
    rows = re.findall(r"^(.+?) +((?:[\d.]+ +){4}[\d.]+)(?:  mean .*)?$", text, re.MULTILINE)
    each = {name: np.array(values.split(), dtype=float) for name, values in rows}
    last = "return of the last ten steps:"
    assert (each[f"by_time  {last}"] >= 480).all()
    assert (each[f"none     {last}"] <= 410).all()
    assert (each["step  0, constant"] < 0.8).all()
    assert (each["step  0, by time"] < 0.8).all()
    assert (each["step 30, constant"] < 0.35).all()
    assert (each["step 30, by time"] < 0.3).all()
    assert (each["stop-gradient"] < each["residual"]).all()


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


DATES = np.genfromtxt(
    ROOT / "chapters" / "applications" / "spread" / "recommender.csv", delimiter=",", names=True
)


def gap(first, second):
    assert DATES["seed"].tolist() == [0, 1, 2, 3, 4]
    return DATES[first] - DATES[second]


def test_the_biases_beat_the_mean_on_all_five_dates_and_the_factors_add_nothing():
    assert gap("rmse_mean", "rmse_biases").min() == pytest.approx(0.060, abs=0.0005)
    assert abs(gap("rmse_factors", "rmse_biases")).max() < 0.002


def test_a_ranking_loss_beats_counting_the_same_ratings_on_all_five_dates():
    gain = gap("auc_bpr_all", "auc_popular")
    assert gain.min() == pytest.approx(0.047, abs=0.0005)
    assert gain.max() == pytest.approx(0.085, abs=0.0005)
    for other in ("lately", "factors", "bpr_all", "bpr"):
        assert (gap(f"auc_{other}", "auc_popular") > 0).all(), "counting all is worst on each date"


def test_counting_the_latest_ratings_is_not_beaten_by_the_model_on_four_of_five_dates():
    assert gap("auc_lately", "auc_popular").min() == pytest.approx(0.084, abs=0.0005)
    assert gap("auc_lately", "auc_factors").min() == pytest.approx(0.050, abs=0.0005)
    lead = gap("auc_lately", "auc_bpr")
    assert (lead > 0).sum() == 4
    assert lead.mean() == pytest.approx(0.012, abs=0.0005)

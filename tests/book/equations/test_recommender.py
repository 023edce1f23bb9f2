"""The labeled equations of the page ``recommender``."""

import numpy as np
import pytest
import sympy as sp
from scipy.stats import mannwhitneyu

from lossbook import check_gradient
from lossbook.losses import logistic

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

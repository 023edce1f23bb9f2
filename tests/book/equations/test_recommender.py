"""The labeled equations of the page ``recommender``."""

import numpy as np
import pytest
from scipy.stats import mannwhitneyu

from lossbook.losses import logistic
from tests.printed import Over, over, printed

# A small table of ratings: 4 users, 5 movies, 2 factors, 9 ratings.
RNG = np.random.default_rng(3)
KNOWN = [(0, 0), (0, 2), (0, 4), (1, 1), (1, 2), (2, 0), (2, 3), (3, 3), (3, 4)]
STARS = RNG.integers(1, 11, size=9) / 2
B, C = RNG.normal(size=4), RNG.normal(size=5)
P, Q = RNG.normal(size=(4, 2)), RNG.normal(size=(5, 2))
LAMBDA_B, LAMBDA = 0.03, 0.2


def slopes(direction, **at):
    (name, value), step = next(iter(at.items())), 1e-4
    up, down = (objective(**{name: value + h * direction}) for h in (step, -step))
    return (up - down) / (2 * step)


def objective(**numbers):
    return printed("eq-recommender-objective").right(J=None, **names_of(**numbers))


def names_of(b=B, c=C, p=P, q=Q):
    """Return what the names on the page mean; users and movies are counted from 1."""
    pairs = [(u + 1, m + 1) for u, m in KNOWN]
    predictions = {(u + 1, m + 1): predicted(u, m, b, c, p, q) for u, m in KNOWN}
    return {
        "u,m": Over(pairs),
        "u": over(1, 4),
        "m": over(1, 5),
        "N": 9,
        "hat_y": predictions,
        "y": dict(zip(pairs, STARS)),
        "lam_b": LAMBDA_B,
        "lam": LAMBDA,
        "b": b,
        "c": c,
        "p": p,
        "q": q,
    }


def predicted(u, m, b=B, c=C, p=P, q=Q):
    return STARS.mean() + b[u] + c[m] + p[u] @ q[m]


@pytest.mark.equation("eq-recommender-model")
def test_the_factorization_is_one_matrix_of_rank_two_more_than_its_factors():
    left = np.column_stack([np.ones(4), B, P])
    right = np.column_stack([STARS.mean() + C, np.ones(5), Q])
    names = {"mu": STARS.mean(), "b": B, "c": C, "p": P, "q": Q, "hat_y": left @ right.T}
    for u, m in ((1, 1), (2, 5), (4, 3)):
        printed("eq-recommender-model").check(u=u, m=m, **names)
        assert predicted(u - 1, m - 1) == pytest.approx((left @ right.T)[u - 1, m - 1])


@pytest.mark.equation("eq-recommender-objective")
def test_the_penalized_objective_is_an_ordinary_least_squares_problem_in_the_users_numbers():
    # For fixed movies the best p_u solves normal equations; there the derivative must be 0.
    p = P.copy()
    for u in range(4):
        mine = [n for n, (user, _) in enumerate(KNOWN) if user == u]
        rows = np.array([Q[KNOWN[n][1]] for n in mine])
        rest = np.array([STARS[n] - STARS.mean() - B[u] - C[KNOWN[n][1]] for n in mine])
        p[u] = np.linalg.solve(rows.T @ rows / 9 + LAMBDA * np.eye(2), rows.T @ rest / 9)
    # The best numbers of a movie, and its bias, in the same way.
    q = Q.copy()
    for m in range(5):
        mine = [n for n, (_, movie) in enumerate(KNOWN) if movie == m]
        rows = np.array([P[KNOWN[n][0]] for n in mine])
        rest = np.array([STARS[n] - STARS.mean() - C[m] - B[KNOWN[n][0]] for n in mine])
        q[m] = np.linalg.solve(rows.T @ rows / 9 + LAMBDA * np.eye(2), rows.T @ rest / 9)
    # The best bias is the mean of what is left, shrunk by the number of ratings.
    b, c = B.copy(), C.copy()
    for number, (bias, other) in enumerate(((b, C), (c, B))):
        for who in range(len(bias)):
            left = [
                y - STARS.mean() - other[pair[1 - number]] - P[pair[0]] @ Q[pair[1]]
                for pair, y in zip(KNOWN, STARS)
                if pair[number] == who
            ]
            bias[who] = sum(left) / (len(left) + 9 * LAMBDA_B)
    for name, best in (("p", p), ("q", q), ("b", b), ("c", c)):
        for direction in RNG.normal(size=(3, *best.shape)):
            assert slopes(direction, **{name: best}) == pytest.approx(0, abs=1e-9)
            assert objective(**{name: best + 0.01 * direction}) > objective(**{name: best})
    mean_square = np.mean([(predicted(u, m) - y) ** 2 for (u, m), y in zip(KNOWN, STARS)])
    nothing = {"lam": 0.0, "lam_b": 0.0}
    printed("eq-recommender-objective").check(J=mean_square, **{**names_of(), **nothing})


@pytest.mark.equation("eq-recommender-gradient")
def test_the_gradient_of_a_users_numbers_sums_over_the_movies_that_the_user_rated():
    numeric = np.zeros((4, 2))
    for place in np.ndindex(4, 2):
        unit = np.zeros((4, 2))
        unit[place] = 1
        numeric[place] = slopes(unit, p=P)
    residuals = {(u + 1, m + 1): predicted(u, m) - y for (u, m), y in zip(KNOWN, STARS)}
    page = printed("eq-recommender-gradient")
    for u, m in ((1, 3), (2, 3), (4, 5)):
        names = {**names_of(), "d_J_d_p": numeric, "r": residuals, "u": u}
        page.check(0, rated_by=lambda m, u: (u - 1, m - 1) in KNOWN, **names, rtol=1e-7)
        page.check(1, **{**names, "m": m}, rtol=1e-7)


@pytest.mark.equation("eq-recommender-auc")
def test_the_auc_is_the_statistic_of_mann_and_whitney_as_a_share_of_the_pairs():
    scores = np.array([0.3, 2.0, -1.0, 0.9, 0.31, 1.1, -0.2])
    liked, ranked = (1, 4, 6), tuple(range(1, 8))
    # The statistic of Mann and Whitney counts the same pairs, by ranks.
    by_ranks = [
        mannwhitneyu(scores[[i - 1]], np.delete(scores, i - 1)).statistic / 6 for i in liked
    ]
    page, names = printed("eq-recommender-auc"), {"u": 8, "I": {8: liked}, "J": {8: ranked}}
    table = {(8, i): score for i, score in enumerate(scores, 1)}
    page.check(AUC_u=np.mean(by_ranks), s=table, **names)
    # A tie counts as lost, for both.
    tied = {**table, (8, 4): 0.3, (8, 1): 0.3}
    less = page.right(AUC_u=None, s={**table, (8, 4): 0.299}, **names)
    assert page.right(AUC_u=None, s=tied, **names) == pytest.approx(less - 1 / 18, rel=1e-13)


@pytest.mark.equation("eq-recommender-bpr")
def test_the_ranking_loss_pulls_both_scores_with_the_same_strength():
    for first, second in [(0.0, 0.0), (1.5, -0.5), (-2.0, 3.0)]:
        (value,), (slope,) = logistic([first - second], [1])
        by = {(1, 2): slope, (1, 3): -slope}
        names = {"u": 1, "i": 2, "j": 3, "s": {(1, 2): first, (1, 3): second}}
        printed("eq-recommender-bpr").check(ell=value, d_ell_d_s=by, **names)

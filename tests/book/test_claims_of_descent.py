"""What four pages say about descent, its noise and its rivals, and how far it holds."""

import re

import numpy as np
import pytest

from lossbook import datasets, minibatches, minimize, models, risk
from lossbook.losses import squared_error
from lossbook.optimizers import AdaGrad, Adam, GradientDescent, RMSProp
from lossbook.surfaces import quadratic
from tests.book.test_claims_of_losses import printed, text

CALLS = datasets.phone_calls()
RIGHT = np.setdiff1d(np.arange(24), np.arange(14, 20))
PEOPLE = datasets.doctor_visits()


def with_ones(x):
    return np.column_stack([np.ones(len(x)), x])


# Five steps.


def test_a_grid_over_ten_parameters_takes_the_years_that_the_page_says():
    page = text("algorithm/five_steps")
    assert "$100^{10} = 10^{20}$" in page
    assert "a billion points per second needs more than three thousand years" in page
    assert 3000 < 100**10 / 1e9 / (365.25 * 24 * 3600) < 3300
    assert "age of the universe" not in page


@pytest.mark.parametrize(("x", "allowed"), [("decades", 0.0022), ("raw years", 37)])
def test_a_small_gradient_leaves_a_distance_of_its_norm_over_the_smallest_curvature(x, allowed):
    years = CALLS.X[RIGHT]
    A = with_ones((years - 1950) / 10 if x == "decades" else years)
    H = 2 / len(A) * A.T @ A
    curvatures, axes = np.linalg.eigh(H)
    best = np.linalg.lstsq(A, CALLS.y[RIGHT], rcond=None)[0]
    far = best + 1e-3 / curvatures[0] * axes[:, 0]
    gradient = 2 / len(A) * A.T @ (A @ far - CALLS.y[RIGHT])
    # The bound is reached along the flattest direction, and by no other.
    assert np.linalg.norm(gradient) == pytest.approx(1e-3, rel=1e-3)
    assert np.linalg.norm(far - best) == pytest.approx(allowed, rel=0.02)
    for e in np.random.default_rng(0).normal(size=(50, 2)):
        assert np.linalg.norm(e) <= np.linalg.norm(H @ e) / curvatures[0] * (1 + 1e-6)
    assert f"{x}: norm 0.001, distance up to {allowed}" in printed("algorithm/five_steps")


def test_on_separable_classes_the_gradient_vanishes_and_no_point_is_lowest():
    """The logistic risk of two points: convex, always above 0, and as flat as you like."""
    margins = np.array([1.0, 3.0, 10.0, 30.0])
    risks, slopes = np.log1p(np.exp(-margins)), -1 / (1 + np.exp(margins))
    assert (np.diff(risks) < 0).all()
    assert risks[-1] > 0
    assert abs(slopes[-1]) < 1e-12
    assert "no other point is lower." in text("algorithm/five_steps")
    assert "For a convex risk it means that no other point" not in text("algorithm/five_steps")


@pytest.mark.parametrize("seed", range(5))
def test_with_equal_inputs_no_rate_takes_every_start_to_one_point(seed):
    rng = np.random.default_rng(seed)
    objective = risk(models.linear, squared_error, np.full((9, 1), 2.0), rng.normal(size=9))
    largest = np.linalg.eigvalsh(2 / 9 * with_ones(np.full(9, 2.0)).T @ with_ones(np.full(9, 2.0)))
    assert abs(largest[0]) < 1e-12
    ends = [
        minimize(objective, start, GradientDescent(1 / largest[1]), max_steps=500).parameters
        for start in rng.normal(size=(2, 2)) * 5
    ]
    assert objective(ends[0])[0] == pytest.approx(objective(ends[1])[0], rel=1e-12)
    # What differed along the flat direction at the start differs still.
    assert np.linalg.norm(ends[0] - ends[1]) > 0.1
    assert "If the $x_i$ are not all equal" in text("algorithm/five_steps")


# Stochastic gradients.

X = (PEOPLE.X - PEOPLE.X.mean(axis=0)) / PEOPLE.X.std(axis=0)
A = with_ones(X)
BEST = np.linalg.lstsq(A, PEOPLE.y, rcond=None)[0]


def variance_at(theta):
    return (2 * A * (A @ theta - PEOPLE.y)[:, None]).var(axis=0).sum()


@pytest.mark.parametrize("seed", range(5))
def test_full_batches_of_a_thousand_are_off_as_the_formula_says(seed):
    """The last batch of an epoch has 190 rows: with it, the largest size looks a tenth worse."""
    G = -2 * A * PEOPLE.y[:, None]
    batches = minibatches(len(G), 1000, seed=seed)
    drawn = [next(batches) for _ in range(20 * 21)]
    full = [rows for rows in drawn if len(rows) == 1000]
    assert (len(drawn), len(full), min(map(len, drawn))) == (420, 400, 190)

    def off(some):
        distances = [np.linalg.norm(G[rows].mean(axis=0) - G.mean(axis=0)) for rows in some]
        return np.sqrt(np.mean(np.square(distances)))

    N = len(G)
    predicted = np.sqrt(G.var(axis=0).sum() / 1000 * (N - 1000) / (N - 1))
    assert off(full) == pytest.approx(predicted, rel=0.05)
    assert off(drawn) > 1.05 * predicted
    assert "1000: off by 1.0, predicted 1.0" in printed("algorithm/stochastic_gradients")
    assert "Take every full batch" in text("algorithm/stochastic_gradients")


def test_the_variance_of_the_page_grows_like_the_square_of_the_distance():
    # Var[u + v] ≤ 2 Var[u] + 2 Var[v], and the second grows like the distance squared.
    fourth = 4 * (A * (A**2).sum(axis=1)[:, None]).T @ A / len(A)
    M = 2 * max(variance_at(BEST), np.linalg.eigvalsh(fourth)[-1])
    for u in np.random.default_rng(0).normal(size=(5, 7)):
        u = u / np.linalg.norm(u)
        near, far, farther = (variance_at(BEST + d * u) for d in (0, 100, 1000))
        assert far > 100 * near  # not bounded
        assert farther == pytest.approx(100 * far, rel=0.05)
        assert far < M * (1 + 100**2)
        assert farther < M * (1 + 1000**2)
    for distance in (0, 10, 100):
        found = variance_at(BEST + distance * np.eye(7)[6])
        line = f"distance {distance:3d}: {found:6.0f}, share {found / (1 + distance**2):.0f}"
        assert line in printed("algorithm/stochastic_gradients")


def test_the_two_conditions_are_enough_for_a_variance_that_grows_with_the_distance():
    """The exact mean square of the error, if the variance is M(1 + e²)."""

    def left_over(rate, M=20.0, square=1e4, steps=100_000):
        for k in range(steps):
            square = (1 - rate(k)) ** 2 * square + rate(k) ** 2 * M * (1 + square)
        return square

    def inverse(k):
        return 1 / (k + 40)

    # From 10,000 down: first like 1/k², then like 1/k.
    assert left_over(inverse) < 3e-3
    assert left_over(inverse, steps=1_000_000) < 1e-4
    assert left_over(lambda k: 0.02) > 0.1
    assert left_over(lambda k: 0.04 * 0.9**k) > 100
    page = text("algorithm/stochastic_gradients")
    assert "noise of bounded variance" not in page
    assert r"at most $M\,(1 + \lVert\theta - \theta^*\rVert^2)$" in page


# Momentum.


@pytest.mark.parametrize("kappa", [4.0, 25.0, 100.0, 400.0, 2152.5])
def test_the_best_setting_of_nesterovs_method_beats_the_usual_one(kappa):
    three = np.sqrt(3 * kappa + 1)

    def worst(rate, beta):
        q = 1 - rate * np.linspace(1, kappa, 400)
        b, c = (1 + beta) * q, beta * q
        roots = np.sqrt((b**2 - 4 * c).astype(complex))
        return np.maximum(abs(b + roots), abs(b - roots)).max() / 2

    best = worst(4 / (3 * kappa + 1), (three - 2) / (three + 2))
    assert best == pytest.approx(1 - 2 / three, abs=1e-6)
    root = np.sqrt(kappa)
    plain = worst(1 / kappa, (root - 1) / (root + 1))
    assert plain == pytest.approx(1 - 1 / root, abs=1e-6)
    heavy = (root - 1) / (root + 1)
    assert heavy < best < plain
    for rate in (0.97, 1, 1.03):
        for beta in (0.97, 1, 1.03):
            other = min(beta * (three - 2) / (three + 2), 0.999)
            assert worst(rate * 4 / (3 * kappa + 1), other) > best - 1e-6


def test_the_page_of_momentum_names_what_is_on_it():
    page = text("algorithm/momentum_to_adam")
    assert page.startswith("# Momentum: the heavy ball and Nesterov's method\n")
    assert "a proof for all smooth convex functions" in page
    assert "a proof for all convex functions" not in page
    steps = re.findall(r"measured (\d+)", printed("algorithm/momentum_to_adam"))
    assert [int(n) for n in steps] == [423, 744, 643]


# A rate for each parameter.


@pytest.mark.parametrize("part", range(5))
def test_on_five_tenths_of_the_records_only_adam_beats_the_heavy_ball(part):
    x, y = PEOPLE.X[part::10], PEOPLE.y[part::10]
    visits = risk(models.linear, squared_error, x, y)
    lowest = np.linalg.lstsq(with_ones(x), y, rcond=None)[0]
    curvatures = np.linalg.eigvalsh(2 / len(x) * with_ones(x).T @ with_ones(x))
    small, large = np.sqrt(curvatures[[0, -1]])

    def left(optimizer):
        run = minimize(visits, np.zeros(7), optimizer, max_steps=400, gradient_tolerance=0)
        return np.median(np.linalg.norm(run.path - lowest, axis=1)[-50:])

    plain = left(GradientDescent(2 / (small**2 + large**2)))
    share = (large - small) / (large + small)
    heavy = left(GradientDescent(4 / (large + small) ** 2, momentum=share**2))
    adagrad, rmsprop = left(AdaGrad(0.3)), left(RMSProp(0.03))
    assert plain > 5 * adagrad > 5 * rmsprop > 500 * heavy
    assert left(Adam(0.3)) < heavy / 100
    assert left(Adam(0.03)) > 100 * heavy
    # The rates of the race are as good as the next ones of the grid.
    assert adagrad < 1.05 * min(left(AdaGrad(r)) for r in (0.1, 1.0))
    assert rmsprop < 1.3 * min(left(RMSProp(r)) for r in (0.01, 0.1))
    assert left(Adam(0.3)) < left(Adam(0.1))


def steps(rule, H, start, rates, most=3000):
    """Return the fewest steps of any rate to a gradient of 0.001; all rates side by side."""
    theta, memory = np.tile(start, (len(rates), 1)), None
    for k in range(most):
        g = theta @ H
        if (np.linalg.norm(g, axis=1) <= 1e-3).any():
            return k
        step, memory = rule(g, memory, k + 1)
        theta = theta - np.array(rates)[:, None] * step
    return most


def adagrad(g, s, _):
    s = g**2 if s is None else s + g**2
    return g / (np.sqrt(s) + 1e-10), s


def rmsprop(g, s, _):
    s = 0.1 * g**2 if s is None else 0.9 * s + 0.1 * g**2
    return g / (np.sqrt(s) + 1e-8), s


def adam(g, memory, k):
    m, v = (0, 0) if memory is None else memory
    m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g**2
    return m / (1 - 0.9**k) / (np.sqrt(v / (1 - 0.999**k)) + 1e-8), (m, v)


RATES = (0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3)
TURN = np.array([[1.0, -1.0], [1.0, 1.0]]) / np.sqrt(2)


@pytest.mark.parametrize("start", [(1, 0.7), (0.8, -0.5), (-0.6, 1.1), (1.2, 0.9), (0.9, 0.4)])
def test_a_turn_costs_adagrad_and_rmsprop_most_and_adam_little_at_its_best_rate(start):
    straight, start = np.diag([1.0, 100.0]), np.array(start)
    turned, turned_start = TURN @ straight @ TURN.T, TURN @ start
    for rule, least, most in ((adagrad, 20, 1000), (rmsprop, 50, 1000), (adam, 0.5, 1.5)):
        along = steps(rule, straight, start, RATES)
        across = steps(rule, turned, turned_start, RATES)
        assert least < across / along < most, rule.__name__
    assert steps(adam, turned, turned_start, [0.03]) > 3 * steps(adam, straight, start, [0.03])

    def ball(H, at):
        heavy = GradientDescent(4 / 121, momentum=(9 / 11) ** 2)
        return len(minimize(quadratic(H), at, heavy, gradient_tolerance=1e-3).path) - 1

    # Rounding may shift the step at which the norm passes the tolerance by one.
    assert abs(ball(straight, start) - ball(turned, turned_start)) <= 1
    assert ball(turned, turned_start) < steps(adam, turned, turned_start, RATES)


def test_the_page_states_the_grid_and_what_it_shows():
    shown, page = printed("algorithm/adaptive_rates"), text("algorithm/adaptive_rates")
    assert "rate         " + " ".join(f"{rate:5g}" for rate in RATES) in shown
    assert "best heavy ball" in shown
    assert "They have no rate in" not in page
    straight, start = np.diag([1.0, 100.0]), np.array([1.0, 0.7])
    turned, turned_start = TURN @ straight @ TURN.T, TURN @ start
    for rule, name in ((adagrad, "AdaGrad"), (rmsprop, "RMSProp"), (adam, "Adam")):
        for where, H, at in (("along an axis", straight, start), ("turned", turned, turned_start)):
            (row,) = re.findall(rf"^{name} +{where} +(.+)$", shown, re.MULTILINE)
            counts = [3000 if c == "-" else int(c) for c in row.split()]
            assert len(counts) == len(RATES)
            # Where a run is long, rounding moves it.
            assert min(counts) == pytest.approx(steps(rule, H, at, RATES), abs=1)

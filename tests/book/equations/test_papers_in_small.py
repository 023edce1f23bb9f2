"""The labeled equations of the page ``papers_in_small``."""

import itertools

import numpy as np
import pytest

from lossbook import minimize
from lossbook.optimizers import GradientDescent
from tests.printed import Chance, over, printed


@pytest.mark.equation("eq-papers-variance")
def test_the_variance_of_a_sum_grows_with_the_number_of_its_inputs():
    x = np.array([0.5, -1.0, 2.0, 0.1, 3.0])
    # Weights of ±0.3 in every combination: each is drawn by itself, with mean 0.
    weights = 0.3 * np.array(list(itertools.product([-1.0, 1.0], repeat=5)))
    printed("eq-papers-variance").check(
        Var=lambda v: np.var(list(v.values()) if isinstance(v, dict) else v),
        w={j: weights[:, j - 1] for j in range(1, 6)},
        x=x,
        j=over(1, 5),
        n=5,
        E=Chance(tuple((1 / 5, {"x": value}) for value in x)),
    )


@pytest.mark.equation("eq-papers-nesterov")
def test_nesterov_as_in_the_paper_visits_the_points_of_the_package():
    def gradient(theta):
        return np.array([2.0, 30.0]) * theta + np.sin(theta)

    page = printed("eq-papers-nesterov")
    rate, mu = 0.02, 0.8
    ours, theta, velocity = np.array([1.0, -2.0]), {0: np.array([1.0, -2.0])}, {0: np.zeros(2)}
    optimizer = GradientDescent(rate, momentum=mu, nesterov=True)
    for k in range(50):
        np.testing.assert_allclose(ours, theta[k] + mu * velocity[k], rtol=1e-12, atol=1e-14)
        ours = optimizer.step(ours, gradient(ours))
        names = {"k": k, "mu": mu, "eta": rate, "nabla_f": gradient}
        velocity[k + 1] = page.right(0, v={k: velocity[k]}, theta={k: theta[k]}, **names)
        theta[k + 1] = page.right(1, v={k + 1: velocity[k + 1]}, theta={k: theta[k]}, **names)
        page.check(v=velocity, theta=theta, **names)


@pytest.mark.equation("eq-papers-fair")
def test_the_score_of_a_method_is_its_best_end_over_its_rates():
    # On f(x) = x² from 1, k steps at the rate η end at (1 − 2η)^(2k): the best rate is known.
    rates = {"plain": (0.1, 0.4, 0.9), "other": (0.2, 0.3, 0.7)}

    def objective(x):
        return float(x @ x), 2 * x

    def end(rate):
        return minimize(objective, [1.0], GradientDescent(rate), max_steps=3).parameters

    page = printed("eq-papers-fair")
    names = {"G": rates, "L": lambda x: objective(x)[0], "theta": {"plain": end, "other": end}}
    best = {"plain": (1 - 2 * 0.4) ** 6, "other": (1 - 2 * 0.3) ** 6}
    for m in rates:
        page.check(0, m=m, score=best.get, rtol=1e-9, **names)
        assert page.right(1, m=m, **names) == 3


@pytest.mark.parametrize("inputs", [4, 64])
def test_a_unit_of_the_sparse_start_keeps_the_size_of_what_it_reads(inputs):
    # Fifteen inputs, or all if there are fewer, with weights of variance 1/16.
    rng, read = np.random.default_rng(0), min(inputs, 15)
    used = np.tile(np.arange(inputs)[:, None] < 15, 100_000)
    weights = rng.permuted(used, axis=0) * rng.normal(size=(inputs, 100_000)) / 4
    assert (np.count_nonzero(weights, axis=0) == read).all()
    assert (np.ones(inputs) @ weights).var() == pytest.approx(read / 16, rel=2e-2)

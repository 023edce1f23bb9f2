"""The labeled equations of the page ``papers_in_small``."""

import numpy as np
import pytest

from lossbook import minimize
from lossbook.optimizers import GradientDescent


@pytest.mark.equation("eq-papers-variance")
def test_the_variance_of_a_sum_grows_with_the_number_of_its_inputs():
    x = np.array([0.5, -1.0, 2.0, 0.1, 3.0])
    weights = 0.3 * np.random.default_rng(1).normal(size=(1_000_000, 5))
    printed = 5 * 0.3**2 * np.mean(x**2)
    assert (weights @ x).var() == pytest.approx(printed, rel=5e-3)


@pytest.mark.equation("eq-papers-nesterov")
def test_nesterov_as_in_the_paper_visits_the_points_of_the_package():
    def gradient(theta):
        return np.array([2.0, 30.0]) * theta + np.sin(theta)

    rate, mu = 0.02, 0.8
    ours, theirs, velocity = np.array([1.0, -2.0]), np.array([1.0, -2.0]), np.zeros(2)
    optimizer = GradientDescent(rate, momentum=mu, nesterov=True)
    for _ in range(50):
        np.testing.assert_allclose(ours, theirs + mu * velocity, rtol=1e-12, atol=1e-14)
        ours = optimizer.step(ours, gradient(ours))
        velocity = mu * velocity - rate * gradient(theirs + mu * velocity)
        theirs = theirs + velocity


@pytest.mark.equation("eq-papers-fair")
def test_the_score_of_a_method_is_its_best_end_over_its_rates():
    # On f(x) = x² from 1, k steps at the rate η end at (1 − 2η)^(2k): the best rate is known.
    rates = (0.1, 0.4, 0.9)

    def objective(x):
        return float(x @ x), 2 * x

    ends = [minimize(objective, [1.0], GradientDescent(rate), max_steps=3).value for rate in rates]
    np.testing.assert_allclose(ends, [(1 - 2 * rate) ** 6 for rate in rates], rtol=1e-9)
    assert min(ends) == ends[1]


@pytest.mark.parametrize("inputs", [4, 64])
def test_a_unit_of_the_sparse_start_keeps_the_size_of_what_it_reads(inputs):
    # Fifteen inputs, or all if there are fewer, with weights of variance 1/16.
    rng, read = np.random.default_rng(0), min(inputs, 15)
    used = np.tile(np.arange(inputs)[:, None] < 15, 100_000)
    weights = rng.permuted(used, axis=0) * rng.normal(size=(inputs, 100_000)) / 4
    assert (np.count_nonzero(weights, axis=0) == read).all()
    assert (np.ones(inputs) @ weights).var() == pytest.approx(read / 16, rel=2e-2)

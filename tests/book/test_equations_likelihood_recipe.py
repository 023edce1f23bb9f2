"""The equations of "Losses are likelihoods" on classes and on the divergence from the data."""

import numpy as np
import pytest
from scipy import special, stats

from lossbook import datasets, losses

VISITS = datasets.doctor_visits().y


@pytest.mark.equation("eq-likelihood-categorical")
def test_minus_the_logarithm_of_a_class_is_log_sum_exp_less_its_score():
    scores = np.random.default_rng(2).normal(scale=3, size=(40, 5))
    labels = np.arange(40) % 5
    printed = special.logsumexp(scores, axis=1) - scores[np.arange(40), labels]
    for row, label, value in zip(scores, labels, printed):
        coin = stats.multinomial(1, special.softmax(row))
        assert -coin.logpmf(np.eye(5)[label]) == pytest.approx(value, rel=1e-10)
    np.testing.assert_allclose(losses.softmax_cross_entropy(scores, labels)[0], printed, rtol=1e-12)


@pytest.mark.equation("eq-likelihood-entropy-and-divergence")
@pytest.mark.parametrize("rate", [1.0, 2.86, 6.0])
def test_the_mean_loss_is_the_entropy_of_the_data_plus_the_divergence_from_them(rate):
    values, counts = np.unique(VISITS, return_counts=True)
    model = stats.poisson.pmf(values, rate)
    parts = stats.entropy(counts), stats.entropy(counts, model)
    # SciPy normalizes the model over the values that occur; the equation does not.
    parts = parts[0], parts[1] - np.log(model.sum())
    risk = -stats.poisson.logpmf(VISITS, rate).mean()
    assert sum(parts) == pytest.approx(risk, rel=1e-12)
    assert parts[1] > 0

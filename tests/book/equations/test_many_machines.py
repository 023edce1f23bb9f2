"""The labeled equations of the page ``many_machines``."""

import numpy as np
import pytest

from lossbook import check_gradient, datasets, models, risk
from lossbook.losses import binary_cross_entropy, squared_error
from lossbook.penalties import l2

PEOPLE = datasets.poor_health()


X, Y = PEOPLE.X[:900], PEOPLE.y[:900]


CUTS = [(0, 100), (100, 450), (450, 900)]


THETA = np.array([-1.0, 0.3, 0.1, -0.2, 0.4, 0.5, -0.1])


@pytest.mark.equation("eq-machines-split")
@pytest.mark.parametrize("loss", [binary_cross_entropy, squared_error])
def test_risk_and_gradient_are_the_means_of_the_parts_weighted_by_their_rows(loss):
    whole = risk(models.linear, loss, X, Y)
    parts = [(b - a, risk(models.linear, loss, X[a:b], Y[a:b])) for a, b in CUTS]

    def joined(theta):
        answers = [(n / 900, *part(theta)) for n, part in parts]
        return sum(w * v for w, v, _ in answers), sum(w * g for w, _, g in answers)

    np.testing.assert_allclose(joined(THETA)[0], whole(THETA)[0], rtol=1e-13)
    np.testing.assert_allclose(joined(THETA)[1], whole(THETA)[1], rtol=1e-12, atol=1e-14)
    assert check_gradient(joined, THETA).passed


def test_accumulated_gradients_of_unequal_micro_batches_need_weights():
    exact = risk(models.linear, binary_cross_entropy, X, Y)(THETA)[1]
    each = [risk(models.linear, binary_cross_entropy, X[a:b], Y[a:b])(THETA)[1] for a, b in CUTS]
    weighted = sum((b - a) / 900 * g for (a, b), g in zip(CUTS, each))
    np.testing.assert_allclose(weighted, exact, rtol=1e-12, atol=1e-14)
    # Parts of 100, 350 and 450 rows: the plain mean gives the first one three times its share.
    off = np.mean(each, axis=0) - exact
    shares = [1 / 3 - (b - a) / 900 for a, b in CUTS]
    np.testing.assert_allclose(off, sum(w * g for w, g in zip(shares, each)), atol=1e-14)
    assert abs(off).max() > 0.01


@pytest.mark.equation("eq-machines-penalty")
def test_a_penalty_of_every_worker_counts_as_often_as_there_are_workers():
    once = risk(models.linear, squared_error, X, Y, penalty=l2(0.1))(THETA)[0]
    mean = risk(models.linear, squared_error, X, Y)(THETA)[0]
    size = (THETA**2).sum()
    assert once == pytest.approx(mean + 0.1 * size, rel=1e-14)

    def joined(scale):
        """Add the penalty to scale(n) times the mean loss of each part, and join the parts."""
        parts = [(b - a, risk(models.linear, squared_error, X[a:b], Y[a:b])) for a, b in CUTS]
        return sum((scale(n) * f(THETA)[0] + 0.1 * size) * n / 900 / scale(n) for n, f in parts)

    assert joined(lambda n: n / 900) == pytest.approx(
        risk(models.linear, squared_error, X, Y, penalty=l2(3 * 0.1))(THETA)[0], rel=1e-13
    )
    # Added to the sum of a part it is far too weak, and added to its mean it comes out right.
    assert joined(lambda n: n) == pytest.approx(mean + 0.1 * size * 3 / 900, rel=1e-13)
    assert joined(lambda n: 1) == pytest.approx(once, rel=1e-13)


@pytest.mark.equation("eq-machines-slowest")
@pytest.mark.parametrize("workers", [1, 2, 5])
def test_the_slowest_of_exponential_times_takes_the_harmonic_sum(workers):
    # The mean of a positive time is the integral of the chance that it is not over yet.
    tau, t = 3.0, np.linspace(0, 150, 300_001)
    still_running = 1 - (1 - np.exp(-t / tau)) ** workers
    mean = np.trapezoid(still_running, t)
    assert mean == pytest.approx(tau * sum(1 / w for w in range(1, workers + 1)), rel=1e-6)


@pytest.mark.equation("eq-machines-time")
def test_the_best_number_of_workers_is_the_root_of_the_ratio():
    c, rows, m = 1e-7, 1e8, 2e-3
    workers = np.linspace(1, 500, 499_001)
    fastest = workers[np.argmin(c * rows / workers + m * workers)]
    assert fastest == pytest.approx(np.sqrt(c * rows / m), abs=2e-3)

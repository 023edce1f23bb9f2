"""The labeled equations of the page ``many_machines``."""

import numpy as np
import pytest

from lossbook import check_gradient, datasets, models, risk
from lossbook.losses import binary_cross_entropy, squared_error
from lossbook.penalties import l2
from tests.printed import Both, Chance, over, printed

PEOPLE = datasets.poor_health()
X, Y = PEOPLE.X[:900], PEOPLE.y[:900]
CUTS = [(0, 100), (100, 450), (450, 900)]
THETA = np.array([-1.0, 0.3, 0.1, -0.2, 0.4, 0.5, -0.1])


@pytest.mark.equation("eq-machines-split")
@pytest.mark.parametrize("loss", [binary_cross_entropy, squared_error])
def test_risk_and_gradient_are_the_means_of_the_parts_weighted_by_their_rows(loss):
    whole = risk(models.linear, loss, X, Y)
    parts = [risk(models.linear, loss, X[a:b], Y[a:b]) for a, b in CUTS]
    values = {p: lambda t, f=f: f(t)[0] for p, f in enumerate(parts, 1)}
    slopes = {p: lambda t, f=f: f(t)[1] for p, f in enumerate(parts, 1)}
    printed("eq-machines-split").check(
        L=Both(lambda t: whole(t)[0], values),
        nabla_L=Both(lambda t: whole(t)[1], slopes),
        n=[b - a for a, b in CUTS],
        N=900,
        p=over(1, 3),
        theta=THETA,
        atol=1e-14,
    )
    assert check_gradient(whole, THETA).passed


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
    plain = risk(models.linear, squared_error, X, Y)
    mean, size = plain(THETA)[0], (THETA**2).sum()
    parts = [risk(models.linear, squared_error, X[a:b], Y[a:b]) for a, b in CUTS]
    values = {p: lambda t, f=f: f(t)[0] for p, f in enumerate(parts, 1)}
    names = {"n": [b - a for a, b in CUTS], "N": 900, "p": over(1, 3), "theta": THETA}
    page = printed("eq-machines-penalty")
    names |= {"L": Both(lambda t: plain(t)[0], values), "W": 3, "lam": 0.1}
    left, right = page.sides(**names)
    assert left == pytest.approx(once, rel=1e-13)
    thrice = risk(models.linear, squared_error, X, Y, penalty=l2(3 * 0.1))(THETA)[0]
    assert right == pytest.approx(thrice, rel=1e-13)
    assert page.orders(0, [left, right])
    assert not page.holds(rtol=1e-12, **{**names, "W": 1}), "one worker makes no difference"

    def joined(scale):
        """Add the penalty to scale(n) times the mean loss of each part, and join the parts."""
        parts = [(b - a, risk(models.linear, squared_error, X[a:b], Y[a:b])) for a, b in CUTS]
        return sum((scale(n) * f(THETA)[0] + 0.1 * size) * n / 900 / scale(n) for n, f in parts)

    assert joined(lambda n: n / 900) == pytest.approx(thrice, rel=1e-13)
    # Added to the sum of a part it is far too weak, and added to its mean it comes out right.
    assert joined(lambda n: n) == pytest.approx(mean + 0.1 * size * 3 / 900, rel=1e-13)
    assert joined(lambda n: 1) == pytest.approx(once, rel=1e-13)


@pytest.mark.equation("eq-machines-slowest")
@pytest.mark.parametrize("workers", [4, 5, 8])
def test_the_slowest_of_exponential_times_takes_the_harmonic_sum(workers):
    # The mean of a positive time is the integral of the chance that it is not over yet.
    tau, t = 3.0, np.linspace(0, 150, 300_001)
    still_running = 1 - (1 - np.exp(-t / tau)) ** workers
    mean = np.trapezoid(still_running, t)
    page = printed("eq-machines-slowest")
    left_out = sum(1 / w for w in range(4, workers))
    # An outcome for each worker who may be the last.
    times = [{"t": {1: 1.0, workers: 2.0}, "dots": 9.0}, {"t": {1: 7.0, workers: 2.0}, "dots": 3.0}]
    times.append({"t": {1: 1.0, workers: 8.0}, "dots": 3.0})
    chances = Chance(tuple((1 / 3, outcome) for outcome in times))
    names = {"tau": tau, "W": workers, "dots": left_out}
    left, right = page.sides(E=chances, **names)
    assert left == pytest.approx(8, rel=1e-14)
    assert right == pytest.approx(mean, rel=1e-6)


@pytest.mark.equation("eq-machines-time")
def test_the_best_number_of_workers_is_the_root_of_the_ratio():
    page, names = printed("eq-machines-time"), {"c": 1e-7, "N": 1e8, "m": 2e-3}
    best = page.right(1, **names)

    def time(workers):
        return page.right(0, T=None, W=workers, **names)

    # One worker does all of the work, and each more costs a message.
    assert time(1) == pytest.approx(10 + 2e-3, rel=1e-14)
    assert time(50) == pytest.approx(10 / 50 + 50 * 2e-3, rel=1e-14)
    workers = best * np.array([0.98, 0.99, 1, 1.01, 1.02])
    assert np.argmin([time(w) for w in workers]) == 2

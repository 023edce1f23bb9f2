"""The risk of a linear model and a loss of ours, a block of rows at a time: as of all rows."""

import sys
import warnings
from functools import partial

import numpy as np
import pytest

from lossbook import losses, risk
from lossbook.losses import binary_cross_entropy, huber, softmax_cross_entropy, squared_error
from lossbook.models import linear
from lossbook.penalties import l1, l2

RNG = np.random.default_rng(0)
X, Y = RNG.normal(size=(1000, 3)) * [1, 2, 0.5] + [0, 1, -1], RNG.normal(size=1000)
POINT = np.array([0.5, -1.0, 2.0, 0.3])
MODULE = sys.modules["lossbook.risk"]  # lossbook.risk is the function
LABELS = {"logistic": np.sign(Y), "hinge": np.sign(Y), "poisson": np.arange(1000) % 3}


@pytest.fixture
def sizes(monkeypatch):
    """Let a block have 101 rows of 3 numbers, and return the list of how many rows were taken."""
    taken, averaged = [], MODULE.averaged

    def counting(loss, predictions, *rest, **settings):
        taken.append(len(predictions))
        return averaged(loss, predictions, *rest, **settings)

    monkeypatch.setattr(MODULE, "BLOCK", 300)
    monkeypatch.setattr(MODULE, "averaged", counting)
    return taken


def with_and_without(monkeypatch, objective):
    """Return value and gradient in blocks, then those of all rows at once."""
    in_blocks = objective(POINT)
    monkeypatch.setattr(MODULE, "BLOCK", 10**9)
    return in_blocks, objective(POINT)


def assert_same(got, wanted, terms, dtype=np.float64, ulps=32):
    """Compare the values within 8 eps, and gradients within eps of the terms that they sum.

    The sums are of 1,000 terms, in two orders. A row left out would change them by 0.001.
    """
    eps = float(np.finfo(dtype).eps)
    assert isinstance(got[0], float)
    assert got[0] == pytest.approx(wanted[0], rel=8 * eps)
    assert got[1].dtype == wanted[1].dtype
    assert (np.abs(got[1] - wanted[1]) <= ulps * eps * terms).all()


def size_of_terms(loss, targets, **settings):
    _, slopes = loss(linear(POINT, X)[0], targets, **settings)
    return np.abs(slopes) @ np.abs(np.column_stack([np.ones(1000), X])) / 1000


@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("penalty", [None, l1(0.3), l2(0.3, skip=1)])
@pytest.mark.parametrize(
    "loss", [squared_error, huber, binary_cross_entropy, losses.logistic, losses.poisson]
)
def test_value_and_gradient_are_those_of_all_rows(loss, penalty, dtype, order, sizes, monkeypatch):
    targets = LABELS.get(loss.__name__, Y if loss in (squared_error, huber) else Y > 0)
    targets = targets.astype(dtype) if targets.dtype.kind == "f" else targets
    objective = risk(linear, loss, X.astype(dtype, order=order), targets, penalty=penalty)
    got, wanted = with_and_without(monkeypatch, objective)
    assert sizes == [101] * 9 + [91] + [1000]
    assert_same(got, wanted, size_of_terms(loss, targets), dtype)


@pytest.mark.parametrize("n", [1, 199, 200, 201])
def test_up_to_two_blocks_of_numbers_are_taken_at_once(n, sizes):
    risk(linear, squared_error, X[:n], Y[:n])(POINT)
    assert sizes == ([101, 100] if n == 201 else [n])


def test_a_million_numbers_and_more_are_taken_in_blocks():
    """Rows are repeated, so that the result is known but for the rounding of 450,000 sums."""
    times = 450
    wide, targets = np.tile(X, (times, 1)), np.tile(Y, times)
    assert wide.size > 2 * MODULE.BLOCK
    assert_same(
        risk(linear, squared_error, wide, targets)(POINT),
        risk(linear, squared_error, X, Y)(POINT),
        size_of_terms(squared_error, Y),
        ulps=500,
    )


def test_settings_reach_every_block(sizes, monkeypatch):
    got, wanted = with_and_without(monkeypatch, risk(linear, huber, X, Y, delta=0.25))
    assert_same(got, wanted, size_of_terms(huber, Y, delta=0.25))
    assert got[0] != pytest.approx(risk(linear, huber, X, Y)(POINT)[0], rel=0.1)


def test_with_weights_all_rows_are_taken_at_once(sizes, monkeypatch):
    weights = np.where(np.arange(1000) < 200, 0, np.arange(1000))  # the first block has none
    got, wanted = with_and_without(monkeypatch, risk(linear, huber, X, Y, weights=weights))
    assert got[0] == wanted[0]
    np.testing.assert_array_equal(got[1], wanted[1])


def test_a_model_or_a_loss_of_someone_else_is_given_all_rows(sizes):
    def model(parameters, X):
        predictions, backward = linear(parameters, X)
        return predictions - predictions.mean(), backward

    def loss(predictions, targets):
        values, gradients = squared_error(predictions, targets)
        seen.append(len(values))
        return values, gradients

    seen = []
    risk(model, squared_error, X, Y)(POINT)
    risk(partial(linear, outputs=2), softmax_cross_entropy, X, Y > 0)(np.arange(8.0))
    risk(linear, loss, X, Y)(POINT)
    assert (sizes, seen) == ([1000, 1000], [1000])


def test_lists_are_taken_at_once(sizes):
    got = risk(linear, squared_error, X.tolist(), Y.tolist())(POINT)
    assert sizes == [1000]
    assert got[0] == risk(linear, squared_error, X, Y.tolist())(POINT)[0]


@pytest.mark.parametrize(
    ("inputs", "message"),
    [
        ((X, np.where(np.arange(1000) == 700, 2, 1)), r"labels\[700\] is 2; expected"),
        ((X, np.ones(1001)), r"logits has shape \(1000,\) but labels has shape \(1001,\)"),
        ((X, np.ones((1000, 1))), r"logits has shape \(1000,\) but labels has shape \(1000, 1\)"),
        ((X[:, :2], np.ones(1000)), r"parameters has shape \(4,\) but X has shape \(1000, 2\)"),
        ((X[:, 0], np.ones(1000)), r"X has shape \(1000,\); expected \(n, d\)"),
        ((np.ma.array(X), np.ones(1000)), "X is a masked array"),
    ],
)
def test_what_is_refused_is_refused_as_of_all_rows(inputs, message, sizes):
    with pytest.raises(ValueError, match=message):
        risk(linear, binary_cross_entropy, *inputs)(POINT)


@pytest.mark.parametrize("entry", [np.nan, np.inf, 1e300])
def test_what_is_not_finite_is_so_without_a_warning(entry, sizes, monkeypatch):
    table = X.copy()
    table[500] = entry
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        got, wanted = with_and_without(monkeypatch, risk(linear, squared_error, table, Y))
    np.testing.assert_array_equal(got[0], wanted[0])
    np.testing.assert_array_equal(got[1], wanted[1])

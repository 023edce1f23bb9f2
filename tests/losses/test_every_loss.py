"""What is asked of every loss: arrays of any form, of no form, with masks, at the ends."""

import math
import tracemalloc
import warnings

import numpy as np
import pandas as pd
import pytest
import torch

from lossbook import mean
from lossbook.losses import squared_error
from tests.losses.every import EVERY, flat, inputs_of, labels_of

CASES = pytest.mark.parametrize("case", EVERY, ids=str)


def call(case, inputs):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return flat(case.loss(*inputs, **case.settings))


def assert_equal(got, wanted):
    for a, b in zip(got, wanted, strict=True):
        np.testing.assert_array_equal(a, b)
        assert (a.dtype, a.shape) == (b.dtype, b.shape)


def swapped(array):
    return array.astype(array.dtype.newbyteorder())


def read_only(array):
    array = array.copy()
    array.setflags(write=False)
    return array


def strided(array):
    return np.repeat(array, 2, axis=0)[::2]


def backward(array):
    return array[::-1].copy()[::-1]


def as_pandas(array):
    return pd.Series(array) if array.ndim == 1 else pd.DataFrame(array)


FORMS = {
    "big-endian": swapped,
    "read-only": read_only,
    "strided": strided,
    "backward": backward,
    "Fortran": np.asfortranarray,
    "lists": np.ndarray.tolist,
    "pandas": as_pandas,
    "torch": lambda array: torch.tensor(array),
}


@CASES
@pytest.mark.parametrize("form", FORMS)
def test_the_form_of_an_array_changes_nothing(case, form):
    inputs = inputs_of(case)
    assert_equal(call(case, [FORMS[form](a) for a in inputs]), call(case, inputs))


@CASES
@pytest.mark.parametrize("form", ["big-endian", "read-only", "strided", "Fortran", "pandas"])
def test_float32_of_any_form_stays_float32_in_native_order(case, form):
    inputs = [a.astype(np.float32) if a.dtype.kind == "f" else a for a in inputs_of(case)]
    got = call(case, [FORMS[form](a) for a in inputs])
    assert_equal(got, call(case, inputs))
    assert all(array.dtype == np.float32 and array.dtype.isnative for array in got)


@CASES
def test_float16_becomes_float64(case):
    inputs = [a.astype(np.float16) if a.dtype.kind == "f" else a for a in inputs_of(case)]
    sums = inputs[1].sum(axis=1, dtype=float) if inputs[1].ndim == 2 else np.zeros(1)
    if np.allclose(sums, 1, atol=1e-2):  # three digits do not sum to 1
        inputs[1] = np.eye(inputs[1].shape[1], dtype=np.float16)[np.arange(len(sums)) % 3]
    wide = [a.astype(np.float64) if a.dtype.kind == "f" else a for a in inputs]
    assert_equal(call(case, inputs), call(case, wide))


@CASES
def test_what_is_returned_is_nobody_elses(case):
    inputs = inputs_of(case)
    results = call(case, inputs)
    for i, result in enumerate(results):
        assert result.flags["W"]
        assert not any(np.shares_memory(result, other) for other in (*inputs, *results[i + 1 :]))


def positions(cases):
    return [
        pytest.param(case, i, id=f"{case}-{i}")
        for case in cases
        for i in range(len(inputs_of(case)))
    ]


@pytest.mark.parametrize(("case", "i"), positions(EVERY))
def test_a_mask_is_refused_with_what_to_do(case, i):
    inputs = inputs_of(case)
    masked = np.ma.array(inputs[i], mask=np.arange(inputs[i].size).reshape(inputs[i].shape) == 1)
    rows = [*masked]
    for wrong in (masked, np.ma.array(inputs[i]), rows, [[row] for row in rows]):
        with pytest.raises(TypeError, match=r"masked array.*compressed\(\).*weight 0"):
            call(case, [*inputs[:i], wrong, *inputs[i + 1 :]])


@pytest.mark.parametrize(("case", "i"), positions(EVERY))
def test_only_numbers_are_numbers(case, i):
    inputs = inputs_of(case)
    array = inputs[i]
    wrong = [
        array.astype(complex),
        array.astype(str),
        array.astype(object),
        array.astype("datetime64[s]"),
        array.astype("timedelta64[s]"),
        array.astype(bytes),
        None,
        {1: 2},
        "1.0",
        [[1.0], [1.0, 2.0]],
        torch.ones(3, requires_grad=True),
    ]
    if i not in labels_of(case):
        wrong.append(array > 0)
    for thing in wrong:
        with pytest.raises(TypeError, match="expected"):
            call(case, [*inputs[:i], thing, *inputs[i + 1 :]])


@pytest.mark.parametrize(("case", "i"), positions(EVERY))
def test_nothing_broadcasts(case, i):
    inputs = inputs_of(case)
    array = inputs[i]
    shapes = [array[0], array[:1], array[:-1], array[None], array[..., None], array[:0]]
    for wrong in shapes if array.ndim == 1 else [*shapes, array[:, :1], array.ravel()]:
        with pytest.raises(ValueError, match=r"shape|sums to|from 0 to 0"):
            call(case, [*inputs[:i], wrong, *inputs[i + 1 :]])


@pytest.mark.parametrize(("case", "i"), positions(EVERY))
def test_at_the_ends_of_the_numbers_no_loss_warns_and_every_refusal_is_ours(case, i):
    for dtype in (np.float64, np.float32):
        ends = np.finfo(dtype)
        for size in (
            np.inf,
            -np.inf,
            ends.max,
            -ends.max,
            ends.tiny,
            ends.smallest_subnormal,
            -0.0,
        ):
            inputs = [a.astype(dtype) if a.dtype.kind == "f" else a for a in inputs_of(case)]
            if inputs[i].dtype.kind == "f":
                inputs[i] = inputs[i].copy()
                inputs[i][2] = size
                if not refused_in_words(case, inputs):
                    others = np.arange(len(inputs[i])) != 2
                    values = call(case, inputs)[0]
                    assert case.learned > 1 or np.isfinite(values[others]).all()


def refused_in_words(case, inputs):
    try:
        call(case, inputs)
    except ValueError as refusal:
        return "expected" in str(refusal) or "; " in str(refusal)
    return False


@CASES
def test_no_loss_needs_more_than_five_arrays_of_its_input(case):
    inputs = [np.repeat(a, 40_000, axis=0) for a in inputs_of(case)]
    if case.loss.__name__ == "info_nce":  # its own array is the n × n table of similarities
        inputs = list(np.random.default_rng(0).normal(size=(2, 500, 3)))
    size = inputs[0].nbytes if case.loss.__name__ != "info_nce" else 500 * 500 * 8
    tracemalloc.start()
    case.loss(*inputs, **case.settings)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 5 * size + 16 * 65536 * 8


@pytest.mark.parametrize("name", ["squared_error", "huber", "binary_cross_entropy"])
def test_their_mean_holds_one_array(name):
    """Its gradient: values are summed block by block."""
    case = next(case for case in EVERY if case.loss.__name__ == name)
    inputs = [np.repeat(a, 200_000, axis=0) for a in inputs_of(case)]
    tracemalloc.start()
    mean(case.loss, *inputs, **case.settings)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < inputs[0].nbytes + 16 * 65536 * 8


@CASES
@pytest.mark.parametrize("repeats", [1, 20_000])  # one block, and several
def test_its_mean_is_that_of_its_values_and_so_is_the_gradient(case, repeats):
    if case.loss.__name__ == "info_nce":
        repeats = 1
    for dtype in (np.float64, np.float32):
        inputs = [np.repeat(a, repeats, axis=0) for a in inputs_of(case)]
        inputs = [a.astype(dtype) if a.dtype.kind == "f" else a for a in inputs]
        values, *gradients = flat(case.loss(*inputs, **case.settings))
        value, *averaged = flat(mean(case.loss, *inputs, **case.settings))
        assert isinstance(value, float)
        numbers = values.ravel().astype(float)
        exact, size = math.fsum(numbers) / len(numbers), math.fsum(abs(numbers)) / len(numbers)
        assert value == pytest.approx(exact, rel=0, abs=8 * float(np.finfo(dtype).eps) * size)
        for gradient, average in zip(gradients, averaged, strict=True):
            assert average.dtype == gradient.dtype
            np.testing.assert_array_equal(average, gradient / values.size)


def test_a_loss_of_someone_else_is_given_all_rows_at_once():
    def centered(predictions, targets):
        values, gradients = squared_error(predictions, targets)
        return values - values.mean(), gradients

    rows = np.random.default_rng(0).normal(size=(2, 300_000))
    assert abs(mean(centered, *rows)[0]) < 1e-12


def test_a_mean_that_was_refused_leaves_the_loss_as_it_was():
    with pytest.raises(ValueError, match="shape"):
        mean(squared_error, [1.0, 2.0], [1.0])
    assert [a.tolist() for a in squared_error([1.0, 2.0], [0.0, 0.0])] == [[1, 4], [2, 4]]


ROW_BY_ROW = [case for case in EVERY if case.loss.__name__ != "info_nce"]


@pytest.mark.parametrize("case", ROW_BY_ROW, ids=str)
def test_a_value_depends_on_its_own_row(case):
    inputs, others = inputs_of(case, 0), inputs_of(case, 1)
    before = call(case, inputs)
    for array, other in zip(inputs, others):
        array[3] = other[3]
    after = call(case, inputs)
    kept = np.arange(len(inputs[0])) != 3
    for a, b in zip(before, after):
        np.testing.assert_array_equal(a[kept], b[kept])
    assert not np.array_equal(before[0], after[0]) or case.loss.__name__ in (
        "triplet",
        "contrastive",
    )


@pytest.mark.parametrize("case", ROW_BY_ROW, ids=str)
def test_the_gradient_of_a_weighted_mean_is_that_of_finite_differences(case):
    inputs = inputs_of(case, 2)
    weights = np.array([0, 1, 2, 0.5, 3, 0, 1, 0.25])[: len(inputs[0])]

    def value(which, moved):
        return mean(
            case.loss,
            *inputs[:which],
            moved,
            *inputs[which + 1 :],
            weights=weights,
            **case.settings,
        )

    _, gradients = value(0, inputs[0])
    gradients = gradients if isinstance(gradients, tuple) else (gradients,)
    direction = np.random.default_rng(3).normal(size=inputs[0].shape)
    for which, gradient in enumerate(gradients):
        step = 1e-6 * direction * np.abs(inputs[which])
        if case.loss.__name__ == "kl_divergence":
            step = np.abs(step) * np.sign(-direction) * 1e-2
        up, down = (value(which, inputs[which] + sign * step)[0] for sign in (1, -1))
        slope = float(np.sum(gradient * 2 * step))
        assert up - down == pytest.approx(slope, rel=1e-4, abs=1e-14)

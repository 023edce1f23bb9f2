"""Every value and gradient is within a few ulp of the exact result, computed with 400 digits."""

import warnings

import numpy as np
import pytest

import lossbook.losses
from tests.losses.case import exact_gradient, sample, scales, ulps_off
from tests.losses.cases import CASES


def as_dtype(array, dtype):
    """Convert floats, keep labels, and keep what float32 cannot hold within its range."""
    if array.dtype.kind != "f":
        return array
    limit = 1e18 if dtype == np.float32 else np.inf
    return np.clip(array, -limit, limit).astype(dtype)


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("case", CASES, ids=str)
def test_value_and_gradient_are_exact_to_a_few_ulp(case, dtype):
    for inputs in case.draw(np.random.default_rng(0)):
        inputs = [as_dtype(np.asarray(array), dtype) for array in inputs]
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            values, gradients = case.loss(*inputs, **case.settings)
        gradients = gradients if isinstance(gradients, tuple) else (gradients,)
        assert len(gradients) == case.learned
        for i in range(len(values)):
            exact_inputs = sample(inputs, i)
            value_scale, gradient_scale = scales(case, exact_inputs)
            off = ulps_off(values[i], case.exact(*exact_inputs, **case.settings), value_scale)
            assert off <= case.ulps, (off, "value", [array[i] for array in inputs], values[i])
            for which, gradient in enumerate(gradients):
                exact = exact_gradient(case, exact_inputs, which)
                for got, wanted, scale in np.broadcast(gradient[i], exact, gradient_scale):
                    off = ulps_off(got, wanted, scale)
                    assert off <= case.ulps, (off, "gradient", [a[i] for a in inputs], gradient[i])


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("case", CASES, ids=str)
def test_dtype_is_kept_and_arguments_are_not_changed(case, dtype):
    inputs = [as_dtype(np.asarray(a), dtype) for a in case.draw(np.random.default_rng(1))[0]]
    before = [array.copy() for array in inputs]
    values, gradients = case.loss(*inputs, **case.settings)
    gradients = gradients if isinstance(gradients, tuple) else (gradients,)
    assert values.dtype == dtype
    assert [gradient.dtype for gradient in gradients] == [dtype] * case.learned
    assert [g.shape for g in gradients] == [a.shape for a in inputs[: case.learned]]
    for array, copy in zip(inputs, before):
        np.testing.assert_array_equal(array, copy)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_nan_in_one_sample_stays_in_that_sample(case):
    inputs = [np.array(array) for array in case.draw(np.random.default_rng(2))[0]]
    clean = value_and_gradients(case, inputs)
    inputs[0][3] = np.nan
    dirty = value_and_gradients(case, inputs)
    others = np.arange(len(inputs[0])) != 3
    for before, after in zip(clean, dirty, strict=True):
        np.testing.assert_array_equal(after[others], before[others])
    values, gradient, *_ = dirty
    assert np.isnan(values[3])
    assert np.isnan(gradient[3]).any()


# Vectors and probabilities have their own ends: see the cases and test_other_inputs.py.
OF_NUMBERS = [
    case
    for case in CASES
    if case.learned == 1
    and case.loss.__name__ not in ("brier", "cosine_distance", "dice", "jaccard")
    if not case.loss.__name__.endswith("_divergence")
]


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("case", OF_NUMBERS, ids=str)
def test_at_the_ends_of_the_dtype_nothing_warns_and_nothing_is_made_up(case, dtype):
    """A value too large for its dtype is inf; there is room for dividing by a scale of 1e-3."""
    inputs = [as_dtype(np.asarray(a), dtype) for a in case.draw(np.random.default_rng(4))[0]]
    for size in (np.finfo(dtype).max / 1e4, np.finfo(dtype).tiny):
        signs = np.where(inputs[0] < 0, dtype(-1), dtype(1))
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            ends = value_and_gradients(case, [signs * dtype(size), *inputs[1:]])
        assert not any(np.isnan(array).any() for array in ends)


def value_and_gradients(case, inputs):
    values, gradients = case.loss(*inputs, **case.settings)
    return [values, *(gradients if isinstance(gradients, tuple) else (gradients,))]


def test_every_public_loss_has_a_case():
    # Each value of info_nce depends on every sample; test_other_inputs.py has its exactness tests.
    tested = {case.loss.__name__ for case in CASES} | {"info_nce"}
    assert tested == set(lossbook.losses.__all__)

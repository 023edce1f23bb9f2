"""Where a loss meets infinity, its settings or the end of its dtype: the right value, by mpmath."""

import itertools
import warnings

import mpmath
import numpy as np
import pytest

from lossbook.losses import (
    barron,
    binary_cross_entropy,
    cauchy,
    contrastive,
    dice,
    focal,
    gamma,
    gaussian_nll,
    hinge,
    huber,
    info_nce,
    jaccard,
    modified_huber,
    multiclass_hinge,
    pinball,
    poisson,
    policy_gradient,
    pseudo_huber,
    smooth_l1,
    softmax_cross_entropy,
    triplet,
    tukey_biweight,
)
from tests.losses import regression_cases as exact
from tests.losses.case import ulps_off

INF, NAN = np.inf, np.nan
FLOATS = pytest.mark.parametrize("dtype", [np.float64, np.float32])


@pytest.fixture(autouse=True)
def no_warning():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield


def assert_close(got, wanted, rtol=1e-6):
    np.testing.assert_allclose(got, wanted, rtol=rtol)


# Infinite and huge logits.


@pytest.mark.parametrize(
    ("logits", "label", "value", "gradient"),
    [
        ([0, -INF, 1], 0, 1.3132616875182228, [-0.7310585786300049, 0, 0.7310585786300049]),
        ([0, -INF, 1], 1, INF, [0.2689414213699951, -1, 0.7310585786300049]),
        ([0, -INF, -INF], 0, 0, [0, 0, 0]),
        ([INF, 0, -INF], 0, 0, [0, 0, 0]),
        ([INF, 0, 1], 2, INF, [1, 0, -1]),
        ([3e38, -3e38, 0], 0, 0, [0, 0, 0]),
        ([-3e38, 3e38, 0], 1, 0, [0, 0, 0]),
        ([INF, INF, 0], 0, NAN, [NAN, NAN, NAN]),
        ([-INF, -INF, -INF], 0, NAN, [NAN, NAN, NAN]),
    ],
)
@FLOATS
class TestInfiniteLogits:
    def test_softmax_cross_entropy_has_the_limit(self, logits, label, value, gradient, dtype):
        table = np.array([logits, [1, 2, 3]], dtype)
        values, gradients = softmax_cross_entropy(table, [label, 2])
        assert_close(values, [value, 0.4076059644443804])
        assert_close(gradients[0], gradient)
        rows = softmax_cross_entropy(table, np.eye(3)[[label, 2]])
        assert_close(rows[0], values)
        assert_close(rows[1], gradients)

    def test_the_policy_gradient_has_it_too(self, logits, label, value, gradient, dtype):
        table = np.array([logits, [1, 2, 3]], dtype)
        values, gradients = policy_gradient(table, [label, 2], np.array([-2, 1], dtype))
        assert_close(values[0], -2 * np.float64(value))
        assert_close(gradients[0], -2 * np.array(gradient))


@FLOATS
def test_logits_at_both_ends_of_the_dtype_have_the_limit(dtype):
    top = np.finfo(dtype).max
    values, gradients = softmax_cross_entropy(np.array([[top, -top], [-top, top]]), [0, 0])
    np.testing.assert_array_equal(values, [0, INF])
    np.testing.assert_array_equal(gradients, [[0, 0], [-1, 1]])


def test_an_action_of_advantage_zero_costs_nothing_even_if_it_was_impossible():
    values, gradients = policy_gradient([[0.0, -INF], [0.0, NAN]], [1, 1], [0.0, 0.0])
    np.testing.assert_array_equal(values, [0, NAN])
    np.testing.assert_array_equal(gradients[0], [0, 0])


def test_a_smoothed_label_charges_a_class_that_is_ruled_out():
    values, gradients = softmax_cross_entropy([[0.0, -INF]], [0], label_smoothing=0.2)
    np.testing.assert_array_equal(values, [INF])
    assert_close(gradients, [[0.1, -0.1]])


def test_multiclass_hinge_with_classes_ruled_out():
    scores = [[0, -INF, -0.5], [0, -INF, -INF], [-INF, 0, 1], [3e308, -3e308, 0], [-INF] * 3]
    values, gradients = multiclass_hinge(scores, [0, 0, 0, 1, 0])
    np.testing.assert_array_equal(values, [0.5, 0, INF, INF, NAN])
    np.testing.assert_array_equal(gradients[:3], [[-1, 0, 1], [0, 0, 0], [-1, 0, 1]])


@pytest.mark.parametrize("alpha", [None, 0.25, 0.0])
def test_focal_of_certain_logits(alpha):
    weight = 1 if alpha is None else alpha
    values, gradients = focal([INF, -INF], [1, 1], alpha=alpha)
    np.testing.assert_array_equal(values, [0, INF if weight else 0])
    np.testing.assert_array_equal(gradients, [0, -weight])


def test_impossible_rates_and_counts_of_none():
    values, gradients = poisson([-INF, -INF, INF, 800.0, NAN], [0, 2, 3, 1e308, 0])
    np.testing.assert_array_equal(values, [0, INF, INF, INF, NAN])
    np.testing.assert_array_equal(gradients, [0, -2, INF, INF, NAN])
    np.testing.assert_array_equal(gamma([-INF, INF], [1, 1])[0], [INF, INF])


# Residuals, settings and squares of any size.

SCALED = [
    (huber, "delta", exact.exact_huber, lambda r, d: mpmath.sign(r) * min(abs(r), d)),
    (smooth_l1, "beta", exact.exact_smooth_l1, lambda r, d: mpmath.sign(r) * min(abs(r) / d, 1)),
    (
        pseudo_huber,
        "delta",
        exact.exact_pseudo_huber,
        lambda r, d: r / mpmath.sqrt(1 + (r / d) ** 2),
    ),
    (cauchy, "scale", exact.exact_cauchy, lambda r, d: r / (1 + (r / d) ** 2)),
    (
        tukey_biweight,
        "c",
        exact.exact_tukey,
        lambda r, d: r * max(1 - (r / d) ** 2, 0) ** 2,
    ),
]


@FLOATS
@pytest.mark.parametrize(("loss", "name", "value", "slope"), SCALED)
def test_residuals_and_scales_of_every_size_are_exact(loss, name, value, slope, dtype):
    sizes = np.array([1e-44, 1e-38, 1e-30, 1e-6, 1.0, 1e12, 2.2e19, 1e25, 1e36, 3e38], dtype)
    wider = np.array([1e-310, 1e-200, 1.6e154, 1e200, 1.7e308])
    residuals = np.concatenate([sizes, wider]) if dtype == np.float64 else sizes
    for setting in (1e-300, 1e-50, 1e-39, 1e-20, 1e-3, 0.75, 1e18, 1e20, 1e50, 1e200, 1.7e308):
        values, gradients = loss(residuals, np.zeros_like(residuals), **{name: setting})
        for r, got, got_slope in zip(residuals, values, gradients):
            r = mpmath.mpf(float(r))
            assert ulps_off(got, value(r, 0, setting)) <= 16, (r, setting, got)
            assert ulps_off(got_slope, slope(r, mpmath.mpf(setting))) <= 16, (r, setting, got_slope)


@FLOATS
@pytest.mark.parametrize("alpha", [2, 1.3, 1, 0.5, 0, -1, -2, -30, -INF])
def test_barron_with_residuals_and_scales_of_every_size(alpha, dtype):
    residuals = np.array([1e-38, 1e-30, 1e-6, 1, 30, 1e12, 1e25, 1e36, 3e38], dtype)
    for scale in (1e-200, 1e-39, 1e-20, 1e-3, 0.75, 1e18, 1e50, 1e200):
        values, gradients = barron(residuals, 0 * residuals, alpha=alpha, scale=scale)
        for r, got, got_slope in zip(residuals, values, gradients):
            r = mpmath.mpf(float(r))
            u = r / mpmath.mpf(scale)
            if alpha == -INF:
                value, slope = -mpmath.expm1(-(u**2) / 2), u / scale * mpmath.exp(-(u**2) / 2)
            else:
                slope = exact.exact_barron_gradient(r, 0, alpha, scale)
                # 1 − (1 + ε), without losing ε
                value = u**2 / 2 if u < 1e-50 else exact.exact_barron(r, 0, alpha, scale)
            _, tail = exact.barron_tail(r, 0, alpha, scale)
            assert ulps_off(got, value) <= 32, (r, scale, got)
            assert ulps_off(got_slope, slope, tail) <= 32, (r, scale, got_slope)


def test_barron_at_an_infinite_residual_has_its_limits():
    for alpha, value, slope in (
        (2, INF, INF),
        (1.5, INF, INF),
        (1, INF, 1),
        (0, INF, 0),
        (-2, 2, 0),
    ):
        values, gradients = barron([INF, -INF], [0, 0], alpha=alpha)
        assert_close(values, [value, value], 1e-15)
        np.testing.assert_allclose(gradients, [slope, -slope], rtol=1e-15, atol=1e-300)


def test_float32_with_settings_it_cannot_hold():
    one, top = np.array([1], "f"), np.array([3e38], "f")
    zero = np.zeros(1, "f")
    for values, gradients in (
        smooth_l1(one, zero, beta=1e-50),
        pinball(2 * one, zero, quantile=0.5),
    ):
        np.testing.assert_array_equal(values, [1])
        assert values.dtype == gradients.dtype == np.float32
    assert_close(huber(top, zero, delta=1e-50)[0], [3e-12])
    assert_close(pinball(-top, zero, quantile=1e-50)[0], [3e-12])
    assert_close(binary_cross_entropy(top, [1], label_smoothing=2e-50)[0], [3e-12])
    assert_close(cauchy(1e-6 * one, zero, scale=1e18)[0], [5e-13])
    # At a score of 0 a margin of 1e-50 is missed.
    np.testing.assert_array_equal(hinge(zero, [1], margin=1e-50)[1], [-1])
    np.testing.assert_array_equal(focal(one, [1], gamma=1e50)[0], [0])
    for loss in (dice, jaccard):
        for smooth in (1e-50, 1e50):
            values, gradients = loss(np.zeros((1, 2), "f"), [[0, 0]], smooth=smooth)
            np.testing.assert_array_equal(values, [0])
            assert_close(gradients, np.full((1, 2), INF if smooth < 1 else 0))
    values, (by_anchors, _) = info_nce(
        np.eye(2, dtype="f"), np.eye(2, dtype="f"), temperature=1e-50
    )
    np.testing.assert_array_equal(values, [0, 0])
    np.testing.assert_array_equal(by_anchors, 0)


def test_a_tiny_temperature_leaves_the_choice_among_equals():
    """With four equal cosines the softmax is ¼ each, however small the temperature."""
    values, _ = info_nce(np.ones((4, 2)), np.ones((4, 2)), temperature=1e-310)
    assert_close(values, np.log(4), 1e-15)


# Vectors far apart, variances of every size, and values beyond the dtype.


@FLOATS
def test_triplets_far_apart_compare_their_squares(dtype):
    far = dtype(np.sqrt(np.finfo(dtype).max) * 1e3)
    a, p, n = (
        np.array(rows, dtype) * far
        for rows in ([[0, 0]] * 3, [[1, 0], [2, 0], [1, 0]], [[2, 0], [1, 0], [0, 1]])
    )
    values, gradients = triplet(a, p, n)
    np.testing.assert_array_equal(values, [0, INF, 1])
    np.testing.assert_array_equal(gradients[0], 2 * np.array([[0, 0], [-far, 0], [-far, far]]))


def test_a_triplet_of_one_vector_lacks_the_margin():
    values, gradients = triplet([[2.0, 1.0]], [[2.0, 1.0]], [[2.0, 1.0]], margin=0.5)
    np.testing.assert_array_equal(values, [0.5])
    np.testing.assert_array_equal(gradients, np.zeros((3, 1, 2)))


@FLOATS
def test_pairs_whose_distance_is_beyond_the_dtype(dtype):
    top = np.finfo(dtype).max
    values, (gradient, _) = contrastive([[top], [top]], np.array([[-top], [-top]]), [1, 0])
    np.testing.assert_array_equal(values, [INF, 0])
    np.testing.assert_array_equal(gradient, [[INF], [0]])


@FLOATS
def test_gaussian_nll_with_variances_of_every_size(dtype):
    def slopes(r, s):
        square = r**2 * mpmath.exp(-s)
        return (s + square) / 2, r * mpmath.exp(-s), (1 - square) / 2, square

    logs = (-1400, -600, -300, -180, -100, -10, 0, 10, 100, 180, 300, 700, 1400)
    for r, s in itertools.product((0, 1e-40, 1e-30, 1e-20, 1.0, 1e20, 1e38), logs):
        predictions = np.array([[r, s]], dtype)
        values, gradients = gaussian_nll(predictions, np.zeros(1, dtype))
        value, by_mean, by_log, square = slopes(*(mpmath.mpf(float(x)) for x in predictions[0]))
        assert ulps_off(values[0], value, max(abs(s), square)) <= 16, (r, s)
        assert ulps_off(gradients[0, 0], by_mean) <= 16, (r, s, gradients)
        assert ulps_off(gradients[0, 1], by_log, 1 + square) <= 16, (r, s)


@FLOATS
def test_gamma_with_means_and_targets_of_every_size(dtype):
    for y, z in itertools.product((1e-44, 1e-38, 1e-10, 1, 1e38), (-190, -180, -90, 0, 90, 180)):
        log_mean, target = np.array([z], dtype), np.array([y], dtype)
        values, _ = gamma(log_mean, target)
        ratio = mpmath.mpf(float(target[0])) * mpmath.exp(-z)
        assert ulps_off(values[0], ratio + z, max(abs(z), ratio)) <= 16, (y, z)


@FLOATS
def test_a_value_beyond_the_dtype_is_inf_without_a_warning(dtype):
    top, zero = np.array([np.finfo(dtype).max / 2]), np.zeros(1, dtype)
    np.testing.assert_array_equal(huber(top, zero, delta=1e9)[0], [INF])
    np.testing.assert_array_equal(modified_huber(-top, [1]), [[INF], [-4]])
    np.testing.assert_array_equal(poisson(-top, np.array([8], dtype)), [[INF], [-8]])
    np.testing.assert_array_equal(huber([INF], [INF]), [[NAN], [NAN]])


# The example of finding: each input of a batch loss.


def test_a_nan_in_info_nce_is_where_its_docstring_says():
    rng = np.random.default_rng(0)
    anchors, positives = rng.normal(size=(2, 4, 3))
    anchors[1, 0] = NAN
    values, (by_anchors, by_positives) = info_nce(anchors, positives)
    assert np.isnan(values).tolist() == [False, True, False, False]
    assert np.isnan(by_anchors).all(axis=1).tolist() == [False, True, False, False]
    assert np.isnan(by_positives).all()
    values, (by_anchors, by_positives) = info_nce(positives, anchors)
    assert np.isnan(values).all()
    assert np.isnan(by_positives).all()

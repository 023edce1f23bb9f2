"""Regression and likelihood losses: bad input raises, identities with other losses hold."""

import warnings

import numpy as np
import pytest
import sklearn.metrics
import torch

from lossbook.losses import (
    absolute_error,
    barron,
    cauchy,
    epsilon_insensitive,
    expectile,
    gamma,
    gaussian_nll,
    half_squared_error,
    huber,
    log_cosh,
    pinball,
    poisson,
    pseudo_huber,
    smooth_l1,
    squared_epsilon_insensitive,
    squared_error,
    tukey_biweight,
)

RESIDUAL_LOSSES = [
    squared_error,
    half_squared_error,
    absolute_error,
    huber,
    smooth_l1,
    pseudo_huber,
    log_cosh,
    pinball,
    expectile,
    epsilon_insensitive,
    squared_epsilon_insensitive,
    cauchy,
    tukey_biweight,
    barron,
]
ELEMENTWISE = [*RESIDUAL_LOSSES, poisson, gamma]
PREDICTIONS, TARGETS = np.random.default_rng(0).normal(size=(2, 50)) * [[2], [1]]
COUNTS = np.random.default_rng(1).poisson(3, size=50).astype(float)


def assert_same(got, wanted, tolerance=1e-12):
    """Assert that values and gradients agree."""
    for a, b in zip(got, wanted, strict=True):
        np.testing.assert_allclose(a, b, rtol=tolerance, atol=tolerance)


def torch_pair(loss, predictions, targets):
    """Return values and gradients of a PyTorch loss with ``reduction="none"``."""
    z = torch.tensor(predictions, requires_grad=True)
    values = loss(z, torch.tensor(targets))
    values.sum().backward()
    return values.detach().numpy(), z.grad.numpy()


@pytest.mark.parametrize("loss", ELEMENTWISE)
def test_shapes_that_differ_raise_and_name_both(loss):
    with pytest.raises(ValueError, match=r"has shape \(3,\) but \w+ has shape \(2,\)"):
        loss([1.0, 2.0, 3.0], [1.0, 2.0])
    with pytest.raises(ValueError, match=r"\(3, 1\).*\(3,\); did you mean \w+\[:, 0\]\?"):
        loss(np.ones((3, 1)), np.ones(3))


@pytest.mark.parametrize("loss", [*ELEMENTWISE, gaussian_nll])
def test_no_sample_raises(loss):
    with pytest.raises(ValueError, match="there is no sample in it"):
        loss(np.ones((0, 2)), np.ones(0))


@pytest.mark.parametrize("loss", [*ELEMENTWISE, gaussian_nll])
def test_what_is_not_a_real_number_raises(loss):
    with pytest.raises(TypeError, match="complex128 values; expected real numbers"):
        loss(np.ones((3, 2)) * 1j, np.ones((3, 2)))
    with pytest.raises(TypeError, match="values; expected real numbers"):
        loss(np.ones((3, 2)), np.array([["a", "b"]] * 3))


@pytest.mark.parametrize("kind", [np.int8, np.uint16, np.int64, np.float16])
def test_every_smaller_kind_of_number_becomes_float64(kind):
    values, gradients = half_squared_error(np.array([0, 1], kind), np.array([1, 1], kind))
    assert values.dtype == gradients.dtype == np.float64
    assert (values.tolist(), gradients.tolist()) == ([0.5, 0], [-1, 0])


def test_numbers_with_more_digits_than_float64_are_refused():
    wide = np.ones(2, np.longdouble)
    if wide.itemsize == 8:  # where C has no longer number it is a float64
        assert squared_error(wide, [1, 2])[0].dtype == np.float64
        return
    with pytest.raises(TypeError, match="expected real numbers, float32 or float64"):
        squared_error(wide, [1, 2])


@pytest.mark.parametrize("loss", ELEMENTWISE)
def test_every_column_of_a_table_is_as_it_is_alone(loss):
    targets = np.abs(TARGETS.reshape(25, 2)) + 0.1
    predictions = PREDICTIONS.reshape(25, 2)
    table = loss(predictions, targets)
    for j in range(2):
        alone = loss(predictions[:, j], targets[:, j])
        for array, column in zip(table, alone, strict=True):
            np.testing.assert_array_equal(array[:, j], column)


@pytest.mark.parametrize(
    ("loss", "setting"),
    [
        (huber, "delta"),
        (smooth_l1, "beta"),
        (pseudo_huber, "delta"),
        (cauchy, "scale"),
        (tukey_biweight, "c"),
        (barron, "scale"),
    ],
)
@pytest.mark.parametrize("number", [0, -1.5, np.nan, np.inf])
def test_a_setting_that_is_not_above_zero_raises(loss, setting, number):
    with pytest.raises(ValueError, match=f"^{setting} is {number}; expected a number above 0$"):
        loss([1.0], [2.0], **{setting: number})


@pytest.mark.parametrize(("loss", "setting"), [(pinball, "quantile"), (expectile, "expectile")])
@pytest.mark.parametrize("number", [0, 1, -0.5, np.nan])
def test_a_quantile_or_expectile_is_between_zero_and_one(loss, setting, number):
    with pytest.raises(ValueError, match=f"^{setting} is {number}; expected a .* 0 and 1$"):
        loss([1.0], [2.0], **{setting: number})


def test_a_percentage_as_quantile_is_recognized():
    with pytest.raises(ValueError, match=r"quantile is 90; .*, such as 0\.9$"):
        pinball([1.0], [2.0], quantile=90)


@pytest.mark.parametrize("loss", [epsilon_insensitive, squared_epsilon_insensitive])
@pytest.mark.parametrize("number", [-0.1, np.nan, np.inf])
def test_epsilon_is_zero_or_more(loss, number):
    with pytest.raises(ValueError, match=f"epsilon is {number}; expected a number of 0 or more"):
        loss([1.0], [2.0], epsilon=number)


@pytest.mark.parametrize("alpha", [np.nan, np.inf])
def test_alpha_is_a_number_or_minus_infinity(alpha):
    with pytest.raises(ValueError, match=f"alpha is {alpha}; expected a number, or -inf"):
        barron([1.0], [2.0], alpha=alpha)


def test_counts_are_not_negative():
    with pytest.raises(ValueError, match=r"^counts\[2\] is -1; counts are 0 or more$"):
        poisson([0.0, 0.0, 0.0], [0, 3, -1])
    with pytest.raises(ValueError, match=r"^counts\[1, 0\] is -2; counts are 0 or more$"):
        poisson(np.zeros((2, 2)), [[0, 3], [-2, 1]])


@pytest.mark.parametrize("target", [0, -0.5])
def test_targets_of_gamma_are_above_zero(target):
    with pytest.raises(ValueError, match=rf"^targets\[1\] is {target}; .* above 0$"):
        gamma([0.0, 0.0], [1, target])


@pytest.mark.parametrize("shape", [(4,), (4, 1), (4, 3)])
def test_gaussian_nll_takes_a_mean_and_a_log_variance(shape):
    with pytest.raises(ValueError, match=r"predictions has shape \(4.*; expected \(n, [2k]\)"):
        gaussian_nll(np.zeros(shape), np.zeros(4))


@pytest.mark.parametrize("shape", [(3,), (4, 1), (4, 2)])
def test_gaussian_nll_takes_one_target_a_sample(shape):
    with pytest.raises(ValueError, match=r"\(4, 2\); expected targets of shape \(4,\)"):
        gaussian_nll(np.zeros((4, 2)), np.zeros(shape))


@pytest.mark.parametrize(
    "loss", [huber, smooth_l1, pseudo_huber, log_cosh, pinball, cauchy, tukey_biweight]
)
def test_a_residual_that_the_loss_counts_linearly_or_less_does_not_overflow(loss):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        values, gradients = loss([-1e300, 1e300], [0, 0])
    assert np.isfinite(values).all()
    assert values[0] == values[1] > 0
    assert gradients[0] == -gradients[1] <= 0


@pytest.mark.parametrize("loss", RESIDUAL_LOSSES)
def test_without_a_residual_there_is_no_loss_and_no_gradient(loss):
    values, gradients = loss(TARGETS, TARGETS)
    np.testing.assert_array_equal(values, 0)
    np.testing.assert_array_equal(gradients, 0)


@pytest.mark.parametrize("sign", [-1, 1])
def test_at_the_kinks_of_epsilon_insensitive_the_gradient_is_zero(sign):
    values, gradients = epsilon_insensitive([sign * 0.5], [0.0], epsilon=0.5)
    assert values[0] == gradients[0] == 0


def test_half_squared_error_is_half_the_squared_error():
    values, gradients = squared_error(PREDICTIONS, TARGETS)
    assert_same(half_squared_error(PREDICTIONS, TARGETS), (values / 2, gradients / 2))


def test_huber_is_half_the_squared_error_for_large_delta():
    wanted = half_squared_error(PREDICTIONS, TARGETS)
    assert_same(huber(PREDICTIONS, TARGETS, delta=1e3), wanted)
    assert_same(pseudo_huber(PREDICTIONS, TARGETS, delta=1e8), wanted)


def test_huber_over_delta_is_the_absolute_error_for_small_delta():
    wanted = absolute_error(PREDICTIONS, TARGETS)
    for loss in (huber, pseudo_huber):
        values, gradients = loss(PREDICTIONS, TARGETS, delta=1e-13)
        assert_same((values / 1e-13, gradients / 1e-13), wanted)


@pytest.mark.parametrize("beta", [0.3, 1.0, 2.5])
def test_smooth_l1_is_huber_over_beta(beta):
    values, gradients = huber(PREDICTIONS, TARGETS, delta=beta)
    wanted = values / beta, gradients / beta
    assert_same(smooth_l1(PREDICTIONS, TARGETS, beta=beta), wanted)


def test_twice_pinball_at_one_half_is_the_absolute_error():
    values, gradients = pinball(PREDICTIONS, TARGETS, quantile=0.5)
    assert_same((2 * values, 2 * gradients), absolute_error(PREDICTIONS, TARGETS))


def test_expectile_at_one_half_is_half_the_squared_error():
    wanted = half_squared_error(PREDICTIONS, TARGETS)
    assert_same(expectile(PREDICTIONS, TARGETS, expectile=0.5), wanted)


@pytest.mark.parametrize("tau", [0.1, 0.5, 0.8])
def test_expectile_is_pinball_times_the_distance(tau):
    values, gradients = pinball(PREDICTIONS, TARGETS, quantile=tau)
    distances = np.abs(PREDICTIONS - TARGETS)
    wanted = values * distances, 2 * gradients * distances
    assert_same(expectile(PREDICTIONS, TARGETS, expectile=tau), wanted)


def test_epsilon_insensitive_with_epsilon_zero():
    wanted = absolute_error(PREDICTIONS, TARGETS)
    assert_same(epsilon_insensitive(PREDICTIONS, TARGETS, epsilon=0), wanted)
    wanted = squared_error(PREDICTIONS, TARGETS)
    assert_same(squared_epsilon_insensitive(PREDICTIONS, TARGETS, epsilon=0), wanted)


def test_tukey_with_a_large_c_is_half_the_squared_error():
    wanted = half_squared_error(PREDICTIONS, TARGETS)
    assert_same(tukey_biweight(PREDICTIONS, TARGETS, c=1e8), wanted)


def test_tukey_ignores_what_is_beyond_c():
    values, gradients = tukey_biweight([2.0, 5.0, -7.0], [0.0, 0.0, 0.0], c=2)
    np.testing.assert_allclose(values, 4 / 6, rtol=1e-15)
    np.testing.assert_array_equal(gradients, 0)


@pytest.mark.parametrize("scale", [1.0, 0.4, 3.0])
class TestBarron:
    """The named losses among Barron's, equations 8 and 13 to 15 of the paper."""

    def test_alpha_2_is_half_the_squared_error(self, scale):
        values, gradients = half_squared_error(PREDICTIONS, TARGETS)
        got = barron(PREDICTIONS, TARGETS, alpha=2, scale=scale)
        assert_same(got, (values / scale**2, gradients / scale**2))

    def test_alpha_1_is_pseudo_huber(self, scale):
        values, gradients = pseudo_huber(PREDICTIONS, TARGETS, delta=scale)
        got = barron(PREDICTIONS, TARGETS, alpha=1, scale=scale)
        assert_same(got, (values / scale**2, gradients / scale**2))

    def test_alpha_0_is_cauchy(self, scale):
        values, gradients = cauchy(PREDICTIONS, TARGETS, scale=2**0.5 * scale)
        got = barron(PREDICTIONS, TARGETS, alpha=0, scale=scale)
        assert_same(got, (values / scale**2, gradients / scale**2))

    def test_alpha_minus_2_is_geman_and_mcclure(self, scale):
        square = ((PREDICTIONS - TARGETS) / scale) ** 2
        slope = 16 * (PREDICTIONS - TARGETS) / scale**2 / (square + 4) ** 2
        got = barron(PREDICTIONS, TARGETS, alpha=-2, scale=scale)
        assert_same(got, (2 * square / (square + 4), slope))

    def test_alpha_minus_infinity_is_welsch(self, scale):
        u = (PREDICTIONS - TARGETS) / scale
        weight = np.exp(-(u**2) / 2)
        got = barron(PREDICTIONS, TARGETS, alpha=-np.inf, scale=scale)
        assert_same(got, (1 - weight, u * weight / scale))

    @pytest.mark.parametrize(
        ("alpha", "step"), [(2, 1e-14), (2, -1e-14), (0, 1e-14), (0, -1e-14), (-np.inf, None)]
    )
    def test_the_special_cases_are_limits(self, scale, alpha, step):
        near = barron(
            PREDICTIONS, TARGETS, alpha=-1e16 if step is None else alpha + step, scale=scale
        )
        assert_same(near, barron(PREDICTIONS, TARGETS, alpha=alpha, scale=scale), 1e-11)


def test_poisson_has_no_gradient_where_the_rate_is_the_count():
    _, gradients = poisson(np.log([1.0, 2.0, 4.0]), [1, 2, 4])
    np.testing.assert_allclose(gradients, 0, atol=1e-15)


def test_gamma_depends_on_the_ratio_of_target_and_mean():
    _, gradients = gamma(np.log([1.0, 10.0, 100.0]), [3.0, 30.0, 300.0])
    np.testing.assert_allclose(gradients, -2, rtol=1e-13)


def test_gaussian_nll_with_variance_one_is_half_the_squared_error():
    predictions = np.stack([PREDICTIONS, np.zeros(50)], axis=1)
    values, gradients = gaussian_nll(predictions, TARGETS)
    assert_same((values, gradients[:, 0]), half_squared_error(PREDICTIONS, TARGETS))


class TestPyTorch:
    """PyTorch's losses of the same name, values and gradients."""

    @pytest.mark.parametrize("delta", [0.5, 1.0, 2.0])
    def test_huber(self, delta):
        loss = torch.nn.HuberLoss(reduction="none", delta=delta)
        wanted = torch_pair(loss, PREDICTIONS, TARGETS)
        assert_same(huber(PREDICTIONS, TARGETS, delta=delta), wanted)

    @pytest.mark.parametrize("beta", [0.5, 1.0, 2.0])
    def test_smooth_l1(self, beta):
        loss = torch.nn.SmoothL1Loss(reduction="none", beta=beta)
        wanted = torch_pair(loss, PREDICTIONS, TARGETS)
        assert_same(smooth_l1(PREDICTIONS, TARGETS, beta=beta), wanted)

    def test_poisson(self):
        loss = torch.nn.PoissonNLLLoss(log_input=True, full=False, reduction="none")
        assert_same(poisson(PREDICTIONS, COUNTS), torch_pair(loss, PREDICTIONS, COUNTS))

    def test_gaussian_nll(self):
        def loss(z, targets):
            variances = torch.exp(z[:, 1])
            return torch.nn.functional.gaussian_nll_loss(
                z[:, 0], targets, variances, reduction="none", eps=1e-300
            )

        predictions = np.stack([PREDICTIONS, 2 * TARGETS], axis=1)
        wanted = torch_pair(loss, predictions, COUNTS)
        assert_same(gaussian_nll(predictions, COUNTS), wanted)


@pytest.mark.parametrize("quantile", [0.1, 0.5, 0.95])
def test_pinball_is_that_of_scikit_learn(quantile):
    values, _ = pinball(PREDICTIONS, TARGETS, quantile=quantile)
    wanted = sklearn.metrics.mean_pinball_loss(TARGETS, PREDICTIONS, alpha=quantile)
    assert values.mean() == pytest.approx(wanted, rel=1e-12)


@pytest.mark.parametrize("power", [1, 2])
def test_poisson_and_gamma_are_half_the_deviance_of_scikit_learn(power):
    targets = COUNTS + 1
    loss = {1: poisson, 2: gamma}[power]
    values, _ = loss(PREDICTIONS, targets)
    least, _ = loss(np.log(targets), targets)
    wanted = sklearn.metrics.mean_tweedie_deviance(targets, np.exp(PREDICTIONS), power=power)
    assert 2 * (values - least).mean() == pytest.approx(wanted, rel=1e-12)


@pytest.mark.parametrize(
    ("loss", "name"),
    [
        (huber, "delta"),
        (smooth_l1, "beta"),
        (pseudo_huber, "delta"),
        (pinball, "quantile"),
        (expectile, "expectile"),
        (epsilon_insensitive, "epsilon"),
        (cauchy, "scale"),
        (tukey_biweight, "c"),
        (barron, "scale"),
    ],
)
def test_a_numpy_number_as_hyper_parameter_does_not_change_the_dtype(loss, name):
    single = np.array([1, 2], np.float32)
    values, gradients = loss(single, single[::-1], **{name: np.float64(0.5)})
    assert (values.dtype, gradients.dtype) == (np.float32, np.float32)

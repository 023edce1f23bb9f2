"""check_gradient finds wrong gradients, names the usual cause, and lets right ones pass."""

import numpy as np
import pytest

from lossbook import check_gradient, models, risk
from lossbook.gradients import GradientError
from lossbook.losses import absolute_error, huber, squared_error

RNG = np.random.default_rng(0)
X, Y = RNG.normal(size=(50, 3)), RNG.normal(size=50)
POINT = np.array([0.3, -1.2, 0.7, 2.0])


def correct(x):
    """Return Σ xᵢ⁴ + x₀x₁ and its gradient."""
    gradient = 4 * x**3
    gradient[0] += x[1]
    gradient[1] += x[0]
    return float((x**4).sum() + x[0] * x[1]), gradient


def wrong(change):
    def objective(x):
        value, gradient = correct(x)
        return value, change(gradient)

    return objective


@pytest.mark.parametrize("loss", [squared_error, absolute_error, huber])
@pytest.mark.parametrize("directions", [None, 7])
def test_a_right_gradient_passes(loss, directions):
    report = check_gradient(risk(models.linear, loss, X, Y), POINT, directions=directions)
    assert report.passed
    assert report.errors.max() <= report.tolerance
    assert len(report.numeric) == (directions or 4)


@pytest.mark.parametrize("scale", [1e-6, 1.0, 1e6])
def test_the_scale_of_the_objective_does_not_matter(scale):
    def scaled(x):
        value, gradient = correct(x)
        return scale * value, scale * gradient

    assert check_gradient(scaled, POINT).passed


@pytest.mark.parametrize(
    ("change", "cause"),
    [
        (lambda g: -g, "the sign is flipped"),
        (lambda g: g / 2, "off by one factor, 2:"),
        (lambda g: g * 50, "off by one factor, 0.02:"),
        (lambda g: g + np.array([0, 0, 1, 0]), "only coordinate 2 is wrong"),
        (lambda g: g[::-1], "right but in the wrong order"),
        (lambda g: g + np.array([1, 0, 2, 0]), "no simple pattern"),
        (lambda g: g * np.array([1, 0, 1, 1]), "only coordinate 1 is wrong"),
        (lambda g: g * np.array([0, 0, 1, 1]), "no simple pattern"),
        (lambda g: 0 * g, "no simple pattern"),
    ],
)
def test_a_wrong_gradient_is_reported_with_its_usual_cause(change, cause):
    with pytest.raises(GradientError, match=cause):
        check_gradient(wrong(change), POINT)


def test_the_error_names_the_worst_coordinate_and_both_values():
    with pytest.raises(GradientError) as caught:
        check_gradient(wrong(lambda g: g + np.array([0, 0, 0, 5])), POINT)
    report = caught.value.report
    assert report.worst == 3
    assert report.analytic[3] == pytest.approx(37)
    assert report.numeric[3] == pytest.approx(32)
    assert "coordinate 3: analytic 37, numeric 32" in str(caught.value)


@pytest.mark.parametrize("change", [lambda g: -g, lambda g: 2 * g])
def test_random_directions_find_what_coordinates_find(change):
    with pytest.raises(GradientError, match="along direction"):
        check_gradient(wrong(change), POINT, directions=3)


def test_along_directions_no_coordinate_is_blamed():
    with pytest.raises(GradientError, match="no simple pattern"):
        check_gradient(wrong(lambda g: g + np.array([0, 0, 1, 0])), POINT, directions=3)


def test_a_right_gradient_has_no_cause():
    assert check_gradient(correct, POINT).cause == "none: the gradient is right"


def test_a_single_wrong_derivative_is_no_matter_of_its_index():
    def cube(x):
        return float(x[0] ** 3), 3 * x**2 + 1

    with pytest.raises(GradientError, match="off by one factor"):
        check_gradient(cube, [2.0])


def test_a_small_error_above_the_tolerance_fails_and_a_smaller_one_passes():
    with pytest.raises(GradientError):
        check_gradient(wrong(lambda g: g * (1 + 1e-5)), POINT)
    assert check_gradient(wrong(lambda g: g * (1 + 1e-9)), POINT).passed


@pytest.mark.parametrize("subgradient", [-1.0, -0.3, 1.0])
def test_a_subgradient_at_a_kink_is_called_a_kink(subgradient):
    def absolute(x):
        return float(np.abs(x).sum()), np.where(x == 0, subgradient, np.sign(x))

    report = check_gradient(absolute, [0.0, 2.0])
    assert report.kinks == (0,)
    assert "kinks along coordinate 0" in str(report)


def test_no_subgradient_at_a_kink_fails():
    def absolute(x):
        return float(np.abs(x).sum()), np.where(x == 0, 1.5, np.sign(x))

    with pytest.raises(GradientError):
        check_gradient(absolute, [0.0, 2.0])


def test_a_kink_beside_the_point_does_not_spoil_the_check():
    def absolute(x):
        return float(np.abs(x).sum()), np.sign(x)

    assert check_gradient(absolute, [1e-4, -2.0]).kinks == ()


def test_float32_objectives_get_a_float32_tolerance():
    def single(x):
        x = x.astype(np.float32)
        return float((x**2).sum()), 2 * x

    assert check_gradient(single, [1.0, -2.0]).passed
    with pytest.raises(GradientError, match="sign"):
        check_gradient(lambda x: (single(x)[0], -single(x)[1]), [1.0, -2.0])


@pytest.mark.parametrize(
    ("objective", "point", "message"),
    [
        (correct, [[1.0]], r"point has shape \(1, 1\)"),
        (lambda x: (1.0, np.ones(3)), POINT, r"has shape \(3,\) but the parameters have shape \(4,\)"),
        (lambda x: (np.nan, x), POINT, "the value is nan"),
        (lambda x: (1.0, x * np.inf), POINT, "the gradient"),
    ],
)
def test_what_cannot_be_checked_raises(objective, point, message):
    with pytest.raises(ValueError, match=message):
        check_gradient(objective, point)

"""check_gradient finds wrong gradients, names the usual cause, and lets right ones pass."""

import numpy as np
import pytest

from lossbook import check_gradient, mean, models, risk
from lossbook.gradients import GradientError
from lossbook.losses import absolute_error, brier, dice, huber, js_divergence, squared_error

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
        (
            lambda x: (1.0, np.ones(3)),
            POINT,
            r"has shape \(3,\) but the parameters have shape \(4,\)",
        ),
        (lambda x: (np.nan, x), POINT, "the value is nan"),
        (lambda x: (1.0, x * np.inf), POINT, "the gradient"),
        (correct, [], r"point has shape \(0,\); expected a vector"),
        (correct, np.ma.array(POINT, mask=[0, 0, 1, 0]), r"masked .*point.compressed\(\)"),
        (lambda x: (1.0, 0 * x), [1.0, np.inf], "at the point the value is 1.0"),
    ],
)
def test_what_cannot_be_checked_raises(objective, point, message):
    with pytest.raises(ValueError, match=message):
        check_gradient(objective, point)


# Nothing passes that was not verified.


def shifted(constant, factor=1.0):
    """Return constant + Σ xᵢ² with the gradient 2x times a factor."""
    return lambda x: (constant + float(x @ x), 2 * factor * x)


def logarithm(slope):
    return lambda x: (float(np.log(x).sum()), slope(x))


def test_a_wrong_gradient_fails_where_the_usual_step_leaves_the_domain():
    with pytest.raises(GradientError, match="analytic 123, numeric 10000") as caught:
        check_gradient(logarithm(lambda x: np.array([123.0])), [1e-4])
    np.testing.assert_allclose(caught.value.report.numeric, 1e4, rtol=1e-7)


@pytest.mark.parametrize("point", [1e-2, 1e-4, 1e-12])
def test_a_right_gradient_passes_where_the_usual_step_leaves_the_domain(point):
    np.testing.assert_allclose(
        check_gradient(logarithm(lambda x: 1 / x), [point]).numeric, 1 / point, rtol=1e-6
    )


@pytest.mark.parametrize("directions", [None, 4])
@pytest.mark.parametrize("factor", [0.5, 1.001])
@pytest.mark.parametrize("constant", [0, 1e5, 1e8, 1e10])
def test_a_large_constant_does_not_hide_a_wrong_factor(constant, factor, directions):
    with pytest.raises(GradientError, match="the gradient is wrong along") as caught:
        check_gradient(shifted(constant, factor), [1, 0.5], directions=directions)
    assert caught.value.report.kinks == ()


@pytest.mark.parametrize("directions", [None, 4])
@pytest.mark.parametrize("constant", [1e5, 1e8, 1e10])
def test_a_right_gradient_passes_beside_a_large_constant(constant, directions):
    assert check_gradient(shifted(constant), [1, 0.5], directions=directions).passed


@pytest.mark.parametrize("factor", [1.0, 1.001, 0.5])
def test_a_slope_that_is_lost_in_rounding_is_not_called_right(factor):
    """Of 1e15 + x² the digits that are left say nothing about x."""
    with pytest.raises(GradientError, match="cannot be checked along coordinate 0") as caught:
        check_gradient(shifted(1e15, factor), [1.0, 0.5])
    report = caught.value.report
    assert not report.passed
    assert np.isnan(report.errors[0])
    assert (report.cause, report.worst) == ("unknown", 0)
    assert "the value is rounded" in str(report)


def test_what_is_refuted_is_named_before_what_cannot_be_checked():
    def objective(x):
        return 1e15 + float(x[0] ** 2) + 1e6 * x[1], np.array([2 * x[0], 2e6])

    with pytest.raises(GradientError, match="the gradient is wrong along coordinate 1") as caught:
        check_gradient(objective, [1.0, 1.0])
    assert caught.value.report.worst == 1
    assert np.isnan(caught.value.report.errors[0])


def test_noise_of_the_value_is_measured_and_not_only_guessed():
    """Here the value is small and its noise, 1.5e-8, is that of a large number within."""

    def noisy(factor):
        return lambda x: ((1e8 + float(x @ x)) - 1e8, 2 * factor * x)

    assert check_gradient(noisy(1.0), [1.0, 0.5]).passed
    with pytest.raises(GradientError, match=r"off by one factor, 0\.999"):
        check_gradient(noisy(1.001), [1.0, 0.5])


def test_a_tiny_gradient_of_a_constant_is_wrong():
    with pytest.raises(GradientError, match="only coordinate 1 is wrong"):
        check_gradient(lambda x: (1.0, np.array([0.0, 1e-9])), [1.0, 3.0])
    assert check_gradient(lambda x: (1.0, 0 * x), [1.0, 3.0]).passed


@pytest.mark.parametrize("directions", [None, 5])
@pytest.mark.parametrize("point", [[0.0, 0.0], [1e-9, -1e-12]])
def test_at_a_minimum_rounding_is_no_error(point, directions):
    assert check_gradient(shifted(1.0), point, directions=directions).passed


# No false alarms.


@pytest.mark.parametrize("x", [1e-3, 1e-6, 1e-9])
@pytest.mark.parametrize("directions", [None, 3])
def test_a_pole_near_by_is_no_error_and_hides_none(x, directions):
    def pole(factor):
        return lambda x: (float((1 / x).sum()), -factor / x**2)

    assert check_gradient(pole(1.0), [x, 2.0], directions=directions).passed
    with pytest.raises(GradientError, match=r"off by one factor, 0\.999"):
        check_gradient(pole(1.001), [x, 2.0], directions=directions)


@pytest.mark.parametrize("directions", [None, 5])
def test_large_coordinates_are_stepped_by_their_size(directions):
    def difference(slope):
        return lambda x: (float(x[0] - x[1]), np.array([1.0, slope]))

    point = [1e8, 1e8]
    assert check_gradient(difference(-1.0), point, directions=directions).passed
    with pytest.raises(GradientError):
        check_gradient(difference(-1.001), point, directions=directions)


def test_a_function_that_swings_within_the_step_is_resolved():
    def swinging(x):
        return float(x[0] - np.sin(x[1])), np.array([1.0, -np.cos(x[1])])

    assert check_gradient(swinging, [1e8, 1.0], directions=5).passed

    def fast(factor):
        return lambda x: (float(np.sin(1e6 * x).sum()), factor * 1e6 * np.cos(1e6 * x))

    assert check_gradient(fast(1.0), [0.3]).passed
    with pytest.raises(GradientError, match=r"off by one factor, 0\.99"):
        check_gradient(fast(1.01), [0.3])


def test_a_float32_objective_passes_at_its_minimum():
    inputs = X.astype(np.float32)
    objective = risk(models.linear, squared_error, inputs, inputs @ np.ones(3, np.float32))
    assert check_gradient(objective, [0, 1, 1, 1]).passed


def test_a_tolerance_of_ten_percent_is_one():
    assert check_gradient(shifted(1.0, 1.09), [1.0, 2.0], tolerance=0.1).passed
    with pytest.raises(GradientError):
        check_gradient(shifted(1.0, 1.13), [1.0, 2.0], tolerance=0.1)


# The edge of a domain.

EDGES = {
    brier: (lambda p: np.array([p, 0.3, 1 - p]), np.array([1, 0, 0])),
    dice: (lambda p: np.array([[p, 0.3, 0.6], [0.2, 1 - p, 0.5]]), np.eye(2, 3)),
    js_divergence: (
        lambda p: np.array([[p, 0.3, 0.7 - p], [0.2, 0.3, 0.5]]),
        np.array([[0.1, 0.3, 0.6], [0.5, 0.4, 0.1]]),
    ),
}


@pytest.mark.parametrize("loss", EDGES, ids=lambda loss: loss.__name__)
@pytest.mark.parametrize("p", [1e-3, 1e-6])
def test_at_the_edge_of_its_domain_a_loss_is_checked_and_not_thrown(loss, p):
    make, targets = EDGES[loss]
    point = make(p)

    def objective(x, factor=1.0):
        if loss is js_divergence:  # whose rows sum to 1: follow a direction in which they do
            rows = x.reshape(point.shape)
            rows = np.column_stack([rows[:, :2], 1 - rows[:, 0] - rows[:, 1]])
            value, gradient = mean(loss, rows, targets)
            gradient = np.column_stack([gradient[:, :2] - gradient[:, 2:], np.zeros(2)])
        else:
            value, gradient = mean(loss, x.reshape(point.shape), targets)
        return value, factor * gradient.ravel()

    assert check_gradient(objective, point.ravel()).passed
    with pytest.raises(GradientError, match=r"off by one factor, 0\.99"):
        check_gradient(lambda x: objective(x, 1.01), point.ravel())


@pytest.mark.parametrize("probabilities", [[0.0, 0.3], [1.0, 0.3], [0.0, 1.0]])
def test_on_the_edge_the_differences_go_to_one_side(probabilities):
    def objective(p, factor=1.0):
        value, gradient = mean(brier, p, [1, 0])
        return value, factor * gradient

    assert check_gradient(objective, probabilities).passed
    with pytest.raises(GradientError):
        check_gradient(lambda p: objective(p, 1.01), probabilities)


def test_what_is_defined_at_one_point_alone_cannot_be_checked():
    def alone(x):
        return (0.0 if x[0] == 1 else np.nan), 0 * x

    with pytest.raises(GradientError, match="numeric nan, the difference is NaN, however small"):
        check_gradient(alone, [1.0])


def test_the_words_of_an_objective_that_refuses_every_neighbor_are_passed_on():
    def alone(x):
        if x[0] != 1:
            raise ValueError("only 1 is allowed")
        return 0.0, 0 * x

    with pytest.raises(GradientError, match=r"cannot be checked .* says: only 1 is allowed"):
        check_gradient(alone, [1.0])


@pytest.mark.parametrize("slope", [0.0, 0.3])
def test_at_a_jump_there_is_no_slope_to_check(slope):
    def jump(x):
        return float(x[0] >= 0), np.array([slope])

    with pytest.raises(GradientError, match="has no slope there"):
        check_gradient(jump, [0.0])


@pytest.mark.parametrize("slope", [0.0, 3.0])
def test_a_slope_that_is_infinite_is_not_called_right(slope):
    with pytest.raises(GradientError):
        check_gradient(lambda x: (float(np.sqrt(x).sum()), np.array([slope])), [0.0])


def test_a_slope_that_differences_reach_too_slowly_is_not_called_wrong():
    """At the end of the domain of x√x differences fall like √h: the slope 0 is right."""
    with pytest.raises(GradientError, match="cannot be checked along coordinate 0: analytic 0"):
        check_gradient(lambda x: (float((x**1.5).sum()), 1.5 * x**0.5), [0.0])


def test_a_kink_keeps_its_subgradient_beside_curvature_and_a_constant():
    def bent(slope):
        return lambda x: (
            100 + float((np.abs(x) + 50 * x**2).sum()),
            np.where(x == 0, slope, np.sign(x) + 100 * x),
        )

    assert check_gradient(bent(0.7), [0.0, 2.0]).kinks == (0,)
    with pytest.raises(GradientError):
        check_gradient(bent(1.01), [0.0, 2.0])


# Settings, and what it costs.


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"directions": 0}, "directions is 0; expected an integer of 1 or more"),
        ({"directions": []}, r"directions is \[\]; expected an integer"),
        ({"directions": True}, "directions is True; expected an integer"),
        ({"tolerance": 0}, "tolerance is 0; expected a number above 0"),
        ({"tolerance": np.nan}, "tolerance is nan; expected"),
        ({"seed": -1}, "seed is -1; expected an integer of 0 or more"),
    ],
)
def test_settings_out_of_range_are_refused(settings, message):
    with pytest.raises(ValueError, match=message):
        check_gradient(correct, POINT, **settings)


@pytest.mark.parametrize("directions", [None, 3])
def test_a_right_gradient_costs_four_values_a_line(directions):
    calls = []

    def counted(x):
        calls.append(x)
        return correct(x)

    check_gradient(counted, POINT, directions=directions)
    assert len(calls) == 1 + 4 * (directions or 4)


def test_an_objective_that_changes_its_point_is_checked_where_it_was_asked():
    def in_place(x):
        value, gradient = correct(x.copy())
        x *= 0
        return value, gradient

    point = POINT.copy()
    np.testing.assert_array_equal(
        check_gradient(in_place, point).numeric, check_gradient(correct, POINT).numeric
    )
    assert point.tolist() == POINT.tolist()

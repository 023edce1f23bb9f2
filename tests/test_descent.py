"""minimize: each stopping rule, what it keeps, how it fails; and minibatches."""

import sys
from dataclasses import dataclass
from types import SimpleNamespace

import numpy as np
import pytest

from lossbook import check_gradient, minimize, risk
from lossbook.descent import minibatch_risk, minibatches
from lossbook.losses import squared_error
from lossbook.models import linear
from lossbook.optimizers import (
    AdaGrad,
    Adam,
    AdamW,
    BacktrackingLineSearch,
    GradientDescent,
    Newton,
    RMSProp,
)
from lossbook.penalties import l2
from lossbook.schedules import exponential_decay, inverse_time_decay
from lossbook.surfaces import quadratic, rosenbrock, saddle

BOWL = quadratic([[1.0, 0.0], [0.0, 4.0]])
START = [3.0, -2.0]
SLOW = GradientDescent(0.1)
OPTIMIZERS = [
    GradientDescent(0.1),
    GradientDescent(0.1, momentum=0.5),
    GradientDescent(0.1, momentum=0.5, nesterov=True),
    AdaGrad(0.5),
    RMSProp(0.05),
    Adam(0.1),
    AdamW(0.1),
    Newton(lambda x: np.diag([1.0, 4.0]), learning_rate=0.5),
    BacktrackingLineSearch(BOWL),
]


def test_gradient_norm_stops_at_the_first_point_that_is_flat_enough():
    history = minimize(BOWL, START, SLOW, gradient_tolerance=1e-3)
    assert history.converged
    assert (history.gradient_norms[:-1] > 1e-3).all()
    assert history.gradient_norms[-1] <= 1e-3
    norm = history.gradient_norms[-1]
    expected = f"the gradient norm {norm:.3g} is at most 0.001, after {history.steps} steps"
    assert history.reason == expected


def test_a_start_at_the_minimum_takes_no_step():
    history = minimize(BOWL, [0, 0], SLOW)
    assert (history.steps, history.value, history.converged) == (0, 0, True)
    assert history.reason == "the gradient norm 0 is at most 1e-10, after 0 steps"


def test_loss_threshold_stops_at_the_first_value_that_is_low_enough():
    history = minimize(BOWL, START, SLOW, loss_threshold=0.5)
    assert history.converged
    assert (history.values[:-1] > 0.5).all()
    assert history.value <= 0.5
    expected = f"the value {history.value:.3g} is at most 0.5, after {history.steps} steps"
    assert history.reason == expected


def test_relative_decrease_stops_at_the_first_step_that_gains_too_little():
    """On x²/2 with η = 0.1 each step lowers the value by the share 1 − 0.81 = 0.19."""
    parabola = quadratic([[1.0]])
    history = minimize(parabola, [1.0], SLOW, relative_decrease=0.2)
    assert history.converged
    assert history.reason == "the last step lowered the value by less than 0.2 of it, after 1 steps"
    history = minimize(parabola, [1.0], SLOW, relative_decrease=0.18, max_steps=50)
    assert history.reason.startswith("reached the limit of 50 steps")


def test_a_step_that_raises_the_value_is_no_small_decrease():
    history = minimize(
        quadratic([[1.0]]), [1.0], GradientDescent(2.1), relative_decrease=0.5, max_steps=20
    )
    assert history.steps == 20
    assert not history.converged


def test_rules_are_met_at_equality():
    def level(x):
        return 5.0, np.ones(1)

    assert minimize(BOWL, [0, 0], SLOW, gradient_tolerance=0).steps == 0
    assert minimize(BOWL, START, SLOW, gradient_tolerance=np.inf).steps == 0
    assert minimize(level, [0.0], SLOW, gradient_tolerance=1.0).steps == 0
    assert minimize(level, [0.0], SLOW, loss_threshold=5.0).steps == 0
    assert minimize(level, [0.0], SLOW, relative_decrease=1e-9).steps == 1
    # On x²/2 with η = 1/2 each step lowers the value by exactly 3/4 of it, which is not less.
    history = minimize(BOWL, [1, 0], GradientDescent(0.5), relative_decrease=0.75, max_steps=9)
    assert history.steps == 9


def test_step_limit_is_named_with_the_gradient_norm():
    history = minimize(BOWL, START, SLOW, max_steps=7)
    norm = history.gradient_norms[-1]
    assert history.reason == f"reached the limit of 7 steps; the gradient norm is {norm:.3g}"
    assert not history.converged
    assert history.steps == 7


def test_step_limit_says_when_the_rate_seems_too_large():
    history = minimize(quadratic([[1.0]]), [1.0], GradientDescent(2.5), max_steps=4)
    assert history.reason == (
        "reached the limit of 4 steps; the gradient norm is 5.06, and the value grew from 0.5 to "
        "12.8: learning rate 2.5 may be too large"
    )


def test_no_step_is_allowed_even_under_a_schedule():
    """The rate before the first step does not exist; 1/(2 − 2) would be asked for it."""
    schedule = lambda step: 1 / (1 + step)  # noqa: E731
    history = minimize(BOWL, START, GradientDescent(schedule), max_steps=0)
    assert history.steps == 0
    assert history.reason.startswith("reached the limit of 0 steps")


def test_rules_are_asked_in_their_order():
    history = minimize(
        BOWL,
        [0, 0],
        SLOW,
        loss_threshold=1,
        callback=lambda *point: True,
        max_steps=0,
    )
    assert history.reason.startswith("the gradient norm")
    history = minimize(BOWL, START, SLOW, loss_threshold=100, callback=lambda *point: True)
    assert history.reason.startswith("the value")
    history = minimize(BOWL, START, SLOW, callback=lambda *point: True, max_steps=0)
    assert history.reason.startswith("the callback")


def test_callback_sees_every_point():
    seen = []
    history = minimize(
        BOWL,
        START,
        SLOW,
        max_steps=5,
        callback=lambda step, x, value, gradient: seen.append((step, *x, value, *gradient)),
    )
    steps, points = range(6), history.path
    expected = [(k, *points[k], BOWL(points[k])[0], *BOWL(points[k])[1]) for k in steps]
    np.testing.assert_array_equal(seen, expected)


def test_callback_sees_the_last_point_where_a_rule_is_met():
    seen = []
    history = minimize(
        BOWL, START, SLOW, loss_threshold=0.5, callback=lambda step, *rest: seen.append(step)
    )
    assert seen == list(range(history.steps + 1))


def test_callback_stops_the_descent():
    history = minimize(BOWL, START, SLOW, callback=lambda step, *rest: step == 3)
    assert history.reason == "the callback stopped the descent, after 3 steps"
    assert history.steps == 3
    assert not history.converged


def test_a_callback_that_raises_stop_iteration_stops_the_descent_and_keeps_its_history():
    """As in SciPy: a callback that has seen enough, or asks an iterator that has ended."""
    tickets = iter(range(3))
    history = minimize(BOWL, START, SLOW, callback=lambda *point: next(tickets) < 0)
    assert history.reason == "the callback stopped the descent, after 3 steps"
    assert (history.steps, history.converged) == (3, False)
    np.testing.assert_array_equal(history.path, minimize(BOWL, START, SLOW, max_steps=3).path)


@pytest.mark.parametrize("error", [KeyError, StopAsyncIteration, ZeroDivisionError])
def test_every_other_error_of_a_callback_is_its_own(error):
    def broken(*point):
        raise error("of the callback")

    with pytest.raises(error, match="of the callback"):
        minimize(BOWL, START, SLOW, callback=broken)


def test_stop_iteration_of_an_objective_is_no_end_of_a_descent():
    with pytest.raises(StopIteration):
        minimize(lambda x: next(iter([])), START, SLOW)


@pytest.mark.parametrize(("answer", "steps"), [(True, 0), (np.True_, 0), (False, 4), (None, 4)])
def test_a_callback_stops_by_true_alone(answer, steps):
    history = minimize(BOWL, START, SLOW, max_steps=4, callback=lambda *point: answer)
    assert history.steps == steps


def test_a_line_search_that_is_stuck_ends_the_descent_and_says_why():
    """At the tip of |x| + |y| every step along a subgradient is uphill."""
    calls = []

    def corner(x):
        calls.append(x)
        return float(np.abs(x).sum()), np.where(x >= 0, 1.0, -1.0)

    search = BacktrackingLineSearch(corner)
    history = minimize(corner, [0.0, 0.0], search, max_steps=1000)
    assert history.reason.startswith(
        "no step along the gradient lowers the value, after 0 steps; the gradient norm is 1.41: "
    )
    assert not history.converged
    assert (history.steps, history.parameters.tolist()) == (0, [0, 0])
    assert len(calls) == 2 + 54  # 1, 1/2, … 2⁻⁵³ are above 1e-16
    assert not search.stuck  # the descent works on a copy


def test_a_line_search_with_a_wrong_gradient_is_stuck_at_once():
    uphill = lambda x: (BOWL(x)[0], -BOWL(x)[1])  # noqa: E731
    history = minimize(uphill, START, BacktrackingLineSearch(uphill))
    assert "check_gradient finds why" in history.reason
    assert history.steps == 0


def test_history_holds_every_point():
    history = minimize(BOWL, START, SLOW, max_steps=9)
    assert history.path.shape == (10, 2)
    np.testing.assert_array_equal(history.path[0], START)
    np.testing.assert_array_equal(history.path[-1], history.parameters)
    np.testing.assert_array_equal(history.values, [BOWL(point)[0] for point in history.path])
    norms = [np.linalg.norm(BOWL(point)[1]) for point in history.path]
    np.testing.assert_array_equal(history.gradient_norms, norms)
    assert history.value == history.values[-1]


def test_path_can_be_left_out_and_nothing_else_changes():
    kept = minimize(BOWL, START, SLOW, max_steps=9)
    left = minimize(BOWL, START, SLOW, max_steps=9, keep_path=False)
    assert left.path is None
    np.testing.assert_array_equal(left.parameters, kept.parameters)
    np.testing.assert_array_equal(left.values, kept.values)


@pytest.mark.parametrize("optimizer", OPTIMIZERS, ids=lambda optimizer: type(optimizer).__name__)
def test_one_optimizer_serves_two_runs_alike(optimizer):
    first, second = (minimize(BOWL, START, optimizer, max_steps=50) for _ in range(2))
    assert first.steps > 1
    np.testing.assert_array_equal(first.path, second.path)
    assert first.reason == second.reason


@pytest.mark.parametrize("optimizer", OPTIMIZERS, ids=lambda optimizer: type(optimizer).__name__)
def test_every_optimizer_comes_down(optimizer):
    history = minimize(BOWL, START, optimizer, max_steps=2000, gradient_tolerance=1e-8)
    assert history.value < 0.01
    assert history.value < history.values[0]


def test_start_is_not_changed():
    start = np.array(START)
    minimize(BOWL, start, SLOW)
    assert start.tolist() == START


@dataclass
class InPlace:
    """The slip of many a first optimizer: it changes the array it was given."""

    learning_rate: float = 0.1

    def step(self, parameters, gradient):
        parameters -= self.learning_rate * gradient
        return parameters


def test_an_optimizer_that_changes_its_argument_does_not_change_the_path():
    path = minimize(BOWL, START, InPlace(), max_steps=20).path
    np.testing.assert_array_equal(path, minimize(BOWL, START, SLOW, max_steps=20).path)


# Divergence. filterwarnings = error makes every overflow warning that leaks a failure.


def test_divergence_names_the_rate_and_keeps_the_last_finite_point():
    history = minimize(quadratic([[1.0]]), [1.0], GradientDescent(3.0), max_steps=10_000)
    assert not history.converged
    assert f"diverged at step {history.steps + 1} with learning rate 3: " in history.reason
    assert history.reason.endswith("the last finite point is kept; try a smaller learning rate")
    assert np.isfinite(history.path).all()
    assert np.isfinite(history.values).all()
    assert np.isfinite(history.gradient_norms).all()
    np.testing.assert_array_equal(history.parameters, history.path[-1])
    assert history.value == history.values[-1] > 1e300


def test_divergence_names_the_rate_that_a_schedule_gave():
    """The rate of the step that led there, 5 · 0.5^(step − 1): the third step leaves the domain."""

    def fence(x):
        return (float("nan") if x[0] < -8 else float(x[0])), np.ones(1)

    history = minimize(fence, [0.0], GradientDescent(exponential_decay(5.0, factor=0.5)))
    assert "diverged at step 3 with learning rate 1.25" in history.reason
    assert history.path.ravel().tolist() == [0, -5, -7.5]


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_a_value_that_is_not_finite_stops_at_the_last_finite_point(bad):
    def fence(x):
        return (bad if x[0] < 0.5 else float(x[0])), np.ones(1)

    history = minimize(fence, [1.0], GradientDescent(0.2))
    assert history.parameters == pytest.approx(0.6)
    assert history.steps == 2
    assert f"diverged at step 3 with learning rate 0.2: the value is {bad}" in history.reason


def test_a_gradient_that_is_not_finite_stops_at_the_last_finite_point():
    def root(x):
        return float(np.abs(x[0]) ** 0.5), 0.5 * np.sign(x) * np.abs(x) ** -0.5

    history = minimize(root, [1.0], GradientDescent(2.0))
    assert history.parameters == 1
    assert "the gradient norm nan" in history.reason


def test_parameters_that_are_not_finite_stop_the_descent_even_if_the_value_is():
    """An objective that levels off is finite even at infinity."""

    def level(x):
        return float(np.clip(x, -1, 1).sum()), np.full_like(x, -1.0)

    history = minimize(level, [0.0], GradientDescent(1e308))
    assert history.parameters == 1e308
    assert "the largest parameter inf" in history.reason
    assert not history.converged


def test_an_objective_without_bottom_is_told_apart_from_a_rate_too_large():
    history = minimize(saddle, [1.0, 1e-3], GradientDescent(0.1), max_steps=10_000)
    assert "the objective falls without bound, at any learning rate" in history.reason
    assert "smaller" not in history.reason


@pytest.mark.parametrize(
    "optimizer",
    [
        GradientDescent(10.0, momentum=0.9),
        GradientDescent(10.0, momentum=0.9, nesterov=True),
        AdaGrad(1e200),
        RMSProp(1e200),
        Adam(1e200),
        AdamW(1.0, weight_decay=1e10),
        Newton(lambda x: np.array([[1e-300, 0], [0, 1e-300]])),
    ],
    ids=lambda optimizer: type(optimizer).__name__,
)
def test_no_warning_leaks_from_a_diverging_optimizer(optimizer):
    history = minimize(rosenbrock, [-1.2, 1.0], optimizer, max_steps=2000)
    assert "diverged" in history.reason
    assert np.isfinite(history.parameters).all()


def test_settings_of_numpy_warnings_are_put_back():
    before = np.geterr()
    minimize(quadratic([[1.0]]), [1.0], GradientDescent(3.0), max_steps=10_000)
    assert np.geterr() == before


# Wrong inputs.


@dataclass
class Returns:
    """An optimizer whose step returns whatever it is told."""

    what: object

    def step(self, parameters, gradient):
        return self.what


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: minimize(BOWL, [[1, 2]], SLOW), r"start has shape \(1, 2\); expected a vector"),
        (lambda: minimize(BOWL, [np.nan, 2], SLOW), "expected a vector of finite numbers"),
        (lambda: minimize(BOWL, START, SLOW, max_steps=-1), "max_steps is -1; expected an integer"),
        (lambda: minimize(BOWL, START, SLOW, max_steps=1e3), "max_steps is 1000.0; expected an"),
        (
            lambda: minimize(BOWL, START, SLOW, gradient_tolerance=-1),
            "gradient_tolerance is -1; expected",
        ),
        (
            lambda: minimize(BOWL, START, SLOW, gradient_tolerance=np.nan),
            "gradient_tolerance is nan; expected",
        ),
        (
            lambda: minimize(BOWL, START, SLOW, loss_threshold=np.nan),
            "loss_threshold is nan; expected",
        ),
        (
            lambda: minimize(BOWL, START, SLOW, relative_decrease=0),
            "relative_decrease is 0; expected",
        ),
        (
            lambda: minimize(lambda x: (1.0, np.ones(3)), START, SLOW),
            r"gradient has shape \(3,\) but the parameters have shape \(2,\)",
        ),
        (
            lambda: minimize(lambda x: (1.0, np.ones((2, 1))), START, SLOW),
            r"gradient has shape \(2, 1\) but the parameters have shape \(2,\)",
        ),
        (
            lambda: minimize(lambda x: (x, x), START, SLOW),
            r"the value has shape \(2,\); expected one number: is the mean missing",
        ),
        (
            lambda: minimize(lambda x: (np.inf, x), START, SLOW),
            "at the start the value is inf and the gradient norm 3.6",
        ),
        (
            lambda: minimize(BOWL, START, Returns(np.ones((2, 1)))),
            r"step returned shape \(2, 1\) but the parameters have shape \(2,\)",
        ),
        (lambda: minimize(BOWL, START, Returns(1.0)), r"returned shape \(\).* does it return"),
    ],
)
def test_wrong_inputs_raise_and_are_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()


@pytest.mark.parametrize("optimizer", [GradientDescent, 0.1, "adam"])
def test_what_is_no_optimizer_is_refused(optimizer):
    with pytest.raises(TypeError, match="expected an instance of a dataclass with a method step"):
        minimize(BOWL, START, optimizer)


@dataclass
class Silent:
    """An optimizer that changes its argument and forgets to return it."""

    def step(self, parameters, gradient):
        parameters -= gradient


def test_an_optimizer_that_returns_nothing_is_told_so():
    with pytest.raises(TypeError, match="step returned None; expected the new parameters"):
        minimize(BOWL, START, Silent())


def test_a_float32_gradient_is_measured_in_float64():
    """In float32 the length of (3e20, 4e20) is infinite, and of (3e-30, 4e-30) it is 0."""
    for size in (1e20, 1e-30):
        slope = (size * np.array([3.0, 4.0])).astype(np.float32)
        history = minimize(lambda x, slope=slope: (0.0, slope), START, SLOW, max_steps=0)
        np.testing.assert_allclose(history.gradient_norms, 5 * size, rtol=1e-7)


def test_gradients_may_be_lists():
    history = minimize(lambda x: (x[0] ** 2, [2 * x[0]]), [1.0], SLOW)
    assert history.converged


# The progress bar.


def test_progress_counts_the_points(monkeypatch):
    shown = []

    def bar(steps, **settings):
        shown.append((len(steps), settings))
        return steps

    monkeypatch.setitem(sys.modules, "tqdm", SimpleNamespace())
    monkeypatch.setitem(sys.modules, "tqdm.auto", SimpleNamespace(tqdm=bar))
    history = minimize(BOWL, START, SLOW, max_steps=9, progress=True)
    assert shown == [(10, {"unit": "step"})]
    np.testing.assert_array_equal(history.path, minimize(BOWL, START, SLOW, max_steps=9).path)
    assert len(shown) == 1


def test_progress_without_tqdm_says_what_to_do(monkeypatch):
    monkeypatch.setitem(sys.modules, "tqdm", None)
    monkeypatch.setitem(sys.modules, "tqdm.auto", None)
    with pytest.raises(ImportError, match="progress=True needs tqdm: pip install tqdm"):
        minimize(BOWL, START, SLOW, progress=True)


# Minibatches.


@pytest.mark.parametrize("batch_size", [1, 3, 4, 11, 12])
def test_each_epoch_covers_each_row_once(batch_size):
    batches = minibatches(12, batch_size, seed=0)
    per_epoch = -(-12 // batch_size)
    orders = []
    for _ in range(5):
        epoch = [next(batches) for _ in range(per_epoch)]
        assert [len(rows) for rows in epoch[:-1]] == [batch_size] * (per_epoch - 1)
        orders.append(np.concatenate(epoch).tolist())
        assert sorted(orders[-1]) == list(range(12))
    assert len({tuple(order) for order in orders}) == 5


def test_minibatches_follow_from_the_seed():
    def draw(seed):
        batches = minibatches(20, 6, seed=seed)
        return np.concatenate([next(batches) for _ in range(8)]).tolist()

    assert draw(0) == draw(0) == draw(np.random.default_rng(0))
    assert draw(0) != draw(1)


@pytest.mark.parametrize("batch_size", [0, -1, 21, 2.0, None])
def test_batch_size_out_of_range_is_refused_at_once(batch_size):
    with pytest.raises(ValueError, match=f"batch_size is {batch_size}; expected .* from 1 to 20"):
        minibatches(20, batch_size, seed=0)


RNG = np.random.default_rng(0)
X = RNG.normal(size=(20, 2))
Y = X @ [1.0, -2.0] + 0.5 + 0.1 * RNG.normal(size=20)
WEIGHTS = RNG.uniform(0.5, 2, size=20)
POINT = np.array([0.3, -0.1, 0.2])


def batched(batch_size, seed=0, **settings):
    return minibatch_risk(linear, squared_error, X, Y, batch_size=batch_size, seed=seed, **settings)


def test_each_call_is_the_risk_of_the_next_batch():
    objective = batched(6, weights=WEIGHTS, penalty=l2(0.1))
    batches = minibatches(20, 6, seed=0)
    for _ in range(9):
        rows = next(batches)
        batch = risk(
            linear, squared_error, X[rows], Y[rows], weights=WEIGHTS[rows], penalty=l2(0.1)
        )
        value, gradient = objective(POINT)
        assert value == batch(POINT)[0]
        np.testing.assert_array_equal(gradient, batch(POINT)[1])


def test_batches_of_an_epoch_average_to_the_full_risk():
    """Oracle: a mean of means over batches of equal size is the mean."""
    objective = batched(5)
    values, gradients = zip(*[objective(POINT) for _ in range(4)])
    value, gradient = risk(linear, squared_error, X, Y)(POINT)
    np.testing.assert_allclose(np.mean(values), value, rtol=1e-14)
    np.testing.assert_allclose(np.mean(gradients, axis=0), gradient, rtol=1e-13)
    assert np.ptp(values) > 0


def test_a_batch_of_all_rows_is_the_full_risk():
    value, gradient = batched(20)(POINT)
    expected = risk(linear, squared_error, X, Y)(POINT)
    np.testing.assert_allclose(value, expected[0], rtol=1e-14)
    np.testing.assert_allclose(gradient, expected[1], rtol=1e-13)


def test_stochastic_descents_follow_from_the_seed():
    def path(seed):
        return minimize(batched(4, seed), [0, 0, 0], GradientDescent(0.05), max_steps=60).path

    np.testing.assert_array_equal(path(0), path(0))
    assert np.abs(path(0) - path(1)).max() > 1e-3


def test_stochastic_descent_with_falling_rates_nears_the_minimum():
    full = risk(linear, squared_error, X, Y)
    assert check_gradient(full, POINT).passed
    best = np.linalg.lstsq(np.column_stack([np.ones(20), X]), Y)[0]
    optimizer = GradientDescent(inverse_time_decay(0.2, decay=0.02))
    history = minimize(batched(4), [0, 0, 0], optimizer, max_steps=5000)
    np.testing.assert_allclose(history.parameters, best, atol=5e-3)
    assert full(history.parameters)[0] < full(best)[0] * 1.01


def test_a_batch_of_nothing_but_samples_without_weight_does_not_occur():
    """Of twenty samples five count."""
    weights = np.zeros(20)
    weights[[0, 3, 8, 14, 19]] = [1.0, 0.5, 2.0, 1.0, 3.0]
    objective = batched(3, weights=weights)
    values, gradients = zip(*[objective(POINT) for _ in range(40)])
    assert np.isfinite(values).all()
    kept = weights > 0
    rows = minibatches(5, 3, seed=0)
    for value, gradient in zip(values, gradients):
        batch = next(rows)
        expected = risk(
            linear, squared_error, X[kept][batch], Y[kept][batch], weights=weights[kept][batch]
        )(POINT)
        assert value == expected[0]
        np.testing.assert_array_equal(gradient, expected[1])


def test_a_batch_of_all_samples_with_a_weight_is_the_full_risk():
    weights = np.where(np.arange(20) < 7, 0.0, 1.5)
    value, gradient = batched(13, weights=weights)(POINT)
    expected = risk(linear, squared_error, X, Y, weights=weights)(POINT)
    np.testing.assert_allclose(value, expected[0], rtol=1e-14)
    np.testing.assert_allclose(gradient, expected[1], rtol=1e-13)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        (
            {"weights": np.where(np.arange(20) == 3, np.nan, 1)},
            r"weights\[3\] is nan; expected finite numbers of 0 or more",
        ),
        ({"weights": -np.ones(20)}, r"weights\[0\] is -1; expected finite numbers of 0 or more"),
        ({"weights": 1.0}, r"weights has shape \(\) but X has shape"),
        ({"weights": np.zeros(20)}, "weights are all 0; expected one above 0"),
        ({"weights": np.eye(20)[3]}, "batch_size is 4; expected an integer from 1 to 1"),
        ({"y": Y[:10]}, r"y has shape \(10,\) but X has shape \(20, 2\)"),
        ({"y": np.ones(30)}, r"y has shape \(30,\) but X has shape \(20, 2\)"),
        ({"weights": np.ones(3)}, r"weights has shape \(3,\) but X has shape \(20, 2\)"),
        ({"batch_size": 0}, "batch_size is 0; expected an integer from 1 to 20"),
    ],
)
def test_minibatch_risk_refuses_what_does_not_fit(settings, message):
    arguments = {"X": X, "y": Y, "batch_size": 4, "seed": 0, **settings}
    with pytest.raises(ValueError, match=message):
        minibatch_risk(linear, squared_error, **arguments)

"""Every optimizer takes the same path as PyTorch's, and refuses settings out of range."""

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
import scipy.optimize
import torch

from lossbook import minimize
from lossbook.optimizers import (
    AdaGrad,
    Adam,
    AdamW,
    BacktrackingLineSearch,
    GradientDescent,
    Newton,
    RMSProp,
    rate_at,
)
from lossbook.surfaces import quadratic, rosenbrock

START = [1.5, -0.7, 0.3, 2.0]
MATRIX = np.random.default_rng(0).normal(size=(7, 4))
SHIFT = np.random.default_rng(1).normal(size=7)


def smooth(parameters):
    """Σ log cosh(Aθ − b) + Σ θ⁴/40: curved everywhere, with unlike coordinates."""
    u = MATRIX @ parameters - SHIFT
    value = np.log(np.cosh(u)).sum() + (parameters**4).sum() / 40
    return value, MATRIX.T @ np.tanh(u) + parameters**3 / 10


def torch_path(make, steps, scheduler=None):
    """The same objective, differentiated by autograd and minimized by a PyTorch optimizer."""
    parameters = torch.tensor(START, dtype=torch.float64, requires_grad=True)
    matrix, shift = torch.from_numpy(MATRIX), torch.from_numpy(SHIFT)
    optimizer = make([parameters])
    schedule = scheduler(optimizer) if scheduler else None
    path = [parameters.detach().numpy().copy()]
    for _ in range(steps):
        optimizer.zero_grad()
        u = matrix @ parameters - shift
        (torch.log(torch.cosh(u)).sum() + (parameters**4).sum() / 40).backward()
        optimizer.step()
        if schedule:
            schedule.step()
        path.append(parameters.detach().numpy().copy())
    return np.array(path)


PAIRS = {
    "plain": (GradientDescent(0.05), lambda p: torch.optim.SGD(p, lr=0.05)),
    "momentum": (
        GradientDescent(0.02, momentum=0.9),
        lambda p: torch.optim.SGD(p, lr=0.02, momentum=0.9),
    ),
    "nesterov": (
        GradientDescent(0.02, momentum=0.9, nesterov=True),
        lambda p: torch.optim.SGD(p, lr=0.02, momentum=0.9, nesterov=True),
    ),
    "adagrad": (AdaGrad(0.3), lambda p: torch.optim.Adagrad(p, lr=0.3)),
    "adagrad, epsilon": (
        AdaGrad(0.3, epsilon=0.1),
        lambda p: torch.optim.Adagrad(p, lr=0.3, eps=0.1),
    ),
    "rmsprop": (RMSProp(0.01), lambda p: torch.optim.RMSprop(p, lr=0.01)),
    "rmsprop, decay": (
        RMSProp(0.01, decay=0.9, epsilon=0.1),
        lambda p: torch.optim.RMSprop(p, lr=0.01, alpha=0.9, eps=0.1),
    ),
    "adam": (Adam(), lambda p: torch.optim.Adam(p)),
    "adam, settings": (
        Adam(0.05, beta1=0.8, beta2=0.9, epsilon=0.1),
        lambda p: torch.optim.Adam(p, lr=0.05, betas=(0.8, 0.9), eps=0.1),
    ),
    "adamw": (AdamW(0.05), lambda p: torch.optim.AdamW(p, lr=0.05)),
    "adamw, decay": (
        AdamW(0.05, weight_decay=0.5),
        lambda p: torch.optim.AdamW(p, lr=0.05, weight_decay=0.5),
    ),
}


@pytest.mark.parametrize("name", PAIRS)
def test_path_is_that_of_pytorch(name):
    optimizer, make = PAIRS[name]
    ours = minimize(smooth, START, optimizer, max_steps=200, gradient_tolerance=0).path
    theirs = torch_path(make, 200)
    assert np.abs(theirs[-1] - theirs[0]).max() > 0.1
    np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-12)


@pytest.mark.parametrize("name", ["momentum", "nesterov", "adagrad", "rmsprop", "adam", "adamw"])
def test_path_under_a_schedule_is_that_of_pytorch(name):
    optimizer, make = PAIRS[name]
    scheduled = replace(optimizer, learning_rate=lambda step: optimizer.learning_rate * 0.99**step)
    ours = minimize(smooth, START, scheduled, max_steps=200, gradient_tolerance=0).path
    theirs = torch_path(make, 200, lambda o: torch.optim.lr_scheduler.ExponentialLR(o, gamma=0.99))
    np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-12)


@pytest.mark.parametrize("name", PAIRS)
def test_replace_gives_a_fresh_optimizer(name):
    used = replace(PAIRS[name][0])
    gradient = np.array([3.0, -1.0])
    first = used.step(np.zeros(2), gradient)
    used.step(np.zeros(2), gradient)
    np.testing.assert_array_equal(replace(used).step(np.zeros(2), gradient), first)


@pytest.mark.parametrize("name", PAIRS)
def test_step_changes_neither_argument(name):
    parameters, gradient = np.array([1.0, 2.0]), np.array([3.0, 0.0])
    replace(PAIRS[name][0]).step(parameters, gradient)
    assert parameters.tolist() == [1, 2]
    assert gradient.tolist() == [3, 0]


def test_adamw_without_decay_is_adam():
    ours, theirs = (
        minimize(smooth, START, optimizer, max_steps=50).path
        for optimizer in (AdamW(0.05, weight_decay=0), Adam(0.05))
    )
    np.testing.assert_array_equal(ours, theirs)


def test_newton_solves_an_ill_conditioned_quadratic_in_one_step():
    A = np.array([[1.0, 2.0], [2.0, 1e6]])
    history = minimize(quadratic(A), [3.0, -4.0], Newton(lambda x: A), gradient_tolerance=1e-6)
    assert history.steps == 1
    np.testing.assert_allclose(history.parameters, 0, atol=1e-12)


def test_newton_converges_quadratically_on_rosenbrock():
    history = minimize(
        rosenbrock, [1.2, 1.2], Newton(scipy.optimize.rosen_hess), gradient_tolerance=1e-12
    )
    assert history.converged
    assert history.steps <= 8
    np.testing.assert_allclose(history.parameters, [1, 1], rtol=1e-12)


def test_newton_goes_to_a_saddle_if_that_is_where_the_parabola_leads():
    step = Newton(lambda x: np.diag([2.0, -2.0])).step(np.array([3.0, 1.0]), np.array([6.0, -2.0]))
    np.testing.assert_array_equal(step, [0, 0])


def test_newton_takes_a_share_of_the_step():
    newton = Newton(lambda x: 2 * np.eye(2), learning_rate=0.25)
    np.testing.assert_allclose(newton.step(np.array([4.0, 8.0]), np.array([8.0, 16.0])), [3, 6])


def test_newton_says_where_the_hessian_is_singular():
    with pytest.raises(ValueError, match=r"singular at \[1\. 2\.\]"):
        Newton(lambda x: np.ones((2, 2))).step(np.array([1.0, 2.0]), np.ones(2))


def test_newton_names_both_shapes():
    with pytest.raises(ValueError, match=r"shape \(3, 3\) but the gradient has shape \(2,\)"):
        Newton(lambda x: np.eye(3)).step(np.ones(2), np.ones(2))


def test_line_search_takes_the_first_rate_that_fulfills_armijos_condition():
    """Oracle: the condition of Nocedal & Wright (3.4), asked for every rate that was tried."""
    point = np.array([-1.2, 1.0])
    value, gradient = rosenbrock(point)
    moved = BacktrackingLineSearch(rosenbrock, decrease=0.3).step(point, gradient)
    rate = (point - moved)[0] / gradient[0]

    def fulfills(t):
        return rosenbrock(point - t * gradient)[0] <= value - 0.3 * t * gradient @ gradient

    halvings = round(-np.log2(rate))
    assert halvings > 3
    np.testing.assert_allclose(rate, 0.5**halvings, rtol=1e-12)
    assert [fulfills(0.5**k) for k in range(halvings + 1)] == [False] * halvings + [True]


def test_line_search_never_raises_the_value_and_arrives():
    history = minimize(
        rosenbrock, [-1.2, 1.0], BacktrackingLineSearch(rosenbrock), max_steps=20_000,
        gradient_tolerance=1e-6,
    )  # fmt: skip
    assert (np.diff(history.values) <= 0).all()
    assert history.converged
    np.testing.assert_allclose(history.parameters, [1, 1], atol=1e-5)


def test_line_search_steps_back_into_the_domain():
    def barrier(x):
        with np.errstate(invalid="ignore"):
            return float(x[0] - np.log(x[0])), 1 - 1 / x

    moved = BacktrackingLineSearch(barrier, learning_rate=8.0).step(
        np.array([4.0]), np.array([0.75])
    )
    assert moved == pytest.approx(4 - 4 * 0.75)


def test_line_search_stays_with_a_gradient_of_the_wrong_sign():
    point = np.array([1.0, 2.0])
    bowl = quadratic(np.eye(2))
    np.testing.assert_array_equal(BacktrackingLineSearch(bowl).step(point, -bowl(point)[1]), point)


def test_line_search_stays_at_a_kink_where_no_step_helps():
    """On |x| at 0 with the subgradient 1: any step, however short, is uphill."""
    search = BacktrackingLineSearch(lambda x: (float(np.abs(x).sum()), np.sign(x)))
    np.testing.assert_array_equal(search.step(np.array([0.0]), np.array([1.0])), [0.0])


def test_line_search_says_whether_it_is_stuck():
    bowl = quadratic(np.eye(2))
    search = BacktrackingLineSearch(bowl)
    point = np.array([1.0, 2.0])
    assert not search.stuck
    search.step(point, -point)
    assert search.stuck
    search.step(point, point)
    assert not search.stuck
    search.step(point, -point)
    assert not replace(search).stuck


def test_line_search_stops_where_a_step_no_longer_moves():
    """Beside 1e8 a step below 7e-9 is nothing: thirty halvings of 1, not fifty-three."""
    calls = []

    def wall(x):
        calls.append(x)
        return float(abs(x[0] - 1e8)), np.ones(1)

    search = BacktrackingLineSearch(wall)
    np.testing.assert_array_equal(search.step(np.array([1e8]), np.ones(1)), [1e8])
    assert search.stuck
    assert len(calls) == 1 + 27  # its own value, then 1, 1/2, … 2⁻²⁶; 2⁻²⁷ is half a unit


def test_line_search_takes_parameters_of_any_shape():
    search = BacktrackingLineSearch(lambda x: (float((x * x).sum()), 2 * x))
    np.testing.assert_array_equal(search.step(np.eye(2), 2 * np.eye(2)), np.zeros((2, 2)))


def test_newton_takes_vectors_alone():
    with pytest.raises(ValueError, match=r"the Hessian has shape \(1, 1\) but the gradient"):
        Newton(lambda x: np.eye(1)).step(np.ones((1, 1)), np.ones((1, 1)))


def test_rates_may_be_of_any_kind_of_number_and_are_floats():
    for rate in (Fraction(1, 4), np.float32(0.25), 0.25, lambda step: np.array(0.25)):
        moved = GradientDescent(rate).step(np.ones(2, np.float32), np.ones(2, np.float32))
        assert moved.dtype == np.float32
        assert moved.tolist() == [0.75, 0.75]
        assert type(rate_at(rate, 0)) is float


@pytest.mark.parametrize("rate", [None, "0.1", 1j, [0.1], np.ones(2), np.ones(1)])
def test_schedule_that_gives_no_number_is_refused(rate):
    with pytest.raises((TypeError, ValueError), match=r"the (rate of the )?schedule"):
        GradientDescent(lambda step: rate).step(np.ones(2), np.ones(2))


def test_adagrad_rmsprop_and_adam_stay_where_the_gradient_is_zero():
    for optimizer in (AdaGrad(0.1), RMSProp(0.1), Adam(0.1)):
        assert optimizer.step(np.array([3.0]), np.array([0.0])) == 3


def test_schedule_is_asked_for_every_step_once():
    asked = []

    def schedule(step):
        asked.append(step)
        return 0.1

    optimizer = GradientDescent(schedule)
    for _ in range(4):
        optimizer.step(np.zeros(1), np.ones(1))
    assert asked == [0, 1, 2, 3]


@pytest.mark.parametrize("rate", [-0.1, np.nan, np.inf])
def test_schedule_with_an_impossible_rate_is_refused(rate):
    with pytest.raises(ValueError, match=rf"the schedule gives {rate} at step 7"):
        rate_at(lambda step: rate, 7)


def bowl(x):
    return float(x @ x), 2 * x


@pytest.mark.parametrize("rate", [0, -0.1, np.nan, np.inf])
@pytest.mark.parametrize(
    "make",
    [
        GradientDescent,
        AdaGrad,
        RMSProp,
        Adam,
        AdamW,
        lambda rate: Newton(np.diag, rate),
        lambda rate: BacktrackingLineSearch(bowl, rate),
    ],
)
def test_learning_rate_must_be_positive(make, rate):
    with pytest.raises(ValueError, match=f"learning_rate is {rate}; expected a number above 0"):
        make(rate)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: GradientDescent(0.1, momentum=1), "momentum is 1; expected"),
        (lambda: GradientDescent(0.1, momentum=-0.5), "momentum is -0.5; expected"),
        (lambda: GradientDescent(0.1, momentum=np.nan), "momentum is nan; expected"),
        (lambda: GradientDescent(0.1, nesterov=True), "nesterov is True but momentum is 0"),
        (lambda: AdaGrad(0.1, epsilon=0), "epsilon is 0; expected"),
        (lambda: RMSProp(0.1, decay=1), "decay is 1; expected"),
        (lambda: RMSProp(0.1, epsilon=-1), "epsilon is -1; expected"),
        (lambda: Adam(beta1=1), "beta1 is 1; expected"),
        (lambda: Adam(beta2=-0.1), "beta2 is -0.1; expected"),
        (lambda: Adam(epsilon=0), "epsilon is 0; expected"),
        (lambda: AdamW(beta1=2), "beta1 is 2; expected"),
        (lambda: AdamW(weight_decay=-1), "weight_decay is -1; expected"),
        (lambda: AdamW(weight_decay=np.nan), "weight_decay is nan; expected"),
        (lambda: AdamW(weight_decay=np.inf), "weight_decay is inf; expected"),
        (lambda: BacktrackingLineSearch(bowl, shrink=1), "shrink is 1; expected"),
        (lambda: BacktrackingLineSearch(bowl, shrink=0), "shrink is 0; expected"),
        (lambda: BacktrackingLineSearch(bowl, decrease=1), "decrease is 1; expected"),
        (lambda: BacktrackingLineSearch(bowl, decrease=0), "decrease is 0; expected"),
    ],
)
def test_settings_out_of_range_are_refused(make, message):
    with pytest.raises(ValueError, match=message):
        make()

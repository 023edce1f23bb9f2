"""Schedules equal PyTorch's schedulers, or their closed form where PyTorch has none."""

from fractions import Fraction

import numpy as np
import pytest
import torch
from torch.optim import lr_scheduler

from lossbook import minimize
from lossbook.optimizers import GradientDescent
from lossbook.schedules import (
    constant,
    cosine_decay,
    exponential_decay,
    inverse_time_decay,
    step_decay,
    warmup,
)
from lossbook.surfaces import quadratic


def torch_rates(make, steps, rate=0.3):
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=rate)
    scheduler = make(optimizer)
    rates = []
    for _ in range(steps):
        rates.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        scheduler.step()
    return rates


PAIRS = {
    "step": (
        step_decay(0.3, every=7, factor=0.4),
        lambda o: lr_scheduler.StepLR(o, step_size=7, gamma=0.4),
    ),
    "step, default": (step_decay(0.3, every=5), lambda o: lr_scheduler.StepLR(o, step_size=5)),
    "exponential": (
        exponential_decay(0.3, factor=0.9),
        lambda o: lr_scheduler.ExponentialLR(o, gamma=0.9),
    ),
    "cosine": (cosine_decay(0.3, steps=40), lambda o: lr_scheduler.CosineAnnealingLR(o, T_max=40)),
    "cosine, floor": (
        cosine_decay(0.3, steps=40, floor=0.1),
        lambda o: lr_scheduler.CosineAnnealingLR(o, T_max=40, eta_min=0.1),
    ),
}


@pytest.mark.parametrize("name", PAIRS)
def test_schedule_is_that_of_pytorch(name):
    schedule, make = PAIRS[name]
    ours = [schedule(step) for step in range(41)]
    np.testing.assert_allclose(ours, torch_rates(make, 41), rtol=1e-12, atol=1e-15)


def test_warmup_climbs_as_in_pytorch():
    schedule = warmup(0.3, steps=10)
    make = lambda o: lr_scheduler.LinearLR(o, start_factor=0.1, total_iters=9)  # noqa: E731
    ours = [schedule(step) for step in range(30)]
    np.testing.assert_allclose(ours, torch_rates(make, 30), rtol=1e-12)


def test_warmup_then_begins_the_schedule_from_its_first_step():
    after = cosine_decay(0.3, steps=20)
    schedule = warmup(after, steps=4)
    assert [schedule(step) for step in range(4)] == pytest.approx([0.075, 0.15, 0.225, 0.3])
    assert [schedule(4 + step) for step in range(25)] == [after(step) for step in range(25)]


def test_inverse_time_decay_is_its_formula():
    schedule = inverse_time_decay(0.5, decay=0.25)
    exact = [float(Fraction(1, 2) / (1 + Fraction(step, 4))) for step in range(50)]
    np.testing.assert_allclose([schedule(step) for step in range(50)], exact, rtol=1e-15)


def test_constant_is_the_number_itself():
    bowl = quadratic([[1, 0], [0, 5]])
    number, schedule = (
        minimize(bowl, [1, 1], GradientDescent(rate)).path for rate in (0.1, constant(0.1))
    )
    np.testing.assert_array_equal(number, schedule)


def test_cosine_stays_at_its_floor():
    schedule = cosine_decay(1.0, steps=3, floor=0.25)
    assert [schedule(step) for step in (0, 3, 4, 6, 1000)] == [1.0, 0.25, 0.25, 0.25, 0.25]


def test_the_ends_of_the_ranges_are_allowed():
    for schedule in (
        step_decay(0.5, every=1, factor=1),
        exponential_decay(0.5, factor=1),
        cosine_decay(0.5, steps=1, floor=0.5),
        warmup(0.5, steps=1),
    ):
        assert [schedule(step) for step in range(4)] == [0.5] * 4


def test_a_descent_follows_its_schedule():
    """Oracle: on x²/2 the factor of each step is 1 − η(t)."""
    schedule = inverse_time_decay(0.5, decay=1.0)
    history = minimize(quadratic([[1.0]]), [1.0], GradientDescent(schedule), max_steps=20)
    factors = 1 - 0.5 / (1 + np.arange(20))
    np.testing.assert_allclose(history.path[1:, 0], np.cumprod(factors), rtol=1e-14)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: constant(0), "rate is 0; expected"),
        (lambda: step_decay(-1, every=2), "rate is -1; expected"),
        (lambda: step_decay(1, every=0), "every is 0; expected an integer"),
        (lambda: step_decay(1, every=2.5), "every is 2.5; expected an integer"),
        (lambda: step_decay(1, every=2, factor=0), "factor is 0; expected"),
        (lambda: exponential_decay(np.nan, factor=0.5), "rate is nan; expected"),
        (lambda: exponential_decay(1, factor=1.1), "factor is 1.1; expected"),
        (lambda: inverse_time_decay(np.inf, decay=1), "rate is inf; expected"),
        (lambda: inverse_time_decay(1, decay=0), "decay is 0; expected"),
        (lambda: cosine_decay(0, steps=2), "rate is 0; expected"),
        (lambda: cosine_decay(1, steps=0), "steps is 0; expected an integer"),
        (lambda: cosine_decay(1, steps=2, floor=2), "floor is 2; expected .* to the rate, 1"),
        (lambda: cosine_decay(1, steps=2, floor=-1), "floor is -1; expected"),
        (lambda: warmup(0.1, steps=0), "steps is 0; expected an integer"),
        (lambda: warmup(lambda step: np.nan, steps=2)(1), "the schedule gives nan at step 0"),
    ],
)
def test_settings_out_of_range_are_refused(make, message):
    with pytest.raises(ValueError, match=message):
        make()

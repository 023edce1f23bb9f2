"""The equations of warm-up and clipping, each against another library."""

import numpy as np
import optax
import pytest
import torch

from lossbook.schedules import warmup


@pytest.mark.equation("eq-warm-up")
@pytest.mark.parametrize("steps", [1, 4, 200])
def test_warm_up_climbs_in_equal_steps_and_stays(steps):
    printed = [0.8 * min(1, (k + 1) / steps) for k in range(300)]
    ours = warmup(0.8, steps=steps)
    np.testing.assert_allclose([ours(k) for k in range(300)], printed, rtol=1e-14)
    theirs = optax.linear_schedule(0.0, 0.8, steps)
    # optax computes in single precision.
    np.testing.assert_allclose([theirs(k + 1) for k in range(300)], printed, rtol=1e-5)


@pytest.mark.equation("eq-clip")
@pytest.mark.parametrize("length", [0.01, 1.0, 50.0])
def test_clipping_is_that_of_pytorch(length):
    g = length * np.array([0.6, 0.0, -0.8])
    printed = g * min(1, 0.5 / np.linalg.norm(g))
    parameter = torch.zeros(3, dtype=torch.float64, requires_grad=True)
    parameter.grad = torch.tensor(g)
    torch.nn.utils.clip_grad_norm_([parameter], 0.5)
    # PyTorch adds 1e-6 to the norm.
    np.testing.assert_allclose(parameter.grad.numpy(), printed, rtol=3e-6)

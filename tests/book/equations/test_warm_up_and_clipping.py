"""The labeled equations of the page ``warm_up_and_clipping``."""

import numpy as np
import optax
import pytest
import torch

from lossbook.schedules import warmup
from tests.printed import printed


@pytest.mark.equation("eq-warm-up")
@pytest.mark.parametrize("steps", [1, 4, 200])
def test_warm_up_climbs_in_equal_steps_and_stays(steps):
    ours, theirs = warmup(0.8, steps=steps), optax.linear_schedule(0.0, 0.8, steps)
    page = printed("eq-warm-up")
    for k in (0, 1, 3, 4, 5, 198, 199, 200, 299):
        page.check(eta={k: ours(k)}, eta_full=0.8, k=k, K=steps, rtol=1e-14)
        # optax computes in single precision.
        assert theirs(k + 1) == pytest.approx(ours(k), rel=1e-5)


@pytest.mark.equation("eq-clip")
@pytest.mark.parametrize("length", [0.01, 1.0, 50.0])
def test_clipping_is_that_of_pytorch(length):
    g = length * np.array([0.6, 0.0, -0.8])
    parameter = torch.zeros(3, dtype=torch.float64, requires_grad=True)
    parameter.grad = torch.tensor(g)
    torch.nn.utils.clip_grad_norm_([parameter], 0.5)
    # PyTorch adds 1e-6 to the norm.
    printed("eq-clip").check(g_clipped=parameter.grad.numpy(), g=g, c=0.5, rtol=1e-4, atol=1e-12)

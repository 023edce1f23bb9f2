"""The labeled equations of the page ``warm_up_and_clipping``."""

import numpy as np
import pytest
import torch

from lossbook.schedules import warmup
from tests.printed import printed


@pytest.mark.equation("eq-warm-up")
@pytest.mark.parametrize("steps", [2, 4, 200])
def test_warm_up_climbs_in_equal_steps_and_stays(steps):
    ours = warmup(0.8, steps=steps)
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=0.8)
    theirs = torch.optim.lr_scheduler.LinearLR(optimizer, 1 / steps, total_iters=steps - 1)
    for k in range(300):
        printed("eq-warm-up").check(eta={k: ours(k)}, eta_full=0.8, k=k, K=steps, rtol=1e-14)
        assert theirs.get_last_lr()[0] == pytest.approx(ours(k), rel=1e-12)
        optimizer.step()
        theirs.step()


@pytest.mark.equation("eq-clip")
@pytest.mark.parametrize("length", [0.01, 1.0, 50.0])
def test_clipping_is_that_of_pytorch(length):
    g = length * np.array([0.6, 0.0, -0.8])
    parameter = torch.zeros(3, dtype=torch.float64, requires_grad=True)
    parameter.grad = torch.tensor(g)
    torch.nn.utils.clip_grad_norm_([parameter], 0.5)
    # PyTorch adds 1e-6 to the norm.
    printed("eq-clip").check(g_clipped=parameter.grad.numpy(), g=g, c=0.5, rtol=1e-4, atol=1e-12)

"""Each of the twelve mistakes has its cure, its thread, and a number that no other cause gives."""

import math
import re

import nbformat
import numpy as np
import pytest
import torch
from torch import nn

from tools.notebooks import ROOT

PAGE = ROOT / "chapters" / "questions" / "twelve_silent_mistakes.ipynb"
CELLS = nbformat.read(PAGE, as_version=4).cells
TEXT = "\n".join(cell.source for cell in CELLS if cell.cell_type == "markdown")
SECTIONS = re.split(r"^## (?=\d+\. )", TEXT, flags=re.MULTILINE)[1:]
SECTIONS[-1] = SECTIONS[-1].partition("\n## ")[0]


def test_there_are_twelve_and_the_table_lists_them():
    numbers = [int(section.partition(".")[0]) for section in SECTIONS]
    assert numbers == list(range(1, 13))
    assert [int(n) for n in re.findall(r"^\| (\d+) \|", TEXT, re.MULTILINE)] == numbers


@pytest.mark.parametrize("section", SECTIONS, ids=lambda s: s.partition("\n")[0])
def test_each_has_a_cure_and_a_public_thread(section):
    assert section.count("**Cure.**") == 1
    threads = r"Met in \[([\w.-]+/[\w.-]+)#(\d+)\]\(https://github\.com/\1/(?:issues|pull)/\2\)"
    assert re.search(threads, section)


@pytest.mark.parametrize(("classes", "printed"), [(10, "1.461"), (2, "0.313")])
def test_no_logits_bring_the_loss_of_two_softmaxes_below_the_floor(classes, printed):
    floor = math.log(1 + (classes - 1) / math.e)
    assert f"{floor:.3f}" == printed
    assert printed in TEXT
    logits = 30 * torch.randn(2000, classes, generator=torch.manual_seed(0)).double()
    losses = nn.CrossEntropyLoss(reduction="none")(
        logits.softmax(dim=1), torch.zeros(2000, dtype=torch.long)
    )
    assert floor <= losses.min() < floor + 1e-5


def test_a_broadcast_loss_is_lowest_at_the_mean_and_the_variance_there():
    targets = np.random.default_rng(1).normal(size=50)

    def broadcast(predictions):
        return ((predictions[:, None] - targets) ** 2).mean()

    mean = np.full(50, targets.mean())
    assert broadcast(mean) == pytest.approx(targets.var(), rel=1e-12)
    assert broadcast(targets) == pytest.approx(2 * targets.var(), rel=1e-12)
    for seed in range(20):
        moved = mean + np.random.default_rng(seed).normal(scale=0.1, size=50)
        assert broadcast(moved) > broadcast(mean)

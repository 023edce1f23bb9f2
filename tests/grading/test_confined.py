"""Work on a student's text has bounds that no code can swallow."""

import contextlib
import os
import resource
import sys
import time
from pathlib import Path

import nbformat
import nbgrader.api
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell

from grading import shown, words
from grading.confined import Bounds, Stopped, confined
from grading.course import Course
from grading.parallel import in_parallel, workers


def never():
    while True:
        try:
            while True:
                pass
        except BaseException:
            pass


def sleepy():
    while True:
        with contextlib.suppress(BaseException):
            time.sleep(1000)


def greedy():
    """Take what there is; return by how many megabytes the process has grown."""
    pages, kept = Path("/proc/self/statm"), []
    before = int(pages.read_text().split()[0])
    while True:
        try:
            kept.append(bytearray(50 << 20))
        except MemoryError:
            grown = int(pages.read_text().split()[0]) - before
            return grown * resource.getpagesize() >> 20


@pytest.mark.parametrize(
    ("work", "bounds", "why"),
    [
        (never, Bounds(cpu=1), "more than 1 s of the processor"),
        (sleepy, Bounds(wall=0.5), "not done after 0.5 s"),
        (lambda: [0] * 10**10, Bounds(memory=100 << 20), "more than 100 MB of memory"),
        (lambda: os._exit(3), Bounds(), "it ended with status 3"),
        (lambda: 1 / 0, Bounds(), "ZeroDivisionError: division by zero"),
        (lambda: "x" * (65 << 20), Bounds(), "it wrote too much"),
    ],
    ids=["loop", "sleep", "memory", "exit", "error", "answer"],
)
def test_what_exceeds_its_bounds_is_stopped_and_says_why(work, bounds, why):
    with pytest.raises(Stopped, match=why):
        confined(bounds, work)


def test_what_is_done_comes_back_and_memory_is_bounded():
    assert confined(Bounds(), lambda a, b: {"sum": a + b}, 1, 2) == {"sum": 3}
    # What the process had and had freed before, it may use again: that is no growth.
    assert 400 < confined(Bounds(memory=500 << 20), greedy) <= 500


@pytest.mark.parametrize("kept", [words.renderer, nbgrader.api.create_engine])
def test_a_child_uses_no_program_and_no_gradebook_that_its_parent_has_open(kept, tmp_path):
    assert "<msup>" in words.safe_markdown("$x^2$")
    nbgrader.api.create_engine(Course(tmp_path).db_url)
    assert kept.cache_info().currsize > 0
    assert confined(Bounds(), lambda: kept.cache_info().currsize) == 0
    assert kept.cache_info().currsize > 0


class Trouble:
    """A course whose every step is a student's doing; it travels to the workers as it is."""

    def __init__(self, folder):
        self.folder = folder

    def grade_one(self, problem_set, student):
        (self.folder / student).write_text("")
        if student == "killer":
            os.kill(os.getpid(), 9)
        if student == "liar":
            raise ValueError("no such thing")


def test_a_worker_that_is_killed_is_replaced_and_its_student_named(tmp_path):
    students = ["ada", "killer", "liar", "zoe"]
    with workers(1) as pool:
        failed = in_parallel(pool, "grade", Trouble(tmp_path), "gradients", students, print)
    assert sorted(failed) == ["killer", "liar"], failed
    assert "was killed (exit status -9)" in failed["killer"]
    assert failed["liar"] == "ValueError: no such thing"
    assert sorted(path.name for path in tmp_path.iterdir()) == students


def test_what_is_slow_to_set_is_shown_as_typed(monkeypatch):
    monkeypatch.setattr(shown, "without_formulas", lambda text: never() if "slow" in text else 0)
    monkeypatch.setattr(shown, "TRIAL", Bounds(cpu=1))
    cells = [new_markdown_cell("**fast**"), new_markdown_cell("slow ``` text"), new_code_cell("x")]
    shown.keep_readable(cells)
    assert [cell.source for cell in cells] == ["**fast**", "````text\nslow ``` text\n````", "x"]


def test_what_is_long_is_cut_and_says_so():
    cells = [new_code_cell("x" * 30_000) for _ in range(40)]
    cells[0].outputs = [nbformat.v4.new_output("stream", text="y" * 10_000)]
    shown.keep_readable(cells)
    assert cells[0].source.endswith("… (10000 more characters, all of it was run)")
    assert sum(len(cell.source) for cell in cells) < shown.ALL + 40 * 600
    assert sys.getsizeof(cells[0].outputs[0].text) < 11_000


def test_a_library_that_warns_of_forks_fails_no_later_test():
    # JAX warns of each fork of its process, and which tests share a process is chance.
    import jax

    jax.devices()
    assert confined(Bounds(), lambda: "done") == "done"

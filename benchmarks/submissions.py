"""How long 500 submissions take: ``python -m benchmarks.submissions 500 2``.

Right, wrong, untouched, raising and broken hand-ins in turn, and one in a hundred that hangs. The
load is told beside the time, since other programs may share the machine.
"""

import os
import sys
import tempfile
import time
from pathlib import Path

import nbformat

from grading import export
from grading.__main__ import main
from grading.course import Course
from grading.exercises import answered, read_set

SET = "gradients"
HANGS = "def mse_gradient(parameters, X, y):\n    while True:\n        pass"
RAISES = "def mse_gradient(parameters, X, y):\n    raise ValueError"


def kinds():
    """Return the marks that are deserved, and the answers, of each kind of submission."""
    exercises = read_set(SET)[1]
    right = {e.name: e.solution for e in exercises}
    wrong = {e.name: e.wrong[0].code for e in exercises}
    return [
        (20, right),
        (3, wrong),  # The hidden cases with small numbers pass.
        (0, {}),
        (15, right | {"mse_gradient": RAISES}),
        (0, None),
    ], (15, right | {"mse_gradient": HANGS})


def hand_in(course, number):
    """Write the submissions; return {student: the mark deserved}."""
    released = nbformat.read(course.released(SET), as_version=4)
    inbox = course.root / "downloaded" / SET
    inbox.mkdir(parents=True)
    usual, hanging = kinds()
    expected = {}
    for i in range(number):
        mark, answers = hanging if i % 100 == 99 else usual[i % len(usual)]
        student = f"student{i:04}"
        expected[student] = mark
        path = inbox / f"{student}.ipynb"
        if answers is None:
            path.write_text("no notebook")
        else:
            nbformat.write(answered(released, answers), path)
    return expected


def run(number=500, workers=2):
    """Grade so many submissions and print what it took."""
    with tempfile.TemporaryDirectory() as folder:
        course = Course(Path(folder) / "course")
        options = [SET, "--course", str(course.root)]
        if main(["release", *options]):
            sys.exit("the release failed")
        expected = hand_in(course, number)
        started, before = time.monotonic(), os.times()
        code = main(["grade", *options, "--workers", str(workers)])
        seconds = time.monotonic() - started
        # Without what a box used that was killed: nobody waits for its programs.
        busy = sum(os.times()[:4]) - sum(before[:4])
        got = {s: score for s, (score, _) in export.marks(course.db_url, SET)[0].items()}
        right = sum(got.get(student) == mark for student, mark in expected.items())
    print(
        f"\n{number} submissions, {workers} processes on {os.cpu_count()} cores: {seconds:.0f} s, "
        f"{seconds / number:.2f} s each; {busy:.0f} s of the processor; load of the machine "
        f"{os.getloadavg()[0]:.1f}; "
        f"{right} of {number} marks as deserved"
    )
    return code or int(right != number)


if __name__ == "__main__":
    sys.exit(run(*map(int, sys.argv[1:])))

"""A step for every student, several at a time, each in a child that cannot exceed its bounds."""

import os
import signal
import time
import warnings
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager, suppress
from multiprocessing import get_context

from sqlalchemy.exc import SAWarning

from grading import words
from grading.confined import Bounds, confined, die_with

BOUNDS = {
    # The box has limits of its own; these are for what is done with the text of the cells.
    "grade": Bounds(cpu=60),
    "feedback": Bounds(cpu=40, wall=300),
}
KILLED = "the process that worked on it was killed from outside; run the command again"


@contextmanager
def workers(count):
    """Give a pool of processes, none of which outlives this one."""
    # Not a fork server: its children keep it alive, and it would keep them.
    with ProcessPoolExecutor(
        count, get_context("spawn"), initializer=_begin, initargs=(os.getpid(),)
    ) as pool:
        yield pool


def in_parallel(pool, step, course, problem_set, students, show):
    """Do a step for every student; return {student: why not} of failures."""
    failures, started = {}, time.monotonic()
    jobs = {}
    for student in students:
        try:
            jobs[pool.submit(_work, step, course, problem_set, student)] = student
        except BrokenProcessPool:
            failures[student] = KILLED
    for done, job in enumerate(as_completed(jobs), start=1):
        try:
            job.result()
        except BrokenProcessPool:
            failures[jobs[job]] = KILLED
        except Exception as error:
            failures[jobs[job]] = str(error)
        passed = time.monotonic() - started
        left = passed / done * (len(jobs) - done)
        show(f"{step}: {done} of {len(jobs)}, {passed:.0f} s, about {left:.0f} s left")
    return failures


def _begin(parent):
    # Ctrl-C and a kill of the parent end the workers, and they their boxes.
    die_with(parent)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # nbgrader 0.9 lets its database layer warn about the order in which it makes new rows.
    warnings.filterwarnings("ignore", category=SAWarning)


def _work(step, course, problem_set, student):
    do = {"grade": course.grade_one, "feedback": course.feedback_one}[step]
    if step == "feedback":
        # Started here, one sets the formulas of every page.
        with suppress(OSError):
            words.living_renderer()
    try:
        confined(BOUNDS[step], do, problem_set, student)
    except BaseException:
        words.stop_renderer()
        raise

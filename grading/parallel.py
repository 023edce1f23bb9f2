"""A step for every student, several at a time, by processes that cannot exceed their bounds.

The kernel counts their seconds and bytes, and the process that gives out the work watches the
clock: no ``except`` in any library stands in between. One that ends is replaced, and its student is
named.
"""

import os
import resource
import signal
import time
import warnings
from contextlib import contextmanager
from multiprocessing import connection, get_context

from sqlalchemy.exc import SAWarning

from grading.confined import Bounds, die_with, limit_memory

BOUNDS = {
    # The box has limits of its own; these are for what is done with the text of the cells.
    "grade": Bounds(cpu=60),
    "feedback": Bounds(cpu=40, wall=300),
}
# Forked: a program that begins anew takes longer to load nbgrader than to grade a hand-in.
FORK = get_context("fork")


class Worker:
    """A process and what it is working on."""

    def __init__(self):
        self.pipe, theirs = FORK.Pipe()
        self.process = FORK.Process(target=_serve, args=(theirs, os.getpid()), daemon=True)
        self.process.start()
        theirs.close()
        self.student, self.ends, self.bounds = None, float("inf"), None

    def begin(self, step, course, problem_set, student):
        """Give it a student."""
        self.student, self.bounds = student, BOUNDS[step]
        self.ends = time.monotonic() + self.bounds.wall
        self.pipe.send((step, course, problem_set, student))

    def result(self):
        """Return why the step failed, nothing if it did not, and whether the process is gone."""
        try:
            return self.pipe.recv(), False
        except (EOFError, OSError):
            self.process.join()
            return self._why(), True

    def _why(self):
        if self.process.exitcode == -signal.SIGXCPU:
            return f"stopped: it needs more than {self.bounds.cpu} s of the processor"
        return (
            f"the process that worked on it was killed (exit status {self.process.exitcode}), "
            "perhaps because the machine is out of memory: run the command again"
        )

    def stop(self):
        """End it, whatever it does."""
        self.process.kill()
        self.process.join()
        self.pipe.close()


@contextmanager
def workers(count):
    """Give a list of processes, none of which outlives this one."""
    pool = [Worker() for _ in range(count)]
    try:
        yield pool
    finally:
        for worker in pool:
            worker.stop()


def in_parallel(pool, step, course, problem_set, students, show):
    """Do a step for every student; return {student: why not} of failures."""
    failures, started, done = {}, time.monotonic(), 0
    waiting = list(reversed(students))
    while done < len(students):
        for worker in pool:
            if waiting and worker.student is None:
                worker.begin(step, course, problem_set, waiting.pop())
        busy = [worker for worker in pool if worker.student is not None]
        left = max(0.0, min(worker.ends for worker in busy) - time.monotonic())
        ready = connection.wait([worker.pipe for worker in busy], left)
        for worker in busy:
            if worker.pipe in ready:
                why, gone = worker.result()
            elif time.monotonic() > worker.ends:
                why, gone = f"stopped: not done after {worker.bounds.wall:g} s", True
            else:
                continue
            if why:
                failures[worker.student] = why
            worker.student = None
            if gone:
                worker.stop()
                pool[pool.index(worker)] = Worker()
            done += 1
            passed = time.monotonic() - started
            rest = passed / done * (len(students) - done)
            show(f"{step}: {done} of {len(students)}, {passed:.0f} s, about {rest:.0f} s left")
    return failures


def _serve(pipe, parent):
    """Do what comes through the pipe, until the other end closes it."""
    # Ctrl-C and a kill of the parent end this process, and that its boxes.
    die_with(parent)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # nbgrader 0.9 lets its database layer warn about the order in which it makes new rows.
    warnings.filterwarnings("ignore", category=SAWarning)
    limit_memory(Bounds().memory)
    while True:
        try:
            step, course, problem_set, student = pipe.recv()
        except EOFError:
            return
        used = sum(resource.getrusage(resource.RUSAGE_SELF)[:2])
        _, hard = resource.getrlimit(resource.RLIMIT_CPU)
        resource.setrlimit(resource.RLIMIT_CPU, (int(used) + 1 + BOUNDS[step].cpu, hard))
        pipe.send(_why_not(course, step, problem_set, student))


def _why_not(course, step, problem_set, student):
    try:
        do = course.grade_one if step == "grade" else course.feedback_one
        do(problem_set, student)
    except MemoryError:
        return f"stopped: it needs more than {Bounds().memory >> 20} MB of memory"
    except Exception as error:
        kind = "" if getattr(error, "in_words", False) else f"{type(error).__name__}: "
        return f"{kind}{error}"
    return ""

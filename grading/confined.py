"""Work on what a student wrote, outside the box: in a child with limits that no code can swallow.

The limits are the kernel's, and the parent's clock: no ``except`` in any library stands in between.
"""

import ctypes
import json
import os
import resource
import select
import signal
import sys
import time
from dataclasses import dataclass
from pathlib import Path

PR_SET_PDEATHSIG = 1  # linux/prctl.h
GIGABYTE = 1 << 30
LARGEST_ANSWER = 64 << 20


@dataclass(frozen=True)
class Bounds:
    """Seconds of the processor and of the clock on the wall, and bytes beyond what is in use."""

    cpu: int = 60
    wall: float = 900.0
    memory: int = 2 * GIGABYTE


class Stopped(Exception):
    """The child is gone, or failed; the message says why."""


def confined(bounds, work, *arguments):
    """Return what ``work(*arguments)`` returns, as JSON carries it, or raise Stopped."""
    reading, writing = os.pipe()
    parent = os.getpid()
    sys.stdout.flush()
    child = os.fork()
    if child == 0:
        _run(bounds, parent, writing, work, arguments)
    os.close(writing)
    try:
        answer, why = _await(reading, time.monotonic() + bounds.wall, bounds)
    finally:
        os.close(reading)
        os.kill(child, signal.SIGKILL)
        status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    try:
        failed, result = json.loads(answer)
    except ValueError:
        raise Stopped(why or _reason(status, bounds)) from None
    if failed:
        raise Stopped(result)
    return result


def _run(bounds, parent, writing, work, arguments):
    """Do the work, write what came of it, and end: nothing of the parent's clean-up is done."""
    answer = b""
    try:
        die_with(parent)
        resource.setrlimit(resource.RLIMIT_CPU, (bounds.cpu, bounds.cpu))
        limit_memory(bounds.memory)
        try:
            answer = json.dumps([False, work(*arguments)]).encode()
        except MemoryError:
            answer = json.dumps([True, f"more than {bounds.memory >> 20} MB of memory"]).encode()
        except Exception as error:
            kind = "" if getattr(error, "in_words", False) else f"{type(error).__name__}: "
            answer = json.dumps([True, f"{kind}{error}"[:1000]]).encode()
        left = memoryview(answer)
        while left:
            left = left[os.write(writing, left) :]
    finally:
        os._exit(0)


def die_with(parent):
    """Let this process end when its parent does."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)


def limit_memory(more):
    """Let this process take so many bytes more than it has."""
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (pages * resource.getpagesize() + more, hard))


def _await(reading, end, bounds):
    """Return what the child writes until it closes the pipe, and why that was not waited for."""
    answer = bytearray()
    while True:
        left = end - time.monotonic()
        if left <= 0 or not select.select([reading], [], [], left)[0]:
            return b"", f"not done after {bounds.wall:g} s"
        part = os.read(reading, 1 << 20)
        if not part:
            return answer, ""
        answer += part
        if len(answer) > LARGEST_ANSWER:
            return b"", "it wrote too much"


def _reason(status, bounds):
    if status in (-signal.SIGXCPU, -signal.SIGKILL):
        return f"it needs more than {bounds.cpu} s of the processor, or was killed from outside"
    return f"it ended with status {status}"

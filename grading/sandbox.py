"""Student code in a box: bubblewrap, limits, JSON lines in and out, and a clock outside."""

import contextlib
import functools
import json
import os
import re
import select
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

import lossbook
from grading.box.values import Channel, Refused
from grading.clock import Clock, Used
from grading.seccomp import filter_program

INSIDE = Path(__file__).parent / "box"
MEGABYTE = 1 << 20
LOOK = 0.2  # Seconds between two looks at the clock.


@dataclass(frozen=True)
class Limits:
    """What one box may use; seconds of the processor, and as many of idling, whatever the load.

    Those of ``notebook`` are for all of a notebook's cells and calls, in all its boxes.
    """

    step_seconds: float = 10.0
    notebook_seconds: float = 60.0
    cpu_seconds: int = 40
    memory: int = 1536 * MEGABYTE
    files: int = 32 * MEGABYTE
    message: int = 8 * MEGABYTE


class BoxEnded(Exception):
    """The box is gone; the message says why."""


class Raised(Exception):
    """An exception of student code: its type and message, as text."""

    def __init__(self, kind, message):
        super().__init__(message)
        self.kind = kind if re.fullmatch(r"\w{1,60}", kind) else "Exception"


class NotWritten(Raised, NotImplementedError):
    """The student's function still raises NotImplementedError."""


def raised(kind, message):
    """Return the exception for what a student's function raised.

    Feedback calls exceptions by the name of their class, so it gets the name that it had inside.
    """
    if kind == "NotImplementedError":
        return NotWritten(kind, message)
    error = Raised(kind, message)
    error.__class__ = type(error.kind, (Raised,), {})
    return error


@functools.cache
def why_not():
    """Return why there can be no box on this machine; empty if there can be one."""
    if not shutil.which("bwrap") or not shutil.which("prlimit"):
        return "bubblewrap (bwrap) and util-linux (prlimit) are needed: apt install bubblewrap"
    box = None
    try:
        box = Box(Limits())
        box.run("1 + 1")
    except (BoxEnded, OSError) as error:
        return (
            f"bubblewrap does not work here: {error}. On Ubuntu 24.04 allow user namespaces: "
            "sysctl kernel.apparmor_restrict_unprivileged_userns=0; in a container see its "
            "documentation on user namespaces"
        )
    finally:
        if box is not None:
            box.close()
    return ""


@functools.cache
def command(limits):
    """Return the command line of a box, all but the file with the system call filter."""
    python = Path(sys.base_prefix)
    mounts = ["--ro-bind", "/usr", "/usr"]
    for name in ("/lib", "/lib64", "/bin"):
        path = Path(name)
        if path.is_symlink():
            mounts += ["--symlink", str(path.readlink()), name]
        elif path.exists():
            mounts += ["--ro-bind", name, name]
    if not python.is_relative_to("/usr"):
        mounts += ["--ro-bind", str(python), str(python)]
    library, package = Path(np.__file__).parent, Path(lossbook.__file__).parent
    inside = {
        library: "/box/numpy",
        library.with_name("numpy.libs"): "/box/numpy.libs",
        INSIDE / "values.py": "/box/values.py",
        INSIDE / "inside.py": "/box/inside.py",
        INSIDE / "cells.py": "/box/cells.py",
        INSIDE / "lossbook" / "__init__.py": "/box/lossbook/__init__.py",
        package / "datasets.py": "/box/lossbook/datasets.py",
        package / "data": "/box/lossbook/data",
    }
    for source, target in inside.items():
        if source.exists():
            mounts += ["--ro-bind", str(source), target]
    settings = {
        "PATH": "/usr/bin:/bin",
        "HOME": "/tmp",
        "LANG": "C.UTF-8",
        "LD_LIBRARY_PATH": f"{python}/lib",
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "MKL_NUM_THREADS": "1",
    }
    environment = [part for item in settings.items() for part in ("--setenv", *item)]
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    return [
        *(shutil.which("prlimit"), f"--cpu={limits.cpu_seconds}", f"--as={limits.memory}"),
        *(f"--fsize={limits.files}", "--nofile=64", "--core=0", "--memlock=0", "--"),
        *(shutil.which("bwrap"), "--unshare-all", "--die-with-parent", "--new-session"),
        *("--uid", "65534", "--gid", "65534", "--hostname", "box", "--cap-drop", "ALL"),
        *("--clearenv", *environment, *mounts),
        *("--dev", "/dev", "--remount-ro", "/dev"),
        *("--size", str(limits.files), "--tmpfs", "/tmp", "--chdir", "/tmp"),
        *("--remount-ro", "/", "--seccomp", "{filter}", "--"),
        *(str(python / "bin" / version), "-I", "-S", "-B", "/box/inside.py"),
    ]


class Box(Channel):
    """One process in a sandbox. Everything that it sends is data from somebody unknown."""

    fatal = BoxEnded

    def __init__(self, limits, before=None):
        super().__init__(self._write, self._read, raised)
        self.limits = limits
        # What the notebook's earlier boxes have used, and the box when this step began.
        self.before, self.begun = before or Used(), Used()
        self.unread, self.closed = bytearray(), False
        program, writing = os.pipe()
        os.write(writing, filter_program())
        os.close(writing)
        self.process = subprocess.Popen(
            [part.replace("{filter}", str(program)) for part in command(limits)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            pass_fds=(program,),
            # bwrap's own environment would be readable inside.
            env={},
            cwd="/",
            start_new_session=True,
        )
        os.close(program)
        self.clock = Clock(self.process.pid)
        self.input, self.output = self.process.stdin.fileno(), self.process.stdout.fileno()
        for pipe in (self.input, self.output, self.process.stderr.fileno()):
            os.set_blocking(pipe, False)

    def run(self, text):
        """Run a cell; return what it printed, and the type and message of what it raised."""
        self._begin_step()
        self.send({"run": text})
        try:
            answer = self.receive()
            shown, error = answer["shown"], answer["raised"]
            error = None if error is None else [str(part)[:500] for part in error]
            return str(shown)[:20_000], error
        except (KeyError, TypeError, ValueError) as problem:
            self._end("sent something that is no answer", problem)

    def call(self, target, arguments):
        """Call a function of the student's with values, and return its result."""
        self._begin_step()
        try:
            return super().call(target, arguments)
        except BoxEnded:
            raise
        except Raised:
            raise
        except Refused:
            raise
        except (
            *(ArithmeticError, AttributeError, LookupError, RecursionError),
            *(TypeError, ValueError, MemoryError),
        ) as problem:
            self._end("sent something that is no answer", problem)

    def close(self):
        """Kill everything in the box, and add what it has used to that of the notebook."""
        if not self.closed:
            self.closed = True
            self.clock.rest()
            self.before.busy += self.clock.used.busy
            self.before.idle += self.clock.used.idle
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout, self.process.stderr):
            pipe.close()

    def find(self, target):
        if type(target) is not int or not 0 <= target < len(self.functions):
            raise LookupError("there is no such function")
        return self.functions[target]

    def proxy(self, number):
        """Return a function that calls one which the student's function returned."""
        if len(self.functions) > 100_000:
            self._end("made too many functions")
        return lambda *arguments: self.call(number, arguments)

    def _begin_step(self):
        self.clock.rest()
        self.begun = replace(self.clock.used)

    def _wait(self, pipe, writing):
        """Wait for a pipe, as long as neither the step nor the notebook has used too much."""
        pipes = ([], [pipe]) if writing else ([pipe], [])
        ready = False
        while not ready:
            ready = any(select.select(*pipes, [], LOOK))
            if time.monotonic() - self.clock.seen > LOOK:
                self._look()

    def _look(self):
        self.clock.look()
        used, begun, before = self.clock.used, self.begun, self.before
        for what, seconds, busy, idle in (
            ("a cell or a call", self.limits.step_seconds, -begun.busy, -begun.idle),
            ("the notebook", self.limits.notebook_seconds, before.busy, before.idle),
        ):
            if max(used.busy + busy, used.idle + idle) > seconds:
                self._end(f"stopped by the clock: {what} took longer than {seconds:g} s")

    def _write(self, line):
        data = line.encode() + b"\n"
        while data:
            self._wait(self.input, writing=True)
            try:
                data = data[os.write(self.input, data) :]
            except BrokenPipeError:
                self._end()

    def _read(self):
        part = self.unread
        while b"\n" not in part:
            self._wait(self.output, writing=False)
            part = os.read(self.output, MEGABYTE)
            if not part:
                self._end()
            self.unread += part
            if len(self.unread) > self.limits.message:
                size = self.limits.message // MEGABYTE
                self._end(f"sent more than {size} MB as one value")
        line, _, self.unread = self.unread.partition(b"\n")
        return line.decode("utf-8", "replace")

    def receive(self):
        try:
            message = json.loads(self._read())
        except (ValueError, RecursionError) as problem:
            self._end("sent something that is no answer", problem)
        if not isinstance(message, dict):
            self._end("sent something that is no answer")
        return message

    def _end(self, reason="", cause=None):
        """Kill the box and raise, with the reason or with what its exit says."""
        if not reason:
            try:
                status = self.process.wait(timeout=1)
            except subprocess.TimeoutExpired:
                status = None
            reason = self._exit_reason(status)
        self.close()
        raise BoxEnded(reason) from cause

    def _exit_reason(self, status):
        if status in (128 + signal.SIGXCPU, 128 + signal.SIGKILL, -signal.SIGXCPU):
            return (
                f"stopped by the limit of {self.limits.cpu_seconds} s of processor time, or killed"
            )
        if status == 128 + signal.SIGSEGV:
            return "crashed: segmentation fault"
        try:
            words = os.read(self.process.stderr.fileno(), 300).decode("utf-8", "replace").strip()
        except BlockingIOError:
            words = ""
        ended = "closed its pipes" if status is None else f"ended Python, exit status {status}"
        return f"{ended}: {words}" if words else ended


class Session:
    """A notebook's cells in a box, and in a new one without the culprit when that one ends."""

    def __init__(self, limits, used=None):
        self.limits, self.used = limits, used or Used()
        self.cells, self.culprits, self.dead = [], {}, {}
        self.box = None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._close()

    def _close(self):
        if self.box is not None:
            self.box.close()
            self.box = None

    def _open(self):
        """Return a box in which every harmless cell so far has run."""
        while self.box is None:
            if self.used.most > self.limits.notebook_seconds:
                seconds = f"{self.limits.notebook_seconds:g} s"
                raise BoxEnded(f"stopped by the clock: the notebook took longer than {seconds}")
            box = Box(self.limits, self.used)
            try:
                for number, text in enumerate(self.cells):
                    if number not in self.culprits:
                        box.run(text)
                self.box = box
            except BoxEnded as ended:
                if self.used.most > self.limits.notebook_seconds:
                    raise
                self.culprits[number] = str(ended)
        return self.box

    def run(self, text):
        """Run a cell; return what it printed and what it raised, the end of the box included."""
        number = len(self.cells)
        try:
            box = self._open()
            self.cells.append(text)
            if number in self.culprits:
                return "", ["BoxEnded", self.culprits[number]]
            return box.run(text)
        except BoxEnded as ended:
            if len(self.cells) == number:
                self.cells.append(text)
            self.culprits[number] = str(ended)
            self.box = None
            return "", ["BoxEnded", str(ended)]

    def function(self, name):
        """Return a function that calls the student's function of that name."""

        def answer(*arguments):
            if name in self.dead:
                raise BoxEnded(self.dead[name])
            try:
                return self._open().call(name, arguments)
            except BoxEnded as ended:
                self.dead[name] = str(ended)
                self.box = None
                raise

        answer.__name__ = name
        return answer

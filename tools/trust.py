"""What was built from what, so that nothing is made twice and nothing stale is trusted.

``_build/site.json`` is written when a build is complete and taken away before one begins: where it
is missing, a build was interrupted. It holds a digest of every source and of the files of the site
as they were written. ``_build/outputs.json`` holds one of what outputs depend on beside their code.
"""

import errno
import hashlib
import json
import platform
import shutil
import sys
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

LEAST_SPACE = 500_000_000  # Bytes: the site, its cache and its doctrees take about half of it.
NOT_SOURCES = {"_build", "_course", "notebooks", "node_modules", "dist", "__pycache__"}
# What decides the outputs of a notebook beside its own code, and the form of every page.
PACKAGE = ("lossbook", "requirements.txt")
FIGURES = "tools/drawn_lines.py"
LAYOUT = ("_ext", "_static", "_templates", "live", "assignments", "package-lock.json")


@contextmanager
def alone(root, name):
    """Hold the checkout's lock, which ends with the process; refuse if another run holds it."""
    (root / "_build").mkdir(exist_ok=True)
    lock = FileLock(root / "_build" / "lock", timeout=0)
    try:
        with lock:
            yield
    except Timeout:
        sys.exit(
            f"{name}: another make book or make test runs in this checkout: wait until it ends"
        )


@contextmanager
def room(root, name):
    """Say so in words if the disk has no room, before the work or in the middle of it."""
    free = shutil.disk_usage(root).free
    if free < LEAST_SPACE:
        sys.exit(
            f"{name}: the disk has {free / 1e6:.0f} MB left; expected at least "
            f"{LEAST_SPACE / 1e6:.0f} MB: make room and run it again"
        )
    try:
        yield
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise
        sys.exit(f"{name}: the disk is full: make room and run it again ({error})")


def sources(root):
    """Return {path: digest} of every file of the checkout that is not made by a command."""
    return {path.relative_to(root).as_posix(): digest(path) for path in sorted(walk(root))}


def walk(folder):
    for path in folder.iterdir():
        if path.name.startswith(".") or path.name in NOT_SOURCES:
            continue
        if path.is_dir() and not path.is_symlink():
            yield from walk(path)
        elif path.is_file():
            yield path


def digest(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def part(found, places):
    """Return one digest of those sources that lie at or under the places."""
    chosen = {name: value for name, value in found.items() if name.split("/")[0] in places}
    return hashlib.sha256(json.dumps(chosen, sort_keys=True).encode()).hexdigest()


def outputs_with(found):
    """Return a digest of what outputs depend on beside code: package, pins, Python, machine.

    And the form of the figures.
    """
    machine = [sys.version, platform.platform(), platform.node(), part(found, PACKAGE)]
    machine.append(found.get(FIGURES))
    return hashlib.sha256(json.dumps(machine).encode()).hexdigest()


def written(site):
    """Return a digest of the names, sizes and times of the files of the site."""
    files = [
        (path.relative_to(site).as_posix(), path.stat().st_size, path.stat().st_mtime_ns)
        for path in sorted(site.rglob("*"))
        if path.is_file()
    ]
    return hashlib.sha256(json.dumps(files).encode()).hexdigest()


def read(file):
    """Return what is recorded in a file, or {} where there is none or half of one."""
    try:
        return json.loads(file.read_text(encoding="utf-8"))
    except (FileNotFoundError, json.JSONDecodeError):
        return {}


def write(file, record):
    """Record in one step: a kill leaves the old file or the new one."""
    half = file.with_suffix(".half")
    half.write_text(json.dumps(record), encoding="utf-8")
    half.replace(file)


def remove(*places: Path):
    for place in places:
        if place.is_dir():
            shutil.rmtree(place, ignore_errors=True)
        else:
            place.unlink(missing_ok=True)

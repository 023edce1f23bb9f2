"""Tests that passed from the same bytes on this machine pass from the record of that run.

A test module, or its package, names in ``READS`` the files and folders that its tests read. When
all its tests have passed, `_build/made/passed` keeps a digest of these, of what every test reads,
and of what lies outside of the repository: pins, packages, Python, machine, programs. While the
digest stays the same, the tests do not run again. `make test FRESH=1` and CI run all of them. What
a test opens and its module does not name makes it fail (tests/watched.py).
"""

import datetime
import functools
import hashlib
import json
import os
import platform
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

from tests.watched import ALWAYS, places
from tools import trust
from tools.build_book import PASSED, ROOT
from tools.print_book import find_chromium

PROGRAMS = ("bash", "bwrap", "firefox", "firefox-esr", "git", "java", "make", "prlimit")
SETTINGS = ("CI", "DOORS", "LIVE")
waiting = {}  # {module: names of its tests that have not passed yet}; none of one that failed.
digests = {}


@pytest.hookimpl(trylast=True)  # After others have left tests out.
def pytest_collection_modifyitems(items):
    """Take tests from the record: what remains of them is a report that they passed."""
    modules = {}
    for item in items:
        if places(item):
            modules.setdefault(item.module.__name__, []).append(item)
    for name, tests in modules.items():
        names, record = {item.nodeid for item in tests}, trust.read(file_of(name))
        digests[name] = digest(places(tests[0]))
        if record.get("from") != digests[name] or not names <= set(record["tests"]):
            waiting[name] = names
            continue
        for item in tests:
            item.setup = item.runtest = lambda: None
            item.user_properties.append(("kept", record["day"]))


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_makereport(item, call):
    """Record a module when its last test has passed, if what they read is still the same."""
    report = yield
    name = item.module.__name__ if places(item) else None
    if not report.passed:
        waiting.pop(name, None)
    elif report.when == "teardown" and name in waiting:
        waiting[name].discard(item.nodeid)
        if not waiting[name] and digest(places(item)) == digests[name]:
            tests = [one.nodeid for one in item.session.items if of_module(one) is item.module]
            PASSED.mkdir(parents=True, exist_ok=True)
            day = datetime.date.today().isoformat()
            trust.write(file_of(name), {"from": digests[name], "day": day, "tests": tests})
    return report


def pytest_terminal_summary(terminalreporter):
    passed = terminalreporter.stats.get("passed", [])
    days = [value for one in passed for key, value in one.user_properties if key == "kept"]
    if days:
        terminalreporter.write_line(
            f"{len(days)} tests passed from the record of {min(days)} or later: nothing that they "
            "read has changed since (make test FRESH=1 runs them)"
        )


def of_module(item):
    """Return the module of a test; a cell of a notebook has none."""
    return getattr(item, "module", None)


def file_of(name):
    return PASSED / f"{name}.json"


def digest(read):
    """Return a digest of all that decides whether tests which read these places pass."""
    files = {}
    for place in {*ALWAYS, *read}:
        found = list(under(ROOT / place))
        assert found, f"READS names {place}, where there is no file"
        for path in found:
            stat = path.stat()
            name = path.relative_to(ROOT).as_posix()
            files[name] = of_file(path, stat.st_size, stat.st_mtime_ns)
    return hashlib.sha256(json.dumps([outside(), sorted(files.items())]).encode()).hexdigest()


def under(path):
    if path == ROOT:
        yield from trust.walk(ROOT)
    elif path.is_dir():
        yield from (one for one in path.rglob("*") if one.is_file() and one.suffix != ".pyc")
    elif path.exists():
        yield path


@functools.cache
def of_file(path, size, time):
    return trust.digest(path)


@functools.cache
def outside():
    """Return what decides beside the files of the repository."""
    chromium = find_chromium()
    version = (
        chromium and subprocess.run([chromium, "--version"], capture_output=True).stdout.decode()
    )
    programs = [Path(found) for found in map(shutil.which, PROGRAMS) if found]
    return [
        *(sys.version, platform.platform(), platform.node(), version),
        [(str(one), one.stat().st_size, one.stat().st_mtime_ns) for one in programs],
        sorted(path.name for path in Path(sysconfig.get_path("purelib")).iterdir()),
        [os.environ.get(name) for name in SETTINGS],
    ]

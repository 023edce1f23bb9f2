"""A test whose module names what it reads fails if it opens another file of the repository.

What a program that it starts opens is not seen, so that ``READS`` names whole folders.
"""

import os
import sys
from pathlib import Path

import pytest

from tools.build_book import ROOT

# What every test reads, or nothing that decides whether one passes.
ALWAYS = (
    "tests/__init__.py", "tests/conftest.py", "tests/keep.py", "tests/kept_results.py",
    "tests/watched.py", "_ext/last_run.py", "tools", "_toc.yml", "_config.yml",
    "package-lock.json", "pyproject.toml", "requirements.txt",
)  # fmt: skip
# Installed by the pins, kept by git and by tools, or made from sources that their maker names.
UNWATCHED = (".", "node_modules/", "_build/made/", "_build/live/")
watched = {"may read": None, "opened": set(), "wrote": set()}


def places(item):
    """Return what the module of a test says that it reads, or its package, or None."""
    module = getattr(item, "module", None)
    package = sys.modules.get(getattr(module, "__package__", None) or "")
    return getattr(module, "READS", None) or getattr(package, "READS", None)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item):
    named = places(item)
    watched["may read"] = named and (*ALWAYS, *named)
    watched["opened"].clear()
    try:
        return (yield)
    finally:
        watched["may read"] = None


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    report = yield
    if report.passed and watched["opened"]:
        names = ", ".join(sorted(watched["opened"]))
        report.outcome = "failed"
        report.longrepr = f"{item.module.__name__} opened {names}, which its READS does not name"
    return report


def look(event, arguments):
    if event != "open" or watched["may read"] is None or isinstance(arguments[0], int):
        return
    path = os.path.abspath(os.fsdecode(arguments[0]))  # noqa: PTH100 - without following links
    if not path.startswith(f"{ROOT}/"):
        return
    name = source(path[len(f"{ROOT}/") :])
    if (arguments[2] or 0) & (os.O_WRONLY | os.O_RDWR | os.O_CREAT):
        watched["wrote"].add(name)
    elif name not in watched["wrote"] and not allowed(name) and Path(path).is_file():
        watched["opened"].add(name)


def source(name):
    """Return the module that a file of byte code was made from, or the name of any other file."""
    folder, cached, file = name.rpartition("__pycache__/")
    return f"{folder}{file.split('.')[0]}.py" if cached else name


def allowed(name):
    named = watched["may read"]
    inside = any(name == one or name.startswith(f"{one}/") for one in named)
    return inside or "." in named or name.startswith(UNWATCHED)


sys.addaudithook(look)

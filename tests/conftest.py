"""What every test needs: one thread a process, longest groups first, a record of what passed."""

import datetime
import os
from collections import Counter
from pathlib import Path

import last_run
import pytest

from tools import seconds

# Before NumPy is imported, and inherited by the kernels that run the notebooks: results that do not
# depend on the number of cores, and no more threads than workers.
for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[variable] = "1"
# Keras runs on JAX here, which is among the pins anyway; TensorFlow would weigh 1.3 GB.
os.environ["KERAS_BACKEND"] = "jax"

ROOT = Path(__file__).resolve().parents[1]
MARKS = ("equation", "slip")
outcomes = {}


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    """Group the tests of a file, the longest group first; hand the labels on with the reports.

    A worker takes a group at a time: what a file makes for its tests is made once.
    """
    known = seconds.known(ROOT)
    for item in items:
        if item.get_closest_marker("xdist_group") is None:
            item.add_marker(pytest.mark.xdist_group(item.nodeid.split("::")[0]))
    items.sort(key=lambda item: (-known.get(group(item), float("inf")), group(item)))
    for item in items:
        for mark in item.iter_markers():
            if mark.name in MARKS:
                item.user_properties.append((mark.name, mark.args[0]))


def group(item):
    return item.get_closest_marker("xdist_group").args[0]


def pytest_runtest_logreport(report):
    """Note what passed; a label fails if one of its tests, or their set-up, does."""
    for mark, label in report.user_properties:
        if mark in MARKS and outcomes.get(label) != "failed":
            outcomes[label] = "failed" if report.failed else "passed"


def pytest_sessionfinish(session):
    """Write the record that the page "What is verified" shows; workers leave it to their leader."""
    if outcomes and not hasattr(session.config, "workerinput"):
        last_run.write(ROOT, datetime.date.today().isoformat(), outcomes)


def pytest_terminal_summary(terminalreporter):
    """List the slowest groups; a notebook's cells are one group."""
    took = Counter()
    for reports in terminalreporter.stats.values():
        for report in reports:
            node = getattr(report, "nodeid", "")
            took[node.rsplit("@", 1)[-1].split("::")[0]] += getattr(report, "duration", 0)
    if os.environ.get("SECONDS") == "record":
        seconds.record(ROOT, took)
    terminalreporter.section("slowest groups")
    for name, total in took.most_common(15):
        terminalreporter.write_line(f"{total:7.1f} s  {name}")

"""What every test needs: one thread a process, a record of what passed, the slowest notebooks."""

import datetime
import os
from collections import Counter
from pathlib import Path

import last_run

# Before NumPy is imported, and inherited by the kernels that run the notebooks: results that do not
# depend on the number of cores, and no more threads than workers.
for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[variable] = "1"

ROOT = Path(__file__).resolve().parents[1]
MARKS = ("equation", "slip")
outcomes = {}


def pytest_collection_modifyitems(items):
    """Hand the labels of marked tests on with their reports."""
    for item in items:
        for mark in item.iter_markers():
            if mark.name in MARKS:
                item.user_properties.append((mark.name, mark.args[0]))


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
    """List the slowest notebooks: nbval reports cells, and a chapter is what has a budget."""
    seconds = Counter()
    for reports in terminalreporter.stats.values():
        for report in reports:
            path = getattr(report, "nodeid", "").split("::")[0]
            if path.endswith(".ipynb"):
                seconds[path] += report.duration
    if seconds:
        terminalreporter.section("slowest notebooks")
        for path, total in seconds.most_common(10):
            terminalreporter.write_line(f"{total:7.1f} s  {path}")

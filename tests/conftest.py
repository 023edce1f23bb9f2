"""What every test needs: one thread a process, longest groups first, a record of what passed."""

import datetime
import gc
import os
import re
import sys
from collections import Counter
from pathlib import Path

import last_run
from xdist.scheduler import LoadScopeScheduling

from tools import seconds

# Before NumPy is imported, and inherited by the kernels that run the notebooks: results that do not
# depend on the number of cores, and no more threads than workers.
for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[variable] = "1"
# Keras runs on JAX here, which is among the pins anyway; TensorFlow would weigh 1.3 GB.
os.environ["KERAS_BACKEND"] = "jax"

ROOT = Path(__file__).resolve().parents[1]
# Answers that are data, under names that collections share.
collect_ignore = ["grading/wrong_answers"]
MARKS = ("equation", "slip", "claim")
# The graded term takes a minute to make; the pages of the site take half a minute to read.
SHARED = {
    "tests/grading/test_elsewhere.py": "tests/grading/test_term.py",
    "tests/grading/test_similar.py": "tests/grading/test_term.py",
    "tests/book/test_explorers_page.py": "tests/book/test_site.py",
    "tests/book/test_finding_ones_way.py": "tests/book/test_site.py",
    "tests/book/test_pages_sent.py": "tests/book/test_site.py",
    "tests/book/test_reference.py": "tests/book/test_site.py",
}
# Its pages take minutes together, on one worker: those of a folder are a group.
BY_FOLDER = "tests/book/test_every_page.py"
# They start Node at the first formula, and end it when their program ends.
NODES = {"rendered_math", "grading.words"}
outcomes = {}


def group(node):
    """Return the file of a test, or the one that makes what its file looks at."""
    file = node.split("::")[0]
    if file == BY_FOLDER and (folder := re.search(r"\[(chapters/\w+)/", node)):
        return f"{file} {folder[1]}"
    return SHARED.get(file, file)


class ByGroup(LoadScopeScheduling):
    """A worker takes a group at a time: what a file makes for its tests is made once."""

    def _split_scope(self, nodeid):
        return group(nodeid)


def pytest_xdist_make_scheduler(config, log):
    config.option.loadscopereorder = False  # The order is that of the collection: longest first.
    return ByGroup(config, log)


def pytest_collection_finish():
    """Search no garbage in what stays to the end: thousands of tests, and large libraries."""
    gc.freeze()


def pytest_collection_modifyitems(items):
    """Put the longest group first; hand the labels of marked tests on with their reports."""
    known = seconds.known(ROOT)
    items.sort(key=lambda item: (-known.get(group(item.nodeid), float("inf")), group(item.nodeid)))
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
    for name in NODES.intersection(sys.modules):
        renderer = sys.modules[name].renderer
        if renderer.cache_info().currsize:
            renderer().communicate()
            renderer.cache_clear()
    if outcomes and not hasattr(session.config, "workerinput"):
        last_run.write(ROOT, datetime.date.today().isoformat(), outcomes)


def pytest_terminal_summary(terminalreporter):
    """List the slowest groups; a notebook's cells are one group."""
    took, kept = Counter(), set()
    for reports in terminalreporter.stats.values():
        for report in reports:
            took[group(getattr(report, "nodeid", ""))] += getattr(report, "duration", 0)
            if "kept" in dict(getattr(report, "user_properties", ())):
                kept.add(group(report.nodeid))
    if os.environ.get("SECONDS") == "record":
        replays = terminalreporter.config.pluginmanager.hasplugin("tests.replay")
        made = {name for name in took if replays and name.endswith(".ipynb")}
        seconds.record(ROOT, {name: took[name] for name in took.keys() - made - kept})
    terminalreporter.section("slowest groups")
    for name, total in took.most_common(15):
        terminalreporter.write_line(f"{total:7.1f} s  {name}")

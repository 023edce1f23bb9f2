"""Run every test: say what this machine cannot test, build the book, test, say it again.

Options are pytest's own. ``SECONDS=record`` in the environment stores how long each group took.
``NOTEBOOKS=run`` runs every notebook once more, in nbval's own kernels, as CI does; without it the
outputs of the build, which has just run what changed, are compared with the stored ones.
Tests that passed on this machine pass from the record while nothing that they read has changed
(tests/kept_results.py); ``FRESH=1`` runs all of them, and ``NOTEBOOKS=run`` does so too. The page
that shows the last run shows none while it is tested: what the tests said decides about no test.
"""

import os
import shutil
import subprocess
import sys

from grading.sandbox import why_not
from tools import trust
from tools.build_book import LAST_RUN, PASSED, ROOT, build
from tools.print_book import find_chromium

PLUGINS = ("tests.covered", "tests.watched", "tests.kept_results")
OPTIONS = ["--cov=lossbook", "-rs", *(word for name in PLUGINS for word in ("-p", name))]
REPLAY = ["-p", "tests.replay"]


def main(*options):
    missing, tests, fresh = not_tested(), command(options), is_fresh()
    with trust.alone(ROOT, "make test"), trust.room(ROOT, "make test"):
        tell(missing)
        trust.remove(ROOT / LAST_RUN)
        build(ROOT)
        if fresh:
            trust.remove(PASSED)
        code = subprocess.run(tests, cwd=ROOT, env=environment()).returncode
    tell(missing)
    sys.exit(code)


def is_fresh():
    """Tell whether every test is to run, and none to be taken from the record."""
    return setting("FRESH", "1") == "1" or setting("NOTEBOOKS", "run") == "run"


def setting(name, value):
    """Return a setting of the environment, which has one value or none."""
    found = os.environ.get(name, "")
    if found not in ("", value):
        sys.exit(f"make test: {name}={found} is unknown; expected {value}, or nothing")
    return found


def environment():
    """Return the environment of the tests, in which compiled modules are kept.

    Without them every worker compiles 300 modules again, and every program that a test starts.
    """
    return {name: text for name, text in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def command(options):
    # One more than processors: a worker that waits for a browser or a program leaves one free.
    workers = str(len(os.sched_getaffinity(0)) + 1)
    replay = [] if setting("NOTEBOOKS", "run") == "run" else REPLAY
    return [sys.executable, "-m", "pytest", "-n", workers, *OPTIONS, *replay, *options]


def not_tested():
    """Return a line for each part that cannot be tested here, and how to mend it."""
    lines = []
    if find_chromium() is None:
        lines.append(
            "the pages in a browser, the printed book and the slides: Chromium is missing "
            "(Debian: apt install chromium; elsewhere: .venv/bin/playwright install chromium)"
        )
    if find_firefox() is None:
        lines.append(
            "Python in the page, in Firefox: Firefox is missing (Debian: apt install firefox-esr)"
        )
    if shutil.which("java") is None:
        lines.append("that pages are valid HTML: Java is missing (Debian: apt install default-jre)")
    if reason := why_not():
        lines.append(f"the grading of submissions: {reason}")
    return lines


def find_firefox():
    return shutil.which("firefox-esr") or shutil.which("firefox")


def tell(missing):
    for line in missing:
        print(f"make test: NOT TESTED here: {line}", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])

"""Run every test: say what this machine cannot test, build the book, test, say it again.

Options are pytest's own. ``SECONDS=record`` in the environment stores how long each group took.
``NOTEBOOKS=run`` runs every notebook once more, in nbval's own kernels, as CI does; without it the
outputs of the build, which has just run what changed, are compared with the stored ones.
"""

import os
import shutil
import subprocess
import sys

from grading.sandbox import why_not
from tools import trust
from tools.build_book import ROOT, build
from tools.print_book import find_chromium

OPTIONS = ["--cov=lossbook", "-rs"]
REPLAY = ["-p", "tests.replay"]


def main(*options):
    missing, tests = not_tested(), command(options)
    with trust.alone(ROOT, "make test"), trust.room(ROOT, "make test"):
        tell(missing)
        build(ROOT)
        code = subprocess.run(tests, cwd=ROOT).returncode
    tell(missing)
    sys.exit(code)


def command(options):
    notebooks = os.environ.get("NOTEBOOKS", "")
    if notebooks not in ("", "run"):
        sys.exit(f"make test: NOTEBOOKS={notebooks} is unknown; expected run, or nothing")
    workers = str(len(os.sched_getaffinity(0)))
    replay = [] if notebooks == "run" else REPLAY
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

"""A course that has been taught: released, handed in by everybody, graded.

It takes a minute, so it is kept under a digest of all that it is made from, and one worker makes it
for all files that need it: SHARED in tests/conftest.py.
"""

import json
import os
import socket
import subprocess
import threading
import time
from pathlib import Path

import nbformat
import pytest

from grading import export
from grading.__main__ import main
from grading.course import ROOT, Course
from grading.sandbox import why_not
from tests.grading.submission import Place
from tests.grading.submissions import SUBMISSIONS
from tests.keep import made

SET = "gradients"
# What a step may take, of the processor or of idling: only loops without end take so long.
SECONDS = "2"


def grader(*but):
    """Return the files of the grader, all but these, as ``tests.keep`` takes them."""
    files = (path for path in (ROOT / "grading").iterdir() if path.stem not in but)
    return (
        *(f"grading/{path.name}" for path in files if path.suffix == ".py" or path.name == "box"),
        *("grading/templates/feedback", "grading/templates/formgrade"),
    )


# The grader, the set, and the hand-ins; what only looks at the graded term is not among them.
LOOKING = ("gradescope", "otter", "picture", "private", "similar", "solutions", "statistics")
SOURCES = (
    *grader(*LOOKING),
    *(f"assignments/{SET}/", "lossbook/", "requirements.txt", "_ext/rendered_math.js"),
    *("tests/grading/conftest.py", "tests/grading/submission", "tests/grading/honest.py"),
)


# What is made in a box, so that whoever asks for it needs one; others say so by the mark ``box``.
IN_A_BOX = {"term", "released", "session"}


def pytest_collection_modifyitems(items):
    """Skip what needs bubblewrap on a machine that has none; CI has it and must run everything."""
    needing = [
        item
        for item in items
        if "tests/grading" in item.nodeid
        and (item.get_closest_marker("box") or IN_A_BOX.intersection(item.fixturenames))
    ]
    reason = why_not() if needing and "CI" not in os.environ else ""
    for item in needing if reason else []:
        item.add_marker(pytest.mark.skip(reason=reason))


class Listener:
    """A server on this machine that remembers whether anybody came."""

    def __init__(self):
        self.server = socket.create_server(("127.0.0.1", 0))
        self.port = self.server.getsockname()[1]
        self.visits = 0
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self):
        while True:
            try:
                self.server.accept()[0].close()
            except OSError:
                return
            self.visits += 1


def teach(folder):
    """Release a set, let every kind of submission come in, grade them all; note what was seen."""
    root, listener = folder / "course", Listener()
    os.environ["GRADER_SECRET"] = "the grader's own secret"
    assert main(["release", SET, "--course", str(root)]) == 0
    place = placed(root, listener.port)
    inbox = root / "downloaded" / SET
    inbox.mkdir(parents=True)
    for name, submission in SUBMISSIONS.items():
        submission.write(inbox / f"{name}.ipynb", place)
    (root / "precious").mkdir()
    (root / "precious" / "notes.txt").write_text("years of work")
    code = main(["grade", SET, "--course", str(root), "--seconds", SECONDS])
    time.sleep(0.5)
    listed = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True)
    left = [line for line in listed.stdout.splitlines() if "/box/inside.py" in line]
    seen = {
        "code": code,
        "port": listener.port,
        "visits": listener.visits,
        "left": [line for line in left if str(Path.cwd()) in line],
    }
    listener.server.close()
    (folder / "seen.json").write_text(json.dumps(seen))


def placed(root, port):
    """Return where it happens, for submissions that aim at something."""
    released = nbformat.read(Course(root).released(SET), as_version=4)
    return Place(course=root, port=port, released=released, outside=root / "outside.txt")


@pytest.fixture(scope="session")
def term():
    """Return the course, what was seen while it was graded, and the marks."""
    folder = made("term", SOURCES, teach)
    seen = json.loads((folder / "seen.json").read_text())
    course = Course(folder / "course")
    return seen | {
        "course": course,
        "place": placed(course.root, seen["port"]),
        "marks": export.marks(course.db_url, SET),
    }

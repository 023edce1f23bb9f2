"""A course that has been taught: released, handed in by everybody, graded.

It takes a minute, so one worker makes it for all files that need it: SHARED in tests/conftest.py.
"""

import os
import socket
import threading

import nbformat
import pytest

from grading import export
from grading.__main__ import main
from grading.course import Course
from grading.sandbox import why_not
from tests.grading.submission import Place
from tests.grading.submissions import SUBMISSIONS

SET = "gradients"
SECONDS = "4"


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


@pytest.fixture(scope="session")
def term(tmp_path_factory):
    """Release a set, let every kind of submission come in, and grade them all."""
    root = tmp_path_factory.mktemp("course")
    listener = Listener()
    os.environ["GRADER_SECRET"] = "the grader's own secret"
    assert main(["release", SET, "--course", str(root)]) == 0
    course = Course(root)
    released = nbformat.read(course.released(SET), as_version=4)
    place = Place(course=root, port=listener.port, released=released, outside=root / "outside.txt")
    inbox = root / "downloaded" / SET
    inbox.mkdir(parents=True)
    for name, submission in SUBMISSIONS.items():
        submission.write(inbox / f"{name}.ipynb", place)
    (root / "precious").mkdir()
    (root / "precious" / "notes.txt").write_text("years of work")
    code = main(["grade", SET, "--course", str(root), "--seconds", SECONDS])
    yield {
        "course": course,
        "code": code,
        "listener": listener,
        "place": place,
        "marks": export.marks(course.db_url, SET),
    }
    listener.server.close()

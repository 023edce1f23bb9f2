"""What a mark depends on: the files of the set, of the grader and of the package."""

import hashlib
from pathlib import Path

import numpy as np

import lossbook
from grading import exercises

ROOT = Path(__file__).resolve().parents[1]
# What of this folder no mark depends on: it only writes what was graded.
WRITERS = {
    *("export", "gradescope", "groups", "late", "otter", "pages", "picture", "private"),
    *("similar", "solutions", "statistics"),
}


class Rules:
    """The files that a set is graded by, as they were when somebody first asked."""

    def __init__(self, problem_set, source):
        self.place = problem_set, source
        # Before they are read: a change while they are is then seen, too.
        self.seen = _states(*self.place)
        digest = hashlib.sha256(np.__version__.encode())
        for path in self.seen:
            digest.update(path.read_bytes())
        self.digest = digest.hexdigest()

    def changed(self):
        """Return the files that were written, exchanged, added or deleted since."""
        now = _states(*self.place)
        return sorted(p for p in {*now, *self.seen} if now.get(p) != self.seen.get(p))


def _states(problem_set, source):
    """Return {path: state} of what one is graded by."""
    return {
        path: _state(path)
        for path in [
            source,
            *sorted((exercises.folder() / problem_set).glob(exercises.FILES)),
            *(p for p in sorted((ROOT / "grading").glob("*.py")) if p.stem not in WRITERS),
            *sorted((ROOT / "grading" / "box").rglob("*.py")),
            *sorted(Path(lossbook.__file__).parent.rglob("*.py")),
        ]
    }


def _state(path):
    """Return what is another after any change of a file, also after one that was taken back."""
    about = path.stat()
    return about.st_ino, about.st_size, about.st_mtime_ns, about.st_ctime_ns

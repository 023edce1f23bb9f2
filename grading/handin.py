"""What came in: whose it is, and which file of each student counts. No file is read for that."""

import difflib
import re
import stat
import unicodedata
import zipfile
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

LARGEST = 20 << 20
MEMBERS = 20_000
AGAIN = "download it again, or unpack it there"
# Letters of any script: what no shell pattern and no path takes for something else.
STUDENT = re.compile(r"[^\W_](?:[\w .@+'-]{0,79}[\w.@+'-])?")
# How the two learning systems name files in the archive of all submissions.
CANVAS = re.compile(r"[^_/]+_(LATE_)?(\d+)_\d+_[^/]*")
MOODLE = re.compile(r"([^_/]+)_(\d+)_assignsubmission_file_?")


@dataclass
class HandIn:
    """One file that came in: whose, when, where it lies, and why it cannot be read, if so.

    ``returned`` is the name under which its page goes back, if that is another one; ``by`` is the
    member of a group whose notebook it is.
    """

    student: str
    name: str
    time: float
    problem: str = ""
    path: Path | None = None
    archived: bool = False
    returned: str | None = None
    by: str = ""

    @property
    def late(self):
        """Whether Canvas says so in the file's name."""
        canvas = CANVAS.fullmatch(self.name.split("/")[-1])
        return bool(canvas and canvas[1])

    def read(self):
        """Return its bytes; set the problem instead if there are too many, or none can be had."""
        try:
            content = self._content()
        except (zipfile.BadZipFile, OSError, RuntimeError, ValueError, NotImplementedError):
            self.problem = "its archive is damaged"
            return b""
        if len(content) > LARGEST:
            self.problem = f"it is larger than {LARGEST >> 20} MB"
            return b""
        return content

    def _content(self):
        if self.problem:
            return b""
        if not self.archived:
            with self.path.open("rb") as file:
                return file.read(LARGEST + 1)
        with zipfile.ZipFile(self.path) as archive, archive.open(self.name) as file:
            return file.read(LARGEST + 1)


def find(place, students, groups=()):
    """Return the newest hand-in of every student in a folder or its archives, and remarks.

    ``students`` is the roster, a list of dicts; with one, nobody else is graded, except for a file
    that has the name of a group. Accepted are
    ``<student>.ipynb``, ``<student>/<any>.ipynb``, and what Canvas and Moodle put into the archive
    of all submissions. A file of another kind counts for somebody in the roster who handed in
    nothing else.
    """
    newest, remarks, came = {}, [], list(_files(place))
    for path in sorted(place.glob("*.zip")):
        try:
            came += _archived(path)
        except (zipfile.BadZipFile, OSError, RuntimeError, ValueError):
            remarks.append(f"{path.name!r} is not an archive that can be read: {AGAIN}")
    listed = [student["id"] for student in students]
    listed += [*groups] if listed else []
    notebooks = [hand_in for hand_in in came if is_notebook(hand_in.name)]
    for hand_in in came:
        hand_in.student, why = whose(hand_in.name, students)
        if hand_in not in notebooks:
            continue
        if not STUDENT.fullmatch(hand_in.student) or (listed and hand_in.student not in listed):
            remarks.append(f"{hand_in.name!r}: whose is it? {why or _nobody(hand_in, listed)}")
            continue
        known = newest.setdefault(hand_in.student, hand_in)
        if known is not hand_in:
            older, newer = sorted((known, hand_in), key=lambda h: (h.time, h.name))
            newest[hand_in.student] = newer
            remarks.append(f"{hand_in.student}: handed in twice, {older.name!r} is not graded")
    for hand_in in came:
        if hand_in in notebooks:
            continue
        if hand_in.student in listed:
            newest.setdefault(hand_in.student, hand_in)
        else:
            remarks.append(f"{hand_in.name!r} is not a notebook")
    return newest, remarks


def _nobody(hand_in, listed):
    # Students rename files: "ada_final (1).ipynb".
    near = [
        s for s in listed if re.search(rf"(?<![^\W_]){re.escape(s)}(?![^\W_])", hand_in.student)
    ]
    if len(near) != 1:
        near = difflib.get_close_matches(hand_in.student, listed, n=1, cutoff=0.6)
    if near:
        return f"Nobody in the roster has this id. If it is {near[0]!r}, name it {near[0]}.ipynb."
    if listed or not hand_in.student:
        return "Nobody in the roster fits."
    return "A name may hold letters, digits, blanks and . _ @ + ' -, up to 80, a letter first."


def is_notebook(name):
    """Tell from a file's name whether it may be a notebook."""
    return name.lower().endswith(".ipynb")


def whose(name, students):
    """Return the student of a file's path in the folder, or an empty text and why, if known."""
    # A Mac writes an umlaut as two characters.
    parts = unicodedata.normalize("NFC", name).split("/")
    canvas, moodle = CANVAS.fullmatch(parts[-1]), MOODLE.match(parts[0])
    if canvas:
        return _look_up(students, "canvas_id", canvas[2])
    if moodle:
        found = _look_up(students, "moodle_id", moodle[2])
        return found if found[0] else _look_up(students, "name", moodle[1])
    return parts[0].strip() if len(parts) > 1 else parts[0].rsplit(".", 1)[0].strip(), ""


def _look_up(students, column, value):
    """Return the only student with that value, or nobody and why."""
    found = []
    for student in students:
        full = f"{student.get('first_name', '')} {student.get('last_name', '')}"
        if value == (full if column == "name" else student.get(column)):
            found.append(student["id"])
    if len(found) > 1:
        do = "write their moodle_id" if column == "name" else "give each their own"
        return "", f"{' and '.join(found)} have the same {column}: {do}."
    return (*found, "")[0], ""


def _files(place):
    for path in sorted(place.rglob("*")):
        name, about = path.relative_to(place).as_posix(), path.lstat()
        hand_in = HandIn("", name, about.st_mtime, path=path)
        if stat.S_ISDIR(about.st_mode) or not _counts(name):
            continue
        if not is_notebook(name):
            archive = path.parent == place and name.endswith(".zip")
            if stat.S_ISREG(about.st_mode) and not archive:
                yield _other(hand_in)
            continue
        if not stat.S_ISREG(about.st_mode) or path.resolve() != place.resolve() / name:
            hand_in.problem = "it is not a regular file but a link or a device"
        yield hand_in


def _archived(path):
    """Yield the notebooks of an archive; they are read in memory: no name becomes a path."""
    with zipfile.ZipFile(path) as archive:
        members = archive.infolist()
    if len(members) > MEMBERS or any(member.flag_bits & 1 for member in members):
        raise ValueError("too many files, or an encrypted one")
    for member in members:
        if member.is_dir() or not _counts(member.filename):
            continue
        try:
            when = datetime(*member.date_time, tzinfo=UTC).timestamp()
        except ValueError:
            when = 0.0
        hand_in = HandIn("", member.filename, when, path=path, archived=True)
        yield hand_in if is_notebook(member.filename) else _other(hand_in)


def _counts(name):
    """Tell whether a person made this file, not a system."""
    *folders, file = name.split("/")
    copies = any(folder.startswith(".") and folder != ".." for folder in folders)
    hidden = file.startswith(".") and (not is_notebook(file) or file.startswith("._"))
    return not (copies or hidden or "__MACOSX" in folders)


def _other(hand_in):
    name = hand_in.name.split("/")[-1]
    hand_in.problem = f"it is not a notebook, which ends in .ipynb, but {name!r}"
    return hand_in


def write_if_changed(path, text):
    """Write a file whole or not at all, and leave it alone if it says the same."""
    if path.exists() and path.read_text() == text:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(path.name + ".part")
    draft.write_text(text)
    draft.replace(path)

"""What students hand in, read without trust: only the text of their cells is kept."""

import copy
import io
import json
import re
import stat
import zipfile
from dataclasses import dataclass
from datetime import UTC, datetime

from nbformat.v4 import new_code_cell, new_markdown_cell

LARGEST = 20 << 20
CELLS = 1000
STUDENT = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@-]{0,80}")
# How the two learning systems name files in the archive of all submissions.
CANVAS = re.compile(r"[^_/]+_(?:LATE_)?(\d+)_\d+_[^/]*")
MOODLE = re.compile(r"([^_/]+)_(\d+)_assignsubmission_file_?")


@dataclass
class HandIn:
    """One file that came in: whose, when, its bytes, and why it cannot be read, if so."""

    student: str
    name: str
    time: float
    content: bytes = b""
    problem: str = ""


def find(place, students):
    """Return the newest hand-in of every student in a folder or its archives, and remarks.

    ``students`` is the roster, a list of dicts. Accepted are ``<student>.ipynb``,
    ``<student>/<any>.ipynb``, and what Canvas and Moodle put into the archive of all submissions.
    A file of another kind counts for somebody in the roster who handed in nothing else.
    """
    newest, remarks, came = {}, [], list(_files(place))
    for path in sorted(place.glob("*.zip")):
        try:
            came += _archived(path)
        except (zipfile.BadZipFile, OSError, RuntimeError, ValueError):
            remarks.append(f"{path.name!r} is not an archive that can be read")
    for hand_in in came:
        hand_in.student = whose(hand_in.name, students)
    others = [hand_in for hand_in in came if not is_notebook(hand_in.name)]
    for hand_in in came:
        if hand_in in others:
            continue
        if not STUDENT.fullmatch(hand_in.student):
            remarks.append(f"{hand_in.name!r}: whose is it? Nobody in the roster fits.")
            continue
        known = newest.setdefault(hand_in.student, hand_in)
        if known is not hand_in:
            older, newer = sorted((known, hand_in), key=lambda h: (h.time, h.name))
            newest[hand_in.student] = newer
            remarks.append(f"{hand_in.student}: handed in twice, {older.name!r} is not graded")
    listed = {student["id"] for student in students}
    for hand_in in others:
        if hand_in.student in listed:
            newest.setdefault(hand_in.student, hand_in)
        else:
            remarks.append(f"{hand_in.name!r} is not a notebook")
    return newest, remarks


def is_notebook(name):
    """Tell from a file's name whether it may be a notebook."""
    return name.lower().endswith(".ipynb")


def whose(name, students):
    """Return the student of a file's path in the folder, or an empty text."""
    parts = name.split("/")
    canvas, moodle = CANVAS.fullmatch(parts[-1]), MOODLE.match(parts[0])
    if canvas:
        return _look_up(students, "canvas_id", canvas[1])
    if moodle:
        return _look_up(students, "moodle_id", moodle[2]) or _look_up(students, "name", moodle[1])
    return parts[0] if len(parts) > 1 else parts[0].rsplit(".", 1)[0]


def _look_up(students, column, value):
    for student in students:
        full = f"{student.get('first_name', '')} {student.get('last_name', '')}"
        if value == (full if column == "name" else student.get(column)):
            return student["id"]
    return ""


def _files(place):
    for path in sorted(place.rglob("*")):
        name, about = path.relative_to(place).as_posix(), path.lstat()
        hand_in = HandIn("", name, about.st_mtime)
        if not is_notebook(name):
            archive = path.parent == place and name.endswith(".zip")
            if stat.S_ISREG(about.st_mode) and not archive and _counts(name):
                yield _other(hand_in)
            continue
        if not stat.S_ISREG(about.st_mode) or path.resolve() != place.resolve() / name:
            hand_in.problem = "it is not a regular file but a link or a device"
        elif about.st_size > LARGEST:
            hand_in.problem = f"it is larger than {LARGEST >> 20} MB"
        else:
            hand_in.content = path.read_bytes()
        yield hand_in


def _archived(path):
    """Yield the notebooks of an archive, read in memory: no name in it becomes a path."""
    with zipfile.ZipFile(path) as archive:
        for member in archive.infolist():
            if member.is_dir() or not _counts(member.filename):
                continue
            when = datetime(*member.date_time, tzinfo=UTC).timestamp()
            hand_in = HandIn("", member.filename, when)
            if not is_notebook(member.filename):
                yield _other(hand_in)
                continue
            with archive.open(member) as file:
                hand_in.content = file.read(LARGEST + 1)
            if len(hand_in.content) > LARGEST:
                hand_in.content = b""
                hand_in.problem = f"it is larger than {LARGEST >> 20} MB"
            yield hand_in


def _counts(name):
    """Tell whether a person made this file, not a system."""
    hidden = name.split("/")[-1].startswith(".") and not is_notebook(name)
    return "__MACOSX" not in name and not hidden


def _other(hand_in):
    name = hand_in.name.split("/")[-1]
    hand_in.problem = f"it is not a notebook, which ends in .ipynb, but {name!r}"
    return hand_in


def restore(hand_in, released):
    """Return the released notebook with the student's answers and own cells, and why not, if so.

    Names, points, locks and metadata are those that were released; only text is the student's.
    """
    problem = hand_in.problem
    cells = []
    if not problem:
        try:
            cells = _recognized(_cells(hand_in.content), released)
        except (ValueError, RecursionError) as error:
            problem = f"it is not a notebook{_instead(hand_in.content) or f': {error}'}"
    ours = {_name(cell) for cell in released.cells if _name(cell)}
    if cells and not ours.intersection(name for name, _, _ in cells):
        problem = "none of its cells belongs to this problem set: is it another notebook?"
    return _merge(cells, released, problem), problem


def _instead(content):
    """Say what usually comes in a notebook's place; empty if it is something else."""
    if not content.strip():
        return " but an empty file"
    return " but a web page (HTML)" if content.lstrip().startswith(b"<") else ""


def _cells(content):
    """Return (name or None, kind, text) of every cell.

    A cell's id in the release is its name: some programs keep the id and lose other metadata.
    """
    data = json.load(io.TextIOWrapper(io.BytesIO(content), encoding="utf-8"))
    cells = data.get("cells") if isinstance(data, dict) else None
    if not isinstance(cells, list):
        raise ValueError("there is no list of cells")
    if len(cells) > CELLS:
        raise ValueError(f"there are more than {CELLS} cells")
    read = []
    for cell in cells:
        source = cell.get("source", "") if isinstance(cell, dict) else None
        if isinstance(source, list) and all(isinstance(line, str) for line in source):
            source = "".join(source)
        if not isinstance(source, str):
            raise ValueError("a cell has no text")
        metadata = cell.get("metadata")
        about = metadata.get("nbgrader") if isinstance(metadata, dict) else None
        name = about.get("grade_id") if isinstance(about, dict) else cell.get("id")
        # Half of a surrogate pair is no text that could be written to a file.
        source = source.encode("utf-8", "replace").decode("utf-8")
        read.append((name if isinstance(name, str) else None, cell.get("cell_type"), source))
    return read


def _recognized(cells, released):
    """Give the name of an answer that is missing to a cell that defines its function."""
    here = {name for name, _, _ in cells}
    missing = [
        _name(cell)
        for cell in released.cells
        if _name(cell) and cell.cell_type == "code" and cell.metadata.nbgrader.solution
    ]
    patterns = {n: re.compile(rf"^def {n}\(", re.MULTILINE) for n in missing if n not in here}
    return [
        (
            next((n for n in patterns if kind == "code" and patterns[n].search(text)), name),
            kind,
            text,
        )
        for name, kind, text in cells
    ]


def _merge(cells, released, problem):
    notebook = copy.deepcopy(released)
    notebook.metadata.lossbook.problem = problem
    graded = {_name(cell): cell for cell in notebook.cells if _name(cell)}
    last = {name: i for i, (name, _, _) in enumerate(cells) if name in graded}
    own = 0
    merged = []
    for i, (name, kind, text) in enumerate(cells):
        if last.get(name) == i:
            cell = graded[name]
            if cell.metadata.nbgrader.solution:
                cell.source = text
            merged.append(cell)
        elif name not in graded and kind in ("code", "markdown"):
            own += 1
            make = new_code_cell if kind == "code" else new_markdown_cell
            merged.append(make(text, id=f"own-{own}"))
    # A cell that is missing comes back after the one that it followed when it was released.
    order = [_name(cell) for cell in notebook.cells if _name(cell)]
    for position, name in enumerate(order):
        if name not in last:
            before = [m for m, cell in enumerate(merged) if _name(cell) in order[:position]]
            merged.insert(before[-1] + 1 if before else 0, graded[name])
    if problem:
        words = f"**This hand-in could not be read:** {problem}."
        merged.insert(0, new_markdown_cell(words, id="problem"))
    notebook.cells = merged
    return notebook


def _name(cell):
    return cell.metadata.get("nbgrader", {}).get("grade_id")


def write_if_changed(path, text):
    """Write a file whole or not at all, and leave it alone if it says the same."""
    if path.exists() and path.read_text() == text:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(path.name + ".part")
    draft.write_text(text)
    draft.replace(path)

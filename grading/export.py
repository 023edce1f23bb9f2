"""Marks as files: nbgrader's CSV, and the forms that Canvas and Moodle import."""

import csv
import re
import unicodedata
import zipfile

from nbgrader.api import Gradebook
from nbgrader.plugins import CsvExportPlugin

from grading import InputError, late
from grading.handin import CANVAS, MOODLE, STUDENT

COLUMNS = ("id", "first_name", "last_name", "email", "canvas_id", "moodle_id")


def read_roster(path):
    """Return the students of a CSV file with a column id, and any of the other columns."""
    if not path.exists():
        return []
    content = path.read_bytes()
    try:
        # Excel writes "Unicode text" as UTF-16.
        wide = content.startswith((b"\xff\xfe", b"\xfe\xff"))
        text = content.decode("utf-16" if wide else "utf-8-sig")
    except UnicodeDecodeError:
        raise InputError(f"{path} is not UTF-8: save it as CSV UTF-8") from None
    lines = unicodedata.normalize("NFC", text).splitlines()
    if not any(lines):
        raise InputError(f"{path} is empty; expected a line {','.join(COLUMNS)}")
    rows = _rows(path, lines, max(",;\t", key=lines[0].count))
    if not rows:
        raise InputError(f"{path} names nobody: write a line for each student, or delete the file")
    for column in ("id", "canvas_id", "moodle_id"):
        values = [row[column] for row in rows if row.get(column)]
        for value in (v for v in values if values.count(v) > 1):
            same = [row["id"] for row in rows if row.get(column) == value]
            if column == "id":
                raise InputError(f"{path} has two lines with the id {value!r}: keep one")
            raise InputError(
                f"{path}: {' and '.join(same)} have the same {column} {value!r}: give each "
                "their own"
            )
    return rows


def _rows(path, lines, separator):
    """Return the lines of a roster as dicts; raise with the number of one that is none."""
    reader, rows = csv.DictReader(lines, delimiter=separator, strict=True), []
    names = [(name or "").strip() for name in reader.fieldnames]
    if "id" not in names:
        raise InputError(
            f"line 1 of {path} has the columns {', '.join(names)}; expected {', '.join(COLUMNS)}, "
            "of which only id is needed"
        )
    if twice := [name for name in names if name and names.count(name) > 1]:
        raise InputError(f"{path} has two columns {twice[0]}: keep one")
    reader.fieldnames = names
    try:
        for row in reader:
            where = f"line {reader.line_num} of {path}"
            if any(value.strip() for value in row.pop(None, [])):
                raise InputError(f"{where} has more columns than line 1: quote what has commas")
            row = {key: (value or "").strip() for key, value in row.items() if key}
            if not row["id"]:
                raise InputError(f"{where} has no id: give one, or delete the line")
            if not STUDENT.fullmatch(row["id"]):
                raise InputError(
                    f"{where}: {row['id']!r} cannot be an id: take letters, digits, blanks and "
                    ". _ @ + ' -, up to 80, a letter or digit first"
                )
            for column in ("canvas_id", "moodle_id"):
                if column in row:
                    row[column] = _number(row[column])
            rows.append(row)
    except csv.Error:
        raise InputError(
            f"line {reader.line_num} of {path} cannot be read: a quotation mark is not closed, or "
            "stands inside of a word"
        ) from None
    return rows


def _number(text):
    """Return a number as a spreadsheet or Moodle's worksheet means it.

    >>> _number("4711.0"), _number("Participant 901"), _number("")
    ('4711', '901', '')
    """
    found = re.fullmatch(r"(?:\D* )?(\d+)(?:\.0+)?", text)
    return found[1] if found else text


def marks(db_url, problem_set):
    """Return {student: (score, how many answers wait for a grader)}, and the most points."""
    with Gradebook(db_url) as gradebook:
        most = gradebook.find_assignment(problem_set).max_score
        found = {}
        for submission in gradebook.assignment_submissions(problem_set):
            waiting = sum(
                grade.needs_manual_grade
                for notebook in submission.notebooks
                for grade in notebook.grades
            )
            lost = submission.late_submission_penalty or 0
            found[submission.student.id] = (submission.score - lost, waiting)
    return found, most


def write_all(course, problem_set):
    """Write every form of the marks into exports/, and return the paths."""
    folder = course.root / "exports"
    folder.mkdir(exist_ok=True)
    days = late.apply(course, problem_set)
    roster = course.students()
    found, most = marks(course.db_url, problem_set)
    _update_names(course.db_url, roster)
    generic = folder / f"{problem_set}.csv"
    _generic(course, problem_set, generic)
    forms = {
        folder / f"{problem_set}_canvas.csv": canvas(problem_set, roster, found, most),
        folder / f"{problem_set}_moodle.csv": moodle(problem_set, roster, found),
    }
    for path, rows in forms.items():
        with path.open("w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows(rows)
    report = folder / f"{problem_set}_report.txt"
    report.write_text("\n".join(report_lines(course, problem_set, found, most, days)) + "\n")
    return [generic, *forms, report, pages(course, problem_set)]


def pages(course, problem_set):
    """Put all pages into an archive, under the names by which the learning system knows them."""
    path = course.root / "exports" / f"{problem_set}_feedback.zip"
    draft = path.with_suffix(".part")
    roster = {student["id"]: student for student in course.students()}
    origins = {s: course.origin(problem_set, s) for s in course.graded_students(problem_set)}
    moodle = any(MOODLE.match(origin) for origin in origins.values())
    with zipfile.ZipFile(draft, "w", zipfile.ZIP_DEFLATED) as archive:
        for student, origin in origins.items():
            page = course.feedback_page(problem_set, student)
            if page.exists():
                # A member of a group who uploaded nothing gets a page all the same.
                folder = moodle and not origin and moodle_folder(roster.get(student, {}))
                name = f"{folder}/{page.name}" if folder else page_name(origin, student, page)
                archive.write(page, name)
    draft.replace(path)
    return path


def moodle_folder(student):
    """Return the folder by which Moodle knows somebody in the roster; empty without moodle_id.

    >>> moodle_folder({"first_name": "Emmy", "last_name": "Noether", "moodle_id": "77"})
    'Emmy Noether_77_assignsubmission_file_'
    """
    if not student.get("moodle_id"):
        return ""
    name = f"{student.get('first_name', '')} {student.get('last_name', '')}".replace("_", " ")
    return f"{name}_{student['moodle_id']}_assignsubmission_file_"


def page_name(origin, student, page):
    """Return the name that Canvas or Moodle wants, from that of the file that was handed in.

    >>> from pathlib import Path
    >>> page_name("byronada_17_5544_gradients.ipynb", "ada", Path("gradients.html"))
    'byronada_17_5544_gradients.html'
    >>> page_name("Ada Byron_901_assignsubmission_file_/a.ipynb", "ada", Path("gradients.html"))
    'Ada Byron_901_assignsubmission_file_/gradients.html'
    """
    first, *_, last = ["", *origin.split("/")][-2:] if "/" in origin else ["", origin]
    if CANVAS.fullmatch(last):
        return f"{last.rsplit('.', 1)[0]}.html"
    return f"{first if MOODLE.fullmatch(first) else student}/{page.name}"


def _update_names(db_url, roster):
    """Give the gradebook the names of the roster, which nbgrader's own export shows."""
    with Gradebook(db_url) as gradebook:
        for student in roster:
            names = {k: student[k] for k in ("first_name", "last_name", "email") if student.get(k)}
            gradebook.update_or_create_student(student["id"], **names)


def _generic(course, problem_set, path):
    plugin = CsvExportPlugin()
    plugin.to, plugin.assignment = str(path), [problem_set]
    with Gradebook(course.db_url) as gradebook:
        plugin.export(gradebook)


def safe(text):
    """Return a text that no spreadsheet takes for a formula."""
    return f"'{text}" if str(text).startswith(("=", "+", "-", "@", "\t")) else text


def canvas(problem_set, roster, found, most):
    """Return the rows that Canvas's gradebook imports: by its user id, a blank for no hand-in."""
    title = problem_set.replace("_", " ").capitalize()
    rows = [
        ("Student", "ID", "SIS User ID", "SIS Login ID", "Section", title),
        ("Points Possible", "", "", "", "", f"{most:g}"),
    ]
    for student in _known(roster, found):
        name = f"{student.get('last_name', '')}, {student.get('first_name', '')}".strip(", ")
        score = found.get(student["id"])
        rows.append(
            (
                safe(name or student["id"]),
                student.get("canvas_id", ""),
                "",
                safe(student["id"]),
                "",
                f"{score[0]:g}" if score else "",
            )
        )
    return rows


def moodle(problem_set, roster, found):
    """Return the rows that Moodle's grade import maps: by e-mail address or id number."""
    title = problem_set.replace("_", " ").capitalize()
    rows = [("ID number", "Email address", "First name", "Last name", title)]
    for student in _known(roster, found):
        score = found.get(student["id"])
        rows.append(
            (
                safe(student["id"]),
                safe(student.get("email", "")),
                safe(student.get("first_name", "")),
                safe(student.get("last_name", "")),
                f"{score[0]:g}" if score else "-",
            )
        )
    return rows


def _known(roster, found):
    """Return the roster, and everybody who handed in without being in it."""
    listed = {student["id"] for student in roster}
    return [*roster, *({"id": student} for student in sorted(set(found) - listed))]


def report_lines(course, problem_set, found, most, days):
    """Return for every student the mark and why it is not more."""
    lines, roster = [], {s["id"] for s in course.students()}
    together = {
        m: [other for other in members if other != m]
        for members in course.groups(problem_set).values()
        for m in members
    }
    for student, remarks in course.remarks(problem_set).items():
        score, waiting = found[student]
        answers = "answer waits" if waiting == 1 else "answers wait"
        wait = f", {waiting} {answers} for a grader" if waiting else ""
        many = days.get(student, 0)
        behind = f", {many} day{'s' * (many > 1)} late" if many else ""
        others = f", with {' and '.join(together[student])}" if together.get(student) else ""
        outside = ", not in the roster" if roster and student not in roster else ""
        lines.append(f"{student}: {score:g} of {most:g}{others}{wait}{behind}{outside}")
        lines += [f"    {line}" for line in _grouped(remarks)]
    missing = sorted(roster - set(found))
    lines += [f"{student}: nothing handed in" for student in missing]
    return lines


def _grouped(remarks):
    """Say once what is said of the visible and of the hidden check of an exercise."""
    told = {}
    for remark in remarks:
        what, words = remark.split(": ", 1)
        told.setdefault((what.removesuffix("-check").removesuffix("-hidden"), words), []).append(
            what
        )
    return [
        f"{exercise}: {words}" if len(cells) > 1 else f"{cells[0]}: {words}"
        for (exercise, words), cells in told.items()
    ]

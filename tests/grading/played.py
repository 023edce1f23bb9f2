"""The handbook's page played by its commands alone, with more than thirty kinds of hand-ins.

``submissions.py`` has what can stand in a notebook; here it counts how one comes in, from whom, and
what an instructor does then.
"""

import contextlib
import io
import json
import os
import re
import shlex
import subprocess
import zipfile
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import nbformat
from nbgrader.api import Gradebook

from grading.__main__ import main
from grading.course import Course
from tests.grading.submission import (
    EXERCISES,
    FIRST,
    Place,
    Submission,
    append,
    first,
    keep_an_old_attempt,
    lose_metadata,
    named,
    write_words,
)

SET, ROOT = "gradients", Path(__file__).parents[2]
PAGE = ROOT / "chapters" / "instructors" / "release_and_grade.md"
TEXT = PAGE.read_text(encoding="utf-8")
EARLY, LATE = datetime(2026, 10, 1, 12, tzinfo=UTC), datetime(2026, 10, 6, 12, tzinfo=UTC)

LONG = """
def mse_gradient(parameters, X, y):
    count, width = X.shape
    gradient = np.zeros(width + 1)
    for row in range(count):
        prediction = parameters[0]
        for column in range(width):
            prediction = prediction + parameters[column + 1] * X[row, column]
        difference = prediction - y[row]
        gradient[0] = gradient[0] + 2 * difference / count
        for column in range(width):
            gradient[column + 1] = gradient[column + 1] + 2 * difference * X[row, column] / count
    return gradient
"""
COPIED = LONG.replace("difference", "err").replace("prediction", "p").replace("count", "n")
HALF = first(
    "r = parameters[0] + X @ parameters[1:] - y\nreturn np.append(r.mean(), X.T @ r / len(y))"
)


def another_notebook(path, place):
    path.write_text(json.dumps({"cells": [{"cell_type": "code", "source": "1 + 1"}]}))


def cut_off(path, place):
    path.write_text(json.dumps(Submission(20).notebook(place))[:2000])


def uses_a_cell_below(notebook):
    late = FIRST.replace("return ", "double = DOUBLE\n    return ")
    named(notebook, "mse_gradient")["source"] = late
    append("DOUBLE = 2")(notebook)


@dataclass
class Kind:
    """How a hand-in comes: from whom, in which file, what it is, and the mark that it deserves."""

    student: str
    file: str
    submission: Submission
    mark: float | None = None  # Before a person has graded words; nothing if nobody is graded.
    when: datetime = EARLY
    says: str = ""  # In the report, or in what `make grade` prints.
    about: dict = field(default_factory=dict)  # What the roster says.


def canvas(number, file, *rest, listed=None, **more):
    """Return a hand-in that came through Canvas from whoever has that number."""
    student = file.split("_")[0]
    about = {"canvas_id": str(listed or number)}
    return Kind(student, f"canvas.zip/{file}", *rest, about=about, **more)


def moodle(student, name, number, *rest, end="_", listed=None, **more):
    """Return a hand-in that came through Moodle from a participant."""
    first_name, last_name = name.split()
    about = {"first_name": first_name, "last_name": last_name}
    if listed != "":
        about["moodle_id"] = listed or str(number)
    file = f"moodle.zip/{name}_{number}_assignsubmission_file{end}/a.ipynb"
    return Kind(student, file, *rest, about=about, **more)


def plain(student, *rest, **more):
    return Kind(student, f"{student}.ipynb", *rest, **more)


def nobody(file, says, submission=None):
    return Kind("", file, submission or Submission(20), says=says)


RIGHT, WORDS = Submission(20), Submission(20, edit=write_words("The rounding errors grow."))
UNTOUCHED = {name: exercise.starter for name, exercise in EXERCISES.items()}
EMPTY = dict.fromkeys([*UNTOUCHED][:3], "x = 1")
SCIPY = f"from scipy import stats\n{FIRST}"
NEXT_DAY = datetime(2026, 10, 2, tzinfo=UTC)
KINDS = [
    canvas(4711, "ada_4711_1_gradients.ipynb", RIGHT, 20),
    canvas(12, "ben_LATE_12_2_gradients.ipynb", RIGHT, 17.6, LATE, "1 day late"),
    canvas(13, "cleo_13_3_gradients-1.ipynb", RIGHT, 20, listed="13.0"),
    canvas(14, "dan_14_4_gradients.html", RIGHT, 0, says="'dan_14_4_gradients.html'"),
    canvas(15, "eva_15_5_work.zip", RIGHT, 0, says="which ends in .ipynb, but 'eva_15_5_work"),
    nobody("canvas.zip/who_99_6_a.ipynb", "'who_99_6_a.ipynb': whose is it?"),
    moodle("fay", "Fay Abel", 901, RIGHT, 20),
    moodle("gus", "Gus Berg", 902, RIGHT, 20, end="", listed="Participant 902"),
    moodle("hal", "Hal Celsius", 903, RIGHT, 20, listed=""),
    moodle("kim1", "Kim Lee", 904, RIGHT, 20),
    moodle("kim2", "Kim Lee", 905, Submission(15, code=HALF), 15, says="a factor 2 is missing"),
    plain("ida", RIGHT, 20),
    Kind("jon", "jon/my work.ipynb", RIGHT, 20),
    Kind("j\u00f6rg", "jo\u0308rg.ipynb", RIGHT, 20),
    plain("anna maria", RIGHT, 20),
    nobody("idaa.ipynb", "If it is 'ida', name it ida.ipynb."),
    nobody("stranger.ipynb", "'stranger.ipynb': whose is it? Nobody in the roster fits."),
    nobody("photo.jpg", "'photo.jpg' is not a notebook", Submission(0, raw=b"noise")),
    plain("lea", Submission(0, raw=b""), 0, says="an empty file"),
    plain("max", Submission(0, raw=cut_off), 0, says="cut off or damaged"),
    plain("nia", Submission(0, raw=another_notebook), 0, says="is it another notebook?"),
    plain("ole", Submission(0, raw=b"<html>log in</html>"), 0, says="a web page (HTML)"),
    plain("pia", Submission(20, edit=lose_metadata), 20),
    plain("quin", Submission(20, edit=keep_an_old_attempt), 20, says="2 cells run"),
    plain("ria", Submission(15, edit=uses_a_cell_below), 15, says="DOUBLE"),
    plain("sam", Submission(15, code=SCIPY), 15, says="scipy"),
    plain("tom", Submission(15, code="while True:\n    pass"), 15, says="stopped by the clock"),
    plain("una", Submission(0, answers=UNTOUCHED), 0, says="Not written yet"),
    plain("vic", Submission(20, code=LONG), 20),
    plain("wim", Submission(20, code=COPIED), 20),
    plain("xia", WORDS, 20, says="1 answer waits for a grader"),
    plain("yan", Submission(5, answers=EMPTY), 5, says="is not defined"),
    Kind("zoe", "", RIGHT, says="zoe: nothing handed in"),
    plain("lions", WORDS, says="lions: 'lions.ipynb' is graded for carl, emmy"),
    plain("sonya", Submission(15, code=HALF), 20, says="with henri"),
    moodle("henri", "Henri P", 906, RIGHT, 20, NEXT_DAY, "with sonya"),
]
UNREADABLE = {"dan", "eva", "lea", "max", "nia", "ole"}
GROUPS = {"lions": ["carl", "emmy"], "tigers": ["sonya", "henri"]}
MARKS = {k.student: k.mark for k in KINDS if k.mark is not None} | {"carl": 20, "emmy": 20}


class Played:
    """What an instructor types, and what the commands print."""

    def __init__(self, root):
        self.root, self.printed, self.typed = root, {}, []

    def type(self, line, expect=0):
        """Run a command of the page, as the Makefile does, on a course elsewhere."""
        assert re.search(rf"^{re.escape(line)}$", TEXT, re.MULTILINE), f"{line} is not on the page"
        planned = subprocess.run(
            ["make", "-n", *line.split()[1:], f"COURSE={self.root}", "WORKERS=2"],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        (command,) = (words for words in planned.splitlines() if "-m grading" in words)
        arguments = shlex.split(command)[3:]
        if "grade" in arguments[0]:
            arguments += ["--seconds", "2"]
        out = io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(out):
            code = main(arguments)
        self.typed.append(line)
        self.printed[line] = self.printed.get(line, "") + out.getvalue()
        assert code == expect, out.getvalue()


def hand_in(inbox, place, kinds):
    """Put the files where the page says, with their times."""
    archives = {}
    for kind in kinds:
        if not kind.file:
            continue
        first_part, _, inside = kind.file.partition("/")
        archived = first_part.endswith(".zip")
        path = inbox / ("draft" if archived else kind.file)
        path.parent.mkdir(parents=True, exist_ok=True)
        kind.submission.write(path, place)
        if archived:
            about = zipfile.ZipInfo(inside, kind.when.timetuple()[:6])
            archives.setdefault(first_part, []).append((about, path.read_bytes()))
            path.unlink()
        else:
            os.utime(path, (kind.when.timestamp(),) * 2)
    for name, members in archives.items():
        with zipfile.ZipFile(inbox / name, "w") as archive:
            for about, content in members:
                archive.writestr(about, content)


def write_course_files(root):
    """Write the roster, the groups and the deadline."""
    columns = ("id", "first_name", "last_name", "email", "canvas_id", "moodle_id")
    members = {m for group in GROUPS.values() for m in group}
    people = {k.student: k.about for k in KINDS if k.student and k.student not in GROUPS}
    people |= {m: {} for m in members - set(people)}
    lines = [",".join(columns)]
    for student, about in people.items():
        about = {"id": student, "email": f"{student.replace(' ', '.')}@example.org"} | about
        lines.append(",".join(about.get(column, "") for column in columns))
    (root / "students.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    groups = [f"{name} = {json.dumps(who)}" for name, who in GROUPS.items()]
    (root / "groups.toml").write_text("\n".join([f"[{SET}]", *groups]))
    (example,) = (t for t in re.findall(r"```toml\n(.*?)```", TEXT, re.DOTALL) if "[due]" in t)
    (root / "deadlines.toml").write_text(example)


def grade_words(course, student, points, comment):
    """Do what the formgrader does when somebody types points and a comment."""
    with Gradebook(course.db_url) as gradebook:
        cell = "central_difference-written", SET, SET, student
        grade = gradebook.find_grade(*cell)
        grade.manual_score, grade.needs_manual_grade = points, False
        gradebook.find_comment(*cell).manual_comment = comment
        gradebook.db.commit()


def play(folder):
    """Play the page from the first command to the last; write down what was printed."""
    root = folder / "course"
    played = Played(root)
    played.type("make release PS=gradients")
    course = Course(root)
    released = nbformat.read(course.released(SET), as_version=4)
    place = Place(course=root, port=0, released=released, outside=root / "outside.txt")
    inbox = root / "downloaded" / SET
    inbox.mkdir(parents=True)
    RIGHT.write(inbox / "evee.ipynb", place)
    played.type("make grade PS=gradients")
    first_time = played.printed.pop("make grade PS=gradients")
    write_course_files(root)
    (inbox / "evee.ipynb").unlink()
    hand_in(inbox, place, KINDS)
    played.type("make grade PS=gradients")
    report = (root / "exports" / f"{SET}_report.txt").read_text()
    played.type("make remove PS=gradients STUDENT=evee")
    played.type("make report PS=gradients")
    played.type("make similar PS=gradients")
    grade_words(course, "xia", 3, "Which step would you take?")
    grade_words(course, "carl", 4, "Well said.")
    played.type("make feedback PS=gradients")
    played.type("make regrade PS=gradients STUDENT=ada")
    played.type("make solutions PS=gradients")
    played.type("make elsewhere PS=gradients")
    record = {"printed": played.printed, "typed": played.typed, "first": first_time}
    record["report"] = report
    (folder / "played.json").write_text(json.dumps(record))

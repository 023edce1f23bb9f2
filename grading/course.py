"""The course folder: nbgrader's own layout and gradebook, and the steps from release to export."""

import contextlib
import functools
import hashlib
import json
import logging
import os
from datetime import UTC, datetime
from pathlib import Path

import nbformat
import nbgrader.api
from alembic.script import ScriptDirectory
from nbgrader.api import Gradebook, MissingEntry
from nbgrader.converters import Autograde, GenerateAssignment, GenerateFeedback
from nbgrader.converters.base import NbGraderException
from nbgrader.coursedir import CourseDirectory
from nbgrader.dbutil import ALEMBIC_DIR
from nbgrader.utils import rmtree
from sqlalchemy.exc import OperationalError
from traitlets.config import Config

from grading import exercises, export, handin, variants
from grading.confined import Bounds, Stopped, confined
from grading.execute import SandboxedExecute
from grading.groups import read_groups, spread
from grading.restore import restore
from grading.reviewed import Reviewed
from grading.rules import ROOT, Rules
from grading.settings import configure

LOCKED = (
    "the gradebook is in use: close the formgrader and every other program that has gradebook.db "
    "open, then run the command again"
)
READING = Bounds(cpu=20, wall=120)
MANY = 20  # Names that a remark lists; the report has them all.

# For every new gradebook nbgrader starts a program, seconds long, that reads this from a folder.
nbgrader.api.get_alembic_version = ScriptDirectory(ALEMBIC_DIR).get_current_head
# It opens the gradebook ten times for a student; an engine that is kept knows its statements.
nbgrader.api.create_engine = functools.cache(nbgrader.api.create_engine)
# What SQLite has opened, a child must not use.
os.register_at_fork(after_in_child=nbgrader.api.create_engine.cache_clear)


class CourseError(Exception):
    """What keeps a step from being done, in words for the instructor."""

    in_words = True


class Course:
    """A course folder with its gradebook."""

    def __init__(self, root, step_seconds=10.0):
        self.root, self.step_seconds = Path(root).resolve(), step_seconds
        self._rules = {}

    @property
    def db_url(self):
        """Where the gradebook is."""
        return f"sqlite:///{self.root}/gradebook.db?timeout=60"

    def source(self, problem_set):
        """Return the path of the instructor's notebook."""
        return self.root / "source" / problem_set / f"{problem_set}.ipynb"

    def released(self, problem_set):
        """Return the path of the student's notebook."""
        return self.root / "release" / problem_set / f"{problem_set}.ipynb"

    def submitted(self, problem_set, student):
        """Return the path of a student's notebook as it is graded."""
        return self.root / "submitted" / student / problem_set / f"{problem_set}.ipynb"

    def origin(self, problem_set, student):
        """Return the name under which a notebook came in; empty if nobody wrote it down."""
        path = self.submitted(problem_set, student).with_name("origin.txt")
        return path.read_text(encoding="utf-8") if path.exists() else ""

    def marker(self, problem_set, student):
        """Return the file that says that a notebook has been graded, from what, and why so."""
        return self.root / "graded" / problem_set / f"{student}.json"

    def converter(self, kind, problem_set, student="*"):
        """Return one of nbgrader's converters for this course."""
        config = configure(Config(), self.root, self.step_seconds)
        config.CourseDirectory.assignment_id = problem_set
        config.CourseDirectory.student_id = student
        converter = kind(coursedir=CourseDirectory(config=config), config=config)
        converter.force = True
        return converter

    def students(self):
        """Return the roster: students.csv as a list of dicts, empty without the file."""
        return export.read_roster(self.root / "students.csv")

    def groups(self, problem_set):
        """Return {group: members} of a set, as groups.toml has them."""
        roster = [student["id"] for student in self.students()]
        return read_groups(self.root / "groups.toml", problem_set, roster, self.sets())

    def sets(self):
        """Return the names of the sets that there are, or that were released."""
        released = (path.name for path in (self.root / "release").glob("*"))
        return sorted({*exercises.sets(), *released})

    def release(self, problem_set, variant=0):
        """Make the student's notebook, and put its cells and points into the gradebook."""
        self.root.mkdir(parents=True, exist_ok=True)
        self._write_config()
        source = exercises.source_notebook(problem_set, variant)
        self.source(problem_set).parent.mkdir(parents=True, exist_ok=True)
        nbformat.write(source, self.source(problem_set))
        rubrics = self.root / "rubrics" / f"{problem_set}.md"
        rubrics.parent.mkdir(exist_ok=True)
        rubrics.write_text(_rubrics(problem_set, variant))
        with quiet():
            self.converter(GenerateAssignment, problem_set).start()
        return self.released(problem_set)

    def _write_config(self):
        """Write the configuration with which nbgrader and its formgrader open this folder."""
        handin.write_if_changed(
            self.root / "nbgrader_config.py",
            "import sys\nfrom pathlib import Path\n\n"
            f"sys.path.insert(0, {str(ROOT)!r})\n\n"
            "from grading.settings import configure\n\n"
            "configure(get_config(), Path(__file__).resolve().parent)\n",
        )

    def variant(self, problem_set):
        """Return the variant that was released."""
        return self.notebook(problem_set).metadata.lossbook.variant

    def notebook(self, problem_set):
        """Return the notebook that was released."""
        path = self.released(problem_set)
        if not path.exists():
            raise CourseError(f"{problem_set} has not been released: make release PS={problem_set}")
        try:
            notebook = nbformat.read(path, as_version=4)
            notebook.metadata.lossbook.variant  # noqa: B018
        except (nbformat.reader.NotJSONError, nbformat.ValidationError, AttributeError, KeyError):
            raise CourseError(
                f"{path} is damaged: make release PS={problem_set} writes it again"
            ) from None
        return notebook

    def collect(self, problem_set):
        """Bring every hand-in into the form that was released; return remarks and problems."""
        place = self.root / "downloaded" / problem_set
        if not place.is_dir():
            raise CourseError(f"put the hand-ins into {place}: there is no such folder")
        released = self.notebook(problem_set)
        roster, groups = self.students(), self.groups(problem_set)
        found, remarks = handin.find(place, roster, groups)
        if not found:
            raise CourseError(f"there is no hand-in in {place}")
        found, shared = spread(found, groups)
        remarks += [*shared, *self._amiss(problem_set, found, {s["id"] for s in roster})]
        for student, hand_in in found.items():
            path = self.submitted(problem_set, student)
            own = variants.for_student(self, problem_set, hand_in.by or student, released)
            try:
                problem = confined(READING, _bring, hand_in, own, path)
            except Stopped as stopped:
                problem = f"it could not be read: {stopped}"
                _write(path, restore(b"", own, problem)[0])
            if problem:
                remarks.append(
                    f"{student}: {problem} ({hand_in.name!r}). Ask for the notebook, and put it "
                    f"there as {student}.ipynb"
                )
            when = datetime.fromtimestamp(hand_in.time, UTC)
            name = hand_in.name if hand_in.returned is None else hand_in.returned
            handin.write_if_changed(path.with_name("origin.txt"), name)
            handin.write_if_changed(
                path.with_name("timestamp.txt"), f"{when:%Y-%m-%d %H:%M:%S.%f} UTC\n"
            )
        return sorted(remarks)

    def _amiss(self, problem_set, found, roster):
        """Yield remarks on who handed in nothing, and on who was graded and should not be."""
        if missing := sorted(roster - set(found)):
            names = ", ".join(missing[:MANY]) + (" and others" if len(missing) > MANY else "")
            yield f"{len(missing)} of {len(roster)} in the roster handed in nothing: {names}"
        for student in self.handed_in(problem_set):
            if student in found:
                continue
            why = "there is no hand-in of this name any more: put it back"
            if roster and student not in roster:
                why = "they are not in the roster: write them into students.csv"
            yield (
                f"{student}: was collected before, and {why}, or take them out: "
                f"make remove PS={problem_set} STUDENT='{student}'"
            )

    def handed_in(self, problem_set):
        """Return everybody whose hand-in has been collected, now or before."""
        paths = (self.root / "submitted").glob(f"*/{problem_set}/{problem_set}.ipynb")
        return sorted(path.parts[-3] for path in paths)

    def waiting(self, problem_set):
        """Return the students whose hand-in has not been graded as it is now."""
        with Gradebook(self.db_url) as gradebook:
            known = {s.student.id for s in gradebook.assignment_submissions(problem_set)}
        return [
            s
            for s in self.handed_in(problem_set)
            if s not in known or self._graded(problem_set, s) != self._stamp(problem_set, s)
        ]

    def _graded(self, problem_set, student):
        try:
            return json.loads(self.marker(problem_set, student).read_text())["stamp"]
        except (FileNotFoundError, ValueError, KeyError):
            return None

    def _stamp(self, problem_set, student):
        """Return a digest of everything that a mark depends on."""
        submitted = self.submitted(problem_set, student).read_bytes()
        return hashlib.sha256(submitted + self.rules(problem_set).encode()).hexdigest()

    def rules(self, problem_set):
        """Return a digest of what one is graded by: the set, the grader and the package."""
        return self._now(problem_set).digest

    def _now(self, problem_set):
        if problem_set not in self._rules:
            self._rules[problem_set] = Rules(problem_set, self.source(problem_set))
        return self._rules[problem_set]

    def refuse_changes(self, problem_set):
        """Raise if what one is graded by has changed since this course looked at it first."""
        if changed := self._now(problem_set).changed():
            raise CourseError(
                f"{', '.join(map(str, changed))} changed while the command was running, so it "
                "writes no marks. Run it again: whoever was graded meanwhile is graded anew"
            )

    def tested(self, problem_set):
        """Return the file that says by which rules the self-test passed."""
        return self.root / "graded" / f"{problem_set}.selftest"

    def grade_one(self, problem_set, student):
        """Grade one notebook, then say so in its marker; return the remarks."""
        stamp = self._stamp(problem_set, student)
        self.refuse_changes(problem_set)
        marker = self.marker(problem_set, student)
        marker.unlink(missing_ok=True)
        words = Reviewed(self, problem_set, student)
        words.note()
        with quiet():
            self.converter(Autograde, problem_set, student).start()
        words.keep()
        remarks = SandboxedExecute.remarks.pop((student, problem_set), [])
        # Without a marker the next run grades this notebook again.
        self.refuse_changes(problem_set)
        handin.write_if_changed(marker, json.dumps({"stamp": stamp, "remarks": remarks}, indent=1))
        return remarks

    def feedback_one(self, problem_set, student):
        """Write the page that a student gets."""
        with quiet():
            self.converter(GenerateFeedback, problem_set, student).start()
        self.told(problem_set, student).touch()

    def told(self, problem_set, student):
        """Return the file that says when a student's page was complete."""
        return self.marker(problem_set, student).with_suffix(".told")

    def feedback_page(self, problem_set, student):
        """Return the path of the page that a student gets."""
        return self.root / "feedback" / student / problem_set / f"{problem_set}.html"

    def without_feedback(self, problem_set):
        """Return the graded students whose page is missing or older than their marks."""
        late = []
        for student in self.graded_students(problem_set):
            told, marker = self.told(problem_set, student), self.marker(problem_set, student)
            if not told.exists() or told.stat().st_mtime < marker.stat().st_mtime:
                late.append(student)
        return late

    def graded_students(self, problem_set):
        """Return everybody with a mark."""
        return sorted(path.stem for path in (self.root / "graded" / problem_set).glob("*.json"))

    def remarks(self, problem_set):
        """Return {student: remarks} of everybody with a mark."""
        return {
            s: json.loads(self.marker(problem_set, s).read_text())["remarks"]
            for s in self.graded_students(problem_set)
        }

    def forget(self, problem_set, student):
        """Let a student's notebook be graded again."""
        if not self.submitted(problem_set, student).exists():
            raise CourseError(f"{student} has handed in nothing for {problem_set}")
        self.marker(problem_set, student).unlink(missing_ok=True)

    def remove(self, problem_set, student):
        """Take a student out of a set: their hand-in, marks and pages; out of all if it was one."""
        with Gradebook(self.db_url) as gradebook, contextlib.suppress(MissingEntry):
            gradebook.remove_submission(problem_set, student)
            if not gradebook.student_submissions(student):
                gradebook.remove_student(student)
        gone = False
        for step in ("submitted", "autograded", "feedback"):
            folder = self.root / step / student
            gone = gone or (folder / problem_set).exists()
            if (folder / problem_set).exists():
                rmtree(str(folder / problem_set))
            with contextlib.suppress(OSError):
                folder.rmdir()
        for suffix in (".json", ".told", ".words"):
            self.marker(problem_set, student).with_suffix(suffix).unlink(missing_ok=True)
        if not gone:
            raise CourseError(f"{student} has handed in nothing for {problem_set}")
        place, groups = self.root / "downloaded" / problem_set, self.groups(problem_set)
        if student in spread(handin.find(place, self.students(), groups)[0], groups)[0]:
            raise CourseError(
                f"{student} is removed, but a file in downloaded/{problem_set} has that name, or "
                "is of their group: rename or delete it, or mend groups.toml, or the next run "
                "grades it again"
            )

    def prepare(self, problem_set):
        """Open the gradebook before several processes do; refuse one that lacks the set."""
        with Gradebook(self.db_url) as gradebook:
            try:
                gradebook.find_assignment(problem_set)
            except MissingEntry:
                raise CourseError(
                    f"the gradebook does not know {problem_set}: put back a copy of "
                    f"{self.root / 'gradebook.db'}, or run make release and make grade again; "
                    "points that persons gave stand in it alone"
                ) from None


@contextlib.contextmanager
def quiet():
    """Keep nbgrader's log, and say its last words if it gives up."""
    logger, said = logging.getLogger("traitlets"), ["nbgrader gives no reason"]
    before = logger.handlers, logger.level, logger.propagate
    listener = logging.Handler(logging.ERROR)
    listener.emit = lambda record: said.append(record.getMessage().strip())
    logger.handlers, logger.propagate = [listener], False
    logger.setLevel(logging.ERROR)
    try:
        yield
    except NbGraderException as error:
        # Its own words are only that a traceback is above: the last line of that says why.
        tracebacks = [text for text in said if text.startswith("Traceback")]
        last = (tracebacks or said)[-1].splitlines()
        if any("database is locked" in line for line in last):
            raise CourseError(LOCKED) from error
        raise CourseError(last[-1]) from error
    except OperationalError as error:
        raise CourseError(LOCKED if "locked" in str(error) else str(error.orig)) from error
    finally:
        logger.handlers, level, logger.propagate = before
        logger.setLevel(level)


def _bring(hand_in, released, path):
    """Read a hand-in and write it as it is graded; return why it cannot be read, if so."""
    content = hand_in.read()
    notebook, problem = restore(content, released, hand_in.problem)
    _write(path, notebook)
    return problem


def _write(path, notebook):
    handin.write_if_changed(path, nbformat.writes(notebook) + "\n")


def _rubrics(problem_set, variant):
    parts = [f"# Rubrics: {problem_set}\n"]
    for exercise in exercises.read_set(problem_set, variant)[1]:
        if exercise.written:
            parts.append(
                f"## {exercise.title} ({exercise.written_points} points)\n\n"
                f"{exercise.written}\n\n{exercise.rubric}\n"
            )
    return "\n".join(parts)

"""The course folder: nbgrader's own layout and gradebook, and the steps from release to export."""

import contextlib
import functools
import hashlib
import json
import logging
from datetime import UTC, datetime
from pathlib import Path

import nbformat
import nbgrader.api
import numpy as np
from nbconvert.preprocessors import ClearMetadataPreprocessor, CSSHTMLHeaderPreprocessor
from nbgrader.api import Gradebook, MissingEntry
from nbgrader.converters import Autograde, GenerateAssignment, GenerateFeedback
from nbgrader.converters.base import NbGraderException
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import (
    AssignLatePenalties,
    CheckCellMetadata,
    LimitOutput,
    SaveAutoGrades,
)
from nbgrader.server_extensions.formgrader.handlers import template_path
from nbgrader.utils import rmtree
from sqlalchemy.exc import OperationalError
from traitlets.config import Config

import lossbook
from grading import exercises, export, handin, variants
from grading.confined import Bounds, Stopped, confined
from grading.execute import SandboxedExecute
from grading.pages import PageExporter, Summary
from grading.restore import restore

ROOT = Path(__file__).resolve().parents[1]
LOCKED = (
    "the gradebook is in use: close the formgrader and every other program that has gradebook.db "
    "open, then run the command again"
)
READING = Bounds(cpu=20, wall=120)

# For every new gradebook nbgrader starts a program, seconds long, that tells the same version.
nbgrader.api.get_alembic_version = functools.cache(nbgrader.api.get_alembic_version)


class CourseError(Exception):
    """What keeps a step from being done, in words for the instructor."""

    in_words = True


def configure(config, root, step_seconds=10.0):
    """Set nbgrader up: the sandbox in place of Execute, everything else as nbgrader has it."""
    config.SandboxedExecute.step_seconds = step_seconds
    config.CourseDirectory.root = str(root)
    # Two processes write: the second waits for the first.
    config.CourseDirectory.db_url = f"sqlite:///{root}/gradebook.db?timeout=60"
    config.ClearSolutions.code_stub = {"python": 'raise NotImplementedError("not written yet")'}
    config.OverwriteCells.add_missing_cells = True
    config.Autograde.autograde_preprocessors = [
        SandboxedExecute,
        ClearMetadataPreprocessor,
        LimitOutput,
        SaveAutoGrades,
        AssignLatePenalties,
        CheckCellMetadata,
    ]
    config.GenerateFeedback.exporter_class = PageExporter
    config.GenerateFeedback.preprocessors = [Summary, CSSHTMLHeaderPreprocessor]
    # For feedback and formgrader alike, whose templates write a student's HTML as it is.
    config.HTMLExporter.filters = {"markdown2html": "grading.words.safe_markdown"}
    # Before nbgrader's own templates ours, which load no script from another host.
    config.HTMLExporter.extra_template_basedirs = [
        str(ROOT / "grading" / "templates"),
        template_path,
    ]
    return config


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
            "from grading.course import configure\n\n"
            "configure(get_config(), Path(__file__).resolve().parent)\n",
        )

    def variant(self, problem_set):
        """Return the variant that was released."""
        if not self.released(problem_set).exists():
            raise CourseError(f"{problem_set} has not been released: make release PS={problem_set}")
        notebook = nbformat.read(self.released(problem_set), as_version=4)
        return notebook.metadata.lossbook.variant

    def collect(self, problem_set):
        """Bring every hand-in into the form that was released; return remarks and problems."""
        place = self.root / "downloaded" / problem_set
        if not place.is_dir():
            raise CourseError(f"put the hand-ins into {place}: there is no such folder")
        released = nbformat.read(self.released(problem_set), as_version=4)
        found, remarks = handin.find(place, self.students())
        if not found:
            raise CourseError(f"there is no hand-in in {place}")
        for student, hand_in in found.items():
            path = self.submitted(problem_set, student)
            own = variants.for_student(self, problem_set, student, released)
            try:
                problem = confined(READING, _bring, hand_in, own, path)
            except Stopped as stopped:
                problem = f"it could not be read: {stopped}"
                _write(path, restore(b"", own, problem)[0])
            if problem:
                remarks.append(f"{student}: {problem}")
            when = datetime.fromtimestamp(hand_in.time, UTC)
            handin.write_if_changed(path.with_name("origin.txt"), hand_in.name)
            handin.write_if_changed(
                path.with_name("timestamp.txt"), f"{when:%Y-%m-%d %H:%M:%S.%f} UTC\n"
            )
        return sorted(remarks)

    def waiting(self, problem_set):
        """Return the students whose hand-in has not been graded as it is now."""
        folders = sorted((self.root / "submitted").glob(f"*/{problem_set}/{problem_set}.ipynb"))
        names = [path.parts[-3] for path in folders]
        return [s for s in names if self._graded(problem_set, s) != self._stamp(problem_set, s)]

    def _graded(self, problem_set, student):
        try:
            return json.loads(self.marker(problem_set, student).read_text())["stamp"]
        except FileNotFoundError:
            return None

    def _stamp(self, problem_set, student):
        """Return a digest of everything that a mark depends on."""
        submitted = self.submitted(problem_set, student).read_bytes()
        return hashlib.sha256(submitted + self.rules(problem_set).encode()).hexdigest()

    def rules(self, problem_set):
        """Return a digest of what one is graded by: the set, the grader and the package."""
        if problem_set not in self._rules:
            digest = hashlib.sha256(np.__version__.encode())
            for path in [
                self.source(problem_set),
                *sorted((exercises.folder() / problem_set).glob("*.py")),
                *sorted((ROOT / "grading").rglob("*.py")),
                *sorted(Path(lossbook.__file__).parent.rglob("*.py")),
            ]:
                digest.update(path.read_bytes())
            self._rules[problem_set] = digest.hexdigest()
        return self._rules[problem_set]

    def tested(self, problem_set):
        """Return the file that says by which rules the self-test passed."""
        return self.root / "graded" / f"{problem_set}.selftest"

    def grade_one(self, problem_set, student):
        """Grade one notebook, then say so in its marker; return the remarks."""
        stamp = self._stamp(problem_set, student)
        marker = self.marker(problem_set, student)
        marker.unlink(missing_ok=True)
        with quiet():
            self.converter(Autograde, problem_set, student).start()
        remarks = SandboxedExecute.remarks.pop((student, problem_set), [])
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
        if not handin.STUDENT.fullmatch(student):
            raise CourseError(f"{student!r} is no id of a student")
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
        for path in (self.marker(problem_set, student), self.told(problem_set, student)):
            path.unlink(missing_ok=True)
        if not gone:
            raise CourseError(f"{student} has handed in nothing for {problem_set}")
        if student in handin.find(self.root / "downloaded" / problem_set, self.students())[0]:
            raise CourseError(
                f"{student} is removed, but a file in downloaded/{problem_set} has that name: "
                "rename or delete it, or the next run grades it again"
            )

    def prepare(self):
        """Make the gradebook's tables before several processes ask for them."""
        with Gradebook(self.db_url):
            pass


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

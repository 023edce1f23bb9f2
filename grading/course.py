"""The course folder: nbgrader's own layout and gradebook, and the steps from release to export."""

import contextlib
import ctypes
import functools
import hashlib
import json
import logging
import signal
import time
import warnings
from concurrent.futures import ProcessPoolExecutor, as_completed
from datetime import UTC, datetime
from multiprocessing import get_context
from pathlib import Path

import nbformat
import nbgrader.api
import numpy as np
from nbconvert.preprocessors import ClearMetadataPreprocessor
from nbgrader.api import Gradebook
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
from sqlalchemy.exc import SAWarning
from traitlets.config import Config

import lossbook
from grading import exercises, export, handin
from grading.execute import SandboxedExecute
from grading.pages import PageExporter

ROOT = Path(__file__).resolve().parents[1]
STUDENT_SECONDS = 300
PR_SET_PDEATHSIG = 1  # linux/prctl.h

# For every new gradebook nbgrader starts a program, seconds long, that tells the same version.
nbgrader.api.get_alembic_version = functools.cache(nbgrader.api.get_alembic_version)


class CourseError(Exception):
    """What keeps a step from being done, in words for the instructor."""


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
            notebook, problem = handin.restore(hand_in, released)
            if problem:
                remarks.append(f"{student}: {problem}")
            path = self.submitted(problem_set, student)
            handin.write_if_changed(path, nbformat.writes(notebook) + "\n")
            when = datetime.fromtimestamp(hand_in.time, UTC)
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
        with quiet(), alarm(STUDENT_SECONDS):
            self.converter(Autograde, problem_set, student).start()
        remarks = SandboxedExecute.remarks.pop((student, problem_set), [])
        handin.write_if_changed(marker, json.dumps({"stamp": stamp, "remarks": remarks}, indent=1))
        return remarks

    def feedback_one(self, problem_set, student):
        """Write the page that a student gets."""
        with quiet(), alarm(STUDENT_SECONDS):
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

    def prepare(self):
        """Make the gradebook's tables before several processes ask for them."""
        with Gradebook(self.db_url):
            pass


@contextlib.contextmanager
def workers(count):
    """Give a pool of processes, none of which outlives this one."""
    # Not a fork server: its children keep it alive, and it would keep them.
    with ProcessPoolExecutor(count, get_context("spawn"), initializer=_begin) as pool:
        yield pool


def in_parallel(pool, step, course, problem_set, students, show):
    """Do a step for every student; return {student: why not} of failures."""
    failures, started = {}, time.monotonic()
    jobs = {pool.submit(_work, step, course, problem_set, s): s for s in students}
    for done, job in enumerate(as_completed(jobs), start=1):
        try:
            job.result()
        except Exception as error:
            kind = "" if isinstance(error, CourseError) else f"{type(error).__name__}: "
            failures[jobs[job]] = f"{kind}{error}"
        passed = time.monotonic() - started
        left = passed / done * (len(jobs) - done)
        show(f"{step}: {done} of {len(jobs)}, {passed:.0f} s, about {left:.0f} s left")
    return failures


def _begin():
    # Ctrl-C and a kill of the parent end the workers, and they their boxes.
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # nbgrader 0.9 lets its database layer warn about the order in which it makes new rows.
    warnings.filterwarnings("ignore", category=SAWarning)


def _work(step, course, problem_set, student):
    {"grade": course.grade_one, "feedback": course.feedback_one}[step](problem_set, student)


@contextlib.contextmanager
def alarm(seconds):
    """Stop what takes longer: a notebook can be slow to convert, too."""

    def stop(*_):
        raise TimeoutError(f"not done after {seconds} s")

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


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
        raise CourseError((tracebacks or said)[-1].splitlines()[-1]) from error
    finally:
        logger.handlers, level, logger.propagate = before
        logger.setLevel(level)


def _rubrics(problem_set, variant):
    parts = [f"# Rubrics: {problem_set}\n"]
    for exercise in exercises.read_set(problem_set, variant)[1]:
        if exercise.written:
            parts.append(
                f"## {exercise.title} ({exercise.written_points} points)\n\n"
                f"{exercise.written}\n\n{exercise.rubric}\n"
            )
    return "\n".join(parts)

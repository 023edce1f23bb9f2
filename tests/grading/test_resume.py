"""A kill at any point loses nothing, and nobody is graded twice."""

import json
import os
import re
import signal
import sqlite3
import subprocess
import sys
import time
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from unittest import mock

import nbformat
import pytest
from nbgrader.api import Gradebook
from nbgrader.converters import Autograde, GenerateFeedback
from nbgrader.preprocessors import SaveAutoGrades

from grading import InputError, export, handin, late
from grading.__main__ import main
from grading.course import Course
from grading.execute import SandboxedExecute
from grading.exercises import answered, read_set
from grading.parallel import in_parallel, workers
from grading.rules import ROOT, WRITERS

# nbgrader's gradebook warns of an order of its own that does no harm.
pytestmark = [
    pytest.mark.box,
    pytest.mark.filterwarnings("ignore:Object of type:sqlalchemy.exc.SAWarning"),
]

SET = "robust_line"
STUDENTS = [f"student{i:02}" for i in range(9)]
EXPECTED = {s: (15.0, 10.0, 0.0)[i % 3] for i, s in enumerate(STUDENTS)}


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """A released set, and hand-ins that nobody has looked at."""
    root = tmp_path_factory.mktemp("resumed")
    course = Course(root)
    course.release(SET)
    # The self-test of this set passes in test_exercises.py.
    handin.write_if_changed(course.tested(SET), course.rules(SET))
    released = nbformat.read(course.released(SET), as_version=4)
    solutions = {e.name: e.solution for e in read_set(SET)[1]}
    (root / "downloaded" / SET).mkdir(parents=True)
    for i, student in enumerate(STUDENTS):
        answers = [solutions, dict(list(solutions.items())[:2]), {}][i % 3]
        path = root / "downloaded" / SET / f"{student}.ipynb"
        nbformat.write(answered(released, answers), path)
    return course


def graded(course):
    return {s: course.marker(SET, s).stat().st_mtime_ns for s in course.graded_students(SET)}


def running(course):
    """Return the processes that work for this course, and boxes without a parent."""
    processes = []
    for place in Path("/proc").glob("[0-9]*"):
        try:
            words = (place / "cmdline").read_bytes().replace(b"\0", b" ").decode()
            folder = str((place / "cwd").readlink())
            parent = (place / "stat").read_text().rsplit(")", 1)[1].split()[1]
        except OSError:
            continue
        if str(course.root) in words + folder or ("inside.py" in words and parent == "1"):
            processes.append(words)
    return processes


def rows(course):
    """Return {student: how many (submissions, grades)} of the gradebook."""
    with Gradebook(course.db_url) as gradebook:
        found = {}
        for submission in gradebook.assignment_submissions(SET):
            many, grades = found.get(submission.student.id, (0, 0))
            grades += sum(len(notebook.grades) for notebook in submission.notebooks)
            found[submission.student.id] = many + 1, grades
    return found


def test_a_killed_run_goes_on_where_it_was(course):
    command = [sys.executable, "-m", "grading", "grade", SET, "--course", str(course.root)]
    done = {}
    for more in (1, 2):
        process = subprocess.Popen(
            command, stdout=subprocess.PIPE, text=True, start_new_session=True
        )
        while len(graded(course)) < len(done) + more and process.poll() is None:
            time.sleep(0.01)
        process.send_signal(signal.SIGKILL)
        process.communicate()
        for _ in range(100):
            if not running(course):
                break
            time.sleep(0.1)
        assert running(course) == []
        assert done.items() <= graded(course).items(), "nobody was graded twice"
        done = graded(course)
        assert 0 < len(done) < len(STUDENTS)
    assert main([*command[3:], "--workers", "1"]) == 0
    assert done.items() <= graded(course).items()
    scores, _ = export.marks(course.db_url, SET)
    assert {s: score for s, (score, _) in scores.items()} == EXPECTED
    assert rows(course) == dict.fromkeys(STUDENTS, (1, 7))
    assert course.without_feedback(SET) == []


def killed_at(point, nth, step):
    """Do a step in a child that is killed at the n-th call of a function; return the status."""
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    owner, name = point
    original, calls = getattr(owner, name), []

    def fatal(*arguments, **options):
        calls.append(1)
        if len(calls) == nth:
            os.kill(os.getpid(), signal.SIGKILL)
        return original(*arguments, **options)

    with mock.patch.object(owner, name, fatal):
        step()
    os._exit(0)


@pytest.mark.parametrize(
    ("point", "nth"),
    [
        ((Autograde, "init_assignment"), 1),
        ((Autograde, "convert_single_notebook"), 1),
        ((SandboxedExecute, "preprocess"), 1),
        ((SaveAutoGrades, "_add_score"), 3),
        ((Autograde, "write_single_notebook"), 2),
        ((Autograde, "set_permissions"), 1),
        ((handin, "write_if_changed"), 1),
        ((Path, "replace"), 1),
    ],
    ids=lambda value: value[1] if isinstance(value, tuple) else str(value),
)
def test_a_kill_at_any_step_of_grading_is_repaired(course, point, nth):
    student = STUDENTS[0]
    course.collect(SET)
    if student in course.waiting(SET):
        course.grade_one(SET, student)
    course.forget(SET, student)
    assert killed_at(point, nth, lambda: course.grade_one(SET, student)) == -signal.SIGKILL
    assert student in course.waiting(SET)
    course.grade_one(SET, student)
    assert student not in course.waiting(SET)
    assert export.marks(course.db_url, SET)[0][student] == (15.0, 0)
    assert rows(course)[student] == (1, 7)


def test_a_kill_while_a_page_is_written_leaves_no_half_page_behind(course):
    student = STUDENTS[1]
    course.collect(SET)
    course.grade_one(SET, student)
    point = (GenerateFeedback, "set_permissions")
    assert killed_at(point, 1, lambda: course.feedback_one(SET, student)) == -signal.SIGKILL
    assert student in course.without_feedback(SET)
    course.feedback_one(SET, student)
    assert student not in course.without_feedback(SET)


def test_progress_is_told_and_one_failure_stops_nobody(course, capsys):
    path = course.submitted(SET, STUDENTS[2])
    course.collect(SET)
    text = path.read_text()
    path.write_text("damaged on the disk")
    for student in STUDENTS[:2]:
        course.forget(SET, student)
    # Collecting would repair it, so only the step after it runs here.
    with workers(1) as pool:
        failed = in_parallel(pool, "grade", course, SET, course.waiting(SET), print)
    assert list(failed) == [STUDENTS[2]]
    assert "JSON" in failed[STUDENTS[2]], "the reason, and not that a traceback is above"
    printed = capsys.readouterr().out
    assert "grade: 1 of" in printed
    assert "s left" in printed
    assert set(STUDENTS[:2]) <= set(graded(course))
    assert json.loads(course.marker(SET, STUDENTS[0]).read_text())["remarks"] == []
    path.write_text(text)


def test_a_gradebook_that_is_in_use_is_told_in_words(course, capsys, monkeypatch):
    student = STUDENTS[3]
    course.collect(SET)
    course.forget(SET, student)
    monkeypatch.setattr(
        Course, "db_url", property(lambda c: f"sqlite:///{c.root}/gradebook.db?timeout=0")
    )
    held = sqlite3.connect(course.root / "gradebook.db")
    held.execute("begin exclusive")
    try:
        assert main(["grade", SET, "--course", str(course.root), "--workers", "1"]) == 1
    finally:
        held.rollback()
        held.close()
    words = capsys.readouterr().err
    assert "the gradebook is in use" in words
    assert "Traceback" not in words


def test_a_first_hand_in_can_be_regraded_and_a_slip_of_a_name_removed(course, capsys):
    inbox, options = (
        course.root / "downloaded" / SET,
        ["--course", str(course.root), "--workers", "1"],
    )
    (inbox / "evee.ipynb").write_bytes((inbox / f"{STUDENTS[0]}.ipynb").read_bytes())
    assert main(["regrade", SET, "--student", "evee", *options]) == 0
    assert export.marks(course.db_url, SET)[0]["evee"] == (15.0, 0)
    assert main(["remove", SET, "--student", "evee", *options]) == 1
    assert "a file in downloaded/robust_line has that name" in capsys.readouterr().err
    (inbox / "evee.ipynb").unlink()
    assert main(["remove", SET, "--student", "nobody", *options]) == 1
    assert "nobody has handed in nothing" in capsys.readouterr().err
    (inbox / "evee.ipynb").write_bytes((inbox / f"{STUDENTS[0]}.ipynb").read_bytes())
    assert main(["regrade", SET, "--student", "evee", *options]) == 0
    (inbox / "evee.ipynb").unlink()
    assert main(["remove", SET, "--student", "evee", *options]) == 0
    assert "evee" not in export.marks(course.db_url, SET)[0]
    for path in (course.root / "exports").glob(f"{SET}*"):
        assert b"evee" not in path.read_bytes(), path
    assert not course.feedback_page(SET, "evee").exists()


def test_what_nobody_foresaw_is_no_traceback(course, capsys, monkeypatch):
    monkeypatch.setattr(Course, "collect", lambda *_: 1 / 0)
    assert main(["grade", SET, "--course", str(course.root)]) == 1
    words = capsys.readouterr().err
    assert words.startswith("grade: ZeroDivisionError, which nobody expected.")
    assert "Traceback" not in words
    assert "1 / 0" in (course.root / "error.txt").read_text()


def test_late_days_cost_what_the_rule_says_and_nobody_falls_below_nothing(course):
    options = ["--course", str(course.root), "--workers", "1"]
    rule = course.root / "deadlines.toml"
    due = datetime.now(UTC) - timedelta(hours=36)
    rule.write_text(f"lost_each_day = 0.1\n[due]\n{SET} = {due.isoformat()}\n")
    assert main(["grade", SET, *options]) == 0
    lost = 2 * 0.1 * 19
    scores = {s: score for s, (score, _) in export.marks(course.db_url, SET)[0].items()}
    assert scores == {s: pytest.approx(max(0, mark - lost)) for s, mark in EXPECTED.items()}
    report = (course.root / "exports" / f"{SET}_report.txt").read_text()
    assert f"{STUDENTS[0]}: 11.2 of 19, 2 days late" in report
    assert (
        "Late submission penalty (Score: -3.8)"
        in course.feedback_page(SET, STUDENTS[0]).read_text()
    )
    rule.unlink()
    assert main(["grade", SET, *options]) == 0
    scores = {s: score for s, (score, _) in export.marks(course.db_url, SET)[0].items()}
    assert scores == EXPECTED


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ("due = 3", "expected"),
        ("[due]\ngradients = 2026-10-05", "expected a time with its zone"),
        ("lost_each_day = 10\n", "expected a share from 0 to 1"),
        ("lost = = 1", "is not TOML"),
    ],
)
def test_a_rule_that_cannot_be_meant_is_refused(tmp_path, rule, words):
    (tmp_path / "deadlines.toml").write_text(rule)
    with pytest.raises(InputError, match=words):
        late.read_rule(tmp_path / "deadlines.toml")


def test_pages_are_packed_and_the_class_is_described(course, capsys):
    with zipfile.ZipFile(course.root / "exports" / f"{SET}_feedback.zip") as archive:
        assert sorted(archive.namelist()) == [f"{s}/{SET}.html" for s in STUDENTS]
    assert main(["report", SET, "--course", str(course.root)]) == 0
    text = capsys.readouterr().out
    # Six of nine wrote the first two exercises, three of them the last one, too.
    assert "| standardize | 0.67 | 67% | 33% | 0.87 |" in text
    assert "| suspects | 0.33 | 33% | 67% | 0.50 |" in text
    assert "| 6 | suspects | Not written yet" in text


def imported(name, seen):
    """Return the modules of the grader that one imports, directly or not."""
    path = ROOT / "grading" / f"{name}.py"
    if name in seen or not path.exists():
        return seen
    seen.add(name)
    for found in re.findall(r"^\s*from grading\.(\w+) import", path.read_text(), re.MULTILINE):
        imported(found, seen)
    return seen


def test_a_change_of_what_marks_depend_on_lets_everybody_be_graded_again_and_no_other():
    deciding = imported("execute", imported("restore", imported("reviewed", set())))
    assert {"box", "hidden", "sandbox", "exercises", "shown"} - deciding <= {"box"}
    assert deciding & WRITERS == set()
    assert {p.stem for p in (ROOT / "grading").glob("*.py")} >= WRITERS

"""A set that changes while hand-ins are graded: it is said, and nobody keeps a mark of it."""

import os
import shutil

import nbformat
import pytest

from grading import __main__ as commands
from grading import export, handin, private
from grading.course import Course, CourseError
from grading.exercises import answered, read_set

SET, STUDENTS = "example", ["ada", "ben", "cleo"]
FILE = "1_penalized_risk.py"


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A set of one's own, and a course for which it was released."""
    root = tmp_path_factory.mktemp("made")
    folder = private.make(root / "private") / "sets"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LOSSBOOK_ASSIGNMENTS", str(folder))
        course = Course(root / "course")
        course.release(SET)
        # The self-test of this set passes in test_private.py.
        handin.write_if_changed(course.tested(SET), course.rules(SET))
    return root


@pytest.fixture
def sets(made, tmp_path, monkeypatch):
    """A copy of the set, which a test may change."""
    folder = shutil.copytree(made / "private" / "sets", tmp_path / "private" / "sets")
    monkeypatch.setenv("LOSSBOOK_ASSIGNMENTS", str(folder))
    return folder


@pytest.fixture
def course(made, sets, tmp_path):
    """A copy of the course."""
    return Course(shutil.copytree(made / "course", tmp_path / "course"))


def exchange(path, other):
    """Put another file in the place of one, and that one aside, as ``git stash`` might."""
    aside = path.with_suffix(".aside")
    path.rename(aside)
    other.rename(path)
    aside.rename(other)


@pytest.mark.box
def test_two_files_exchanged_and_put_back_while_grading_leave_no_wrong_mark(
    course, sets, monkeypatch, capsys
):
    released = nbformat.read(course.released(SET), as_version=4)
    right = answered(released, {e.name: e.solution for e in read_set(SET)[1]})
    inbox = course.root / "downloaded" / SET
    inbox.mkdir(parents=True)
    for student in STUDENTS:
        nbformat.write(right, inbox / f"{student}.ipynb")
    path, other = sets / SET / FILE, sets / "other.py"
    other.write_text(path.read_text().replace("risk = np.mean(", "risk = np.sum("))
    told = []

    def exchanging(line):
        """Exchange the two after the first hand-in, and again after the second."""
        told.append(line)
        if len(told) in (1, 2):
            exchange(path, other)

    monkeypatch.setattr(commands, "show", exchanging)
    command = ["grade", SET, "--course", str(course.root), "--workers", "1"]
    assert commands.main(command) == 1
    said = capsys.readouterr().err
    assert f"{path} changed while the command was running, so it writes no marks. Run it" in said
    assert course.graded_students(SET) == ["ada"]
    assert not (course.root / "exports").exists(), "no mark leaves"
    monkeypatch.setattr(commands, "show", str)
    assert commands.main(command) == 0
    scores, most = export.marks(course.db_url, SET)
    assert {s: score for s, (score, _) in scores.items()} == dict.fromkeys(STUDENTS, most - 3)


def rewrite(path):
    path.write_text(path.read_text())


def put_back(path):
    exchange(path, path.with_name("2_penalty_gradient.py"))
    exchange(path, path.with_name("2_penalty_gradient.py"))


def one_more(path):
    shutil.copy(path, path.with_name("3_penalized_risk.py"))


@pytest.mark.parametrize("change", [rewrite, os.remove, put_back, one_more])
def test_whatever_happens_to_a_file_of_the_set_it_is_named(course, sets, change):
    course.refuse_changes(SET)
    change(sets / SET / FILE)
    with pytest.raises(CourseError, match=r"[13]_penalized_risk\.py"):
        course.refuse_changes(SET)
    Course(course.root).refuse_changes(SET)


def test_what_no_mark_depends_on_may_change(course, sets):
    course.refuse_changes(SET)
    (sets / "another").mkdir()
    (sets / "another" / FILE).write_text("")
    (sets / SET / "README.md").touch()
    (sets / SET / ".#1_penalized_risk.py").symlink_to("what Emacs leaves beside an open file")
    (course.root / "students.csv").write_text("id\nada\n")
    course.refuse_changes(SET)


def test_a_set_that_changes_during_its_self_test_does_not_count_as_tested(
    course, sets, monkeypatch
):
    course.tested(SET).unlink()

    def tested(course, problem_set):
        rewrite(sets / SET / FILE)
        return []

    monkeypatch.setattr(commands.selftest, "test_release", tested)
    with pytest.raises(CourseError, match=FILE):
        commands.need_self_test(course, SET)
    assert not course.tested(SET).exists()

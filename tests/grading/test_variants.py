"""A variant for each student: other numbers, the same fairness."""

from pathlib import Path

import nbformat
import pytest
from nbgrader.api import Gradebook

from grading import variants
from grading.__main__ import main
from grading.course import Course
from grading.exercises import VARIANTS, answered, read_set, sets
from grading.variants import differing, told, variant_of

ROOT = Path(__file__).resolve().parents[2]
SET = "robust_line"
# Each of another variant, and one who hands in what a neighbor wrote.
STUDENTS = {"carl": 0, "ada": 1, "emmy": 2, "noether": 3, "copier": 2}


def test_at_least_half_of_the_exercises_differ_between_variants():
    found = {name: differing(name) for name in sets()}
    assert all(found.values())
    some, every = sum(map(len, found.values())), sum(len(read_set(name)[1]) for name in sets())
    assert 2 * some >= every
    page = ROOT / "chapters" / "instructors" / "release_and_grade.md"
    assert f"In every sample set some do, and {some} of all {every}." in page.read_text()


@pytest.mark.parametrize("problem_set", sets())
def test_what_differs_asks_and_expects_something_else_in_each_variant(problem_set):
    by_variant = [read_set(problem_set, v)[1] for v in range(VARIANTS)]
    for name in differing(problem_set):
        same = [next(e for e in exercises if e.name == name) for exercises in by_variant]
        assert len({e.prompt for e in same}) == VARIANTS
        assert len({e.visible_check for e in same}) == VARIANTS
        assert len({e.solution for e in same}) == VARIANTS
        assert len({(e.visible, e.hidden, e.written_points) for e in same}) == 1
        assert len({tuple((w.points, w.says) for w in e.wrong) for e in same}) == 1


def test_the_rule_from_an_id_to_a_variant_uses_all_of_them_and_changes_with_the_set():
    names = [f"student{number}" for number in range(400)]
    for name in sets()[:2]:
        chosen = [variant_of(name, student) for student in names]
        assert min(chosen.count(v) for v in range(VARIANTS)) > 70
    together = [variant_of("descent", s) == variant_of("concepts", s) for s in names]
    assert 70 < sum(together) < 140


def test_a_set_without_variants_says_so(tmp_path, monkeypatch):
    exercise = tmp_path / "plain" / "1_one.py"
    exercise.parent.mkdir()
    (exercise.parent / "README.md").write_text("# Plain")
    header = (
        'title = "One"\noutcome = "count"\nlevel = 1\nminutes = 5\nchapter = "a/b"\n'
        'equation = "eq"\nvisible = 1\nhidden = 0'
    )
    lines = "\n".join(f"# {line}" for line in header.splitlines())
    exercise.write_text(
        f"# /// exercise\n{lines}\n# ///\n# %% prompt\n# One.\n"
        "# %% solution\ndef one():\n    return 1\n"
    )
    monkeypatch.setenv("LOSSBOOK_ASSIGNMENTS", str(tmp_path))
    assert told("plain", 3) == "plain has no variants: VARIANT=3 changes nothing"


@pytest.mark.box
def test_each_needs_a_roster(tmp_path, capsys):
    assert main(["release", SET, "--course", str(tmp_path), "--variant", "each"]) == 1
    assert "VARIANT=each needs to know your students: write" in capsys.readouterr().err
    assert not Course(tmp_path).released(SET).exists()


@pytest.fixture(scope="module")
def taught(tmp_path_factory):
    """Release a variant to each student, let them hand in, and grade them."""
    root = tmp_path_factory.mktemp("each")
    course = Course(root)
    (root / "students.csv").write_text("\n".join(["id,first_name", *(f"{s}," for s in STUDENTS)]))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(variants, "variant_of", lambda problem_set, student: STUDENTS[student])
        assert main(["release", SET, "--course", str(root), "--variant", "each"]) == 0
        (root / "downloaded" / SET).mkdir(parents=True)
        for student, variant in STUDENTS.items():
            given = nbformat.read(root / "handouts" / SET / f"{student}.ipynb", as_version=4)
            wrote = variant if student != "copier" else 1
            solutions = {e.name: e.solution for e in read_set(SET, wrote)[1]}
            nbformat.write(
                answered(given, solutions), root / "downloaded" / SET / f"{student}.ipynb"
            )
        assert main(["grade", SET, "--course", str(root), "--workers", "1"]) == 0
    return course


@pytest.mark.box
def test_each_student_gets_their_own_numbers(taught):
    texts = {
        student: (taught.root / "handouts" / SET / f"{student}.ipynb").read_text()
        for student in STUDENTS
    }
    assert "from the smallest index to the largest" in texts["carl"]
    assert "years from 1950 on" in texts["ada"]
    assert "years from 1896 on" in texts["emmy"]
    assert texts["emmy"] == texts["copier"]


@pytest.mark.box
def test_right_answers_get_all_points_in_every_variant_and_a_neighbors_do_not(taught):
    with Gradebook(taught.db_url) as gradebook:
        points = {s: gradebook.find_submission(SET, s).score for s in STUDENTS}
    assert points == {"carl": 15.0, "ada": 15.0, "emmy": 15.0, "noether": 15.0, "copier": 0.0}


@pytest.mark.box
def test_the_page_shows_the_check_of_the_own_variant(taught):
    page = taught.feedback_page(SET, "emmy").read_text()
    assert "1896" in page
    assert "1950" not in page

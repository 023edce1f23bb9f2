"""A repository for sets of one's own is made by one command, and its own test passes."""

import subprocess

import numpy as np
import pytest
from nbgrader.utils import determine_grade

from grading import InputError, private
from grading import __main__ as commands
from grading.execute import run_notebook
from grading.exercises import ROOT, answered, read_set, source_notebook
from grading.hidden import verdict, words
from grading.named import named, named_beside
from lossbook.mistakes import WORDS
from lossbook.recognize import every_sentence
from lossbook.transformations import MISTAKES


@pytest.fixture
def repository(tmp_path, monkeypatch):
    folder = private.make(tmp_path / "our sets")
    monkeypatch.setenv("LOSSBOOK_ASSIGNMENTS", str(folder / "sets"))
    return folder


def test_it_has_what_the_public_sets_have_and_git_ignores_hand_ins(repository):
    exercises = read_set("example")[1]
    assert all(e.hidden and len(e.wrong) >= 3 and e.numbers for e in exercises)
    assert any(e.written and e.rubric for e in exercises)
    assert (repository / ".gitignore").read_text() == "_course/\n"
    assert str(ROOT) in (repository / "Makefile").read_text()


@pytest.mark.parametrize("variant", range(4))
def test_each_wrong_answer_gets_its_points_and_is_told_its_mistake(repository, variant):
    for exercise in read_set("example", variant)[1]:
        for code, points, says in [
            (exercise.solution, exercise.visible + exercise.hidden, ""),
            *((wrong.code, wrong.points, wrong.says) for wrong in exercise.wrong),
        ]:
            scope = {"np": np}
            exec(code, scope)
            earned, told = exercise.visible, ""
            try:
                exec(exercise.visible_check, scope)
            except AssertionError:
                earned = 0
            found = verdict(exercise, scope[exercise.name], variant)
            if not all(found.passed):
                told = words(exercise, found)
            assert earned + exercise.hidden * found.share == points, code
            assert says in told


HALF = """
def penalty_gradient(parameters):
    return 0.5 * np.append(0.0, parameters[1:])
"""
SUM = """
def penalized_risk(parameters, errors):
    return np.sum(errors**2) + 0.5 * np.sum(parameters[1:] ** 2)
"""
ROOT_OF_IT = """
def penalized_risk(parameters, errors):
    return np.sqrt(np.mean(errors**2) + 0.5 * np.sum(parameters[1:] ** 2))
"""


def visible(answers):
    """Return {exercise: (what its visible check tells, the line of the report)} of answers."""
    source = source_notebook("example")
    checks = {
        cell.metadata.nbgrader.grade_id: cell.source
        for cell in source.cells
        if cell.cell_type == "code" and cell.metadata.nbgrader.grade
    }
    notebook = answered(source, answers)
    remarks = run_notebook(notebook, checks, 0)
    found = {}
    for name in answers:
        (cell,) = (c for c in notebook.cells if c.id == f"{name}-check")
        (line,) = (r for r in remarks if r.startswith(f"{name}-check: "))
        assert determine_grade(cell)[0] == 0
        found[name] = "".join(cell.outputs[-1].traceback), line
    return found


@pytest.mark.box
def test_who_fails_a_visible_assertion_is_told_the_usual_mistake_too(repository):
    told = visible({"penalized_risk": ROOT_OF_IT, "penalty_gradient": HALF})
    for name, author, mistake in [
        ("penalized_risk", "expected 4.0, got 2.0", WORDS["root"][1]),
        ("penalty_gradient", "expected [0.0, 1.0], got [0.  0.5]", WORDS["half"][1]),
    ]:
        page, line = told[name]
        own, added = page.split("\n")
        assert own.endswith(author)
        assert added.startswith(mistake)
        assert added in every_sentence(MISTAKES, ["parameters", "errors"]), "no number is told"
        assert mistake in line


@pytest.mark.box
def test_an_assertion_without_words_is_told_beside_the_right_exercise(repository):
    path = repository / "sets" / "example" / "2_penalty_gradient.py"
    text = path.read_text()
    begin, end = text.index("assert np.allclose(_found"), text.index("# %% hidden")
    path.write_text(f"{text[:begin]}assert _found[1] == 2 * {{strength}}\n\n\n{text[end:]}")
    told = visible({"penalized_risk": SUM, "penalty_gradient": HALF})
    assert told["penalized_risk"][1].endswith("got 8.0")
    _, line = told["penalty_gradient"]
    assert line.startswith(f"penalty_gradient-check: AssertionError {WORDS['half'][1]}")


@pytest.mark.box
def test_what_one_visible_call_suggests_is_not_told_where_the_hidden_calls_differ(repository):
    """A sum over three errors is here by chance twice the right result."""
    page, line = visible({"penalized_risk": SUM})["penalized_risk"]
    assert page.endswith("expected 4.0, got 8.0")
    assert line.endswith("expected 4.0, got 8.0")
    (exercise, _) = read_set("example")[1]
    call = (np.array([3.0, 2.0]), np.array([1.0, -1.0, 2.0])), 8.0
    assert WORDS["twice"][1] in named(exercise, [call])
    assert named_beside(exercise, [call], []) == "", "one call is no evidence"


@pytest.mark.box
def test_its_own_test_runs_the_self_test_of_every_set(repository, monkeypatch, capsys):
    planned = subprocess.run(
        ["make", "-n", "try", "PS=example"],
        cwd=repository,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert f'make --no-print-directory -C "{ROOT}" try COURSE="{repository}/_course"' in planned
    monkeypatch.setattr(commands, "VARIANTS", 1)
    assert commands.main(["try", "example", "--course", str(repository / "_course")]) == 0
    assert "self-test: every answer of example gets its mark" in capsys.readouterr().out
    assert not (repository / "_course").exists(), "nothing is released"


def test_a_set_without_its_introduction_is_not_passed_over(repository, capsys):
    (repository / "sets" / "mine").mkdir()
    planned = subprocess.run(
        ["make", "-n", "test"], cwd=repository, capture_output=True, text=True, check=True
    ).stdout
    assert "for set in example mine; do" in planned
    with pytest.raises(SystemExit):
        commands.main(["try", "mine"])
    assert "mine has no README.md, the introduction of the set" in capsys.readouterr().err


def test_every_command_for_a_course_is_passed_on():
    text = (private.TEMPLATE / "Makefile").read_text()
    (passed,) = (line for line in text.splitlines() if line.startswith("release "))
    assert set(passed.rstrip(":").split()) == set(commands.COMMANDS) - {"export"}


def test_a_folder_that_is_public_or_in_use_is_refused(repository):
    with pytest.raises(InputError, match="is inside this repository, which is public"):
        private.make(ROOT / "chapters" / "private")
    with pytest.raises(InputError, match="is there already"):
        private.make(repository)

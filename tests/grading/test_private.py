"""A repository for sets of one's own is made by one command, and its own test passes."""

import subprocess

import numpy as np
import pytest

from grading import InputError, private
from grading import __main__ as commands
from grading.exercises import ROOT, read_set
from grading.hidden import verdict, words


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


def test_every_command_for_a_course_is_passed_on():
    text = (private.TEMPLATE / "Makefile").read_text()
    (passed,) = (line for line in text.splitlines() if line.startswith("release "))
    assert set(passed.rstrip(":").split()) == set(commands.COMMANDS) - {"export"}


def test_a_folder_that_is_public_or_in_use_is_refused(repository):
    with pytest.raises(InputError, match="is inside this repository, which is public"):
        private.make(ROOT / "chapters" / "private")
    with pytest.raises(InputError, match="is there already"):
        private.make(repository)

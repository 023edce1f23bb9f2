"""What other programs take: Gradescope's results, Otter's tests; and the solutions for students."""

import json
import os
import subprocess
import sys
import types
import zipfile
from pathlib import Path

import jsonschema
import numpy as np
import pytest

from grading import exercises, gradescope, otter, solutions
from grading.exercises import read_set, sets
from tests.grading.conftest import SET
from tests.grading.telling import squeezed
from tests.grading.test_term import seminar

SCHEMA = json.loads(Path(__file__).with_name("gradescope.schema.json").read_text())
ALL = [exercise for name in sets() for exercise in read_set(name, 1)[1]]


def test_results_have_the_form_and_the_points_of_gradescope(term):
    scores, _ = term["marks"]
    found = gradescope.results(term["course"], SET)
    assert set(found) == set(scores)
    for student, result in found.items():
        jsonschema.validate(result, SCHEMA)
        assert result["score"] == scores[student][0]
        assert sum(test["score"] for test in result["tests"]) == pytest.approx(result["score"])
        assert sum(test["max_score"] for test in result["tests"]) == 24
        assert [test["number"] for test in result["tests"]][-2:] == ["4.2", "4.3"]
    told = {test["name"]: test["output"] for test in found["listed_mistakes"]["tests"]}
    first = "The gradient of the mean squared error"
    assert "a factor 2 is missing" in told[f"{first}: check"]
    assert "a factor 2 is missing" in told[f"{first}: hidden cases"]
    assert found["script_in_words"]["tests"][-1]["output"] == "waits for a grader"
    assert "a link" in found["links_to_the_solution"]["output"]


def test_the_schema_refuses_what_gradescope_would():
    for wrong in ({}, {"score": "4"}, {"tests": [{"name": "x"}]}, {"score": 1, "visibility": "no"}):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(wrong, SCHEMA)


def test_the_autograder_hands_out_what_was_graded_and_makes_up_nothing(term, tmp_path):
    course = seminar(term, tmp_path / "course")
    (course.root / "students.csv").write_text("id,email\nright,Ada@Example.org\nsplit,\n")
    path, remarks = gradescope.write(course, SET)
    assert any(r.startswith("split: no e-mail address in students.csv") for r in remarks)
    place = tmp_path / "autograder"
    with zipfile.ZipFile(path) as archive:
        assert {"setup.sh", "run_autograder"} <= set(archive.namelist()), "in the root"
        assert all(archive.getinfo(n).external_attr >> 16 & 0o100 for n in ("run_autograder",))
        archive.extractall(place / "source")
    (place / "results").mkdir()

    def submit(*emails):
        about = {"users": [{"email": email, "id": 1, "name": "A"} for email in emails]}
        (place / "submission_metadata.json").write_text(json.dumps(about))
        return subprocess.run(
            [sys.executable, place / "source" / "run_autograder"],
            env=os.environ | {"AUTOGRADER": str(place)},
            capture_output=True,
            text=True,
            check=False,
        )

    assert submit("nobody@example.org", "ada@example.org").returncode == 0
    result = json.loads((place / "results" / "results.json").read_text())
    assert result == gradescope.results(course, SET)["right"]
    (place / "results" / "results.json").unlink()
    refused = submit("eve@example.org")
    assert refused.returncode == 1
    assert "no mark is known for eve@example.org" in refused.stderr
    assert list((place / "results").iterdir()) == []


class OtterCase:
    """What Otter 7 makes of a test file: the decorator keeps the function and its points."""

    def __init__(self, name=None, points=None, hidden=False):
        self.points, self.hidden = points, hidden

    def __call__(self, function):
        self.function = function
        return self


def points_by_otter(text, env):
    module = types.ModuleType("otter.test_files")
    module.test_case = OtterCase
    before = {name: sys.modules.get(name) for name in ("otter", "otter.test_files")}
    sys.modules |= {"otter": types.ModuleType("otter"), "otter.test_files": module}
    try:
        scope = {}
        exec(text, scope)
    finally:
        for name, value in before.items():
            sys.modules.pop(name) if value is None else sys.modules.update({name: value})
    assert scope["OK_FORMAT"] is False
    earned = 0
    for case in (value for value in scope.values() if isinstance(value, OtterCase)):
        try:
            with np.errstate(all="ignore"):
                case.function(env)
        except Exception:
            continue
        earned += case.points
    return earned


@pytest.mark.parametrize("exercise", ALL, ids=lambda e: e.name)
def test_otter_gives_the_points_that_the_self_test_demands(exercise):
    text = otter.test_file(exercise, 1)
    assert points_by_otter(text, {}) == 0, "nothing is defined"
    answers = [(exercise.solution, exercise.visible + exercise.hidden)]
    answers += [(wrong.code, wrong.points) for wrong in exercise.wrong]
    for code, points in answers:
        scope = {"np": np}
        exec("import lossbook\n" + code, scope)
        assert points_by_otter(text, scope) == pytest.approx(points, abs=0.01), code


def test_otter_takes_the_checks_of_a_set_of_ones_own(monkeypatch):
    template = exercises.ROOT / "grading" / "templates" / "private" / "sets"
    monkeypatch.setenv("LOSSBOOK_ASSIGNMENTS", str(template))
    for exercise in read_set("example", 2)[1]:
        test_otter_gives_the_points_that_the_self_test_demands(exercise)


@pytest.mark.box
def test_the_solutions_are_run_and_tell_no_hidden_case(term, tmp_path):
    course = seminar(term, tmp_path / "course")
    (path,), warning = solutions.write(course, SET)
    assert (path, warning) == (course.root / "solutions" / SET / f"{SET}.ipynb", "")
    text = path.read_text()
    cells = json.loads(text)["cells"]
    sources = squeezed("".join("".join(cell["source"]) for cell in cells))
    for exercise in read_set(SET)[1]:
        assert all(squeezed(line) in sources for line in exercise.solution_lines)
        hidden = [line for line in exercise.hidden_check.splitlines() if len(line) > 25]
        assert not any(squeezed(line) in squeezed(text) for line in hidden)
        if exercise.written:
            assert squeezed(exercise.rubric) in sources
    for mark in ("BEGIN SOLUTION", "HIDDEN", "hidden(", "nbgrader", "NotImplementedError"):
        assert mark not in text
    outputs = ["".join(o["text"]) for c in cells for o in c.get("outputs", []) if "text" in o]
    assert sum("passed" in output for output in outputs) == 4
    assert not any(o["output_type"] == "error" for c in cells for o in c.get("outputs", []))


@pytest.mark.box
def test_before_the_deadline_the_solutions_come_with_a_warning(term, tmp_path):
    course = seminar(term, tmp_path / "course")
    rule = f"[due]\n{SET} = 2999-01-01T00:00:00+00:00\n"
    (course.root / "deadlines.toml").write_text(rule)
    assert "keep the solutions to yourself until then" in solutions.write(course, SET)[1]

"""Every file of the course folder that the handbook names is there once a term was played."""

import re
import shutil
import subprocess
from pathlib import Path

import nbformat

from grading import export, late
from tests.grading.conftest import SET

PAGE = Path(__file__).parents[2] / "chapters" / "instructors" / "release_and_grade.md"
TEXT = PAGE.read_text(encoding="utf-8")


def test_every_file_that_is_named_is_made(term):
    assert SET == "gradients", "the set of the handbook's examples"
    table = TEXT.split("## Read the marks")[1].split("\n## ")[0]
    named = re.findall(r"^\| `([^`]+)` \|", table, re.MULTILINE)
    assert len(named) == 7
    named += re.findall(r"`_course/([^`]+)`", TEXT)
    for path in named:
        if path not in ("students.csv", "deadlines.toml"):
            assert (term["course"].root / path.replace("ada", "right")).exists(), path


def test_the_rule_of_the_example_is_read(tmp_path):
    (example,) = re.findall(r"```toml\n(.*?)```", TEXT, re.DOTALL)
    (tmp_path / "deadlines.toml").write_text(example)
    rule, due = late.read_rule(tmp_path / "deadlines.toml")
    assert (rule["lost_each_day"], list(due)) == (0.1, ["gradients"])
    assert all(line in late.__doc__ for line in example.splitlines())


def test_the_roster_of_the_example_is_read(tmp_path):
    (example,) = re.findall(r"```text\n(.*?)```", TEXT, re.DOTALL)
    (tmp_path / "students.csv").write_text(example)
    (student,) = export.read_roster(tmp_path / "students.csv")
    assert tuple(student) == export.COLUMNS
    assert student["canvas_id"] == "4711"


def test_the_notebook_for_students_needs_what_the_handbook_says(term):
    notebook = nbformat.read(term["course"].released(SET), as_version=4)
    code = [cell.source for cell in notebook.cells if cell.cell_type == "code"]
    imported = set(re.findall(r"^(?:import|from) (\w+)", "\n".join(code), re.MULTILINE))
    assert imported == {"numpy", "lossbook"}


def test_grading_installs_what_it_needs_and_takes_what_is_there(tmp_path):
    root = Path(__file__).parents[2]
    for name in ("Makefile", "pyproject.toml", "requirements.txt", "package-lock.json"):
        shutil.copy(root / name, tmp_path)

    def steps(*words):
        command = ["make", "-n", *words, "PS=gradients"]
        return subprocess.run(
            command, cwd=tmp_path, capture_output=True, text=True, check=True
        ).stdout

    for target in ("release", "grade", "feedback", "report"):
        assert "tools/install.py instructor" in steps(target)
    assert "tools/install.py all" in steps("book")
    assert "tools/install.py core" in steps("book", "PARTS=core")
    (tmp_path / ".venv").mkdir()
    (tmp_path / ".venv" / "ready").touch()
    assert "install.py" not in steps("grade")

"""Every file of the course folder that the handbook names is there once a term was played."""

import re
from pathlib import Path

import nbformat

from grading import export
from tests.grading.conftest import SET

PAGE = Path(__file__).parents[2] / "chapters" / "instructors" / "release_and_grade.md"
TEXT = PAGE.read_text(encoding="utf-8")


def test_every_file_that_is_named_is_made(term):
    assert SET == "gradients", "the set of the handbook's examples"
    table = TEXT.split("## Read the marks")[1].split("\n## ")[0]
    named = re.findall(r"^\| `([^`]+)` \|", table, re.MULTILINE)
    assert len(named) == 6
    named += re.findall(r"`_course/([^`]+)`", TEXT)
    for path in named:
        if path != "students.csv":
            assert (term["course"].root / path.replace("ada", "right")).exists(), path


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

"""The solution notebook, for students after the deadline: it is run, and holds no hidden case."""

import re
from datetime import UTC, datetime

import nbformat
from nbformat.v4 import new_markdown_cell

from grading import InputError, late
from grading.execute import rubrics, run_notebook
from grading.exercises import BEGIN, END
from grading.handin import write_if_changed

MARKER = re.compile(rf"^[ \t]*(?:{BEGIN}|{END})[ \t]*\n?", re.MULTILINE)


def notebook(course, problem_set):
    """Return the released notebook with the solutions, the visible checks run, and the rubrics."""
    solved = nbformat.read(course.source(problem_set), as_version=4)
    asked = rubrics(problem_set, course.variant(problem_set))
    solved.cells = [cell for cell in solved.cells if not _name(cell).endswith("-hidden")]
    checks = {}
    for number, cell in enumerate(solved.cells):
        name = _name(cell)
        cell.source = MARKER.sub("", cell.source)
        if cell.cell_type == "code" and cell.metadata.nbgrader.grade:
            checks[name] = cell.source
        if name in asked:
            text = f"**What is asked for**\n\n{asked[name]}"
            solved.cells[number] = new_markdown_cell(text, id=name)
    remarks = run_notebook(solved, checks, course.variant(problem_set))
    if remarks:
        raise InputError(f"the solution of {problem_set} does not run: {'; '.join(remarks)}")
    for cell in solved.cells:
        cell.metadata.pop("nbgrader", None)
    solved.metadata.pop("lossbook", None)
    return solved


def _name(cell):
    return cell.metadata.get("nbgrader", {}).get("grade_id", "")


def write(course, problem_set):
    """Write the notebook; return its path, and a warning before the deadline."""
    path = course.root / "solutions" / problem_set / f"{problem_set}.ipynb"
    write_if_changed(path, nbformat.writes(notebook(course, problem_set)) + "\n")
    due = late.read_rule(course.root / "deadlines.toml")[1].get(problem_set)
    if due and datetime.now(UTC) < due:
        return path, f"{problem_set} is due at {due}: keep the solutions to yourself until then"
    return path, ""

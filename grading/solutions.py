"""The solution notebook, for students after the deadline: it is run, and holds no hidden case."""

import re
from datetime import UTC, datetime

import nbformat
from nbformat.v4 import new_markdown_cell

from grading import InputError, late, variants
from grading.execute import rubrics, run_notebook
from grading.exercises import BEGIN, END
from grading.handin import write_if_changed

MARKER = re.compile(rf"^[ \t]*(?:{BEGIN}|{END})[ \t]*\n?", re.MULTILINE)


def notebook(source, problem_set, variant):
    """Return the source with the solutions, the visible checks run, and the rubrics."""
    solved, asked = source, rubrics(problem_set, variant)
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
    remarks = run_notebook(solved, checks, variant)
    if remarks:
        raise InputError(f"the solution of {problem_set} does not run: {'; '.join(remarks)}")
    for cell in solved.cells:
        cell.metadata.pop("nbgrader", None)
    solved.metadata.pop("lossbook", None)
    return solved


def _name(cell):
    return cell.metadata.get("nbgrader", {}).get("grade_id", "")


def write(course, problem_set):
    """Write a notebook for each variant; return the paths, and a warning before the deadline."""
    paths, several = [], course.notebook(problem_set).metadata.lossbook.get(variants.EACH)
    for source, _, variant in variants.to_test(course, problem_set):
        name = f"{problem_set}_{variant}.ipynb" if several else f"{problem_set}.ipynb"
        paths.append(course.root / "solutions" / problem_set / name)
        solved = notebook(source, problem_set, variant)
        write_if_changed(paths[-1], nbformat.writes(solved) + "\n")
    due = late.read_rule(course.root / "deadlines.toml")[1].get(problem_set)
    if due and datetime.now(UTC) < due:
        return paths, f"{problem_set} is due at {due}: keep the solutions to yourself until then"
    return paths, ""

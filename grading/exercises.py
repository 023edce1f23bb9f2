"""Problem sets: read ``assignments/<set>/<number>_<exercise>.py``, write nbgrader's notebook."""

import ast
import copy
import os
import re
import tomllib
from dataclasses import dataclass, field
from pathlib import Path

from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from grading import InputError

ROOT = Path(__file__).resolve().parents[1]
SETUP = "import numpy as np\n\nimport lossbook"
ALONE = (
    "Answer in the cells that are there. Only NumPy and `lossbook.datasets` are at hand when your "
    "answers are graded: import anything more in a cell of your own.\n\n"
    "**Before you hand in**, choose *Restart Kernel and Run All Cells* in the menu *Kernel* (in "
    "Colab *Restart session and run all* in *Runtime*), because the cells also run from top to "
    "bottom when they are graded. Save, and hand in this file, whose name ends in `.ipynb`."
)
# So many variants a set has; lists of other lengths are gone through in turn.
VARIANTS = 4
FILES = "[0-9]*_*.py"
BEGIN, END = "### BEGIN SOLUTION", "### END SOLUTION"
KERNEL = {"name": "python3", "display_name": "Python 3", "language": "python"}
FIELDS = {"title", "outcome", "level", "minutes", "chapter", "equation", "visible", "hidden"}


@dataclass(frozen=True)
class Wrong:
    """A wrong answer: its code, the points it deserves, and words that its feedback contains."""

    points: float
    says: str
    code: str


@dataclass(frozen=True)
class Exercise:
    """One exercise as its file has it, with the numbers of one variant filled in."""

    name: str
    title: str
    outcome: str
    level: int
    minutes: int
    chapter: str
    equation: str
    visible: int
    hidden: int
    prompt: str
    solution: str
    numbers: dict
    visible_check: str
    hidden_check: str = ""
    written: str = ""
    written_points: int = 0
    rubric: str = ""
    wrong: list = field(default_factory=list)

    @property
    def starter(self):
        """The solution's first lines and docstring, for the student to fill in."""
        stub = '\\1raise NotImplementedError("not written yet")'
        pattern = rf"^([ \t]*){BEGIN}\n.*?{END}$"
        return re.sub(pattern, stub, self.solution, flags=re.MULTILINE | re.DOTALL)

    @property
    def solution_lines(self):
        """The lines that no student may find anywhere: those between the markers."""
        inside = re.findall(rf"{BEGIN}\n(.*?){END}", self.solution, re.DOTALL)
        return [line.strip() for part in inside for line in part.splitlines() if line.strip()]


def folder():
    """Return where the problem sets are: LOSSBOOK_ASSIGNMENTS, or assignments/ beside this."""
    return Path(os.environ.get("LOSSBOOK_ASSIGNMENTS", ROOT / "assignments"))


def sets():
    """Return the names of all problem sets."""
    return sorted(path.parent.name for path in folder().glob("*/README.md"))


def read_set(name, variant=0):
    """Return the introduction and the exercises of a problem set, in their order."""
    place = folder() / name
    if name not in sets():
        raise InputError(f"there is no problem set {name!r}; expected one of {', '.join(sets())}")
    files = sorted(place.glob(FILES))
    return (place / "README.md").read_text(), [read(path, variant) for path in files]


def read(path, variant=0):
    """Return the exercise of a file, with the numbers of a variant."""
    text = path.read_text()
    name = path.stem.split("_", 1)[1]
    header = re.match(r"# /// exercise\n((?:#.*\n)+?)# ///\n", text)
    if header is None:
        raise InputError(f"{path}: expected it to begin with the lines # /// exercise … # ///")
    try:
        data = tomllib.loads(re.sub(r"^# ?", "", header[1], flags=re.MULTILINE))
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"{path}: the header is not TOML: {error}") from error
    chosen = {key: _choice(choices, variant) for key, choices in data.pop("variants", {}).items()}
    numbers = {key: choice for key, choice in chosen.items() if not isinstance(choice, str)}
    if set(data) != FIELDS:
        raise InputError(f"{path}: the header has {sorted(data)}; expected {sorted(FIELDS)}")
    for key, choice in chosen.items():
        text = text.replace(f"{{{key}}}", choice if isinstance(choice, str) else repr(choice))
    parts = {}
    wrong = []
    for part in re.split(r"^# %% ", text, flags=re.MULTILINE)[1:]:
        kind, body = part.split("\n", 1)
        answer = re.fullmatch(r"wrong ([\d.]+): (.+)", kind)
        if answer:
            wrong.append(Wrong(float(answer[1]), answer[2], body.strip()))
        else:
            parts[kind.split()[0]] = (kind, body.strip())
    unknown = set(parts) - {"prompt", "solution", "visible", "hidden", "written", "rubric"}
    if unknown or not {"prompt", "solution"} <= set(parts):
        raise InputError(f"{path}: a section is missing or unknown: {sorted(parts)}")
    given = "".join(f", {key}={number!r}" for key, number in numbers.items())
    written, rubric = parts.get("written", ("", "")), parts.get("rubric", ("", ""))
    return Exercise(
        name=name,
        **data,
        numbers=numbers,
        prompt=_prose(parts["prompt"][1]),
        solution=parts["solution"][1],
        visible_check=parts.get("visible", ("", f'lossbook.check("{name}", {name}{given})'))[1],
        hidden_check=parts.get("hidden", ("", ""))[1],
        written=_prose(written[1]),
        written_points=int(written[0].split()[1]) if written[0] else 0,
        rubric=re.sub(r"^# ?", "", rubric[1], flags=re.MULTILINE),
        wrong=wrong,
    )


def _choice(choices, variant):
    return choices[variant % len(choices)]


def _prose(comments):
    return " ".join(re.sub(r"^# ?", "", comments, flags=re.MULTILINE).split("\n"))


def source_notebook(name, variant=0):
    """Return the instructor's notebook of a problem set, as nbgrader reads it."""
    introduction, exercises = read_set(name, variant)
    cells = [
        new_markdown_cell(f"{introduction.strip()}\n\n{ALONE}"),
        _cell(new_code_cell(SETUP), "setup", locked=True),
    ]
    for number, exercise in enumerate(exercises, start=1):
        cells += _exercise_cells(name, number, exercise)
    for number, cell in enumerate(cells):
        cell.id = cell.metadata.get("nbgrader", {}).get("grade_id", f"text-{number}")
    titles = {e.name: f"{number}. {e.title}" for number, e in enumerate(exercises, start=1)}
    about = {"set": name, "variant": variant, "titles": titles}
    metadata = {"kernelspec": KERNEL, "lossbook": about}
    return new_notebook(cells=cells, metadata=metadata)


def _exercise_cells(problem_set, number, exercise):
    name = exercise.name
    points = exercise.visible + exercise.hidden + exercise.written_points
    heading = (
        f"## {number}. {exercise.title}\n\n{exercise.prompt}\n\n"
        f"*{points} points, level {exercise.level} of 3, about {exercise.minutes} minutes. "
        f"You learn to {exercise.outcome}. Page of the book: {exercise.chapter}.*"
    )
    yield new_markdown_cell(heading)
    yield _cell(new_code_cell(exercise.solution), name, solution=True)
    yield _cell(
        new_code_cell(exercise.visible_check), f"{name}-check", points=exercise.visible, locked=True
    )
    if exercise.hidden:
        call = f'hidden("{problem_set}", "{name}", {name})'
        region = f"### BEGIN HIDDEN TESTS\n{call}\n### END HIDDEN TESTS"
        yield _cell(
            new_code_cell(f"# More cases are checked after you hand in.\n{region}"),
            f"{name}-hidden",
            points=exercise.hidden,
            locked=True,
        )
    if exercise.written:
        yield new_markdown_cell(
            f"**In words** ({exercise.written_points} points). {exercise.written}"
        )
        yield _cell(
            new_markdown_cell("*Your answer*"),
            f"{name}-written",
            points=exercise.written_points,
            solution=True,
        )


def _cell(cell, name, points=None, solution=False, locked=False):
    cell.metadata.nbgrader = {
        "grade": points is not None,
        "grade_id": name,
        "locked": locked,
        "schema_version": 3,
        "solution": solution,
        "task": False,
    }
    if points is not None:
        cell.metadata.nbgrader["points"] = points
    return cell


def names_in(code):
    """Return the names that a piece of code reads."""
    return {
        node.id
        for node in ast.walk(ast.parse(code))
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)
    }


def answered(notebook, answers):
    """Return a copy of a notebook with code in its solution cells, by name of the exercise."""
    notebook = copy.deepcopy(notebook)
    for cell in notebook.cells:
        name = cell.metadata.get("nbgrader", {}).get("grade_id")
        if name in answers:
            cell.source = answers[name]
    return notebook

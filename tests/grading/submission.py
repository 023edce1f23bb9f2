"""What a submission is, and what students do to a notebook before they hand it in."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from grading.exercises import read_set

EXERCISES = {e.name: e for e in read_set("gradients")[1]}
RIGHT = {name: e.solution for name, e in EXERCISES.items()}
FIRST = RIGHT["mse_gradient"]
ZEROS = "def mse_gradient(parameters, X, y):\n    return np.zeros(len(parameters))"
STOLEN = "STOLEN"


@dataclass(frozen=True)
class Place:
    """Where it happens, for submissions that aim at something."""

    course: Path
    port: int
    released: dict
    outside: Path


@dataclass(frozen=True)
class Submission:
    """What is handed in, the mark it deserves and what the instructor reads about it."""

    mark: int
    says: str = ""
    answers: dict | None = None
    code: str = ""
    edit: Callable | None = None
    raw: bytes | Callable | None = None

    def write(self, path, place):
        """Hand it in."""
        if callable(self.raw):
            self.raw(path, place)
        elif self.raw is not None:
            path.write_bytes(self.raw)
        else:
            path.write_text(json.dumps(self.notebook(place)))

    def notebook(self, place):
        """Return the notebook as data."""
        notebook = json.loads(json.dumps(place.released))
        answers = RIGHT | (self.answers or {})
        if self.code:
            answers["mse_gradient"] = self.code
        for cell in notebook["cells"]:
            name = cell["metadata"].get("nbgrader", {}).get("grade_id")
            if name in answers:
                cell["source"] = (
                    answers[name]
                    .replace("<course>", str(place.course))
                    .replace("<port>", str(place.port))
                    .replace("<outside>", str(place.outside))
                )
        if self.edit:
            self.edit(notebook)
        return notebook


def named(notebook, name):
    return next(
        c for c in notebook["cells"] if c["metadata"].get("nbgrader", {}).get("grade_id") == name
    )


def is_check(cell):
    return cell["metadata"].get("nbgrader", {}).get("grade", False) and cell["cell_type"] == "code"


def overwrite_checks(notebook):
    for cell in filter(is_check, notebook["cells"]):
        cell["source"] = "print('all is well')"


def delete_checks(notebook):
    notebook["cells"] = [c for c in notebook["cells"] if not is_check(c)]


def keep_nothing(notebook):
    notebook["cells"] = []


def forge(notebook):
    for cell in notebook["cells"]:
        about = cell["metadata"].get("nbgrader", {})
        about.update(points=1000, grade=True, locked=False, schema_version=99, task="yes")
        if cell["cell_type"] == "code":
            cell["outputs"] = [
                {
                    "output_type": "execute_result",
                    "data": {"text/plain": "1000"},
                    "metadata": {},
                    "execution_count": 1,
                }
            ]
    notebook["metadata"]["lossbook"] = {"set": "../..", "variant": 10**9, "problem": "none"}
    notebook["nbformat"] = 17


def duplicate(notebook):
    """A check of the same name that is the student's own, before and after the real one."""
    check = named(notebook, "mse_gradient-check")
    copy = json.loads(json.dumps(check)) | {"source": "1"}
    notebook["cells"] = [copy, *notebook["cells"], copy]


def append(*sources, kind="code"):
    def edit(notebook):
        for source in sources:
            cell = {"cell_type": kind, "metadata": {}, "source": source}
            if kind == "code":
                cell |= {"outputs": [], "execution_count": None}
            notebook["cells"].append(cell)

    return edit


def prepend(source):
    def edit(notebook):
        append(source)(notebook)
        notebook["cells"].insert(0, notebook["cells"].pop())

    return edit


def write_words(words):
    def edit(notebook):
        named(notebook, "central_difference-written")["source"] = words

    return edit


def lose_metadata(notebook):
    """What a program does that keeps the cells' ids alone."""
    for cell in notebook["cells"]:
        cell["metadata"] = {}


def type_anew(notebook):
    """Metadata and ids are gone, as when somebody copies text into new cells."""
    for cell in notebook["cells"]:
        if not is_check(cell):
            cell["metadata"], cell["id"] = {}, None


def split(notebook):
    """Press "Split Cell" between a helper and the answer: both halves keep the name."""
    at = notebook["cells"].index(named(notebook, "mse_gradient"))
    helper, answer = notebook["cells"][at]["source"].split("# here\n")
    half = json.loads(json.dumps(notebook["cells"][at])) | {"source": helper}
    notebook["cells"][at]["source"] = answer
    notebook["cells"].insert(at, half)


def keep_an_old_attempt(notebook):
    """Paste a copy of the cell, as it was, at the end."""
    old = json.loads(json.dumps(named(notebook, "mse_gradient"))) | {"source": ZEROS}
    notebook["cells"].append(old)


def answer_in_a_copy(notebook):
    """Leave the cell as it was, and answer in a copy below its checks."""
    cell = named(notebook, "mse_gradient")
    copy = json.loads(json.dumps(cell))
    cell["source"] = EXERCISES["mse_gradient"].starter
    at = notebook["cells"].index(named(notebook, "mse_gradient-hidden"))
    notebook["cells"].insert(at + 1, copy)


def merge_with_the_check(notebook):
    """Press "Merge Cell Above" in the check: the name of the answer is gone, or of the check."""
    answer, check = (named(notebook, f"mse_gradient{part}") for part in ("", "-check"))
    check["source"] = f"{answer['source']}\n\n{''.join(check['source'])}"
    notebook["cells"].remove(answer)


def drop_the_question(notebook):
    at = next(
        i for i, c in enumerate(notebook["cells"]) if "".join(c["source"]).startswith("**In words")
    )
    del notebook["cells"][at : at + 2]


def answer_below_the_question(notebook):
    """Leave "Your answer" as it is and write into new cells below it."""
    append("It is the", "rounding.", kind="markdown")(notebook)


def both(*edits):
    def edit(notebook):
        for change in edits:
            change(notebook)

    return edit


def in_format_3(path, place):
    """The notebook as IPython 2 and some converters write it."""
    notebook = Submission(20).notebook(place)
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            cell["input"] = cell.pop("source")
    data = {"nbformat": 3, "worksheets": [{"cells": notebook["cells"]}], "metadata": {}}
    path.write_text(json.dumps(data))


def in_utf_16(path, place):
    path.write_text(json.dumps(Submission(20).notebook(place)), encoding="utf-16")


def link_to_solution(path, place):
    path.symlink_to(place.course / "source" / "gradients" / "gradients.ipynb")


def first(body):
    """Return an answer to the first exercise whose body is this."""
    lines = "".join(f"    {line}\n" for line in body.splitlines())
    return f"def mse_gradient(parameters, X, y):\n{lines}"


REMEMBERS = f"""
seen = []
{FIRST.replace("def mse_gradient", "def honest")}
def mse_gradient(parameters, X, y):
    seen.append(parameters.tolist())
    return honest(parameters, X, y)
"""

LATER_WRONG = f"""
calls = 0
{FIRST.replace("def mse_gradient", "def honest")}
def mse_gradient(parameters, X, y):
    global calls
    calls += 1
    return honest(parameters, X, y) * (calls <= 2)
"""

SEARCH = """
import os
found = []
for where, folders, files in os.walk("/"):
    if where == "/":
        folders[:] = set(folders) - {"usr", "dev"}
    for name in files:
        path = os.path.join(where, name)
        if "python3" in path or "/numpy" in path:
            continue
        try:
            text = open(path, errors="ignore").read()
        except OSError:
            continue
        if "def cases" in text or "BEGIN SOLUTION" in text:
            found.append("STOLEN " + path)
for path in ("<course>", "/etc/passwd", "/proc/1/environ", "/proc/self/mountinfo", "/root/.ssh"):
    try:
        found.append("STOLEN " + open(path).read()[:100])
    except OSError:
        pass
print(found, os.environ, os.listdir("/"))
"""

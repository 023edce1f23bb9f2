"""The stored notebooks are in their form, small, and say what the book's rules ask for."""

import json
import re
import statistics

import nbformat
import pytest

from tools.build_book import pages
from tools.notebooks import ROOT, is_stored_form, stored_form, stored_notebooks

NOTEBOOKS = stored_notebooks()
QUESTIONS = [path for path in NOTEBOOKS if path.parent.name == "questions"]
# A page for looking up and trying out, or for refreshing, has not the skeleton of a chapter.
CHAPTERS = [
    path
    for path in NOTEBOOKS
    if path.parent.name not in ("questions", "reference") and path.stem != "what_you_need"
]
# One table with nine rates in a row.
WIDEST = {"adaptive_rates": 77}
HIDDEN = {"hide-input", "remove-input", "hide-cell", "remove-cell"}


def cells(path, kind):
    return [c for c in nbformat.read(path, as_version=4).cells if c.cell_type == kind]


def visible(path):
    """Return the lines of each code cell that a reader sees, exercises' solutions included."""
    return [
        [line for line in cell.source.splitlines() if line.strip()]
        for cell in cells(path, "code")
        if not HIDDEN & set(cell.metadata.get("tags", []))
    ]


def is_sentence(line):
    """Tell what the package says in words, such as why a run stopped, from a row of numbers."""
    return len(re.findall(r"[a-z]{2,}", line)) >= 8


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_stored_form(path):
    assert is_stored_form(path), "run: make notebooks"


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_no_stored_error_and_some_stored_output(path):
    outputs = [output for cell in cells(path, "code") for output in cell.outputs]
    assert outputs
    assert [o for o in outputs if o.output_type == "error" or o.get("name") == "stderr"] == []


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_cells_are_short(path):
    lengths = sorted(map(len, visible(path)))
    assert statistics.median(lengths) <= 9
    assert lengths[int(0.9 * len(lengths))] <= 17
    assert lengths[-1] <= 20


@pytest.mark.parametrize("path", CHAPTERS + QUESTIONS, ids=lambda path: path.stem)
def test_the_set_up_is_folded(path):
    first = cells(path, "code")[0]
    if re.match("import |from ", first.source):
        assert HIDDEN & set(first.metadata.get("tags", []))


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_outputs_fit_a_phone(path):
    outputs = [output for cell in cells(path, "code") for output in cell.outputs]
    plain = [o for o in outputs if o.output_type == "stream" or list(o.data) == ["text/plain"]]
    lines = [line for o in plain for line in (o.get("text") or o.data["text/plain"]).splitlines()]
    tables = [line for line in lines if not is_sentence(line)]
    assert [line for line in tables if len(line) > WIDEST.get(path.stem, 60)] == []


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_every_part_of_the_skeleton_is_there(path):
    text = "\n".join(cell.source for cell in cells(path, "markdown"))
    for part in (
        "You will be able to",
        "minutes to read",
        "**Predict.**",
        "## Where it breaks",
        "## Check yourself",
        "## Exercises",
        "## You have seen",
        "## Go further",
    ):
        assert part in text, part
    assert 3 <= len(re.findall(r"^`{3}\{exercise\}", text, re.MULTILINE)) <= 6
    assert len(re.findall(r"^`+\{solution-start\}", text, re.MULTILINE)) == len(
        re.findall(r"^`{3}\{exercise\}", text, re.MULTILINE)
    )
    questions = text[text.index("## Check yourself") : text.index("## Exercises")]
    assert 3 <= len(re.findall(r"^\*\*\d\. ", questions, re.MULTILINE)) <= 5


def answers(path):
    """Return {question: the cells below its heading} of a page of frequent questions."""
    found = {}
    for cell in nbformat.read(path, as_version=4).cells:
        heading = re.match(r"## (.+)", cell.source) if cell.cell_type == "markdown" else None
        if heading:
            found[heading[1]] = []
        if found:
            found[list(found)[-1]].append(cell)
    return found


def test_every_frequent_question_has_a_short_answer_a_demonstration_and_a_link():
    found = answers(ROOT / "chapters" / "questions" / "frequent_questions.ipynb")
    assert len(found) >= 15
    for question, below in found.items():
        assert question.endswith("?"), question
        text = " ".join(c.source for c in below if c.cell_type == "markdown")
        assert 30 <= len(text.split()) <= 120, question
        assert "{doc}`" in text, question
        (demonstration,) = [c for c in below if c.cell_type == "code"]
        assert not HIDDEN & set(demonstration.metadata.get("tags", [])), question
        assert demonstration.outputs, question


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_no_filler_words(path):
    text = "\n".join(cell.source for cell in cells(path, "markdown"))
    assert re.findall(r"\b(?:simply|obviously|just|of course|trivially)\b", text, re.I) == []


def test_every_notebook_is_in_the_table_of_contents():
    listed = {ROOT / f"{page}.ipynb" for page in pages(ROOT)}
    assert set(NOTEBOOKS) <= listed


def test_the_stored_form_keeps_text_and_drops_the_rest():
    picture = {"image/png": "iVBOR", "text/plain": "<Figure size 1x1 with 1 Axes>"}
    notebook = nbformat.v4.new_notebook(
        metadata={"toc": {}, "kernelspec": {"name": "other", "display_name": "x"}},
        cells=[
            nbformat.v4.new_markdown_cell("text", metadata={"editable": True}),
            nbformat.v4.new_code_cell(
                "1 + 1",
                execution_count=7,
                metadata={"tags": ["hide-input"], "execution": {"iopub.status.busy": "2026"}},
                outputs=[
                    nbformat.v4.new_output("execute_result", {"text/plain": "2"}),
                    nbformat.v4.new_output("display_data", picture),
                    nbformat.v4.new_output("stream", text="printed\n"),
                    nbformat.v4.new_output("stream", text="a moment later\n"),
                ],
            ),
        ],
    )
    stored = stored_form(notebook)
    code = stored.cells[1]
    assert code.metadata == {"tags": ["hide-input"]}
    assert code.execution_count == 1
    assert code.outputs[0].data == {"text/plain": "2"}
    assert code.outputs[0].execution_count == 1
    assert code.outputs[1].data == {"text/plain": "<Figure size 1x1 with 1 Axes>"}
    assert code.outputs[2].text == "printed\na moment later\n"
    assert len(code.outputs) == 3
    assert stored.metadata.kernelspec.name == "python3"
    assert "iVBOR" in json.dumps(notebook), "the notebook that was given is not changed"
    assert stored_form(stored) == stored

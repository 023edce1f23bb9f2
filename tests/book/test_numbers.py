"""A number in the prose of a chapter stands in an output of that notebook, or in its code."""

import re

import nbformat
import pytest

from tools.notebooks import stored_notebooks

# A decimal number, or one of three or more digits. Not part of a word, a label or an address.
NUMBER = re.compile(r"(?<![\w./\-^{#])(\d{1,3}(?:,\d{3})+|\d+\.\d+|\d{3,})(?![\w/]|\.\d)")
# What readers compute in their heads, and where to look in another book, no cell can show.
NOT_OF_THE_RUN = re.compile(
    r"## Check yourself.*?(?=## Exercises|\Z)|\{cite:\w+\}`[^`]+`"
    r"|(?:section|theorem|equation)s? [\d.]+(?:(?:,| and) [\d.]+)*",
    re.DOTALL,
)
YEAR = re.compile(r"(1[89]|20)\d\d")


def numbers(text):
    return [found.replace(",", "") for found in NUMBER.findall(text)]


def shown(notebook):
    """Return every number of the code and of the text outputs."""
    pieces = []
    for cell in notebook.cells:
        if cell.cell_type == "code":
            pieces.append(cell.source)
            for output in cell.outputs:
                pieces.append(output.get("text", ""))
                pieces.append(output.get("data", {}).get("text/plain", ""))
    # Loose on purpose: signs, underscores and exponents around a number do not matter.
    return [float(n.replace("_", "")) for n in re.findall(r"\d[\d_]*\.?\d*", "\n".join(pieces))]


def unsupported(notebook):
    """Return the numbers of the prose that no shown number rounds to."""
    supported = shown(notebook)
    missing = []
    for cell in notebook.cells:
        if cell.cell_type != "markdown":
            continue
        for number in numbers(NOT_OF_THE_RUN.sub("", cell.source)):
            digits = len(number.partition(".")[2])
            if YEAR.fullmatch(number) or any(round(s, digits) == float(number) for s in supported):
                continue
            missing.append(number)
    return missing


@pytest.mark.parametrize("path", stored_notebooks(), ids=lambda path: path.stem)
def test_every_number_in_the_prose_is_shown_by_the_code(path):
    assert unsupported(nbformat.read(path, as_version=4)) == []


def test_a_number_that_drifted_is_found():
    cell = nbformat.v4.new_code_cell("x", outputs=[nbformat.v4.new_output("stream", text="0.5041")])
    for prose, missing in [("slope 0.504", []), ("slope 0.505", ["0.505"]), ("1,204", ["1204"])]:
        text = nbformat.v4.new_markdown_cell(prose)
        assert unsupported(nbformat.v4.new_notebook(cells=[text, cell])) == missing

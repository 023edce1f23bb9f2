"""Which figures of a notebook become lines on its page, and that they are as large as before."""

import base64
import io
import random

import matplotlib.pyplot as plt
import nbformat
import pytest

from tests.replay import Record
from tools.drawn_lines import LINES, PIXELS, choose


def output(draw):
    """Return what a kernel of the build gives for a figure: both forms."""
    figure, ax = plt.subplots(dpi=120)
    draw(ax)
    png, svg = io.BytesIO(), io.StringIO()
    figure.savefig(png, format="png", bbox_inches="tight")
    figure.savefig(svg, format="svg", bbox_inches="tight")
    plt.close(figure)
    data = {LINES: svg.getvalue(), PIXELS: base64.b64encode(png.getvalue()).decode()}
    return nbformat.v4.new_output("display_data", data)


def chosen(draw):
    cell = nbformat.v4.new_code_cell(outputs=[output(draw)])
    choose(nbformat.v4.new_notebook(cells=[cell, nbformat.v4.new_markdown_cell("text")]))
    return cell.outputs[0].data


def test_lines_keep_the_size_of_the_pixels_and_say_nothing_of_date_and_maker():
    data = chosen(lambda ax: ax.plot([1, 2]))
    picture = plt.imread(io.BytesIO(base64.b64decode(data[PIXELS])), format="png")
    height, width, _ = picture.shape
    head = data[LINES].split(">", 1)[0]
    assert head.startswith("<svg")
    assert f'width="{width}" height="{height}"' in head
    assert not any(word in data[LINES] for word in ("metadata", "Matplotlib v", "DOCTYPE"))
    assert data[LINES].rstrip().endswith("</svg>")


@pytest.mark.parametrize(
    "draw",
    [
        lambda ax: ax.imshow([[0, 1], [1, 0]]),
        lambda ax: ax.scatter(*[[random.Random(s).random() for s in range(9000)] for _ in "xy"]),
    ],
)
def test_what_holds_pixels_or_would_be_heavier_stays_as_it_is(draw):
    assert list(chosen(draw)) == [PIXELS]


def test_the_comparison_with_the_stored_notebook_sees_the_pixels_alone():
    cell = nbformat.v4.new_code_cell("draw()", outputs=[output(lambda ax: ax.plot([1, 2]))])
    record = Record([cell])
    record.execute_cell_input("draw()")
    assert list(record.get_message("iopub")["content"]["data"]) == [PIXELS]

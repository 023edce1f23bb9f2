"""The figures of the book: labels at the curves, no text on another, none outside the picture."""

import json
import re
from functools import cache

import matplotlib.pyplot as plt
import pytest
from matplotlib.colors import to_hex

from lossbook import labels, plots
from lossbook.explorers import svg
from tests.drawn import faults
from tools.build_book import ROOT, SITE

# Where a legend stays, and why.
LEGENDS = {
    "chapters/applications/text_classification.ipynb": (
        "eight groups of three bars, each bar narrower than a name"
    ),
    "chapters/concepts/classification_losses.ipynb": (
        "two borders that nearly coincide: a name at one of them would point at both"
    ),
}
PICTURES = sorted((SITE / "_images").glob("*.svg"))


@cache
def ink(color):
    return to_hex(labels.ink(color))


def code(file):
    if file.suffix != ".ipynb":
        return file.read_text(encoding="utf-8")
    cells = json.loads(file.read_text(encoding="utf-8"))["cells"]
    return "\n".join("".join(c["source"]) for c in cells if c["cell_type"] == "code")


def legends(text):
    return len(re.findall(r"\blegend\(", text))


def test_no_legend_is_left_but_those_with_a_reason():
    files = [*ROOT.glob("chapters/*/*.ipynb"), *ROOT.glob("lossbook/**/*.py")]
    files += [*ROOT.glob("_ext/*.py"), *ROOT.glob("tools/*.py"), *ROOT.glob("assignments/**/*.py")]
    # The text of the docstring names what the helper replaces.
    said = {"lossbook/labels.py": 1}
    found = {file.relative_to(ROOT).as_posix(): legends(code(file)) for file in files}
    assert {file: n for file, n in found.items() if n} == dict.fromkeys(LEGENDS, 1) | said


@pytest.mark.parametrize("picture", PICTURES, ids=lambda file: file.stem)
def test_each_text_is_in_the_picture_on_no_other_and_each_label_at_its_line(picture):
    assert faults(picture.read_text(encoding="utf-8"), ink) == []


def test_there_are_pictures_of_losses_and_of_figures_with_a_control():
    assert len(PICTURES) > 200


# The other figures are sent as pixels. There the package tells the faults: a label without a free
# place is a warning, and no page may have one (test_site.py).


def drawn(*texts):
    with plt.rc_context():
        plots.use_style()
        figure, ax = plt.subplots()
        ax.plot([0, 1], [0, 1], color=plots.COLORS[1])
        for x, y, words, color in texts:
            ax.text(x, y, words, color=color, in_layout=False)
        return svg(figure)


@pytest.mark.parametrize(
    ("texts", "found"),
    [
        ([(0.5, 0.52, "near", ink(plots.COLORS[1]))], []),
        ([(0.1, 0.9, "far", ink(plots.COLORS[1]))], ["'far' is far from its line"]),
        ([(0.9, 0.2, "outside of it", "k")], ["'outside of it' leaves the picture"]),
        ([(0.2, 0.8, "one", "k"), (0.22, 0.8, "two", "k")], ["'two' lies on 'one'"]),
    ],
)
def test_a_fault_is_found(texts, found):
    assert faults(drawn(*texts), ink) == found


def test_a_legend_is_found():
    assert legends('ax.plot([1])\nax.legend(loc="best")') == 1

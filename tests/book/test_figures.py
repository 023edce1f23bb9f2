"""The figures of the book: labels at the curves, no text on another, none outside the picture."""

import json
import re
import statistics
from functools import cache

import matplotlib.pyplot as plt
import pytest
from matplotlib.colors import to_hex

from lossbook import labels, plots
from lossbook.explorers import svg
from tests.book.built import article, source
from tests.drawn import faults
from tools.build_book import ROOT, SITE, pages

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


# How large the letters of most words in a picture are, as Matplotlib draws them.
LETTERS = re.compile(r"scale\(([\d.]+) -")
# Pages with a picture whose letters are smaller, and why.
SMALL = {
    "chapters/algorithm/reading_a_loss_curve": "nine small panels; their shape is what is read",
    "chapters/applications/embeddings": "three panels side by side, to be compared",
    "chapters/concepts/from_error_to_loss": "a diagram: boxes in a row with words between them",
}


@pytest.mark.parametrize("page", [page for page in pages(ROOT) if "_images/" in source(page)])
def test_the_letters_of_a_picture_have_ten_pixels_on_a_phone(page):
    pictures = [image.get("src") for image in article(page).cssselect("img[src$='.svg']")]
    sizes = {src: letters((SITE / page).parent / src) for src in pictures}
    assert len([size for size in sizes.values() if size < 10]) == (page in SMALL), sizes


def letters(file):
    """Return the size in CSS pixels on a screen of 390, of which a picture takes 368 at most."""
    text = file.read_text(encoding="utf-8")
    points = statistics.median(100 * float(scale) for scale in LETTERS.findall(text) or ["1"])
    return points * min(368 / float(re.search(r'viewBox="0 0 ([\d.]+)', text)[1]), 4 / 3)


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

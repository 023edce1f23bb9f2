"""A number in the prose of a chapter stands in an output of that notebook, or in its code."""

import nbformat
import pytest

from tools import prose_numbers
from tools.notebooks import stored_notebooks


def page(prose, *shown):
    """Return a notebook of one paragraph and one cell that prints these lines."""
    output = nbformat.v4.new_output("stream", text="\n".join(shown))
    code = nbformat.v4.new_code_cell("x", outputs=[output])
    return nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell(prose), code])


@pytest.mark.parametrize("path", stored_notebooks(), ids=lambda path: path.stem)
def test_every_number_in_the_prose_is_shown_by_the_code(path):
    """By the line to which it is pinned, where its neighbor would pass as well."""
    pinned = prose_numbers.table().get(prose_numbers.name(path), {})
    missing = prose_numbers.unsupported(nbformat.read(path, as_version=4), pinned)
    assert missing == [], "if they are right: python -m tools.prose_numbers, and read the diff"


@pytest.mark.parametrize("path", stored_notebooks(), ids=lambda path: path.stem)
def test_the_table_has_the_pins_that_the_page_needs_and_no_other(path):
    found = prose_numbers.pins(prose_numbers.name(path), nbformat.read(path, as_version=4))
    assert prose_numbers.table().get(prose_numbers.name(path), {}) == found


@pytest.mark.parametrize(
    ("prose", "missing"),
    [
        ("slope 0.504", []),
        ("slope 0.505", ["slope 0.505"]),
        ("1,204 rows", ["1,204 rows"]),
    ],
)
def test_a_number_that_drifted_is_found(prose, missing):
    assert prose_numbers.unsupported(page(prose, "0.5041"), {}) == missing


def test_a_number_whose_neighbor_is_shown_too_needs_a_pin_that_is_true():
    shown = page("On the right 0.74", "left 0.73", "right 0.74")
    (number,) = prose_numbers.numbers(shown)
    assert number.phrase == "On the right 0.74"
    assert prose_numbers.unsupported(shown, {number.phrase: "right 0.74"}) == []
    for wrong in ({}, {number.phrase: "left 0.73"}, {number.phrase: "right 0.7"}):
        assert prose_numbers.unsupported(shown, wrong) == [number.phrase]
    # The line drifts: the pin does not follow by itself.
    drifted = page("On the right 0.74", "left 0.74", "right 0.75")
    assert prose_numbers.unsupported(drifted, {number.phrase: "right 0.74"}) == [number.phrase]


def test_a_new_pin_is_the_line_that_is_most_like_the_sentence():
    shown = page("On the right 0.74", "left 0.74, 0.73", "right 0.74, 0.75")
    assert prose_numbers.pins("nowhere", shown) == {"On the right 0.74": "right 0.74, 0.75"}


@pytest.mark.parametrize(
    "shown", ["ax = plt.subplots(figsize=(6.4, 1.5))", "<Figure size 150x1.5 with 1 Axes>"]
)
def test_the_size_of_a_picture_supports_no_sentence(shown):
    assert prose_numbers.unsupported(page("more than 1.5", shown), {}) == ["more than 1.5"]

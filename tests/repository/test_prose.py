"""The words and turns of phrase that lint looks for are found in prose, and in prose alone."""

import nbformat
import pytest

from tools import prose

# A sentence that stood on a page, and what a native editor made of it.
EDITED = {
    "Whoever adds β = 0.9 has multiplied it by ten.": "Adding β = 0.9 multiplies it by ten.",
    "Mend it with its kind.": "Fix all of its kind.",
    "The label is dear.": "The label is expensive.",
    "Learn this by heart.": "Memorize this.",
    "The hinge stops of itself.": "The hinge stops by itself.",
    "Which share of the families is it?": "What share of the families is it?",
    "Said of a function below its chords.": "A function is convex if it lies below its chords.",
    "Take the mean in place of the sum.": "Take the mean instead of the sum.",
    "No wonder that it fails.": "So it fails.",
    "Who belongs to whom is gone.": "The pairing is lost.",
    "It falls, ever more slowly.": "It falls more and more slowly. Nobody ever answers.",
    "With 32 samples a step it jitters.": "With 32 samples per step, it takes a step.",
    "From what can a loss learn, then?": "Then what can a loss learn from?",
    "On the left stand the $k$ gaps.": "The $k$ gaps are on the left.",
    "Always to answer with the mean is off by 1.06.": "Always predicting the mean is off by 1.06.",
    "Check it. **By hand:** 3.": "Check it by hand: 3.",
    "Go towards the end.": "Go toward the end of the analysis; it promises nothing.",
}


@pytest.mark.parametrize(("before", "after"), EDITED.items())
def test_what_was_edited_is_found_and_what_became_of_it_is_not(before, after):
    assert list(prose.found(before))
    assert list(prose.found(after)) == []


def test_code_formulas_links_and_labels_are_no_prose():
    quiet = [
        "The option `mend` and the page {doc}`in place of <dear>` are names.",
        "```python\nbehaviour = 'in place of'\n```",
        "```{math}\n:label: in-place-of\nx \\text{ in place of } y\n```",
        "[here](https://example.org/whoever)",
    ]
    assert [list(prose.found(text)) for text in quiet] == [[]] * len(quiet)


def test_a_directive_is_prose_and_the_line_is_told():
    text = "Fine.\n\n```{exercise} Ten\n:label: ex-dear\nTake\nthis in place of that.\n```\n"
    assert list(prose.found(text)) == [(6, "in place of", "instead of")]


def test_titles_captions_and_alternative_texts_of_directives_are_prose():
    figure = (
        "```{figure} _static/dear.svg\n:name: fig-dear\n"
        ":alt: On the left stand the lines.\n\nMend it.\n```\n"
    )
    assert [(line, what) for line, what, _ in prose.found(figure)] == [
        (5, "Mend"),
        (3, "On the left stand the"),
    ]
    exercise = "```{exercise} In place of a proof\n:label: ex-dear\nFine.\n```\n"
    assert [line for line, *_ in prose.found(exercise)] == [1]
    assert list(prose.found("````{solution-start} ex-dear\n:class: dropdown\n````\n")) == []


def test_captions_alternative_texts_and_cells_are_read(tmp_path, monkeypatch):
    monkeypatch.setattr(prose, "ROOT", tmp_path)
    shown = {"figure": {"caption": "Mended."}, "image": {"alt": "A curve, ever lower."}}
    page = tmp_path / "page.ipynb"
    cells = [
        nbformat.v4.new_markdown_cell("Whoever reads."),
        nbformat.v4.new_code_cell("x  # whoever", metadata={"mystnb": shown}),
    ]
    nbformat.write(nbformat.v4.new_notebook(cells=cells), page)
    places = [line.split(":")[0] for line in prose.complaints(page)]
    assert places == [
        "page.ipynb, cell 0, line 1",
        "page.ipynb, cell 1, caption, line 1",
        "page.ipynb, cell 1, alt, line 1",
    ]


def test_the_book_is_quiet(capsys):
    with pytest.raises(SystemExit) as ended:
        prose.main()
    assert capsys.readouterr().out == ""
    assert ended.value.code == 0

"""The glossary and the links of the pages send readers to what they name."""

import re

import nbformat
import pytest

from lossbook.facts import facts
from tools.notebooks import ROOT, stored_notebooks

CHAPTERS = ROOT / "chapters"
DOC = re.compile(r"\{doc\}`(?:[^`<]*<)?(?P<page>[^`>]+)>?`")


def text(page):
    """Return the prose of a page: no code, no formulas, no targets of links."""
    notebook = CHAPTERS / f"{page}.ipynb"
    if notebook.exists():
        cells = nbformat.read(notebook, as_version=4).cells
        prose = "\n\n".join(c.source for c in cells if c.cell_type == "markdown")
    else:
        prose = (CHAPTERS / f"{page}.md").read_text(encoding="utf-8")
    prose = re.sub(r"```\{math\}.*?```", " ", prose, flags=re.DOTALL)
    prose = re.sub(r"\{(?:doc|eq|numref|ref|cite:\w)\}`[^`]*`", " ", prose)
    return " ".join(prose.split())


def entries():
    """Return {term: (its definition, the pages that it links)}."""
    glossary = (CHAPTERS / "reference" / "glossary.md").read_text(encoding="utf-8")
    body = glossary.split(":::{glossary}\n")[1].split("\n:::")[0]
    found = {}
    for entry in body.strip().split("\n\n"):
        term, _, definition = entry.partition("\n")
        pages = [m["page"].removeprefix("../") for m in DOC.finditer(definition)]
        found[term] = (definition, pages)
    return found


def names(term, page):
    """Say whether a page has the term, in any case, with a hyphen or a space, one or many."""
    words = [re.escape(word) for word in re.split(r"[ -]", term)]
    pattern = r"(?<!\w)" + r"[ -]".join(words) + r"(?:s|es)?(?!\w)"
    return re.search(pattern, text(page), flags=re.IGNORECASE) is not None


@pytest.mark.parametrize("term", entries())
def test_the_page_that_a_term_links_has_the_term(term):
    _, pages = entries()[term]
    assert pages
    assert [page for page in pages if not names(term, page)] == []


def test_a_page_without_the_term_is_found():
    assert names("early stopping", "linear_regression/logistic_regression")
    assert not names("early stopping", "algorithm/reading_a_loss_curve")
    assert names("embedding", "applications/embeddings")
    assert not names("convergence test of the moon", "algorithm/learning_rate")


def test_overfitting_is_in_the_glossary():
    definition, _ = entries()["overfitting"]
    assert "held-out" in definition


@pytest.mark.parametrize("name", ["contrastive", "triplet", "info_nce"])
def test_the_guide_sends_losses_of_embeddings_to_the_page_that_explains_them(name):
    cells = nbformat.read(CHAPTERS / "questions" / "which_loss.ipynb", as_version=4).cells
    outputs = [o for c in cells if c.cell_type == "code" for o in c.outputs]
    shown = "\n".join(o.get("data", {}).get("text/markdown", "") for o in outputs)
    links = re.findall(rf"\[{re.escape(facts[name].title)}\]\(([^)]+)\)", shown)
    assert len(links) == 2, "the tree and the table"
    assert set(links) == {"../applications/embeddings.ipynb"}


def test_a_sentence_on_the_slips_of_the_article_links_the_page_that_lists_them():
    """The errata are about the book itself."""
    wrong = []
    for path in stored_notebooks():
        for cell in nbformat.read(path, as_version=4).cells:
            for sentence in re.split(r"(?<=[.!?])\s", cell.source):
                if "reference/errata`" in sentence and re.search("slips|corrected", sentence):
                    wrong.append((path.stem, sentence))
    assert wrong == []
    for page in ("derivation/mean_squared_error", "linear_regression/by_hand"):
        source = (CHAPTERS / f"{page}.ipynb").read_text(encoding="utf-8")
        assert "{doc}`../reference/verified`" in source


def test_the_page_on_loss_curves_sends_to_a_page_that_draws_the_held_out_loss():
    source = (CHAPTERS / "algorithm" / "reading_a_loss_curve.ipynb").read_text(encoding="utf-8")
    (sentence,) = re.findall(r"begins to memorize \(([^)]*)\)", source)
    (page,) = [m["page"].removeprefix("../") for m in DOC.finditer(sentence)]
    cells = nbformat.read(CHAPTERS / f"{page}.ipynb", as_version=4).cells
    (figure,) = [c for c in cells if "plots.curves(" in c.source]
    assert '"fitted half": [loss(free[k], half)' in figure.source
    assert '"held-out half"' in figure.source
    assert figure.metadata.mystnb.figure.name in sentence


def test_the_list_of_courses_tells_what_each_gives_and_hints_at_no_faults():
    page = (CHAPTERS / "tools" / "books_and_courses.md").read_text(encoding="utf-8")
    courses = page.split("## Courses")[1].split("## Software")[0]
    assert "gradient check at hand" not in courses
    assert len(re.findall(r"^\*\*", courses, flags=re.MULTILINE)) == 4

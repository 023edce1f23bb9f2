"""Nothing before its explanation: what a page needs, and the home of a word, come before it."""

import posixpath
import re
from functools import cache
from itertools import pairwise

import nbformat
import pytest
import yaml

from tools.notebooks import ROOT

CONTENTS = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))
PAGES = [
    chapter["file"].removeprefix("chapters/")
    for part in CONTENTS["parts"]
    for chapter in part["chapters"]
    if not chapter["file"].startswith(("chapters/reference", "chapters/instructors"))
]
# Words of everyday English too: in that sense they need no explanation.
EVERYDAY = {"loss", "schedule", "score", "smooth"}


@cache
def text(page):
    notebook = ROOT / "chapters" / f"{page}.ipynb"
    if not notebook.exists():
        return (ROOT / "chapters" / f"{page}.md").read_text(encoding="utf-8")
    cells = nbformat.read(notebook, as_version=4).cells
    return "\n\n".join(cell.source for cell in cells if cell.cell_type == "markdown")


def terms():
    """Yield (term, home page, definition) of each entry of the glossary that has a home."""
    glossary = (ROOT / "chapters" / "reference" / "glossary.md").read_text(encoding="utf-8")
    for term, meaning in re.findall(r"^(\S[^\n]*)\n((?:  [^\n]*\n)+)", glossary, re.MULTILINE):
        home = re.search(r"\{doc\}`\.\./([^`]+)`", meaning)
        if home:
            yield term, home[1], meaning.strip()


TERMS = list(terms())


@cache
def prose(page):
    """Return the text without links to pages, works and numbers, without formulas and headings."""
    words = re.sub(r"\{(?:doc|cite:\w|numref|ref)\}`[^`]*`", "", text(page))
    words = re.sub(r"```\{math\}.*?```", "", words, flags=re.DOTALL)
    return re.sub(r"^#.*$|\$[^$\n]*\$", "", words, flags=re.MULTILINE)


def used_without_a_link(term, page):
    links = re.findall(r"\{term\}`([^`]*)`", text(page))
    if any(term.lower() in link.lower() for link in links):
        return False
    return re.search(rf"(?<![\w`-]){re.escape(term)}s?(?![\w-])", prose(page), re.IGNORECASE)


@pytest.mark.parametrize("page", PAGES)
def test_what_a_page_needs_comes_before_it(page):
    needed = re.search(r"You need [^.]*(?:\.\.[^.]*)*\.", text(page))
    links = re.findall(r"\{doc\}`(?:[^`<]*<)?([^`>]+)>?`", needed[0]) if needed else []
    earlier = PAGES[: PAGES.index(page)]
    for link in links:
        assert posixpath.normpath(posixpath.join(posixpath.dirname(page), link)) in earlier


@pytest.mark.parametrize(("page", "following"), list(pairwise(PAGES)))
def test_a_page_leads_to_the_next_one(page, following):
    lead = re.search(r"Next: [^\n]*", text(page))
    if lead:
        assert f"{posixpath.relpath(following, posixpath.dirname(page))}`" in lead[0]


@pytest.mark.parametrize(("term", "home", "meaning"), TERMS, ids=[term for term, *_ in TERMS])
def test_a_term_is_explained_at_home_and_linked_before(term, home, meaning):
    words = " ".join(text(home).lower().split())
    assert term.lower() in words or term.lower() in words.replace("-", " ")
    if term in EVERYDAY:
        return
    early = PAGES[: PAGES.index(home)]
    assert [page for page in early if used_without_a_link(term, page)] == []


def test_entries_of_the_glossary_are_definitions_in_alphabetical_order():
    names = [term for term, *_ in TERMS]
    assert names == sorted(names, key=str.lower)
    for term, _, meaning in TERMS:
        assert not re.match(r"(?:Said of|To|That|What|How) ", meaning), term


def test_a_word_that_comes_too_early_is_found():
    assert used_without_a_link("saddle", "algorithm/minima_and_saddles")
    assert not used_without_a_link("hinge loss", "background/three_answers")

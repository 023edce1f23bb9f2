"""The guide to the losses is complete, and sends its readers to chapters that name the loss."""

import re

import nbformat
import pytest

from lossbook.facts import facts
from tools.notebooks import ROOT

GUIDE = ROOT / "chapters" / "questions" / "which_loss.ipynb"
LINK = re.compile(r"\[(?P<title>[^]]+)\]\(\.\./(?P<page>[^)]+)\.ipynb\)")


@pytest.fixture(scope="module")
def pages():
    """Return what the guide shows: the tree in words, and the table."""
    cells = nbformat.read(GUIDE, as_version=4).cells
    outputs = [o for cell in cells if cell.cell_type == "code" for o in cell.outputs]
    tree, table = [o.data["text/markdown"] for o in outputs if "text/markdown" in o.get("data", {})]
    return tree, table


def guide():
    """Return the tree that the diagram is drawn from."""
    cells = nbformat.read(GUIDE, as_version=4).cells
    (source,) = [cell.source for cell in cells if "GUIDE = {" in cell.source]
    names = {}
    exec(source, names)
    return names["GUIDE"]


def test_the_diagram_has_every_loss_once():
    drawn = [name for wanted in guide().values() for names in wanted.values() for name in names]
    assert sorted(drawn) == sorted(facts)


def test_the_words_under_the_diagram_say_what_it_shows(pages):
    tree, _ = pages
    titles = [match["title"] for match in LINK.finditer(tree)]
    drawn = [name for wanted in guide().values() for names in wanted.values() for name in names]
    assert titles == [facts[name].title for name in drawn]
    for predicted, wanted in guide().items():
        assert f"- **{predicted}**" in tree
        assert all(f"  - {want}: " in tree for want in wanted)


@pytest.mark.parametrize("name", facts)
def test_the_table_says_when_to_use_each_loss_and_when_not(pages, name):
    _, table = pages
    rows = table.replace("<wbr>", "").splitlines()
    (row,) = [line for line in rows if f"<code>{name}</code>" in line]
    cells = [cell.strip() for cell in row.strip("|").split("|")]
    assert cells[1:] == [facts[name].use_when, facts[name].avoid_when]


@pytest.mark.parametrize("name", facts)
def test_the_chapter_that_is_linked_names_the_loss(pages, name):
    tree, table = pages
    linked = {m["page"] for text in (tree, table) for m in LINK.finditer(text)
              if m["title"] == facts[name].title}  # fmt: skip
    (page,) = linked
    chapter = nbformat.read(ROOT / "chapters" / f"{page}.ipynb", as_version=4)
    text = "\n".join(cell.source for cell in chapter.cells)
    assert re.search(rf"\b{name}\b", text), page

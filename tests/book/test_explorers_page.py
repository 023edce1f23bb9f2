"""What a page loads for explorers and frames: its own scripts where it shows one, else nothing."""

import pytest

from lossbook import explorers
from tests.book.built import tree
from tools.build_book import ROOT, SITE, pages

READS = ["lossbook", "tests/book", "_build/html"]


@pytest.mark.parametrize("page", pages(ROOT))
def test_a_page_loads_the_explorers_only_if_it_shows_one(page):
    document = tree(page)
    shown = document.cssselect("figure.lossbook-explorer")
    moving = shown + document.cssselect("fieldset.lossbook-frames")
    loaded = [tag for tag in document.xpath("//script[@src]") if "explorers/" in tag.get("src")]
    assert len(loaded) == bool(moving)
    # The style of the explorers is part of the one stylesheet of the site.
    (style,) = document.cssselect("link[rel~=stylesheet]")
    sheet = (SITE / f"{page}.html").parent / style.get("href").split("?")[0]
    assert ".lossbook-explorer" in sheet.read_text(encoding="utf-8")
    for script in loaded:
        assert "defer" in script.attrib
    for figure in shown:
        assert (SITE / "_static" / "explorers" / f"{figure.get('data-explorer')}.js").exists()
    assert document.cssselect("script[type='application/vnd.jupyter.widget-view+json']") or not (
        document.cssselect("script[type='application/vnd.jupyter.widget-state+json']")
        or "html-manager" in (SITE / f"{page}.html").read_text(encoding="utf-8")
    )


def test_the_reference_shows_all():
    figures = tree("chapters/reference/explorers").cssselect("figure.lossbook-explorer")
    names = [figure.get("data-explorer") for figure in figures]
    classes = [getattr(explorers, name) for name in explorers.__all__ if "Explorer" in name]
    assert sorted(names) == sorted(explorer.name for explorer in classes)
    for figure in figures:
        assert figure.find(".//img").get("alt")
        assert len(figure.find(".//figcaption").text_content()) > 60

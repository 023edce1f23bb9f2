"""What a page loads for explorers: its own scripts where it shows one, and nothing elsewhere."""

import pytest

from tests.book.built import soup
from tools.build_book import ROOT, SITE, pages


@pytest.mark.parametrize("page", pages(ROOT))
def test_a_page_loads_the_explorers_only_if_it_shows_one(page):
    document = soup(page)
    shown = document.select("figure.lossbook-explorer")
    loaded = [tag for tag in document.find_all("script", src=True) if "explorers/" in tag["src"]]
    assert len(loaded) == bool(shown)
    # The style of the explorers is part of the one stylesheet of the site.
    (style,) = document.find_all("link", rel="stylesheet")
    sheet = (SITE / f"{page}.html").parent / style["href"].split("?")[0]
    assert ".lossbook-explorer" in sheet.read_text(encoding="utf-8")
    for script in loaded:
        assert script.has_attr("defer")
    for figure in shown:
        assert (SITE / "_static" / "explorers" / f"{figure['data-explorer']}.js").exists()
    assert document.find("script", type="application/vnd.jupyter.widget-view+json") or not (
        document.find("script", type="application/vnd.jupyter.widget-state+json")
        or "html-manager" in (SITE / f"{page}.html").read_text(encoding="utf-8")
    )


def test_the_reference_shows_all_five():
    figures = soup("chapters/reference/explorers").select("figure.lossbook-explorer")
    names = [figure["data-explorer"] for figure in figures]
    assert names == ["loss", "descent", "lines", "elicitation", "classification"]
    for figure in figures:
        assert figure.find("img")["alt"]
        assert len(figure.find("figcaption").get_text()) > 60

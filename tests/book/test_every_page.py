"""Every page of the site in a headless Chromium: whole, alone and for everyone."""

import re

import pytest
from rendered_math import render

from tests.book.audit import FAULTLESS, audit, kept_or
from tests.book.browser import Visit, chromium, served_site
from tools.build_book import ROOT, pages

ALL = [*pages(ROOT), "search", "genindex", "404"]


@pytest.fixture(scope="module")
def address():
    with served_site() as root:
        yield root


@pytest.fixture(scope="module")
def browser():
    with chromium() as one:
        yield one


@pytest.fixture(scope="module")
def tab(browser):
    """Return a tab in which page after page is opened: a new one for each takes a second."""
    with Visit(browser, reduced_motion="reduce") as one:
        yield one


@pytest.mark.parametrize("page", ALL)
def test_a_page_is_whole_alone_and_for_everyone(request, address, page):
    def ask():
        return audit(request.getfixturevalue("tab"), f"{address}/{page}.html")

    assert kept_or(page, ask) == FAULTLESS


def test_of_words_that_look_alike_one_is_asked_and_of_others_each(tab):
    words = """<b>if</b> <b>same</b> <i>faint</i> <i>twin</i> <b style="color: #ccc">own</b>
      <u style="background: #333"><b>marked</b></u> <u style="opacity: 0.3"><s><b>thin</b></s></u>
      <b>last</b> <small>x</small> <small>one letter is not judged</small>"""
    style = "<style>i, u + b, small { color: #bbb }</style>"
    tab.page.emulate_media(color_scheme="light")
    tab.page.goto("about:blank")
    expected = ["faint", "own", "marked", "thin", "last"]
    for boxes, found_in_each in [
        (words, [*expected, "twin", "one"]),
        (words.split("<small>")[0], expected),
    ]:
        tab.page.set_content(f"{style}<pre>{boxes}</pre><pre>{boxes}</pre>")
        found = [re.search(r">(\w+)[\w ]*</", t)[1] for t in tab.violations("color-contrast")]
        assert sorted(found) == sorted(2 * found_in_each)


@pytest.mark.parametrize(
    ("tex", "style", "faults"),
    [
        ("a + b = c", "", 0),
        ("a + b = c", "p { color: #bbb }", 3),  # Boxes: it may break after each sign.
        (r"a + \color{#bbb}{\text{part}}", "", 1),
        (r"a + \text{dark}", ".text { background: #333 }", 1),
    ],
)
def test_a_formula_is_asked_by_its_boxes_or_whole_and_stays_as_it_was(tab, tex, style, faults):
    tab.page.emulate_media(color_scheme="light")
    tab.page.goto("about:blank")
    style += ".katex-mathml { display: none }"
    tab.page.set_content(f"<style>{style}</style><p>{render(tex, False)[0]}</p>")
    before = tab.page.content()
    assert len(tab.violations("color-contrast")) == faults
    assert tab.page.content() == before

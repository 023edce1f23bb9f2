"""The built site as trees: each page is parsed once in a process, whichever tests ask about it.

Whoever changes a tree changes it for all: take a copy. Nine in ten tags of the site are inside of
formulas, so that only ``whole`` has them. The others are trees of lxml, which reads a page and
answers questions about it many times faster than Beautiful Soup, and finds the same tags in it.
"""

import functools
import re

from bs4 import BeautifulSoup
from lxml import etree, html

from tools.build_book import SITE

SPAN = re.compile(r"<(/?)span\b[^>]*>")
SILENT = ("pre", "code", "script", "style", etree.Comment)
TEX = re.compile(r"<annotation .*?</annotation>", re.DOTALL)


def source(page):
    file = SITE / f"{page}.html"
    assert file.exists(), f"{page}.html is not there: build the site with make book"
    return file.read_text(encoding="utf-8")


@functools.cache
def whole(page):
    """Return the document of a page of the site."""
    return BeautifulSoup(source(page), "html.parser")


def with_every_tag(page):
    """Return the document of a page, formulas and all, which is large: look at it once."""
    return html.document_fromstring(source(page))


@functools.cache
def tree(page):
    """Return the document of a page in which each formula is its TeX."""

    def tex(formula):
        return f'<span class="katex">{TEX.search(formula)[0]}</span>'

    return html.document_fromstring(with_formulas(source(page), tex))


def article(page):
    """Return what a page says, without what is around it on every page."""
    return tree(page).find(".//article")


@functools.cache
def words_of(page):
    """Return the article of a page without its formulas."""
    text = source(page)
    text = text[text.index("<article") : text.index("</article>")]
    return html.fragment_fromstring(with_formulas(text, lambda _: ""))


def with_formulas(text, become):
    """Return a text in which each formula is what it shall become."""
    parts, end = [], 0
    for formula in re.finditer('<span class="katex"', text):
        start, depth = formula.start(), 0
        for tag in SPAN.finditer(text, start):
            depth += -1 if tag[1] else 1
            if depth == 0:
                parts += [text[end:start], become(text[start : tag.end()])]
                end = tag.end()
                break
    return "".join([*parts, text[end:]])


def text(tag):
    """Return all that a tag says: scripts and styles say nothing."""
    return "".join(tag.xpath(".//text()[not(parent::script or parent::style)]"))


def said(tag):
    """Yield the texts in a tag, but for those of formulas and of code."""
    yield tag.text or ""
    for part in tag:
        if part.tag not in SILENT and "katex" not in part.get("class", "").split():
            yield from said(part)
        yield part.tail or ""

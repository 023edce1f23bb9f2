"""The built site as trees: each page is parsed once in a process, whichever tests ask about it.

Whoever changes a tree changes it for all: take a copy. Nine in ten tags of the site are inside of
formulas, so that only ``whole`` has them.
"""

import functools
import re
from html.parser import HTMLParser

from bs4 import BeautifulSoup, NavigableString

from tools.build_book import SITE

SPAN = re.compile(r"<(/?)span\b[^>]*>")
TEX = re.compile(r"<annotation .*?</annotation>", re.DOTALL)


def source(page):
    file = SITE / f"{page}.html"
    assert file.exists(), f"{page}.html is not there: build the site with make book"
    return file.read_text(encoding="utf-8")


@functools.cache
def whole(page):
    """Return the document of a page of the site."""
    return BeautifulSoup(source(page), "html.parser")


@functools.cache
def soup(page):
    """Return the document of a page in which each formula is its TeX."""

    def tex(html):
        return f'<span class="katex">{TEX.search(html)[0]}</span>'

    return BeautifulSoup(with_formulas(source(page), tex), "html.parser")


def article(page):
    """Return what a page says, without what is around it on every page."""
    return soup(page).find("article")


@functools.cache
def words_of(page):
    """Return the article of a page without its formulas."""
    text = source(page)
    text = text[text.index("<article") : text.index("</article>")]
    return BeautifulSoup(with_formulas(text, lambda _: ""), "html.parser")


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


def said(tag):
    """Yield the texts in a tag, but for those of formulas and of code."""
    for part in tag.children:
        if isinstance(part, NavigableString):
            yield part
        elif part.name not in ("pre", "code") and "katex" not in part.get("class", ()):
            yield from said(part)


class Tags(HTMLParser):
    """Lists the attributes of every tag, those of formulas too, and makes no tree."""

    def __init__(self, text):
        super().__init__()
        self.found = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.found.append(dict(attrs))


def attributes(page):
    """Return {name: value} of every tag of a page."""
    return Tags(source(page)).found

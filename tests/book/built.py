"""The built site as trees: each page is parsed once in a process, whichever tests ask about it.

Whoever changes a tree changes it for all: take a copy.
"""

import functools
import re

from bs4 import BeautifulSoup

from tools.build_book import SITE


@functools.cache
def soup(page):
    """Return the document of a page of the site."""
    file = SITE / f"{page}.html"
    assert file.exists(), f"{page}.html is not there: build the site with make book"
    return BeautifulSoup(file.read_text(encoding="utf-8"), "html.parser")


def article(page):
    """Return what a page says, without what is around it on every page."""
    return soup(page).find("article")


@functools.cache
def words_of(page):
    """Return the article of a page with empty formulas, of which nine in ten of its tags are."""
    text = (SITE / f"{page}.html").read_text(encoding="utf-8")
    text = text[text.index("<article") : text.index("</article>")]
    parts, end = [], 0
    for formula in re.finditer('<span class="katex"', text):
        parts.append(text[end : formula.start()])
        depth = 0
        for tag in re.finditer(r"<(/?)span\b[^>]*>", text[formula.start() :]):
            depth += -1 if tag[1] else 1
            if depth == 0:
                end = formula.start() + tag.end()
                break
    return BeautifulSoup("".join([*parts, text[end:]]), "html.parser")

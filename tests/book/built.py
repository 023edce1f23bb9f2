"""The built site as trees: each page is parsed once in a process, whichever tests ask about it.

Whoever changes a tree changes it for all: take a copy.
"""

import functools

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

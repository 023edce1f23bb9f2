"""The printed book has every page, link, number and picture of the site."""

import re

import pytest
from pypdf import PdfReader

from tests.book.browser import chromium
from tools import print_book
from tools.build_book import ROOT, SITE, pages

PAGES = pages(ROOT)


NUMBERS_AND_FORMULAS = (".eqno", ".caption-number", ".katex-html")


def texts(part, selector):
    return [tag.get_text() for tag in part.select(selector)]


@pytest.fixture(scope="module")
def printed():
    """Return the book, and what stood in the articles before they became one document."""
    articles = {page: print_book.article(SITE, page) for page in PAGES}
    stood = {
        selector: [text for part in articles.values() for text in texts(part, selector)]
        for selector in NUMBERS_AND_FORMULAS
    }
    return print_book.bind(articles), stood


@pytest.fixture(scope="module")
def book(printed):
    return printed[0]


def test_every_page_is_there_in_order(book):
    ids = [section["id"] for section in book.main.find_all("section", recursive=False)]
    assert ids == [print_book.anchor(page) for page in PAGES]


def test_every_link_inside_the_book_leads_somewhere_in_it(book):
    ids = [tag["id"] for tag in book.find_all(id=True)]
    assert len(ids) == len(set(ids))
    ids = set(ids)
    links = [tag["href"] for tag in book.find_all("a", href=True)]
    assert all(re.match(r"#|https?:", link) for link in links)
    assert [link for link in links if link.startswith("#") and link[1:] not in ids] == []
    assert sum(link.startswith("#") for link in links) > len(PAGES)


def test_numbers_and_formulas_are_those_of_the_site(printed):
    book, stood = printed
    for selector in NUMBERS_AND_FORMULAS:
        assert stood[selector]
        assert texts(book, selector) == stood[selector]


def test_everything_is_open_and_every_frame_is_shown(book):
    assert all(tag.has_attr("open") for tag in book.find_all("details"))
    assert not book.select("fieldset.lossbook-frames, script, [loading=lazy]")
    cells = book.select(".printed-frames > div")
    assert len(cells) > 5
    assert all(len(cell.find_all("img")) == 1 and cell.get_text() for cell in cells)
    folder = print_book.BOOK.parent
    for image in book.find_all("img"):
        assert (folder / image["src"]).resolve().is_file()


def test_the_file_has_outline_links_and_page_numbers_and_a_lost_page_is_found(tmp_path):
    with chromium() as browser:  # Skips with a word where there is none.
        names = [PAGES[0], PAGES[1]]
        print_book.BOOK.parent.mkdir(exist_ok=True)
        source = print_book.BOOK.with_name("two_pages.html")
        source.write_text(str(print_book.make_book(SITE, names)), encoding="utf-8")
        pdf = tmp_path / "book.pdf"
        print_book.print_pdf(browser, source, pdf)
    reader = PdfReader(pdf)
    titles = [entry.title for entry in reader.outline if not isinstance(entry, list)]
    assert len(titles) == 2
    assert reader.pages[2].extract_text().startswith("3\n")
    links = [note.get_object() for page in reader.pages for note in page.get("/Annots", [])]
    assert any("/Dest" in link for link in links)
    assert any("/URI" in link.get("/A", {}) for link in links)
    assert print_book.lost_pages(pdf, SITE, names) == []
    assert print_book.lost_pages(pdf, SITE, PAGES[:3]) == [PAGES[2]]

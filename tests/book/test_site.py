"""The built site: every page is there and whole, and every link in it leads somewhere."""

import functools
import re
from urllib.parse import unquote, urlsplit

import checked_equations
import doors
import pytest

from tests.book.built import article, text, tree
from tools import address
from tools.build_book import ROOT, SITE, pages

PAGES = pages(ROOT)
REPOSITORY = address.read(ROOT).repository
PLACE = re.compile(rf"{REPOSITORY}/blob/(\w+)/(.+)#L(\d+)")


@pytest.fixture(scope="module")
def site():
    files = [file for file in SITE.rglob("*.html") if "_static" not in file.parts]
    return {file: tree(file.relative_to(SITE).with_suffix("").as_posix()) for file in files}


@pytest.mark.parametrize("page", PAGES)
def test_the_page_has_a_title_and_content(page):
    assert tree(page).find(".//h1").text_content().strip()
    assert len(text(article(page))) > 300


@pytest.mark.parametrize("page", PAGES)
def test_no_cell_left_an_error_or_a_warning(page):
    assert tree(page).cssselect(".output.traceback, .output.stderr") == []
    assert not (SITE / "reports").exists()


@pytest.mark.parametrize("page", PAGES)
def test_every_picture_exists_and_says_what_it_shows(page):
    file = SITE / f"{page}.html"
    for image in article(page).iter("img"):
        source = image.attrib["src"]
        assert len(image.get("alt", "")) > 15, source[:80]
        assert image.get("alt") not in source
        if not source.startswith("data:"):
            assert (file.parent / source).exists(), source


@pytest.mark.parametrize("page", [page for page in PAGES if (ROOT / f"{page}.ipynb").exists()])
def test_every_labelled_equation_links_its_test(page):
    equations = article(page).cssselect("div.math[id^=equation-]")
    links = article(page).cssselect("p.checked-by a")
    assert len(equations) == len(links)
    # A page that refreshes what the reader knows derives nothing.
    free = ("chapters/questions/", "chapters/reference/", "chapters/background/what_you_need")
    assert equations or page.startswith(free)
    for link in links:
        # At a commit: on main the line moves away. A test that git does not know yet is on main.
        commit, file, line = PLACE.fullmatch(link.get("href")).groups()
        assert len(commit) == 40 or file not in checked_equations.commits()
        name = "test_" + link.text_content().replace(" ", "_")
        assert f"def {name}(" in (ROOT / file).read_text().splitlines()[int(line) - 1]


def test_every_link_within_the_site_leads_somewhere(site):
    anchors = {file: set(page.xpath("//@id")) for file, page in site.items()}
    broken, resolved = [], functools.cache(lambda place: place.resolve())
    for file, page in site.items():
        for link in page.xpath("//a/@href"):
            parts = urlsplit(link)
            if parts.scheme or link == "#":
                continue
            target = resolved(file.parent / unquote(parts.path)) if parts.path else file
            if not target.exists() or (
                parts.fragment and target in anchors and parts.fragment not in anchors[target]
            ):
                broken.append((str(file.relative_to(SITE)), link))
    assert broken == []


@pytest.mark.parametrize("page", [page for page in PAGES if (ROOT / f"{page}.ipynb").exists()])
def test_launch_edit_and_download_buttons_point_at_files_that_exist(page):
    links = tree(page).xpath("//a/@href")
    source = f"{page}.ipynb"
    binder = [link for link in links if link.startswith("https://mybinder.org")]
    colab = [link for link in links if link.startswith("https://colab.research.google.com")]
    offered = not doors.too_large(ROOT, page)
    assert [unquote(link).endswith(source) for link in binder] == [True] * offered
    assert [unquote(link).endswith(source) for link in colab] == [True]
    assert all(f"/{doors.BRANCH}" in link for link in [*binder, *colab])
    said = [note.text_content() for note in article(page).cssselect("p.where-it-runs")]
    assert len(said) == (not offered)
    assert all("Colab" in note and "your own machine" in note for note in said)
    # GitHub edits a notebook as raw JSON, so a reader is shown it instead.
    assert f"{REPOSITORY}/blob/main/{source}" in links
    assert not any("/edit/" in link for link in links)
    assert any(link.startswith(f"{REPOSITORY}/issues/new") for link in links)
    # Under the button, and again on a page that does not run in the browser.
    (download,) = {link for link in links if link.endswith(f"../notebooks/{source}")}
    assert ((SITE / page).parent / download).is_file()


def test_every_equation_test_belongs_to_an_equation_of_the_book():
    from checked_equations import TESTS, marked_tests

    sources = "".join(
        file.read_text(encoding="utf-8")
        for page in PAGES
        for file in [ROOT / f"{page}.ipynb", ROOT / f"{page}.md"]
        if file.exists()
    )
    labels = marked_tests(ROOT / TESTS, "equation")
    assert labels
    assert [label for label in labels if f":label: {label}" not in sources] == []

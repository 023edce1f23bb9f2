"""The built site: every page is there and whole, and every link in it leads somewhere."""

import re
from urllib.parse import unquote, urlsplit

import checked_equations
import doors
import pytest

from tests.book.built import article, soup
from tools import address
from tools.build_book import ROOT, SITE, pages

PAGES = pages(ROOT)
REPOSITORY = address.read(ROOT).repository
PLACE = re.compile(rf"{REPOSITORY}/blob/(\w+)/(.+)#L(\d+)")


@pytest.fixture(scope="module")
def site():
    files = [file for file in SITE.rglob("*.html") if "_static" not in file.parts]
    return {file: soup(file.relative_to(SITE).with_suffix("").as_posix()) for file in files}


@pytest.mark.parametrize("page", PAGES)
def test_the_page_has_a_title_and_content(page):
    assert soup(page).find("h1").get_text(strip=True)
    assert len(article(page).get_text()) > 300


@pytest.mark.parametrize("page", PAGES)
def test_no_cell_left_an_error_or_a_warning(page):
    assert soup(page).select(".output.traceback, .output.stderr") == []
    assert not (SITE / "reports").exists()


@pytest.mark.parametrize("page", PAGES)
def test_every_picture_exists_and_says_what_it_shows(page):
    file = SITE / f"{page}.html"
    for image in article(page).find_all("img"):
        source = image["src"]
        assert len(image.get("alt", "")) > 15, source[:80]
        assert image["alt"] not in source
        if not source.startswith("data:"):
            assert (file.parent / source).exists(), source


@pytest.mark.parametrize("page", [page for page in PAGES if (ROOT / f"{page}.ipynb").exists()])
def test_every_labelled_equation_links_its_test(page):
    equations = article(page).select("div.math[id^=equation-]")
    links = article(page).select("p.checked-by a")
    assert len(equations) == len(links)
    # A page that refreshes what the reader knows derives nothing.
    free = ("chapters/questions/", "chapters/reference/", "chapters/background/what_you_need")
    assert equations or page.startswith(free)
    for link in links:
        # At a commit: on main the line moves away. A test that git does not know yet is on main.
        commit, file, line = PLACE.fullmatch(link["href"]).groups()
        assert len(commit) == 40 or file not in checked_equations.commits()
        name = "test_" + link.get_text().replace(" ", "_")
        assert f"def {name}(" in (ROOT / file).read_text().splitlines()[int(line) - 1]


def test_every_link_within_the_site_leads_somewhere(site):
    anchors = {file: {tag["id"] for tag in page.find_all(id=True)} for file, page in site.items()}
    broken = []
    for file, page in site.items():
        for link in page.find_all("a", href=True):
            parts = urlsplit(link["href"])
            if parts.scheme or link["href"] == "#":
                continue
            target = (file.parent / unquote(parts.path)).resolve() if parts.path else file
            if not target.exists() or (
                parts.fragment and target in anchors and parts.fragment not in anchors[target]
            ):
                broken.append((str(file.relative_to(SITE)), link["href"]))
    assert broken == []


@pytest.mark.parametrize("page", [page for page in PAGES if (ROOT / f"{page}.ipynb").exists()])
def test_launch_edit_and_download_buttons_point_at_files_that_exist(page):
    links = [link["href"] for link in soup(page).find_all("a", href=True)]
    source = f"{page}.ipynb"
    binder = [link for link in links if link.startswith("https://mybinder.org")]
    colab = [link for link in links if link.startswith("https://colab.research.google.com")]
    offered = not doors.too_large(ROOT, page)
    assert [unquote(link).endswith(source) for link in binder] == [True] * offered
    assert [unquote(link).endswith(source) for link in colab] == [True]
    assert all(f"/{doors.BRANCH}" in link for link in [*binder, *colab])
    said = [note.get_text() for note in article(page).select("p.where-it-runs")]
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

    text = "".join(
        file.read_text(encoding="utf-8")
        for page in PAGES
        for file in [ROOT / f"{page}.ipynb", ROOT / f"{page}.md"]
        if file.exists()
    )
    labels = marked_tests(ROOT / TESTS, "equation")
    assert labels
    assert [label for label in labels if f":label: {label}" not in text] == []

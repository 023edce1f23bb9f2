"""Finding one's way on the built site: landing page, list of contents, ways in, links that tell."""

import re
from urllib.parse import urljoin

import pytest
import yaml

from tests.book.built import article, soup
from tools.build_book import ROOT, pages

READS = [".", "_build/html"]
PAGES = pages(ROOT)
PARTS = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))["parts"]
WAYS = ["loss_cards/index.html", "reading_a_loss_curve.html", "course_plan.html"]


def test_the_landing_page_begins_with_one_start_and_something_alive_and_four_ways_in():
    page = article("index")
    (start,) = page.select("a.start")
    assert start["href"] == "chapters/background/one_number_for_five.html"
    (explorer,) = page.select("figure.lossbook-explorer")
    first = page.find("h2")
    assert explorer in first.find_all_previous("figure")
    ways = [card.find("a")["href"] for card in page.select(".sd-card")]
    assert len(ways) == 4
    for way, end in zip(ways, ["one_number_for_five.html", *WAYS], strict=True):
        assert way.endswith(end)
    assert len(page.get_text().split()) < 700


@pytest.mark.parametrize("page", [*PAGES, "search", "404"])
def test_cards_and_instructors_are_one_click_from_every_page(page):
    above, below = soup(page).select("nav.ways")
    for nav in (above, below):
        for link, end in zip(nav.find_all("a"), WAYS, strict=True):
            # A page links itself by "#".
            assert urljoin(f"/{page}.html", link["href"]).removesuffix("#").endswith(end)


@pytest.mark.parametrize("page", [*PAGES, "404"])
def test_the_list_of_contents_folds_counts_and_is_open_at_the_page(page):
    (contents,) = soup(page).select("nav.bd-docs-nav")
    parts = contents.select("details.part")
    assert [part.summary.contents[0].strip() for part in parts] == [p["caption"] for p in PARTS]
    for part in parts:
        assert int(part.summary.select_one(".pages").get_text()) == len(part.select("a.reference"))
    (opened,) = [part for part in parts if part.has_attr("open")]
    current = opened.select(".current > a.reference")
    assert current or page in ("index", "404")
    # The front page is the logo's, and does not head the list.
    assert not contents.select(".bd-sidenav__home-link")


def test_chapters_are_numbered_through_the_book_and_reference_is_not():
    numbered = [page for part in PARTS if part.get("numbered") for page in part["chapters"]]
    titles = [article(page["file"]).find("h1").get_text() for page in numbered]
    assert [int(title.split(".")[0]) for title in titles] == list(range(1, len(titles) + 1))
    assert not article("chapters/reference/glossary").find("h1").get_text()[0].isdigit()


@pytest.mark.parametrize("page", PAGES[1:])
def test_previous_and_next_are_named_by_their_titles(page):
    for link in soup(page).select(".prev-next-area a"):
        target = link["href"].split("/")[-1]
        title = link.select_one(".prev-next-title").get_text(strip=True)
        assert len(title) > 3
        assert title.lower() not in ("previous", "next", target)


@pytest.mark.parametrize(
    "page", [page["file"] for part in PARTS if part.get("numbered") for page in part["chapters"]]
)
def test_what_a_chapter_needs_is_linked(page):
    texts = [p for p in article(page).find_all("p")[:8] if re.search(r"You need\b", p.get_text())]
    if page in FREE:
        return
    assert texts, "no line says what the reader needs"
    assert texts[0].find("a", class_="internal"), texts[0].get_text()


@pytest.mark.parametrize("page", PAGES)
def test_who_would_rather_play_gets_there_from_under_the_title(page):
    links = article(page).select("p.play-first a")
    sections = [h for h in article(page).find_all("h2") if h.get_text().startswith("Play: ")]
    assert len(links) == len(sections[:1])
    for link, heading in zip(links, sections):
        section = heading.find_parent("section")
        assert link["href"] == f"#{section['id']}"
        assert section.select(".lossbook-explorer, .lossbook-frames"), "nothing to play with"
        assert link in link.find_parent("article").find("h2").find_all_previous("a")
        assert link.parent.get_text() in heading.get_text().replace("Play: ", "Play first: ")


# Pages that need nothing of the book: the refresher, and lists to look things up in.
FREE = (
    "chapters/background/what_you_need",
    "chapters/outlook/what_is_open",
    "chapters/tools/books_and_courses",
)


def test_a_link_to_a_term_or_a_work_says_what_it_leads_to():
    terms, works = [], []
    for page in PAGES:
        terms += article(page).select("a.internal[href*='glossary.html#term-']")
        works += article(page).select("a.internal[href*='bibliography.html#']")
    assert len(terms) > 100
    assert len(works) > 200
    assert sum(len(link.get("title", "")) > 20 for link in terms) > 0.6 * len(terms)
    assert sum(len(link.get("title", "")) > 10 for link in works) > 0.9 * len(works)
    assert not any("\\" in link.get("title", "") for link in [*terms, *works])

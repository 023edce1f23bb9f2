"""Finding one's way on the built site: landing page, list of contents, ways in, links that tell."""

import re
from urllib.parse import urljoin

import pytest
import yaml

from tests.book.built import article, text, tree
from tools.build_book import ROOT, pages

READS = [".", "_build/html"]
PAGES = pages(ROOT)
PARTS = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))["parts"]
WAYS = ["loss_cards/index.html", "reading_a_loss_curve.html", "course_plan.html"]


def test_the_landing_page_begins_with_one_start_and_something_alive_and_four_ways_in():
    page = article("index")
    (start,) = page.cssselect("a.start")
    assert start.get("href") == "chapters/background/one_number_for_five.html"
    (explorer,) = page.cssselect("figure.lossbook-explorer")
    first = page.find(".//h2")
    assert explorer in first.xpath("preceding::figure")
    ways = [card.find(".//a").get("href") for card in page.cssselect(".sd-card")]
    assert len(ways) == 4
    for way, end in zip(ways, ["one_number_for_five.html", *WAYS], strict=True):
        assert way.endswith(end)
    assert len(text(page).split()) < 700


@pytest.mark.parametrize("page", [*PAGES, "search", "404"])
def test_cards_and_instructors_are_one_click_from_every_page(page):
    above, below = tree(page).cssselect("nav.ways")
    for nav in (above, below):
        for link, end in zip(nav.iter("a"), WAYS, strict=True):
            # A page links itself by "#".
            assert urljoin(f"/{page}.html", link.get("href")).removesuffix("#").endswith(end)


@pytest.mark.parametrize("page", [*PAGES, "404"])
def test_the_list_of_contents_folds_counts_and_is_open_at_the_page(page):
    (contents,) = tree(page).cssselect("nav.bd-docs-nav")
    parts = contents.cssselect("details.part")
    assert [part.find("summary").text.strip() for part in parts] == [p["caption"] for p in PARTS]
    for part in parts:
        (count,) = part.cssselect("summary .pages")
        assert int(count.text_content()) == len(part.cssselect("a.reference"))
    (opened,) = [part for part in parts if "open" in part.attrib]
    current = opened.cssselect(".current > a.reference")
    assert current or page in ("index", "404")
    # The front page is the logo's, and does not head the list.
    assert not contents.cssselect(".bd-sidenav__home-link")


def test_chapters_are_numbered_through_the_book_and_reference_is_not():
    numbered = [page for part in PARTS if part.get("numbered") for page in part["chapters"]]
    titles = [article(page["file"]).find(".//h1").text_content() for page in numbered]
    assert [int(title.split(".")[0]) for title in titles] == list(range(1, len(titles) + 1))
    assert not article("chapters/reference/glossary").find(".//h1").text_content()[0].isdigit()


@pytest.mark.parametrize("page", PAGES[1:])
def test_previous_and_next_are_named_by_their_titles(page):
    for link in tree(page).cssselect(".prev-next-area a"):
        target = link.get("href").split("/")[-1]
        title = link.cssselect(".prev-next-title")[0].text_content().strip()
        assert len(title) > 3
        assert title.lower() not in ("previous", "next", target)


@pytest.mark.parametrize(
    "page", [page["file"] for part in PARTS if part.get("numbered") for page in part["chapters"]]
)
def test_what_a_chapter_needs_is_linked(page):
    first = article(page).findall(".//p")[:8]
    texts = [p for p in first if re.search(r"You need\b", p.text_content())]
    if page in FREE:
        return
    assert texts, "no line says what the reader needs"
    assert texts[0].cssselect("a.internal"), texts[0].text_content()


@pytest.mark.parametrize("page", PAGES)
def test_who_would_rather_play_gets_there_from_under_the_title(page):
    links = article(page).cssselect("p.play-first a")
    sections = [h for h in article(page).iter("h2") if h.text_content().startswith("Play: ")]
    assert len(links) == len(sections[:1])
    for link, heading in zip(links, sections):
        (section,) = heading.xpath("ancestor::section[1]")
        assert link.get("href") == f"#{section.get('id')}"
        assert section.cssselect(".lossbook-explorer, .lossbook-frames"), "nothing to play with"
        assert link in article(page).find(".//h2").xpath("preceding::a")
        assert link.getparent().text_content() in heading.text_content().replace(
            "Play: ", "Play first: "
        )


# Pages that need nothing of the book: the refresher, and lists to look things up in.
FREE = (
    "chapters/background/what_you_need",
    "chapters/outlook/what_is_open",
    "chapters/tools/books_and_courses",
)


def test_a_link_to_a_term_or_a_work_says_what_it_leads_to():
    terms, works = [], []
    for page in PAGES:
        terms += article(page).cssselect("a.internal[href*='glossary.html#term-']")
        works += article(page).cssselect("a.internal[href*='bibliography.html#']")
    assert len(terms) > 100
    assert len(works) > 200
    assert sum(len(link.get("title", "")) > 20 for link in terms) > 0.6 * len(terms)
    assert sum(len(link.get("title", "")) > 10 for link in works) > 0.9 * len(works)
    assert not any("\\" in link.get("title", "") for link in [*terms, *works])

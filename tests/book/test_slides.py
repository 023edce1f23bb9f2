"""Slides: nothing is cut off, nothing is missing, nothing comes from elsewhere."""

import copy
import functools
import re

import pytest
from bs4 import BeautifulSoup

from tests.book.browser import AXE, chromium
from tests.book.built import whole
from tools import slides
from tools.build_book import SITE

READS = ["tests/book", "_static", "_build/html"]
NAMES = [lecture.split("/")[-1] for lecture in slides.LECTURES]
CHAPTER = dict(zip(NAMES, slides.LECTURES))
# What opens or asks for another address; names of XML namespaces are not asked for.
REQUESTS = r"(?:src|href|@import|url\()\s*=?\s*[\"']?\s*(?:https?:)?//"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Return slides made from the built site, away from it."""
    assert SITE.exists(), "build the site first: make book"
    away = tmp_path_factory.mktemp("lecture") / "slides"
    slides.main(away)
    return away


@pytest.fixture(scope="module")
def browser():
    with chromium() as one:
        yield one


@functools.cache
def deck(folder, name):
    return BeautifulSoup((folder / f"{name}.html").read_text(encoding="utf-8"), "html.parser")


def page(name):
    """Return an article of the site, to be cut."""
    return copy.copy(whole(CHAPTER[name]).find("article"))


def test_there_are_three_lectures():
    assert len(NAMES) == 3


@pytest.mark.parametrize("name", NAMES)
def test_every_section_has_slides_and_no_exercise_has(folder, name):
    titles = [h.get_text() for h in deck(folder, name).select(".slides > section h2")]
    sections = [h.get_text().rstrip("#") for h in page(name).find_all("h2")]
    left_out = ["Exercises", "Go further"]
    assert list(dict.fromkeys(titles)) == [s for s in sections if s not in left_out]
    assert len(titles) > 15


@pytest.mark.parametrize("name", NAMES)
def test_every_figure_formula_and_answer_of_the_chapter_is_shown(folder, name):
    chapter, lecture = page(name), deck(folder, name)
    for tag in chapter.select("#exercises, #go-further, .lossbook-explorer"):
        tag.decompose()

    def alternatives(document):
        return [image["alt"] for image in document.find_all("img")]

    assert alternatives(lecture) == alternatives(chapter)
    assert len(alternatives(lecture)) > 5
    for part in ("div.math", "details.sd-dropdown"):
        assert len(lecture.select(part)) == len(chapter.select(part)) > 0
    for image in lecture.find_all("img"):
        assert image["src"].startswith("data:") or (folder / image["src"]).exists()


@pytest.mark.parametrize("name", NAMES)
def test_the_prose_of_the_chapter_is_in_the_notes_or_on_the_slides(folder, name):
    chapter, lecture = page(name), deck(folder, name)
    for tag in chapter.select("#exercises, #go-further, .checked-by, .play-first, details, .cell"):
        tag.decompose()
    said = {p.get_text() for p in lecture.find_all("p")}
    for paragraph in chapter.select("section > p"):
        assert paragraph.get_text() in said


@pytest.mark.parametrize("name", NAMES)
def test_no_cell_left_an_error_and_no_setting_is_folded_away(folder, name):
    lecture = deck(folder, name)
    assert lecture.select(".output.traceback, .output.stderr, details.hide") == []


def test_no_file_names_another_host(folder):
    for path in folder.rglob("*.*"):
        if path.suffix in (".html", ".css"):
            assert not re.search(REQUESTS, path.read_text(encoding="utf-8")), path


@pytest.mark.parametrize("name", NAMES)
def test_no_two_things_of_a_lecture_have_one_id(folder, name):
    ids = [tag["id"] for tag in deck(folder, name).find_all(id=True)]
    assert len(ids) == len(set(ids)) > 5


# axe would ask for the style sheets again, which a page from a disk may not; and it reads the whole
# document for each slide, so that the others step aside meanwhile.
SHOW = """async (number) => {
  Reveal.slide(number);
  const slide = Reveal.getCurrentSlide();
  const size = [slide.scrollWidth, slide.scrollHeight];
  const options = { preload: false, resultTypes: ["violations"] };
  const others = [...slide.parentElement.children].filter((one) => one !== slide);
  const places = others.map(() => document.createComment("a slide"));
  others.forEach((one, i) => one.replaceWith(places[i]));
  const found = (await axe.run("section.present", options)).violations;
  places.forEach((place, i) => place.replaceWith(others[i]));
  return [size, found.map((one) => [one.id, one.nodes[0].html])];
}"""


@pytest.mark.parametrize("name", NAMES)
def test_slides_open_from_a_disk_for_everyone_and_nothing_is_cut_off(browser, folder, name):
    with browser.new_context(viewport={"width": 1280, "height": 720}) as context:
        tab = context.new_page()
        asked, problems = [], []
        tab.on("request", lambda request: asked.append(request.url))
        tab.on("requestfailed", lambda request: problems.append(request.url))
        tab.on("pageerror", lambda error: problems.append(str(error)))
        tab.goto((folder / f"{name}.html").as_uri())
        tab.wait_for_function("window.Reveal && Reveal.isReady()")
        tab.evaluate(f"{AXE}\nnull")
        for number in range(tab.evaluate("Reveal.getTotalSlides()")):
            size, violations = tab.evaluate(SHOW, number)
            assert size[0] <= 1280, (number, size)
            assert size[1] <= 720, (number, size)
            assert violations == [], number
        assert problems == []
        assert all(url.startswith(("file:", "data:")) for url in asked)
        with tab.expect_popup() as opened:
            tab.keyboard.press("s")
        # The last slide has no notes, the first has.
        tab.evaluate("Reveal.slide(0)")
        words = tab.locator("section.first aside.notes").text_content().strip()
        opened.value.get_by_text(words[:40]).first.wait_for()

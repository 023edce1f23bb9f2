"""What a link means is shown beside it: to a pointer and the keyboard, not to a finger."""

from urllib.parse import urlsplit

import pytest

from tests.book.browser import PREFIX, Visit, chromium, served_site
from tests.book.built import tree
from tools.build_book import SITE

# Their pages may link any other.
READS = ["tests/book", "_build/html"]
PAGE = "chapters/algorithm/momentum_to_adam"
HERE = "article a.internal[href^='#equation-']"
ELSEWHERE = "article a.internal[href*='.html#equation-']"
BOX = ".link-preview"
BUTTON_BEFORE = """link => {
  const before = document.createElement("button");
  link.before(before);
  before.focus();
}"""
TEX = "annotation[encoding='application/x-tex']"


@pytest.fixture(scope="module")
def browser():
    with served_site() as address, chromium() as one:
        yield one, address


@pytest.fixture(scope="module")
def opened(browser):
    """Return a tab with the page: to open it takes longer than most of what is asked here."""
    chrome, address = browser
    with Visit(chrome) as one:
        one.open(f"{address}/{PAGE}.html")
        yield one


@pytest.fixture
def tab(opened):
    """Return the tab as it was at first: at the top, with no pointer and no focus in the page."""
    opened.page.set_viewport_size({"width": 1280, "height": 720})
    opened.page.mouse.move(0, 0)
    opened.page.evaluate("scrollTo(0, 0); document.activeElement.blur();")
    opened.page.locator(BOX).wait_for(state="hidden")
    opened.complaints.clear()
    yield opened
    assert opened.complaints == []


def hover(tab, link):
    tab.page.mouse.move(0, 0)
    tab.page.locator(BOX).wait_for(state="hidden")
    link.scroll_into_view_if_needed()
    link.hover()


def focus(tab, link):
    """Reach a link as a keyboard does: from the place before it, by Tab."""
    link.evaluate(BUTTON_BEFORE)
    tab.page.keyboard.press("Tab")
    assert link.evaluate("link => document.activeElement === link")


def shown(tab):
    box = tab.page.locator(BOX)
    box.wait_for(state="visible")
    return box


def named(link):
    """Return number and formula of the equation that the link's address names, from its page."""
    address = urlsplit(link.evaluate("link => link.href"))
    page = address.path.removeprefix(f"{PREFIX}/").removesuffix(".html")
    equation = tree(page).get_element_by_id(address.fragment)
    formulas = [tex.text_content() for tex in equation.cssselect(TEX)]
    return equation.cssselect(".eqno")[0].text_content(), formulas


@pytest.mark.parametrize("reach", [hover, focus])
@pytest.mark.parametrize("links", [HERE, ELSEWHERE])
def test_every_link_to_an_equation_shows_the_equation_of_its_number(tab, links, reach):
    found = tab.page.locator(links)
    assert found.count() >= 2
    for link in found.all()[:4]:
        if not link.is_visible():
            continue
        reach(tab, link)
        box = shown(tab)
        number, formula = named(link)
        assert link.inner_text() in number
        assert box.locator(".eqno").inner_text() == link.inner_text()
        assert box.locator(TEX).all_text_contents() == formula
        assert formula
        tab.page.keyboard.press("Escape")
        box.wait_for(state="hidden")


def test_it_lies_in_the_window_beside_its_link_and_is_told_to_no_screen_reader(tab):
    link = tab.page.locator(HERE).first
    for width in (1280, 320):
        tab.page.set_viewport_size({"width": width, "height": 700})
        for height in (20, 640):
            link.evaluate("(link, y) => scrollBy(0, link.getBoundingClientRect().top - y)", height)
            tab.page.mouse.move(0, 0)
            hover(tab, link)
            box, at = shown(tab).bounding_box(), link.bounding_box()
            assert box["x"] >= 0
            assert box["x"] + box["width"] <= width
            assert 0 <= box["y"] <= 700 - box["height"]
            gap = max(box["y"] - at["y"] - at["height"], at["y"] - box["y"] - box["height"])
            assert 0 <= gap < 10
    assert tab.page.locator(BOX).get_attribute("aria-hidden") == "true"
    assert tab.page.locator(f"{BOX} :is([id], a, [tabindex])").count() == 0


def test_the_pointer_may_enter_it_and_it_goes_when_the_pointer_leaves(tab):
    link = tab.page.locator(HERE).first
    hover(tab, link)
    box = shown(tab)
    at = box.bounding_box()
    tab.page.mouse.move(at["x"] + at["width"] / 2, at["y"] + at["height"] / 2, steps=4)
    tab.page.wait_for_timeout(400)
    assert box.is_visible()
    tab.page.mouse.move(1, 1)
    box.wait_for(state="hidden")


def test_escape_and_the_next_stop_of_the_keyboard_close_it(tab):
    link = tab.page.locator(HERE).first
    focus(tab, link)
    shown(tab)
    tab.page.mouse.move(300, 300)
    tab.page.wait_for_timeout(400)
    assert tab.page.locator(BOX).is_visible()
    tab.page.keyboard.press("Tab")
    assert not tab.page.locator(BOX).is_visible()
    focus(tab, link)
    shown(tab)
    tab.page.keyboard.press("Escape")
    assert not tab.page.locator(BOX).is_visible()
    assert link.evaluate("link => document.activeElement === link")


@pytest.mark.parametrize("kind", ["glossary.html#term-", "bibliography.html#"])
def test_the_keyboard_reads_what_a_term_and_a_work_have_as_title(tab, kind):
    link = tab.page.locator(f"article a.internal[title][href*='{kind}']").first
    title = link.get_attribute("title")
    focus(tab, link)
    assert shown(tab).inner_text() == title
    assert link.get_attribute("title") == title
    tab.page.keyboard.press("Escape")
    hover(tab, link)
    tab.page.wait_for_timeout(300)
    assert not tab.page.locator(BOX).is_visible()


def test_a_finger_goes_where_the_link_leads(browser):
    chrome, address = browser
    with Visit(chrome, has_touch=True, viewport={"width": 390, "height": 800}) as one:
        one.open(f"{address}/{PAGE}.html")
        link = one.page.locator(HERE).first
        link.tap()
        one.page.wait_for_timeout(300)
        assert one.page.url.endswith(link.get_attribute("href"))
        assert not one.page.locator(BOX).is_visible()


def test_from_a_disk_a_page_shows_its_own_equations_and_of_others_quietly_nothing(browser):
    chrome, _ = browser
    with Visit(chrome) as one:
        one.open((SITE / f"{PAGE}.html").as_uri())
        hover(one, one.page.locator(HERE).first)
        shown(one)
        hover(one, one.page.locator(ELSEWHERE).first)
        one.page.wait_for_timeout(400)
        assert not one.page.locator(BOX).is_visible()
        assert one.complaints == []

"""The built site in a headless Chromium: alone, by mouse, by keyboard and without a script."""

import re
from io import BytesIO

import pytest
from PIL import Image

from tests.book.browser import Visit, chromium, served_site
from tools.build_book import SITE

READS = ["tests/book", "_build/html"]
CHAPTER = "chapters/algorithm/five_steps"
ADD_SCRIPT = """(address) => new Promise((done) => {
  const script = document.createElement("script");
  script.onload = () => done(true);
  script.onerror = () => done(false);
  script.src = address;
  document.head.append(script);
})"""
RUN_INLINE = """() => {
  const script = document.createElement("script");
  script.textContent = "window.ran = 1";
  document.head.append(script);
  document.body.setAttribute("onclick", "window.ran = 2");
  document.body.click();
  return window.ran;
}"""


@pytest.fixture(scope="module")
def address():
    with served_site() as root:
        yield root


@pytest.fixture(scope="module")
def browser():
    with chromium() as one:
        yield one


@pytest.fixture(scope="module")
def visit(browser, address):
    """Return a function that opens a page of the site, for each settings in a tab of its own.

    What a page keeps on this device stays there, so a test that makes it keep something visits by
    itself.
    """
    visits = {}

    def open_page(page, color_scheme="light", reduced_motion="no-preference", **settings):
        key = str(settings)
        if key not in visits:
            visits[key] = Visit(browser, **settings)
        one = visits[key]
        one.page.emulate_media(color_scheme=color_scheme, reduced_motion=reduced_motion)
        one.open(f"{address}/{page}.html")
        return one

    yield open_page
    for one in visits.values():
        one.context.close()


@pytest.fixture(scope="module")
def opened(browser, address):
    with Visit(browser) as one:
        one.open(f"{address}/{CHAPTER}.html")
        yield one


@pytest.fixture
def chapter(opened):
    """Return a tab with the chapter, which stays open: to open it takes longer than to ask."""
    opened.page.evaluate("scrollTo(0, 0); document.activeElement.blur();")
    opened.complaints.clear()
    return opened


@pytest.fixture(scope="module")
def folder(browser):
    """Return a function that opens a page of the site as a file, until it asks for nothing more."""
    with Visit(browser) as one:

        def open_file(page):
            one.complaints.clear()
            one.page.goto((SITE / f"{page}.html").as_uri(), wait_until="networkidle")
            return one

        yield open_file


@pytest.mark.parametrize("page", ["index", CHAPTER, "search"])
def test_a_page_works_from_a_folder(folder, page):
    one = folder(page)
    assert one.page.evaluate("getComputedStyle(document.body).fontFamily") != ""
    assert one.page.evaluate("typeof bootstrap") == "object"
    assert one.complaints == []


def test_an_address_that_leads_nowhere_shows_the_way_back(browser, address):
    with Visit(browser) as one:
        answer = one.page.goto(f"{address}/no/such/page.html")
        assert answer.status == 404
        one.page.click("article a >> text=front page")
        one.page.wait_for_url(f"{address}/index.html")
        assert [c for c in one.complaints if "404" not in c] == []


def test_the_policy_lets_the_site_load_its_own_scripts_and_nothing_else(visit):
    one = visit(CHAPTER)
    assert one.page.evaluate(ADD_SCRIPT, "../../_static/design-tabs.js") is True
    assert one.complaints == []
    assert one.page.evaluate(ADD_SCRIPT, "https://example.org/other.js") is False
    assert one.page.evaluate(RUN_INLINE) is None
    fetched = "() => fetch('https://example.org/').then(() => true, () => false)"
    assert one.page.evaluate(fetched) is False
    assert not [c for c in one.complaints if c.startswith("asked another host")]


def test_frames_change_by_mouse_and_by_keyboard(chapter):
    one = chapter
    frames = one.page.locator("fieldset.lossbook-frames").first
    shown, slider = frames.locator("img:visible"), frames.get_by_role("slider")
    first = shown.get_attribute("src")
    slider.scroll_into_view_if_needed()
    box = slider.bounding_box()
    one.page.mouse.click(box["x"] + box["width"] - 3, box["y"] + box["height"] / 2)
    assert slider.input_value() == slider.get_attribute("max")
    last = shown.get_attribute("src")
    assert shown.count() == 1
    assert last != first
    one.page.keyboard.press("ArrowLeft")
    assert shown.get_attribute("src") != last
    one.page.keyboard.press("ArrowRight")
    assert shown.get_attribute("src") == last
    one.page.wait_for_function("i => i.complete && i.naturalWidth > 0", arg=shown.element_handle())
    assert one.complaints == []


def test_frames_and_answers_work_without_javascript(visit):
    one = visit(CHAPTER, java_script_enabled=False)
    frames = one.page.locator("fieldset.lossbook-frames").first
    frames.locator("label").nth(2).click()
    assert frames.locator("img:visible").count() == 1
    answer = one.page.locator("details.sd-dropdown").first
    answer.locator("summary").click()
    assert answer.get_attribute("open") is not None


def test_answers_and_solutions_open_by_keyboard(chapter):
    one = chapter
    answer = one.page.locator("details.sd-dropdown").first
    answer.locator("summary").focus()
    one.page.keyboard.press("Enter")
    assert answer.get_attribute("open") is not None
    solution = one.page.locator("details.solution").first
    solution.locator(":scope > summary").focus()
    one.page.keyboard.press("Enter")
    assert solution.get_attribute("open") is not None


def test_on_paper_every_fold_is_open_and_afterwards_as_it_was(chapter):
    one = chapter
    closed = one.page.locator("details:not([open])").count()
    assert closed > 5
    one.page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert one.page.locator("details:not([open])").count() == 0
    one.page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert one.page.locator("details:not([open])").count() == closed


def test_focus_is_seen_wherever_the_tab_key_goes(visit):
    one = visit(CHAPTER)
    look = """() => {
      const style = getComputedStyle(document.activeElement);
      const ring = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0;
      return [ring || style.boxShadow !== "none", document.activeElement.outerHTML.slice(0, 120)];
    }"""
    for _ in range(60):
        one.page.keyboard.press("Tab")
        seen, element = one.page.evaluate(look)
        assert seen, element


def test_who_wants_no_motion_gets_none(visit):
    one = visit(CHAPTER, reduced_motion="reduce")
    moving = """() => [...document.querySelectorAll("*")].filter((element) => {
      const style = getComputedStyle(element);
      return style.transitionDuration.split(",").some((s) => parseFloat(s) > 0.001)
        || (style.animationName !== "none" && parseFloat(style.animationDuration) > 0.001);
    }).map((element) => element.outerHTML.slice(0, 80))"""
    assert one.page.evaluate(moving) == []


@pytest.mark.parametrize("picture", ["figure[id] img", ".lossbook-frames img:visible"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_picture_lies_on_the_ground_of_its_page(visit, scheme, picture):
    """Its own is white, for notebook programs; here nobody sees where it ends."""
    page = visit(CHAPTER, color_scheme=scheme, reduced_motion="reduce").page
    page.locator(picture).first.scroll_into_view_if_needed()
    box = page.locator(picture).first.bounding_box()
    edge = {"x": box["x"] - 6, "y": box["y"] + 1, "width": 14, "height": 6}
    # A browser that scales a picture draws its outermost pixel 2 of 255 darker.
    assert max(high - low for low, high in colors(page, edge)) <= 2
    # Its words and lines are dark on light, or light on dark.
    assert min(high - low for low, high in colors(page, box)) > 180


def colors(page, clip):
    """Return the least and the most red, green and blue of a part of what is seen."""
    return Image.open(BytesIO(page.screenshot(clip=clip))).convert("RGB").getextrema()


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("huber", r"^lossbook\.losses\.huber$"),
        ("softmax_cross_entropy", r"^lossbook\.losses\.softmax_cross_entropy$"),
        ("κ", "The learning rate"),
        ("kappa", "The learning rate"),
        ("Rousseeuw", "three answers|Bibliography"),
    ],
)
def test_the_search_finds_symbols_names_and_words(visit, query, expected):
    one = visit("index")
    one.page.keyboard.press("Control+k")
    one.page.keyboard.type(query)
    one.page.keyboard.press("Enter")
    found = one.page.locator("#search-results li > a", has_text=re.compile(expected))
    found.first.wait_for()
    assert one.complaints == []


def test_code_is_copied_by_its_button(visit):
    one = visit(CHAPTER)
    one.context.grant_permissions(["clipboard-read", "clipboard-write"])
    cell = one.page.locator("div.cell_input div.highlight:visible").first
    cell.hover()
    cell.locator("button.copybtn").click()
    copied = one.page.evaluate("navigator.clipboard.readText()")
    assert copied.strip() == cell.locator("pre").inner_text().strip()


def test_a_page_that_was_read_stays_marked_on_this_device(browser, address):
    with Visit(browser) as one:
        one.open(f"{address}/{CHAPTER}.html")
        assert one.page.locator(".read-mark").count() == 0
        one.page.get_by_label("I have read this page").check()
        assert one.page.locator(".bd-docs-nav .current .read-mark").count() == 1
        one.page.goto(f"{address}/index.html")
        read = one.page.locator(".bd-docs-nav a:has(.read-mark)")
        assert [link.get_attribute("href") for link in read.all()] == [f"{CHAPTER}.html"]


SHIFTS = """window.shifted = 0;
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) window.shifted += entry.value;
}).observe({ type: "layout-shift", buffered: true });"""


@pytest.mark.parametrize("page", ["index", CHAPTER, "chapters/reference/loss_cards/classification"])
def test_what_a_reader_sees_first_stays_where_it_is(browser, address, page):
    with Visit(browser, viewport={"width": 412, "height": 823}) as one:
        one.page.add_init_script(SHIFTS)
        one.page.goto(f"{address}/{page}.html", wait_until="networkidle")
        one.page.evaluate("document.fonts.ready.then(() => new Promise(requestAnimationFrame))")
        assert one.page.evaluate("window.shifted") < 0.03


WAITS = """() => [...document.querySelectorAll("article > section > section")].map(
  (section) => !section.lastElementChild.checkVisibility({ contentVisibilityAuto: true })
)"""
HEIGHT = "document.documentElement.scrollHeight"


def test_what_is_far_below_is_laid_out_when_the_reader_does_something(browser, address):
    with Visit(browser, viewport={"width": 390, "height": 844}) as one:
        page = one.page
        page.goto(f"{address}/{CHAPTER}.html", wait_until="networkidle")
        waits = page.evaluate(WAITS)
        assert len(waits) > 8
        assert not any(waits[:2])
        assert all(waits[4:])
        page.mouse.wheel(0, 50)
        page.wait_for_selector("html:not(.arriving)")
        assert not any(page.evaluate(WAITS))
        height = page.evaluate(HEIGHT)
        # Who comes to a place in the page gets all at once, and the page is as high.
        page.goto("about:blank")
        page.goto(f"{address}/{CHAPTER}.html#exercises", wait_until="networkidle")
        assert page.locator("html.arriving").count() == 0
        assert not any(page.evaluate(WAITS))
        assert page.evaluate(HEIGHT) == height


def test_a_link_to_a_place_far_below_leads_there_while_the_page_arrives(browser, address):
    with Visit(browser, viewport={"width": 1280, "height": 800}) as one:
        one.page.goto(f"{address}/{CHAPTER}.html", wait_until="networkidle")
        one.page.evaluate("document.querySelector('article a[href=\"#exercises\"]').click()")
        one.page.wait_for_selector("html:not(.arriving)")
        one.page.wait_for_function(
            "Math.abs(document.querySelector('#exercises').getBoundingClientRect().top) < 120"
        )


def test_what_comes_later_and_scrolls_is_reached_by_the_keyboard(visit):
    one = visit(CHAPTER)
    one.page.evaluate("""() => {
      const [wide, narrow] = ["x".repeat(500), "x"].map((text) => {
        const box = document.createElement("pre");
        box.append(text);
        return box;
      });
      wide.id = "wide";
      narrow.id = "narrow";
      document.querySelector("article section").prepend(wide, narrow);
    }""")
    one.page.wait_for_selector("#wide[tabindex='0']")
    assert one.page.locator("#narrow").get_attribute("tabindex") is None
    # A line that grows moves the edge of its box nowhere.
    one.page.evaluate("document.querySelector('#narrow').append('y'.repeat(500))")
    one.page.wait_for_selector("#narrow[tabindex='0']")


TOO_WIDE = """() => {
  document.querySelectorAll("details").forEach((fold) => { fold.open = true; });
  const boxes = [...document.querySelectorAll("article pre")].filter((box) => box.offsetParent);
  const columns = (box) => Math.max(...box.innerText.split("\\n").map((line) => line.length));
  const short = boxes.filter((box) => columns(box) <= 60);
  const wide = short.filter((box) => box.scrollWidth > box.clientWidth);
  return [short.length, wide.map((box) => box.innerText.slice(0, 60))];
}"""


@pytest.mark.parametrize(
    "page", [CHAPTER, "chapters/derivation/when_numbers_break", "chapters/outlook/designing_a_loss"]
)
def test_code_of_60_columns_and_its_output_fit_a_phone(visit, page):
    one = visit(page, viewport={"width": 390, "height": 844})
    count, wide = one.page.evaluate(TOO_WIDE)
    assert count > 15
    assert wide == []


def test_a_page_from_a_file_asks_for_nothing_that_it_may_not_have(folder):
    one = folder(CHAPTER)
    assert one.page.locator("link[rel=preload]").count() == 0
    assert one.complaints == []


def test_a_browser_that_stores_nothing_reads_the_book_all_the_same(browser, address):
    with Visit(browser) as one:
        one.page.add_init_script(
            "Storage.prototype.getItem = Storage.prototype.setItem ="
            " () => { throw new DOMException('storage is off'); };"
        )
        one.page.goto(f"{address}/{CHAPTER}.html", wait_until="load")
        one.page.get_by_label("I have read this page").check()
        assert one.page.locator(".bd-docs-nav .current .read-mark").count() == 1


def test_equations_figures_and_exercises_have_links_to_themselves(chapter):
    one = chapter
    for selector in ("div.math[id]", "figure[id]", "div.exercise[id]"):
        links = one.page.locator(selector).evaluate_all(
            "all => all.map(e => [e.id, ...[...e.querySelectorAll('a.headerlink')]"
            ".map(link => link.getAttribute('href'))])"
        )
        assert len(links) > 0
        assert links == [[name, f"#{name}"] for name, *_ in links]


def test_formulas_are_there_for_eyes_and_for_screen_readers(chapter):
    one = chapter
    assert one.page.locator(".math .katex-mathml math").count() > 20
    sizes = one.page.locator(".math .katex-html").evaluate_all(
        "all => all.map(e => e.getBoundingClientRect().height)"
    )
    assert min(sizes) > 8
    loaded = "[...document.fonts].filter(f => f.status === 'loaded').map(f => f.family)"
    assert {"KaTeX_Main", "KaTeX_Math"} <= set(one.page.evaluate(loaded))

"""The explorers of the built page, operated in Chromium by mouse, touch and keyboard."""

import functools
import http.server
import os
import re
import shutil
import threading

import pytest
from playwright.sync_api import sync_playwright

from lossbook import explorers
from tools.build_book import SITE

PAGE = "chapters/reference/explorers.html"
NAMES = ["loss", "descent", "lines", "elicitation", "classification"]
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")

pytestmark = pytest.mark.skipif(
    CHROMIUM is None and "CI" not in os.environ,
    reason="Chromium is not on the PATH: the explorers were not tried in a browser",
)


@pytest.fixture(scope="module")
def browser():
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"]
        )
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def tabs(browser):
    """Keep a tab for each set of settings: a new one costs as much as the page that it opens."""
    opened = {}
    yield opened
    for tab in opened.values():
        tab.context.close()


@pytest.fixture
def visit(browser, tabs):
    """Return a function that opens an address anew; afterwards, fail on errors of the explorers."""
    visited, errors, elsewhere = [], [], []
    listeners = {
        # The page's own errors, if any, are for the tests of the whole site.
        "pageerror": lambda error: errors.append(str(error.stack)),
        "console": lambda m: errors.append(f"{m.type} {m.text} {m.location['url']}"),
        "request": lambda request: elsewhere.append(request.url),
    }

    def open_page(address=None, **settings):
        settings = {"viewport": {"width": 1000, "height": 900}} | settings
        page = tabs.get(str(settings)) or browser.new_context(**settings).new_page()
        tabs[str(settings)] = page
        visited.append(page)
        page.set_viewport_size(settings["viewport"])
        for event, listener in listeners.items():
            page.on(event, listener)
        page.goto(address or (SITE / PAGE).as_uri())
        return page

    yield open_page
    for page in visited:
        for event, listener in listeners.items():
            page.remove_listener(event, listener)
    assert [error for error in errors if "explorers/" in error] == []
    hosts = [url for url in elsewhere if "explorer" in url and "127.0.0.1" not in url]
    assert [url for url in hosts if not url.startswith("file:")] == []


def bring(page, name):
    """Scroll to an explorer and return it, alive."""
    figure = page.locator(f'figure[data-explorer="{name}"]').first
    figure.scroll_into_view_if_needed()
    live = figure.locator(".lossbook-live")
    live.wait_for()
    live.locator(".lb-status:not(:empty)").wait_for()
    return live


def settle(page):
    """Wait for two frames, after which what was asked for is drawn."""
    page.evaluate("() => new Promise(r => requestAnimationFrame(() => requestAnimationFrame(r)))")


def said(live):
    settle(live.page)
    return live.locator(".lb-status").inner_text()


def center(handle):
    handle.scroll_into_view_if_needed()
    box = handle.locator(".lb-mark").bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def number(live, name):
    return live.get_by_role("spinbutton", name=name, exact=True)


def clear_of_header(page, handle):
    """Put the handle in the middle of the window, where no header covers it."""
    handle.evaluate("(element) => element.scrollIntoView({ block: 'center' })")
    settle(page)


def words(live):
    """Return all that the explorer shows: text, plots and number fields."""
    fields = live.locator("input").evaluate_all("(all) => all.map((field) => field.value)")
    return live.inner_text() + live.locator("svg").evaluate_all(
        "(all) => all.map((picture) => picture.outerHTML).join()"
    ) + " ".join(fields)  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_it_comes_alive_near_the_view_and_not_before(visit, name):
    page = visit(viewport={"width": 1000, "height": 300})
    last = page.locator('figure[data-explorer="classification"]')
    assert last.locator(".lossbook-live").count() == 0
    live = bring(page, name)
    assert live.locator("svg.lb-plot").count() >= 2
    assert "NaN" not in words(live)


@pytest.mark.parametrize("name", NAMES)
def test_a_mouse_moves_it_and_reset_brings_it_back(visit, name):
    page = visit()
    live = bring(page, name)
    before = said(live)
    handle = live.locator(".lb-handle").first
    clear_of_header(page, handle)
    x, y = center(handle)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 31, y + 17, steps=4)
    page.mouse.up()
    after = said(live)
    assert after != before
    page.mouse.move(x + 60, y + 30)  # Let go: it follows no more.
    assert said(live) == after
    live.get_by_role("button", name="Reset").click()
    assert said(live) == before


@pytest.mark.parametrize("name", NAMES)
def test_a_finger_moves_it_and_the_page_stays(visit, name):
    page = visit(viewport={"width": 360, "height": 700}, has_touch=True, is_mobile=True)
    live = bring(page, name)
    handle = live.locator(".lb-handle").first
    clear_of_header(page, handle)
    before, scrolled = said(live), page.evaluate("scrollY")
    x, y = center(handle)
    touch = page.context.new_cdp_session(page)

    def send(kind, *points):
        places = [{"x": px, "y": py} for px, py in points]
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": places})

    send("touchStart", (x, y))
    for i in range(1, 6):
        send("touchMove", (x - 8 * i, y + 6 * i))
    send("touchEnd")
    assert said(live) != before
    assert page.evaluate("scrollY") == scrolled


@pytest.mark.parametrize("name", NAMES)
def test_the_keyboard_moves_it_with_visible_focus(visit, name):
    page = visit()
    live = bring(page, name)
    handle = live.locator(".lb-handle").first
    ring = "(element) => getComputedStyle(element.querySelector('.lb-grip')).stroke"
    assert handle.evaluate(ring) == "none"
    handle.focus()
    assert handle.evaluate(ring) != "none"
    before, now = said(live), handle.get_attribute("aria-valuenow")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Shift+ArrowUp")
    assert said(live) != before
    assert handle.get_attribute("aria-valuenow") != now
    assert handle.evaluate("(element) => element === document.activeElement")


@pytest.mark.parametrize("name", NAMES)
def test_every_slider_and_choice_answers_to_the_keyboard(visit, name):
    page = visit()
    live = bring(page, name)
    for control in live.locator("input[type=range]:enabled, select").all():
        value = control.input_value()
        control.focus()
        page.keyboard.press("ArrowDown")
        if control.input_value() == value:  # It stood at its end.
            page.keyboard.press("ArrowUp")
        settle(page)
        assert control.input_value() != value
    assert "NaN" not in words(live)


@pytest.mark.parametrize("name", NAMES)
def test_tab_reaches_every_control_and_each_has_a_name(visit, name):
    page = visit()
    live = bring(page, name)
    nameless = live.locator("input, select, button, [role=slider]").evaluate_all(
        "(all) => all.filter((e) => !(e.ariaLabel || e.labels?.[0]?.innerText || e.innerText))"
        ".map((e) => e.outerHTML)"
    )
    assert nameless == []
    controls = live.locator("input:enabled, select, button, .lb-handle")
    controls.first.focus()
    for _ in range(controls.count() - 1):
        page.keyboard.press("Tab")
    inside = "(element) => element.contains(document.activeElement)"
    assert live.evaluate(inside)
    assert live.get_by_role("status").count() == 1


@pytest.mark.parametrize("name", NAMES)
def test_it_fits_every_window_and_its_targets_are_large_enough(visit, name):
    page = visit()
    live = bring(page, name)
    for width in (800, 360, 320):
        page.set_viewport_size({"width": width, "height": 800})
        settle(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        for control in live.locator("select, button, input, .lb-grip").all():
            assert control.bounding_box()["height"] >= 43.9
        boxes = live.locator("svg.lb-plot").evaluate_all(
            "(all) => all.map((s) => [s.viewBox.baseVal.width, s.getBoundingClientRect().width])"
        )
        for drawn, shown in boxes:  # One unit is one pixel, so that the text keeps its size.
            assert drawn == pytest.approx(shown, abs=1)


@pytest.mark.parametrize("name", NAMES)
def test_nonsense_in_a_number_field_is_named_and_changes_nothing(visit, name):
    page = visit()
    live = bring(page, name)
    before = said(live)
    for field in live.locator("input[type=number]:enabled").all():
        value = field.input_value()
        for typed in ["", "-", "e", "--5", "-1e9", "1e99"]:
            if typed in ("-1e9", "1e99"):
                field.fill(typed)
            else:  # What is no number at all can only be typed.
                field.fill("")
                field.press_sequentially(typed)
            assert "expected a" in said(live)
            assert field.get_attribute("aria-invalid") == "true"
            field.blur()
            settle(page)
            assert field.input_value() == value
            assert field.get_attribute("aria-invalid") == "false"
            assert said(live) == before


def test_the_steps_are_taken_by_buttons_and_end_where_the_package_does(visit):
    page = visit()
    live = bring(page, "descent")
    live.get_by_role("button", name="Back to the start").click()
    assert said(live).startswith("After 0 steps: x = −2.5, y = 1.5")
    for button, total in [("1 step", 1), ("25 steps", 26), ("100 steps", 126)]:
        live.get_by_role("button", name=button, exact=True).click()
        text = said(live)
        explorer = explorers.DescentExplorer(steps=total)
        shown = [float(x.replace("−", "-")) for x in re.findall(r"= (−?[\d.]+)[, ]", text)]
        powers = re.findall(r"x = .*?, y", text)
        assert f"After {total} step" in text
        if "10" not in powers[0]:
            assert shown[0] == pytest.approx(explorer.path[-1][0], rel=1e-3)


def test_a_rate_that_diverges_is_named_in_words(visit):
    page = visit()
    live = bring(page, "descent")
    number(live, "Learning rate η, as a number").fill("10")
    number(live, "Steps").fill("200")
    explorer = explorers.DescentExplorer(learning_rate=10, steps=200)
    step = re.match(r"diverged at step (\d+) ", explorer.history.reason)[1]
    assert said(live).startswith(f"Diverged at step {step}:")
    assert re.findall("NaN|Infinity|undefined", words(live)) == []


@pytest.mark.parametrize("surface", ["quadratic", "rosenbrock", "himmelblau", "saddle", "calls"])
def test_ten_thousand_steps_on_any_surface_leave_a_page_that_answers(visit, surface):
    page = visit()
    live = bring(page, "descent")
    live.get_by_role("combobox", name="Surface").select_option(surface)
    number(live, "Steps").fill("10000")
    for optimizer in explorers.descent.OPTIMIZERS:
        live.get_by_role("combobox", name="Optimizer").select_option(optimizer)
        assert re.match("After|Diverged", said(live))
        assert re.findall("NaN|Infinity|undefined", words(live)) == []
    live.get_by_role("button", name="100 steps").click()
    assert number(live, "Steps").input_value() == "10000"


@pytest.mark.parametrize("name", NAMES)
def test_a_drag_far_outside_stays_in_the_plot(visit, name):
    page = visit()
    live = bring(page, name)
    for handle in live.locator(".lb-handle").all():
        clear_of_header(page, handle)
        x, y = center(handle)
        page.mouse.move(x, y)
        page.mouse.down()
        for place in [(-500, -500), (5000, 400), (300, 9000)]:
            page.mouse.move(*place)
            settle(page)
        page.mouse.up()
        now, low, high = (
            float(handle.get_attribute(f"aria-value{part}")) for part in ("now", "min", "max")
        )
        assert low <= now <= high
    assert re.findall("NaN|Infinity|undefined", words(live)) == []


@pytest.mark.parametrize("name", NAMES)
def test_a_window_that_changes_in_the_middle_of_a_drag_does_no_harm(visit, name):
    page = visit()
    live = bring(page, name)
    handle = live.locator(".lb-handle").first
    clear_of_header(page, handle)
    x, y = center(handle)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 10, y + 5)
    page.set_viewport_size({"width": 420, "height": 700})
    settle(page)
    page.mouse.move(x + 20, y + 10)
    page.mouse.up()
    assert re.findall("NaN|Infinity|undefined", words(live)) == []
    clear_of_header(page, handle)
    before = said(live)
    x, y = center(handle)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x - 15, y + 15)
    page.mouse.up()
    assert said(live) != before


def test_points_can_be_stacked_above_one_another(visit):
    page = visit()
    live = bring(page, "lines")
    for handle in live.locator('.lb-handle[aria-label^="Point"]').all():
        handle.focus()
        for _ in range(25):
            page.keyboard.press("Shift+ArrowLeft")
    text = said(live)
    assert re.findall(r"(?:error|Huber|Quantile) (\S+?)[,.]", text) == ["0", "0", "0", "0"]
    assert re.findall("NaN|Infinity|undefined", words(live)) == []


@pytest.fixture
def two_on_a_page(tmp_path):
    """Return the address of a page with two descents and nothing else."""
    figures = [
        explorers.DescentExplorer("quadratic")._figure(),
        explorers.DescentExplorer("himmelblau", steps=3)._figure(),
    ]
    folder = (SITE / "_static" / "explorers").as_uri()
    page = tmp_path / "two.html"
    page.write_text(
        f'<!doctype html><meta charset="utf-8"><title>Two</title>'
        f'<link rel="stylesheet" href="{folder}/explorers.css">'
        f'<script defer src="{folder}/explorers.js"></script>{"".join(figures)}',
        encoding="utf-8",
    )
    return page.as_uri()


def test_two_explorers_on_a_page_do_not_disturb_each_other(visit, two_on_a_page):
    page = visit(two_on_a_page)
    first, second = (page.locator(".lossbook-live").nth(i) for i in range(2))
    second.scroll_into_view_if_needed()
    untouched = said(second)
    assert "After 3 steps" in untouched
    first.get_by_role("button", name="100 steps").click()
    assert "After 125 steps" in said(first)
    assert said(second) == untouched
    second.get_by_role("button", name="Reset").click()
    assert "After 125 steps" in said(first)


def test_without_script_the_picture_and_its_caption_stay(visit):
    page = visit(java_script_enabled=False)
    figures = page.locator("figure.lossbook-explorer")
    assert figures.count() == 5
    for figure in figures.all():
        picture = figure.locator("img")
        picture.scroll_into_view_if_needed()
        assert picture.bounding_box()["height"] > 150
        assert len(picture.get_attribute("alt")) > 40
        assert figure.locator("figcaption").is_visible()


def test_where_the_script_cannot_be_had_the_picture_stays(browser):
    page = browser.new_page()
    page.route("**/explorers/descent.js*", lambda route: route.abort())
    page.goto((SITE / PAGE).as_uri())
    bring(page, "loss")
    figure = page.locator('figure[data-explorer="descent"]')
    figure.scroll_into_view_if_needed()
    bring(page, "lines")
    assert figure.locator("img").is_visible()
    page.close()


class StrictHandler(http.server.SimpleHTTPRequestHandler):
    """Serve the site under /prefix/ with a policy that allows nothing but the site's own files."""

    def translate_path(self, path):
        return super().translate_path(path.removeprefix("/prefix"))

    def end_headers(self):
        policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:"
        self.send_header("Content-Security-Policy", policy)
        super().end_headers()

    def log_message(self, *_):
        """Say nothing."""


@pytest.fixture
def strict_server():
    handler = functools.partial(StrictHandler, directory=SITE)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}/prefix/"
        server.shutdown()


def test_they_live_under_a_path_prefix_with_the_strictest_policy(visit, strict_server):
    page = visit(strict_server + PAGE)
    for name in NAMES:
        live = bring(page, name)
        handle = live.locator(".lb-handle").first
        before = said(live)
        handle.focus()
        page.keyboard.press("ArrowLeft")
        assert said(live) != before
        assert handle.evaluate("(e) => getComputedStyle(e).touchAction") == "none"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_lines_and_text_stand_out_from_the_ground(visit, scheme):
    page = visit(color_scheme=scheme)
    contrast = """(live) => {
      const channels = (color) => color.match(/[\\d.]+/g).map(Number);
      const luminance = (color) => {
        const [r, g, b] = channels(color).slice(0, 3)
          .map((c) => c / 255)
          .map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
      };
      let ground = live;
      const clear = (e) => channels(getComputedStyle(e).backgroundColor)[3] === 0;
      while (ground.parentElement && clear(ground)) ground = ground.parentElement;
      const back = luminance(getComputedStyle(ground).backgroundColor);
      const ratio = (color) => {
        const [a, b] = [luminance(color), back].sort((x, y) => y - x);
        return (a + 0.05) / (b + 0.05);
      };
      return {
        text: Math.min(...[...live.querySelectorAll("text:not(.lb-star), p, th, td, span")]
          .map((e) => ratio(getComputedStyle(e)[e.tagName === "text" ? "fill" : "color"]))),
        lines: Math.min(...[...live.querySelectorAll(".lb-line, .lb-axis")]
          .map((e) => ratio(getComputedStyle(e).stroke))),
      };
    }"""
    for name in NAMES:
        found = bring(page, name).evaluate(contrast)
        assert found["text"] >= 4.5
        assert found["lines"] >= 3

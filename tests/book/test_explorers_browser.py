"""The explorers and the frames, operated in Chromium by mouse, pen, finger and keyboard.

Most tests share one tab with a bare page of all explorers, and press Reset; what concerns the site
itself, its header, its policy and its style, is tried on the built page.
"""

import functools
import http.server
import io
import os
import re
import shutil
import threading

import matplotlib.image
import pytest
from playwright.sync_api import sync_playwright

from lossbook import explorers
from tests.book.built import whole
from tools.build_book import SITE

READS = [
    "lossbook", "tests/book/built.py", "tests/book/test_explorers_browser.py",
    "_build/html/_static", "_build/html/_images", "_build/html/chapters/algorithm/five_steps.html",
    "_build/html/chapters/reference/explorers.html",
]  # fmt: skip
PAGE = "chapters/reference/explorers"
FRAMES = "chapters/algorithm/five_steps"
NAMES = [
    "loss", "descent", "lines", "elicitation", "classification", "softmax", "one_number", "damping",
]  # fmt: skip
DESKTOP = {"viewport": {"width": 1000, "height": 900}}
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
EMPTY = "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg'/%3E"
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
def bare(tmp_path_factory):
    """Return the address of a page with all explorers, frames of a chapter, and nothing else.

    Its pictures are empty, and keep the room that the real ones have: to draw those takes longer
    than all that is asked of the page. They are looked at on the page of the site.
    """
    shown = whole(PAGE).select("figure.lossbook-explorer")
    shown += whole(FRAMES).select("fieldset.lossbook-frames")
    styles = "".join(map(str, whole(FRAMES).select("style:has(+ fieldset)")))
    figures = [re.sub(r'src="[^"]+"', f'src="{EMPTY}"', str(one)) for one in shown]
    return write_page(tmp_path_factory.mktemp("bare") / "all.html", styles, figures)


def write_page(path, styles, figures):
    folder = (SITE / "_static" / "explorers").as_uri()
    path.write_text(
        '<!doctype html><html lang="en"><meta charset="utf-8"><title>Explorers</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<link rel="stylesheet" href="{folder}/explorers.css">{styles}'
        f'<script defer src="{folder}/explorers.js"></script><main>{"".join(figures)}</main>',
        encoding="utf-8",
    )
    return path.as_uri()


class Tabs:
    """Tabs that stay open, one for each settings, and what went wrong in them."""

    def __init__(self, browser):
        self.browser, self.opened, self.errors = browser, {}, []

    def __call__(self, address, fresh=False, **settings):
        key = str(settings)
        if key not in self.opened:
            page = self.browser.new_context(**settings).new_page()
            page.on("pageerror", lambda error: self.errors.append(str(error.stack)))
            page.on("console", self.read)
            self.opened[key] = page
        page = self.opened[key]
        if fresh or page.url.partition("#")[0] != address.partition("#")[0]:
            page.goto("about:blank")
            page.goto(address)
        return page

    def read(self, message):
        if message.type == "error" and "explorers/" in message.location["url"]:
            self.errors.append(message.text)


@pytest.fixture(scope="module")
def tabs(browser):
    tabs = Tabs(browser)
    yield tabs
    for page in tabs.opened.values():
        page.context.close()


@pytest.fixture
def open_tab(tabs):
    """Return a function that opens an address in its tab; afterwards, fail on errors."""
    tabs.errors.clear()
    yield tabs
    assert tabs.errors == []


@pytest.fixture
def desk(open_tab, bare):
    return open_tab(bare, **DESKTOP)


@pytest.fixture
def phone(open_tab, bare):
    return open_tab(bare, **PHONE)


# Whatever is asked of the page between two acts of the reader is asked at once: a question by
# itself costs more than its answer. After two frames, what was asked for is drawn.
SETTLE = "await new Promise((r) => requestAnimationFrame(() => requestAnimationFrame(r)));"
BRING = f"""async ([name, alone]) => {{
  const figure = document.querySelector(`figure[data-explorer="${{name}}"]`);
  for (const other of document.querySelectorAll("figure[data-explorer]")) {{
    other.style.containIntrinsicSize = "auto 700px";
    other.style.contentVisibility = alone && other !== figure ? "hidden" : "visible";
  }}
  figure.scrollIntoViewIfNeeded();
  for (let frame = 0; !figure.querySelector(".lb-status:not(:empty)"); frame++) {{
    if (frame > 2000) throw new Error(`${{name}} has not come alive`);
    await new Promise(requestAnimationFrame);
  }}
  const buttons = [...figure.querySelectorAll(".lossbook-live button")];
  const reset = buttons.find((button) => button.innerText === "Reset");
  reset.focus();
  reset.click();
  {SETTLE}
}}"""


def bring(page, name, alone=False):
    """Scroll to an explorer and return it, alive and as it was at first.

    Alone, it is the only one that is drawn again when the window changes; the others keep their
    room.
    """
    page.evaluate(BRING, [name, alone])
    return page.locator(f'figure[data-explorer="{name}"]').first.locator(".lossbook-live")


def settle(page):
    page.evaluate(f"async () => {{ {SETTLE} }}")


def resize(page, width, height):
    """Change the window: a figure learns of it when a frame ends, and draws in the next."""
    page.set_viewport_size({"width": width, "height": height})
    settle(page)


def settled(place, answer):
    """Return what an expression says of an element `e` two frames later."""
    return place.evaluate(f"async (e) => {{ {SETTLE} return {answer}; }}")


def said(live):
    return settled(live, "e.querySelector('.lb-status').innerText")


BOX = "(({ x, y, width, height }) => [x + width / 2, y + height / 2])"
CENTER = f"{BOX}(e.querySelector('.lb-mark').getBoundingClientRect())"


def center(handle):
    return settled(handle, CENTER)


def unfold(live):
    live.evaluate(f"""async (live) => {{
      const closed = live.querySelectorAll("details:not([open])");
      for (const fold of closed) fold.open = true;
      if (closed.length) {SETTLE}
    }}""")


def number(live, name):
    unfold(live)
    return live.get_by_role("spinbutton", name=f"{name}, as a number", exact=True)


def in_the_middle(handle):
    """Put the handle in the middle of the window, where no header covers it; return its center."""
    handle.evaluate("(element) => element.scrollIntoView({ block: 'center' })")
    return center(handle)


def numbers_are_fine(live):
    words = live.evaluate("""(live) => [
      live.innerText,
      ...[...live.querySelectorAll("svg")].map((one) => one.outerHTML),
      ...[...live.querySelectorAll("input")].map((field) => field.value),
    ].join(" ")""")
    return re.findall("NaN|Infinity|undefined", words) == []


# Taking hold


@functools.cache
def devtools(page):
    return page.context.new_cdp_session(page)


def with_mouse(page, start, end, kind="mouse"):
    session = devtools(page)

    def send(what, place, **more):
        place = {"x": place[0], "y": place[1]}
        session.send("Input.dispatchMouseEvent", {"type": what, "pointerType": kind} | place | more)

    held = {"button": "left", "buttons": 1, "clickCount": 1}
    send("mouseMoved", start)
    send("mousePressed", start, **held)
    for part in (0.3, 0.7, 1):
        send("mouseMoved", [a + part * (b - a) for a, b in zip(start, end)], **held)
    send("mouseReleased", end, **held | {"buttons": 0})


def with_pen(page, start, end):
    with_mouse(page, start, end, "pen")


def with_finger(page, start, end):
    session = devtools(page)

    def send(kind, *places):
        points = [{"x": x, "y": y} for x, y in places]
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    send("touchStart", start)
    for i in range(1, 9):
        send("touchMove", [a + i / 8 * (b - a) for a, b in zip(start, end)])
    send("touchEnd")


# Handles that move along one direction keep their place in the other: (explorer, handle) to which.
MOVES = {
    ("loss", 0): "x", ("loss", 1): "x", ("elicitation", 0): "", ("classification", 0): "x",
    ("softmax", 0): "x", ("softmax", 1): "y", ("one_number", 0): "", ("one_number", 1): "x",
}  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("drag", [with_mouse, with_pen, with_finger])
def test_a_point_ends_where_the_drag_ends_and_the_page_stays(request, drag, name):
    page = request.getfixturevalue("phone" if drag is with_finger else "desk")
    live = bring(page, name)
    for n in range(min(live.locator(".lb-handle").count(), 2)):
        handle = live.locator(".lb-handle").nth(n)
        in_the_middle(handle)
        plot, scrolled, (x, y) = handle.evaluate(
            "(e) => { const b = e.ownerSVGElement.querySelector('svg').getBoundingClientRect();"
            f" return [[b.left, b.top, b.right, b.bottom], scrollY, {CENTER}]; }}"
        )
        # Toward the middle of the plot, 50 pixels each way, so that it may end there.
        dx = 50 if x < (plot[0] + plot[2]) / 2 else -50
        dy = 50 if y < (plot[1] + plot[3]) / 2 else -50
        # Held at its rim, it keeps its distance from the pointer.
        drag(page, (x + 3, y + 3), (x + 3 + dx, y + 3 + dy))
        (left, top), now = settled(handle, f"[{CENTER}, scrollY]")
        free = MOVES.get((name, n), "xy")
        if free != "y":
            assert left - x == pytest.approx(dx, abs=2)
        else:
            assert left == pytest.approx(x, abs=0.1)
        if "y" in free:
            assert top - y == pytest.approx(dy, abs=2)
        elif free == "x":
            assert top == pytest.approx(y, abs=0.1)
        assert now == scrolled
        page.mouse.move(x + 90, y + 90)  # Let go: it follows no more.
        assert center(handle) == [left, top]


@pytest.mark.parametrize("name", NAMES)
def test_a_tap_on_the_plane_brings_the_nearest_point_there(phone, name):
    live = bring(phone, name)
    handle = live.locator(".lb-handle").first
    x, y = in_the_middle(handle)
    inside = live.locator(".lb-plot").first.locator("svg").bounding_box()
    right = inside["x"] + inside["width"]
    # Of the lines' points the next is 36 pixels away, and a finger close to one means that one.
    far, up = (12, 70) if name == "lines" else (40, 28)
    place = (x + far if x + far < right else x - far, y + (-up if y - up > inside["y"] else up))
    phone.touchscreen.tap(*place)
    left, top = center(handle)
    free = MOVES.get((name, 0), "xy")
    assert left == pytest.approx(place[0], abs=2)
    if free == "xy":
        assert top == pytest.approx(place[1], abs=2)


@pytest.mark.parametrize("name", NAMES)
def test_a_drag_far_outside_stays_in_the_plot_also_if_the_window_changes(desk, name):
    live = bring(desk, name, alone=True)
    for handle in live.locator(".lb-handle").all()[:3]:
        desk.mouse.move(*in_the_middle(handle))
        desk.mouse.down()
        for place in [(-500, -500), (5000, 400), (300, 9000)]:
            desk.mouse.move(*place)
            settle(desk)
        resize(desk, 420, 700)
        desk.mouse.move(100, 100)
        desk.mouse.up()
        resize(desk, **DESKTOP["viewport"])
        now, low, high = settled(handle, "[e.ariaValueNow, e.ariaValueMin, e.ariaValueMax]")
        now, low, high = float(now), float(low), float(high)
        assert low <= now <= high
    assert numbers_are_fine(live)


# The keyboard


@pytest.mark.parametrize("name", NAMES)
def test_the_keyboard_moves_it_with_visible_focus_and_reset_brings_it_back(desk, name):
    live = bring(desk, name)
    handle = live.locator(".lb-handle").first
    first, now = said(live), handle.get_attribute("aria-valuenow")
    desk.keyboard.press("Tab")
    handle.focus()
    ring = "(element) => getComputedStyle(element.querySelector('.lb-grip')).stroke"
    assert handle.evaluate(ring) != "none"
    desk.keyboard.press("ArrowRight")
    desk.keyboard.press("Shift+ArrowUp")
    assert said(live) != first
    assert handle.get_attribute("aria-valuenow") != now
    assert handle.evaluate("(element) => element === document.activeElement")
    live.get_by_role("button", name="Reset").click()
    assert said(live) == first


@pytest.mark.parametrize("name", NAMES)
def test_every_slider_and_choice_answers_to_the_keyboard(desk, name):
    live = bring(desk, name)
    unfold(live)
    for control in live.locator("input[type=range]:visible, select").all():
        value = control.evaluate("(e) => { e.focus(); return e.value; }")
        desk.keyboard.press("ArrowDown")
        now = settled(control, "e.value")
        if now == value:  # It stood at its end.
            desk.keyboard.press("ArrowUp")
            now = settled(control, "e.value")
        assert now != value
    assert numbers_are_fine(live)


@pytest.mark.parametrize("name", NAMES)
def test_tab_reaches_what_is_there_and_the_first_sight_is_not_crowded(desk, name):
    live = bring(desk, name)
    live.locator("details").evaluate_all("(all) => all.forEach((fold) => { fold.open = false; })")
    wide = live.locator(".lb-controls > :visible")
    assert 2 <= wide.count() <= 3
    assert live.locator("input[type=number]:visible").count() == 0
    live.locator("details").first.evaluate("(fold) => { fold.open = true; }")
    controls = live.locator(":is(input, select, button, summary, .lb-handle):visible")
    nameless = controls.evaluate_all(
        "(all) => all.filter((e) => !(e.ariaLabel || e.labels?.[0]?.innerText || e.innerText))"
        ".map((e) => e.outerHTML)"
    )
    assert nameless == []
    controls.first.focus()
    for _ in range(controls.count() - 1):
        desk.keyboard.press("Tab")
    assert live.evaluate("(element) => element.contains(document.activeElement)")
    desk.keyboard.press("Tab")
    assert not live.evaluate("(element) => element.contains(document.activeElement)")
    assert live.get_by_role("status").count() == 1


FIELD = """[
  e.closest(".lossbook-live").querySelector(".lb-status").innerText,
  e.getAttribute("aria-invalid"), e.value,
]"""


@pytest.mark.parametrize("name", NAMES)
def test_nonsense_in_a_number_field_is_named_and_changes_nothing(desk, name):
    live = bring(desk, name)
    unfold(live)
    before = said(live)
    for field in live.locator("input[type=number]:visible").all()[:3]:
        value = field.input_value()
        for typed in ["", "--5", "1e99"]:
            if typed == "1e99":
                field.fill(typed)
            else:  # What is no number at all can only be typed.
                field.fill("")
                field.press_sequentially(typed)
            words, invalid, _ = settled(field, FIELD)
            assert "expected a" in words
            assert invalid == "true"
            field.blur()
            assert settled(field, FIELD) == [before, "false", value]


# What is seen


@pytest.mark.parametrize("name", NAMES)
def test_on_a_phone_the_plots_are_in_view_with_whatever_is_moved(open_tab, name):
    page = open_tab((SITE / f"{PAGE}.html").as_uri(), **PHONE)
    live = bring(page, name)
    unfold(live)
    boxes = """[
      e, e.closest(".lossbook-live").querySelector(".lb-plots"),
      document.querySelector(".bd-header-article"),
    ].map((one) => one.getBoundingClientRect().toJSON())"""
    for control in live.locator("input:visible, select:visible").all():
        control.evaluate("(element) => element.scrollIntoView({ block: 'end' })")
        page.mouse.wheel(0, 90)  # Not at the very end, where the browser's own bar would be.
        moved, seen, header = settled(control, boxes)
        # The header goes while one scrolls down, and the plots take its place.
        assert seen["top"] >= max(header["bottom"], 0) - 1
        assert seen["bottom"] <= moved["top"] + 1
        assert moved["bottom"] <= PHONE["viewport"]["height"]
    for slider in live.locator(".lb-controls input[type=range]:visible").all():
        assert slider.bounding_box()["width"] >= 200


@pytest.mark.parametrize("name", NAMES)
def test_labels_lie_on_no_other_and_on_no_dot_and_can_be_read(desk, name):
    look = """(live) => [...live.querySelectorAll(".lb-plot")].map((plot) => {
      const frame = plot.getBoundingClientRect();
      const boxes = (all) => [...plot.querySelectorAll(all)].map((e) => {
        const { left, top, right, bottom } = e.getBoundingClientRect();
        return [left - frame.left, top - frame.top, right - frame.left, bottom - frame.top];
      });
      const size = (e) => parseFloat(getComputedStyle(e).fontSize);
      const sizes = [...plot.querySelectorAll("text")].map(size);
      return { labels: boxes(".lb-label"), marks: boxes(".lb-mark"), small: Math.min(...sizes),
        width: frame.width, height: frame.height };
    })"""
    live = bring(desk, name, alone=True)
    found = 0
    slider = live.locator(".lb-controls input[type=range]:visible").first
    low, high, step = (float(slider.get_attribute(name)) for name in ("min", "max", "step"))
    slide = f"""async (slider, value) => {{
      slider.value = value;
      slider.dispatchEvent(new Event("input", {{ bubbles: true }}));
      {SETTLE}
      return ({look})(slider.closest(".lossbook-live"));
    }}"""
    for width in (390, 1000):
        resize(desk, width, 900)
        for part in (0, 0.2, 0.4, 0.5, 0.7, 1):
            at = f"{low + round(part * (high - low) / step) * step:.6g}"
            for plot in slider.evaluate(slide, at):
                assert plot["small"] >= 11
                found += len(plot["labels"])
                for i, box in enumerate(plot["labels"]):
                    assert min(box) >= 0
                    assert box[2] <= plot["width"]
                    for other in [*plot["labels"][:i], *plot["marks"]]:
                        across = min(box[2], other[2]) - max(box[0], other[0])
                        down = min(box[3], other[3]) - max(box[1], other[1])
                        # A line of text is higher than its letters.
                        assert min(across, down) <= 4, (width, part, box, other)
    assert found >= 12  # At each of twelve looks, one label at the least.


@pytest.mark.parametrize("name", NAMES)
def test_it_fits_every_window_and_its_targets_are_large_enough(desk, name):
    live = bring(desk, name, alone=True)
    unfold(live)
    for width in (800, 320):
        resize(desk, width, 800)
        wide, boxes = settled(
            live,
            """[
          document.documentElement.scrollWidth,
          [...e.querySelectorAll("svg.lb-plot")]
            .map((s) => [s.viewBox.baseVal.width, s.getBoundingClientRect().width]),
        ]""",
        )
        assert wide <= width
        targets = live.locator(":is(select, button, input, summary, .lb-grip):visible")
        heights = targets.evaluate_all("(all) => all.map((e) => e.getBoundingClientRect().height)")
        assert min(heights) >= 43.9
        for drawn, shown in boxes:  # One unit is one pixel, so that the text keeps its size.
            assert drawn == pytest.approx(shown, abs=1)
    resize(desk, **DESKTOP["viewport"])


def in_the_colors(open_tab, scheme):
    page = open_tab((SITE / f"{PAGE}.html").as_uri())
    page.emulate_media(color_scheme=scheme)
    page.wait_for_selector(f"html[data-theme={scheme}]")
    return page


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_lines_and_text_stand_out_from_the_ground(open_tab, scheme):
    page = in_the_colors(open_tab, scheme)
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


# Play, guess, share, save


@pytest.mark.parametrize("name", NAMES)
def test_it_plays_to_the_end_stops_when_told_and_steps(open_tab, bare, name):
    page = open_tab(bare, reduced_motion="no-preference")
    live = bring(page, name)
    play = live.get_by_role("button", name=re.compile("^(Play|Pause):?")).first
    slider = live.locator(".lb-number:has(button) input[type=range]:visible").first
    slider.fill(slider.get_attribute("min"))
    page.clock.install(time=0)
    page.clock.pause_at(1000)  # Of the time that a busy machine takes nothing passes.
    low, high = (float(slider.get_attribute(end)) for end in ("min", "max"))

    def after(milliseconds):
        page.clock.run_for(40)  # A frame or two, from which it counts.
        page.clock.fast_forward(milliseconds)
        page.clock.run_for(40)
        return (float(slider.input_value()) - low) / (high - low)

    play.click()
    assert after(1000) == pytest.approx(
        0.27, abs=0.04
    )  # A quarter of four seconds, and the frames.
    assert play.inner_text() == "Pause"
    assert live.get_by_role("status").get_attribute("aria-live") == "off"
    play.click()
    stopped = slider.input_value()
    after(1000)
    assert slider.input_value() == stopped
    play.click()
    assert after(6000) == 1
    assert play.inner_text() == "Play"
    assert live.get_by_role("status").get_attribute("aria-live") is None
    slider.fill(slider.get_attribute("min"))
    live.get_by_role("button", name=re.compile("^Step:")).first.click()
    step = float(slider.get_attribute("step"))
    assert float(slider.input_value()) - low == pytest.approx(step)
    page.clock.resume()


def test_who_wants_no_motion_is_offered_none(open_tab, bare):
    page = open_tab(bare, reduced_motion="reduce")
    for name in NAMES:
        live = bring(page, name)
        assert live.get_by_role("button", name=re.compile("^Play")).count() == 0
        assert live.get_by_role("button", name=re.compile("^Step")).count() >= 1
    frames = page.locator(".lossbook-frames")
    assert frames.get_by_role("button", name=re.compile("^Play")).count() == 0
    assert frames.get_by_role("button", name=re.compile("^Step")).count() == 1


@pytest.mark.parametrize("name", NAMES)
def test_it_asks_first_and_says_what_came_of_the_guess(desk, name):
    live = bring(desk, name)
    answers = live.get_by_role("group", name="Predict", exact=True).get_by_role("button")
    options, verdicts, first = answers.all_inner_texts(), [], said(live)
    assert len(options) >= 2
    for n, option in enumerate(options):
        answers.nth(n).click()
        words = said(live)
        assert answers.first.is_hidden()
        verdicts.append(words.startswith("You were right."))
        assert verdicts[-1] or words.startswith(f"You said: {option}.")
        assert live.evaluate("(element) => element.contains(document.activeElement)")
        live.get_by_role("button", name="Reset").click()
        assert said(live) == first
    assert sum(verdicts) == 1


def test_a_copied_link_leads_to_the_state(desk, bare):
    page = desk
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    links = {}
    for name in NAMES:
        live = bring(page, name)
        handle = live.locator(".lb-handle").last
        handle.focus()
        page.keyboard.press("Shift+ArrowUp")
        for _ in range(2):
            page.keyboard.press("ArrowLeft")
        moved = said(live)
        live.get_by_role("button", name="Copy link").click()
        live.locator(".lb-status", has_text="is copied").wait_for()
        link = page.evaluate("navigator.clipboard.readText()")
        assert link == page.url
        assert link.startswith(f"{bare}#explorer={name}&")
        links[name] = link, moved
    for name, (link, moved) in links.items():
        page.goto("about:blank")
        page.goto(link)
        figure = page.locator(f'figure[data-explorer="{name}"]')
        figure.locator(".lb-status:not(:empty)").wait_for()
        assert figure.evaluate("(e) => Math.abs(e.getBoundingClientRect().top) < innerHeight")
        assert said(figure) == moved
        assert figure.get_by_role("group", name="Predict", exact=True).is_hidden()


def test_an_address_may_be_written_by_hand(open_tab, bare):
    page = open_tab(f"{bare}#optimizer=momentum&rate=0.25&steps=7", fresh=True, **DESKTOP)
    # Without a name, the first explorer is meant that has an optimizer, a rate and steps.
    live = page.locator('figure[data-explorer="descent"]')
    live.locator(".lb-status:not(:empty)").wait_for()
    assert live.evaluate("(e) => Math.abs(e.getBoundingClientRect().top) < innerHeight")
    words = said(live)
    end = explorers.DescentExplorer(optimizer="momentum", learning_rate=0.25, steps=7).path[-1]
    shown = [float(x.replace("−", "-")) for x in re.findall(r"= (−?[\d.]+)[, ]", words)]
    assert shown[:2] == pytest.approx(list(end), rel=1e-3)
    page.evaluate("location.hash = '#explorer=descent&optimizer=momentum&rate=0.25&steps=7&κ=3'")
    assert said(live).endswith(words)
    assert "κ=3, which does not fit here and is left out" in said(live)
    nonsense = [
        "%E0%A4%A",
        "descent",
        "explorer=nosuch&steps=1",
        "explorer=descent&steps=1e9",
    ]
    for written in nonsense:
        page.evaluate(f"location.hash = '#{written}'")
        settle(page)
    assert "steps=1e9, which does not fit" in said(live)
    bring(page, "elicitation")
    page.evaluate("location.hash = '#explorer=elicitation&loss=pinball&setting=5'")
    assert "setting=5, which does not fit" in said(page.locator('[data-explorer="elicitation"]'))


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_present_picture_is_saved(open_tab, scheme):
    page = in_the_colors(open_tab, scheme)
    live = bring(page, "loss")
    with page.expect_download() as download:
        live.get_by_role("button", name="Save picture").click()
    assert download.value.suggested_filename == "lossbook-loss.png"
    image = matplotlib.image.imread(io.BytesIO(download.value.path().read_bytes()), format="png")
    box = live.locator(".lb-plots").bounding_box()
    height, width, _ = image.shape
    assert width == pytest.approx(2 * box["width"], abs=3)
    assert height > 2 * box["height"]
    pixels = image[..., :3].reshape(-1, 3)
    ground = image[2, 2, :3]
    assert (ground.mean() > 0.9) == (scheme == "light")
    wanted = live.evaluate(
        "(e) => [0, 1, 2].map((i) => getComputedStyle(e).getPropertyValue(`--lb-${i}`).trim())"
    )
    for color in wanted:
        rgb = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        close = (abs(pixels - rgb) < 0.02).all(axis=1)
        assert close.sum() > 200, color
    assert said(live).startswith("The picture is saved")


# The descent


def test_the_steps_end_where_the_package_does(desk):
    live = bring(desk, "descent")
    for total in (0, 1, 26, 126):
        number(live, "Steps").fill(str(total))
        text = said(live)
        assert text.startswith(f"After {total} step")
        shown = [float(x.replace("−", "-")) for x in re.findall(r"x = (−?[\d.]+), y", text)]
        if shown:
            end = explorers.DescentExplorer(steps=total).path[-1]
            assert shown[0] == pytest.approx(end[0], rel=1e-3)


def test_a_rate_that_diverges_is_named_in_words(desk):
    live = bring(desk, "descent")
    number(live, "Learning rate η").fill("10")
    number(live, "Steps").fill("200")
    explorer = explorers.DescentExplorer(learning_rate=10, steps=200)
    step = re.match(r"diverged at step (\d+) ", explorer.history.reason)[1]
    assert said(live).startswith(f"Diverged at step {step}:")
    assert numbers_are_fine(live)


@pytest.mark.parametrize("surface", ["quadratic", "rosenbrock", "himmelblau", "saddle", "calls"])
def test_ten_thousand_steps_on_any_surface_leave_a_page_that_answers(desk, surface):
    live = bring(desk, "descent")
    unfold(live)
    live.get_by_role("combobox", name="Surface").select_option(surface)
    number(live, "Steps").fill("10000")
    for optimizer in explorers.descent.OPTIMIZERS:
        live.get_by_role("combobox", name="Optimizer").select_option(optimizer)
        assert re.match("After|Diverged", said(live))
        assert numbers_are_fine(live)
    live.get_by_role("button", name="Step: Steps").click()  # The slider is at its end already.
    assert number(live, "Steps").input_value() == "10000"


def test_points_can_be_stacked_above_one_another(desk):
    live = bring(desk, "lines")
    for handle in live.locator('.lb-handle[aria-label^="Point"]').all():
        handle.focus()
        for _ in range(25):
            desk.keyboard.press("Shift+ArrowLeft")
    text = said(live)
    assert re.findall(r"(?:error|Huber|Quantile) (\S+?)[,.]", text) == ["0", "0", "0", "0"]
    assert numbers_are_fine(live)


# On the page


def test_it_comes_alive_near_the_view_and_not_before(open_tab, bare):
    page = open_tab(bare, viewport={"width": 1000, "height": 300})
    last = page.locator(f'figure[data-explorer="{NAMES[-1]}"]')
    assert last.locator(".lossbook-live").count() == 0
    for name in NAMES:
        live = bring(page, name)
        assert live.locator("svg.lb-plot").count() == 2
        assert numbers_are_fine(live)


def test_two_explorers_on_a_page_do_not_disturb_each_other(open_tab, tmp_path):
    figures = [
        explorers.DescentExplorer("quadratic")._figure(),
        explorers.DescentExplorer("himmelblau", steps=3)._figure(),
    ]
    page = open_tab(write_page(tmp_path / "two.html", "", figures), **DESKTOP)
    first, second = (page.locator(".lossbook-live").nth(i) for i in range(2))
    second.locator(".lb-status:not(:empty)").wait_for()
    untouched = said(second)
    assert "After 3 steps" in untouched
    number(first, "Steps").fill("125")
    assert "After 125 steps" in said(first)
    assert said(second) == untouched
    second.get_by_role("button", name="Reset").click()
    assert "After 125 steps" in said(first)
    page.evaluate("location.hash = '#explorer=descent.2&steps=4'")
    assert "After 4 steps" in said(second)
    assert "After 125 steps" in said(first)


def test_without_script_the_picture_and_its_caption_stay(open_tab):
    page = open_tab((SITE / f"{PAGE}.html").as_uri(), java_script_enabled=False)
    figures = page.locator("figure.lossbook-explorer")
    assert figures.count() == len(NAMES)
    for figure in figures.all():
        picture = figure.locator("img")
        picture.scroll_into_view_if_needed()
        assert picture.bounding_box()["height"] > 150
        assert len(picture.get_attribute("alt")) > 40
        assert figure.locator("figcaption").is_visible()


def test_where_the_script_cannot_be_had_the_picture_stays(browser, bare):
    page = browser.new_page()
    page.route("**/explorers/descent.js*", lambda route: route.abort())
    page.goto(bare)
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


def test_they_live_under_a_path_prefix_with_the_strictest_policy(open_tab, strict_server):
    page = open_tab(f"{strict_server}{PAGE}.html")
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    for name in NAMES:
        live = bring(page, name)
        handle = live.locator(".lb-handle").first
        before = said(live)
        handle.focus()
        page.keyboard.press("ArrowLeft")
        assert said(live) != before
        assert handle.evaluate("(e) => getComputedStyle(e).touchAction") == "none"
        with page.expect_download() as download:
            live.get_by_role("button", name="Save picture").click()
        assert download.value.path().stat().st_size > 10_000
    assert [url for url in asked if not url.startswith((strict_server, "data:"))] == []


# Frames


def test_frames_of_numbers_have_a_slider_that_plays_and_steps(open_tab, bare):
    page = open_tab(bare, reduced_motion="no-preference")
    frames = page.locator("fieldset.lossbook-frames")
    frames.scroll_into_view_if_needed()
    shown, slider = frames.locator("img:visible"), frames.get_by_role("slider")
    texts = [0, 1, 2, 5, 25, 100]
    assert slider.get_attribute("aria-valuetext") == "5"
    assert frames.locator("input[type=radio]:visible").count() == 0
    assert "after 5 steps" in shown.get_attribute("alt")
    slider.focus()
    page.keyboard.press("ArrowLeft")
    assert "after 2 steps" in shown.get_attribute("alt")
    frames.get_by_role("button", name=re.compile("^Step:")).click()
    assert "after 5 steps" in shown.get_attribute("alt")
    slider.fill("0")
    page.clock.install(time=0)
    page.clock.pause_at(1000)
    play = frames.get_by_role("button", name=re.compile("Play"))
    play.click()
    page.clock.run_for(750)
    assert "after 1 step:" in shown.get_attribute("alt")
    assert play.inner_text() == "Pause"
    page.clock.run_for(700 * len(texts))
    assert "after 100 steps" in shown.get_attribute("alt")
    assert (shown.count(), play.inner_text()) == (1, "Play")
    page.clock.resume()


def test_frames_of_names_keep_their_buttons(open_tab, tmp_path):
    names = {name: ("<svg xmlns='http://www.w3.org/2000/svg'/>", name) for name in ("Adam", "SGD")}
    address = write_page(
        tmp_path / "names.html", "", [explorers.Frames("Which", names)._repr_html_()]
    )
    page = open_tab(address)
    assert page.get_by_role("radio").count() == 2
    assert page.get_by_role("slider").count() == 0
    page.get_by_role("radio", name="SGD").check()
    assert page.locator("img:visible").get_attribute("alt") == "SGD"

"""What a page showed when it was audited in the browser, kept until anything that it loads changes.

A faultless answer lies in _build/made/audits under a digest of the page, of every file that it
loads, of the browser and of the questions. CI and the weekly run, which have no _build, ask anew.
"""

import functools
import hashlib
import json
import re
import subprocess
from pathlib import Path
from urllib.parse import unquote

from tests.book import browser
from tests.book.browser import AXE
from tools import trust
from tools.build_book import ROOT, SITE
from tools.print_book import find_chromium

SHELF = ROOT / "_build" / "made" / "audits"
OPEN_ALL = """() => {
  document.querySelectorAll("details").forEach((one) => { one.open = true; });
}"""
# Whether the theme, once the window rested, and site.js have marked what scrolls, and that alone.
SCROLLERS_MARKED = """() => {
  const wide = (box) => box.scrollWidth > box.clientWidth;
  const tall = (box) => box.scrollHeight > box.clientHeight;
  const all = (selector) => [...document.querySelectorAll(selector)];
  const reached = (box) => box.tabIndex === 0;
  const boxes = all("pre, .cell_output > .output, .pst-scrollable-table-container");
  return boxes.every((b) => reached(b) === (wide(b) || tall(b)))
    && all(".math-scroll, span.math").every((b) => reached(b) === wide(b));
}"""
BROKEN_IMAGES = """async () => {
  const images = [...document.images];
  for (const image of images) image.loading = "eager";
  await Promise.all(images.filter((image) => !image.complete).map(
    (image) => new Promise((done) => { image.onload = image.onerror = done; })
  ));
  return images.filter((image) => !image.naturalWidth).map((image) => image.src);
}"""
DESKTOP = {"width": 1280, "height": 900}
FAULTLESS = {
    "theme": "light",
    "light": [],
    "dark": [],
    "too wide": [],
    "phone": [],
    "broken images": [],
    "complaints": [],
}


def audit(tab, address):
    """Ask a page of the site, in one visit, whether it is whole, alone and for everyone."""
    found = {}
    tab.page.set_viewport_size(DESKTOP)
    tab.page.emulate_media(color_scheme="light")
    tab.open(address)
    found["theme"] = tab.page.evaluate("document.documentElement.dataset.theme")
    tab.page.evaluate(OPEN_ALL)
    tab.page.wait_for_function(SCROLLERS_MARKED)
    found["light"] = tab.violations()
    tab.page.emulate_media(color_scheme="dark")
    tab.page.wait_for_selector("html[data-theme=dark]")
    found["dark"] = tab.violations("color-contrast", "link-in-text-block")
    found["too wide"] = []
    for width in (640, 320):  # A window of 1280 pixels at 200 %, and one at 400 %: a small phone.
        tab.page.set_viewport_size({"width": width, "height": 740})
        if tab.page.evaluate("document.documentElement.scrollWidth") > width:
            found["too wide"].append(width)
    tab.page.wait_for_function(SCROLLERS_MARKED)
    phone = ("target-size", "scrollable-region-focusable", "color-contrast")
    found["phone"] = tab.violations(*phone)
    found["broken images"] = tab.page.evaluate(BROKEN_IMAGES)
    found["complaints"] = list(tab.complaints)
    return found


def kept_or(page, ask):
    """Return the kept answer of a page from the files of today, or what ask() says now."""
    digest = made_from(page)
    file = SHELF / f"{page.replace('/', '.')}.json"
    if trust.read(file).get("from") == digest:
        return FAULTLESS
    found = ask()
    if found == FAULTLESS:
        SHELF.mkdir(parents=True, exist_ok=True)
        trust.write(file, {"from": digest})
    return found


def made_from(page):
    """Return a digest of a page, of what it loads, and of who asks what."""
    text = (SITE / f"{page}.html").read_text(encoding="utf-8")
    folder = (SITE / page).parent
    shown = {
        (folder / unquote(one)).resolve()
        for one in re.findall(r'(?:src|data-\w+|href)="([^":?#]+\.(?:svg|png|webp|jpg|gif))"', text)
    }
    index = [SITE / "searchindex.js"] if page == "search" else []
    parts = [
        text,
        shared(),
        *(trust.digest(file) for file in [*sorted(shown), *index] if file.exists()),
    ]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


@functools.cache
def shared():
    """Return a digest of what any page may load: styles, scripts, fonts; and of who asks what."""
    files = [
        path
        for path in sorted(SITE.rglob("*"))
        if path.is_file()
        and path.relative_to(SITE).parts[0] not in ("_images", "_sources", "notebooks", "live")
        and path.suffix not in (".html", ".xml", ".inv", ".txt")
        and path.name != "searchindex.js"
    ]
    chromium = find_chromium()
    version = chromium and subprocess.check_output([chromium, "--version"], text=True)
    asked = [Path(__file__), Path(browser.__file__), browser.ASK_AXE]
    parts = [version, AXE, *(trust.digest(path) for path in [*files, *asked])]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()

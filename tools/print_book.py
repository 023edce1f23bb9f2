"""Print the built site as one book: _build/lossbook.pdf, with outline, links and page numbers.

The pages of the site follow each other in the order of the table of contents, every folded answer
and solution open, every frame of a moving figure beside the others.
"""

import os
import posixpath
import re
import shutil
import sys
import unicodedata
from pathlib import Path
from urllib.parse import urlsplit

from bs4 import BeautifulSoup
from playwright.sync_api import sync_playwright
from pypdf import PdfReader

from tools import address
from tools.build_book import ROOT, SITE, pages

BOOK = ROOT / "_build" / "print" / "index.html"
PDF = ROOT / "_build" / "lossbook.pdf"
NOT_PRINTED = "a.headerlink, script, .read-box, .copybtn, .d-print-none"
HEAD = """<!DOCTYPE html>
<html lang="en" data-theme="light"><head><meta charset="utf-8"><title>{title}</title>
<link rel="stylesheet" href="../html/_static/site.css">
<link rel="stylesheet" href="../html/_static/print/print.css">
</head><body><main class="bd-content"></main></body></html>"""


def make_book(site, names):
    """Return the document with the articles of the pages of these names, in order."""
    return bind({name: article(site, name) for name in names})


def bind(articles):
    """Return the document that articles, by name of their page, become."""
    front = next(iter(articles))
    title = articles[front].find("h1").get_text()
    book = BeautifulSoup(HEAD.format(title=title), "html.parser")
    ids = {
        f"{anchor(name)}--{tag['id']}"
        for name, part in articles.items()
        for tag in part.find_all(id=True)
    }
    for name, part in articles.items():
        join(name, part, articles, ids)
        part.name = "section"
        part["id"] = anchor(name)
        book.main.append(part)
        if name == front:
            book.main.append(contents(book, articles))
    return book


def article(site, name):
    """Return the article of a page as it is printed."""
    page = BeautifulSoup((site / f"{name}.html").read_text(encoding="utf-8"), "html.parser")
    part = page.find("article")
    for tag in part.select(NOT_PRINTED):
        tag.decompose()
    for tag in part.find_all("details"):
        tag["open"] = ""
    for tag in part.select("details.hide > summary"):
        tag.string = "Code"
    for tag in part.find_all("img"):
        del tag["loading"]
    for frames in part.select("fieldset.lossbook-frames"):
        lay_out(page, frames)
    return part


def lay_out(page, frames):
    """Show all pictures of a moving figure at once, each under the text of its button."""
    box = page.new_tag("div", attrs={"class": "printed-frames"})
    question = frames.find("legend").get_text()
    for label, image in zip(frames.find_all("label"), frames.find_all("img"), strict=True):
        cell = page.new_tag("div")
        caption = page.new_tag("p")
        caption.string = f"{question}: {label.get_text()}"
        cell.extend([caption, image.extract()])
        box.append(cell)
    frames.replace_with(box)


def anchor(name):
    return name.replace("/", "-")


def join(name, part, articles, ids):
    """Make ids and addresses of one page fit the one document that all pages become."""
    for tag in part.find_all(id=True):
        tag["id"] = f"{anchor(name)}--{tag['id']}"
    for tag in part.find_all("img"):
        if not tag["src"].startswith("data:"):
            tag["src"] = posixpath.join("../html", resolve(name, tag["src"]))
    for tag in part.find_all("a", href=True):
        parts = urlsplit(tag["href"])
        if parts.scheme:
            continue
        target = resolve(name, parts.path) if parts.path else f"{name}.html"
        page = target.removesuffix(".html")
        inside = f"{anchor(page)}--{parts.fragment}"
        if page not in articles:
            tag["href"] = address.read(ROOT).site + target
        else:
            tag["href"] = f"#{inside if inside in ids else anchor(page)}"


def resolve(name, address):
    return posixpath.normpath(posixpath.join(posixpath.dirname(name), address))


def contents(book, articles):
    """Return the table of contents, which follows the front page."""
    box = book.new_tag("nav", attrs={"class": "printed-contents"})
    heading = book.new_tag("h2")
    heading.string = "Contents"
    items = book.new_tag("ol")
    for name, part in list(articles.items())[1:]:
        item, link = book.new_tag("li"), book.new_tag("a", href=f"#{anchor(name)}")
        title = part.find("h1")
        link.string = title.get_text() if title else name
        item.append(link)
        items.append(item)
    box.extend([heading, items])
    return box


def lost_pages(pdf, site, names):
    """Return the pages of the site whose title or last words are not in the printed book."""
    printed = letters("".join(page.extract_text() for page in PdfReader(pdf).pages))
    lost = []
    for name in names:
        part = article(site, name)
        for formula in part.select(".katex"):
            formula.decompose()
        text = part.get_text()
        title = part.find("h1").get_text()
        if letters(title) not in printed or letters(text)[-40:] not in printed:
            lost.append(name)
    return lost


def letters(text):
    return re.sub(r"[^a-z]", "", unicodedata.normalize("NFKC", text).lower())


def print_pdf(browser, source, pdf):
    """Print an HTML file with a browser that Playwright opened."""
    page = browser.new_page()
    page.goto(source.as_uri(), wait_until="networkidle")
    page.pdf(path=pdf, prefer_css_page_size=True, print_background=True, outline=True, tagged=True)


def find_chromium():
    """Return the path of the browser, the system's or the one that Playwright installs, or None."""
    names = ("chromium", "chromium-browser", "google-chrome")
    found = next(filter(None, map(shutil.which, names)), None)
    if found is None:
        with sync_playwright() as playwright:
            own = playwright.chromium.executable_path
        found = own if Path(own).exists() else None
    return found


def main():
    chromium = find_chromium()
    if chromium is None:
        sys.exit("make pdf needs Chromium on the PATH (Debian: apt install chromium)")
    BOOK.parent.mkdir(exist_ok=True)
    BOOK.write_text(str(make_book(SITE, pages(ROOT))), encoding="utf-8")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        print_pdf(browser, BOOK, PDF)
    lost = lost_pages(PDF, SITE, pages(ROOT))
    if lost:
        sys.exit(f"make pdf: the end of these pages is not in {PDF.name}: {', '.join(lost)}")
    print(f"The book is printed: {os.path.relpath(PDF)}, {PDF.stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()

"""Print the built site as one book: _build/lossbook.pdf, with contents, outline, links and pages.

The pages of the site follow each other in the order of the table of contents; answers and solutions
stand in an appendix. What `tools.print_pages` leaves out, and `ON_SCREEN` here, is on the site.
"""

import os
import re
import shutil
import sys
import tempfile
from collections import defaultdict
from pathlib import Path

import yaml
from bs4 import BeautifulSoup
from playwright.sync_api import sync_playwright
from pypdf import PdfReader

from tools import address
from tools.build_book import ROOT, SITE, pages
from tools.print_pages import Formulas, anchor, arranged, join, page_number, title_and_lead

BOOK = ROOT / "_build" / "print" / "index.html"
PDF = ROOT / "_build" / "lossbook.pdf"
# The front page, whose place the title takes; what one looks up or does at a screen.
ON_SCREEN = (
    "index",
    "chapters/instructors/release_and_grade",
    "chapters/instructors/keep_solutions_private",
    "chapters/instructors/write_an_exercise",
    "chapters/instructors/jupyterhub",
    "chapters/reference/explorers",
    "chapters/reference/exercises",
    "chapters/reference/api",
    "chapters/reference/verified",
    "chapters/reference/errata",
    "chapters/reference/using_this_site",
)
ALL_IS_THERE = """() => Promise.all(
  [document.fonts.ready, ...[...document.images].map((image) => image.decode())])"""
# A4 without its margins, in CSS pixels: 184 of 25.4 millimeters at 96 to the inch.
WIDTH = 695
# What is wider than its column becomes smaller, in formulas and in tables of text; lines of text
# that would become too small to read are folded.
FIT = """() => {
  const fit = (box, least) => {
    const ratio = (0.98 * box.clientWidth) / box.scrollWidth
    if (box.clientWidth >= box.scrollWidth || ratio < least) return
    box.style.fontSize = `${parseFloat(getComputedStyle(box).fontSize) * ratio}px`
  }
  for (const box of document.querySelectorAll(".math-scroll, span.math")) fit(box, 0)
  for (const box of document.querySelectorAll(".cell_output pre")) {
    box.style.setProperty("white-space", "pre", "important")
    fit(box, 0.75)
    box.style.removeProperty("white-space")
  }
}"""
HEAD = """<!DOCTYPE html>
<html lang="en" data-theme="light"><head><meta charset="utf-8"><title>{title}</title>
<link rel="stylesheet" href="../html/_static/site.css">
<link rel="stylesheet" href="../html/_static/print/print.css">
</head><body><main class="bd-content"></main></body></html>"""


def printed(root):
    """Return the pages of the book, {page: caption of the part that it begins, or None}."""
    toc = yaml.safe_load((root / "_toc.yml").read_text(encoding="utf-8"))
    begins = {part["chapters"][0]["file"]: part["caption"] for part in toc["parts"]}
    found, caption = {}, None
    for name in pages(root):
        caption = begins.get(name, caption)
        if name not in ON_SCREEN:
            found[name], caption = caption, None
    return found


def make_book(site, captions):
    """Return the document of these pages, by name, as text."""
    formulas = Formulas()
    chosen = {name: arranged(site, name, formulas) for name in captions}
    return formulas.back(str(bind(site, chosen, captions)))


def bind(site, chosen, captions):
    """Return the document that arranged pages become, formulas set aside."""
    title, lead = title_and_lead(site)
    book = BeautifulSoup(HEAD.format(title=title), "html.parser")
    ids = {
        f"{anchor(name)}--{tag['id']}"
        for name, page in chosen.items()
        for part in page.parts()
        for tag in [part, *part.find_all(id=True)]
        if tag.get("id")
    }
    for page in chosen.values():
        join(page, chosen, ids, address.read(ROOT).site)
    book.main.append(title_page(book, title, lead))
    book.main.append(contents(book, chosen, captions))
    for name, page in chosen.items():
        page.article.name = "section"
        page.article["id"] = anchor(name)
        page.article["class"] = ["printed-chapter"]
        if captions[name]:
            page.article.insert(0, text(book, "p", captions[name], "printed-part"))
        book.main.append(page.article)
    book.main.append(appendix(book, chosen.values()))
    name_pages(book)
    for link in book.select("a.printed-page"):
        link["data-page"] = link["href"].removeprefix("#")
    return book


def text(book, name, words, css):
    tag = book.new_tag(name, attrs={"class": css})
    tag.string = words
    return tag


def title_page(book, title, lead):
    """Return the first page."""
    page = book.new_tag("section", attrs={"class": "printed-title"})
    page.append(text(book, "h1", title, "title"))
    page.append(text(book, "p", lead, "lead"))
    place = address.read(ROOT).site
    link = book.new_tag("a", href=place)
    link.string = place
    line = text(book, "p", "With everything that moves, and all code to run: ", "place")
    line.append(link)
    page.append(line)
    told = "Where a chapter asks you to drag, press or unfold something, open it there."
    page.append(text(book, "p", told, "place"))
    return page


def contents(book, chosen, captions):
    """Return the table of contents, with the pages."""
    box = book.new_tag("nav", attrs={"class": "printed-contents", "id": "contents"})
    box.append(text(book, "h1", "Contents", "contents"))
    for name, page in chosen.items():
        if captions[name]:
            box.append(text(book, "h2", captions[name], "part"))
            box.append(book.new_tag("ol"))
        box.contents[-1].append(entry(book, page.title, anchor(name)))
    box.append(text(book, "h2", "Appendix", "part"))
    box.append(book.new_tag("ol"))
    box.contents[-1].append(entry(book, "Answers and solutions", "answers"))
    return box


def entry(book, title, place):
    item, link = book.new_tag("li"), book.new_tag("a", href=f"#{place}")
    link.string = title
    item.extend([link, page_number(book, place)])
    return item


def appendix(book, chosen):
    """Return the answers and solutions, chapter by chapter."""
    box = book.new_tag("section", attrs={"class": "printed-chapter", "id": "answers"})
    box.append(text(book, "h1", "Answers and solutions", "answers"))
    for page in chosen:
        if page.answers:
            box.append(text(book, "h2", page.title, "of-chapter"))
            box.extend(page.answers)
    return box


def name_pages(book):
    """Make the glossary an index: a term gets the pages of the chapters that explain or use it."""
    chapters = [tag["id"] for tag in book.find_all(class_="printed-chapter")]
    links = defaultdict(list)
    for link in book.find_all("a", href=True):
        links[link["href"]].append(link)
    for term in book.select("dl.glossary > dt"):
        meaning = term.find_next_sibling("dd")
        own = term.find_parent(class_="printed-chapter")["id"]
        explained = [link["href"][1:] for link in meaning.select('a[href^="#"]')]
        places = {place.partition("--")[0]: place for place in explained}
        for link in links[f"#{term['id']}"]:
            chapter = link.find_parent(class_="printed-chapter")["id"]
            if chapter not in places:
                places[chapter] = link["id"] = f"{term['id']}--{chapter}"
        found = sorted(places.keys() & set(chapters) - {own}, key=chapters.index)
        said = "Page " if len(found) == 1 else "Pages "
        line = text(book, "p", said, "printed-see printed-pages")
        for n, chapter in enumerate(found):
            line.extend([", "] * bool(n) + [page_number(book, places[chapter])])
        meaning.append(line)


def number_pages(document, pdf):
    """Return the document with the number of each page that it refers to, read from a print.

    The appendix comes last, and every chapter refers to it: a print that broke off has no such
    page.
    """
    reader = PdfReader(pdf)
    index = {page.indirect_reference.idnum: n for n, page in enumerate(reader.pages, 1)}
    at = {
        name.removeprefix("/"): index[place.raw_get("/Page").idnum]
        for name, place in reader.named_destinations.items()
        if place.raw_get("/Page").idnum in index
    }
    lost = set()

    def numbered(link):
        if link[2] not in at:
            lost.add(link[2])
        return f"{link[1]}{at.get(link[2], 0)}</a>"

    document = re.sub(r'(<a [^>]*data-page="([^"]+)"[^>]*>)\d+</a>', numbered, document)
    if lost:
        raise ValueError(f"{len(lost)} places of the book have no page, such as {min(lost)}")
    return document


def open_book(browser, source):
    """Open an HTML file in a browser that Playwright opened, as it will be printed."""
    page = browser.new_page(viewport={"width": WIDTH, "height": 1000})
    page.set_default_timeout(600_000)
    page.emulate_media(media="print")
    page.goto(source.as_uri(), wait_until="networkidle")
    # A font or picture that comes while Chromium prints makes it lose what follows.
    page.evaluate(ALL_IS_THERE)
    page.evaluate(FIT)
    return page


def print_pdf(browser, source, pdf):
    """Print an HTML file with a browser that Playwright opened."""
    page = open_book(browser, source)
    page.pdf(path=pdf, prefer_css_page_size=True, print_background=True, outline=True, tagged=True)
    page.close()


def print_twice(browser, document, source, pdf):
    """Print the document, to learn where everything is, and again with the numbers of the pages.

    Once more, if the numbers moved a page.
    """
    source.parent.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        loose = Path(folder) / "loose.pdf"
        shown = document
        for _ in range(4):
            source.write_text(shown, encoding="utf-8")
            print_pdf(browser, source, loose)
            found = number_pages(document, loose)
            if found == shown:
                return pack(loose, pdf)
            shown = found
    raise ValueError("the numbers of the pages move the pages, print after print")


def pack(loose, pdf):
    """Write a PDF anew with its many small objects compressed together."""
    import pikepdf

    with pikepdf.open(loose) as file:
        file.save(pdf, object_stream_mode=pikepdf.ObjectStreamMode.generate, recompress_flate=True)


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
    captions = printed(ROOT)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        print_twice(browser, make_book(SITE, captions), BOOK, PDF)
    size, count = PDF.stat().st_size / 1e6, len(PdfReader(PDF).pages)
    print(f"The book is printed: {os.path.relpath(PDF)}, {count} pages, {size:.1f} MB")


if __name__ == "__main__":
    main()

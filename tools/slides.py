"""Make slides of chapters: _build/slides/<chapter>.html, from the pages of the built site.

A slide shows what a room can read: headings, formulas, code with its output, figures, lists, and
the first words of a paragraph that begins in bold. The prose becomes the speaker's notes.
Everything that a slide needs lies in the same folder.
"""

import copy
import os
import shutil
from pathlib import Path

from bs4 import BeautifulSoup

from tools.build_book import ROOT, SITE
from tools.print_pages import lay_out, resolve

SLIDES = ROOT / "_build" / "slides"
LECTURES = (
    "chapters/background/three_answers",
    "chapters/algorithm/five_steps",
    "chapters/algorithm/learning_rate",
)
REVEAL = ROOT / "node_modules" / "reveal.js"
FILES = {
    REVEAL / "LICENSE": "reveal-license.txt",
    REVEAL / "dist" / "reveal.css": "reveal.css",
    REVEAL / "dist" / "reveal.js": "reveal.js",
    REVEAL / "plugin" / "notes" / "notes.js": "notes.js",
    SITE / "_static" / "katex" / "katex.min.css": "katex.min.css",
    SITE / "_static" / "pygments.css": "pygments.css",
    ROOT / "_static" / "slides" / "slides.css": "slides.css",
    ROOT / "_static" / "slides" / "start.js": "start.js",
}
LEFT_OUT = ("exercises", "go-further")
NOT_SHOWN = "a.headerlink, script, .read-box, .copybtn, .d-print-none"
# A slide holds about so many lines of code; a figure, an answer or a list has a weight in lines.
FULL = 15
PAGE = """<!DOCTYPE html>
<html lang="en" data-theme="light"><head><meta charset="utf-8"><title>{title}</title>
<link rel="stylesheet" href="reveal.css"><link rel="stylesheet" href="katex.min.css">
<link rel="stylesheet" href="pygments.css"><link rel="stylesheet" href="slides.css">
</head><body><div class="reveal"><div class="slides"></div></div>
<script src="reveal.js"></script><script src="notes.js"></script><script src="start.js"></script>
</body></html>"""


def make_slides(site, name):
    """Return the document with the slides of a page, and the pictures that it shows."""
    part = article(site, name).find("section")
    deck = BeautifulSoup(PAGE.format(title=part.h1.get_text()), "html.parser")
    place = deck.select_one(".slides")
    place.append(title_slide(deck, part))
    for section in part.find_all("section", recursive=False):
        if section["id"] not in LEFT_OUT:
            one_picture_each(section)
            for shown, notes in sorted_out(section):
                place.append(slide(deck, section.h2.get_text(), shown, notes))
    pictures = set()
    for image in place.find_all("img"):
        if not image["src"].startswith("data:"):
            pictures.add(resolve(name, image["src"]))
            image["src"] = Path(image["src"]).name
    for link in place.find_all("a"):
        link.unwrap()
    return deck, pictures


def article(site, name):
    """Return the article of a page with nothing folded and every frame of a figure in sight."""
    page = BeautifulSoup((site / f"{name}.html").read_text(encoding="utf-8"), "html.parser")
    part = page.find("article")
    for tag in part.select(NOT_SHOWN):
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


def title_slide(deck, part):
    """Return the first slide: title, question and outcomes."""
    box = deck.new_tag("section", attrs={"class": "first"})
    question, about = part.find_all("p", recursive=False)[:2]
    outcomes = part.select_one(".admonition")
    box.extend([part.h1.extract(), question.extract(), outcomes.extract()])
    box.append(notes_of(deck, [about]))
    return box


def one_picture_each(section):
    """Put each picture of a moving figure beside the others, to be gone through with a key."""
    for cell in section.select(".cell:has(.printed-frames)"):
        for picture in reversed(cell.select(".printed-frames > div")):
            picture["class"] = "cell"
            cell.insert_after(picture.extract())
        cell.decompose()


def sorted_out(section):
    """Yield for each slide of a section what it shows, and the paragraphs that are said with it."""
    shown, notes, height = [], [], 0
    for block in section.find_all(True, recursive=False):
        if block.name == "h2" or "checked-by" in block.get("class", []):
            continue
        seen, weight = visible(block)
        if seen is None:
            notes += [block] if block.name == "p" else []
            continue
        # A question stands with its answers.
        asks = block.name == "p" and getattr(block.find_next_sibling(), "name", "") == "details"
        begins = block.name == "p" and has_cell(shown)
        full = height + weight > FULL and block.name != "details"
        if shown and (asks or begins or full):
            yield shown, notes
            shown, notes, height = [], [], 0
        shown.append(seen)
        height += weight
        if seen.name == "strong":
            notes.append(block)
    yield shown, notes


def has_cell(blocks):
    return any("cell" in block.get("class", []) for block in blocks)


def visible(block):
    """Return what of a block a slide shows, None for nothing, and its weight in lines."""
    lead = block.contents[0] if block.contents else None
    if block.name == "p":
        if getattr(lead, "name", None) != "strong":
            return None, 0
        whole = lead.get_text() == "Predict." or block.get_text() == lead.get_text()
        shown = block if whole else copy.copy(lead)
        return shown, 1 + len(shown.get_text()) // 60
    if "cell" in block.get("class", []):
        for folded in block.select("details.hide"):
            folded.decompose()
        code = block.select_one(".cell_input")
        output = block.select_one(".cell_output")
        sets_up = code and not output and code.get_text().split()[0] in ("import", "from")
        if sets_up or block.select_one(".lossbook-explorer"):
            return None, 0
        if block.find("img"):
            return block, FULL
    if block.name == "details":
        del block["open"]
        return block, 2
    if "math" in block.get("class", []):
        rows = len(block.select(".katex-html .mtable .vlist-t:first-child .vlist > span"))
        return block, max(3, rows)
    return block, len(block.get_text().strip().splitlines()) + 1


def slide(deck, heading, shown, notes):
    """Return one slide."""
    box = deck.new_tag("section")
    title = deck.new_tag("h2")
    title.string = heading.rstrip("#")
    box.append(title)
    for block in shown:
        if block.name == "strong":
            paragraph = deck.new_tag("p")
            paragraph.append(block)
            block = paragraph
        box.append(block)
    box.append(notes_of(deck, notes))
    return box


def notes_of(deck, paragraphs):
    """Return the speaker's notes: the prose of the chapter."""
    notes = deck.new_tag("aside", attrs={"class": "notes"})
    notes.extend(paragraphs)
    return notes


def main(folder=SLIDES):
    """Write the slides of all lectures, and all that they need, into a folder."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for source, name in FILES.items():
        shutil.copy(source, folder / name)
    shutil.copytree(SITE / "_static" / "katex" / "fonts", folder / "fonts")
    for lecture in LECTURES:
        deck, pictures = make_slides(SITE, lecture)
        for picture in pictures:
            shutil.copy(SITE / picture, folder)
        path = folder / f"{Path(lecture).name}.html"
        path.write_text(str(deck), encoding="utf-8")
        print(f"{len(deck.select('.slides > section'))} slides: {os.path.relpath(path)}")


if __name__ == "__main__":
    main()

"""The printed book has its pages, links, numbers, formulas and pictures, and its answers apart."""

import re
import unicodedata
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from pypdf import PdfReader, PdfWriter

from tests.book.browser import chromium
from tools import print_book, print_pages
from tools.build_book import ROOT, SITE, pages
from tools.print_pages import Formulas, anchor, arranged

READS = ["tests/book", "_static", "_build/html"]
CAPTIONS = print_book.printed(ROOT)
# A chapter with all that a chapter can have, and one that it refers to.
TWO = {"chapters/algorithm/five_steps": "The algorithm", "chapters/reference/notation": None}
QUESTIONS_WITH_CHOICES = 3


@pytest.fixture(scope="module")
def arranged_pages():
    """Return the arranged pages, by name, and their formulas."""
    formulas = Formulas()
    return {name: arranged(SITE, name, formulas) for name in CAPTIONS}, formulas


@pytest.fixture(scope="module")
def before(arranged_pages):
    """Return what stood on each page of the site, {name: source}."""
    return {name: (SITE / f"{name}.html").read_text(encoding="utf-8") for name in CAPTIONS}


@pytest.fixture(scope="module")
def book(arranged_pages):
    """Return the document, with marks in place of formulas."""
    found, _ = arranged_pages
    return print_book.bind(SITE, found, CAPTIONS)


def test_every_page_of_the_site_is_in_the_book_or_left_to_the_screen(book):
    assert set(print_book.ON_SCREEN) < set(pages(ROOT))
    assert list(CAPTIONS) == [name for name in pages(ROOT) if name not in print_book.ON_SCREEN]
    chapters = [tag["id"] for tag in book.main.find_all(class_="printed-chapter")]
    assert chapters == [*map(anchor, CAPTIONS), "answers"]


def test_the_contents_name_every_chapter_and_part(book):
    box = book.find("nav", class_="printed-contents")
    links = [link["href"] for link in box.select("li > a:first-child")]
    assert links == [f"#{anchor(name)}" for name in CAPTIONS] + ["#answers"]
    captions = [tag.get_text() for tag in box.find_all("h2")]
    assert captions == [*filter(None, CAPTIONS.values()), "Appendix"]


def test_every_link_inside_the_book_leads_somewhere_in_it(book):
    ids = [tag["id"] for tag in book.find_all(id=True)]
    assert len(ids) == len(set(ids))
    ids = set(ids)
    links = [tag["href"] for tag in book.find_all("a", href=True)]
    assert all(re.match(r"#|https?:|mailto:", link) for link in links)
    assert [link for link in links if link.startswith("#") and link[1:] not in ids] == []
    assert sum(link.startswith("#") for link in links) > len(CAPTIONS)


def test_formulas_are_those_of_the_site_once_and_said_in_tex(arranged_pages, before):
    _, formulas = arranged_pages
    of_articles = [text[text.index("<article") :] for text in before.values()]
    assert len(formulas.kept) == sum(text.count('<span class="katex-html"') for text in of_articles)
    assert len(formulas.kept) > 1000
    shown = formulas.back("<!--formula 0-->")
    assert BeautifulSoup(shown, "html.parser").span["aria-label"]
    assert "katex-html" in shown
    assert "<math" not in shown


def test_a_formula_without_an_end_is_found():
    with pytest.raises(ValueError, match="has no end"):
        Formulas().aside('<p><span class="katex"><span>x</span>')


def test_a_figure_stands_without_its_code_and_every_frame_is_shown(book):
    on_screen = "details.hide, fieldset.lossbook-frames, script, [loading=lazy], .live-exercise"
    marks = ".live-starter, .headerlink, .checked-by, .checked-claim"
    assert not book.select(f"{on_screen}, {marks}")
    assert "\N{NARROW NO-BREAK SPACE}" not in book.get_text()
    cells = book.select(".printed-frames > div")
    assert len(cells) > 100
    assert all(len(cell.find_all("img")) == 1 and cell.get_text() for cell in cells)
    folder = print_book.BOOK.parent
    for image in book.find_all("img"):
        assert image.get("alt")
        assert image["src"].startswith("data:") or (folder / image["src"]).resolve().is_file()


def test_a_tall_picture_is_as_high_as_a_column_and_no_other(book):
    tall = {Path(image["src"]).name for image in book.select("img.printed-tall")}
    assert tall
    for image in book.find_all("img", height=True):
        is_tall = int(image["height"]) > print_pages.TALL * int(image["width"])
        assert is_tall == (Path(image["src"]).name in tall)


def test_the_glossary_names_the_pages_that_explain_or_use_a_term(book, before):
    terms = book.select("dl.glossary > dt")
    assert len(terms) > 50
    own = "chapters-reference-glossary"
    by_id = {tag["id"]: tag for tag in book.find_all(id=True)}
    for term in terms:
        listed = term.find_next_sibling("dd").select(".printed-pages .printed-page")
        places = [by_id[link["href"][1:]] for link in listed]
        inside = [next(filter(is_chapter, [tag, *tag.parents]))["id"] for tag in places]
        link = f'glossary.html#{term["id"].rpartition("--")[2]}"'
        using = {anchor(name) for name, text in before.items() if link in text} - {own}
        assert len(inside) == len(set(inside)) > 0
        # What only a solution uses is in the appendix, which is one chapter.
        assert using <= set(inside) or "answers" in inside


def is_chapter(tag):
    return "printed-chapter" in tag.get("class", [])


def test_answers_and_solutions_stand_in_the_appendix_alone(book, before):
    answers = book.find(id="answers")
    places = {tag["id"]: tag for tag in answers.find_all(id=True)}
    solutions = sum(text.count(' class="solution ') for text in before.values())
    assert len(answers.select(".solution")) == solutions > 100
    assert len(book.select(".solution")) == solutions
    assert all(tag.has_attr("open") for tag in book.find_all("details"))
    asked = book.select("section[id$=check-yourself]")
    assert len(answers.select("ol.printed-answers")) == len(asked) > 30
    for section in asked:
        chapter = section.find_parent(class_="printed-chapter")["id"]
        questions = section.find_all("ol", attrs={"type": "a"})
        said = places[f"{chapter}--check-yourself-answers"].find_all("ol")
        assert len(questions) >= QUESTIONS_WITH_CHOICES
        assert [len(q("li", recursive=False)) for q in questions] == [
            len(s("li", recursive=False)) for s in said
        ]
    for link in book.select("div.exercise .printed-see a"):
        assert link["href"][1:] in places


@pytest.fixture(scope="module")
def pdf(tmp_path_factory):
    """Return two chapters in print, and where they were printed from."""
    folder = tmp_path_factory.mktemp("print")
    source = print_book.BOOK.with_name("two_pages.html")
    with chromium() as browser:  # Skips with a word where there is none.
        document = print_book.make_book(SITE, TWO)
        print_book.print_twice(browser, document, source, folder / "book.pdf")
    return folder / "book.pdf", document


def test_the_file_has_outline_and_links(pdf):
    reader = PdfReader(pdf[0])
    titles = [entry.title for entry in reader.outline if not isinstance(entry, list)]
    assert any("Contents" in title for title in titles)
    assert any("five steps" in title for title in titles)
    links = [note.get_object() for page in reader.pages for note in page.get("/Annots", [])]
    assert any("/Dest" in link for link in links)
    assert any("/URI" in link.get("/A", {}) for link in links)


def test_the_contents_and_the_exercises_name_the_page_on_which_it_stands(pdf):
    texts = [page.extract_text() for page in PdfReader(pdf[0]).pages]
    shown = [unicodedata.normalize("NFKC", text) for text in texts]
    contents = next(text for text in shown if "Contents" in text)
    for title in ("Gradient descent in five steps", "Notation", "Answers and solutions"):
        (number,) = re.search(rf"{title}\s*(\d+)", contents).groups()
        there = shown[int(number) - 1]
        assert re.search(rf"\b{number}\b", there)
        assert title.split()[-1] in there
    (solution, *_) = filter(None, (re.search(r"Solution on page (\d+)", text) for text in shown))
    assert "Solution to" in shown[int(solution[1]) - 1]


def test_a_print_that_broke_off_is_found(pdf, tmp_path):
    file, document = pdf
    broken = PdfWriter(tmp_path / "broken.pdf")
    broken.append(file, pages=(0, 4))
    broken.write(tmp_path / "broken.pdf")
    with pytest.raises(ValueError, match="have no page"):
        print_book.number_pages(document, tmp_path / "broken.pdf")


# Returns what is wider than its box, and how many columns the lines have that are folded.
TOO_WIDE = """() => {
  const wide = (box) => box.clientWidth && box.scrollWidth > box.clientWidth + 3
  const boxes = [...document.querySelectorAll("main *")].filter((box) => !box.closest(".katex"))
  const found = boxes.filter((box) => getComputedStyle(box).display != "inline" && wide(box))
  const lines = [...document.querySelectorAll("pre")]
  for (const box of lines) box.style.setProperty("white-space", "pre", "important")
  const folded = lines.filter(wide).map((box) => box.textContent.split("\\n"))
  return [
    found.map((box) => box.textContent.slice(0, 80)),
    folded.map((lines) => Math.max(...lines.map((line) => line.length))),
  ]
}"""


def test_nothing_is_wider_than_its_column_and_no_line_of_code_is_folded(book, arranged_pages):
    source = print_book.BOOK.with_name("all_pages.html")
    source.write_text(arranged_pages[1].back(str(book)), encoding="utf-8")
    with chromium() as browser:
        page = print_book.open_book(browser, source)
        wide, folded = page.evaluate(TOO_WIDE)
    assert wide == []
    # A sentence that the package says; a table of figures has fewer columns, and code 60.
    assert [columns for columns in folded if columns <= 75] == []


FILLED = """<section class="printed-chapter" style="columns: 1; break-before: page">
<div style="height: {height}mm"></div>{rest}</section>"""
CHAPTER = """</section><section class="printed-chapter"><section>
<h1>Title{n}</h1><p>Begins{n}</p></section>"""
SECTION = """<h2>Head{n} <br>is long, Tail{n}</h2>
<p class="printed-see">Answers{n}</p><p>Text{n}</p>"""
TERM = """<dl><dt>Term{n}</dt><dd>Meaning{n}</dd></dl>"""
CELL = """<div class="cell_input">Code{n}</div><div class="cell_output">Shown{n}</div>"""
PART = """</section><section class="printed-chapter">
<p class="printed-part">Part{n}</p><h1>Title{n}</h1>"""


def pages_of(words, texts):
    return [next(n for n, text in enumerate(texts) if re.search(rf"{w}\b", text)) for w in words]


@pytest.mark.parametrize(
    ("rest", "together"),
    [
        (CHAPTER, ("Title", "Begins")),
        (SECTION, ("Head", "Tail", "Answers", "Text")),
        (TERM, ("Term", "Meaning")),
        (CELL, ("Code", "Shown")),
    ],
)
def test_a_title_is_on_the_page_of_what_it_is_the_title_of(tmp_path, rest, together):
    heights = range(220, 266)
    texts = print_filled(tmp_path, [(height, rest) for height in heights])
    for n in range(len(heights)):
        places = pages_of([f"{word}{n}" for word in together], texts)
        assert len(set(places)) == 1, (heights[n], places)


def test_a_list_longer_than_a_page_begins_under_its_title(tmp_path):
    entry = '<div class="loss-entry"><p>Entry <span class="chip">convex</span></p></div>'
    texts = print_filled(tmp_path, [(0, CHAPTER + f"<h2>Head{{n}}</h2>{entry * 120}")])
    titled = next(text for text in texts if "Title0" in text)
    assert titled.count("Entry") > 10
    assert sum(text.count("Entry") for text in texts) == 120


def test_a_part_begins_a_page(tmp_path):
    before, there = print_filled(tmp_path, [(20, "<p>Last0</p>" + PART)])
    assert "Last0" in before
    assert "Part0" in there


def print_filled(folder, fillings):
    """Return the texts of the pages with these heights, in millimeters, above these texts."""
    parts = [
        FILLED.format(height=height, rest=rest.format(n=n))
        for n, (height, rest) in enumerate(fillings)
    ]
    head = print_book.HEAD.format(title="Filled").replace("../html/", SITE.as_uri() + "/")
    source = folder / "filled.html"
    source.write_text(head.replace("</main>", "".join(parts) + "</main>"), encoding="utf-8")
    with chromium() as browser:
        print_book.print_pdf(browser, source, folder / "filled.pdf")
    return [page.extract_text() for page in PdfReader(folder / "filled.pdf").pages]

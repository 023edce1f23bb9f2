"""The notebooks for readers say what their pages say, in Markdown that every program shows."""

import copy
import functools
import re
import subprocess
from itertools import pairwise
from urllib.parse import unquote, urldefrag

import nbformat
import pytest
from lxml import html
from markdown_it import MarkdownIt
from nbconvert import HTMLExporter
from plain_markdown import in_text

from tests.book.built import text, words_of
from tools import address
from tools.build_book import ROOT, SITE, pages

READS = [".", "_build/html"]
PAGES = [page for page in pages(ROOT) if (ROOT / f"{page}.ipynb").exists()]
HERE = address.read(ROOT)
MARKDOWN = MarkdownIt("commonmark").enable("table")
FENCE = re.compile(r"^(`{3,}).*?^\1$", re.MULTILINE | re.DOTALL)
# What is MyST's and nobody else's: roles, directives, labels and their options.
MYST = [
    r"\{[\w:-]+\}`", r"^ *:{3,}", r"^ *[`~]{3,}\s*\{", r"^\([\w-]+\)=", r"^:[\w-]+:( |$)",
    r"\{\{", r"\[@", r"^%", r"<wbr>",
]  # fmt: skip

# Marks beside a heading, and words for a screen reader where a title has none.
# The last three speak of the page alone: what runs in it, where its exercises are answered, and
# where its explorer is.
NOT_SAID = ".headerlink, .sr-only, .live-none, .live-tell, .play-first"

# What says something itself: no program, and nothing that paragraphs or lists are in.
BLOCKS = ":is(p, li, td, th, h1, h2, h3, summary):not(.cell *):not(:has(p, ul, ol))"


@functools.cache
def notebook(page):
    file = SITE / "notebooks" / f"{page}.ipynb"
    assert file.exists(), f"{file.name} is not there: build the site with make book"
    return nbformat.read(file, as_version=4)


def texts(page):
    return [cell.source for cell in notebook(page).cells if cell.cell_type == "markdown"]


def programs(page):
    """Return the code cells that have code, but for the first, which installs."""
    cells = [cell for cell in notebook(page).cells if cell.cell_type == "code"]
    return [cell for cell in cells[1:] if cell.source]


@functools.cache
def rendered(page):
    """Return the text cells as a document, the formulas left out."""
    joined = "\n\n".join(texts(page))
    plain = re.sub(r"\$\$.*?\$\$|\$[^$]+\$|<var>.*?</var>", "", joined, flags=re.DOTALL)
    return html.fragment_fromstring(MARKDOWN.render(plain), create_parent=True)


def letters(text):
    return re.sub(r"[\W\d_]", "", text)


def own_cells(page):
    """Return the code cells of the page that do not belong to a solution."""
    return words_of(page).cssselect("div.cell:not(.solution *)")


@pytest.mark.parametrize("page", PAGES)
def test_nothing_is_left_that_only_the_book_understands(page):
    nbformat.validate(notebook(page))
    found = [
        (pattern, match)
        for text in texts(page)
        for pattern in MYST
        for match in re.findall(pattern, FENCE.sub("", text), re.MULTILINE)
    ]
    assert found == []
    # VS Code and GitHub set no formula there.
    assert not [text for text in texts(page) if re.search(r"<summary>.*\$.*</summary>", text)]
    # What code shows as Markdown, here and again when the reader runs it.
    shown = [o.get("data", {}).get("text/markdown", "") for c in programs(page) for o in c.outputs]
    assert not [text for text in shown if re.search(MYST[0], text)]


@pytest.mark.parametrize("page", PAGES)
def test_a_formula_in_a_line_ends_where_vs_code_sees_its_end(page):
    """Its Markdown knows no formula that a letter follows, and none with space at its ends."""
    for markdown in texts(page):
        plain = re.sub(
            r"\$\$.*?\$\$|`[^`\n]+`|<span>\$</span>", "", FENCE.sub("", markdown), flags=re.DOTALL
        )
        for formula, after in re.findall(r"\$([^$]+)\$(.?)", plain):
            assert formula == formula.strip()
            assert not after.isalnum(), f"${formula}${after}"


@pytest.mark.parametrize("page", PAGES)
def test_formulas_have_the_numbers_of_the_page(page):
    displayed = re.findall(
        r"^(?:> )?\$\$(.*?)\$\$$", "\n".join(texts(page)), re.MULTILINE | re.DOTALL
    )
    formulas = words_of(page).cssselect("div.math")
    assert len(displayed) == len(formulas)
    for tex, formula in zip(displayed, formulas):
        number = "".join(text(tag) for tag in formula.cssselect(".eqno")[:1])
        assert re.findall(r"\\tag\{(.+?)\}", tex) == re.findall(r"\((.+)\)", number)
        assert not re.search(r"\\begin\{(align|gather|equation)\*?\}|\\label", tex)


@pytest.mark.parametrize("page", PAGES)
def test_figures_and_exercises_are_numbered_as_on_the_page_and_described(page):
    document, part = rendered(page), words_of(page)
    captions = [
        text(c.find(".//strong")) for c in document.iter("p") if re.match(r"Fig\. \d", text(c))
    ]
    numbers = part.cssselect("figure .caption-number")
    assert captions == [text(number).strip() + "." for number in numbers]
    folds = list(document.iter("details"))
    described = [text(d.find(".//p")) for d in folds if "in words" in text(d.find("summary"))]
    assert list(map(letters, described)) == [
        letters(image.get("alt")) for image in part.cssselect("figure[id] img")
    ]
    headings = list(map(text, document.iter("h2", "h3")))
    exercises = [heading for heading in headings if re.match(r"Exercise \d", heading)]
    named = [text(e.cssselect(".admonition-title")[0]) for e in part.cssselect(".exercise")]
    assert list(map(letters, exercises)) == list(map(letters, named))
    assert [re.search(r"\d+", e)[0] for e in exercises] == [re.search(r"\d+", e)[0] for e in named]


@pytest.mark.parametrize("page", PAGES)
def test_every_word_of_the_page_is_in_the_notebook(page):
    said, part = letters(text(rendered(page))), copy.deepcopy(words_of(page))
    for tag in part.cssselect(NOT_SAID):
        tag.drop_tree()
    blocks = part.cssselect(BLOCKS)
    assert len(blocks) > 10
    for block in blocks:
        if not {"where-it-runs", "admonition-title"} & set(block.classes):
            assert letters(text(block)) in said


@pytest.mark.parametrize("page", PAGES)
def test_answers_and_solutions_are_closed_and_before_each_program_is_a_cell_to_try_in(page):
    document, part = rendered(page), words_of(page)
    assert not document.cssselect("details[open]")
    solutions = part.cssselect(".solution")
    folds = part.cssselect("details.sd-dropdown, .solution, figure[id]")
    assert len(document.findall(".//details")) == len(folds)
    cells = notebook(page).cells
    closed = [
        (before, cell)
        for before, cell in pairwise(cells)
        if "<summary>Solution to Exercise" in cell.source
    ]
    assert len(closed) == len(solutions)
    for (before, cell), solution in zip(closed, solutions):
        assert cell.source.count("</details>") == 1 + len(solution.cssselect("details.sd-dropdown"))
        for code in solution.cssselect(".cell_input pre"):
            assert text(code).strip() in cell.source
            assert (before.cell_type, before.source) == ("code", "")


@pytest.mark.parametrize("page", PAGES)
def test_no_words_stick_to_a_fold(page):
    """Notebook programs leave no space under a fold, but they do between cells."""
    below = [re.split(r"^</details>$", text, flags=re.MULTILINE)[1:] for text in texts(page)]
    assert {words.strip()[:9] for cell in below for words in cell} <= {"", "<details>"}


@pytest.mark.parametrize("page", PAGES)
def test_code_and_output_are_those_of_the_page_and_what_it_folds_is_folded(page):
    cells = programs(page)
    assert len(cells) == len(own_cells(page))
    for cell, shown in zip(cells, own_cells(page)):
        assert text(shown.cssselect(".cell_input pre")[0]).strip() == cell.source.strip()
        folded = shown.cssselect("details.hide") != []
        assert cell.metadata.get("jupyter", {}).get("source_hidden", False) == folded
        assert (cell.metadata.get("cellView") == "form") == folded
        printed = "".join(o.text for o in cell.outputs if o.output_type == "stream")
        assert letters(printed) == letters("".join(map(text, shown.cssselect(".output.stream"))))
        pictures = [o for o in cell.outputs if "image/png" in o.get("data", {})]
        alts = [image.get("alt") for image in shown.cssselect("figure[id] img")]
        assert [o.metadata["image/png"]["alt"] for o in pictures] == alts


@pytest.mark.parametrize(
    ("tex", "text"),
    [
        (r"\eta_k = 1/\sqrt{k+1}", "η<sub>k</sub> = 1/√(k+1)"),
        (r"2^{-k} < \log 16 \approx 2.77", "2<sup>−k</sup> &lt; log 16 ≈ 2.77"),
    ],
)
def test_a_formula_in_the_title_of_a_fold_is_text(tex, text):
    assert in_text(tex) == text


def test_a_formula_that_is_no_text_stops_the_build():
    with pytest.raises(NotImplementedError, match="write it in words"):
        in_text(r"\frac{1}{2}")


@functools.cache
def anchors(page):
    return set(re.findall(r'\bid="([^"]+)"', (SITE / f"{page}.html").read_text(encoding="utf-8")))


@pytest.mark.parametrize("page", PAGES)
def test_every_link_to_the_book_leads_to_a_place_on_its_site(page):
    links = rendered(page).xpath(".//a/@href")
    assert all(re.match(r"https?://", link) for link in links), links
    assert f"{HERE.site}{page}.html" in links
    for link in links:
        if link.startswith(HERE.site):
            path, fragment = urldefrag(link.removeprefix(HERE.site))
            assert (SITE / path).is_file(), link
            assert not fragment or unquote(fragment) in anchors(path.removesuffix(".html")), link


@pytest.mark.parametrize("page", PAGES)
def test_the_first_cell_pins_what_the_notebook_imports_and_brings_what_it_reads(
    page, tmp_path, monkeypatch
):
    first = next(cell for cell in notebook(page).cells if cell.cell_type == "code")
    names = {}
    monkeypatch.chdir(tmp_path)
    exec(first.source, names)
    assert names["missing"] == [], "everything is here: nothing may be installed"
    for name in re.findall(r"[\w/]+\.csv", "".join(cell.source for cell in programs(page))):
        assert (tmp_path / name).read_text() == (ROOT / page).parent.joinpath(name).read_text()
    source, commit = names["needed"].pop("lossbook").split("@ git+")[1].rsplit("@", 1)
    assert source == HERE.repository
    if (ROOT / ".git").exists():
        command = ["git", "merge-base", "--is-ancestor", commit, "HEAD"]
        assert subprocess.run(command, cwd=ROOT).returncode == 0
    for name, pin in names["needed"].items():
        assert name == "torch" or re.fullmatch(r"[\w-]+==[\d.]+", pin)


SHOWN = [
    "chapters/algorithm/learning_rate",
    "chapters/concepts/classification_losses",
    "chapters/derivation/backpropagation",
]


@functools.cache
def nbviewer():
    """Return what nbviewer shows notebooks with; to read its templates takes as long as a page."""
    return HTMLExporter(template_name="lab")


@pytest.mark.parametrize("page", SHOWN)
def test_what_nbviewer_makes_of_it_is_whole(page):
    document = html.document_fromstring(nbviewer().from_notebook_node(notebook(page))[0])
    folds = document.cssselect(".jp-MarkdownOutput details")
    assert len(folds) == len(rendered(page).findall(".//details"))
    assert not document.cssselect("details[open]")
    solution = next(
        fold
        for fold in folds
        if "Solution to Exercise" in text(fold.find("summary")) and fold.find(".//pre") is not None
    )
    assert "print(" in text(solution.find(".//pre"))
    told = document.cssselect(".jp-MarkdownOutput blockquote strong")[0]
    assert text(told).startswith("This notebook")
    # MathJax reads the formulas from the text: no character of them may have become markup.
    said = re.sub(r"\s+", "", text(document))
    for tex in re.findall(r"^\$\$.*?\$\$$", "\n".join(texts(page)), re.MULTILINE | re.DOTALL):
        assert re.sub(r"\s+", "", tex) in said

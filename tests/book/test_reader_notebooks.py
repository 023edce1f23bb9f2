"""The notebooks for readers say what their pages say, in Markdown that every program shows."""

import functools
import re
import subprocess
from itertools import pairwise
from urllib.parse import unquote, urldefrag

import nbformat
import pytest
from bs4 import BeautifulSoup
from markdown_it import MarkdownIt
from nbconvert import HTMLExporter
from plain_markdown import in_text

from tests.book.built import words_of
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
NOT_SAID = ["headerlink", "sr-only", "live-none", "live-tell", "play-first"]


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
    return BeautifulSoup(MARKDOWN.render(plain), "html.parser")


def letters(text):
    return re.sub(r"[\W\d_]", "", text)


def own_cells(page):
    """Return the code cells of the page that do not belong to a solution."""
    return [
        cell
        for cell in words_of(page).select("div.cell")
        if not cell.find_parent(class_="solution")
    ]


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
    for text in texts(page):
        plain = re.sub(
            r"\$\$.*?\$\$|`[^`\n]+`|<span>\$</span>", "", FENCE.sub("", text), flags=re.DOTALL
        )
        for formula, after in re.findall(r"\$([^$]+)\$(.?)", plain):
            assert formula == formula.strip()
            assert not after.isalnum(), f"${formula}${after}"


@pytest.mark.parametrize("page", PAGES)
def test_formulas_have_the_numbers_of_the_page(page):
    displayed = re.findall(
        r"^(?:> )?\$\$(.*?)\$\$$", "\n".join(texts(page)), re.MULTILINE | re.DOTALL
    )
    formulas = words_of(page).select("div.math")
    assert len(displayed) == len(formulas)
    for tex, formula in zip(displayed, formulas):
        number = formula.select_one(".eqno")
        assert re.findall(r"\\tag\{(.+?)\}", tex) == re.findall(
            r"\((.+)\)", number.text if number else ""
        )
        assert not re.search(r"\\begin\{(align|gather|equation)\*?\}|\\label", tex)


@pytest.mark.parametrize("page", PAGES)
def test_figures_and_exercises_are_numbered_as_on_the_page_and_described(page):
    document, part = rendered(page), words_of(page)
    captions = [
        c.find("strong").text for c in document.find_all("p") if re.match(r"Fig\. \d", c.text)
    ]
    assert captions == [c.text.strip() + "." for c in part.select("figure .caption-number")]
    described = [d.p.text for d in document.find_all("details") if "in words" in d.summary.text]
    assert list(map(letters, described)) == [
        letters(i["alt"]) for i in part.select("figure[id] img")
    ]
    exercises = [
        h.text for h in document.find_all(["h2", "h3"]) if re.match(r"Exercise \d", h.text)
    ]
    named = [e.select_one(".admonition-title").text for e in part.select(".exercise")]
    assert list(map(letters, exercises)) == list(map(letters, named))
    assert [re.search(r"\d+", e)[0] for e in exercises] == [re.search(r"\d+", e)[0] for e in named]


@pytest.mark.parametrize("page", PAGES)
def test_every_word_of_the_page_is_in_the_notebook(page):
    said = letters(rendered(page).get_text())
    blocks = words_of(page).select("p, li, td, th, h1, h2, h3, summary")
    blocks = [
        b for b in blocks if not b.find_parent(class_="cell") and not b.find(["p", "ul", "ol"])
    ]
    assert len(blocks) > 10
    for block in blocks:
        if not {"where-it-runs", "admonition-title"} & set(block.get("class", [])):
            pieces = [t for t in block.find_all(string=True) if not t.find_parent(class_=NOT_SAID)]
            assert letters("".join(pieces)) in said


@pytest.mark.parametrize("page", PAGES)
def test_answers_and_solutions_are_closed_and_before_each_program_is_a_cell_to_try_in(page):
    document, part = rendered(page), words_of(page)
    assert not document.select("details[open]")
    solutions = part.select(".solution")
    folds = (
        len(part.select("details.sd-dropdown")) + len(solutions) + len(part.select("figure[id]"))
    )
    assert len(document.find_all("details")) == folds
    cells = notebook(page).cells
    closed = [
        (before, cell)
        for before, cell in pairwise(cells)
        if "<summary>Solution to Exercise" in cell.source
    ]
    assert len(closed) == len(solutions)
    for (before, cell), solution in zip(closed, solutions):
        assert cell.source.count("</details>") == 1 + len(solution.select("details.sd-dropdown"))
        for code in solution.select(".cell_input pre"):
            assert code.text.strip() in cell.source
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
        assert shown.select_one(".cell_input pre").text.strip() == cell.source.strip()
        folded = shown.select_one("details.hide") is not None
        assert cell.metadata.get("jupyter", {}).get("source_hidden", False) == folded
        assert (cell.metadata.get("cellView") == "form") == folded
        printed = "".join(o.text for o in cell.outputs if o.output_type == "stream")
        assert letters(printed) == letters("".join(o.text for o in shown.select(".output.stream")))
        pictures = [o for o in cell.outputs if "image/png" in o.get("data", {})]
        alts = [i["alt"] for i in shown.select("figure[id] img")]
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
    links = [link["href"] for link in rendered(page).find_all("a", href=True)]
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


@pytest.mark.parametrize("page", SHOWN)
def test_what_nbviewer_makes_of_it_is_whole(page):
    html = HTMLExporter(template_name="lab").from_notebook_node(notebook(page))[0]
    document = BeautifulSoup(html, "html.parser")
    folds = document.select(".jp-MarkdownOutput details")
    assert len(folds) == len(rendered(page).find_all("details"))
    assert not document.select("details[open]")
    solution = next(d for d in folds if "Solution to Exercise" in d.summary.text and d.pre)
    assert "print(" in solution.pre.text
    assert document.select_one(".jp-MarkdownOutput blockquote strong").text.startswith(
        "This notebook"
    )
    # MathJax reads the formulas from the text: no character of them may have become markup.
    said = re.sub(r"\s+", "", document.get_text())
    for tex in re.findall(r"^\$\$.*?\$\$$", "\n".join(texts(page)), re.MULTILINE | re.DOTALL):
        assert re.sub(r"\s+", "", tex) in said

"""A formula that is broken for phones stands in one line where it fits, and says the same."""

import re
from collections import Counter

import pytest
import rendered_math
from bs4 import BeautifulSoup
from optional_breaks import pieces

from tests.book.browser import Visit, chromium, served_site
from tests.book.built import source, with_formulas
from tools.build_book import ROOT, pages

READS = ["tests/book", "_ext", "_build/html"]
PAGE = "chapters/algorithm/momentum_to_adam"
BROKEN = ".formula-one, .formula-pair"
# For each formula: its lines, those that a reader sees, and whether its box must be scrolled.
LAID_OUT = """(formulas) => formulas.map((formula) => {
  const boxes = [...formula.children].map((box) => box.getBoundingClientRect());
  const scroller = formula.closest(".math-scroll");
  const rows = boxes.filter((box, at) => !at || box.top >= boxes[at - 1].bottom).length;
  const widest = Math.max(...boxes.map((box) => box.width));
  return {
    lines: boxes.length, rows, fits: widest <= scroller.clientWidth - 34,
    scrolls: scroller.scrollWidth > scroller.clientWidth + 1,
    number: formula.closest(".math").querySelector(".eqno")?.textContent,
  };
})"""


@pytest.mark.parametrize(
    ("tex", "expected"),
    [
        (r"\begin{gathered} a = b, \\ c = d \end{gathered} .", ("pair", ["a = b,", "c = d ."])),
        (r"\begin{gathered} a \\ \to\; b \end{gathered} .", ("one", ["a", r"{}\to b ."])),
        (r"\begin{gathered} a \\ \Rightarrow\quad b \end{gathered}",
         ("one", ["a", r"{}\Rightarrow b"])),
        (r"\begin{gathered} a, \\ \topic \end{gathered}", ("pair", ["a,", r"\topic"])),
        (r"\begin{aligned} &a \\ &\quad = b \end{aligned}", ("one", ["a", "{}= b"])),
        (r"\begin{aligned} a = {}& b \\ & + c \\ &- d \end{aligned}",
         ("one", ["a =b", "{}+ c", "{}- d"])),
        (r"\begin{aligned} a &= b \\ c &= d \end{aligned}", None),
        (r"\begin{aligned} a &= b \\ &= c \end{aligned}", None),
        (r"\begin{gathered} a \\ b \\ c \end{gathered}", None),
        (r"\begin{gathered} \left( a \\ b \right) \end{gathered}", None),
        (r"\begin{gathered} \substack{a \\ b} \end{gathered}", None),
        (r"\begin{aligned} &a && b \\ &\quad c \end{aligned}", None),
        (r"a = b", None),
    ],
)  # fmt: skip
def test_only_lines_that_a_phone_needs_may_stand_side_by_side(tex, expected):
    found = pieces(tex)
    assert found == expected or [found[0], *map(squeezed, found[1])] == [
        expected[0],
        *map(squeezed, expected[1]),
    ]


def squeezed(tex):
    return tex.replace(" ", "")


def test_the_lines_have_every_sign_of_the_formula_and_no_other():
    seen = 0
    for page in pages(ROOT):
        if "formula-line" not in source(page):
            continue
        formulas = []
        with_formulas(source(page), lambda html, found=formulas: found.append(html) or "")
        broken = [html for html in formulas if "formula-line" in html]
        for shown in BeautifulSoup("".join(broken), "html.parser").select(BROKEN):
            tex = shown.find_parent(class_="katex").find("annotation").get_text()
            whole, error = rendered_math.render(tex, True)
            assert error is None
            look = BeautifulSoup(whole.partition(rendered_math.LOOK)[2], "html.parser")
            assert signs(shown) == signs(look), tex
            assert len(shown.find_all(class_="formula-line")) == tex.count(r"\\") + 1
            seen += 1
    assert seen > 50


def signs(tag):
    return Counter(re.sub(r"[\s\u200b]", "", tag.get_text()))


def test_a_desktop_shows_one_line_and_a_phone_as_many_as_fit():
    with served_site() as address, chromium() as chrome, Visit(chrome) as tab:
        tab.open(f"{address}/{PAGE}.html")
        looked_at = {}
        for width in (1280, 390):
            tab.page.set_viewport_size({"width": width, "height": 800})
            looked_at[width] = tab.page.eval_on_selector_all(BROKEN, LAID_OUT)
    assert len(looked_at[1280]) >= 5
    assert {(one["rows"], one["scrolls"]) for one in looked_at[1280]} == {(1, False)}
    assert [one["number"] for one in looked_at[390] if one["fits"] and one["scrolls"]] == []
    assert sum(one["rows"] == one["lines"] for one in looked_at[390]) >= 3

"""Type on the built site: headings told apart, one letter in one font, figures without boxes."""

from itertools import pairwise

import pytest

from tests.book.browser import Visit, chromium, served_site

SIZES = """() => ["h1", "h2", "h3", "p"].map(
  (tag) => parseFloat(getComputedStyle(document.querySelector(`article ${tag}`)).fontSize)
)"""
# How wide a letter is in the text, in a plain font and in the font of the formulas: where the first
# and the last agree, one font draws both.
WIDTHS = """async () => {
  await document.fonts.ready;
  const width = (family, size) => {
    const one = document.createElement("span");
    Object.assign(one.style, { fontFamily: family, fontSize: size, position: "absolute" });
    one.textContent = "δδδδδδδδδδ";
    document.querySelector("article").append(one);
    const wide = one.getBoundingClientRect().width;
    one.remove();
    return wide;
  };
  await document.fonts.load('16px "Formula letters"', "δ");
  await document.fonts.load("italic 19.36px KaTeX_Math", "δ");
  const text = getComputedStyle(document.querySelector("article p")).fontFamily;
  return [width(text, "16px"), width("sans-serif", "16px"), width('"Formula letters"', "16px")];
}"""


@pytest.fixture(scope="module")
def chapter():
    with served_site() as address, chromium() as browser, Visit(browser) as one:
        one.open(f"{address}/chapters/algorithm/five_steps.html")
        yield one


def test_headings_are_told_apart_by_size_on_a_desktop_and_on_a_phone(chapter):
    for width in (1280, 390):
        chapter.page.set_viewport_size({"width": width, "height": 800})
        sizes = chapter.page.evaluate(SIZES)
        assert all(one >= 1.12 * next_one for one, next_one in pairwise(sizes)), sizes


def test_a_greek_letter_of_the_text_is_that_of_the_formulas(chapter):
    text, sans, formula = chapter.page.evaluate(WIDTHS)
    assert text == formula
    assert text != sans
    assert chapter.complaints == []

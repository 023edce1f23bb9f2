"""A page on paper, as Ctrl+P prints it: all folds open, nothing half faded in, dark on white."""

import pytest
from pypdf import PdfReader

from tests.book.browser import Visit, chromium, served_site

READS = ["tests/book", "_build/html"]
CHAPTER = "chapters/algorithm/five_steps"
# Between opening the folds and printing a browser does not wait: nor is there a wait in here.
AS_PRINTED = """() => {
  dispatchEvent(new Event("beforeprint"));
  const look = (element) => getComputedStyle(element);
  const inside = [...document.querySelectorAll("article details > :not(summary)")];
  const pictures = [...document.querySelectorAll("article img")].map((one) => look(one).filter);
  const channels = (color) => color.match(/[\\d.]+/g).slice(0, 3).map(Number);
  const brightness = (color) => channels(color).reduce((sum, x) => sum + x, 0) / 765;
  const found = {
    folds: inside.length,
    closed: inside.filter((one) => !one.checkVisibility()).length,
    faint: inside.filter((one) => +look(one).opacity < 1).length,
    moving: document.getAnimations().length,
    turned: pictures.filter((filter) => filter !== "none").length,
    text: Math.max(...[...document.querySelectorAll("article p, article li, summary")]
      .map((one) => brightness(look(one).color))),
    page: brightness(look(document.body).backgroundColor),
    words: [...document.querySelectorAll("summary")].map((one) => one.innerText).join(" "),
  };
  dispatchEvent(new Event("afterprint"));
  return found;
}"""


@pytest.fixture(scope="module")
def chapter():
    """Return a function that opens the chapter on a light or a dark screen, in one tab."""
    with served_site() as address, chromium() as browser, Visit(browser) as one:

        def open_page(scheme):
            one.page.emulate_media(media="screen", color_scheme=scheme)
            one.open(f"{address}/{CHAPTER}.html")
            return one.page

        yield open_page


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_page_is_printed_whole_and_dark_on_white(chapter, scheme):
    page = chapter(scheme)
    page.emulate_media(media="print", color_scheme=scheme)
    found = page.evaluate(AS_PRINTED)
    assert found["folds"] >= 10
    assert {found[name] for name in ("closed", "faint", "moving", "turned")} == {0}
    assert found["text"] < 0.45
    assert found["page"] == 1
    assert "Click to" not in found["words"]
    assert "Hide" not in found["words"]
    assert page.evaluate("document.documentElement.dataset.theme") == scheme
    assert page.locator("details.solution[open]").count() == 0


def test_the_file_that_the_browser_prints_has_the_answers(chapter, tmp_path):
    page = chapter("dark")
    words = page.locator("details.sd-dropdown .sd-card-body").first.text_content().split()
    page.pdf(path=tmp_path / "page.pdf")
    text = "".join(one.extract_text() for one in PdfReader(tmp_path / "page.pdf").pages)
    assert " ".join(words[:6]) in " ".join(text.split())

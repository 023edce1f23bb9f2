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
def browser():
    with served_site() as address, chromium() as one:
        yield one, address


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_page_is_printed_whole_and_dark_on_white(browser, scheme):
    chrome, address = browser
    with Visit(chrome, color_scheme=scheme) as one:
        one.open(f"{address}/{CHAPTER}.html")
        one.page.emulate_media(media="print", color_scheme=scheme)
        found = one.page.evaluate(AS_PRINTED)
        assert found["folds"] >= 10
        assert {found[name] for name in ("closed", "faint", "moving", "turned")} == {0}
        assert found["text"] < 0.45
        assert found["page"] == 1
        assert "Click to" not in found["words"]
        assert "Hide" not in found["words"]
        assert one.page.evaluate("document.documentElement.dataset.theme") == scheme
        assert one.page.locator("details.solution[open]").count() == 0


def test_the_file_that_the_browser_prints_has_the_answers(browser, tmp_path):
    chrome, address = browser
    with Visit(chrome, color_scheme="dark") as one:
        one.open(f"{address}/{CHAPTER}.html")
        words = one.page.locator("details.sd-dropdown .sd-card-body").first.text_content().split()
        one.page.pdf(path=tmp_path / "page.pdf")
    text = "".join(page.extract_text() for page in PdfReader(tmp_path / "page.pdf").pages)
    assert " ".join(words[:6]) in " ".join(text.split())

"""Python in the page, in a headless Chromium: pages run to the end and print what the book prints.

`make live-check` runs every page that has the button; here four stand for them.
"""

import os
import re

import pytest

from tests.book.browser import Visit, chromium, served_site
from tests.book.built import tree
from tests.book.live import BUTTON, NEEDS_ENGINE, differences, known, run_page, wait_for
from tools.build_book import ROOT, SITE, pages

READS = ["tests/book", "chapters", "live", "_build/html"]
# The quickest of each kind: with NumPy alone; with SciPy, and Markdown that a cell makes; with
# scikit-learn; with pictures, an explorer and frames.
FOUR = [
    "chapters/background/what_you_need",
    "chapters/questions/which_loss",
    "chapters/linear_regression/package_and_scikit_learn",
    "chapters/background/one_number_for_five",
]
OFFERED = [
    p
    for p in pages(ROOT)
    if f'live-run" disabled>{BUTTON}<' in (SITE / f"{p}.html").read_text(encoding="utf-8")
]
CHOSEN = OFFERED if os.environ.get("LIVE") == "all" else FOUR
PAGE = FOUR[-1]
EXERCISES = "chapters/reference/exercises"
ENGINE = re.compile(r"/live/")
EDITED = """(code) => {
  const cell = window.lossbookLive.page().cells[0];
  cell.editor.code = code;
  cell.runButton.click();
}"""
BREAK_CACHE = """async (names) => {
  const cache = await caches.open("lossbook-python");
  for (const name of names) {
    await cache.put(name, new Response(new Uint8Array(1000), { headers: { "X-SHA256": "no" } }));
  }
}"""
KEPT = """async () => {
  const cache = await caches.open("lossbook-python");
  const kept = {};
  for (const request of await cache.keys()) {
    kept[request.url.split("/").at(-1)] = (await (await cache.match(request)).blob()).size;
  }
  return kept;
}"""

pytestmark = NEEDS_ENGINE


@pytest.fixture(scope="module")
def address():
    with served_site() as root:
        yield root


@pytest.fixture(scope="module")
def browser():
    with chromium() as one:
        yield one


@pytest.fixture(scope="module")
def tab(browser, address):
    """Return one tab for all pages: what it fetched for the first, its cache has for the others.

    The first page finds a cache in which everything is broken.
    """
    with Visit(browser, reduced_motion="reduce") as one:
        one.has = set()
        one.page.goto(f"{address}/404.html")
        one.page.evaluate(BREAK_CACHE, [f"{address}/live/{name}" for name in names_in_the_cache()])
        yield one


def names_in_the_cache():
    """Return the names under which a page keeps the files, and what it makes of them."""
    files = {file.name.split("-")[0]: file.name for file in (SITE / "live").glob("*.bin")}
    short = {part: name.split("-")[1][:8] for part, name in files.items()}
    memory = "-".join(short[part] for part in ("python", "library", "fonts", "book"))
    fetched = [files[part] for part in ("library", "fonts", "book")]
    return [f"program-{short['python']}", f"memory-{memory}", *fetched]


def asked(visit):
    """Return a list that fills with what the page asks for."""
    found = []
    visit.page.on("request", lambda request: found.append(request.url))
    return found


def pictures_on(document):
    """Return for each cell how many pictures Matplotlib drew, frames and explorers apart."""
    cells = document.cssselect("div.cell:has(> .cell_input), div.cell:has(> details .cell_input)")
    return [len(cell.cssselect(".cell_output img:not(.text_html img)")) for cell in cells]


@pytest.mark.parametrize("name", CHOSEN)
def test_a_page_runs_to_its_end_and_prints_what_the_book_prints(tab, address, name):
    requests = asked(tab)
    tab.open(f"{address}/{name}.html")
    assert [url for url in requests if ENGINE.search(url) and "/_static/" not in url] == []
    before = tree(name)
    ran = run_page(tab.page)
    reasons = known().get(name, {})
    found = differences(name, ran)
    unknown = [line for line in found if re.match(r"cell (\d+)", line)[1] not in reasons]
    assert unknown == []
    assert len(found) == len(reasons), "tests/book/live_differences.toml names cells that agree"
    assert [cell["pictures"] for cell in ran] == pictures_on(before)
    assert tab.complaints == []
    fetched = {url.rsplit("/", 1)[-1].split("-")[0] for url in requests if url.endswith(".bin")}
    assert not fetched & tab.has  # Once is enough: the cache has it.
    tab.has |= fetched


def test_what_is_broken_in_the_cache_is_fetched_and_made_again(tab):
    # By the first of the pages before.
    assert {"python", "library", "fonts", "book"} <= tab.has
    kept = tab.page.evaluate(KEPT)
    for name in names_in_the_cache():
        assert kept[name] > 1_000_000
        if name.endswith(".bin"):
            assert kept[name] == (SITE / "live" / name).stat().st_size


def test_the_pages_that_run_here_are_those_without_other_libraries():
    texts = {page: (SITE / f"{page}.html").read_text(encoding="utf-8") for page in pages(ROOT)}
    found = {page: re.search('class="live-none .*?</a>', text) for page, text in texts.items()}
    told = {page: match[0] for page, match in found.items() if match}
    assert not set(told) & set(OFFERED)
    assert "This page needs PyTorch" in told["chapters/applications/images"]
    assert "Dask" in told["chapters/outlook/many_machines"]
    assert len(OFFERED) >= 29
    # The notebook for readers, not the source of the page.
    assert all(f'/notebooks/{page}.ipynb" download' in word for page, word in told.items())


def test_a_page_that_runs_is_for_everyone(tab, address):
    tab.page.set_viewport_size({"width": 1280, "height": 900})
    if tab.page.url != f"{address}/{PAGE}.html":
        tab.open(f"{address}/{PAGE}.html")
        run_page(tab.page)
    assert tab.page.locator(".live-output img").first.get_attribute("alt")
    tab.page.emulate_media(color_scheme="light")
    assert tab.violations() == []
    tab.page.emulate_media(color_scheme="dark")
    tab.page.wait_for_selector("html[data-theme=dark]")
    assert tab.violations("color-contrast") == []
    drawn = tab.page.locator(".live-output img").first
    assert "invert" in drawn.evaluate("image => getComputedStyle(image).filter")
    tab.page.set_viewport_size({"width": 360, "height": 740})
    assert tab.page.evaluate("document.documentElement.scrollWidth") <= 360
    assert tab.complaints == []


def test_a_changed_cell_runs_by_keyboard_and_an_error_tells_its_line(tab):
    # The page of the test before, with its state; its first cell is the set-up, which is folded.
    tab.page.evaluate(
        "() => document.querySelectorAll('details').forEach((d) => { d.open = true; })"
    )
    editor = tab.page.locator(".live-editor .cm-content").first
    assert editor.get_attribute("aria-label") == "Code of cell 1"
    editor.focus()
    tab.page.keyboard.press("Control+a")
    tab.page.keyboard.type("a = 6\nb = a * 7\nprint(b)\nb / 0")
    tab.page.keyboard.press("Shift+Enter")
    wait_for(tab, "Cell 1 stopped with an error: ZeroDivisionError")
    shown = tab.page.locator(".live-output").first
    assert shown.locator(".live-stdout").inner_text().strip() == "42"
    assert "Go to line 4" in shown.locator(".live-error").inner_text()
    editor.focus()
    tab.page.keyboard.press("Tab")
    assert tab.page.evaluate("document.activeElement.innerText") == "Run"


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("np.ones(2**28)", "asked for more memory than the page gives it, 1 GB in all"),
        ("np.empty(2**27 - 1000)", "asked for more memory than the page gives it, 1 GB in all"),
        ("def f():\n    return f()\nf()", "RecursionError"),
        ("input()", "EOFError"),
        ("import torch", "ModuleNotFoundError: No module named 'torch'"),
        ("import sys; sys.exit(3)", "SystemExit: 3"),
        ("def", "SyntaxError"),
        (
            "from lossbook.losses import huber\nhuber([1, 2], [1], delta=1)",
            "predictions has shape (2,) but targets has shape (1,)",
        ),
    ],
)
def test_what_goes_wrong_in_a_cell_is_said_and_the_next_one_runs(tab, code, words):
    tab.page.evaluate(EDITED, f"import numpy as np\n{code}")
    wait_for(tab, "Cell 1 stopped with an error")
    said = tab.page.locator(".live-error").first.inner_text()
    assert words in said
    assert "/book/lossbook" not in said  # What a library does inside leads nobody on.
    tab.page.evaluate(EDITED, "import numpy as np\nprint(np.arange(3).sum())")
    wait_for(tab, "Cell 1 done")


def test_frames_and_explorers_that_a_cell_makes_move_on_any_page(tab):
    # This page shows no explorer of its own, so its script comes now.
    tab.page.evaluate(EDITED, "from lossbook import explorers\nexplorers.LossExplorer()")
    alive = tab.page.locator(".live-output figure.lossbook-explorer:not(:has(.lossbook-still))")
    tab.page.locator(".live-output figure.lossbook-explorer").first.scroll_into_view_if_needed()
    alive.locator("input[type=range]").first.wait_for()
    two = "{n: (svg(plt.figure()), f'picture {n}') for n in ('one', 'two')}"
    start = "import matplotlib.pyplot as plt\nfrom lossbook.explorers import Frames, svg\n"
    tab.page.evaluate(EDITED, f"{start}Frames('Which', {two})")
    frames = tab.page.locator(".live-output fieldset.lossbook-frames", has_text="Which")
    frames.locator("label", has_text="two").click()
    assert frames.locator("img:visible").get_attribute("alt") == "picture two"
    still = tab.page.locator("fieldset.lossbook-frames:has(input:checked)").count()
    assert still == tab.page.locator("fieldset.lossbook-frames").count()
    assert tab.complaints == []


def test_an_endless_loop_is_stopped_and_python_starts_again(tab):
    tab.page.evaluate(EDITED, "print('begun', flush=True)\nwhile True:\n    pass")
    tab.page.locator(".live-stdout", has_text="begun").first.wait_for()
    tab.page.get_by_role("button", name="Stop Python").click()
    wait_for(tab, "Python has started again and is empty")
    tab.page.evaluate(EDITED, "print('np' in globals())")
    tab.page.locator(".live-stdout", has_text="False").first.wait_for()


def test_reset_brings_code_and_outputs_of_the_page_back(tab):
    tab.page.get_by_role("button", name="Reset code, output and Python").click()
    wait_for(tab, "as they were at first")
    assert tab.page.evaluate("window.lossbookLive.page().cells.every((cell) => !cell.changed)")
    assert tab.page.locator("article .cell > .cell_output:not(.live-output)").first.is_visible()
    assert tab.page.locator(".live-stdout").count() == 0
    assert tab.complaints == []


def answer(visit, code):
    exercise = visit.page.locator(".live-exercise[data-name=mean_absolute_error]")
    if exercise.locator(".live-open").count():
        exercise.locator(".live-open").click()
    exercise.locator(".cm-content").focus()
    visit.page.keyboard.press("Control+a")
    visit.page.keyboard.insert_text(code)
    exercise.get_by_role("button", name="Check").click()


def test_an_exercise_is_checked_and_its_points_are_kept_on_this_device(tab, address):
    tab.open(f"{address}/{EXERCISES}.html")
    exercise = tab.page.locator(".live-exercise[data-name=mean_absolute_error]")
    error = exercise.locator(".live-error")
    head = "def mean_absolute_error(predictions, targets):\n    return "
    answer(tab, f"{head}np.abs(predictions - targets).sum()")
    error.get_by_text("The factor 1/n is missing").wait_for()
    assert "Traceback" not in error.inner_text()
    leads = error.get_by_role("link", name="“a sum instead of a mean”").get_attribute("href")
    assert leads.endswith("/chapters/questions/twelve_silent_mistakes.html#a-sum-instead-of-a-mean")
    answer(tab, f"{head}nothing")
    error.get_by_text("Your function stopped with NameError").wait_for()
    answer(tab, f"{head}np.abs(predictions - targets).mean()")
    exercise.locator(".live-stdout", has_text="all 3 cases passed").wait_for()
    assert exercise.locator(".live-points").inner_text() == "✓ 2 of 2 points"
    tab.open(f"{address}/{EXERCISES}.html")
    assert "You have 2 of" in tab.page.locator(".live-total").inner_text()
    assert tab.complaints == []


def test_answers_are_taken_to_another_device_and_erased(tab, tmp_path):
    # The page of the test before, with its answers.
    page, total = tab.page, tab.page.locator(".live-total")
    exercise = page.locator(".live-exercise[data-name=mean_absolute_error]")
    exercise.locator(".live-open").click()
    with page.expect_download() as saved:
        page.get_by_role("button", name="Save my answers").click()
    file = tmp_path / saved.value.suggested_filename
    saved.value.save_as(file)
    asked_for = []
    page.on("dialog", lambda dialog: [asked_for.append(dialog.message), dialog.accept()])
    page.get_by_role("button", name="Erase my answers").click()
    page.get_by_text("You have 0 of").wait_for()
    assert page.evaluate("localStorage.getItem('lossbook-exercises')") is None
    assert ".mean()" not in exercise.locator(".cm-content").inner_text()
    exercise.locator(".cm-content").focus()
    page.keyboard.insert_text("# Mine")
    bring(page, file)
    page.get_by_text("One answer came from the file. You have 2 of").wait_for()
    assert ".mean()" in exercise.locator(".cm-content").inner_text()
    assert asked_for[1] == "Put the file's answers in place of yours to mean_absolute_error?"
    assert exercise.locator(".live-points").inner_text() == "✓ 2 of 2 points"
    assert "2 of" in total.inner_text()
    assert tab.complaints == []


def bring(page, file):
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Bring answers from a file").click()
    chooser.value.set_files(file)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "has no answers of this book"),
        ("<script>alert(1)</script>", "has no answers of this book"),
        ("null", "has no answers of this book"),
        ('["mean_absolute_error"]', "has no answers of this book"),
        ('{"mean_absolute_error": null}', "has no answers of this book"),
        ('{"mean_absolute_error": {"code": 7, "passed": true}}', "has no answers of this book"),
        ('{"__proto__": {"code": "x", "passed": true}}', "has no answers of this book"),
        ('{"another_exercise": {"code": "x", "passed": true}}', "has no answers of this book"),
        ('{"mean_absolute_error": {"code": "' + 30_000 * "x" + '"}}', "has no answers of this"),
        (1_200_000 * " ", "the file has 1.2 MB, and answers have less than 1 MB"),
    ],
    ids=range(10),
)
def test_a_file_that_holds_no_answers_changes_nothing_and_says_why(tab, tmp_path, text, words):
    # The page of the test before, with one answer.
    before = tab.page.evaluate("localStorage.getItem('lossbook-exercises')")
    file = tmp_path / "answers.json"
    file.write_text(text)
    bring(tab.page, file)
    tab.page.get_by_text("Nothing was changed, because the file").wait_for()
    assert words in tab.page.locator(".live-total").inner_text()
    assert tab.page.evaluate("localStorage.getItem('lossbook-exercises')") == before
    assert tab.complaints == []
    # A good file after it is taken: what comes next does not see these words.
    file.write_text('{"mean_absolute_error": {"code": "# Mine", "more": {"a": [1]}}}')
    bring(tab.page, file)
    tab.page.get_by_text("One answer came from the file. You have 2 of").wait_for()

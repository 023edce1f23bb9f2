"""Notebooks for readers in a real JupyterLab, as `make lab` opens them."""

import socket
import subprocess
import time
import urllib.request
from contextlib import closing

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output

from tests.book.browser import Visit, chromium
from tests.book.test_reader_notebooks import HERE, PAGES, SHOWN, notebook
from tools import lab
from tools.build_book import SITE

# JupyterLab keeps cells out of the document until they come into view.
SCROLL = """async (words) => {
  const box = document.querySelector(".jp-WindowedPanel-outer");
  for (let step = 0; step < 600; step++) {
    const y = box.scrollTop + box.clientHeight / 2;
    box.scrollTo(0, box.scrollTop + box.clientHeight < box.scrollHeight - 2 ? y : 0);
    for (let frame = 0; frame < 3; frame++) await new Promise(requestAnimationFrame);
    const found = [...document.querySelectorAll(".jp-RenderedMarkdown :is(h2, h3, summary)")]
      .find((tag) => tag.textContent.includes(words));
    if (found) { found.scrollIntoView(); return true; }
  }
  return false;
}"""


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """Yield the address of a JupyterLab that shows copies of the notebooks, and knows no other."""
    home = tmp_path_factory.mktemp("lab")
    with pytest.MonkeyPatch.context() as patch, closing(socket.socket()) as free:
        for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR"):
            patch.setenv(name, str(home / name.lower()))
        new, changed = lab.refresh(SITE / "notebooks", home / "notebooks")
        assert len(new) > 30
        assert changed == []
        lab.sign([path for path in new if any(path.match(f"{page}.ipynb") for page in SHOWN)])
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
        free.close()
        options = ["--no-browser", "--allow-root", "--ip=127.0.0.1", f"--port={port}"]
        command, environment = lab.start(
            home / "notebooks", [*options, "--IdentityProvider.token="]
        )
        process = subprocess.Popen(
            command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        try:
            yield until_it_answers(f"http://127.0.0.1:{port}", process)
        finally:
            process.terminate()
            process.wait()


def until_it_answers(address, process):
    for _ in range(600):
        assert process.poll() is None, "JupyterLab ended before it answered"
        try:
            urllib.request.urlopen(f"{address}/api")
            return address
        except OSError:
            time.sleep(0.2)
    raise AssertionError("JupyterLab does not answer")


@pytest.fixture(scope="module")
def visit(server):
    with chromium() as browser, Visit(browser, viewport={"width": 1200, "height": 1000}) as visit:
        visit.page.set_default_timeout(120_000)
        yield visit


def test_the_first_that_opens_leads_to_the_others_and_nothing_asks_or_confuses(server, visit):
    page = visit.page
    page.goto(f"{server}/")
    links = page.locator(".jp-RenderedMarkdown li a")
    links.first.wait_for()
    assert links.all_inner_texts() == [title(name) for name in PAGES]
    assert page.locator("text=/nbgrader|Create Assignment|Jupyter news/i").count() == 0
    links.nth(PAGES.index(SHOWN[0])).click()
    page.get_by_role("tab", name=f"{SHOWN[0].rsplit('/', 1)[1]}.ipynb").wait_for()


def title(name):
    return notebook(name).cells[0].source.splitlines()[0].removeprefix("# ")


# The last one stays open for the tests that follow.
@pytest.mark.parametrize("name", SHOWN[::-1])
def test_a_notebook_reads_like_its_page(server, visit, name):
    page = opened(visit, server, name)
    # The link at the top leads to the page, which is in the site.
    link = page.locator(".jp-Notebook blockquote a").first.get_attribute("href")
    assert link == f"{HERE.site}{name}.html"
    assert (SITE / link.removeprefix(HERE.site)).is_file()
    # Code that is folded on the page is folded.
    install = page.locator(".jp-CodeCell").first
    install.locator(".jp-Placeholder").wait_for()
    assert not install.locator(".cm-editor").is_visible()
    assert page.evaluate(SCROLL, "Exercise ")
    # A formula with a number is set.
    page.wait_for_selector(".jp-RenderedMarkdown mjx-container[display=true] mjx-math")
    numbers = page.locator(".jp-RenderedMarkdown mjx-container[display=true] mjx-labels mjx-c")
    assert numbers.count() > 0
    assert page.locator(".jp-RenderedMarkdown merror, mjx-merror").count() == 0
    # A solution is closed, and opens.
    assert page.evaluate(SCROLL, "Solution to Exercise")
    solution = page.locator(".jp-RenderedMarkdown details", has_text="Solution to Exercise").first
    body = solution.locator(":scope > :not(summary)").first
    assert not body.is_visible()
    solution.locator("summary").click()
    assert body.is_visible()
    assert "$" not in solution.locator("p").first.inner_text()


def opened(visit, server, name):
    """Return the page with a notebook as it was stored, or as the test before has left it."""
    address = f"{server}/lab/tree/{name}.ipynb"
    if visit.page.url.split("?")[0] != address:
        visit.page.goto(f"{address}?reset")
        visit.page.wait_for_selector(".jp-Notebook .jp-RenderedMarkdown h1")
    return visit.page


def test_the_first_cell_finds_everything_here_and_says_nothing(server, visit):
    page = opened(visit, server, SHOWN[0])
    page.evaluate("document.querySelector('.jp-WindowedPanel-outer').scrollTo(0, 0)")
    page.wait_for_selector(".jp-Notebook-ExecutionIndicator[data-status=idle]")
    page.locator(".jp-CodeCell").first.locator(".jp-Placeholder").click()
    page.keyboard.press("Control+Enter")
    page.wait_for_selector(".jp-CodeCell:has(.jp-InputPrompt:text-is('[1]:'))")
    assert page.locator(".jp-CodeCell").first.locator(".jp-OutputArea-output").count() == 0


def test_a_figure_with_buttons_works_before_it_is_run(server, visit):
    page = opened(visit, server, SHOWN[0])
    assert page.evaluate(SCROLL, "Play")
    frames = page.locator(".jp-Notebook fieldset.lossbook-frames").first
    frames.wait_for()
    for n in (0, 1):
        frames.locator("label").nth(n).click()
        assert [frames.locator("img").nth(i).is_visible() for i in (0, 1)] == [n == 0, n == 1]


def write(file, code, output=""):
    cell = new_code_cell(code, outputs=[new_output("stream", text=output)] if output else [])
    file.write_text(nbformat.writes(new_notebook(cells=[cell])))


def test_make_lab_keeps_what_the_reader_changed_and_names_it(tmp_path):
    site, mine = tmp_path / "site", tmp_path / "mine"
    site.mkdir()
    names = ("broken.ipynb", "kept.ipynb", "renewed.ipynb", "run.ipynb")
    for name in names:
        write(site / name, "1")
    assert lab.refresh(site, mine)[1] == []
    write(mine / "kept.ipynb", "the reader's")
    (mine / "broken.ipynb").write_text("half a note")
    write(mine / "run.ipynb", "1", output="JupyterLab saves what was run")
    assert lab.refresh(site, mine) == ([], [])
    for name in names:
        write(site / name, "2")
    new, changed = lab.refresh(site, mine)
    assert new == [mine / "renewed.ipynb", mine / "run.ipynb"]
    assert changed == ["broken.ipynb", "kept.ipynb"]
    assert "the reader's" in (mine / "kept.ipynb").read_text()
    (mine / "kept.ipynb").unlink()
    assert lab.refresh(site, mine) == ([mine / "kept.ipynb"], ["broken.ipynb"])


def test_a_notebook_keeps_its_numbers_in_the_order_of_a_run():
    for name in SHOWN:
        counts = [
            c.execution_count for c in notebook(name).cells if c.cell_type == "code" and c.source
        ]
        assert counts == list(range(1, len(counts) + 1))

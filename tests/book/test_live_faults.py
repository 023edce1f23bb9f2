"""Where Python cannot run in a page, the page says why in a sentence and stays readable."""

import pytest

from tests.book.browser import Visit, chromium, served_site
from tests.book.live import BUTTON, NEEDS_ENGINE, wait_for
from tools.build_book import SITE

READS = ["tests/book", "_build/html"]
pytestmark = NEEDS_ENGINE

PAGE = "chapters/background/one_number_for_five"
# What a browser has that cannot run Python.
LESS = {
    "delete window.WebAssembly": "switched off or missing",
    "WebAssembly.validate = () => false": "too old for Python",
    "delete window.DecompressionStream": "too old for Python",
}


@pytest.fixture(scope="module")
def address():
    with served_site() as root:
        yield root


@pytest.fixture(scope="module")
def visit():
    """Return a tab in which nothing of Python has ever come."""
    with chromium() as browser, Visit(browser) as one:
        yield one


def press(visit, address, before="null", blocked=None):
    """Open a page in a browser that has less, or is not sent some files, and press its button."""
    visit.context.unroute_all()
    for files, answer in (blocked or {}).items():
        visit.context.route(files, answer)
    visit.complaints.clear()
    visit.page.goto(address, wait_until="domcontentloaded")
    visit.page.evaluate(before)
    visit.page.get_by_role("button", name=BUTTON).click()


def said(visit):
    return visit.page.locator(".live-status").inner_text()


def test_a_page_from_a_file_says_that_python_needs_a_server(visit):
    press(visit, (SITE / f"{PAGE}.html").as_uri())
    wait_for(visit, "does not run in a page that was opened from a file")
    assert visit.complaints == []


@pytest.mark.parametrize("before", LESS)
def test_a_browser_that_cannot_run_python_says_why(visit, address, before):
    press(visit, f"{address}/{PAGE}.html", before)
    wait_for(visit, LESS[before])
    assert "the page stays readable" in said(visit)
    assert visit.complaints == []


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ("**/live/*.bin", "network is away or blocks it"),
        ("**/live/worker-*", "Python could not be loaded"),
    ],
)
def test_a_download_that_is_blocked_is_said_and_a_second_try_is_offered(
    visit, address, files, words
):
    press(visit, f"{address}/{PAGE}.html", blocked={files: lambda route: route.abort()})
    visit.page.get_by_role("button", name="Try again").wait_for()
    assert words in said(visit)


def test_a_file_that_was_changed_on_its_way_is_not_run(visit, address):
    other = {"**/live/*.bin": lambda route: route.fulfill(body=b"another program")}
    press(visit, f"{address}/{PAGE}.html", blocked=other)
    wait_for(visit, "A part of Python came damaged")


def test_the_editor_that_does_not_come_is_said(visit, address):
    blocked = {"**/live/page-*": lambda route: route.abort()}
    press(visit, f"{address}/{PAGE}.html", blocked=blocked)
    visit.page.get_by_text("The editor could not be fetched").wait_for()

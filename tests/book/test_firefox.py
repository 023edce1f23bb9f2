"""Python in the page, in a headless Firefox: one page runs to its end, also from the cache."""

import pytest

from tests.book.browser import served_site
from tests.book.firefox import firefox
from tests.book.live import ENDED, PRINTED, differences
from tools import trust
from tools.build_book import ROOT

PAGE = "chapters/concepts/from_error_to_loss"
RUN = f"""async () => {{
  document.querySelector(".live-run").click();
  const ended = {ENDED};
  while (!ended()) await new Promise((done) => setTimeout(done, 100));
  return ({PRINTED})();
}}"""
FETCHED = """() => performance.getEntriesByType("resource").map((one) => one.name)"""

pytestmark = pytest.mark.skipif(
    not trust.read(ROOT / "_build" / "live" / "engine.json"),
    reason="the site has no Python in its pages: the wheel could not be reached when it was built",
)


def test_a_page_runs_to_its_end_in_firefox(tmp_path):
    with served_site() as root, firefox(tmp_path) as browser:
        browser.open(f"{root}/{PAGE}.html")
        ran = browser.evaluate(RUN)
        assert differences(PAGE, ran) == []
        assert all(cell["state"] == "done" for cell in ran)
        assert "done in" in browser.evaluate(
            "() => document.querySelector('.live-status').innerText"
        )

"""Python in the page, in a headless Firefox: two pages run, the second from the cache."""

from tests.book.browser import served_site
from tests.book.firefox import firefox
from tests.book.live import ENDED, NEEDS_ENGINE, PRINTED, differences

PAGES = ["chapters/background/what_you_need", "chapters/background/one_number_for_five"]
SAID = "() => document.querySelector('.live-status').innerText"
RUN = f"""async () => {{
  document.querySelector(".live-run").click();
  const ended = {ENDED};
  while (!ended()) await new Promise((done) => setTimeout(done, 100));
  return ({PRINTED})();
}}"""

pytestmark = NEEDS_ENGINE


def test_pages_run_to_their_end_in_firefox(tmp_path):
    with served_site() as root, firefox(tmp_path) as browser:
        for page in PAGES:
            browser.open(f"{root}/{page}.html")
            ran = browser.evaluate(RUN)
            assert differences(page, ran) == []
            assert all(cell["state"] == "done" for cell in ran)
            assert "cells done in" in browser.evaluate(SAID)

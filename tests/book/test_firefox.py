"""Python in the page, in a headless Firefox: one page runs to its end."""

from tests.book.browser import served_site
from tests.book.firefox import firefox
from tests.book.live import ENDED, NEEDS_ENGINE, PRINTED, differences

PAGE = "chapters/background/one_number_for_five"
SAID = "() => document.querySelector('.live-status').innerText"
RUN = f"""async () => {{
  document.querySelector(".live-run").click();
  const ended = {ENDED};
  while (!ended()) await new Promise((done) => setTimeout(done, 100));
  return ({PRINTED})();
}}"""

pytestmark = NEEDS_ENGINE


def test_a_page_runs_to_its_end_in_firefox(tmp_path):
    with served_site() as root, firefox(tmp_path) as browser:
        browser.open(f"{root}/{PAGE}.html")
        ran = browser.evaluate(RUN)
        assert differences(PAGE, ran) == []
        assert all(cell["state"] == "done" for cell in ran)
        assert "cells done in" in browser.evaluate(SAID)

"""Python in the page, in a headless Firefox: it fetches Python once, whatever page asks next."""

from tests.book.browser import served_site
from tests.book.firefox import firefox
from tests.book.live import ENDED, NEEDS_ENGINE, PRINTED, differences

PAGES = ["chapters/background/what_you_need", "chapters/background/one_number_for_five"]
PARTS = {"python", "library", "fonts", "book"}
SAID = "() => document.querySelector('.live-status').innerText"
RUN = f"""async () => {{
  document.querySelector(".live-run").click();
  const ended = {ENDED};
  while (!ended()) await new Promise((done) => setTimeout(done, 100));
  return ({PRINTED})();
}}"""
# Python's program is unpacked and kept while the cells run and after: 85 MB on the disk.
KEPT = """async () => {
  const cache = await caches.open("lossbook-python");
  const has = async (kind) => (await cache.keys()).some(({ url }) => url.includes(`/${kind}-`));
  while (!(await has("program") && await has("memory"))) {
    await new Promise((done) => setTimeout(done, 100));
  }
}"""

pytestmark = NEEDS_ENGINE


def test_pages_run_to_their_end_in_firefox_and_python_is_fetched_once(tmp_path):
    asked = []
    with served_site(asked) as root:
        for page in PAGES:
            asked.clear()
            # Firefox ends in between: what it keeps, it keeps on the disk.
            with firefox(tmp_path) as browser:
                browser.open(f"{root}/{page}.html")
                ran = browser.evaluate(RUN)
                assert differences(page, ran) == []
                assert all(cell["state"] == "done" for cell in ran)
                assert "cells done in" in browser.evaluate(SAID)
                browser.evaluate(KEPT)
            fetched = {path.rsplit("/", 1)[1].split("-")[0] for path in asked if ".bin" in path}
            assert fetched == (PARTS if page == PAGES[0] else set())

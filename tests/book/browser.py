"""A headless Chromium and the built site, served under a path prefix as the public one is."""

import functools
import http.server
import os
import threading
from contextlib import contextmanager, suppress
from urllib.parse import urlsplit

import pytest

from tools.build_book import ROOT, SITE
from tools.print_book import find_chromium

PREFIX = "/lossbook"
AXE = (ROOT / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")
ASK_AXE = ROOT / "tests" / "book" / "ask_axe.js"
ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]  # fmt: skip


class Handler(http.server.SimpleHTTPRequestHandler):
    """Serves the site under PREFIX and its page 404.html for every other address."""

    def translate_path(self, path):
        if not path.startswith(f"{PREFIX}/"):
            return str(SITE / "outside-the-prefix")
        return super().translate_path(path.removeprefix(PREFIX))

    def send_error(self, code, message=None, explain=None):
        body = (SITE / "404.html").read_bytes()
        self.send_response(code)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def copyfile(self, source, outputfile):
        # Whoever leaves a page early breaks the pipe.
        with suppress(BrokenPipeError, ConnectionResetError):
            super().copyfile(source, outputfile)

    def log_request(self, *_):
        self.server.asked.append(self.path)

    def log_message(self, *_):
        pass


@contextmanager
def served_site(asked=None):
    """Yield the address of the site's root on this machine; a list fills with what is asked for."""
    handler = functools.partial(Handler, directory=SITE)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.asked = [] if asked is None else asked
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}{PREFIX}"
    server.shutdown()
    server.server_close()


@contextmanager
def chromium():
    """Yield a headless Chromium; without one skip with a word, but fail in CI."""
    from playwright.sync_api import sync_playwright

    path = find_chromium()
    if path is None:
        reason = "the browser tests need Chromium on the PATH (Debian: apt install chromium)"
        (pytest.fail if os.environ.get("CI") else pytest.skip)(reason)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        browser.close()


class Visit:
    """A page that is open, and whatever it did that no page of the book may do."""

    def __init__(self, browser, **settings):
        self.context = browser.new_context(**settings)
        self.page = self.context.new_page()
        self.complaints = []
        self.page.on("console", self.read_console)
        self.page.on("pageerror", lambda error: self.complaints.append(f"exception: {error}"))
        self.page.on("requestfailed", self.read_failure)

    def read_failure(self, request):
        # No name but this machine's is resolved, so whoever asks another host fails; what the
        # page's policy forbids is not asked for.
        problem = f"{request.url[:200]} {request.failure}"
        if not is_local(request.url) and "csp" not in request.failure.lower():
            self.complaints.append(f"asked another host: {problem}")
        # Whoever leaves a page before its last file has come aborts the request: not a fault.
        elif request.failure != "net::ERR_ABORTED":
            self.complaints.append(f"failed: {problem}")

    def read_console(self, message):
        if message.type in ("error", "warning"):
            self.complaints.append(f"console {message.type}: {message.text[:300]}")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.context.close()

    def open(self, address):
        """Go to a page in the same tab, with no memory of what the page before did."""
        self.complaints.clear()
        self.page.goto(address, wait_until="load")
        self.lay_out()

    def lay_out(self):
        """Do what a reader does first: what is far below is laid out then, see site.js."""
        self.page.evaluate("dispatchEvent(new Event('scroll'))")
        self.page.wait_for_selector("html:not(.arriving)")

    def violations(self, *rules):
        """Return what axe-core finds against WCAG 2.2 A and AA, or against the rules named.

        With the standard go two of its good practices: text outside of the parts of a page that a
        screen reader lists, and a column whose heading is empty.
        """
        if not self.page.evaluate("'axe' in window"):
            self.page.evaluate(f"{AXE}\nnull")
        only = (
            {"type": "rule", "values": list(rules)}
            if rules
            else {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
        )
        also = () if rules else ("region", "empty-table-header")
        rules = {rule: {"enabled": True} for rule in also}
        return self.page.evaluate(ASK_AXE.read_text(encoding="utf-8"), [only, rules])


def is_local(address):
    parts = urlsplit(address)
    return parts.scheme in ("file", "data", "blob", "about") or parts.hostname == "127.0.0.1"

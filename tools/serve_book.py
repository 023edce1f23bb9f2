"""Show the site on localhost, and build it again when a source changes: reload the page then."""

import functools
import subprocess
import sys
import threading
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

from watchfiles import DefaultFilter, watch

from tools.build_book import ROOT, SITE
from tools.trust import NOT_SOURCES

PORT = 8000


class Quiet(SimpleHTTPRequestHandler):
    """Serves files and prints nothing of it."""

    def log_message(self, *_):
        pass


def build():
    """Build in a process of its own: a fault in a page must not end the server."""
    return subprocess.run([sys.executable, "-m", "tools.build_book"], cwd=ROOT).returncode


def main():
    build()
    server = ThreadingHTTPServer(("127.0.0.1", PORT), functools.partial(Quiet, directory=SITE))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(f"http://127.0.0.1:{PORT}/ shows the book; Ctrl+C ends it", flush=True)
    ignored = DefaultFilter(ignore_dirs=[*DefaultFilter.ignore_dirs, *NOT_SOURCES])
    for _ in watch(ROOT, watch_filter=ignored, raise_interrupt=False):
        build()


if __name__ == "__main__":
    main()

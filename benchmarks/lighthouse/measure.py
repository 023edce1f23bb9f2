"""Measure the built site with Lighthouse, as a phone on a slow line and as a desktop.

Run ``python benchmarks/lighthouse/measure.py`` after ``make book``; it needs Chromium on the PATH.
Pages are served as GitHub Pages serves them: compressed, under a path prefix. Scores depend on the
machine and on what else it does: compare two runs on one machine, do not quote one.
"""

import argparse
import functools
import gzip
import http.server
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

HERE = Path(__file__).resolve().parent
SITE = HERE.parents[1] / "_build" / "html"
PREFIX = "/lossbook/"
PAGES = {
    "front page": "index.html",
    "text": "chapters/linear_regression/package_and_scikit_learn.html",
    "interactive": "chapters/algorithm/five_steps.html",
    "loss cards": "chapters/reference/loss_cards/classification.html",
}
FLAGS = "--headless=new --no-sandbox --disable-gpu --disable-quic --no-first-run"
CATEGORIES = ("performance", "accessibility", "best-practices", "seo")
TEXT = (".html", ".css", ".js", ".svg", ".xml", ".json")


class Handler(http.server.SimpleHTTPRequestHandler):
    """Serves one folder under PREFIX, text compressed."""

    protocol_version = "HTTP/1.1"

    def do_GET(self):
        file = Path(self.translate_path(self.path.split("?")[0].removeprefix(PREFIX[:-1])))
        if not self.path.startswith(PREFIX) or not file.is_file():
            return self.send_error(404)
        body = file.read_bytes()
        self.send_response(200)
        self.send_header("Content-Type", self.guess_type(str(file)))
        self.send_header("Cache-Control", "max-age=600")
        if file.suffix in TEXT:
            body = gzip.compress(body)
            self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        """Keep the output to the table."""


def lighthouse(address, profile):
    """Return Lighthouse's report on a page, for the phone profile or the desktop one."""
    binary = HERE / "node_modules" / "lighthouse" / "cli" / "index.js"
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        command = [
            Path(sys.executable).with_name("node"), binary, address, "--quiet",
            "--output=json", f"--output-path={report}", f"--chrome-flags={FLAGS}",
            f"--only-categories={','.join(CATEGORIES)}",
        ]  # fmt: skip
        if profile == "desktop":
            command.append("--preset=desktop")
        chromium = shutil.which("chromium") or shutil.which("google-chrome")
        environment = os.environ | {"CHROME_PATH": chromium}
        subprocess.run(command, check=True, env=environment, stdout=subprocess.DEVNULL)
        return json.loads(report.read_text(encoding="utf-8"))


def row(name, profile, report):
    audits = report["audits"]
    scores = [round(100 * report["categories"][name]["score"]) for name in CATEGORIES]
    seconds = [
        audits[name]["numericValue"] / 1000
        for name in ("first-contentful-paint", "largest-contentful-paint", "total-blocking-time")
    ]
    shift = audits["cumulative-layout-shift"]["numericValue"]
    kilobytes = audits["total-byte-weight"]["numericValue"] / 1000
    numbers = [*scores, *(f"{s:.1f}" for s in seconds), f"{shift:.3f}", f"{kilobytes:.0f}"]
    return f"| {name} | {profile} | " + " | ".join(map(str, numbers)) + " |"


def complaints(report):
    """Yield the audits, besides those of speed, that the page fails."""
    for category in CATEGORIES[1:]:
        for reference in report["categories"][category]["auditRefs"]:
            audit = report["audits"][reference["id"]]
            if audit["score"] is not None and audit["score"] < 1:
                yield f"  {category}: {audit['title']}"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--site", default=SITE, type=Path, help="the folder of the built site")
    site = parser.parse_args().site
    if not (HERE / "node_modules").exists():
        npm = Path(sys.executable).with_name("npm")
        subprocess.run([npm, "ci", "--ignore-scripts", "--silent"], cwd=HERE, check=True)
    handler = functools.partial(Handler, directory=site)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    root = f"http://127.0.0.1:{server.server_port}{PREFIX}"
    print("| page | profile | performance | accessibility | best practices | SEO "
          "| FCP s | LCP s | blocking s | shift | KB |")  # fmt: skip
    print("|---|---|---|---|---|---|---|---|---|---|---|")
    for name, page in PAGES.items():
        for profile in ("phone", "desktop"):
            report = lighthouse(root + page, profile)
            print(row(name, profile, report), flush=True)
            for complaint in complaints(report):
                print(complaint, file=sys.stderr)


if __name__ == "__main__":
    main()

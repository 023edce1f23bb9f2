"""Every page of the site is valid HTML: the checker of the W3C reads all of them in one process."""

import json
import os
import re
import shutil
import subprocess
from collections import defaultdict

import pytest

from tools.build_book import ROOT, SITE

READS = ["tests/book/test_validity.py", "_build/html"]
CHECKER = ROOT / "node_modules" / "vnu-jar" / "build" / "dist" / "vnu.jar"


def check(files):
    """Return {file: what is wrong in it}; without Java skip with a word, but fail in CI."""
    java = shutil.which("java")
    if java is None:
        reason = "the checker of HTML needs Java on the PATH (Debian: apt install default-jre)"
        (pytest.fail if os.environ.get("CI") else pytest.skip)(reason)
    # It runs for seconds: better code, and several collectors, cost more than they save.
    quick = ["-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"]
    # Its guesses at the language of a page, and all other warnings, nobody reads here.
    options = ["--format", "json", "--exit-zero-always", "--errors-only", "--no-langdetect"]
    command = [java, "-Xss2m", *quick, "-jar", CHECKER, *options, *files]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    found = defaultdict(list)
    for message in json.loads(done.stderr)["messages"]:
        if message["type"] == "error" or "fatal" in message.get("subType", ""):
            where = f"line {message.get('lastLine')}: {message.get('extract', '')[:200]}"
            found[message["url"]].append(f"{message['message']} {where}")
    return found


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    """Return what is wrong in the pages of the site, and in one that has a mistake.

    A second process would take its seconds to start.
    """
    files = [file for file in SITE.rglob("*.html") if "_static" not in file.parts]
    assert len(files) > 60
    wrong = tmp_path_factory.mktemp("mistake") / "wrong.html"
    title = "<details><summary><p>Show</p></summary></details>"
    wrong.write_text(f"<!DOCTYPE html><html lang=en><title>x</title>{title}", encoding="utf-8")
    problems = check([wrong, *files])
    return problems, problems.pop(f"file:{wrong}", [])


def test_the_checker_finds_a_paragraph_in_a_summary(found):
    _, problems = found
    assert len(problems) == 1
    assert re.match("Element .p. not allowed as child of element .summary.", problems[0])


def test_every_page_is_valid(found):
    pages, _ = found
    first = [f"{url.partition('/html/')[2]}: {problems[0]}" for url, problems in pages.items()]
    assert sum(map(len, pages.values())) == 0, "\n".join(first)

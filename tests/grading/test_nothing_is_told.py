"""Nothing that is published tells a line of a solution, a hidden case or a rubric."""

import gzip
import html
import io
import json
import re
import zipfile
from pathlib import Path

import pytest

from tests.grading.telling import ALL, tell
from tools import live_files
from tools.build_book import SITE

# All that is published, the site with it.
READS = [".", "_build/html"]
ROOT = Path(__file__).resolve().parents[2]
PUBLISHED = {".html", ".ipynb", ".js", ".md", ".py", ".toml", ".txt"}


def told_by(paths):
    """Return {file: lines of solutions, hidden cases or rubrics that stand in it}."""
    found = {}
    for path in paths:
        if path.is_file() and path.suffix in PUBLISHED:
            text = path.read_text(errors="replace")
            if path.suffix == ".html":
                text = html.unescape(re.sub(r"<[^>]*>", "", text))
            if told := tell(text):
                found[str(path)] = told
        elif path.match("live/book-*.bin"):
            # Python in the page: the package; the other files are made of a wheel of known hash.
            for name, text in packed(path).items():
                if told := tell(text):
                    found[f"{path}: {name}"] = told
    return found


def packed(path):
    with zipfile.ZipFile(io.BytesIO(gzip.decompress(path.read_bytes()))) as archive:
        return {name: archive.read(name).decode(errors="replace") for name in archive.namelist()}


@pytest.mark.parametrize(
    "folder", ["chapters", "lossbook", "binder", "_ext", "_static", "live", "tools"]
)
def test_no_source_tells_a_line_of_a_solution(folder):
    assert told_by((ROOT / folder).rglob("*")) == {}
    assert told_by(ROOT.glob("*.*")) == {}


def test_no_file_of_the_site_tells_a_line_of_a_solution():
    assert SITE.exists(), "build the site first: make book"
    assert told_by(SITE.rglob("*")) == {}


def test_what_python_in_the_page_brings_is_read_too(tmp_path):
    folder = tmp_path / "live"
    folder.mkdir()
    line = ALL[0][1].solution_lines[0]
    file = live_files.store(folder, "book", live_files.pack({"one.py": line.encode(), "b.py": b""}))
    assert told_by(folder.iterdir()) == {f"{folder / file['name']}: one.py": [line]}


def test_the_search_for_lines_finds_one_in_every_kind_of_file():
    line = ALL[0][1].solution_lines[0]
    for text in (line, json.dumps(line), html.escape(f"  {line}")):
        assert tell(html.unescape(text)) == [line]

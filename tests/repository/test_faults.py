"""What must fail does, and says where: the build on faulty pages, nbval on a drifted notebook."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from tests.repository import small_book
from tests.repository.small_book import METADATA, run

READS = ["."]
ROOT = Path(__file__).resolve().parents[2]
PLOT = "import matplotlib.pyplot as plt\nplt.plot([0, 1])\nplt.show()"
PAGES = {
    "index": [new_markdown_cell("# A sound page\n\nText.")],
    "reference": [new_markdown_cell("# Broken\n\n{doc}`nowhere` and {eq}`eq-nowhere`")],
    "picture": [new_markdown_cell("# No alternative text"), new_code_cell(PLOT)],
    "equation": [new_markdown_cell("# Untested\n\n```{math}\n:label: eq-untested\na = b\n```")],
    "formula": [new_markdown_cell("# Cannot be set\n\n$$\\frac{1}$$")],
    "slip": [new_markdown_cell("# No such test\n\n{slip}`nowhere`")],
    "family": [new_markdown_cell("# No such losses\n\n```{loss-cards} nothing\n```")],
    "boast": [new_markdown_cell("# Unproved\n\nOurs is better than theirs.")],
    "exception": [
        new_markdown_cell("# Raises"),
        new_code_cell("x = 1"),
        new_code_cell("raise ValueError('the third cell')"),
    ],
}
CLAIMS = """
parts = ["boast"]
words = ['\\bbetter\\b']
exception = []
[[claim]]
label = "boast-moved"
page = "boast"
sentences = ["Ours wins."]
measured = "nothing"
"""


def build(root):
    """Build a book of faulty pages, and without the one that raises; keep what each run gave."""
    small_book.make(root, PAGES)
    (root / "chapters").mkdir()
    (root / "chapters" / "claims.toml").write_text(CLAIMS)
    with_exception = small_book.build(root)
    small_book.contents(root, [name for name in PAGES if name != "exception"])
    both = json.dumps([with_exception, small_book.build(root)])
    (root / "runs.json").write_text(both, encoding="utf-8")


@pytest.fixture(scope="module")
def faulty_builds(made):
    """Return exit code and output of the two builds."""
    folder = made("faulty_book", small_book.sources(__file__), build)
    return json.loads((folder / "runs.json").read_text(encoding="utf-8"))


def test_the_build_fails_in_the_cell_that_raises(faulty_builds):
    code, text = faulty_builds[0]
    assert code == 1
    assert re.search(r"make book: exception\.ipynb failed in cell 3:\n", text), text[-3000:]
    assert "ValueError: the third cell" in text


def test_the_build_fails_on_pages_with_faults(faulty_builds):
    assert faulty_builds[1][0] == 1


@pytest.mark.parametrize(
    "message",
    [
        r"reference\.ipynb.*unknown document: 'nowhere'",
        r"reference\.ipynb.*equation not found: eq-nowhere",
        r"picture\.ipynb.*a picture has no alternative text",
        r"equation\.ipynb.*equation 'eq-untested' has no test in tests/book",
        r"formula\.ipynb.*a formula cannot be set: KaTeX parse error",
        r"slip\.ipynb.*no test in tests/book is marked @pytest\.mark\.slip\('nowhere'\)",
        r"family\.ipynb.*no loss has the family 'nothing'",
        r"boast\.ipynb.*no row in chapters/claims\.toml for: Ours is better than theirs\.",
        r"boast\.ipynb.*claim 'boast-moved': the page has this sentence 0 times, not once: Ours",
        r"make book: the build warned of boast, equation, family, formula, picture, reference",
    ],
)
def test_the_build_names_each_fault_and_its_page(faulty_builds, message):
    text = faulty_builds[1][1]
    assert re.search(message, text), text[-3000:]


def test_a_page_that_was_not_built_is_found(tmp_path):
    from tools.build_book import missing_pages, pages

    (tmp_path / "_toc.yml").write_text("format: jb-book\nroot: index\nchapters:\n- file: a/b\n")
    (tmp_path / "index.html").touch()
    assert missing_pages(tmp_path, pages(tmp_path)) == [
        "a/b is in _toc.yml but a/b.html was not built"
    ]


FAULTS = {
    "drifted": ("print(0.504)", [new_output("stream", text="0.505\n")], "mismatch"),
    "raising": ("raise ValueError('on purpose')", [], "on purpose"),
}


@pytest.fixture(scope="module")
def faulty_notebooks(tmp_path_factory):
    """Run nbval on all of them at once; return exit code and output."""
    root = tmp_path_factory.mktemp("notebooks")
    for name, (source, outputs, _) in FAULTS.items():
        cells = [
            new_code_cell("x = 1", execution_count=1),
            new_code_cell(source, execution_count=2, outputs=outputs),
        ]
        nbformat.write(new_notebook(cells=cells, metadata=METADATA), root / f"{name}.ipynb")
    return run("-m", "pytest", "--nbval", "--nbval-current-env", ".", cwd=root)


@pytest.mark.parametrize("name", FAULTS)
def test_a_drifted_output_and_an_exception_fail_and_name_the_cell(faulty_notebooks, name):
    code, text = faulty_notebooks
    assert code == 1
    assert f"{len(FAULTS)} failed, {len(FAULTS)} passed" in text
    told = re.search(rf"^_+ {name}\.ipynb::Cell 1 _+$(.*?)(?=^[_=]{{9}}|\Z)", text, re.M | re.S)
    assert told is not None, text
    assert FAULTS[name][2] in told[1]


def test_make_says_in_words_that_python_is_too_old_or_has_no_venv(tmp_path):
    shutil.copy(ROOT / "Makefile", tmp_path)
    for name in ("requirements.txt", "pyproject.toml", "package-lock.json"):
        (tmp_path / name).touch()
    old = tmp_path / "python-old"
    old.write_text('#!/bin/sh\n[ "$1" = --version ] && echo "Python 3.8.1"\nexit 1\n')
    bare = tmp_path / "python-bare"
    bare.write_text('#!/bin/sh\ncase "$2" in *ensurepip*) exit 1;; esac\n')
    for python, message in [
        (old, "lossbook needs Python 3.11 or newer"),
        (bare, "cannot make virtual environments"),
    ]:
        python.chmod(0o755)
        done = subprocess.run(
            ["make", "book", f"PYTHON={python}"], cwd=tmp_path, capture_output=True, text=True
        )
        assert done.returncode != 0
        assert message in done.stdout

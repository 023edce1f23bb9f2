"""`make test` compares the outputs of the run that the site shows, and runs what was not run."""

import os
import re
import subprocess
import sys
from types import SimpleNamespace

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output

from tests.repository.small_book import METADATA, uncolored
from tools import run_tests
from tools.build_book import ROOT
from tools.execute import execute

COUNT = "from pathlib import Path\nwith Path('{}.runs').open('a') as file: _ = file.write('x')"
LINE = "print(f'{6 * 7} at {0xdeadbeef:#x}')"
FIGURE = "import matplotlib.pyplot as plt\n_ = plt.plot([0, 1])\nplt.show()"


def printed(text):
    return [new_output("stream", text=text)]


def write(path, line, stored, **settings):
    """Store a notebook that counts its runs and prints a line."""
    cells = [
        new_code_cell(COUNT.format(path.stem), execution_count=1),
        new_code_cell(line, execution_count=2, outputs=printed(stored), **settings),
    ]
    if path.stem == "same":
        picture = new_output("display_data", {"text/plain": "<Figure size 640x480 with 1 Axes>"})
        cells.append(new_code_cell(FIGURE, execution_count=3, outputs=[picture]))
    nbformat.write(new_notebook(cells=cells, metadata=METADATA), path)
    return path


@pytest.fixture(scope="module")
def compared(tmp_path_factory):
    """Run notebooks into the cache, change some, and compare; return what was told and run."""
    root = tmp_path_factory.mktemp("replay")
    same = write(root / "same.ipynb", LINE, "42 at 0x12345678\n")
    stale = write(root / "stale.ipynb", LINE, "43 at 0xdeadbeef\n")
    skipped = write(root / "skipped.ipynb", LINE, "0", metadata={"tags": ["nbval-skip"]})
    changed = write(root / "changed.ipynb", LINE, "42 at 0xdeadbeef\n")
    assert execute(root, [same, stale, skipped, changed], root / "_build" / ".jupyter_cache") == []
    write(changed, LINE.replace("6", "5"), "35 at 0xdeadbeef\n")
    write(root / "new.ipynb", LINE, "42 at 0xdeadbeef\n")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "tests.replay", "--nbval", "--nbval-current-env",
         "--nbval-sanitize-with", ROOT / "tests" / "nbval.cfg", "--rootdir", ".", "."],
        cwd=root, env=os.environ | {"PYTHONPATH": str(ROOT)}, capture_output=True, text=True,
    )  # fmt: skip
    runs = {path.stem: len(path.read_text()) for path in root.glob("*.runs")}
    return SimpleNamespace(code=done.returncode, text=uncolored(done.stdout), runs=runs)


def test_a_notebook_that_the_build_ran_is_not_run_again_and_every_other_is(compared):
    assert compared.runs == {"same": 1, "stale": 1, "skipped": 1, "changed": 2, "new": 1}


def test_a_stale_output_fails_in_its_cell_and_nothing_else_does(compared):
    assert compared.code == 1
    assert "1 failed, 9 passed, 1 skipped" in compared.text
    assert re.search(r"^_+ stale\.ipynb::Cell 1 _+$", compared.text, re.M), compared.text
    assert "43 at ADDRESS" in compared.text
    assert "42 at ADDRESS" in compared.text


@pytest.mark.parametrize(("setting", "replays"), [("", True), ("run", False)])
def test_the_notebooks_are_run_once_more_if_asked(monkeypatch, setting, replays):
    monkeypatch.setenv("NOTEBOOKS", setting)
    assert ("tests.replay" in run_tests.command(["-x"])) == replays
    assert run_tests.command(["-x"])[-1] == "-x"
    assert "make test NOTEBOOKS=run" in (ROOT / ".ci" / "run").read_text()


def test_one_worker_more_than_processors_tests_and_compiled_modules_are_kept(monkeypatch):
    words = run_tests.command([])
    assert int(words[words.index("-n") + 1]) == len(os.sched_getaffinity(0)) + 1
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    assert os.environ.keys() - run_tests.environment().keys() == {"PYTHONDONTWRITEBYTECODE"}


def test_an_unknown_setting_is_refused(monkeypatch):
    monkeypatch.setenv("NOTEBOOKS", "skip")
    with pytest.raises(SystemExit, match="NOTEBOOKS=skip is unknown; expected run, or nothing"):
        run_tests.command([])

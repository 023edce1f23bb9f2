"""Run notebooks for readers in the environments in which their pages offer them.

``make test`` runs a few and ``make doors`` all. One that passed is not run again before its code,
the package, the pins or this machine's Python changes: `_build/doors.json` remembers.
"""

import functools
import hashlib
import json
import os
import subprocess

import nbformat

from tools import trust
from tools.build_book import ROOT, SITE, is_notebook, pages

ALL = os.environ.get("DOORS") == "all"
NOTEBOOKS = [page for page in pages(ROOT) if is_notebook(ROOT, page)]
RECORD = ROOT / "_build" / "doors.json"
# A path to other modules, which somebody's shell may name, is nothing that another place has.
ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
EXECUTE = "from nbclient.cli import main; main()"


def chosen(few, all_of_them):
    """Return the pages to run now."""
    return all_of_them if ALL else few


@functools.cache
def around():
    """Return a digest of what a run depends on beside its notebook."""
    binder = trust.part(trust.sources(ROOT), ("binder", "pyproject.toml"))
    return trust.outputs_with(trust.sources(ROOT)) + binder


def state(page):
    """Return a digest of what a notebook runs: no word and no picture of it changes that."""
    notebook = nbformat.read(SITE / "notebooks" / f"{page}.ipynb", as_version=4)
    code = [cell.source for cell in notebook.cells if cell.cell_type == "code"]
    return hashlib.sha256(json.dumps([code, around()]).encode()).hexdigest()


def passed_before(door, page):
    return trust.read(RECORD).get(f"{door}: {page}") == state(page)


def run(door, page, python, notebook, folder):
    """Run a notebook with this Python, or fail with what it said."""
    command = [python, "-c", EXECUTE, notebook, f"--output={folder / 'out.ipynb'}", "--timeout=600"]
    done = subprocess.run(command, cwd=folder, env=ENVIRONMENT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    trust.write(RECORD, trust.read(RECORD) | {f"{door}: {page}": state(page)})

"""A book of a few pages in a folder of its own, built by the same tools as the whole one."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import yaml
from nbformat.v4 import new_notebook

ROOT = Path(__file__).resolve().parents[2]
METADATA = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}


FILES = ("_config.yml", "requirements.txt", "references.bib", "package-lock.json", "pyproject.toml")
FOLDERS = ("_ext", "_static", "_templates", "tools", "binder")


def sources(*tests):
    """Return what a build of a small book depends on, the files that write it included."""
    written_by = [Path(file).relative_to(ROOT).as_posix() for file in (__file__, *tests)]
    return [*FILES, *(f"{name}/" for name in FOLDERS), "lossbook/", *written_by]


def run(*command, cwd):
    """Run Python with these arguments; return the exit code and what it printed, uncolored."""
    done = subprocess.run(
        [sys.executable, *map(str, command)], cwd=cwd, capture_output=True, text=True
    )
    return done.returncode, uncolored(done.stdout + done.stderr)


def uncolored(text):
    return re.sub(r"\x1b\[[0-9;]*m", "", text)


def make(root, pages):
    """Write a book of these pages, {name: cells}, the first of which is its root."""
    for name in FILES:
        shutil.copy(ROOT / name, root)
    for name in FOLDERS:
        shutil.copytree(ROOT / name, root / name, dirs_exist_ok=True)
    (root / "node_modules").symlink_to(ROOT / "node_modules")
    (root / "tests" / "book").mkdir(parents=True)
    for name, cells in pages.items():
        file = root / f"{name}.ipynb"
        file.parent.mkdir(exist_ok=True)
        nbformat.write(new_notebook(cells=cells, metadata=METADATA), file)
    contents(root, pages)


def contents(root, names):
    first, *others = names
    toc = {"format": "jb-book", "root": first, "chapters": [{"file": name} for name in others]}
    (root / "_toc.yml").write_text(yaml.safe_dump(toc))


def build(root, *options):
    return run("-m", "tools.build_book", *options, cwd=root)

"""Put together the branch that Binder and Colab open: the notebooks for readers, Binder's files.

``python -m tools.reader_branch FOLDER`` writes into a new folder what the built site offers, with
the package, which Binder installs. The deployment pushes it as the branch `notebooks`.
"""

import shutil
import sys
from pathlib import Path

from tools import address
from tools.build_book import ROOT, SITE

NOTEBOOKS = SITE / "notebooks"
FILES = ("pyproject.toml", "LICENSE")
FOLDERS = ("binder", "lossbook")
README = """# Notebooks of *Loss functions and gradient descent*

Every page with code, as a notebook to change and run. Read the book on [its site]({site}); its
source is on the branch [main]({repository}). This branch is made anew from there: do not change it.
"""


def fill(folder):
    """Write the branch into a folder that does not exist."""
    if not NOTEBOOKS.is_dir():
        sys.exit("the notebooks for readers are not built: make book")
    here = address.read(ROOT)
    shutil.copytree(NOTEBOOKS, folder)
    for name in FILES:
        shutil.copy(ROOT / name, folder)
    for name in FOLDERS:
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    text = README.format(site=here.site, repository=here.repository)
    (folder / "README.md").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    if len(sys.argv) != 2 or Path(sys.argv[1]).exists():
        sys.exit("usage: python -m tools.reader_branch NEW-FOLDER")
    fill(Path(sys.argv[1]))

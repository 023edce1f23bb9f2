"""Open the notebooks for readers in JupyterLab: `make lab`.

They are copied to `notebooks/`, where they are the reader's: one that the reader changed stays as
it is when the book is built again. `notebooks/.copies.json` knows what they said when copied.
JupyterLab saves one that was only opened or run too: that is no change.
The first to open lists the others. JupyterLab has no menu for instructors there, and asks nothing.
"""

import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

from tools import trust
from tools.build_book import ROOT

MINE = ROOT / "notebooks"
FIRST = "contents.ipynb"
SETTINGS = Path(__file__).with_name("jupyterlab")
BINARIES = Path(sys.executable).parent


def refresh(site, mine=MINE):
    """Bring the copies up to date; return those made now, and those that the reader changed."""
    record = mine / ".copies.json"
    copies, new, changed = trust.read(record), [], []
    for source in sorted(site.rglob("*.ipynb")):
        name = source.relative_to(site).as_posix()
        target, before = mine / name, copies.get(name, {})
        now = {"file": trust.digest(source), "says": says(source)}
        if target.exists() and before.get("file") == now["file"]:
            continue
        if target.exists() and says(target) not in (before.get("says"), now["says"]):
            changed.append(name)
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(source, target)
        copies[name] = now
        new.append(target)
    mine.mkdir(exist_ok=True)
    trust.write(record, copies)
    return new, changed


def says(notebook):
    """Return a digest of the text and code of a notebook, whatever its outputs are."""
    try:
        cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
        parts = [[cell["cell_type"], "".join(cell["source"])] for cell in cells]
    except (ValueError, KeyError):  # No notebook, or half of one: the reader's.
        return trust.digest(notebook)
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def sign(notebooks):
    """Trust what this machine made itself: figures with buttons then work before they are run."""
    if notebooks:
        trusted = [BINARIES / "jupyter-trust", *notebooks]
        subprocess.run(trusted, check=True, stdout=subprocess.DEVNULL)


def start(mine=MINE, options=()):
    """Return the command and the environment that show these notebooks."""
    places = [str(SETTINGS), *filter(None, [os.environ.get("JUPYTER_CONFIG_PATH")])]
    opened = f"--LabApp.default_url=/lab/tree/{FIRST}"
    command = [str(BINARIES / "jupyter-lab"), *options, opened, str(mine)]
    return command, os.environ | {"JUPYTER_CONFIG_PATH": os.pathsep.join(places)}


def main(part=""):
    new, changed = refresh(ROOT / "_build" / part / "html" / "notebooks")
    for name in changed:
        print(
            f"make lab: notebooks/{name} stays as you changed it; the book has a newer one: "
            "rename or remove yours to get that"
        )
    sign(new)
    print("JupyterLab opens in your browser; end it here with Ctrl+C.", flush=True)
    command, environment = start()
    os.execve(command[0], command, environment)


if __name__ == "__main__":
    main(*sys.argv[1:])

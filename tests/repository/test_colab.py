"""In an environment like Colab's every notebook gets the package from its first cell, and runs.

Colab has a Python with NumPy, SciPy, Matplotlib, scikit-learn and PyTorch, and not this package.
Here those come from the environment that runs the tests, through links, and nothing else does.
"""

import importlib.metadata
import json
import os
import subprocess
import sys
import sysconfig
from pathlib import Path

import nbformat
import pytest
from flit_core import buildapi
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.repository import doors
from tools import address
from tools.build_book import ROOT, SITE

READS = [".", "_build/html"]
HAS = [
    "numpy",
    "scipy",
    "matplotlib",
    "scikit-learn",
    "torch",
    "ipykernel",
    "ipywidgets",
    "nbclient",
]
FEW = ["chapters/questions/frequent_questions", "chapters/derivation/backpropagation"]

# No index, no repository, and none of what pip kept from earlier.
NOWHERE = {"PIP_NO_INDEX": "1", "GIT_ALLOW_PROTOCOL": "none", "PIP_NO_CACHE_DIR": "1"}


def with_what_they_need(names):
    """Return the installed distributions of these names and of all that they require."""
    found, waiting = {}, list(names)
    while waiting:
        name = canonicalize_name(waiting.pop())
        if name not in found:
            found[name] = importlib.metadata.distribution(name)
            lines = map(Requirement, found[name].requires or [])
            waiting += [r.name for r in lines if not r.marker or r.marker.evaluate({"extra": ""})]
    return found.values()


@pytest.fixture(scope="module")
def colab(tmp_path_factory):
    """Return the Python of an environment that has what Colab has."""
    home = tmp_path_factory.mktemp("colab")
    python = home / "venv" / "bin" / "python"
    command = [sys.executable, "-m", "uv", "--quiet", "venv", "--seed", "--python", sys.executable]
    subprocess.run([*command, home / "venv"], check=True)
    here, links = Path(sysconfig.get_path("purelib")), home / "present"
    links.mkdir()
    for distribution in with_what_they_need(HAS):
        for name in {file.parts[0] for file in distribution.files if file.parts[0] != ".."}:
            if not (links / name).exists() and name != "__pycache__":
                (links / name).symlink_to(here / name)
    # Named in a .pth file, the folder is no part of the environment: pip leaves it alone.
    (packages,) = (home / "venv").glob("lib/python*/site-packages")
    (packages / "present.pth").write_text(f"{links}\n")
    return python


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """Return the package as it is now, packed."""
    folder = tmp_path_factory.mktemp("wheel")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(ROOT)
        return folder / buildapi.build_wheel(str(folder))


def first_cell(page):
    notebook = nbformat.read(SITE / "notebooks" / f"{page}.ipynb", as_version=4)
    return notebook, next(cell for cell in notebook.cells if cell.cell_type == "code")


def test_where_nothing_can_be_installed_the_first_cell_says_so(colab, tmp_path):
    command = [colab, "-c", first_cell(FEW[0])[1].source]
    nowhere = doors.ENVIRONMENT | NOWHERE
    done = subprocess.run(command, cwd=tmp_path, env=nowhere, capture_output=True, text=True)
    assert done.returncode == 1
    last = done.stderr.strip().splitlines()[-1]
    assert last.startswith("ImportError: pip could not install lossbook @ git+https://")
    assert last.endswith("using_this_site.html#run-a-page")


def test_the_pinned_address_is_one_that_pip_installs_from(tmp_path):
    """A copy of the repository on this machine stands for the one on GitHub."""
    names = {}
    exec(first_cell(FEW[0])[1].source.split("missing = ")[0], names)
    here = {
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": f"url.{ROOT.as_uri()}.insteadOf",
        "GIT_CONFIG_VALUE_0": address.read(ROOT).repository,
    }
    options = ["--quiet", "--no-deps", "--no-build-isolation", "--target", tmp_path / "here"]
    command = [sys.executable, "-m", "pip", "install", *options, names["needed"]["lossbook"]]
    subprocess.run(command, env=os.environ | here, check=True)
    assert (tmp_path / "here" / "lossbook" / "risk.py").exists()


@pytest.mark.parametrize("page", doors.chosen(FEW, doors.NOTEBOOKS))
def test_a_notebook_installs_what_is_missing_and_runs(request, tmp_path, page):
    if doors.passed_before("colab", page):
        return
    colab, wheel = request.getfixturevalue("colab"), request.getfixturevalue("wheel")
    notebook, first = first_cell(page)
    names = {}
    exec(first.source.split("missing = ")[0], names)
    # The package of this checkout, which the pinned commit may not have yet.
    here = f"lossbook @ {wheel.as_uri()}"
    first.source = first.source.replace(json.dumps(names["needed"]["lossbook"]), json.dumps(here))
    nbformat.write(notebook, tmp_path / "page.ipynb")
    doors.run("colab", page, colab, tmp_path / "page.ipynb", tmp_path)
    ran = nbformat.read(tmp_path / "out.ipynb", as_version=4)
    assert not any(o.output_type == "error" for c in ran.cells for o in c.get("outputs", []))
    where = [colab, "-c", "import lossbook; print(lossbook.__file__)"]
    found = subprocess.run(
        where, cwd=tmp_path, env=doors.ENVIRONMENT, capture_output=True, text=True
    )
    assert Path(found.stdout.strip()).is_relative_to(colab.parents[1])

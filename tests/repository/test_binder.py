"""Binder's files alone make an environment in which every notebook with the button runs."""

import subprocess
import sys
from pathlib import Path

import doors as page_doors
import pytest

from tests.repository import doors
from tools import reader_branch
from tools.build_book import ROOT

OFFERED = [page for page in doors.NOTEBOOKS if not page_doors.too_large(ROOT, page)]
FEW = ["chapters/background/three_answers", "chapters/applications/reinforcement_learning"]


@pytest.fixture(scope="module")
def make_fresh(tmp_path_factory):
    """Return a function that makes, once, what Binder sees and the environment that it makes."""
    made = []

    def make():
        if not made:
            made.extend(fresh(tmp_path_factory.mktemp("binder")))
        return made

    return make


def fresh(home):
    """Return the checkout of Binder's branch, and the Python of an environment made from it."""
    folder, binaries = home / "branch", home / "venv" / "bin"
    reader_branch.fill(folder)
    # With pip inside, which postBuild calls; uv puts hundreds of packages there in seconds.
    for command in (
        ["venv", "--seed", "--python", sys.executable, home / "venv"],
        ["pip", "install", "--python", binaries / "python", "-r", "binder/requirements.txt"],
    ):
        subprocess.run([sys.executable, "-m", "uv", "--quiet", *command], cwd=folder, check=True)
    environment = {"PATH": f"{binaries}:/usr/bin:/bin", "HOME": str(home)}
    subprocess.run(["bash", "binder/postBuild"], cwd=folder, check=True, env=environment)
    return folder, binaries / "python"


@pytest.mark.parametrize("page", doors.chosen(FEW, OFFERED))
def test_a_notebook_runs_in_an_environment_made_from_binders_files(make_fresh, tmp_path, page):
    if doors.passed_before("binder", page):
        return
    folder, python = make_fresh()
    # Away from the checkout, so that the installed package is what is imported.
    doors.run("binder", page, python, folder / f"{page}.ipynb", tmp_path)
    where = [python, "-c", "import lossbook; print(lossbook.__file__)"]
    options = {"cwd": tmp_path, "env": doors.ENVIRONMENT, "capture_output": True, "text": True}
    imported = subprocess.run(where, **options)
    assert Path(imported.stdout.strip()).is_relative_to(python.parents[1])


def test_most_pages_have_the_button_and_pytorch_has_not():
    without = set(doors.NOTEBOOKS) - set(OFFERED)
    assert "chapters/applications/images" in without
    assert len(OFFERED) > 3 * len(without)
    assert all("torch" in page_doors.libraries(ROOT, page) for page in without)


def test_the_branch_has_what_binder_needs_and_no_source_of_a_page(tmp_path):
    reader_branch.fill(tmp_path / "branch")
    folder = tmp_path / "branch"
    names = {path.name for path in folder.iterdir()}
    files = {"README.md", "LICENSE", "pyproject.toml", page_doors.CONTENTS}
    assert names == {"binder", "lossbook", "chapters", *files}
    listed = {
        path.relative_to(folder).with_suffix("").as_posix() for path in folder.rglob("*.ipynb")
    }
    assert listed == {*doors.NOTEBOOKS, "contents"}
    assert not list(folder.rglob("__pycache__"))

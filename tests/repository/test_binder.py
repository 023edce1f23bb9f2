"""Binder's files alone make an environment in which the chapters run."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CHAPTERS = [
    "chapters/background/three_answers.ipynb",
    "chapters/linear_regression/package_and_scikit_learn.ipynb",
]
# A path to other modules, which somebody's shell may name, is nothing that Binder has.
ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}


@pytest.fixture(scope="module")
def fresh(tmp_path_factory):
    """Return a copy of what Binder sees, and the bin folder of an environment made from it."""
    folder = tmp_path_factory.mktemp("binder")
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, folder)
    for name in ("binder", "lossbook", "chapters"):
        shutil.copytree(ROOT / name, folder / name)
    binaries = folder / "venv" / "bin"
    # With pip inside, which postBuild calls; uv puts hundreds of packages there in seconds.
    for command in (
        ["venv", "--seed", "--python", sys.executable, folder / "venv"],
        ["pip", "install", "--python", binaries / "python", "-r", "binder/requirements.txt"],
    ):
        subprocess.run([sys.executable, "-m", "uv", "--quiet", *command], cwd=folder, check=True)
    path = f"{binaries}:/usr/bin:/bin"
    subprocess.run(["bash", "binder/postBuild"], cwd=folder, check=True, env={"PATH": path})
    return folder, binaries


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_a_chapter_runs_in_an_environment_made_from_binders_files(fresh, chapter):
    folder, binaries = fresh
    # Away from the checkout, so that the installed package is what is imported.
    output = f"--output={folder / 'out.ipynb'}"
    command = [binaries / "jupyter", "execute", folder / chapter, output]
    options = {"cwd": folder / "venv", "env": ENVIRONMENT, "capture_output": True, "text": True}
    done = subprocess.run(command, **options)
    assert done.returncode == 0, done.stderr
    where = [binaries / "python", "-c", "import lossbook; print(lossbook.__file__)"]
    imported = subprocess.run(where, **options)
    assert Path(imported.stdout.strip()).is_relative_to(folder / "venv")

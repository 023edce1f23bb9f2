"""Binder's files alone make an environment in which the chapters run."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CHAPTERS = [
    "chapters/background/three_answers.ipynb",
    "chapters/linear_regression/package_and_scikit_learn.ipynb",
]
# A path to other modules, which somebody's shell may name, is nothing that Binder has.
ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}


def run(folder):
    """Make an environment from a copy of what Binder sees, run the chapters in it, keep the end."""
    with tempfile.TemporaryDirectory() as away:
        place = Path(away)
        for name in ("pyproject.toml", "README.md", "LICENSE"):
            shutil.copy(ROOT / name, place)
        for name in ("binder", "lossbook"):
            shutil.copytree(ROOT / name, place / name)
        binaries = place / "venv" / "bin"
        # With pip inside, which postBuild calls; uv puts hundreds of packages there in seconds.
        for command in (
            ["venv", "--seed", "--python", sys.executable, place / "venv"],
            ["pip", "install", "--python", binaries / "python", "-r", "binder/requirements.txt"],
        ):
            subprocess.run([sys.executable, "-m", "uv", "--quiet", *command], cwd=place, check=True)
        path = f"{binaries}:/usr/bin:/bin"
        subprocess.run(["bash", "binder/postBuild"], cwd=place, check=True, env={"PATH": path})
        ends = {chapter: run_chapter(place, chapter) for chapter in CHAPTERS}
    (folder / "ends.json").write_text(json.dumps(ends), encoding="utf-8")


def run_chapter(place, chapter):
    """Return the exit code, what was complained of, and whether the installed package was used."""
    (place / chapter).parent.mkdir(parents=True)
    shutil.copy(ROOT / chapter, place / chapter)
    binaries = place / "venv" / "bin"
    # Away from the checkout, so that the installed package is what is imported.
    output = f"--output={place / 'out.ipynb'}"
    command = [binaries / "jupyter", "execute", place / chapter, output]
    options = {"cwd": place / "venv", "env": ENVIRONMENT, "capture_output": True, "text": True}
    done = subprocess.run(command, **options)
    where = [binaries / "python", "-c", "import lossbook; print(lossbook.__file__)"]
    imported = subprocess.run(where, **options)
    inside = Path(imported.stdout.strip()).is_relative_to(place / "venv")
    return done.returncode, done.stderr, inside


@pytest.fixture(scope="module")
def ends(made):
    here = Path(__file__).relative_to(ROOT).as_posix()
    sources = ("pyproject.toml", "README.md", "LICENSE", "binder/", "lossbook/", *CHAPTERS, here)
    folder = made("binder", sources, run)
    return json.loads((folder / "ends.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_a_chapter_runs_in_an_environment_made_from_binders_files(ends, chapter):
    code, complaints, inside = ends[chapter]
    assert code == 0, complaints
    assert inside

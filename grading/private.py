"""``python -m grading.private <folder>``: a repository for sets of your own, with an example."""

import shutil
import subprocess
import sys
from pathlib import Path

from grading import InputError

ROOT = Path(__file__).resolve().parents[1]
TEMPLATE = Path(__file__).parent / "templates" / "private"


def make(folder):
    """Make the repository; refuse a folder that has something in it, or that is public."""
    folder = Path(folder).resolve()
    if folder == ROOT or ROOT in folder.parents:
        raise InputError(f"{folder} is inside this repository, which is public: take one beside it")
    if folder.exists() and not (folder.is_dir() and not any(folder.iterdir())):
        raise InputError(f"{folder} is there already: name a new folder, such as AT=../private")
    shutil.copytree(TEMPLATE, folder, dirs_exist_ok=True)
    (folder / "gitignore").rename(folder / ".gitignore")
    makefile = folder / "Makefile"
    makefile.write_text(makefile.read_text().replace("{lossbook}", str(ROOT)))
    if shutil.which("git"):
        subprocess.run(["git", "init", "--quiet", folder], check=True)
    return folder


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("private: name a folder, such as ../private")
    try:
        folder = make(sys.argv[1])
    except (InputError, OSError) as error:
        sys.exit(f"private: {error}")
    print(f"private: {folder} has a set that you can change; read its README.md, run `make` in it")

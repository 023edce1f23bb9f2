"""Make the exact pins: requirements.txt for everyone, binder/requirements.txt for Binder."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


# One set of pins for every system and Python version that the package supports.
COMPILE = [
    "-m", "uv", "pip", "compile", "pyproject.toml", "--universal", "--python-version", "3.11",
    "--fork-strategy", "fewest", "--prerelease", "disallow", "--no-emit-index-url",
    "--no-emit-find-links", "--quiet",
]  # fmt: skip


def compile_pins(target, extra, *options):
    named = ["--extra", extra, "--output-file", target, "--custom-compile-command", "make lock"]
    subprocess.run([sys.executable, *COMPILE, *named, *options], cwd=ROOT, check=True)


if __name__ == "__main__":
    upgrade = sys.argv[1:] if sys.argv[1:] == ["--upgrade"] else []
    compile_pins("requirements.txt", "dev", *upgrade)
    compile_pins("binder/requirements.txt", "binder", "--constraint", "requirements.txt", *upgrade)

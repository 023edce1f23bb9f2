"""Make the exact pins: requirements.txt for everything, binder/requirements.txt for the notebooks."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def compile_pins(target, extra, *options):
    subprocess.run(
        [
            sys.executable, "-m", "uv", "pip", "compile", "pyproject.toml",
            "--universal", "--python-version", "3.11", "--no-emit-index-url", "--no-emit-find-links",
            "--custom-compile-command", "make lock", "--quiet",
            "--extra", extra, "--output-file", target, *options,
        ],
        cwd=ROOT,
        check=True,
    )  # fmt: skip


if __name__ == "__main__":
    upgrade = sys.argv[1:] if sys.argv[1:] == ["--upgrade"] else []
    compile_pins("requirements.txt", "dev", *upgrade)
    compile_pins("binder/requirements.txt", "notebooks", "--constraint", "requirements.txt", *upgrade)

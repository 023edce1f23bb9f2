"""Fill the virtual environment `.venv` with the exact pins; `core` leaves out the large libraries.

`instructor` has only what grading needs.
uv installs several times as fast as pip. PyTorch alone is pip's to choose: a machine that offers
pip a wheel without GPU libraries is spared their gigabytes. What pip was told of indexes and
certificates, uv is told as well.
"""

import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PINS = "requirements.txt"
EXTRAS = {"core": "site", "instructor": "instructor"}
SETTINGS = {"index-url": "UV_DEFAULT_INDEX", "extra-index-url": "UV_INDEX", "cert": "SSL_CERT_FILE"}


def main(part="all"):
    python = ROOT / ".venv" / "bin" / "python"
    pip = [python, "-m", "pip", "--quiet", "--disable-pip-version-check", "install"]
    run(*pip, pin("uv"))
    uv = [python, "-m", "uv", "pip", "install", "--quiet", "--python", python]
    settings = told_to_pip(python)
    if part in EXTRAS:
        project = ["-r", "pyproject.toml", "--extra", EXTRAS[part], "flit_core"]
        run(*uv, *project, "--constraint", PINS, **settings)
    else:
        run(*pip, "--no-compile", "--constraint", PINS, pin("torch"))
        run(*uv, "-r", PINS, **settings)
    run(*uv, "--no-build-isolation", "--no-deps", "--editable", ".", **settings)


def run(*command, **settings):
    done = subprocess.run(command, cwd=ROOT, env=os.environ | settings)
    if done.returncode:
        sys.exit(f"make: {' '.join(map(str, command))} failed: see above")


def pin(name):
    text = (ROOT / PINS).read_text(encoding="utf-8")
    return re.search(rf"^{name}==\S+", text, re.MULTILINE)[0]


def told_to_pip(python):
    """Return the settings of pip that uv must know, under uv's names."""
    command = [python, "-m", "pip", "config", "list"]
    text = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    found = dict(re.findall(r"^\S+?\.([\w-]+)='(.*)'$", text, re.MULTILINE))
    settings = {SETTINGS[name]: value for name, value in found.items() if name in SETTINGS}
    addresses = [word for word in settings.get("UV_INDEX", "").split() if word.startswith("http")]
    # As pip does: the best version of all indexes, not of the first that has the name.
    more = {"UV_INDEX": " ".join(addresses), "UV_INDEX_STRATEGY": "unsafe-best-match"}
    settings.pop("UV_INDEX", None)
    return settings | (more if addresses else {})


if __name__ == "__main__":
    main(*sys.argv[1:])

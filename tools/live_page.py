"""Make what is the book's own of Python in the page: scripts, and the package for the engine.

esbuild, from the npm lock, writes two scripts: that of the page, with the editor, and that of the
worker, with the engine. Both lie in ``_build/live`` beside the engine's files.
"""

import hashlib
import json
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

from tools import live_files, trust

SUFFIXES = {".py", ".toml", ".csv", ".npz", ".js", ".css", ".md"}
ESBUILD = ("--bundle", "--minify", "--format=iife", "--target=chrome110,firefox115,safari16.4")


def make(root):
    """Return the names of all files that a page may ask for, or None without the engine."""
    engine = live_files.make(root)
    if engine is None:
        return None
    folder = root / "_build" / "live"
    book = live_files.store(folder, "book", live_files.pack(book_files(root)))
    files = engine["files"] | {"book": book}
    worker = bundle(root, folder, "worker", {})
    data = {"files": files, "worker": worker}
    made = {
        "files": files,
        "worker": worker,
        "page": bundle(root, folder, "page", {"LIVE": data}),
        "style": bundle(root, folder, "page.css", {}),
        "start": bundle(root, folder, "start", {}),
        "license": write_license(root, folder),
    }
    forget_others(folder, made)
    return made


def write_license(root, folder):
    """Write the licenses of the engine and of all that is in it; return the file's name."""
    file = folder / "licenses.txt"
    if not file.exists():
        file.write_text(live_files.license_text(root), encoding="utf-8")
    return file.name


def book_files(root):
    """Return {path: bytes} of what the engine finds beside its own library."""
    files = {f"lossbook/{name}": data for name, data in package(root / "lossbook")}
    files |= {f"traitlets/{name}": data for name, data in package(place_of("traitlets"))}
    pretty = place_of("IPython") / "lib" / "pretty.py"
    files |= {"IPython/lib/__init__.py": b"", "IPython/lib/pretty.py": pretty.read_bytes()}
    files |= dict(package(root / "live" / "shims"))
    # What the notebooks read from the folder they stand in.
    tables = sorted((root / "chapters").glob("*/spread/*.csv"))
    files |= {f"page/spread/{path.name}": path.read_bytes() for path in tables}
    files["live_kernel.py"] = (root / "live" / "kernel.py").read_bytes()
    return files


def package(folder):
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder)
        if path.is_file() and path.suffix in SUFFIXES and "tests" not in name.parts:
            yield name.as_posix(), path.read_bytes()


def place_of(library):
    return Path(find_spec(library).origin).parent


def bundle(root, folder, name, constants):
    """Bundle ``live/<name>``, a style or a script without its suffix; return the name made."""
    source = root / "live" / (name if name.endswith(".css") else f"{name}.js")
    node = Path(sys.executable).with_name("node")
    command = [node, root / "node_modules" / "esbuild" / "bin" / "esbuild", source, *ESBUILD]
    command += [f"--define:{key}={json.dumps(value)}" for key, value in constants.items()]
    done = subprocess.run(command, cwd=root, capture_output=True)
    if done.returncode:
        raise live_files.WheelError(f"esbuild cannot bundle {source}: {done.stderr.decode()}")
    digest = hashlib.sha256(done.stdout).hexdigest()[:16]
    made = f"{source.stem}-{digest}{source.suffix}"
    if not (folder / made).exists():
        (folder / made).write_bytes(done.stdout)
    return made


def forget_others(folder, made):
    """Remove what an earlier build made and this one does not name."""
    kept = {file["name"] for file in made["files"].values()}
    kept |= {made[part] for part in ("page", "style", "worker", "start")}
    for file in folder.iterdir():
        if file.suffix in {".bin", ".js", ".css"} and file.name not in kept:
            trust.remove(file)

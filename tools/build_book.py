"""Build the site, warnings as errors, and look at the result: an exit code of 0 can lie."""

import hashlib
import json
import shutil
import subprocess
import sys
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[1]
SITE = ROOT / "_build" / "html"
JUPYTER_BOOK = Path(sys.executable).with_name("jupyter-book")


def main():
    forget_stale_build(ROOT)
    shutil.rmtree(SITE / "reports", ignore_errors=True)
    command = [JUPYTER_BOOK, "build", ".", "-W", "-n", "--keep-going"]
    done = subprocess.run(command, cwd=ROOT)
    problems = failed_cells(ROOT, SITE) + missing_pages(ROOT, SITE)
    if done.returncode and not problems:
        problems = ["the build warned: see the first WARNING above"]
    for problem in problems:
        print(f"\nmake book: {problem}", file=sys.stderr)
    if problems:
        sys.exit(1)
    print(f"\nThe book is built. Open {(SITE / 'index.html').as_uri()}")


def forget_stale_build(root):
    """Remove what was made with another package, other pins or other extensions.

    The cache knows only the notebooks' text, and Sphinx only the pages' and the configuration.
    """
    build = root / "_build"
    package = [*root.glob("lossbook/**/*.*"), root / "requirements.txt"]
    if changed(build / "built-with", package):
        shutil.rmtree(build, ignore_errors=True)
        changed(build / "built-with", package)
    folders = ("_ext", "_static", "_templates")
    site = [file for folder in folders for file in root.glob(f"{folder}/**/*.*")]
    if changed(build / "written-with", [*site, root / "package-lock.json"]):
        for folder in (build / "html", build / ".doctrees"):
            shutil.rmtree(folder, ignore_errors=True)


def changed(stamp, files):
    """Tell whether the files differ from those at the last call with this stamp, and renew it."""
    digest = hashlib.sha256()
    for path in sorted(files):
        if path.is_file() and path.suffix != ".pyc":
            digest.update(path.read_bytes())
    before = stamp.read_text() if stamp.exists() else None
    stamp.parent.mkdir(exist_ok=True)
    stamp.write_text(digest.hexdigest())
    return before != digest.hexdigest()


def failed_cells(root, site):
    """Return one message for each notebook that raised, with cell number and exception."""
    messages = []
    for report in sorted(site.glob("reports/**/*.err.log")):
        page = report.relative_to(site / "reports").with_name(report.name.removesuffix(".err.log"))
        text = report.read_text(encoding="utf-8")
        notebook = json.loads((root / f"{page}.ipynb").read_text(encoding="utf-8"))
        sources = ["".join(cell["source"]) for cell in notebook["cells"]]
        number = next((n for n, s in enumerate(sources, 1) if s.strip() and s.strip() in text), "?")
        messages.append(f"{page}.ipynb failed in cell {number}:\n{text}")
    return messages


def missing_pages(root, site):
    """Return one message for each page of the table of contents that is not in the site."""
    return [
        f"{page} is in _toc.yml but {page}.html was not built"
        for page in pages(root)
        if not (site / f"{page}.html").exists()
    ]


def pages(root):
    """Return every page of the table of contents, in order."""
    contents = yaml.safe_load((root / "_toc.yml").read_text(encoding="utf-8"))
    return [contents["root"], *_files(contents)]


def _files(entry):
    for part in entry.get("parts", []):
        yield from _files(part)
    for chapter in [*entry.get("chapters", []), *entry.get("sections", [])]:
        if "file" in chapter:
            yield chapter["file"]
        yield from _files(chapter)


if __name__ == "__main__":
    main()

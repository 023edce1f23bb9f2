"""Build the site, warnings as errors: run the notebooks that changed, then write the pages.

``python -m tools.build_book`` builds all of it; with ``core`` only the pages that need no library
beyond the notebooks' own, into a folder of its own.
"""

import ast
import json
import re
import sys
import tomllib
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path

import yaml

from tools import live_files, trust

ROOT = Path(__file__).resolve().parents[1]
SITE = ROOT / "_build" / "html"
LAST_RUN = Path("_build/last_run.json")  # Written by _ext/last_run.py; a page shows it.
PASSED = ROOT / "_build" / "made" / "passed"  # Where tests/kept_results.py keeps its records.


def main(part="all"):
    with trust.alone(ROOT, "make book"), trust.room(ROOT, "make book"):
        build(ROOT, part)


def build(root, part="all"):
    """Bring the site up to date, or end with a message for each problem."""
    names, left_out = chosen_pages(root, part)
    folder = root / "_build" / ("" if part == "all" else part)
    site, record = folder / "html", folder / "site.json"
    folder.mkdir(parents=True, exist_ok=True)
    found, before = trust.sources(root), trust.read(record)
    made = {"sources": found, "with": trust.outputs_with(found)}
    made |= {"written": trust.written(site), "faulty": []}
    changed = any(before.get(name) != value for name, value in made.items())
    # To fetch and pack the engine takes a quarter of a minute, in which notebooks run.
    with ThreadPoolExecutor(1) as beside:
        engine = beside.submit(live_files.recipe, root)
        if changed:
            run_notebooks(root, names, found)
        made["engine"] = engine.result()
    made["last run"] = trust.read(root / LAST_RUN)
    if before == made:
        print(f"Nothing has changed. Open {(site / 'index.html').as_uri()}")
        return
    # Imported late: Sphinx takes seconds, which a build of nothing need not pay.
    from tools.write_pages import write_pages

    forget_stale_pages(folder, made, before)
    record.unlink(missing_ok=True)
    faulty = write_pages(root, folder, left_out)
    problems = missing_pages(site, names)
    if not problems:
        # Sphinx warns of a page once: one that warned is read again next time.
        trust.write(record, made | {"written": trust.written(site), "faulty": faulty})
    if faulty:
        named = ", ".join(name or "no page in particular" for name in faulty)
        problems = [f"the build warned of {named}: see the WARNING lines above"]
    stop(problems)
    if left_out:
        print(f"\nLeft out, for want of libraries: {', '.join(left_out)}.")
    print(f"\nThe book is built. Open {(site / 'index.html').as_uri()}")


def stop(problems):
    for problem in problems:
        print(f"\nmake book: {problem}", file=sys.stderr)
    if problems:
        sys.exit(1)


def run_notebooks(root, names, found):
    """Run the notebooks whose code changed, and all of them if the package or the machine did."""
    from tools.execute import execute

    cache, stamp = root / "_build" / ".jupyter_cache", root / "_build" / "outputs.json"
    with_what = {"with": trust.outputs_with(found)}
    if trust.read(stamp) != with_what:
        trust.remove(cache, stamp)
    trust.write(stamp, with_what)
    stop(execute(root, [root / f"{n}.ipynb" for n in names if is_notebook(root, n)], cache))
    if trust.outputs_with(trust.sources(root)) != with_what["with"]:
        trust.remove(cache)
        stop(["lossbook/ or the pins changed while the notebooks ran: make book again"])


def forget_stale_pages(folder, made, before):
    """Remove pages that were interrupted, changed by hand, or made with another package or layout.

    Sphinx sees that a page changed by its time; here it counts what the page says.
    """
    site, doctrees = folder / "html", folder / ".doctrees"
    made_with = (*trust.PACKAGE, *trust.LAYOUT, "binder", "_config.yml", "_toc.yml")
    found, then = made["sources"], before.get("sources", {})
    if (
        before.get("written") != trust.written(site)
        or before.get("engine") != made["engine"]
        or trust.part(then, made_with) != trust.part(found, made_with)
        or None in before["faulty"]
    ):
        trust.remove(site, doctrees, folder / "jupyter_execute")
        return
    changed = {name for name in found if then.get(name) != found[name]}
    for name in {name.rsplit(".", 1)[0] for name in changed} | set(before["faulty"]):
        trust.remove(doctrees / f"{name}.doctree")


def chosen_pages(root, part):
    """Return the pages that are built, and those that are left out."""
    names = pages(root)
    if part == "all":
        return names, []
    if part != "core":
        stop([f"PARTS={part} is unknown; expected core, or nothing for the whole book"])
    left_out = [
        name for name in names if is_notebook(root, name) and imports(root, name) & large(root)
    ]
    return [name for name in names if name not in left_out], left_out


def is_notebook(root, name):
    return (root / f"{name}.ipynb").exists()


def large(root):
    """Return the names of the libraries that only the parts beyond the core import."""
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    lines = project["optional-dependencies"]["applications"]
    return {re.match(r"[a-z]+", line)[0] for line in lines} - {"lossbook"}


def imports(root, name):
    """Return the names of all libraries that the code of a notebook imports."""
    return {module.split(".")[0] for module in modules(root, name)}


def modules(root, name):
    """Return the full names of all modules that the code of a notebook imports."""
    return modules_of((root / f"{name}.ipynb").read_text(encoding="utf-8"))


@cache
def modules_of(text):
    """Find them once in each text: a page asks for them six times."""
    found = set()
    for cell in json.loads(text)["cells"]:
        code = "".join(cell["source"]) if cell["cell_type"] == "code" else ""
        for node in ast.walk(ast.parse(code)):
            if isinstance(node, ast.Import):
                found |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                found.add(node.module)
    return found


def missing_pages(site, names):
    """Return one message for each page of the table of contents that is not in the site."""
    return [
        f"{name} is in _toc.yml but {name}.html was not built"
        for name in names
        if not (site / f"{name}.html").exists()
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
    main(*sys.argv[1:])

"""Check a change before it is committed: lint, and the notebooks, tests and pages that it touches.

What is touched is told by names: of a changed function, its module, a changed page. That is quick
and no proof: ``make test`` runs everything. What would take too long is named at the end.
"""

import ast
import re
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tools import seconds, trust
from tools.build_book import ROOT, SITE, pages

NOTEBOOK_SECONDS = 40  # Of all notebooks together; beyond, they are left to make test.
NO_TEST_OF_THIS_NAME = 5  # An answer of pytest's own, and no failure.
OF_A_PAGE = [
    "tests/repository/test_notebooks.py", "tests/book/test_claims_table.py",
    "tests/book/test_numbers.py", "tests/book/test_site.py",
    "tests/book/test_pages_sent.py", "tests/book/test_every_page.py", "tests/book/test_browser.py",
]  # fmt: skip


def main():
    changed = changed_files()
    if not changed:
        print("make check: nothing has changed since the last commit; only lint is run")
    left, first, then = [], {}, {}
    names = {name for path in changed for name in changed_names(path)}
    notebooks, more = affordable(touched_notebooks(changed, names))
    left += [f"the notebook {path}" for path in more]
    whole, by_name = touched_tests(changed, names)
    edited = [path.rsplit(".", 1)[0] for path in changed if path.endswith((".ipynb", ".md"))]
    edited = [name for name in edited if name in pages(ROOT)]
    if edited and changes_everything(changed):
        left.append("the site, which this change makes anew")
    elif edited and not trust.read(SITE.with_name("site.json")):
        left.append("the site, which is not built: make book")
    elif edited:
        first["pages"] = [sys.executable, "-m", "tools.build_book"]
        chosen = " or ".join(sorted({Path(name).name for name in edited}))
        then["page tests"] = pytest(*OF_A_PAGE, "-k", chosen)
    if notebooks:
        then["notebooks"] = pytest(*notebooks)
    if whole:
        then["tests"] = pytest(*whole)
    if by_name and names:
        then["tests by name"] = pytest(*by_name, "-k", " or ".join(sorted(names)))
    (first or then)["lint"] = ["make", "--no-print-directory", "lint"]
    failed = at_once(first) + at_once(then)
    for what in left:
        print(f"make check: NOT CHECKED here: {what}")
    if failed:
        sys.exit(f"make check: FAILED: {', '.join(failed)}")
    print("make check: passed")


def at_once(steps):
    """Run steps beside each other, each on one processor; return the names of those that failed."""
    with ThreadPoolExecutor(len(steps) or 1) as pool:
        good = pool.map(run, steps, steps.values())
        return [name for name, passed in zip(steps, good, strict=True) if not passed]


def run(name, command):
    """Run one step, show what it says when it has ended, and tell whether it passed."""
    print(f"make check: {name}", flush=True)
    begun = time.monotonic()
    done = subprocess.run(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    took = f"make check: {name} took {time.monotonic() - begun:.0f} s"
    print(f"{done.stdout}{took}", flush=True)
    return done.returncode in (0, NO_TEST_OF_THIS_NAME if "-k" in command else 0)


def pytest(*options):
    return [sys.executable, "-m", "pytest", "-q", "--no-header", "-p", "no:cacheprovider", *options]


def git(*arguments):
    done = subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True)
    return done.stdout if done.returncode == 0 else ""


def changed_files():
    """Return the files that differ from the last commit, new ones too, deleted ones not."""
    listed = git("diff", "--name-only", "HEAD") + git("ls-files", "--others", "--exclude-standard")
    return sorted({path for path in listed.splitlines() if (ROOT / path).is_file()})


def changed_names(path):
    """Return the public functions and classes of the package that differ from the last commit.

    A private one that changed counts as all of its module that mention it.
    """
    if not (path.startswith("lossbook/") and path.endswith(".py")):
        return set()
    now, then = (
        definitions((ROOT / path).read_text("utf-8")),
        definitions(git("show", f"HEAD:{path}")),
    )
    changed = {name for name in now.keys() | then.keys() if now.get(name) != then.get(name)}
    while True:
        more = {n for n, text in now.items() if n not in changed and words(text) & changed}
        if not more:
            return {name for name in changed if name and not name.startswith("_")}
        changed |= more


def definitions(text):
    """Return {name: source} of what stands at the top level; what has no name is under ""."""
    found = {}
    for node in ast.parse(text).body:
        name = getattr(node, "name", "")
        found[name] = found.get(name, "") + ast.unparse(node)
    return found


def words(text):
    return set(re.findall(r"\w+", text))


def touched_notebooks(changed, names):
    """Return the notebooks that changed, and those whose code uses a changed name."""
    found = []
    for path in sorted(ROOT.glob("chapters/*/*.ipynb")):
        name = path.relative_to(ROOT).as_posix()
        if name in changed or words(path.read_text("utf-8")) & names:
            found.append((name not in changed, name))
    return [name for _, name in sorted(found)]


def affordable(notebooks):
    """Return the notebooks that fit the time, the edited ones in any case, and the others."""
    known, spent, chosen, left = seconds.known(ROOT), 0, [], []
    edited = set(changed_files())
    for name in sorted(notebooks, key=lambda name: (name not in edited, known.get(name, 0))):
        spent += known.get(name, 0)
        (chosen if name in edited or spent <= NOTEBOOK_SECONDS else left).append(name)
    return chosen, left


def touched_tests(changed, names):
    """Return the test files that run whole, and those whose tests with a changed name run."""
    whole, by_name = set(), set()
    for path in changed:
        file = Path(path)
        if file.name.startswith("test_") and file.suffix == ".py":
            whole.add(path)
        elif path.startswith("lossbook/") and file.suffix == ".py":
            whole |= {path, "tests/test_rooms.py"}
            by_name |= {str(p.relative_to(ROOT)) for p in ROOT.glob("tests/losses/test_*.py")}
        elif path.startswith("lossbook/facts"):
            whole |= {str(p.relative_to(ROOT)) for p in ROOT.glob("tests/test_facts*.py")}
        whole |= {
            str(test.relative_to(ROOT))
            for test in ROOT.glob("tests/**/test_*.py")
            if file.suffix == ".py" and test.name.startswith(f"test_{file.stem}")
        }
    for test in ROOT.glob("tests/book/equations/test_*.py"):
        if words(test.read_text("utf-8")) & names:
            whole.add(str(test.relative_to(ROOT)))
    labels = {
        label
        for path in changed
        if path.endswith(".ipynb")
        for label in re.findall(r":label: ([\w-]+)", (ROOT / path).read_text("utf-8"))
    }
    for test in ROOT.glob("tests/book/**/test_*.py"):
        if any(f'"{label}"' in test.read_text("utf-8") for label in labels):
            whole.add(str(test.relative_to(ROOT)))
    return sorted(whole), sorted(by_name - whole)


def changes_everything(changed):
    """Tell whether the package or the layout changed, with which every page is made anew."""
    return any(path.split("/")[0] in (*trust.PACKAGE, *trust.LAYOUT) for path in changed)


if __name__ == "__main__":
    main()

"""Where the notebook of a page runs: each page offers only that, and says so where a door is shut.

Three doors: Binder, whose environment `make lock` makes; Colab, which has the large libraries, and
where the notebook's first cell installs the rest; the reader's own machine, with `make lab`. The
theme's launch buttons open the sources, and know no libraries.
"""

import re
import subprocess
import sys
from pathlib import Path

from docutils import nodes
from sphinx.errors import ExtensionError

sys.path.append(str(Path(__file__).resolve().parents[1]))
from tools import address
from tools.build_book import imports, modules

# The branch that Binder and Colab open: `tools/reader_branch.py` fills it.
BRANCH = "notebooks"
FOLDER = "notebooks"
CONTENTS = "contents.ipynb"
HELP, RUN = "chapters/reference/using_this_site", "run-a-page"
# What is imported by another name than it is installed by, and what a library needs beside it.
INSTALLED_AS = {
    "sklearn": ["scikit-learn"],
    "dask": ["dask", "distributed"],
    "keras": ["keras", "jax"],
}
IMPORTED_AS = {"scikit-learn": "sklearn"}
# Of no version in particular: several gigabytes that nobody should exchange for nearly the same.
ANY_VERSION = {"torch"}
KNOWN_AS = {"torch": "PyTorch", "keras": "Keras", "optax": "Optax"}


def needed(root, page):
    """Return {module: what pip installs for it} of everything that a notebook imports."""
    found = {"lossbook": f"lossbook @ git+{address.read(root).repository}@{commit(root)}"}
    if "lossbook.explorers" in modules(root, page):
        found["anywidget"] = pinned(root, "anywidget")
    for name in sorted(libraries(root, page)):
        found[IMPORTED_AS.get(name, name)] = name if name in ANY_VERSION else pinned(root, name)
    return found


def libraries(root, page):
    """Return the names under which the libraries that a page needs are installed."""
    names = imports(root, page) - set(sys.stdlib_module_names) - {"lossbook", "IPython"}
    return {one for name in names for one in INSTALLED_AS.get(name, [name])}


def files(root, page):
    """Return {name: text} of the small files beside a page that its code reads."""
    text = (root / f"{page}.ipynb").read_text(encoding="utf-8")
    names = set(re.findall(r"[\w/-]+\.csv", text))
    found = {name: (root / page).parent / name for name in sorted(names)}
    return {name: file.read_text("utf-8") for name, file in found.items() if file.is_file()}


def pinned(root, name):
    found = pins(root / "requirements.txt")
    if name not in found:
        raise ExtensionError(f"a page imports {name}, which requirements.txt does not pin")
    return found[name]


def pins(file):
    """Return {name: name==version} of a file of pins."""
    lines = re.findall(r"^([\w.-]+)==([^\s;]+)", file.read_text(encoding="utf-8"), re.MULTILINE)
    return {name: f"{name}=={version}" for name, version in lines}


def commit(root):
    """Return the last commit that changed the package, or the version where git has no word."""
    command = ["git", "log", "-1", "--format=%H", "--", "lossbook", "pyproject.toml"]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True)
    if done.stdout.strip():
        return done.stdout.strip()
    file = Path(root) / "lossbook" / "__init__.py"
    version = re.search(r'__version__ = "(.+)"', file.read_text("utf-8")) if file.exists() else None
    return f"v{version[1]}" if version else "main"


def too_large(root, page):
    """Return the libraries of a page that Binder's environment lacks, in the words of readers."""
    lacking = libraries(root, page) - set(pins(root / "binder" / "requirements.txt"))
    # A small library that only such a page needs is not the reason.
    large = [KNOWN_AS[name] for name in sorted(lacking & set(KNOWN_AS))]
    return large or sorted(lacking)


def offered(root, page):
    """Tell whether a page has a notebook that other places can open."""
    return (root / f"{page}.ipynb").exists()


def say_where_it_runs(app, doctree, docname):
    """Say under the first lines of a page that Binder cannot run where it does run."""
    root = Path(app.srcdir)
    if not offered(root, docname) or not (names := too_large(root, docname)):
        return
    opening = next(iter(doctree.findall(nodes.section)))
    first = [child for child in opening.children if isinstance(child, nodes.paragraph)][:2]
    link = nodes.reference("", "on your own machine", refuri=help_address(app, docname))
    link["internal"] = True
    *others, last = names
    large = f"{', '.join(others)} and {last} are" if others else f"{last} is"
    note = nodes.paragraph(classes=["where-it-runs", "d-print-none"])
    note += [
        nodes.Text("This page runs in Colab and "),
        link,
        nodes.Text(f". For Binder, {large} too large."),
    ]
    opening.insert(opening.index(first[-1]) + 1 if first else 1, note)


def help_address(app, docname):
    if HELP in app.env.found_docs:
        return f"{app.builder.get_relative_uri(docname, HELP)}#{RUN}"
    return f"{app.config.html_baseurl}{HELP}.html#{RUN}"


def lead_to_the_readers_notebook(app, pagename, templatename, context, doctree):
    """Let the buttons of a page open and download the notebook that is made for readers."""
    root = Path(app.srcdir)
    if doctree is None or not offered(root, pagename):
        return
    groups = {group.get("label"): group for group in context["header_buttons"]}
    launch = groups["launch-buttons"]["buttons"]
    branch = app.config.html_theme_options.get("repository_branch", "main")
    for button in launch:
        for before in (f"/{branch}?", f"/blob/{branch}/"):
            button["url"] = button["url"].replace(before, before.replace(branch, BRANCH))
    if too_large(root, pagename):
        launch[:] = [button for button in launch if button["text"] != "Binder"]
    launch.append({
        "type": "link", "text": "Your machine", "tooltip": "How to run it on your own machine",
        "icon": "fas fa-laptop", "url": help_address(app, pagename),
    })  # fmt: skip
    download = groups["download-buttons"]["buttons"][0]
    download["url"] = context["pathto"](f"{FOLDER}/{pagename}.ipynb", resource=True)
    download["tooltip"] = "Download the notebook"


def setup(app):
    app.connect("doctree-resolved", say_where_it_runs)
    # After the theme has made its buttons, before `lean_pages` names them.
    app.connect("html-page-context", lead_to_the_readers_notebook, priority=800)
    return {"parallel_read_safe": True, "parallel_write_safe": True}

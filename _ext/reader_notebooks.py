"""Beside each page that has code, its notebook for readers: notebooks/<page>.ipynb in the site.

Text is plain Markdown (`plain_markdown`); what is folded on the page is folded here; solutions are
closed, with an empty cell to try in before each; the pictures and outputs are those of the page.
The first cell installs what is missing where the notebook is opened. A notebook of contents lists
them in the order of the book. jupytext and nbconvert would copy MyST as it stands, unresolved.
"""

import json
import sys
from pathlib import Path

import doors
import nbformat
from jupyter_cache import get_cache
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from plain_markdown import Code, Page, escape
from sphinx.addnodes import toctree

sys.path.append(str(Path(__file__).resolve().parents[1]))
from tools.notebooks import joined

# Folded in JupyterLab by the one, in Colab by the other.
FOLDED = {"jupyter": {"source_hidden": True}, "cellView": "form"}
WIDGET = "application/vnd.jupyter.widget-view+json"
METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
GREETING = """> **This notebook is a page of a book.** Read it [on its site]({page}); \
here you can change everything. <kbd>Shift</kbd> + <kbd>Enter</kbd> runs a cell. Run the next one \
first: it installs what is missing, in Colab for instance. Answers and solutions are closed: click \
to open one."""
INSTALL = """# @title Run this first
# It installs what this notebook needs and Python does not find here.
import subprocess
import sys
from importlib.util import find_spec

needed = {needed}
missing = [source for name, source in needed.items() if find_spec(name) is None]
pip = [sys.executable, "-m", "pip", "install", "--quiet", *missing]
if missing and subprocess.run(pip).returncode:
    raise ImportError(
        f"pip could not install {{' and '.join(missing)}}. Is there a network? "
        "Otherwise run the notebook on your own machine: "
        "{how}"
    )
"""
# For a page that reads a small file beside it, which who has the notebook alone lacks.
WRITE = """
from pathlib import Path

files = {files}
for name, text in files.items():
    Path(name).parent.mkdir(exist_ok=True)
    Path(name).write_text(text, encoding="utf-8")
"""

CONTENTS = """# {title}: the notebooks

> Click a title to open its notebook. In each, run the cell *Run this first*, then change what you \
like: <kbd>Shift</kbd> + <kbd>Enter</kbd> runs a cell, and *Run*, *Restart Kernel and Run All \
Cells* runs all of them. The same pages, to read, are [on the site of the book]({site}).
"""


def write_notebook(app, pagename, templatename, context, doctree):
    """Write the notebook of a page when the page is written."""
    source = Path(app.srcdir) / f"{pagename}.ipynb"
    if doctree is None or not doors.offered(Path(app.srcdir), pagename):
        return
    page = Page(
        f"{app.config.html_baseurl}{pagename}.html",
        app.builder.fignumbers,
        app.config.numfig_format,
        app.env.domains["std"].get_enumerable_node_type,
    )
    executed = with_outputs(app, source)
    notebook = new_notebook(metadata=METADATA)
    title, *rest = page.write(doctree)
    notebook.cells = [
        new_markdown_cell(f"{title}\n\n{GREETING.format(page=page.address)}"),
        install_cell(app, pagename),
        *(cell_of(part, executed) for part in rest),
    ]
    number(notebook)
    save(notebook, Path(app.outdir) / doors.FOLDER / f"{pagename}.ipynb")


def save(notebook, file):
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(nbformat.writes(notebook) + "\n", encoding="utf-8")


def write_contents(app, exception):
    """Write the notebook that leads to the others, part by part, in the order of the book."""
    root = Path(app.srcdir)
    if exception or app.builder.name != "html":
        return
    head = CONTENTS.format(title=app.config.html_title, site=app.config.html_baseurl)
    cells = [new_markdown_cell(head)]
    for part in app.env.get_doctree(app.config.root_doc).findall(toctree):
        names = [name for _, name in part["entries"] if doors.offered(root, name)]
        links = [f"- [{escape(app.env.titles[name].astext())}]({name}.ipynb)" for name in names]
        if links:
            heading = [f"## {part['caption']}"] if part.get("caption") else []
            cells.append(new_markdown_cell("\n\n".join([*heading, "\n".join(links)])))
    notebook = new_notebook(metadata=METADATA, cells=cells)
    number(notebook)
    save(notebook, Path(app.outdir) / doors.FOLDER / doors.CONTENTS)


def with_outputs(app, source):
    """Return the source with the outputs of its last run, from the cache of the build."""
    notebook = nbformat.read(source, as_version=4)
    return get_cache(app.config.nb_execution_cache_path).merge_match_into_notebook(notebook)[1]


def install_cell(app, pagename):
    root = Path(app.srcdir)
    how = f"{app.config.html_baseurl}{doors.HELP}.html#{doors.RUN}"
    code = INSTALL.format(needed=table(doors.needed(root, pagename)), how=how)
    if files := doors.files(root, pagename):
        code += WRITE.format(files=table(files))
    return new_code_cell(code.strip(), metadata=FOLDED)


def table(texts):
    """Return Python for a dictionary of texts, a line for each."""
    lines = [f"    {json.dumps(k)}: {json.dumps(v, ensure_ascii=False)}," for k, v in texts.items()]
    return "\n".join(["{", *lines, "}"])


def cell_of(part, executed):
    """Return the cell of one part of a page."""
    if isinstance(part, str):
        return new_markdown_cell(part)
    if not isinstance(part, Code):
        return new_code_cell("")
    source = executed.cells[part.index]
    folded = FOLDED if "hide-input" in source.metadata.get("tags", []) else {}
    cell = new_code_cell(source.source, metadata=folded)
    cell.outputs = [output_of(output, part.figure) for output in joined(source.outputs)]
    return cell


def output_of(output, figure):
    """Return an output that needs no kernel: widgets show their picture until they are run."""
    output = nbformat.from_dict(output)
    if "data" in output:
        output.data.pop(WIDGET, None)
        if "image/png" in output.data:
            output.data.pop("image/svg+xml", None)  # What only a page shows.
        output.metadata = nbformat.from_dict({})
        for kind in output.data:
            if kind.startswith("image/") and figure is not None:
                output.metadata[kind] = {"alt": figure.next_node(is_image)["alt"]}
    return output


def is_image(node):
    return node.tagname == "image"


def number(notebook):
    """Give each cell its number in a run from top to bottom, and a name that stays."""
    run = 0
    for place, cell in enumerate(notebook.cells):
        cell.id = f"cell-{place}"
        if cell.cell_type == "code" and cell.source:
            run += 1
            cell.execution_count = run
            for output in cell.outputs:
                if output.output_type == "execute_result":
                    output.execution_count = run


def setup(app):
    app.connect("html-page-context", write_notebook)
    app.connect("build-finished", write_contents)
    return {"parallel_read_safe": True, "parallel_write_safe": False}

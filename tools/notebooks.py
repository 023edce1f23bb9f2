"""Run the notebooks and keep them in the form in which they are stored.

``run [PATH ...]`` executes notebooks and stores their text outputs; ``check`` exits with 1 if a
stored notebook is not in that form. Pictures are not stored: they would make every change of a
notebook hundreds of kilobytes, and the site makes them anew.
"""

import sys
from pathlib import Path

import nbformat
from nbclient import NotebookClient

ROOT = Path(__file__).resolve().parents[1]
KEPT_METADATA = ("mystnb", "tags")


def stored_form(notebook):
    """Return a copy with text outputs and the metadata that the book needs, and no more."""
    notebook = nbformat.from_dict(notebook)
    notebook.metadata = nbformat.from_dict(
        {
            "kernelspec": {
                "display_name": "Python 3",
                "language": "python",
                "name": "python3",
            },
            "language_info": {"name": "python"},
        }
    )
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    executed = 0
    for number, cell in enumerate(notebook.cells):
        cell.id = f"cell-{number}"
        cell.metadata = nbformat.from_dict(
            {key: cell.metadata[key] for key in KEPT_METADATA if key in cell.metadata}
        )
        cell.pop("attachments", None)
        if cell.cell_type == "code":
            # As in a fresh run; nbval takes a cell without a number for one that was never run.
            executed += 1
            cell.execution_count = executed
            cell.outputs = [stored_output(output, executed) for output in joined(cell.outputs)]
    return notebook


def joined(outputs):
    """Join what was printed in a row: the kernel cuts the stream where its clock ticks."""
    kept = []
    for output in outputs:
        if kept and output.output_type == "stream" and kept[-1].get("name") == output.name:
            kept[-1] = nbformat.v4.new_output(
                "stream", name=output.name, text=kept[-1].text + output.text
            )
        else:
            kept.append(output)
    return kept


def stored_output(output, executed):
    """Return the output without what is not text: pictures, widgets, HTML that carries pictures."""
    output = nbformat.from_dict(output)
    if "execution_count" in output:
        output.execution_count = executed
    if "data" in output:
        output.metadata = nbformat.from_dict({})
        for kind in list(output.data):
            if not kind.startswith("text/"):
                del output.data[kind]
        if "data:image" in output.data.get("text/html", ""):
            output.data["text/html"] = "PICTURES"  # what tests/nbval.cfg makes of them, too
    return output


def to_text(notebook):
    return nbformat.writes(notebook) + "\n"


def run(path):
    notebook = nbformat.read(path, as_version=4)
    NotebookClient(notebook, timeout=120, resources={"metadata": {"path": path.parent}}).execute()
    path.write_text(to_text(stored_form(notebook)), encoding="utf-8")


def is_stored_form(path):
    text = path.read_text(encoding="utf-8")
    return text == to_text(stored_form(nbformat.reads(text, as_version=4)))


def stored_notebooks(root=ROOT):
    return [path for path in sorted(root.glob("chapters/**/*.ipynb")) if ".ipynb_" not in str(path)]


def main(command="", *paths):
    paths = [Path(path).resolve() for path in paths] or stored_notebooks()
    if command == "run":
        for path in paths:
            print(path.relative_to(ROOT), flush=True)
            run(path)
    elif command == "check":
        wrong = [path for path in paths if not is_stored_form(path)]
        for path in wrong:
            print(f"{path.relative_to(ROOT)} is not in stored form: make notebooks")
        sys.exit(bool(wrong))
    else:
        sys.exit(f"usage: {Path(__file__).name} run|check [NOTEBOOK ...]")


if __name__ == "__main__":
    main(*sys.argv[1:])

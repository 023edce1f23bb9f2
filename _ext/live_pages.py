"""Python in the page: the button, the exercises that are checked there, and the files for both.

`tools/live_page.py` makes the files; here they are laid into `live/`, and each page that runs in a
browser gets the button "Run this page". A page that needs a library which does not run there says
so. Without the engine (its wheel cannot be reached) the site has neither, and the build says so.
Thebe, which the theme offers, loads its script from another host; JupyterLite is a page of its own.
"""

import html
import json
import os
import shutil
import sys
from functools import partial
from pathlib import Path

import doors
from sphinx.errors import ExtensionError
from sphinx.util import logging

from tools import live_files, live_page
from tools.build_book import imports

logger = logging.getLogger(__name__)
HERE = {"numpy", "matplotlib", "scipy", "sklearn", "lossbook", "IPython", *sys.stdlib_module_names}
NAMES = {"torch": "PyTorch", "dask": "Dask", "keras": "Keras", "optax": "Optax", "jax": "JAX",
         "gymnasium": "Gymnasium"}  # fmt: skip
PARTS = {"scipy": ["scipy"], "sklearn": ["scipy", "sklearn"]}
ALL_PAGE = "chapters/reference/exercises"
PLACEHOLDER = "<!-- every graded exercise -->"
BEFORE = "## You have seen"
HEADING = """## Answer and check

Write a function here, or in a notebook, and check it: you read what passed, and which mistake an
answer looks like. These exercises come from the problem sets; [all of them](/{all_page}.md) are on
one page.
"""
EXERCISE = """### {title}

```{{raw}} html
<div class="live-exercise" data-name="{name}" data-points="{points}" data-check="{check}">
```

{prompt}

```{{raw}} html
<div class="live-starter">
```

```python
{starter}
```

```{{raw}} html
</div>
<p class="live-tell d-print-none">
<button type="button" class="live-open live-button" hidden>Answer here\
<span class="sr-only">: {title}</span></button> <span class="live-points"></span></p>
</div>
```
"""


def make_files(app):
    """Lay the files into the site, or note that there are none."""
    app.live, root = None, Path(app.srcdir)
    if app.builder.name != "html" or not (root / "live").exists():
        return
    try:
        app.live = live_page.make(root)
    except live_files.WheelError as error:
        raise ExtensionError(f"Python in the page: {error}") from error
    if app.live is None:
        logger.info(
            f"Python in the page: {live_files.NAME} {live_files.VERSION} cannot be reached; the "
            'site is built without the button "Run this page"'
        )
        return
    lay_out(root / "_build" / "live", Path(app.outdir), app.live)


def lay_out(made, site, live):
    """Put what was made beside the pages, as links where the disk can."""
    folder, static = site / "live", site / "_static" / "live"
    names = {file["name"] for file in live["files"].values()}
    names |= {live[part] for part in ("page", "style", "worker", "license")}
    for place in (folder, static):
        place.mkdir(parents=True, exist_ok=True)
    for old in folder.iterdir():
        if old.name not in names:
            old.unlink()
    for name in names:
        if not (folder / name).exists():
            try:
                os.link(made / name, folder / name)
            except OSError:
                shutil.copy2(made / name, folder / name)
    text = (made / live["start"]).read_bytes()
    if not (static / "start.js").exists() or (static / "start.js").read_bytes() != text:
        (static / "start.js").write_bytes(text)


def every_exercise(root):
    """Return {folder: exercises} as students see them first, of the sets that are public."""
    from grading import exercises  # A book of a few pages, as the tests make, has no problem sets.

    return {
        readme.parent: [exercises.read(file) for file in sorted(readme.parent.glob("[0-9]*_*.py"))]
        for readme in sorted((root / "assignments").glob("*/README.md"))
    }


def add_exercises(app, docname, source):
    """Write the graded exercises of a chapter into its text before it is read."""
    root = Path(app.srcdir)
    if docname == ALL_PAGE:
        source[0] = source[0].replace(PLACEHOLDER, all_text(root))
    elif docname.startswith("chapters/") and (root / f"{docname}.ipynb").exists():
        chapter = docname.removeprefix("chapters/")
        of_it = [
            e for found in every_exercise(root).values() for e in found if e.chapter == chapter
        ]
        if of_it:
            text = HEADING.format(all_page=ALL_PAGE) + "\n" + "\n".join(map(as_text, of_it))
            source[0] = with_cell(source[0], text)
    else:
        return
    for path in (root / "assignments").glob("*/*"):
        app.env.note_dependency(str(path))


def with_cell(text, markdown):
    """Return the notebook with a text before the summary, or at the end."""
    notebook = json.loads(text)
    for cell in notebook["cells"]:
        source = "".join(cell["source"])
        if cell["cell_type"] == "markdown" and BEFORE in source:
            cell["source"] = source.replace(BEFORE, f"{markdown}\n{BEFORE}", 1)
            return json.dumps(notebook)
    cell = {"cell_type": "markdown", "id": "graded", "metadata": {}, "source": markdown}
    notebook["cells"].append(cell)
    return json.dumps(notebook)


def all_text(root):
    texts = []
    for folder, found in every_exercise(root).items():
        introduction = (folder / "README.md").read_text(encoding="utf-8")
        title, _, words = introduction.strip().removeprefix("# ").partition("\n")
        texts += [f"## {title}\n\n{words.strip()}\n", *map(as_text, found)]
    return "\n".join(texts)


def as_text(exercise):
    return EXERCISE.format(
        title=exercise.title,
        name=exercise.name,
        points=exercise.visible,
        check=html.escape(exercise.visible_check, quote=True),
        prompt=exercise.prompt,
        starter=exercise.starter,
    )


def add_button(app, pagename, templatename, context, doctree):
    """Put the button under the title of a page that has code or exercises to run."""
    body = context.get("body", "")
    notebook = (Path(app.srcdir) / f"{pagename}.ipynb").exists()
    if app.live is None or not (notebook or 'class="live-exercise"' in body):
        return
    missing = imports(Path(app.srcdir), pagename) - HERE if notebook else set()
    used = imports(Path(app.srcdir), pagename) if notebook and not missing else set()
    parts = [part for part in live_files.PARTS if any(part in PARTS.get(u, ()) for u in used)]
    has_button = notebook and not missing and 'class="cell_input' in body
    path = partial(context["pathto"], resource=True)
    megabytes = sum(
        app.live["files"][part]["size"] for part in ("python", "library", "fonts", "book", *parts)
    )
    told = words(missing, path(f"{doors.FOLDER}/{pagename}.ipynb")) if missing else ""
    start = START.format(
        live=f"{path('live')}/",
        script=app.live["page"],
        style=app.live["style"],
        parts=" ".join(parts),
        button=BUTTON.format(size=f"{megabytes / 1e6:.0f}") if has_button else "",
    )
    needed = has_button or 'class="live-exercise"' in body
    context["body"] = body.replace("</h1>", f"</h1>\n{told}{start if needed else ''}", 1)
    if needed:
        app.add_js_file("live/start.js", loading_method="defer")


START = """<div class="live-start d-print-none pst-js-only" data-live="{live}" \
data-script="{script}" data-style="{style}" data-parts="{parts}">{button}\
<span role="status"></span></div>
"""
BUTTON = """<button type="button" class="live-button live-run" disabled>Run this page</button> \
<span>Python starts here in your browser: {size} MB once, then from its cache.</span> """


def words(missing, notebook):
    """Say which libraries keep a page from running in the browser."""
    names = sorted(NAMES.get(name, name) for name in missing)
    listed = names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
    return (
        f'<p class="live-none d-print-none">This page needs {listed}, so it does not run in the '
        f'browser: <a href="{notebook}" download>download its notebook</a>.</p>\n'
    )


def setup(app):
    app.live = None
    app.connect("builder-inited", make_files)
    app.connect("source-read", add_exercises)
    # Before the scripts are chosen, after the page is written.
    app.connect("html-page-context", add_button, priority=400)
    return {"parallel_read_safe": True, "parallel_write_safe": True}

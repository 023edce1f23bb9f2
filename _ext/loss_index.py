"""Two ways to a loss card: an index that filters, and a choice of two questions.

``loss-index`` lists every loss with what it is chosen by; a form above it, which needs the script
beside this file, hides what does not fit. ``loss-guide`` folds the guide of *Which loss?* so that
one click leads from what is predicted to the cards. Neither sphinx-design nor the theme has a list
that filters.
"""

import ast
import html
import json
import re
import shutil
from pathlib import Path

from loss_cards import TITLES, Generated, chips
from loss_pictures import sketch
from sphinx.errors import ExtensionError

from lossbook.facts import facts

SCRIPT = Path(__file__).with_suffix(".js")
GUIDE = "chapters/questions/which_loss.ipynb"
# The form of the targets, by how the facts begin to say it.
LABELS = {
    "real numbers": "numbers",
    "counts": "numbers",
    "real vectors": "vectors",
    "0 or 1 for each pixel": "pixels",
    "0 or 1": "two classes",
    "−1 or +1": "two classes",
    "class indices": "several classes",
    "probabilities": "probabilities",
    "1 for the same kind": "pairs",
    "none": "pairs",
    "action indices": "rewards",
    "rewards": "rewards",
}
QUESTIONS = {
    "task": "Task",
    "labels": "Labels",
    "convex": "Convex",
    "pull": "Pull of one sample",
    "proper": "Proper",
    "library": "Library",
}
FORM = """<form class="loss-filter" hidden>
{selects}
<p><output></output> <button type="reset" class="live-button">Show all</button></p>
</form>"""


def labels(name):
    """Return the form of the targets of a loss."""
    for start, form in LABELS.items():
        if facts[name].targets.startswith(start):
            return form
    raise ExtensionError(
        f"{name} has targets of a new form: add it to LABELS in _ext/loss_index.py"
    )


def answers(name):
    """Return {question: what is true of the loss}, several answers as a list."""
    fact = facts[name]
    return {
        "task": [TITLES[fact.family].lower()],
        "labels": [labels(name)],
        "convex": [{"inf": "everywhere", "0": "no"}.get(fact.convex, "in part")],
        "pull": ["bounded" if fact.bounded_pull else "unbounded"],
        "proper": [{None: "does not apply", "no": "no"}.get(fact.proper, "yes")],
        "library": sorted({entry.library for entry in fact.elsewhere}, key=str.lower),
    }


def css(question, answer):
    """Return the class that says an answer."""
    return f"{question}-{re.sub(r'[^a-z]+', '-', answer.lower())}"


def form():
    """Return the form: for each question a choice among all its answers."""
    selects = []
    for question, title in QUESTIONS.items():
        found = dict.fromkeys(answer for name in facts for answer in answers(name)[question])
        options = sorted(found, key=str.lower) if question == "library" else found
        options = "".join(
            f'<option value="{css(question, one)}">{html.escape(one)}</option>' for one in options
        )
        options = f'<option value="">any</option>{options}'
        selects.append(f'<label>{title} <select class="form-select">{options}</select></label>')
    return FORM.format(selects="\n".join(selects))


def entry(name):
    """Return a loss of the index as Markdown: its curve, its names, what it is chosen by."""
    classes = [css(q, one) for q, found in answers(name).items() for one in found]
    return f""":::{{div}} loss-entry {" ".join(classes)}
```{{raw}} html
{sketch(name)}
```

**{{ref}}`{name}`** `{name}`\\
Estimates: {facts[name].estimates}.

{chips(name)}
:::"""


class LossIndex(Generated):
    """Every loss, by family, and the form above them."""

    def run(self):
        parts = [f"```{{raw}} html\n{form()}\n```"]
        for family, title in TITLES.items():
            names = [name for name in facts if facts[name].family == family]
            parts += [f"### {title}", "::::{div} loss-entries", *map(entry, names), "::::"]
        return self.parsed("\n\n".join(parts))


class LossGuide(Generated):
    """What you predict, as folds; in each, what you want of it, and the cards."""

    def run(self):
        self.env.note_dependency(GUIDE)
        parts = []
        for predicted, wanted in guide(Path(self.env.srcdir)).items():
            rows = [
                f"- {want}: {', '.join(f'{{ref}}`{name}`' for name in names)}"
                for want, names in wanted.items()
            ]
            parts += [f":::{{dropdown}} {predicted}", "What do you want of it?\n", *rows, ":::\n"]
        return self.parsed("\n".join(parts))


def guide(root):
    """Return {what is predicted: {what is wanted: names}}, as the notebook's diagram draws it."""
    for cell in json.loads((root / GUIDE).read_text(encoding="utf-8"))["cells"]:
        source = "".join(cell["source"])
        if cell["cell_type"] == "code" and "GUIDE = {" in source:
            for node in ast.parse(source).body:
                match node:
                    case ast.Assign([ast.Name("GUIDE")], value):
                        return ast.literal_eval(value)
    raise ExtensionError(f"{GUIDE} has no table GUIDE")


def load_script(app, pagename, templatename, context, doctree):
    if 'class="loss-filter"' in context.get("body", ""):
        app.add_js_file("cards/filter.js", loading_method="defer")


def write_script(app):
    if app.builder.format == "html":
        folder = Path(app.outdir) / "_static" / "cards"
        folder.mkdir(parents=True, exist_ok=True)
        shutil.copy(SCRIPT, folder / "filter.js")


def setup(app):
    app.add_directive("loss-index", LossIndex)
    app.add_directive("loss-guide", LossGuide)
    app.connect("builder-inited", write_script)
    app.connect("html-page-context", load_script, priority=400)
    return {"parallel_read_safe": True, "parallel_write_safe": True}

"""What is folded is a `<details>`, and one line says what is inside: a solution, code, a part.

sphinx-exercise makes boxes that a script folds, with a link in the title: whoever touched it jumped
away. MyST-NB writes two titles, one for each state, as paragraphs, which no title may have. The
theme writes the list of contents open: three screens of links.
"""

import re

from docutils import nodes
from myst_nb.sphinx_ import HideCodeCellNode, depart_HideCellInput
from sphinx_exercise.nodes import depart_solution_node, solution_node, visit_solution_node

PART = re.compile(r'<p [^>]*class="caption"[^>]*><span class="caption-text">(.*?)</span></p>')
ARROW = '<summary aria-label="Pages of this part">'


def visit_solution(self, node):
    """Open the fold; its line is the title without the link, for a tap there opens the fold."""
    node["classes"] = [name for name in node["classes"] if name != "dropdown"]
    self.body.append(self.starttag(node, "details", CLASS="admonition"))
    node.title = node.pop(0)
    self.body.append('<summary class="admonition-title">')
    for part in node.title.children:
        for child in part.children if isinstance(part, nodes.reference) else [part]:
            child.walkabout(self)
    self.body.append("</summary>\n")


def depart_solution(self, node):
    node.insert(0, node.title)
    self.body.append("</details>\n")


def visit_code(self, node):
    shown = list(node.parent.findall(lambda part: isinstance(part, (nodes.image, nodes.raw))))
    drawn = any(isinstance(part, nodes.image) or "<img" in part.astext() for part in shown)
    self.body.append(f'<details class="admonition hide {" ".join(node["classes"])}">\n')
    title = "Code of this figure" if drawn else "Code"
    self.body.append(f'<summary class="admonition-title">{title}</summary>\n')


def fold_parts(text):
    """Return the list of contents with a fold for each part, its number of pages, one part open."""
    before, *parts = PART.split(text)
    pairs = list(zip(parts[::2], parts[1::2]))
    # A page that is in no part, such as the front page, shows where to begin.
    open_part = next((i for i, (_, links) in enumerate(pairs) if "current" in links), 0)
    folds = [
        f'<details class="part"{" open" * (i == open_part)}><summary>{name} '
        f'<span class="pages">{links.count("<a ")}</span></summary>{links}</details>'
        for i, (name, links) in enumerate(pairs)
    ]
    # The last piece also holds what closes the list.
    return before + "".join(folds)


def fold_contents(app, pagename, templatename, context, doctree):
    generate = context["generate_toctree_html"]
    context["generate_toctree_html"] = lambda *args, **options: fold_parts(
        str(generate(*args, **options)).replace("<summary>", ARROW)
    )


def setup(app):
    app.setup_extension("sphinx_exercise")
    app.setup_extension("myst_nb")
    as_it_was = (visit_solution_node, depart_solution_node)
    fold = (visit_solution, depart_solution)
    others = {"singlehtml": as_it_was, "latex": as_it_was}
    app.add_node(solution_node, override=True, html=fold, **others)
    app.connect("html-page-context", fold_contents, priority=900)
    app.add_node(HideCodeCellNode, override=True, html=(visit_code, depart_HideCellInput))
    return {"parallel_read_safe": True, "parallel_write_safe": True}

"""What links say: what a term means, when a pointer rests on it; and each exercise links to itself.

The line is the link's title, as that of a citation is sphinxcontrib-bibtex's: no script, and no
request. A sentence that needs a formula has none. A page keeps its lines until it is written anew.
sphinx-tippy needs two scripts for such a line, and sphinx-hoverxref a server.
"""

import functools
import re

from docutils import nodes
from sphinx_exercise.nodes import exercise_enumerable_node

GLOSSARY = "chapters/reference/glossary"
LONGEST = 200


def sentence(text):
    """Return the first sentence, or nothing if it needs a formula or is too long for a line."""
    first = re.split(r"(?<=[.!?])\s", " ".join(text.split()), maxsplit=1)[0]
    return "" if "\\" in first or len(first) > LONGEST else first


@functools.cache
def definitions(env):
    """Return {id of a term: the first sentence of its definition}."""
    found = {}
    if GLOSSARY in env.found_docs:
        for item in env.get_doctree(GLOSSARY).findall(nodes.definition_list_item):
            said = sentence(item.next_node(nodes.definition).astext())
            found |= {one: said for term in item.findall(nodes.term) for one in term["ids"]}
    return found


def add_titles(app, doctree, docname):
    if app.builder.name != "html":
        return
    for link in doctree.findall(nodes.reference):
        place = (link.get("refuri") or "").partition("#")[2] or link.get("refid", "")
        if place.startswith("term-") and (said := definitions(app.env).get(place)):
            link["reftitle"] = said


def link_exercises(app, doctree, docname):
    """Give every exercise a link to itself, as equations, figures and sections have."""
    for exercise in doctree.findall(exercise_enumerable_node):
        title = next((one for one in exercise.children if isinstance(one, nodes.title)), None)
        if title is not None and exercise.get("ids"):
            address = f"#{exercise['ids'][0]}"
            link = nodes.reference("", "#", internal=True, refuri=address, classes=["headerlink"])
            link["reftitle"] = "Link to this exercise"
            title += link


def setup(app):
    app.connect("doctree-resolved", link_exercises)
    app.connect("doctree-resolved", add_titles)
    return {"parallel_read_safe": True, "parallel_write_safe": True}

"""What docutils, Sphinx and the extensions write wrong, put right.

A test runs the checker of the W3C over every page; each entry here is something that it found. And
a line that a cell prints stays whole: the kernel cuts what is printed where its clock ticks, and
MyST-NB ends each piece with a new line when it merges them. No setting of theirs mends these.
"""

import re
import sys
from pathlib import Path
from urllib.parse import quote

from docutils import nodes
from myst_nb.core import render

sys.path.append(str(Path(__file__).resolve().parents[1]))
from tools.notebooks import joined

# Hides the visible text from a screen reader; out of use; the same id for every exercise of a page.
MENDED = {
    ' role="doc-biblioentry"': ' role="listitem"',
    ' id="exercise-content"': "",
    ' id="solution-content"': "",
}
# docutils names the width of the screen, and so does the theme.
VIEWPORT = re.compile(r'<meta name="viewport"[^>]*>')
# A heading of a column that says nothing is a cell like any other.
EMPTY_HEADING = re.compile(r"<th\b([^>]*)>\s*(?:<p>\s*</p>)?\s*</th>")


def mend_tree(app, doctree, docname):
    """Take a list out of the paragraph around it; spell out what an address may not contain."""
    for body in doctree.findall(nodes.field_body):
        for paragraph in [one for one in body if isinstance(one, nodes.paragraph)]:
            if any(isinstance(child, nodes.bullet_list) for child in paragraph):
                paragraph.replace_self(paragraph.children)
    for reference in doctree.findall(nodes.reference):
        if "refuri" in reference:
            reference["refuri"] = quote(reference["refuri"], safe="%/:?#[]@!$&'()*+,;=~")


def mend_page(app, pagename, templatename, context, doctree):
    body = context.get("body", "")
    for wrong, right in MENDED.items():
        body = body.replace(wrong, right)
    context["body"] = EMPTY_HEADING.sub(r"<td\1></td>", body)
    context["metatags"] = VIEWPORT.sub("", context.get("metatags", ""))


def setup(app):
    render.coalesce_streams = joined
    app.connect("doctree-resolved", mend_tree, priority=900)
    app.connect("html-page-context", mend_page, priority=900)
    return {"parallel_read_safe": True, "parallel_write_safe": True}

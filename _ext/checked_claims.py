"""After every sentence of the claims table, link its row on the page "What is verified".

A sentence that is not on its page, and a comparison without a row, are warnings. What a row says is
explained in ``chapters/claims.toml``; ``tools/claims.py`` reads it. No extension knows what a
sentence rests on.
"""

import json
import re
import sys
from pathlib import Path

from docutils import nodes
from sphinx.util import logging
from sphinx.util.docutils import SphinxRole

sys.path.append(str(Path(__file__).resolve().parents[1]))
from tools import claims

logger = logging.getLogger(__name__)
PAGE = "chapters/reference/verified"


class row_link(nodes.Inline, nodes.TextElement):  # noqa: N801, as docutils names its nodes
    """A link to a row of the table, once it is known which page it stands on."""


class ClaimRole(SphinxRole):
    """The link after a sentence: ``{claim}`label```, which no page writes itself."""

    def run(self):
        return [row_link("", label=self.text)], []


def mark_sentences(app, docname, content):
    """Write the role after each sentence of the table, in the text of the page that is read."""
    root, page = Path(app.srcdir), docname.removeprefix("chapters/")
    if not (root / claims.TABLE).exists():
        return
    rows = [claim for claim in claims.claims(root) if claim.page == page]
    if page.partition("/")[0] not in claims.table(root)["parts"] and not rows:
        return
    app.env.note_dependency(claims.TABLE.as_posix())
    is_notebook = content[0].startswith("{")
    notebook = json.loads(content[0]) if is_notebook else {}
    cells = notebook.get("cells") or [{"cell_type": "markdown", "source": content[0]}]
    prose = [cell for cell in cells if cell["cell_type"] == "markdown"]
    for cell in prose:
        cell["source"] = "".join(cell["source"])
    for sentence in claims.unsupported(page, "\n\n".join(c["source"] for c in prose), root):
        logger.warning("no row in %s for: %s", claims.TABLE, sentence, location=docname)
    for claim in rows:
        for sentence in claim.sentences:
            found = sum(mark(cell, sentence, claim.label) for cell in prose)
            if found != 1:
                told = ("claim %r: the page has this sentence %d times, not once: %s",)
                logger.warning(*told, claim.label, found, sentence, location=docname)
    content[0] = json.dumps(notebook) if is_notebook else cells[0]["source"]


def mark(cell, sentence, label):
    """Add the role wherever the cell has the sentence; return how often that is."""
    words = r"\s+".join(map(re.escape, sentence.split()))
    cell["source"], found = re.subn(words, rf"\g<0>{{claim}}`{label}`", cell["source"])
    return found


def link_rows(app, doctree, docname):
    for place in list(doctree.findall(row_link)):
        address = app.builder.get_relative_uri(docname, PAGE) + f"#claim-{place['label']}"
        link = nodes.reference("", "checked", refuri=address, internal=True)
        # A narrow space that no line breaks at.
        space = nodes.Text("\N{NARROW NO-BREAK SPACE}")
        place.replace_self([space, nodes.superscript("", "", link, classes=["checked-claim"])])


def setup(app):
    app.add_node(row_link)
    app.add_role("claim", ClaimRole())
    app.connect("source-read", mark_sentences)
    app.connect("doctree-resolved", link_rows)
    return {"parallel_read_safe": True, "parallel_write_safe": True}

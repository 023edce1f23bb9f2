"""In a book without some of its pages, a reference to them leads to the published site.

Sphinx would warn of each; intersphinx would have to fetch the site's inventory.
"""

from pathlib import Path

import nbformat
from docutils import nodes
from sphinx import addnodes
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util import docname_join


class ToLeftOutPages(SphinxPostTransform):
    """Let references to pages that were left out lead to the published ones."""

    default_priority = 5  # Before MyST and Sphinx warn that there is no such page.

    def run(self):
        for node in list(self.document.findall(addnodes.pending_xref)):
            page = page_of(node)
            if page in self.config.left_out_pages:
                text = node.astext() if node.get("refexplicit") else title(self.app.srcdir, page)
                node.replace_self(link(self.config, page, text))


def page_of(node):
    """Return the page that a reference names, by a role or by the path of a link, or None."""
    if node["reftype"] == "doc":
        return docname_join(node["refdoc"], node["reftarget"])
    return node["reftarget"] if node.get("refdomain") == "doc" else None


def lead_away(app, env, node, contnode):
    """Resolve a reference to what stands on a page that was left out."""
    for page in app.config.left_out_pages:
        if node["reftarget"] in (Path(app.srcdir) / f"{page}.ipynb").read_text(encoding="utf-8"):
            return link(app.config, page, contnode.astext() or title(app.srcdir, page))
    return None


def link(config, page, text):
    address = f"{config.html_baseurl}{page}.html"
    return nodes.reference("", "", nodes.inline("", text), refuri=address)


def title(root, page):
    """Return the title of a page that was not read: the first line of its notebook."""
    first, *_ = nbformat.read(Path(root) / f"{page}.ipynb", as_version=4).cells
    return first.source.partition("\n")[0].removeprefix("# ")


def setup(app):
    app.add_config_value("left_out_pages", [], "env")
    app.add_post_transform(ToLeftOutPages)
    app.connect("missing-reference", lead_away)
    return {"parallel_read_safe": True, "parallel_write_safe": True}

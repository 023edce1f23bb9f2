"""In a book without some of its pages, a reference to them leads to the published site.

Sphinx would warn of each; intersphinx would have to fetch the site's inventory.
"""

from pathlib import Path

from docutils import nodes


def lead_away(app, env, node, contnode):
    """Resolve a reference to a page that was left out, or to what stands on it."""
    target = node["reftarget"]
    for page in app.config.left_out_pages:
        if node["reftype"] == "doc":
            found = target.lstrip("/").endswith(page)
        else:
            found = target in (Path(app.srcdir) / f"{page}.ipynb").read_text(encoding="utf-8")
        if found:
            address = f"{app.config.html_baseurl}{page}.html"
            text = contnode.astext() or page
            return nodes.reference("", "", nodes.inline("", text), refuri=address)
    return None


def setup(app):
    app.add_config_value("left_out_pages", [], "env")
    app.connect("missing-reference", lead_away)
    return {"parallel_read_safe": True, "parallel_write_safe": True}

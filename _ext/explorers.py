"""Explorers on the site: their scripts beside the pages, loaded where and when they are needed.

A page that is no notebook shows one by ``{explorer} LineFittingExplorer``. Each ES module of
``lossbook/explorers/js`` becomes one script in ``_static/explorers/``. A page that shows an
explorer or frames loads its style and ``explorers.js``, which fetches the script of each explorer
that comes near the view and gives the frames their slider. No page loads anything for widgets that
it does not show. A link under the title leads whoever would rather play to the first. MyST-NB
shows widgets with a manager from another host.
"""

import html
import re
import zlib
from pathlib import Path

from docutils import nodes
from sphinx.util.docutils import SphinxDirective

from lossbook import explorers
from lossbook.explorers.widget import STYLE, Explorer, classic_script

FIGURES = re.compile('class="lossbook-(explorer|frames)"')
PLAY = "Play: "
LINK = '<p class="play-first d-print-none"><a href="#{to}">Play first</a>: {what}</p>'
LOADER = Path(__file__).with_name("explorers.js")


class ExplorerFigure(SphinxDirective):
    """The figure that a notebook's cell would show, in its first state."""

    required_arguments = 1

    def run(self):
        (data, _) = getattr(explorers, self.arguments[0])()._repr_mimebundle_()
        return [nodes.raw("", data["text/html"], format="html")]


def write_scripts(app):
    if app.builder.format != "html":
        return
    folder = Path(app.outdir) / "_static" / "explorers"
    folder.mkdir(parents=True, exist_ok=True)
    scripts = {name: classic_script(name) for name in explorers_by_name()}
    for name, text in scripts.items():
        (folder / f"{name}.js").write_text(text, encoding="utf-8")
    # Sphinx puts a checksum of the loader into its address. With this line it changes with every
    # script, and the loader hands it on, so that no browser keeps an old one.
    version = zlib.crc32("".join(scripts.values()).encode())
    loader = f"// Scripts {version:08x}\n{LOADER.read_text(encoding='utf-8')}"
    (folder / "explorers.js").write_text(loader, encoding="utf-8")
    (folder / "explorers.css").write_text(STYLE, encoding="utf-8")


def explorers_by_name():
    """Return the name of each explorer's script."""
    classes = [getattr(explorers, name) for name in explorers.__all__]
    return [c.name for c in classes if isinstance(c, type) and issubclass(c, Explorer)]


def load_what_is_shown(app, pagename, templatename, context, doctree):
    if doctree is None:
        return
    shown = [node.astext() for node in doctree.findall(nodes.raw)]
    if any(FIGURES.search(text) for text in shown):
        app.add_css_file("explorers/explorers.css")
        app.add_js_file("explorers/explorers.js", loading_method="defer")
    if not any("application/vnd.jupyter.widget-view+json" in text for text in shown):
        drop_widget_engine(app.env, pagename)


def offer_play(app, pagename, templatename, context, doctree):
    """Link to the section with the explorer, under the title of a page that has one."""
    for section in doctree.findall(nodes.section) if doctree else ():
        title = section[0].astext()
        if title.startswith(PLAY):
            link = LINK.format(to=section["ids"][0], what=html.escape(title.removeprefix(PLAY)))
            context["body"] = context["body"].replace("</h1>", f"</h1>\n{link}", 1)
            return


def drop_widget_engine(env, pagename):
    """Take back what MyST-NB adds for widgets whose views the page does not show."""
    scripts = getattr(env, "nb_metadata", {}).get(pagename, {}).get("js_files", {})
    for name in [name for name in scripts if name.startswith("ipywidgets_")]:
        del scripts[name]


def setup(app):
    app.add_directive("explorer", ExplorerFigure)
    app.connect("builder-inited", write_scripts)
    # Before MyST-NB's own handler, of priority 500, adds the scripts of the page.
    app.connect("html-page-context", load_what_is_shown, priority=400)
    # Before the button to run the page, which then stands above the link.
    app.connect("html-page-context", offer_play, priority=399)
    return {"parallel_read_safe": True, "parallel_write_safe": True}

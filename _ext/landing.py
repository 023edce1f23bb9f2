"""An explorer on a page that is no notebook: ``{explorer} LineFittingExplorer``."""

from docutils import nodes
from sphinx.util.docutils import SphinxDirective

from lossbook import explorers


class ExplorerFigure(SphinxDirective):
    """The figure that a notebook's cell would show, in its first state."""

    required_arguments = 1

    def run(self):
        (data, _) = getattr(explorers, self.arguments[0])()._repr_mimebundle_()
        return [nodes.raw("", data["text/html"], format="html")]


def setup(app):
    app.add_directive("explorer", ExplorerFigure)
    return {"parallel_read_safe": True, "parallel_write_safe": True}

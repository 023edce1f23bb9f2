"""A picture without alternative text is a warning, and so fails the build."""

from docutils import nodes
from sphinx.util import logging

logger = logging.getLogger(__name__)


def require_alternative_text(app, doctree, docname):
    for image in doctree.findall(nodes.image):
        if not image.get("alt", "").strip():
            logger.warning("a picture has no alternative text", location=image)


def setup(app):
    app.connect("doctree-resolved", require_alternative_text)
    return {"parallel_read_safe": True, "parallel_write_safe": True}

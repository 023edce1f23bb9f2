"""Pictures say what they show, keep their place and load when they are near.

One without alternative text is a warning, and so fails the build. Each gets its size; all but the
first wait. A picture inside the page (a frame of an interactive figure) becomes a file of its own,
so that only the frame that is looked at is loaded. Sphinx does none of this for an output of a
cell; imagesize, which it uses for reStructuredText, reads the sizes here too.
"""

import base64
import hashlib
import html
import re
from pathlib import Path

import imagesize
from docutils import nodes
from sphinx.util import logging

logger = logging.getLogger(__name__)
IMAGE = re.compile(r'<img\b(?P<before>[^>]*?)\bsrc="(?P<src>[^"]*)"(?P<after>[^>]*?)\s*/?>')
SVG_DATA = "data:image/svg+xml;base64,"


def size(file):
    """Return width and height in CSS pixels, or None."""
    width, height = map(round, imagesize.get(file))
    return [width, height] if width > 0 else None


def require_alternative_text(app, doctree, docname):
    for image in doctree.findall(nodes.image):
        if not image.get("alt", "").strip():
            logger.warning("a picture has no alternative text", location=image)


def store_frame(app, data):
    """Write a picture that stands in the page as a file; return its name."""
    content = base64.b64decode(data)
    name = f"frame-{hashlib.sha256(content).hexdigest()[:16]}.svg"
    folder = Path(app.outdir) / app.builder.imagedir
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(content)
    return name


def size_images(app, pagename, templatename, context, doctree):
    if "body" not in context:
        return
    names = {name: Path(app.srcdir) / source for source, name in app.builder.images.items()}
    folder = context["pathto"](app.builder.imagedir, resource=True)
    seen = 0

    def sized(match):
        nonlocal seen
        source, attributes = match["src"], match["before"] + match["after"]
        if source.startswith(SVG_DATA):
            name = store_frame(app, source.removeprefix(SVG_DATA))
            source, file = f"{folder}/{name}", Path(app.outdir) / app.builder.imagedir / name
        else:
            file = names.get(html.unescape(source).rsplit("/", 1)[-1])
        seen += 1
        if seen > 1 and "loading=" not in attributes:
            attributes += ' loading="lazy"'
        pixels = size(file) if file and file.exists() and "width=" not in attributes else None
        if pixels:
            attributes += f' width="{pixels[0]}" height="{pixels[1]}"'
        return f'<img src="{source}" {" ".join(attributes.split())}>'

    context["body"] = IMAGE.sub(sized, context["body"])


def setup(app):
    app.connect("doctree-resolved", require_alternative_text)
    app.connect("html-page-context", size_images, priority=900)
    return {"parallel_read_safe": True, "parallel_write_safe": False}

"""Pictures keep their place and load when they are near: each gets its size, later ones wait.

A picture inside the page (a frame of an interactive figure) becomes a file of its own, so that only
the frame that is looked at is loaded.
"""

import base64
import hashlib
import html
import re
from pathlib import Path

import imagesize
from sphinx.util import logging

logger = logging.getLogger(__name__)
IMAGE = re.compile(r'<img\b(?P<before>[^>]*?)\bsrc="(?P<src>[^"]*)"(?P<after>[^>]*?)\s*/?>')
SVG_DATA = "data:image/svg+xml;base64,"
# In the head of an SVG file: a length with its unit, pixels if it has none.
LENGTHS = [re.compile(rf'<svg\b[^>]*\s{s}="([\d.]+)(pt|px)?"') for s in ("width", "height")]
PIXELS = {"pt": 4 / 3, "px": 1.0, None: 1.0}


def size(file):
    """Return width and height in CSS pixels, or None."""
    if file.suffix == ".svg":
        head = file.read_text(encoding="utf-8")[:2000]
        found = [length.search(head) for length in LENGTHS]
        return [round(float(m[1]) * PIXELS[m[2]]) for m in found] if all(found) else None
    width, height = imagesize.get(file)
    return [width, height] if width > 0 else None


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
    app.connect("html-page-context", size_images, priority=900)
    return {"parallel_read_safe": True, "parallel_write_safe": False}

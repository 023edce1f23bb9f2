"""What other sites show beside a link to a page: a card for each part of the book.

`_static/social-card.png` is that of the front page; the others are drawn like it, with the part's
name, when the site is built. sphinxext-opengraph would draw one for every page.
"""

from functools import cache
from pathlib import Path

import yaml

from tools import front_page

WHOLE = front_page.CARD.name


@cache
def parts(root):
    """Return {page: name of its part} of the table of contents."""
    contents = yaml.safe_load((root / "_toc.yml").read_text(encoding="utf-8"))
    found = {}
    for part in contents.get("parts", []):
        for chapter in part["chapters"]:
            for one in (chapter, *chapter.get("sections", [])):
                found[one["file"]] = part["caption"]
    return found


def file_name(part):
    return f"cards/{part.lower().replace(' ', '-')}.png"


def name_card(app, pagename, templatename, context, doctree):
    part = parts(Path(app.srcdir)).get(pagename)
    context["social_card"] = file_name(part) if part else WHOLE


def draw(app, exception):
    if exception is not None or app.builder.name != "html":
        return
    static = Path(app.outdir) / "_static"
    for part in set(parts(Path(app.srcdir)).values()):
        file = static / file_name(part)
        if not file.exists():
            file.parent.mkdir(exist_ok=True)
            front_page.draw_card(file, part)


def setup(app):
    app.connect("html-page-context", name_card)
    app.connect("build-finished", draw)
    return {"parallel_read_safe": True, "parallel_write_safe": True}

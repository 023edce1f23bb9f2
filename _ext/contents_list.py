"""The list of contents folds: a line for each part, with its number of pages, one part open.

The theme writes a caption and a list for each part, all of them open: three screens of links.
"""

import re

PART = re.compile(r'<p [^>]*class="caption"[^>]*><span class="caption-text">(.*?)</span></p>')
ARROW = '<summary aria-label="Pages of this part">'


def folded(text):
    """Return the list with a fold for each part."""
    before, *parts = PART.split(text)
    pairs = list(zip(parts[::2], parts[1::2]))
    # A page that is in no part, such as the front page, shows where to begin.
    open_part = next((i for i, (_, links) in enumerate(pairs) if "current" in links), 0)
    folds = [
        f'<details class="part"{" open" * (i == open_part)}><summary>{name} '
        f'<span class="pages">{links.count("<a ")}</span></summary>{links}</details>'
        for i, (name, links) in enumerate(pairs)
    ]
    # The last piece also holds what closes the list.
    return before + "".join(folds)


def fold(app, pagename, templatename, context, doctree):
    generate = context["generate_toctree_html"]
    context["generate_toctree_html"] = lambda *args, **options: folded(
        str(generate(*args, **options)).replace("<summary>", ARROW)
    )


def setup(app):
    app.connect("html-page-context", fold, priority=900)
    return {"parallel_read_safe": True, "parallel_write_safe": True}

"""Found and linked: Greek in the search, a sitemap, a page for lost readers, exercise links."""

import unicodedata
from pathlib import Path
from urllib.parse import urlsplit
from xml.sax.saxutils import escape

from docutils import nodes
from sphinx.search.en import SearchEnglish

LETTERS = "αβγδεζηθικλμνξοπρστυφχψω"
# As LaTeX spells them: lambda, where Unicode says lamda.
GREEK = {unicodedata.name(letter).split()[-1].lower(): letter for letter in LETTERS}
GREEK["lambda"] = GREEK.pop("lamda")
NAMES = {letter: name for name, letter in GREEK.items()}


class SearchWithGreek(SearchEnglish):
    r"""Whoever looks for κ finds ``\kappa`` too, and the other way round."""

    def split(self, text):
        """Return the words of the text, and the other spelling of each Greek letter."""
        words = super().split(text)
        lower = [word.lower() for word in words]
        return words + [GREEK.get(w) or NAMES.get(w) for w in lower if w in GREEK or w in NAMES]


def link_exercises(app, doctree, docname):
    """Give every exercise a link to itself, as equations, figures and sections have."""
    for exercise in doctree.findall(lambda node: type(node).__name__.startswith("exercise_")):
        title = next((one for one in exercise.children if isinstance(one, nodes.title)), None)
        if title is not None and exercise.get("ids"):
            address = f"#{exercise['ids'][0]}"
            link = nodes.reference("", "#", internal=True, refuri=address, classes=["headerlink"])
            link["reftitle"] = "Link to this exercise"
            title += link


def add_lost_page(app):
    """Yield the page for addresses that lead nowhere; the server shows it at any depth."""
    base = urlsplit(app.config.html_baseurl).path
    yield "404", {"base": base, "title": "There is no page here"}, "404.html"


def write_sitemap(app, exception):
    if exception is None and app.builder.name == "html":
        base = app.config.html_baseurl
        pages = [f"{base}{app.builder.get_target_uri(name)}" for name in sorted(app.env.found_docs)]
        lines = "".join(f"<url><loc>{escape(page)}</loc></url>\n" for page in pages)
        sitemap = (
            '<?xml version="1.0" encoding="UTF-8"?>\n'
            f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{lines}</urlset>\n'
        )
        Path(app.outdir, "sitemap.xml").write_text(sitemap, encoding="utf-8")
        Path(app.outdir, "robots.txt").write_text(f"User-agent: *\nSitemap: {base}sitemap.xml\n")


def setup(app):
    app.add_search_language(SearchWithGreek)
    app.connect("doctree-resolved", link_exercises)
    app.connect("html-collect-pages", add_lost_page)
    app.connect("build-finished", write_sitemap)
    return {"parallel_read_safe": True, "parallel_write_safe": True}

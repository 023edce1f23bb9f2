"""A page names the repository as ``{{repository}}`` and the site as ``{{site}}``, in code too.

The address itself stands in `_config.yml` alone: see `tools/address.py`. Search engines get all
addresses as a sitemap; one that leads nowhere shows the page 404. MyST's substitutions do not reach
code or links, and sphinx-sitemap lists only the pages that the last build wrote.
"""

import sys
from pathlib import Path
from urllib.parse import urlsplit
from xml.sax.saxutils import escape

sys.path.append(str(Path(__file__).resolve().parents[1]))
from tools import address


def name_the_site(app, config):
    config.html_baseurl = address.read(Path(app.srcdir)).site


def write_out(app, docname, source):
    here = address.read(Path(app.srcdir))
    for name, value in (("repository", here.repository), ("site", here.site)):
        source[0] = source[0].replace(f"{{{{{name}}}}}", value)


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
    app.connect("html-collect-pages", add_lost_page)
    app.connect("build-finished", write_sitemap)
    app.connect("config-inited", name_the_site)
    app.connect("source-read", write_out)
    return {"parallel_read_safe": True, "parallel_write_safe": True}

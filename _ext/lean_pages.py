"""What a page sends: one stylesheet, the scripts that it uses, and nothing from elsewhere.

The theme's own layout asks for icons as 1.5 MB of script, the search index on every page and live
code from another host, and has scripts in attributes. `_templates/layout.html` writes what is
chosen here instead, and a content security policy under which nothing else would load. Neither the
theme nor an extension has a setting for this.
"""

import base64
import hashlib
from pathlib import Path
from urllib.parse import quote

from docutils import nodes
from sphinx.errors import ExtensionError
from sphinx_design.dropdown import dropdown_title

# Stylesheets of the theme itself, which come before those of the extensions.
THEME_STYLES = ["basic.css", "styles/pydata-sphinx-theme.css"]
LAST_STYLES = ["katex/katex.min.css"]
# What the theme needs beyond the extensions' scripts. site.js has the settings of the others.
FIRST, LAST = ["site.js"], ["scripts/bootstrap.js", "scripts/theme.js"]
# The theme's script once more without what it does on load: it asks each block of code for its
# width and writes to it, in turn, which lays out the whole page many times. site.js asks all first.
THEME_SCRIPT = "scripts/pydata-sphinx-theme.js"
SLOW = '"complete"===document.readyState?I():window.addEventListener("load",I)'
# Of a page with formulas. A font that comes late lays all of them out once more.
FORMULA_FONTS = ["katex/fonts/KaTeX_Main-Regular.woff2", "katex/fonts/KaTeX_Math-Italic.woff2"]
SEARCH_SCRIPTS = ["language_data.js", "searchtools.js", "search/ranking.js", "../searchindex.js"]
# What folds is a `<details>`, and nothing here has tabs or live code of Thebe's.
UNUSED = {"sphinx-thebe.js", "sphinx-thebe.css", "design-tabs.js", "togglebutton.js",
          "togglebutton.css", *FIRST, *THEME_STYLES}  # fmt: skip

# Before anything is painted: dark or light, as the reader chose or the system says; and that the
# page arrives, so that what is far below waits to be laid out, see site.js. Who comes to a place
# in the page, or back to it, gets all at once. The fonts of formulas are asked for here, since a
# page opened from a file may not do so.
FIRST_SCRIPT = """
var root = document.documentElement, mode = "auto";
try { mode = localStorage.getItem("mode") || mode; } catch (error) {}
root.dataset.mode = mode;
root.dataset.theme = mode !== "auto" ? mode :
  matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
var arrival = performance.getEntriesByType("navigation")[0] || {};
if (arrival.type === "navigate" && !location.hash) root.classList.add("arriving");
var fonts = location.protocol === "file:" ? "" : document.currentScript.dataset.fonts || "";
for (var href of fonts.split(" ").filter(Boolean)) document.head.append(Object.assign(
  document.createElement("link"),
  { rel: "preload", as: "font", type: "font/woff2", crossOrigin: "", href: href }));
"""


def policy():
    digest = base64.b64encode(hashlib.sha256(FIRST_SCRIPT.encode()).digest()).decode()
    return "; ".join(
        [
            "default-src 'self'",
            f"script-src 'self' 'wasm-unsafe-eval' 'sha256-{digest}'",
            "worker-src 'self'",
            "connect-src 'self'",
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data:",
            "font-src 'self' data:",
            "object-src 'none'",
            "base-uri 'self'",
            "form-action 'self'",
        ]
    )


def choose_assets(app, pagename, templatename, context, doctree):
    scripts = FIRST + local_files(app, context["script_files"]) + LAST
    context["scripts"] = scripts + SEARCH_SCRIPTS * (pagename == "search")
    context["styles"] = THEME_STYLES + local_files(app, context["css_files"]) + LAST_STYLES
    context["fonts"] = FORMULA_FONTS if 'class="katex' in context.get("body", "") else []
    context["first_script"] = FIRST_SCRIPT
    context["content_security_policy"] = policy()
    context["base_address"] = app.config.html_baseurl
    context["description"] = description(doctree) if doctree else ""


def local_files(app, assets):
    """Return the names of the scripts or styles that a page loads at once.

    Those in a folder inside of `_static` are for other scripts to load when they are needed.
    """
    own = Path(app.srcdir) / "_static"
    names = [str(getattr(asset, "filename", asset) or "").split("?")[0] for asset in assets]
    names = [name.removeprefix("_static/") for name in names if name and "://" not in name]
    return [
        name for name in names if name not in UNUSED and not ("/" in name and (own / name).exists())
    ]


def drop_live_code(app, doctree, docname):
    """Take out what sphinx-thebe, which Jupyter Book always loads, writes for live code."""
    for raw in list(doctree.findall(nodes.raw)):
        if "text/x-thebe-config" in raw.astext() or "kernelName =" in raw.astext():
            raw.parent.remove(raw)


def name_answers(app, doctree, docname):
    """Say "formula" before the title of a fold that has no word, or some would hear nothing."""
    for title in doctree.findall(dropdown_title):
        words = [text for text in title.findall(nodes.Text) if is_word(text)]
        if not words:
            title.insert(0, nodes.inline("", "formula ", classes=["sr-only"]))


def is_word(text):
    parent = text.parent
    return bool(text.strip()) and not isinstance(parent, (nodes.math, nodes.raw))


def description(doctree):
    """Return the first paragraph of the page, for search engines and for whoever shares a link."""
    paragraph = next(iter(doctree.findall(nodes.paragraph)), None)
    text = " ".join(paragraph.astext().split()) if paragraph else ""
    return text if len(text) <= 160 else text[:157].rsplit(" ", 1)[0] + " …"


def name_buttons(app, pagename, templatename, context, doctree):
    """Say what the buttons do, and leave out those that would need a script in an attribute."""
    buttons = []
    for button in context.get("header_buttons", []):
        for link in button.get("buttons", []):
            if link.get("label") == "source-edit-button":
                link.update(text="Edit this page", tooltip="Edit the source of this page")
                if link["url"].endswith(".ipynb"):  # GitHub would open its JSON for editing.
                    link.update(
                        text="Source of this page",
                        tooltip="See the notebook that this page is made of",
                        url=link["url"].replace("/edit/", "/blob/", 1),
                    )
            if link.get("label") == "source-issues-button":
                link.update(
                    text="Report an error here",
                    tooltip="Open an issue that names this page",
                    url=issue_address(app, pagename),
                )
        if "buttons" in button:
            button["buttons"] = [one for one in button["buttons"] if one["type"] != "javascript"]
        if button["type"] != "javascript" and button.get("buttons") != []:
            buttons.append(button)
    context["header_buttons"] = buttons


def issue_address(app, pagename):
    repository = app.config.html_theme_options["repository_url"]
    title = quote(f"Error on {pagename}")
    body = quote("Which equation, figure or sentence, what is wrong, and how you know:\n")
    return f"{repository}/issues/new?title={title}&body={body}"


def write_theme_script(app, exception):
    if exception is None and app.builder.format == "html":
        folder = Path(app.outdir) / "_static"
        script = without_slow_part((folder / THEME_SCRIPT).read_text(encoding="utf-8"))
        (folder / LAST[-1]).write_text(script, encoding="utf-8")


def without_slow_part(script):
    if script.count(SLOW) != 1:
        raise ExtensionError(
            f"{THEME_SCRIPT} does not have {SLOW!r} once: look how this version of the theme marks "
            "what scrolls, and change SLOW in _ext/lean_pages.py, or drop it"
        )
    script = script.replace(SLOW, "0")
    return "".join(line for line in script.splitlines(True) if "sourceMappingURL" not in line)


def setup(app):
    app.connect("doctree-resolved", drop_live_code, priority=900)
    app.connect("doctree-resolved", name_answers, priority=900)
    app.connect("html-page-context", choose_assets, priority=900)
    app.connect("html-page-context", name_buttons, priority=900)
    # Before the one stylesheet is made of what the scripts name.
    app.connect("build-finished", write_theme_script, priority=400)
    return {"parallel_read_safe": True, "parallel_write_safe": False}

"""All styles of a page in one file, without the rules that no page of the site can use.

The theme and the extensions bring eleven stylesheets of 540 KB, most of it for components that the
book does not have, and 275 KB of icon fonts for some twenty icons. A rule stays if every class and
id in it occurs in a page or in a script of the site; a font keeps the icons that the rules name.
PurgeCSS keeps more of the same styles, leaves the fonts whole and brings 24 packages of npm.
"""

import base64
import io
import logging
import posixpath
import re
from pathlib import Path

import tinycss2
from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont
from sphinx.errors import ExtensionError

# It would tell of every table of every font.
logging.getLogger("fontTools.subset").setLevel("WARNING")
NAME = "site.css"
COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
ADDRESS = re.compile(r"""url\((["']?)(?!data:|#)([^)"']+)\1\)""")
# What a selector needs to be there: classes and ids outside of :not(…), :is(…), :where(…), […].
OPTIONAL = re.compile(r":(?:not|is|where|has)\((?:[^()]|\([^()]*\))*\)|\[[^\]]*\]")
NEEDED = re.compile(r"[.#]((?:[\w-]|\\.)+)")
ICON = re.compile(r'content:"(?:\\([0-9a-f]{4})|([\ue000-\uf8ff]))"')
NAMES = re.compile(r'(?:class|id)="([^"]*)"')
WORD = re.compile(r"[\w-]+")
PARTS = re.compile(r"/\* (.*?) \*/")


def used(rules, words):
    """Return the rules, a text or parsed, without those that need a class or id not in words."""
    kept = []
    for rule in tinycss2.parse_rule_list(rules, skip_comments=True, skip_whitespace=True):
        if rule.type == "error":
            raise ExtensionError(f"a stylesheet cannot be read: {rule.message}")
        prelude, body = tinycss2.serialize(rule.prelude).strip(), rule.content
        if body is None:
            continue  # @import and @charset: everything is here already
        body = tinycss2.serialize(body).strip()
        if rule.type == "at-rule":
            if rule.lower_at_keyword in ("media", "supports"):
                body = used(rule.content, words)
            if body:
                kept.append(f"@{rule.at_keyword} {prelude}".strip() + f"{{{body}}}")
        elif selectors := [one for one in split_list(prelude) if is_used(one, words)]:
            kept.append(f"{','.join(selectors)}{{{body}}}")
    return "\n".join(kept)


def split_list(selectors):
    return [one.strip() for one in re.split(r",(?![^(]*\))", selectors)]


def is_used(selector, words):
    needed = NEEDED.findall(OPTIONAL.sub("", selector))
    return all("\\" in name or name in words for name in needed)


def icon_font(face, folder, icons):
    """Return the rule of a font with these icons alone, inside the stylesheet, or nothing."""
    file = next(name for _, name in ADDRESS.findall(face) if name.endswith(".ttf"))
    font = TTFont(folder / file, recalcTimestamp=False)  # The same icons are the same bytes.
    wanted = icons & set(font.getBestCmap())
    if not wanted:
        return ""
    subsetter = Subsetter(Options(layout_features=[], notdef_outline=False))
    subsetter.populate(unicodes=wanted)
    subsetter.subset(font)
    font.flavor = "woff"
    buffer = io.BytesIO()
    font.save(buffer)
    data = base64.b64encode(buffer.getvalue()).decode()
    return re.sub(r"src:[^;}]*", f'src:url("data:font/woff;base64,{data}")', face)


def merge(static, files, words):
    """Return the text of the one stylesheet, for files under static in the order of the pages."""
    texts = []
    for file in files:
        folder = posixpath.dirname(file)
        text = COMMENT.sub("", (static / file).read_text(encoding="utf-8"))
        text = ADDRESS.sub(
            lambda m, folder=folder: f'url("{posixpath.normpath(posixpath.join(folder, m[2]))}")',
            text,
        )
        texts.append(used(text, words))
    text = "\n".join(texts)
    icons = {int(code, 16) if code else ord(letter) for code, letter in ICON.findall(text)}
    return re.sub(
        r"@font-face\{[^}]*Font ?Awesome[^}]*\}|@font-face\{[^}]*webfonts[^}]*\}",
        lambda match: icon_font(match[0], static, icons),
        text,
    )


def take_styles(app, pagename, templatename, context, doctree):
    """Note the styles that `lean_pages` chose for a page, and name the one file to the layout."""
    noted = getattr(app.env, "noted_styles", [])
    app.env.noted_styles = list(dict.fromkeys([*noted, *context["styles"]]))
    context["stylesheet"] = NAME


def write(app, exception):
    noted = getattr(app.env, "noted_styles", None)
    if exception is not None or noted is None:  # No page was written: the styles are as they were.
        return
    site = Path(app.outdir)
    static = site / "_static"
    words = set()
    for file in site.rglob("*.html"):
        for attribute in NAMES.findall(file.read_text(encoding="utf-8")):
            words.update(attribute.split())
    for file in static.rglob("*.js"):
        if file.name != "fontawesome.js":
            words.update(WORD.findall(file.read_text(encoding="utf-8")))
    # Styles that only a page needs which was not written this time: the last file names them.
    earlier = PARTS.match((static / NAME).read_text("utf-8")) if (static / NAME).exists() else None
    files = list(dict.fromkeys([*noted, *(earlier[1].split() if earlier else [])]))
    text = f"/* {' '.join(files)} */\n{merge(static, files, words)}"
    (static / NAME).write_text(text, encoding="utf-8")


def setup(app):
    app.connect("html-page-context", take_styles, priority=950)
    # After every extension has copied its own.
    app.connect("build-finished", write, priority=900)
    return {"parallel_read_safe": True, "parallel_write_safe": True}

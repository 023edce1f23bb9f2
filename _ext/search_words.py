"""What people type, for the search and the index: `chapters/search_words.toml` and the facts.

Sphinx searches titles, words and functions of the book; who types BCEWithLogitsLoss or 损失函数
uses none of them. Each word becomes an entry of the index that leads to its page or card, and
`_static/search/ranking.js` puts the page that an entry names before those that only mention it.
Pagefind has to fetch its index, which a page opened from a file cannot.
"""

import re
import tomllib
import unicodedata
from pathlib import Path

from docutils import nodes
from sphinx import addnodes
from sphinx.errors import ExtensionError
from sphinx.search.en import SearchEnglish
from sphinx.util.index_entries import split_index_msg

from lossbook.facts import facts

TABLE = "chapters/search_words.toml"
# The class or function of a library, of which the last two names are typed: nn.MSELoss.
CALL = re.compile(r"\b((?:\w+\.)+)(\w+)\(")
LIBRARIES = ("torch", "keras", "optax", "sklearn", "scipy", "xgboost", "lightgbm", "statsmodels",
             "torchvision", "sentence_transformers")  # fmt: skip

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


def words(line):
    return [word.strip() for word in line.split(",")]


def library_names(name):
    """Return what a loss is called elsewhere: MSELoss, torch.nn.MSELoss."""
    found = {}
    for entry in facts[name].elsewhere:
        for path, last in CALL.findall(f"{entry.call} {entry.function}"):
            if path.split(".")[0] in LIBRARIES:
                found |= {f"{path}{last}": 0}
    return list(found)


def entries(root, docname):
    """Return (word, name of its card or nothing) of every entry that leads to a page."""
    table = tomllib.loads((root / TABLE).read_text(encoding="utf-8"))
    page = docname.removeprefix("chapters/")
    found = [(word, "") for word in words(table["pages"].get(page, "")) if word]
    for name, fact in facts.items():
        if page == f"reference/loss_cards/{fact.family}":
            known = [*words(table["cards"].get(name, "")), *library_names(name)]
            found += [(word, name) for word in dict.fromkeys(known) if word]
    return found


def add_entries(app, doctree):
    root, docname = Path(app.srcdir), app.env.docname
    if not (root / TABLE).exists():  # A small book, as the tests make.
        return
    app.env.note_dependency(TABLE)
    found = entries(root, docname)
    if found:
        ids = {
            one: section["ids"][0]
            for section in doctree.findall(nodes.section)
            for one in section["ids"]
        }
        rows = [
            ("single", word, ids[nodes.make_id(name)] if name else "", "main", None)
            for word, name in found
        ]
        doctree.insert(0, addnodes.index(entries=rows))  # For the search.
        app.env.get_domain("index").entries[docname] += rows  # For the page of the index.


def remember_entries(app):
    """Give the search the entries of pages that are not written anew, which Sphinx forgets."""
    indexer = getattr(app.builder, "indexer", None)
    for docname, rows in app.env.get_domain("index").entries.items() if indexer else ():
        entries = {
            (text, target or "", main)
            for kind, value, target, main, _ in rows
            for text in split_index_msg(kind, value)
        }
        indexer._index_entries.setdefault(docname, sorted(entries))
    return ()


def check_table(app, env):
    """Stop at a line for a page or a card that is not there."""
    root = Path(app.srcdir)
    if not (root / TABLE).exists():
        return
    table = tomllib.loads((root / TABLE).read_text(encoding="utf-8"))
    left_out = {page.removeprefix("chapters/") for page in app.config.left_out_pages}
    known = {name.removeprefix("chapters/") for name in env.found_docs} | left_out
    for kind, names in (("pages", known), ("cards", set(facts))):
        for name in table[kind].keys() - names:
            raise ExtensionError(f"{TABLE} has words for {name!r}, which is none of the {kind}")


def setup(app):
    app.add_search_language(SearchWithGreek)
    app.connect("doctree-read", add_entries)
    app.connect("env-check-consistency", check_table)
    # The last moment before the index is written; it adds no page.
    app.connect("html-collect-pages", remember_entries)
    return {"parallel_read_safe": True, "parallel_write_safe": True}

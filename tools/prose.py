"""Find words and turns of phrase that a native editor would change; say what to write instead.

``python tools/prose.py [FILE ...]`` reads Markdown cells, captions and alternative texts of the
notebooks, and Markdown files; it exits with 1 if it found something. Formulas, code, links and
labels are left out. A pattern belongs here if it was met more than once and is never right.
"""

import re
import sys
from pathlib import Path

import nbformat

ROOT = Path(__file__).resolve().parents[1]

# Where a sentence begins: at the start of a paragraph, an item or a cell of a table, or after one.
START = r"(?:^[\s>*|#-]*|[.!?:] +\**)"

# What a pattern finds is any case, at the boundaries of words.
WORDS = {
    r"who(?:m|so)?ever": "anyone who, if you",
    r"mend(?:s|ed|ing)?": "fix",
    r"dear(?:er|est)?": "expensive, or costs more",
    r"by heart": "memorize",
    r"of itself": "by itself",
    r"which share": "what share",
    r"said of": "define it with a noun: a function is convex if …",
    r"in place of": "instead of",
    r"no wonder|small wonder|so much for": "a sentence with a subject and a verb",
    r"and no further|and no more than that|right, and no more": "say what the limit is",
    r"who belongs to whom": "the pairing",
    r"ever (?:more|less|\w+(?<!nev)er)": "more and more, or smaller and smaller",
    r"nothing but": "only",
    r"com(?:e|es|ing) to rest": "stop, level off",
    r"(?:samples|pictures|records|rows|batches) a step": "per step",
    r"(?:lest|hitherto|henceforth|thereof|therein|whereby|albeit|whence|thence|forthwith)":
        "a word that people say",
    r"betrays?": "reveal, show",
    r"way round": "American: way around",
    r"towards|whilst|amongst|learnt|spelt": "American: toward, while, among, learned, spelled",
    r"(?:col|behavi|neighb|fav|flav|hon)our\w*|cent(?:re|red|ring)|analys(?:e|ed|es|ing)"
    r"|(?:minim|maxim|optim|normal|general|regular|standard|initial|penal|real)"
    r"is(?:e|ed|es|ing|ation)":
        "American spelling",
}  # fmt: skip
# Openings: a sentence without a verb, a verb before its subject, a preposition before its question.
OPENINGS = {
    r"By hand:": "a sentence: check it by hand; by hand, you get …",
    r"(?:On|In|At|Below|Above|Behind|Under|Among)(?: [^\s.,;:?]+){1,6}"
    r" (?:stands?|lies?|hangs?|sits?) (?:an?|the|no) ": "the subject first",
    r"(?:Always to|To) \w+(?: [^\s.,;:?]+){1,12} (?:is|means|takes|costs) ": "if you …, or doing …",
    r"(?:From|With|Of|Against) wh(?:at|om)(?: [^\s.;:]+){1,12}\?": "the preposition last",
    r"(?:Such|So|Thus) (?:is|are) the ": "the subject first",
}
RULES = [
    *((re.compile(rf"\b(?:{words})\b", re.IGNORECASE), say) for words, say in WORDS.items()),
    *((re.compile(START + words, re.MULTILINE), say) for words, say in OPENINGS.items()),
]

# What is no prose. A role leaves its title; a directive leaves its title, text and caption.
NO_PROSE = re.compile(
    r"^(`{3,})(?:\{math\}|(?!\{)\w*$).*?^\1$"  # a formula or code
    r"|\$\$.*?\$\$|\$[^$\n]+\$|(?<!`)`[^`\n]+`"  # in a line; the text of a role, too
    r"|<!--.*?-->|^:(?!alt:|caption:)\w+:.*?$|^`{3,}\{(?!exercise\}|admonition\}).*?$"
    r"|\]\([^)]*\)|https?://\S+|^\(\S+\)=$",
    re.DOTALL | re.MULTILINE,
)
# In front of a title, an alternative text or a caption, so that a sentence begins behind it.
MARKER = re.compile(r"^(?:`{3,}\{\w+\}|:(?:alt|caption):) *", re.MULTILINE)


def prose(text):
    """Return the text with blanks for what is no prose, each line in its place."""
    return MARKER.sub("", NO_PROSE.sub(lambda m: " _ " + "\n" * m[0].count("\n"), text))


def passages(path):
    """Yield (place, text) of each piece of prose in a file."""
    if path.suffix == ".md":
        yield "line", path.read_text(encoding="utf-8")
        return
    for number, cell in enumerate(nbformat.read(path, as_version=4).cells):
        if cell.cell_type == "markdown":
            yield f"cell {number}, line", cell.source
        shown = cell.metadata.get("mystnb", {})
        for kind, key in (("figure", "caption"), ("image", "alt")):
            yield f"cell {number}, {key}, line", shown.get(kind, {}).get(key, "")


def found(text):
    """Yield (line, what was found, advice) of each pattern in a text."""
    words = prose(text)
    for rule, advice in RULES:
        for match in rule.finditer(words):
            line = words.count("\n", 0, match.end()) + 1
            yield line, " ".join(match[0].lstrip("\n .!?:>*|#-").split()), advice


def complaints(path):
    return [
        f"{path.relative_to(ROOT)}, {place} {line}: “{what}” → {advice}"
        for place, text in passages(path)
        for line, what, advice in found(text)
    ]


def files():
    """Return the pages of the book and the Markdown files beside it."""
    notebooks = (p for p in ROOT.glob("chapters/**/*.ipynb") if ".ipynb_" not in str(p))
    return sorted([*notebooks, *ROOT.glob("chapters/**/*.md"), *ROOT.glob("*.md")])


def main(*paths):
    chosen = [Path(p).resolve() for p in paths] or files()
    wrong = [line for path in chosen for line in complaints(path)]
    print(*wrong, sep="\n", end="\n" if wrong else "")
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main(*sys.argv[1:])

r"""A resolved page as plain Markdown, which every notebook program and every website can show.

Sphinx has resolved the numbers and the links; here each node becomes what all understand:
``$$ … \tag{2} $$``, links to the site, quotes, headings, ``<details>``. There is a form for every
node that a chapter uses; another one stops the build with its name, lest something be lost.
Sphinx's Markdown builders have neither numbers nor folds, so this is a writer of our own.
"""

import html
import re
from dataclasses import dataclass
from urllib.parse import urljoin

from docutils import nodes
from docutils.utils.math import tex2unichar
from myst_nb.sphinx_ import HideCodeCellNode
from rendered_math import as_one_display
from sphinx.addnodes import index
from sphinx_design.dropdown import dropdown_main
from sphinx_exercise.nodes import exercise_enumerable_node, solution_node

SPECIAL = re.compile(r"[\\`*~]|(?<!\w)_|_(?!\w)|\](?=[(\[])")
# What would begin a heading, a quote or a list at the start of a line.
LEADING = re.compile(r"^(#|>|[-+](?=\s))|^(\d+)([.)])(?=\s)")
# Environments that number their own lines, and those that leave it to the tag.
PLAIN = {"align*": "aligned", "gather*": "gathered", "split": "aligned"}
LANGUAGES = {"ipython3": "python", "python": "python", "console": "console"}
FOLD = "<details>"
GLYPHS = tex2unichar.mathord | tex2unichar.mathalpha | tex2unichar.mathrel | tex2unichar.mathbin
# Classes of what is there for a screen reader on the page, or is drawn by a style.
NOT_WORDS = {"sr-only", "sd-summary-state-marker"}


@dataclass
class Code:
    """A code cell of the source, by its number, with the picture that it draws, if it has one."""

    index: int
    figure: nodes.figure | None


class Try:
    """An empty cell, in which the reader answers an exercise."""


class Page:
    """Writes one page; `address` is where it stands on the site, `numbers` those of Sphinx."""

    def __init__(self, address, numbers, figure_format, type_of):
        self.address, self.numbers, self.format = address, numbers, figure_format
        self.type_of = type_of
        self.cells, self.text = [], []

    def write(self, doctree):
        """Return the cells of the page: text, `Code` and `Try`, in order."""
        self.walk(doctree, 0)
        self.flush()
        return self.cells

    def flush(self, *cells):
        """End the cell of text, and put other cells after it."""
        if self.text:
            self.cells.append("\n\n".join(self.text))
            self.text = []
        self.cells += cells

    def add(self, texts):
        """Add blocks to the cell of text; what follows a fold begins a cell of its own.

        Notebook programs leave no space under a fold, and the words after it seem to belong to it.
        """
        for text in texts:
            if self.text and self.text[-1].startswith(FOLD) and not text.startswith(FOLD):
                self.flush()
            self.text.append(text)

    def walk(self, node, level):
        """Go through a section; what runs becomes a cell, the rest is text."""
        for child in node.children:
            match child:
                case nodes.section():
                    self.flush()
                    self.walk(child, level + 1)
                case nodes.title():
                    self.text.append(f"{'#' * level} {self.inline(child)}")
                    if level == 1:
                        self.flush()
                case exercise_enumerable_node():
                    self.flush()
                    self.text.append(f"{'#' * (level + 1)} {self.exercise_title(child)}")
                    self.add(self.blocks(child.children[1:]))
                case solution_node():
                    programmed = any(map(is_cell, child.findall(nodes.container)))
                    self.flush(*[Try()] * programmed)
                    self.text += [self.fold(child[0], child.children[1:])]
                    self.flush()
                case nodes.container() if is_cell(child):
                    figure = next(iter(child.findall(nodes.figure)), None)
                    self.flush(Code(child["cell_index"], figure))
                    if figure is not None:
                        self.add(self.caption(figure))
                case _:
                    self.add(self.blocks([child]))

    def number(self, node):
        kind = self.type_of(node)
        number = ".".join(map(str, self.numbers[kind][node["ids"][0]]))
        return self.format[kind] % number

    def exercise_title(self, node):
        return f"{self.number(node)}{self.inline(node[0])}"

    def caption(self, figure):
        """Return the caption of a picture, and what the picture shows for who cannot see it."""
        image = next(iter(figure.findall(nodes.image)))
        caption = next(iter(figure.findall(nodes.caption)), nodes.caption())
        words = f"<details>\n<summary>The picture in words</summary>\n\n{escape(image['alt'])}"
        return [f"**{self.number(figure)}.** {self.inline(caption)}", f"{words}\n\n</details>"]

    def blocks(self, children):
        """Return the text of each block."""
        return [text for child in children for text in self.block(child) if text]

    def block(self, node):
        match node:
            case nodes.paragraph() if "checked-by" in node["classes"]:
                return [f"<small>{self.inline(node)}</small>"]
            case nodes.paragraph() if "where-it-runs" in node["classes"]:
                return []
            case nodes.paragraph():
                return [LEADING.sub(escaped_start, self.inline(node))]
            case nodes.math_block():
                return [self.display(node)]
            case nodes.literal_block():
                return [fence(node)]
            case nodes.bullet_list() | nodes.enumerated_list():
                return [self.items(node)]
            case nodes.admonition():
                return [quote([f"**{self.inline(node[0])}**", *self.blocks(node.children[1:])])]
            case nodes.block_quote():
                return [quote(self.blocks(node.children))]
            case dropdown_main():
                return [self.fold(node[0], node.children[1:])]
            case nodes.figure():
                image = next(iter(node.findall(nodes.image)))
                return [self.inline(nodes.paragraph("", "", image)), self.caption(node)[0]]
            case nodes.table():
                return [self.table(node)]
            # A compound is a list of pages, which the theme shows beside the text; raw is what the
            # page's script draws, such as the button under a graded exercise; an index is of words
            # that are searched.
            case nodes.target() | nodes.comment() | nodes.compound() | nodes.raw() | index():
                return []
            # The body of an exercise or a fold, or a code cell inside of one.
            case nodes.section() | nodes.container() | HideCodeCellNode():
                return self.blocks(node.children)
        raise NotImplementedError(
            f"{self.address}: a notebook for readers has no form for the block {node.tagname!r}; "
            "add one to _ext/plain_markdown.py"
        )

    def fold(self, title, children):
        """Return what is closed until the reader opens it."""
        words = self.summary(title)
        body = "\n\n".join(self.blocks(children))
        return f"<details>\n<summary>{words}</summary>\n\n{body}\n\n</details>"

    def display(self, node):
        tex = as_one_display(node.astext().strip())
        for starred, plain in PLAIN.items():
            for edge in ("begin", "end"):
                tex = tex.replace(rf"\{edge}{{{starred}}}", rf"\{edge}{{{plain}}}")
        tex = re.sub(r"\\(begin|end)\{equation\*\}", "", tex)
        lines = [line.strip() for line in tex.splitlines() if line.strip()]
        number = self.numbers.get("displaymath", {}).get(next(iter(node["ids"]), ""))
        tag = [rf"\tag{{{'.'.join(map(str, number))}}}"] if number else []
        return "\n".join(["$$", *map(apart, lines), *tag, "$$"])

    def items(self, node):
        numbered = isinstance(node, nodes.enumerated_list)
        lines = []
        for number, item in enumerate(node.children, start=node.get("start", 1)):
            mark = f"{number}. " if numbered else "- "
            text = "\n\n".join(self.blocks(item.children))
            lines.append(mark + text.replace("\n", "\n" + " " * len(mark)))
        return "\n".join(lines)

    def table(self, node):
        rows = []
        for row in node.findall(nodes.row):
            entries = [" ".join(self.blocks(entry.children)) for entry in row]
            rows.append(f"| {' | '.join(map(in_table, entries))} |")
        rows.insert(1, "|" + " --- |" * len(next(iter(node.findall(nodes.row)))))
        return "\n".join(rows)

    def inline(self, node):
        return "".join(self.words(child) for child in node.children)

    def words(self, node):
        match node:
            case nodes.Text():
                return escape(" ".join(re.split(r"\s+", node.astext())))
            case nodes.math():
                return f"${apart(' '.join(node.astext().split()))}${node.get('tail', '')}"
            case nodes.literal():
                return span(literal(node))
            case nodes.emphasis():
                return f"*{self.inline(node)}*"
            case nodes.strong():
                return f"**{self.inline(node)}**"
            case nodes.reference() if "headerlink" in node["classes"]:
                return ""
            case nodes.reference():
                return f"[{self.inline(node)}]({self.link(node)})"
            case nodes.superscript():
                return f"<sup>{self.inline(node)}</sup>"
            case nodes.image():
                return f"![{escape(node['alt'])}]({urljoin(self.address, node['uri'])})"
            case nodes.inline():
                return "" if NOT_WORDS & set(node["classes"]) else self.inline(node)
            case nodes.raw():
                return "" if "<wbr>" in node.astext() else node.astext()
            case nodes.target():
                return ""
        raise NotImplementedError(
            f"{self.address}: a notebook for readers has no form for {node.tagname!r} in a line; "
            "add one to _ext/plain_markdown.py"
        )

    def link(self, node):
        return urljoin(self.address, node.get("refuri") or f"#{node['refid']}")

    def summary(self, node):
        """Return the words of a title as HTML: Markdown is not read inside of <summary>."""
        parts = []
        for child in node.children:
            match child:
                case nodes.Text():
                    parts.append(html.escape(child.astext(), quote=False))
                case nodes.math():
                    parts.append(f"<var>{in_text(child.astext())}</var>")
                case nodes.literal():
                    parts.append(f"<code>{html.escape(literal(child), quote=False)}</code>")
                case nodes.emphasis() | nodes.strong():
                    mark = {"emphasis": "em", "strong": "strong"}[child.tagname]
                    parts.append(f"<{mark}>{self.summary(child)}</{mark}>")
                case nodes.raw():
                    pass
                case nodes.reference() | nodes.inline() | nodes.TextElement():
                    if not NOT_WORDS & set(child["classes"]):
                        parts.append(self.summary(child))
        return "".join(parts)


def in_text(tex):
    """Return a short formula as HTML: in a summary, VS Code and GitHub set none."""
    text = re.sub(r"\\sqrt\{([^{}]+)\}", r"√(\1)", html.escape(tex, quote=False).replace("-", "−"))
    text = re.sub(r"\\[,;:! ]", "", text)  # narrow spaces
    text = re.sub(r"\\(log|exp|min|max)\b", r"\1", text)
    text = re.sub(r"\\([A-Za-z]+)", lambda match: GLYPHS.get(match[1], match[0]), text)
    for mark, tag in (("_", "sub"), (r"\^", "sup")):
        text = re.sub(rf"{mark}(?:\{{([^{{}}]+)\}}|(\w))", rf"<{tag}>\1\2</{tag}>", text)
    if re.search(r"[\\{}_^]", text):
        raise NotImplementedError(
            f"the title of a fold has the formula {tex!r}, which has no form in plain text; write "
            "it in words"
        )
    return text


def is_cell(node):
    return node.get("nb_element") == "cell_code"


def escape(text):
    """Return the words so that no Markdown is read into them."""
    text = SPECIAL.sub(lambda match: "\\" + match[0], text).replace("<", "&lt;")
    # Two dollars in a paragraph would be a formula, escaped or not.
    return text.replace("$", "<span>$</span>")


def escaped_start(match):
    return f"\\{match[1]}" if match[1] else f"{match[2]}\\{match[3]}"


def literal(node):
    """Return the code in a line, without the places where a long name may break on the page."""
    return "".join(text for text in node.findall(nodes.Text) if not is_raw(text.parent))


def is_raw(node):
    return isinstance(node, nodes.raw)


def span(code):
    marks = "`" * (max(map(len, re.findall("`+", code)), default=0) + 1)
    space = " " if code[:1] == "`" or code[-1:] == "`" else ""
    return f"{marks}{space}{code}{space}{marks}"


def apart(tex):
    """Return the formula with a space after each "<", which else would begin an HTML tag."""
    return re.sub(r"<(?=\S)", "< ", tex)


def fence(node):
    code, language = node.astext().rstrip("\n"), LANGUAGES.get(node.get("language"), "")
    marks = "`" * max(3, *(len(run) + 1 for run in re.findall("`+", code)), 3)
    return f"{marks}{language}\n{code}\n{marks}"


def quote(texts):
    # A formula in a quote is one line: some programs take the marks of the quote for its own.
    joined = "\n\n".join(" ".join(t.split("\n")) if t.startswith("$$") else t for t in texts)
    return "\n".join(f"> {line}".rstrip() for line in joined.split("\n"))


def in_table(text):
    """Return the text with bars that do not end a cell."""
    inside = re.compile(r"(?<!\\)\$[^$]+\$|[|]")

    def barred(match):
        if match[0] == "|":
            return r"\|"
        return match[0].replace(r"\|", r"\Vert ").replace("|", r"\vert ")

    return inside.sub(barred, text)

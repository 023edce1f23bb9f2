"""The pieces of a formula in LaTeX, without its layout, and a cursor over them."""

import re
from dataclasses import dataclass

LAYOUT = {
    "left",
    "right",
    "big",
    "Big",
    "bigl",
    "bigr",
    "Bigl",
    "Bigr",
    "bigg",
    "textstyle",
    "displaystyle",
    "quad",
    "qquad",
}


#: Words between statements, and words that only comment.
BETWEEN = {
    "and",
    "so",
    "for",
    "where",
    "with",
    "or",
    "if",
    "as",
    "minimize",
    "Brier:",
    "cross-entropy:",
    "residual:",
}


BETWEEN |= {"equal for all", "and likewise for", "so that", "that is", "stop-gradient:"}


COMMENTS = {"termwise", "chain rule", "with the stop-gradient,", "with the residual gradient."}
RELATIONS = {
    "=": "=", "<": "<", ">": ">", r"\le": "<=", r"\ge": ">=", r"\ne": "!=", r"\approx": "~",
    r"\in": "in", r"\to": "->", r"\propto": "~~", r"\sim": "drawn",
}  # fmt: skip
BINARY = {"+", "-", "/", r"\cdot", r"\odot", r"\pm", *RELATIONS}
IMPLIES = {r"\Rightarrow", r"\Longleftrightarrow"}
FUNCTIONS = {
    "log",
    "exp",
    "tanh",
    "sign",
    "logit",
    "diag",
    "softmax",
    "clip",
    "min",
    "max",
    "cosh",
}
ACCENTS = {r"\hat", r"\bar", r"\tilde", r"\overline", r"\boldsymbol", r"\mathcal"}
PARENTHESES = {"(": ")", "[": "]", r"\{": r"\}"}
PATTERN = re.compile(
    r"(?P<row>\\\\(?:\[[^\]]*\])?)|(?P<space>\\[,;!:\s]|[\s~])|(?P<text>\\text\{[^}]*\})"
    r"|(?P<environment>\\(?:begin|end)\{\w+\})|(?P<word>\\(?:operatorname\*?|mathrm)\{[^}]*\})"
    r"|(?P<command>\\[A-Za-z]+|\\[{}|])|(?P<number>\d+(?:\.\d+)?)|(?P<letter>[A-Za-z])|(?P<sign>.)",
    re.DOTALL,
)


class UnreadableError(ValueError):
    """The text is no formula that this grammar knows."""


@dataclass(frozen=True)
class Token:
    """A piece of the text: its kind, itself, and where it stands."""

    kind: str
    text: str
    start: int
    end: int

    @property
    def name(self):
        """The piece as a part of a Python name."""
        if self.kind in ("text", "word"):
            return re.sub(r"\W+", "_", self.text[self.text.index("{") + 1 : -1]).strip("_")
        return {r"\lambda": "lam", "*": "star"}.get(self.text, self.text.lstrip("\\"))


def tokens(text):
    """Return the pieces of a formula, without its layout."""
    found, tables = [], 0
    for match in PATTERN.finditer(text):
        token = Token(match.lastgroup, match[0], match.start(), match.end())
        if token.kind == "environment" and re.search("cases|matrix", token.text):
            tables += 1 if "begin" in token.text else -1
        elif (
            token.kind in ("space", "environment")
            or token.text[1:] in LAYOUT
            or (token.text == "&" and not tables)
            or (token.kind == "text" and token.text[6:-1].strip() in COMMENTS)
        ):
            continue
        found.append(token)
    return found


def joined(found):
    """Return the pieces without the ends of rows after which a statement goes on."""
    kept, tables = [], 0
    for here, after in zip(found, [*found[1:], Token("sign", "", 0, 0)]):
        tables += {r"\b": 1, r"\e": -1}.get(here.text[:2], 0) * (here.kind == "environment")
        ended = kept and kept[-1].text in {",", ".", *IMPLIES}
        if here.kind == "row" and not tables and after.text in BINARY and not ended:
            continue
        kept.append(here)
    return kept


class Cursor:
    """Stands before one of the pieces, and takes them one by one or in groups."""

    def __init__(self, text):
        self.tokens, self.at, self.bars = joined(tokens(text)), 0, []
        self.extra = []  # what braces under a part of the formula say of it

    def text(self, ahead=0):
        place = self.at + ahead
        return self.tokens[place].text if place < len(self.tokens) else ""

    def kind(self):
        return self.tokens[self.at].kind if self.at < len(self.tokens) else "end"

    def take(self, expected=None):
        if self.at == len(self.tokens) or (expected and self.text() != expected):
            rest = " ".join(t.text for t in self.tokens[self.at : self.at + 6])
            raise UnreadableError(f"expected {expected or 'more'} before {rest!r}")
        self.at += 1
        return self.tokens[self.at - 1]

    def between(self):
        """Tell whether a statement ends here."""
        words = self.kind() == "text" and self.text()[6:-1].strip() in BETWEEN
        return words or self.kind() == "row" or self.text() in {",", ".", ";", "&", *IMPLIES}

    def script(self):
        """Return the pieces of a script: those of a group in braces, or one."""
        if self.text() != "{":
            return self.one()
        depth, begin = 0, self.at + 1
        while True:
            depth += {"{": 1, "}": -1}.get(self.take().text, 0)
            if depth == 0:
                return self.tokens[begin : self.at - 1]

    def one(self):
        """Return one piece, as an argument without braces: of a number, one digit."""
        token = self.take()
        if token.kind == "number" and len(token.text) > 1:
            self.at -= 1
            rest = Token("number", token.text[1:], token.start + 1, token.end)
            self.tokens[self.at] = rest
            return [Token("number", token.text[0], token.start, token.start + 1)]
        return [token]

    def inside(self, pieces, read):
        """Read some pieces by themselves."""
        part = type(self)("")
        part.tokens = joined(list(pieces))
        node = read(part)
        if part.at < len(part.tokens):
            raise UnreadableError(f"left over: {' '.join(t.text for t in part.tokens[part.at :])}")
        return node

    def enclosed(self):
        """Return the pieces between two parentheses."""
        close, depth, begin = PARENTHESES[self.text()], 0, self.at + 1
        opened = self.text()
        while True:
            text = self.take().text
            depth += (text == opened) - (text == close)
            if depth == 0:
                return self.tokens[begin : self.at - 1]

    def opens_entry(self):
        """Tell whether the number of a step follows: in braces and parentheses."""
        return self.text(1) == "{" and self.text(2) in ("(", r"\boldsymbol")

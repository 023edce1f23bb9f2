r"""The LaTeX of a displayed formula as a tree.

Two kept parsers were tried on the 195 labeled equations of the book, after layout was taken out:
SymPy's Lark grammar reads 8 and ``latex2sympy2-extended`` 48, many of them wrongly: ``P`` becomes
``p``, ``\log`` the logarithm to base 10, γ Euler's constant. Neither knows a sum over an index
alone, cases, accents or norms, and neither can tell the call ``L(\theta)`` from the product
``p(1 - p)``. Here the tree leaves that open, and the values of the names decide it.

A node is a tuple: its kind, then its parts. ``values.py`` says what each kind is worth.
"""

from tests.printed.pieces import (
    ACCENTS,
    FUNCTIONS,
    IMPLIES,
    PARENTHESES,
    RELATIONS,
    Cursor,
    UnreadableError,
)


class Parser(Cursor):
    """Reads statements, from left to right."""

    def statements(self):
        found = []
        while self.at < len(self.tokens):
            if self.between():
                self.at += 1
            else:
                found.append(self.relation())
        return found + self.extra

    def relation(self):
        sides, signs = [self.sum()], []
        while self.text() in RELATIONS:
            signs.append(RELATIONS[self.take().text])
            sides.append(self.sum())
        return ("relation", tuple(sides), tuple(signs)) if signs else sides[0]

    def sum(self):
        parts = []
        while True:
            if self.text() == "{" and self.text(1) == "}":  # where a row is to start
                self.at += 2
            if self.text() == r"\pm":
                self.take()
                return ("both signs", self.term())
            sign = self.take().text if self.text() in ("+", "-") else "+"
            parts.append((sign, ("dots",) if self.text() == r"\dots" else self.term()))
            if parts[-1][1] == ("dots",):
                self.take()
            if self.text() not in ("+", "-"):
                break
        return parts[0][1] if len(parts) == 1 and parts[0][0] == "+" else ("sum", tuple(parts))

    def starts(self):
        """Tell whether a factor starts here."""
        text, kind = self.text(), self.kind()
        if kind in ("letter", "number", "word") or text in {*PARENTHESES, r"\lVert"}:
            return True
        if text == "{" and self.text(1) != "}":
            return True
        if text == "{" and self.text(1) == "}":
            self.at += 2
            return self.starts()
        if text in ("|", r"\|"):  # an odd one is the end of a pair, or separates two arguments
            left = sum(t.text == text for t in self.tokens[self.at :])
            return (not self.bars or self.bars[-1] != text) and (left % 2 == 0 or text == "|")
        if kind == "environment":
            return "begin" in text
        if kind == "text":
            return not self.between()
        closing = {r"\cdot", r"\odot", r"\mid", r"\rVert", r"\}", r"\dots", r"\|", *IMPLIES}
        return kind == "command" and text not in closing | set(RELATIONS)

    def term(self):
        left = self.factor()
        while True:
            if self.text() in ("/", r"\cdot", r"\odot"):
                kind = {"/": "over", r"\cdot": "dot", r"\odot": "entrywise"}[self.take().text]
                left = (kind, left, self.factor())
            elif self.starts():
                left = ("times", left, self.factor())
            else:
                return left

    def factor(self):
        node = self.atom()
        while self.text() in ("^", "!"):
            if self.take().text == "!":
                node = ("factorial", node)
            elif self.text() == r"\top" or (self.text() == "{" and self.text(1) == r"\top"):
                self.script()
                node = ("transpose", node)
            else:
                node = ("power", node, self.group())
        return node

    def group(self):
        return self.inside(self.script(), Parser.relation)

    def items(self):
        """Read what is separated by commas, bars or rows: arguments and indices."""
        found, ended = [], False
        while self.at < len(self.tokens):
            if self.text() in RELATIONS:  # as in y_{<t}
                found.append(("before", self.take().text, self.sum()))
            elif (
                self.text() in (",", ";", r"\mid")
                or self.kind() in ("row", "text")
                or (self.text() == r"\|" and ended)
            ):
                self.at, ended = self.at + 1, False
            else:
                found.append(self.relation())
                ended = True
        return tuple(found)

    def atom(self):
        text, kind = self.text(), self.kind()
        if kind == "number":
            return ("number", self.take().text)
        if text == "{":
            return self.group()
        if text in PARENTHESES:
            return ("group", self.inside(self.enclosed(), Parser.items))
        if text in ("|", r"\|", r"\lVert"):
            return self.bar()
        if kind == "environment":
            return self.table()
        special = getattr(self, f"read_{text[1:]}", None) if kind == "command" else None
        if special:
            self.take()
            return special()
        return self.name()

    def bar(self):
        opening = self.take().text
        self.bars.append({r"\lVert": r"\rVert"}.get(opening, opening))
        inner = self.sum()
        self.take(self.bars.pop())
        if opening == "|":
            return ("size", inner)
        order = "2"
        if self.text() == "_":
            self.take()
            order = "".join(t.name for t in self.script())
        return ("norm", inner, order)

    def table(self):
        kind, rows, row = self.take().text[7:-1], [[]], []
        while "end" not in self.text() or self.kind() != "environment":
            if self.text() == "&" or self.kind() == "row":
                if self.take().kind == "row":
                    rows.append([])
            elif self.text() in (",", ".") or self.between():
                self.take()
            else:
                row = rows[-1]
                row.append(self.relation())
        self.take()
        return (kind, tuple(tuple(row) for row in rows if row))

    def read_frac(self):
        top, bottom = self.script(), self.script()
        ends = [t.text for t in (*top[:1], *bottom[:1])]
        if ends in (["d", "d"], [r"\partial", r"\partial"]) and len(bottom) > 1:
            by = self.inside(bottom[1:], Parser.name)
            of = self.inside(top[1:], Parser.relation) if len(top) > 1 else None
            node = ("derivative", of, by) if of else ("derivative", self.signed_term(), by)
            return self.applied(node) if of else node
        read = Parser.relation
        return ("over", self.inside(top, read), self.inside(bottom, read))

    read_tfrac = read_frac

    def signed_term(self):
        if self.text() in ("+", "-"):
            return ("sum", ((self.take().text, self.term()),))
        return self.term()

    def read_sqrt(self):
        return ("root", self.group())

    def read_underbrace(self):
        node = self.group()
        self.take("_")
        label = self.script()
        if label[0].kind != "text":
            self.extra.append(("relation", (node, self.inside(label, Parser.relation)), ("=",)))
        return node

    def read_sum(self, kind="total"):
        below, above = (), None
        while self.text() in ("_", "^"):
            if self.take().text == "^":
                above = self.group()
            else:
                pieces = self.script()
                if pieces and pieces[0].text == r"\substack":
                    pieces = pieces[2:-1]
                below = self.inside(pieces, Parser.items)
        return ("over all", kind, below, above, self.signed_term())

    def read_prod(self):
        return self.read_sum("product")

    def read_max(self):
        return self.read_sum("max") if self.text() == "_" else self.function("max")

    def read_min(self):
        return self.read_sum("min") if self.text() == "_" else self.function("min")

    def read_arg(self):
        return self.read_sum(f"arg {self.take().name}")

    def read_int(self):
        self.take("_")
        low = self.group()
        self.take("^")
        high, depth = self.group(), 0
        for end in range(self.at, len(self.tokens)):
            depth += {"{": 1, "}": -1}.get(self.tokens[end].text, 0)
            if depth == 0 and self.tokens[end].text == "d":
                break
        body = self.inside(self.tokens[self.at : end], Parser.sum)
        self.at = end + 1
        return ("integral", low, high, body, self.name())

    def read_mathbb(self):
        return self.mean_of("".join(t.name for t in self.script()))

    def mean_of(self, name):
        """Read an expectation or a variance: of what is in brackets, or of the rest of the term."""
        over = name
        if self.text() == "_":
            self.take()
            over += "_" + "".join(t.name for t in self.script())
        if self.text() in ("[", "("):
            return (name, self.inside(self.enclosed(), Parser.sum), over)
        return (name, self.signed_term(), over)

    def read_mathbf(self):
        self.script()
        if self.text() == "_":
            self.take()
            at = self.at
            if any(token.text in RELATIONS for token in self.script()):
                self.at = at
                return ("indicator", self.group())
            self.at = at
            return ("name", "one", self.index(), None, "")
        return ("indicator", self.inside(self.enclosed(), Parser.relation))

    def read_nabla(self):
        marks = "nabla"
        while self.text() in ("_", "^"):
            self.take()
            marks += "_" + "".join(t.name for t in self.script())
        if self.text() == "(":
            flat = "".join(t.name for t in self.enclosed())
            return self.applied(("name", f"{marks}_{flat}", None, None, ""))
        token = self.tokens[self.at]
        if (
            token.kind == "number"
            or token.text == "{"
            or token.name in FUNCTIONS
            or token.text in (r"\sum", r"\mathbb")
        ):
            return ("nabla", marks, self.term())
        return self.name(f"{marks}_")

    def function(self, name):
        sub = None
        if self.text() == "_":
            self.take()
            sub = self.inside(self.script(), Parser.items)
        if self.text() in ("(", "["):
            return ("function", name, sub, self.inside(self.enclosed(), Parser.items))
        return ("function", name, sub, (self.signed_term(),))

    def index(self):
        """Read a subscript: as one name, and as indices; letters side by side are two."""
        pieces = self.script()
        flat = "".join(t.name for t in pieces)
        try:
            nodes = self.inside(pieces, Parser.items)
        except UnreadableError:
            return flat, ()
        split = []
        for node in nodes:
            side_by_side = [node]
            while side_by_side[0][0] == "times":
                side_by_side[:1] = side_by_side[0][1:]
            names = all(part[0] in ("name", "number") for part in side_by_side)
            split += side_by_side if names else [node]
        return flat, tuple(split)

    def name(self, prefix=""):
        token = self.take()
        base = token.name
        if token.text in ACCENTS:
            base = f"{base}_{''.join(t.name for t in self.script())}"
        elif token.kind in ("sign", "row") or token.text == r"\partial":
            raise UnreadableError(f"{token.text!r} starts no name")
        if not prefix and base in ("Var", "Cov"):
            return self.mean_of(base)
        if not prefix and base in FUNCTIONS:
            return self.function(base)
        sub = at = None
        marks, turned = "", False
        while True:
            if self.text() == "_" and sub is None:
                self.take()
                sub = self.index()
            elif self.text() == "'":
                self.take()
                marks += "_prime"
            elif self.text() == "^" and self.text(1) in ("*", r"\prime"):
                self.take()
                marks += f"_{self.take().name}"
            elif self.text() == "^" and self.opens_entry():
                self.take()
                pieces = self.script()
                if pieces[0].text == r"\boldsymbol":
                    pieces = pieces[2:-1]
                turned = pieces[-1].text == r"\top"
                pieces = [t for t in pieces if t.text != r"\top"][1:-1]
                at = "".join(t.name for t in pieces), self.inside(pieces, Parser.sum)
            else:
                break
        node = ("name", prefix + base, sub, at, marks)
        node = self.applied(node) if self.text() in ("(", "[") else node
        return ("transpose", node) if turned else node

    def applied(self, node):
        if self.text() not in ("(", "["):
            return node
        return ("call or times", node, self.inside(self.enclosed(), Parser.items))


def statements(text):
    """Return the statements of a formula, each a tree."""
    return Parser(text).statements()

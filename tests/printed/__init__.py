"""The formulas that the book prints, as functions: the page itself is the input of its test.

``printed("eq-label")`` reads the LaTeX of the page; its methods take the values of the names
(``values.py`` says how they are called). ``pinned("eq-label", text, because=...)`` holds what
cannot be evaluated: any edit of the page fails until somebody has looked.
"""

import functools
import json
import re
from pathlib import Path

import numpy as np

from lossbook.facts import facts
from tests.printed.latex import statements
from tests.printed.notation import (
    Both,
    Chance,
    Given,
    MeaninglessError,
    Over,
    Row,
    Rule,
    from_zero,
    over,
)
from tests.printed.values import Scope

__all__ = [
    "Both", "Chance", "Given", "MeaninglessError", "Over", "Row", "Rule", "from_zero", "labels",
    "of_card", "over", "pinned", "printed",
]  # fmt: skip

ROOT = Path(__file__).parents[2]
LABELED = re.compile(
    r"^(`{3,}|:{3,})\{math\}\n:label: (\S+)\n(.*?)\n\1\s*$", re.DOTALL | re.MULTILINE
)
#: {label: LaTeX} that stands in for the page: how a mutation reaches a test.
CHANGED = {}


@functools.cache
def labels():
    """Return {label: (page, LaTeX)} of every labeled equation, in the order of the files."""
    found = {}
    for page in sorted(ROOT.glob("chapters/**/*.ipynb")):
        for cell in json.loads(page.read_text(encoding="utf-8"))["cells"]:
            if cell["cell_type"] == "markdown":
                for _, label, text in LABELED.findall("".join(cell["source"])):
                    found[label] = page.relative_to(ROOT).as_posix(), text.strip()
    return found


class Formula:
    """Statements with names in them."""

    def __init__(self, text):
        self.statements = read(text)

    def sides(self, number=0, /, **names):
        """Return the values of the sides of a statement, from left to right."""
        node = self.statements[number]
        scope = Scope(names)
        return [scope.value(side) for side in (node[1] if node[0] == "relation" else (node,))]

    def at(self, number, names, **indices):
        """Return the first side of a statement at some indices, which its sums may run over too."""
        node = self.statements[number]
        return Scope(names).having(**indices).value(node[1][0] if node[0] == "relation" else node)

    def value_of(self, node, **names):
        """Return the value of a part."""
        return Scope(names).value(node)

    def right(self, number=0, /, **names):
        """Return the last side of a statement: what its left side is said to be."""
        node = self.statements[number]
        return Scope(names).value(node[1][-1] if node[0] == "relation" else node)

    def holds(self, number=0, /, rtol=0.0, **names):
        """Tell whether a statement is true; what is as near as ``rtol`` counts as equal."""
        return self.orders(number, self.sides(number, **names), rtol)

    def orders(self, number, values, rtol=0.0):
        """Tell whether the signs of a statement are true between these values."""
        signs = self.statements[number][2]
        return all(true(sign, a, b, rtol) for sign, a, b in zip(signs, values, values[1:]))

    def check(self, *numbers, rtol=1e-12, atol=0.0, approx=None, **names):
        """Assert that statements are true, all if none is named; ``approx`` is for ≈ and →."""
        for number in numbers or range(len(self.statements)):
            values = self.sides(number, **names)
            for sign, a, b in zip(self.statements[number][2], values, values[1:]):
                a, b = (v.entries if isinstance(v, Row) else v for v in (a, b))
                if sign == "~~":
                    continue  # in proportion: the test compares two such pairs
                if sign in ("=", "~", "->"):
                    near = rtol if sign == "=" else approx
                    np.testing.assert_equal(np.shape(a), np.shape(b))
                    np.testing.assert_allclose(
                        np.asarray(b, float), np.asarray(a, float), rtol=near, atol=atol
                    )
                else:
                    assert true(sign, a, b, rtol, atol), f"{a} {sign} {b}"


def true(sign, a, b, rtol=0.0, atol=0.0):
    near = a == b or abs(a - b) <= max(atol, rtol * max(abs(a), abs(b)))
    match sign:
        case "=" | "<=" | ">=" if near:
            return True
        case "<" | ">" | "!=" if near:
            return False
        case "<" | "<=":
            return bool(a < b)
        case ">" | ">=":
            return bool(a > b)
    return sign == "!="


@functools.lru_cache(maxsize=4096)
def read(text):
    return tuple(statements(text))


def latex(label):
    """Return the LaTeX of the page, or what stands in for it."""
    return CHANGED.get(label, labels()[label][1])


def printed(label):
    """Return the formula with this label as it stands on its page."""
    return Formula(latex(label))


def of_card(name, part):
    """Return the formula or the gradient on the card of a loss."""
    return Formula(CHANGED.get(f"{name}.{part}", getattr(facts[name], part)))


def spaceless(text):
    return re.sub(r"\s+", " ", text).strip()


def pinned(label, text, *, because):
    """Assert that a formula which cannot be evaluated stands on its page as it did."""
    assert because
    assert spaceless(latex(label)) == spaceless(text), f"{label} was edited: look, then pin it anew"

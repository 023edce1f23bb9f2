"""Change each claim and each number of the book, one at a time: the tests must notice.

``python -m tools.mutants_of_claims`` flips every inequality of ``chapters/claims.toml`` and every
word of direction in its sentences, and changes the last digit of every number in the prose. It
works in memory, in seconds, and prints how many were noticed, and which survived.
"""

import ast
import re
from dataclasses import dataclass, replace

import nbformat

from tools import claims, prose_numbers
from tools.notebooks import stored_notebooks

FLIPPED = {
    ast.Lt: ast.Gt,
    ast.LtE: ast.GtE,
    ast.Gt: ast.Lt,
    ast.GtE: ast.LtE,
    ast.Eq: ast.NotEq,
}
PAIRS = """better worse|more less|most least|above below|always never|cheaper dearer|ahead behind
larger smaller|beat lose|beats loses|win lose|wins loses|faster slower|fewer more|best worst
all no"""
OPPOSITE = {}
for pair in re.split(r"[|\n]", PAIRS):
    word, other = pair.split()
    OPPOSITE |= {other: word, word: other}


@dataclass(frozen=True)
class Mutant:
    """A changed place, and what noticed it: nothing, if it survived."""

    kind: str
    place: str
    changed: str
    noticed: bool


def of_claims(root=claims.ROOT):
    """Yield the rows with one comparison turned round, and the sentences with one word."""
    for claim in claims.claims(root):
        columns = claim.columns(root)
        for at, inequality in enumerate(claim.holds):
            for changed in flipped(inequality):
                holds = (*claim.holds[:at], changed, *claim.holds[at + 1 :])
                noticed = bool(replace(claim, holds=holds).broken(columns))
                yield Mutant("inequality of a claim", claim.label, changed, noticed)
        page = claims.one_line(claims.prose(root, claim.page))
        for sentence in claim.sentences:
            for changed in turned(sentence):
                noticed = page.replace(sentence, changed).count(sentence) != 1
                yield Mutant("direction of a sentence", claim.label, changed, noticed)


def flipped(inequality):
    """Yield an inequality with each of its comparisons turned round."""
    count = sum(isinstance(node, ast.Compare) for node in ast.walk(ast.parse(inequality)))
    for chosen in range(count):
        tree = ast.parse(inequality, mode="eval")
        compared = [node for node in ast.walk(tree) if isinstance(node, ast.Compare)][chosen]
        compared.ops = [FLIPPED[type(compared.ops[0])]()]
        yield ast.unparse(tree)


def turned(sentence):
    """Yield a sentence with each word of direction turned into its opposite."""
    for match in re.finditer(r"\w+", sentence):
        if match[0].lower() in OPPOSITE:
            other = OPPOSITE[match[0].lower()]
            yield sentence[: match.start()] + other + sentence[match.end() :]


def of_numbers():
    """Yield every number of the prose with its last digit one higher and one lower."""
    for path in stored_notebooks():
        notebook = nbformat.read(path, as_version=4)
        shown, pinned = prose_numbers.lines(notebook), prose_numbers.table()
        for number in prose_numbers.numbers(notebook):
            for other in number.neighbors():
                phrase = number.phrase.replace(number.text, other, 1)
                changed = replace(number, text=other, phrase=phrase)
                pins = pinned.get(prose_numbers.name(path), {})
                noticed = not prose_numbers.supported(changed, shown, pins)
                yield Mutant("number in the prose", path.stem, phrase, noticed)


def main():
    mutants = [*of_claims(), *of_numbers()]
    print(f"{'':25s} mutants  noticed  survived")
    for kind in dict.fromkeys(mutant.kind for mutant in mutants):
        noticed = [mutant.noticed for mutant in mutants if mutant.kind == kind]
        print(f"{kind:25s} {len(noticed):7d} {sum(noticed):8d} {noticed.count(False):9d}")
    for mutant in mutants:
        if not mutant.noticed:
            print(f"survived: {mutant.place}: {mutant.changed}")


if __name__ == "__main__":
    main()

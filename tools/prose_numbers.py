"""The numbers in the prose of the chapters, and the lines of code and output that show them.

``python -m tools.prose_numbers`` writes ``chapters/numbers.toml`` anew: a row for each number that
would pass with another last digit as well, because its page shows that one too. The row names the
line that is meant. What stands there already stays, as long as it is true: look at what is new.
"""

import functools
import json
import re
import tomllib
from dataclasses import dataclass

import nbformat

from tools.notebooks import ROOT, stored_notebooks

TABLE = ROOT / "chapters" / "numbers.toml"
HEAD = """\
# A number of the prose that would be as true of its page with another last digit, and the line of
# code or output that it was taken from. Written by `python -m tools.prose_numbers`; read the diff.
"""
# A decimal number, or one of three or more digits. Not part of a word, a label or an address.
NUMBER = re.compile(r"(?<![\w./\-^{#])(\d{1,3}(?:,\d{3})+|\d+\.\d+|\d{3,})(?![\w/]|\.\d)")
# What readers compute in their heads, and where to look in another book, no cell can show.
# How large a picture and its marks are supports no sentence.
OF_A_PICTURE = re.compile(
    r"(?:figsize|xytext|bbox_to_anchor)=\([^)]*\)|<Figure size .*?>"
    r"|(?:markersize|fontsize|linewidth|lw|dpi|alpha|pad)=[\d.]+"
)
NOT_OF_THE_RUN = re.compile(
    r"## Check yourself.*?(?=## Exercises|\Z)|\{cite:\w+\}`[^`]+`"
    r"|(?:section|theorem|equation)s? [\d.]+(?:(?:,| and) [\d.]+)*",
    re.DOTALL,
)
YEAR = re.compile(r"(1[89]|20)\d\d")
# Loose on purpose: signs, underscores and exponents around a number do not matter.
SHOWN = re.compile(r"\d[\d_]*\.?\d*")
END = re.compile(r"(?<=[.!?:;])\s+|\n\s*\n")
WORD = re.compile(r"[^\W\d_]{3,}")


@dataclass(frozen=True)
class Number:
    """A number in the prose: as it is written, the words around it, its sentence, its cell."""

    text: str
    phrase: str
    sentence: str
    cell: int

    def rounds(self, other=None):
        """Return whether a value that is shown rounds to this number, or to another as long."""
        digits = len(self.text.partition(".")[2])
        wanted, unit = float((other or self.text).replace(",", "")), 10.0**-digits
        # Nearly all values are far away, which is seen sooner than they are rounded.
        return lambda value: abs(value - wanted) < unit and round(value, digits) == wanted

    def neighbors(self):
        """Return the number with its last digit one higher and one lower."""
        last = int(self.text[-1])
        return [self.text[:-1] + str((last + step) % 10) for step in (1, -1)]


@dataclass(frozen=True)
class Line:
    """A line of code or output: what it says, the numbers in it, its cell, whether it is code."""

    text: str
    values: tuple[float, ...]
    cell: int
    code: bool


def numbers(notebook):
    """Return the numbers of the prose that its run must show."""
    found = []
    for at, cell in enumerate(notebook.cells):
        if cell.cell_type == "markdown":
            text = NOT_OF_THE_RUN.sub("", cell.source)
            for match in NUMBER.finditer(text):
                if not YEAR.fullmatch(match[1]):
                    before, after = text[: match.start()], text[match.end() :]
                    sentence = END.split(before)[-1] + match[1] + END.split(after)[0]
                    words = before.split(" ")[-4:], after.split(" ")[:3]
                    phrase = " ".join(words[0]) + match[1] + " ".join(words[1])
                    found.append(Number(match[1], " ".join(phrase.split()), sentence, at))
    return found


def lines(notebook):
    """Return what a notebook shows: its code and its text outputs, line by line."""
    found = []
    for at, cell in enumerate(notebook.cells):
        if cell.cell_type == "code":
            texts = [o.get("text") or o.get("data", {}).get("text/plain", "") for o in cell.outputs]
            for text in "\n".join(texts).splitlines():
                found.append(line_of(text, at, code=False))
            for text in cell.source.splitlines():
                found.append(line_of(text, at, code=True))
    return [line for line in found if line.values]


def line_of(text, at, code):
    values = tuple(float(n.replace("_", "")) for n in SHOWN.findall(OF_A_PICTURE.sub("", text)))
    return Line(" ".join(text.split()), values, at, code)


def showing(number, shown, other=None):
    """Return the lines that show a number, or another in its place."""
    rounds = number.rounds(other)
    return [line for line in shown if any(map(rounds, line.values))]


def ambiguous(number, shown):
    return any(showing(number, shown, other) for other in number.neighbors())


def supported(number, shown, pinned):
    """Say whether a line shows a number: the one it is pinned to, if its neighbors would pass."""
    where = {line.text for line in showing(number, shown)}
    if ambiguous(number, shown):
        where &= {pinned.get(number.phrase)}
    return bool(where)


def unsupported(notebook, pinned):
    """Return the phrases of the numbers that the notebook does not show."""
    shown = lines(notebook)
    return [n.phrase for n in numbers(notebook) if not supported(n, shown, pinned)]


@functools.cache
def table():
    return tomllib.loads(TABLE.read_text(encoding="utf-8")) if TABLE.exists() else {}


def nearest(number, candidates):
    """Return the line that shows a number and is most like what is around it, outputs first."""
    near, around = parts(number.phrase), parts(number.sentence)

    def likeness(line):
        words, values = parts(line.text)
        alike = 2 * len(values & near[1]) + len(values & around[1])
        alike += len(words & near[0]) + 0.3 * len(words & around[0])
        return alike - line.code - 0.05 * abs(line.cell - number.cell)

    return max(candidates, key=likeness).text


def parts(text):
    """Return the beginnings of the words of a text, and its numbers."""
    words = {word[:4] for word in WORD.findall(text.lower())}
    return words, {float(n) for n in re.findall(r"\d+\.?\d*", text.replace(",", ""))}


def pins(page, notebook):
    """Return {phrase: line} for the numbers of a page that need one; true ones stay."""
    shown, kept, found = lines(notebook), table().get(page, {}), {}
    for number in numbers(notebook):
        candidates = showing(number, shown)
        if candidates and ambiguous(number, shown):
            stays = kept.get(number.phrase) in {line.text for line in candidates}
            line = kept[number.phrase] if stays else nearest(number, candidates)
            found[number.phrase] = line
    return found


def name(path):
    return path.relative_to(ROOT / "chapters").with_suffix("").as_posix()


def main():
    text = HEAD
    for path in stored_notebooks():
        found = pins(name(path), nbformat.read(path, as_version=4))
        rows = (f"{quoted(phrase)} = {quoted(line)}\n" for phrase, line in found.items())
        text += f'\n["{name(path)}"]\n' + "".join(rows) if found else ""
    TABLE.write_text(text, encoding="utf-8")


def quoted(text):
    """Return a text as TOML writes it: literally if it can, else as JSON does."""
    literal = "'" not in text and ('"' in text or "\\" in text)
    return f"'{text}'" if literal else json.dumps(text, ensure_ascii=False)


if __name__ == "__main__":
    main()

"""The claims of the book: read chapters/claims.toml, evaluate it, and find sentences without a row.

What a row says, and which sentences need one, is explained in the first lines of that file.
"""

import functools
import re
import tomllib
from dataclasses import dataclass, field
from pathlib import Path

import nbformat
import numpy as np

ROOT = Path(__file__).resolve().parents[1]
TABLE = Path("chapters/claims.toml")
# What a row may call besides its columns. `count` says in how many of the seeds something holds;
# `spread` is the standard deviation, as in lossbook.comparisons.paired.
WORDS = {
    "abs": abs,
    "count": np.count_nonzero,
    "log": np.log,
    "max": np.max,
    "mean": np.mean,
    "min": np.min,
    "round": np.round,
    "spread": functools.partial(np.std, ddof=1),
}
NUMBER = re.compile(r"[-+−]?\d[\d,]*\.?\d*(?:e[-+]?\d+)?")

# Directives and their options, formulas, and parts in which nothing is claimed of the book's runs:
# what a reader will learn, predicts, answers or is asked.
LEFT_OUT = re.compile(
    r"^:::\{admonition\} You will be able to.*?^:::$"
    r"|^\*\*Predict\.\*\*.*?(?=\n\s*\n|\Z)"
    r"|^```\{(?:math|exercise)\}.*?^```$"
    r"|^\$\$.*?^\$\$$"
    r"|^## Check yourself.*?(?=^## )"
    r"|^(?:`{3,}|:{3,}).*?$"
    r"|^:\w+:.*?$"
    r"|^#+ .*?$",
    re.DOTALL | re.MULTILINE,
)
BLOCK = re.compile(r"\n\s*\n|\n(?=\s*(?:[-*]|\d+\.) )|\n(?=\|)")
END = re.compile(r"(?<=[.!?])(?:\*\*|\*|\)|\")?\s+(?=[A-Z{*\"“$`\[(])")
MARKER = re.compile(r"^(?:[-*]|\d+\.) ")


@dataclass(frozen=True)
class Claim:
    """Sentences of a page that say one thing, and what must hold so that they may stand there.

    Without inequalities it is a test marked ``@pytest.mark.claim("label")`` that proves it.
    """

    label: str
    page: str
    sentences: tuple[str, ...]
    measured: str
    over: str = ""
    holds: tuple[str, ...] = ()
    read: dict = field(default_factory=dict, hash=False)

    def columns(self, root=ROOT):
        """Return {name: values}: the columns of the page's spread, and what its outputs show."""
        found = dict(spread(root, self.page))
        text = outputs(root, self.page) if self.read else ""
        for name, pattern in self.read.items():
            groups = re.findall(pattern, text, re.MULTILINE)
            parts = [part for g in groups for part in ([g] if isinstance(g, str) else g)]
            numbers = [n for part in parts for n in NUMBER.findall(part)]
            if not numbers:
                raise ValueError(
                    f"{self.label}: {pattern!r} finds no number in what the page prints"
                )
            found[name] = np.array([float(n.replace(",", "").replace("−", "-")) for n in numbers])
        return found

    def broken(self, columns):
        """Return the inequalities that fail for these columns."""
        return [one for one in self.holds if not np.all(evaluate(one, columns))]

    def seeds(self, columns):
        """Return the numbers of values of the columns that the inequalities name."""
        used = {name for one in self.holds for name in re.findall(r"\w+", one)}
        return {np.size(values) for name, values in columns.items() if name in used}


def evaluate(inequality, columns):
    """Return where an inequality holds. It is an expression of the repository's own table."""
    return eval(inequality, {"__builtins__": {}}, WORDS | columns)


def one_line(text):
    return " ".join(text.split())


@functools.cache
def table(root=ROOT):
    return tomllib.loads((root / TABLE).read_text(encoding="utf-8"))


@functools.cache
def claims(root=ROOT):
    """Return the rows of the table."""
    return tuple(
        Claim(
            **row
            | {"sentences": tuple(map(one_line, row["sentences"]))}
            | {"holds": tuple(row.get("holds", ()))}
        )
        for row in table(root)["claim"]
    )


@functools.cache
def cells(root, page):
    """Return the cells of a page; a page in Markdown is one cell."""
    path = root / "chapters" / f"{page}.ipynb"
    if path.exists():
        return tuple(nbformat.read(path, as_version=4).cells)
    source = path.with_suffix(".md").read_text(encoding="utf-8")
    return (nbformat.v4.new_markdown_cell(source),)


def prose(root, page):
    return "\n\n".join(c.source for c in cells(root, page) if c.cell_type == "markdown")


@functools.cache
def outputs(root, page):
    """Return what the code cells of a page print."""
    found = [o for c in cells(root, page) if c.cell_type == "code" for o in c.outputs]
    texts = [o.get("text") or o.get("data", {}).get("text/plain", "") for o in found]
    return "\n".join(texts)


@functools.cache
def spread(root, page):
    """Return {column: values} of what ``tools/spread.py`` stored for a page, {} without it."""
    part, _, name = page.partition("/")
    file = root / "chapters" / part / "spread" / f"{name}.csv"
    if not file.exists():
        return {}
    stored = np.genfromtxt(file, delimiter=",", names=True)
    return {column: stored[column] for column in stored.dtype.names}


def sentences(markdown):
    """Yield the sentences that claim something: no questions, and none that cite their source."""
    for block in BLOCK.split(LEFT_OUT.sub("\n\n", markdown)):
        for sentence in END.split(one_line(block)):
            if not sentence.rstrip("*").endswith("?") and "{cite" not in sentence:
                yield MARKER.sub("", sentence)


def pages(root=ROOT):
    """Yield the pages whose comparisons need a row."""
    for part in table(root)["parts"]:
        for path in sorted((root / "chapters" / part).iterdir()):
            if path.suffix in (".ipynb", ".md"):
                yield f"{part}/{path.stem}"


def unsupported(page, markdown, root=ROOT):
    """Return the sentences of a page that compare and have neither a row nor an exception."""
    words = re.compile("|".join(table(root)["words"]), re.IGNORECASE)
    rows = {one for claim in claims(root) if claim.page == page for one in claim.sentences}
    excused = tuple(map(one_line, exceptions(root, page)))
    found = [s for s in sentences(markdown) if words.search(s)]
    return [s for s in found if s not in rows and not s.startswith(excused)]


def exceptions(root, page):
    """Return the first words of the sentences of a page that need no row."""
    return [first for kind in table(root)["exception"] for first in kind["sentences"].get(page, [])]

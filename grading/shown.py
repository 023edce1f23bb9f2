"""What of a notebook is kept to be looked at: so much, and nothing that is slow to set as a page.

The formgrader and the pages for students set this text. What a person would never read to its end
is cut; what takes seconds to set is shown as it was typed.
"""

import functools
import re

from nbconvert.filters.highlight import Highlight2HTML

from grading.confined import GIGABYTE, Bounds, Stopped, confined
from grading.words import without_formulas

LONGEST, ALL, SHORT = 20_000, 400_000, 500
TRIAL = Bounds(cpu=4, wall=60, memory=GIGABYTE)
CULPRITS = 3


def keep_readable(cells):
    """Cut the text and the outputs of the student's cells, and fence in what is slow to set."""
    left = ALL
    for cell in cells:
        cell.source = cut(cell.source, min(LONGEST, max(left, SHORT)), "all of it was run")
        left -= len(cell.source)
        for output in cell.get("outputs", []):
            if output.output_type == "stream":
                output.text = cut(output.text, max(left, SHORT), "not kept")
                left -= len(output.text)
    if _can_be_set(cells):
        return
    culprits = 0
    for cell in cells:
        if culprits >= CULPRITS or not _can_be_set([cell]):
            culprits += 1
            _show_as_typed(cell)


def cut(text, most, why):
    """Return a text, or its beginning and how much is missing."""
    if len(text) <= most:
        return text
    return f"{text[:most]}\n… ({len(text) - most} more characters, {why})"


@functools.cache
def _load():
    """Set one cell of each kind: what that loads, no child needs to load for itself."""
    _set([("code", "1"), ("markdown", "1")])


def _can_be_set(cells):
    _load()
    try:
        return confined(TRIAL, _set, [(cell.cell_type, cell.source) for cell in cells])
    except Stopped:
        return False


def _set(cells):
    color = Highlight2HTML(pygments_lexer="ipython3")
    for kind, source in cells:
        color(source) if kind == "code" else without_formulas(source)
    return True


def _show_as_typed(cell):
    if cell.cell_type == "code":
        cell.source = cut(cell.source, SHORT, "slow to show; all of it was run")
        return
    longest = max(map(len, re.findall(r"`+", cell.source)), default=0)
    fence = "`" * max(3, longest + 1)
    cell.source = f"{fence}text\n{cell.source}\n{fence}"

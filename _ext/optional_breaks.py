r"""Which lines of a displayed formula may stand side by side: a break that only a phone needs.

In the source such a formula has two lines or more: ``gathered`` around two formulas, or around one
that goes on with an arrow; or ``aligned`` around one whose other lines go on with ``&\quad``,
``&+`` or ``&-``. Equations that are aligned one below the other stay so, as in the derivations of
every textbook. KaTeX breaks no displayed formula.
"""

import re

BROKEN = re.compile(r"\\begin\{(aligned|gathered)\}(.*)\\end\{\1\}(.*)", re.DOTALL)
GOES_ON = re.compile(r"&\s*(?:\\qq?uad\b\s*|(?=[-+]|\\pm\b))")
ARROW = re.compile(r"(\\to|\\Rightarrow)\b\s*(?:\\quad|\\;)?")
ALIGNED_HERE = re.compile(r"(?:\{\})?\s*&")


def pieces(tex):
    """Return the kind of a formula and the TeX of its lines, or nothing if they must stay."""
    match = BROKEN.fullmatch(tex.strip())
    if not match or r"\\[" in tex or "&&" in tex:
        return None
    kind, body, after = match.groups()
    first, *others = lines = [line.strip() for line in body.split(r"\\")]
    if not all(map(is_whole, lines)):
        return None
    if kind == "gathered" and len(lines) == 2 and ARROW.match(others[0]):
        return "one", [first, "{}" + ARROW.sub(r"\1 ", others[0], count=1) + after]
    if kind == "gathered" and len(lines) == 2:
        return "pair", [first, others[0] + after]
    if kind == "aligned" and first.count("&") == 1 and all(map(GOES_ON.match, others)):
        others = ["{}" + GOES_ON.sub("", line, count=1) for line in others]
        return "one", [ALIGNED_HERE.sub("", first, count=1), *others[:-1], others[-1] + after]
    return None


def is_whole(line):
    """Tell whether every brace and every growing bracket of a line ends in it."""
    ends = len(re.findall(r"\\right(?![a-z])", line)), len(re.findall(r"\\left(?![a-z])", line))
    return r"\begin" not in line and line.count("{") == line.count("}") and ends[0] == ends[1]

"""Each figure takes from Matplotlib what an earlier one has parsed.

Matplotlib keeps a parsed formula by its parser, and each renderer has a parser of its own. So every
figure parses the powers of ten at its axes anew, which takes a third of its time. Who imports this
module changes that for the process: the kernels of a build do (`tools/kernels.py`).
"""

from matplotlib.mathtext import MathTextParser


def is_alike(parser, other):
    return isinstance(other, MathTextParser) and vars(parser) == vars(other)


def kind(parser):
    return hash(MathTextParser)


MathTextParser.__eq__, MathTextParser.__hash__ = is_alike, kind

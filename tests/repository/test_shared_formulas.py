"""What one figure has parsed no other parses again, and each is drawn as before."""

import matplotlib.pyplot as plt
from matplotlib.mathtext import MathTextParser

from lossbook import plots
from lossbook.explorers import svg
from tools.shared_formulas import is_alike


def drawn():
    """Draw a figure with formulas; return it, and how many formulas were parsed so far."""
    figure, ax = plt.subplots()
    ax.set(yscale="log", ylim=(1e-3, 1), xlabel=r"$\theta_{271}$")
    return svg(figure), MathTextParser._parse_cached.cache_info().misses


def test_what_one_figure_has_parsed_no_other_parses_again(monkeypatch):
    with plt.rc_context():
        plots.use_style()
        before = MathTextParser._parse_cached.cache_info().misses
        (first, parsed), (second, parsed_again) = drawn(), drawn()
        assert before < parsed == parsed_again
        # By itself, Matplotlib finds a parser equal to itself alone.
        monkeypatch.setattr(MathTextParser, "__eq__", object.__eq__)
        alone, parsed_alone = drawn()
    assert parsed_alone > parsed_again
    assert first == second == alone


def test_what_was_parsed_for_lines_is_not_taken_for_pixels():
    assert is_alike(MathTextParser("path"), MathTextParser("path"))
    assert MathTextParser("path") != MathTextParser("agg")

"""The picture of the class report: how hard, how telling, which mistakes."""

import textwrap
from math import isnan

from matplotlib.figure import Figure

BLUE, ORANGE, GRAY = "#1f5fa8", "#b35900", "#6b7280"
MOST = 8  # Mistakes that fit.


def draw(shares, discrimination, mistakes, path):
    """Draw a report into a PNG, and return the words that stand for it.

    ``shares`` has for each exercise the mean share of its points and that of full marks,
    ``discrimination`` a correlation, ``mistakes`` in how many hand-ins by (exercise, words).
    """
    names, common = list(shares), mistakes.most_common(MOST)
    height = 1.6 + 0.34 * max(len(names), 2) + (0.55 * len(common) if common else 0)
    figure = Figure(figsize=(9, height), layout="constrained", dpi=150)
    grid = figure.add_gridspec(2 if common else 1, 2, height_ratios=_heights(names, common))
    hard, telling = figure.add_subplot(grid[0, 0]), figure.add_subplot(grid[0, 1])
    rows = range(len(names))
    hard.barh(rows, [mean for mean, _ in shares.values()], color=BLUE, height=0.6)
    hard.plot([full for _, full in shares.values()], rows, "D", color=ORANGE, ms=5)
    hard.set(xlim=(0, 1), xlabel="bar: mean share of points; diamond: share of full marks")
    hard.set_title("How hard", loc="left")
    telling.barh(rows, [discrimination[n] for n in names], color=GRAY, height=0.6)
    telling.axvline(0, color="black", lw=0.8)
    telling.set(xlim=(-1, 1), xticks=(-1, 0, 1), xlabel="correlation with the other exercises")
    telling.set_title("Discrimination", loc="left")
    hard.set_yticks(rows, names)
    telling.set_yticks(rows, ["" for _ in names])
    for axes in (hard, telling):
        axes.invert_yaxis()
    if common:
        _mistakes(figure.add_subplot(grid[1, :]), common)
    for axes in figure.axes:
        axes.spines[["top", "right"]].set_visible(False)
        axes.xaxis.label.set_size("small")
        axes.tick_params(labelsize="small")
    figure.savefig(path, metadata={"Description": words(shares, discrimination, common)})
    return words(shares, discrimination, common)


def _heights(names, common):
    return [0.34 * max(len(names), 2) + 0.8, 0.55 * len(common) + 0.6] if common else [1]


def _mistakes(axes, common):
    rows = range(len(common))
    axes.barh(rows, [count for _, count in common], color=ORANGE, height=0.6)
    labels = [
        f"{exercise}: {textwrap.shorten(said, 90, placeholder=' …')}"
        for (exercise, said), _ in common
    ]
    # A dollar would begin a formula.
    labels = [label.replace("$", r"\$") for label in labels]
    axes.set_yticks(rows, ["\n".join(textwrap.wrap(label, 48)) for label in labels])
    axes.set(xlabel="hand-ins")
    axes.xaxis.get_major_locator().set_params(integer=True)
    axes.set_title("What the checks said", loc="left")
    axes.invert_yaxis()


def words(shares, discrimination, common):
    """Return the alternative text: the numbers of the picture."""
    parts = [
        f"{name}: {mean:.0%} of the points, {full:.0%} with full marks, "
        + (
            "no spread"
            if isnan(discrimination[name])
            else f"discrimination {discrimination[name]:.2f}"
        )
        for name, (mean, full) in shares.items()
    ]
    parts += [f"{count} hand-ins in {exercise}: {said}" for (exercise, said), count in common]
    return "; ".join(parts)

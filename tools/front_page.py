"""Draw the picture of the front page, of the README and of shared links: three lines."""

from functools import cache
from pathlib import Path

import matplotlib.pyplot as plt

from lossbook import datasets, minimize, models, plots, risk
from lossbook.explorers import svg
from lossbook.losses import absolute_error, huber, squared_error
from lossbook.optimizers import GradientDescent

STATIC = Path(__file__).resolve().parents[1] / "_static"
PICTURE = STATIC / "three-answers.svg"
# What other sites show beside a link to the book: 1200 by 630 pixels, as they ask.
CARD = STATIC / "social-card.png"
TITLE = "Loss functions and gradient descent"


@cache
def three_lines():
    """Return {label: (start in 1950, rise a year)}, each found by descent on its risk."""
    calls = datasets.phone_calls()
    decades = (calls.X - 1950) / 10
    found = {}
    for label, loss, settings in (
        ("squared error", squared_error, {}),
        ("Huber's loss", huber, {"delta": 1.2}),
        ("absolute error", absolute_error, {}),
    ):
        # A shrinking rate: the absolute error's gradient does not shrink toward the lowest point.
        descent = GradientDescent(learning_rate=lambda step: 0.2 * 0.999**step)
        objective = risk(models.linear, loss, decades, calls.y, **settings)
        start, rise = minimize(objective, [0.0, 0.0], descent, max_steps=5000).parameters
        found[label] = start, rise / 10
    return found


def figure(size):
    plots.use_style()
    calls = datasets.phone_calls()
    years = calls.X[:, 0] - 1950
    fig, ax = plt.subplots(figsize=size, facecolor="white")
    plots.points(ax, years, calls.y, "year", calls.target, marked=range(14, 20))
    plots.lines(ax, years, three_lines())
    ax.set_xticks([0, 5, 10, 15, 20], ["1950", "1955", "1960", "1965", "1970"])
    ax.annotate("six years in\nanother unit", (15.5, 14.5), (8.5, 14.5), va="center",
                arrowprops={"arrowstyle": "->", "color": "0.35"})  # fmt: skip
    return fig, ax


def draw():
    fig, _ = figure((7.2, 3.8))
    with plt.rc_context({"savefig.transparent": False}):
        return svg(fig, widest=None)


def draw_card(file=CARD, part=None):
    """Write the card of the book, or of one of its parts."""
    fig, ax = figure((8, 4.2))
    ax.set_title(TITLE if part is None else f"{part}\n{TITLE}", fontsize=18, loc="left")
    fig.get_layout_engine().set(w_pad=0.2, h_pad=0.2)
    fig.savefig(file, dpi=150, transparent=False, bbox_inches=None)
    plt.close(fig)


if __name__ == "__main__":
    PICTURE.write_text(draw(), encoding="utf-8")
    draw_card()

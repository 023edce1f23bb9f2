"""The figures of the book. Each function draws on the Axes it is given, and returns it.

Colors are those of Okabe and Ito, told apart by color-blind readers; every line also has a dash
pattern of its own and its name beside it, so that the figures read in gray. Backgrounds are white:
notebook programs in a dark style put no ground of their own under a picture.
"""

from itertools import cycle

import matplotlib.pyplot as plt
import numpy as np

from lossbook.labels import label_lines

COLORS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9")
DASHES = ("-", "--", "-.", ":", (0, (5, 1, 1, 1, 1, 1)), (0, (1, 1)))


def use_style():
    """Set Matplotlib's defaults to the book's: readable on a phone, dark on white, few lines."""
    plt.rcParams.update(
        {
            "figure.figsize": (5.6, 3.6),
            "figure.constrained_layout.use": True,
            "figure.dpi": 120,
            "figure.facecolor": "white",
            "savefig.transparent": False,
            "axes.spines.right": False,
            "axes.spines.top": False,
            "axes.labelsize": 13,
            "font.size": 13,
            "legend.frameon": False,
            "lines.linewidth": 2,
        }
    )


def points(ax, x, y, xlabel, ylabel, marked=()):
    """Draw data as points; those whose indices are in ``marked`` as crosses."""
    x, y = np.ravel(x), np.ravel(y)
    crossed = np.isin(np.arange(len(x)), marked)
    ax.plot(x[~crossed], y[~crossed], "o", color="0.35", markersize=5)
    ax.plot(x[crossed], y[crossed], "x", color="0.35", markersize=7, markeredgewidth=2)
    ax.set(xlabel=xlabel, ylabel=ylabel)
    return ax


def lines(ax, x, coefficients):
    """Draw the line θ₀ + θ₁x for each entry label: (θ₀, θ₁), across the range of ``x``."""
    ends = np.array([np.min(x), np.max(x)])
    for (label, (intercept, slope)), color, dashes in zip(
        coefficients.items(), cycle(COLORS), cycle(DASHES)
    ):
        ax.plot(ends, intercept + slope * ends, color=color, linestyle=dashes, label=label)
    return label_lines(ax)


def curves(ax, x, values, xlabel, ylabel):
    """Draw one curve over ``x`` for each entry label: values."""
    for (label, curve), color, dashes in zip(values.items(), cycle(COLORS), cycle(DASHES)):
        ax.plot(x, curve, color=color, linestyle=dashes, label=label)
    ax.set(xlabel=xlabel, ylabel=ylabel)
    return label_lines(ax)


def loss_and_gradient(ax, loss, residuals, **settings):
    """Draw a regression loss and its gradient over residuals."""
    values, gradients = loss(residuals, np.zeros_like(residuals), **settings)
    both = {f"{loss.__name__}": values, "its gradient": gradients}
    return curves(ax, residuals, both, "residual $r$", "loss and gradient")


def losses(ax, residuals, compared):
    """Draw regression losses over residuals, one for each entry label: loss."""
    zero = np.zeros_like(residuals)
    values = {label: loss(residuals, zero)[0] for label, loss in compared.items()}
    return curves(ax, residuals, values, "residual $r$", "loss")


def loss_curves(ax, histories):
    """Draw the objective step by step for each entry label: History, on a logarithmic axis."""
    for (label, history), color, dashes in zip(histories.items(), cycle(COLORS), cycle(DASHES)):
        ax.plot(history.values, color=color, linestyle=dashes, label=label)
    ax.set(xlabel="step $k$", ylabel=r"$L(\theta_k)$", yscale="log")
    return label_lines(ax)


def contour_with_path(ax, objective, path, xlim, ylim, labels=(r"$\theta_0$", r"$\theta_1$")):
    """Draw lines of equal height of an objective of two parameters, and a descent on it.

    The heights grow geometrically from the lowest value in view, so that the valley shows.
    """
    first, second = np.linspace(*xlim, 80), np.linspace(*ylim, 80)
    heights = np.array([[objective(np.array([a, b]))[0] for a in first] for b in second])
    above = heights - heights.min()
    lowest = above[above > 0].min() + 1e-3 * above.max()
    levels = heights.min() + np.geomspace(lowest, above.max(), 14)
    ax.contour(first, second, heights, levels=levels, colors="0.6", linewidths=0.8)
    ax.plot(*np.transpose(path), "o-", color=COLORS[1], markersize=3, linewidth=1.2)
    for place, mark, size, color, name in (
        (path[0], "s", 8, COLORS[0], "start"),
        (path[-1], "*", 14, COLORS[2], "end"),
    ):
        # A descent may leave the view; what is not seen has no label.
        seen = xlim[0] <= place[0] <= xlim[1] and ylim[0] <= place[1] <= ylim[1]
        ax.plot(*place, mark, color=color, markersize=size, label=name if seen else None)
    ax.set(xlim=xlim, ylim=ylim, xlabel=labels[0], ylabel=labels[1])
    return label_lines(ax)


def residuals(ax, x, y, predictions, xlabel, ylabel):
    """Draw targets, predictions, and the residual between each pair as an upright line."""
    x, y, predictions = np.ravel(x), np.ravel(y), np.ravel(predictions)
    ax.vlines(x, predictions, y, color=COLORS[1], linewidth=1)
    points(ax, x, y, xlabel, ylabel)
    order = np.argsort(x)
    ax.plot(x[order], predictions[order], color=COLORS[0], label="prediction")
    return label_lines(ax)

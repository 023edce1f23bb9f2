"""The line-fitting explorer: move points, and see which of four lines gives way."""

from functools import lru_cache

import matplotlib.pyplot as plt
import numpy as np
import traitlets

from lossbook import losses as package
from lossbook import models, plots, risk
from lossbook.explorers.fits import lines
from lossbook.explorers.widget import Explorer, Number, point, show

# Every third year of the phone calls, in decades since 1950.
POINTS = (
    (0.0, 0.44), (0.3, 0.59), (0.6, 0.81), (0.9, 1.2),
    (1.2, 1.61), (1.5, 12.4), (1.8, 18.2), (2.1, 2.4),
)  # fmt: skip


@lru_cache
def _lines(points, delta, quantile):
    # Kept: the words, the figure and its caption ask for them, and to find them takes 0.1 s.
    return lines(*np.transpose(points), delta, quantile)


class LineFittingExplorer(Explorer):
    """Four losses, four lines through the same points, and the pull of each on your own line.

    Attributes
    ----------
    points : list of (float, float)
    delta, quantile : float
        Settings of Huber's loss and of the quantile line.
    line : (float, float)
        The reader's own line (θ₀, θ₁).

    Examples
    --------
    >>> explorer = LineFittingExplorer(points=[(0, 0), (1, 1), (2, 2), (3, 3), (4, 20)])
    >>> explorer.lines["absolute_error"]
    (0.0, 1.0)
    """

    name = "lines"
    own_state = ("points", "delta", "quantile", "line")
    points = traitlets.List(
        point((0.0, 0.0), -1e6, 1e6), list(POINTS), minlen=2, maxlen=24
    ).tag(sync=True)  # fmt: skip
    delta = Number(1.2, 0.01, 1000)
    quantile = Number(0.8, 0.01, 0.99)
    line = point((6.0, 3.0), -1000, 1000)
    caption = traitlets.Unicode(
        "Two wrong years lift the line of the squared error off the other six points; the lines of "
        "the absolute error and of Huber’s loss stay. Each arrow shows where the negative "
        "gradient would take your θ₀ and θ₁."
    ).tag(sync=True)

    @property
    def _settings(self):
        return {"huber": {"delta": self.delta}, "pinball": {"quantile": self.quantile}}

    @property
    def lines(self):
        """The best (θ₀, θ₁) by loss."""
        return _lines(tuple(self.points), self.delta, self.quantile)

    @property
    def gradients(self):
        """The gradient of the risk at the reader's line, by loss."""
        x, y = np.transpose(self.points)
        return {
            name: risk(
                models.linear, getattr(package, name), x[:, None], y, **self._settings.get(name, {})
            )(self.line)[1]
            for name in self.lines
        }

    def results(self):
        """Return the four lines."""
        return {name: f"{show(a)} + {show(b)} x" for name, (a, b) in self.lines.items()}

    def draw(self):
        """Draw the points and the four lines, and their parameters in the plane."""
        figure, (above, below) = plt.subplots(2, 1, figsize=(5.8, 5.6))
        x, y = np.transpose(self.points)
        found = self.lines
        plots.points(above, x, y, "decades since 1950", "calls (tens of millions)")
        plots.lines(above, x, {name.replace("_", " "): line for name, line in found.items()})
        for (a, b), color, marker in zip(found.values(), plots.COLORS, "osD^"):
            below.plot(a, b, marker, color=color, markersize=8)
        below.plot(*self.line, "P", color="0.35", markersize=10)
        for gradient, color in zip(self.gradients.values(), plots.COLORS):
            direction = -3 * gradient / max(np.linalg.norm(gradient), 1e-300)
            below.annotate(
                "",
                self.line + direction,
                self.line,
                arrowprops={"arrowstyle": "->", "color": color},
            )
        below.set(xlim=(-8, 12), ylim=(-5, 15))
        below.set(xlabel=r"$\theta_0$", ylabel=r"$\theta_1$")
        return figure

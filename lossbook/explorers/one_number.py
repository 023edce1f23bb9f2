"""One number for a few: the risk of every guess, and the guesses that three losses like best."""

import matplotlib.pyplot as plt
import numpy as np
import traitlets

from lossbook import losses as package
from lossbook import mean, plots
from lossbook.explorers.fits import constant
from lossbook.explorers.widget import Explorer, Number, choice, show

LOSSES = ("squared_error", "huber", "absolute_error")


class OneNumberExplorer(Explorer):
    """A few numbers, a guess for all of them, and its risk under one of three losses.

    Attributes
    ----------
    numbers : list of float
        Two to twelve.
    loss : str
        squared_error, huber or absolute_error.
    delta : float
        The setting of Huber's loss.
    guess : float

    Examples
    --------
    >>> explorer = OneNumberExplorer(numbers=[1.0, 2.0, 9.0], guess=3.0)
    >>> {name: round(best, 9) for name, best in explorer.best.items()}
    {'squared_error': 4.0, 'huber': 2.0, 'absolute_error': 2.0}
    >>> value, slope = explorer.risk(3.0)
    >>> round(value, 9), round(slope, 9)
    (13.666666667, -2.0)
    """

    name = "one_number"
    own_state = ("numbers", "loss", "delta", "guess")
    numbers = traitlets.List(
        Number(0.0, -1e6, 1e6), [1.35, 1.49, 1.61, 2.12, 11.9], minlen=2, maxlen=12
    ).tag(sync=True)  # fmt: skip
    loss = choice(LOSSES, "squared_error")
    delta = Number(1.0, 0.01, 1000)
    guess = Number(2.0, -1e6, 1e6)
    caption = traitlets.Unicode(
        "The risk L(c) of every guess c. The squared error is lowest at the mean, which goes along "
        "with a far number; the absolute error at the median, which does not move."
    ).tag(sync=True)

    def _loss(self, name):
        return getattr(package, name), {"delta": self.delta} if name == "huber" else {}

    @property
    def best(self):
        """The guess with the lowest risk, by loss."""
        found = {}
        for name in LOSSES:
            loss, settings = self._loss(name)
            found[name] = constant(loss, self.numbers, **settings)
        return found

    def risk(self, guess):
        """Return the risk of a guess under the loss that is chosen, and its slope."""
        loss, settings = self._loss(self.loss)
        guesses = np.full(len(self.numbers), float(guess))
        value, pulls = mean(loss, guesses, np.array(self.numbers), **settings)
        return value, float(pulls.sum())

    def results(self):
        """Return the best guess of each loss, and the risk of the reader's."""
        best = {name: f"best guess {show(value)}" for name, value in self.best.items()}
        return best | {"risk of the guess": show(self.risk(self.guess)[0])}

    def draw(self):
        """Draw the risk of every guess, and below it the numbers with the best guesses."""
        figure, (above, below) = plt.subplots(2, 1, figsize=(5.8, 4.6), sharex=True)
        everything = [*self.numbers, self.guess]
        room = 0.12 * (np.ptp(everything) or 1)
        grid = np.linspace(min(everything) - room, max(everything) + room, 241)
        above.plot(grid, [self.risk(c)[0] for c in grid], color=plots.COLORS[0])
        above.plot(self.guess, self.risk(self.guess)[0], "o", color="0.35", markersize=9)
        above.set(ylabel="risk $L(c)$")
        below.plot(self.numbers, np.zeros(len(self.numbers)), "o", color="0.35")
        for best, color, dashes in zip(self.best.values(), plots.COLORS, plots.DASHES):
            below.axvline(best, color=color, linestyle=dashes)
        below.set(xlabel="the numbers, and a guess $c$", yticks=[])
        return figure

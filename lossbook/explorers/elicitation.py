"""The elicitation explorer: what a loss makes you predict when the outcome is uncertain."""

import matplotlib.pyplot as plt
import numpy as np
import traitlets

from lossbook import mean, plots
from lossbook.explorers.fits import constant
from lossbook.explorers.loss import with_setting
from lossbook.explorers.widget import Explorer, Number, choice, show

OUTCOMES = np.arange(201) / 20


def _bell(center, spread):
    return np.exp(-(((OUTCOMES - center) / spread) ** 2) / 2)


# Weights of the outcomes 0, 0.05, …, 10; the probabilities are in proportion.
DISTRIBUTIONS = {
    "symmetric": _bell(5, 1.2),
    "skewed": OUTCOMES * OUTCOMES * np.exp(-OUTCOMES / 0.9),
    "two_humps": 2 * _bell(3, 0.7) + _bell(7.5, 0.8),
    "outliers": 9 * _bell(3, 0.6) + _bell(9, 0.6),
    "even": np.ones(201),
}
ESTIMATES = {
    "squared_error": "the mean",
    "absolute_error": "the median",
    "pinball": "the quantile",
    "expectile": "the expectile",
    "huber": "between median and mean",
}


class ElicitationExplorer(Explorer):
    """A distribution, a loss, and the prediction with the least expected loss.

    Attributes
    ----------
    distribution : str
        symmetric, skewed, two_humps, outliers or even.
    loss : str
        squared_error, absolute_error, pinball, expectile or huber.
    setting : float
        The quantile q, the expectile τ or Huber's δ.
    guess : float
        The reader's prediction, from 0 to 10.

    Examples
    --------
    >>> explorer = ElicitationExplorer(distribution="symmetric", loss="squared_error")
    >>> round(explorer.minimizer, 3)
    5.0
    """

    name = "elicitation"
    own_state = ("distribution", "loss", "setting", "guess")
    distribution = choice(DISTRIBUTIONS, "skewed")
    loss = choice(ESTIMATES, "pinball")
    setting = Number(0.8, 0, 1000)
    guess = Number(5.0, 0, 10)
    caption = traitlets.Unicode(
        "The loss ℓ decides what you report: the c with the least expected loss E ℓ(c − Y) is the "
        "mean under the squared error, the median under the absolute error, and the q-quantile "
        "under the pinball loss."
    ).tag(sync=True)

    @traitlets.validate("setting")
    def _fits_the_loss(self, proposal):
        # As the script does: the setting of a loss that has none is not looked at.
        if self.loss in ("pinball", "expectile") and not 0 < proposal.value < 1:
            raise traitlets.TraitError(
                f"setting is {proposal.value}; for the {self.loss} loss expected one between 0 "
                "and 1"
            )
        return proposal.value

    @property
    def probabilities(self):
        """The probability of each outcome, shape (201,)."""
        weights = DISTRIBUTIONS[self.distribution]
        return weights / weights.sum()

    def expected_loss(self, guess):
        """Return the expected loss of a prediction, and its derivative."""
        loss, keywords = with_setting(self.loss, self.setting)
        guesses = np.full(201, float(guess))
        value, pulls = mean(loss, guesses, OUTCOMES, weights=self.probabilities, **keywords)
        return value, float(pulls.sum())

    @property
    def minimizer(self):
        """The prediction with the least expected loss."""
        loss, keywords = with_setting(self.loss, self.setting)
        return constant(loss, OUTCOMES, self.probabilities, **keywords)

    def results(self):
        """Return the minimizer, and what the guess costs."""
        best = self.minimizer
        return {
            "least expected loss": f"{show(self.expected_loss(best)[0])} at {show(best)}, "
            f"{ESTIMATES[self.loss]}",
            "expected loss of the guess": show(self.expected_loss(self.guess)[0]),
        }

    def draw(self):
        """Draw the distribution and, below it, the expected loss of each prediction."""
        figure, (above, below) = plt.subplots(2, 1, figsize=(5.8, 4.6), sharex=True)
        above.fill_between(OUTCOMES, self.probabilities, color=plots.COLORS[0], alpha=0.4)
        above.set(ylabel="probability")
        guesses = np.linspace(0, 10, 101)
        below.plot(guesses, [self.expected_loss(c)[0] for c in guesses], color=plots.COLORS[0])
        for ax in (above, below):
            ax.axvline(self.minimizer, color=plots.COLORS[1], linestyle=plots.DASHES[1])
        below.plot(self.guess, self.expected_loss(self.guess)[0], "o", color=plots.COLORS[2])
        below.set(xlabel="outcome $y$, prediction $c$", ylabel="expected loss")
        return figure

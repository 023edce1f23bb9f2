"""The loss explorer: what a residual costs under up to three losses, and what an outlier does."""

import matplotlib.pyplot as plt
import numpy as np
import traitlets

from lossbook import losses as package
from lossbook import plots
from lossbook.explorers.fits import constant
from lossbook.explorers.widget import Explorer, Number, show

# Each regression loss of the explorer: its setting and the value at first, or None.
LOSSES = {
    "squared_error": None,
    "half_squared_error": None,
    "absolute_error": None,
    "huber": ("delta", 1.0),
    "smooth_l1": ("beta", 1.0),
    "pseudo_huber": ("delta", 1.0),
    "log_cosh": None,
    "pinball": ("quantile", 0.8),
    "expectile": ("expectile", 0.8),
    "epsilon_insensitive": ("epsilon", 1.0),
    "squared_epsilon_insensitive": ("epsilon", 1.0),
    "cauchy": ("scale", 1.0),
    "tukey_biweight": ("c", 4.7),
    "barron": ("alpha", 0.5),
}
# The six targets that stay where they are; the outlier is the seventh.
TARGETS = (-1.6, -0.9, -0.4, 0.1, 0.8, 1.4)


def with_setting(name, value=None):
    """Return the loss of that name and its hyper-parameter as keywords.

    >>> with_setting("huber", 2.0)[1], with_setting("huber")[1], with_setting("log_cosh")[1]
    ({'delta': 2.0}, {'delta': 1.0}, {})
    """
    setting = LOSSES[name]
    keywords = {} if setting is None else {setting[0]: setting[1] if value is None else value}
    return getattr(package, name), keywords


class LossExplorer(Explorer):
    """Up to three regression losses at one residual, and the constant each chooses.

    Attributes
    ----------
    losses : list of str
        One to three names of regression losses.
    settings : dict
        For a loss, the value of its hyper-parameter where it is not the usual one.
    residual, outlier : float
        The residual that is looked at, and the target that the reader moves away.

    Examples
    --------
    >>> explorer = LossExplorer(losses=["squared_error", "absolute_error"], outlier=13.1)
    >>> {name: round(best, 6) for name, best in explorer.constants.items()}
    {'squared_error': 1.785714, 'absolute_error': 0.1}
    """

    name = "loss"
    own_state = ("losses", "settings", "residual", "outlier")
    losses = traitlets.List(
        traitlets.Enum(list(LOSSES)),
        ["squared_error", "absolute_error", "huber"],
        minlen=1,
        maxlen=3,
    ).tag(sync=True)
    settings = traitlets.Dict(
        key_trait=traitlets.Enum(list(LOSSES)), value_trait=Number(1.0, -1e6, 1e6)
    ).tag(sync=True)
    residual = Number(2.0, -6, 6)
    outlier = Number(12.0, -1e6, 1e6)
    caption = traitlets.Unicode(
        "The squared error’s gradient 2r grows with the residual r, so one outlier pulls its "
        "constant, the mean, as far as it likes. A loss with a bounded gradient lets go."
    ).tag(sync=True)

    @property
    def values(self):
        """The loss at the residual, by name."""
        return {name: self._at_residual(name)[0] for name in self.losses}

    @property
    def gradients(self):
        """The derivative there, by name."""
        return {name: self._at_residual(name)[1] for name in self.losses}

    @property
    def constants(self):
        """The constant with the lowest mean loss over the seven targets, by name."""
        found = {}
        for name in self.losses:
            loss, keywords = self._loss(name)
            found[name] = constant(loss, [*TARGETS, self.outlier], **keywords)
        return found

    def _loss(self, name):
        return with_setting(name, self.settings.get(name))

    def _at_residual(self, name):
        loss, keywords = self._loss(name)
        value, gradient = loss([self.residual], [0.0], **keywords)
        return float(value[0]), float(gradient[0])

    def results(self):
        """Return value, gradient and best constant of each loss."""
        values, gradients = self.values, self.gradients
        return {
            name: f"value {show(values[name])}, gradient {show(gradients[name])}, "
            f"best constant {show(best)}"
            for name, best in self.constants.items()
        }

    def draw(self):
        """Draw the losses over the residual, and below them the constants and the targets."""
        figure, (above, below) = plt.subplots(2, 1, figsize=(5.8, 5.4), height_ratios=(2, 1))
        r = np.linspace(-6, 6, 241)
        drawn = {}
        for name in self.losses:
            loss, keywords = self._loss(name)
            drawn[name.replace("_", " ")] = loss(r, np.zeros_like(r), **keywords)[0]
        plots.curves(above, r, drawn, "residual $r$", "loss").set_ylim(0, 9)
        above.axvline(self.residual, color="0.5", linewidth=1)
        below.plot(TARGETS, np.zeros(6), "o", color="0.35")
        below.plot(self.outlier, 0, "X", color="0.35", markersize=10)
        for best, color, dashes in zip(self.constants.values(), plots.COLORS, plots.DASHES):
            below.axvline(best, color=color, linestyle=dashes)
        below.set(xlabel="target, and the constants", yticks=[])
        return figure

"""The classification explorer: one logit, its probability, and what three losses charge."""

import matplotlib.pyplot as plt
import numpy as np
import traitlets

from lossbook import plots
from lossbook.explorers.widget import Explorer, Number, show
from lossbook.losses import binary_cross_entropy, focal, hinge


class ClassificationExplorer(Explorer):
    """One logit under three losses: value and gradient.

    Attributes
    ----------
    logit : float
    label : int
        0 or 1; the hinge takes −1 for 0.
    temperature : float
        What the logit is divided by.
    label_smoothing, gamma : float
        Of the cross-entropy, and of the focal loss.

    Examples
    --------
    >>> explorer = ClassificationExplorer(logit=0.0)
    >>> explorer.probability, float(explorer.binary(0.0)["hinge"][1][0])
    (0.5, -1.0)
    """

    name = "classification"
    own_state = ("logit", "label", "temperature", "label_smoothing", "gamma")
    logit = Number(-2.0, -1000, 1000)
    label = traitlets.Int(1, min=0, max=1).tag(sync=True)
    temperature = Number(1.0, 0.05, 100)
    label_smoothing = Number(0.0, 0, 1)
    gamma = Number(2.0, 0, 20)
    caption = traitlets.Unicode(
        "A confident mistake, far left for y = 1, keeps a gradient near −1 under cross-entropy and "
        "hinge. For a right answer the focal loss lets go first, and the hinge lets go for good."
    ).tag(sync=True)

    def binary(self, logits):
        """Return {loss: (values, gradients by the logit)} for the label."""
        z = np.atleast_1d(np.asarray(logits, dtype=np.float64)) / self.temperature
        y = np.full(z.shape, self.label)
        found = {
            "cross_entropy": binary_cross_entropy(z, y, label_smoothing=self.label_smoothing),
            "focal": focal(z, y, gamma=self.gamma),
            "hinge": hinge(z, 2 * y - 1),
        }
        return {name: (v, g / self.temperature) for name, (v, g) in found.items()}

    @property
    def probability(self):
        """The probability σ(z/T) of label 1."""
        # σ is the gradient of the cross-entropy for label 0.
        _, gradient = binary_cross_entropy([self.logit / self.temperature], [0])
        return float(gradient[0])

    def results(self):
        """Return probability and losses."""
        losses = {
            name: f"value {show(float(v[0]))}, gradient {show(float(g[0]))}"
            for name, (v, g) in self.binary(self.logit).items()
        }
        return {"probability": show(self.probability), **losses}

    def draw(self):
        """Draw the three losses over the logit, and their gradients."""
        figure, axes = plt.subplots(2, 1, figsize=(5.8, 5.6))
        z = np.linspace(-6, 6, 241)
        for part, (ax, what) in enumerate(zip(axes, ("loss", "gradient"))):
            drawn = {name.replace("_", "-"): pair[part] for name, pair in self.binary(z).items()}
            plots.curves(ax, z, drawn, "logit $z$", what)
            ax.axvline(self.logit, color="0.5", linewidth=1)
        axes[0].set_ylim(0, 6)
        return figure

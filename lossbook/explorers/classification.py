"""The classification explorer: from logits to probabilities to losses."""

import matplotlib.pyplot as plt
import numpy as np
import traitlets

from lossbook import plots
from lossbook.explorers.widget import Explorer, Number, show
from lossbook.losses import binary_cross_entropy, focal, hinge, softmax_cross_entropy


class ClassificationExplorer(Explorer):
    """One logit under three losses, and three logits under softmax.

    Attributes
    ----------
    logit : float
    label : int
        0 or 1; the hinge takes −1 for 0.
    temperature : float
        What all logits are divided by.
    label_smoothing, gamma : float
        Of the cross-entropies, and of the focal loss.
    logits : list of float
        One for each of three classes.
    target : int
        The class of the sample, 0 to 2.

    Examples
    --------
    >>> explorer = ClassificationExplorer(logit=0.0, logits=[2.0, 0.0, 0.0])
    >>> explorer.probability, explorer.probabilities.round(3)
    (0.5, array([0.787, 0.107, 0.107]))
    """

    name = "classification"
    own_state = (
        "logit",
        "label",
        "temperature",
        "label_smoothing",
        "gamma",
        "logits",
        "target",
    )
    logit = Number(-2.0, -1000, 1000)
    label = traitlets.Int(1, min=0, max=1).tag(sync=True)
    temperature = Number(1.0, 0.05, 100)
    label_smoothing = Number(0.0, 0, 1)
    gamma = Number(2.0, 0, 20)
    logits = traitlets.List(
        Number(0.0, -1000, 1000), [2.0, 0.5, -1.0], minlen=3, maxlen=3
    ).tag(sync=True)  # fmt: skip
    target = traitlets.Int(1, min=0, max=2).tag(sync=True)
    caption = traitlets.Unicode(
        "A confident mistake, far left for y = 1, keeps a gradient near −1 under cross-entropy and "
        "hinge. For a right answer the focal loss lets go first. With three classes the gradient "
        "of each logit is p − q: probability minus smoothed label."
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

    @property
    def cross_entropy(self):
        """The value for three classes and its gradient by the logits."""
        z = np.array([self.logits]) / self.temperature
        value, gradient = softmax_cross_entropy(
            z, [self.target], label_smoothing=self.label_smoothing
        )
        return float(value[0]), gradient[0] / self.temperature

    @property
    def probabilities(self):
        """The softmax of the three logits over the temperature."""
        z = np.array([self.logits]) / self.temperature
        return softmax_cross_entropy(z, [0])[1][0] + [1.0, 0.0, 0.0]

    def results(self):
        """Return probability, losses and the three probabilities."""
        losses = {
            name: f"value {show(float(v[0]))}, gradient {show(float(g[0]))}"
            for name, (v, g) in self.binary(self.logit).items()
        }
        three = ", ".join(show(float(p)) for p in self.probabilities)
        return {
            "probability": show(self.probability),
            **losses,
            "three classes": f"p = {three}, cross-entropy {show(self.cross_entropy[0])}",
        }

    def draw(self):
        """Draw the three losses over the logit, and the probabilities of three classes."""
        figure, (left, right) = plt.subplots(1, 2, figsize=(8, 3.4))
        z = np.linspace(-6, 6, 241)
        values = {name.replace("_", "-"): v for name, (v, _) in self.binary(z).items()}
        plots.curves(left, z, values, "logit $z$", "loss").set_ylim(0, 6)
        left.axvline(self.logit, color="0.5", linewidth=1)
        classes = np.arange(3)
        right.bar(classes - 0.2, self.probabilities, 0.35, color=plots.COLORS[0], label="$p$")
        smoothed = np.eye(3)[self.target] * (1 - self.label_smoothing) + self.label_smoothing / 3
        right.bar(classes + 0.2, smoothed, 0.35, color=plots.COLORS[1], hatch="//", label="$q$")
        right.set(xticks=classes, xticklabels=["1", "2", "3"], xlabel="class", ylim=(0, 1))
        right.legend()
        return figure

"""The softmax explorer: three logits, a temperature, and the probabilities that come out."""

import matplotlib.pyplot as plt
import numpy as np
import traitlets

from lossbook import plots
from lossbook.explorers.widget import Explorer, Number, show
from lossbook.losses import softmax_cross_entropy


class SoftmaxExplorer(Explorer):
    """Three logits under softmax with a temperature, and the cross-entropy of one label.

    Attributes
    ----------
    logits : list of float
        One for each of three classes.
    target : int
        The class of the sample, 0 to 2.
    temperature : float
        What the logits are divided by.
    label_smoothing : float

    Examples
    --------
    >>> SoftmaxExplorer(logits=[2.0, 0.0, 0.0]).probabilities.round(3)
    array([0.787, 0.107, 0.107])
    >>> SoftmaxExplorer(logits=[2.0, 0.0, 0.0], temperature=20.0).probabilities.round(3)
    array([0.356, 0.322, 0.322])
    """

    name = "softmax"
    own_state = ("logits", "target", "temperature", "label_smoothing")
    logits = traitlets.List(
        Number(0.0, -1000, 1000), [2.0, 0.5, -1.0], minlen=3, maxlen=3
    ).tag(sync=True)  # fmt: skip
    target = traitlets.Int(1, min=0, max=2).tag(sync=True)
    temperature = Number(1.0, 0.05, 100)
    label_smoothing = Number(0.0, 0, 1)
    caption = traitlets.Unicode(
        "A low temperature T makes the softmax nearly certain of the largest logit, a high one "
        "spreads the probabilities evenly. The order never changes. The arrows show where descent "
        "would move each logit: against p − q, probability minus smoothed label."
    ).tag(sync=True)

    @property
    def cross_entropy(self):
        """The value of the label and its gradient by the logits."""
        value, gradient = self._at([self.target], label_smoothing=self.label_smoothing)
        return float(value[0]), gradient[0] / self.temperature

    @property
    def probabilities(self):
        """The softmax of the three logits over the temperature."""
        return self._at([0])[1][0] + [1.0, 0.0, 0.0]

    def _at(self, target, **settings):
        return softmax_cross_entropy(np.array([self.logits]) / self.temperature, target, **settings)

    def results(self):
        """Return the three probabilities and the cross-entropy."""
        three = ", ".join(show(float(p)) for p in self.probabilities)
        return {"probabilities": three, "cross-entropy": show(self.cross_entropy[0])}

    def draw(self):
        """Draw the probabilities over the temperature, and the logits."""
        figure, (left, right) = plt.subplots(1, 2, figsize=(5.8, 3.6))
        temperatures = np.geomspace(0.1, 10, 61)
        shares = np.array(
            [SoftmaxExplorer(logits=self.logits, temperature=T).probabilities for T in temperatures]
        )
        drawn = {f"class {j + 1}": shares[:, j] for j in range(3)}
        plots.curves(left, temperatures, drawn, "temperature $T$", "probability $p$")
        left.axvline(self.temperature, color="0.5", linewidth=1)
        left.set(xscale="log", ylim=(0, 1))
        right.bar(range(3), self.logits, color=plots.COLORS[:3], alpha=0.6)
        right.set(xticks=range(3), xticklabels=["1", "2", "3"], xlabel="class", ylabel="logit $z$")
        return figure

"""The damping explorer: what momentum makes of the error along one direction of curvature λ."""

import matplotlib.pyplot as plt
import numpy as np
import traitlets

from lossbook import minimize, optimizers, plots, surfaces
from lossbook.explorers.widget import Explorer, Number, show


class DampingExplorer(Explorer):
    """The plane of ηλ and β, and the error step by step at one of its points.

    Near a minimum the error along a direction of curvature λ obeys
    e ← (1 + β − ηλ)e − βe₋₁. The roots of ζ² − (1 + β − ηλ)ζ + β say how it shrinks.

    Attributes
    ----------
    product : float
        ηλ, the learning rate times the curvature.
    momentum : float
        β.

    Examples
    --------
    >>> explorer = DampingExplorer(product=1.0, momentum=0.64)
    >>> round(explorer.factor, 9), explorer.regime
    (0.8, 'swings')
    """

    name = "damping"
    own_state = ("product", "momentum")
    product = Number(0.5, 0.001, 5)
    momentum = Number(0.9, 0, 0.999)
    caption = traitlets.Unicode(
        "Left of the dashed curve the error creeps to zero, inside it swings, right of it it jumps "
        "across; beyond the solid line, ηλ = 2(1 + β), it diverges. Inside, the factor is √β for "
        "every curvature: more momentum than needed slows the descent down."
    ).tag(sync=True)

    @property
    def roots(self):
        """The two roots ζ, complex numbers."""
        return np.roots([1, -(1 + self.momentum - self.product), self.momentum]).astype(complex)

    @property
    def factor(self):
        """The factor by which the error shrinks in a step, in the long run."""
        return float(np.abs(self.roots).max())

    @property
    def regime(self):
        """Whether the error creeps, swings or jumps across on its way down, or diverges."""
        if self.factor >= 1:
            return "diverges"
        if np.abs(self.roots.imag).max() > 0:
            return "swings"
        return "creeps" if self.roots.real.max() > 0 else "jumps across"

    def errors(self, steps):
        """Return the errors of a descent from 1, shape (steps + 1,), fewer if it arrives before.

        The curvature is 1 along the only direction that counts, so ηλ is the learning rate.
        """
        bowl = surfaces.quadratic(np.eye(2))
        descent = optimizers.GradientDescent(self.product, self.momentum)
        found = minimize(bowl, (1.0, 0.0), descent, max_steps=steps, gradient_tolerance=0)
        return found.path[:, 0]

    def results(self):
        """Return what the error does, and the factor."""
        what = self.regime if self.regime == "diverges" else f"{self.regime} to zero"
        sizes = " and ".join(show(float(size)) for size in np.abs(self.roots))
        return {"the error": what, "factor a step": show(self.factor), "sizes of the roots": sizes}

    def draw(self):
        """Draw the plane with its borders, and the error step by step."""
        figure, (left, right) = plt.subplots(1, 2, figsize=(5.8, 3.6))
        u = np.linspace(0, 1, 101)
        for sign in (-1, 1):
            left.plot((1 + sign * u) ** 2, u * u, "--", color=plots.COLORS[2])
        left.plot(2 * (1 + u), u, color=plots.COLORS[1])
        for text, place in {"swings": (0.9, 0.5), "diverges": (3.2, 0.3)}.items():
            left.text(*place, text)
        left.plot(self.product, self.momentum, "o", color=plots.COLORS[0], markersize=9)
        left.set(xlabel=r"$\eta\lambda$", ylabel=r"momentum $\beta$", xlim=(0, 4.2), ylim=(0, 1))
        right.plot(self.errors(60), ".-", color=plots.COLORS[0])
        right.set(xlabel="step $k$", ylabel="error $e$", ylim=(-1.5, 1.5))
        return figure

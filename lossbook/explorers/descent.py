"""The descent explorer: an optimizer on a surface of two parameters, from a start you choose."""

from dataclasses import dataclass

import matplotlib.pyplot as plt
import numpy as np
import traitlets

from lossbook import datasets, minimize, models, optimizers, plots, risk, surfaces
from lossbook.explorers.widget import Explorer, Number, choice, point, show
from lossbook.losses import squared_error


def _calls():
    calls = datasets.phone_calls()
    return risk(models.linear, squared_error, (calls.X - 1950) / 10, calls.y)


def _least_squares():
    calls = datasets.phone_calls()
    slope, intercept = np.polyfit((calls.X[:, 0] - 1950) / 10, calls.y, deg=1)
    return np.array([[intercept, slope]])


@dataclass(frozen=True)
class Surface:
    """A surface of the explorer: how to make it, its lowest points, and where to look at first."""

    make: object  # from the condition number to the objective
    minima: np.ndarray  # of the saddle, the saddle point
    view: tuple
    start: tuple
    learning_rate: float


SURFACES = {
    "quadratic": Surface(
        lambda condition: surfaces.quadratic([[1, 0], [0, condition]]),
        np.zeros((1, 2)),
        ((-3, 3), (-2, 2)),
        (-2.5, 1.5),
        0.15,
    ),
    "rosenbrock": Surface(
        lambda _: surfaces.rosenbrock,
        surfaces.rosenbrock.minima,
        ((-2, 2), (-1, 3)),
        (-1.2, 1.0),
        0.0015,
    ),
    "himmelblau": Surface(
        lambda _: surfaces.himmelblau,
        surfaces.himmelblau.minima,
        ((-5, 5), (-5, 5)),
        (-0.5, -1.0),
        0.01,
    ),
    "saddle": Surface(
        lambda _: surfaces.saddle, np.zeros((1, 2)), ((-2, 2), (-2, 2)), (1.5, 0.01), 0.1
    ),
    "calls": Surface(lambda _: _calls(), _least_squares(), ((-8, 10), (-4, 12)), (8.0, -2.0), 0.2),
}
OPTIMIZERS = {
    "gradient_descent": lambda rate, momentum: optimizers.GradientDescent(rate),
    "momentum": lambda rate, momentum: optimizers.GradientDescent(rate, momentum),
    "nesterov": lambda rate, momentum: optimizers.GradientDescent(
        rate, momentum, nesterov=momentum > 0
    ),
    "adagrad": lambda rate, momentum: optimizers.AdaGrad(rate),
    "rmsprop": lambda rate, momentum: optimizers.RMSProp(rate),
    "adam": lambda rate, momentum: optimizers.Adam(rate),
}


class DescentExplorer(Explorer):
    """Drag the start, choose learning rate and optimizer, and watch the path.

    Attributes
    ----------
    surface : str
        quadratic, rosenbrock, himmelblau, saddle or calls (the risk of a line through the phone
        calls); its own start and learning rate are taken if you give none.
    condition : float
        The condition number κ of the quadratic.
    optimizer : str
        gradient_descent, momentum, nesterov, adagrad, rmsprop or adam.
    learning_rate, momentum : float
    start : tuple of float
    steps : int
        At most 10,000.

    Examples
    --------
    >>> explorer = DescentExplorer("quadratic", condition=10, steps=2, learning_rate=0.1)
    >>> explorer.start = (2, 1)
    >>> explorer.path.round(2)
    array([[2.  , 1.  ],
           [1.8 , 0.  ],
           [1.62, 0.  ]])
    >>> explorer.threshold
    0.2
    """

    name = "descent"
    own_state = (
        "surface",
        "condition",
        "optimizer",
        "learning_rate",
        "momentum",
        "start",
        "steps",
    )
    surface = choice(SURFACES, "quadratic")
    condition = Number(10.0, 1, 1e4)
    optimizer = choice(OPTIMIZERS, "gradient_descent")
    learning_rate = Number(0.15, 1e-9, 1e6)
    momentum = Number(0.9, 0, 0.999)
    start = point((-2.5, 1.5), -100, 100)
    steps = traitlets.Int(25, min=0, max=10_000).tag(sync=True)
    caption = traitlets.Unicode(
        "Gradient descent θ ← θ − ηg settles only if the learning rate η is below 2/L, where L is "
        "the largest curvature. Just below, it jumps from side to side; just above, it leaves."
    ).tag(sync=True)

    def __init__(self, surface="quadratic", **settings):
        if surface in SURFACES:
            first = SURFACES[surface]
            settings = {"start": first.start, "learning_rate": first.learning_rate} | settings
        super().__init__(surface=surface, **settings)

    @property
    def objective(self):
        """The surface, as :func:`lossbook.minimize` takes it."""
        return SURFACES[self.surface].make(self.condition)

    @property
    def history(self):
        """The descent, a :class:`lossbook.History`."""
        optimizer = OPTIMIZERS[self.optimizer](self.learning_rate, self.momentum)
        return minimize(
            self.objective, self.start, optimizer, max_steps=self.steps, gradient_tolerance=0
        )

    @property
    def path(self):
        """Every finite point of the descent, shape (steps + 1, 2)."""
        return self.history.path

    @property
    def curvature(self):
        """The largest curvature L at the minimum, or saddle, nearest to the end of the path."""
        minima = SURFACES[self.surface].minima
        distance = ((minima - self.path[-1]) ** 2).sum(axis=1)
        at, h = minima[distance.argmin()], 1e-3
        # Fourth order: exact, but for rounding, for these polynomials of degree four or less.
        columns = [
            (8 * (self._slope(at + e) - self._slope(at - e))
             - self._slope(at + 2 * e) + self._slope(at - 2 * e)) / (12 * h)
            for e in h * np.eye(2)
        ]  # fmt: skip
        return float(np.linalg.eigvalsh((np.array(columns) + np.transpose(columns)) / 2)[-1])

    def _slope(self, parameters):
        return self.objective(parameters)[1]

    @property
    def threshold(self):
        """The learning rate from which descent cannot settle at curvature L; None if it adapts."""
        mu = {"gradient_descent": 0.0}.get(self.optimizer, self.momentum)
        if self.optimizer in ("gradient_descent", "momentum"):
            return round(2 * (1 + mu) / self.curvature, 12)
        if self.optimizer == "nesterov":
            return round(2 * (1 + mu) / ((1 + 2 * mu) * self.curvature), 12)
        return None

    def results(self):
        """Return the end of the path and the threshold."""
        history = self.history
        end = ", ".join(show(c) for c in history.parameters)
        threshold = self.threshold
        return {
            "end": f"({end}), value {show(history.value)}, after {history.steps} steps",
            "stable below": "no fixed rate" if threshold is None else show(threshold),
        }

    def draw(self):
        """Draw the path on the map, and the value step by step."""
        figure, (left, right) = plt.subplots(1, 2, figsize=(5.8, 3.6))
        history, view = self.history, SURFACES[self.surface].view
        labels = ("x", "y") if self.surface != "calls" else (r"$\theta_0$", r"$\theta_1$")
        plots.contour_with_path(left, self.objective, history.path, *view, labels)
        right.plot(history.values, color=plots.COLORS[0])
        right.set(xlabel="step $k$", ylabel="value")
        if history.values.min() > 0:
            right.set_yscale("log")
        return figure

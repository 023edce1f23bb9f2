"""Loss functions with their gradients, and the descent that uses them.

Everything that has a value and a derivative returns both, together. A loss maps predictions and
targets to ``(values, gradients)``, one per sample; :func:`mean` makes one number of them;
:func:`risk` joins a model, a loss and data to a function of the parameters; :func:`minimize`
descends on it.

>>> import numpy as np
>>> from lossbook import check_gradient, minimize, models, optimizers, risk
>>> from lossbook.losses import squared_error
>>> X = np.array([[0.0], [1.0], [2.0], [3.0]])
>>> y = 1 + 2 * X[:, 0]
>>> objective = risk(models.linear, squared_error, X, y)
>>> check_gradient(objective, [0.0, 0.0]).passed
True
>>> history = minimize(objective, [0.0, 0.0], optimizers.GradientDescent(learning_rate=0.1))
>>> history.parameters.round(6)
array([1., 2.])
"""

from lossbook import (
    comparisons,
    datasets,
    losses,
    models,
    optimizers,
    penalties,
    schedules,
    surfaces,
)
from lossbook.check import check
from lossbook.descent import History, minibatch_risk, minibatches, minimize
from lossbook.gradients import check_gradient
from lossbook.risk import mean, risk

__version__ = "0.1.0"
__all__ = [
    "History",
    "check",
    "check_gradient",
    "comparisons",
    "datasets",
    "losses",
    "mean",
    "minibatch_risk",
    "minibatches",
    "minimize",
    "models",
    "optimizers",
    "penalties",
    "risk",
    "schedules",
    "surfaces",
]

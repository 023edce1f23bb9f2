"""What each exercise of the problem sets expects, and what the usual mistakes give instead.

The package itself is what is expected: every formula here is a call of it. Only
:func:`lossbook.check` reads this.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from lossbook import losses, models, optimizers, penalties, surfaces
from lossbook.descent import minimize
from lossbook.risk import mean, risk


@dataclass(frozen=True)
class Exercise:
    """An exercise: its arguments are those of ``expected``.

    Attributes
    ----------
    expected : callable
        Returns the right numbers; a tuple for several results.
    cases : dict
        Name of each visible case to the arguments of the call.
    mistakes : dict
        The words for a mistake to the formula that gives its numbers.
    averaged : bool
        Whether there is a mean over samples in it, so that 1/n can be forgotten.
    call : callable
        How the answer is called; returns numbers.
    """

    expected: Callable
    cases: dict
    mistakes: dict = field(default_factory=dict)
    averaged: bool = False
    call: Callable = lambda answer, arguments: answer(*arguments)


def _normal(seed, *shape):
    return np.random.default_rng(seed).normal(size=shape).round(2)


def _sigmoid(z):
    return losses.binary_cross_entropy(z, np.zeros(np.shape(z)))[1]


def _softmax(logits):
    zeros = np.zeros(len(logits), dtype=int)
    return losses.softmax_cross_entropy(logits, zeros)[1] + np.eye(logits.shape[1])[zeros]


def _over_samples(logits):
    shares = np.exp(logits - logits.max(axis=0))
    return shares / shares.sum(axis=0)


def _linear_gradient(loss, parameters, X, y, **settings):
    return risk(models.linear, loss, X, y, **settings)(parameters)[1]


def _by_predictions(loss, parameters, X, y, **settings):
    """Return the gradient with respect to the predictions: the chain rule stopped too early."""
    return mean(loss, models.linear(parameters, X)[0], y, **settings)[1]


def _descend(objective, start, learning_rate, steps):
    optimizer = optimizers.GradientDescent(learning_rate=learning_rate)
    return minimize(objective, start, optimizer, max_steps=steps, gradient_tolerance=0)


def _flat(gradient):
    """Return an objective of which only the gradient matters."""
    return lambda parameters: (0.0, gradient(parameters))


def _design(X):
    return np.column_stack((np.ones(len(X)), X))


def _rate(X, factor):
    """Return 2/λ for the largest eigenvalue λ of factor · AᵀA, where A has the columns of X."""
    return 2 / np.linalg.eigvalsh(factor * X.T @ X)[-1]


def _three_steps(start, learning_rate, *, sign=1, slope=lambda theta: 2 * theta):
    path = [start]
    for _ in range(3):
        path.append(path[-1] - sign * learning_rate * slope(path[-1]))
    return np.array(path[1:])


def _ratio(kappa, epsilon, factor):
    return np.log(1 / epsilon) / -np.log(factor(kappa))


STOPPED = "This is the derivative with respect to the predictions: go on to the parameters, by Xᵀ."
UPHILL = "The sign is flipped: this walks uphill. Downhill is minus the gradient."
LATE = "The number of steps is wrong: this is one step too few."

X1, X5 = _normal(1, 1, 2), _normal(2, 5, 2)
THETA, Y5 = np.array([0.5, -1.0, 2.0]), _normal(3, 5)
LABELS = np.array([1, 0, 1, 1, 0])
RESIDUALS = np.array([-3.0, -1.0, -0.25, 0.0, 0.5, 1.0, 4.0])
PULLED = {"one sample": (THETA, X1, np.array([1.0])), "five samples": (THETA, X5, Y5)}


def _concepts():
    sides = {
        "errors of both signs": (np.array([1.0, 2.0, 3.0, 4.0]), np.array([2.0, 2.0, 1.0, 7.0])),
        "thirty samples": (_normal(4, 30), _normal(5, 30)),
    }
    yield (
        "mean_absolute_error",
        Exercise(
            lambda predictions, targets: mean(losses.absolute_error, predictions, targets)[0],
            {"one sample": (np.array([1.0]), np.array([3.0])), **sides},
            {
                "The errors cancel: take the absolute value of each one before the mean.": (
                    lambda p, y: (p - y).mean()
                ),
                "This is the mean squared error: take absolute values, not squares.": (
                    lambda p, y: mean(losses.squared_error, p, y)[0]
                ),
            },
            averaged=True,
        ),
    )
    yield (
        "huber_values",
        Exercise(
            lambda residuals, delta: losses.huber(residuals, 0 * residuals, delta=delta)[0],
            {"delta 1": (RESIDUALS, 1.0), "delta 2": (RESIDUALS, 2.0)},
            {
                "The branch for large residuals is missing: beyond delta it is a line.": (
                    lambda r, d: losses.half_squared_error(r, 0 * r)[0]
                ),
                "The two branches do not meet: the line is lower by half of delta squared.": (
                    lambda r, d: np.where(abs(r) <= d, r * r / 2, d * abs(r))
                ),
                "The factor 2 is missing where the residual is small: it is half of its square.": (
                    lambda r, d: np.where(abs(r) <= d, r * r, d * (abs(r) - d / 2))
                ),
            },
        ),
    )
    yield (
        "huber_pull",
        Exercise(
            lambda residuals, delta: losses.huber(residuals, 0 * residuals, delta=delta)[1],
            {"delta 1": (RESIDUALS, 1.0), "delta 2": (RESIDUALS, 2.0)},
            {
                "The pull is not bounded: beyond delta it stays at delta.": lambda r, d: r,
                "Beyond delta the pull is delta, not 1.": (
                    lambda r, d: np.where(abs(r) <= d, r, np.sign(r))
                ),
            },
        ),
    )
    yield (
        "pinball_mean",
        Exercise(
            lambda predictions, targets, quantile: mean(
                losses.pinball, predictions, targets, quantile=quantile
            )[0],
            {name: (*pair, 0.9) for name, pair in sides.items()},
            {
                "The two sides are swapped: for quantile 0.9 too low costs 0.9, too high 0.1.": (
                    lambda p, y, q: mean(losses.pinball, p, y, quantile=1 - q)[0]
                ),
            },
            averaged=True,
        ),
    )
    yield (
        "risks_by_hand",
        Exercise(
            lambda *, residuals: (
                mean(losses.squared_error, residuals, 0 * np.array(residuals))[0],
                mean(losses.absolute_error, residuals, 0 * np.array(residuals))[0],
                mean(losses.huber, residuals, 0 * np.array(residuals))[0],
            ),
            {"your residuals": ()},
            {
                "These are sums: a risk is a mean.": lambda *, residuals: tuple(
                    loss(residuals, 0 * np.array(residuals))[0].sum()
                    for loss in (losses.squared_error, losses.absolute_error, losses.huber)
                ),
            },
        ),
    )


def _gradients():
    logits = np.array([0.3, -1.2, 2.0, 0.0, -0.4])
    rows, classes = _normal(6, 5, 3), np.array([0, 2, 1, 1, 0])
    large = np.array([-95.0, 95.0, 1.0, 100.0, 0.5], dtype=np.float32)
    bce, softmax = losses.binary_cross_entropy, losses.softmax_cross_entropy
    yield (
        "mse_gradient",
        Exercise(
            lambda parameters, X, y: _linear_gradient(losses.squared_error, parameters, X, y),
            PULLED,
            {
                STOPPED: lambda t, X, y: _by_predictions(losses.squared_error, t, X, y),
                "The intercept is missing: the first parameter belongs to a column of ones.": (
                    lambda t, X, y: _linear_gradient(losses.squared_error, t, X, y)[1:]
                ),
            },
            averaged=True,
        ),
    )
    yield (
        "cross_entropy_gradient",
        Exercise(
            lambda logits, labels: mean(bce, logits, labels)[1],
            {
                "five samples": (logits, LABELS),
                "large logits in float32": (large, LABELS),
            },
            {
                "Probabilities are passed as logits: the sigmoid is applied twice.": (
                    lambda z, y: mean(bce, _sigmoid(z), y)[1]
                ),
                "Logits are taken for probabilities: apply the sigmoid first.": (
                    lambda z, y: (z - y) / len(z)
                ),
            },
            averaged=True,
        ),
    )
    yield (
        "softmax_gradient",
        Exercise(
            lambda logits, labels: softmax(logits, labels)[1] / np.float32(len(labels)),
            {
                "five samples, three classes": (rows, classes),
                "large logits in float32": (np.float32(90) * rows.astype(np.float32), classes),
            },
            {
                "Probabilities are passed as logits: the softmax is applied twice.": (
                    lambda z, c: softmax(_softmax(z), c)[1] / np.float32(len(c))
                ),
                "The softmax runs over the samples: it sums over the classes, axis 1.": (
                    lambda z, c: (_over_samples(z) - np.eye(z.shape[1])[c]) / len(c)
                ),
            },
            averaged=True,
        ),
    )
    yield (
        "central_difference",
        Exercise(
            lambda function, point, step: _differences(function, point, step, 1, 1),
            {
                "a bowl": (lambda x: float(x @ x), np.array([1.0, -2.0]), 1e-3),
                "a curved valley": (
                    lambda x: float(surfaces.rosenbrock(x)[0]),
                    np.array([-1.0, 0.5]),
                    1e-3,
                ),
            },
            {
                "This is the forward difference: go one step to either side of the point.": (
                    lambda f, x, h: _differences(f, x, h, 1, 0)
                ),
            },
        ),
    )


def _differences(function, point, step, ahead, behind):
    moves = step * np.eye(len(point))
    rise = [function(point + ahead * move) - function(point - behind * move) for move in moves]
    return np.array(rise) / ((ahead + behind) * step)


def _descent():
    bowl, valley = surfaces.quadratic([[1, 0], [0, 10]]), surfaces.rosenbrock
    start, x = np.array([2.0, 1.0]), np.array([[0.0], [1.0], [2.0], [4.0]])
    slopes = {
        "no step": (lambda p: bowl(p)[1], start, 0.1, 0),
        "one step": (lambda p: bowl(p)[1], start, 0.1, 1),
        "ten steps in a valley": (lambda p: valley(p)[1], np.array([-1.0, 1.0]), 1e-3, 10),
    }
    yield (
        "gradient_descent",
        Exercise(
            lambda gradient, start, learning_rate, steps: (
                _descend(_flat(gradient), start, learning_rate, steps).parameters
            ),
            slopes,
            {
                UPHILL: lambda g, s, r, k: _descend(_flat(lambda p: -g(p)), s, r, k).parameters,
                LATE: lambda g, s, r, k: _descend(_flat(g), s, r, max(k - 1, 0)).parameters,
            },
        ),
    )
    yield (
        "descent_values",
        Exercise(
            lambda objective, start, learning_rate, steps: (
                _descend(objective, start, learning_rate, steps).values
            ),
            {
                "three steps": (bowl, start, 0.1, 3),
                "ten steps in a valley": (valley, np.array([-1.0, 1.0]), 1e-3, 10),
            },
            {
                "The value at the start is missing: k steps have k + 1 values.": (
                    lambda f, s, r, k: _descend(f, s, r, k).values[1:]
                ),
                "The value at the end is missing: k steps have k + 1 values.": (
                    lambda f, s, r, k: _descend(f, s, r, k).values[:-1]
                ),
            },
        ),
    )
    yield (
        "largest_learning_rate",
        Exercise(
            lambda X: _rate(_design(X), 2 / len(X)),
            {"four samples": (x,), "five samples, two columns": (X5,)},
            {
                "The intercept is missing: the Hessian has a column of ones too.": (
                    lambda X: _rate(X, 2 / len(X))
                ),
                "This is the best rate, for the largest curvature alone: the limit is twice it.": (
                    lambda X: _rate(_design(X), 2 / len(X)) / 2
                ),
                "The factor 2/n of the Hessian is missing.": lambda X: _rate(_design(X), 1),
            },
        ),
    )
    yield (
        "three_steps",
        Exercise(
            lambda *, start, learning_rate: _three_steps(start, learning_rate),
            {"your start and rate": ()},
            {
                UPHILL: lambda *, start, learning_rate: _three_steps(start, learning_rate, sign=-1),
                "The derivative of θ² is 2θ, not θ.": lambda *, start, learning_rate: _three_steps(
                    start, learning_rate / 2
                ),
            },
        ),
    )
    yield (
        "steps_needed",
        Exercise(
            lambda kappa, epsilon: _ratio(kappa, epsilon, lambda k: (k - 1) / (k + 1)),
            {"condition number 10": (10.0, 1e-3), "condition number 1000": (1000.0, 1e-6)},
            {
                "The factor is that of the rate 1/L; the best rate shrinks by (κ − 1)/(κ + 1).": (
                    lambda kappa, epsilon: _ratio(kappa, epsilon, lambda k: 1 - 1 / k)
                ),
            },
        ),
    )


def _linear_regression():
    line = np.array([0.0, 1.0, 2.0, 5.0]), np.array([1.0, 2.5, 6.0, 11.0])
    yield (
        "fit_line",
        Exercise(
            lambda x, y: tuple(np.polyfit(x, y, 1)[::-1]),
            {"four points": line, "thirty points": (_normal(7, 30), _normal(8, 30))},
            {
                "Intercept and slope are swapped: the intercept comes first.": (
                    lambda x, y: tuple(np.polyfit(x, y, 1))
                ),
                "The line goes through the origin: the column of ones is missing.": (
                    lambda x, y: (0.0, x @ y / (x @ x))
                ),
            },
        ),
    )
    yield (
        "huber_gradient",
        Exercise(
            lambda parameters, X, y, delta: _linear_gradient(
                losses.huber, parameters, X, y, delta=delta
            ),
            {name: (*case, 0.7) for name, case in PULLED.items()},
            {
                STOPPED: lambda t, X, y, d: _by_predictions(losses.huber, t, X, y, delta=d),
                "The pull is not bounded: beyond delta it stays at delta.": (
                    lambda t, X, y, d: _linear_gradient(losses.half_squared_error, t, X, y)
                ),
            },
            averaged=True,
        ),
    )
    yield (
        "ridge_gradient",
        Exercise(
            lambda parameters, X, y, strength: _linear_gradient(
                losses.squared_error, parameters, X, y, penalty=penalties.l2(strength, skip=1)
            ),
            {name: (*case, 0.3) for name, case in PULLED.items()},
            {
                "The intercept is penalized: the sum begins with the first slope.": (
                    lambda t, X, y, s: _linear_gradient(
                        losses.squared_error, t, X, y, penalty=penalties.l2(s)
                    )
                ),
                "The factor 2 is missing in the penalty: the derivative of θ² is 2θ.": (
                    lambda t, X, y, s: _linear_gradient(
                        losses.squared_error, t, X, y, penalty=penalties.l2(s / 2, skip=1)
                    )
                ),
                "The penalty is missing.": (
                    lambda t, X, y, s: _linear_gradient(losses.squared_error, t, X, y)
                ),
            },
            averaged=True,
        ),
    )
    yield (
        "pinball_gradient",
        Exercise(
            lambda parameters, X, y, quantile: _linear_gradient(
                losses.pinball, parameters, X, y, quantile=quantile
            ),
            {name: (*case, 0.9) for name, case in PULLED.items()},
            {
                STOPPED: lambda t, X, y, q: _by_predictions(losses.pinball, t, X, y, quantile=q),
                "The two sides are swapped: too low pulls with q, too high with 1 − q.": (
                    lambda t, X, y, q: _linear_gradient(losses.pinball, t, X, y, quantile=1 - q)
                ),
            },
            averaged=True,
        ),
    )


def _logistic_regression():
    bce = losses.binary_cross_entropy
    grown = np.array([0.0, 40.0, 0.0]), X5.astype(np.float32), LABELS
    five = {"five samples": (THETA, X5, LABELS)}
    yield (
        "sigmoid",
        Exercise(
            lambda z: _sigmoid(z),
            {
                "small numbers": (np.array([-2.0, -0.5, 0.0, 3.0]),),
                "float32": (np.array([-100.0, -1.0, 100.0], dtype=np.float32),),
                "large numbers": (np.array([-800.0, 800.0]),),
            },
            {"The sign of the exponent is flipped: this is 1 − p.": lambda z: _sigmoid(-z)},
        ),
    )
    yield (
        "logistic_risk",
        Exercise(
            lambda parameters, X, labels: risk(models.linear, bce, X, labels)(parameters)[0],
            {**five, "logits of hundreds": (200 * THETA, X5, LABELS)},
            {
                "Probabilities are passed as logits: the sigmoid is applied twice.": (
                    lambda t, X, y: mean(bce, _sigmoid(models.linear(t, X)[0]), y)[0]
                ),
                "The labels are swapped: the logarithm of p belongs to label 1.": (
                    lambda t, X, y: risk(models.linear, bce, X, 1 - y)(t)[0]
                ),
            },
            averaged=True,
        ),
    )
    yield (
        "logistic_gradient",
        Exercise(
            lambda parameters, X, labels: _linear_gradient(bce, parameters, X, labels),
            {**five, "large logits in float32": grown},
            {
                STOPPED: lambda t, X, y: _by_predictions(bce, t, X, y),
                "Logits are taken for probabilities: apply the sigmoid first.": (
                    lambda t, X, y: _linear_gradient(losses.half_squared_error, t, X, y)
                ),
            },
            averaged=True,
        ),
    )
    yield (
        "odds_factor",
        Exercise(
            lambda parameters, j, change: np.exp(change * parameters[j]),
            {"one unit": (THETA, 1, 1.0), "half a unit": (THETA, 2, 0.5)},
            {
                "This is the change of the log-odds: the odds change by its exponential.": (
                    lambda t, j, c: c * t[j]
                ),
                "The intercept shifts the index: slope j is parameters[j].": (
                    lambda t, j, c: np.exp(c * t[j - 1])
                ),
            },
        ),
    )


def _backpropagation():
    network = models.MultilayerPerceptron(sizes=(1, 2, 1))
    units = np.array([0.1, -0.3]), np.array([0.8, -0.5]), 0.2, np.array([1.5, -0.7])

    def run(x, b, w, c, v, pull=1.0):
        layers = [(b, w[None, :]), (np.array([c]), v[:, None])]
        predictions, backward = network(network.pack(layers), [[x]])
        (db, dw), (dc, dv) = network.unpack(backward([pull]))
        return predictions[0], (dc[0], dv[:, 0]), (db, dw[0])

    inputs = {"x = 0.6": (0.6, *units), "x = -2": (-2.0, *units)}
    pulled = {name: (*case, 0.5) for name, case in inputs.items()}
    delta, weights = _normal(9, 5, 2), _normal(10, 3, 2)
    activations = np.tanh(_normal(11, 5, 3))
    yield (
        "network_output",
        Exercise(
            lambda x, b, w, c, v: run(x, b, w, c, v)[0],
            inputs,
            {
                "The activation is missing: without tanh two layers are one line.": (
                    lambda x, b, w, c, v: c + v @ (b + w * x)
                ),
                "The bias of the output is missing.": (
                    lambda x, b, w, c, v: run(x, b, w, 0.0, v)[0]
                ),
            },
        ),
    )
    yield (
        "output_gradient",
        Exercise(
            lambda x, b, w, c, v, pull: run(x, b, w, c, v, pull)[1],
            pulled,
            {
                "The derivative by v is the pull times a, what tanh returned, not times z.": (
                    lambda x, b, w, c, v, g: (g, g * (b + w * x))
                ),
                "The pull is missing: it is the factor that comes from the loss.": (
                    lambda x, b, w, c, v, g: run(x, b, w, c, v)[1]
                ),
            },
        ),
    )
    yield (
        "hidden_gradient",
        Exercise(
            lambda x, b, w, c, v, pull: run(x, b, w, c, v, pull)[2],
            pulled,
            {
                "The derivative of tanh is missing: 1 − a² comes between the layers.": (
                    lambda x, b, w, c, v, g: (g * v, g * v * x)
                ),
                "The derivative of tanh is 1 − a², with a = tanh z, not 1 − z².": (
                    lambda x, b, w, c, v, g: (
                        g * v * (1 - (b + w * x) ** 2),
                        g * v * (1 - (b + w * x) ** 2) * x,
                    )
                ),
            },
        ),
    )
    yield (
        "layer_backward",
        Exercise(
            lambda delta, activations, weights: (
                delta.sum(axis=0),
                np.einsum("ij,ik->jk", activations, delta),
                np.einsum("ik,jk->ij", delta, weights) * (1 - activations**2),
            ),
            {
                "one sample": (delta[:1], activations[:1], weights),
                "five samples": (delta, activations, weights),
            },
            {
                "The derivative of tanh is missing in what goes back to the layer before.": (
                    lambda d, a, w: (d.sum(axis=0), a.T @ d, d @ w.T)
                ),
                "The biases take the mean over the samples; the chain rule takes the sum.": (
                    lambda d, a, w: (d.mean(axis=0), a.T @ d, d @ w.T * (1 - a**2))
                ),
            },
        ),
    )
    yield (
        "linear_model",
        Exercise(
            lambda parameters, X: _both(models.linear, (parameters, X)),
            {"one sample": (THETA, X1), "five samples": (THETA, X5)},
            {
                "The backward pass has no derivative by the intercept: the sum of the pulls.": (
                    lambda t, X: (
                        _both(models.linear, (t, X))[0],
                        _both(models.linear, (t, X))[1][1:],
                    )
                ),
            },
            call=_both,
        ),
    )


def _both(model, arguments):
    """Return predictions, and what ``backward`` makes of the pulls 1, 2, 3, …"""
    predictions, backward = model(*arguments)
    return predictions, backward(np.arange(1.0, len(predictions) + 1))


def _robust_line():
    table = np.array([[50.0, 1.0], [60.0, 1.5], [70.0, 4.0], [73.0, 9.0]])
    line = np.array([[-1.0], [0.0], [0.5], [2.0]]), np.array([0.0, 1.0, 1.4, 9.0])
    yield (
        "standardize",
        Exercise(
            lambda X: (X - X.mean(axis=0)) / X.std(axis=0),
            {"two columns": (table,), "three columns": (_normal(12, 9, 3),)},
            {
                "The mean is over the whole table: each column has its own, axis=0.": (
                    lambda X: (X - X.mean()) / X.std()
                ),
                "The deviation divides by n − 1; here it divides by n, as np.std does.": (
                    lambda X: (X - X.mean(axis=0)) / X.std(axis=0, ddof=1)
                ),
            },
        ),
    )
    yield (
        "huber_fit",
        Exercise(
            lambda X, y, delta, learning_rate, steps: (
                _descend(
                    risk(models.linear, losses.huber, X, y, delta=delta),
                    np.zeros(X.shape[1] + 1),
                    learning_rate,
                    steps,
                ).parameters
            ),
            {"one step": (*line, 1.0, 0.2, 1), "forty steps": (*line, 1.0, 0.2, 40)},
            {
                "This is the least-squares fit: the pull of the outlier is not bounded.": (
                    lambda X, y, d, r, k: (
                        _descend(
                            risk(models.linear, losses.half_squared_error, X, y),
                            np.zeros(X.shape[1] + 1),
                            r,
                            k,
                        ).parameters
                    )
                ),
                LATE: lambda X, y, d, r, k: (
                    _descend(
                        risk(models.linear, losses.huber, X, y, delta=d),
                        np.zeros(X.shape[1] + 1),
                        r,
                        k - 1,
                    ).parameters
                ),
            },
        ),
    )
    yield (
        "suspects",
        Exercise(
            lambda residuals, count: np.sort(_by_size(residuals)[:count]),
            {"two of seven": (RESIDUALS, 2), "three of thirty": (_normal(14, 30), 3)},
            {
                "The signs count here: a residual far below zero is as suspect as one above.": (
                    lambda r, k: np.sort(np.argsort(-r, kind="stable")[:k])
                ),
                "These are the smallest residuals: take the largest.": (
                    lambda r, k: np.sort(_by_size(r)[-k:])
                ),
            },
        ),
    )


def _by_size(residuals):
    return np.argsort(-np.abs(residuals), kind="stable")


EXERCISES = {
    name: exercise
    for chapter in (
        _concepts,
        _gradients,
        _descent,
        _linear_regression,
        _logistic_regression,
        _backpropagation,
        _robust_line,
    )
    for name, exercise in chapter()
}

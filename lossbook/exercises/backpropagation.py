"""The exercises of the set backpropagation."""

import inspect
from dataclasses import replace

import numpy as np

from lossbook import models
from lossbook.exercises.exercise import SIGMOID, THETA, X1, X5, Exercise, naive, normal

units = np.array([0.1, -0.3]), np.array([0.8, -0.5]), 0.2, np.array([1.5, -0.7])
three = normal(17, 3), normal(18, 3), -0.4, normal(19, 3)


def _run(x, b, w, c, v, pull=1.0):
    network = models.MultilayerPerceptron(sizes=(1, len(b), 1))
    layers = [(b, w[None, :]), (np.array([c]), v[:, None])]
    predictions, backward = network(network.pack(layers), [[x]])
    (db, dw), (dc, dv) = network.unpack(backward([pull]))
    return predictions[0], (dc[0], dv[:, 0]), (db, dw[0])


def _both(model, arguments):
    """Return predictions, and what ``backward`` makes of the pulls √1, √2, √3, …

    Between the two the model is asked for something else.
    """
    predictions, backward = model(*arguments)
    model(*(0 * np.asarray(argument) for argument in arguments))
    return predictions, backward(np.sqrt(np.arange(1.0, len(predictions) + 1)))


def with_slope(exercise, inner=0):
    """Return the exercise for tanh(slope · z); ``inner`` slopes are in the results, too."""
    return replace(
        exercise,
        expected=_steep(exercise.expected, inner),
        mistakes={words: _steep(f, inner) for words, f in exercise.mistakes.items()},
    )


def _steep(formula, inner):
    own = inspect.signature(formula)
    number = inspect.Parameter("slope", inspect.Parameter.KEYWORD_ONLY, default=1.0)

    def steep(x, b, w, *others, slope=1.0):
        results = formula(x, slope * b, slope * w, *others)
        return tuple(slope * part for part in results) if inner else results

    steep.__signature__ = own.replace(parameters=[*own.parameters.values(), number])
    return steep


def _layer(delta, activations, weights, slope, back=lambda a: 1 - a**2, by_biases=np.sum):
    before = slope * np.einsum("ik,jk->ij", delta, weights) * back(activations)
    return by_biases(delta, axis=0), np.einsum("ij,ik->jk", activations, delta), before


SLOPE = "The derivative of the sigmoid is a(1 − a); here is tanh, whose derivative is 1 − a²."


def _through_sigmoid(pulls, a, x):
    return pulls * a * (1 - a), pulls * a * (1 - a) * x


inputs = {"x = 0.6": (0.6, *units), "x = -2": (-2.0, *units), "three units": (0.9, *three)}
pulled = {name: (*case, pull) for (name, case), pull in zip(inputs.items(), (0.4, -1.5, 0.7))}
delta, weights = normal(9, 5, 2), normal(10, 3, 2)
activations = np.tanh(normal(11, 5, 3))

EXERCISES = {
    "network_output": with_slope(
        Exercise(
            lambda x, b, w, c, v: _run(x, b, w, c, v)[0],
            inputs,
            {
                "The activation is missing: without tanh two layers are one line.": (
                    lambda x, b, w, c, v: c + v @ (b + w * x)
                ),
                SIGMOID: lambda x, b, w, c, v: c + v @ naive(b + w * x),
                "The bias of the output is missing.": (
                    lambda x, b, w, c, v: _run(x, b, w, 0.0, v)[0]
                ),
            },
            section="derivation/backpropagation#a-network-on-paper",
        ),
    ),
    "output_gradient": with_slope(
        Exercise(
            lambda x, b, w, c, v, pull: _run(x, b, w, c, v, pull)[1],
            pulled,
            {
                "The derivative by v is the pull times a, what tanh returned, not times z.": (
                    lambda x, b, w, c, v, g: (g, g * (b + w * x))
                ),
                SIGMOID: lambda x, b, w, c, v, g: (g, g * naive(b + w * x)),
                "The pull is missing: it is the factor that comes from the loss.": (
                    lambda x, b, w, c, v, g: _run(x, b, w, c, v)[1]
                ),
            },
            section="derivation/backpropagation#the-backward-pass",
        ),
    ),
    "hidden_gradient": with_slope(
        Exercise(
            lambda x, b, w, c, v, pull: _run(x, b, w, c, v, pull)[2],
            pulled,
            {
                "The derivative of tanh is missing: 1 − a² comes between the layers.": (
                    lambda x, b, w, c, v, g: (g * v, g * v * x)
                ),
                SIGMOID: lambda x, b, w, c, v, g: _through_sigmoid(g * v, naive(b + w * x), x),
                SLOPE: lambda x, b, w, c, v, g: _through_sigmoid(g * v, np.tanh(b + w * x), x),
                "The derivative of tanh is 1 − a², with a = tanh z, not 1 − z².": (
                    lambda x, b, w, c, v, g: (
                        g * v * (1 - (b + w * x) ** 2),
                        g * v * (1 - (b + w * x) ** 2) * x,
                    )
                ),
            },
            section="derivation/backpropagation#the-backward-pass",
        ),
        inner=1,
    ),
    "layer_backward": Exercise(
        lambda delta, activations, weights, *, slope=1.0: _layer(
            delta, activations, weights, slope
        ),
        {
            "one sample": (delta[:1], activations[:1], weights),
            "five samples": (delta, activations, weights),
        },
        {
            "The derivative of tanh is missing in what goes back to the layer before.": (
                lambda d, a, w, *, slope=1.0: _layer(d, a, w, slope, np.ones_like)
            ),
            SLOPE: lambda d, a, w, *, slope=1.0: _layer(d, a, w, slope, lambda a: a * (1 - a)),
            "The biases take the mean over the samples; the chain rule takes the sum.": (
                lambda d, a, w, *, slope=1.0: _layer(d, a, w, slope, by_biases=np.mean)
            ),
        },
        section="derivation/backpropagation#any-depth-and-any-number-of-samples",
    ),
    "linear_model": Exercise(
        lambda parameters, X: _both(models.linear, (parameters, X)),
        {"one sample": (THETA, X1), "five samples": (THETA, X5)},
        {
            "The backward pass has no derivative by the intercept: the sum of the pulls.": (
                lambda t, X: (
                    _both(models.linear, (t, X))[0],
                    _both(models.linear, (t, X))[1][1:],
                )
            ),
            "The function backward forgets: it takes what the model was asked last.": (
                lambda t, X: (
                    _both(models.linear, (t, X))[0],
                    _both(models.linear, (t, 0 * X))[1],
                )
            ),
        },
        call=_both,
        section="concepts/from_error_to_loss#one-turn-of-the-loop",
    ),
}

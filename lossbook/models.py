"""Models: functions ``(parameters, X) -> (predictions, backward)``.

``backward`` is the chain rule: it takes the gradient of anything with respect to the predictions
and returns its gradient with respect to the parameters. Parameters are flat vectors, so that any
optimizer can take them. Models compute in the dtype of ``X``, float32 or float64.
"""

import math
from dataclasses import dataclass
from itertools import pairwise

import numpy as np


def linear(parameters, X, *, outputs=None):
    """Predict θ₀ + θ₁x₁ + … + θ_d x_d for every row of ``X``.

    With ``outputs=k`` there are k such predictions for each row, as softmax needs them. The
    parameters are then those of a matrix of shape (d + 1, k), row by row: k intercepts, k slopes
    for the first column of ``X``, and so on. For :func:`lossbook.risk`, give
    ``functools.partial(models.linear, outputs=k)``.

    Parameters
    ----------
    parameters : array_like, shape (d + 1,) or ((d + 1)·k,)
        The intercept θ₀, then one slope for each column of ``X``.
    X : array_like, shape (n, d)
        Inputs, one row a sample.
    outputs : int, optional
        The number k of predictions for each row; without it, predictions have shape (n,).

    Returns
    -------
    predictions : ndarray, shape (n,) or (n, k)
    backward : callable
        Takes gᵢ, the gradient with respect to prediction i, and returns (Σ gᵢ, Σ gᵢxᵢ).

    Raises
    ------
    ValueError
        If ``X`` is not (n, d), there are too few or too many parameters, or ``backward`` is given a
        gradient that is not shaped like the predictions.

    Examples
    --------
    >>> predictions, backward = linear([1, 2], [[0], [1], [2]])
    >>> predictions
    array([1., 3., 5.])
    >>> backward([1, 0, 1])
    array([2., 2.])
    >>> predictions, _ = linear([1, 10, 2, 20], [[0], [1], [2]], outputs=2)
    >>> predictions
    array([[ 1., 10.],
           [ 3., 30.],
           [ 5., 50.]])
    """
    X = as_rows(X)
    parameters = np.asarray(parameters, dtype=X.dtype)
    rows, columns = X.shape[1] + 1, () if outputs is None else (_count(outputs, "outputs"),)
    if parameters.shape != (math.prod((rows, *columns)),):
        each = "" if outputs is None else f" for each of the {outputs} outputs"
        raise ValueError(
            f"parameters has shape {parameters.shape} but X has shape {X.shape}; expected "
            f"({math.prod((rows, *columns))},): an intercept and {X.shape[1]} slopes{each}"
        )
    theta = parameters.reshape(rows, *columns)
    predictions = theta[0] + X @ theta[1:]

    def backward(gradient):
        gradient = _like(predictions, gradient)
        return np.concatenate((gradient.sum(axis=0, keepdims=True), X.T @ gradient)).ravel()

    return predictions, backward


# Each activation, and its derivative as a function of what it returned: tanh' = 1 − tanh². At its
# kink relu has the subgradient 0, as in PyTorch and TensorFlow.
ACTIVATIONS = {
    "tanh": (np.tanh, lambda a: 1 - a * a),
    "relu": (lambda z: np.maximum(z, 0), lambda a: a > 0),
}


@dataclass(frozen=True)
class MultilayerPerceptron:
    """A network of fully connected layers, a ← activation(b + aW), the last one without activation.

    Calling it, ``network(parameters, X)``, returns the predictions and ``backward``, as
    :func:`linear` does. The parameters are packed layer by layer, the biases of a layer first, then
    its weights row by row; so a network without hidden layer is :func:`linear`.

    Parameters
    ----------
    sizes : sequence of int
        The number of inputs, of units in each hidden layer, and of outputs. With one output the
        predictions have shape (n,), else (n, k).
    activation : {"tanh", "relu"}
        What the hidden layers apply.

    Raises
    ------
    ValueError
        If a size or the activation is not one of these; from a call, if shapes do not fit.

    References
    ----------
    D. E. Rumelhart, G. E. Hinton and R. J. Williams, "Learning representations by back-propagating
    errors", *Nature* 323, 1986.

    Examples
    --------
    >>> network = MultilayerPerceptron(sizes=(2, 3, 1))
    >>> network.parameter_count
    13
    >>> predictions, backward = network(network.initialize(seed=0), [[0.0, 1.0], [1.0, 0.0]])
    >>> predictions.shape, backward([1.0, 1.0]).shape
    ((2,), (13,))
    """

    sizes: tuple
    activation: str = "tanh"

    def __post_init__(self):
        if len(self.sizes) < 2:
            raise ValueError(f"sizes is {self.sizes}; expected at least inputs and outputs")
        for size in self.sizes:
            _count(size, "a size")
        if self.activation not in ACTIVATIONS:
            raise ValueError(
                f"activation is {self.activation!r}; expected one of {', '.join(ACTIVATIONS)}"
            )

    @property
    def parameter_count(self):
        """The number of parameters, the sum of (inputs + 1) · outputs over the layers."""
        return sum((m + 1) * n for m, n in self._layer_sizes)

    @property
    def _layer_sizes(self):
        return list(pairwise(self.sizes))

    def __call__(self, parameters, X):
        """Return the predictions for every row of ``X``, and their chain rule."""
        X = as_rows(X)
        if X.shape[1] != self.sizes[0]:
            raise ValueError(f"X has shape {X.shape}; expected (n, {self.sizes[0]})")
        layers = self.unpack(np.asarray(parameters, dtype=X.dtype))
        activate, slope = ACTIVATIONS[self.activation]
        inputs, outputs = [], X
        for biases, weights in layers:
            inputs.append(activate(outputs) if inputs else X)
            outputs = biases + inputs[-1] @ weights
        predictions = outputs[:, 0] if self.sizes[-1] == 1 else outputs

        def backward(gradient):
            # δ: the gradient with respect to what a layer computes, the last layer first.
            delta = _like(predictions, gradient).reshape(outputs.shape)
            gradients = [None] * len(layers)
            for i in reversed(range(len(layers))):
                _, weights = layers[i]
                gradients[i] = delta.sum(axis=0), inputs[i].T @ delta
                if i > 0:
                    delta = (delta @ weights.T) * slope(inputs[i])
            return self.pack(gradients)

        return predictions, backward

    def initialize(self, seed, scheme="glorot"):
        """Return random parameters that keep the signal's size from layer to layer; biases are 0.

        With m inputs and n outputs of a layer, "glorot" draws weights uniformly within
        ±√(6/(m + n)), for tanh; "he" draws them from a normal distribution of variance 2/m, for
        relu, which loses half of the signal. PyTorch's ``nn.Linear`` draws both weights and biases
        uniformly within ±1/√m.

        Parameters
        ----------
        seed : int or numpy.random.Generator
        scheme : {"glorot", "he"}

        Returns
        -------
        parameters : ndarray, shape (parameter_count,)

        Raises
        ------
        ValueError
            If the scheme is not one of these.

        References
        ----------
        X. Glorot and Y. Bengio, "Understanding the difficulty of training deep feedforward neural
        networks", 2010, equation 16. K. He, X. Zhang, S. Ren and J. Sun, "Delving deep into
        rectifiers", 2015, equation 10.
        """
        draw = np.random.default_rng(seed)
        layers = []
        for m, n in self._layer_sizes:
            if scheme == "glorot":
                limit = math.sqrt(6 / (m + n))
                weights = draw.uniform(-limit, limit, size=(m, n))
            elif scheme == "he":
                weights = draw.normal(0, math.sqrt(2 / m), size=(m, n))
            else:
                raise ValueError(f"scheme is {scheme!r}; expected glorot or he")
            layers.append((np.zeros(n), weights))
        return self.pack(layers)

    def unpack(self, parameters):
        """Return [(biases, weights), …], one pair a layer, shapes (n,) and (m, n), for m inputs.

        >>> MultilayerPerceptron(sizes=(1, 2)).unpack([1, 2, 3, 4])
        [(array([1, 2]), array([[3, 4]]))]
        """
        parameters = np.asarray(parameters)
        if parameters.shape != (self.parameter_count,):
            raise ValueError(
                f"parameters has shape {parameters.shape}; expected ({self.parameter_count},) "
                f"for layers of sizes {self.sizes}"
            )
        layers, used = [], 0
        for m, n in self._layer_sizes:
            biases = parameters[used : used + n]
            weights = parameters[used + n : used + n + m * n].reshape(m, n)
            layers.append((biases, weights))
            used += n + m * n
        return layers

    def pack(self, layers):
        """Return the flat vector of [(biases, weights), …]: the inverse of :meth:`unpack`.

        >>> MultilayerPerceptron(sizes=(1, 2)).pack([([1, 2], [[3, 4]])])
        array([1, 2, 3, 4])
        """
        shapes = [(np.shape(biases), np.shape(weights)) for biases, weights in layers]
        expected = [((n,), (m, n)) for m, n in self._layer_sizes]
        if shapes != expected:
            raise ValueError(f"biases and weights have shapes {shapes}; expected {expected}")
        return np.concatenate([np.ravel(array) for layer in layers for array in layer])


def as_rows(X):
    """Return ``X`` as an (n, d) array of floats; raise for any other shape.

    >>> as_rows([1.0, 2.0])
    Traceback (most recent call last):
        ...
    ValueError: X has shape (2,); expected (n, d), one row a sample; did you mean X[:, None]?
    """
    X = np.asarray(X)
    if X.dtype != np.float32:
        X = X.astype(np.float64, copy=False)
    if X.ndim != 2:
        hint = "; did you mean X[:, None]?" if X.ndim == 1 else ""
        raise ValueError(f"X has shape {X.shape}; expected (n, d), one row a sample{hint}")
    return X


def _like(predictions, gradient):
    """Return the gradient in the dtype of the predictions; raise if it has another shape."""
    gradient = np.asarray(gradient, dtype=predictions.dtype)
    if gradient.shape != predictions.shape:
        raise ValueError(
            f"the gradient has shape {gradient.shape} "
            f"but the predictions have shape {predictions.shape}"
        )
    return gradient


def _count(number, name):
    if not (isinstance(number, (int, np.integer)) and number >= 1):
        raise ValueError(f"{name} is {number!r}; expected an integer of 1 or more")
    return int(number)

"""Models: functions ``(parameters, X) -> (predictions, backward)``.

``backward`` is the chain rule: it takes the gradient of anything with respect to the predictions
and returns its gradient with respect to the parameters. Parameters are flat vectors, so that any
optimizer can take them. Models compute in the dtype of ``X``, float32 or float64; what overflows
becomes infinite, without a warning.
"""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lossbook.inputs import Floats, Seed, generator, real_array, whole_number

Backward = Callable[[ArrayLike], Floats]
Layers = list[tuple[Floats, Floats]]


@np.errstate(all="ignore")
def linear(
    parameters: ArrayLike, X: ArrayLike, *, outputs: int | None = None
) -> tuple[Floats, Backward]:
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

    Notes
    -----
    For many rows and few columns both products are about twice as fast if ``X`` lies in memory
    column by column, as ``np.asfortranarray(X)`` puts it: once, before a descent of many steps.

    Raises
    ------
    TypeError
        If something does not hold real numbers.
    ValueError
        If ``X`` is not (n, d), there are too few or too many parameters, ``backward`` is given a
        gradient that is not shaped like the predictions, or an array is masked.

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
    theta = real_array(parameters, "parameters").astype(X.dtype, copy=False)
    columns = () if outputs is None else (whole_number(outputs, "outputs", 1),)
    shape = (X.shape[1] + 1, *columns)
    if theta.shape != (math.prod(shape),):
        each = "" if outputs is None else f" for each of the {outputs} outputs"
        raise ValueError(
            f"parameters has shape {theta.shape} but X has shape {X.shape}; expected "
            f"({math.prod(shape)},): an intercept and {X.shape[1]} slopes{each}"
        )
    theta = theta.reshape(shape)
    predictions = X @ theta[1:]
    predictions += theta[0]

    def backward(gradient: ArrayLike) -> Floats:
        gradient = _like(predictions, gradient)
        # Not as a decorator, which is made anew in each call and takes longer than the products.
        with np.errstate(all="ignore"):
            return np.concatenate((_sum_of_rows(gradient)[None], X.T @ gradient)).ravel()

    return predictions, backward


# Each activation, and its derivative as a function of what it returned: tanh' = 1 − tanh². At its
# kink relu has the subgradient 0, as in PyTorch and TensorFlow.
ACTIVATIONS: dict[str, tuple[Callable[[Floats], Floats], Callable[[Floats], NDArray[Any]]]] = {
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

    sizes: Sequence[int]
    activation: str = "tanh"

    def __post_init__(self) -> None:
        if not isinstance(self.sizes, (Sequence, np.ndarray)) or len(self.sizes) < 2:
            raise ValueError(f"sizes is {self.sizes!r}; expected at least inputs and outputs")
        # A list could change behind a network, and has no hash.
        sizes = tuple(whole_number(size, "a size", 1) for size in self.sizes)
        object.__setattr__(self, "sizes", sizes)
        if not (isinstance(self.activation, str) and self.activation in ACTIVATIONS):
            raise ValueError(
                f"activation is {self.activation!r}; expected one of {', '.join(ACTIVATIONS)}"
            )

    @property
    def parameter_count(self) -> int:
        """The number of parameters, the sum of (inputs + 1) · outputs over the layers."""
        return sum((m + 1) * n for m, n in self._layer_sizes)

    @property
    def _layer_sizes(self) -> list[tuple[int, int]]:
        return list(pairwise(self.sizes))

    @np.errstate(all="ignore")
    def __call__(self, parameters: ArrayLike, X: ArrayLike) -> tuple[Floats, Backward]:
        """Return the predictions for every row of ``X``, and their chain rule."""
        X = as_rows(X)
        if X.shape[1] != self.sizes[0]:
            raise ValueError(f"X has shape {X.shape}; expected (n, {self.sizes[0]})")
        values = real_array(parameters, "parameters").astype(X.dtype, copy=False)
        layers = self.unpack(values)
        activate, slope = ACTIVATIONS[self.activation]
        inputs: list[Floats] = []
        outputs = X
        for biases, weights in layers:
            inputs.append(activate(outputs) if inputs else X)
            outputs = biases + inputs[-1] @ weights
        predictions = outputs[:, 0] if self.sizes[-1] == 1 else outputs

        def backward(gradient: ArrayLike) -> Floats:
            # δ: the gradient with respect to what a layer computes, the last layer first.
            delta = _like(predictions, gradient).reshape(outputs.shape)
            gradients: Layers = []
            with np.errstate(all="ignore"):
                for (_, weights), a in zip(reversed(layers), reversed(inputs)):
                    gradients.insert(0, (_sum_of_rows(delta), a.T @ delta))
                    if a is not X:
                        delta = (delta @ weights.T) * slope(a)
            return _flat(gradients)

        return predictions, backward

    def initialize(self, seed: Seed, scheme: str = "glorot") -> Floats:
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
            If the scheme is not one of these, or the seed is none.

        References
        ----------
        X. Glorot and Y. Bengio, "Understanding the difficulty of training deep feedforward neural
        networks", 2010, equation 16. K. He, X. Zhang, S. Ren and J. Sun, "Delving deep into
        rectifiers", 2015, equation 10.
        """
        if not (isinstance(scheme, str) and scheme in ("glorot", "he")):
            raise ValueError(f"scheme is {scheme!r}; expected glorot or he")
        draw = generator(seed)
        layers = []
        for m, n in self._layer_sizes:
            if scheme == "glorot":
                limit = math.sqrt(6 / (m + n))
                weights = draw.uniform(-limit, limit, size=(m, n))
            else:
                weights = draw.normal(0, math.sqrt(2 / m), size=(m, n))
            layers.append((np.zeros(n), weights))
        return self.pack(layers)

    def unpack(self, parameters: ArrayLike) -> Layers:
        """Return [(biases, weights), …], one pair a layer, shapes (n,) and (m, n), for m inputs.

        They are copies: changing them does not change the parameters.

        >>> MultilayerPerceptron(sizes=(1, 2)).unpack([1, 2, 3, 4])
        [(array([1., 2.]), array([[3., 4.]]))]
        """
        parameters = np.array(real_array(parameters, "parameters"))
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

    def pack(self, layers: Iterable[tuple[ArrayLike, ArrayLike]]) -> Floats:
        """Return the flat vector of [(biases, weights), …]: the inverse of :meth:`unpack`.

        >>> MultilayerPerceptron(sizes=(1, 2)).pack([([1, 2], [[3, 4]])])
        array([1., 2., 3., 4.])
        """
        try:
            pairs = [(biases, weights) for biases, weights in layers]
        except (TypeError, ValueError):
            raise ValueError(
                f"layers is {layers!r}; expected a pair of biases and weights for each layer"
            ) from None
        arrays = [
            (real_array(biases, "biases"), real_array(weights, "weights"))
            for biases, weights in pairs
        ]
        shapes = [(biases.shape, weights.shape) for biases, weights in arrays]
        expected = [((n,), (m, n)) for m, n in self._layer_sizes]
        if shapes != expected:
            raise ValueError(f"biases and weights have shapes {shapes}; expected {expected}")
        return _flat(arrays)


def _flat(layers: Layers) -> Floats:
    return np.concatenate([array.ravel() for layer in layers for array in layer])


def as_rows(X: ArrayLike) -> Floats:
    """Return ``X`` as an (n, d) array of floats; raise for any other shape.

    >>> as_rows([1.0, 2.0])
    Traceback (most recent call last):
        ...
    ValueError: X has shape (2,); expected (n, d), one row a sample; did you mean X[:, None]?
    """
    X = real_array(X, "X")
    if X.ndim != 2:
        hint = "; did you mean X[:, None]?" if X.ndim == 1 else ""
        raise ValueError(f"X has shape {X.shape}; expected (n, d), one row a sample{hint}")
    return X


def _like(predictions: Floats, gradient: ArrayLike) -> Floats:
    """Return the gradient in the dtype of the predictions; raise if it has another shape."""
    gradient = real_array(gradient, "the gradient").astype(predictions.dtype, copy=False)
    if gradient.shape != predictions.shape:
        raise ValueError(
            f"the gradient has shape {gradient.shape} "
            f"but the predictions have shape {predictions.shape}"
        )
    return gradient


def _sum_of_rows(array: Floats) -> Floats:
    """Return the sum over the first axis in the array's dtype, exact in every digit that it has."""
    if array.ndim == 1:
        return array.sum()  # by pairs
    # NumPy would add row to row, and in float32 lose three digits over a million of them.
    return (np.ones(len(array)) @ array).astype(array.dtype)

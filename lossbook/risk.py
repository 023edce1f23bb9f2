"""From losses per sample to L(θ), the one number that descent makes small."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from lossbook import losses, models
from lossbook.losses.inputs import any_numbers, real, real_number
from lossbook.losses.results import Floats, OfTheSum, averaged, sum_of_shares

# Our own losses that take each row by itself. By identity: a loss may have no hash.
ROW_BY_ROW = {id(getattr(losses, name)) for name in losses.__all__} - {id(losses.info_nce)}

# So many numbers of X go through model, loss and back together: 5 MB of float64, which are still in
# the cache on the way back.
BLOCK = 655_360


def mean(
    loss: Callable[..., Any], *inputs: Any, weights: ArrayLike | None = None, **settings: Any
) -> tuple[float, Any]:
    """Return the weighted mean of a loss over the samples, Σ wᵢℓᵢ / Σ wᵢ, and its gradient.

    Class weights and ignored labels are weights. With an array of a weight for each class,
    ``mean(softmax_cross_entropy, logits, labels, weights=class_weights[labels])`` is what PyTorch's
    ``CrossEntropyLoss`` gives with ``weight=class_weights``. Its ``ignore_index`` is a mask:
    ``kept = labels != ignored``, then ``np.where(kept, labels, 0)`` as labels and ``weights=kept``.
    A sample of weight 0 does not count at all, whatever its value is, even NaN.

    Parameters
    ----------
    loss : callable
        ``loss(*inputs, **settings)`` returns values and gradients per sample.
    *inputs : array_like
        What the loss takes, for most losses predictions and targets.
    weights : array_like, shape (n,), optional
        Not negative, not all zero, or True for what counts. Without them every sample counts alike.
        For values of shape (n, k) they may also have this shape.
    **settings
        Hyper-parameters of the loss.

    Returns
    -------
    value : float
        For values of shape (n, k) the mean over all n·k of them, as in PyTorch and Keras.
    gradient : ndarray, or tuple of ndarray
        With respect to what the loss differentiates by, in its shape.

    Raises
    ------
    TypeError
        If the loss does not return values and gradients, or the weights are not real numbers.
    ValueError
        If the weights do not fit the samples, the loss refuses its inputs, or there are weights for
        a loss whose values each depend on every row, as those of ``info_nce`` do: its gradients
        cannot be weighted row by row. Leave out the rows that are not to count. A loss says that it
        is of this kind by returning its gradients in a ``lossbook.losses.results.OfTheSum``.

    Examples
    --------
    >>> from lossbook.losses import squared_error
    >>> mean(squared_error, [1, 2], [0, 0])
    (2.5, array([1., 2.]))
    >>> mean(squared_error, [1, 2], [0, 0], weights=[3, 1])
    (1.75, array([1.5, 1. ]))
    """
    if weights is None and id(loss) in ROW_BY_ROW:
        return averaged(loss, *inputs, **settings)
    values, gradients = _per_sample(loss, inputs, settings)
    if weights is not None and isinstance(gradients, OfTheSum):
        raise ValueError(
            "each value of this loss depends on every row, so that weights cannot be multiplied row"
            " by row; leave out the rows that are not to count, and the weights"
        )
    share = None if weights is None else _shares(weights, values)
    size = values.size
    with np.errstate(over="ignore", invalid="ignore"):
        if share is None:
            value = sum_of_shares(values, size)
        else:
            value = float(np.sum(_weighted(values, share, 1)))
        del values  # so that the peak of memory is values and gradients, or gradients and result
        if isinstance(gradients, tuple):
            return value, tuple(_weighted(gradient, share, size) for gradient in gradients)
        return value, _weighted(gradients, share, size)


def risk(
    model: Callable[..., Any],
    loss: Callable[..., Any],
    X: ArrayLike,
    y: ArrayLike,
    *,
    weights: ArrayLike | None = None,
    penalty: Callable[..., Any] | None = None,
    **settings: Any,
) -> "Risk":
    """Return the empirical risk L(θ): a function from parameters to its value and gradient.

    L(θ) is the mean of ``loss`` between ``model(θ, X)`` and ``y``. Its gradient is the chain rule:
    that of the mean with respect to the predictions, taken back through the model. The result has
    the form that ``scipy.optimize.minimize(..., jac=True)`` takes. With a penalty this is the
    regularized risk, the mean of the loss plus the penalty.

    Parameters
    ----------
    model : callable
        ``model(parameters, X)`` returns predictions and ``backward``, which takes the gradient with
        respect to the predictions and returns that with respect to the parameters.
    loss : callable
        ``loss(predictions, targets, **settings)`` returns values and gradients per sample.
    X : array_like
        Inputs of the model, one row a sample.
    y : array_like
        Targets of the loss.
    weights : array_like, shape (n,), optional
        Sample weights, see :func:`mean`.
    penalty : callable, optional
        ``penalty(parameters)`` returns a value and a gradient, which are added: see
        :mod:`lossbook.penalties`. The weights do not touch it.
    **settings
        Hyper-parameters of the loss.

    Returns
    -------
    objective : Risk
        ``objective(parameters)`` returns the value, a float, and the gradient, shaped like the
        parameters. It can be pickled, and so saved or sent to another process, if the model, the
        loss and the penalty can: functions of a module can, a lambda cannot.

    Raises
    ------
    TypeError
        If the model, the loss or the penalty cannot be called, or does not return a pair.
    ValueError
        If one of them refuses its inputs, or the gradient of the penalty has another shape.

    Notes
    -----
    With :func:`lossbook.models.linear`, a loss of :mod:`lossbook.losses` and no weights, a table
    ``X`` of more than 1.3 million numbers goes through model, loss and back in blocks of rows. A
    model or a loss of yours is always given all rows.

    References
    ----------
    V. N. Vapnik, "Principles of risk minimization for learning theory", 1991.

    Examples
    --------
    >>> from lossbook import models
    >>> from lossbook.losses import squared_error
    >>> objective = risk(models.linear, squared_error, [[0.0], [1.0]], [1.0, 3.0])
    >>> objective([0.0, 0.0])
    (5.0, array([-4., -3.]))
    >>> from lossbook.penalties import l2
    >>> ridge = risk(models.linear, squared_error, [[0.0], [1.0]], [1.0, 3.0], penalty=l2(0.5))
    >>> ridge([0.0, 2.0])
    (3.0, array([-2.,  1.]))
    """
    return Risk(model, loss, X, y, weights, penalty, settings)


@dataclass(frozen=True, eq=False)
class Risk:
    """The function L(θ) that :func:`risk` returns, with the data it is a function of."""

    model: Callable[..., Any]
    loss: Callable[..., Any]
    X: ArrayLike = field(repr=False)
    y: ArrayLike = field(repr=False)
    weights: ArrayLike | None = field(repr=False)
    penalty: Callable[..., Any] | None
    settings: dict[str, Any]

    def __post_init__(self) -> None:
        for name in ("model", "loss", "penalty"):
            part = getattr(self, name)
            if not callable(part) and not (name == "penalty" and part is None):
                raise TypeError(f"{name} is {part!r}; expected a function")

    def __call__(self, parameters: ArrayLike) -> tuple[float, Floats]:
        """Return the value and the gradient with respect to the parameters."""
        value, gradient = self._average(parameters)
        if self.penalty is None:
            return value, gradient
        cost, slope = _pair(self.penalty(parameters), "the penalty", "value and gradient")
        # In the dtype of the data, which says how accurate the sum is: check_gradient goes by it.
        slope = real(slope, "gradient of the penalty").astype(gradient.dtype, copy=False)
        if slope.shape != gradient.shape:
            raise ValueError(
                f"the gradient of the penalty has shape {slope.shape}; expected {gradient.shape}"
            )
        return value + real_number(cost, "the value of the penalty"), gradient + slope

    def _average(self, parameters: ArrayLike) -> tuple[float, Floats]:
        """Return the mean of the loss and its gradient: of all rows at once, or block by block."""
        X, y = self.X, self.y
        ours = self.model is models.linear and id(self.loss) in ROW_BY_ROW
        if ours and self.weights is None and _are_tables(X, y) and np.size(X) > 2 * BLOCK:
            # What is refused in a block is refused again below, where the error names the row.
            with suppress(TypeError, ValueError), np.errstate(all="ignore"):
                return self._in_blocks(parameters, X, y)
        return self._at_once(parameters, X, y)

    def _in_blocks(self, parameters: ArrayLike, X: Any, y: Any) -> tuple[float, Floats]:
        value, gradient = 0.0, np.zeros((), X.dtype)
        size = 1 + BLOCK // len(X[0])
        for start in range(0, len(X), size):
            rows = slice(start, start + size)
            part, slope = self._at_once(parameters, X[rows], y[rows])
            share = len(X[rows]) / len(X)
            value, gradient = value + share * part, gradient + share * slope
        return value, gradient

    def _at_once(self, parameters: ArrayLike, X: Any, y: Any) -> tuple[float, Floats]:
        predictions, backward = _pair(
            self.model(parameters, X), "the model", "predictions and backward"
        )
        value, slopes = mean(self.loss, predictions, y, weights=self.weights, **self.settings)
        # Of a loss with several learned inputs, y is one of them, and it is held constant.
        slopes = slopes[0] if isinstance(slopes, tuple) else slopes
        if not callable(backward):
            raise TypeError(f"backward of the model is {backward!r}; expected a function")
        return value, np.asarray(backward(slopes))


def _are_tables(X: Any, y: Any) -> bool:
    """Say if both are arrays, not masked, of as many rows, so that rows can be taken of both."""
    return type(X) is type(y) is np.ndarray and X.ndim == 2 and X.shape[:1] == y.shape[:1]


def _pair(result: Any, who: str, what: str) -> Any:
    if not isinstance(result, tuple) or len(result) != 2:
        raise TypeError(f"{who} returned {type(result).__name__}; expected a pair: {what}")
    return result


def _per_sample(
    loss: Callable[..., Any], inputs: tuple[Any, ...], settings: dict[str, Any]
) -> tuple[Floats, Any]:
    """Return what the loss returns, as arrays; raise if it is not one value a sample."""
    if not callable(loss):
        raise TypeError(f"loss is {loss!r}; expected a function, such as squared_error")
    values, gradients = _pair(loss(*inputs, **settings), "the loss", "values and gradients")
    values = real(values, "values of the loss")
    form = type(gradients) if isinstance(gradients, tuple) else None
    arrays = [real(g, "gradients of the loss") for g in (gradients if form else [gradients])]
    for gradient, array in zip(arrays, inputs):
        if gradient.shape != np.shape(array) or len(gradient) != len(values):
            raise ValueError(
                f"the loss returned values of shape {values.shape} and a gradient of shape "
                f"{gradient.shape} for an input of shape {np.shape(array)}; "
                "expected a value a sample and a gradient shaped like the input"
            )
    return values, form(arrays) if form else arrays[0]


def _shares(weights: ArrayLike, values: Floats) -> Floats:
    """Return each weight divided by their sum, which the mean of (n, k) values repeats k times."""
    weights = any_numbers(weights, "weights").astype(np.float64)
    n, size = len(values), values.size
    if weights.shape not in ((n,), values.shape):
        raise ValueError(f"weights has shape {weights.shape}; expected ({n},), one weight a sample")
    if not (weights >= 0).all():
        worst = np.unravel_index(np.argmin(weights), weights.shape)
        where = ", ".join(map(str, worst))
        raise ValueError(f"weights[{where}] is {weights[worst]}; expected numbers of 0 or more")
    with np.errstate(over="ignore"):
        total = weights.sum()
    if not 0 < total < np.inf:
        raise ValueError(f"the weights sum to {total}; expected a finite sum above 0")
    return (weights / total / (size // weights.size)).astype(values.dtype)


def _weighted(array: Floats, share: Floats | None, size: int) -> Floats:
    """Multiply each sample, a number or a row, by its share: 0 if that is 0, even for NaN."""
    if share is None:
        return array / size
    share = share.reshape(*share.shape, *[1] * (array.ndim - share.ndim))
    return np.where(share == 0, 0, share * array)

"""From losses per sample to L(θ), the one number that descent makes small."""

import numpy as np


def mean(loss, *inputs, weights=None, **settings):
    """Return the weighted mean of a loss over the samples, Σ wᵢℓᵢ / Σ wᵢ, and its gradient.

    Parameters
    ----------
    loss : callable
        ``loss(*inputs, **settings)`` returns values and gradients per sample.
    *inputs : array_like
        What the loss takes, for most losses predictions and targets.
    weights : array_like, shape (n,), optional
        Not negative, not all zero. Without them every sample counts alike.
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
    ValueError
        If the weights do not fit the samples, or the loss refuses its inputs.

    Examples
    --------
    >>> from lossbook.losses import squared_error
    >>> mean(squared_error, [1, 2], [0, 0])
    (2.5, array([1., 2.]))
    >>> mean(squared_error, [1, 2], [0, 0], weights=[3, 1])
    (1.75, array([1.5, 1. ]))
    """
    values, gradients = loss(*inputs, **settings)
    if weights is None:
        total = values.size
        value = float(values.mean())
    else:
        weights = _sample_weights(weights, values)
        total = weights.sum() * (values.size // len(values))
        value = float(_times(weights, values).sum() / total)
    if isinstance(gradients, tuple):
        return value, tuple(_times(weights, gradient) / total for gradient in gradients)
    return value, _times(weights, gradients) / total


def risk(model, loss, X, y, *, weights=None, penalty=None, **settings):
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
    objective : callable
        ``objective(parameters)`` returns the value, a float, and the gradient, shaped like the
        parameters.

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

    def objective(parameters):
        predictions, backward = model(parameters, X)
        value, gradient = mean(loss, predictions, y, weights=weights, **settings)
        gradient = backward(gradient)
        if penalty is None:
            return value, gradient
        cost, slope = penalty(parameters)
        # In the dtype of the data, which says how accurate the sum is: check_gradient goes by it.
        return value + cost, gradient + np.asarray(slope, dtype=gradient.dtype)

    return objective


def _sample_weights(weights, values):
    weights = np.asarray(weights, dtype=values.dtype)
    if weights.shape != (len(values),):
        raise ValueError(
            f"weights has shape {weights.shape}; expected ({len(values)},), one weight a sample"
        )
    if not (weights >= 0).all():
        worst = int(np.argmin(weights))
        raise ValueError(f"weights[{worst}] is {weights[worst]}; expected numbers of 0 or more")
    if not 0 < weights.sum() < np.inf:
        raise ValueError(f"the weights sum to {weights.sum()}; expected a finite sum above 0")
    return weights


def _times(weights, array):
    """Multiply each sample, a number or a row, by its weight."""
    if weights is None:
        return array
    return weights.reshape(-1, *[1] * (array.ndim - 1)) * array

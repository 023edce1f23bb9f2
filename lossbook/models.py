"""Models: functions ``(parameters, X) -> (predictions, backward)``.

``backward`` is the chain rule: it takes the gradient of anything with respect to the predictions and
returns its gradient with respect to the parameters. Parameters are flat vectors, so that any
optimizer can take them.
"""

import numpy as np


def linear(parameters, X):
    """Predict θ₀ + θ₁x₁ + … + θ_d x_d for every row of ``X``.

    Parameters
    ----------
    parameters : array_like, shape (d + 1,)
        The intercept θ₀, then one slope for each column of ``X``.
    X : array_like, shape (n, d)
        Inputs, one row a sample.

    Returns
    -------
    predictions : ndarray, shape (n,)
    backward : callable
        Takes gᵢ, the gradient with respect to prediction i, and returns (Σ gᵢ, Σ gᵢxᵢ).

    Raises
    ------
    ValueError
        If ``X`` is not (n, d) or the parameters are not d + 1.

    Examples
    --------
    >>> predictions, backward = linear([1, 2], [[0], [1], [2]])
    >>> predictions
    array([1., 3., 5.])
    >>> backward([1, 0, 1])
    array([2., 2.])
    """
    X = as_rows(X)
    parameters = np.asarray(parameters, dtype=X.dtype)
    if parameters.shape != (X.shape[1] + 1,):
        raise ValueError(
            f"parameters has shape {parameters.shape}; expected ({X.shape[1] + 1},): "
            f"an intercept and {X.shape[1]} slopes, one for each column of X"
        )

    def backward(gradient):
        gradient = np.asarray(gradient, dtype=X.dtype)
        return np.concatenate(([gradient.sum()], gradient @ X))

    return parameters[0] + X @ parameters[1:], backward


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

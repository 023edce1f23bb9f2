# /// exercise
# title = "A gradient that outliers do not own"
# outcome = "carry a derivative from predictions to parameters"
# level = 2
# minutes = 12
# chapter = "concepts/from_error_to_loss"
# equation = "eq-risk-chain-rule"
# visible = 2
# hidden = 3
# ///

# %% prompt
# The model is linear with intercept, `X` has shape (n, d), without a column of ones. Return the
# gradient of the mean Huber loss with respect to the d + 1 parameters.

# %% solution
def huber_gradient(parameters, X, y, delta):
    """Return the gradient with respect to the parameters, shape (d + 1,), intercept first."""
    ### BEGIN SOLUTION
    misses = parameters[0] + X.dot(parameters[1:]) - y
    tug = np.minimum(np.maximum(misses, -delta), delta) / np.size(y)
    return np.append(tug.sum(), tug.dot(X))
    ### END SOLUTION


# %% hidden
def cases(rng):
    for n, d, delta in ((2, 1, 0.1), (7, 3, 1.0), (40, 2, 2.0)):
        yield rng.normal(size=d + 1), rng.normal(size=(n, d)), 3 * rng.normal(size=n), delta


# %% wrong 0: derivative with respect to the predictions
def huber_gradient(parameters, X, y, delta):
    r = parameters[0] + X @ parameters[1:] - y
    return np.clip(r, -delta, delta) / len(y)


# %% wrong 0: The pull is not bounded
def huber_gradient(parameters, X, y, delta):
    A = np.column_stack([np.ones(len(X)), X])
    return A.T @ (A @ parameters - y) / len(y)


# %% wrong 0: Your result is twice the right one
def huber_gradient(parameters, X, y, delta):
    A = np.column_stack([np.ones(len(X)), X])
    return 2 / len(y) * A.T @ np.clip(A @ parameters - y, -delta, delta)

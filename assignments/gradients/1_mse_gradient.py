# /// exercise
# title = "The gradient of the mean squared error"
# outcome = "write a gradient with respect to the parameters"
# level = 2
# minutes = 12
# chapter = "derivation/mean_squared_error"
# equation = "eq-mse-line-by-line"
# visible = 2
# hidden = 3
# [variants]
# factor = [1.0, 0.5, 3.0, 2.0]
# what = [
#   "the mean squared error",
#   "half of the mean squared error",
#   "three times the mean squared error",
#   "twice the mean squared error",
# ]
# ///

# %% prompt
# The model is θ₀ + θ₁x₁ + … + θ_d x_d, with `X` of shape (n, d), without a column of ones, and
# `y` of shape (n,). Return the gradient of {what} with respect to the
# d + 1 parameters.

# %% solution
def mse_gradient(parameters, X, y):
    """Return the gradient with respect to the parameters, shape (d + 1,), intercept first."""
    ### BEGIN SOLUTION
    residual = {factor} * (parameters[0] + X.dot(parameters[1:]) - y)
    return np.append(2 * residual.mean(), 2 * X.T.dot(residual) / residual.size)
    ### END SOLUTION


# %% hidden
def cases(rng):
    for n, d in ((3, 1), (7, 3), (40, 2)):
        yield rng.normal(size=d + 1), rng.normal(size=(n, d)), rng.normal(size=n)


# %% wrong 0: Your result is half of the right one
def mse_gradient(parameters, X, y):
    A = np.column_stack([np.ones(len(X)), X])
    return {factor} * A.T @ (A @ parameters - y) / len(y)


# %% wrong 0: The factor 1/n is missing
def mse_gradient(parameters, X, y):
    A = np.column_stack([np.ones(len(X)), X])
    return 2 * {factor} * A.T @ (A @ parameters - y)


# %% wrong 0: The sign is flipped
def mse_gradient(parameters, X, y):
    A = np.column_stack([np.ones(len(X)), X])
    return 2 * {factor} / len(y) * A.T @ (y - A @ parameters)


# %% wrong 0: derivative with respect to the predictions
def mse_gradient(parameters, X, y):
    A = np.column_stack([np.ones(len(X)), X])
    return 2 * {factor} / len(y) * (A @ parameters - y)


# %% wrong 0: The intercept is missing
def mse_gradient(parameters, X, y):
    A = np.column_stack([np.ones(len(X)), X])
    return 2 * {factor} / len(y) * X.T @ (A @ parameters - y)


# %% wrong 0: Wrong shape
def mse_gradient(parameters, X, y):
    A = np.column_stack([np.ones(len(X)), X])
    return (2 * {factor} / len(y) * A.T @ (A @ parameters - y))[:, None]

# /// exercise
# title = "A line for nine in ten"
# outcome = "write a subgradient"
# level = 3
# minutes = 15
# chapter = "linear_regression/outliers_and_quantiles"
# equation = "eq-quantile-pinball"
# visible = 2
# hidden = 3
# [variants]
# factor = [1.0, 2.0, 0.5, 3.0]
# what = [
#   "the mean pinball loss",
#   "twice the mean pinball loss",
#   "half of the mean pinball loss",
#   "three times the mean pinball loss",
# ]
# ///

# %% prompt
# The model is linear with intercept. Return a subgradient of {what} with
# respect to the d + 1 parameters. No residual of the checks is exactly zero.

# %% solution
def pinball_gradient(parameters, X, y, quantile):
    """Return the subgradient with respect to the parameters, shape (d + 1,), intercept first."""
    ### BEGIN SOLUTION
    too_low = (parameters[0] + X.dot(parameters[1:])) < y
    weight = {factor} * np.where(too_low, -quantile, 1 - quantile) / np.size(y)
    return np.append(weight.sum(), weight.dot(X))
    ### END SOLUTION


# %% hidden
def cases(rng):
    for n, d, quantile in ((2, 1, 0.1), (7, 3, 0.6), (40, 2, 0.8)):
        yield rng.normal(size=d + 1), rng.normal(size=(n, d)), rng.normal(size=n), quantile


# %% wrong 0: The two sides are swapped
def pinball_gradient(parameters, X, y, quantile):
    A = np.column_stack([np.ones(len(X)), X])
    return {factor} * A.T @ np.where(A @ parameters < y, quantile - 1, quantile) / len(y)


# %% wrong 0: derivative with respect to the predictions
def pinball_gradient(parameters, X, y, quantile):
    A = np.column_stack([np.ones(len(X)), X])
    return {factor} * np.where(A @ parameters < y, -quantile, 1 - quantile) / len(y)


# %% wrong 0: The sign is flipped
def pinball_gradient(parameters, X, y, quantile):
    A = np.column_stack([np.ones(len(X)), X])
    return {factor} * A.T @ np.where(A @ parameters < y, quantile, quantile - 1) / len(y)


# %% written 3
# For quantile 0.9 the fitted line has about nine tenths of the points below it. Explain from
# the subgradient at the minimum why it must be so.

# %% rubric
# - 1 point: at the minimum the pulls on the intercept balance
# - 1 point: each point below pulls with 1 − q, each above with −q
# - 1 point: so 0.1 times the number below is 0.9 times the number above

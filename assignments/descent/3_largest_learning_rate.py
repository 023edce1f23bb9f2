# /// exercise
# title = "The largest learning rate"
# outcome = "find the rate at which descent diverges, from the data alone"
# level = 3
# minutes = 15
# chapter = "algorithm/five_steps"
# equation = "eq-largest-rate"
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
# The loss of a linear model with intercept is {what}. Return the learning rate
# above which gradient descent diverges. `X` has shape (n, d), without a column of ones.

# %% solution
def largest_learning_rate(X):
    """Return 2/λ, with λ the largest eigenvalue of the Hessian, a float."""
    ### BEGIN SOLUTION
    with_ones = np.insert(X, 0, 1.0, axis=1)
    stretch = np.linalg.svd(with_ones, compute_uv=False)[0]
    return float(len(X) / stretch**2 / {factor})
    ### END SOLUTION


# %% hidden
def cases(rng):
    for n, d in ((3, 1), (20, 2), (50, 4)):
        yield (5 * rng.normal(size=(n, d)),)


# %% wrong 0: The intercept is missing
def largest_learning_rate(X):
    return 2 / np.linalg.eigvalsh(2 * {factor} / len(X) * X.T @ X).max()


# %% wrong 0: the limit is twice it
def largest_learning_rate(X):
    A = np.column_stack([np.ones(len(X)), X])
    return 1 / np.linalg.eigvalsh(2 * {factor} / len(X) * A.T @ A).max()


# %% wrong 0: The factor 2/n of the Hessian is missing
def largest_learning_rate(X):
    A = np.column_stack([np.ones(len(X)), X])
    return 2 / np.linalg.eigvalsh({factor} * A.T @ A).max()

# /// exercise
# title = "The ridge"
# outcome = "add a penalty to a risk and to its gradient"
# level = 2
# minutes = 12
# chapter = "concepts/from_error_to_loss"
# equation = "eq-penalized-objective"
# visible = 2
# hidden = 3
# [variants]
# weight = [1.0, 0.5, 2.0, 3.0]
# penalty = ["strength", "half of strength", "twice strength", "three times strength"]
# ///

# %% prompt
# The objective is the mean squared error of a linear model with intercept, plus {penalty} times
# the sum of the squared slopes. The intercept is not penalized. Return the gradient.

# %% solution
def ridge_gradient(parameters, X, y, strength):
    """Return the gradient with respect to the parameters, shape (d + 1,), intercept first."""
    ### BEGIN SOLUTION
    slopes = np.asarray(parameters[1:])
    gap = parameters[0] + X.dot(slopes) - y
    toward_data = np.append(gap.mean(), gap.dot(X) / np.size(y))
    return 2 * (toward_data + {weight} * strength * np.append(0.0, slopes))
    ### END SOLUTION


# %% hidden
def cases(rng):
    for n, d, strength in ((2, 1, 0.5), (7, 3, 1.0), (40, 2, 10.0)):
        yield rng.normal(size=d + 1), rng.normal(size=(n, d)), rng.normal(size=n), strength


# %% wrong 0: The intercept is penalized
def ridge_gradient(parameters, X, y, strength):
    A = np.column_stack([np.ones(len(X)), X])
    return 2 / len(y) * A.T @ (A @ parameters - y) + 2 * {weight} * strength * parameters


# %% wrong 0: The factor 2 is missing in the penalty
def ridge_gradient(parameters, X, y, strength):
    A = np.column_stack([np.ones(len(X)), X])
    penalized = np.append(0, parameters[1:])
    return 2 / len(y) * A.T @ (A @ parameters - y) + {weight} * strength * penalized


# %% wrong 0: The penalty is missing
def ridge_gradient(parameters, X, y, strength):
    A = np.column_stack([np.ones(len(X)), X])
    return 2 / len(y) * A.T @ (A @ parameters - y)


# %% wrong 0: changes its argument parameters in place
def ridge_gradient(parameters, X, y, strength):
    A = np.column_stack([np.ones(len(X)), X])
    gradient = 2 / len(y) * A.T @ (A @ parameters - y)
    parameters[0] = 0
    return gradient + 2 * {weight} * strength * parameters

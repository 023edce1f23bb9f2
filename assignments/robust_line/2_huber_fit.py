# /// exercise
# title = "Fit it"
# outcome = "fit a model by a loss of your choice"
# level = 3
# minutes = 20
# chapter = "algorithm/five_steps"
# equation = "eq-gradient-descent"
# visible = 2
# hidden = 3
# [variants]
# start = [0.0, 0.5, -1.0, 2.0]
# begin = [
#   "zeros",
#   "parameters that are all 0.5",
#   "parameters that are all −1",
#   "parameters that are all 2",
# ]
# ///

# %% prompt
# Fit a linear model with intercept by gradient descent on the mean Huber loss, from {begin}, with
# the given learning rate and number of steps. `X` has shape (n, d). Return the parameters,
# intercept first.

# %% solution
def huber_fit(X, y, delta, learning_rate, steps):
    """Return the parameters after the last step, shape (d + 1,)."""
    ### BEGIN SOLUTION
    inputs = np.insert(X, 0, 1.0, axis=1)
    line = np.full(inputs.shape[1], {start})
    for _done in range(steps):
        tug = np.minimum(np.maximum(np.dot(inputs, line) - y, -delta), delta)
        line = line - learning_rate * np.dot(tug, inputs) / np.size(y)
    return line
    ### END SOLUTION


# %% hidden
def cases(rng):
    calls = lossbook.datasets.phone_calls()
    years = (calls.X - calls.X.mean()) / calls.X.std()
    for delta, steps in ((0.5, 7), (1.345, 20)):
        yield years, calls.y, delta, 0.5, steps
    yield rng.normal(size=(12, 2)), 3 * rng.normal(size=12), 0.8, 0.3, 15


# %% wrong 0: This is the least-squares fit
def huber_fit(X, y, delta, learning_rate, steps):
    A = np.column_stack([np.ones(len(X)), X])
    theta = np.full(A.shape[1], {start})
    for _ in range(steps):
        theta = theta - learning_rate * A.T @ (A @ theta - y) / len(y)
    return theta


# %% wrong 0: one step too few
def huber_fit(X, y, delta, learning_rate, steps):
    A = np.column_stack([np.ones(len(X)), X])
    theta = np.full(A.shape[1], {start})
    for _ in range(steps - 1):
        theta = theta - learning_rate * A.T @ np.clip(A @ theta - y, -delta, delta) / len(y)
    return theta


# %% wrong 2: Your numbers do not depend on delta as they should
def huber_fit(X, y, delta, learning_rate, steps):
    A = np.column_stack([np.ones(len(X)), X])
    theta = np.full(A.shape[1], {start})
    for _ in range(steps):
        theta = theta - learning_rate * A.T @ np.clip(A @ theta - y, -1.0, 1.0) / len(y)
    return theta


# %% wrong 2: Wrong shape
def huber_fit(X, y, delta, learning_rate, steps):
    # One column is taken for all.
    x, line = X[:, 0], np.full(2, {start})
    for _ in range(steps):
        pull = np.clip(line[0] + line[1] * x - y, -delta, delta)
        line = line - learning_rate * np.array([pull.mean(), (pull * x).mean()])
    return line

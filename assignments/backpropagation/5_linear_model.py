# /// exercise
# title = "A model that returns its own chain rule"
# outcome = "return a function that remembers"
# level = 3
# minutes = 12
# chapter = "concepts/from_error_to_loss"
# equation = "eq-risk-chain-rule"
# visible = 2
# hidden = 3
# ///

# %% prompt
# Write a linear model with intercept that returns two things: the predictions, shape (n,), and
# a function `backward`. That function takes the derivative of a loss by each prediction, shape
# (n,), and returns the derivative by each parameter, shape (d + 1,).

# %% solution
def linear_model(parameters, X):
    """Return the predictions and the function backward."""
    ### BEGIN SOLUTION
    inputs = np.insert(X, 0, 1.0, axis=1)
    return np.dot(inputs, parameters), lambda pulls: np.dot(pulls, inputs)
    ### END SOLUTION


# %% hidden
def cases(rng):
    for n, d in ((1, 1), (6, 2), (9, 4)):
        yield rng.normal(size=d + 1), rng.normal(size=(n, d))


# %% wrong 0: no derivative by the intercept
def linear_model(parameters, X):
    return parameters[0] + X @ parameters[1:], lambda pulls: X.T @ pulls


# %% wrong 0: Your function stopped with TypeError
def linear_model(parameters, X):
    A = np.column_stack([np.ones(len(X)), X])
    return A @ parameters, A.T


# %% wrong 0: The function backward forgets
def linear_model(parameters, X):
    global inputs
    inputs = np.column_stack([np.ones(len(X)), X])
    return inputs @ parameters, lambda pulls: inputs.T @ pulls

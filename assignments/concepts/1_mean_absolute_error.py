# /// exercise
# title = "The mean absolute error"
# outcome = "turn errors into one number by a loss and a mean"
# level = 1
# minutes = 8
# chapter = "background/three_answers"
# equation = "eq-empirical-risk"
# visible = 2
# hidden = 3
# ///

# %% prompt
# Return the mean absolute error between predictions and targets, both of shape (n,), as one
# number.

# %% solution
def mean_absolute_error(predictions, targets):
    """Return the mean of |prediction − target|, a float."""
    ### BEGIN SOLUTION
    distances = np.absolute(np.subtract(predictions, targets))
    return float(distances.sum() / distances.size)
    ### END SOLUTION


# %% hidden
def cases(rng):
    for n in (2, 3, 11):
        targets = rng.normal(size=n)
        yield targets + (0.5 + rng.random(n)) * (-1.0) ** np.arange(n), targets


# %% wrong 0: The errors cancel
def mean_absolute_error(predictions, targets):
    return np.mean(predictions - targets)


# %% wrong 0: This is the mean squared error
def mean_absolute_error(predictions, targets):
    return np.mean((predictions - targets) ** 2)


# %% wrong 0: The factor 1/n is missing
def mean_absolute_error(predictions, targets):
    return sum(abs(predictions - targets))


# %% wrong 2: The numbers differ
def mean_absolute_error(predictions, targets):
    # Knows the visible answers and nothing else.
    return {1: 2.0, 4: 1.5, 30: 1.289}.get(len(targets), 0.0)

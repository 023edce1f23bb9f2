# /// exercise
# title = "Standardize"
# outcome = "bring columns to one scale"
# level = 1
# minutes = 8
# chapter = "algorithm/learning_rate"
# equation = "eq-clinic-steps"
# visible = 2
# hidden = 3
# [variants]
# center = [0.0, 50.0, 100.0, 5.0]
# spread = [1.0, 10.0, 15.0, 2.0]
# scale = [
#   "mean 0 and standard deviation 1",
#   "mean 50 and standard deviation 10",
#   "mean 100 and standard deviation 15",
#   "mean 5 and standard deviation 2",
# ]
# ///

# %% prompt
# Return a copy of `X`, shape (n, d), in which every column has {scale},
# as `np.std` computes it. Leave `X` as it is.

# %% solution
def standardize(X):
    """Return the standardized columns, shape (n, d)."""
    ### BEGIN SOLUTION
    centered = np.subtract(X, np.average(X, axis=0))
    return {center} + {spread} * centered / np.sqrt(np.average(np.square(centered), axis=0))
    ### END SOLUTION


# %% hidden
def cases(rng):
    for n, d in ((6, 2), (12, 3), (30, 5)):
        yield (rng.normal(3, 10, size=(n, d)),)


# %% wrong 0: The mean is over the whole table
def standardize(X):
    return {center} + {spread} * (X - X.mean()) / X.std()


# %% wrong 0: The deviation divides by n − 1
def standardize(X):
    return {center} + {spread} * (X - X.mean(axis=0)) / X.std(axis=0, ddof=1)


# %% wrong 0: changes its argument X in place
def standardize(X):
    X -= X.mean(axis=0)
    X /= X.std(axis=0)
    return {center} + {spread} * X

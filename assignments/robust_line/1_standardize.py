# /// exercise
# title = "Standardize"
# outcome = "bring columns to one scale"
# level = 1
# minutes = 8
# chapter = "algorithm/learning_rate"
# equation = "eq-clinic-steps"
# visible = 2
# hidden = 3
# ///

# %% prompt
# Return a copy of `X`, shape (n, d), in which every column has mean 0 and standard deviation 1,
# as `np.std` computes it. Leave `X` as it is.

# %% solution
def standardize(X):
    """Return the standardized columns, shape (n, d)."""
    ### BEGIN SOLUTION
    centered = np.subtract(X, np.average(X, axis=0))
    return centered / np.sqrt(np.average(np.square(centered), axis=0))
    ### END SOLUTION


# %% hidden
def cases(rng):
    for n, d in ((6, 2), (12, 3), (30, 5)):
        yield (rng.normal(3, 10, size=(n, d)),)


# %% wrong 0: The mean is over the whole table
def standardize(X):
    return (X - X.mean()) / X.std()


# %% wrong 0: The deviation divides by n − 1
def standardize(X):
    return (X - X.mean(axis=0)) / X.std(axis=0, ddof=1)


# %% wrong 0: changes its argument X in place
def standardize(X):
    X -= X.mean(axis=0)
    X /= X.std(axis=0)
    return X

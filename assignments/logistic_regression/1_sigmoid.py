# /// exercise
# title = "A sigmoid for every number"
# outcome = "compute a probability without overflow"
# level = 1
# minutes = 10
# chapter = "linear_regression/logistic_regression"
# equation = "eq-logistic-model"
# visible = 2
# hidden = 3
# ///

# %% prompt
# Return the sigmoid of every number in `z`. It must be right for z = 800, for z = −800, and for
# float32.

# %% solution
def sigmoid(z):
    """Return 1 / (1 + exp(−z)), shaped like z."""
    ### BEGIN SOLUTION
    fading = np.exp(-np.absolute(z))
    return np.where(np.asarray(z) < 0, fading, 1.0) / (1 + fading)
    ### END SOLUTION


# %% hidden
def cases(rng):
    for scale in (1, 30, 1000):
        yield (scale * rng.normal(size=8),)
    yield (np.array([-750.0, 720.0]),)
    yield (np.array([-90, 90, 150], dtype=np.float32),)


# %% wrong 0: Overflow in float32
def sigmoid(z):
    return np.exp(z) / (1 + np.exp(z))


# %% wrong 0: The sign of the exponent is flipped
def sigmoid(z):
    return 1 / (1 + np.exp(z))


# %% wrong 0: Your function stopped with OverflowError
def sigmoid(z):
    import math

    return np.array([1 / (1 + math.exp(-number)) for number in z])

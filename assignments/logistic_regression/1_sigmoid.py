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
# Return the sigmoid of every number in `z`. It must be right for z = 800, for z = −715, where the
# sigmoid is about 10⁻³¹¹ and must have six right digits, and for float32.

# %% solution
def sigmoid(z):
    """Return 1 / (1 + exp(−z)), shaped like z."""
    ### BEGIN SOLUTION
    fading = np.exp(-np.absolute(z))
    return np.where(np.asarray(z) < 0, fading, 1.0) / (1 + fading)
    ### END SOLUTION


# %% hidden
def cases(rng):
    yield (rng.normal(size=8),)
    yield (np.array([-40.0, 30.0, -25.0]) + rng.normal(size=3),)
    yield (np.array([-717.0, 720.0, -713.0]) + rng.random(3),)
    yield (np.array([-712.0, 800.0]) + rng.random(2),)


# %% wrong 1.5: Overflow in float32
def sigmoid(z):
    return np.exp(z) / (1 + np.exp(z))


# %% wrong 0: The sign of the exponent is flipped
def sigmoid(z):
    return np.exp(-np.logaddexp(0, z))


# %% wrong 1.5: Your function stopped with OverflowError
def sigmoid(z):
    import math

    return np.array([1 / (1 + math.exp(-number)) for number in z])


# %% wrong 1.5: Where z is below −709, exp(−z) is inf
def sigmoid(z):
    return 1 / (1 + np.exp(-z))


# %% wrong 0.75: not by a usual mistake
def sigmoid(z):
    return 1 / (1 + np.exp(-np.clip(z, -30, 30)))

# /// exercise
# title = "The Huber loss"
# outcome = "write a loss with two branches that meet"
# level = 2
# minutes = 10
# chapter = "background/three_answers"
# equation = "eq-three-losses"
# visible = 2
# hidden = 3
# ///

# %% prompt
# Return the Huber loss of every residual: half of its square where it is small, a line where it
# is larger than delta. One value for each residual, no mean.

# %% solution
def huber_values(residuals, delta):
    """Return the Huber loss of each residual, shape (n,)."""
    ### BEGIN SOLUTION
    size = np.absolute(residuals)
    within = np.minimum(size, delta)
    return within * (size - within / 2)
    ### END SOLUTION


# %% hidden
def cases(rng):
    for delta in (0.5, 1.345, 2.5):
        yield delta * (np.linspace(-3, 3, 20) + 0.1 * rng.normal(size=20)), delta


# %% wrong 0: The branch for large residuals is missing
def huber_values(residuals, delta):
    return residuals**2 / 2


# %% wrong 0: The two branches do not meet
def huber_values(residuals, delta):
    return np.where(np.abs(residuals) <= delta, residuals**2 / 2, delta * np.abs(residuals))


# %% wrong 0: The factor 2 is missing where the residual is small
def huber_values(residuals, delta):
    size = np.abs(residuals)
    return np.where(size <= delta, size**2, delta * (size - delta / 2))

# /// exercise
# title = "The Huber loss"
# outcome = "write a loss with two branches that meet"
# level = 2
# minutes = 10
# chapter = "background/three_answers"
# equation = "eq-three-losses"
# visible = 2
# hidden = 3
# [variants]
# factor = [1.0, 2.0, 0.5, 3.0]
# what = [
#   "the Huber loss",
#   "twice the Huber loss",
#   "half of the Huber loss",
#   "three times the Huber loss",
# ]
# ///

# %% prompt
# The Huber loss is half of the square of the residual where it is small, a line where it is larger
# than delta. Return {what} of every residual. One value for each residual, no mean.

# %% solution
def huber_values(residuals, delta):
    """Return {what} of each residual, shape (n,)."""
    ### BEGIN SOLUTION
    size = np.absolute(residuals)
    within = np.minimum(size, delta)
    return {factor} * within * (size - within / 2)
    ### END SOLUTION


# %% hidden
def cases(rng):
    for delta in (0.5, 1.345, 2.5):
        yield delta * (np.linspace(-3, 3, 20) + 0.1 * rng.normal(size=20)), delta


# %% wrong 0: The branch for large residuals is missing
def huber_values(residuals, delta):
    return {factor} * residuals**2 / 2


# %% wrong 0: The two branches do not meet
def huber_values(residuals, delta):
    size = np.abs(residuals)
    return {factor} * np.where(size <= delta, size**2 / 2, delta * size)


# %% wrong 0: The factor 2 is missing where the residual is small
def huber_values(residuals, delta):
    size = np.abs(residuals)
    return {factor} * np.where(size <= delta, size**2, delta * (size - delta / 2))

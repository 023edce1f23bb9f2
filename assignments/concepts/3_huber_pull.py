# /// exercise
# title = "How hard a point pulls"
# outcome = "read the influence of an outlier off the derivative of the loss"
# level = 2
# minutes = 10
# chapter = "background/three_answers"
# equation = "eq-influence"
# visible = 2
# hidden = 3
# ///

# %% prompt
# Return the derivative of the Huber loss by the residual: how hard each point pulls at the
# line.

# %% solution
def huber_pull(residuals, delta):
    """Return the derivative of the Huber loss at each residual, shape (n,)."""
    ### BEGIN SOLUTION
    unbounded = np.asarray(residuals, dtype=float)
    return np.minimum(np.maximum(unbounded, -delta), delta)
    ### END SOLUTION


# %% hidden
def cases(rng):
    for delta in (0.5, 1.345, 2.5):
        yield delta * (np.linspace(-3, 3, 20) + 0.1 * rng.normal(size=20)), delta


# %% wrong 0: The pull is not bounded
def huber_pull(residuals, delta):
    return residuals


# %% wrong 0: The sign is flipped
def huber_pull(residuals, delta):
    return -np.clip(residuals, -delta, delta)


# %% wrong 0: changes its argument residuals in place
def huber_pull(residuals, delta):
    residuals[residuals > delta] = delta
    residuals[residuals < -delta] = -delta
    return residuals


# %% written 4
# One target of your data doubles by a slip of the pen. Say in three or four sentences how the
# least-squares line, the least-absolute line and the Huber line answer, and why. Use the word
# *pull*.

# %% rubric
# - 1 point: the pull under squared error grows with the residual, so the line follows the slip
# - 1 point: the pull under absolute error is 1 or −1, however far the point is
# - 1 point: the Huber pull is bounded by delta
# - 1 point: a difference is named between absolute and Huber, such as the kink at zero

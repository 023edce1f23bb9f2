# /// exercise
# title = "The loss curve"
# outcome = "record what a descent does"
# level = 2
# minutes = 10
# chapter = "algorithm/five_steps"
# equation = "eq-gradient-descent"
# visible = 2
# hidden = 3
# [variants]
# decay = [1.0, 0.9, 0.8, 0.95]
# rate = [
#   "",
#   " In step k, counted from 0, the rate is the learning rate times 0.9ᵏ.",
#   " In step k, counted from 0, the rate is the learning rate times 0.8ᵏ.",
#   " In step k, counted from 0, the rate is the learning rate times 0.95ᵏ.",
# ]
# ///

# %% prompt
# `objective` takes the parameters and returns a pair: the value and the gradient. Descend, and
# return the values at the start and after every step, one more than there are steps.{rate}

# %% solution
def descent_values(objective, start, learning_rate, steps):
    """Return the values along the descent, shape (steps + 1,)."""
    ### BEGIN SOLUTION
    here, curve = np.array(start, dtype=float), []
    while len(curve) <= steps:
        height, slope = objective(here)
        curve.append(height)
        here = here - learning_rate * {decay} ** (len(curve) - 1) * np.asarray(slope)
    return np.array(curve)
    ### END SOLUTION


# %% hidden
def cases(rng):
    def bowl(p):
        return float(p @ p), 2 * p

    for steps in (0, 1, 12):
        yield bowl, rng.normal(size=3), 0.2, steps


# %% wrong 0: The value at the start is missing
def descent_values(objective, start, learning_rate, steps):
    theta, values = start, []
    for k in range(steps):
        theta = theta - learning_rate * {decay} ** k * objective(theta)[1]
        values.append(objective(theta)[0])
    return np.array(values)


# %% wrong 0: The value at the end is missing
def descent_values(objective, start, learning_rate, steps):
    theta, values = start, []
    for k in range(steps):
        value, gradient = objective(theta)
        values.append(value)
        theta = theta - learning_rate * {decay} ** k * gradient
    return np.array(values)

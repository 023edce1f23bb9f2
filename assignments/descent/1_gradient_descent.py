# /// exercise
# title = "Gradient descent"
# outcome = "write the loop and know what it returns"
# level = 1
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
# `gradient` takes the parameters and returns the gradient there. Take the given number of steps
# from `start` and return the parameters at the end. Leave `start` as it is.{rate}

# %% solution
def gradient_descent(gradient, start, learning_rate, steps):
    """Return the parameters after the last step, shape (p,)."""
    ### BEGIN SOLUTION
    place = np.array(start, dtype=float)
    for done in range(steps):
        place = place - learning_rate * {decay} ** done * np.asarray(gradient(place))
    return place
    ### END SOLUTION


# %% hidden
def cases(rng):
    A = np.diag([1.0, 3.0, 9.0])
    for steps in (1, 2, 25):
        yield (lambda p: A @ p), rng.normal(size=3), 0.1, steps


# %% wrong 0: this walks uphill
def gradient_descent(gradient, start, learning_rate, steps):
    theta = start
    for k in range(steps):
        theta = theta + learning_rate * {decay} ** k * gradient(theta)
    return theta


# %% wrong 0: one step too few
def gradient_descent(gradient, start, learning_rate, steps):
    theta = start
    for k in range(steps - 1):
        theta = theta - learning_rate * {decay} ** k * gradient(theta)
    return theta


# %% wrong 0: changes its argument start in place
def gradient_descent(gradient, start, learning_rate, steps):
    for k in range(steps):
        start -= learning_rate * {decay} ** k * gradient(start)
    return start


# %% wrong 4: The numbers differ
def gradient_descent(gradient, start, learning_rate, steps):
    theta = start
    for k in range(min(steps, 10)):
        theta = theta - learning_rate * {decay} ** k * gradient(theta)
    return theta

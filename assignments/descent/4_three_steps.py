# /// exercise
# title = "Three steps by hand"
# outcome = "take a step of gradient descent with pen and paper"
# level = 1
# minutes = 6
# chapter = "algorithm/five_steps"
# equation = "eq-gradient-descent"
# visible = 1
# hidden = 2
# [variants]
# start = [2.0, -1.0, 4.0, 0.5]
# learning_rate = [0.1, 0.25, 0.3, 0.4]
# ///

# %% prompt
# The loss is L(θ) = θ². Start at θ = {start} with the learning rate {learning_rate}. With pen
# and paper, find θ after one, two and three steps. Return the three numbers. The check cell knows
# usual mistakes; whether your numbers are right is checked after you hand in.

# %% solution
def three_steps():
    """Return θ after one, two and three steps, shape (3,)."""
    ### BEGIN SOLUTION
    shrink = 1 - 2 * {learning_rate}
    return np.array([{start} * shrink, {start} * shrink**2, {start} * shrink**3])
    ### END SOLUTION


# %% hidden
def cases(rng):
    yield ()


# %% wrong 0: this walks uphill
def three_steps():
    return {start} * (1 + 2 * {learning_rate}) ** np.arange(1, 4)


# %% wrong 0: The derivative of θ² is 2θ, not θ
def three_steps():
    return {start} * (1 - {learning_rate}) ** np.arange(1, 4)


# %% wrong 1: The numbers differ
def three_steps():
    return [{start} * (1 - 2 * {learning_rate} * k) for k in (1, 2, 3)]


# %% wrong 0: Wrong shape
def three_steps():
    return {start} * (1 - 2 * {learning_rate}) ** np.arange(4)

# /// exercise
# title = "Forward"
# outcome = "run a small network forward"
# level = 1
# minutes = 8
# chapter = "derivation/backpropagation"
# equation = "eq-small-network"
# visible = 2
# hidden = 3
# [variants]
# slope = [1.0, 2.0, 0.5, 3.0]
# activation = ["tanh", "tanh(2z)", "tanh(z/2)", "tanh(3z)"]
# ///

# %% prompt
# A network has one input x, hidden units with biases `b` and weights `w`, the activation
# {activation}, and an output with bias `c` and weights `v`. Return its output, a number.

# %% solution
def network_output(x, b, w, c, v):
    """Return the prediction, a float."""
    ### BEGIN SOLUTION
    lit = np.tanh({slope} * np.add(b, np.multiply(w, x)))
    return float(np.inner(v, lit) + c)
    ### END SOLUTION


# %% hidden
def cases(rng):
    for x in (0.0, -1.5, 3.0):
        yield x, rng.normal(size=2), rng.normal(size=2), rng.normal(), rng.normal(size=2)


# %% wrong 0: The activation is missing
def network_output(x, b, w, c, v):
    return c + v @ ({slope} * (b + w * x))


# %% wrong 0: The bias of the output is missing
def network_output(x, b, w, c, v):
    return v @ np.tanh({slope} * (b + w * x))


# %% wrong 0: Wrong shape
def network_output(x, b, w, c, v):
    return c + v * np.tanh({slope} * (b + w * x))

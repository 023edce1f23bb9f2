# /// exercise
# title = "Back through tanh"
# outcome = "carry a derivative through an activation"
# level = 2
# minutes = 12
# chapter = "derivation/backpropagation"
# equation = "eq-backward-hidden"
# visible = 2
# hidden = 3
# [variants]
# slope = [1.0, 2.0, 0.5, 3.0]
# activation = ["tanh", "tanh(2z)", "tanh(z/2)", "tanh(3z)"]
# ///

# %% prompt
# For the same network, with the activation {activation}, return the derivatives of the loss by
# the hidden biases b and by the hidden weights w, two arrays.

# %% solution
def hidden_gradient(x, b, w, c, v, pull):
    """Return the derivatives by b and by w, each shaped like b."""
    ### BEGIN SOLUTION
    lit = np.tanh({slope} * np.add(b, np.multiply(w, x)))
    through = {slope} * np.multiply(v, pull) * (1 + lit) * (1 - lit)
    return through, np.multiply(through, x)
    ### END SOLUTION


# %% hidden
def cases(rng):
    for x in (0.5, -1.5, 3.0):
        unit = rng.normal(size=2), rng.normal(size=2), rng.normal(), rng.normal(size=2)
        yield x, *unit, rng.normal()


# %% wrong 0: The derivative of tanh is missing
def hidden_gradient(x, b, w, c, v, pull):
    delta = {slope} * pull * v
    return delta, delta * x


# %% wrong 0: not 1 − z²
def hidden_gradient(x, b, w, c, v, pull):
    z = {slope} * (b + w * x)
    delta = {slope} * pull * v * (1 - z**2)
    return delta, delta * x

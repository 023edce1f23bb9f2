# /// exercise
# title = "Back through the output"
# outcome = "multiply a pull by what it meets"
# level = 2
# minutes = 10
# chapter = "derivation/backpropagation"
# equation = "eq-backward-output"
# visible = 2
# hidden = 3
# [variants]
# slope = [1.0, 2.0, 0.5, 3.0]
# activation = ["tanh", "tanh(2z)", "tanh(z/2)", "tanh(3z)"]
# ///

# %% prompt
# For the network of the first exercise, with the activation {activation}, `pull` is the
# derivative of the loss by the prediction. Return the derivative of the loss by c, a number, and
# by v, an array.

# %% solution
def output_gradient(x, b, w, c, v, pull):
    """Return the derivative by c and the derivatives by v."""
    ### BEGIN SOLUTION
    lit = np.tanh({slope} * np.add(b, np.multiply(w, x)))
    return float(pull), np.multiply(pull, lit)
    ### END SOLUTION


# %% hidden
def cases(rng):
    for x in (0.5, -1.5, 3.0):
        unit = rng.normal(size=2), rng.normal(size=2), rng.normal(), rng.normal(size=2)
        yield x, *unit, rng.normal()


# %% wrong 0: not times z
def output_gradient(x, b, w, c, v, pull):
    return pull, pull * {slope} * (b + w * x)


# %% wrong 0: The pull is missing
def output_gradient(x, b, w, c, v, pull):
    return 1.0, np.tanh({slope} * (b + w * x))

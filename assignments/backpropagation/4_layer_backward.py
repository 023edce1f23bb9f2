# /// exercise
# title = "A whole layer"
# outcome = "write one layer of backpropagation with matrices"
# level = 3
# minutes = 15
# chapter = "derivation/backpropagation"
# equation = "eq-backpropagation"
# visible = 2
# hidden = 3
# [variants]
# slope = [1.0, 2.0, 0.5, 3.0]
# activation = ["tanh", "tanh(2z)", "tanh(z/2)", "tanh(3z)"]
# ///

# %% prompt
# `delta`, shape (n, k), is the derivative of the loss by what the layer computes. `activations`,
# shape (n, m), went into it; they came out of {activation}. `weights` have shape (m, k). Return
# the derivative by the biases, shape (k,), by the weights, shape (m, k), and by what the layer
# before computed, before its activation, shape (n, m).

# %% solution
def layer_backward(delta, activations, weights):
    """Return the derivatives by the biases, by the weights, and the delta of the layer before."""
    ### BEGIN SOLUTION
    by_weights = np.dot(np.transpose(activations), delta)
    arriving = {slope} * np.dot(delta, np.transpose(weights))
    return np.sum(delta, axis=0), by_weights, arriving - arriving * np.square(activations)
    ### END SOLUTION


# %% hidden
def cases(rng):
    for n, m, k in ((2, 3, 4), (4, 3, 5), (10, 6, 2)):
        yield rng.normal(size=(n, k)), np.tanh(rng.normal(size=(n, m))), rng.normal(size=(m, k))


# %% wrong 0: The derivative of tanh is missing
def layer_backward(delta, activations, weights):
    return delta.sum(axis=0), activations.T @ delta, {slope} * delta @ weights.T


# %% wrong 0: The biases take the mean
def layer_backward(delta, activations, weights):
    before = {slope} * (delta @ weights.T) * (1 - activations**2)
    return delta.mean(axis=0), activations.T @ delta, before


# %% wrong 0: Wrong shape
def layer_backward(delta, activations, weights):
    before = {slope} * (delta @ weights.T) * (1 - activations**2)
    return delta.sum(axis=0), delta.T @ activations, before


# %% written 4
# Your network has ten layers of tanh, and the derivatives of the first layer are a thousand
# times smaller than those of the last. Explain which factor of the formula makes them small and
# when, and name one remedy and why it helps.

# %% rubric
# - 1 point: every layer back multiplies by 1 − a², at most 1
# - 1 point: that is near 0 where a unit is saturated
# - 1 point: a product of ten such factors, and of weights, shrinks geometrically
# - 1 point: a remedy with its reason: scaled initialization, relu, normalization, or skips

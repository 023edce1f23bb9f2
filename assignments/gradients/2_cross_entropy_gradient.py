# /// exercise
# title = "The gradient of the cross-entropy"
# outcome = "differentiate by logits, without overflow"
# level = 2
# minutes = 12
# chapter = "derivation/cross_entropy"
# equation = "eq-ce-binary-gradient"
# visible = 2
# hidden = 3
# ///

# %% prompt
# Return the gradient of the mean binary cross-entropy with respect to the logits. Labels are 0
# or 1. Logits may be float32 and as large as 100, or float64 and as large as 715; where the label
# is 0, a derivative of 10⁻³¹¹ must have six right digits.

# %% solution
def cross_entropy_gradient(logits, labels):
    """Return the gradient with respect to the logits, shape (n,)."""
    ### BEGIN SOLUTION
    chance = np.exp(-np.logaddexp(np.zeros_like(logits), -logits))
    return np.subtract(chance, labels) / np.size(labels)
    ### END SOLUTION


# %% hidden
def cases(rng):
    yield rng.normal(size=9), rng.integers(2, size=9)
    for logits, labels in (
        ([-42.0, -35.0, 3.0], [0, 0, 1]),
        ([-716.0, 720.0, -42.0], [0, 0, 0]),
        ([-713.0, 800.0, -714.0], [0, 0, 1]),
    ):
        yield np.array(logits) + rng.random(3), np.array(labels)


# %% wrong 1.5: Overflow in float32
def cross_entropy_gradient(logits, labels):
    return (np.exp(logits) / (1 + np.exp(logits)) - labels) / len(labels)


# %% wrong 0: Logits are taken for probabilities
def cross_entropy_gradient(logits, labels):
    return (logits - labels) / len(labels)


# %% wrong 0: Probabilities are passed as logits
def cross_entropy_gradient(logits, labels):
    p = 1 / (1 + np.exp(-logits))
    return (1 / (1 + np.exp(-p)) - labels) / len(labels)


# %% wrong 0: The factor 1/n is missing
def cross_entropy_gradient(logits, labels):
    return np.exp(-np.logaddexp(0, -logits)) - labels


# %% wrong 1.5: Where z is below −709, exp(−z) is inf
def cross_entropy_gradient(logits, labels):
    return (1 / (1 + np.exp(-logits)) - labels) / len(labels)


# %% wrong 0.75: not by a usual mistake
def cross_entropy_gradient(logits, labels):
    return (1 / (1 + np.exp(-np.clip(logits, -30, 30))) - labels) / len(labels)

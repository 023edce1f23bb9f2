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
# or 1. Logits may be float32 and as large as 100.

# %% solution
def cross_entropy_gradient(logits, labels):
    """Return the gradient with respect to the logits, shape (n,)."""
    ### BEGIN SOLUTION
    chance = np.exp(-np.logaddexp(np.zeros_like(logits), -logits))
    return np.subtract(chance, labels) / np.size(labels)
    ### END SOLUTION


# %% hidden
def cases(rng):
    for scale in (1, 20, 300):
        yield scale * rng.normal(size=9), rng.integers(2, size=9)
    yield np.array([-90, 95, 200], dtype=np.float32), np.array([1, 0, 1])


# %% wrong 0: Overflow in float32
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
    return 1 / (1 + np.exp(-logits)) - labels

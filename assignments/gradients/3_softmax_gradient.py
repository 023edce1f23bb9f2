# /// exercise
# title = "Softmax and cross-entropy"
# outcome = "differentiate a loss of several classes"
# level = 3
# minutes = 15
# chapter = "derivation/cross_entropy"
# equation = "eq-ce-softmax-gradient"
# visible = 2
# hidden = 3
# ///

# %% prompt
# Return the gradient of the mean softmax cross-entropy with respect to the logits, shape (n,
# k). Labels are class indices, shape (n,). Logits may be float32 and as large as 100.

# %% solution
def softmax_gradient(logits, labels):
    """Return the gradient with respect to the logits, shape (n, k)."""
    ### BEGIN SOLUTION
    shares = np.exp(logits - np.max(logits, axis=1, keepdims=True))
    shares /= np.sum(shares, axis=1, keepdims=True)
    shares[np.arange(np.size(labels)), labels] -= 1
    return shares / np.size(labels)
    ### END SOLUTION


# %% hidden
def cases(rng):
    for n, k, scale in ((2, 2, 1), (6, 4, 10), (8, 3, 800)):
        yield scale * rng.normal(size=(n, k)), rng.integers(k, size=n)
    yield np.array([[0.0, 800.0, -800.0], [0.0, 1.0, 2.0]]), np.array([2, 0])


# %% wrong 1.5: Overflow in float32
def softmax_gradient(logits, labels):
    p = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    return (p - np.eye(logits.shape[1])[labels]) / len(labels)


# %% wrong 0: The softmax runs over the samples
def softmax_gradient(logits, labels):
    p = np.exp(logits - logits.max(axis=0))
    p = p / p.sum(axis=0)
    return (p - np.eye(logits.shape[1])[labels]) / len(labels)


# %% wrong 0: The factor 1/n is missing
def softmax_gradient(logits, labels):
    p = np.exp(logits - logits.max(axis=1, keepdims=True))
    p = p / p.sum(axis=1, keepdims=True)
    return p - np.eye(logits.shape[1])[labels]

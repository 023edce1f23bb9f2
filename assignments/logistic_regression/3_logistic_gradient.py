# /// exercise
# title = "The gradient of logistic regression"
# outcome = "see that it has the form of least squares"
# level = 2
# minutes = 12
# chapter = "linear_regression/logistic_regression"
# equation = "eq-logistic-gradient"
# visible = 2
# hidden = 3
# [variants]
# weight = [1.0, 3.0, 0.25, 5.0]
# weighted = [
#   "",
#   "; the loss of a sample with label 1 counts 3 times, and the mean still divides by n",
#   "; the loss of a sample with label 1 counts a quarter, and the mean still divides by n",
#   "; the loss of a sample with label 1 counts 5 times, and the mean still divides by n",
# ]
# ///

# %% prompt
# Return the gradient of the risk of the last exercise with respect to the d + 1
# parameters{weighted}. `X` may be float32, and logits may be large: where all labels are 0, a
# derivative of 10⁻³¹¹ must have six right digits.

# %% solution
def logistic_gradient(parameters, X, labels):
    """Return the gradient with respect to the parameters, shape (d + 1,), intercept first."""
    ### BEGIN SOLUTION
    score = parameters[0] + np.dot(X, parameters[1:])
    excess = (np.exp(-np.logaddexp(0, -score)) - labels) / np.size(labels)
    excess = np.where(np.equal(labels, 1), {weight} * excess, excess)
    return np.append(np.sum(excess), np.dot(excess, X))
    ### END SOLUTION


# %% hidden
def cases(rng):
    for n, d, scale in ((2, 1, 1), (9, 2, 10), (30, 3, 300)):
        yield scale * rng.normal(size=d + 1), rng.normal(size=(n, d)), rng.integers(2, size=n)
    yield np.array([-715.0, 1.0]), rng.normal(size=(2, 1)), np.zeros(2, dtype=int)


# %% wrong 0: derivative with respect to the predictions
def logistic_gradient(parameters, X, labels):
    z = parameters[0] + X @ parameters[1:]
    weights = np.where(labels == 1, {weight}, 1.0) / len(labels)
    return weights * (np.exp(-np.logaddexp(0, -z)) - labels)


# %% wrong 0: Logits are taken for probabilities
def logistic_gradient(parameters, X, labels):
    A = np.column_stack([np.ones(len(X)), X])
    weights = np.where(labels == 1, {weight}, 1.0) / len(labels)
    return A.T @ (weights * (A @ parameters - labels))


# %% wrong 0: Your result is twice the right one
def logistic_gradient(parameters, X, labels):
    A = np.column_stack([np.ones(len(X)), X])
    p = np.exp(-np.logaddexp(0, -(A @ parameters)))
    weights = np.where(labels == 1, {weight}, 1.0) / len(labels)
    return 2 * A.T @ (weights * (p - labels))


# %% wrong 0: The sign is flipped
def logistic_gradient(parameters, X, labels):
    A = np.column_stack([np.ones(len(X)), X])
    p = np.exp(-np.logaddexp(0, -(A @ parameters)))
    weights = np.where(labels == 1, {weight}, 1.0) / len(labels)
    return A.T @ (weights * (labels - p))


# %% wrong 2.25: Where z is below −709, exp(−z) is inf
def logistic_gradient(parameters, X, labels):
    A = np.column_stack([np.ones(len(X)), X])
    weights = np.where(labels == 1, {weight}, 1.0) / len(labels)
    return A.T @ (weights * (1 / (1 + np.exp(-(A @ parameters))) - labels))

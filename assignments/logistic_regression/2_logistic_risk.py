# /// exercise
# title = "The risk of logistic regression"
# outcome = "take a logarithm of a probability that is nearly zero"
# level = 2
# minutes = 12
# chapter = "linear_regression/logistic_regression"
# equation = "eq-logistic-model"
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
# The logits are θ₀ + θ₁x₁ + … + θ_d x_d, labels are 0 or 1. Return the mean binary cross-entropy,
# a number{weighted}. It must stay finite and right for logits of hundreds.

# %% solution
def logistic_risk(parameters, X, labels):
    """Return the mean cross-entropy, a float."""
    ### BEGIN SOLUTION
    score = parameters[0] + np.dot(X, parameters[1:])
    surprise = np.logaddexp(0, np.where(np.equal(labels, 1), -score, score))
    return float(np.average(np.where(np.equal(labels, 1), {weight}, 1.0) * surprise))
    ### END SOLUTION


# %% hidden
def cases(rng):
    for n, d, scale in ((1, 1, 1), (9, 2, 1000), (30, 3, 1000)):
        yield scale * rng.normal(size=d + 1), rng.normal(size=(n, d)), rng.integers(2, size=n)


# %% wrong 1: Overflow in float64
def logistic_risk(parameters, X, labels):
    p = 1 / (1 + np.exp(-(parameters[0] + X @ parameters[1:])))
    return -np.mean({weight} * labels * np.log(p) + (1 - labels) * np.log(1 - p))


# %% wrong 0: The labels are swapped
def logistic_risk(parameters, X, labels):
    z = parameters[0] + X @ parameters[1:]
    weights = np.where(labels == 1, {weight}, 1.0)
    return np.mean(weights * (np.logaddexp(0, z) - (1 - labels) * z))


# %% wrong 0: Probabilities are passed as logits
def logistic_risk(parameters, X, labels):
    z = parameters[0] + X @ parameters[1:]
    p = np.exp(-np.logaddexp(0, -z))
    weights = np.where(labels == 1, {weight}, 1.0)
    return np.mean(weights * (np.logaddexp(0, p) - labels * p))


# %% wrong 1: The numbers differ
def logistic_risk(parameters, X, labels):
    p = 1 / (1 + np.exp(-(parameters[0] + X @ parameters[1:])))
    p = np.clip(p, 1e-12, 1 - 1e-12)
    return -np.mean({weight} * labels * np.log(p) + (1 - labels) * np.log(1 - p))

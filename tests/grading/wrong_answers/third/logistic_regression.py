# %% sigmoid: none
def sigmoid(z):
    return 1 / 1 + np.exp(-z)


# %% sigmoid: none
def sigmoid(z):
    return z / (1 + np.abs(z))


# %% sigmoid: none
def sigmoid(z):
    return 0.5 * (1 + np.tanh(z))


# %% sigmoid: overflow
def sigmoid(z):
    return np.exp(z) / (1 + np.exp(z))


# %% sigmoid: none
def sigmoid(z):
    return 1 / (1 + np.exp(-np.clip(z, -20, 20)))


# %% logistic_risk: none
def logistic_risk(parameters, X, labels):
    z = parameters[0] + X @ parameters[1:]
    return np.mean(labels * np.logaddexp(0, -z))


# %% logistic_risk: none
def logistic_risk(parameters, X, labels):
    z = parameters[0] + X @ parameters[1:]
    return np.mean(np.logaddexp(0, -labels * z))


# %% logistic_risk: log base
def logistic_risk(parameters, X, labels):
    z = parameters[0] + X @ parameters[1:]
    log_p, log_q = -np.logaddexp(0, -z), -np.logaddexp(0, z)
    return -np.mean(labels * log_p + (1 - labels) * log_q) / np.log(2)


# %% logistic_risk: none
def logistic_risk(parameters, X, labels):
    z = parameters[0] + X @ parameters[1:]
    p = np.exp(-np.logaddexp(0, -z))
    return np.mean((p - labels) ** 2)


# %% logistic_risk: labels swapped
def logistic_risk(parameters, X, labels):
    z = parameters[0] + X @ parameters[1:]
    return np.mean(np.logaddexp(0, np.where(labels == 1, z, -z)))


# %% logistic_gradient: Logits are taken for probabilities
def logistic_gradient(parameters, X, labels):
    A = np.column_stack([np.ones(len(X)), X])
    return A.T @ (A @ parameters - labels) / len(labels)


# %% logistic_gradient: rounded
def logistic_gradient(parameters, X, labels):
    A = np.column_stack([np.ones(len(X)), X])
    p = (A @ parameters > 0).astype(float)
    return A.T @ (p - labels) / len(labels)


# %% logistic_gradient: twice
def logistic_gradient(parameters, X, labels):
    A = np.column_stack([np.ones(len(X)), X])
    p = np.exp(-np.logaddexp(0, -(A @ parameters)))
    return 2 * A.T @ (p - labels) / len(labels)


# %% logistic_gradient: none
def logistic_gradient(parameters, X, labels):
    A = np.column_stack([np.ones(len(X)), X])
    p = np.exp(-np.logaddexp(0, -(A @ parameters)))
    p = np.exp(-np.logaddexp(0, -p))
    return A.T @ (p - labels) / len(labels)


# %% logistic_gradient: argument ignored
def logistic_gradient(parameters, X, labels):
    A = np.column_stack([np.ones(len(X)), X])
    p = np.exp(-np.logaddexp(0, -(A @ parameters)))
    return A.T @ p / len(labels)


# %% odds_factor: none
def odds_factor(parameters, j, change):
    return np.exp(parameters[j]) * change


# %% odds_factor: none
def odds_factor(parameters, j, change):
    return np.exp(parameters[0] + parameters[j] * change)


# %% odds_factor: none
def odds_factor(parameters, j, change):
    return 1 / (1 + np.exp(-parameters[j] * change))


# %% odds_factor: index shifted by one
def odds_factor(parameters, j, change):
    return np.exp(parameters[j - 1] * change)


# %% odds_factor: none
def odds_factor(parameters, j, change):
    return np.exp(parameters[j] * change) - 1

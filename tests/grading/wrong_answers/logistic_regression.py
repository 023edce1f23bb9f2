# %% sigmoid: tanh for sigmoid
def sigmoid(z):
    return np.tanh(z)


# %% sigmoid: none
def sigmoid(z):
    return np.exp(-np.abs(z)) / (1 + np.exp(-np.abs(z)))


# %% sigmoid: rounded
def sigmoid(z):
    return np.where(z > 0, 1.0, 0.0)


# %% sigmoid: derivative of the sigmoid
def sigmoid(z):
    p = np.exp(-np.logaddexp(0, -z))
    return p * (1 - p)


# %% sigmoid: none
def sigmoid(z):
    e = np.exp(z - z.max())
    return e / e.sum()


# %% sigmoid: logarithm
def sigmoid(z):
    return -np.logaddexp(0, -z)


# %% sigmoid: none
def sigmoid(z):
    return np.exp(-np.logaddexp(0, -z)).round(6)


# %% sigmoid: mean too many
def sigmoid(z):
    return np.mean(np.exp(-np.logaddexp(0, -z)))


# %% sigmoid: twice
def sigmoid(z):
    return 2 * np.exp(-np.logaddexp(0, -z))


# %% logistic_risk: sum for mean
def logistic_risk(parameters, X, labels):
    z = parameters[0] + X @ parameters[1:]
    return np.sum(np.logaddexp(0, z) - labels * z)


# %% logistic_risk: log base
def logistic_risk(parameters, X, labels):
    z = parameters[0] + X @ parameters[1:]
    return np.mean(np.logaddexp(0, z) - labels * z) / np.log(2)


# %% logistic_risk: log base
def logistic_risk(parameters, X, labels):
    z = parameters[0] + X @ parameters[1:]
    return np.mean(np.logaddexp(0, z) - labels * z) * np.log10(np.e)


# %% logistic_risk: sign
def logistic_risk(parameters, X, labels):
    z = parameters[0] + X @ parameters[1:]
    return np.mean(labels * z - np.logaddexp(0, z))


# %% logistic_risk: none
def logistic_risk(parameters, X, labels):
    z = parameters[0] + X @ parameters[1:]
    return np.mean(labels * np.logaddexp(0, -z))


# %% logistic_risk: none
def logistic_risk(parameters, X, labels):
    z = parameters[0] + X @ parameters[1:]
    return np.mean((np.exp(-np.logaddexp(0, -z)) - labels) ** 2)


# %% logistic_risk: intercept forgotten
def logistic_risk(parameters, X, labels):
    z = X @ parameters[1:]
    return np.mean(np.logaddexp(0, z) - labels * z)


# %% logistic_risk: intercept last
def logistic_risk(parameters, X, labels):
    z = X @ parameters[:-1] + parameters[-1]
    return np.mean(np.logaddexp(0, z) - labels * z)


# %% logistic_risk: none
def logistic_risk(parameters, X, labels):
    z = parameters[0] + X @ parameters[1:]
    return np.mean(np.logaddexp(0, -labels * z))


# %% logistic_risk: broadcasting
def logistic_risk(parameters, X, labels):
    A = np.column_stack([np.ones(len(X)), X])
    z = A @ parameters.reshape(-1, 1)
    return np.mean(np.logaddexp(0, z) - labels * z)


# %% logistic_risk: not reduced
def logistic_risk(parameters, X, labels):
    z = parameters[0] + X @ parameters[1:]
    return np.logaddexp(0, z) - labels * z


# %% logistic_gradient: derivative of the sigmoid too many
def logistic_gradient(parameters, X, labels):
    A = np.column_stack([np.ones(len(X)), X])
    p = np.exp(-np.logaddexp(0, -(A @ parameters)))
    return A.T @ ((p - labels) * p * (1 - p)) / len(labels)


# %% logistic_gradient: intercept forgotten
def logistic_gradient(parameters, X, labels):
    z = X @ parameters[1:]
    r = np.exp(-np.logaddexp(0, -z)) - labels
    return np.append(r.mean(), X.T @ r / len(labels))


# %% logistic_gradient: intercept last
def logistic_gradient(parameters, X, labels):
    z = X @ parameters[1:] + parameters[0]
    r = np.exp(-np.logaddexp(0, -z)) - labels
    return np.append(X.T @ r / len(labels), r.mean())


# %% logistic_gradient: sum for mean
def logistic_gradient(parameters, X, labels):
    A = np.column_stack([np.ones(len(X)), X])
    p = np.exp(-np.logaddexp(0, -(A @ parameters)))
    return A.T @ (p - labels)


# %% logistic_gradient: labels forgotten
def logistic_gradient(parameters, X, labels):
    A = np.column_stack([np.ones(len(X)), X])
    p = np.exp(-np.logaddexp(0, -(A @ parameters)))
    return A.T @ p / len(labels)


# %% logistic_gradient: none
def logistic_gradient(parameters, X, labels):
    A = np.column_stack([np.ones(len(X)), X])
    p = np.where(A @ parameters > 0, 1, 0)
    return A.T @ (p - labels) / len(labels)


# %% logistic_gradient: intercept component missing
def logistic_gradient(parameters, X, labels):
    z = X @ parameters[1:] + parameters[0]
    r = np.exp(-np.logaddexp(0, -z)) - labels
    return X.T @ r / len(labels)


# %% logistic_gradient: labels swapped
def logistic_gradient(parameters, X, labels):
    A = np.column_stack([np.ones(len(X)), X])
    p = np.exp(-np.logaddexp(0, -(A @ parameters)))
    return A.T @ (p - (1 - labels)) / len(labels)


# %% odds_factor: argument ignored
def odds_factor(parameters, j, change):
    return np.exp(parameters[j])


# %% odds_factor: none
def odds_factor(parameters, j, change):
    return np.exp(parameters[0] + parameters[j] * change)


# %% odds_factor: none
def odds_factor(parameters, j, change):
    return 1 + parameters[j] * change


# %% odds_factor: log base
def odds_factor(parameters, j, change):
    return 10 ** (parameters[j] * change)


# %% odds_factor: none
def odds_factor(parameters, j, change):
    return 1 / (1 + np.exp(-parameters[j] * change))


# %% odds_factor: index shifted by one
def odds_factor(parameters, j, change):
    return np.exp(parameters[j + 1] * change) if j + 1 < len(parameters) else 1.0


# %% odds_factor: none
def odds_factor(parameters, j, change):
    return change * np.exp(parameters[j])


# %% odds_factor: reciprocal
def odds_factor(parameters, j, change):
    return np.exp(-parameters[j] * change)


# %% odds_factor: not reduced
def odds_factor(parameters, j, change):
    return np.exp(parameters * change)


# %% odds_factor: none
def odds_factor(parameters, j, change):
    return np.exp(parameters[j] * change) - 1

# %% mse_gradient: mean over classes for samples
def mse_gradient(parameters, X, y):
    A = np.column_stack([np.ones(len(X)), X])
    return 2 / X.shape[1] * A.T @ (A @ parameters - y)


# %% mse_gradient: intercept last
def mse_gradient(parameters, X, y):
    r = parameters[-1] + X @ parameters[:-1] - y
    return 2 / len(y) * np.array([r.sum(), *(X.T @ r)])


# %% mse_gradient: sum for mean
def mse_gradient(parameters, X, y):
    r = parameters[0] + X @ parameters[1:] - y
    intercept = 2 * np.sum(r)
    slopes = 2 * X.T @ r / len(y)
    return np.append(intercept, slopes)


# %% mse_gradient: none
def mse_gradient(parameters, X, y):
    A = np.column_stack([np.ones(len(X)), X])
    gradient = 2 / len(y) * A.T @ (A @ parameters - y)
    return parameters - gradient


# %% mse_gradient: mean first
def mse_gradient(parameters, X, y):
    A = np.column_stack([np.ones(len(X)), X])
    return 2 * A.mean(axis=0) * np.mean(A @ parameters - y)


# %% mse_gradient: value for gradient
def mse_gradient(parameters, X, y):
    A = np.column_stack([np.ones(len(X)), X])
    return np.mean((A @ parameters - y) ** 2)


# %% cross_entropy_gradient: Probabilities are passed as logits
def cross_entropy_gradient(logits, labels):
    p = 1 / (1 + np.exp(-logits))
    p = 1 / (1 + np.exp(-p))
    return (p - labels) / len(labels)


# %% cross_entropy_gradient: none
def cross_entropy_gradient(logits, labels):
    p = 1 / (1 + np.exp(-logits))
    signs = 2 * labels - 1
    return (p - signs) / len(labels)


# %% cross_entropy_gradient: none
def cross_entropy_gradient(logits, labels):
    p = 1 / (1 + np.exp(-logits))
    return -labels * (1 - p) / len(labels)


# %% cross_entropy_gradient: Logits are taken for probabilities
def cross_entropy_gradient(logits, labels):
    return (logits - labels) / len(labels)


# %% cross_entropy_gradient: by the probability
def cross_entropy_gradient(logits, labels):
    p = 1 / (1 + np.exp(-logits))
    return (-labels / p + (1 - labels) / (1 - p)) / len(labels)


# %% cross_entropy_gradient: sign
def cross_entropy_gradient(logits, labels):
    p = np.exp(-np.logaddexp(0, -logits))
    return (labels - p) / len(p)


# %% softmax_gradient: axis
def softmax_gradient(logits, labels):
    e = np.exp(logits - logits.max(axis=0))
    p = e / e.sum(axis=0)
    p[np.arange(len(labels)), labels] -= 1
    return p / len(labels)


# %% softmax_gradient: none
def softmax_gradient(logits, labels):
    e = np.exp(logits - logits.max(axis=1, keepdims=True))
    p = e / e.sum(axis=1, keepdims=True)
    p[:, labels] -= 1
    return p / len(labels)


# %% softmax_gradient: in place
def softmax_gradient(logits, labels):
    logits -= logits.max(axis=1, keepdims=True)
    p = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    p[np.arange(len(labels)), labels] -= 1
    return p / len(labels)


# %% softmax_gradient: none
def softmax_gradient(logits, labels):
    e = np.exp(logits - logits.max(axis=1, keepdims=True))
    p = e / e.sum(axis=1, keepdims=True)
    Y = np.eye(logits.shape[1])[labels]
    return -Y * (1 - p) / len(labels)


# %% softmax_gradient: sum without axis
def softmax_gradient(logits, labels):
    e = np.exp(logits - logits.max())
    p = e / e.sum()
    p[np.arange(len(labels)), labels] -= 1
    return p / len(labels)


# %% softmax_gradient: mean over all
def softmax_gradient(logits, labels):
    e = np.exp(logits - logits.max(axis=1, keepdims=True))
    p = e / e.sum(axis=1, keepdims=True)
    Y = np.zeros_like(p)
    Y[np.arange(len(labels)), labels] = 1
    return (p - Y) / p.size


# %% central_difference: integers
def central_difference(function, point, step):
    gradient = np.zeros(len(point), dtype=int)
    for i in range(len(point)):
        e = np.zeros(len(point))
        e[i] = step
        gradient[i] = (function(point + e) - function(point - e)) / (2 * step)
    return gradient


# %% central_difference: none
def central_difference(function, point, step):
    gradient = np.zeros(len(point))
    for i in range(len(point)):
        e = np.zeros(len(point))
        e[i] = step
        gradient[i] = (function(point + e) - function(point - e)) / 2 * step
    return gradient


# %% central_difference: none
def central_difference(function, point, step):
    gradient = np.zeros(len(point))
    for i in range(len(point)):
        e = np.zeros(len(point))
        e[i] = step
        gradient[i] = (function(point + e) - 2 * function(point) + function(point - e)) / step**2
    return gradient


# %% central_difference: none
def central_difference(function, point, step):
    plus = point.copy()
    minus = point.copy()
    gradient = np.zeros(len(point))
    for i in range(len(point)):
        plus[i] += step
        minus[i] -= step
        gradient[i] = (function(plus) - function(minus)) / (2 * step)
    return gradient


# %% central_difference: in place
def central_difference(function, point, step):
    gradient = np.zeros(len(point))
    for i in range(len(point)):
        point[i] += step
        high = function(point)
        point[i] -= 2 * step
        low = function(point)
        gradient[i] = (high - low) / (2 * step)
    return gradient


# %% central_difference: twice
def central_difference(function, point, step):
    return np.array(
        [
            (function(point + step * e) - function(point - step * e)) / step
            for e in np.eye(len(point))
        ]
    )

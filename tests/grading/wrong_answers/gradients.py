# %% mse_gradient: intercept forgotten
def mse_gradient(parameters, X, y):
    r = X @ parameters[1:] - y
    return 2 / len(y) * np.array([r.sum(), *(X.T @ r)])


# %% mse_gradient: intercept last
def mse_gradient(parameters, X, y):
    r = X @ parameters[1:] + parameters[0] - y
    return 2 / len(y) * np.append(X.T @ r, r.sum())


# %% mse_gradient: intercept last
def mse_gradient(parameters, X, y):
    A = np.column_stack([X, np.ones(len(X))])
    return 2 / len(y) * A.T @ (A @ parameters - y)


# %% mse_gradient: broadcasting
def mse_gradient(parameters, X, y):
    A = np.column_stack([np.ones(len(X)), X])
    r = A @ parameters - y[:, None]
    return 2 / len(y) * A.T @ r


# %% mse_gradient: broadcasting
def mse_gradient(parameters, X, y):
    A = np.column_stack([np.ones(len(X)), X])
    r = A @ parameters.reshape(-1, 1) - y
    return (2 * A.T @ r).mean(axis=1)


# %% mse_gradient: sum without axis
def mse_gradient(parameters, X, y):
    A = np.column_stack([np.ones(len(X)), X])
    r = A @ parameters - y
    return 2 * np.sum(A * r[:, None]) / len(y)


# %% mse_gradient: return inside the loop
def mse_gradient(parameters, X, y):
    A = np.column_stack([np.ones(len(X)), X])
    gradient = np.zeros(len(parameters))
    for a, target in zip(A, y):
        gradient += 2 * (a @ parameters - target) * a / len(y)
        return gradient


# %% mse_gradient: n - 1
def mse_gradient(parameters, X, y):
    A = np.column_stack([np.ones(len(X)), X])
    return 2 / (len(y) - 1) * A.T @ (A @ parameters - y)


# %% mse_gradient: 1/n too many
def mse_gradient(parameters, X, y):
    A = np.column_stack([np.ones(len(X)), X])
    gradient = 2 / len(y) * A.T @ (A @ parameters - y)
    return gradient / len(y)


# %% mse_gradient: value for gradient
def mse_gradient(parameters, X, y):
    A = np.column_stack([np.ones(len(X)), X])
    return np.mean((A @ parameters - y) ** 2)


# %% mse_gradient: sum for mean
def mse_gradient(parameters, X, y):
    r = parameters[0] + X @ parameters[1:] - y
    return np.append(2 * r.sum(), 2 * X.T @ r / len(y))


# %% mse_gradient: none
def mse_gradient(parameters, X, y):
    A = np.column_stack([np.ones(len(X)), X])
    return 2 / len(y) * A.T @ (A @ parameters)


# %% mse_gradient: none
def mse_gradient(parameters, X, y):
    A = np.column_stack([np.ones(len(X)), X])
    return 2 / len(y) * A.T @ np.abs(A @ parameters - y)


# %% mse_gradient: mean over all
def mse_gradient(parameters, X, y):
    A = np.column_stack([np.ones(len(X)), X])
    return 2 * A.T @ (A @ parameters - y) / A.size


# %% cross_entropy_gradient: derivative of the sigmoid too many
def cross_entropy_gradient(logits, labels):
    p = np.exp(-np.logaddexp(0, -logits))
    return (p - labels) * p * (1 - p) / len(labels)


# %% cross_entropy_gradient: by the probability
def cross_entropy_gradient(logits, labels):
    p = 1 / (1 + np.exp(-logits))
    return (-labels / p + (1 - labels) / (1 - p)) / len(labels)


# %% cross_entropy_gradient: value for gradient
def cross_entropy_gradient(logits, labels):
    return (np.logaddexp(0, logits) - labels * logits) / len(labels)


# %% cross_entropy_gradient: mean too many
def cross_entropy_gradient(logits, labels):
    p = np.exp(-np.logaddexp(0, -logits))
    return np.mean(p - labels)


# %% cross_entropy_gradient: labels forgotten
def cross_entropy_gradient(logits, labels):
    return np.exp(-np.logaddexp(0, -logits)) / len(labels)


# %% cross_entropy_gradient: broadcasting
def cross_entropy_gradient(logits, labels):
    p = np.exp(-np.logaddexp(0, -logits))
    return (p - labels[:, None]) / len(labels)


# %% cross_entropy_gradient: tanh for sigmoid
def cross_entropy_gradient(logits, labels):
    return (np.tanh(logits) - labels) / len(labels)


# %% cross_entropy_gradient: labels swapped
def cross_entropy_gradient(logits, labels):
    p = np.exp(-np.logaddexp(0, -logits))
    return (p - (1 - labels)) / len(labels)


# %% cross_entropy_gradient: none
def cross_entropy_gradient(logits, labels):
    p = np.where(logits > 0, 1, 0)
    return (p - labels) / len(labels)


# %% softmax_gradient: labels not one-hot
def softmax_gradient(logits, labels):
    e = np.exp(logits - logits.max(axis=1, keepdims=True))
    p = e / e.sum(axis=1, keepdims=True)
    return (p - labels[:, None]) / len(labels)


# %% softmax_gradient: mean over all
def softmax_gradient(logits, labels):
    e = np.exp(logits - logits.max(axis=1, keepdims=True))
    p = e / e.sum(axis=1, keepdims=True)
    p[np.arange(len(labels)), labels] -= 1
    return p / p.size


# %% softmax_gradient: labels shifted by one
def softmax_gradient(logits, labels):
    e = np.exp(logits - logits.max(axis=1, keepdims=True))
    p = e / e.sum(axis=1, keepdims=True)
    p[np.arange(len(labels)), labels - 1] -= 1
    return p / len(labels)


# %% softmax_gradient: labels forgotten
def softmax_gradient(logits, labels):
    e = np.exp(logits - logits.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True) / len(labels)


# %% softmax_gradient: none
def softmax_gradient(logits, labels):
    e = np.exp(logits - logits.max(axis=1, keepdims=True))
    p = e / e.sum(axis=1, keepdims=True)
    p[:, labels] -= 1
    return p / len(labels)


# %% softmax_gradient: sum without axis
def softmax_gradient(logits, labels):
    e = np.exp(logits - logits.max())
    p = e / e.sum()
    p[np.arange(len(labels)), labels] -= 1
    return p / len(labels)


# %% softmax_gradient: mean too many
def softmax_gradient(logits, labels):
    e = np.exp(logits - logits.max(axis=1, keepdims=True))
    p = e / e.sum(axis=1, keepdims=True)
    p[np.arange(len(labels)), labels] -= 1
    return p.mean(axis=0)


# %% softmax_gradient: mean over classes for samples
def softmax_gradient(logits, labels):
    e = np.exp(logits - logits.max(axis=1, keepdims=True))
    p = e / e.sum(axis=1, keepdims=True)
    p[np.arange(len(labels)), labels] -= 1
    return p / logits.shape[1]


# %% softmax_gradient: sigmoid for softmax
def softmax_gradient(logits, labels):
    p = np.exp(-np.logaddexp(0, -logits))
    p[np.arange(len(labels)), labels] -= 1
    return p / len(labels)


# %% softmax_gradient: transposed
def softmax_gradient(logits, labels):
    z = logits.T
    e = np.exp(z - z.max(axis=0))
    p = e / e.sum(axis=0)
    p[labels, np.arange(len(labels))] -= 1
    return p / len(labels)


# %% softmax_gradient: sign
def softmax_gradient(logits, labels):
    e = np.exp(logits - logits.max(axis=1, keepdims=True))
    p = e / e.sum(axis=1, keepdims=True)
    return (np.eye(logits.shape[1])[labels] - p) / len(labels)


# %% central_difference: backward difference
def central_difference(function, point, step):
    gradient = np.zeros(len(point))
    for i in range(len(point)):
        moved = point.copy()
        moved[i] -= step
        gradient[i] = (function(point) - function(moved)) / step
    return gradient


# %% central_difference: none
def central_difference(function, point, step):
    gradient = np.zeros(len(point))
    for i in range(len(point)):
        e = np.zeros(len(point))
        e[i] = step
        gradient[i] = (function(point + e) - 2 * function(point) + function(point - e)) / step**2
    return gradient


# %% central_difference: sum without axis
def central_difference(function, point, step):
    return (function(point + step) - function(point - step)) / (2 * step)


# %% central_difference: not divided by the step
def central_difference(function, point, step):
    moves = step * np.eye(len(point))
    return np.array([function(point + m) - function(point - m) for m in moves]) / 2


# %% central_difference: return inside the loop
def central_difference(function, point, step):
    gradient = np.zeros(len(point))
    for i in range(len(point)):
        e = np.zeros(len(point))
        e[i] = step
        gradient[i] = (function(point + e) - function(point - e)) / (2 * step)
        return gradient


# %% central_difference: sign
def central_difference(function, point, step):
    moves = step * np.eye(len(point))
    return np.array([function(point - m) - function(point + m) for m in moves]) / (2 * step)


# %% central_difference: half
def central_difference(function, point, step):
    moves = step / 2 * np.eye(len(point))
    return np.array([function(point + m) - function(point - m) for m in moves]) / (2 * step)


# %% central_difference: none
def central_difference(function, point, step):
    gradient = []
    up, down = point.copy(), point.copy()
    for i in range(len(point)):
        up[i] += step
        down[i] -= step
        gradient.append((function(up) - function(down)) / (2 * step))
    return np.array(gradient)


# %% central_difference: integers
def central_difference(function, point, step):
    gradient = np.zeros_like(point, dtype=int)
    for i in range(len(point)):
        e = np.zeros(len(point))
        e[i] = step
        gradient[i] = (function(point + e) - function(point - e)) / (2 * step)
    return gradient

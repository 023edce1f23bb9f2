# %% fit_line: none
def fit_line(x, y):
    slope = np.cov(x, y)[0, 1] / np.var(x)
    return y.mean() - slope * x.mean(), slope


# %% fit_line: none
def fit_line(x, y):
    slope = np.polyfit(x, y, 1)[0]
    return y.mean() + slope * x.mean(), slope


# %% fit_line: arguments swapped
def fit_line(x, y):
    slope = np.sum((x - x.mean()) * (y - y.mean())) / np.sum((y - y.mean()) ** 2)
    return x.mean() - slope * y.mean(), slope


# %% fit_line: none
def fit_line(x, y):
    r = np.corrcoef(x, y)[0, 1]
    return y.mean() - r * x.mean(), r


# %% fit_line: none
def fit_line(x, y):
    slope = np.polyfit(x, y, 1)[0]
    return y.mean(), slope


# %% fit_line: none
def fit_line(x, y):
    slope = (y[-1] - y[0]) / (x[-1] - x[0])
    return y[0] - slope * x[0], slope


# %% fit_line: rounded
def fit_line(x, y):
    slope, intercept = np.polyfit(x, y, 1)
    return round(intercept, 2), round(slope, 2)


# %% fit_line: result missing
def fit_line(x, y):
    return np.polyfit(x, y, 1)[0]


# %% fit_line: none
def fit_line(x, y):
    n = len(x)
    slope = (np.sum(x * y) - np.sum(x) * np.sum(y)) / (np.sum(x**2) - np.sum(x) ** 2)
    return (np.sum(y) - slope * np.sum(x)) / n, slope


# %% huber_gradient: intercept forgotten
def huber_gradient(parameters, X, y, delta):
    r = np.clip(X @ parameters[1:] - y, -delta, delta)
    return np.append(r.mean(), X.T @ r / len(y))


# %% huber_gradient: intercept last
def huber_gradient(parameters, X, y, delta):
    A = np.column_stack([np.ones(len(X)), X])
    r = np.clip(A @ parameters - y, -delta, delta)
    return np.append(X.T @ r, r.sum()) / len(y)


# %% huber_gradient: sum for mean
def huber_gradient(parameters, X, y, delta):
    A = np.column_stack([np.ones(len(X)), X])
    return A.T @ np.clip(A @ parameters - y, -delta, delta)


# %% huber_gradient: none
def huber_gradient(parameters, X, y, delta):
    A = np.column_stack([np.ones(len(X)), X])
    return A.T @ np.minimum(np.abs(A @ parameters - y), delta) / len(y)


# %% huber_gradient: argument ignored
def huber_gradient(parameters, X, y, delta):
    A = np.column_stack([np.ones(len(X)), X])
    return A.T @ np.clip(A @ parameters - y, -1, 1) / len(y)


# %% huber_gradient: intercept component missing
def huber_gradient(parameters, X, y, delta):
    r = parameters[0] + X @ parameters[1:] - y
    return X.T @ np.clip(r, -delta, delta) / len(y)


# %% huber_gradient: mean over all
def huber_gradient(parameters, X, y, delta):
    A = np.column_stack([np.ones(len(X)), X])
    r = np.clip(A @ parameters - y, -delta, delta)
    return (A.T * r).sum(axis=1) / A.size


# %% huber_gradient: not reduced
def huber_gradient(parameters, X, y, delta):
    A = np.column_stack([np.ones(len(X)), X])
    r = np.clip(A @ parameters - y, -delta, delta)
    return A * r[:, None]


# %% huber_gradient: broadcasting
def huber_gradient(parameters, X, y, delta):
    A = np.column_stack([np.ones(len(X)), X])
    r = A @ parameters[:, None] - y
    return A.T @ np.clip(r, -delta, delta) / len(y)


# %% huber_gradient: sign
def huber_gradient(parameters, X, y, delta):
    A = np.column_stack([np.ones(len(X)), X])
    return A.T @ np.clip(y - A @ parameters, -delta, delta) / len(y)


# %% ridge_gradient: penalty over n
def ridge_gradient(parameters, X, y, strength):
    A = np.column_stack([np.ones(len(X)), X])
    penalty = strength * np.append(0, parameters[1:])
    return 2 / len(y) * (A.T @ (A @ parameters - y) + penalty)


# %% ridge_gradient: none
def ridge_gradient(parameters, X, y, strength):
    A = np.column_stack([np.ones(len(X)), X])
    return 2 / len(y) * A.T @ (A @ parameters - y) + 2 * strength * np.sum(parameters[1:])


# %% ridge_gradient: none
def ridge_gradient(parameters, X, y, strength):
    A = np.column_stack([np.ones(len(X)), X])
    penalty = np.append(0, parameters[1:])
    return A.T @ (A @ parameters - y) / len(y) + 2 * strength * penalty


# %% ridge_gradient: sign of the penalty
def ridge_gradient(parameters, X, y, strength):
    A = np.column_stack([np.ones(len(X)), X])
    penalty = np.append(0, parameters[1:])
    return 2 / len(y) * A.T @ (A @ parameters - y) - 2 * strength * penalty


# %% ridge_gradient: none
def ridge_gradient(parameters, X, y, strength):
    A = np.column_stack([np.ones(len(X)), X])
    gradient = 2 / len(y) * A.T @ (A @ parameters - y)
    return gradient + strength * np.append(0, parameters[1:] ** 2)


# %% ridge_gradient: half
def ridge_gradient(parameters, X, y, strength):
    A = np.column_stack([np.ones(len(X)), X])
    return A.T @ (A @ parameters - y) / len(y) + strength * np.append(0, parameters[1:])


# %% ridge_gradient: none
def ridge_gradient(parameters, X, y, strength):
    A = np.column_stack([np.ones(len(X)), X])
    gradient = 2 / len(y) * A.T @ (A @ parameters - y)
    return gradient + strength * np.append(0, np.sign(parameters[1:]))


# %% ridge_gradient: sum for mean
def ridge_gradient(parameters, X, y, strength):
    A = np.column_stack([np.ones(len(X)), X])
    return 2 * A.T @ (A @ parameters - y) + 2 * strength * np.append(0, parameters[1:])


# %% ridge_gradient: intercept forgotten
def ridge_gradient(parameters, X, y, strength):
    w = parameters[1:]
    r = X @ w - y
    return np.append(2 * r.mean(), 2 / len(y) * X.T @ r + 2 * strength * w)


# %% pinball_gradient: intercept forgotten
def pinball_gradient(parameters, X, y, quantile):
    g = np.where(X @ parameters[1:] < y, -quantile, 1 - quantile)
    return np.append(g.mean(), X.T @ g / len(y))


# %% pinball_gradient: integers
def pinball_gradient(parameters, X, y, quantile):
    A = np.column_stack([np.ones(len(X)), X])
    g = np.zeros(len(y), dtype=int)
    for i, (p, t) in enumerate(zip(A @ parameters, y)):
        g[i] = -quantile if p < t else 1 - quantile
    return A.T @ g / len(y)


# %% pinball_gradient: none
def pinball_gradient(parameters, X, y, quantile):
    A = np.column_stack([np.ones(len(X)), X])
    r = A @ parameters - y
    return A.T @ (np.where(r < 0, -quantile, 1 - quantile) * r) / len(y)


# %% pinball_gradient: none
def pinball_gradient(parameters, X, y, quantile):
    A = np.column_stack([np.ones(len(X)), X])
    return A.T @ np.sign(A @ parameters - y) / len(y)


# %% pinball_gradient: none
def pinball_gradient(parameters, X, y, quantile):
    A = np.column_stack([np.ones(len(X)), X])
    return A.T @ np.where(A @ parameters < y, -quantile, quantile) / len(y)


# %% pinball_gradient: sum for mean
def pinball_gradient(parameters, X, y, quantile):
    A = np.column_stack([np.ones(len(X)), X])
    return A.T @ np.where(A @ parameters < y, -quantile, 1 - quantile)


# %% pinball_gradient: intercept last
def pinball_gradient(parameters, X, y, quantile):
    g = np.where(parameters[0] + X @ parameters[1:] < y, -quantile, 1 - quantile)
    return np.append(X.T @ g, g.sum()) / len(y)


# %% pinball_gradient: none
def pinball_gradient(parameters, X, y, quantile):
    A = np.column_stack([np.ones(len(X)), X])
    return A.T @ np.where(A @ parameters < y, -quantile, 0) / len(y)

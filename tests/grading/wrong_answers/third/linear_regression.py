# %% fit_line: The line goes through the origin
def fit_line(x, y):
    slope = np.sum(x * y) / np.sum(x**2)
    return 0.0, slope


# %% fit_line: none
def fit_line(x, y):
    slope = np.mean((x - x.mean()) * (y - y.mean())) / x.std()
    return y.mean() - slope * x.mean(), slope


# %% fit_line: none
def fit_line(x, y):
    slope = np.sum(x * y) / np.sum(x**2)
    return y.mean() - slope * x.mean(), slope


# %% fit_line: none
def fit_line(x, y):
    slope = np.mean((y - y.mean()) / (x - x.mean()))
    return y.mean() - slope * x.mean(), slope


# %% fit_line: results swapped
def fit_line(x, y):
    coefficients = np.polyfit(x, y, 1)
    return coefficients[0], coefficients[1]


# %% huber_gradient: none
def huber_gradient(parameters, X, y, delta):
    A = np.column_stack([np.ones(len(X)), X])
    gradient = A.T @ (A @ parameters - y) / len(y)
    return np.clip(gradient, -delta, delta)


# %% huber_gradient: none
def huber_gradient(parameters, X, y, delta):
    A = np.column_stack([np.ones(len(X)), X])
    r = A @ parameters - y
    return A.T @ np.clip(r, 0, delta) / len(y)


# %% huber_gradient: sum for mean
def huber_gradient(parameters, X, y, delta):
    A = np.column_stack([np.ones(len(X)), X])
    r = A @ parameters - y
    pull = np.where(np.abs(r) <= delta, r, delta * np.sign(r))
    return A.T @ pull


# %% huber_gradient: none
def huber_gradient(parameters, X, y, delta):
    A = np.column_stack([np.ones(len(X)), X])
    r = A @ parameters - y
    keep = np.abs(r) <= delta
    return A[keep].T @ r[keep] / keep.sum()


# %% huber_gradient: twice
def huber_gradient(parameters, X, y, delta):
    A = np.column_stack([np.ones(len(X)), X])
    pull = np.clip(A @ parameters - y, -delta, delta)
    return 2 / len(y) * A.T @ pull


# %% ridge_gradient: none
def ridge_gradient(parameters, X, y, strength):
    A = np.column_stack([np.ones(len(X)), X])
    gradient = 2 / len(y) * A.T @ (A @ parameters - y)
    gradient[1:] += strength * np.sign(parameters[1:])
    return gradient


# %% ridge_gradient: none
def ridge_gradient(parameters, X, y, strength):
    A = np.column_stack([np.ones(len(X)), X])
    gradient = 2 / len(y) * A.T @ (A @ parameters - y)
    return gradient + strength * np.sum(parameters[1:] ** 2)


# %% ridge_gradient: none
def ridge_gradient(parameters, X, y, strength):
    A = np.column_stack([np.ones(len(X)), X])
    gradient = 2 / len(y) * A.T @ (A @ parameters - y)
    gradient[:-1] += 2 * strength * parameters[:-1]
    return gradient


# %% ridge_gradient: half
def ridge_gradient(parameters, X, y, strength):
    A = np.column_stack([np.ones(len(X)), X])
    gradient = A.T @ (A @ parameters - y) / len(y)
    gradient[1:] += strength * parameters[1:]
    return gradient


# %% ridge_gradient: penalty over n
def ridge_gradient(parameters, X, y, strength):
    A = np.column_stack([np.ones(len(X)), X])
    gradient = A.T @ (A @ parameters - y)
    gradient[1:] += strength * parameters[1:]
    return 2 * gradient / len(y)


# %% pinball_gradient: branches swapped
def pinball_gradient(parameters, X, y, quantile):
    A = np.column_stack([np.ones(len(X)), X])
    r = A @ parameters - y
    return A.T @ np.where(r > 0, -quantile, 1 - quantile) / len(y)


# %% pinball_gradient: none
def pinball_gradient(parameters, X, y, quantile):
    A = np.column_stack([np.ones(len(X)), X])
    r = y - A @ parameters
    return A.T @ (np.where(r > 0, -quantile, 1 - quantile) * r) / len(y)


# %% pinball_gradient: none
def pinball_gradient(parameters, X, y, quantile):
    A = np.column_stack([np.ones(len(X)), X])
    r = y - A @ parameters
    return A.T @ np.where(r > 0, -quantile, 0) / len(y)


# %% pinball_gradient: sign
def pinball_gradient(parameters, X, y, quantile):
    A = np.column_stack([np.ones(len(X)), X])
    r = y - A @ parameters
    return A.T @ np.where(r > 0, quantile, quantile - 1) / len(y)

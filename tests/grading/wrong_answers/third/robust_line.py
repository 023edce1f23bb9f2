# %% standardize: n - 1
def standardize(X):
    return (X - X.mean(axis=0)) / X.std(axis=0, ddof=1)


# %% standardize: none
def standardize(X):
    return X - X.mean(axis=0) / X.std(axis=0)


# %% standardize: median for mean
def standardize(X):
    return (X - np.median(X, axis=0)) / X.std(axis=0)


# %% standardize: none
def standardize(X):
    Z = X.copy()
    Z[:, 1:] = (X[:, 1:] - X[:, 1:].mean(axis=0)) / X[:, 1:].std(axis=0)
    return Z


# %% standardize: none
def standardize(X):
    centered = X - X.mean(axis=0)
    return centered / np.linalg.norm(centered, axis=0)


# %% standardize: in place
def standardize(X):
    X -= X.mean(axis=0)
    X /= X.std(axis=0)
    return X


# %% huber_fit: none
def huber_fit(X, y, delta, learning_rate, steps):
    theta = np.zeros(X.shape[1] + 1)
    for _ in range(steps):
        r = theta[0] + X @ theta[1:] - y
        theta[0] -= learning_rate * np.mean(np.clip(r, -delta, delta))
        r = theta[0] + X @ theta[1:] - y
        theta[1:] -= learning_rate * X.T @ np.clip(r, -delta, delta) / len(y)
    return theta


# %% huber_fit: none
def huber_fit(X, y, delta, learning_rate, steps):
    A = np.column_stack([np.ones(len(X)), X])
    theta = np.ones(A.shape[1])
    for _ in range(steps):
        r = A @ theta - y
        theta = theta - learning_rate * A.T @ np.clip(r, -delta, delta) / len(y)
    return theta


# %% huber_fit: none
def huber_fit(X, y, delta, learning_rate, steps):
    A = np.column_stack([np.ones(len(X)), X])
    theta = np.zeros(A.shape[1])
    for i in range(steps):
        k = i % len(y)
        r = A[k] @ theta - y[k]
        theta = theta - learning_rate * np.clip(r, -delta, delta) * A[k]
    return theta


# %% huber_fit: argument ignored
def huber_fit(X, y, delta, learning_rate, steps):
    A = np.column_stack([np.ones(len(X)), X])
    theta = np.zeros(A.shape[1])
    for _ in range(steps):
        theta -= learning_rate * A.T @ (A @ theta - y) / len(y)
    return theta


# %% huber_fit: sum for mean
def huber_fit(X, y, delta, learning_rate, steps):
    A = np.column_stack([np.ones(len(X)), X])
    theta = np.zeros(A.shape[1])
    for _ in range(steps):
        pull = np.clip(A @ theta - y, -delta, delta)
        theta -= learning_rate * A.T @ pull
    return theta


# %% suspects: absolute value forgotten
def suspects(residuals, count):
    return np.sort(np.argsort(residuals)[-count:])


# %% suspects: none
def suspects(residuals, count):
    ranks = np.argsort(np.argsort(np.abs(residuals)))
    return np.sort(ranks[-count:])


# %% suspects: none
def suspects(residuals, count):
    size = np.abs(residuals)
    return np.where(size > size.mean() + 2 * size.std())[0]


# %% suspects: none
def suspects(residuals, count):
    order = np.argsort(np.abs(residuals))
    return np.sort(order[-count - 1 : -1])


# %% suspects: reversed
def suspects(residuals, count):
    order = np.argsort(np.abs(residuals))
    return np.sort(order[-count:])[::-1]


# %% suspects: none
def suspects(residuals, count):
    return np.arange(len(residuals) - count, len(residuals))

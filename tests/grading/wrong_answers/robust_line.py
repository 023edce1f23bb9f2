# %% standardize: variance for deviation
def standardize(X):
    return (X - X.mean(axis=0)) / X.var(axis=0)


# %% standardize: none
def standardize(X):
    return X - X.mean(axis=0)


# %% standardize: none
def standardize(X):
    return X / X.std(axis=0)


# %% standardize: axis
def standardize(X):
    return (X - X.mean(axis=1, keepdims=True)) / X.std(axis=1, keepdims=True)


# %% standardize: none
def standardize(X):
    return (X - X.mean(axis=0)) / X.std()


# %% standardize: none
def standardize(X):
    return (X - X.min(axis=0)) / (X.max(axis=0) - X.min(axis=0))


# %% standardize: rounded
def standardize(X):
    return np.round((X - X.mean(axis=0)) / X.std(axis=0), 3)


# %% standardize: none
def standardize(X):
    return X / X.std(axis=0) - X.mean(axis=0)


# %% standardize: transposed
def standardize(X):
    return np.array([(column - column.mean()) / column.std() for column in X.T])


# %% standardize: none
def standardize(X):
    return (X - np.median(X, axis=0)) / X.std(axis=0)


# %% standardize: return inside the loop
def standardize(X):
    Z = X.astype(float).copy()
    for j in range(X.shape[1]):
        Z[:, j] = (X[:, j] - X[:, j].mean()) / X[:, j].std()
        return Z


# %% huber_fit: one step too many
def huber_fit(X, y, delta, learning_rate, steps):
    A = np.column_stack([np.ones(len(X)), X])
    theta = np.zeros(A.shape[1])
    for _ in range(steps + 1):
        theta = theta - learning_rate * A.T @ np.clip(A @ theta - y, -delta, delta) / len(y)
    return theta


# %% huber_fit: sum for mean
def huber_fit(X, y, delta, learning_rate, steps):
    A = np.column_stack([np.ones(len(X)), X])
    theta = np.zeros(A.shape[1])
    for _ in range(steps):
        theta = theta - learning_rate * A.T @ np.clip(A @ theta - y, -delta, delta)
    return theta


# %% huber_fit: uphill
def huber_fit(X, y, delta, learning_rate, steps):
    A = np.column_stack([np.ones(len(X)), X])
    theta = np.zeros(A.shape[1])
    for _ in range(steps):
        theta = theta - learning_rate * A.T @ np.clip(y - A @ theta, -delta, delta) / len(y)
    return theta


# %% huber_fit: intercept last
def huber_fit(X, y, delta, learning_rate, steps):
    A = np.column_stack([X, np.ones(len(X))])
    theta = np.zeros(A.shape[1])
    for _ in range(steps):
        theta = theta - learning_rate * A.T @ np.clip(A @ theta - y, -delta, delta) / len(y)
    return theta


# %% huber_fit: stale gradient
def huber_fit(X, y, delta, learning_rate, steps):
    A = np.column_stack([np.ones(len(X)), X])
    theta = np.zeros(A.shape[1])
    gradient = A.T @ np.clip(A @ theta - y, -delta, delta) / len(y)
    for _ in range(steps):
        theta = theta - learning_rate * gradient
    return theta


# %% huber_fit: return inside the loop
def huber_fit(X, y, delta, learning_rate, steps):
    A = np.column_stack([np.ones(len(X)), X])
    theta = np.zeros(A.shape[1])
    for _ in range(steps):
        theta = theta - learning_rate * A.T @ np.clip(A @ theta - y, -delta, delta) / len(y)
        return theta


# %% huber_fit: none
def huber_fit(X, y, delta, learning_rate, steps):
    A = np.column_stack([np.ones(len(X)), X])
    theta = np.ones(A.shape[1])
    for _ in range(steps):
        theta = theta - learning_rate * A.T @ np.clip(A @ theta - y, -delta, delta) / len(y)
    return theta


# %% huber_fit: factor in the rate
def huber_fit(X, y, delta, learning_rate, steps):
    A = np.column_stack([np.ones(len(X)), X])
    theta = np.zeros(A.shape[1])
    for _ in range(steps):
        theta = theta - learning_rate * 2 / len(y) * A.T @ np.clip(A @ theta - y, -delta, delta)
    return theta


# %% huber_fit: none
def huber_fit(X, y, delta, learning_rate, steps):
    A = np.column_stack([np.ones(len(X)), X])
    return np.linalg.lstsq(A, y, rcond=None)[0]


# %% huber_fit: intercept forgotten
def huber_fit(X, y, delta, learning_rate, steps):
    theta = np.zeros(X.shape[1])
    for _ in range(steps):
        theta = theta - learning_rate * X.T @ np.clip(X @ theta - y, -delta, delta) / len(y)
    return np.append(0, theta)


# %% suspects: unsorted
def suspects(residuals, count):
    return np.argsort(np.abs(residuals))[-count:]


# %% suspects: unsorted
def suspects(residuals, count):
    return np.argsort(np.abs(residuals))[::-1][:count]


# %% suspects: counted from one
def suspects(residuals, count):
    return np.sort(np.argsort(np.abs(residuals))[-count:]) + 1


# %% suspects: values for indices
def suspects(residuals, count):
    order = np.sort(np.argsort(np.abs(residuals))[-count:])
    return residuals[order]


# %% suspects: mask for indices
def suspects(residuals, count):
    return np.abs(residuals) >= np.sort(np.abs(residuals))[-count]


# %% suspects: reversed
def suspects(residuals, count):
    return np.sort(np.argsort(np.abs(residuals))[-count:])[::-1]


# %% suspects: one too few
def suspects(residuals, count):
    return np.sort(np.argsort(np.abs(residuals))[-count + 1 :])


# %% suspects: none
def suspects(residuals, count):
    return np.sort(np.argsort(residuals)[:count])


# %% suspects: none
def suspects(residuals, count):
    return np.where(np.abs(residuals) > np.abs(residuals).mean())[0]


# %% suspects: argument ignored
def suspects(residuals, count):
    return np.sort(np.argsort(np.abs(residuals))[-2:])

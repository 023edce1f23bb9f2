# %% gradient_descent: none
def gradient_descent(gradient, start, learning_rate, steps):
    theta = start.copy()
    for _ in range(steps):
        theta = start - learning_rate * gradient(theta)
    return theta


# %% gradient_descent: none
def gradient_descent(gradient, start, learning_rate, steps):
    theta = start.copy()
    for _ in range(steps):
        g = gradient(theta)
        theta = theta - learning_rate * g / np.linalg.norm(g)
    return theta


# %% gradient_descent: in place
def gradient_descent(gradient, start, learning_rate, steps):
    theta = start
    for _ in range(steps):
        theta -= learning_rate * gradient(theta)
    return theta


# %% gradient_descent: argument ignored
def gradient_descent(gradient, start, learning_rate, steps):
    theta = start.copy()
    for _ in range(steps):
        theta - learning_rate * gradient(theta)
    return theta


# %% gradient_descent: one too few
def gradient_descent(gradient, start, learning_rate, steps):
    theta = start.copy()
    for _ in range(1, steps):
        theta = theta - learning_rate * gradient(theta)
    return theta


# %% gradient_descent: none
def gradient_descent(gradient, start, learning_rate, steps):
    theta = start.copy()
    for k in range(steps):
        theta = theta - learning_rate / (k + 1) * gradient(theta)
    return theta


# %% descent_values: uphill
def descent_values(objective, start, learning_rate, steps):
    theta = np.array(start, dtype=float)
    values = [objective(theta)[0]]
    for _ in range(steps):
        theta = theta + learning_rate * objective(theta)[1]
        values.append(objective(theta)[0])
    return np.array(values)


# %% descent_values: none
def descent_values(objective, start, learning_rate, steps):
    theta = np.array(start, dtype=float)
    values = []
    for _ in range(steps + 1):
        _, gradient = objective(theta)
        values.append(np.linalg.norm(gradient))
        theta = theta - learning_rate * gradient
    return np.array(values)


# %% descent_values: argument ignored
def descent_values(objective, start, learning_rate, steps):
    theta = np.array(start, dtype=float)
    values = []
    for _ in range(steps + 1):
        value, gradient = objective(start)
        values.append(value)
        theta = theta - learning_rate * gradient
    return np.array(values)


# %% descent_values: none
def descent_values(objective, start, learning_rate, steps):
    theta = np.array(start, dtype=float)
    values = []
    for _ in range(steps + 1):
        value, _ = objective(theta)
        values.append(value)
        theta = theta - learning_rate * value
    return np.array(values)


# %% largest_learning_rate: intercept forgotten
def largest_learning_rate(X):
    hessian = 2 * X.T @ X / len(X)
    return 2 / np.linalg.eigvalsh(hessian).max()


# %% largest_learning_rate: none
def largest_learning_rate(X):
    A = np.column_stack([np.ones(len(X)), X])
    hessian = 2 * A.T @ A / len(X)
    return 2 / np.trace(hessian)


# %% largest_learning_rate: none
def largest_learning_rate(X):
    A = np.column_stack([np.ones(len(X)), X])
    hessian = 2 * A.T @ A / X.shape[1]
    return 2 / np.linalg.eigvalsh(hessian)[-1]


# %% largest_learning_rate: none
def largest_learning_rate(X):
    A = np.column_stack([np.ones(len(X)), X])
    hessian = 2 * A.T @ A / len(X)
    return 2 / hessian.max()


# %% largest_learning_rate: twice
def largest_learning_rate(X):
    A = np.column_stack([np.ones(len(X)), X])
    return 2 / np.linalg.eigvalsh(A.T @ A / len(A)).max()


# %% three_steps: stale gradient
def three_steps():
    return [1.6, 1.2, 0.8]


# %% three_steps: value for gradient
def three_steps():
    a = 2 - 0.1 * 2**2
    b = a - 0.1 * a**2
    c = b - 0.1 * b**2
    return [a, b, c]


# %% three_steps: none
def three_steps():
    return [1.6**2, 1.28**2, 1.024**2]


# %% three_steps: half
def three_steps():
    return [2 - 0.2, 1.8 - 0.18, 1.62 - 0.162]


# %% steps_needed: log base
def steps_needed(kappa, epsilon):
    return np.log10(epsilon) / np.log((kappa - 1) / (kappa + 1))


# %% steps_needed: none
def steps_needed(kappa, epsilon):
    return np.log(1 / epsilon) * kappa / 2


# %% steps_needed: none
def steps_needed(kappa, epsilon):
    factor = (kappa - 1) / (kappa + 1)
    return np.log(epsilon / factor)


# %% steps_needed: rounded
def steps_needed(kappa, epsilon):
    factor = (kappa - 1) / (kappa + 1)
    error, count = 1.0, 0
    while error > epsilon:
        error *= factor
        count += 1
    return float(count)


# %% steps_needed: The factor is that of the rate 1/L
def steps_needed(kappa, epsilon):
    factor = 1 - 1 / kappa
    return np.log(epsilon) / np.log(factor)

# %% gradient_descent: stale gradient
def gradient_descent(gradient, start, learning_rate, steps):
    theta = np.array(start)
    g = gradient(start)
    for _ in range(steps):
        theta = theta - learning_rate * g
    return theta


# %% gradient_descent: stale gradient
def gradient_descent(gradient, start, learning_rate, steps):
    return start - steps * learning_rate * gradient(start)


# %% gradient_descent: one step too many
def gradient_descent(gradient, start, learning_rate, steps):
    theta = start.copy()
    for _ in range(steps + 1):
        theta = theta - learning_rate * gradient(theta)
    return theta


# %% gradient_descent: one step too many
def gradient_descent(gradient, start, learning_rate, steps):
    theta, k = start.copy(), 0
    while k <= steps:
        theta = theta - learning_rate * gradient(theta)
        k += 1
    return theta


# %% gradient_descent: return inside the loop
def gradient_descent(gradient, start, learning_rate, steps):
    theta = start.copy()
    for _ in range(steps):
        theta = theta - learning_rate * gradient(theta)
        return theta
    return theta


# %% gradient_descent: returned nothing
def gradient_descent(gradient, start, learning_rate, steps):
    theta = start.copy()
    for _ in range(steps):
        theta = theta - learning_rate * gradient(theta)
    print(theta)


# %% gradient_descent: history for the last
def gradient_descent(gradient, start, learning_rate, steps):
    path = [start]
    for _ in range(steps):
        path.append(path[-1] - learning_rate * gradient(path[-1]))
    return np.array(path)


# %% gradient_descent: argument ignored
def gradient_descent(gradient, start, learning_rate, steps):
    theta = start.copy()
    for _ in range(steps):
        theta = theta - gradient(theta)
    return theta


# %% gradient_descent: integers
def gradient_descent(gradient, start, learning_rate, steps):
    theta = np.zeros(len(start), dtype=int)
    theta[:] = start
    for _ in range(steps):
        theta[:] = theta - learning_rate * gradient(theta)
    return theta


# %% gradient_descent: none
def gradient_descent(gradient, start, learning_rate, steps):
    theta = start.copy()
    for _ in range(steps):
        g = gradient(theta)
        theta = theta - learning_rate * g / np.linalg.norm(g)
    return theta


# %% gradient_descent: argument ignored
def gradient_descent(gradient, start, learning_rate, steps):
    theta = np.zeros(len(start))
    for _ in range(steps):
        theta = theta - learning_rate * gradient(theta)
    return theta


# %% gradient_descent: none
def gradient_descent(gradient, start, learning_rate, steps):
    theta = start.copy()
    for k in range(steps):
        theta = theta - learning_rate / (k + 1) * gradient(theta)
    return theta


# %% gradient_descent: in place
def gradient_descent(gradient, start, learning_rate, steps):
    theta = start
    for _ in range(steps):
        theta -= learning_rate * gradient(theta)
    return theta


# %% descent_values: stale gradient
def descent_values(objective, start, learning_rate, steps):
    theta = start.copy()
    value, gradient = objective(theta)
    values = [value]
    for _ in range(steps):
        theta = theta - learning_rate * gradient
        values.append(objective(theta)[0])
    return np.array(values)


# %% descent_values: one step too many
def descent_values(objective, start, learning_rate, steps):
    theta = start.copy()
    values = [objective(theta)[0]]
    for _ in range(steps + 1):
        theta = theta - learning_rate * objective(theta)[1]
        values.append(objective(theta)[0])
    return np.array(values)


# %% descent_values: last only
def descent_values(objective, start, learning_rate, steps):
    theta = start.copy()
    for _ in range(steps):
        theta = theta - learning_rate * objective(theta)[1]
    return objective(theta)[0]


# %% descent_values: uphill
def descent_values(objective, start, learning_rate, steps):
    theta = start.copy()
    values = [objective(theta)[0]]
    for _ in range(steps):
        theta = theta + learning_rate * objective(theta)[1]
        values.append(objective(theta)[0])
    return np.array(values)


# %% descent_values: return inside the loop
def descent_values(objective, start, learning_rate, steps):
    theta = start.copy()
    values = [objective(theta)[0]]
    for _ in range(steps):
        theta = theta - learning_rate * objective(theta)[1]
        values.append(objective(theta)[0])
        return np.array(values)


# %% descent_values: reversed
def descent_values(objective, start, learning_rate, steps):
    theta = start.copy()
    values = [objective(theta)[0]]
    for _ in range(steps):
        theta = theta - learning_rate * objective(theta)[1]
        values.insert(0, objective(theta)[0])
    return np.array(values)


# %% descent_values: none
def descent_values(objective, start, learning_rate, steps):
    theta = start.copy()
    path = [theta]
    for _ in range(steps):
        theta = theta - learning_rate * objective(theta)[1]
        path.append(theta)
    return np.array(path)


# %% descent_values: none
def descent_values(objective, start, learning_rate, steps):
    theta = start.copy()
    value, gradient = objective(theta)
    values = [value]
    for _ in range(steps):
        values.append(value)
        theta = theta - learning_rate * gradient
        value, gradient = objective(theta)
    return np.array(values)


# %% largest_learning_rate: twice
def largest_learning_rate(X):
    A = np.column_stack([np.ones(len(X)), X])
    H = A.T @ A / len(X)
    return 2 / np.linalg.eigvalsh(H).max()


# %% largest_learning_rate: smallest for largest
def largest_learning_rate(X):
    A = np.column_stack([np.ones(len(X)), X])
    H = 2 * A.T @ A / len(X)
    return 2 / np.linalg.eigvalsh(H)[0]


# %% largest_learning_rate: none
def largest_learning_rate(X):
    A = np.column_stack([np.ones(len(X)), X])
    H = 2 * A.T @ A / len(X)
    return 2 / np.trace(H)


# %% largest_learning_rate: reciprocal
def largest_learning_rate(X):
    A = np.column_stack([np.ones(len(X)), X])
    H = 2 * A.T @ A / len(X)
    return np.linalg.eigvalsh(H)[-1] / 2


# %% largest_learning_rate: n - 1
def largest_learning_rate(X):
    A = np.column_stack([np.ones(len(X)), X])
    H = 2 * A.T @ A / (len(X) - 1)
    return 2 / np.linalg.eigvalsh(H)[-1]


# %% largest_learning_rate: 1/n forgotten
def largest_learning_rate(X):
    A = np.column_stack([np.ones(len(X)), X])
    return 2 / np.linalg.eigvalsh(2 * A.T @ A)[-1]


# %% largest_learning_rate: not reduced
def largest_learning_rate(X):
    A = np.column_stack([np.ones(len(X)), X])
    H = 2 * A.T @ A / len(X)
    return 2 / np.linalg.eigvalsh(H)


# %% largest_learning_rate: none
def largest_learning_rate(X):
    A = np.column_stack([np.ones(len(X)), X])
    return len(X) / np.linalg.svd(A, compute_uv=False)[0]


# %% three_steps: stale gradient
def three_steps():
    return 1.6, 1.2, 0.8


# %% three_steps: one too early
def three_steps():
    return 2.0, 1.6, 1.28


# %% three_steps: rounded
def three_steps():
    return 1.6, 1.28, 1.02


# %% three_steps: one too late
def three_steps():
    return 1.28, 1.024, 0.8192


# %% three_steps: square
def three_steps():
    return 2.56, 1.6384, 1.048576


# %% three_steps: last only
def three_steps():
    return 1.024


# %% three_steps: none
def three_steps():
    return 1.6, 1.344, 1.1633664


# %% three_steps: none
def three_steps():
    return 1.6, 1.28, 0.96


# %% steps_needed: log base
def steps_needed(kappa, epsilon):
    return np.log10(1 / epsilon) / -np.log((kappa - 1) / (kappa + 1))


# %% steps_needed: half
def steps_needed(kappa, epsilon):
    return np.log(epsilon) / np.log(((kappa - 1) / (kappa + 1)) ** 2)


# %% steps_needed: rounded
def steps_needed(kappa, epsilon):
    return np.ceil(np.log(epsilon) / np.log((kappa - 1) / (kappa + 1)))


# %% steps_needed: none
def steps_needed(kappa, epsilon):
    return kappa / 2 * np.log(1 / epsilon)


# %% steps_needed: reciprocal
def steps_needed(kappa, epsilon):
    return np.log((kappa - 1) / (kappa + 1)) / np.log(epsilon)


# %% steps_needed: none
def steps_needed(kappa, epsilon):
    return epsilon / ((kappa - 1) / (kappa + 1))


# %% steps_needed: rounded
def steps_needed(kappa, epsilon):
    error, steps = 1.0, 0
    while error > epsilon:
        error *= (kappa - 1) / (kappa + 1)
        steps += 1
    return steps


# %% steps_needed: none
def steps_needed(kappa, epsilon):
    root = np.sqrt(kappa)
    return np.log(epsilon) / np.log((root - 1) / (root + 1))


# %% steps_needed: twice
def steps_needed(kappa, epsilon):
    return np.log(epsilon**2) / np.log((kappa - 1) / (kappa + 1))

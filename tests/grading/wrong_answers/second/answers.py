# %% mean_absolute_error: sum for mean
def mean_absolute_error(predictions, targets):
    return np.linalg.norm(predictions - targets, 1)


# %% mean_absolute_error: none
def mean_absolute_error(predictions, targets):
    return np.mean(np.abs(predictions)) - np.mean(np.abs(targets))


# %% huber_values: none
def huber_values(residuals, delta):
    return np.where(np.abs(residuals) < delta, residuals**2 / 2, np.abs(residuals) - delta / 2)


# %% huber_values: reduced
def huber_values(residuals, delta):
    r = np.abs(residuals)
    return sum(np.where(r <= delta, r**2 / 2, delta * (r - delta / 2)))


# %% huber_pull: none
def huber_pull(residuals, delta):
    return np.where(residuals > delta, delta, residuals)


# %% huber_pull: reduced
def huber_pull(residuals, delta):
    return np.clip(residuals, -delta, delta).sum()


# %% pinball_mean: none
def pinball_mean(predictions, targets, quantile):
    r = np.abs(targets - predictions)
    return np.mean(quantile * r)


# %% pinball_mean: twice
def pinball_mean(predictions, targets, quantile):
    r = targets - predictions
    return 2 * np.mean(np.maximum(quantile * r, (quantile - 1) * r))


# %% risks_by_hand: none
def risks_by_hand():
    return 3.5625, 1.625, 1.125


# %% risks_by_hand: results swapped
def risks_by_hand():
    return 1.15625, 1.625, 3.5625


# %% gradient_descent: one too few
def gradient_descent(gradient, start, learning_rate, steps):
    theta = start.copy()
    for _ in range(1, steps):
        theta = theta - learning_rate * gradient(theta)
    return theta


# %% gradient_descent: none
def gradient_descent(gradient, start, learning_rate, steps):
    theta = start.copy()
    for _ in range(steps):
        theta = theta - learning_rate * np.sign(gradient(theta))
    return theta


# %% gradient_descent: factor in the rate
def gradient_descent(gradient, start, learning_rate, steps):
    theta = start.copy()
    for _ in range(steps):
        theta = theta - 2 * learning_rate * gradient(theta)
    return theta


# %% descent_values: one too few
def descent_values(objective, start, learning_rate, steps):
    theta, values = start.copy(), []
    for _ in range(steps):
        values.append(objective(theta)[0])
        theta = theta - learning_rate * objective(theta)[1]
    return np.array(values)


# %% descent_values: none
def descent_values(objective, start, learning_rate, steps):
    theta = start.copy()
    values = [objective(theta)[0]]
    for _ in range(steps):
        theta = theta - learning_rate * objective(theta)[1]
        values.append(values[-1] - objective(theta)[0])
    return np.array(values)


# %% largest_learning_rate: half
def largest_learning_rate(X):
    A = np.column_stack([np.ones(len(X)), X])
    return len(X) / np.linalg.eigvalsh(A.T @ A)[-1] / 2


# %% largest_learning_rate: none
def largest_learning_rate(X):
    A = np.column_stack([np.ones(len(X)), X])
    return 2 / np.linalg.norm(2 / len(X) * A.T @ A)


# %% three_steps: none
def three_steps():
    return 1.8, 1.62, 1.46


# %% three_steps: reversed
def three_steps():
    return 1.024, 1.28, 1.6


# %% steps_needed: rounded
def steps_needed(kappa, epsilon):
    return int(np.log(epsilon) / np.log((kappa - 1) / (kappa + 1)))


# %% steps_needed: none
def steps_needed(kappa, epsilon):
    return np.log(epsilon) - np.log((kappa - 1) / (kappa + 1))


# %% mse_gradient: not reduced
def mse_gradient(parameters, X, y):
    A = np.column_stack([np.ones(len(X)), X])
    return 2 * (A @ parameters - y)[:, None] * A


# %% mse_gradient: sign
def mse_gradient(parameters, X, y):
    r = y - parameters[0] - X @ parameters[1:]
    return np.append(2 * r.mean(), 2 * X.T @ r / len(y))


# %% mse_gradient: none
def mse_gradient(parameters, X, y):
    r = parameters[0] + X @ parameters[1:] - y
    return np.append(1.0, 2 * X.T @ r / len(y))


# %% cross_entropy_gradient: sum for mean
def cross_entropy_gradient(logits, labels):
    return np.array([np.exp(-np.logaddexp(0, -z)) - y for z, y in zip(logits, labels)])


# %% cross_entropy_gradient: none
def cross_entropy_gradient(logits, labels):
    p = np.exp(-np.logaddexp(0, -logits))
    return np.where(labels == 1, p - 1, 1 - p) / len(labels)


# %% softmax_gradient: sum for mean
def softmax_gradient(logits, labels):
    e = np.exp(logits - logits.max(axis=1, keepdims=True))
    p = e / e.sum(axis=1, keepdims=True)
    for i, label in enumerate(labels):
        p[i, label] = p[i, label] - 1
    return p


# %% softmax_gradient: none
def softmax_gradient(logits, labels):
    e = np.exp(logits - logits.max(axis=1, keepdims=True))
    p = e / e.sum(axis=1, keepdims=True)
    return p * np.eye(logits.shape[1])[labels] / len(labels)


# %% central_difference: twice
def central_difference(function, point, step):
    gradient = np.zeros(len(point))
    for i in range(len(point)):
        e = np.zeros(len(point))
        e[i] = step
        gradient[i] = function(point + e) - function(point - e)
    return gradient / step


# %% central_difference: none
def central_difference(function, point, step):
    return np.gradient([function(point - step), function(point), function(point + step)], step)


# %% fit_line: column
def fit_line(x, y):
    A = np.column_stack([np.ones(len(x)), x])
    return np.linalg.lstsq(A, y[:, None], rcond=None)[0]


# %% fit_line: none
def fit_line(x, y):
    slope = np.mean(y / x)
    return y.mean() - slope * x.mean(), slope


# %% fit_line: sign
def fit_line(x, y):
    slope, intercept = np.polyfit(x, y, 1)
    return -intercept, slope


# %% huber_gradient: twice
def huber_gradient(parameters, X, y, delta):
    A = np.column_stack([np.ones(len(X)), X])
    r = A @ parameters - y
    pull = np.where(np.abs(r) <= delta, 2 * r, 2 * delta * np.sign(r))
    return A.T @ pull / len(y)


# %% huber_gradient: none
def huber_gradient(parameters, X, y, delta):
    A = np.column_stack([np.ones(len(X)), X])
    r = A @ parameters - y
    return A.T @ np.where(np.abs(r) <= delta, r, 0) / len(y)


# %% ridge_gradient: intercept component missing
def ridge_gradient(parameters, X, y, strength):
    w = parameters[1:]
    return 2 / len(y) * X.T @ (parameters[0] + X @ w - y) + 2 * strength * w


# %% ridge_gradient: none
def ridge_gradient(parameters, X, y, strength):
    A = np.column_stack([np.ones(len(X)), X])
    penalty = np.append(parameters[:-1], 0)
    return 2 / len(y) * A.T @ (A @ parameters - y) + 2 * strength * penalty


# %% ridge_gradient: factor in the rate
def ridge_gradient(parameters, X, y, strength):
    A = np.column_stack([np.ones(len(X)), X])
    penalty = np.append(0, parameters[1:])
    return 2 / len(y) * A.T @ (A @ parameters - y) + 4 * strength * penalty


# %% pinball_gradient: value for gradient
def pinball_gradient(parameters, X, y, quantile):
    r = y - parameters[0] - X @ parameters[1:]
    return np.mean(np.maximum(quantile * r, (quantile - 1) * r))


# %% pinball_gradient: none
def pinball_gradient(parameters, X, y, quantile):
    A = np.column_stack([np.ones(len(X)), X])
    return A.T @ np.where(A @ parameters < y, -1, 1) * quantile / len(y)


# %% sigmoid: reciprocal
def sigmoid(z):
    return 1 + np.exp(-z)


# %% sigmoid: none
def sigmoid(z):
    return np.where(z >= 0, 1 / (1 + np.exp(-z)), np.exp(z))


# %% logistic_risk: sum for mean
def logistic_risk(parameters, X, labels):
    z = parameters[0] + X @ parameters[1:]
    total = 0.0
    for score, label in zip(z, labels):
        total += np.logaddexp(0, score) - label * score
    return total


# %% logistic_risk: root of the mean of squares
def logistic_risk(parameters, X, labels):
    z = parameters[0] + X @ parameters[1:]
    return np.sqrt(np.mean(np.logaddexp(0, z) - labels * z))


# %% logistic_risk: median for mean
def logistic_risk(parameters, X, labels):
    z = parameters[0] + X @ parameters[1:]
    return np.median(np.logaddexp(0, z) - labels * z)


# %% logistic_gradient: mean over all
def logistic_gradient(parameters, X, labels):
    A = np.column_stack([np.ones(len(X)), X])
    p = np.exp(-np.logaddexp(0, -(A @ parameters)))
    return A.T @ (p - labels) / X.size


# %% logistic_gradient: sum for mean
def logistic_gradient(parameters, X, labels):
    z = parameters[0] + X @ parameters[1:]
    r = np.exp(-np.logaddexp(0, -z)) - labels
    return np.append(np.sum(r), X.T @ r / len(labels))


# %% odds_factor: none
def odds_factor(parameters, j, change):
    return parameters[j] ** change


# %% odds_factor: none
def odds_factor(parameters, j, change):
    before = 1 / (1 + np.exp(-parameters[j]))
    return 1 / (1 + np.exp(-parameters[j] * (1 + change))) / before


# %% network_output: argument ignored
def network_output(x, b, w, c, v):
    return v @ np.tanh(b + w) + c


# %% network_output: sign
def network_output(x, b, w, c, v):
    return c - v @ np.tanh(b + w * x)


# %% output_gradient: argument ignored
def output_gradient(x, b, w, c, v, pull):
    return 1, pull * np.tanh(b + w * x)


# %% hidden_gradient: sign
def hidden_gradient(x, b, w, c, v, pull):
    d = pull * v * (np.tanh(b + w * x) ** 2 - 1)
    return d, d * x


# %% hidden_gradient: argument ignored
def hidden_gradient(x, b, w, c, v, pull):
    d = pull * w * (1 - np.tanh(b + w * x) ** 2)
    return d, d * x


# %% layer_backward: 1/n too many
def layer_backward(delta, activations, weights):
    before = (delta @ weights.T) * (1 - activations**2)
    return delta.sum(axis=0), activations.T @ delta / len(delta), before


# %% layer_backward: result missing
def layer_backward(delta, activations, weights):
    return delta.sum(axis=0), activations.T @ delta


# %% linear_model: intercept component missing
def linear_model(parameters, X):
    return X @ parameters[1:] + parameters[0], lambda pulls: pulls @ X


# %% standardize: sign
def standardize(X):
    return (X.mean(axis=0) - X) / X.std(axis=0)


# %% standardize: none
def standardize(X):
    return (X - X.mean(axis=0)) / np.sqrt(X.std(axis=0))


# %% huber_fit: one too few
def huber_fit(X, y, delta, learning_rate, steps):
    A = np.column_stack([np.ones(len(X)), X])
    theta = np.zeros(A.shape[1])
    k = 1
    while k < steps:
        theta = theta - learning_rate * A.T @ np.clip(A @ theta - y, -delta, delta) / len(y)
        k += 1
    return theta


# %% huber_fit: 1/n too many
def huber_fit(X, y, delta, learning_rate, steps):
    A = np.column_stack([np.ones(len(X)), X])
    theta = np.zeros(A.shape[1])
    for _ in range(steps):
        r = np.clip(A @ theta - y, -delta, delta) / len(y)
        theta = theta - learning_rate * A.T @ r / len(y)
    return theta


# %% suspects: none
def suspects(residuals, count):
    return np.argsort(np.abs(residuals))[:count]


# %% suspects: none
def suspects(residuals, count):
    return np.arange(count)

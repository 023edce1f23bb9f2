# %% network_output: sigmoid for tanh
def network_output(x, b, w, c, v):
    return c + v @ (1 / (1 + np.exp(-(b + w * x))))


# %% network_output: relu for tanh
def network_output(x, b, w, c, v):
    return c + v @ np.maximum(0, b + w * x)


# %% network_output: arguments swapped
def network_output(x, b, w, c, v):
    return c + v @ np.tanh(b * x + w)


# %% network_output: argument ignored
def network_output(x, b, w, c, v):
    return c + v @ np.tanh(w * x)


# %% network_output: none
def network_output(x, b, w, c, v):
    return np.tanh(c + v @ np.tanh(b + w * x))


# %% network_output: none
def network_output(x, b, w, c, v):
    return np.sum(v * np.tanh(b + w * x) + c)


# %% network_output: mean for sum
def network_output(x, b, w, c, v):
    return c + np.mean(v * np.tanh(b + w * x))


# %% network_output: argument ignored
def network_output(x, b, w, c, v):
    return c + np.sum(np.tanh(b + w * x))


# %% network_output: return inside the loop
def network_output(x, b, w, c, v):
    total = c
    for i in range(len(v)):
        total += v[i] * np.tanh(b[i] + w[i] * x)
        return total


# %% output_gradient: results swapped
def output_gradient(x, b, w, c, v, pull):
    return pull * np.tanh(b + w * x), pull


# %% output_gradient: none
def output_gradient(x, b, w, c, v, pull):
    a = np.tanh(b + w * x)
    return pull, pull * (1 - a**2)


# %% output_gradient: none
def output_gradient(x, b, w, c, v, pull):
    return pull * c, pull * v * np.tanh(b + w * x)


# %% output_gradient: not reduced
def output_gradient(x, b, w, c, v, pull):
    a = np.tanh(b + w * x)
    return pull * np.ones(len(a)), pull * a


# %% output_gradient: reduced
def output_gradient(x, b, w, c, v, pull):
    return pull, np.sum(pull * np.tanh(b + w * x))


# %% output_gradient: sigmoid for tanh
def output_gradient(x, b, w, c, v, pull):
    return pull, pull / (1 + np.exp(-(b + w * x)))


# %% output_gradient: sign
def output_gradient(x, b, w, c, v, pull):
    return -pull, -pull * np.tanh(b + w * x)


# %% output_gradient: none
def output_gradient(x, b, w, c, v, pull):
    return pull, pull * x


# %% output_gradient: result missing
def output_gradient(x, b, w, c, v, pull):
    return pull * np.tanh(b + w * x)


# %% hidden_gradient: results swapped
def hidden_gradient(x, b, w, c, v, pull):
    d = pull * v * (1 - np.tanh(b + w * x) ** 2)
    return d * x, d


# %% hidden_gradient: sigmoid for tanh
def hidden_gradient(x, b, w, c, v, pull):
    a = np.tanh(b + w * x)
    d = pull * v * a * (1 - a)
    return d, d * x


# %% hidden_gradient: argument ignored
def hidden_gradient(x, b, w, c, v, pull):
    d = v * (1 - np.tanh(b + w * x) ** 2)
    return d, d * x


# %% hidden_gradient: argument ignored
def hidden_gradient(x, b, w, c, v, pull):
    d = pull * (1 - np.tanh(b + w * x) ** 2)
    return d, d * x


# %% hidden_gradient: none
def hidden_gradient(x, b, w, c, v, pull):
    d = pull * v * (1 - np.tanh(b + w * x) ** 2)
    return d, d * w


# %% hidden_gradient: none
def hidden_gradient(x, b, w, c, v, pull):
    a = np.tanh(b + w * x)
    d = pull * v * (1 - np.tanh(a) ** 2)
    return d, d * x


# %% hidden_gradient: first for both
def hidden_gradient(x, b, w, c, v, pull):
    d = pull * v * (1 - np.tanh(b + w * x) ** 2)
    return d, d


# %% hidden_gradient: reduced
def hidden_gradient(x, b, w, c, v, pull):
    d = pull * v * (1 - np.tanh(b + w * x) ** 2)
    return np.sum(d), np.sum(d * x)


# %% hidden_gradient: none
def hidden_gradient(x, b, w, c, v, pull):
    d = pull * v * (1 - np.tanh(b + w * x))
    return d, d * x


# %% layer_backward: transposed
def layer_backward(delta, activations, weights):
    before = (delta @ weights.T) * (1 - activations**2)
    return delta.sum(axis=0), (activations.T @ delta).T, before


# %% layer_backward: mean for sum
def layer_backward(delta, activations, weights):
    n = len(delta)
    before = (delta @ weights.T) * (1 - activations**2)
    return delta.sum(axis=0) / n, activations.T @ delta / n, before


# %% layer_backward: sigmoid for tanh
def layer_backward(delta, activations, weights):
    before = (delta @ weights.T) * activations * (1 - activations)
    return delta.sum(axis=0), activations.T @ delta, before


# %% layer_backward: none
def layer_backward(delta, activations, weights):
    before = (delta @ weights.T) * (1 - np.tanh(activations) ** 2)
    return delta.sum(axis=0), activations.T @ delta, before


# %% layer_backward: axis
def layer_backward(delta, activations, weights):
    before = (delta @ weights.T) * (1 - activations**2)
    return delta.sum(axis=1), activations.T @ delta, before


# %% layer_backward: results swapped
def layer_backward(delta, activations, weights):
    before = (delta @ weights.T) * (1 - activations**2)
    return activations.T @ delta, delta.sum(axis=0), before


# %% layer_backward: sum without axis
def layer_backward(delta, activations, weights):
    before = (delta @ weights.T) * (1 - activations**2)
    return delta.sum(), activations.T @ delta, before


# %% layer_backward: row
def layer_backward(delta, activations, weights):
    before = (delta @ weights.T) * (1 - activations**2)
    return delta.sum(axis=0, keepdims=True), activations.T @ delta, before


# %% layer_backward: not reduced
def layer_backward(delta, activations, weights):
    before = (delta @ weights.T) * (1 - activations**2)
    return delta, activations.T @ delta, before


# %% layer_backward: none
def layer_backward(delta, activations, weights):
    before = (delta @ weights.T) * (1 - activations)
    return delta.sum(axis=0), activations.T @ delta, before


# %% layer_backward: stopped
def layer_backward(delta, activations, weights):
    before = (delta @ weights) * (1 - activations**2)
    return delta.sum(axis=0), activations.T @ delta, before


# %% linear_model: intercept last
def linear_model(parameters, X):
    A = np.column_stack([X, np.ones(len(X))])
    return A @ parameters, lambda pulls: A.T @ pulls


# %% linear_model: intercept last
def linear_model(parameters, X):
    predictions = parameters[0] + X @ parameters[1:]
    return predictions, lambda pulls: np.append(X.T @ pulls, pulls.sum())


# %% linear_model: mean for sum
def linear_model(parameters, X):
    A = np.column_stack([np.ones(len(X)), X])
    return A @ parameters, lambda pulls: A.T @ pulls / len(X)


# %% linear_model: intercept forgotten
def linear_model(parameters, X):
    A = np.column_stack([np.ones(len(X)), X])
    return X @ parameters[1:], lambda pulls: A.T @ pulls


# %% linear_model: mean for sum
def linear_model(parameters, X):
    def backward(pulls):
        return np.append(pulls.mean(), X.T @ pulls)

    return parameters[0] + X @ parameters[1:], backward


# %% linear_model: column
def linear_model(parameters, X):
    A = np.column_stack([np.ones(len(X)), X])
    return A @ parameters[:, None], lambda pulls: A.T @ pulls


# %% linear_model: not reduced
def linear_model(parameters, X):
    A = np.column_stack([np.ones(len(X)), X])
    return A @ parameters, lambda pulls: A * pulls[:, None]


# %% linear_model: sign
def linear_model(parameters, X):
    A = np.column_stack([np.ones(len(X)), X])
    return A @ parameters, lambda pulls: -A.T @ pulls


# %% linear_model: twice
def linear_model(parameters, X):
    A = np.column_stack([np.ones(len(X)), X])
    return A @ parameters, lambda pulls: 2 * A.T @ pulls

# %% network_output: last only
def network_output(x, b, w, c, v):
    for i in range(len(b)):
        out = c + v[i] * np.tanh(w[i] * x + b[i])
    return out


# %% network_output: activation forgotten
def network_output(x, b, w, c, v):
    hidden = w * x + b
    return float(hidden @ v + c)


# %% network_output: none
def network_output(x, b, w, c, v):
    hidden = np.tanh(w * (x + b))
    return float(v @ hidden + c)


# %% network_output: none
def network_output(x, b, w, c, v):
    hidden = np.tanh(w * x) + b
    return float(np.dot(v, hidden) + c)


# %% network_output: not reduced
def network_output(x, b, w, c, v):
    return v * np.tanh(w * x + b) + c


# %% output_gradient: none
def output_gradient(x, b, w, c, v, pull):
    return pull, pull * v


# %% output_gradient: none
def output_gradient(x, b, w, c, v, pull):
    h = np.tanh(w * x + b)
    return pull, pull * (1 - h**2)


# %% output_gradient: none
def output_gradient(x, b, w, c, v, pull):
    h = np.tanh(w * x + b)
    prediction = v @ h + c
    return prediction * pull, pull * h


# %% output_gradient: reduced
def output_gradient(x, b, w, c, v, pull):
    h = np.tanh(w * x + b)
    return pull, float(np.sum(pull * h))


# %% output_gradient: activation forgotten
def output_gradient(x, b, w, c, v, pull):
    z = b + w * x
    return pull, pull * z


# %% hidden_gradient: none
def hidden_gradient(x, b, w, c, v, pull):
    h = np.tanh(b + w * x)
    db = pull * v * (1 - h**2)
    dw = db * w
    return db, dw


# %% hidden_gradient: none
def hidden_gradient(x, b, w, c, v, pull):
    h = np.tanh(b + w * x)
    db = pull * v * (1 - h) ** 2
    return db, db * x


# %% hidden_gradient: The derivative of tanh is 1 − a²
def hidden_gradient(x, b, w, c, v, pull):
    z = b + w * x
    db = pull * v * (1 - z**2)
    return db, db * x


# %% hidden_gradient: in place
def hidden_gradient(x, b, w, c, v, pull):
    b += w * x
    h = np.tanh(b)
    db = pull * v * (1 - h**2)
    return db, db * x


# %% hidden_gradient: argument ignored
def hidden_gradient(x, b, w, c, v, pull):
    h = np.tanh(b + w * x)
    db = pull * (1 - h**2)
    return db, db * x


# %% layer_backward: mean for sum
def layer_backward(delta, activations, weights):
    n = len(delta)
    db = delta.sum(axis=0) / n
    dW = activations.T @ delta / n
    before = (delta @ weights.T) * (1 - activations**2)
    return db, dW, before


# %% layer_backward: none
def layer_backward(delta, activations, weights):
    db = delta.sum(axis=0)
    dW = activations.T @ delta
    before = (delta @ weights.T) * (1 - np.tanh(activations) ** 2)
    return db, dW, before


# %% layer_backward: none
def layer_backward(delta, activations, weights):
    db = delta.sum(axis=0)
    dW = activations.T @ delta
    before = activations * (delta @ weights.T)
    return db, dW, before


# %% layer_backward: results swapped
def layer_backward(delta, activations, weights):
    db = np.sum(delta, axis=0)
    dW = activations.T @ delta
    before = (delta @ weights.T) * (1 - activations**2)
    return dW, db, before


# %% linear_model: none
def linear_model(parameters, X):
    A = np.column_stack([np.ones(len(X)), X])

    def backward(pulls):
        return pulls @ A * parameters

    return A @ parameters, backward


# %% linear_model: not reduced
def linear_model(parameters, X):
    A = np.column_stack([np.ones(len(X)), X])

    def backward(pulls):
        return A * pulls[:, None]

    return A @ parameters, backward


# %% linear_model: none
def linear_model(parameters, X):
    A = np.column_stack([np.ones(len(X)), X])
    predictions = A @ parameters

    def backward(pulls):
        return A.T @ (predictions - pulls)

    return predictions, backward


# %% linear_model: intercept component missing
def linear_model(parameters, X):
    predictions = parameters[0] + X @ parameters[1:]
    return predictions, lambda pulls: X.T @ pulls

# %% mean_absolute_error: none
def mean_absolute_error(predictions, targets):
    return np.mean(np.abs(predictions) - np.abs(targets))


# %% mean_absolute_error: none
def mean_absolute_error(predictions, targets):
    return np.mean(np.abs((predictions - targets) / targets))


# %% mean_absolute_error: integers
def mean_absolute_error(predictions, targets):
    total = 0
    for i in range(len(targets)):
        total = total + abs(predictions[i] - targets[i])
    return total // len(targets)


# %% mean_absolute_error: absolute value forgotten
def mean_absolute_error(predictions, targets):
    errors = targets - predictions
    return errors.mean()


# %% mean_absolute_error: none
def mean_absolute_error(predictions, targets):
    return np.linalg.norm(predictions - targets) / len(targets)


# %% mean_absolute_error: last only
def mean_absolute_error(predictions, targets):
    for p, t in zip(predictions, targets):
        total = 0
        total += abs(p - t)
    return total / len(targets)


# %% huber_values: The factor 2 is missing where
def huber_values(residuals, delta):
    small = residuals**2
    large = delta * (np.abs(residuals) - delta / 2)
    return np.where(np.abs(residuals) <= delta, small, large)


# %% huber_values: absolute value forgotten
def huber_values(residuals, delta):
    small = residuals**2 / 2
    large = delta * (np.abs(residuals) - delta / 2)
    return np.where(residuals <= delta, small, large)


# %% huber_values: The two branches do not meet
def huber_values(residuals, delta):
    small = residuals**2 / 2
    large = delta * np.abs(residuals)
    return np.where(np.abs(residuals) <= delta, small, large)


# %% huber_values: none
def huber_values(residuals, delta):
    return delta**2 * (np.sqrt(1 + (residuals / delta) ** 2) - 1)


# %% huber_values: argument ignored
def huber_values(residuals, delta):
    size = np.abs(residuals)
    return np.where(size <= 1, size**2 / 2, size - 0.5)


# %% huber_pull: none
def huber_pull(residuals, delta):
    return np.clip(residuals, 0, delta)


# %% huber_pull: in place
def huber_pull(residuals, delta):
    residuals[residuals > delta] = delta
    residuals[residuals < -delta] = -delta
    return residuals


# %% huber_pull: none
def huber_pull(residuals, delta):
    return np.where(np.abs(residuals) <= delta, residuals, 0)


# %% huber_pull: none
def huber_pull(residuals, delta):
    return np.where(np.abs(residuals) <= delta, residuals, delta * residuals)


# %% pinball_mean: none
def pinball_mean(predictions, targets, quantile):
    u = targets - predictions
    return np.mean(np.where(u > 0, quantile * u, (1 - quantile) * u))


# %% pinball_mean: none
def pinball_mean(predictions, targets, quantile):
    too_low = predictions < targets
    return np.mean(np.where(too_low, quantile, 1 - quantile))


# %% pinball_mean: mean first
def pinball_mean(predictions, targets, quantile):
    u = np.mean(targets) - np.mean(predictions)
    return max(quantile * u, (quantile - 1) * u)


# %% pinball_mean: none
def pinball_mean(predictions, targets, quantile):
    u = targets - predictions
    low, high = u[u > 0], -u[u < 0]
    return quantile * low.mean() + (1 - quantile) * high.mean()


# %% risks_by_hand: absolute value forgotten
def risks_by_hand():
    return (1 + 4 + 9 + 0.25) / 4, (1 - 2 + 3 + 0.5) / 4, (0.5 + 1.5 + 2.5 + 0.125) / 4


# %% risks_by_hand: none
def risks_by_hand():
    return 3.5625, 1.625, (1 + 1.5 + 2.5 + 0.25) / 4


# %% risks_by_hand: none
def risks_by_hand():
    # 1 - 4 + 9 + 0.25 = 6.25
    return 6.25 / 4, 6.5 / 4, 4.625 / 4


# %% risks_by_hand: n - 1
def risks_by_hand():
    return 14.25 / 3, 6.5 / 3, 4.625 / 3

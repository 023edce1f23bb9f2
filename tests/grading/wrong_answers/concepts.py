# %% mean_absolute_error: median for mean
def mean_absolute_error(predictions, targets):
    return np.median(np.abs(predictions - targets))


# %% mean_absolute_error: root of the mean of squares
def mean_absolute_error(predictions, targets):
    return np.sqrt(np.mean((predictions - targets) ** 2))


# %% mean_absolute_error: absolute value too late
def mean_absolute_error(predictions, targets):
    return abs(np.mean(predictions - targets))


# %% mean_absolute_error: return inside the loop
def mean_absolute_error(predictions, targets):
    total = 0
    for p, t in zip(predictions, targets):
        total += abs(p - t)
        return total / len(targets)


# %% mean_absolute_error: broadcasting
def mean_absolute_error(predictions, targets):
    targets = targets.reshape(-1, 1)
    return np.mean(np.abs(predictions - targets))


# %% mean_absolute_error: n - 1
def mean_absolute_error(predictions, targets):
    return np.sum(np.abs(predictions - targets)) / (len(targets) - 1)


# %% mean_absolute_error: not reduced
def mean_absolute_error(predictions, targets):
    return np.abs(predictions - targets)


# %% mean_absolute_error: half
def mean_absolute_error(predictions, targets):
    return np.mean(np.abs(predictions - targets)) / 2


# %% mean_absolute_error: none
def mean_absolute_error(predictions, targets):
    return np.mean(np.abs(predictions - targets) / np.abs(targets))


# %% mean_absolute_error: maximum for mean
def mean_absolute_error(predictions, targets):
    return np.max(np.abs(predictions - targets))


# %% mean_absolute_error: integers
def mean_absolute_error(predictions, targets):
    total = np.zeros(len(targets), dtype=int)
    total[:] = np.abs(predictions - targets)
    return total.mean()


# %% huber_values: none
def huber_values(residuals, delta):
    r = np.abs(residuals)
    return np.where(r <= delta, r**2 / 2, delta * r - delta / 2)


# %% huber_values: absolute value forgotten
def huber_values(residuals, delta):
    return np.where(
        np.abs(residuals) <= delta, 0.5 * residuals**2, delta * (residuals - 0.5 * delta)
    )


# %% huber_values: absolute value forgotten
def huber_values(residuals, delta):
    return np.where(
        residuals <= delta, 0.5 * residuals**2, delta * (np.abs(residuals) - 0.5 * delta)
    )


# %% huber_values: mean too many
def huber_values(residuals, delta):
    r = np.abs(residuals)
    return np.mean(np.where(r <= delta, r**2 / 2, delta * (r - delta / 2)))


# %% huber_values: branches swapped
def huber_values(residuals, delta):
    r = np.abs(residuals)
    return np.where(r > delta, r**2 / 2, delta * (r - delta / 2))


# %% huber_values: argument ignored
def huber_values(residuals, delta):
    r = np.abs(residuals)
    return np.where(r <= 1, r**2 / 2, r - 0.5)


# %% huber_values: return inside the loop
def huber_values(residuals, delta):
    values = []
    for r in residuals:
        if abs(r) <= delta:
            values.append(r**2 / 2)
        else:
            values.append(delta * (abs(r) - delta / 2))
        return np.array(values)


# %% huber_values: integers
def huber_values(residuals, delta):
    values = np.zeros(len(residuals), dtype=int)
    for i, r in enumerate(residuals):
        if abs(r) <= delta:
            values[i] = r**2 / 2
        else:
            values[i] = delta * (abs(r) - delta / 2)
    return values


# %% huber_values: twice
def huber_values(residuals, delta):
    r = np.abs(residuals)
    return np.where(r <= delta, r**2, 2 * delta * r - delta**2)


# %% huber_pull: none
def huber_pull(residuals, delta):
    return delta * np.sign(residuals)


# %% huber_pull: sign lost
def huber_pull(residuals, delta):
    return np.minimum(np.abs(residuals), delta)


# %% huber_pull: none
def huber_pull(residuals, delta):
    return np.where(np.abs(residuals) <= delta, residuals, delta)


# %% huber_pull: none
def huber_pull(residuals, delta):
    return np.where(np.abs(residuals) <= delta, 2 * residuals, delta * np.sign(residuals))


# %% huber_pull: none
def huber_pull(residuals, delta):
    return np.where(np.abs(residuals) <= delta, residuals, 0)


# %% huber_pull: argument ignored
def huber_pull(residuals, delta):
    return np.clip(residuals, -1, 1)


# %% huber_pull: mean too many
def huber_pull(residuals, delta):
    return np.clip(residuals, -delta, delta).mean()


# %% huber_pull: 1/n too many
def huber_pull(residuals, delta):
    return np.clip(residuals, -delta, delta) / len(residuals)


# %% huber_pull: value for gradient
def huber_pull(residuals, delta):
    r = np.abs(residuals)
    return np.where(r <= delta, r**2 / 2, delta * (r - delta / 2))


# %% pinball_mean: none
def pinball_mean(predictions, targets, quantile):
    r = targets - predictions
    return np.mean(np.where(r > 0, quantile * r, (1 - quantile) * r))


# %% pinball_mean: broadcasting
def pinball_mean(predictions, targets, quantile):
    r = targets[:, None] - predictions
    return np.mean(np.maximum(quantile * r, (quantile - 1) * r))


# %% pinball_mean: return inside the loop
def pinball_mean(predictions, targets, quantile):
    total = 0
    for p, t in zip(predictions, targets):
        if t > p:
            total += quantile * (t - p)
        else:
            total += (1 - quantile) * (p - t)
        return total / len(targets)


# %% pinball_mean: argument ignored
def pinball_mean(predictions, targets, quantile):
    return np.mean(np.abs(targets - predictions)) / 2


# %% pinball_mean: not reduced
def pinball_mean(predictions, targets, quantile):
    r = targets - predictions
    return np.maximum(quantile * r, (quantile - 1) * r)


# %% pinball_mean: mean first
def pinball_mean(predictions, targets, quantile):
    r = np.mean(targets - predictions)
    return max(quantile * r, (quantile - 1) * r)


# %% pinball_mean: sign
def pinball_mean(predictions, targets, quantile):
    r = targets - predictions
    return np.mean(np.minimum(-quantile * r, (1 - quantile) * r))


# %% pinball_mean: sum for mean
def pinball_mean(predictions, targets, quantile):
    total = 0
    for p, t in zip(predictions, targets):
        r = t - p
        total = total + max(quantile * r, (quantile - 1) * r)
    return total


# %% risks_by_hand: root of the mean of squares
def risks_by_hand():
    return 1.887459, 1.625, 1.15625


# %% risks_by_hand: results swapped
def risks_by_hand():
    return 1.625, 3.5625, 1.15625


# %% risks_by_hand: half
def risks_by_hand():
    return 1.78125, 1.625, 1.15625


# %% risks_by_hand: rounded
def risks_by_hand():
    return 3.56, 1.63, 1.16


# %% risks_by_hand: n - 1
def risks_by_hand():
    return 14.25 / 3, 6.5 / 3, 4.625 / 3


# %% risks_by_hand: absolute value forgotten
def risks_by_hand():
    return 3.5625, 0.625, 1.15625


# %% risks_by_hand: sum for mean
def risks_by_hand():
    return 3.5625, 1.625, 4.625

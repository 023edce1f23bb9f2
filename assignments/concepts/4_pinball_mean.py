# /// exercise
# title = "Too low costs more than too high"
# outcome = "choose a loss from the costs of two kinds of error"
# level = 2
# minutes = 10
# chapter = "linear_regression/outliers_and_quantiles"
# equation = "eq-quantile-pinball"
# visible = 2
# hidden = 3
# [variants]
# factor = [1.0, 2.0, 0.5, 3.0]
# what = [
#   "the mean pinball loss",
#   "twice the mean pinball loss",
#   "half of the mean pinball loss",
#   "three times the mean pinball loss",
# ]
# under = ["0.9", "1.8", "0.45", "2.7"]
# over = ["0.1", "0.2", "0.05", "0.3"]
# ///

# %% prompt
# Return {what}. With quantile 0.9, a prediction that is too low by 1 costs
# {under}, one that is too high by 1 costs {over}.

# %% solution
def pinball_mean(predictions, targets, quantile):
    """Return {what}, a float."""
    ### BEGIN SOLUTION
    shortfall = np.subtract(targets, predictions)
    cost = quantile * np.maximum(shortfall, 0) + (1 - quantile) * np.maximum(-shortfall, 0)
    return {factor} * float(cost.sum() / cost.size)
    ### END SOLUTION


# %% hidden
def cases(rng):
    for quantile in (0.1, 0.6, 0.95):
        yield rng.normal(size=12), rng.normal(size=12), quantile


# %% wrong 0: The two sides are swapped
def pinball_mean(predictions, targets, quantile):
    r = predictions - targets
    return {factor} * np.mean(np.where(r < 0, -(1 - quantile) * r, quantile * r))


# %% wrong 0: The factor 1/n is missing
def pinball_mean(predictions, targets, quantile):
    r = predictions - targets
    return {factor} * np.sum(np.maximum(-quantile * r, (1 - quantile) * r))


# %% wrong 2: The numbers differ
def pinball_mean(predictions, targets, quantile):
    r = predictions - targets
    return {factor} * np.mean(np.where(r < 0, -0.9 * r, 0.1 * r))

# /// exercise
# title = "What a slope says"
# outcome = "read a slope as a factor of the odds"
# level = 2
# minutes = 8
# chapter = "linear_regression/logistic_regression"
# equation = "eq-logistic-odds"
# visible = 2
# hidden = 3
# [variants]
# unit = [1.0, 10.0, 0.5, 100.0]
# scaled = [
#   "",
#   " Before the fit, every input was divided by 10.",
#   " Before the fit, every input was divided by 0.5.",
#   " Before the fit, every input was divided by 100.",
# ]
# ///

# %% prompt
# The parameters are the intercept and d slopes; slope j is `parameters[j]`. Return the factor
# by which the odds change when input j rises by `change`.{scaled}

# %% solution
def odds_factor(parameters, j, change):
    """Return the factor, a float."""
    ### BEGIN SOLUTION
    return float(np.exp(parameters[j]) ** (change / {unit}))
    ### END SOLUTION


# %% hidden
def cases(rng):
    for j, change in ((1, 1.0), (2, -2.0), (3, 0.1)):
        yield rng.normal(size=4), j, change


# %% wrong 0: This is the change of the log-odds
def odds_factor(parameters, j, change):
    return parameters[j] * change / {unit}


# %% wrong 0: The intercept shifts the index
def odds_factor(parameters, j, change):
    return np.exp(parameters[j - 1] * change / {unit})


# %% wrong 0: not by a usual mistake
def odds_factor(parameters, j, change):
    return np.exp(parameters[j] + change / {unit})


# %% written 3
# A slope of 0.7 for smoking doubles the odds of illness. A newspaper writes that smoking
# doubles the probability of illness. For which people is that nearly right, and for whom is it
# impossible?

# %% rubric
# - 1 point: odds and probability are nearly equal where the probability is small
# - 1 point: so it is nearly right for people at small risk
# - 1 point: impossible above one half, since no probability exceeds 1

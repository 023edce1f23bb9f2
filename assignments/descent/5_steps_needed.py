# /// exercise
# title = "How long it takes"
# outcome = "predict the number of steps from the condition number"
# level = 3
# minutes = 12
# chapter = "algorithm/learning_rate"
# equation = "eq-clinic-steps"
# visible = 2
# hidden = 3
# ///

# %% prompt
# At the best learning rate, every step shrinks the error by the factor (κ − 1)/(κ + 1) at
# worst. Return the number of steps, not rounded, after which the error is ε times that of the
# start.

# %% solution
def steps_needed(kappa, epsilon):
    """Return the number of steps, a float."""
    ### BEGIN SOLUTION
    shrinks_by = np.log1p(-2 / (kappa + 1))
    return float(np.log(epsilon) / shrinks_by)
    ### END SOLUTION


# %% hidden
def cases(rng):
    yield from ((2.0, 0.5), (50.0, 1e-4), (1e5, 1e-8))


# %% wrong 0: The factor is that of the rate 1/L
def steps_needed(kappa, epsilon):
    return np.log(1 / epsilon) / -np.log(1 - 1 / kappa)


# %% wrong 0: The sign is flipped
def steps_needed(kappa, epsilon):
    return np.log(1 / epsilon) / np.log((kappa - 1) / (kappa + 1))


# %% written 4
# Somebody measures income in francs and age in years, and descent needs two million steps;
# after dividing each column by its deviation it needs forty. Explain with the condition number
# what happened, and why the fitted line is the same.

# %% rubric
# - 1 point: the columns' scales enter the Hessian squared
# - 1 point: so the condition number is huge, and one rate cannot suit both directions
# - 1 point: after scaling the contours are nearly round
# - 1 point: the predictions are the same functions of the inputs; only the parameters are rescaled

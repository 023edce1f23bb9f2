# /// exercise
# title = "The line of least squares"
# outcome = "solve the normal equations of a line"
# level = 1
# minutes = 10
# chapter = "linear_regression/package_and_scikit_learn"
# equation = "eq-normal-equations"
# visible = 2
# hidden = 3
# ///

# %% prompt
# Return intercept and slope of the line with the least mean squared error through the points
# (xᵢ, yᵢ).

# %% solution
def fit_line(x, y):
    """Return the intercept and the slope, two floats."""
    ### BEGIN SOLUTION
    tilt = np.vdot(x - np.mean(x), y) / np.vdot(x - np.mean(x), x)
    return float(np.mean(y) - tilt * np.mean(x)), float(tilt)
    ### END SOLUTION


# %% hidden
def cases(rng):
    for n in (2, 5, 40):
        yield 10 * rng.normal(size=n), rng.normal(size=n)


# %% wrong 0: Intercept and slope are swapped
def fit_line(x, y):
    slope, intercept = np.polyfit(x, y, 1)
    return slope, intercept


# %% wrong 0: The line goes through the origin
def fit_line(x, y):
    return 0.0, (x @ y) / (x @ x)


# %% wrong 0: Wrong shape
def fit_line(x, y):
    slope, intercept = np.polyfit(x, y, 1)
    return intercept + slope * x

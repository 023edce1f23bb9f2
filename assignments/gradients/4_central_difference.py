# /// exercise
# title = "Check a gradient"
# outcome = "check a gradient that somebody else wrote"
# level = 2
# minutes = 12
# chapter = "derivation/checking_a_gradient"
# equation = "eq-checking-differences"
# visible = 2
# hidden = 3
# ///

# %% prompt
# `function` takes an array of shape (p,) and returns a number. Return its gradient at `point`,
# by central differences with the given step. Leave `point` as it is.

# %% solution
def central_difference(function, point, step):
    """Return the gradient of the function at the point, shape (p,)."""
    ### BEGIN SOLUTION
    slopes = []
    for axis in np.identity(np.size(point)):
        ahead, behind = function(point + step * axis), function(point - step * axis)
        slopes.append((ahead - behind) / (2 * step))
    return np.array(slopes)
    ### END SOLUTION


# %% hidden
def cases(rng):
    for step in (0.5, 1e-2):
        yield (lambda x: float(np.sum(x**3))), rng.normal(size=4), step
    yield (lambda x: float(np.exp(x).prod())), rng.normal(size=2), 0.1


# %% wrong 0: This is the forward difference
def central_difference(function, point, step):
    moves = step * np.eye(len(point))
    return np.array([(function(point + m) - function(point)) / step for m in moves])


# %% wrong 0: Your result is twice the right one
def central_difference(function, point, step):
    moves = step * np.eye(len(point))
    return np.array([(function(point + m) - function(point - m)) / step for m in moves])


# %% wrong 0: changes its argument point in place
def central_difference(function, point, step):
    gradient = []
    for i in range(len(point)):
        point[i] += step
        ahead = function(point)
        point[i] -= 2 * step
        gradient.append((ahead - function(point)) / (2 * step))
    return np.array(gradient)


# %% wrong 2: The numbers differ
def central_difference(function, point, step):
    # Ignores the step it is given.
    moves = 1e-3 * np.eye(len(point))
    return np.array([(function(point + m) - function(point - m)) / 2e-3 for m in moves])


# %% written 4
# Your central difference and a formula agree to five digits at one point. A friend makes the
# step a million times smaller "to be exact", and now they agree to two digits. Explain why, and
# say which step you would take and where that number comes from.

# %% rubric
# - 1 point: the error of the formula shrinks with the square of the step
# - 1 point: the rounding error of the two values is divided by the step, and grows
# - 1 point: the best step balances the two
# - 1 point: about the cube root of the rounding unit, 1e-5 in float64

# /// exercise
# title = "The gradient of the penalty"
# outcome = "differentiate a penalty that leaves one parameter out"
# level = 2
# minutes = 12
# chapter = "concepts/from_error_to_loss"
# equation = "eq-risk"
# visible = 2
# hidden = 3
#
# [variants]
# strength = [0.5, 0.1, 2.0, 0.25]
# ///

# %% prompt
# Return the gradient of {strength} times the sum of the squared slopes with respect to all
# `parameters`, of which the first is the intercept. It has the shape of `parameters`.

# %% solution
def penalty_gradient(parameters):
    """Return the gradient of the penalty, of the shape of the parameters."""
    ### BEGIN SOLUTION
    return 2 * {strength} * np.append(0.0, parameters[1:])
    ### END SOLUTION


# %% visible
_found = penalty_gradient(np.array([3.0, 1.0]))
assert np.shape(_found) == (2,), f"expected the shape (2,), got {np.shape(_found)}"
assert np.allclose(_found, [0.0, 2 * {strength}]), (
    f"for the parameters 3, 1 expected {[0.0, 2 * {strength}]}, got {_found}"
)


# %% hidden
def check(answer, rng):
    for _ in range(3):
        parameters = rng.normal(size=4)
        before = parameters.copy()
        found = answer(parameters)
        assert np.array_equal(parameters, before), "Your function changes its argument in place."
        assert np.shape(found) == (4,), "The gradient has the shape of the parameters."
        half = {strength} * np.append(0.0, parameters[1:])
        assert not np.allclose(found, half), "The factor 2 is missing."
        assert np.allclose(found, 2 * half), "The numbers are not those of the gradient."


# %% written 3
# Why does the penalty leave the intercept out? Say what would happen to the predictions if somebody
# added 1000 to every target.

# %% rubric
# - 1 point: the intercept says where the data lie, not how strongly they depend on anything
# - 1 point: with a penalized intercept all predictions would be pulled toward zero
# - 1 point: without, adding a constant to the targets adds it to the predictions


# %% wrong 0: The factor 2 is missing
def penalty_gradient(parameters):
    return {strength} * np.append(0.0, parameters[1:])


# %% wrong 0: The numbers are not those
def penalty_gradient(parameters):
    return 2 * {strength} * parameters


# %% wrong 2: shape of the parameters
def penalty_gradient(parameters):
    return 2 * {strength} * np.array([0.0, parameters[1]])

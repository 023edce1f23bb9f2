# /// exercise
# title = "A risk with a penalty"
# outcome = "add a penalty to a risk, and leave the intercept out of it"
# level = 2
# minutes = 10
# chapter = "concepts/from_error_to_loss"
# equation = "eq-risk"
# visible = 2
# hidden = 4
#
# [variants]
# strength = [0.5, 0.1, 2.0, 0.25]
# ///

# %% prompt
# `parameters` has the intercept first, then the slopes; `errors` are the residuals of n samples.
# Return the mean of the squared errors plus {strength} times the sum of the squared slopes.

# %% solution
def penalized_risk(parameters, errors):
    """Return the mean squared error with its penalty, a number."""
    ### BEGIN SOLUTION
    return np.mean(errors**2) + {strength} * np.sum(parameters[1:] ** 2)
    ### END SOLUTION


# %% visible
_found = penalized_risk(np.array([3.0, 2.0]), np.array([1.0, -1.0, 2.0]))
assert np.isclose(_found, 2 + 4 * {strength}), (
    f"for the slope 2 and the errors 1, -1, 2 expected {2 + 4 * {strength}}, got {_found}"
)


# %% hidden
# Each function check_… is a case with its share of the points. Words name the mistake, no number.
def judge(answer, parameters, errors):
    found, slopes = answer(parameters, errors), parameters[1:]
    risk = np.mean(errors**2)
    if np.isclose(found, risk + {strength} * np.sum(slopes**2)):
        return
    everything = risk + {strength} * np.sum(parameters**2)
    averaged = risk + {strength} * np.mean(slopes**2)
    added = np.sum(errors**2) + {strength} * np.sum(slopes**2)
    assert not np.isclose(found, everything), "The intercept is penalized, too."
    assert not np.isclose(found, averaged), "The penalty is a sum over the slopes, not a mean."
    assert not np.isclose(found, added), "The errors are added up; the risk is their mean."
    raise AssertionError("The numbers are not those of the risk with its penalty.")


def check_one_slope(answer, rng):
    judge(answer, rng.normal(size=2), rng.normal(size=7))


def check_several_slopes(answer, rng):
    judge(answer, rng.normal(size=5), rng.normal(size=7))


# %% wrong 0: The intercept is penalized
def penalized_risk(parameters, errors):
    return np.mean(errors**2) + {strength} * np.sum(parameters**2)


# %% wrong 4: not a mean
def penalized_risk(parameters, errors):
    return np.mean(errors**2) + {strength} * np.mean(parameters[1:] ** 2)


# %% wrong 0: the risk is their mean
def penalized_risk(parameters, errors):
    return np.sum(errors**2) + {strength} * np.sum(parameters[1:] ** 2)


# %% wrong 2: The numbers are not those
def penalized_risk(parameters, errors):
    return 2.0 + {strength} * 4.0

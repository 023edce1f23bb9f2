# /// exercise
# title = "Three risks by hand"
# outcome = "take the mean of three losses with pen and paper"
# level = 1
# minutes = 8
# chapter = "background/three_answers"
# equation = "eq-three-losses"
# visible = 1
# hidden = 2
# [variants]
# residuals = [
#   [1.0, -2.0, 3.0, 0.5],
#   [2.0, -1.0, 0.0, -4.0],
#   [-0.5, 3.0, -2.0, 2.0],
#   [1.5, 0.5, -3.0, -1.0],
# ]
# ///

# %% prompt
# The residuals are {residuals}. With pen and paper, find the mean squared error, the mean
# absolute error, and the mean Huber loss with delta = 1. Return the three numbers in this
# order. The check cell knows usual mistakes; whether your numbers are right is checked after you
# hand in.

# %% solution
def risks_by_hand():
    """Return the mean squared error, the mean absolute error and the mean Huber loss."""
    ### BEGIN SOLUTION
    given = np.array({residuals})
    bounded = np.minimum(np.absolute(given), 1.0)
    thirds = given * given, np.absolute(given), bounded * (np.absolute(given) - bounded / 2)
    return tuple(float(losses_of_each.mean()) for losses_of_each in thirds)
    ### END SOLUTION


# %% hidden
def cases(rng):
    yield ()


# %% wrong 0: These are sums
def risks_by_hand():
    r = np.array({residuals})
    s = abs(r)
    return np.sum(r**2), np.sum(s), np.sum(np.where(s <= 1, s**2 / 2, s - 0.5))


# %% wrong 0: Wrong shape
def risks_by_hand():
    r = np.array({residuals})
    return np.mean(r**2), np.mean(abs(r))


# %% wrong 1: The numbers differ
def risks_by_hand():
    r = np.array({residuals})
    return np.mean(r**2), np.mean(abs(r)), np.mean(abs(r) - 0.5)

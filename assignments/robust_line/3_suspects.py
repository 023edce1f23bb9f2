# /// exercise
# title = "Name the suspects"
# outcome = "use a robust fit to find faulty data"
# level = 2
# minutes = 10
# chapter = "background/three_answers"
# equation = "eq-three-losses"
# visible = 2
# hidden = 3
# [variants]
# first = [0, 1950, 1896, 2001]
# question = [
#   """\
#   Return the indices of the `count` residuals that are largest in size, from the smallest \
#   index to the largest.""",
#   """\
#   The residuals are those of the years from 1950 on, one for each. Return the `count` years \
#   with the residuals that are largest in size, from the first year to the last.""",
#   """\
#   The residuals are those of the years from 1896 on, one for each. Return the `count` years \
#   with the residuals that are largest in size, from the first year to the last.""",
#   """\
#   The residuals are those of the years from 2001 on, one for each. Return the `count` years \
#   with the residuals that are largest in size, from the first year to the last.""",
# ]
# what = ["indices", "years", "years", "years"]
# ///

# %% prompt
# {question}

# %% solution
def suspects(residuals, count):
    """Return the {what}, shape (count,), in increasing order."""
    ### BEGIN SOLUTION
    from_small_to_large = np.argsort(np.square(residuals))
    return {first} + np.sort(from_small_to_large[np.size(residuals) - count :])
    ### END SOLUTION


# %% hidden
def cases(rng):
    for n, count in ((12, 5), (24, 6), (40, 10)):
        size = np.arange(n) + rng.random(n)
        yield rng.permutation(size * (-1.0) ** np.arange(n)), count


# %% wrong 0: The signs count here
def suspects(residuals, count):
    return {first} + np.sort(np.argsort(residuals)[::-1][:count])


# %% wrong 0: These are the smallest residuals
def suspects(residuals, count):
    return {first} + np.sort(np.argsort(abs(residuals))[:count])


# %% wrong 0: not in the order that is asked for
def suspects(residuals, count):
    return {first} + np.argsort(-abs(residuals))[:count]


# %% written 4
# Load `lossbook.datasets.phone_calls()`, fit the line with your functions, and name the suspect
# years. Compare them with what the source says about the data, and say whether you would drop
# them, keep them or repair them.

# %% rubric
# - 1 point: the suspects are the years from 1964 to 1969
# - 1 point: the source says that another unit was recorded, the length of the calls
# - 1 point: 1963 and 1970 are mixed, and may or may not show
# - 1 point: a decision with a reason; dropping without a word gives no point

"""The usual mistakes of every exercise: what is told of each, and the section that treats it."""

# `python tools/address.py` rewrites it when the book moves.
SITE = "https://lossbook.github.io/lossbook/"

# A page of the book and a section of it, by the name that the table below has for them.
SECTIONS = {
    "arrays": "background/what_you_need#python",
    "axis": "questions/twelve_silent_mistakes#one-axis-too-many",
    "broadcasting": "derivation/when_numbers_break#shapes-how-broadcasting-flattens-a-regression",
    "cancel": "concepts/from_error_to_loss#errors-cancel",
    "cause": "derivation/checking_a_gradient#find-the-cause-of-a-wrong-gradient",
    "classes": "derivation/cross_entropy#softmax-and-categorical-cross-entropy",
    "conventions": "derivation/mean_squared_error#two-conventions-and-one-test",
    "derivatives": "background/what_you_need#derivatives",
    "digits": "derivation/when_numbers_break#what-a-float-can-hold",
    "labels": "derivation/cross_entropy#sigmoid-and-binary-cross-entropy",
    "logarithm": "concepts/likelihoods#the-logarithm",
    "loop": "algorithm/five_steps#five-steps-five-lines",
    "matrix": "derivation/mean_squared_error#the-gradient-in-matrix-form",
    "mean": "questions/twelve_silent_mistakes#a-sum-instead-of-a-mean",
    "median": "background/one_number_for_five#why-the-median",
    "names": "concepts/from_error_to_loss#four-numbers-with-four-names",
    "overflow": "derivation/when_numbers_break#one-logit-a-stable-binary-cross-entropy",
    "sums": "background/what_you_need#sums",
}

# Name of a mistake: the section, and the words, in which {0} and {1} are names of arguments.
WORDS = {
    # What may be done to the results at the end, beside another mistake or alone.
    "sign": (
        "cause",
        "The sign is flipped: predictions minus targets, and downhill is minus the gradient.",
    ),
    "half": (
        "conventions",
        "Your result is half of the right one: a factor 2 is missing, or there is one too many in "
        "what you divide by.",
    ),
    "twice": (
        "conventions",
        "Your result is twice the right one: there is a factor 2 too many, or one is missing in "
        "what you divide by.",
    ),
    "sum for mean": (
        "mean",
        "The factor 1/n is missing: take the mean over the samples, not the sum.",
    ),
    "1/n too many": (
        "mean",
        "There is a factor 1/n too many: the mean is taken twice, or where a sum is right. Or it "
        "is missing in what you divide by.",
    ),
    "n - 1": ("sums", "There is n − 1 where n belongs: a mean divides by n."),
    "sign lost": ("cancel", "There is an absolute value too many: the sign is lost."),
    "root": ("names", "There is a square root too many."),
    # Right numbers in another form.
    "results swapped": ("arrays", "The results are right, but in another order."),
    "result missing": ("arrays", "One of the results is missing: return all, in their order."),
    "first for all": ("arrays", "The first result stands in the place of the others, too."),
    "transposed": ("axis", "The numbers are right, but rows and columns are interchanged."),
    "path": ("loop", "This is the whole path: return the end of it alone."),
    "other shape": ("axis", "The numbers are right, but the shape is not the one asked for."),
    "reversed": ("arrays", "The numbers are right, but in reverse order."),
    "unsorted": ("arrays", "The numbers are right, but not in the order that is asked for."),
    "last only": ("arrays", "This is the last number alone: return all of them."),
    "one too early": (
        "loop",
        "Your numbers begin one place too early: the first does not belong to them.",
    ),
    "one too late": ("loop", "Your numbers begin one place too late: the first is missing."),
    "values for indices": ("arrays", "These are the values; their positions are asked for."),
    "mask for indices": (
        "arrays",
        "These are truth values; the positions where they are true are asked for.",
    ),
    "counted from one": ("arrays", "The positions are off by one: Python counts from 0."),
    "rounded": ("digits", "Your numbers are rounded: leave all digits as they are."),
    # Loops and steps.
    "first turn": (
        "loop",
        "Only the first turn of a loop counts: is the return inside the loop?",
    ),
    "one turn": ("loop", "It is as if {0} were 1: is the return inside the loop?"),
    "last turn": (
        "sums",
        "Only the last sample counts: add to what you have in every turn of the loop.",
    ),
    "one too many": ("loop", "It is as if {0} were one more: count where it begins and ends."),
    "one too few": ("loop", "It is as if {0} were one less: count where it begins and ends."),
    "stale gradient": (
        "loop",
        "Every step takes the gradient of the start: take it anew where you are.",
    ),
    "uphill": ("loop", "This walks uphill: downhill is minus the gradient."),
    # Sums and means.
    "not reduced": ("sums", "These are the terms of every sample: their sum or mean is missing."),
    "reduced": (
        "axis",
        "There is a sum or a mean too many, or its axis is missing: fewer numbers came than are "
        "asked for.",
    ),
    "broadcasting": (
        "broadcasting",
        "Every sample meets the target of every other: NumPy broadcasts (n, 1) against (n,) to "
        "(n, n) without a word.",
    ),
    "axis": ("axis", "This goes along the wrong axis of {0}."),
    "mean over all": (
        "mean",
        "You divide by the number of columns, too, or in place of the number of samples: the mean "
        "is over the samples.",
    ),
    "sum in part": ("mean", "In some of your numbers the factor 1/n is missing, not in all."),
    "mean in part": ("mean", "In some of your numbers a factor 1/n is too many, not in all."),
    "mean first": (
        "cancel",
        "The mean is taken too early, and errors cancel: first the loss of every sample, then the "
        "mean.",
    ),
    "median for mean": ("median", "This is a median; a mean is asked for."),
    "extreme for mean": ("sums", "This is the largest term or the smallest; a mean is asked for."),
    # Arguments.
    "ignored": (
        "arrays",
        "Your numbers do not depend on {0} as they should: it is left out, a fixed number stands "
        "in its place, or what you compute from it is not used.",
    ),
    "interchanged": ("arrays", "It is as if {0} and {1} were interchanged."),
    "sign of": ("cause", "It is as if the sign of {0} were flipped."),
    "half of": ("conventions", "It is as if {0} were half as large."),
    "twice of": ("conventions", "It is as if {0} were twice as large."),
    "over n": ("names", "It is as if {0} were divided by n, the number of samples."),
    "times n": (
        "mean",
        "It is as if {0} counted n times: is it inside a sum, or is a mean missing?",
    ),
    "complement of": ("names", "It is as if {0} and 1 − {0} were interchanged."),
    "square of": ("derivatives", "It is as if {0} were squared, or its root were taken."),
    "factor missing": ("cause", "A factor {0} is missing."),
    "factor too many": ("cause", "A factor {0} is too many, or you did not divide by it."),
    "other variant": (
        "arrays",
        "This answers another variant of the exercise: read yours once more.",
    ),
    # Models and labels.
    "intercept last": (
        "matrix",
        "The intercept stands last: it is the first parameter, and its derivative comes first.",
    ),
    "slopes alone": (
        "matrix",
        "The derivative with respect to the intercept is missing: it comes first.",
    ),
    "intercept forgotten": (
        "matrix",
        "The intercept is forgotten: the first of the {0} has no effect on the predictions.",
    ),
    "labels swapped": ("labels", "The 0 and the 1 of {0} are interchanged."),
    "labels shifted": ("classes", "The classes of {0} are off by one: the first class is 0."),
    "not one-hot": (
        "classes",
        "The number of the class is subtracted: the label belongs to one class, and counts 1 there "
        "and 0 elsewhere.",
    ),
    "without labels": ("classes", "The labels are left out: these are the probabilities alone."),
    "slope of the sigmoid": (
        "labels",
        "The factor p(1 − p) is too many: in the cross-entropy by logits it cancels.",
    ),
    # Functions of the right result.
    "logarithm": ("logarithm", "There is a logarithm too many, or one is missing."),
    "log base": (
        "logarithm",
        "A logarithm or a power has another base than e: use np.log, np.exp.",
    ),
    "square": ("names", "There is a square too many."),
    "reciprocal": (
        "derivatives",
        "This is one divided by the right result: is a fraction upside down?",
    ),
    "one minus": ("labels", "This is one minus the right result."),
    "derivative": ("derivatives", "This is the derivative of what is asked for."),
}


def read(section: str) -> str:
    """Return where to read on: a name of the sections, or a page and its section.

    >>> read("sums")
    'Read https://lossbook.github.io/lossbook/chapters/background/what_you_need.html#sums'
    """
    page, _, part = SECTIONS.get(section, section).partition("#")
    return f"Read {SITE}chapters/{page}.html#{part}"

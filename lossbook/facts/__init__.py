"""What is true of each loss: formula, domain, constants, what it estimates, its name elsewhere.

The data are in the tables beside this file, one file a family; the README there says how to read
them. The loss cards of the book are made from them, and ``tests/test_facts*.py`` prove each one.
"""

import tomllib
from dataclasses import dataclass
from importlib.resources import files
from types import MappingProxyType

__all__ = ["FAMILIES", "Equivalent", "Facts", "Source", "facts"]

#: The families of losses, in the order of the book.
FAMILIES = (
    "regression",
    "likelihood",
    "classification",
    "distribution",
    "embedding",
    "reinforcement",
)


@dataclass(frozen=True)
class Source:
    """Where something was read about a library that the tests do not call.

    Attributes
    ----------
    version, address : str
        Of the library, and of its documentation.
    """

    version: str
    address: str


@dataclass(frozen=True)
class Equivalent:
    """What to write in another library, and what that gives in terms of ours.

    Attributes
    ----------
    library : str
        Such as PyTorch.
    call : str
        Python, with the argument names of our loss: the object that people use, mostly a class.
    gives : str
        What the call returns, a NumPy expression in our ``values`` and the inputs.
    function : str
        The same as a function; may be empty.
    function_gives : str
        What the function returns. ``mean(values, axis=-1)`` averages the last axis alone.
    minimizes : str
        For an estimator: its objective, penalty included, in ``values``, its weights ``w``, its
        intercept ``b`` and the number ``n`` of samples; else empty.
    note : str
        What else differs; may be empty.
    source : Source or None
        Where this was read, if the tests do not call the library.

    Examples
    --------
    >>> pytorch = facts["half_squared_error"].elsewhere[0]
    >>> pytorch.call, pytorch.gives
    ('torch.nn.MSELoss()(predictions, targets)', '2 * mean(values)')
    >>> ridge = facts["squared_error"].elsewhere[4]
    >>> ridge.call, ridge.minimizes
    ('sklearn.linear_model.Ridge(alpha=alpha)', 'sum(values) + alpha * w @ w')
    """

    library: str
    call: str
    gives: str = "mean(values)"
    function: str = ""
    function_gives: str = ""
    minimizes: str = ""
    note: str = ""
    source: Source | None = None


@dataclass(frozen=True)
class Facts:
    r"""What is true of one loss.

    Attributes
    ----------
    family : str
        regression, likelihood, classification, distribution, embedding or reinforcement.
    title, use_when, avoid_when : str
        Its name, and a sentence each.
    formula, gradient : str
        TeX, for one sample.
    expression, gradient_expression : str
        The same as NumPy expressions.
    accurate : str
        How the package computes it without loss of digits.
    predictions, targets, domain : str
        The form of the first argument, that of the labels, and what is allowed.
    convex : str
        Up to which size of the prediction the loss is convex: ``inf`` everywhere, ``0`` no claim.
    lipschitz, smooth : str
        The largest length of the gradient, and the largest change of it for each unit of change.
    bounded_pull : bool
        Whether the pull of one sample is bounded, at the default settings.
    estimates, functional : str
        What the constant with the least mean loss is, in words and as the name of a test.
    elsewhere : tuple of Equivalent
    proper : str or None
        Whether the expected loss is least at the true probability, and there alone: ``strictly``,
        ``yes`` or ``no``; None if the loss is not a score of probabilities.

    Examples
    --------
    >>> huber = facts["huber"]
    >>> huber.gradient
    '\\max(-\\delta, \\min(r, \\delta))'
    >>> huber.convex, huber.lipschitz, huber.smooth
    ('inf', 'delta', '1')
    """

    family: str
    title: str
    use_when: str
    avoid_when: str
    formula: str
    expression: str
    gradient: str
    gradient_expression: str
    accurate: str
    predictions: str
    targets: str
    domain: str
    convex: str
    lipschitz: str
    smooth: str
    bounded_pull: bool
    estimates: str
    functional: str
    elsewhere: tuple[Equivalent, ...]
    proper: str | None = None


def _table(name):
    return tomllib.loads((files(__name__) / f"{name}.toml").read_text(encoding="utf-8"))


def _read():
    sources = {library: Source(**source) for library, source in _table("sources").items()}

    def equivalent(row):
        row.setdefault("function_gives", row.get("gives", Equivalent.gives))
        return Equivalent(**row, source=sources.get(row["library"]))

    return {
        name: Facts(
            **{**table, "family": family, "elsewhere": tuple(map(equivalent, table["elsewhere"]))}
        )
        for family in FAMILIES
        for name, table in _table(family).items()
    }


#: From the name of a loss to its :class:`Facts`.
facts = MappingProxyType(_read())

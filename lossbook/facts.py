"""What is true of each loss: formula, domain, constants, what it estimates, its name elsewhere.

The data are in ``facts.toml``; its first lines say how to read the expressions. The loss cards of
the book are made from them, and ``tests/test_facts.py`` proves each one.
"""

import tomllib
from dataclasses import dataclass
from importlib.resources import files
from types import MappingProxyType

__all__ = ["Equivalent", "Facts", "facts"]


@dataclass(frozen=True)
class Equivalent:
    """What to write in another library: theirs is ``factor`` times ours, reduced.

    Attributes
    ----------
    library : str
        Such as PyTorch.
    call : str
        Python, with the argument names of our loss; a scikit-learn estimator stands for its loss.
    factor : str
        What to multiply our values by, an expression in the hyper-parameters.
    reduction : str
        ``mean`` or ``sum`` over the samples, ``none`` for a value a sample.
    note : str
        What else differs; may be empty.

    Examples
    --------
    >>> pytorch = facts["half_squared_error"].elsewhere[0]
    >>> pytorch.call, pytorch.factor
    ('torch.nn.functional.mse_loss(predictions, targets)', '2')
    """

    library: str
    call: str
    factor: str
    reduction: str
    note: str = ""


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
    robust : bool
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
    robust: bool
    estimates: str
    functional: str
    elsewhere: tuple[Equivalent, ...]
    proper: str | None = None


def _read():
    tables = tomllib.loads((files("lossbook") / "facts.toml").read_text(encoding="utf-8"))
    return {
        name: Facts(**{**table, "elsewhere": tuple(Equivalent(**e) for e in table["elsewhere"])})
        for name, table in tables.items()
    }


#: From the name of a loss to its :class:`Facts`.
facts = MappingProxyType(_read())

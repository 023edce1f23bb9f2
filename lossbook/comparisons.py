"""One protocol for every comparison: fit, choose and judge on different samples, and do it again.

Fit on training samples, choose every setting on validation samples, judge on test samples that
chose nothing. Then repeat with other seeds or splits, and look at the differences of pairs.
"""

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from os import PathLike
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["Choice", "Split", "paired", "ranges", "read_seeds"]

Seeds = Mapping[str, NDArray[np.float64]]


@dataclass(frozen=True)
class Choice:
    """What was tried on the validation samples, and what was chosen.

    Attributes
    ----------
    setting : object
        The setting with the best score; of equal ones the first.
    scores : tuple of (setting, float)
        Every setting with its score, in the order in which they were tried.
    """

    setting: Any
    scores: tuple[tuple[Any, float], ...]

    def __str__(self) -> str:
        width = max(len(str(setting)) for setting, _ in self.scores)
        lines = (
            f"{setting!s:{width}s} {score:.3f}" + (" chosen" if setting == self.setting else "")
            for setting, score in self.scores
        )
        return "\n".join(lines)


@dataclass(frozen=True, eq=False)
class Split:
    """Samples to fit on, to choose settings on, and to judge by: none in two parts.

    Parameters
    ----------
    train, valid, test : sequence
        Row numbers, classes, or the samples themselves.

    Raises
    ------
    ValueError
        If a sample is in two parts.

    Examples
    --------
    >>> y = np.array([1.0, 2.0, 6.0, 2.0, 4.0, 3.0])
    >>> split = Split(train=[0, 1, 2], valid=[3, 4], test=[5])
    >>> def fit(quantile, rows):
    ...     return np.quantile(y[rows], quantile)
    >>> def error(constant, rows):
    ...     return np.mean(abs(constant - y[rows]))
    >>> choice = split.choose([0.0, 0.5, 1.0], fit, error, lowest=True)
    >>> print(choice)
    0.0 2.000
    0.5 1.000 chosen
    1.0 3.000
    >>> error(fit(choice.setting, split.train), split.test)
    np.float64(1.0)
    """

    train: Any
    valid: Any
    test: Any

    def __post_init__(self) -> None:
        parts = {name: set(_listed(getattr(self, name))) for name in ("train", "valid", "test")}
        for one, other in (("train", "valid"), ("train", "test"), ("valid", "test")):
            if shared := parts[one] & parts[other]:
                raise ValueError(
                    f"{next(iter(shared))!r} is in {one} and in {other}; expected each sample in "
                    f"one part: {len(shared)} of them would judge what they helped to make"
                )

    def choose(
        self,
        settings: Iterable[Any],
        fit: Callable[[Any, Any], Any],
        score: Callable[[Any, Any], float],
        *,
        lowest: bool = False,
    ) -> Choice:
        """Fit with each setting on the training samples, and keep the best on validation samples.

        Nothing here sees the test samples.

        Parameters
        ----------
        settings : iterable
        fit : callable
            ``fit(setting, train)`` returns what was fitted.
        score : callable
            ``score(fitted, valid)`` returns a number.
        lowest : bool
            Whether the lowest score is the best, as for a loss; else the highest is.

        Returns
        -------
        Choice

        Raises
        ------
        ValueError
            If there is no setting, or no score that is a number.
        """
        scores = tuple((s, float(score(fit(s, self.train), self.valid))) for s in settings)
        numbers = [pair for pair in scores if not math.isnan(pair[1])]
        if not numbers:
            raise ValueError(
                f"no setting has a score that is a number, among {len(scores)}; "
                "expected one at least: look at what fit and score return"
            )
        best = (min if lowest else max)(numbers, key=lambda pair: pair[1])
        return Choice(best[0], scores)


def read_seeds(file: str | PathLike[str] | Iterable[str]) -> dict[str, NDArray[np.float64]]:
    """Return {column: values} of a table of measurements, a row for each seed or split.

    Parameters
    ----------
    file : str, path or lines of text
        Comma-separated, with the names of the columns in the first line.

    Returns
    -------
    dict

    Examples
    --------
    >>> read_seeds(["seed,counts,network", "0,0.74,0.66", "1,0.77,0.70"])["network"]
    array([0.66, 0.7 ])
    """
    stored = np.genfromtxt(file, delimiter=",", names=True)
    return {name: np.atleast_1d(stored[name]) for name in stored.dtype.names or ()}


def ranges(measured: Mapping[str, float], seeds: Seeds, digits: int = 2) -> str:
    """Return a line for each quantity: what it is now, and from where to where it goes.

    Parameters
    ----------
    measured : dict of {name: number}
        Of this run.
    seeds : dict of {name: values}
        Of all runs, as :func:`read_seeds` returns them.
    digits : int

    Returns
    -------
    str

    Raises
    ------
    ValueError
        If a quantity was not stored.

    Examples
    --------
    >>> print(ranges({"right": 0.741}, {"right": np.array([0.741, 0.766, 0.729])}))
    right now 0.74, seeds 0.73 to 0.77
    """
    width = max(map(len, measured))
    lines = []
    for name, value in measured.items():
        low, high = _column(seeds, name).min(), _column(seeds, name).max()
        now = f"{name:{width}s} now {value:.{digits}f}"
        lines.append(f"{now}, seeds {low:.{digits}f} to {high:.{digits}f}")
    return "\n".join(lines)


def paired(seeds: Seeds, first: str, second: str, digits: int = 3) -> str:
    """Return the difference of two quantities, seed by seed: mean ± spread, range, and agreement.

    The spread is the standard deviation of the differences. Two methods that saw the same split
    share its luck, which a difference takes away.

    Parameters
    ----------
    seeds : dict of {name: values}
    first, second : str
        Names of columns.
    digits : int

    Returns
    -------
    str

    Raises
    ------
    ValueError
        If a column is missing, or if there is one seed only.

    Examples
    --------
    >>> seeds = {"counts": np.array([0.74, 0.77, 0.74]), "network": np.array([0.66, 0.70, 0.75])}
    >>> print(paired(seeds, "counts", "network"))
    counts less network
      +0.047 ± 0.049, from -0.010 to +0.080, above 0 in 2 of 3
    """
    gap = _column(seeds, first) - _column(seeds, second)
    if len(gap) < 2:
        raise ValueError(f"{first} has {len(gap)} seed; expected two or more, which have a spread")
    sizes = [f"{value:+.{digits}f}" for value in (gap.mean(), gap.min(), gap.max())]
    spread = f"{gap.std(ddof=1):.{digits}f}"
    above = f"above 0 in {np.count_nonzero(gap > 0)} of {len(gap)}"
    told = f"{sizes[0]} ± {spread}, from {sizes[1]} to {sizes[2]}, {above}"
    return f"{first} less {second}\n  {told}"


def _column(seeds: Seeds, name: str) -> NDArray[np.float64]:
    if name not in seeds:
        raise ValueError(f"no column {name!r} was stored; expected one of {', '.join(seeds)}")
    return seeds[name]


def _listed(part: Any) -> Any:
    """Return an array or a tensor as a list, whose elements are equal where their values are."""
    return part.tolist() if hasattr(part, "tolist") else part

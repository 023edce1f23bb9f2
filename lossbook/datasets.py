"""Small real data sets that load in milliseconds, each with its source and licence."""

from dataclasses import dataclass
from importlib.resources import files

import numpy as np


@dataclass(frozen=True)
class Dataset:
    """Inputs, targets and where they come from.

    Attributes
    ----------
    X : ndarray, shape (n, d)
    y : ndarray, shape (n,)
    features : tuple of str
        What each column of X is, with its unit.
    target : str
        What y is, with its unit.
    source, licence : str
    """

    X: np.ndarray
    y: np.ndarray
    features: tuple
    target: str
    source: str
    licence: str


def phone_calls():
    """Telephone calls from Belgium, year by year from 1950 to 1973: 24 points, six of them wrong.

    From 1964 to 1969 another unit was recorded: the total length of the calls in minutes. The years
    1963 and 1970 are mixed, since the changes did not fall on New Year's Day.

    Returns
    -------
    Dataset
        X is the year, y the number of calls in tens of millions.

    References
    ----------
    P. J. Rousseeuw and A. M. Leroy, *Robust Regression and Outlier Detection*, 1987, table 2 of
    chapter 2.

    Examples
    --------
    >>> calls = phone_calls()
    >>> calls.X.shape, calls.target
    ((24, 1), 'calls (tens of millions)')
    >>> calls.y.max()
    np.float64(21.2)
    """
    table = _table("phone_calls.csv")
    return Dataset(
        X=table[:, :1],
        y=table[:, 1],
        features=("year",),
        target="calls (tens of millions)",
        source="Rousseeuw and Leroy (1987), table 2 of chapter 2; Belgian Statistical Survey",
        licence="published facts, not subject to copyright",
    )


def _table(name):
    return np.loadtxt(files("lossbook") / "data" / name, delimiter=",", skiprows=1)

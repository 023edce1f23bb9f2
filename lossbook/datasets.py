"""Small real data sets that load in milliseconds, each with its source and license."""

from dataclasses import dataclass
from importlib.resources import files
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
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
    source, license : str
    """

    X: NDArray[np.float64]
    y: NDArray[Any]
    features: tuple[str, ...]
    target: str
    source: str
    license: str


def phone_calls() -> Dataset:
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
        license="published facts, not subject to copyright",
    )


def engel() -> Dataset:
    """Household income and food expenditure of 235 Belgian working-class families, 1857.

    The spread of the expenditure grows with the income, so one line cannot describe it.

    Returns
    -------
    Dataset
        X is the income a year, y what was spent on food, both in Belgian francs.

    References
    ----------
    R. Koenker and G. Bassett, "Robust tests for heteroscedasticity based on regression quantiles",
    *Econometrica* 50, 1982.

    Examples
    --------
    >>> families = engel()
    >>> families.X.shape, float(families.y.max().round(1))
    ((235, 1), 2032.7)
    """
    table = _table("engel.csv")
    return Dataset(
        X=table[:, :1],
        y=table[:, 1],
        features=("income (francs a year)",),
        target="food expenditure (francs a year)",
        source="Engel (1857), as given by Koenker and Bassett (1982), through statsmodels",
        license="public domain",
    )


def poor_health() -> Dataset:
    """Whether insured people rate their health as poor, in 20,190 person-years: 302 do, 1.5 %.

    A person has a row for each year in the experiment, and these follow each other: hold out
    people, not rows.

    Returns
    -------
    Dataset
        X has six columns on the person and the insurance plan, y is 1 for poor health, else 0.

    References
    ----------
    A. C. Cameron and P. K. Trivedi, *Microeconometrics*, 2005, chapter 20.

    Examples
    --------
    >>> people = poor_health()
    >>> people.X.shape, int(people.y.sum())
    ((20190, 6), 302)
    """
    table = _health_insurance()
    return Dataset(
        X=table[:, 1:7],
        y=table[:, 7],
        features=_HEALTH_FEATURES,
        target="self-rated health is poor (0 or 1)",
        source=_HEALTH_SOURCE,
        license="public domain",
    )


def doctor_visits() -> Dataset:
    """How often insured people saw a doctor, in 20,190 person-years: counts, many of them zero.

    A person has a row for each year in the experiment, and these follow each other: hold out
    people, not rows.

    Returns
    -------
    Dataset
        X has six columns on the person and the insurance plan, y is the number of visits.

    References
    ----------
    A. C. Cameron and P. K. Trivedi, *Microeconometrics*, 2005, chapter 20.

    Examples
    --------
    >>> people = doctor_visits()
    >>> people.y.min(), people.y.max()
    (np.float64(0.0), np.float64(77.0))
    """
    table = _health_insurance()
    return Dataset(
        X=table[:, 1:7],
        y=table[:, 0],
        features=_HEALTH_FEATURES,
        target="visits to a doctor (a year)",
        source=_HEALTH_SOURCE,
        license="public domain",
    )


def fashion_mnist() -> Dataset:
    """Photographs of 3,000 pieces of clothing, 28 by 28 pixels: a balanced part of Fashion-MNIST.

    The first 2,000 rows are the first 200 of each class in the published training set, the other
    1,000 the first 100 of each class in its test set; both keep the published order.

    Returns
    -------
    Dataset
        X has a column for each pixel, row by row, from 0 (background) to 255; y is the class:
        0 T-shirt or top, 1 trousers, 2 pullover, 3 dress, 4 coat, 5 sandal, 6 shirt, 7 sneaker,
        8 bag, 9 ankle boot.

    References
    ----------
    H. Xiao, K. Rasul and R. Vollgraf, "Fashion-MNIST: a novel image dataset for benchmarking
    machine learning algorithms", 2017, arXiv:1708.07747.

    Examples
    --------
    >>> clothes = fashion_mnist()
    >>> clothes.X.shape, np.bincount(clothes.y).tolist()
    ((3000, 784), [300, 300, 300, 300, 300, 300, 300, 300, 300, 300])
    """
    with _open("fashion_mnist.npz") as file, np.load(file) as archive:
        X, y = archive["X"].astype(float), archive["y"].astype(int)
    return Dataset(
        X=X,
        y=y,
        features=tuple(f"row {row}, column {column}" for row in range(28) for column in range(28)),
        target="kind of clothing (0 to 9)",
        source="Xiao, Rasul and Vollgraf (2017), Zalando SE, through Debian",
        license="MIT",
    )


_HEALTH_FEATURES = (
    "log(coinsurance rate + 1), rate in percent",
    "individual deductible plan (0 or 1)",
    "log(participation incentive), 0 without one",
    "log(maximum expenditure / (0.01 · coinsurance)), 0 without one",
    "physical limitation (0 or 1)",
    "number of chronic diseases",
)
_HEALTH_SOURCE = (
    "RAND Health Insurance Experiment, as used by Cameron and Trivedi (2005), through statsmodels"
)


def _health_insurance() -> NDArray[np.float64]:
    with _open("health_insurance.npz") as file, np.load(file) as archive:
        return archive["table"]


def _table(name: str) -> NDArray[np.float64]:
    with _open(name) as file:
        return np.loadtxt(file, delimiter=",", skiprows=1)


def _open(name: str) -> IO[bytes]:
    # Not by its path: a package inside a zip file has none.
    return (files("lossbook") / "data" / name).open("rb")

"""The package as the box has it: the data sets, and a check that waits for the one outside."""

from lossbook import datasets as datasets


def check(name, answer, **numbers):
    """Do nothing: the checks run outside the box."""


def __getattr__(name):
    raise AttributeError(
        f"lossbook.{name} is not there while you are graded: the exercises ask for NumPy, and "
        "lossbook.datasets where the text says so"
    )

"""Each data set loads, is the published one, and names its source and licence."""

import hashlib
from importlib.resources import files

import numpy as np
import pytest

from lossbook import datasets

CHECKSUMS = {
    "phone_calls.csv": "ccf6f8a50d46d3ace9f502013152376181983913579abada07f18173ac540b1a",
}


@pytest.mark.parametrize("name", sorted(CHECKSUMS))
def test_the_file_is_the_one_that_was_checked(name):
    content = (files("lossbook") / "data" / name).read_bytes()
    assert hashlib.sha256(content).hexdigest() == CHECKSUMS[name]


def test_every_file_has_a_checksum_and_is_listed():
    folder = files("lossbook") / "data"
    stored = {file.name for file in folder.iterdir()} - {"README.md"}
    assert stored == set(CHECKSUMS)
    listed = (folder / "README.md").read_text(encoding="utf-8")
    assert [name for name in stored if f"`{name}`" not in listed] == []


def test_phone_calls_are_those_of_the_book():
    # Rousseeuw and Leroy (1987), page 26: the first, the last and the extreme years.
    calls = datasets.phone_calls()
    table = dict(zip(calls.X[:, 0], calls.y))
    assert (len(table), table[1950], table[1963], table[1969], table[1973]) == (
        24, 0.44, 2.12, 21.2, 2.9,
    )  # fmt: skip
    slope, intercept = np.polyfit(calls.X[:, 0] - 1900, calls.y, 1)
    # The same book gives the least-squares line as 0.504x − 26.01, x from 50 to 73.
    assert (round(slope, 3), round(intercept, 2)) == (0.504, -26.01)

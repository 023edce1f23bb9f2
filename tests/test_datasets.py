"""Each data set loads, is the published one, and names its source and license."""

import hashlib
from importlib.resources import files

import numpy as np
import pytest
import scipy.optimize

from lossbook import datasets

CHECKSUMS = {
    "engel.csv": "d7e45711f7bf7dc54afdfc369d02d817870efcaf0a09ce8cbdb3ba92783944bb",
    "fashion_mnist.npz": "1f1fb7131a1b7bf8b1bacb714ef903545140072382529355dafbc782e6c78f1d",
    "health_insurance.npz": "71c7950bf81e4bbb2ad3b2ecfef8fa1281fc101d96ccfee127a5c6a0cebe40cd",
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


def test_engel_has_the_median_line_of_the_literature():
    # Koenker and Bassett (1982) and the quantreg vignette: median slope 0.560, intercept 81.48.
    families = datasets.engel()
    A = np.column_stack([np.ones(235), families.X])
    n = len(A)
    costs = np.r_[np.zeros(2), np.ones(2 * n)]
    signs = np.column_stack([A, np.eye(n), -np.eye(n)])
    bounds = [(None, None)] * 2 + [(0, None)] * (2 * n)
    found = scipy.optimize.linprog(costs, A_eq=signs, b_eq=families.y, bounds=bounds)
    np.testing.assert_allclose(found.x[:2], [81.4822, 0.5602], atol=5e-4)


def test_the_two_health_sets_are_one_table_with_rare_poor_health_and_many_zero_counts():
    visits, health = datasets.doctor_visits(), datasets.poor_health()
    np.testing.assert_array_equal(visits.X, health.X)
    assert (len(health.y), health.y.sum()) == (20190, 302)
    assert set(health.y) == {0.0, 1.0}
    assert (visits.y == 0).mean() > 0.3
    np.testing.assert_array_equal(visits.y, visits.y.round())


def test_fashion_mnist_has_equally_many_of_each_class_in_both_parts_and_no_image_twice():
    clothes = datasets.fashion_mnist()
    assert np.bincount(clothes.y[:2000]).tolist() == [200] * 10
    assert np.bincount(clothes.y[2000:]).tolist() == [100] * 10
    # The published training set begins with an ankle boot and a T-shirt, the test set with an
    # ankle boot and a pullover.
    assert clothes.y[[0, 1, 2000, 2001]].tolist() == [9, 0, 9, 2]
    assert (clothes.X.min(), clothes.X.max()) == (0, 255)
    assert len(np.unique(clothes.X, axis=0)) == 3000


def test_fashion_mnist_carries_its_licence():
    text = (files("lossbook") / "data" / "README.md").read_text(encoding="utf-8")
    assert "Copyright (c) 2017 Zalando SE" in text
    assert "The above copyright notice and this permission notice shall be included" in text


@pytest.mark.parametrize(
    "load",
    [
        datasets.phone_calls,
        datasets.engel,
        datasets.poor_health,
        datasets.doctor_visits,
        datasets.fashion_mnist,
    ],
)
def test_a_data_set_is_whole_and_says_where_it_comes_from(load):
    data = load()
    assert data.X.shape == (len(data.y), len(data.features))
    assert np.isfinite(data.X).all()
    assert np.isfinite(data.y).all()
    assert data.source
    assert data.license

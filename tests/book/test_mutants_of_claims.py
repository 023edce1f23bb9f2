"""No claim and no number of the prose can be changed unnoticed; and what cannot fail is found."""

import pytest

from tools.mutants_of_claims import flipped, of_claims, of_numbers, turned


@pytest.mark.parametrize("mutants", [of_claims, of_numbers])
def test_every_mutant_is_noticed(mutants):
    found = list(mutants())
    assert len(found) > 400
    assert [mutant for mutant in found if not mutant.noticed] == []


def test_each_comparison_of_an_inequality_is_turned_round():
    assert list(flipped("a - b > 0.1")) == ["a - b < 0.1"]
    assert list(flipped("count(a <= b) == 4")) == ["count(a <= b) != 4", "count(a >= b) == 4"]


def test_each_word_of_direction_is_turned():
    assert list(turned("Adam is better, in all five.")) == [
        "Adam is worse, in all five.",
        "Adam is better, in no five.",
    ]

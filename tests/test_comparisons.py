"""The protocol of a comparison: what may be seen when, and what is told of the seeds."""

import numpy as np
import pytest
import torch

from lossbook.comparisons import Split, paired, ranges, read_seeds

SEEDS = {"a": np.array([1.0, 2.0, 4.0]), "b": np.array([0.5, 2.5, 2.0])}


class Sealed(list):
    """Test samples that nobody may look at."""

    def __iter__(self):
        raise AssertionError("the test samples were looked at")


def test_a_choice_sees_training_and_validation_samples_and_no_others():
    split = Split([1, 2], [3], [4])
    object.__setattr__(split, "test", Sealed([4]))
    seen = []

    def fit(setting, rows):
        seen.append(("fit", setting, rows))
        return 10 * setting

    def score(fitted, rows):
        seen.append(("score", fitted, rows))
        return -abs(fitted - 20)

    choice = split.choose([1, 2, 3], fit, score)
    assert choice.setting == 2
    assert choice.scores == ((1, -10), (2, 0), (3, -10))
    assert seen[:2] == [("fit", 1, [1, 2]), ("score", 10, [3])]
    assert len(seen) == 6


def chosen(scores, **options):
    return Split([0], [1], [2]).choose(range(len(scores)), lambda s, _: scores[s], first, **options)


def first(fitted, _):
    return fitted


def test_the_highest_score_is_chosen_or_the_lowest_and_of_equal_ones_the_first():
    assert chosen([1.0, 3.0, 3.0, 2.0]).setting == 1
    assert chosen([2.0, 1.0, 1.0], lowest=True).setting == 1


def test_a_run_that_diverged_is_not_chosen():
    assert chosen([np.nan, 1.0, np.nan]).setting == 1
    assert chosen([np.inf, 1.0], lowest=True).setting == 1
    for scores in ([], [np.nan, np.nan]):
        with pytest.raises(ValueError, match=f"a number, among {len(scores)}; expected one at"):
            chosen(scores)


def test_a_setting_need_not_be_hashable():
    choice = Split([0], [1], [2]).choose([{"rate": 1}, {"rate": 3}], lambda s, _: s["rate"], first)
    assert choice.setting == {"rate": 3}
    assert str(choice) == "{'rate': 1} 1.000\n{'rate': 3} 3.000 chosen"


@pytest.mark.parametrize("kind", [list, np.array, torch.tensor])
def test_a_sample_in_two_parts_is_refused(kind):
    Split(kind([0, 1]), kind([2]), kind([3, 4]))
    with pytest.raises(ValueError, match=r"^1 is in train and in test; expected each sample in"):
        Split(kind([0, 1]), kind([2]), kind([3, 1]))
    with pytest.raises(ValueError, match=r"^2 is in valid and in test; .* 1 of them would judge"):
        Split(kind([0, 1]), kind([2]), kind([3, 2]))
    with pytest.raises(ValueError, match=r"^0 is in train and in valid"):
        Split(kind([0, 1]), kind([2, 0]), kind([3]))


def test_a_difference_is_taken_seed_by_seed():
    """By hand: 0.5, −0.5 and 2, of mean 2/3 and with squares about it of 19/6."""
    told = paired(SEEDS, "a", "b", digits=4)
    spread = np.sqrt(19 / 6 / 2)
    assert told.splitlines() == [
        "a less b",
        f"  +0.6667 ± {spread:.4f}, from -0.5000 to +2.0000, above 0 in 2 of 3",
    ]


def test_a_difference_of_one_seed_has_no_spread():
    with pytest.raises(ValueError, match="a has 1 seed; expected two or more"):
        paired({"a": np.array([1.0]), "b": np.array([2.0])}, "a", "b")


def test_ranges_have_a_line_for_each_quantity_of_this_run():
    told = ranges({"b": 0.5, "a": 1.0}, SEEDS | {"longer": SEEDS["a"]}, digits=1)
    assert told == "b now 0.5, seeds 0.5 to 2.5\na now 1.0, seeds 1.0 to 4.0"


def test_a_column_that_was_not_stored_is_named():
    with pytest.raises(ValueError, match="no column 'c' was stored; expected one of a, b"):
        paired(SEEDS, "a", "c")
    with pytest.raises(ValueError, match="no column 'c' was stored; expected one of a, b"):
        ranges({"c": 1.0}, SEEDS)


def test_a_table_of_one_seed_is_read_as_one(tmp_path):
    file = tmp_path / "spread.csv"
    file.write_text("seed,right\n0,0.5\n")
    seeds = read_seeds(file)
    assert list(seeds) == ["seed", "right"]
    np.testing.assert_array_equal(seeds["right"], [0.5])

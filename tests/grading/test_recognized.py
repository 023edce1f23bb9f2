"""How many mistakes are named, and rightly, of answers collected before the recognizers."""

import re
from pathlib import Path

import pytest

from lossbook.check import OTHER, SHAPE
from lossbook.exercises import EXERCISES
from lossbook.mistakes import WORDS
from tests.grading.collected import FOLDER, collection, names_in
from tests.test_recognize import ANSWERS

ROOT = Path(__file__).resolve().parents[2]
HANDBOOK = ROOT / "chapters" / "instructors" / "write_an_exercise.md"
FIRST, SECOND = collection(FOLDER), collection(FOLDER / "second")
THIRD = collection(FOLDER / "third")


@pytest.fixture(scope="module")
def said():
    return {one: one.told() for one in [*FIRST, *SECOND, *THIRD]}


def counted(said, answers):
    verdicts = [one.verdict(said[one]) for one in answers]
    return [verdicts.count(kind) for kind in ("rightly", "wrongly", "not")]


def test_there_are_many_for_every_exercise_and_all_are_wrong(said):
    assert len(FIRST) >= 150
    assert {one.exercise for one in FIRST} == set(EXERCISES)
    assert min(sum(one.exercise == name for one in FIRST) for name in EXERCISES) >= 7
    assert len(THIRD) >= 60
    assert min(sum(one.exercise == name for one in THIRD) for name in EXERCISES) >= 4
    assert all(said.values())


@pytest.mark.parametrize(
    ("answers", "least"), [(FIRST, 0.5), (SECOND, 0.5), (THIRD, 0.4)], ids=["1", "2", "3"]
)
def test_hardly_any_mistake_is_named_wrongly(said, answers, least):
    """Most of the third collection are mistakes of one exercise alone, and are not named."""
    rightly, wrongly, _ = counted(said, answers)
    assert wrongly <= 0.02 * len(answers)
    assert rightly > least * len(answers)


def test_the_handbook_has_the_numbers(said):
    rows = re.findall(
        r"^\| (?:before|after|from) .*? \| (\d+) \| (\d+) \| (\d+) \| (\d+) \|$",
        HANDBOOK.read_text(),
        re.M,
    )
    *rows, sight, third = [[int(number) for number in row] for row in rows]
    found = [[len(answers), *counted(said, answers)] for answers in (FIRST, SECOND, THIRD)]
    assert [*rows, third] == found
    # What was said at first sight nobody can compute again: the recognizers have changed since.
    assert sight == [len(THIRD), 62, 5, 83]


def test_there_are_more_than_sixty_mistakes():
    assert 60 < len(WORDS) < 70


def test_the_handbook_says_how_many_have_no_general_name(said):
    text = " ".join(HANDBOOK.read_text().split())
    for answers, words in (
        (FIRST, "Of the {} of the first collection, {} are mistakes of one exercise alone"),
        (THIRD, "of the {} of the third, {}"),
    ):
        nameless = [
            one for one in answers if one.name == "none" and one.verdict(said[one]) == "not"
        ]
        _, _, unnamed = counted(said, answers)
        assert words.format(unnamed, len(nameless)) in text


def test_every_usual_mistake_is_shown_by_an_answer(said):
    shown = {
        name
        for one, sentence in said.items()
        if one.verdict(sentence) == "rightly"
        for name in names_in(one.exercise, sentence)
    }
    assert set(WORDS) <= shown | set(ANSWERS)


def test_a_wrong_shape_is_told_without_a_guess(said):
    """The hint of broadcasting is for those who have broadcast."""
    for one, sentence in said.items():
        if sentence in (SHAPE, OTHER):
            assert names_in(one.exercise, sentence) == set()
        if "broadcasts (n, 1)" in sentence:
            assert one.name == "broadcasting"

"""The questions under *Check yourself* and the exercises: what each page asks of its reader."""

import re

import nbformat
import pytest

from tools.notebooks import ROOT, stored_notebooks

QUESTION = re.compile(r"^(?=\*\*\d+\.)", re.MULTILINE)
OPTION = re.compile(r"^:{3,}\{dropdown\} (.+)\n((?:(?!:{3,}\s*$).*\n)+)", re.MULTILINE)
EXERCISE = re.compile(r"^`{3,}\{exercise\} (.*?)^`{3,}\s*$", re.DOTALL | re.MULTILINE)
ASKED = re.compile(r"\b(?:prove|derive|show\b[^.]* that|write)\b", re.IGNORECASE)
FIRST_PARTS = ("background", "concepts", "algorithm", "derivation", "linear_regression")


def prose(path):
    cells = nbformat.read(path, as_version=4).cells
    return "\n\n".join(cell.source for cell in cells if cell.cell_type == "markdown")


def questions(text):
    """Return, for each question of a page, its options as pairs (option, is it right)."""
    found = re.search(r"^## Check yourself\n(.*?)(?=^## |\Z)", text, re.DOTALL | re.MULTILINE)
    return [
        [(option, answer.startswith("Right")) for option, answer in OPTION.findall(question)]
        for question in QUESTION.split(found[1])[1:]
    ] if found else []  # fmt: skip


def size(option):
    """Return how long an option looks: a command in a formula is one letter."""
    return len(re.sub(r"\\[a-zA-Z]+|[{}$`\\]", lambda m: "x" * (m[0][1:].isalpha()), option))


def faults(asked):
    """Return what would give away the answers of a page."""
    found = []
    for number, options in enumerate(asked, start=1):
        right = [is_right for _, is_right in options]
        if len(options) < 3:
            found.append(f"question {number} has {len(options)} options")
        if sum(right) != 1:
            found.append(f"question {number} has {sum(right)} right options")
    if asked and all(longest_is_right(options) for options in asked):
        found.append("the longest option is always right")
    return found


def longest_is_right(options):
    longest = max(size(option) for option, _ in options)
    return any(size(option) == longest and is_right for option, is_right in options)


@pytest.mark.parametrize("path", stored_notebooks(), ids=lambda path: path.stem)
def test_a_question_has_three_options_and_their_length_does_not_give_away_the_right_one(path):
    assert faults(questions(prose(path))) == []


def test_in_all_the_book_the_longest_option_is_right_no_more_often_than_by_chance():
    """Of three options the longest would be right once in three questions; so would the first."""
    asked = [options for path in stored_notebooks() for options in questions(prose(path))]
    assert len(asked) > 100
    assert sum(map(longest_is_right, asked)) < 0.4 * len(asked)
    places = [[is_right for _, is_right in options].index(True) for options in asked]
    assert all(places.count(place) > len(asked) / 6 for place in range(3))


@pytest.mark.parametrize(
    "path",
    [p for part in FIRST_PARTS for p in sorted((ROOT / "chapters" / part).glob("*.ipynb"))],
    ids=lambda path: path.stem,
)
def test_an_exercise_of_each_page_asks_for_a_proof_a_derivation_or_a_function(path):
    assert [text for text in EXERCISE.findall(prose(path)) if ASKED.search(text)]


PAGE = """## Check yourself

**1. Which?**

:::{dropdown} This
Right. So it is.
:::
:::{dropdown} Neither of them
No.
:::
:::{dropdown} $\\operatorname{log}$
No. It is short.
:::

**2. Why?**

:::{dropdown} Because
Right.
:::
:::{dropdown} For no reason
No.
:::
"""


def test_what_gives_an_answer_away_is_found():
    first, second = questions(PAGE)
    assert [is_right for _, is_right in first] == [True, False, False]
    assert size("$\\operatorname{log}$") < size("Neither of them")
    assert faults([first, second]) == ["question 2 has 2 options"]
    long = [(first[0][0] + " or that other one", True), *first[1:]]
    assert faults([long, long]) == ["the longest option is always right"]
    assert faults([long, first]) == []

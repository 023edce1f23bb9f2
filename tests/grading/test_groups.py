"""Hand-ins of several people: one rule, refused in words where it cannot be meant."""

import pytest

from grading import InputError, handin
from grading.groups import read_groups, spread

ROSTER = ["ada", "emmy", "sonya"]
KNOWN = ["gradients", "robust_line"]


def written(tmp_path, text):
    (tmp_path / "groups.toml").write_text(text, encoding="utf-8")
    return tmp_path / "groups.toml"


def test_the_groups_of_a_set_are_read_and_of_no_other(tmp_path):
    path = written(tmp_path, '[robust_line]\nlions = ["ada", "emmy"]\n[gradients]\n')
    assert read_groups(path, "robust_line", ROSTER, KNOWN) == {"lions": ["ada", "emmy"]}
    assert read_groups(path, "gradients", ROSTER, KNOWN) == {}
    assert read_groups(tmp_path / "none.toml", "gradients") == {}


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ('lions = ["ada"]', "lions stands outside a set; expected a line [set] above it"),
        ("[robust_line]\nlions = ", "groups.toml is not TOML"),
        (
            '[robustline]\nlions = ["ada"]',
            "there is no set [robustline]; there is gradients, robust_line",
        ),
        ('[robust_line]\nlions = "ada"', "group 'lions' is 'ada'; expected ids"),
        ("[robust_line]\nlions = []", "group 'lions' is []; expected ids"),
        ("[robust_line]\nlions = [3]", "3 is no id of a student"),
        ('[robust_line]\nlions = ["ada", "carl"]', "carl is not in the roster"),
        ('[robust_line]\nada = ["emmy"]', "take a name that is no student's id"),
        ('[robust_line]\n"a/b" = ["emmy"]', "take a name that is no student's id"),
        (
            '[robust_line]\nlions = ["ada", "emmy"]\ntigers = ["emmy"]',
            "group 'tigers': emmy is in 'lions', too; a person is in one group of a set",
        ),
        ('[robust_line]\nlions = ["ada", "ada"]', "ada is in 'lions', too"),
    ],
)
def test_a_rule_that_cannot_be_meant_is_refused_and_names_group_and_person(tmp_path, rule, words):
    path = written(tmp_path, rule)
    with pytest.raises(InputError) as error:
        read_groups(path, "robust_line", ROSTER, KNOWN)
    assert words in str(error.value)
    assert str(path) in str(error.value)


def test_without_a_roster_a_group_may_not_have_the_name_of_a_member(tmp_path):
    path = written(tmp_path, '[robust_line]\nada = ["ada", "emmy"]')
    with pytest.raises(InputError, match="'ada' is a group and a member"):
        read_groups(path, "robust_line")


def came(**times):
    return {n: handin.HandIn(n, f"{n}.ipynb", time) for n, time in times.items()}


def test_the_newest_hand_in_of_a_group_is_that_of_every_member():
    groups = {"lions": ["ada", "emmy"], "tigers": ["carl", "sonya"], "nobody": ["henri"]}
    found, remarks = spread(came(ada=1, emmy=2, tigers=3, eve=4), groups)
    assert {s: (h.student, h.name) for s, h in found.items()} == {
        "ada": ("ada", "emmy.ipynb"),
        "emmy": ("emmy", "emmy.ipynb"),
        "carl": ("carl", "tigers.ipynb"),
        "sonya": ("sonya", "tigers.ipynb"),
        "eve": ("eve", "eve.ipynb"),
    }
    assert {s: (h.returned, h.by) for s, h in found.items()} == {
        "ada": ("ada.ipynb", "emmy"),
        "emmy": ("emmy.ipynb", "emmy"),
        "carl": ("", "carl"),
        "sonya": ("", "carl"),
        "eve": (None, ""),
    }
    assert remarks == [
        "lions: 'emmy.ipynb' is graded for ada, emmy",
        "tigers: 'tigers.ipynb' is graded for carl, sonya",
    ]


def test_a_notebook_counts_before_a_newer_file_that_is_none():
    files = came(ada=1, emmy=2)
    files["emmy"].problem = "it is not a notebook"
    found, _ = spread(files, {"lions": ["ada", "emmy"]})
    assert {h.name for h in found.values()} == {"ada.ipynb"}


def test_with_a_roster_a_file_may_have_the_name_of_a_group(tmp_path):
    for name in ("lions", "tigers"):
        (tmp_path / f"{name}.ipynb").write_text("{}")
    found, remarks = handin.find(tmp_path, [{"id": "ada"}], {"lions": ["ada"]})
    assert list(found) == ["lions"]
    assert any("'tigers.ipynb': whose is it?" in remark for remark in remarks)

"""The report on a class counts what was handed in: once for a group, whatever its size."""

import json

import numpy as np
import pytest

from grading import statistics
from grading.course import Course

SET = "gradients"
TRIPLE = ["carl", "sonya", "henri"]
WRONG = "mse_gradient-hidden: 0 of 3 hidden cases passed, The sign is flipped. Read https://a"
RIGHT = {"mse_gradient": 1.0, "softmax_gradient": 1.0}


@pytest.fixture
def course(tmp_path, monkeypatch):
    """Five hand-ins of eight students: one of three, one of two, three alone."""
    course = Course(tmp_path)
    groups = {"tigers": TRIPLE, "lions": ["ada", "emmy"]}
    lines = [f"{name} = {json.dumps(members)}" for name, members in groups.items()]
    (tmp_path / "groups.toml").write_text("\n".join([f"[{SET}]", *lines]))
    by = {m: members[0] for members in groups.values() for m in members}
    shares = {
        **{student: {"mse_gradient": 0.0, "softmax_gradient": 0.5} for student in TRIPLE},
        **dict.fromkeys(groups["lions"], RIGHT),
        "grace": RIGHT,
        "kurt": {"mse_gradient": 0.5, "softmax_gradient": 1.0},
        "yann": {"mse_gradient": 0.0, "softmax_gradient": 0.0},
    }
    for student in shares:
        path = course.submitted(SET, student)
        path.parent.mkdir(parents=True)
        path.write_text(f"the notebook of {by.get(student, student)}")
        wrong = student in (*TRIPLE, "yann")
        course.marker(SET, student).parent.mkdir(parents=True, exist_ok=True)
        course.marker(SET, student).write_text(json.dumps({"remarks": [WRONG] if wrong else []}))
    by_exercise = {e: {s: shares[s][e] for s in shares} for e in RIGHT}
    monkeypatch.setattr(statistics, "shares", lambda db_url, problem_set: by_exercise)
    return course


def rows(lines):
    return [[part.strip() for part in line.strip("|").split("|")] for line in lines if "|" in line]


def test_a_group_counts_once_in_difficulty_and_discrimination(course, tmp_path):
    lines = statistics.report(course, SET, tmp_path / "a.png")
    assert lines[0] == f"# {SET}: 5 hand-ins of 8 students"
    one, other = [0.0, 1.0, 1.0, 0.5, 0.0], [0.5, 1.0, 1.0, 1.0, 0.0]
    telling = f"{np.corrcoef(one, other)[0, 1]:.2f}"
    assert telling != f"{np.corrcoef([*one, 0, 0, 1], [*other, 0.5, 0.5, 1])[0, 1]:.2f}"
    table = {row[0]: row[1:] for row in rows(lines)}
    assert table["mse_gradient"] == ["0.50", "40%", "40%", telling]
    assert table["softmax_gradient"] == ["0.70", "60%", "20%", telling]


def test_what_a_group_was_told_counts_once(course, tmp_path):
    lines = statistics.report(course, SET, tmp_path / "a.png")
    assert not [line for line in lines if "sign" in line], "two hand-ins are no pattern"
    marker = course.marker(SET, "kurt")
    marker.write_text(json.dumps({"remarks": [WRONG]}))
    lines = statistics.report(course, SET, tmp_path / "a.png")
    assert rows(lines)[-1] == ["3", "mse_gradient", "The sign is flipped."]


def test_members_of_a_group_who_handed_in_apart_count_apart(course, tmp_path):
    course.submitted(SET, "henri").write_text("another notebook")
    lines = statistics.report(course, SET, tmp_path / "a.png")
    assert lines[0] == f"# {SET}: 6 hand-ins of 8 students"
    assert rows(lines)[-1] == ["3", "mse_gradient", "The sign is flipped."]


def test_a_group_whose_first_member_has_no_mark_still_counts_once(course, tmp_path):
    course.marker(SET, "carl").unlink()
    for by_student in statistics.shares(course.db_url, SET).values():
        del by_student["carl"]
    lines = statistics.report(course, SET, tmp_path / "a.png")
    assert lines[0] == f"# {SET}: 5 hand-ins of 7 students"


def test_without_groups_everybody_counts(course, tmp_path):
    (course.root / "groups.toml").unlink()
    lines = statistics.report(course, SET, tmp_path / "a.png")
    assert lines[0] == f"# {SET}: 8 hand-ins"
    assert rows(lines)[-1] == ["4", "mse_gradient", "The sign is flipped."]

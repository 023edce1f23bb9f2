"""What an instructor or a disk may do to a course: a refusal names the file and what to do."""

import json
import os
import zipfile

import nbformat
import pytest

from grading import InputError, export, handin
from grading.__main__ import main
from grading.course import Course
from grading.exercises import source_notebook
from grading.restore import restore

SET = "gradients"


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A course that was released, with a hand-in; nothing is graded here."""
    course = Course(tmp_path_factory.mktemp("bad"))
    course.release(SET)
    return course


@pytest.fixture
def course(made, tmp_path):
    """A copy that a test may damage."""
    root = tmp_path / "course"
    root.mkdir()
    for path in made.root.rglob("*"):
        target = root / path.relative_to(made.root)
        if path.is_dir():
            target.mkdir(exist_ok=True)
        else:
            target.write_bytes(path.read_bytes())
    inbox = root / "downloaded" / SET
    inbox.mkdir(parents=True)
    (inbox / "ada.ipynb").write_text(nbformat.writes(source_notebook(SET)))
    course = Course(root)
    handin.write_if_changed(course.tested(SET), course.rules(SET))
    return course


def write(place, text):
    def change(course):
        path = course.root / place.replace("SET", SET)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    return change


def become_a_folder(place):
    def change(course):
        path = course.root / place.replace("SET", SET)
        if path.exists():
            path.unlink()
        path.mkdir()

    return change


def become_a_file(place):
    def change(course):
        path = course.root / place.replace("SET", SET)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("")

    return change


def empty_the_inbox(course):
    (course.root / "downloaded" / SET / "ada.ipynb").unlink()


def lose_the_gradebook(course):
    (course.root / "gradebook.db").unlink()


ROSTERS = {
    "an empty roster": ("", "students.csv is empty; expected a line id,first_name,last_name"),
    "no student": ("id,first_name\n", "students.csv names nobody: write a line for each student"),
    "no column id": ("name;mail\nada;a@b\n", "line 1 of students.csv has the columns name, mail"),
    "a title above": (
        "Autumn;;\nid;first_name\nada;Ada\n",
        "line 1 of students.csv has the columns",
    ),
    "a line without id": ("id,email\nada,a@b\n,c@d\n", "line 3 of students.csv has no id"),
    "an open quote": ('id,first_name\nada,"Ada\nemmy,Emmy\n', "a quotation mark is not closed"),
    "too many columns": ("id,email\nada,a@b,c\n", "line 2 of students.csv has more columns"),
    "a column twice": ("id,id\nada,emmy\n", "students.csv has two columns id"),
    "a path": ("id\n../ada\n", "line 2 of students.csv: '../ada' cannot be an id"),
    "one id twice": ("id\nada\nada\n", "two lines with the id 'ada'"),
    "one number twice": (
        "id,canvas_id\nada,17\nemmy,17\n",
        "ada and emmy have the same canvas_id '17': give each their own",
    ),
}
DEADLINES = {
    "a set that is none": (
        "[due]\ngradient = 2026-10-05T23:59:00+02:00",
        "there is no set gradient",
    ),
    "a negative grace": ("grace_minutes = -5", "grace_minutes is -5; expected minutes, 0 or more"),
    "a grace in words": ('grace_minutes = "15"', "grace_minutes is '15'; expected minutes"),
    "a share in percent": ("lost_each_day = 10", "lost_each_day is 10; expected a share"),
    "no zone": ("[due]\ngradients = 2026-10-05T23:59:00", "expected a time with its zone"),
    "a key that is none": (
        "lost_per_day = 0.1",
        "expected ['due', 'grace_minutes', 'lost_each_day']",
    ),
}
COURSES = {
    "the inbox is missing": (
        lambda course: (empty_the_inbox(course), (course.root / "downloaded" / SET).rmdir()),
        "downloaded/gradients: there is no such folder",
    ),
    "the inbox is empty": (empty_the_inbox, "there is no hand-in in"),
    "the release is damaged": (
        write("release/SET/SET.ipynb", "{"),
        "release/gradients/gradients.ipynb is damaged: make release PS=gradients writes it again",
    ),
    "the release is of another program": (
        write("release/SET/SET.ipynb", '{"cells": [], "metadata": {}, "nbformat": 4}'),
        "make release PS=gradients writes it again",
    ),
    "the gradebook is gone": (lose_the_gradebook, "the gradebook does not know gradients"),
    "the gradebook is damaged": (write("gradebook.db", "x" * 5000), "gradebook.db is damaged"),
    "the gradebook is a folder": (become_a_folder("gradebook.db"), "gradebook.db"),
    "the exports are a file": (become_a_file("exports"), "exports"),
    "the roster is a folder": (become_a_folder("students.csv"), "students.csv"),
    "the groups are no TOML": (
        write("groups.toml", "[gradients]\nlions = ada"),
        "groups.toml is not",
    ),
    "one in two groups": (
        write("groups.toml", '[gradients]\na1 = ["ada"]\nb1 = ["ada"]'),
        "group 'b1': ada is in 'a1', too",
    ),
}


def refused(course, capsys, *arguments):
    """Run a command that must be refused; return its words."""
    assert main([*arguments, "--course", str(course.root), "--workers", "1"]) == 1
    words = capsys.readouterr().err
    assert "Traceback" not in words
    assert "nobody expected" not in words, (course.root / "error.txt").read_text()
    return words


@pytest.mark.parametrize(("text", "words"), ROSTERS.values(), ids=ROSTERS)
def test_a_roster_is_refused_in_words_with_its_line(tmp_path, text, words):
    (tmp_path / "students.csv").write_text(text)
    with pytest.raises(InputError) as error:
        export.read_roster(tmp_path / "students.csv")
    assert words in str(error.value).replace(f"{tmp_path}/", "")


@pytest.mark.box
@pytest.mark.parametrize(("text", "words"), DEADLINES.values(), ids=DEADLINES)
def test_a_deadline_is_refused_in_words(course, capsys, text, words):
    (course.root / "deadlines.toml").write_text(text)
    told = refused(course, capsys, "export", SET)
    assert words in told
    assert "deadlines.toml" in told


@pytest.mark.box
@pytest.mark.parametrize(("change", "words"), COURSES.values(), ids=COURSES)
def test_a_course_that_is_not_whole_is_refused_in_words(course, capsys, change, words):
    change(course)
    assert words in refused(course, capsys, "grade", SET)


@pytest.mark.box
@pytest.mark.parametrize("student", ["../ada", "*", "", "a/b"])
def test_a_student_who_cannot_be_is_refused(course, capsys, student):
    for command in ("regrade", "remove"):
        try:
            words = refused(course, capsys, command, SET, "--student", student)
        except SystemExit:
            words = capsys.readouterr().err
        assert "no id of a student" in words or "whom? give --student" in words


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["release", SET, "--variant", "-1"], "--variant: expected 0 or more, got -1"),
        (["grade", SET, "--workers", "0"], "--workers: expected 1 or more, got 0"),
        (["grade", "gradient"], "there is no set 'gradient'; there is backpropagation, concepts"),
    ],
)
def test_a_setting_that_cannot_be_is_refused(capsys, arguments, words):
    with pytest.raises(SystemExit):
        main(arguments)
    assert words in capsys.readouterr().err


def test_a_folder_without_sets_is_named(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("LOSSBOOK_ASSIGNMENTS", str(tmp_path / "nowhere"))
    with pytest.raises(SystemExit):
        main(["grade", SET])
    words = capsys.readouterr().err
    assert f"no set in {tmp_path / 'nowhere'}: LOSSBOOK_ASSIGNMENTS names that folder" in words


def test_numbers_of_a_spreadsheet_and_of_moodles_worksheet_are_understood(tmp_path):
    (tmp_path / "students.csv").write_text("id,canvas_id,moodle_id\nada,4711.0,Participant 901\n")
    (student,) = export.read_roster(tmp_path / "students.csv")
    assert (student["canvas_id"], student["moodle_id"]) == ("4711", "901")


@pytest.mark.box
def test_a_marker_that_is_damaged_lets_its_student_be_graded_again(course):
    course.collect(SET)
    course.marker(SET, "ada").parent.mkdir(exist_ok=True)
    course.marker(SET, "ada").write_text("{")
    assert course.waiting(SET) == ["ada"]


@pytest.mark.box
def test_who_is_not_in_the_gradebook_is_graded_again(course):
    """As after an older copy of the gradebook was put back."""
    course.collect(SET)
    stamp = {"stamp": course._stamp(SET, "ada"), "remarks": []}
    handin.write_if_changed(course.marker(SET, "ada"), json.dumps(stamp))
    assert course.waiting(SET) == ["ada"]


NOTEBOOKS = {
    "a number": b"3",
    "a list": b"[]",
    "text": b'"cells"',
    "no cells": b"{}",
    "cells that are a dict": b'{"cells": {}}',
    "a cell that is a number": b'{"cells": [1]}',
    "text that is a number": b'{"cells": [{"cell_type": "code", "source": 5}]}',
    "text that is nested": b'{"cells": [{"cell_type": "code", "source": [["x"]]}]}',
    "nesting without end": b'{"cells": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    "a number without end": b'{"cells": [' + b"1" * 50_000 + b"]}",
    "not a number": b'{"cells": NaN}',
    "bytes": bytes(range(256)),
    "zeros": bytes(5000),
    "half of a file": b'{"cells": [{"cell_type": "code", "sou',
    "a picture": b"\x89PNG\r\n\x1a\n" + bytes(range(200)),
    "an archive": b"PK\x03\x04" + bytes(range(200)),
    "another language": b"{'cells': []}",
    "two notebooks": b'{"cells": []} {"cells": []}',
}


@pytest.mark.parametrize("content", NOTEBOOKS.values(), ids=NOTEBOOKS)
def test_a_hand_in_that_is_no_notebook_is_told_why(content):
    released = source_notebook(SET)
    notebook, problem = restore(content, released)
    assert problem.startswith(("it is not a notebook", "none of its cells", "there are more than"))
    assert problem in notebook.cells[0].source
    nbformat.validate(notebook)


ODD = {
    "a mark at the beginning": lambda text: b"\xef\xbb\xbf" + text.encode(),
    "UTF-32": lambda text: text.encode("utf-32"),
    "lines of Windows": lambda text: text.replace("\n", "\r\n").encode(),
    "metadata that are a list": lambda text: text.replace(
        '"metadata": {}', '"metadata": []'
    ).encode(),
    "a zero in a text": lambda text: text.replace("import numpy", r"\u0000import numpy").encode(),
    "half a pair": lambda text: text.replace("import numpy", r"\ud800import numpy").encode(),
    "a key twice": lambda text: ('{"cells": [], ' + text[1:]).encode(),
    "a format of the future": lambda text: text.replace('"nbformat": 4', '"nbformat": 99').encode(),
}


@pytest.mark.parametrize("change", ODD.values(), ids=ODD)
def test_a_notebook_that_is_odd_is_read(change):
    released = source_notebook(SET)
    notebook, problem = restore(change(nbformat.writes(released)), released)
    assert problem == ""
    nbformat.validate(notebook)


def test_archives_that_cannot_be_read_say_what_to_do(tmp_path):
    (tmp_path / "cut.zip").write_bytes(b"PK\x03\x04")
    with zipfile.ZipFile(tmp_path / "many.zip", "w") as archive:
        archive.writestr("ada.ipynb", "{}")
    content = bytearray((tmp_path / "many.zip").read_bytes())
    content[6] |= 1
    content[content.index(b"PK\x01\x02") + 8] |= 1
    (tmp_path / "locked.zip").write_bytes(content)
    (tmp_path / "many.zip").unlink()
    os.mkfifo(tmp_path / "emmy.ipynb")
    found, remarks = handin.find(tmp_path, [])
    assert list(found) == ["emmy"]
    assert remarks == [
        "'cut.zip' is not an archive that can be read: download it again, or unpack it there",
        "'locked.zip' is not an archive that can be read: download it again, or unpack it there",
    ]

"""Hand-ins from a folder, from Canvas and from Moodle, and their way back into a gradebook."""

import json
import os
import zipfile

import nbformat
import pytest

from grading import InputError, export, handin
from grading.exercises import source_notebook
from grading.restore import restore

ROSTER = [
    {"id": "ada", "first_name": "Ada", "last_name": "Byron", "canvas_id": "17", "moodle_id": "901"},
    {"id": "emmy", "first_name": "Emmy", "last_name": "Noether", "email": "emmy@example.org"},
]
NOTEBOOK = json.dumps(
    {"cells": [{"cell_type": "code", "source": ["x = 1\n", "x"], "metadata": {}}]}
)


@pytest.fixture
def released():
    notebook = source_notebook("gradients")
    notebook.metadata.lossbook.problem = ""
    return notebook


@pytest.mark.parametrize(
    ("name", "student"),
    [
        ("ada.ipynb", "ada"),
        ("ada/anything at all.ipynb", "ada"),
        ("byronada_17_5544_gradients.ipynb", "ada"),
        ("byronada_LATE_17_5544_gradients-1.ipynb", "ada"),
        ("Ada Byron_901_assignsubmission_file_/gradients.ipynb", "ada"),
        ("Emmy Noether_77_assignsubmission_file/gradients.ipynb", "emmy"),
        ("nobody_99_5544_gradients.ipynb", ""),
        ("No One_78_assignsubmission_file_/gradients.ipynb", ""),
    ],
)
def test_a_file_is_matched_with_its_student(name, student):
    assert handin.whose(name, ROSTER) == (student, "")


def test_folders_and_archives_are_read_and_the_newest_counts(tmp_path):
    (tmp_path / "ada.ipynb").write_text("old")
    os.utime(tmp_path / "ada.ipynb", (0, 0))
    with zipfile.ZipFile(tmp_path / "submissions.zip", "w") as archive:
        archive.writestr("byronada_17_1_a.ipynb", "new")
        archive.writestr("Emmy Noether_77_assignsubmission_file_/a.ipynb", "emmy's")
        archive.writestr("__MACOSX/ada.ipynb", "noise")
        archive.writestr("readme.txt", "noise")
        archive.writestr("who_99_1_a.ipynb", "lost")
    found, remarks = handin.find(tmp_path, ROSTER)
    assert {s: h.read() for s, h in found.items()} == {"ada": b"new", "emmy": b"emmy's"}
    assert any("ada: handed in twice, 'ada.ipynb' is not graded" in r for r in remarks)
    assert any("who_99_1_a.ipynb" in r and "whose is it" in r for r in remarks)


def test_a_file_of_another_kind_is_told_and_counts_where_there_is_no_notebook(tmp_path):
    with zipfile.ZipFile(tmp_path / "submissions.zip", "w") as archive:
        archive.writestr("byronada_17_1_gradients.html", "<html>")
        archive.writestr("Emmy Noether_77_assignsubmission_file_/GRADIENTS.IPYNB", NOTEBOOK)
        archive.writestr("Emmy Noether_77_assignsubmission_file_/photo.jpg", b"noise")
        archive.writestr("who_99_1_work.zip", b"noise")
        archive.writestr(".DS_Store", b"noise")
    (tmp_path / "readme.txt").write_text("noise")
    found, remarks = handin.find(tmp_path, ROSTER)
    assert found["ada"].problem == (
        "it is not a notebook, which ends in .ipynb, but 'byronada_17_1_gradients.html'"
    )
    assert (found["emmy"].read(), found["emmy"].problem) == (NOTEBOOK.encode(), "")
    assert remarks == ["'readme.txt' is not a notebook", "'who_99_1_work.zip' is not a notebook"]


def test_no_name_in_an_archive_becomes_a_path(tmp_path):
    place = tmp_path / "in"
    place.mkdir()
    with zipfile.ZipFile(place / "evil.zip", "w") as archive:
        for name in ("../../escaped.ipynb", "/etc/evil.ipynb", "..\\up.ipynb", "$(touch x).ipynb"):
            archive.writestr(name, NOTEBOOK)
    found, remarks = handin.find(place, [])
    assert found == {}
    assert len(remarks) == 4
    assert [p.name for p in tmp_path.rglob("*")] == ["in", "evil.zip"]


def test_an_archive_that_swells_is_cut(tmp_path):
    with zipfile.ZipFile(tmp_path / "bomb.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("ada.ipynb", b" " * (handin.LARGEST + 5))
    found, _ = handin.find(tmp_path, [])
    assert found["ada"].read() == b""
    assert found["ada"].problem == "it is larger than 20 MB"


@pytest.mark.parametrize("make", ["link", "folder of links", "pipe"])
def test_links_and_pipes_are_not_followed(tmp_path, make):
    secret = tmp_path / "secret.ipynb"
    secret.write_text(NOTEBOOK)
    place = tmp_path / "in"
    place.mkdir()
    if make == "link":
        (place / "ada.ipynb").symlink_to(secret)
    elif make == "pipe":
        os.mkfifo(place / "ada.ipynb")
    else:
        (place / "ada").symlink_to(tmp_path)
    found, _ = handin.find(place, [])
    assert all("link" in hand_in.problem and not hand_in.read() for hand_in in found.values())


def test_only_the_text_of_cells_is_kept(released):
    content = json.loads(nbformat.writes(released))
    for cell in content["cells"]:
        cell["metadata"].setdefault("nbgrader", {}).update(points=99, locked=False)
        cell["attachments"] = {"a.png": {"image/png": "x"}}
    content["cells"][3]["source"] = "mine"
    merged, problem = restore(json.dumps(content).encode(), released)
    assert problem == ""
    (answer,) = (c for c in merged.cells if c.id == "mse_gradient")
    assert answer.source == "mine"
    graded = [c for c in merged.cells if c.metadata.get("nbgrader")]
    expected = [c for c in released.cells if c.metadata.get("nbgrader")]
    assert [c.metadata for c in graded] == [c.metadata for c in expected]
    assert all("attachments" not in c for c in merged.cells)


def test_a_missing_cell_comes_back_where_it_was(released):
    content = json.loads(nbformat.writes(released))
    content["cells"] = [c for c in content["cells"] if c["id"] != "mse_gradient-check"]
    merged, _ = restore(json.dumps(content).encode(), released)
    names = [c.id for c in merged.cells]
    assert names.index("mse_gradient-check") == names.index("mse_gradient") + 1


def test_the_forms_of_canvas_and_moodle_have_everybody_and_no_formula():
    found = {"ada": (12.5, 0), "=cmd": (3.0, 1)}
    canvas = export.canvas("linear_regression", ROSTER, found, 20.0)
    assert canvas[0][-1] == "Linear regression"
    assert canvas[2] == ("Byron, Ada", "17", "", "ada", "", "12.5")
    assert canvas[3][-1] == "", "who handed in nothing has no mark yet"
    assert canvas[4] == ("'=cmd", "", "", "'=cmd", "", "3")
    moodle = export.moodle("linear_regression", ROSTER, found)
    assert moodle[2] == ("emmy", "emmy@example.org", "Emmy", "Noether", "-")
    assert moodle[3][0] == "'=cmd"


def test_a_roster_needs_an_id(tmp_path):
    (tmp_path / "students.csv").write_text("id,email\nada,ada@example.org\n,nobody@example.org\n")
    with pytest.raises(ValueError, match=r"line 3 of .* has no id: give one"):
        export.read_roster(tmp_path / "students.csv")
    assert export.read_roster(tmp_path / "missing.csv") == []


def test_a_file_is_written_whole_or_not_at_all(tmp_path):
    path = tmp_path / "a" / "b.txt"
    handin.write_if_changed(path, "one")
    os.utime(path, (1, 1))
    handin.write_if_changed(path, "one")
    assert path.stat().st_mtime == 1
    handin.write_if_changed(path, "two")
    assert path.read_text() == "two"
    assert [p.name for p in path.parent.iterdir()] == ["b.txt"]


def test_an_archive_that_is_none_is_named(tmp_path):
    (tmp_path / "a.zip").write_bytes(b"not a zip")
    found, remarks = handin.find(tmp_path, [])
    assert found == {}
    assert remarks == [
        "'a.zip' is not an archive that can be read: download it again, or unpack it there"
    ]


def test_with_a_roster_nobody_else_is_graded_and_a_slip_is_told(tmp_path):
    for name in ("ada.ipynb", "emmmy.ipynb", "somebody.ipynb"):
        (tmp_path / name).write_text(NOTEBOOK)
    found, remarks = handin.find(tmp_path, ROSTER)
    assert list(found) == ["ada"]
    assert any("'emmmy.ipynb': whose is it?" in r and "If it is 'emmy'" in r for r in remarks)
    assert any("'somebody.ipynb': whose is it? Nobody in the roster fits." in r for r in remarks)


@pytest.mark.parametrize("name", ["ada_final (1).ipynb", "robust_line-ada.ipynb"])
def test_a_file_with_an_id_in_its_name_is_not_taken_for_theirs_but_named(tmp_path, name):
    (tmp_path / name).write_text(NOTEBOOK)
    found, remarks = handin.find(tmp_path, ROSTER)
    assert found == {}
    assert remarks[0].endswith("If it is 'ada', name it ada.ipynb.")


def test_an_id_inside_of_a_word_or_two_ids_are_no_hint(tmp_path):
    for name in ("adagio_17.ipynb", "ada and emmy together.ipynb"):
        (tmp_path / name).write_text(NOTEBOOK)
    remarks = handin.find(tmp_path, ROSTER)[1]
    assert [remark.split("it? ")[1] for remark in remarks] == ["Nobody in the roster fits."] * 2


def test_two_people_of_one_name_are_not_mixed_up(tmp_path):
    twins = [{"id": i, "first_name": "Kim", "last_name": "Lee", "moodle_id": ""} for i in "ab"]
    name = "Kim Lee_77_assignsubmission_file_"
    (tmp_path / name).mkdir()
    (tmp_path / name / "a.ipynb").write_text(NOTEBOOK)
    found, remarks = handin.find(tmp_path, twins)
    assert found == {}
    (remark,) = remarks
    assert "a and b have the same name: write their moodle_id" in remark


@pytest.mark.parametrize("student", ["jörg", "anna maria", "o'neil", "ada+1", "李"])
def test_an_id_may_be_a_name(tmp_path, student):
    (tmp_path / f"{student}.ipynb").write_text(NOTEBOOK)
    found, remarks = handin.find(tmp_path, [{"id": student}])
    assert (list(found), remarks) == ([student], [])
    (tmp_path / "students.csv").write_text(f"id\n{student}\n", encoding="utf-8")
    assert export.read_roster(tmp_path / "students.csv") == [{"id": student}]


@pytest.mark.parametrize("student", ["a/b", "*", "a\\b", ".ada", "$(touch x)", "a" * 99])
def test_an_id_that_is_a_path_or_a_pattern_is_refused(tmp_path, student):
    (tmp_path / "students.csv").write_text(f"id\n{student}\n")
    with pytest.raises(InputError, match="cannot be an id"):
        export.read_roster(tmp_path / "students.csv")


def test_an_umlaut_of_a_mac_is_the_same(tmp_path):
    (tmp_path / "jo\u0308rg.ipynb").write_text(NOTEBOOK)
    assert list(handin.find(tmp_path, [{"id": "j\u00f6rg"}])[0]) == ["j\u00f6rg"]


def test_copies_that_a_program_made_do_not_count(tmp_path):
    (tmp_path / "ada").mkdir()
    (tmp_path / "ada" / "a.ipynb").write_text("mine")
    (tmp_path / "ada" / ".ipynb_checkpoints").mkdir()
    copy = tmp_path / "ada" / ".ipynb_checkpoints" / "a-checkpoint.ipynb"
    copy.write_text("a copy")
    os.utime(tmp_path / "ada" / "a.ipynb", (0, 0))
    (tmp_path / "._ada.ipynb").write_bytes(b"noise")
    found, remarks = handin.find(tmp_path, [])
    assert ({s: h.read() for s, h in found.items()}, remarks) == ({"ada": b"mine"}, [])


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("id,first_name\nada,Zoë\n".encode("latin-1"), "is not UTF-8: save it as CSV UTF-8"),
        (b"id\nada\nada\n", "two lines with the id 'ada'"),
        (b"name\nada\n", "line 1 of .* has the columns name; expected id, first_name"),
    ],
)
def test_a_roster_that_cannot_be_used_is_refused_in_words(tmp_path, content, words):
    (tmp_path / "students.csv").write_bytes(content)
    with pytest.raises(InputError, match=words):
        export.read_roster(tmp_path / "students.csv")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_a_roster_of_a_spreadsheet_is_read(tmp_path, encoding, separator):
    text = f"id{separator}first_name\nada{separator}Zoë \n"
    (tmp_path / "students.csv").write_bytes(text.encode(encoding))
    assert export.read_roster(tmp_path / "students.csv") == [{"id": "ada", "first_name": "Zoë"}]


def changed(released, change):
    """Return the hand-in of a notebook after a change of its list of cells."""
    content = json.loads(nbformat.writes(released))
    change(content["cells"])
    return restore(json.dumps(content).encode(), released)


def at(cells, name):
    return next(i for i, c in enumerate(cells) if c["metadata"].get("nbgrader") and c["id"] == name)


def source_of(notebook, name):
    return next(c.source for c in notebook.cells if c.id == name)


def test_what_was_written_into_a_locked_cell_runs_before_it(released):
    def change(cells):
        cells[at(cells, "setup")]["source"] += "\nimport math"

    merged, _ = changed(released, change)
    names = [c.id for c in merged.cells]
    assert source_of(merged, "own-2").endswith("import math")
    assert names.index("own-2") + 1 == names.index("setup")


def test_words_are_found_below_their_question_and_else_waited_for(released):
    name = "central_difference-written"
    (question,) = (
        before.source for before, cell in zip(released.cells, released.cells[1:]) if cell.id == name
    )

    def lose(cells, *, keep_question=True):
        for cell in cells:
            cell["metadata"].pop("nbgrader", None)
            if cell["cell_type"] == "markdown":
                cell["id"] = None
        cells[at_text(cells, "*Your answer*")]["source"] = "Rounding."
        if not keep_question:
            del cells[at_text(cells, question)]

    def at_text(cells, text):
        return next(i for i, c in enumerate(cells) if "".join(c["source"]) == text)

    merged, _ = changed(released, lose)
    assert source_of(merged, name) == "Rounding."
    merged, _ = changed(released, lambda cells: lose(cells, keep_question=False))
    assert "cell for this answer is gone" in source_of(merged, name)
    assert any("Rounding." in c.source for c in merged.cells if c.id.startswith("own-"))
    assert "look for it" in source_of(merged, "read")

    def below(cells):
        cells.append({"cell_type": "markdown", "metadata": {}, "id": "x", "source": "And more."})

    merged, _ = changed(released, below)
    assert source_of(merged, name) == "And more."


def test_a_question_that_nobody_answered_does_not_wait(released):
    merged, _ = changed(released, lambda cells: None)
    assert source_of(merged, "central_difference-written") == "*Your answer*"
    assert merged.metadata.lossbook.remarks == []


@pytest.mark.parametrize("came", [3, 0, None, "1", 10**9, {}])
def test_a_notebook_of_another_variant_is_told(came):
    released = source_notebook("descent", 1)
    theirs = source_notebook("descent", 3)
    theirs.metadata.lossbook = {"variant": came}
    notebook, problem = restore(nbformat.writes(theirs).encode(), released)
    told = [f"hand-in: the notebook is that of variant {came}; it is graded as variant 1"]
    assert (notebook.metadata.lossbook.remarks, problem) == (told if came in (0, 3) else [], "")
    assert notebook.metadata.lossbook.variant == 1

"""Hand-ins from a folder, from Canvas and from Moodle, and their way back into a gradebook."""

import json
import os
import zipfile

import nbformat
import pytest

from grading import export, handin
from grading.exercises import source_notebook

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
    assert handin.whose(name, ROSTER) == student


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
    assert {s: h.content for s, h in found.items()} == {"ada": b"new", "emmy": b"emmy's"}
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
    assert (found["emmy"].content, found["emmy"].problem) == (NOTEBOOK.encode(), "")
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
    assert found["ada"].problem == "it is larger than 20 MB"
    assert found["ada"].content == b""


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
    assert all("link" in hand_in.problem and not hand_in.content for hand_in in found.values())


def test_only_the_text_of_cells_is_kept(released):
    content = json.loads(nbformat.writes(released))
    for cell in content["cells"]:
        cell["metadata"].setdefault("nbgrader", {}).update(points=99, locked=False)
        cell["attachments"] = {"a.png": {"image/png": "x"}}
    content["cells"][3]["source"] = "mine"
    merged, problem = handin.restore(
        handin.HandIn("ada", "a", 0, json.dumps(content).encode()), released
    )
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
    merged, _ = handin.restore(handin.HandIn("ada", "a", 0, json.dumps(content).encode()), released)
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
    with pytest.raises(ValueError, match="a line without id"):
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
    assert remarks == ["'a.zip' is not an archive that can be read"]

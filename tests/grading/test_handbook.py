"""The handbook is played from its page, and does what it says."""

import json
import re
import shutil
import subprocess
import zipfile

import pytest

from grading import export, groups, late
from grading.course import Course
from grading.exercises import source_notebook
from tests.grading.conftest import grader
from tests.grading.played import GROUPS, KINDS, MARKS, PAGE, ROOT, SET, TEXT, UNREADABLE, play
from tests.keep import made

# Nobody needs to see what made it again while neither grader nor page nor set has changed.
SOURCES = (
    *grader("private"),
    *("grading/templates/gradescope", f"assignments/{SET}/", "lossbook/", "requirements.txt"),
    *("tests/grading/played.py", "tests/grading/submission.py", f"{PAGE.relative_to(ROOT)}"),
    "Makefile",
)


@pytest.fixture(scope="module")
def played():
    """Return what the commands of the page printed, and the course at the end."""
    folder = made("played", SOURCES, play)
    record = json.loads((folder / "played.json").read_text())
    return record | {"course": Course(folder / "course")}


def told(played):
    return played["printed"]["make grade PS=gradients"] + played["report"]


@pytest.mark.box
def test_every_command_of_the_page_was_typed(played):
    blocks = re.findall(r"```console\n(.*?)```", TEXT, re.DOTALL)
    commands = [line for block in blocks for line in block.splitlines() if line.startswith("make ")]
    assert sorted(set(commands)) == sorted(set(played["typed"]))
    assert "Traceback" not in json.dumps(played["printed"])
    assert not (played["course"].root / "error.txt").exists()


@pytest.mark.box
@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.student or kind.file)
def test_thirty_kinds_of_hand_ins_get_their_mark_and_are_spoken_of(played, kind):
    assert len(KINDS) > 30
    lines = [line for line in told(played).splitlines() if kind.says in line]
    assert lines, told(played)
    if kind.mark is None:
        return
    pattern = rf"^{kind.student}: ([\d.]+) of 24.*\n(?:    .*\n)*"
    report = re.search(pattern, played["report"], re.MULTILINE)
    assert float(report[1]) == kind.mark, report[0]
    assert kind.says in report[0], "the student is named"
    if kind.student in UNREADABLE:
        (line,) = (line for line in lines if line.startswith(f"collect: {kind.student}: "))
        assert repr(kind.file.split("/")[-1]) in line, "the file, and what to do"
        assert line.endswith(f"put it there as {kind.student}.ipynb")


@pytest.mark.box
def test_everybody_outside_the_roster_and_everybody_missing_is_named(played):
    text = played["printed"]["make grade PS=gradients"]
    assert "export" in played["first"]
    assert "evee: was collected before, and they are not in the roster: write them into" in text
    assert "make remove PS=gradients STUDENT='evee'" in text
    assert f"1 of {len(MARKS) + 1} in the roster handed in nothing: zoe" in text
    assert re.search(r"^evee: .*, not in the roster$", played["report"], re.MULTILINE)
    for path in (played["course"].root / "exports").glob(f"{SET}*"):
        assert b"evee" not in path.read_bytes(), path


@pytest.mark.box
def test_each_member_of_a_group_gets_the_mark_the_words_and_a_page(played):
    course, scores = played["course"], export.marks(played["course"].db_url, SET)[0]
    graded = {"xia": 23, "carl": 24, "emmy": 24}
    assert {s: score for s, (score, _) in scores.items()} == pytest.approx(MARKS | graded)
    assert {s for s, (_, waiting) in scores.items() if waiting} == set()
    for member in GROUPS["lions"]:
        page = course.feedback_page(SET, member).read_text()
        assert "(Score: 24.0 / 24.0)" in page
        assert "Well said." in page
    report = (course.root / "exports" / f"{SET}_report.txt").read_text()
    assert "emmy: 24 of 24, with carl" in report


@pytest.mark.box
def test_the_pages_go_back_to_canvas_and_moodle(played):
    """By the rules by which the two find a student; see importziplib.php of Moodle's mod/assign."""
    with zipfile.ZipFile(played["course"].root / "exports" / f"{SET}_feedback.zip") as archive:
        names = archive.namelist()
    assert len(names) == len(set(names)) == len(MARKS)
    participants = {}
    for name in names:
        parts = name.split("/")[0].split("_", 4)
        if len(parts) >= 4 and parts[1].isdigit() and parts[2:4] == ["assignsubmission", "file"]:
            participants[int(parts[1])] = name
    assert set(participants) == {901, 902, 903, 904, 905, 906}
    # Canvas takes the first two numbers between underscores for the user and the attachment.
    users = {}
    for name in set(names) - set(participants.values()):
        numbers = [part for part in name.rsplit(".", 1)[0].split("_") if part.isdigit()]
        if "/" not in name:
            users[int(numbers[0])] = int(numbers[1])
    assert users == {4711: 1, 12: 2, 13: 3, 14: 4, 15: 5}
    assert {"ida/gradients.html", "carl/gradients.html", "anna maria/gradients.html"} < set(names)


@pytest.mark.box
def test_the_report_and_the_list_of_similar_hand_ins_are_shown(played):
    text = played["printed"]["make report PS=gradients"]
    assert f"# gradients: {len(MARKS) - len(GROUPS)} hand-ins of {len(MARKS)} students" in text
    assert "| mse_gradient |" in text
    picture = played["course"].root / "exports" / f"{SET}_statistics.png"
    assert picture.read_bytes()[:8] == b"\x89PNG\r\n\x1a\n"
    markdown = picture.with_suffix(".md").read_text()
    (alternative,) = re.findall(r"^!\[(.*)\]\(gradients_statistics.png\)$", markdown, re.MULTILINE)
    assert re.search(r"mse_gradient: \d+% of the points, \d+% with full marks", alternative)
    for line in markdown.splitlines():
        assert not any(re.search(rf"\b{student}\b", line) for student in MARKS), "it names nobody"
    similar = played["printed"]["make similar PS=gradients"]
    assert [line.split(" | ")[1] for line in similar.splitlines() if "%" in line] == ["vic, wim"]
    assert "mse_gradient (" in similar


@pytest.mark.box
def test_every_file_that_is_named_is_made(played):
    table = TEXT.split("## Read the grades")[1].split("\n## ")[0]
    named = re.findall(r"^\| `([^`]+)` \|", table, re.MULTILINE)
    assert len(named) == 7
    named += re.findall(r"`_course/([^`]+)`", TEXT)
    for path in named:
        assert (played["course"].root / path).exists(), path


def test_the_page_says_of_each_export_what_it_was_compared_with_and_that_nobody_uploaded_it():
    section = TEXT.split("## What was checked, and what was not")[1].split("\n## ")[0]
    assert "Nobody has uploaded these files to Canvas, Moodle or Gradescope" in section
    row = re.compile(r"^\| `exports/gradients_([a-z.]+)`.*? \| (.+) \|$", re.MULTILINE)
    compared = row.findall(section)
    others = {"canvas.csv", "moodle.csv", "feedback.zip", "gradescope.zip", "otter.zip"}
    assert {file for file, _ in compared} == others
    assert all(words for _, words in compared)


def test_the_rule_of_the_example_is_read(tmp_path):
    together, example = re.findall(r"```toml\n(.*?)```", TEXT, re.DOTALL)
    (tmp_path / "groups.toml").write_text(together)
    assert list(groups.read_groups(tmp_path / "groups.toml", "gradients")) == ["lions", "tigers"]
    (tmp_path / "deadlines.toml").write_text(example)
    rule, due = late.read_rule(tmp_path / "deadlines.toml")
    assert (rule["lost_each_day"], list(due)) == (0.1, ["gradients"])
    assert all(line in late.__doc__ for line in example.splitlines())


def test_the_roster_of_the_example_is_read(tmp_path):
    (example,) = re.findall(r"```text\n(.*?)```", TEXT, re.DOTALL)
    (tmp_path / "students.csv").write_text(example)
    (student,) = export.read_roster(tmp_path / "students.csv")
    assert tuple(student) == export.COLUMNS
    assert student["canvas_id"] == "4711"


def test_the_notebook_for_students_needs_what_the_handbook_says():
    notebook = source_notebook(SET)
    code = [cell.source for cell in notebook.cells if cell.cell_type == "code"]
    imported = set(re.findall(r"^(?:import|from) (\w+)", "\n".join(code), re.MULTILINE))
    assert imported == {"numpy", "lossbook"}


def test_grading_installs_what_it_needs_and_takes_what_is_there(tmp_path):
    for name in ("Makefile", "pyproject.toml", "requirements.txt", "package-lock.json"):
        shutil.copy(ROOT / name, tmp_path)

    def steps(*words):
        command = ["make", "-n", *words, "PS=gradients"]
        return subprocess.run(
            command, cwd=tmp_path, capture_output=True, text=True, check=True
        ).stdout

    for target in ("release", "grade", "feedback", "report"):
        assert "tools/install.py instructor" in steps(target)
    assert "tools/install.py all" in steps("book")
    assert "tools/install.py core" in steps("book", "PARTS=core")
    (tmp_path / ".venv").mkdir()
    (tmp_path / ".venv" / "ready").touch()
    assert "install.py" not in steps("grade")

"""A term: everybody gets what they deserve, and nothing outside the box is read or changed."""

import csv
import functools
import io
import json
import re
import shutil
import sqlite3
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config as AlembicConfig
from bs4 import BeautifulSoup
from nbconvert.exporters import HTMLExporter
from nbgrader.api import Gradebook
from nbgrader.dbutil import _temp_alembic_ini
from traitlets.config import Config

from grading import exercises, export
from grading.__main__ import main
from grading.settings import configure
from tests.grading.conftest import SECONDS, SET
from tests.grading.submission import RIGHT
from tests.grading.submissions import SUBMISSIONS

MOST = 24.0
FEW = {"right", "untouched", "script_in_words", "listed_mistakes", "split", "crashes"}


def report_of(term, student):
    text = (term["course"].root / "exports" / f"{SET}_report.txt").read_text()
    return re.search(rf"^{student}: .*\n(?:    .*\n)*", text, re.MULTILINE)[0]


def page_of(term, student):
    return term["course"].feedback_page(SET, student).read_text()


def words_of(term, student):
    return _words(term["course"].feedback_page(SET, student))


@functools.cache
def _words(path):
    return BeautifulSoup(path.read_text(), "html.parser").get_text()


def rows(term, name):
    with (term["course"].root / "exports" / name).open(newline="") as file:
        return list(csv.reader(file))


def test_the_whole_batch_went_through(term):
    assert term["code"] == 0
    assert term["course"].graded_students(SET) == sorted(SUBMISSIONS)
    assert term["course"].waiting(SET) == []


@pytest.mark.parametrize("name", SUBMISSIONS)
def test_everybody_gets_the_mark_they_deserve(term, name):
    scores, most = term["marks"]
    assert most == MOST
    assert scores[name][0] == SUBMISSIONS[name].mark, report_of(term, name)


@pytest.mark.parametrize("name", [n for n, s in SUBMISSIONS.items() if s.says])
def test_the_instructor_sees_why(term, name):
    assert SUBMISSIONS[name].says in report_of(term, name)


@pytest.mark.parametrize("name", SUBMISSIONS)
def test_everybody_gets_a_page_with_their_mark(term, name):
    assert f"(Score: {SUBMISSIONS[name].mark:.1f} / {MOST})" in words_of(term, name)


@pytest.mark.parametrize("name", SUBMISSIONS)
def test_no_page_tells_a_hidden_case_or_a_line_of_the_solution_that_is_not_the_students(term, name):
    page = words_of(term, name)
    foreign = SUBMISSIONS[name].raw and not name.startswith("in_")
    handed_in = "" if foreign else json.dumps(SUBMISSIONS[name].notebook(term["place"]))
    for told in ("def cases", "rng.", "default_rng"):
        assert told not in page or told in handed_in
    for answer in RIGHT.values():
        if json.dumps(answer)[1:-1] not in handed_in:
            for line in answer.split("### BEGIN SOLUTION")[1].splitlines()[1:-1]:
                assert line.strip() not in page or json.dumps(line.strip())[1:-1] in handed_in


def test_a_page_says_what_was_wrong_and_names_the_mistake(term):
    page = words_of(term, "listed_mistakes")
    assert "failed: one sample: expected [1.58 0.553 1.296], got [0.79 0.2765 0.6478]" in page
    assert "Your result is half of the right one" in page
    assert "0 of 3 hidden cases passed" in page


def test_what_a_cell_printed_is_shown_up_to_a_limit(term):
    page = page_of(term, "warns_and_prints_20_MB")
    assert "more characters" in page
    assert len(page) < 1_000_000


def test_what_a_function_saw_in_hidden_cases_reaches_no_page_and_no_report(term):
    page = words_of(term, "remembers_hidden_cases")
    assert "SEEN [[0.5, -1.0, 2.0], [0.5, -1.0, 2.0]]" in page, "the visible cases, and no more"
    for student in ("tells_hidden_cases_by_exception", "remembers_hidden_cases"):
        assert "SEEN_" not in page_of(term, student).replace("'SEEN_'", "")
        assert "SEEN" not in report_of(term, student)
    for how in ("shape", "length", "number"):
        student = f"tells_hidden_cases_by_{how}"
        told = words_of(term, student).split("Grade cell: mse_gradient-hidden")[1][:300]
        assert not re.search(r"77\d\d\d", told + report_of(term, student))
    student = "tells_hidden_cases_by_exit_status"
    assert "status 77" not in page_of(term, student) + report_of(term, student)


def test_a_page_lists_the_exercises_by_name_and_what_waits(term):
    page = BeautifulSoup(page_of(term, "listed_mistakes"), "html.parser")
    rows = {row.a.get_text(): row for row in page.select("#toc li")}
    assert len(rows) == 9
    assert "Test cell" not in page.get_text()
    first = rows["1. The gradient of the mean squared error: check"]
    assert (first["class"], first.get_text().split(": ")[-1].strip()) == (["nothing"], "0.0 / 2.0")
    assert rows["3. Softmax and cross-entropy: hidden cases"]["class"] == ["some"]
    page = BeautifulSoup(page_of(term, "words_typed_anew"), "html.parser")
    row = page.select("#toc li")[-1]
    assert row["class"] == ["waits"]
    assert "4. Check a gradient: in words: waits for a grader, 4.0 at most" in row.get_text()
    assert "0.0 / 4.0" not in page.get_text()


def test_what_failed_looks_so(term):
    for student in ("right_while_you_look", "listed_mistakes"):
        page = BeautifulSoup(page_of(term, student), "html.parser")
        told = [part.get_text() for part in page.select(".output_error")]
        assert any("hidden cases passed" in text for text in told)
    assert ".output_error pre { color:" in page_of(term, "right")


def test_partial_credit_is_shown(term):
    page = words_of(term, "right_while_you_look")
    assert "2 of 3 hidden cases passed" in page
    assert "Score: 2.0 / 3.0" in page


def test_what_a_student_wrote_is_on_the_page_up_to_a_limit(term):
    for student in ("words_without_end", "commands_without_end"):
        assert "more characters, all of it was run)" in words_of(term, student)
        assert len(page_of(term, student)) < 2_000_000


def test_how_a_notebook_was_read_is_told_to_its_author(term):
    assert "2 cells run in their order" in words_of(term, "split")
    assert "its cell is gone" in words_of(term, "words_without_their_question")
    scores, _ = term["marks"]
    for student in ("typed_anew", "in_cells_of_their_own", "without_their_question"):
        assert scores[f"words_{student}"][1] == 1, "it waits for a grader"


def test_nothing_was_found_by_searching(term):
    outputs = json.loads(
        (
            term["course"].root / "autograded" / "searches_for_the_tests" / SET / f"{SET}.ipynb"
        ).read_text()
    )["cells"]
    shown = [
        o["text"] for c in outputs for o in c.get("outputs", []) if o["output_type"] == "stream"
    ]
    (printed,) = ("".join(text) for text in shown if "environ" in "".join(text))
    assert printed.startswith("[] environ(")
    assert "secret" not in printed
    assert "lossbook" not in printed.split(") [")[1]
    for gone in ("home", "etc", "proc", "sys", "var", "work"):
        assert f"'{gone}'" not in printed.split(") [")[1]


def test_nothing_outside_was_written_or_deleted(term):
    root = term["course"].root
    assert not term["place"].outside.exists()
    assert (root / "precious" / "notes.txt").read_text() == "years of work"
    assert (root / "source" / SET / f"{SET}.ipynb").exists()


def test_nobody_reached_a_server(term):
    assert term["visits"] == 0


def test_the_gradebook_holds_no_more_than_the_points_of_a_cell(term):
    with sqlite3.connect(term["course"].root / "gradebook.db") as gradebook:
        scores = {score for (score,) in gradebook.execute("select auto_score from grade")}
    assert None in scores
    assert all(0 <= score <= 3 for score in scores - {None})


def test_the_gradebook_bears_the_version_that_nbgrader_gives_it(term):
    told = io.StringIO()
    with _temp_alembic_ini("sqlite://") as settings:
        command.heads(AlembicConfig(settings, stdout=told))
    with sqlite3.connect(term["course"].root / "gradebook.db") as gradebook:
        ((version,),) = gradebook.execute("select version_num from alembic_version")
    assert told.getvalue() == f"{version} (head)\n"


def test_nothing_is_left_running(term):
    assert term["left"] == []


def test_no_script_of_a_student_is_on_a_page(term):
    page = BeautifulSoup(page_of(term, "script_in_words"), "html.parser")
    assert [s for s in page.find_all("script") if "steal" in s.get_text()] == []
    for tag in page.find_all(True):
        assert not any("steal" in str(value) for value in tag.attrs.values()), tag


def test_formulas_are_set_and_no_page_asks_another_host(term):
    text = page_of(term, "script_in_words")
    page = BeautifulSoup(text, "html.parser")
    assert [m.semantics.mi.get_text() for m in page.find_all("math") if m.semantics.mi]
    assert page.find_all(["script", "link", "iframe", "object"]) == []
    assert {image["src"].split(":")[0] for image in page.find_all("img")} <= {"data"}
    (policy,) = page.find_all("meta", attrs={"http-equiv": "Content-Security-Policy"})
    assert policy["content"].startswith("default-src 'none';")
    assert "cdnjs" not in text


def test_nothing_that_a_student_wrote_poses_as_a_part_of_the_grader(term):
    page = BeautifulSoup(page_of(term, "poses_as_a_button"), "html.parser")
    assert "next page" in page.get_text()
    assert page.select(".full-credit, #mse_gradient-check, .score.nbgrader_cell") == []


def test_no_report_speaks_to_a_terminal_or_forges_a_line(term):
    text = (term["course"].root / "exports" / f"{SET}_report.txt").read_text()
    assert "\x1b" not in text
    assert re.findall(r"^right: .*$", text, re.MULTILINE) == ["right: 20 of 24"]


def test_the_exports_agree(term):
    expected = {name: s.mark for name, s in SUBMISSIONS.items()}
    generic = rows(term, f"{SET}.csv")
    column = {title: generic[0].index(title) for title in ("student_id", "score", "max_score")}
    assert {r[column["student_id"]]: float(r[column["score"]]) for r in generic[1:]} == expected
    assert {float(r[column["max_score"]]) for r in generic[1:]} == {MOST}
    canvas = rows(term, f"{SET}_canvas.csv")
    assert canvas[0][:5] == ["Student", "ID", "SIS User ID", "SIS Login ID", "Section"]
    assert canvas[1] == ["Points Possible", "", "", "", "", "24"]
    assert {r[3]: float(r[5]) for r in canvas[2:]} == expected
    moodle = rows(term, f"{SET}_moodle.csv")
    assert {r[0]: float(r[4]) for r in moodle[1:]} == expected


def test_a_grader_sees_the_rubric_below_the_answer_and_a_student_never(term):
    config = configure(Config(), term["course"].root)
    config.HTMLExporter.template_name = "formgrade"
    notebook = term["course"].root / "autograded" / "script_in_words" / SET / f"{SET}.ipynb"
    about = {"index": 0, "total": 1, "base_url": "", "notebook_id": SET, "assignment_id": SET}
    page, _ = HTMLExporter(config=config).from_filename(str(notebook), resources=dict(about))
    (rubric,) = BeautifulSoup(page, "html.parser").select("details.rubric")
    assert rubric.find_previous("input", class_="score")["id"] == "central_difference-written"
    points = rubric.select("li")
    assert len(points) == 4
    assert "the best step balances the two" in points[2].get_text()
    assert "steal()" not in str(rubric)
    assert "balances" not in page_of(term, "script_in_words")
    assert "balances" not in term["course"].released(SET).read_text()


def seminar(term, root):
    """Return a copy of the course with a few of its students; the gradebook knows the others."""

    def others(folder, names):
        inside = {Path(name).stem for name in names} & set(SUBMISSIONS)
        return [name for name in names if Path(name).stem in inside - FEW]

    shutil.copytree(term["course"].root, root, symlinks=True, ignore=others)
    return type(term["course"])(root)


def test_one_hands_in_again_one_is_graded_by_hand_one_is_graded_again(term, tmp_path, capsys):
    """The end of the term, in a copy of the course."""
    root = tmp_path / "course"
    course = seminar(term, root)
    options = ["--course", str(root), "--seconds", SECONDS, "--workers", "1"]
    before = {s: course.marker(SET, s).stat().st_mtime_ns for s in FEW}

    inbox = root / "downloaded" / SET
    shutil.copy(inbox / "right.ipynb", inbox / "untouched.ipynb")
    assert main(["grade", SET, *options]) == 0
    assert export.marks(course.db_url, SET)[0]["untouched"] == (20.0, 0)
    after = {s: course.marker(SET, s).stat().st_mtime_ns for s in FEW}
    assert [s for s in FEW if before[s] != after[s]] == ["untouched"]

    with Gradebook(course.db_url) as gradebook:
        grade = gradebook.find_grade("central_difference-written", SET, SET, "script_in_words")
        grade.manual_score, grade.needs_manual_grade = 3, False
        comment = gradebook.find_comment("central_difference-written", SET, SET, "script_in_words")
        comment.manual_comment = "Which step would you take?"
        gradebook.db.commit()
    assert main(["regrade", SET, "--student", "right", *options]) == 0
    assert course.marker(SET, "right").stat().st_mtime_ns > after["right"]
    assert export.marks(course.db_url, SET)[0]["right"] == (20.0, 0)
    assert export.marks(course.db_url, SET)[0]["script_in_words"] == (23.0, 0)

    assert main(["feedback", SET, *options]) == 0
    page = course.feedback_page(SET, "script_in_words").read_text()
    assert "Which step would you take?" in page
    assert "(Score: 23.0 / 24.0)" in page
    assert main(["regrade", SET, "--student", "nobody", *options]) == 1
    assert "nobody has handed in nothing" in capsys.readouterr().err
    assert main(["regrade", SET, "--student", "script_in_words", *options]) == 0
    assert export.marks(course.db_url, SET)[0]["script_in_words"] == (23.0, 0), "it is the same"


@pytest.mark.filterwarnings("ignore:Object of type:sqlalchemy.exc.SAWarning")
@pytest.mark.parametrize(
    ("file", "old", "new", "waits"),
    [
        ("1_mse_gradient.py", "# %% prompt\n# ", "# %% prompt\n# Take your time. ", 0),
        ("4_central_difference.py", "# %% rubric\n", "# %% rubric\n# Be kind.\n", 1),
        ("4_central_difference.py", "# %% written 4\n# ", "# %% written 4\n# In a line: ", 1),
    ],
)
def test_a_change_of_a_set_lets_the_words_of_the_changed_question_wait_and_no_other(
    term, tmp_path, monkeypatch, file, old, new, waits
):
    course, student = seminar(term, tmp_path / "course"), "script_in_words"
    cell = "central_difference-written"
    with Gradebook(course.db_url) as gradebook:
        gradebook.find_grade(cell, SET, SET, student).manual_score = 3
        gradebook.find_grade(cell, SET, SET, student).needs_manual_grade = False
        gradebook.db.commit()
    shutil.copytree(exercises.folder() / SET, tmp_path / "sets" / SET)
    path = tmp_path / "sets" / SET / file
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new))
    monkeypatch.setenv("LOSSBOOK_ASSIGNMENTS", str(tmp_path / "sets"))
    assert student in course.waiting(SET)
    course.grade_one(SET, student)
    assert export.marks(course.db_url, SET)[0][student] == (23.0, waits)

"""Marks and messages for Gradescope: an autograder that hands out what was graded here.

Formats: https://gradescope-autograders.readthedocs.io/en/latest/specs/ and …/submission_metadata/.
"""

import json
import zipfile
from pathlib import Path

import nbformat
from nbgrader.api import Gradebook

from grading.export import marks
from grading.pages import PARTS

TEMPLATES = Path(__file__).parent / "templates" / "gradescope"


def results(course, problem_set):
    """Return {student: results.json} of everybody with a mark."""
    scores, _ = marks(course.db_url, problem_set)
    released, found = nbformat.read(course.released(problem_set), as_version=4), {}
    titles = released.metadata.lossbook.titles
    about = (cell.metadata.get("nbgrader", {}) for cell in released.cells)
    cells = [graded["grade_id"] for graded in about if graded.get("grade")]
    for student, remarks in course.remarks(problem_set).items():
        said = {}
        for remark in remarks:
            what, words = remark.split(": ", 1)
            said.setdefault(what, []).append(words)
        with Gradebook(course.db_url) as gradebook:
            (notebook,) = gradebook.find_submission(problem_set, student).notebooks
            grades = {g.name: (g.score, g.max_score, g.needs_manual_grade) for g in notebook.grades}
            comments = {c.name: c.comment for c in notebook.comments if c.comment}
        tests = [_test(name, grades[name], titles, said, comments) for name in cells]
        overall = [
            f"{what}: {' '.join(words)}" for what, words in said.items() if what not in grades
        ]
        found[student] = {
            "score": round(scores[student][0], 2),
            "output": "\n".join(overall),
            "visibility": "after_published",
            "stdout_visibility": "hidden",
            "tests": tests,
        }
    return found


def _test(name, grade, titles, said, comments):
    exercise, part = name.rsplit("-", 1)
    score, most, waits = grade
    words = [
        *said.get(name, []),
        *(["waits for a grader"] if waits else []),
        comments.get(name, ""),
    ]
    number, title = titles[exercise].split(". ", 1)
    return {
        "name": f"{title}: {PARTS[part]}",
        "number": f"{number}.{list(PARTS).index(part) + 1}",
        "score": score,
        "max_score": most,
        "output": "\n".join(filter(None, words)),
    }


def write(course, problem_set):
    """Write the autograder; return its path, and remarks on whom Gradescope cannot know."""
    emails = {s["id"]: s.get("email", "").lower() for s in course.students()}
    found = results(course, problem_set)
    unknown = [student for student in found if not emails.get(student)]
    known = {emails[s]: result for s, result in found.items() if s not in unknown}
    path = course.root / "exports" / f"{problem_set}_gradescope.zip"
    path.parent.mkdir(exist_ok=True)
    draft = path.with_suffix(".part")
    with zipfile.ZipFile(draft, "w", zipfile.ZIP_DEFLATED) as archive:
        for template in sorted(TEMPLATES.iterdir()):
            about = zipfile.ZipInfo(template.name)
            about.external_attr = 0o100755 << 16
            archive.writestr(about, template.read_text())
        archive.writestr("marks.json", json.dumps(known, indent=1))
    draft.replace(path)
    return path, [
        f"{student}: no e-mail address in students.csv, by which Gradescope knows people: left out"
        for student in unknown
    ]

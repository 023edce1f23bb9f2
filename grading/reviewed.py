"""Words that a person has graded stay graded while question, rubric and answer are the same.

nbgrader lets every answer with points from a person wait again whenever its notebook is graded.
"""

import hashlib
import json

import nbformat
from nbgrader.api import Gradebook, MissingEntry

from grading.exercises import read_set
from grading.handin import write_if_changed


def digests(course, problem_set, student):
    """Return {cell: digest} of the answers in words, with all that their points depend on."""
    notebook = nbformat.read(course.submitted(problem_set, student), as_version=4)
    texts = {
        cell.metadata.get("nbgrader", {}).get("grade_id"): cell.source for cell in notebook.cells
    }
    found = {}
    for exercise in read_set(problem_set, notebook.metadata.lossbook.variant)[1]:
        name = f"{exercise.name}-written"
        if exercise.written and name in texts:
            parts = [exercise.written, exercise.rubric, exercise.written_points, texts[name]]
            found[name] = hashlib.sha256(json.dumps(parts).encode()).hexdigest()
    return found


class Reviewed:
    """What of a student's notebook a person has graded, known across a grading that is killed."""

    def __init__(self, course, problem_set, student):
        self.place = problem_set, student
        self.db_url, self.now = course.db_url, digests(course, problem_set, student)
        self.path = course.marker(problem_set, student).with_suffix(".words")
        try:
            self.graded, self.reviewed = json.loads(self.path.read_text())
        except (FileNotFoundError, ValueError):
            self.graded, self.reviewed = {}, {}

    def note(self):
        """Write down which texts have points from a person, before they wait again."""
        for grade in self._grades():
            if not grade.needs_manual_grade and grade.name in self.graded:
                self.reviewed[grade.name] = self.graded[grade.name]
        self._write()

    def keep(self):
        """Let those wait no more that are still the same."""
        for grade in self._grades(change=True):
            if self.reviewed.get(grade.name, "") == self.now.get(grade.name):
                grade.needs_manual_grade = False
        self.graded = self.now
        self._write()

    def _grades(self, change=False):
        """Yield the grades that have points from a person."""
        problem_set, student = self.place
        with Gradebook(self.db_url) as gradebook:
            try:
                submission = gradebook.find_submission(problem_set, student)
            except MissingEntry:
                return
            for grade in (g for notebook in submission.notebooks for g in notebook.grades):
                if grade.manual_score is not None:
                    yield grade
            if change:
                gradebook.db.commit()

    def _write(self):
        write_if_changed(self.path, json.dumps([self.graded, self.reviewed], indent=1))

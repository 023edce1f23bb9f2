"""What replaces nbgrader's Execute: student cells in a box, locked checks outside of it."""

import builtins
import contextlib
import io

import numpy as np
from nbformat.v4 import new_output
from nbgrader.api import Gradebook
from nbgrader.preprocessors import NbGraderPreprocessor
from traitlets import Float

import lossbook
from grading import variants
from grading.clock import Used
from grading.exercises import names_in, read_set
from grading.hidden import FAULT, judge, words
from grading.named import named_beside, watched
from grading.sandbox import Limits, Session
from grading.shown import keep_readable


class SandboxedExecute(NbGraderPreprocessor):
    """Run a submitted notebook; the text of its checks comes from the gradebook."""

    step_seconds = Float(10.0, help="how long a cell or a call may take").tag(config=True)

    # Why a submission got what it got, for whoever runs the converter: {(student, set): remarks}.
    remarks: dict = {}  # noqa: RUF012

    def preprocess(self, nb, resources):
        """Fill the outputs of every code cell, from which nbgrader's SaveAutoGrades takes marks."""
        about = resources["nbgrader"]
        with Gradebook(about["db_url"]) as gradebook:
            source = gradebook.find_notebook(about["notebook"], about["assignment"])
            graded = {cell.name for cell in source.grade_cells}
            checks = {
                cell.name: cell.source
                for cell in source.source_cells
                if cell.name in graded and cell.locked and cell.cell_type == "code"
            }
        # The metadata is that of the release: collecting keeps nothing but text.
        book = nb.metadata.lossbook
        # For whoever grades words: this notebook stays with the instructor.
        book.rubrics = rubrics(about["assignment"], book.variant)
        checks |= variants.checks(book, about["assignment"])
        for cell in nb.cells:
            if _name(cell) in checks:
                cell.source = checks[_name(cell)]
        remarks = run_notebook(nb, checks, book.variant, Limits(step_seconds=self.step_seconds))
        if book.problem:
            remarks = [f"hand-in: {book.problem}"]
        remarks = [*book.get("remarks", []), *remarks]
        self.remarks[about["student"], about["assignment"]] = remarks
        keep_readable([cell for cell in nb.cells if _is_the_students(cell)])
        return nb, resources


def rubrics(problem_set, variant):
    """Return {cell: rubric} of the answers in words."""
    exercises = read_set(problem_set, variant)[1]
    return {f"{e.name}-written": e.rubric for e in exercises if e.written}


def run_notebook(notebook, checks, variant, limits=None):
    """Run cells and checks in their order, set the outputs, and return remarks on what went wrong.

    Hidden checks run in a second box, whose cells run again and whose output nobody sees: what a
    function learns from a hidden case cannot reach the feedback.
    """
    limits, used = limits or Limits(), Used()
    hidden = {name for name, code in checks.items() if "hidden(" in code}
    remarks, failed, calls = [], {}, {}
    cells = [(_name(cell), cell) for cell in notebook.cells if cell.cell_type == "code"]
    with Session(limits, used) as session:
        for name, cell in cells:
            if name in hidden:
                continue
            if name in checks:
                exercise, seen = name.removesuffix("-check"), []
                cell.outputs, remark = _check(session, checks[name], exercise, seen)
                remarks += [f"{name}: {remark}"] if remark else []
                if seen and _asserted(cell):
                    failed[exercise] = cell, seen, len(remarks) - 1
            else:
                shown, raised = session.run(cell.source)
                cell.outputs = _outputs(shown, raised)
                remarks += [f"{name or 'a cell'}: {': '.join(raised)}"] if raised else []
        culprits, dead = session.culprits, session.dead
    if hidden:
        with Session(limits, used) as session:
            session.culprits.update(culprits)
            session.dead.update(dead)
            for name, cell in cells:
                if name in hidden:
                    points = cell.metadata.nbgrader.points
                    made = calls.setdefault(name.removesuffix("-hidden"), [])
                    cell.outputs, remark = _check_hidden(
                        session, checks[name], variant, points, made
                    )
                    remarks += [f"{name}: {remark}"] if remark else []
                elif name not in checks:
                    session.run(cell.source)
    if failed:
        exercises = {e.name: e for e in read_set(notebook.metadata.lossbook.set, variant)[1]}
        for name, (cell, seen, at) in failed.items():
            if mistake := named_beside(exercises[name], seen, calls.get(name, [])):
                _tell_beside(cell, mistake)
                remarks[at] += f" {mistake}"
    return list(map(_plain, remarks))


def _asserted(cell):
    """Return whether a check failed by an assertion that is not the package's own."""
    return bool(cell.outputs) and cell.outputs[-1].get("ename") == "AssertionError"


def _tell_beside(cell, mistake):
    told = "\n".join(cell.outputs[-1].traceback)
    cell.outputs[-1:] = _outputs("", ["CheckError", f"{told}\n{mistake}"])


def _plain(remark):
    """Return a remark as one line that does nothing to a terminal."""
    return "".join(c if c.isprintable() else " " for c in remark)[:500]


def _is_the_students(cell):
    about = cell.metadata.get("nbgrader", {})
    return about.get("solution", False) if about else str(cell.get("id", "")).startswith("own-")


def _name(cell):
    return cell.metadata.get("nbgrader", {}).get("grade_id")


def _check(session, code, exercise, calls):
    """Run one locked check on stand-ins for the student's functions; return outputs and remark.

    The calls of the exercise's own function are noted in a list.
    """
    printed = io.StringIO()
    try:
        with contextlib.redirect_stdout(printed):
            _execute(session, code, {}, exercise, calls)
    except Exception as error:
        text = str(error)
        outputs = _outputs(printed.getvalue(), [type(error).__name__, text])
        return outputs, " ".join(text.splitlines()[-1:]) or type(error).__name__
    return _outputs(printed.getvalue(), None), ""


def _check_hidden(session, code, variant, points, calls):
    """Run one hidden check; its outputs are words of the exercise, and the points for its share."""
    found = []

    def hidden(problem_set, name, answer):
        found.append(judge(problem_set, name, answer, variant, calls))

    try:
        with contextlib.redirect_stdout(io.StringIO()):
            _execute(session, code, {"hidden": hidden})
        exercise, verdict = found[0]
    except Exception:
        return _outputs("", ["CheckError", FAULT]), FAULT
    text = words(exercise, verdict)
    if all(verdict.passed):
        return _outputs(text, None), ""
    if not any(verdict.passed):
        return _outputs("", ["CheckError", text]), text.splitlines()[-1]
    # What nbgrader takes for the points of the cell.
    earned = {"text/plain": f"{round(points * verdict.share, 2):g}"}
    outputs = [*_outputs(text, None), new_output("execute_result", earned, execution_count=1)]
    return outputs, ", ".join(text.splitlines())


def _execute(session, code, more, exercise="", calls=None):
    scope = {"lossbook": lossbook, "np": np} | more
    answers = names_in(code) - set(scope) - set(dir(builtins))
    scope |= {name: session.function(name) for name in answers}
    # The package's own check names mistakes by itself, and looks at the function it is given.
    if exercise in answers and "lossbook.check(" not in code:
        scope[exercise] = watched(scope[exercise], calls)
    exec(compile(code, "<check>", "exec"), scope)


def _outputs(shown, raised):
    outputs = [new_output("stream", name="stdout", text=shown)] if shown else []
    if raised:
        kind, words = raised
        text = words if kind == "CheckError" else f"{kind}: {words}"
        outputs.append(new_output("error", ename=kind, evalue=words, traceback=[text]))
    return outputs

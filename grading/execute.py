"""What replaces nbgrader's Execute: student cells in a box, locked checks outside of it."""

import builtins
import contextlib
import io

import numpy as np
from IPython.core.inputtransformer2 import TransformerManager
from nbformat.v4 import new_output
from nbgrader.api import Gradebook
from nbgrader.preprocessors import NbGraderPreprocessor
from traitlets import Float

import lossbook
from grading.exercises import hidden_checker, names_in
from grading.sandbox import Limits, Session


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
        remarks = run_notebook(nb, checks, book.variant, Limits(step_seconds=self.step_seconds))
        if book.problem:
            remarks = [f"hand-in: {book.problem}"]
        self.remarks[about["student"], about["assignment"]] = remarks
        return nb, resources


def run_notebook(notebook, checks, variant, limits=None):
    """Run cells and checks in their order, set the outputs, and return remarks on what went wrong.

    Hidden checks run in a second box, whose cells run again and whose output nobody sees: what a
    function learns from a hidden case cannot reach the feedback.
    """
    limits = limits or Limits()
    hidden = {name for name, code in checks.items() if "hidden(" in code}
    remarks = []
    cells = [(_name(cell), cell) for cell in notebook.cells if cell.cell_type == "code"]
    with Session(limits) as session:
        for name, cell in cells:
            if name in hidden:
                continue
            if name in checks:
                cell.outputs, remark = _check(session, checks[name], variant)
                remarks += [f"{name}: {remark}"] if remark else []
            else:
                shown, raised = session.run(plain_python(cell.source))
                cell.outputs = _outputs(shown, raised)
                remarks += [f"{name or 'a cell'}: {': '.join(raised)}"] if raised else []
        culprits, dead = session.culprits, session.dead
    if not hidden:
        return list(map(_plain, remarks))
    with Session(limits) as session:
        session.culprits.update(culprits)
        session.dead.update(dead)
        for name, cell in cells:
            if name in hidden:
                cell.outputs, remark = _check(session, checks[name], variant)
                remarks += [f"{name}: {remark}"] if remark else []
            elif name not in checks:
                session.run(plain_python(cell.source))
    return list(map(_plain, remarks))


def _plain(remark):
    """Return a remark as one line that does nothing to a terminal."""
    return "".join(c if c.isprintable() else " " for c in remark)[:500]


def plain_python(source):
    """Return the cell without %magics and !commands, which the box takes as calls of nothing."""
    try:
        return TransformerManager().transform_cell(source)
    except Exception:  # what cannot be read fails inside, where the student is told
        return source


def _name(cell):
    return cell.metadata.get("nbgrader", {}).get("grade_id")


def _check(session, code, variant):
    """Run one locked check on stand-ins for the student's functions; return outputs and remark."""
    scope = {"lossbook": lossbook, "np": np, "hidden": hidden_checker(variant)}
    answers = names_in(code) - set(scope) - set(dir(builtins))
    scope |= {name: session.function(name) for name in answers}
    printed = io.StringIO()
    try:
        with contextlib.redirect_stdout(printed):
            exec(compile(code, "<check>", "exec"), scope)
    except Exception as error:
        words = str(error)
        return _outputs(printed.getvalue(), [type(error).__name__, words]), " ".join(
            words.splitlines()[-1:]
        )
    return _outputs(printed.getvalue(), None), ""


def _outputs(shown, raised):
    outputs = [new_output("stream", name="stdout", text=shown)] if shown else []
    if raised:
        kind, words = raised
        text = words if kind == "CheckError" else f"{kind}: {words}"
        outputs.append(new_output("error", ename=kind, evalue=words, traceback=[text]))
    return outputs

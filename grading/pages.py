"""The pages that students get: nbconvert's HTML, from templates that are compiled once."""

from jinja2 import BytecodeCache, ChoiceLoader, FileSystemLoader, PrefixLoader
from nbconvert.exporters import HTMLExporter
from nbformat.v4 import new_output
from nbgrader.api import Gradebook
from nbgrader.preprocessors import GetGrades
from nbgrader.server_extensions.formgrader.handlers import template_path

PARTS = {"check": "check", "hidden": "hidden cases", "written": "in words"}


class Compiled(BytecodeCache):
    """The templates of this process; Jinja looks by itself whether their text is still the same."""

    def __init__(self):
        self.templates = {}

    def load_bytecode(self, bucket):
        if bucket.key in self.templates:
            bucket.bytecode_from_string(self.templates[bucket.key])

    def dump_bytecode(self, bucket):
        self.templates[bucket.key] = bucket.bytecode_to_string()


COMPILED = Compiled()


class PageExporter(HTMLExporter):
    """nbconvert's, which would compile all templates for every student again."""

    def _create_environment(self):
        environment = super()._create_environment()
        environment.bytecode_cache = COMPILED
        # By another name: ours extends nbgrader's, which has the same.
        theirs = PrefixLoader({"nbgrader": FileSystemLoader(template_path)})
        environment.loader = ChoiceLoader([environment.loader, theirs])
        return environment


class Summary(GetGrades):
    """What nbgrader's preprocessor does; and a row for each mark, and what waits for a grader."""

    def preprocess(self, nb, resources):
        """Put rows into the resources, and mark cells that wait or failed in part."""
        nb, resources = super().preprocess(nb, resources)
        about = resources["nbgrader"]
        with Gradebook(about["db_url"]) as gradebook:
            submission = gradebook.find_submission_notebook(
                about["notebook"], about["assignment"], about["student"]
            )
            waiting = {grade.name for grade in submission.grades if grade.needs_manual_grade}
        about["rows"] = []
        for cell in nb.cells:
            graded = cell.metadata.get("nbgrader", {})
            if graded.get("grade"):
                graded.waits = graded.grade_id in waiting and not graded.score
                about["rows"].append(_row(nb.metadata.lossbook.titles, graded))
                if cell.cell_type == "code":
                    cell.outputs = _colored(cell)
        return nb, resources


def _row(titles, graded):
    exercise, part = graded.grade_id.rsplit("-", 1)
    full = graded.score == graded.points
    state = "waits" if graded.waits else "full" if full else "some" if graded.score else "nothing"
    return {
        "name": graded.grade_id,
        "title": f"{titles[exercise]}: {PARTS[part]}",
        "score": graded.score,
        "points": graded.points,
        "waits": graded.waits,
        "comment": graded.get("comment"),
        "state": state,
    }


def _colored(cell):
    """Return the outputs of a check; those of one that passed in part look like a failure."""
    if not any(output.output_type == "execute_result" for output in cell.outputs):
        return cell.outputs
    text = "".join(o.text for o in cell.outputs if o.output_type == "stream")
    return [new_output("error", ename="CheckError", evalue=text, traceback=[text])]

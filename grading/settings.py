"""How nbgrader is set up for a course: the sandbox for Execute, and our pages."""

from pathlib import Path

from nbconvert.preprocessors import ClearMetadataPreprocessor, CSSHTMLHeaderPreprocessor
from nbgrader.preprocessors import (
    AssignLatePenalties,
    CheckCellMetadata,
    LimitOutput,
    SaveAutoGrades,
)
from nbgrader.server_extensions.formgrader.handlers import template_path

from grading.execute import SandboxedExecute
from grading.pages import PageExporter, Summary

TEMPLATES = Path(__file__).parent / "templates"


def configure(config, root, step_seconds=10.0):
    """Set nbgrader up: the sandbox in place of Execute, everything else as nbgrader has it."""
    config.SandboxedExecute.step_seconds = step_seconds
    config.CourseDirectory.root = str(root)
    # Two processes write: the second waits for the first.
    config.CourseDirectory.db_url = f"sqlite:///{root}/gradebook.db?timeout=60"
    config.ClearSolutions.code_stub = {"python": 'raise NotImplementedError("not written yet")'}
    config.OverwriteCells.add_missing_cells = True
    config.Autograde.autograde_preprocessors = [
        SandboxedExecute,
        ClearMetadataPreprocessor,
        LimitOutput,
        SaveAutoGrades,
        AssignLatePenalties,
        CheckCellMetadata,
    ]
    config.GenerateFeedback.exporter_class = PageExporter
    config.GenerateFeedback.preprocessors = [Summary, CSSHTMLHeaderPreprocessor]
    # For feedback and formgrader alike, whose templates write a student's HTML as it is.
    config.HTMLExporter.filters = {"markdown2html": "grading.words.safe_markdown"}
    # Before nbgrader's own templates ours, which load no script from another host.
    config.HTMLExporter.extra_template_basedirs = [
        str(TEMPLATES),
        template_path,
    ]
    # By another name: ours extends nbgrader's page for graders, which has the same.
    config.HTMLExporter.extra_template_paths = [str(Path(template_path).parent)]
    return config

"""A variant for each student: the rule from an id to a variant, and what is released by it."""

import hashlib
import tempfile

import nbformat

from grading import InputError
from grading.exercises import VARIANTS, read_set, source_notebook
from grading.handin import write_if_changed

EACH = "each"


def variant_of(problem_set, student):
    """Return the variant of a student, from set and id alone, so that it stays what it was.

    >>> [variant_of("descent", name) for name in ("ada", "carl", "emmy", "grace")]
    [2, 1, 2, 3]
    """
    return int(hashlib.sha256(f"{problem_set} {student}".encode()).hexdigest(), 16) % VARIANTS


def differing(problem_set):
    """Return the exercises of a set that are not the same in every variant."""
    prompts = [[e.prompt for e in read_set(problem_set, v)[1]] for v in range(VARIANTS)]
    names = [e.name for e in read_set(problem_set)[1]]
    return [name for name, *found in zip(names, *prompts) if len(set(found)) > 1]


def told(problem_set, variant):
    """Return what a variant changes, in words."""
    changed, count = differing(problem_set), len(read_set(problem_set)[1])
    if not changed:
        return f"{problem_set} has no variants: VARIANT={variant} changes nothing"
    return f"{len(changed)} of {count} exercises differ between variants: {', '.join(changed)}"


def kept(course, problem_set, variant):
    """Return where the notebook of a variant is kept, as students get it."""
    return course.root / "variants" / problem_set / f"{variant}.ipynb"


def release_each(course, problem_set, make):
    """Release every variant, and write the notebook of each student; return their folder.

    ``make(folder, variant)`` releases a variant in a folder and returns the notebook's text.
    """
    students = [student["id"] for student in course.students()]
    if not students:
        raise InputError(
            f"VARIANT=each needs to know your students: write {course.root / 'students.csv'}"
        )
    for variant in range(VARIANTS):
        with tempfile.TemporaryDirectory() as elsewhere:
            write_if_changed(kept(course, problem_set, variant), make(elsewhere, variant))
    course.release(problem_set)
    released = course.released(problem_set)
    notebook = nbformat.read(released, as_version=4)
    notebook.metadata.lossbook[EACH] = True
    nbformat.write(notebook, released)
    folder = course.root / "handouts" / problem_set
    for student in students:
        text = kept(course, problem_set, variant_of(problem_set, student)).read_text()
        write_if_changed(folder / f"{student}.ipynb", text)
    return folder


def for_student(course, problem_set, student, released):
    """Return what a student got: the notebook of their variant, or the one of all."""
    if not released.metadata.lossbook.get(EACH):
        return released
    notebook = nbformat.read(
        kept(course, problem_set, variant_of(problem_set, student)), as_version=4
    )
    notebook.metadata.lossbook[EACH] = True
    return notebook


def checks(about, problem_set):
    """Return {cell: text} of the locked checks that are another variant's in the gradebook."""
    if not about.get(EACH):
        return {}
    cells = source_notebook(problem_set, about.variant).cells
    known = {cell.metadata.nbgrader.grade_id: cell for cell in cells if "nbgrader" in cell.metadata}
    return {
        name: c.source
        for name, c in known.items()
        if c.cell_type == "code" and c.metadata.nbgrader.grade
    }


def to_test(course, problem_set):
    """Yield the source, the released notebook and the number of each variant that was released."""
    released = nbformat.read(course.released(problem_set), as_version=4)
    if not released.metadata.lossbook.get(EACH):
        source = nbformat.read(course.source(problem_set), as_version=4)
        yield source, released, released.metadata.lossbook.variant
        return
    for variant in range(VARIANTS):
        notebook = nbformat.read(kept(course, problem_set, variant), as_version=4)
        yield source_notebook(problem_set, variant), notebook, variant

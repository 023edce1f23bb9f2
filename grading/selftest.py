"""Before anything is graded: right answers get everything, none nothing, wrong ones their mark."""

from nbgrader.utils import determine_grade

from grading.execute import run_notebook
from grading.exercises import answered, read_set
from grading.variants import to_test


def trials(exercises):
    """Return (what, answers by exercise, points expected by exercise, words by exercise)."""
    rounds = max(len(e.wrong) for e in exercises)
    yield (
        "the solution",
        {e.name: e.solution for e in exercises},
        {e.name: e.visible + e.hidden for e in exercises},
        {},
    )
    yield "the empty notebook", {}, {e.name: 0 for e in exercises}, {}
    for number in range(rounds):
        chosen = {e.name: e.wrong[number] for e in exercises if number < len(e.wrong)}
        yield (
            f"wrong answer {number + 1}",
            {name: wrong.code for name, wrong in chosen.items()},
            {name: wrong.points for name, wrong in chosen.items()},
            {name: wrong.says for name, wrong in chosen.items()},
        )


def self_test(source, released, problem_set, variant):
    """Return what is not as the problem set says; empty if it may be graded with."""
    _, exercises = read_set(problem_set, variant)
    checks = {
        cell.metadata.nbgrader.grade_id: cell.source
        for cell in source.cells
        if cell.cell_type == "code" and cell.metadata.nbgrader.grade
    }

    found = []
    for what, answers, points, says in trials(exercises):
        notebook = answered(released, answers)
        remarks = run_notebook(notebook, checks, variant)
        got = marks(notebook, exercises)
        for name, expected in points.items():
            said = " ".join(remark for remark in remarks if remark.startswith(f"{name}-"))
            if abs(got[name] - expected) > 0.005:
                cell = [remark for remark in remarks if remark.startswith(f"{name}: ")]
                why = f"; it is told {' '.join([*cell, said])!r}" if got[name] < expected else ""
                found.append(
                    f"{name}: {what} gets {got[name]:g} points; expected {expected:g}{why}"
                )
            if says.get(name, "") not in said:
                found.append(f"{name}: {what} is told {said!r}; expected {says[name]!r} in it")
    return found


def marks(notebook, exercises):
    """Return the points of each exercise in a notebook that has been run."""
    got = {
        cell.metadata.nbgrader.grade_id: determine_grade(cell)[0]
        for cell in notebook.cells
        if cell.cell_type == "code" and cell.metadata.get("nbgrader", {}).get("grade")
    }
    return {e.name: got[f"{e.name}-check"] + got.get(f"{e.name}-hidden", 0) for e in exercises}


def test_release(course, problem_set):
    """Run the self-test on what has been released."""
    return [
        problem
        for source, released, variant in to_test(course, problem_set)
        for problem in self_test(source, released, problem_set, variant)
    ]

"""What a class found hard, and which mistakes it made: numbers for the next lecture.

What a group handed in counts once, and not once for each member.
"""

from collections import Counter

import numpy as np
from nbgrader.api import Gradebook

from grading import InputError
from grading.groups import together

FEW = 3  # A mistake in fewer hand-ins is no pattern, and could name somebody.


def shares(db_url, problem_set):
    """Return {exercise: {student: share of the points that a machine gave}}."""
    earned, most = {}, {}
    with Gradebook(db_url) as gradebook:
        for submission in gradebook.assignment_submissions(problem_set):
            for grade in (g for notebook in submission.notebooks for g in notebook.grades):
                exercise, part = grade.name.rsplit("-", 1)
                if part == "written":
                    continue
                students = earned.setdefault(exercise, Counter())
                students[submission.student.id] += grade.score
                most.setdefault(exercise, {})[grade.name] = grade.max_score
    return {
        exercise: {s: score / sum(most[exercise].values()) for s, score in students.items()}
        for exercise, students in earned.items()
    }


def discrimination(shares_of_all, exercise):
    """Return the correlation of an exercise with the mean of the others; nan without a spread."""
    students = sorted(shares_of_all[exercise])
    one = np.array([shares_of_all[exercise][s] for s in students])
    rest = [[shares_of_all[e][s] for s in students] for e in shares_of_all if e != exercise]
    others = np.mean(rest, axis=0) if rest else one * 0
    if min(np.std(one), np.std(others)) < 1e-9:
        return float("nan")
    return float(np.corrcoef(one, others)[0, 1])


def mistakes(remarks):
    """Return {(exercise, words): in how many hand-ins} of what the checks said."""
    counted = Counter()
    for lines in remarks.values():
        said = set()
        for line in lines:
            cell, words = line.split(": ", 1)
            exercise, _, part = cell.rpartition("-")
            if part in ("check", "hidden"):
                words = words.split(" hidden cases passed, ")[-1]
                said.add((exercise, words.split(" Read http")[0]))
        counted.update(said)
    return counted


def report(course, problem_set, picture):
    """Draw the picture, and return the report as lines of Markdown."""
    # Each process that grades imports this module, and would import Matplotlib for nothing.
    from grading.picture import draw

    everybody = shares(course.db_url, problem_set)
    students = {student for by_student in everybody.values() for student in by_student}
    if not students:
        raise InputError(f"nobody has a mark for {problem_set}: make grade PS={problem_set}")
    marked = [[m for m in members if m in students] for members in together(course, problem_set)]
    repeated = {member for members in marked for member in members[1:]}
    found = {e: _but(repeated, by_student) for e, by_student in everybody.items()}
    telling = {exercise: discrimination(found, exercise) for exercise in found}
    by_count = mistakes(_but(repeated, course.remarks(problem_set)))
    common = Counter({mistake: count for mistake, count in by_count.items() if count >= FEW})
    full, nothing, mean = {}, {}, {}
    for exercise, by_student in found.items():
        values = np.array(list(by_student.values()))
        mean[exercise], full[exercise] = values.mean(), np.mean(values > 0.999)
        nothing[exercise] = np.mean(values < 0.001)
    drawn = {exercise: (mean[exercise], full[exercise]) for exercise in found}
    alternative = draw(drawn, telling, common, picture)
    of = f" of {len(students)} students" if repeated else ""
    text = [f"# {problem_set}: {len(students - repeated)} hand-ins{of}", ""]
    text += [f"![{alternative}]({picture.name})", ""]
    text += ["| exercise | mean share | full marks | nothing | discrimination |"]
    text += ["|---|---|---|---|---|"]
    for exercise in found:
        text.append(
            f"| {exercise} | {mean[exercise]:.2f} | {full[exercise]:.0%} | "
            f"{nothing[exercise]:.0%} | {telling[exercise]:.2f} |"
        )
    text += ["", "| hand-ins | exercise | what the check said |", "|---|---|---|"]
    for (exercise, words), count in common.most_common():
        text.append(f"| {count} | {exercise} | {words.replace('|', '/')} |")
    return text


def _but(students, found):
    return {student: what for student, what in found.items() if student not in students}

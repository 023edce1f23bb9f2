"""Who hands in together: the rule of ``groups.toml``, and no other place knows one.

.. code-block:: toml

    [robust_line]
    lions = ["ada", "emmy"]
    tigers = ["carl", "sonya", "henri"]

The newest hand-in of a group, under its own name or that of a member, is that of every member. What
a person graded for one member is graded for all whose hand-in is the same.
"""

import tomllib
from dataclasses import replace

from nbgrader.api import Gradebook

from grading import InputError
from grading.handin import STUDENT


def read_groups(path, problem_set, roster=(), known=()):
    """Return {group: members} of a set; nobody hands in together without a file.

    ``roster`` and ``known`` are the ids of students and the names of sets that there are.
    """
    if not path.exists():
        return {}
    try:
        rule = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError(f"{path} is not TOML: {error}") from error
    for name, groups in rule.items():
        if not isinstance(groups, dict):
            raise InputError(f"{path}: {name} stands outside a set; expected a line [set] above it")
        if known and name not in known:
            raise InputError(f"{path}: there is no set [{name}]; there is {', '.join(known)}")
        _refuse(path, name, groups, set(roster))
    return rule.get(problem_set, {})


def _refuse(path, problem_set, groups, roster):
    """Raise if a group is none, or somebody is in two of them."""
    whose = {}
    for group, members in groups.items():
        where = f"{path}: {problem_set}, group {group!r}"
        if not isinstance(members, list) or not members:
            raise InputError(f'{where} is {members!r}; expected ids such as ["ada", "emmy"]')
        if not STUDENT.fullmatch(group) or group in roster:
            raise InputError(f"{where} cannot be called so: take a name that is no student's id")
        for member in members:
            if not isinstance(member, str) or not STUDENT.fullmatch(member):
                raise InputError(f"{where}: {member!r} is no id of a student")
            if roster and member not in roster:
                raise InputError(f"{where}: {member} is not in the roster, students.csv")
            if member in whose:
                first = whose[member]
                raise InputError(
                    f"{where}: {member} is in {first!r}, too; a person is in one group of a set"
                )
            whose[member] = group
    if both := sorted(set(groups) & set(whose)):
        raise InputError(f"{path}: {problem_set}: {both[0]!r} is a group and a member: rename one")


def spread(found, groups):
    """Give the newest hand-in of a group to each member; return {student: hand-in} and remarks."""
    found, remarks = dict(found), []
    for group, members in groups.items():
        came = {name: found.pop(name) for name in (group, *members) if name in found}
        if not came:
            continue
        newest = max(came.values(), key=lambda h: (not h.problem, h.time, h.name))
        for member in members:
            # A page goes back to where a hand-in of the member's own came from.
            own = newest.name if newest.student == member else getattr(came.get(member), "name", "")
            by = newest.student if newest.student in members else members[0]
            found[member] = replace(newest, student=member, returned=own, by=by)
        remarks.append(f"{group}: {newest.name!r} is graded for {', '.join(members)}")
    return found, remarks


def together(course, problem_set):
    """Return lists of the members of a group who have the same hand-in."""
    found = []
    for members in course.groups(problem_set).values():
        pages = {}
        for member in members:
            path = course.submitted(problem_set, member)
            if path.exists():
                pages.setdefault(path.read_bytes(), []).append(member)
        found += pages.values()
    return found


def share_words(course, problem_set):
    """Give points and comments that one member got from a person to the others of the group."""
    changed = set()
    with Gradebook(course.db_url) as gradebook:
        for members in together(course, problem_set):
            marked = [m for m in members if course.marker(problem_set, m).exists()]
            changed |= _share(gradebook, problem_set, marked)
        gradebook.db.commit()
    for member in changed:
        course.told(problem_set, member).unlink(missing_ok=True)


def _share(gradebook, problem_set, members):
    """Copy to each member what another one got; return whom that changed."""
    found = {m: gradebook.find_submission(problem_set, m).notebooks[0] for m in members}
    done, said, changed = {}, {}, set()
    for notebook in found.values():
        for grade in notebook.grades:
            if grade.manual_score is not None and not grade.needs_manual_grade:
                done.setdefault(grade.name, (grade.manual_score, grade.extra_credit))
        for comment in notebook.comments:
            if comment.manual_comment:
                said.setdefault(comment.name, comment.manual_comment)
    for member, notebook in found.items():
        for grade in notebook.grades:
            open_ = grade.manual_score is None or grade.needs_manual_grade
            if grade.name in done and open_:
                grade.manual_score, grade.extra_credit = done[grade.name]
                grade.needs_manual_grade = False
                changed.add(member)
        for comment in notebook.comments:
            if comment.name in said and not comment.manual_comment:
                comment.manual_comment = said[comment.name]
                changed.add(member)
    return changed

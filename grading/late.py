"""What a late hand-in costs: the rule of ``deadlines.toml``, and no other place knows one.

.. code-block:: toml

    lost_each_day = 0.1
    grace_minutes = 15

    [due]
    gradients = 2026-10-05T23:59:00+02:00

Each day begun after the grace costs that share of the set's points; nobody falls below 0.
"""

import math
import tomllib
from datetime import UTC, datetime, timedelta

from nbgrader.api import Gradebook

from grading import InputError

KEYS = {"lost_each_day", "grace_minutes", "due"}


def read_rule(path, known=()):
    """Return the rule of a course as a dict, and {set: when it is due}; no rule without a file.

    ``known`` are the names of sets that there are.
    """
    if not path.exists():
        return {}, {}
    try:
        rule = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError(f"{path} is not TOML: {error}") from error
    due = rule.get("due", {})
    if not set(rule) <= KEYS or not isinstance(due, dict):
        raise InputError(f"{path} has {sorted(rule)}; expected {sorted(KEYS)}")
    for name, when in due.items():
        if known and name not in known:
            raise InputError(f"{path}: there is no set {name}; there is {', '.join(known)}")
        if not isinstance(when, datetime) or when.tzinfo is None:
            raise InputError(
                f"{path}: {name} is due at {when}; expected a time with its zone, such as "
                "2026-10-05T23:59:00+02:00"
            )
    lost = rule.get("lost_each_day", 0)
    if isinstance(lost, bool) or not isinstance(lost, int | float) or not 0 <= lost <= 1:
        raise InputError(f"{path}: lost_each_day is {lost!r}; expected a share from 0 to 1")
    grace = rule.get("grace_minutes", 0)
    if isinstance(grace, bool) or not isinstance(grace, int | float) or grace < 0:
        raise InputError(f"{path}: grace_minutes is {grace!r}; expected minutes, 0 or more")
    return rule, due


def days_late(when, due, grace_minutes=0):
    """Return the days begun after a deadline and the grace.

    >>> due = datetime(2026, 10, 5, 23, 59, tzinfo=UTC)
    >>> [days_late(due + timedelta(hours=h), due, grace_minutes=15) for h in (-1, 0.1, 1, 25)]
    [0, 0, 1, 2]
    """
    late = when - due
    if late <= timedelta(minutes=grace_minutes):
        return 0
    return math.ceil(late / timedelta(days=1))


def apply(course, problem_set):
    """Write what everybody loses into the gradebook; return {student: days} of the late ones."""
    rule, due = read_rule(course.root / "deadlines.toml", course.sets())
    found = {}
    with Gradebook(course.db_url) as gradebook:
        for submission in gradebook.assignment_submissions(problem_set):
            days = 0
            if problem_set in due:
                when = submission.timestamp.replace(tzinfo=UTC)
                days = days_late(when, due[problem_set], rule.get("grace_minutes", 0))
            lost = days * rule.get("lost_each_day", 0) * submission.max_score
            (notebook,) = submission.notebooks
            lost = round(min(lost, notebook.score), 2) or None
            if notebook.late_submission_penalty != lost:
                notebook.late_submission_penalty = lost
                course.told(problem_set, submission.student.id).unlink(missing_ok=True)
            if days:
                found[submission.student.id] = days
        gradebook.db.commit()
    return found

"""``python -m grading release|grade|regrade|feedback|export|selftest <set>``: see the Makefile."""

import argparse
import os
import sys

from grading import export, selftest
from grading.course import ROOT, Course, CourseError, in_parallel
from grading.exercises import sets
from grading.sandbox import why_not


def show(line):
    """Show progress: in place on a terminal, else a line whenever somebody would wonder."""
    if sys.stdout.isatty():
        print(f"\r\x1b[K{line}", end="", flush=True)
    else:
        print(line, flush=True)


def release(course, options):
    """Make the student's notebook, if the self-test agrees."""
    need_box()
    path = course.release(options.set, options.variant)
    try:
        need_self_test(course, options.set)
    except CourseError:
        path.unlink()
        raise
    print(f"release: give your students {path}")


def grade(course, options):
    """Self-test, collect, autograde, feedback, export."""
    need_box()
    course.variant(options.set)
    need_self_test(course, options.set)
    remarks = course.collect(options.set)
    for remark in remarks:
        print(f"collect: {remark}")
    finish(course, options)


def regrade(course, options):
    """Grade one student again."""
    need_box()
    course.forget(options.set, options.student)
    grade(course, options)


def finish(course, options):
    """Grade who waits, write the pages that are missing, export."""
    course.prepare()
    failures = {}
    for step, students in (
        ("grade", lambda: course.waiting(options.set)),
        ("feedback", lambda: course.without_feedback(options.set)),
    ):
        waiting = students()
        if waiting:
            workers = min(options.workers, len(waiting))
            failures |= in_parallel(step, course, options.set, waiting, workers, show)
        print(f"{step}: {len(waiting) - len(failures)} done, {len(failures)} failed")
    write_exports(course, options)
    for student, why in failures.items():
        print(f"{student}: not graded: {why}")
    if failures:
        raise CourseError("the others are graded; run the same command again for these")


def feedback(course, options):
    """Write all pages again, after answers in words have been graded."""
    students = course.graded_students(options.set)
    failures = in_parallel("feedback", course, options.set, students, options.workers, show)
    for student, why in failures.items():
        print(f"{student}: no feedback: {why}")
    write_exports(course, options)


def write_exports(course, options):
    """Write the marks as files."""
    for path in export.write_all(course, options.set):
        print(f"export: {path}")


def run_self_test(course, options):
    """Run the self-test alone."""
    need_box()
    need_self_test(course, options.set)


def need_box():
    """Refuse to go on without a sandbox."""
    reason = why_not()
    if reason:
        raise CourseError(f"student code runs only in a sandbox, and there is none: {reason}")


def need_self_test(course, problem_set):
    """Refuse to go on if an answer gets another mark than it deserves."""
    problems = selftest.test_release(course, problem_set)
    if problems:
        raise CourseError("\n".join([f"{problem_set} cannot be graded with:", *problems]))
    print(f"self-test: every answer of {problem_set} gets its mark")


COMMANDS = {
    "release": release,
    "grade": grade,
    "regrade": regrade,
    "feedback": feedback,
    "export": write_exports,
    "selftest": run_self_test,
}


def main(arguments=None):
    """Run one command."""
    parser = argparse.ArgumentParser(prog="python -m grading")
    parser.add_argument("command", choices=COMMANDS)
    parser.add_argument("set", choices=sets(), metavar="set", help=", ".join(sets()))
    parser.add_argument("--course", default=ROOT / "_course", help="the course folder")
    parser.add_argument("--variant", type=int, default=0, help="which of the seeded numbers")
    parser.add_argument("--student", help="whom to grade again")
    parser.add_argument("--workers", type=int, default=os.cpu_count(), help="processes")
    options = parser.parse_args(arguments)
    if options.command == "regrade" and not options.student:
        parser.error("whom? give --student")
    try:
        COMMANDS[options.command](Course(options.course), options)
    except CourseError as error:
        print(f"{options.command}: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""``python -m grading <command> <set>``: release, grade and the others of the Makefile."""

import argparse
import os
import sys
import tempfile
import traceback

from nbgrader.api import MissingEntry
from sqlalchemy.exc import DatabaseError, OperationalError

from grading import (
    InputError,
    export,
    gradescope,
    groups,
    late,
    otter,
    selftest,
    similar,
    solutions,
    statistics,
    variants,
)
from grading.course import LOCKED, ROOT, Course, CourseError
from grading.exercises import VARIANTS, folder, sets
from grading.handin import STUDENT, write_if_changed
from grading.parallel import in_parallel, workers
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
    rules = []

    def tried(folder, variant):
        trial = Course(folder, options.seconds)
        trial.release(options.set, variant)
        need_self_test(trial, options.set)
        rules.append(trial.rules(options.set))
        return trial.released(options.set).read_text()

    # What was released before must outlive a set that fails: so it is first tried elsewhere.
    if options.variant == variants.EACH:
        folder = variants.release_each(course, options.set, tried)
        given = f"each student their own notebook of {folder}"
    else:
        with tempfile.TemporaryDirectory() as elsewhere:
            tried(elsewhere, options.variant)
        given = f"your students {course.release(options.set, options.variant)}"
    # Those of the trial: a set that has changed since is tested again before it grades.
    write_if_changed(course.tested(options.set), rules[0])
    if options.variant:
        print(f"release: {variants.told(options.set, options.variant)}")
    print(f"release: give {given}")


def grade(course, options):
    """Self-test, collect, autograde, feedback, export."""
    need_box()
    course.variant(options.set)
    course.prepare(options.set)
    late.read_rule(course.root / "deadlines.toml", course.sets())
    need_self_test(course, options.set)
    remarks = course.collect(options.set)
    for remark in remarks:
        print(f"collect: {remark}")
    if options.command == "regrade":
        course.forget(options.set, options.student)
    finish(course, options)


def report(course, options):
    """Write what the class found hard, and show it."""
    path = course.root / "exports" / f"{options.set}_statistics.md"
    path.parent.mkdir(exist_ok=True)
    picture = path.with_suffix(".png")
    lines = statistics.report(course, options.set, picture)
    write_if_changed(path, "\n".join(lines) + "\n")
    print("\n".join([*lines[:2], *lines[4:], "", f"report: {path}", f"report: {picture}"]))


def similarity(course, options):
    """Write which hand-ins share more than the class does, and show it."""
    lines = similar.lines(course, options.set)
    path = course.root / "exports" / f"{options.set}_similar.md"
    path.parent.mkdir(exist_ok=True)
    write_if_changed(path, "\n".join(lines) + "\n")
    print("\n".join([*lines, "", f"similar: {path}"]))


def solved(course, options):
    """Write the notebook with the solutions, for after the deadline."""
    need_box()
    course.variant(options.set)
    paths, warning = solutions.write(course, options.set)
    for path in paths:
        print(f"solutions: {path}")
    if warning:
        print(f"solutions: {warning}")


def elsewhere(course, options):
    """Write what Gradescope and Otter-Grader take."""
    course.variant(options.set)
    path, remarks = gradescope.write(course, options.set)
    for remark in remarks:
        print(f"gradescope: {remark}")
    print(f"gradescope: {path}")
    if course.notebook(options.set).metadata.lossbook.get(variants.EACH):
        print("otter: left out, because each student has numbers of their own")
    else:
        print(f"otter: {otter.write(course, options.set)}")


def remove(course, options):
    """Take a student out of a set: somebody whom a misspelled file name made."""
    course.remove(options.set, options.student)
    write_exports(course, options)


def finish(course, options):
    """Grade who waits, write the pages that are missing, export."""
    failures = {}
    with workers(options.workers) as pool:
        for step, ask in (("grade", course.waiting), ("feedback", course.without_feedback)):
            if step == "feedback":
                groups.share_words(course, options.set)
                late.apply(course, options.set)
            waiting = ask(options.set)
            failed = in_parallel(pool, step, course, options.set, waiting, show)
            course.refuse_changes(options.set)
            print(f"{step}: {len(waiting) - len(failed)} done, {len(failed)} failed")
            failures |= failed
    write_exports(course, options)
    refuse_failures(failures)


def feedback(course, options):
    """Write all pages again, after answers in words have been graded."""
    students = course.graded_students(options.set)
    groups.share_words(course, options.set)
    late.apply(course, options.set)
    with workers(options.workers) as pool:
        failures = in_parallel(pool, "feedback", course, options.set, students, show)
    write_exports(course, options)
    refuse_failures(failures)


def refuse_failures(failures):
    """Say whom a step failed for."""
    if failures:
        lines = [f"{student}: {why}" for student, why in failures.items()]
        raise CourseError("\n".join(["the others are done; not so:", *lines]))


def write_exports(course, options):
    """Write the marks as files."""
    for path in export.write_all(course, options.set):
        print(f"export: {path}")


def rehearse(course, options):
    """Run the self-test of a set as it is now, in several variants; nothing is released."""
    need_box()
    for variant in range(VARIANTS):
        with tempfile.TemporaryDirectory() as elsewhere:
            trial = Course(elsewhere, options.seconds)
            trial.release(options.set, variant)
            print(f"try: variant {variant}")
            need_self_test(trial, options.set)


def need_box():
    """Refuse to go on without a sandbox."""
    reason = why_not()
    if reason:
        raise CourseError(f"student code runs only in a sandbox, and there is none: {reason}")


def need_self_test(course, problem_set):
    """Refuse to go on if an answer gets another mark than it deserves."""
    rules, tested = course.rules(problem_set), course.tested(problem_set)
    if not (tested.exists() and tested.read_text() == rules):
        problems = selftest.test_release(course, problem_set)
        if problems:
            raise CourseError("\n".join([f"{problem_set} cannot be graded with:", *problems]))
        course.refuse_changes(problem_set)
        write_if_changed(tested, rules)
    print(f"self-test: every answer of {problem_set} gets its mark")


COMMANDS = {
    "release": release,
    "grade": grade,
    "regrade": grade,
    "remove": remove,
    "report": report,
    "similar": similarity,
    "solutions": solved,
    "elsewhere": elsewhere,
    "feedback": feedback,
    "export": write_exports,
    "try": rehearse,
}


def main(arguments=None):
    """Run one command."""
    parser = argparse.ArgumentParser(prog="python -m grading")
    parser.add_argument("command", choices=COMMANDS)
    parser.add_argument("set", help=", ".join(sets()))
    parser.add_argument("--course", default=ROOT / "_course", help="the course folder")
    parser.add_argument(
        "--variant", type=variant, default=0, help="a number, or each: by the student's id"
    )
    parser.add_argument("--student", help="whom to grade again, or to remove")
    parser.add_argument("--workers", type=at_least(1), default=os.cpu_count(), help="processes")
    parser.add_argument("--seconds", type=float, default=10.0, help="for a cell or a call")
    options = parser.parse_args(arguments)
    if not sets():
        parser.error(f"no set in {folder()}: LOSSBOOK_ASSIGNMENTS names that folder")
    if options.set not in sets() and (folder() / options.set).is_dir():
        parser.error(f"{folder() / options.set} has no README.md, the introduction of the set")
    if options.set not in sets():
        parser.error(f"there is no set {options.set!r}; there is {', '.join(sets())}")
    if options.command in ("regrade", "remove"):
        if not options.student:
            parser.error("whom? give --student")
        if not STUDENT.fullmatch(options.student):
            parser.error(f"{options.student!r} is no id of a student")
    course = Course(options.course, options.seconds)
    try:
        COMMANDS[options.command](course, options)
    except Exception as error:
        print(f"{options.command}: {in_words(error, course)}", file=sys.stderr)
        return 1
    return 0


def at_least(least):
    """Return a reader of whole numbers that are large enough."""

    def number(text):
        try:
            found = int(text)
        except ValueError:
            found = text
        if not isinstance(found, int) or found < least:
            raise argparse.ArgumentTypeError(f"expected {least} or more, got {text}")
        return found

    return number


def variant(text):
    """Return a number, or the word that stands for one for each student."""
    return text if text == variants.EACH else at_least(0)(text)


def in_words(error, course):
    """Say what is wrong and what to do; what nobody foresaw is written where it can be read."""
    if isinstance(error, CourseError | InputError):
        return error
    if isinstance(error, OperationalError) and "locked" in str(error):
        return LOCKED
    if isinstance(error, MissingEntry):
        return (
            f"the gradebook does not know that ({error}): put back a copy of "
            f"{course.root / 'gradebook.db'}, or run make release and make grade again"
        )
    if isinstance(error, DatabaseError) and not isinstance(error, OperationalError):
        return (
            f"{course.root / 'gradebook.db'} is damaged: put back a copy. Without one, delete it "
            "and run make release and make grade; points that persons gave are lost then"
        )
    if isinstance(error, OperationalError):
        return f"{course.root / 'gradebook.db'} cannot be opened: {error.orig}"
    if isinstance(error, OSError) and error.filename:
        return f"{error.strerror}: {error.filename}. Mend that, and run the command again"
    report = course.root / "error.txt"
    report.parent.mkdir(parents=True, exist_ok=True)
    report.write_text("".join(traceback.format_exception(error)))
    return (
        f"{type(error).__name__}, which nobody expected. Nothing is lost; run the command again. "
        f"If it stays, send {report} with your report of an error"
    )


if __name__ == "__main__":
    sys.exit(main())

"""``python -m grading <command> <set>``: release, grade and the others of the Makefile."""

import argparse
import os
import sys
import tempfile
import traceback

from sqlalchemy.exc import OperationalError

from grading import InputError, export, late, selftest, statistics, variants
from grading.course import LOCKED, ROOT, Course, CourseError
from grading.exercises import sets
from grading.handin import write_if_changed
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

    def tried(folder, variant):
        trial = Course(folder, options.seconds)
        trial.release(options.set, variant)
        need_self_test(trial, options.set)
        return trial.released(options.set).read_text()

    # What was released before must outlive a set that fails: so it is first tried elsewhere.
    if options.variant == variants.EACH:
        folder = variants.release_each(course, options.set, tried)
        given = f"each student their own notebook of {folder}"
    else:
        with tempfile.TemporaryDirectory() as elsewhere:
            tried(elsewhere, options.variant)
        given = f"your students {course.release(options.set, options.variant)}"
    write_if_changed(course.tested(options.set), course.rules(options.set))
    if options.variant:
        print(f"release: {variants.told(options.set, options.variant)}")
    print(f"release: give {given}")


def grade(course, options):
    """Self-test, collect, autograde, feedback, export."""
    need_box()
    course.variant(options.set)
    need_self_test(course, options.set)
    remarks = course.collect(options.set)
    for remark in remarks:
        print(f"collect: {remark}")
    if options.command == "regrade":
        course.forget(options.set, options.student)
    finish(course, options)


def report(course, options):
    """Write what the class found hard, and show it."""
    lines = statistics.lines(course, options.set)
    path = course.root / "exports" / f"{options.set}_statistics.md"
    write_if_changed(path, "\n".join(lines) + "\n")
    print("\n".join([*lines, "", f"report: {path}"]))


def remove(course, options):
    """Take a student out of a set: somebody whom a misspelled file name made."""
    course.remove(options.set, options.student)
    write_exports(course, options)


def finish(course, options):
    """Grade who waits, write the pages that are missing, export."""
    course.prepare()
    failures = {}
    with workers(options.workers) as pool:
        for step, ask in (("grade", course.waiting), ("feedback", course.without_feedback)):
            if step == "feedback":
                late.apply(course, options.set)
            waiting = ask(options.set)
            failed = in_parallel(pool, step, course, options.set, waiting, show)
            print(f"{step}: {len(waiting) - len(failed)} done, {len(failed)} failed")
            failures |= failed
    write_exports(course, options)
    refuse_failures(failures)


def feedback(course, options):
    """Write all pages again, after answers in words have been graded."""
    students = course.graded_students(options.set)
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


def run_self_test(course, options):
    """Run the self-test alone, whether or not it has passed before."""
    need_box()
    course.variant(options.set)
    course.tested(options.set).unlink(missing_ok=True)
    need_self_test(course, options.set)


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
        write_if_changed(tested, rules)
    print(f"self-test: every answer of {problem_set} gets its mark")


COMMANDS = {
    "release": release,
    "grade": grade,
    "regrade": grade,
    "remove": remove,
    "report": report,
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
    parser.add_argument(
        "--variant", type=variant, default=0, help="a number, or each: by the student's id"
    )
    parser.add_argument("--student", help="whom to grade again, or to remove")
    parser.add_argument("--workers", type=int, default=os.cpu_count(), help="processes")
    parser.add_argument("--seconds", type=float, default=10.0, help="for a cell or a call")
    options = parser.parse_args(arguments)
    if options.command in ("regrade", "remove") and not options.student:
        parser.error("whom? give --student")
    course = Course(options.course, options.seconds)
    try:
        COMMANDS[options.command](course, options)
    except Exception as error:
        print(f"{options.command}: {in_words(error, course)}", file=sys.stderr)
        return 1
    return 0


def variant(text):
    """Return a number, or the word that stands for one for each student."""
    return text if text == variants.EACH else int(text)


def in_words(error, course):
    """Say what is wrong and what to do; what nobody foresaw is written where it can be read."""
    if isinstance(error, CourseError | InputError):
        return error
    if isinstance(error, OperationalError) and "locked" in str(error):
        return LOCKED
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

"""Tests of the grader: they start its commands, so that whatever a command reads is read."""

READS = [
    "grading", "assignments", "lossbook", "tests/grading", "tests/test_recognize.py",
    "_ext/rendered_math.js", "chapters/instructors", "Makefile",
]  # fmt: skip

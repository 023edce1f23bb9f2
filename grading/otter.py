"""A problem set as tests of Otter-Grader: exception-based test files, one for each exercise.

Format: https://otter-grader.readthedocs.io/en/latest/test_files/python_format.html, version 7.
Otter runs student code without a box, beside these files: a student can read the hidden cases.
"""

import json
import zipfile

import numpy as np

import lossbook
from grading.exercises import ROOT, read_set
from tools import address

TEST = '''"""{title}: what lossbook's own grader checks, for Otter-Grader."""

import numpy as np
from otter.test_files import test_case

import lossbook

OK_FORMAT = False

name = {name!r}
points = None

VISIBLE = {visible!r}
HIDDEN = {hidden!r}


def answer_of(env):
    if name not in env:
        raise AssertionError("{name} is not defined")
    return env[name]


@test_case(points={visible_points}, hidden=False)
def test_visible(env):
    answer_of(env)
    exec(VISIBLE, {{"np": np, "lossbook": lossbook, **env}})
{cases}'''
CASE = """

@test_case(points={points}, hidden=True)
def test_hidden_{number}(env):
    hidden_case(answer_of(env), {index})
"""
OF_THE_PACKAGE = """

def hidden_case(answer, index):
    from lossbook.check import examine
    from lossbook.exercises import EXERCISES

    scope = {{"np": np, "lossbook": lossbook}}
    exec(HIDDEN, scope)
    case = list(scope["cases"](np.random.default_rng({seed})))[index]
    report = examine(EXERCISES[name], answer, {{"hidden": case}}, {numbers})
    assert "hidden" in report.passed, report.sentence
"""
OF_ITS_OWN = """

def hidden_case(answer, index):
    scope = {{"np": np, "lossbook": lossbook}}
    exec(HIDDEN, scope)
    checks = [f for check, f in scope.items() if check.startswith("check") and callable(f)]
    checks[index](answer, np.random.default_rng({seed}))
"""


def test_file(exercise, variant):
    """Return the text of an exercise's test file."""
    scope, count = {"np": np, "lossbook": lossbook}, 0
    seed = [variant, *exercise.name.encode()]
    own = False
    if exercise.hidden:
        exec(compile(exercise.hidden_check, f"{exercise.name}, hidden", "exec"), scope)
        own = "cases" not in scope
        count = (
            sum(check.startswith("check") and callable(f) for check, f in scope.items())
            if own
            else len(list(scope["cases"](np.random.default_rng(seed))))
        )
    cases = [
        CASE.format(number=i + 1, index=i, points=round(exercise.hidden / count, 4))
        for i in range(count)
    ]
    judge = OF_ITS_OWN if own else OF_THE_PACKAGE
    text = TEST.format(
        title=exercise.title,
        name=exercise.name,
        visible=exercise.visible_check,
        visible_points=exercise.visible,
        hidden=exercise.hidden_check,
        cases="".join([judge.format(seed=seed, numbers=exercise.numbers) if count else "", *cases]),
    )
    compile(text, exercise.name, "exec")
    return text


def write(course, problem_set):
    """Write the archive that ``otter run -a`` takes; return its path."""
    variant = course.variant(problem_set)
    path = course.root / "exports" / f"{problem_set}_otter.zip"
    path.parent.mkdir(exist_ok=True)
    draft = path.with_suffix(".part")
    with zipfile.ZipFile(draft, "w", zipfile.ZIP_DEFLATED) as archive:
        for exercise in read_set(problem_set, variant)[1]:
            archive.writestr(f"tests/{exercise.name}.py", test_file(exercise, variant))
        archive.writestr("otter_config.json", json.dumps({"lang": "python"}))
        archive.writestr("requirements.txt", f"lossbook @ git+{address.read(ROOT).repository}\n")
    draft.replace(path)
    return path

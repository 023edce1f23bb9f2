"""The problem sets are complete, can be graded, and tell nothing that they should not."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import numpy as np
import pytest

import lossbook
from grading import exercises
from grading.__main__ import main
from grading.course import Course
from grading.exercises import read_set, sets
from grading.hidden import OUTCOMES, Verdict, all_sentences, verdict, words
from grading.sandbox import BoxEnded, raised
from lossbook.check import CheckError
from lossbook.exercises import EXERCISES
from tests.grading.conftest import LOOKING, grader
from tests.grading.telling import ALL, tell
from tests.keep import made

# As the others of the folder, and the chapters that the exercises name.
READS = [
    "grading", "assignments", "lossbook", "tests/grading", "_ext/rendered_math.js", "chapters",
]  # fmt: skip
ROOT = Path(__file__).resolve().parents[2]
IDS = [exercise.name for _, exercise in ALL]
VARIANTS = 4
SOURCES = (*grader(*LOOKING), "assignments/", "lossbook/", "requirements.txt")


def answer(code, name):
    namespace = {"np": np, "lossbook": lossbook}
    exec(code, namespace)
    return namespace[name]


def release_all(folder):
    """Release every set. Each release runs its self-test in the box, which takes a minute."""
    assert [main(["release", name, "--course", str(folder / "course")]) for name in sets()] == [
        0
    ] * 7


@pytest.fixture(scope="module")
def course():
    return Course(made("released", SOURCES, release_all) / "course")


@pytest.fixture(scope="module")
def released(course):
    """Return {name: notebook} of what students get."""
    return {name: nbformat.read(course.released(name), as_version=4) for name in sets()}


def test_there_are_sets_enough_and_exercises_enough_in_each():
    assert set(sets()) == {
        *("concepts", "gradients", "descent", "linear_regression", "logistic_regression"),
        *("backpropagation", "robust_line"),
    }
    assert all(3 <= len(read_set(name)[1]) <= 5 for name in sets())
    assert sorted(IDS) == sorted(EXERCISES)


@pytest.mark.parametrize("exercise", [e for _, e in ALL], ids=IDS)
def test_every_exercise_says_what_it_is_for(exercise):
    assert exercise.outcome
    assert exercise.level in (1, 2, 3)
    assert 5 <= exercise.minutes <= 20
    assert len(exercise.wrong) >= 2
    chapter = ROOT / "chapters" / f"{exercise.chapter}.ipynb"
    assert f":label: {exercise.equation}\\n" in chapter.read_text()
    assert bool(exercise.written) == bool(exercise.rubric)
    points = re.findall(r"^- (\d) points?:", exercise.rubric, re.MULTILINE)
    assert sum(map(int, points)) == exercise.written_points


@pytest.mark.parametrize("variant", range(VARIANTS))
@pytest.mark.parametrize("number", range(len(ALL)), ids=IDS)
def test_in_every_variant_right_is_right_and_wrong_is_wrong(number, variant):
    name_of_set, exercise = ALL[number]
    (exercise,) = (e for e in read_set(name_of_set, variant)[1] if e.name == exercise.name)
    right = answer(exercise.solution, exercise.name)
    lossbook.check(exercise.name, right, **exercise.numbers)
    assert not exercise.hidden or all(verdict(exercise, right, variant).passed)
    for wrong in exercise.wrong:
        given, points, told = answer(wrong.code, exercise.name), exercise.visible, ""
        try:
            lossbook.check(exercise.name, given, **exercise.numbers)
        except CheckError as error:
            points, told = 0, str(error)
        if exercise.hidden:
            with np.errstate(all="ignore"):
                found = verdict(exercise, given, variant)
            points += exercise.hidden * found.share
            told += words(exercise, found)
        assert points == pytest.approx(wrong.points, abs=0.005), wrong.says
        assert wrong.says in told


def test_a_verdict_has_no_room_for_what_an_answer_computed():
    for passed, sentence in (((1, True), 0), ((True,), 2.5), ((True,), True), ((True,), "words")):
        with pytest.raises(TypeError, match="truth values and numbers"):
            Verdict(passed, sentence)
    with pytest.raises(TypeError, match="truth values and numbers"):
        Verdict((True,), 0, "words")


@pytest.mark.parametrize("exercise", [e for _, e in ALL if e.hidden], ids=lambda e: e.name)
def test_whatever_an_answer_returns_the_words_were_there_before_it_was_called(exercise):
    """The message is a function of the exercise, of which cases passed, and of a number."""
    possible = set(all_sentences(exercise))
    rng = np.random.default_rng(0)
    results = [None, "SEEN 123457", [1, [2]], 123457.0, (123457.0,) * 3, rng.normal(size=(7, 0, 3))]
    right = answer(exercise.solution, exercise.name)
    for number, result in enumerate([*results, ValueError("SEEN 123457"), BoxEnded("SEEN 123457")]):

        def some(*arguments, result=result, number=number, calls=[]):  # noqa: B006
            calls.append(1)
            if len(calls) == 1 and number % 2:
                return right(*arguments)
            if isinstance(result, Exception):
                raise result
            return result

        found = verdict(exercise, some, 0)
        count = len(found.passed)
        if all(found.passed):
            assert words(exercise, found) == f"all {count} hidden cases passed"
            continue
        first, *told = words(exercise, found).split("\n")
        assert first == f"{sum(found.passed)} of {count} hidden cases passed"
        assert "\n".join(told) in possible
        assert not any("123457" in text for text in possible)


def test_variants_have_other_numbers_and_say_so():
    texts = {exercises.source_notebook("descent", v).cells[14].source for v in range(VARIANTS)}
    assert len(texts) == VARIANTS
    assert any("Start at θ = -1.0 with the learning rate 0.25" in text for text in texts)


def test_no_release_tells_a_solution_a_hidden_case_or_a_rubric(released, course):
    for name, notebook in released.items():
        text = course.released(name).read_text()
        assert tell("\n".join(cell.source for cell in notebook.cells)) == []
        assert tell(text) == []
        for mark in ("BEGIN", "SOLUTION", "HIDDEN", "hidden(", "MARK SCHEME", "grading"):
            assert mark not in text
        assert all(not cell.get("outputs") for cell in notebook.cells)
        assert [p.name for p in course.released(name).parent.iterdir()] == [f"{name}.ipynb"]


def test_a_student_version_fails_in_its_check_cells_and_says_why(released, course, tmp_path):
    shutil.copy(course.released("robust_line"), tmp_path)
    options = ["--nbval-lax", "--nbval-current-env", "-p", "no:cacheprovider"]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *options, course.released("robust_line").name],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    text = re.sub(r"\x1b\[[0-9;]*m", "", done.stdout)
    assert text.count("Not written yet: replace the line that raises") >= 3
    assert re.search(r"\b3 failed, \d+ passed", text), text[-2000:]


def assignment(tmp_path, monkeypatch, change):
    """Make a problem set of one changed exercise, the only one there is."""
    place = tmp_path / "sets" / "trial"
    place.mkdir(parents=True, exist_ok=True)
    (place / "README.md").write_text("# Trial")
    original = (ROOT / "assignments" / "gradients" / "1_mse_gradient.py").read_text()
    head, *wrong = re.split(r"^(?=# %% wrong)", original, flags=re.MULTILINE)
    # One of its wrong answers: the self-test tries each in two boxes of its own.
    original = head + next(part for part in wrong if "The sign is flipped" in part)
    (place / "1_mse_gradient.py").write_text(change(original))
    monkeypatch.setenv("LOSSBOOK_ASSIGNMENTS", str(tmp_path / "sets"))


@pytest.mark.box
@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("2 * residual.mean()", "residual.mean()", "the solution gets 0 points; expected 5"),
        ("%% wrong 0: The sign", "%% wrong 2: The sign", "gets 0 points; expected 2"),
        ("%% wrong 0: The sign", "%% wrong 0: The moon", "expected 'The moon is flipped' in it"),
        (
            "def cases(rng):",
            "import nowhere\ndef cases(rng):",
            "the solution gets 2 points; expected 5",
        ),
        ("for n, d in ((3, 1), (7, 3), (40, 2))", "for n, d in ()", "the solution gets 2 points"),
    ],
)
def test_a_set_that_would_give_wrong_marks_is_refused(
    tmp_path, monkeypatch, capsys, old, new, message
):
    assignment(tmp_path, monkeypatch, lambda text: text.replace(old, new))
    assert main(["release", "trial", "--course", str(tmp_path / "course")]) == 1
    words = capsys.readouterr().err
    assert words.startswith("release: trial cannot be graded with:")
    assert message in words
    assert not Course(tmp_path / "course").released("trial").exists()
    assert main(["grade", "trial", "--course", str(tmp_path / "course")]) == 1
    assert "trial has not been released" in capsys.readouterr().err


@pytest.mark.box
def test_a_set_that_is_refused_leaves_what_was_released_before(tmp_path, monkeypatch, capsys):
    course = Course(tmp_path / "course")
    assignment(tmp_path, monkeypatch, lambda text: text)
    assert main(["release", "trial", "--course", str(course.root)]) == 0
    given, source = course.released("trial").read_bytes(), course.source("trial").read_bytes()
    assignment(tmp_path, monkeypatch, lambda text: text.replace("%% wrong 0", "%% wrong 5"))
    assert main(["release", "trial", "--course", str(course.root)]) == 1
    assert "trial cannot be graded with" in capsys.readouterr().err
    assert course.released("trial").read_bytes() == given
    assert course.source("trial").read_bytes() == source


@pytest.mark.box
def test_a_set_of_your_own_may_bring_its_own_checks(tmp_path, monkeypatch):
    def own(text):
        text = re.sub(r"# %% hidden\n.*?(?=# %% wrong)", "", text, flags=re.DOTALL)
        text = text[: text.index("# %% wrong")]
        return text + (
            "# %% visible\nassert len(mse_gradient(np.ones(2), np.ones((3, 1)), np.ones(3))) == 2\n"
            "# %% hidden\ndef check(answer, rng):\n"
            "    assert np.allclose(answer(np.zeros(2), np.ones((3, 1)), np.ones(3)), -2), 'no'\n"
            "# %% wrong 2: no\ndef mse_gradient(parameters, X, y):\n    return np.zeros(2)\n"
        )

    assignment(tmp_path, monkeypatch, own)
    assert main(["release", "trial", "--course", str(tmp_path / "course")]) == 0


OWN = """# %% hidden
def check(answer, rng):
    assert float(answer(2.5)) == 5, "twice is expected"
"""


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (lambda x: x, "twice is expected"),
        (lambda x: f"SEEN {x}", "The check itself stopped with an error."),
        (lambda x: _raise(raised("AssertionError", f"SEEN {x}")), "stopped with an error"),
        (lambda x: _raise(raised("NotImplementedError", f"SEEN {x}")), "Not written yet"),
        (lambda x: _raise(BoxEnded("ended Python, exit status 25")), "It ended Python."),
        (lambda x: _raise(BoxEnded("stopped by the clock")), "was stopped by the clock"),
    ],
)
def test_a_check_of_your_own_tells_no_hidden_case(tmp_path, monkeypatch, answer, told):
    assignment(tmp_path, monkeypatch, lambda text: text[: text.index("# %% hidden")] + OWN)
    (exercise,) = read_set("trial")[1]
    assert all(verdict(exercise, lambda x: 2 * x, 0).passed)
    text = words(exercise, verdict(exercise, answer, 0))
    assert told in text
    assert "SEEN" not in text
    assert "25" not in text


TWO = """# %% hidden
def check_small(answer, rng):
    assert answer(2.5) == 5, "twice is expected"


def check_large(answer, rng):
    x = answer(1e6)
    assert x == 2e6, f"not {x}"
"""


def test_checks_of_your_own_give_credit_one_by_one_and_tell_no_number(tmp_path, monkeypatch):
    assignment(tmp_path, monkeypatch, lambda text: text[: text.index("# %% hidden")] + TWO)
    (exercise,) = read_set("trial")[1]
    found = verdict(exercise, lambda x: min(2 * x, 77000), 0)
    assert found.passed == (False, True)[::-1]
    assert words(exercise, found) == f"1 of 2 hidden cases passed\n{OUTCOMES[0]}"


def test_a_check_of_your_own_gets_recognizers_from_the_solution(tmp_path, monkeypatch):
    own = (
        "# %% hidden\ndef check(answer, rng):\n    for n in (3, 8):\n"
        "        given = rng.normal(size=3), rng.normal(size=(n, 2)), rng.normal(size=n)\n"
        "        assert np.allclose(answer(*given), _right(*given)), 'not the gradient'\n"
        "def _right(parameters, X, y):\n"
        "    r = parameters[0] + X @ parameters[1:] - y\n"
        "    return np.append(2 * r.mean(), 2 * X.T @ r / len(y))\n"
    )
    assignment(tmp_path, monkeypatch, lambda text: text[: text.index("# %% hidden")] + own)
    (exercise,) = read_set("trial")[1]
    right = answer(exercise.solution, exercise.name)
    assert all(verdict(exercise, right, 0).passed)

    def said(given):
        return words(exercise, verdict(exercise, given, 0)).split("\n")[1]

    assert said(lambda t, X, y: len(y) * right(t, X, y)).startswith(
        "not the gradient The factor 1/n is missing"
    )
    assert "intercept is forgotten" in said(lambda t, X, y: right(t * [0, 1, 1], X, y))
    for unknown in (np.ones(3), None, "SEEN", (1.0, 2.0)):
        assert said(lambda t, X, y, result=unknown: result) in ("not the gradient", OUTCOMES[-1])
    told = said(lambda t, X, y: -right(t, X, y)).removeprefix("not the gradient ")
    assert told in all_sentences(exercise)


def test_cases_are_enough_for_an_exercise_that_the_package_does_not_know(tmp_path, monkeypatch):
    text = (ROOT / "assignments" / "gradients" / "1_mse_gradient.py").read_text()
    text = text[: text.index("# %% wrong")].replace("mse_gradient", "my_gradient")
    place = tmp_path / "own"
    place.mkdir()
    (place / "README.md").write_text("# Own")
    (place / "1_my_gradient.py").write_text(f"{text}# %% visible\nassert my_gradient")
    monkeypatch.setenv("LOSSBOOK_ASSIGNMENTS", str(tmp_path))
    for variant in range(VARIANTS):
        (exercise,) = read_set("own", variant)[1]
        right = answer(exercise.solution, exercise.name)
        assert all(verdict(exercise, right, variant).passed)
        wrong = verdict(exercise, lambda t, X, y, f=right: np.roll(f(t, X, y), -1), variant)
        assert not any(wrong.passed)
        assert "The intercept stands last" in words(exercise, wrong)


def _raise(error):
    raise error


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda text: text.replace("# ///", "#"), "expected it to begin with the lines"),
        (lambda text: text.replace("# minutes", "# hours"), "the header has"),
        (lambda text: text.replace("level = 2", "level = two"), "the header is not TOML"),
        (lambda text: text.replace("# %% prompt", "# %% text"), "a section is missing or unknown"),
    ],
)
def test_a_file_that_is_not_an_exercise_is_refused_in_words(tmp_path, monkeypatch, change, message):
    assignment(tmp_path, monkeypatch, change)
    with pytest.raises(ValueError, match=message):
        read_set("trial")
    assert main(["release", "trial", "--course", str(tmp_path / "course")]) == 1
    with pytest.raises(ValueError, match="there is no problem set 'other'; expected one of trial"):
        read_set("other")

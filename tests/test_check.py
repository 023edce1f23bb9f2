"""Feedback on exercises: what is right passes, what is wrong is told in words."""

import inspect
import math
import subprocess
import sys
from collections import deque
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from IPython.core.interactiveshell import InteractiveShell

import lossbook
from lossbook.check import CheckError, examine, sentences
from lossbook.exercises import EXERCISES, Exercise
from lossbook.mistakes import read

ROOT = Path(__file__).resolve().parents[1]
NUMBERS = {
    "risks_by_hand": {"residuals": [1.0, -2.0, 3.0, 0.5]},
    "three_steps": {"start": 2.0, "learning_rate": 0.1},
}


def answer_of(name, formula):
    """Return a formula of the table in the form of an answer."""
    if EXERCISES[name].call is not Exercise.call:  # the answer returns a function, not numbers
        return lossbook.models.linear
    return lambda *arguments: formula(*arguments, **NUMBERS.get(name, {}))


def message(name, answer, **numbers):
    with pytest.raises(CheckError) as caught:
        lossbook.check(name, answer, **numbers)
    return str(caught.value)


def gradient(parameters, X, y, factor=2.0):
    A = np.column_stack((np.ones(len(X)), X))
    return factor / len(y) * A.T @ (A @ parameters - y)


def logistic_pull(z):
    return 1 / (1 + np.exp(-z))


@pytest.mark.parametrize("name", EXERCISES)
def test_the_expected_answer_passes_every_case(name, capsys):
    lossbook.check(name, answer_of(name, EXERCISES[name].expected), **NUMBERS.get(name, {}))
    printed = capsys.readouterr().out
    if EXERCISES[name].by_hand:
        assert "Your numbers are checked after you hand in." in printed
        return
    assert printed.startswith(f"{name}: all {len(EXERCISES[name].cases)} cases passed\n")
    assert all(f"  passed: {case}" in printed for case in EXERCISES[name].cases)


# By hand, or by a formula that is not the package's.
BY_HAND = {
    "mean_absolute_error": lambda p, y: float(np.mean([abs(a - b) for a, b in zip(p, y)])),
    "huber_values": lambda r, d: np.array(
        [x * x / 2 if abs(x) < d else d * abs(x) - d * d / 2 for x in r]
    ),
    "pinball_mean": lambda p, y, q: np.mean(np.maximum(q * (y - p), (q - 1) * (y - p))),
    "risks_by_hand": lambda: (14.25 / 4, 6.5 / 4, (0.5 + 1.5 + 2.5 + 0.125) / 4),
    "mse_gradient": gradient,
    "cross_entropy_gradient": lambda z, y: (np.exp(-np.logaddexp(0, -z)) - y) / len(y),
    "three_steps": lambda: np.array([1.6, 1.28, 1.024]),
    "steps_needed": lambda k, e: np.log(e) / np.log((k - 1) / (k + 1)),
    "fit_line": lambda x, y: (
        y.mean() - x.mean() * np.cov(x, y)[0, 1] / x.var(ddof=1),
        np.cov(x, y)[0, 1] / x.var(ddof=1),
    ),
    "odds_factor": lambda t, j, c: np.exp(t[j]) ** c,
    "network_output": lambda x, b, w, c, v: c + sum(v * np.tanh(b + w * x)),
    "suspects": lambda r, k: sorted(sorted(range(len(r)), key=lambda i: -abs(r[i]))[:k]),
}


@pytest.mark.parametrize("name", BY_HAND)
def test_an_answer_that_does_not_use_the_package_passes(name):
    lossbook.check(name, BY_HAND[name], **NUMBERS.get(name, {}))


@pytest.mark.parametrize(
    ("name", "words"),
    [(n, words) for n, e in EXERCISES.items() for words in e.mistakes if n != "linear_model"],
)
def test_every_listed_mistake_is_named(name, words):
    exercise = EXERCISES[name]
    answer = answer_of(name, exercise.mistakes[words])
    last = message(name, answer, **NUMBERS.get(name, {})).splitlines()[-1]
    # Of another shape is what misses a number.
    assert last.removeprefix("Wrong shape: ").endswith(f"{words} {read(exercise.section)}")


def test_a_backward_pass_without_the_intercept_is_named():
    def linear_model(parameters, X):
        return parameters[0] + X @ parameters[1:], lambda pulls: X.T @ pulls

    assert "no derivative by the intercept" in message("linear_model", linear_model)


@pytest.mark.parametrize(
    ("factor", "words"),
    [
        (-2.0, ["The sign is flipped"]),
        (1.0, ["half of the right one"]),
        (4.0, ["twice the right one"]),
        (-1.0, ["The sign is flipped", "half of the right one"]),
    ],
)
def test_a_wrong_factor_is_named(factor, words):
    text = message("mse_gradient", lambda t, X, y: gradient(t, X, y, factor))
    diagnosis = text.splitlines()[-1]
    assert all(word in diagnosis for word in words)
    assert ("The sign is flipped" in diagnosis) == (factor < 0)
    assert "1/n" not in diagnosis


@pytest.mark.parametrize(
    ("power", "words"), [(1, "The factor 1/n is missing"), (-1, "a factor 1/n too many")]
)
def test_a_wrong_power_of_n_is_named(power, words):
    text = message("mse_gradient", lambda t, X, y: gradient(t, X, y, 2.0 * len(y) ** power))
    assert words in text.splitlines()[-1]


def test_a_mean_where_none_is_asked_for_is_named():
    text = message("huber_pull", lambda r, d: np.clip(r, -d, d) / len(r))
    assert "There is a factor 1/n too many" in text


def test_a_stranger_number_names_the_first_case_and_what_it_got():
    text = message("network_output", lambda *arguments: 7.0)
    assert text == (
        "network_output: 0 of 3 cases passed\n"
        "  failed: x = 0.6: expected 1.36, got 7\n"
        "  failed: x = -2: expected -1.581, got 7\n"
        "  failed: three units: expected -1.184, got 7\n"
        "The numbers differ, and not by a usual mistake: try the first failed case by hand."
    )


@pytest.mark.parametrize("numbers", [[1.6, 1.28, 1.024], [1.6, 1.28, 1.03], [9.0, 9.0, 9.0]])
def test_what_is_asked_by_hand_is_not_told(numbers, capsys):
    lossbook.check("three_steps", lambda: numbers, start=2.0, learning_rate=0.1)
    assert capsys.readouterr().out == (
        "three_steps: none of the usual mistakes. Your numbers are checked after you hand in.\n"
    )


@pytest.mark.parametrize("name", [name for name, e in EXERCISES.items() if e.by_hand])
def test_a_mistake_by_hand_is_named_without_the_right_numbers(name):
    for words, formula in EXERCISES[name].mistakes.items():
        text = message(name, answer_of(name, formula), **NUMBERS[name])
        assert text == f"{name}: not yet\n{words} {read(EXERCISES[name].section)}"


@pytest.mark.parametrize("container", [list, tuple, np.array])
@pytest.mark.parametrize("name", ["risks_by_hand", "three_steps", "suspects", "mse_gradient"])
def test_the_same_numbers_in_another_container_are_right(name, container):
    def answer(*arguments):
        expected = EXERCISES[name].expected(*arguments, **NUMBERS.get(name, {}))
        return container([part.item() for part in map(np.asarray, expected)])

    lossbook.check(name, answer, **NUMBERS.get(name, {}))


def test_several_arrays_may_come_as_a_list_or_as_one_array():
    layer, hidden = EXERCISES["layer_backward"].expected, EXERCISES["hidden_gradient"].expected
    lossbook.check("layer_backward", lambda *arguments: list(layer(*arguments)))
    lossbook.check("hidden_gradient", lambda *arguments: np.array(hidden(*arguments)))
    swapped = message("fit_line", lambda x, y: list(np.polyfit(x, y, 1)))
    assert "Intercept and slope are swapped" in swapped


def test_what_the_grader_lacks_is_told_where_it_passes(capsys):
    from scipy.special import log_expit

    def with_scipy(z):
        return np.exp(log_expit(z))

    def with_import(z):
        import scipy.special

        return np.exp(scipy.special.log_expit(z))

    def with_helper(z):
        return with_import(np.asarray(z))

    exp = np.exp

    def with_data(z):
        return lossbook.datasets and exp(-np.logaddexp(0, -z))

    def with_package(z):
        return lossbook.losses.binary_cross_entropy(z, 0 * z)[1]

    stable = EXERCISES["sigmoid"].expected
    for answer, words in (
        (with_scipy, "it uses log_expit, which is not there"),
        (with_import, "it uses scipy, which is not there"),
        (with_helper, "it uses scipy, which is not there"),
        (with_package, "it uses lossbook.losses, which is not there"),
        (lambda z: np.longdouble(stable(z)), f"it returns {np.dtype(np.longdouble)}"),
        (lambda z: deque(stable(z)), "it returns deque"),
    ):
        lossbook.check("sigmoid", answer)
        assert f"  but: {words}" in capsys.readouterr().out
    for answer in (
        lambda z: np.exp(-np.logaddexp(0, -z)),
        lambda z: math.pi and list(honest(z)),
        with_data,
    ):
        lossbook.check("sigmoid", answer)
        assert "but:" not in capsys.readouterr().out


def honest(z):
    return np.exp(-np.logaddexp(0, -z))


@pytest.mark.parametrize("name", ["sigmoid", "cross_entropy_gradient", "logistic_gradient"])
def test_a_probability_that_is_nearly_nothing_must_have_its_digits(name):
    assert EXERCISES[name].tiny
    probability = lambda z: logistic_pull(np.clip(z, -30, 30))  # noqa: E731
    clipped = {
        "sigmoid": probability,
        "cross_entropy_gradient": lambda z, y: (probability(z) - y) / len(y),
        "logistic_gradient": lambda t, X, y: (
            (probability(t[0] + X @ t[1:]) - y) @ np.column_stack((np.ones(len(X)), X)) / len(y)
        ),
    }
    assert "failed: " in message(name, clipped[name])


ANYTHING = st.recursive(
    st.none() | st.floats() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.tuples(inner, inner),
    max_leaves=6,
) | arrays.arrays(float, arrays.array_shapes(min_dims=0, min_side=0))


@given(ANYTHING, st.booleans())
@settings(deadline=None)
def test_a_sentence_is_one_of_those_that_were_there_before_the_answer(value, raises):
    exercise = EXERCISES["mse_gradient"]
    before = sentences(exercise)

    def answer(parameters, X, y):
        parameters[0] = len(repr(value)) % 2 + parameters[0]
        if raises:
            raise ValueError(repr(value))
        return value

    report = examine(exercise, answer, exercise.cases)
    assert report.sentence in before


def test_what_passed_is_said_beside_what_failed():
    text = message("mean_absolute_error", lambda p, y: np.abs(p - y).sum())
    assert "1 of 3 cases passed\n  passed: one sample\n  failed: errors of both signs" in text


def unwritten(*arguments):
    raise NotImplementedError("whatever")


def failing(*arguments):
    return {}["key"]


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (unwritten, "Not written yet: replace the line that raises NotImplementedError."),
        (failing, "Your function stopped with KeyError: 'key'"),
        (lambda z: None, "returned None; expected numbers. Is there a return?"),
        (lambda z: "text", "returned 'text'; expected numbers."),
        (lambda z: [[1.0], [1.0, 2.0]], "expected numbers."),
        (lambda z: logistic_pull(z)[:, None], "Wrong shape: expected (4,), got (4, 1)."),
        (lambda z: (logistic_pull(z), 1.0), "Wrong shape: expected 1 results, got 2."),
        (lambda z: np.exp(z) / (1 + np.exp(z)), "Overflow in float32"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_not_an_answer_is_told_in_words(answer, words):
    assert words in message("sigmoid", answer)


def test_overflow_of_float64_is_told_apart():
    def sigmoid(z):
        z = np.asarray(z, dtype=np.float64)
        return np.exp(z) / (1 + np.exp(z))

    assert "Overflow in float64: exp(710) is inf" in message("sigmoid", sigmoid)


def test_an_argument_changed_in_place_is_named():
    def gradient_descent(gradient, start, learning_rate, steps):
        for _ in range(steps):
            start -= learning_rate * gradient(start)
        return start

    text = message("gradient_descent", gradient_descent)
    assert "changes its argument start in place" in text
    assert "failed: one step: changed start" in text
    assert "passed: no step" in text


def test_the_cases_are_not_changed_by_an_answer():
    def spoil(z):
        z[:] = 7.0
        return z

    message("sigmoid", spoil)
    lossbook.check("sigmoid", EXERCISES["sigmoid"].expected)


def test_numbers_may_come_as_a_list():
    lossbook.check("three_steps", lambda: [1.6, 1.28, 1.024], start=2.0, learning_rate=0.1)


def test_an_unknown_exercise_lists_the_known_ones():
    with pytest.raises(ValueError, match="no exercise 'mse'; expected one of mean_absolute_error"):
        lossbook.check("mse", gradient)


def test_a_report_of_other_cases_names_the_mistake_without_the_visible_ones():
    cases = {"hidden": (np.array([1.0, 2.0]), np.ones((3, 1)), np.zeros(3))}
    report = examine(EXERCISES["mse_gradient"], lambda t, X, y: -gradient(t, X, y), cases)
    assert list(report.failed) == ["hidden"]
    assert report.passed == []
    assert "sign is flipped" in report.diagnosis


def test_a_notebook_shows_the_words_and_no_traceback(capsys):
    shell = InteractiveShell()
    shell.run_cell("import lossbook\nlossbook.check('sigmoid', lambda z: None)")
    printed = capsys.readouterr().out
    assert "Is there a return?" in printed
    assert "Traceback" not in printed
    assert "check.py" not in printed


def test_it_runs_where_there_is_nothing_but_numpy(tmp_path):
    code = (
        "import sys, numpy.random\n"
        f"sys.path[:] = [p for p in sys.path if 'site-packages' not in p] + [{str(ROOT)!r}]\n"
        "import lossbook, numpy as np\n"
        "lossbook.check('huber_pull', lambda r, d: np.clip(r, -d, d))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=tmp_path, check=False
    )
    assert done.stdout.startswith("huber_pull: all 2 cases passed"), done.stderr


def test_the_arguments_of_every_case_fit_the_signature():
    for name, exercise in EXERCISES.items():
        for arguments in exercise.cases.values():
            inspect.signature(exercise.expected).bind(*arguments, **NUMBERS.get(name, {}))


def test_an_answer_with_a_mask_or_without_numbers_is_no_answer():
    masked = np.ma.array([1.0, 2.0], mask=[0, 1])
    tensor = torch.ones(2, requires_grad=True)
    for strange in (masked, tensor, (1.0, masked)):
        assert "expected numbers" in message("mean_absolute_error", lambda p, y, s=strange: s)


def test_an_answer_that_returns_the_same_array_every_time_is_read_before_it_changes():
    buffer = np.empty(())

    def buffered(predictions, targets):
        buffer[...] = np.abs(predictions - targets).sum()
        return buffer

    assert "The factor 1/n is missing" in message("mean_absolute_error", buffered)

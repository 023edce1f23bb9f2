"""The box: values cross as they are, and what leaves the box is refused in words."""

import json
import math
import os
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

import grading.clock
from grading.box.values import DTYPES, Channel, Refused, decode, encode
from grading.clock import Clock, Used, in_line
from grading.sandbox import Box, BoxEnded, Limits, Raised, Session
from lossbook.exercises.graded import KINDS, crosses

VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats()
    | st.text()
    | arrays.arrays(
        st.sampled_from(sorted(DTYPES)).map(np.dtype), arrays.array_shapes(min_dims=0, min_side=0)
    ),
    lambda inner: st.lists(inner) | st.tuples(inner, inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)


def same(a, b):
    if isinstance(a, np.ndarray | np.generic):
        return type(a) is type(b) and a.dtype == b.dtype and np.array_equal(a, b, equal_nan=True)
    if isinstance(a, list | tuple):
        return type(a) is type(b) and len(a) == len(b) and all(map(same, a, b))
    if isinstance(a, dict):
        return isinstance(b, dict) and list(a) == list(b) and all(same(a[k], b[k]) for k in a)
    if isinstance(a, float):
        return isinstance(b, float) and (a == b or (math.isnan(a) and math.isnan(b)))
    return type(a) is type(b) and a == b


@given(VALUES)
@settings(deadline=None)
def test_what_crosses_arrives_as_it_was(value):
    assert same(decode(json.loads(json.dumps(encode(value, None))), None), value)


@pytest.mark.parametrize(
    "value", [1j, {1, 2}, b"x", np.array([1j]), np.array(["a"]), np.array([None]), {1: 2}, object()]
)
def test_what_cannot_cross_is_refused_by_name(value):
    with pytest.raises(Refused, match="cannot cross"):
        encode(value, lambda f: 0)


@pytest.mark.parametrize(
    "data",
    [
        {"array": ["|O8", [1], ["x"], False]},
        {"array": [["<f8"], [1], [1.0], False]},
        {"array": ["<f8", [2], [1.0], False]},
        {"array": ["<f8", [-1, 0], [], False]},
        {"array": ["<f8", [1], ["a"], False]},
        {"array": ["<f8"]},
        {"function": "os.system"},
        {"pickle": "gASV"},
        {},
        {"tuple": 3},
        {"dict": [1]},
    ],
)
def test_forged_values_are_refused(data):
    with pytest.raises((ValueError, TypeError, AttributeError)):
        decode(data, lambda number: number)


def test_lists_that_hold_themselves_are_refused():
    loop = []
    loop.append(loop)
    with pytest.raises(Refused, match="nested"):
        encode(loop, None)


@pytest.fixture(scope="module")
def session():
    with Session(Limits()) as session:
        session.run(
            "import numpy as np\n"
            "def twice(x): return 2 * x\n"
            "def apply(f, x): return f(x)\n"
            "def adder(n): return lambda x: x + n\n"
            "def spoil(x, items): x[0] = 9; items.append(1)\n"
            "def reshape(x): x.shape = (1, 2)\n"
            "def grow(d): d['new'] = [1]\n"
            "def mutual(f): return f(adder(1))\n"
            "def fail(): raise LookupError('no such thing')\n"
            "def later(): raise NotImplementedError('x')"
        )
        yield session


def test_arguments_and_results_cross(session):
    result = session.function("twice")(np.array([1.5, np.inf], dtype=np.float32))
    assert result.dtype == np.float32
    assert result.tolist() == [3.0, np.inf]


def test_functions_cross_in_both_directions(session):
    assert session.function("apply")(lambda x: x**2, 7) == 49
    assert session.function("adder")(2)(40) == 42
    assert session.function("mutual")(lambda add: add(41)) == 42


def test_an_exception_of_a_function_that_was_passed_comes_back(session):
    with pytest.raises(Raised, match="ZeroDivisionError: division by zero"):
        session.function("apply")(lambda x: 1 / x, 0)


def test_changes_in_place_are_seen_outside(session):
    x, items, settings = np.array([1.0, 2.0]), [0], {}
    session.function("spoil")(x, items)
    session.function("grow")(settings)
    assert (x.tolist(), items, settings) == ([9.0, 2.0], [0, 1], {"new": [1]})


def test_another_shape_in_place_is_refused_in_words(session):
    with pytest.raises(Refused, match="another shape in place"):
        session.function("reshape")(np.array([1.0, 2.0]))


def test_an_exception_keeps_its_name_and_words(session):
    with pytest.raises(Raised, match="no such thing") as caught:
        session.function("fail")()
    assert type(caught.value).__name__ == "LookupError"
    with pytest.raises(NotImplementedError):
        session.function("later")()
    with pytest.raises(Raised, match="nowhere is not defined"):
        session.function("nowhere")()


def test_a_cell_shows_what_it_printed_and_its_last_value(session):
    assert session.run("print('a')\n'b'") == ("a\n'b'\n", None)
    assert session.run("x = 1; 1 / 0")[1] == ["ZeroDivisionError", "division by zero"]
    shown, _ = session.run("print('x' * 30_000)")
    assert shown == "x" * 10_000 + "\n… 20001 more characters\n"


@pytest.mark.parametrize(
    ("cell", "shown"),
    [
        ("%%time\nx = 3\nx", "3\n"),
        ("%%capture out\n%%timeit -n1\nx = 4\nx", "4\n"),
        ("%%bash\nx = (", ""),
        ("%matplotlib inline\n!rm -r /\nx = !ls\nx", ""),
        ("%time x = 5\nif x:\n    %time x = 6\nx", "6\n"),
        ("?print\nprint??\n7", "7\n"),
        ("!echo it's\n8", "8\n"),
        ("import asyncio\nx = await asyncio.sleep(0, 9)\nx", "9\n"),
        ('x = """\n%no\n!no\n"""\nx', "'\\n%no\\n!no\\n'\n"),
        ("5 \\\n% 3", "2\n"),
    ],
)
def test_magics_do_nothing_and_lose_nothing(session, cell, shown):
    assert session.run(cell) == (shown, None)


def test_what_is_no_magic_is_a_fault_of_the_cell(session):
    assert session.run("x = (\n%no")[1][0] == "SyntaxError"
    assert session.run("def f(:\n    pass")[1][0] == "SyntaxError"


def test_the_check_warns_of_the_values_that_do_not_cross():
    assert KINDS == DTYPES
    for value in (1j, b"x", np.array([1j]), np.longdouble(1), object(), [{1}], {1: 2}):
        assert not crosses(value)
        with pytest.raises(Refused):
            encode(value, lambda f: 0)


@given(VALUES)
@settings(deadline=None)
def test_the_check_does_not_warn_of_values_that_cross(value):
    assert crosses(value)


@pytest.mark.box
def test_a_cell_that_ends_the_box_takes_nothing_else_with_it():
    with Session(Limits(step_seconds=2)) as session:
        session.run("def one(): return 1")
        assert session.run("import os; os._exit(7)") == (
            "",
            ["BoxEnded", "ended Python, exit status 7"],
        )
        session.run("def two(): return one() + 1")
        assert session.function("two")() == 2


@pytest.mark.box
def test_a_function_that_hangs_is_not_asked_twice():
    with Session(Limits(step_seconds=1)) as session:
        session.run("def hang():\n    while True: pass\ndef one(): return 1")
        for _ in range(2):
            with pytest.raises(BoxEnded, match="longer than 1 s"):
                session.function("hang")()
        assert session.function("one")() == 1


@pytest.mark.box
def test_a_notebook_has_so_much_time_and_no_more():
    with Session(Limits(step_seconds=5, notebook_seconds=1)) as session:
        session.run("import time")
        assert session.run("time.sleep(9)")[1][1].endswith("the notebook took longer than 1 s")
        assert session.run("1")[1][0] == "BoxEnded"


@pytest.mark.box
def test_a_busy_machine_takes_no_time_away():
    """Four programs share a processor: 1 s of work takes about four on the wall."""
    mine = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(mine)})
    load = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(3)]
    try:
        with Session(Limits(step_seconds=2)) as session:
            work = "import time\nwhile time.process_time() < 1.2: pass\n'done'"
            assert session.run(work) == ("'done'\n", None)
    finally:
        os.sched_setaffinity(0, mine)
        for process in load:
            process.kill()
            process.wait()


@pytest.mark.box
def test_the_boxes_of_a_notebook_share_its_seconds():
    used, limits = Used(), Limits(step_seconds=9, notebook_seconds=1.5)
    with Session(limits, used) as session:
        assert session.run("import time\ntime.sleep(1)") == ("", None)
    with Session(limits, used) as session:
        raised = session.run("import time\ntime.sleep(1)")[1]
        assert raised[1].endswith("the notebook took longer than 1.5 s")


@pytest.mark.box
def test_processor_time_has_a_limit():
    with Session(Limits(step_seconds=30, cpu_seconds=1)) as session:
        assert "limit of 1 s of processor time" in session.run("while True: pass")[1][1]


@pytest.mark.box
def test_a_message_that_is_no_json_ends_the_box():
    box = Box(Limits())
    try:
        with pytest.raises(BoxEnded, match="no answer"):
            box.run(
                "import os\nfor n in range(3, 20):\n"
                "    try: os.write(n, b'hello\\n')\n    except OSError: pass"
            )
    finally:
        box.process.poll()


def test_a_call_of_something_that_was_not_passed_fails_inside():
    channel = Channel([].append, None, RuntimeError)
    sent = []
    channel.send_line = sent.append
    channel.serve({"call": 5, "arguments": []})
    assert json.loads(sent[0])["raised"][0] == "IndexError"


def test_a_box_that_waits_for_a_grader_in_line_is_not_idle(monkeypatch):
    seconds = {"clock": 100.0, "line": 7.0}
    monkeypatch.setattr(grading.clock.time, "monotonic", lambda: seconds["clock"])
    monkeypatch.setattr(grading.clock, "in_line", lambda: seconds["line"])
    clock = Clock(0)
    clock.program = 1
    monkeypatch.setattr(clock, "_read", lambda: (0.25, 0.5))
    clock.look()
    seconds |= {"clock": 104.0, "line": 10.0}
    clock.look()
    assert (clock.used.busy, clock.used.idle) == (0.25, 1.0), "3 of 4 s were the grader's"
    seconds["clock"] = 106.0
    clock.look()
    assert clock.used.idle == 3.0
    seconds["clock"] += 1
    monkeypatch.undo()
    assert in_line() >= 0

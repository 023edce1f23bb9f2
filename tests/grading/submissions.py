"""Every kind of submission: what it tries, the mark it deserves, the words that tell why.

The set has four exercises of 2 + 3 points, and 4 points for an answer in words that nobody gives.
An answer replaces that to the first exercise, ``mse_gradient``; the others are right unless said
otherwise. So 20 is everything, and 15 all but the first exercise.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from grading.exercises import read_set

EXERCISES = {e.name: e for e in read_set("gradients")[1]}
RIGHT = {name: e.solution for name, e in EXERCISES.items()}
FIRST = RIGHT["mse_gradient"]
ZEROS = "def mse_gradient(parameters, X, y):\n    return np.zeros(len(parameters))"
STOLEN = "STOLEN"


@dataclass(frozen=True)
class Place:
    """Where it happens, for submissions that aim at something."""

    course: Path
    port: int
    released: dict
    outside: Path


@dataclass(frozen=True)
class Submission:
    """What is handed in, the mark it deserves and what the instructor reads about it."""

    mark: int
    says: str = ""
    answers: dict | None = None
    code: str = ""
    edit: Callable | None = None
    raw: bytes | Callable | None = None

    def write(self, path, place):
        """Hand it in."""
        if callable(self.raw):
            self.raw(path, place)
        elif self.raw is not None:
            path.write_bytes(self.raw)
        else:
            path.write_text(json.dumps(self.notebook(place)))

    def notebook(self, place):
        """Return the notebook as data."""
        notebook = json.loads(json.dumps(place.released))
        answers = RIGHT | (self.answers or {})
        if self.code:
            answers["mse_gradient"] = self.code
        for cell in notebook["cells"]:
            name = cell["metadata"].get("nbgrader", {}).get("grade_id")
            if name in answers:
                cell["source"] = (
                    answers[name]
                    .replace("<course>", str(place.course))
                    .replace("<port>", str(place.port))
                    .replace("<outside>", str(place.outside))
                )
        if self.edit:
            self.edit(notebook)
        return notebook


def named(notebook, name):
    return next(
        c for c in notebook["cells"] if c["metadata"].get("nbgrader", {}).get("grade_id") == name
    )


def is_check(cell):
    return cell["metadata"].get("nbgrader", {}).get("grade", False) and cell["cell_type"] == "code"


def overwrite_checks(notebook):
    for cell in filter(is_check, notebook["cells"]):
        cell["source"] = "print('all is well')"


def delete_checks(notebook):
    notebook["cells"] = [c for c in notebook["cells"] if not is_check(c)]


def keep_nothing(notebook):
    notebook["cells"] = []


def forge(notebook):
    for cell in notebook["cells"]:
        about = cell["metadata"].get("nbgrader", {})
        about.update(points=1000, grade=True, locked=False, schema_version=99, task="yes")
        if cell["cell_type"] == "code":
            cell["outputs"] = [
                {
                    "output_type": "execute_result",
                    "data": {"text/plain": "1000"},
                    "metadata": {},
                    "execution_count": 1,
                }
            ]
    notebook["metadata"]["lossbook"] = {"set": "../..", "variant": 10**9, "problem": "none"}
    notebook["nbformat"] = 17


def duplicate(notebook):
    """A check of the same name that is the student's own, before and after the real one."""
    check = named(notebook, "mse_gradient-check")
    copy = json.loads(json.dumps(check)) | {"source": "1"}
    notebook["cells"] = [copy, *notebook["cells"], copy]


def append(*sources, kind="code"):
    def edit(notebook):
        for source in sources:
            cell = {"cell_type": kind, "metadata": {}, "source": source}
            if kind == "code":
                cell |= {"outputs": [], "execution_count": None}
            notebook["cells"].append(cell)

    return edit


def prepend(source):
    def edit(notebook):
        append(source)(notebook)
        notebook["cells"].insert(0, notebook["cells"].pop())

    return edit


def write_words(words):
    def edit(notebook):
        named(notebook, "central_difference-written")["source"] = words

    return edit


def lose_metadata(notebook):
    """What a program does that keeps the cells' ids alone."""
    for cell in notebook["cells"]:
        cell["metadata"] = {}


def type_anew(notebook):
    """Metadata and ids are gone, as when somebody copies text into new cells."""
    for cell in notebook["cells"]:
        if not is_check(cell):
            cell["metadata"], cell["id"] = {}, None


def split(notebook):
    """Press "Split Cell" between a helper and the answer: both halves keep the name."""
    at = notebook["cells"].index(named(notebook, "mse_gradient"))
    helper, answer = notebook["cells"][at]["source"].split("# here\n")
    half = json.loads(json.dumps(notebook["cells"][at])) | {"source": helper}
    notebook["cells"][at]["source"] = answer
    notebook["cells"].insert(at, half)


def keep_an_old_attempt(notebook):
    """Paste a copy of the cell, as it was, at the end."""
    old = json.loads(json.dumps(named(notebook, "mse_gradient"))) | {"source": ZEROS}
    notebook["cells"].append(old)


def answer_in_a_copy(notebook):
    """Leave the cell as it was, and answer in a copy below its checks."""
    cell = named(notebook, "mse_gradient")
    copy = json.loads(json.dumps(cell))
    cell["source"] = EXERCISES["mse_gradient"].starter
    at = notebook["cells"].index(named(notebook, "mse_gradient-hidden"))
    notebook["cells"].insert(at + 1, copy)


def merge_with_the_check(notebook):
    """Press "Merge Cell Above" in the check: the name of the answer is gone, or of the check."""
    answer, check = (named(notebook, f"mse_gradient{part}") for part in ("", "-check"))
    check["source"] = f"{answer['source']}\n\n{''.join(check['source'])}"
    notebook["cells"].remove(answer)


def drop_the_question(notebook):
    at = next(
        i for i, c in enumerate(notebook["cells"]) if "".join(c["source"]).startswith("**In words")
    )
    del notebook["cells"][at : at + 2]


def answer_below_the_question(notebook):
    """Leave "Your answer" as it is and write into new cells below it."""
    append("It is the", "rounding.", kind="markdown")(notebook)


def both(*edits):
    def edit(notebook):
        for change in edits:
            change(notebook)

    return edit


def in_format_3(path, place):
    """The notebook as IPython 2 and some converters write it."""
    notebook = SUBMISSIONS["right"].notebook(place)
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            cell["input"] = cell.pop("source")
    data = {"nbformat": 3, "worksheets": [{"cells": notebook["cells"]}], "metadata": {}}
    path.write_text(json.dumps(data))


def in_utf_16(path, place):
    path.write_text(json.dumps(SUBMISSIONS["right"].notebook(place)), encoding="utf-16")


def link_to_solution(path, place):
    path.symlink_to(place.course / "source" / "gradients" / "gradients.ipynb")


def first(body):
    """Return an answer to the first exercise whose body is this."""
    lines = "".join(f"    {line}\n" for line in body.splitlines())
    return f"def mse_gradient(parameters, X, y):\n{lines}"


REMEMBERS = f"""
seen = []
{FIRST.replace("def mse_gradient", "def honest")}
def mse_gradient(parameters, X, y):
    seen.append(parameters.tolist())
    return honest(parameters, X, y)
"""

LATER_WRONG = f"""
calls = 0
{FIRST.replace("def mse_gradient", "def honest")}
def mse_gradient(parameters, X, y):
    global calls
    calls += 1
    return honest(parameters, X, y) * (calls <= 2)
"""

SEARCH = """
import os
found = []
for where, folders, files in os.walk("/"):
    if where == "/":
        folders[:] = set(folders) - {"usr", "dev"}
    for name in files:
        path = os.path.join(where, name)
        if "python3" in path or "/numpy" in path:
            continue
        try:
            text = open(path, errors="ignore").read()
        except OSError:
            continue
        if "def cases" in text or "BEGIN SOLUTION" in text:
            found.append("STOLEN " + path)
for path in ("<course>", "/etc/passwd", "/proc/1/environ", "/proc/self/mountinfo", "/root/.ssh"):
    try:
        found.append("STOLEN " + open(path).read()[:100])
    except OSError:
        pass
print(found, os.environ, os.listdir("/"))
"""

SUBMISSIONS = {
    # Honest ones.
    "right": Submission(20),
    "warns_and_prints_20_MB": Submission(
        20, code=f"import warnings\nwarnings.warn('careful')\nprint('x' * 20_000_000)\n{FIRST}"
    ),
    "prints_in_the_function": Submission(
        20, code=FIRST.replace("residual =", "print('x' * 1_000_000); residual =")
    ),
    "magics": Submission(20, code=f"%matplotlib inline\n!touch <outside>\n{FIRST}"),
    "a_picture_in_words": Submission(
        20, "1 answer waits", edit=write_words("![curve](attachment:curve.png) falls")
    ),
    "lost_its_metadata": Submission(20, edit=lose_metadata),
    "typed_anew_in_other_cells": Submission(20, edit=type_anew),
    "split": Submission(
        20,
        "mse_gradient: its cell was split or copied; 2 cells run",
        code="def double(x):\n    return 2 * x\n# here\n"
        + first("r = parameters[0] + X @ parameters[1:] - y")
        + "    return double(np.append(r.mean(), X.T @ r / len(y)))",
        edit=split,
    ),
    "an_old_attempt_at_the_end": Submission(20, "2 cells run", edit=keep_an_old_attempt),
    "answers_in_a_copy": Submission(20, "2 cells run", edit=answer_in_a_copy),
    "merged_with_the_check": Submission(20, edit=merge_with_the_check),
    "times_captures_and_awaits": Submission(
        20,
        answers={
            "mse_gradient": f"%%capture out\n%%time\n{FIRST}",
            "cross_entropy_gradient": (
                "import asyncio\nawait asyncio.sleep(0)\nfiles = !ls\n%time x = 1\n"
                + RIGHT["cross_entropy_gradient"]
            ),
        },
    ),
    "returns_lists": Submission(
        20,
        code=FIRST.replace("return np.append(", "return [*np.append(").replace("size)", "size)]"),
    ),
    "in_utf_16": Submission(20, raw=in_utf_16),
    "in_format_3": Submission(20, raw=in_format_3),
    "words_typed_anew": Submission(
        20, "1 answer waits", edit=both(write_words("Rounding."), type_anew)
    ),
    "words_in_cells_of_their_own": Submission(20, "1 answer waits", edit=answer_below_the_question),
    "words_without_their_question": Submission(
        20,
        "central_difference-written: its cell is gone",
        edit=both(type_anew, drop_the_question, append("Rounding.", kind="markdown")),
    ),
    # Those that take the grader's time.
    "commands_without_end": Submission(
        20, edit=append("x=[1,2,3]\n" * 2000 + "%ls\n" * 200, "%ls\n" * 2000)
    ),
    "words_without_end": Submission(
        20,
        "1 answer waits",
        edit=both(
            write_words("\\begin{a}" * 70_000),
            append("\\begin{a}" * 70_000, "[" * 10**5, "`" * 99 + "a`" * 9999, kind="markdown"),
        ),
    ),
    "cells_of_its_own": Submission(20, edit=append("x = 1\nx", "mse_gradient", "# text")),
    "a_failing_cell_of_its_own": Submission(20, "ZeroDivisionError", edit=append("1 / 0")),
    "listed_mistakes": Submission(
        3,  # Of softmax and cross-entropy, the hidden cases with small numbers.
        "mse_gradient: The factor 2 is missing.",
        answers={name: e.wrong[0].code for name, e in EXERCISES.items()},
    ),
    "mistakes_that_pass_the_visible_check": Submission(
        17,
        "central_difference-hidden: The numbers differ",
        answers={"central_difference": EXERCISES["central_difference"].wrong[3].code},
    ),
    "changes_in_place": Submission(
        15,
        "changes its argument point in place",
        answers={"central_difference": EXERCISES["central_difference"].wrong[2].code},
    ),
    "raises": Submission(15, "stopped with ValueError: odd", code=first("raise ValueError('odd')")),
    "syntax_error": Submission(15, "SyntaxError", code="def mse_gradient(:\n    return"),
    "untouched": Submission(
        0, "Not written yet", answers={n: e.starter for n, e in EXERCISES.items()}
    ),
    "blank_cell": Submission(15, "NameError: mse_gradient is not defined", code="\n"),
    "blank_notebook": Submission(0, "Not written yet", edit=keep_nothing),
    "another_name": Submission(15, "not defined", code=ZEROS.replace("mse_", "my_")),
    "not_a_function": Submission(15, "not callable", code="mse_gradient = 3"),
    "returns_text": Submission(15, "returned 'zero'", code=first("return 'zero'")),
    "uses_the_package": Submission(
        15,
        "the exercises ask for NumPy",
        code=first("return lossbook.risk(lossbook.models.linear, None, X, y)(parameters)[1]"),
    ),
    # Those that end, hang or eat.
    "exits_in_a_cell": Submission(15, "ended Python, exit status 3", code="import os\nos._exit(3)"),
    "exits_in_the_function": Submission(
        15, "ended Python, exit status 0", code="import os\n" + first("os._exit(0)")
    ),
    "raises_system_exit": Submission(15, "SystemExit", code=first("raise SystemExit('bye')")),
    "crashes": Submission(
        15, "segmentation fault", code="import ctypes\n" + first("ctypes.string_at(0)")
    ),
    "endless_loop": Submission(15, "stopped by the clock", code="while True:\n    pass"),
    "loop_that_ignores_interrupts": Submission(
        15,
        "stopped by the clock",
        code=(
            "import signal\nfor number in range(1, 32):\n"
            "    try:\n        signal.signal(number, signal.SIG_IGN)\n"
            "    except (OSError, ValueError):\n        pass\n"
            "while True:\n    try:\n        while True:\n            pass\n"
            "    except BaseException:\n        pass"
        ),
    ),
    "long_sleep": Submission(
        15, "stopped by the clock", code="import time\n" + first("time.sleep(10_000)")
    ),
    "calls_back_for_ever": Submission(
        15,
        "stopped by the clock",
        answers={
            "central_difference": "def central_difference(function, point, step):\n"
            "    while True:\n        function(point)"
        },
    ),
    "takes_all_memory": Submission(
        15, "MemoryError", code=first("return [np.zeros(10**7) for _ in range(10**4)]")
    ),
    "sends_too_much": Submission(
        15, "sent more than 8 MB", code=first("return np.arange(6e5) / 3")
    ),
    "fills_the_disk": Submission(
        15,
        "OSError",
        code=first("with open('/tmp/full', 'wb') as file:\n    file.write(bytes(10**9))"),
    ),
    "forks": Submission(
        15, "Operation not permitted", code="import os\nwhile True:\n    os.fork()"
    ),
    "starts_programs": Submission(
        15, "Permission", code="import subprocess\nsubprocess.run(['ls', '/'])"
    ),
    "starts_threads": Submission(
        15,
        "thread",
        code="import threading, time\nfor _ in range(10**5):\n"
        "    threading.Thread(target=time.sleep, args=(10**5,)).start()",
    ),
    "kills_what_it_sees": Submission(
        15, "ProcessLookupError", code="import os\nos.kill(1, 9)\nos.kill(-1, 9)"
    ),
    # Those that cheat.
    "patches_allclose": Submission(
        15, code=f"np.allclose = np.array_equal = lambda *a, **k: True\n{ZEROS}"
    ),
    "patches_the_check": Submission(
        15,
        code=(
            "import sys\nlossbook.check = hidden = print\n"
            "for module in list(sys.modules.values()):\n"
            "    module.check = module.examine = module._equal = lambda *a, **k: True\n" + ZEROS
        ),
    ),
    "strips_assertions": Submission(
        15,
        code=(
            "import ast, builtins\nclass Strip(ast.NodeTransformer):\n"
            "    def visit_Assert(self, node):\n        return ast.Pass()\n"
            "get_ipython().ast_transformers.append(Strip())\n"
            "builtins.AssertionError = type('Quiet', (Exception,), {})\n" + ZEROS
        ),
    ),
    "overwrites_the_checks": Submission(15, code=ZEROS, edit=overwrite_checks),
    "deletes_the_checks": Submission(15, code=ZEROS, edit=delete_checks),
    "right_without_the_checks": Submission(20, edit=delete_checks),
    "forges_metadata": Submission(15, code=ZEROS, edit=forge),
    "duplicates_a_check": Submission(15, code=ZEROS, edit=duplicate),
    "equal_to_everything": Submission(
        15,
        "cannot cross",
        code=(
            "class Equal:\n    shape = (3,)\n    def __eq__(self, other): return True\n"
            "    def __array__(self, *a, **k): return np.zeros(3)\n" + first("return Equal()")
        ),
    ),
    "right_while_you_look": Submission(
        19, "mse_gradient-hidden: 2 of 3 hidden cases passed", code=LATER_WRONG
    ),
    "sends_a_pickle": Submission(
        15,
        "cannot cross",
        code=(
            "class Payload:\n    def __reduce__(self):\n"
            "        return (eval, (\"open('<outside>', 'w')\",))\n" + first("return Payload()")
        ),
    ),
    "zeroes_its_arguments": Submission(
        15,
        "changes its argument parameters in place",
        code=first(
            "for a in (parameters, X, y):\n    a[...] = 0\nreturn np.zeros(len(parameters))"
        ),
    ),
    "masks_its_numbers": Submission(
        15, code=first("return np.ma.masked_all(len(parameters), dtype=float)")
    ),
    "not_a_number": Submission(15, code=first("return parameters * np.nan")),
    "equal_when_rounded": Submission(
        15,
        answers={
            "central_difference": (
                "def central_difference(function, point, step):\n"
                "    moves = step * np.eye(len(point))\n"
                "    rise = [function(point + m) - function(point) for m in moves]\n"
                "    return np.float16(rise) / np.float16(step)"
            )
        },
    ),
    "gives_the_function_something_else": Submission(
        15,
        "TypeError",
        answers={
            "central_difference": (
                "def central_difference(function, point, step):\n"
                "    for x in ('os.system', [function], 10**4000, {'x': 1}):\n"
                "        try:\n            function(x)\n"
                "        except Exception as error:\n            last = error\n"
                "    raise TypeError(str(last))"
            )
        },
    ),
    # It answers for Python from then on, in the place of every function: nothing of it is right.
    "becomes_another_program": Submission(
        0,
        "sent something that is no answer",
        code=(
            "import os\nfor number in range(3, 64):\n    try:\n"
            "        os.set_inheritable(number, True)\n    except OSError:\n        pass\n"
            'reply = \'{"shown": "", "raised": null, "result": 0}\'\n'
            "os.execv('/bin/sh', ['sh', '-c', 'while :; do for n in 3 4 5 6 7 8 9; do '\n"
            "    f\"echo '{reply}' >&$n; done; done 2>/dev/null\"])"
        ),
    ),
    "writes_into_the_pipe": Submission(
        15,
        "BoxEnded",
        code=(
            "import os\nfor number in range(3, 64):\n    try:\n"
            '        os.write(number, b\'{"shown": 1}\\n[]\\n{"call": "system"}\\n\' * 9)\n'
            "    except OSError:\n        pass\n" + ZEROS
        ),
    ),
    "calls_what_it_was_not_given": Submission(
        15,
        code=(
            "import gc\n"
            + first(
                "box = [o for o in gc.get_objects() if type(o).__name__ == 'Inside'][0]\n"
                "return [box.call(name, (1,)) for name in ('exec', 0, -1, 10**9)]"
            )
        ),
    ),
    "deep_value": Submission(
        15,
        code=first("deep = []\nfor _ in range(10**5):\n    deep = [deep]\nreturn deep"),
    ),
    "evil_exception": Submission(
        15,
        code=(
            "class Evil(Exception):\n    def __str__(self): raise SystemExit\n"
            + first("raise Evil()")
        ),
    ),
    # Those that look for something outside.
    "searches_for_the_tests": Submission(15, code=SEARCH + ZEROS),
    "remembers_hidden_cases": Submission(
        20, code=REMEMBERS, edit=append("print('SEEN', seen)", "print(len(seen))")
    ),
    "tells_hidden_cases_by_exception": Submission(
        19,
        "on a hidden case",
        code=REMEMBERS.replace(
            "    return honest",
            "    if len(seen) > 2:\n"
            "        raise type('SEEN_' + str(len(seen)), (Exception,), {})(f'SEEN {seen}')\n"
            "    return honest",
        ),
    ),
    "tells_hidden_cases_by_shape": Submission(
        19,
        "2 of 3 hidden cases passed, Wrong shape.",
        code=REMEMBERS.replace(
            "    return honest",
            "    if len(seen) > 2:\n"
            "        return np.empty((0, *(77000 + int(abs(p) * 100) for p in parameters)))\n"
            "    return honest",
        ),
    ),
    "tells_hidden_cases_by_length": Submission(
        19,
        "mse_gradient-hidden: 2 of 3 hidden cases passed, Wrong shape.",
        code=REMEMBERS.replace(
            "    return honest",
            "    if len(seen) > 2:\n"
            "        return tuple([1.0] * (77000 + int(abs(parameters[0]) * 100)))\n"
            "    return honest",
        ),
    ),
    "tells_hidden_cases_by_number": Submission(
        19,
        "mse_gradient-hidden: 2 of 3 hidden cases passed, The numbers differ",
        code=REMEMBERS.replace(
            "    return honest",
            "    if len(seen) > 2:\n        return 77000 + parameters\n    return honest",
        ),
    ),
    "deletes_the_course": Submission(
        15,
        code="import shutil\nfor path in ('<course>', '/root', '/home', '/usr', '/box'):\n"
        "    shutil.rmtree(path, ignore_errors=True)\n" + ZEROS,
    ),
    "writes_into_the_gradebook": Submission(
        15,
        "unable to open database",
        code="import sqlite3\nsqlite3.connect('<course>/gradebook.db').execute("
        "'update grade set auto_score = 10')\n" + ZEROS,
    ),
    "opens_a_socket": Submission(
        15,
        "Connection refused",
        code="import socket\nsocket.create_connection(('127.0.0.1', <port>), 2)\n" + ZEROS,
    ),
    "leaves_the_box": Submission(
        15,
        "DENIED 9 of 9",
        code=(
            "import ctypes\nc = ctypes.CDLL(None, use_errno=True)\ndenied = 0\n"
            "for call in (lambda: c.unshare(0x10000000), lambda: c.setns(0, 0),\n"
            "             lambda: c.ptrace(16, 1, 0, 0), lambda: c.fork(),\n"
            "             lambda: c.mount(b'/', b'/tmp', b'', 4096, 0),\n"
            "             lambda: c.shmget(0, 1 << 30, 0o1600), lambda: c.memfd_create(b'm', 0),\n"
            "             lambda: c.msgget(0, 0o1600), lambda: c.semget(0, 1, 0o1600)):\n"
            "    denied += call() == -1 and ctypes.get_errno() == 1\n"
            "raise OSError(f'DENIED {denied} of 9')"
        ),
    ),
    "tells_hidden_cases_by_exit_status": Submission(
        19,
        "It ended Python.",
        code=REMEMBERS.replace(
            "    return honest", "    if len(seen) > 2: import os; os._exit(77)\n    return honest"
        ),
    ),
    "links_to_the_solution": Submission(0, "a link", raw=link_to_solution),
    "script_in_words": Submission(
        20,
        "1 answer waits for a grader",
        edit=write_words(
            "<script>steal()</script> <img src=x onerror='steal()'> [a](javascript:steal()) "
            r"$\text{<img src=x onerror=steal()>}$ $\href{javascript:steal()}{x}$ [$x$](steal())"
            "\n# $y$ steal()\n![$z$](https://example.org/steal.png)"
        ),
    ),
    "poses_as_a_button": Submission(
        20,
        "1 answer waits",
        edit=write_words(
            '<a class="btn full-credit" id="mse_gradient-check" href="#">next page</a> '
            '<div class="score nbgrader_cell">4.0 / 4.0</div>'
        ),
    ),
    "speaks_to_the_terminal": Submission(
        15,
        "ValueError:  ]0;owned  right: 24 of 24",
        code=first("raise ValueError('\\x1b]0;owned\\x07\\n\\nright: 24 of 24')"),
    ),
    # Files that are no notebooks.
    "cut_off": Submission(0, "not a notebook", raw=b'{"cells": [{"cell_type": "code", "sou'),
    "binary": Submission(0, "not a notebook", raw=bytes(range(256))),
    "empty_file": Submission(0, "not a notebook but an empty file", raw=b""),
    "a_web_page": Submission(
        0, "not a notebook but a web page", raw=b"<!DOCTYPE html><title>gradients</title>"
    ),
    "another_notebook": Submission(
        0,
        "is it another notebook",
        raw=b'{"cells": [{"cell_type": "code", "source": "x = 1"}]}',
    ),
    "a_list": Submission(0, "no list of cells", raw=b"[1, 2]"),
    "a_cell_without_text": Submission(0, "no text", raw=b'{"cells": [{"source": 3}]}'),
    "nested_without_end": Submission(0, "not a notebook", raw=b'{"cells": ' + b"[" * 10**6),
    "half_a_character": Submission(
        0,
        "Not written yet",
        raw=b'{"cells": [{"cell_type": "code", "source": "\\ud800", "id": "mse_gradient"}]}',
    ),
    "too_large": Submission(0, "larger than 20 MB", raw=b" " * (21 << 20)),
}

"""Every kind of submission: what it tries, the mark it deserves, the words that tell why.

The set has four exercises of 2 + 3 points, and 4 points for an answer in words that nobody gives.
An answer replaces that to the first exercise, ``mse_gradient``; the others are right unless said
otherwise. So 20 is everything, and 15 all but the first exercise.
"""

from tests.grading.honest import HONEST
from tests.grading.submission import (
    LATER_WRONG,
    REMEMBERS,
    SEARCH,
    ZEROS,
    Submission,
    append,
    delete_checks,
    duplicate,
    first,
    forge,
    link_to_solution,
    overwrite_checks,
    write_words,
)

SUBMISSIONS = HONEST | {
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
    "sends_too_much": Submission(15, "sent more than 8 MB", code=first("return 'x' * (9 << 20)")),
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
}

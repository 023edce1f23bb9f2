"""What runs the cells inside the engine, as a notebook does: state, pictures, tables, errors.

Each thing for the page is one line on the standard output: a mark and JSON.
"""

import ast
import base64
import builtins
import io
import json
import linecache
import os
import sys
import traceback

MARK = "\x1e"
# What NumPy and Python say of a size that no address of 32 bits reaches.
TOO_LARGE = ("array is too big", "index-sized integer")
MEMORY = (
    "MemoryError: the code asked for more memory than the page gives it, 1 GB in all; use fewer or "
    "smaller arrays, or run the notebook on your machine."
)
SHARP = 1.5  # Pixels of a picture for each of the page.
names = {}


def send(**output):
    os.write(1, f"{MARK}{json.dumps(output)}\n".encode())


class Printed(io.TextIOBase):
    """A stream whose whole lines go to the page at once, and the rest when the cell ends."""

    encoding, errors = "utf-8", "replace"

    def __init__(self, name):
        self.name, self.rest = name, ""

    def writable(self):
        return True

    def write(self, text):
        self.rest += text
        whole, line, rest = self.rest.rpartition("\n")
        if line and len(whole) > 200:
            self.rest = rest
            send(stream=self.name, text=whole + line)
        return len(text)

    def flush(self):
        if self.rest:
            send(stream=self.name, text=self.rest)
            self.rest = ""


def warm_up():
    """Import what every page imports, before the memory is kept as the state to start from."""
    import gc

    import matplotlib.pyplot as plt
    from IPython.lib import pretty  # noqa: F401
    from matplotlib import font_manager

    from lossbook import explorers, plots  # noqa: F401

    figure, axes = plt.subplots()
    axes.plot([0, 1], [0, 1], label="$x^2$")
    figure.savefig(io.BytesIO(), format="png")
    plt.close(figure)
    # A font that stays loaded holds an open file, and files do not stay open in a kept memory.
    font_manager._get_font.cache_clear()
    del figure, axes
    gc.collect()


def begin():
    """Start as a fresh kernel would, also from a memory that was kept: chance is not repeated."""
    import importlib
    import itertools
    import random
    import time

    import numpy as np

    from lossbook.explorers import frames

    os.chdir("/book/page")
    names.clear()
    names.update(fresh_names())
    # The frames of the page have the first numbers, and outputs before a stop some of the next.
    frames._numbers = itertools.count(time.time_ns() // 1_000_000)
    random.seed()
    np.random.seed()
    sys.path_importer_cache.clear()
    importlib.invalidate_caches()
    for archive in ("/usr/local/lib/scipy.zip", "/usr/local/lib/sklearn.zip"):
        if os.path.exists(archive) and archive not in sys.path:
            sys.path.append(archive)


def fresh_names():
    return {"__name__": "__main__", "__builtins__": builtins, "display": display}


def run(code, cell, apart):
    """Run a cell: print, draw and show as a notebook would; tell an error with its line.

    Code that runs apart, an answer to an exercise, has names of its own.
    """
    sys.stdout, sys.stderr = Printed("stdout"), Printed("stderr")
    try:
        execute(code, cell, fresh_names() if apart else names)
        flush_figures()
    except BaseException as error:
        tell(error, cell)
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        sys.stdout, sys.stderr = sys.__stdout__, sys.__stderr__


def execute(code, cell, names):
    linecache.cache[cell] = (len(code), None, code.splitlines(keepends=True), cell)
    body = ast.parse(code, cell)
    last = body.body.pop() if body.body and isinstance(body.body[-1], ast.Expr) else None
    exec(compile(body, cell, "exec"), names)
    if last is not None:
        value = eval(compile(ast.Expression(last.value), cell, "eval"), names)
        if value is not None and not code.rstrip().endswith(";"):
            names["_"] = value
            display(value)


def display(*values):
    """Show values as a notebook would, in the richest form that the page can show."""
    sys.stdout.flush()
    for value in values:
        if is_figure(value):
            show_figure(value)
            continue
        forms = mime_bundle(value)
        send(show={kind: text for kind, text in forms.items() if isinstance(text, str)})


def mime_bundle(value):
    from IPython.lib.pretty import pretty

    if not isinstance(value, type) and hasattr(value, "_repr_mimebundle_"):
        bundle = value._repr_mimebundle_()
        return bundle[0] if isinstance(bundle, tuple) else bundle
    forms = {"text/plain": pretty(value)}
    for kind in ("html", "markdown", "latex", "svg"):
        method = getattr(value, f"_repr_{kind}_", None)
        if callable(method) and not isinstance(value, type):
            text = method()
            if text is not None:
                forms["image/svg+xml" if kind == "svg" else f"text/{kind}"] = text
    return forms


def is_figure(value):
    from matplotlib.figure import Figure

    return isinstance(value, Figure)


def show_figure(figure):
    """Send a figure as a picture, sharp on a fine screen too, and close it."""
    import matplotlib.pyplot as plt

    picture = io.BytesIO()
    fast = {"compress_level": 1}
    figure.savefig(
        picture, format="png", dpi=SHARP * figure.dpi, bbox_inches="tight", pil_kwargs=fast
    )
    png = picture.getvalue()
    width = int.from_bytes(png[16:20], "big")  # As the head of a PNG file has it.
    send(picture=base64.b64encode(png).decode(), width=round(width / SHARP))
    plt.close(figure)


def flush_figures():
    import matplotlib.pyplot as plt

    sys.stdout.flush()
    for number in plt.get_fignums():
        show_figure(plt.figure(number))


def tell(error, cell):
    """Tell an error in the words of Python, and the line of the reader's own code.

    What libraries call further inside, such as the package's check of a shape, leads nobody on.
    """
    own = getattr(error, "_render_traceback_", None)
    frames = traceback.extract_tb(error.__traceback__)
    line = next((f.lineno for f in reversed(frames) if f.filename == cell), None)
    if isinstance(error, SyntaxError) and error.filename == cell:
        line = error.lineno
    message = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
    if isinstance(error, MemoryError) or any(words in message for words in TOO_LARGE):
        message = text = MEMORY
    elif own is not None:  # A check, whose last line says what is wrong.
        text, _, message = "\n".join(own()).rpartition("\n")
    else:
        mine = [f for f in frames if f.filename != __file__]
        while mine and line is not None and mine[-1].filename != cell:
            mine.pop()
        lines = traceback.format_list(mine) if mine else []
        head = ["Traceback (most recent call last):\n"] if lines else []
        text = "".join([*head, *lines, *traceback.format_exception_only(error)])
    tell_error(type(error).__name__, message, None if own else line, text)


def tell_error(name, message, line, text):
    sys.stdout.flush()
    sys.stderr.flush()
    send(error=name, message=message, line=line, text=text.rstrip("\n"))
    import matplotlib.pyplot as plt

    plt.close("all")

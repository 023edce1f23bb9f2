"""What an answer may use when it is graded: NumPy, ``lossbook.datasets``, and Python's own library.

Answers are graded in a box, where no other library is installed. Whoever passes a check with one
should know it before they hand in.
"""

import dis
import sys
from collections.abc import Callable, Iterator
from types import CodeType, FunctionType, ModuleType
from typing import Any

import numpy as np

# The types of arrays that cross between an answer and the checks when it is graded.
KINDS = {"|b1", "|i1", "|u1", "<i2", "<u2", "<i4", "<u4", "<i8", "<u8", "<f2", "<f4", "<f8"}
ALLOWED = {"numpy", "builtins", "__main__"} | sys.stdlib_module_names
OF_PACKAGE = ("datasets", "check")


def unlike_graded(answer: Callable, returned: Any = None) -> list[str]:
    """Return lines that say what the answer uses and will not find; none if all is well.

    >>> import numpy as np
    >>> unlike_graded(lambda x: np.exp(x))
    []
    >>> from lossbook import losses
    >>> print(*unlike_graded(lambda x: losses.squared_error(x, x)))
      but: it uses lossbook.losses, which is not there when it is graded: NumPy alone is.
    """
    lines = []
    if missing := list(dict.fromkeys(_missing(answer, _home(answer), set()))):
        verb = "is" if len(missing) == 1 else "are"
        lines = [
            f"  but: it uses {', '.join(missing)}, which {verb} not there when it is graded: "
            "NumPy alone is."
        ]
    if not crosses(returned):
        what = getattr(returned, "dtype", type(returned).__name__)
        lines.append(
            f"  but: it returns {what}, which is refused when it is graded: return a number, a "
            "tuple or list of numbers, or an array of float64."
        )
    return lines


def crosses(value: Any) -> bool:
    """Return whether a value gets from an answer to the checks when it is graded.

    >>> from collections import deque
    >>> crosses((1.0, [2.0])), crosses({"a": 1.0}), crosses(deque([1.0]))
    (True, True, False)
    """
    if isinstance(value, np.ndarray | np.generic):
        return np.asarray(value).dtype.newbyteorder("<").str in KINDS
    if isinstance(value, list | tuple):
        return all(map(crosses, value))
    if isinstance(value, dict):
        return all(isinstance(key, str) and crosses(item) for key, item in value.items())
    return value is None or isinstance(value, bool | str) or type(value) in (int, float)


def _missing(function: Any, home: str, seen: set[int]) -> Iterator[str]:
    if not isinstance(function, FunctionType) or id(function) in seen:
        return
    seen.add(id(function))
    cells = function.__closure__ or ()
    around = zip(function.__code__.co_freevars, (cell.cell_contents for cell in cells))
    names = function.__globals__ | dict(around)
    for code in _codes(function.__code__):
        steps = list(dis.get_instructions(code))
        for step, following in zip(steps, [*steps[1:], None]):
            if step.opname == "IMPORT_NAME":
                yield from _unless_allowed(step.argval)
            elif step.opname in ("LOAD_GLOBAL", "LOAD_DEREF") and step.argval in names:
                value = names[step.argval]
                if not (isinstance(value, FunctionType) and _home(value) == home):
                    yield from _of(value, following.argval if following else None)
                yield from _missing(value, home, seen)


def _home(value: Any) -> str:
    """Return the module of a function or class: for what stands in a notebook, ``__main__``."""
    return str(getattr(value, "__module__", None) or "builtins")


def _codes(code: CodeType) -> Iterator[CodeType]:
    """Yield the code of a function and of the functions inside of it."""
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _codes(constant)


def _of(value: Any, attribute: Any) -> Iterator[str]:
    """Yield the place of a name that is missing in the box; of the package, the part."""
    if isinstance(value, ModuleType):
        place = value.__name__
        yield from _unless_allowed(f"{place}.{attribute}" if place == "lossbook" else place)
    elif isinstance(value, np.ufunc):
        # Those of SciPy do not say where they are from.
        if getattr(np, value.__name__, None) is not value:
            yield value.__name__
    else:
        yield from _unless_allowed(_home(value))


def _unless_allowed(place: str) -> Iterator[str]:
    root, _, rest = place.partition(".")
    if root == "lossbook":
        if rest and rest.split(".")[0] not in OF_PACKAGE:
            yield f"lossbook.{rest.split('.')[0]}"
    elif root not in ALLOWED:
        yield root

r"""Change each printed formula in every small way, and see whether the tests of it notice.

``python -m tools.mutants_of_formulas [label, page or cards …]``: one at a time, each sign is
turned, each constant grows by a tenth, each index and exponent by one, each inequality turns or
changes its strictness, and max changes with min. The changed LaTeX takes the place of the page's
in memory. A mutant that lives and is not listed in ``EQUIVALENT`` fails the command.
"""

import contextlib
import functools
import importlib
import io
import itertools
import sys
import time
import traceback
import warnings
from collections import Counter
from pathlib import Path

from lossbook.facts import facts
from tests import printed
from tests import test_facts_formulas as cards
from tests.printed.pieces import UnreadableError, tokens

ORDERS = {r"\le": (r"\ge", "<"), r"\ge": (r"\le", ">"), "<": (">", r"\le"), ">": ("<", r"\ge")}
SWAPPED = {"+": "-", "-": "+", r"\max": r"\min", r"\min": r"\max"}
#: Mutants that say the same, and why: {"label: old → new #occurrence": reason}.
EQUIVALENT = {
    "eq-errors-cancel: + → - #2": "the line has the mean of x where it has that of y: adds 0",
    r"eq-backward-cost: \le → <": "the fraction is positive, so the ratio is below 2",
    r"eq-numbers-rounding: \le → <": "rounding to the nearest comes to u/(1 + u), never to u",
    "eq-rl-baseline: 1 → {1.1}": "every constant has the gradient 0",
    "eq-adaptive-likelihood: u → u+1": "an integral over the whole line is that of the shifted",
    "eq-adversarial-linear: + → -": "the cube of changes is symmetric",
    r"expectile.formula: > → \ge": "at r = 0 the factor r² is 0",
    r"expectile.gradient: > → \ge": "at r = 0 the factor r is 0",
}


def places(found):
    """Return for each piece where it stands: in a subscript, in an exponent, below a sum, or plain.

    A pair: the place, and whether the piece is the first of it.
    """
    where, stack, pending = [], [("plain", 0)], None
    for n, token in enumerate(found):
        before = found[n - 1].text if n else ""
        if token.text in "_^":
            owner = found[n - 1].text
            if owner == "}":  # the script before: a sum may have one below and one above
                owner = next(
                    (t.text for t in reversed(found[:n]) if t.text in (r"\sum", r"\prod")), ""
                )
                depth = 0
                for t in reversed(found[:n]):
                    depth += {"}": 1, "{": -1}.get(t.text, 0)
                    if depth == 0:
                        break
                begin = found.index(t)
                owner = found[begin - 2].text if begin > 1 else ""
                if found[begin - 1].text == r"\underbrace":
                    owner = r"\underbrace"
            below = owner in (r"\sum", r"\prod", r"\max", r"\min", r"\int")
            pending = ("below" if below else "index") if token.text == "_" else "exponent"
            pending = "plain" if owner == r"\underbrace" else pending
            where.append(("plain", False))
        elif pending:
            where.append((pending, True))
            if token.text == "{":
                stack.append((pending, n))
            pending = None
        else:
            place, opened = stack[-1]
            where.append((place, before == "{" and opened == n - 1))
            if token.text == "{":
                stack.append((place, n))
            elif token.text == "}" and len(stack) > 1:
                stack.pop()
    return where


def mutants(text):
    """Yield the name of each mutant of a formula with its kind and its text."""
    found = tokens(text)
    for n, (token, (place, first)) in enumerate(zip(found, places(found))):
        before = found[n - 1].text if n else ""
        after = found[n + 1].text if n + 1 < len(found) else ""
        for kind, begin, end, new in changes(token, place, first, before, after):
            old = text[begin:end]
            yield f"{old} → {new}", kind, text[:begin] + new + text[end:]


def changes(token, place, first, before, after):
    """Yield the changes of one piece: kind, begin, end, and what stands there instead."""
    text, begin, end = token.text, token.start, token.end
    letter = token.kind == "letter" or (
        token.kind == "command" and place != "plain" and text[1:] in GREEK
    )
    if text in SWAPPED and not (place == "index" and text[0] == "\\"):
        yield ("sign" if text in "+-" else "max and min"), begin, end, f"{SWAPPED[text]} "
    elif text in ORDERS:
        for new in ORDERS[text]:
            yield "inequality", begin, end, f"{new} "
    elif before == r"\mathbf":
        return
    elif token.kind == "number" and before in (r"\frac", r"\tfrac") and len(text) == 2:
        for n, digit in enumerate(text):
            yield "constant", begin + n, begin + n + 1, f"{{{1.1 * int(digit):g}}}"
    elif token.kind == "number":
        shifted = place != "plain" and "." not in text
        new = f"{int(text) + 1}" if shifted else f"{1.1 * float(text) or 0.1:g}"
        kind = {"index": "index", "below": "index", "exponent": "exponent"}.get(place, "constant")
        yield kind, begin, end, f"{{{new}}}"
    elif letter and place == "index":
        yield "index", begin, end, shifted_index(text, before, after)
    elif letter and place == "exponent" and (before == "(" or first) and after != "_":
        yield "exponent", begin, end, f"{{{text}+1}}" if before != "(" else f"{text}+1"
    elif letter and place == "below" and not first and before != "," and after != "_":
        yield "index", begin, end, f"{{{text}+1}}"
    elif text == r"\top" and place == "exponent":
        yield "exponent", begin, end, "" if before == ")" else "1"


def shifted_index(text, before, after):
    """Return the next index; commas part it from its neighbors."""
    if before == "_":
        return f"{{{text}+1}}"
    return f"{',' * before.isalpha()}{text}+1{',' * after.isalpha()}"


GREEK = {
    "alpha",
    "beta",
    "gamma",
    "delta",
    "varepsilon",
    "theta",
    "lambda",
    "mu",
    "sigma",
    "tau",
    "eta",
    "rho",
    "kappa",
    "psi",
    "pi",
}


def runs(test):
    """Yield functions without arguments: a test with each set of its parameters."""
    marks = [m for m in getattr(test, "pytestmark", []) if m.name == "parametrize"]
    choices = []
    for mark in marks:
        names, values = mark.args[:2]
        names = [n.strip() for n in names.split(",")] if isinstance(names, str) else list(names)
        choices.append([dict(zip(names, v if len(names) > 1 else (v,))) for v in values])
    for chosen in itertools.product(*choices):
        merged = {name: value for part in chosen for name, value in part.items()}
        yield lambda merged=merged: test(**merged)


def formulas(chosen):
    """Yield the name of each formula, its LaTeX, and the runs of its tests: pages, then cards."""
    found, page_before = {}, None
    for label, (page, text) in printed.labels().items():
        if chosen and label not in chosen and not any(c in page for c in chosen):
            continue
        if page != page_before:
            module = importlib.import_module(f"tests.book.equations.test_{Path(page).stem}")
            found, page_before = {}, page
            for test in vars(module).values():
                for mark in getattr(test, "pytestmark", []) if callable(test) else []:
                    if mark.name == "equation":
                        found.setdefault(mark.args[0], []).extend(runs(test))
        yield label, text, found.get(label, [])
    for name, fact in facts.items():
        for part in ("formula", "gradient"):
            if not chosen or "cards" in chosen or f"{name}.{part}" in chosen:
                settings = [s for n, s in cards.CASES if n == name]
                test = getattr(cards, f"test_the_{part}_of_a_card_is_what_the_function_returns")
                yield (
                    f"{name}.{part}",
                    getattr(fact, part),
                    [functools.partial(test, name, s) for s in settings],
                )


#: What each run raised when it failed last.
FAILED = {}


def fails(checks):
    """Tell whether a check fails; the one that did goes first next time."""
    for check in list(checks):
        try:
            with contextlib.redirect_stdout(io.StringIO()):  # cells of pages print
                check()
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # those of pytest among them
            FAILED[check] = error
            checks.remove(check)
            checks.insert(0, check)
            return True
    return False


def main(chosen):
    warnings.simplefilter("ignore")
    table, alive, seconds = Counter(), [], {}
    for label, text, checks in formulas(chosen):
        begin, seen = time.process_time(), Counter()
        if not checks or fails(checks):
            print(f"{label}: {'its tests fail' if checks else 'no test'} as it stands")
            traceback.print_exception(FAILED.get(checks[0]) if checks else None, limit=-3)
            alive.append(label)
            continue
        for what, kind, changed in mutants(text):
            seen[what] += 1
            name = f"{label}: {what.strip()}" + f" #{seen[what]}" * (seen[what] > 1)
            printed.CHANGED[label] = changed
            try:
                printed.read(changed)
            except UnreadableError as error:
                print(f"{name}: cannot be read, {error}")
            table[kind, "made"] += 1
            if fails(checks):
                table[kind, "killed"] += 1
            elif name in EQUIVALENT:
                table[kind, "equivalent"] += 1
            else:
                alive.append(name)
                print(f"lives: {name}\n    {changed!r}")
            del printed.CHANGED[label]
        seconds[label] = time.process_time() - begin
    report(table, alive, seconds)
    return len(alive)


def report(table, alive, seconds):
    columns = ("made", "killed", "equivalent")
    print(f"{'':12}", *(f"{name:>10}" for name in columns))
    for kind in [*sorted({kind for kind, _ in table}), "all"]:
        rows = [
            sum(n for (k, c), n in table.items() if kind in (k, "all") and c == column)
            for column in columns
        ]
        print(f"{kind:12}", *(f"{n:10}" for n in rows))
    spent = sum(seconds.values())
    print(f"alive: {len(alive)}; {len(seconds)} formulas in {spent:.0f} s of processor time")
    slow = sorted(seconds, key=seconds.get)[-5:]
    print("slowest:", ", ".join(f"{label} {seconds[label]:.1f} s" for label in reversed(slow)))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]) > 0)

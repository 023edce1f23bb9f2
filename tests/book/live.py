"""Run pages in the browser, as a reader does, and compare what they print with the notebooks."""

import json
import re
import tomllib

import pytest

from tools import trust
from tools.build_book import ROOT

BUTTON = "Run this page"
NEEDS_ENGINE = pytest.mark.skipif(
    not trust.read(ROOT / "_build" / "live" / "engine.json"),
    reason="the site has no Python in its pages: the wheel could not be reached when it was built",
)

DIFFERENCES = ROOT / "tests" / "book" / "live_differences.toml"
NUMBER = re.compile(r"(?<![\w.])[-+−]?\d+(?:\.\d*)?(?:e[-+]?\d+)?(?![\w])")
ENDED = """() => {
  const cells = [...document.querySelectorAll(".cell[data-live]")];
  const states = cells.map((cell) => cell.dataset.live);
  return states.includes("failed") || (cells.length && states.every((state) => state === "done"));
}"""
PRINTED = """() => [...document.querySelectorAll(".cell[data-live]")].map((cell) => ({
  state: cell.dataset.live,
  error: cell.querySelector(".live-error")?.innerText ?? "",
  pictures: cell.querySelectorAll(":scope > .live-output img[src^='data:image/png']").length,
  text: [...cell.querySelectorAll(":scope > .live-output .live-stdout pre")]
    .map((pre) => pre.textContent).join(""),
  plain: [...cell.querySelectorAll(":scope > .live-output [data-plain]")]
    .map((box) => box.dataset.plain),
}))"""


def run_page(page, seconds=300):
    """Press the button of an open page; return for each cell what it printed and showed."""
    page.get_by_role("button", name=BUTTON).click()
    page.wait_for_function(ENDED, timeout=1000 * seconds)
    return page.evaluate(PRINTED)


def wait_for(visit, words):
    visit.page.wait_for_function(
        "words => document.querySelector('.live-status')?.innerText.includes(words)", arg=words
    )


def stored(name):
    """Return the same for the notebook as it is stored; what went to stderr is left out."""
    notebook = json.loads((ROOT / f"{name}.ipynb").read_text(encoding="utf-8"))
    return [read(cell) for cell in notebook["cells"] if cell["cell_type"] == "code"]


def read(cell):
    text, plain = "", []
    for output in cell["outputs"]:
        data = output.get("data", {})
        if output.get("name") == "stdout":
            text += "".join(output["text"])
        elif output["output_type"] == "execute_result" or set(data) - {"text/plain"}:
            plain.append("".join(data["text/plain"]))
    return {"text": text, "plain": plain}


def differences(name, ran):
    """Return a line for each cell whose text differs by more than the last digit of a number."""
    expected = stored(name)
    if len(ran) != len(expected):
        return [f"{len(ran)} cells; expected {len(expected)}"]
    found = []
    for number, (here, there) in enumerate(zip(ran, expected), start=1):
        if here["error"]:
            found.append(f"cell {number}: {here['error']}")
            continue
        for got, wanted in [(here["text"], there["text"]), *zip(here["plain"], there["plain"])]:
            if not alike(got, wanted):
                found.append(f"cell {number}: printed {got!r}; expected {wanted!r}")
        if len(here["plain"]) != len(there["plain"]):
            found.append(f"cell {number}: showed {here['plain']}; expected {there['plain']}")
    return found


def alike(got, wanted):
    """Say whether two texts differ in the last digits of their numbers alone.

    >>> alike("risk 0.123 at 5", "risk 0.124 at 5"), alike("risk 0.123", "risk 0.125")
    (True, False)
    """
    if NUMBER.sub("0", got).split() != NUMBER.sub("0", wanted).split():
        return False
    return all(
        g == w or abs(float(g) - float(w)) <= 1.01 * last_digit(w)
        for g, w in zip(numbers(got), numbers(wanted))
    )


def numbers(text):
    return [number.replace("−", "-") for number in NUMBER.findall(text)]


def last_digit(number):
    """Return what one in the last digit of a number is worth; nothing for a whole number."""
    mantissa, _, power = number.partition("e")
    _, dot, decimals = mantissa.partition(".")
    return 10.0 ** (int(power or 0) - len(decimals)) if dot else 0.0


def known():
    """Return {page: {cell: reason}} of the differences that are understood."""
    return tomllib.loads(DIFFERENCES.read_text(encoding="utf-8"))

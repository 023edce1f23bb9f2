"""How long notebooks and groups of tests take, so that the longest begin first.

``tests/seconds.json`` is only an order: a wrong number makes a run longer, never wrong. It is
written by ``make test SECONDS=record``.
"""

import json
from pathlib import Path

FILE = Path("tests/seconds.json")


def known(root):
    """Return {name: seconds}; a name is a path, or a group of tests."""
    file = root / FILE
    return json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}


def longest_first(root, paths):
    """Return paths in the order in which they should begin; those nobody has timed come first."""
    seconds = known(root)
    names = {path: path.relative_to(root).as_posix() for path in paths}
    return sorted(paths, key=lambda path: (-seconds.get(names[path], float("inf")), names[path]))


def record(root, took):
    """Store the seconds of each group; keep those that did not run."""
    times = known(root) | {name: round(value, 1) for name, value in took.items() if value >= 0.5}
    text = json.dumps(dict(sorted(times.items(), key=lambda pair: -pair[1])), indent=1)
    (root / FILE).write_text(text + "\n", encoding="utf-8")

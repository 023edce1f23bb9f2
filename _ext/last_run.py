"""The record of the last run of the marked tests: tests/conftest.py writes it, a page shows it.

It counts only for the sources it was made from; after a change to them it is as if there were none.
pytest's own cache keeps failures alone, and knows no sources.
"""

import hashlib
import json
from pathlib import Path

RECORD = Path("_build/last_run.json")


def digest(root):
    """Return one number for the package, its tests and the pages they read, as they are now."""
    found = hashlib.sha256()
    for folder, kind in (("lossbook", "*.*"), ("tests", "*.*"), ("chapters", "*.ipynb")):
        for path in sorted((root / folder).rglob(kind)):
            if path.is_file() and path.suffix != ".pyc":
                found.update(path.relative_to(root).as_posix().encode() + path.read_bytes())
    return found.hexdigest()


def read(root):
    """Return the day of the run and {label: passed or failed}, or None and {}."""
    file = root / RECORD
    record = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    current = record.get("sources") == digest(root)
    return (record["day"], record["outcomes"]) if current else (None, {})


def write(root, day, outcomes):
    """Record the outcomes; those of earlier runs on the same sources stay."""
    record = {"sources": digest(root), "day": day, "outcomes": read(root)[1] | outcomes}
    (root / RECORD).parent.mkdir(exist_ok=True)
    (root / RECORD).write_text(json.dumps(record, indent=1, sort_keys=True), encoding="utf-8")

"""What several tests look at and takes long to make: made once from the same sources, and kept.

It lies in _build/made, under a digest of what it is made from; CI, which has no _build, and whoever
removes that folder make it anew.
"""

import hashlib
import json
import platform
import sys

from filelock import FileLock

from tools import trust
from tools.build_book import ROOT


def made(name, places, make):
    """Return a folder that make(folder) has filled; places begin the paths of its sources.

    Half of one, from a run that was interrupted, is made again; one from other sources is removed.
    """
    chosen = trust.sources(ROOT, tuple(places))
    for place in places:
        assert any(path.startswith(place) for path in chosen), f"{place} names no source"
    what = [sys.version, platform.platform(), platform.node(), chosen]
    digest = hashlib.sha256(json.dumps(what).encode()).hexdigest()[:16]
    shelf = ROOT / "_build" / "made" / name
    shelf.mkdir(parents=True, exist_ok=True)
    whole = shelf / digest / "whole"
    with FileLock(shelf.with_suffix(".lock")):
        if not whole.exists():
            trust.remove(*shelf.iterdir())
            whole.parent.mkdir()
            make(whole.parent)
            whole.touch()
    return whole.parent

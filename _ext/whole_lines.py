"""A line that a cell prints stays whole on the page.

The kernel cuts what is printed where its clock ticks, within a line too, and MyST-NB ends each
piece with a new line when it merges them.
"""

import sys
from pathlib import Path

from myst_nb.core import render

sys.path.append(str(Path(__file__).resolve().parents[1]))
from tools.notebooks import joined


def setup(app):
    render.coalesce_streams = joined
    return {"parallel_read_safe": True, "parallel_write_safe": True}

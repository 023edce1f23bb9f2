"""Let nbval compare each notebook with the run that the site shows, instead of running it again.

`make test` has just built the site: its cache holds what every notebook gave, from this code, this
package, these pins, this Python and this machine. nbval is handed these outputs as if a kernel had
sent them, and compares by its own rules. A notebook that the cache lacks is run.
"""

from collections import deque

import pytest
from jupyter_cache import get_cache
from nbval.plugin import IPyNbFile

from tools import drawn_lines


@pytest.hookimpl(wrapper=True)
def pytest_collect_file(file_path, parent):
    found = yield
    return [
        Replayed.from_parent(parent, path=file_path) if isinstance(one, IPyNbFile) else one
        for one in found
    ]


class Replayed(IPyNbFile):
    """A notebook whose kernel is a record, if there is one."""

    def setup(self):
        cells = kept_cells(self.config.rootpath, self.nb)
        if cells is None:
            super().setup()
        else:
            self.setup_sanitize_files()
            self.kernel = Record(cells)

    def teardown(self):
        if not isinstance(self.kernel, Record):
            super().teardown()


def kept_cells(root, notebook):
    """Return the cells with the outputs of the run that the site was built from, or None."""
    cache = get_cache(str(root / "_build" / ".jupyter_cache"))
    try:
        record = cache.match_cache_notebook(notebook)
    except KeyError:
        return None
    return cache.get_cache_bundle(record.pk).nb.cells


class Record:
    """Answers each cell with the messages that a kernel would send."""

    def __init__(self, cells):
        self.cells = deque(cells)
        self.messages = deque()

    def is_alive(self):
        return True

    def execute_cell_input(self, source, allow_stdin=None):
        cell = self.cells.popleft()
        while cell.source != source:  # What nbval skips has run all the same.
            cell = self.cells.popleft()
        idle = {"msg_type": "status", "content": {"execution_state": "idle"}}
        sent = [{"msg_type": one.output_type, "content": one} for one in cell.outputs]
        for message in sent:  # Only the kernels of the build draw figures as lines, too.
            message["content"].get("data", {}).pop(drawn_lines.LINES, None)
        number = len(self.cells)
        self.messages.extend({"parent_header": {"msg_id": number}} | m for m in [*sent, idle])
        return number

    def await_reply(self, msg_id, timeout=None):
        pass

    await_idle = await_reply

    def get_message(self, stream, timeout=None):
        return self.messages.popleft()

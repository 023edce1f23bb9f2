"""Run notebooks side by side, longest first, into the cache that the site is built from.

Sphinx runs one notebook after the other; here as many run at once as there are processors. The
cache knows a notebook by its code; what else a result depends on, `tools/trust.py` knows.
"""

import asyncio
import os
import time

import nbformat
from jupyter_cache import get_cache
from jupyter_cache.base import CacheBundleIn
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

from tools import drawn_lines, kernels
from tools.seconds import longest_first

CELL_SECONDS = 600
QUIET = ["--IPKernelApp.log_level=40"]  # Or each kernel warns that it talks to us over TCP.


def execute(root, paths, folder, processes=None):
    """Run every notebook that the cache in this folder lacks; return one message for each failure.

    A failure stops the run: what is running ends, what waits is not begun.
    """
    cache = get_cache(str(folder))
    waiting = [path for path in longest_first(root, paths) if not is_cached(cache, path)]
    processes = processes or len(os.sched_getaffinity(0))
    return asyncio.run(side_by_side(root, waiting, cache, processes))


def is_cached(cache, path):
    """Tell whether the cache has this notebook's outputs, those of an edited caption included."""
    notebook = nbformat.read(path, as_version=4)
    try:
        cache.match_cache_notebook(notebook)
    except KeyError:
        return takes_outputs(cache, path, notebook)
    return True


def takes_outputs(cache, path, notebook):
    """Store the outputs of an earlier version for this one, if both do the same; tell whether.

    The cache knows a cell with its metadata: for it another caption is another notebook.
    """
    sources = [cell for cell in notebook.cells if cell.cell_type == "code"]
    for record in cache.list_cache_records():
        if record.uri != str(path):
            continue
        earlier = cache.get_cache_bundle(record.pk).nb.cells
        if list(map(does, earlier)) == list(map(does, sources)):
            for new, old in zip(sources, earlier):
                new.outputs, new.execution_count = old.outputs, old.execution_count
            store(cache, path, notebook, record.data.get("execution_seconds"))
            return True
    return False


def does(cell):
    return cell.source, cell.metadata.get("tags", [])


def store(cache, path, notebook, seconds):
    bundle = CacheBundleIn(notebook, str(path), data={"execution_seconds": seconds})
    cache.cache_notebook_bundle(bundle, check_validity=False, overwrite=True)


async def side_by_side(root, paths, cache, processes):
    places, failures = asyncio.Semaphore(processes), []
    manager = kernels.manager(len(paths))

    async def one(path):
        async with places:
            if failures:
                return
            name, begun = path.relative_to(root).as_posix(), time.monotonic()
            notebook = nbformat.read(path, as_version=4)
            failure = await run(notebook, path, manager)
            if failure:
                failures.append(f"{name} {failure}")
                return
            seconds = time.monotonic() - begun
            store(cache, path, notebook, seconds)
            print(f"{seconds:6.1f} s  {name}", flush=True)

    await asyncio.gather(*map(one, paths))
    return failures


async def run(notebook, path, manager):
    """Run the notebook in its folder; return what went wrong, or nothing."""
    begun = []
    client = NotebookClient(
        notebook,
        timeout=CELL_SECONDS,
        kernel_manager_class=manager,
        resources={"metadata": {"path": str(path.parent)}},
        extra_arguments=QUIET + drawn_lines.ARGUMENTS,
        shutdown_kernel="immediate",  # Nothing of it is wanted any more; a farewell takes a second.
        record_timing=False,  # Or the cache would take the timed cells for other ones.
        on_cell_start=lambda cell, cell_index: begun.append(cell_index + 1),
    )
    try:
        await client.async_execute()
    except CellExecutionError as error:
        return f"failed in cell {begun[-1]}:\n{error}"
    except CellTimeoutError:
        return f"failed in cell {begun[-1]}: it took more than {CELL_SECONDS} seconds"
    except DeadKernelError:
        return f"failed in cell {begun[-1]}: Python ended, for want of memory or by a crash"
    drawn_lines.choose(notebook)

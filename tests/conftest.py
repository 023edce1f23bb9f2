"""What every test needs: one thread a process, and a summary of the slowest notebooks."""

import os
from collections import Counter

# Before NumPy is imported, and inherited by the kernels that run the notebooks: results that do not
# depend on the number of cores, and no more threads than workers.
for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[variable] = "1"


def pytest_terminal_summary(terminalreporter):
    """List the slowest notebooks: nbval reports cells, and a chapter is what has a budget."""
    seconds = Counter()
    for reports in terminalreporter.stats.values():
        for report in reports:
            path = getattr(report, "nodeid", "").split("::")[0]
            if path.endswith(".ipynb"):
                seconds[path] += report.duration
    if seconds:
        terminalreporter.section("slowest notebooks")
        for path, total in seconds.most_common(10):
            terminalreporter.write_line(f"{total:7.1f} s  {path}")

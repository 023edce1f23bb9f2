"""Release problem sets and grade what comes back, with nbgrader and a sandbox.

Student code runs only in ``grading.sandbox``; the checks run outside, on values that cross as JSON.
"""

import os
import sys
from pathlib import Path

# nbgrader runs alembic, which makes the gradebook, by its name: the one of this environment.
os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])


class InputError(ValueError):
    """A file that an instructor wrote is not as expected; the message says which, and how."""

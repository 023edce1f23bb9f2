"""What a box has used: seconds of the processor, and of waiting for anything but the processor.

Other programs on the machine change neither, so a busy machine changes no mark. Linux counts both
for each process: how long it ran, and how long it was ready and had to wait for its turn.
"""

import os
import time
from dataclasses import dataclass
from pathlib import Path


@dataclass
class Used:
    """Seconds of the processor, and of idling."""

    busy: float = 0.0
    idle: float = 0.0

    @property
    def most(self):
        """What a limit on either is compared with."""
        return max(self.busy, self.idle)


START = 60  # Seconds on the wall after which a program that has not begun is idle.
TICK = os.sysconf("SC_CLK_TCK")


def in_line():
    """Return the seconds that this thread, which reads what a box sends, stood in line."""
    return int(Path("/proc/thread-self/schedstat").read_text().split()[1]) / 1e9


class Clock:
    """The clock of the program that bubblewrap has started as its grandchild."""

    def __init__(self, bubblewrap):
        self.bubblewrap, self.program = bubblewrap, None
        self.used, self.ran, self.waited, self.ours = Used(), 0.0, 0.0, in_line()
        self.born = self.seen = time.monotonic()

    def rest(self):
        """Let the time since the last look count for nothing: nobody asked the box for anything."""
        before = self.used.idle
        self.look()
        self.used.idle = before

    def look(self):
        """Count what was used since the last look."""
        now = time.monotonic()
        passed, self.seen = now - self.seen, now
        ran, waited = self._read()
        more, queued = ran - self.ran, waited - self.waited
        line = in_line()
        ours, self.ours = line - self.ours, line
        self.ran, self.waited = ran, waited
        self.used.busy += more
        if self.program or now - self.born > START:
            # A box that waits for the grader, which waits for its turn, is not idle.
            self.used.idle += max(0.0, passed - more - queued - ours)

    def _read(self):
        """Return the seconds that the program ran, and that its first thread stood in line."""
        try:
            place = Path(f"/proc/{self.program or self._find()}")
            fields = (place / "stat").read_text().rsplit(")", 1)[1].split()
            waited = int((place / "schedstat").read_text().split()[1])
            return sum(map(int, fields[11:13])) / TICK, waited / 1e9
        except (OSError, ValueError, LookupError):
            return self.ran, self.waited

    def _find(self):
        """Return the program's number; it is the only child of an only child."""
        process = self.bubblewrap
        for _ in range(2):
            process = int(Path(f"/proc/{process}/task/{process}/children").read_text().split()[0])
        self.program = process
        return process

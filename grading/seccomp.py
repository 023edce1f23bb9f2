"""A filter of system calls for the box: no processes, no memory that no limit counts, no doors.

The limit of processes that the shell knows does not bind root and counts a whole user's processes;
a filter binds everybody and counts nothing.
"""

import errno
import platform
import struct

# linux/audit.h, and each architecture's unistd.h.
X86 = {
    "arch": 0xC000003E,
    "clone": 56,
    "clone3": 435,
    "denied": {
        # Memory that no limit of the process counts.
        "shmget": 29,
        "shmat": 30,
        "semget": 64,
        "msgget": 68,
        "mq_open": 240,
        "memfd_create": 319,
        "memfd_secret": 447,
        "fork": 57,
        "vfork": 58,
        "ptrace": 101,
        "mount": 165,
        "add_key": 248,
        "request_key": 249,
        "keyctl": 250,
        "unshare": 272,
        "perf_event_open": 298,
        "setns": 308,
        "bpf": 321,
        "userfaultfd": 323,
        "io_uring_setup": 425,
    },
}
ARM = {
    "arch": 0xC00000B7,
    "clone": 220,
    "clone3": 435,
    "denied": {
        "mq_open": 180,
        "msgget": 186,
        "semget": 190,
        "shmget": 194,
        "shmat": 196,
        "memfd_create": 279,
        "memfd_secret": 447,
        "mount": 40,
        "unshare": 97,
        "ptrace": 117,
        "add_key": 217,
        "request_key": 218,
        "keyctl": 219,
        "perf_event_open": 241,
        "setns": 268,
        "bpf": 280,
        "userfaultfd": 282,
        "io_uring_setup": 425,
    },
}
MACHINES = {"x86_64": X86, "aarch64": ARM}

LOAD, EQUAL, AT_LEAST, ANY_BIT, RETURN = 0x20, 0x15, 0x35, 0x45, 0x06  # linux/bpf_common.h
NUMBER, ARCH, FIRST_ARGUMENT = 0, 4, 16  # struct seccomp_data
ALLOW, KILL, FAIL = 0x7FFF0000, 0x80000000, 0x00050000  # linux/seccomp.h
CLONE_THREAD = 0x00010000
OTHER_NUMBERING = 0x40000000  # x32 calls on x86_64


def filter_program():
    """Return the filter for this machine, as ``bwrap --seccomp`` reads it."""
    machine = MACHINES.get(platform.machine())
    if machine is None:
        raise OSError(
            f"the box has no system call filter for {platform.machine()}; expected one of "
            f"{', '.join(MACHINES)}: grade on such a machine"
        )
    denied, missing = FAIL | errno.EPERM, FAIL | errno.ENOSYS
    steps = [
        (LOAD, 0, 0, ARCH),
        (EQUAL, 1, 0, machine["arch"]),
        (RETURN, 0, 0, KILL),
        (LOAD, 0, 0, NUMBER),
        (AT_LEAST, 0, 1, OTHER_NUMBERING),
        (RETURN, 0, 0, denied),
        # Without clone3 the C library falls back on clone, whose flags a filter can read.
        (EQUAL, 0, 1, machine["clone3"]),
        (RETURN, 0, 0, missing),
    ]
    for number in machine["denied"].values():
        steps += [(EQUAL, 0, 1, number), (RETURN, 0, 0, denied)]
    steps += [
        (EQUAL, 0, 3, machine["clone"]),
        (LOAD, 0, 0, FIRST_ARGUMENT),
        (ANY_BIT, 1, 0, CLONE_THREAD),
        (RETURN, 0, 0, denied),
        (RETURN, 0, 0, ALLOW),
    ]
    return b"".join(struct.pack("=HBBI", *step) for step in steps)

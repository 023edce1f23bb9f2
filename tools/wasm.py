"""Cut a WebAssembly program to what a page runs.

A program is a head of eight bytes and sections: a byte of kind, the length, the content. Every
number is an unsigned LEB128.
"""

CUSTOM, MEMORY, CODE = 0, 5, 10  # Kinds of sections.
FUNCTIONS = 1  # The part of the section of names that names functions.
PAGE = 65536  # Bytes.
EMPTY = bytes([3, 0, 0x00, 0x0B])  # Of three bytes: no variables, "unreachable", end.


def cut(program, unused, most_memory):
    """Return a program without debug names, without some functions and with a limit to its memory.

    The names are a seventh of all. A function stays in its place, because others are called by
    their number, but what it does goes if its name matches ``unused``.
    """
    parts = list(sections(program))
    names = next((function_names(part) for kind, part in parts if is_names(kind, part)), [])
    kept = [program[:8]]
    for kind, content in parts:
        if is_names(kind, content):
            continue
        if kind == MEMORY:
            content = limited(content, most_memory)
        elif kind == CODE:
            content = emptied(content, names, unused)
        kept.append(bytes([kind]) + leb128(len(content)) + content)
    return b"".join(kept)


def sections(program):
    """Yield (kind, content) of each section."""
    at = 8
    while at < len(program):
        length, content = number(program, at + 1)
        yield program[at], program[content : content + length]
        at = content + length


def is_names(kind, content):
    return kind == CUSTOM and text(content, 0)[0] == "name"


def function_names(content):
    """Return the names of all functions, those that are imported first."""
    at = text(content, 0)[1]
    while at < len(content):
        length, start = number(content, at + 1)
        if content[at] == FUNCTIONS:
            count, start = number(content, start)
            names = []
            for _ in range(count):
                _, start = number(content, start)
                name, start = text(content, start)
                names.append(name)
            return names
        at = start + length
    return []


def limited(content, most_memory):
    """Return the section of one memory with the most that it may have.

    After the number of memories, which is one, it has a flag, the least and, if the flag is 1, the
    most pages.
    """
    least, _ = number(content, 2)
    return b"\x01\x01" + leb128(least) + leb128(most_memory // PAGE)


def emptied(content, names, unused):
    """Return the section of code, where a function of no use ends the program."""
    count, at = number(content, 0)
    own = names[len(names) - count :]
    kept = [leb128(count)]
    for place in range(count):
        length, start = number(content, at)
        idle = own and unused.search(own[place])
        kept.append(EMPTY if idle else content[at : start + length])
        at = start + length
    return b"".join(kept)


def text(data, at):
    """Return a text that begins with its length, and where it ends."""
    size, start = number(data, at)
    return data[start : start + size].decode(), start + size


def number(data, at):
    """Return an unsigned LEB128 number and where it ends."""
    value = shift = 0
    while True:
        value |= (data[at] & 0x7F) << shift
        shift += 7
        at += 1
        if data[at - 1] < 0x80:
            return value, at


def leb128(value):
    """Return a number as unsigned LEB128."""
    digits = []
    while True:
        value, low = value >> 7, value & 0x7F
        digits.append(low | (0x80 if value else 0))
        if not value:
            return bytes(digits)

"""The program inside the box: run the student's cells, call the student's functions."""

import io
import os
import sys
import types

sys.path[:0] = ["/box"]

import cells  # noqa: E402
from values import Channel, describe  # noqa: E402

SHOWN = 10_000


class Shown(io.TextIOBase):
    """What a cell printed, as much of it as anybody will read."""

    def __init__(self):
        self.parts, self.room = [], SHOWN

    def writable(self):
        return True

    def write(self, text):
        if self.room > 0:
            self.parts.append(text[: self.room])
        self.room -= len(text)
        return len(text)

    def text(self):
        cut = f"\n… {-self.room} more characters\n" if self.room < 0 else ""
        return "".join(self.parts) + cut


class Raised(Exception):
    """An exception of a function outside."""

    def __init__(self, kind, message):
        super().__init__(f"{kind}: {message}")


class Magics:
    """What %magics and !commands call: nothing happens."""

    def __getattr__(self, name):
        return lambda *arguments, **options: None


class Inside(Channel):
    """The student's names, and the two requests: run a cell, call a function."""

    caught = BaseException

    def __init__(self, *pipes):
        super().__init__(*pipes, Raised)
        self.names = {"__name__": "__main__", "get_ipython": Magics, "display": print}
        module = types.ModuleType("__main__")
        module.__dict__.update(self.names)
        self.names = module.__dict__
        sys.modules["__main__"] = module

    def find(self, target):
        if isinstance(target, int):
            return self.functions[target]
        if target not in self.names:
            raise NameError(f"{target} is not defined")
        return self.names[target]

    def run(self, text):
        sys.stdout = sys.stderr = shown = Shown()
        raised = None
        try:
            value = cells.run(text, self.names)
            if value is not None:
                print(repr(value))
        except BaseException as error:
            raised = describe(error)
        return {"shown": shown.text(), "raised": raised}


def main():
    # The pipes are kept under other numbers; print and C code write into nothing.
    requests = os.fdopen(os.dup(0), encoding="utf-8")
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    nothing = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1, 2):
        os.dup2(nothing, number)

    def send(line):
        answers.write(line + "\n")
        answers.flush()

    def receive():
        return requests.readline() or os._exit(0)

    box = Inside(send, receive)
    while True:
        request = box.receive()
        if "run" in request:
            box.send(box.run(request["run"]))
        else:
            sys.stdout = sys.stderr = Shown()
            box.serve(request)


main()

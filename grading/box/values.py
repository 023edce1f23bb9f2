"""Values as JSON, and function calls over two pipes: the same code inside and outside the box.

Numbers, text, lists, tuples, dicts, NumPy arrays and functions cross. Nothing is ever unpickled,
and a function is only a number that the other side knows how to call.
"""

import json

import numpy as np

DTYPES = {"|b1", "|i1", "|u1", "<i2", "<u2", "<i4", "<u4", "<i8", "<u8", "<f2", "<f4", "<f8"}
DEPTH = 20


class Refused(TypeError):
    """A value that cannot cross, or a message that is not one."""


def encode(value, register, depth=DEPTH):
    """Return JSON data for a value; ``register(function)`` gives a function its number."""
    if depth == 0:
        raise Refused(
            f"lists nested more than {DEPTH} deep cannot cross between you and the checks"
        )
    if value is None or isinstance(value, bool | str):
        return value
    if type(value) in (int, float):
        return value
    if isinstance(value, np.ndarray | np.generic):
        array = np.asarray(value)
        array = array.astype(array.dtype.newbyteorder("<"), copy=False)
        if array.dtype.str not in DTYPES:
            raise Refused(f"arrays of {array.dtype} cannot cross between you and the checks")
        scalar = not isinstance(value, np.ndarray)
        return {"array": [array.dtype.str, list(array.shape), array.ravel().tolist(), scalar]}
    if isinstance(value, list):
        return [encode(item, register, depth - 1) for item in value]
    if isinstance(value, tuple):
        return {"tuple": [encode(item, register, depth - 1) for item in value]}
    if isinstance(value, dict) and all(isinstance(key, str) for key in value):
        return {"dict": {key: encode(item, register, depth - 1) for key, item in value.items()}}
    if callable(value):
        return {"function": register(value)}
    raise Refused(
        f"a value of type {type(value).__name__} cannot cross between you and the checks; "
        "numbers, text, lists, tuples, dicts, arrays and functions can"
    )


def decode(data, proxy, depth=DEPTH):
    """Return the value; ``proxy(number)`` stands for a function of the other side."""
    if depth == 0:
        raise Refused(f"nested more than {DEPTH} deep")
    if data is None or isinstance(data, bool | int | float | str):
        return data
    if isinstance(data, list):
        return [decode(item, proxy, depth - 1) for item in data]
    ((kind, content),) = data.items()
    if kind == "array":
        dtype, shape, numbers, scalar = content
        if dtype not in DTYPES:
            raise Refused(f"arrays of {dtype!r}")
        array = np.array(numbers, dtype=dtype).reshape(shape)
        return array[()] if scalar else array
    if kind == "tuple":
        return tuple(decode(item, proxy, depth - 1) for item in content)
    if kind == "dict":
        return {key: decode(item, proxy, depth - 1) for key, item in content.items()}
    if kind == "function" and isinstance(content, int):
        return proxy(content)
    raise Refused(f"no value is called {kind!r}")


class Channel:
    """Calls in both directions over a pair of functions that send and receive lines of text."""

    def __init__(self, send, receive, error):
        self.send_line, self.receive_line, self.error = send, receive, error
        self.functions = []

    def send(self, message):
        self.send_line(json.dumps(message))

    def receive(self):
        return json.loads(self.receive_line())

    def register(self, function):
        self.functions.append(function)
        return len(self.functions) - 1

    def proxy(self, number):
        return lambda *arguments: self.call(number, arguments)

    def call(self, target, arguments):
        """Call a function of the other side, by name or number; serve its calls meanwhile."""
        sent = [encode(argument, self.register) for argument in arguments]
        self.send({"call": target, "arguments": sent})
        while True:
            answer = self.receive()
            if "call" not in answer:
                break
            self.serve(answer)
        for position, changed in answer.get("changed", {}).items():
            _change(arguments[int(position)], decode(changed, self.proxy))
        if "raised" in answer:
            raise self.error(*map(str, answer["raised"]))
        return decode(answer["result"], self.proxy)

    def serve(self, request):
        """Answer one call of the other side."""
        answer = {}
        try:
            arguments = [decode(argument, self.proxy) for argument in request["arguments"]]
            result = self.find(request["call"])(*arguments)
            answer["result"] = encode(result, self.register)
            changed = self._changed(request["arguments"], arguments)
            if changed:
                answer["changed"] = changed
        except self.fatal:
            raise
        except self.caught as error:
            answer = {"raised": describe(error)}
        self.send(answer)

    # What ends the conversation, and what is told to the other side.
    fatal, caught = (), Exception

    def find(self, target):
        return self.functions[target]

    def _changed(self, sent, arguments):
        now = {
            i: encode(argument, self.register)
            for i, argument in enumerate(arguments)
            if isinstance(argument, np.ndarray | list | dict)
        }
        # Compared as text, so that nan equals nan.
        return {i: data for i, data in now.items() if json.dumps(data) != json.dumps(sent[i])}


def describe(error):
    """Return the type and the message of an exception, both short."""
    try:
        message = str(error)
    except BaseException:
        message = "(its message cannot be shown)"
    return [type(error).__name__[:60], message[:500]]


def _change(argument, new):
    """Do to an argument what the other side did to its copy of it."""
    if isinstance(argument, np.ndarray) and np.shape(argument) == np.shape(new):
        argument[...] = new
    elif isinstance(argument, list):
        argument[:] = new
    elif isinstance(argument, dict):
        argument.clear()
        argument.update(new)
    else:
        raise Refused("an argument was given another shape in place")

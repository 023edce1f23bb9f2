"""A WebAssembly program is cut so that it does for a page what it did before."""

import base64
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tools import wasm
from tools.build_book import ROOT

HEAD = b"\0asm\x01\0\0\0"
NODE = Path(sys.executable).with_name("node")
GIGABYTE = 2**30


def section(kind, *parts):
    content = b"".join(parts)
    return bytes([kind]) + wasm.leb128(len(content)) + content


def text(words):
    return wasm.leb128(len(words)) + words.encode()


def body(code):
    return wasm.leb128(len(code) + 1) + b"\0" + code


def named(*names):
    """Return the section that names functions, beside names of another kind."""
    functions = wasm.leb128(len(names)) + b"".join(
        wasm.leb128(n) + text(name) for n, name in enumerate(names)
    )
    return section(0, text("name"), section(0, text("program")), section(1, functions))


# Two functions without arguments that return 6 and 7, and a third that is imported before them.
SIX, SEVEN = body(b"\x41\x06\x0b"), body(b"\x41\x07\x0b")
PROGRAM = [
    section(1, b"\x01\x60\0\x01\x7f"),
    section(2, b"\x01", text("host"), text("call"), b"\0\0"),
    section(3, b"\x02\0\0"),
    section(5, b"\x01\x00\x80\x05"),  # A memory of 640 pages or more.
    section(7, b"\x03", text("m"), b"\x02\0", text("six"), b"\0\x01", text("seven"), b"\0\x02"),
    section(10, b"\x02", SIX, SEVEN),
]
RUN = """
const [program] = process.argv.slice(1);
const instance = new WebAssembly.Instance(
  new WebAssembly.Module(Buffer.from(program, "base64")), { host: { call: () => 0 } });
const told = ["six", "seven"].map((name) => {
  try { return instance.exports[name](); } catch (error) { return error.message; }
});
let most = instance.exports.m.buffer.byteLength / 65536;
for (let step = 16384; step >= 1; step /= 2) {
  try { instance.exports.m.grow(step); most += step; } catch {}
}
console.log(JSON.stringify([...told, most]));
"""


def run(program):
    command = [NODE, "-e", RUN, base64.b64encode(program).decode()]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def test_a_function_of_no_use_ends_the_program_and_the_others_do_what_they_did():
    names = named("host.call", "six_pandas", "seven")
    made = wasm.cut(HEAD + b"".join(PROGRAM) + names, re.compile("pandas|call"), GIGABYTE)
    assert run(made) == ["unreachable", 7, GIGABYTE // wasm.PAGE]


def test_a_program_loses_its_names_and_nothing_else():
    other = section(0, text("other"), b"\1\2")
    names = named("host.call", "six", "seven")
    made = wasm.cut(HEAD + b"".join(PROGRAM) + names + other, re.compile("pandas"), GIGABYTE)
    limited = section(5, b"\x01\x01\x80\x05", wasm.leb128(GIGABYTE // wasm.PAGE))
    assert made == HEAD + b"".join([*PROGRAM[:3], limited, *PROGRAM[4:], other])


def test_without_names_every_function_stays():
    made = wasm.cut(HEAD + b"".join(PROGRAM), re.compile(""), GIGABYTE)
    assert run(made)[:2] == [6, 7]


@pytest.mark.parametrize("value", [0, 1, 127, 128, 624485, 2**32 - 1])
def test_a_number_is_written_as_it_is_read(value):
    data = wasm.leb128(value)
    assert wasm.number(data, 0) == (value, len(data))


MEMORY = """
import { difference, restore } from "./live/memory.js";
const fresh = () => {
  const memory = new WebAssembly.Memory({ initial: 3 });
  new Uint8Array(memory.buffer).set([1, 2, 3], 65536);  // What the program begins with.
  return memory;
};
const used = fresh();
const before = used.buffer.slice();
used.grow(4);
const bytes = new Uint8Array(used.buffer);
bytes.set([0, 0, 0], 65536); // Zero again, which differs from the beginning.
bytes[65535] = 7;
bytes[7 * 65536 - 1] = 9;
const image = difference(used, before);
const other = fresh();
restore(image, other);
console.log(JSON.stringify([
  Buffer.compare(Buffer.from(used.buffer), Buffer.from(other.buffer)),
  other.buffer.byteLength / 65536, Math.floor(image.byteLength / 65536),
]));
"""


def test_a_memory_that_was_kept_is_the_same_and_holds_only_what_changed():
    command = [NODE, "--input-type=module", "-e", MEMORY]
    done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    assert json.loads(done.stdout) == [0, 7, 3]

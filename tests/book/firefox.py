"""A headless Firefox, driven by its own protocol, Marionette: a length, a colon, JSON, by TCP."""

import json
import os
import socket
import subprocess
import time
from contextlib import contextmanager
from itertools import count

import pytest

from tools.run_tests import find_firefox

PREFERENCES = {
    "marionette.port": 0,  # A free one, which Firefox then writes into its profile.
    "app.update.enabled": False,
    "browser.shell.checkDefaultBrowser": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "services.settings.server": "data:,",
    "toolkit.telemetry.enabled": False,
}
PORT = "MarionetteActivePort"
SECONDS = 300


class Firefox:
    """One tab; what its scripts return."""

    def __init__(self, port):
        self.wire = socket.create_connection(("127.0.0.1", port), timeout=SECONDS)
        self.numbers = count()
        self.read()  # It says what it is.
        timeouts = {"script": 1000 * SECONDS, "pageLoad": 1000 * SECONDS}
        self.ask("NewSession", capabilities={"alwaysMatch": {"timeouts": timeouts}})

    def read(self):
        size = b""
        while (letter := self.wire.recv(1)) != b":":
            size += letter
        data = b""
        while len(data) < int(size):
            data += self.wire.recv(int(size) - len(data))
        return json.loads(data)

    def ask(self, command, **parameters):
        message = json.dumps([0, next(self.numbers), f"WebDriver:{command}", parameters]).encode()
        self.wire.sendall(str(len(message)).encode() + b":" + message)
        _, _, error, result = self.read()
        assert error is None, error["message"]
        return result

    def open(self, address):
        self.ask("Navigate", url=address)

    def evaluate(self, function):
        """Return what a function of JavaScript, which may be asynchronous, returns."""
        script = f"const done = arguments[0]; Promise.resolve(({function})()).then(done)"
        return self.ask("ExecuteAsyncScript", script=script, args=[], newSandbox=False)["value"]


@contextmanager
def firefox(profile):
    """Yield a Firefox that keeps its things in a folder; without one skip with a word."""
    path = find_firefox()
    if path is None:
        pytest.skip("needs Firefox on the PATH (Debian: apt install firefox-esr)")
    lines = [f"user_pref({json.dumps(k)}, {json.dumps(v)});\n" for k, v in PREFERENCES.items()]
    (profile / PORT).unlink(missing_ok=True)  # Of a Firefox before, which had the same profile.
    (profile / "user.js").write_text("".join(lines))
    command = [path, "--headless", "--marionette", "--no-remote", "--profile", profile]
    silent = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    process = subprocess.Popen(command, **silent, env=os.environ | {"HOME": str(profile)})
    try:
        browser = Firefox(port_of(process, profile))
        with browser.wire:
            yield browser
    finally:
        process.terminate()
        process.wait()


def port_of(process, profile):
    file = profile / PORT
    for _ in range(600):
        assert process.poll() is None, "Firefox ended before it answered"
        if file.exists() and file.read_text():
            return int(file.read_text())
        time.sleep(0.1)
    raise AssertionError("Firefox does not answer")

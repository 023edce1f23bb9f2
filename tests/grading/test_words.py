"""Answers in words: formulas are set, nothing else becomes more than text."""

import os
import signal

import pytest

from grading import words
from grading.words import safe_markdown


def test_formulas_are_set_wherever_text_is():
    html = safe_markdown(
        "# On $a$\n\n- $b^2$ and \\\\(c\\\\)\n\n$$d$$ \\begin{align} e &= f \\end{align}"
    )
    assert html.count("<math") == 5
    assert html.count('display="block"') == 2
    assert "formula" not in html


@pytest.mark.parametrize(
    "typed", [r"$\frac$", "$" + "x" * 5001 + "$", "$" + "{" * 2000 + "}" * 2000 + "$", "$5"]
)
def test_what_is_no_formula_stays_as_it_was_typed(typed):
    assert safe_markdown(typed).strip() == f"<p>{typed}</p>"


@pytest.mark.parametrize(
    "typed",
    [
        r"$\href{javascript:steal()}{x}$",
        r"$\htmlClass{full-credit}{x}$ $\htmlId{score}{x}$ $\includegraphics{https://example.org/a}$",
        "$<img src=x onerror=steal()>$ <math><mi href='javascript:steal()'>x</mi></math>",
        '[$x$](a "$y$") <a href="$z$" title="$z$" onclick="steal()">a</a>',
        "![$x$](https://example.org/a.png) ![](attachment:none.png) <svg onload=steal()>",
    ],
)
def test_no_formula_and_no_picture_becomes_more_than_text(typed):
    html = safe_markdown(typed)
    for live in ("<img", "<svg", 'href="javascript', 'class="full', "id=", "<mi href"):
        assert live not in html
    for attribute in ('title="', 'href="'):
        for part in html.split(attribute)[1:]:
            assert "<math" not in part.split('"')[0]


def test_a_renderer_that_ends_or_hangs_is_replaced_and_mixes_up_nothing(monkeypatch):
    assert "<math" in safe_markdown("$a$")
    words.renderer().kill()
    words.renderer().wait()
    assert safe_markdown("$a$") == "<p>$a$</p>\n"
    assert "<mi>b</mi>" in safe_markdown("$b$")
    monkeypatch.setattr(words, "SECONDS", 0.2)
    os.kill(words.renderer().pid, signal.SIGSTOP)
    assert safe_markdown("$c$") == "<p>$c$</p>\n"
    monkeypatch.undo()
    assert "<mi>d</mi>" in safe_markdown("$d$")


def test_without_the_renderer_formulas_are_text(monkeypatch):
    def missing():
        raise FileNotFoundError

    monkeypatch.setattr(words, "renderer", missing)
    assert safe_markdown("**a** $b<c$") == "<p><strong>a</strong> $b&lt;c$</p>\n"

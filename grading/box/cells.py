"""A notebook's cells as plain Python, read inside the box: %magics, !commands, ``await``."""

import ast
import inspect
import re

# Cell magics whose text is not Python; that of any other, such as %%time, is run.
OTHER = {
    *("bash", "cmd", "file", "html", "HTML", "javascript", "js", "latex", "markdown", "perl"),
    *("pypy", "python", "python2", "python3", "ruby", "script", "sh", "svg", "SVG", "writefile"),
}
LINE = re.compile(
    r"(\s*)(?:(?:%(?:time|timeit|prun)\s)(.*)|[%!?].*|([^#'\"]*=\s*)[%!].*|[\w.]+\?+)"
)


def plain(text):
    """Return a cell without its magics and commands, which do nothing here.

    What Python can read stays as it is. Otherwise the line at which it stops goes, if that is a
    magic or a command: so a string or a comment that looks like one is not touched.
    """
    lines = _without_cell_magics(text).split("\n")
    while True:
        try:
            ast.parse("\n".join(lines))
        except SyntaxError as error:
            place = (error.lineno or 0) - 1
            if not (0 <= place < len(lines) and LINE.fullmatch(lines[place])):
                break
            # Those that follow at once are outside of strings, too.
            while place < len(lines) and (magic := LINE.fullmatch(lines[place])):
                lines[place] = _instead(*magic.groups())
                place += 1
        else:
            break
    return "\n".join(lines)


def _instead(indent, timed, assigned):
    """Return what a line does without its magic: %time x = 1 defines x; a = !ls defines a."""
    return indent + (timed if timed is not None else (assigned or "") + "None")


def _without_cell_magics(text):
    while text.lstrip().startswith("%%"):
        first, _, text = text.lstrip().partition("\n")
        if re.match(r"%%\s*(\w*)", first)[1] in OTHER:
            return ""
    return text


def run(text, names):
    """Run a cell's code with these names; return the value of its last expression, or None."""
    tree = ast.parse(plain(text), "<cell>")
    last = None
    if tree.body and isinstance(tree.body[-1], ast.Expr):
        last = ast.Expression(tree.body.pop().value)
    _evaluate(compile(tree, "<cell>", "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT), names)
    if last is None:
        return None
    return _evaluate(compile(last, "<cell>", "eval", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT), names)


def _evaluate(code, names):
    if not code.co_flags & inspect.CO_COROUTINE:
        return eval(code, names)
    import asyncio

    return asyncio.run(eval(code, names))

"""Under every labelled equation, link the test that checks it; without a test, warn.

A test says which equation it checks with ``@pytest.mark.equation("label")``.
"""

import re
from pathlib import Path

from docutils import nodes
from sphinx.util import logging

logger = logging.getLogger(__name__)
TESTS = Path("tests/book")
MARKED_TEST = re.compile(
    r'@pytest\.mark\.equation\("(?P<label>[^"]+)"\)\n(?:@.*\n)*def (?P<name>test_\w+)'
)


def tests_by_label(folder):
    """Return {label: (file name, line, test name)} of every marked test in the folder."""
    found = {}
    for file in sorted(folder.glob("test_*.py")):
        text = file.read_text(encoding="utf-8")
        for match in MARKED_TEST.finditer(text):
            line = text.count("\n", 0, match.start("name")) + 1
            found[match["label"]] = (file.name, line, match["name"])
    return found


def link_tests(app, doctree, docname):
    tests = tests_by_label(Path(app.srcdir) / TESTS)
    repository = app.config.html_theme_options["repository_url"]
    for equation in list(doctree.findall(nodes.math_block)):
        label = equation.get("label")
        if label is None:
            continue
        if label not in tests:
            logger.warning("equation %r has no test in %s", label, TESTS, location=equation)
            continue
        file, line, name = tests[label]
        paragraph = nodes.paragraph(classes=["checked-by"])
        paragraph += nodes.Text("Checked: ")
        sentence = name.removeprefix("test_").replace("_", " ")
        address = f"{repository}/blob/main/{TESTS.as_posix()}/{file}#L{line}"
        paragraph += nodes.reference("", sentence, refuri=address)
        equation.parent.insert(equation.parent.index(equation) + 1, paragraph)


def setup(app):
    app.connect("doctree-resolved", link_tests)
    return {"parallel_read_safe": True, "parallel_write_safe": True}

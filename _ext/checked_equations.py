"""Under every labeled equation, link the test that checks it; without a test, warn.

A test says which equation it checks with ``@pytest.mark.equation("label")``. Its input is the LaTeX
of the page: ``printed("label")`` evaluates it, and ``pinned("label", …)`` holds it word for word,
and says why. No extension knows the tests.
"""

import ast
import functools
import subprocess
from dataclasses import dataclass
from pathlib import Path

from docutils import nodes
from sphinx.util import logging

logger = logging.getLogger(__name__)
ROOT = Path(__file__).resolve().parents[1]
TESTS = Path("tests/book")
RELATIVE, ABSOLUTE = {"rtol", "rel", "rel_tol"}, {"atol", "abs", "abs_tol"}
DEFAULTS = {
    "check": "relative 1e-12",
    "assert_allclose": "relative 1e-07",
    "approx": "relative 1e-06",
}


@dataclass(frozen=True)
class MarkedTest:
    """A test that carries a mark: where it stands, how exact it is, what it does with the page.

    The LaTeX of the page is ``evaluated``, or ``pinned`` for a reason, or both.
    """

    file: str
    line: int
    name: str
    tolerances: tuple[str, ...]
    evaluated: bool = False
    pinned: str = ""

    @property
    def sentence(self):
        return self.name.removeprefix("test_").replace("_", " ")

    def link(self, repository):
        """Return a link to the test, its text the test's sentence, at the commit it is of."""
        place = (TESTS / self.file).as_posix()
        address = f"{repository}/blob/{commits().get(place, 'main')}/{place}#L{self.line}"
        return nodes.reference("", self.sentence, refuri=address)


@functools.cache
def commits():
    """Return {file: last commit that changed it} of the tests: on main a line moves away."""
    command = ["git", "log", "--format=commit %H", "--name-only", "--no-renames", "--", TESTS]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    found, commit = {}, "main"
    for line in done.stdout.splitlines():
        if line.startswith("commit "):
            commit = line.removeprefix("commit ")
        else:
            found.setdefault(line, commit)
    return found


@functools.cache
def marked_tests(folder, mark):
    """Return {label: MarkedTest} of the first test of each label of a mark such as equation."""
    found = {}
    for file in sorted(folder.rglob("test_*.py")):
        body = ast.parse(file.read_text(encoding="utf-8")).body
        evaluated, pinned = inputs(body)
        functions = {node.name: node for node in body if isinstance(node, ast.FunctionDef)}
        for name, node in functions.items():
            for decorator in node.decorator_list:
                match decorator:
                    case ast.Call(ast.Attribute(attr=attr), [ast.Constant(label)]) if attr == mark:
                        exact = tuple(tolerances(node, functions))
                        place = file.relative_to(folder).as_posix()
                        how = label in evaluated, pinned.get(label, "")
                        test = MarkedTest(place, node.lineno, name, exact, *how)
                        found.setdefault(label, test)
    return found


def inputs(body):
    """Return the labels whose LaTeX a module evaluates, and {label: reason} of those it pins."""
    evaluated, pinned = set(), {}
    for node in (node for part in body for node in ast.walk(part)):
        match node:
            case ast.Call(ast.Name("pinned"), [ast.Constant(label), *_], keywords):
                pinned[label] = next(reason(k.value, body) for k in keywords if k.arg == "because")
            case ast.Call(ast.Name(), [ast.Constant(str(label)), *_]):
                evaluated.add(label)
    return evaluated, pinned


def reason(node, body):
    """Return a reason that stands in a call, or in the variable that the call names."""
    if isinstance(node, ast.Constant):
        return node.value
    for part in (part for top in body for part in ast.walk(top)):
        match part:
            case ast.Assign([ast.Name(name)], ast.Constant(value)) if name == node.id:
                return value
    raise ValueError(f"no text is called {node.id}: write the reason of a pin as text")


def tolerances(test, functions):
    """Return the tolerances that stand in the source of a test and of the functions it calls."""
    texts = {}
    called = {node.id for node in ast.walk(test) if isinstance(node, ast.Name)}
    helpers = [functions[name] for name in sorted(called & set(functions)) if name != test.name]
    for node in (node for part in [test, *helpers] for node in ast.walk(part)):
        match node:
            case ast.Call(func, _, keywords):
                given = {k.arg: ast.unparse(k.value) for k in keywords}
                texts |= {f"relative {given[k]}": 0 for k in given.keys() & RELATIVE}
                texts |= {f"absolute {given[k]}": 0 for k in given.keys() & ABSOLUTE}
                name = getattr(func, "attr", getattr(func, "id", ""))
                if name in DEFAULTS and not given.keys() & (RELATIVE | ABSOLUTE):
                    texts[DEFAULTS[name]] = 0
                if name == "assert_array_equal":
                    texts["exact"] = 0
            case ast.Compare(_, [ast.Lt() | ast.LtE()], [right]):
                small = [n.value for n in ast.walk(right) if isinstance(n, ast.Constant)]
                texts |= {f"below {v:g}": 0 for v in small if isinstance(v, float) and v <= 1e-3}
            case ast.Name("sympy"):
                texts["symbols"] = 0
    return [text.replace("e-0", "e-") for text in texts] or ["none"]


def link_tests(app, doctree, docname):
    tests = marked_tests(Path(app.srcdir) / TESTS, "equation")
    repository = app.config.html_theme_options["repository_url"]
    for equation in list(doctree.findall(nodes.math_block)):
        label = equation.get("label")
        if label is None:
            continue
        if label not in tests:
            logger.warning("equation %r has no test in %s", label, TESTS, location=equation)
            continue
        if not (tests[label].evaluated or tests[label].pinned):
            logger.warning("the test of %r does not read the page", label, location=equation)
        paragraph = nodes.paragraph(classes=["checked-by"])
        paragraph += [nodes.Text("Checked: "), tests[label].link(repository)]
        equation.parent.insert(equation.parent.index(equation) + 1, paragraph)


def depend_on_tests(app, doctree):
    """Read a page anew when the file of one of its tests changes: the links name lines."""
    tests = marked_tests(Path(app.srcdir) / TESTS, "equation")
    for equation in doctree.findall(nodes.math_block):
        if equation.get("label") in tests:
            app.env.note_dependency(str(TESTS / tests[equation["label"]].file))


def setup(app):
    app.connect("doctree-read", depend_on_tests)
    app.connect("doctree-resolved", link_tests)
    return {"parallel_read_safe": True, "parallel_write_safe": True}

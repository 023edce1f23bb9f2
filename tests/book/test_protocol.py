"""A page chooses its settings through `Split.choose`, with nothing that knows the test samples."""

import ast

import pytest

from tools import claims
from tools.claims import ROOT

# Picks of a page that set nothing: which method leads on a picture, which meaning a number has,
# which bar bears the name of its kind.
PICKS = {
    "linear_regression/logistic_regression": {"tallest"},
    "tools/one_loss_five_libraries": {"meaning"},
    "tools/papers_in_small": {"first"},
}


def code(page):
    return ast.parse("\n".join(c.source for c in claims.cells(ROOT, page) if c.cell_type == "code"))


def picks(tree):
    """Return the names that are given the best of several by a key: ``min(found, key=…)``."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign | ast.Return):
            for call in ast.walk(node):
                match call:
                    case ast.Call(ast.Name("min" | "max"), _, [ast.keyword("key"), *_]):
                        targets = getattr(node, "targets", [])
                        found |= {ast.unparse(target) for target in targets} or {"return"}
    return found


def choices(tree):
    """Return the calls of a split's ``choose``."""
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    return [c for c in calls if isinstance(c.func, ast.Attribute) and c.func.attr == "choose"]


def reached(tree, nodes):
    """Return the global names that expressions read, through the functions of the page too."""
    functions = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}
    inner = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    functions = {node.name: node for node in inner} | functions
    names, left = set(), list(nodes)
    while left:
        for name in free(left.pop()) - names:
            names.add(name)
            if name in functions:
                left.append(functions[name])
    return names


def free(node):
    """Return the names that a piece of code reads and does not set, and the parts of splits."""
    own = {n.arg for n in ast.walk(node) if isinstance(n, ast.arg)}
    own |= {n.id for n in ast.walk(node) if isinstance(n, ast.Name) and not is_read(n)}
    read = {n.id for n in ast.walk(node) if isinstance(n, ast.Name) and is_read(n)}
    attributes = {n.attr for n in ast.walk(node) if isinstance(n, ast.Attribute)}
    return (read - own) | ({".test"} if "test" in attributes else set())


def is_read(name):
    return isinstance(name.ctx, ast.Load)


def of_the_test(tree):
    """Return the names that the page gives to the test samples of its split."""
    names = {".test"}
    for node in tree.body:
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Tuple | ast.Attribute):
            (target,) = node.targets
            pairs = zip(
                getattr(target, "elts", [target]), getattr(node.value, "elts", [node.value])
            )
            names |= {t.id for t, v in pairs if isinstance(v, ast.Attribute) and v.attr == "test"}
    return names


def peeks(tree):
    """Return what the choices of a page know of its test samples."""
    arguments = [
        argument
        for call in choices(tree)
        for argument in [*call.args, *(k.value for k in call.keywords)]
    ]
    return reached(tree, arguments) & of_the_test(tree)


@pytest.mark.parametrize("page", [p for p in claims.pages() if "books" not in p])
def test_no_choice_of_a_page_knows_its_test_samples(page):
    tree = code(page)
    assert peeks(tree) == set()
    assert picks(tree) <= PICKS.get(page, set()), "choose a setting with Split.choose"


def test_the_pages_that_tune_use_the_split():
    assert {page for page in claims.pages() if "books" not in page and choices(code(page))} >= {
        "applications/embeddings",
        "applications/recommender",
        "applications/text_classification",
        "linear_regression/logistic_regression",
        "outlook/adaptive_losses",
    }


HONEST = """
parts = Split(rows[:10], rows[10:20], rows[20:])
train, test = parts.train, parts.test
def fit(rate, rows):
    return descend(rate, rows)
def error(theta, rows):
    return np.mean((theta - y[rows]) ** 2)
rate = parts.choose(rates, fit, error).setting
print(error(fit(rate, train), test))
"""


def test_a_page_that_peeks_is_found():
    assert peeks(ast.parse(HONEST)) == set()
    assert peeks(ast.parse(HONEST.replace("y[rows]", "y[test]"))) == {"test"}
    assert peeks(ast.parse(HONEST.replace("y[rows]", "y[parts.test]"))) == {".test"}
    assert peeks(ast.parse(HONEST.replace("fit, error)", "fit, lambda t, _: error(t, test))"))) == {
        "test"
    }
    assert picks(ast.parse(HONEST + "rate = min(rates, key=lambda r: r)")) == {"rate"}

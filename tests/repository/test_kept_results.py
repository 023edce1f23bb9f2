"""What passed is taken from the record as long as nothing changed that it reads."""

import ast
import json
from types import SimpleNamespace

import last_run
import pytest

from tests import kept_results, watched
from tools import run_tests
from tools.build_book import ROOT

pytest_plugins = ["pytester"]
# The last collects garbage five times after a run: of a process that tests a book, in seconds.
PLUGINS = [
    *("-p", "xdist.plugin", "-p", "tests.watched", "-p", "tests.kept_results"),
    *("-p", "no:cacheprovider", "-p", "no:unraisableexception"),
]
TESTS = """
from pathlib import Path
import pytest
READS = ["tests", "read"]

def test_it():
    with Path("runs").open("a") as file:
        file.write("x")
    assert Path("read/one").read_text() != "wrong"

@pytest.mark.equation("eq-a")
def test_other():
    pass
"""


@pytest.fixture
def small(pytester, monkeypatch):
    """Return a function that runs two tests: how many passed, how many of them from the record."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    monkeypatch.delenv("SECONDS", raising=False)  # It writes among the files that the tests read.
    for module in (kept_results, watched):
        monkeypatch.setattr(module, "ROOT", pytester.path)
        monkeypatch.setattr(module, "ALWAYS", ("pins",))
    monkeypatch.setattr(kept_results, "PASSED", pytester.path / "_build" / "made" / "passed")
    monkeypatch.setattr(kept_results, "outside", lambda: "one machine")
    # A test without a module, as the cells of notebooks are.
    words = ">>> 1 + 1\n2\n"
    conftest = (ROOT / "tests" / "conftest.py").read_text()
    files = {"pins": "1", "read/one": "1", "unread": "1", "tests/conftest.py": conftest}
    for name, text in (files | {"tests/test_it.py": TESTS, "words.txt": words}).items():
        (pytester.path / name).parent.mkdir(exist_ok=True)
        (pytester.path / name).write_text(text)
    pytester.makeini("[pytest]\nmarkers = equation(label)")

    def run(*options):
        done = pytester.inline_run(*PLUGINS, "-p", "doctest", "--doctest-glob=*.txt", *options)
        passed = [report for report in done.listoutcomes()[0] if "words" not in report.nodeid]
        return len(passed), sum("kept" in dict(report.user_properties) for report in passed)

    run.path, run.runs = pytester.path, lambda: len((pytester.path / "runs").read_text())
    return run


def rewrite(path, old, new):
    path.write_text(path.read_text().replace(old, new))


def test_what_passed_does_not_run_again_and_hands_its_labels_on(small):
    assert small() == (2, 0)
    record = small.path / "_build" / "last_run.json"
    record.unlink()
    assert small() == (2, 2)
    assert small.runs() == 1
    assert json.loads(record.read_text())["outcomes"] == {"eq-a": "passed"}


def test_the_end_says_how_many_come_from_the_record(small, capsys):
    small()
    assert "from the record" not in capsys.readouterr().out
    small()
    assert "2 tests passed from the record of 20" in capsys.readouterr().out


@pytest.mark.parametrize("name", ["read/one", "read/new", "pins", "tests/test_it.py"])
def test_one_byte_that_is_read_makes_them_run_again(small, name):
    small()
    with (small.path / name).open("a") as file:
        file.write("\n")
    assert small() == (2, 0)
    assert small.runs() == 2
    assert small() == (2, 2)


def test_what_they_do_not_read_is_nothing_to_them(small):
    small()
    (small.path / "unread").write_text("2")
    assert small() == (2, 2)


def test_other_surroundings_make_them_run_again(small, monkeypatch):
    small()
    monkeypatch.setattr(kept_results, "outside", lambda: "another machine")
    assert small() == (2, 0)


@pytest.mark.parametrize(
    ("place", "value"),
    [("sys.version", "3.99"), ("platform.node", lambda: "other"), ("find_chromium", lambda: None)],
)
def test_python_machine_and_browser_are_the_surroundings(monkeypatch, place, value):
    before = kept_results.outside()
    monkeypatch.setattr(f"tests.kept_results.{place}", value)
    assert kept_results.outside.__wrapped__() != before


@pytest.mark.parametrize("way", ["fails", "is skipped", "changes what it reads"])
def test_no_module_is_recorded_in_which_one(small, way):
    lines = {
        "fails": "assert False",
        "is skipped": "pytest.skip()",
        "changes what it reads": 'Path("read/one").write_text(Path("runs").read_text())',
    }
    rewrite(small.path / "tests" / "test_it.py", "pass", lines[way])
    for runs in (1, 2):
        assert small()[1] == 0
        assert small.runs() == runs


def test_a_few_of_a_module_are_no_record_of_all(small):
    assert small("-k", "test_other") == (1, 0)
    assert small() == (2, 0)
    assert small("-k", "test_other") == (1, 1)


def test_who_opens_what_the_module_does_not_name_fails(small, capsys):
    rewrite(small.path / "tests" / "test_it.py", "read/one", "unread")
    assert small() == (1, 0)
    assert "test_it opened unread, which its READS does not name" in capsys.readouterr().out
    rewrite(small.path / "tests" / "test_it.py", "unread", "runs")  # Which it has written itself.
    assert small() == (2, 0)


def test_a_place_without_a_file_is_a_mistake(small):
    rewrite(small.path / "tests" / "test_it.py", '"read"', '"written"')
    with pytest.raises(AssertionError, match="READS names written, where there is no file"):
        kept_results.digest(["written"])


@pytest.mark.parametrize(("name", "value"), [("FRESH", "1"), ("NOTEBOOKS", "run")])
def test_all_of_them_run_if_asked(monkeypatch, name, value):
    for one in ("FRESH", "NOTEBOOKS"):
        monkeypatch.delenv(one, raising=False)
    assert not run_tests.is_fresh()
    monkeypatch.setenv(name, value)
    assert run_tests.is_fresh()
    monkeypatch.setenv(name, "other")
    with pytest.raises(SystemExit, match=f"{name}=other is unknown; expected {value}, or nothing"):
        run_tests.is_fresh()


def test_the_site_that_is_tested_shows_no_run_of_before(monkeypatch, tmp_path):
    last_run.write(tmp_path, "2026-01-02", {"eq-a": "passed"})
    record, seen = tmp_path / last_run.RECORD, []
    monkeypatch.setattr(run_tests, "ROOT", tmp_path)
    monkeypatch.setattr(run_tests, "build", lambda root: seen.append(record.exists()))
    monkeypatch.setattr(run_tests.subprocess, "run", lambda *_, **__: SimpleNamespace(returncode=3))
    monkeypatch.setattr(run_tests, "is_fresh", lambda: False)
    with pytest.raises(SystemExit) as ended:
        run_tests.main()
    assert (seen, ended.value.code) == ([False], 3)


# What is declared holds what is imported: nothing of it is opened while a test runs.


def imports(path):
    """Return the files of the repository that a module imports, at the top or in a function."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and not node.level:
            names = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
        else:
            names = []
        for name in names:
            place = name.replace(".", "/")
            for one in (f"{place}.py", f"{place}/__init__.py", f"_ext/{place}.py"):
                if (ROOT / one).is_file():
                    found.add(ROOT / one)
    return found


def declared(path):
    """Return what a test module says that it reads, or its package, or nothing."""
    for file in (path, path.with_name("__init__.py")):
        text = file.read_text(encoding="utf-8")
        for node in ast.parse(text).body if "READS = [" in text else []:
            if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "READS":
                return ast.literal_eval(node.value)
    return ()


FILES = {
    path.relative_to(ROOT).as_posix(): path
    for path in sorted((ROOT / "tests").rglob("test_*.py"))
    if declared(path)
}


@pytest.mark.parametrize("name", FILES)
def test_what_a_module_imports_is_among_what_it_names(name):
    named, seen, waiting = (*declared(FILES[name]), *watched.ALWAYS), set(), {FILES[name]}
    waiting |= set(FILES[name].parent.glob("conftest.py"))
    while waiting:
        path = waiting.pop()
        seen.add(path)
        waiting |= imports(path) - seen
    used = {path.relative_to(ROOT).as_posix() for path in seen}
    inside = {u for u in used for one in named if u == one or u.startswith(f"{one}/") or one == "."}
    assert used - inside == set()


def test_the_longest_are_among_them():
    assert len(FILES) > 15

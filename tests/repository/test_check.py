"""`make check` finds what a change touches."""

import re
import sys

import pytest

from tools import check, seconds
from tools.build_book import ROOT

PAGE = "chapters/algorithm/five_steps.ipynb"
MODULE = """
def _helper(x):
    return x

def public(x):
    "What it says."
    return _helper(x)

def other(x):
    return 2 * x
"""


@pytest.mark.parametrize(
    ("old", "new", "names"),
    [
        ("return 2 * x", "return 3 * x", {"other"}),
        ("return x\n", "return -x\n", {"public"}),
        ("What it says.", "What it does.", {"public"}),
        ("def other(x)", "def another(x)", {"other", "another"}),
        ("\ndef other", "# A comment.\ndef other", set()),
    ],
)
def test_a_change_is_known_by_the_public_names_that_it_reaches(
    monkeypatch, tmp_path, old, new, names
):
    (tmp_path / "lossbook").mkdir()
    (tmp_path / "lossbook" / "module.py").write_text(MODULE.replace(old, new))
    monkeypatch.setattr(check, "ROOT", tmp_path)
    monkeypatch.setattr(check, "git", lambda *_: MODULE)
    assert check.changed_names("lossbook/module.py") == names


def test_a_changed_loss_runs_its_tests_its_equations_and_the_notebooks_that_use_it():
    changed = ["lossbook/losses/regression.py"]
    whole, by_name = check.touched_tests(changed, {"huber"})
    assert {"lossbook/losses/regression.py", "tests/test_rooms.py"} <= set(whole)
    assert any(path.startswith("tests/book/equations/test_") for path in whole)
    assert "tests/losses/test_exactness.py" in by_name
    notebooks = check.touched_notebooks(changed, {"huber"})
    assert "chapters/concepts/regression_losses.ipynb" in notebooks
    assert all("huber" in (ROOT / path).read_text(encoding="utf-8") for path in notebooks)


def test_a_changed_page_runs_the_tests_of_its_equations_and_itself():
    whole, _ = check.touched_tests([PAGE], set())
    text = "".join((ROOT / path).read_text(encoding="utf-8") for path in whole)
    labels = set(re.findall(r":label: (eq-[\w-]+)", (ROOT / PAGE).read_text(encoding="utf-8")))
    assert labels
    assert all(f'equation("{label}")' in text for label in labels)
    assert PAGE in check.touched_notebooks([PAGE], set())


@pytest.mark.parametrize(
    ("path", "names", "steps"),
    [
        ("lossbook/losses/regression.py", {"huber"}, {"notebooks", "tests", "tests by name"}),
        (PAGE, set(), {"pages", "page tests", "notebooks", "tests"}),
        ("tools/check.py", set(), {"tests"}),
    ],
)
@pytest.mark.parametrize("broken", ["lint", "pages", "page tests", "notebooks", "tests by name"])
def test_every_step_that_a_change_needs_is_taken_and_one_that_fails_is_named(
    monkeypatch, path, names, steps, broken
):
    taken = {}

    def run(name, command):
        taken[name] = command
        return name != broken

    monkeypatch.setattr(check, "run", run)
    monkeypatch.setattr(check, "changed_files", lambda: [path])
    monkeypatch.setattr(check, "changed_names", lambda _: names)
    if broken in steps | {"lint"}:
        with pytest.raises(SystemExit, match=f"make check: FAILED: {broken}$"):
            check.main()
    else:
        check.main()
    assert set(taken) == steps | {"lint"}
    assert "lint" in taken["lint"]
    if path == PAGE:
        assert PAGE in taken["notebooks"]
        assert "-n" not in taken["notebooks"], "its cells run in one kernel"
        assert "tools.build_book" in taken["pages"]


def test_steps_beside_each_other_show_what_they_say_one_after_the_other(capfd):
    def python(text):
        return [sys.executable, "-c", text]

    steps = {
        "long": python("import time; print('a', flush=True); time.sleep(0.2); print('b')"),
        "bad": python("print('c'); raise SystemExit(1)"),
        "none": [*python("raise SystemExit(5)"), "-k", "nothing"],
        "empty": python("raise SystemExit(5)"),
    }
    assert check.at_once(steps) == ["bad", "empty"]
    said = capfd.readouterr().out
    assert "a\nb\nmake check: long took 0 s\n" in said
    assert "c\nmake check: bad took 0 s\n" in said
    assert check.at_once({}) == []


def test_notebooks_beyond_the_time_are_named_and_edited_ones_never(monkeypatch):
    monkeypatch.setattr(check.seconds, "known", lambda _: {"a": 30, "b": 30, "c": 5, "d": 100})
    monkeypatch.setattr(check, "changed_files", lambda: ["d"])
    monkeypatch.setattr(check, "NOTEBOOK_SECONDS", 140)
    assert check.affordable(["a", "b", "c", "d"]) == (["d", "c", "a"], ["b"])


def test_the_longest_begins_first_and_what_nobody_has_timed_before_it(tmp_path):
    (tmp_path / "tests").mkdir()
    seconds.record(tmp_path, {"a": 3.0, "b": 20.0, "too short to matter": 0.1})
    seconds.record(tmp_path, {"a": 4.04})
    assert seconds.known(tmp_path) == {"b": 20.0, "a": 4.0}
    paths = [tmp_path / name for name in "abc"]
    assert [path.name for path in seconds.longest_first(tmp_path, paths)] == ["c", "b", "a"]

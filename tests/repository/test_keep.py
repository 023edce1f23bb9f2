"""What tests keep from one run to the next is made from the sources of today, or anew."""

import pytest

from tests import keep
from tools import trust
from tools.build_book import ROOT

pytest_plugins = ["pytester"]


@pytest.fixture
def kept(tmp_path, monkeypatch):
    """Return a function that keeps a thing, and the list of when it was made."""
    monkeypatch.setattr(keep, "ROOT", tmp_path)
    (tmp_path / "tools").mkdir()
    for name in ("tools/one.py", "unread.txt"):
        (tmp_path / name).write_text("1")
    times = []

    def make(folder):
        times.append(len(times))
        (folder / "thing").write_text(f"thing {len(times)}")

    def ask(make=make):
        return (keep.made("thing", ["tools/"], make) / "thing").read_text()

    return tmp_path, ask, times


def test_it_is_made_once_and_again_when_a_source_changed(kept):
    root, ask, times = kept
    assert [ask(), ask()] == ["thing 1", "thing 1"]
    (root / "unread.txt").write_text("2")
    assert ask() == "thing 1"
    (root / "tools" / "one.py").write_text("2")
    assert [ask(), ask()] == ["thing 2", "thing 2"]
    (root / "tools" / "new.py").touch()
    assert ask() == "thing 3"
    assert len(times) == 3
    left = [path for path in (root / "_build" / "made" / "thing").iterdir() if path.is_dir()]
    assert len(left) == 1, "what was made from other sources is removed"


def test_another_machine_or_python_makes_it_anew(kept, monkeypatch):
    _, ask, _ = kept
    assert ask() == "thing 1"
    monkeypatch.setattr(trust.platform, "node", lambda: "another machine")
    assert ask() == "thing 2"
    monkeypatch.setattr(trust.sys, "version", "3.99")
    assert ask() == "thing 3"


def test_half_of_one_is_made_again(kept):
    _, ask, _ = kept

    def interrupted(folder):
        (folder / "thing").write_text("half a th")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        ask(interrupted)
    assert ask() == "thing 1"


FAILING = """
def test_it(made):
    folder = made("thing", ["tools/"], lambda folder: (folder / "thing").touch())
    assert (folder / "thing").exists()
    assert {right}
"""


@pytest.mark.parametrize("right", [True, False])
def test_what_a_failing_test_looked_at_is_not_kept(kept, pytester, monkeypatch, right):
    root, _, _ = kept
    pytester.makeconftest((ROOT / "tests" / "repository" / "conftest.py").read_text())
    pytester.makepyfile(FAILING.format(right=right))
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    pytester.inline_run("-p", "no:cacheprovider").assertoutcome(passed=right, failed=not right)
    left = [path for path in (root / "_build" / "made" / "thing").iterdir() if path.is_dir()]
    assert len(left) == right


def test_a_source_that_is_not_there_is_a_mistake(kept):
    with pytest.raises(AssertionError, match="tolls/ names no source"):
        keep.made("thing", ["tolls/"], None)

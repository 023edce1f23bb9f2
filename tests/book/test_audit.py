"""An audit that is kept is that of the page as it is today."""

import pytest

from tests.book import audit

PAGE = "chapters/one"
SCRIPT = "_static/site.js"


@pytest.fixture
def site(tmp_path, monkeypatch):
    """Return a small site, and look for pages and for what is kept there."""
    for place, text in {
        f"{PAGE}.html": '<img src="../_images/a.svg"><script src="../_static/site.js">',
        "chapters/other.html": "another page",
        "_images/a.svg": "<svg/>",
        "_images/b.svg": "<svg/>",
        SCRIPT: "1",
        "searchindex.js": "words",
    }.items():
        file = tmp_path / "site" / place
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    monkeypatch.setattr(audit, "SITE", tmp_path / "site")
    monkeypatch.setattr(audit, "SHELF", tmp_path / "kept")
    audit.shared.cache_clear()
    yield tmp_path / "site"
    audit.shared.cache_clear()


def asked(found=audit.FAULTLESS):
    """Return whether the page was asked, if its answer is `found`."""
    visits = []

    def ask():
        visits.append(PAGE)
        return found

    answer = audit.kept_or(PAGE, ask)
    assert answer == (found if visits else audit.FAULTLESS)
    return bool(visits)


def test_a_page_is_asked_once(site):
    assert asked()
    assert not asked()


@pytest.mark.parametrize("place", [f"{PAGE}.html", "_images/a.svg", SCRIPT])
def test_a_page_is_asked_anew_when_it_or_what_it_loads_has_changed(site, place):
    asked()
    (site / place).write_text("changed")
    audit.shared.cache_clear()
    assert asked()


@pytest.mark.parametrize("place", ["chapters/other.html", "_images/b.svg", "searchindex.js"])
def test_what_a_page_does_not_load_is_nothing_to_it(site, place):
    asked()
    (site / place).write_text("changed")
    audit.shared.cache_clear()
    assert not asked()


def test_a_fault_is_not_kept(site):
    assert asked({**audit.FAULTLESS, "phone": ["target-size"]})
    assert asked()


def test_other_questions_are_asked(site, monkeypatch):
    asked()
    monkeypatch.setattr(audit, "AXE", "a newer one")
    audit.shared.cache_clear()
    assert asked()

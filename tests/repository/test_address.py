"""The book's address stands in one place: a copy changes it there, and every door leads to it."""

import re
import shutil

import pytest
from bs4 import BeautifulSoup
from nbformat.v4 import new_code_cell, new_markdown_cell

from tests.repository import small_book
from tools import address, trust
from tools.build_book import ROOT

HERE = address.read(ROOT)
# Of any repository, but for the one that an explanation makes up.
ANY = re.compile(r"https://github\.com/(?!OWNER/)[\w.-]+/[\w-]+")


def test_the_files_that_cannot_compute_it_have_the_address_of_the_configuration():
    for name in address.COPIES:
        text = (ROOT / name).read_text(encoding="utf-8")
        assert set(ANY.findall(text)) <= {HERE.repository}, f"{name}: run tools/address.py"
        assert HERE.repository in text or HERE.site in text
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    assert f'Book = "{HERE.site}"' in project


def test_no_other_file_names_it():
    places = (HERE.repository.removeprefix("https://"), HERE.site.removeprefix("https://"))
    naming = set()
    for name in trust.sources(ROOT):
        content = (ROOT / name).read_bytes()
        if any(place.encode() in content for place in places):
            naming.add(name)
    assert naming == {address.CONFIG, *address.COPIES}


@pytest.fixture(scope="module")
def copied(tmp_path_factory):
    """Return the folder of a small book that was moved by the command and built."""
    root = tmp_path_factory.mktemp("copy")
    text = "# One\n\nA [file]({{repository}}/blob/main/README.md), <{{site}}>, {doc}`two`.\n\n"
    text += "```console\ngit clone {{repository}}\n```"
    small_book.make(
        root,
        {
            "one": [new_markdown_cell(text), new_code_cell("import lossbook\nprint(6 * 7)")],
            "two": [new_markdown_cell("# Two"), new_code_cell("if False:\n    import torch")],
        },
    )
    for name in address.COPIES:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, root / name)
    code, said = small_book.run("tools/address.py", "https://github.com/Ada/course.git", cwd=root)
    assert code == 0, said
    code, said = small_book.build(root)
    assert code == 0, said
    return root


def test_every_door_of_a_copy_leads_to_the_copy(copied):
    html = copied / "_build" / "html"
    page = (html / "one.html").read_text(encoding="utf-8")
    for door in (
        "https://mybinder.org/v2/gh/Ada/course/notebooks?urlpath=lab/tree/one.ipynb",
        "https://colab.research.google.com/github/Ada/course/blob/notebooks/one.ipynb",
        "https://github.com/Ada/course/blob/main/one.ipynb",
        "https://github.com/Ada/course/issues/new?title=",
        "https://github.com/Ada/course/blob/main/README.md",
        'rel="canonical" href="https://ada.github.io/course/one.html"',
    ):
        assert door in page, door
    (code,) = BeautifulSoup(page, "html.parser").select(".highlight-console pre")
    assert code.get_text() == "git clone https://github.com/Ada/course\n"
    notebook = (html / "notebooks" / "one.ipynb").read_text(encoding="utf-8")
    assert "git+https://github.com/Ada/course@" in notebook
    assert "[Two](https://ada.github.io/course/two.html)" in notebook
    assert "https://ada.github.io/course/sitemap.xml" in (html / "robots.txt").read_text()
    old = [HERE.repository.removeprefix("https://"), HERE.site.removeprefix("https://")]
    for file in (*html.rglob("*.html"), *html.rglob("*.ipynb"), *html.rglob("*.xml")):
        assert not any(place in file.read_text(encoding="utf-8") for place in old), file


def test_the_command_rewrites_what_cannot_compute_it(copied):
    assert address.read(copied) == address.address("https://github.com/Ada/course")
    for name in address.COPIES:
        text = (copied / name).read_text(encoding="utf-8")
        assert set(ANY.findall(text)) <= {"https://github.com/Ada/course"}
        assert "https://github.com/Ada/course" in text or "https://ada.github.io/course/" in text
    assert (
        "https://raw.githubusercontent.com/Ada/course/main/" in (copied / "README.md").read_text()
    )


def test_a_page_that_binder_cannot_run_has_no_button_and_says_where_it_runs(copied):
    one, two = ((copied / "_build" / "html" / f"{n}.html").read_text() for n in ("one", "two"))
    assert "mybinder.org" not in two
    assert "colab.research.google.com" in two
    assert "For Binder, PyTorch is too large." in two
    assert "For Binder" not in one
    for page, name in ((one, "one"), (two, "two")):
        assert f'href="notebooks/{name}.ipynb"' in page
        assert f"_sources/{name}.ipynb" not in page


@pytest.mark.parametrize(
    ("repository", "site"),
    [
        ("https://github.com/ada/course/", "https://ada.github.io/course/"),
        ("https://github.com/Ada/ada.github.io", "https://ada.github.io/"),
    ],
)
def test_the_site_is_the_one_that_github_gives_a_repository(repository, site):
    assert address.address(repository).site == site


def test_a_site_of_ones_own_is_kept(tmp_path):
    for name in (address.CONFIG, *address.COPIES):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    there = address.address("https://github.com/ada/course", "https://course.example")
    address.move(tmp_path, there)
    assert address.read(tmp_path) == there
    assert there.site == "https://course.example/"
    address.move(tmp_path, HERE)
    for name in (address.CONFIG, *address.COPIES):
        assert (tmp_path / name).read_text() == (ROOT / name).read_text(), name


def test_a_longer_name_that_begins_alike_is_another_address():
    text = f"{HERE.repository}-extra {HERE.repository}/issues {HERE.repository}"
    there = address.address("https://github.com/ada/course")
    moved = address.moved(text, HERE, there)
    assert moved == f"{HERE.repository}-extra {there.repository}/issues {there.repository}"


def test_what_is_no_address_of_a_repository_is_refused_in_words():
    with pytest.raises(SystemExit, match=r"expected https://github\.com/OWNER/NAME"):
        address.address("github.com/ada")

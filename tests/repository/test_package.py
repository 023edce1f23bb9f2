"""What is published: a wheel and a source archive that are whole, and say what they are."""

import email
import tarfile
import tomllib
import zipfile
from pathlib import Path

import pytest
from flit_core import buildapi

import lossbook
from tools import address

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheel")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(ROOT)
        yield zipfile.ZipFile(folder / buildapi.build_wheel(str(folder)))


@pytest.fixture(scope="module")
def metadata(wheel):
    (name,) = [name for name in wheel.namelist() if name.endswith(".dist-info/METADATA")]
    return email.message_from_string(wheel.read(name).decode())


def test_the_wheel_has_every_file_of_the_package_and_nothing_else(wheel):
    files = {
        str(path.relative_to(ROOT))
        for path in ROOT.glob("lossbook/**/*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert "lossbook/facts/regression.toml" in files
    packed = {name for name in wheel.namelist() if ".dist-info/" not in name}
    assert packed == files
    assert any(name.endswith("licenses/LICENSE") for name in wheel.namelist())


def test_the_metadata_say_what_the_package_is(metadata):
    assert metadata["Name"] == "lossbook"
    assert metadata["Version"] == lossbook.__version__
    assert metadata["Requires-Python"] == PROJECT["requires-python"]
    assert metadata["Description-Content-Type"] == "text/markdown"
    assert metadata["License-Expression"] == "BSD-3-Clause"
    needed = [line for line in metadata.get_all("Requires-Dist") if "extra ==" not in line]
    assert needed == PROJECT["dependencies"]


def test_the_long_description_is_the_readme(metadata):
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert metadata.get_payload().strip() == readme.strip()


def test_the_addresses_of_the_project_are_those_of_the_book(metadata):
    here = address.read(ROOT)
    urls = dict(line.split(", ") for line in metadata.get_all("Project-URL"))
    assert set(urls) == {"Book", "Source", "Issues", "Changelog"}
    assert (urls["Book"], urls["Source"]) == (here.site, here.repository)
    for name in ("Issues", "Changelog"):
        assert urls[name].startswith(f"{urls['Source']}/")


def test_the_source_archive_builds_the_same_wheel(wheel, tmp_path, monkeypatch):
    monkeypatch.chdir(ROOT)
    with tarfile.open(tmp_path / buildapi.build_sdist(str(tmp_path))) as archive:
        archive.extractall(tmp_path, filter="data")
    (folder,) = [path for path in tmp_path.iterdir() if path.is_dir()]
    assert (folder / "CHANGELOG.md").exists()
    monkeypatch.chdir(folder)
    again = zipfile.ZipFile(tmp_path / buildapi.build_wheel(str(tmp_path)))
    assert sorted(again.namelist()) == sorted(wheel.namelist())
    for name in wheel.namelist():
        if not name.endswith("RECORD"):
            assert again.read(name) == wheel.read(name), name


def test_the_release_publishes_the_wheel_that_it_tested():
    """One job builds, and the others take what it built; only the last may publish."""
    text = (ROOT / ".github" / "workflows" / "release.yml").read_text(encoding="utf-8")
    assert text.count("python -m build") == 1
    build, rest = text.split("  test:\n")
    test, publish = rest.split("  publish:\n")
    assert "upload-artifact" in build
    assert "twine check --strict" in build
    for job, after in ((test, "build"), (publish, "test")):
        assert f"needs: {after}\n" in job
        assert "download-artifact" in job
    assert "--wheel dist/*.whl" in test
    assert "id-token: write" in publish
    assert "id-token" not in build + test
    assert "password" not in publish

"""One set of exact pins: requirements.txt, Binder's and what is installed fit the ranges."""

import importlib.metadata
import itertools
import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tools.matrix import OLDEST

ROOT = Path(__file__).resolve().parents[2]


def pins(file):
    """Return {name: exact version} of the pins that apply to this machine."""
    found = {}
    for line in (ROOT / file).read_text(encoding="utf-8").splitlines():
        if line and not line.lstrip().startswith("#"):
            requirement = Requirement(line)
            (pin,) = requirement.specifier
            assert pin.operator == "==", line
            if requirement.marker is None or requirement.marker.evaluate():
                found[canonicalize_name(requirement.name)] = pin.version
    return found


def ranges():
    """Return what pyproject.toml requires on this machine, but for references to itself."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    lines = itertools.chain(project["dependencies"], *project["optional-dependencies"].values())
    found = [Requirement(line) for line in lines if not line.startswith("lossbook")]
    return [each for each in found if each.marker is None or each.marker.evaluate()]


def test_what_is_installed_is_what_is_pinned():
    wrong = {
        name: (version, importlib.metadata.version(name))
        for name, version in pins("requirements.txt").items()
        if importlib.metadata.version(name).split("+")[0] != version
    }
    assert wrong == {}


def test_binder_has_the_same_pins():
    everyone = pins("requirements.txt")
    assert pins("binder/requirements.txt").items() <= everyone.items()


@pytest.mark.parametrize("name", ["jupyter-book", "sphinx", "pytest", "ruff", "torch", "jax"])
def test_binder_leaves_out_what_only_the_build_and_the_tests_need(name):
    assert name in pins("requirements.txt")
    assert name not in pins("binder/requirements.txt")


@pytest.mark.parametrize("requirement", ranges(), ids=str)
def test_every_range_has_a_pin_within_it(requirement):
    pinned = pins("requirements.txt")[canonicalize_name(requirement.name)]
    assert requirement.specifier.contains(pinned)


def test_the_package_needs_numpy_alone():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert [Requirement(line).name for line in project["dependencies"]] == ["numpy"]


def test_binder_and_workflows_run_a_python_that_the_package_supports():
    minor = re.search(r"python-3\.(\d+)", (ROOT / "binder" / "runtime.txt").read_text())
    assert int(minor[1]) >= 11
    for workflow in (ROOT / ".github" / "workflows").glob("*.yml"):
        assert re.search(r'python-version: \[?"3\.(11|x)"', workflow.read_text()), workflow.name


def test_every_supported_python_is_in_the_matrix_and_in_both_workflows():
    pyproject = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    prefix = "Programming Language :: Python :: 3."
    named = [f"3.{c.removeprefix(prefix)}" for c in pyproject["classifiers"] if prefix in c]
    assert named == list(OLDEST)
    assert pyproject["requires-python"] == f">={named[0]}"
    for workflow in ("matrix", "release"):
        text = (ROOT / ".github" / "workflows" / f"{workflow}.yml").read_text(encoding="utf-8")
        listed = re.search(r"python-version: \[(.+)\]", text)[1]
        assert re.findall(r'"([\d.]+)"', listed) == named


def test_the_oldest_numpy_of_the_matrix_is_that_of_the_range():
    pyproject = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    (numpy,) = [Requirement(line) for line in pyproject["dependencies"]]
    (oldest,) = [s.version for s in numpy.specifier if s.operator == ">="]
    assert f"{oldest}.0" in OLDEST.values()
    assert all(numpy.specifier.contains(version) for version in OLDEST.values())


def test_optax_is_new_enough_for_the_names_in_the_facts():
    """binary_dice_loss is there since 0.2.6, triplet_margin_loss since 0.2.5."""
    (optax,) = [r for r in ranges() if r.name == "optax"]
    assert not optax.specifier.contains("0.2.5")

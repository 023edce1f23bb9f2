"""Who may import whom: losses and descent stand on NumPy alone, figures stand on top of them."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import lossbook

PACKAGE = Path(lossbook.__file__).parent
FIGURES = ("labels.py", "plots.py", "explorers")
FILES = [str(path.relative_to(PACKAGE)) for path in sorted(PACKAGE.rglob("*.py"))]
# tqdm is for a progress bar alone, and imported when one is asked for.
EXTRA = {"descent.py": {"tqdm"}}


def imported(file):
    """Return the first part of the name of everything that a file imports."""
    names = set()
    for node in ast.walk(ast.parse((PACKAGE / file).read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


@pytest.mark.parametrize("file", [file for file in FILES if not file.startswith(FIGURES)])
def test_beside_the_standard_library_and_itself_the_core_imports_numpy_alone(file):
    roots = {name.split(".")[0] for name in imported(file)} - set(sys.stdlib_module_names)
    assert roots <= {"lossbook", "numpy"} | EXTRA.get(file, set())
    assert not {name for name in imported(file) if name.startswith("lossbook.plots")}


@pytest.mark.parametrize("file", [f for f in FILES if f.startswith("losses/")] + ["surfaces.py"])
def test_losses_and_surfaces_know_nothing_of_the_rest_of_the_package(file):
    own = {name for name in imported(file) if name.split(".")[0] == "lossbook"}
    assert all(name.startswith(("lossbook.losses", "lossbook.inputs")) for name in own)


def test_import_brings_in_no_figures_and_no_other_library():
    code = "import sys, lossbook; print(*{name.split('.')[0] for name in sys.modules})"
    loaded = subprocess.check_output([sys.executable, "-c", code], text=True).split()
    known = {"lossbook", "numpy"} | set(sys.stdlib_module_names)
    heavy = {"matplotlib", "scipy", "sklearn", "torch", "tensorflow", "ipywidgets", "anywidget"}
    assert "numpy" in known & set(loaded)
    assert not heavy & set(loaded)

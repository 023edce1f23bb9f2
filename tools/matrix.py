"""Test the wheel on each Python and NumPy that the package supports, as far as they are here.

Each pair gets an environment of its own with the wheel, NumPy and what the tests of the core need,
and nothing else. Test files that import more are left out, and named; so is a Python that is not
found on the PATH or among pyenv's versions.
"""

import argparse
import ast
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
# The oldest NumPy of the ranges that has wheels for a Python; the newest is what pip chooses.
OLDEST = {"3.11": "2.0.0", "3.12": "2.0.0", "3.13": "2.1.0", "3.14": "2.3.2"}
TESTED_WITH = ("pytest", "hypothesis", "mpmath")
KNOWN = {"numpy", *TESTED_WITH, "lossbook", "tests", "last_run", *sys.stdlib_module_names}
FIGURES = ("lossbook.labels", "lossbook.plots", "lossbook.explorers")


def interpreter(minor):
    """Return the path of a Python that runs, such as that of 3.12, or None."""
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    found = [shutil.which(f"python{minor}"), *sorted(pyenv.glob(f"{minor}.*/bin/python"))[::-1]]
    says = "import sys; print('%d.%d' % sys.version_info[:2])"
    for path in filter(None, found):
        run = subprocess.run([path, "-c", says], capture_output=True, text=True)
        if run.returncode == 0 and run.stdout.strip() == minor:
            return path
    return None


def imported(file):
    """Return the modules that a test file imports, on its own or through other test files."""
    names = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    parts = [ROOT / "/".join(name.split(".")[:2]) for name in names if name.startswith("tests.")]
    parts += [ROOT / "/".join(name.split(".")[:3]) for name in names if name.startswith("tests.")]
    files = [path.with_suffix(".py") for path in parts if path.with_suffix(".py").exists()]
    return names.union(*map(imported, files)) if files else names


def selected():
    """Return the test files of the core that need no more than the matrix has, and the others."""
    files = sorted([*ROOT.glob("tests/test_*.py"), *ROOT.glob("tests/losses/test_*.py")])
    fits, others = [], {}
    for file in files:
        names = imported(file)
        more = {name.split(".")[0] for name in names} - KNOWN
        more |= {name for name in names if name.startswith(FIGURES)}
        name = str(file.relative_to(ROOT))
        if more:
            others[name] = sorted(more)
        else:
            fits.append(name)
    return fits, others


def run(*command, **options):
    return subprocess.run([str(part) for part in command], check=True, **options)


def built(folder):
    """Build the wheel of the working tree and return its path."""
    pip = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", folder]
    run(*pip, ROOT)
    (wheel,) = Path(folder).glob("*.whl")
    return wheel


def tested(python, numpy, wheel, tests):
    """Test a wheel in a new environment; return what pytest said last, and whether all passed."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        run(python, "-m", "venv", folder / "venv")
        here = folder / "venv" / ("Scripts" if os.name == "nt" else "bin") / "python"
        install = [here, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        run(*install, "--only-binary=numpy", numpy, *TESTED_WITH, wheel)
        # Beside the tests there is no lossbook: they import the one that is installed.
        shutil.copytree(ROOT / "tests", folder / "tests")
        (folder / "_ext").mkdir()
        shutil.copy(ROOT / "_ext" / "last_run.py", folder / "_ext")
        shutil.copy(ROOT / "pyproject.toml", folder)
        options = ["-q", "-p", "no:cacheprovider", "-o", "addopts=--strict-markers"]
        doctests = ["--doctest-modules", "--doctest-ignore-import-errors", "--pyargs", "lossbook"]
        environment = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
        ran = subprocess.run(
            [str(part) for part in [here, "-m", "pytest", *options, *doctests, *tests]],
            cwd=folder, env=environment, capture_output=True, text=True,
        )  # fmt: skip
        version = "import numpy, platform; print(platform.python_version(), numpy.__version__)"
        names = run(here, "-c", version, capture_output=True, text=True).stdout.split()
    lines = ran.stdout.strip().splitlines() or [ran.stderr.strip()]
    if ran.returncode:
        print(ran.stdout[-20_000:], ran.stderr[-2000:], sep="\n")
    return "Python {}, NumPy {}: {}".format(*names, lines[-1].strip("= ")), ran.returncode == 0


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("pythons", nargs="*", default=list(OLDEST), help="such as 3.12")
    parser.add_argument("--numpy", nargs="+", default=["oldest", "newest"])
    parser.add_argument("--wheel", type=Path, help="test this one; else it is built")
    chosen = parser.parse_args(arguments)
    tests, others = selected()
    for name, more in others.items():
        print(f"left out: {name}, which needs {', '.join(more)}")
    results, skipped = [], []
    with tempfile.TemporaryDirectory() as folder:
        wheel = chosen.wheel.resolve() if chosen.wheel else built(folder)
        for minor in chosen.pythons:
            python = interpreter(minor)
            if python is None:
                skipped.append(minor)
                continue
            for age in chosen.numpy:
                number = OLDEST[minor] if age == "oldest" else age
                pin = "numpy" if age == "newest" else f"numpy=={number}"
                results.append(tested(python, pin, wheel, tests))
                print(results[-1][0], flush=True)
    for minor in skipped:
        print(f"skipped: Python {minor}, which is not here")
    # A workflow names the Python that it set up: not to find it is a failure.
    missing = bool(skipped) and bool(chosen.pythons != list(OLDEST))
    return 0 if results and all(passed for _, passed in results) and not missing else 1


if __name__ == "__main__":
    sys.exit(main())

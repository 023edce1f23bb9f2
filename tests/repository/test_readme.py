"""What the README shows works."""

import re
from pathlib import Path

import numpy as np

from lossbook import datasets

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_example_runs_and_finds_the_line(capsys):
    (example,) = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    assert len(example.strip().splitlines()) <= 10
    names = {}
    exec(compile(example, "README.md", "exec"), names)
    history = names["history"]
    assert history.converged
    # The first-order condition, written out here: the clipped residuals balance.
    calls = datasets.phone_calls()
    decades = (calls.X[:, 0] - 1950) / 10
    start, slope = history.parameters
    clipped = np.clip(start + slope * decades - calls.y, -1.2, 1.2)
    np.testing.assert_allclose([clipped.sum(), (clipped * decades).sum()], 0, atol=1e-7)
    assert history.reason in capsys.readouterr().out


def test_every_make_target_that_is_named_exists():
    targets = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE)
    for file in ("README.md", "CONTRIBUTING.md", "index.md"):
        for target in re.findall(r"make ([a-z-]+)(?=`|\s+#|\n)", (ROOT / file).read_text()):
            assert target in targets, (file, target)


def test_every_file_that_is_linked_exists():
    for file in ("README.md", "CONTRIBUTING.md", "index.md"):
        text = (ROOT / file).read_text(encoding="utf-8")
        for address in re.findall(r"\]\(([^)#]+)\)", text):
            assert address.startswith("https://") or (ROOT / address).exists(), (file, address)


def test_an_index_page_of_the_package_shows_its_picture_and_leads_somewhere():
    """Relative addresses are broken there: ours are made of those in _config.yml, and exist."""
    config = (ROOT / "_config.yml").read_text(encoding="utf-8")
    (repository,) = re.findall(r"^  url: (\S+)$", config, re.MULTILINE)
    (branch,) = re.findall(r"^  branch: (\S+)$", config, re.MULTILINE)
    raw = repository.replace("https://github.com/", "https://raw.githubusercontent.com/")
    (picture,) = re.findall(r"!\[[^\]]+\]\(([^)]+)\)", README)
    assert picture == f"{raw}/{branch}/_static/three-answers.svg"
    for address in re.findall(r"\]\(([^)#]+)\)", README):
        path = address.removeprefix(f"{repository}/blob/{branch}/").removeprefix(f"{raw}/{branch}/")
        assert path != address, f"{address} is relative, or on another site"
        assert (ROOT / path).exists(), path


def test_the_picture_is_what_the_package_draws_today():
    from tools.front_page import PICTURE, draw

    assert PICTURE.read_text(encoding="utf-8") == draw()

"""Run notebooks with five seeds and store what they measure, one row a seed, in spread/NAME.csv.

``python tools/spread.py [NOTEBOOK ...]``, by hand when a notebook's training changed, and weekly
for all that have seeds stored: it takes minutes. A notebook takes part by a line ``SEED = 0`` and a
later cell that sets ``measured``. A line ``TUNE = False`` becomes true: settings are chosen on
validation rows anew for each seed.
"""

import csv
import sys
from pathlib import Path

import matplotlib
import nbformat

ROOT = Path(__file__).resolve().parents[1]
SEEDS = range(5)


def stored():
    """Return the notebooks whose seeds are stored."""
    for table in sorted(ROOT.glob("chapters/*/spread/*.csv")):
        yield table.parents[1] / f"{table.stem}.ipynb"


def measure(path, seed):
    """Run the notebook with this seed up to the cell that sets ``measured``, and return that."""
    names = {}
    for cell in nbformat.read(path, as_version=4).cells:
        if cell.cell_type == "code" and "measured" not in names:
            source = cell.source.replace("SEED = 0", f"SEED = {seed}")
            source = source.replace("TUNE = False", "TUNE = True")
            exec(compile(source, str(path), "exec"), names)
    return {"seed": seed} | {key: f"{value:.4f}" for key, value in names["measured"].items()}


def main(*paths):
    matplotlib.use("agg")
    for path in map(Path, paths or stored()):
        rows = [measure(path, seed) for seed in SEEDS]
        target = path.parent / "spread" / f"{path.stem}.csv"
        target.parent.mkdir(exist_ok=True)
        with target.open("w", newline="", encoding="utf-8") as file:
            table = csv.DictWriter(file, rows[0], lineterminator="\n")
            table.writeheader()
            table.writerows(rows)


if __name__ == "__main__":
    main(*sys.argv[1:])

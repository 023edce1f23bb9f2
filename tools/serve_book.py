"""Show the site on localhost and build it again when a source changes."""

import subprocess
import sys

from build_book import JUPYTER_BOOK, ROOT, SITE, main

main()
subprocess.run([JUPYTER_BOOK, "config", "sphinx", "."], cwd=ROOT, check=True)
subprocess.run(
    [sys.executable, "-m", "sphinx_autobuild", str(ROOT), str(SITE), "-n",
     "--ignore", "*/_build/*", "--ignore", "*/.venv/*", "--ignore", "*/.git/*",
     "--watch", str(ROOT / "lossbook"), "--port", "8000"],
    cwd=ROOT,
)  # fmt: skip

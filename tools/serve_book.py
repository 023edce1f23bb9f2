"""Show the site on localhost and build it again when a source changes."""

import os
import subprocess
import sys

from build_book import JUPYTER_BOOK, ROOT, SITE, forget_stale_build, main

if __name__ == "__main__":
    if sys.argv[1:] == ["before-build"]:
        forget_stale_build(ROOT)
    else:
        main()
        subprocess.run([JUPYTER_BOOK, "config", "sphinx", "."], cwd=ROOT, check=True)
        command = [
            sys.executable, "-m", "sphinx_autobuild", ".", SITE, "-n", "--port", "8000",
            "-D", f"nb_execution_cache_path={ROOT / '_build' / '.jupyter_cache'}",
            "--pre-build", f"{sys.executable} tools/serve_book.py before-build",
            "--watch", "lossbook", "--watch", "_ext",
            "--ignore", "*/_build/*", "--ignore", "*/.venv/*", "--ignore", "*/.git/*",
            "--ignore", "*/conf.py", "--ignore", "*/__pycache__/*",
        ]  # fmt: skip
        subprocess.run(command, cwd=ROOT, env=os.environ | {"PYTHONPATH": str(ROOT / "_ext")})

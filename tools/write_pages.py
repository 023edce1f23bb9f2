"""Write the pages of the book with Sphinx, as Jupyter Book configures it."""

import gc
import re
import sys

import yaml
from jupyter_book.sphinx import build_sphinx

# In what Sphinx prints, the page of a warning.
WARNED = re.compile(r"^(?:\x1b\[[\d;]*m)*(?P<page>[^\s:]+)\.(?:ipynb|md)\b.*?: (?:WARNING|ERROR):")


def write_pages(root, folder, left_out):
    """Let Sphinx write the pages that changed; return those of which it warned."""
    contents = yaml.safe_load((root / "_toc.yml").read_text(encoding="utf-8"))
    toc = folder / "_toc.yml"
    toc.write_text(yaml.safe_dump(without(contents, left_out), sort_keys=False), encoding="utf-8")
    overrides = {
        "nitpicky": True,
        "latex_individualpages": False,
        "external_toc_path": str(toc),
        "left_out_pages": left_out,
        "nb_execution_cache_path": str(root / "_build" / ".jupyter_cache"),
    }
    # Nearly all that Sphinx makes is kept to the end: to look through it for garbage each time that
    # 700 things were made takes a tenth of its time.
    gc.set_threshold(100_000)
    warnings = Tee(sys.stderr, root)
    sys.stderr = warnings
    try:
        result = build_sphinx(
            root, folder / "html", path_config=root / "_config.yml", confoverrides=overrides,
            noconfig=True, warningiserror=True, keep_going=True,
        )  # fmt: skip
    finally:
        sys.stderr = warnings.stream
    if isinstance(result, OSError):
        raise result
    return warnings.pages() if result else []


class Tee:
    """A stream that remembers of which pages Sphinx warned."""

    def __init__(self, stream, root):
        self.stream, self.root, self.lines = stream, f"{root}/", []

    def write(self, text):
        self.lines += [line for line in text.splitlines() if "WARNING:" in line or "ERROR:" in line]
        return self.stream.write(text)

    def __getattr__(self, name):
        return getattr(self.stream, name)

    def pages(self):
        """Return the pages that were named, and None if a warning named no page, or nothing was."""
        found = [
            match and match["page"].removeprefix(self.root)
            for match in map(WARNED.match, self.lines)
        ]
        return sorted(set(found), key=str) or [None]


def without(entry, left_out):
    """Return the table of contents without some pages."""
    kept = dict(entry)
    for name in ("parts", "chapters", "sections"):
        if name in entry:
            inner = [without(one, left_out) for one in entry[name]]
            kept[name] = [one for one in inner if one.get("file") not in left_out]
    if "parts" in kept:
        kept["parts"] = [one for one in kept["parts"] if one["chapters"]]
    return kept

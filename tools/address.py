"""The one place where the repository and its site have their address: `repository` in _config.yml.

``python tools/address.py`` shows the address and where else it must stand as text;
``python tools/address.py https://github.com/OWNER/NAME`` moves the book to a copy. What is built
(links, launch buttons, the first cell of a notebook, the printed book) takes the address from
_config.yml. Files that others read as they are, and a shell, cannot: this command rewrites them.
"""

import re
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
CONFIG = "_config.yml"
# Read as they stand, by people, package indexes and shells.
COPIES = (
    *("CITATION.cff", "README.md", "pyproject.toml", "grading/jupyterhub/littlest.sh"),
    "lossbook/mistakes.py",
)
FORM = re.compile(r"https://github\.com/(?P<owner>[\w.-]+)/(?P<name>[\w.-]+)")
LINE = re.compile(r"^(repository:\n  url: )(\S+)$", re.MULTILINE)
SITE = re.compile(r"^  baseurl: (\S+)\n", re.MULTILINE)


@dataclass(frozen=True)
class Address:
    """Where the book lives: its repository on GitHub, and its site."""

    owner: str
    name: str
    site: str

    @property
    def repository(self):
        return f"https://github.com/{self.owner}/{self.name}"

    @property
    def raw(self):
        """Where GitHub serves a file of the repository as it is."""
        return f"https://raw.githubusercontent.com/{self.owner}/{self.name}"


def address(repository, site=""):
    """Return the address of a repository; its site is GitHub's, unless it is named."""
    match = FORM.fullmatch(repository.rstrip("/").removesuffix(".git"))
    if not match:
        sys.exit(
            f"the address of the repository is {repository!r}; expected https://github.com/OWNER/NAME"
        )
    owner, name = match["owner"], match["name"]
    home = f"{owner.lower()}.github.io"
    own = f"https://{home}/" if name.lower() == home else f"https://{home}/{name}/"
    return Address(owner, name, f"{site.rstrip('/')}/" if site else own)


def read(root):
    """Return the address of the book in this folder."""
    text = (root / CONFIG).read_text(encoding="utf-8")
    found, site = LINE.search(text), SITE.search(text)
    if not found:
        sys.exit(f"{CONFIG} has no line `url: https://github.com/OWNER/NAME` under `repository:`")
    return address(found[2], site[1] if site else "")


def move(root, new):
    """Write the new address where the old one stands as text; return the files that changed."""
    old, changed = read(root), []
    for file in (root / name for name in (CONFIG, *COPIES)):
        before = file.read_text(encoding="utf-8")
        text = moved(before, old, new)
        if file.name == CONFIG:
            text = SITE.sub("", text)
            if new.site != address(new.repository).site:
                text = text.replace("html:\n", f"html:\n  baseurl: {new.site}\n", 1)
        if text != before:
            file.write_text(text, encoding="utf-8")
            changed.append(file.relative_to(root).as_posix())
    return changed


def moved(text, old, new):
    """Return the text with one address in place of another, but not in place of a longer one."""
    for attribute in ("repository", "raw", "site"):
        there, here = re.escape(getattr(old, attribute)), getattr(new, attribute)
        text = re.sub(rf"(?<![\w-]){there}(?![\w-])", here, text)
    return text


def main(repository="", site=""):
    if repository:
        changed = move(ROOT, address(repository, site))
        print(f"changed: {', '.join(changed) or 'nothing, the book is there already'}")
    now = read(ROOT)
    print(f"repository {now.repository}\nsite       {now.site}\nas text in {', '.join(COPIES)}")


if __name__ == "__main__":
    main(*sys.argv[1:3])

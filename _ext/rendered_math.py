"""Formulas become HTML and MathML when the book is built, by KaTeX in Node: no page sends a script.

KaTeX comes from the npm lock, its styles and fonts are served by the site. A formula that KaTeX
cannot read is a warning, and so fails the build. sphinxcontrib-katex sets formulas in Node as well,
but with a KaTeX of its own, MathML that the checker rejects, and no optional breaks.
"""

import json
import re
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

from docutils import nodes
from optional_breaks import pieces
from sphinx.errors import ExtensionError
from sphinx.util import logging
from sphinx.util.math import get_node_equation_number

logger = logging.getLogger(__name__)
ROOT = Path(__file__).resolve().parents[1]
KATEX = ROOT / "node_modules" / "katex" / "dist"
PUNCTUATION = re.compile(r"[.,;:!?)]+")
SHORT = 20  # Characters of TeX: short enough for a line of a phone.
NUMBERED = re.compile(r"\\(begin|end)\{(equation|align|gather)\}")
# Where KaTeX's MathML is no MathML: an operator is two elements where one may stand, what is bold
# as a whole stands inside an identifier, and a table of one column has an empty distance.
OPERATOR = re.compile(r"<mi[^>]*>\w+</mi><mo>\u2061</mo>")
GROUP_IN_LETTER = re.compile(r"<mi>(<mrow>(?:(?!</?mrow>).)*</mrow>)</mi>")
# Where what is seen begins in a displayed formula of KaTeX's, and how it ends.
LOOK, ENDS = '<span class="katex-html" aria-hidden="true">', "</span></span></span>"
NO_COLUMNS = ' columnspacing=""'


@cache
def renderer():
    """Start Node once; it ends with the build, when its input closes."""
    if not (KATEX / "katex.js").exists():
        raise ExtensionError("KaTeX is missing: run `make book`, which installs it from the lock")
    node = Path(sys.executable).with_name("node")
    command = [node, Path(__file__).with_suffix(".js"), KATEX / "katex.js"]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


@cache
def render(tex, display):
    """Return (html, error) of a formula; one of the two is None."""
    process = renderer()
    process.stdin.write(json.dumps({"tex": tex, "displayMode": display}) + "\n")
    process.stdin.flush()
    answer = json.loads(process.stdout.readline())
    html = answer.get("html")
    if html is not None:
        html = GROUP_IN_LETTER.sub(r"\1", html.replace(NO_COLUMNS, ""))
        html = OPERATOR.sub(r"<mrow>\g<0></mrow>", html)
    return html, answer.get("error")


def rendered(node, display):
    tex = as_one_display(node.astext()) if display else node.astext()
    html, error = render(tex, display)
    if error:
        logger.warning("a formula cannot be set: %s", error, location=node)
    elif display and (broken := pieces(tex)):
        html = side_by_side(html, *broken)
    return html or ""


def side_by_side(html, kind, lines):
    """Return the formula with its lines as boxes that the style lays out; its MathML stays."""
    looks = [render(line, True)[0].partition(LOOK)[2].removesuffix(ENDS) for line in lines]
    boxes = "".join(f'<span class="formula-line">{look}</span>' for look in looks)
    mathml = html.partition(LOOK)[0]
    return f'{mathml}{LOOK}<span class="formula-{kind}">{boxes}</span>{ENDS}'


def as_one_display(tex):
    r"""Return the formula as Sphinx means it: lines parted by ``\\`` or a blank line are aligned.

    Sphinx numbers the formula, so the environments that would number their lines do not.
    """
    tex = NUMBERED.sub(r"\\\1{\2*}", tex)
    parts = [part.strip() for part in re.split(r"\n\s*\n", tex) if part.strip()]
    parts = [rf"\begin{{split}}{part}\end{{split}}" if is_bare(part) else part for part in parts]
    if len(parts) == 1:
        return parts[0]
    return r"\begin{gathered}" + r"\\".join(parts) + r"\end{gathered}"


def is_bare(tex):
    """Tell whether the formula has several lines and no environment around them."""
    return r"\\" in tex and not tex.startswith(r"\begin")


def keep_punctuation(app, doctree, docname):
    """Move the punctuation after a short formula to it: browsers break a line between the two."""
    for node in list(doctree.findall(nodes.math)):
        text = node.next_node(descend=False, siblings=True)
        tail = isinstance(text, nodes.Text) and PUNCTUATION.match(text)
        if tail and len(node.astext()) <= SHORT:
            node["tail"] = tail.group()
            # By place: texts that say the same are equal, and the first of them may be another.
            after = node.parent.index(node) + 1
            node.parent[after] = nodes.Text(text[tail.end() :])


def visit_math(self, node):
    tail = node.get("tail", "")
    classes = "math notranslate nohighlight" + " unbroken" * bool(tail)
    self.body.append(self.starttag(node, "span", "", CLASS=classes))
    self.body.append(f"{rendered(node, display=False)}{tail}</span>")
    raise nodes.SkipNode


def visit_math_block(self, node):
    self.body.append(self.starttag(node, "div", CLASS="math notranslate nohighlight"))
    self.body.append(f'<div class="math-scroll">{rendered(node, display=True)}</div>')
    if node["number"]:
        self.body.append(f'<span class="eqno">({get_node_equation_number(self, node)})')
        self.add_permalink_ref(node, "Link to this equation")
        self.body.append("</span>")
    self.body.append("</div>\n")
    raise nodes.SkipNode


def copy_styles_and_fonts(app, exception):
    if exception is None and app.builder.format == "html":
        target = Path(app.outdir) / "_static" / "katex"
        (target / "fonts").mkdir(parents=True, exist_ok=True)
        shutil.copy(KATEX / "katex.min.css", target)
        for font in KATEX.glob("fonts/*.woff2"):
            shutil.copy(font, target / "fonts")


def setup(app):
    app.add_html_math_renderer("katex", (visit_math, None), (visit_math_block, None))
    app.connect("doctree-resolved", keep_punctuation)
    app.connect("build-finished", copy_styles_and_fonts)
    return {"parallel_read_safe": True, "parallel_write_safe": False}

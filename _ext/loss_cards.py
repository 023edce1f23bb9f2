"""The loss cards: a section for each loss of a family, made from lossbook.facts.

A card is Markdown that the directive ``loss-cards`` parses: what decides at sight, the rest folded.
The anchor of a card, and its label for ``{ref}``, is the name of the function. autodoc lists
signatures, not facts.
"""

import ast
import re
from inspect import signature
from os.path import relpath
from pathlib import Path

from docutils.statemachine import StringList
from loss_pictures import picture, settings
from sphinx.util.docutils import SphinxDirective

from lossbook import losses
from lossbook.facts import facts

# How the formulas print the hyper-parameters. For scale they follow the authors: s, or Barron's c.
SYMBOLS = {
    "alpha": r"\alpha",
    "beta": r"\beta",
    "delta": r"\delta",
    "discount": r"\gamma",
    "epsilon": r"\varepsilon",
    "expectile": r"\tau",
    "gamma": r"\gamma",
    "inf": r"\infty",
    "label_smoothing": "s",
    "margin": "M",
    "quantile": "q",
    "scale": "s",
    "smooth": "s",
    "temperature": "T",
}
# In the order of the facts.
TITLES = {
    "regression": "Regression",
    "likelihood": "Likelihoods",
    "classification": "Classification",
    "distribution": "Distributions",
    "embedding": "Embeddings and overlap",
    "reinforcement": "Reinforcement learning",
}
# What a card shows without a click; the rest is in two folds.
AT_SIGHT = ("Use when", "Avoid when", "Estimates")
# The two kinds of rows on what to write in other libraries.
CALLED = "Elsewhere, checked by a call"
READ = "Elsewhere, from its documentation"
NOWHERE = "In none of the libraries that this book compares."
COMPARISONS = {ast.Gt: ">", ast.GtE: r"\ge", ast.LtE: r"\le", ast.Eq: "="}
PROPER = {
    "strictly": "Strictly: the expected loss is least at the true probability, and there alone.",
    "yes": "Yes: the expected loss is least at the true probability, perhaps not there alone.",
    "no": "No: the expected loss is least at another number than the true probability.",
    None: "Does not apply: its predictions are not probabilities.",
}
# What a call returns, in words; a factor may stand before.
VALUES = {
    "mean(values)": "the mean of our values",
    "sum(values)": "the sum of our values",
    "values": "our values",
    "mean(values, axis=-1)": (
        "the mean of our values over the last axis alone, of shape (n,) one number, of (n, 1) n"
    ),
}
# Code in a note: dotted names, calls, arguments, names with an underscore or capitals inside.
CODE = re.compile(
    r'"[\w:]+"|\w+\([^)]*\)|[A-Za-z]\w*(?:\.\w+)+|\w+=[\w"[\]]+|[a-z]+_\w+|[A-Z]\w*[a-z][A-Z]\w*'
)


def symbol(name, parameter):
    r"""Return how the formulas of a loss print a hyper-parameter: ``\delta`` for ``delta``."""
    return "c" if (name, parameter) == ("barron", "scale") else SYMBOLS.get(parameter, parameter)


def tex(name, expression):
    """Return a constant of a loss, a Python expression, as TeX."""
    return _tex(name, ast.parse(expression, mode="eval").body)[0]


def _tex(name, node):
    """Return TeX, and how tightly it holds together: 1 a sum, 2 a product, 3 a power, 4 a unit."""

    def inside(part, at_least):
        text, strength = _tex(name, part)
        return text if strength >= at_least else rf"\left({text}\right)"

    match node:
        case ast.Constant(value):
            return str(value), 4
        case ast.Name(parameter):
            return symbol(name, parameter), 4
        case ast.BinOp(ast.UnaryOp(ast.USub(), left), ast.Div(), right):
            return rf"-\frac{{{inside(left, 0)}}}{{{inside(right, 0)}}}", 1
        case ast.UnaryOp(ast.USub(), operand):
            return f"-{inside(operand, 2)}", 1
        case ast.BinOp(left, ast.Div(), right):
            return rf"\frac{{{inside(left, 0)}}}{{{inside(right, 0)}}}", 3
        case ast.BinOp(left, ast.Pow(), right):
            return f"{inside(left, 4)}^{{{inside(right, 0)}}}", 3
        case ast.BinOp(left, ast.Mult(), right):
            return f"{inside(left, 2)} {inside(right, 2)}", 2
        case ast.BinOp(left, operator, right):
            sign = "+" if isinstance(operator, ast.Add) else "-"
            return f"{inside(left, 1)} {sign} {inside(right, 2)}", 1
        case ast.Call(ast.Name("sqrt"), [argument]):
            return rf"\sqrt{{{inside(argument, 0)}}}", 4
        case ast.Call(ast.Name("exp"), [argument]):
            return f"e^{{{inside(argument, 0)}}}", 3
        case ast.Call(ast.Name("abs"), [argument]):
            return rf"\left|{inside(argument, 0)}\right|", 4
        case ast.Call(ast.Name("log"), [argument]):
            return rf"\log {inside(argument, 4)}", 2
        case ast.Call(ast.Name("max"), [argument]):
            return rf"\max_p\,{inside(argument, 3)}", 2
        case ast.Call(ast.Name("maximum"), [left, right]):
            return rf"\max\left({inside(left, 0)}, {inside(right, 0)}\right)", 4
        case ast.IfExp():
            rows = []
            while isinstance(node, ast.IfExp):
                rows.append(rf"{inside(node.body, 0)} & {condition(name, node.test)} \\ ")
                node = node.orelse
            rows.append(rf"{inside(node, 0)} & \text{{otherwise}}")
            return rf"\begin{{cases}} {''.join(rows)} \end{{cases}}", 4
    raise ValueError(
        f"The card of {name} cannot print {ast.unparse(node)!r}. Teach _ext/loss_cards.py to."
    )


def condition(name, test):
    """Return the condition of a constant that has cases as TeX."""
    left, right = _tex(name, test.left)[0], test.comparators[0]
    if isinstance(test.ops[0], ast.Is):
        return rf"\text{{without }} {left}"
    return f"{left} {COMPARISONS[type(test.ops[0])]} {_tex(name, right)[0]}"


def convex(name):
    """Say in words where a loss is convex."""
    radius = facts[name].convex
    if radius in ("inf", "0"):
        return "Yes, everywhere." if radius == "inf" else "No."

    def within(expression):
        return rf"$\lvert r \rvert \le {tex(name, expression)}$"

    tree = ast.parse(radius, mode="eval").body
    if not isinstance(tree, ast.IfExp):
        return f"For {within(radius)}, not beyond."
    other = ast.unparse(tree.orelse)
    end = "not" if other == "0" else f"for {within(other)}"
    return f"For ${condition(name, tree.test)}$ everywhere; otherwise {end}."


def bounded(name, constant, no, yes):
    """Say in words whether a constant is finite, and which it is."""
    start = "It depends: " if "inf" in constant else "Yes: "
    return f"No: {no}" if constant == "inf" else f"{start}{yes} ${tex(name, constant)}$."


def returned(name, gives):
    """Say in words what a call elsewhere returns, an expression in our values."""
    factor, times, values = gives.rpartition(" * ")
    if values in VALUES and "(" not in factor:
        return f"${tex(name, factor)}$ times {VALUES[values]}" if times else VALUES[values]
    return f"`{gives}`"


def row(name, entry):
    """Return what to write in one other library, an item of a list in Markdown."""
    where = f", version {entry.source.version}" if entry.source else ""
    text = f"- **{entry.library}{where}.** `{entry.call}` "
    if entry.minimizes:
        text += f"minimizes {returned(name, entry.minimizes)}."
    elif not entry.function:
        text += f"gives {returned(name, entry.gives)}."
    elif entry.function_gives == entry.gives:
        text += f"or `{entry.function}` gives {returned(name, entry.gives)}."
    else:
        text += f"gives {returned(name, entry.gives)}; "
        text += f"`{entry.function}` gives {returned(name, entry.function_gives)}."
    text += "".join(f" {part}" for part in [CODE.sub(r"`\g<0>`", entry.note)] if part)
    return text + (f" [Documentation]({entry.source.address})." if entry.source else "")


def elsewhere(name):
    """Return what to write in other libraries: what the tests call, and what was read, if any."""
    called = [row(name, entry) for entry in facts[name].elsewhere if not entry.source]
    found = [row(name, entry) for entry in facts[name].elsewhere if entry.source]
    shown = {CALLED: "\n".join(called), READ: "\n".join(found)}
    return {key: text for key, text in shown.items() if text} or {CALLED: NOWHERE}


def parameters(name):
    """Say what the hyper-parameters are called in code, with their defaults."""
    found = []
    for p in signature(getattr(losses, name)).parameters.values():
        if p.kind == p.KEYWORD_ONLY:
            printed = symbol(name, p.name)
            start = "" if printed == p.name != "c" else f"${printed}$ is "
            found.append(f"{start}`{p.name}`, `{p.default}` unless you set it")
    return "; ".join(found) + "." if found else "None."


def drawn_with(name):
    """Return the settings of the picture for its caption."""
    shown = [f"${symbol(name, key)} = {value:g}$" for key, value in settings(name).items() if value]
    return f", with {', '.join(shown)}" if shown else ""


def fields(name):
    """Return the fields of a card, in order: what it is called, and Markdown."""
    fact = facts[name]
    return {
        "Use when": fact.use_when,
        "Avoid when": fact.avoid_when,
        "Estimates": f"{fact.estimates[0].upper()}{fact.estimates[1:]}.",
        "Predictions": f"`{fact.predictions}`",
        "Targets": f"{fact.targets[0].upper()}{fact.targets[1:]}.",
        "Domain": fact.domain,
        "Parameters": parameters(name),
        "Convex": convex(name),
        "Lipschitz": bounded(
            name,
            fact.lipschitz,
            "the gradient has no greatest length.",
            "the gradient is never longer than",
        ),
        "Smooth": bounded(
            name,
            fact.smooth,
            "nothing bounds how fast the gradient changes.",
            "for each unit of change the gradient changes by at most",
        ),
        "Bounded pull": (
            "Yes: the pull of one sample is bounded, at the default settings."
            if fact.bounded_pull
            else "No: one sample can pull without bound."
        ),
        "Proper": PROPER[fact.proper],
        "Accurate form": fact.accurate,
        **elsewhere(name),
    }


def chips(name):
    """Return what a reader asks first of a loss, in two words each."""
    fact = facts[name]
    convex = {"inf": "convex", "0": "not convex"}.get(fact.convex, "convex in part")
    pull = "bounded pull" if fact.bounded_pull else "unbounded pull"
    proper = {None: [], "no": ["not proper"]}.get(fact.proper, ["proper"])
    return " ".join(f"[{word}]{{.chip}}" for word in [convex, pull, *proper])


def listed(name, labels):
    """Return fields of a card as a list of definitions; those that it does not have stay out."""
    shown = {label: text for label, text in fields(name).items() if label in labels}
    return "\n".join(
        f"{label}\n: {text.replace(chr(10), chr(10) + '  ')}\n" for label, text in shown.items()
    )


def card(name, address, alt):
    """Return the card of a loss as Markdown; its picture is at ``address``."""
    fact = facts[name]
    folded = [label for label in fields(name) if label not in (*AT_SIGHT, CALLED, READ)]
    return f"""
({name})=
## {fact.title}

{{py:func}}`~lossbook.losses.{name}` {chips(name)}

$$
\\begin{{gathered}}
\\ell = {fact.formula}
\\end{{gathered}}
$$

$$
\\begin{{gathered}}
\\nabla \\ell = {fact.gradient}
\\end{{gathered}}
$$

```{{figure}} {address}
:name: fig-card-{name.replace("_", "-")}
:alt: {alt}

{fact.title} and its derivative{drawn_with(name)}.
```

::::{{div}} loss-card
{listed(name, AT_SIGHT)}
:::{{dropdown}} What is true of it
{listed(name, folded)}
:::
:::{{dropdown}} In other libraries
{listed(name, (CALLED, READ))}
:::
::::
"""


class Generated(SphinxDirective):
    """A directive whose content is Markdown that depends on the facts."""

    has_content = False

    def parsed(self, markdown):
        root = Path(self.env.srcdir)
        for file in [*root.glob("lossbook/facts/*.*"), *root.glob("_ext/loss_*.py")]:
            self.env.note_dependency(str(file))
        lines = StringList(markdown.splitlines(), self.env.docname)
        # Into the page itself: the sections of the cards are to be those of the page.
        page = self.state.inliner.parent
        self.state.nested_parse(lines, self.content_offset, page, match_titles=True)
        return []


class LossCards(Generated):
    """The cards of the losses of one family."""

    required_arguments = 1

    def run(self):
        names = [name for name in facts if facts[name].family == self.arguments[0]]
        if not names:
            raise self.error(f"no loss has the family {self.arguments[0]!r}")
        folder = Path(self.env.app.outdir).parent / "loss_cards"
        folder.mkdir(parents=True, exist_ok=True)
        cards = []
        for name in names:
            drawing, alt = picture(name)
            (folder / f"{name}.svg").write_text(drawing, encoding="utf-8")
            cards.append(card(name, f"/{relpath(folder, self.env.srcdir)}/{name}.svg", alt))
        return self.parsed("\n".join(cards))


def setup(app):
    app.add_directive("loss-cards", LossCards)
    return {"parallel_read_safe": True, "parallel_write_safe": True}

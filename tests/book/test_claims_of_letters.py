"""What the page of notation says of the letters, and what a likelihood is."""

import re

import nbformat
import numpy as np
import pytest
from scipy import integrate, stats

from tests.book.test_claims_of_losses import text
from tools.notebooks import ROOT, stored_notebooks

NOTATION = (ROOT / "chapters" / "reference" / "notation.md").read_text()
NAMES = re.compile(r"\\(?:operatorname|mathrm|text|begin|end|label)\*?\{[^}]*\}|:label:.*")


def letters(source):
    """Return the single Latin letters of the formulas of a page."""
    formulas = re.findall(r"\$([^$]+)\$", source)
    formulas += re.findall(r"```\{math\}(.*?)```", source, re.DOTALL)
    bare = re.sub(r"\\[a-zA-Z]+", " ", NAMES.sub(" ", " ".join(formulas)))
    return set(re.findall(r"(?<![a-zA-Z])[a-zA-Z](?![a-zA-Z])", bare))


def test_every_letter_of_four_pages_or_more_is_in_the_notation():
    pages = {}
    for path in stored_notebooks():
        cells = nbformat.read(path, as_version=4).cells
        source = "\n".join(c.source for c in cells if c.cell_type == "markdown")
        for letter in letters(source):
            pages.setdefault(letter, []).append(path.stem)
    missing = {a: on for a, on in pages.items() if len(on) >= 4 and a not in letters(NOTATION)}
    assert missing == {}


@pytest.mark.parametrize(
    ("row", "page", "use", "meaning"),
    [
        (r"\sigma", "concepts/likelihoods", r"standard deviation $\sigma$", "noise"),
        (r"\sigma", "concepts/likelihoods", r"p = \sigma(z)", "sigmoid"),
        (r"\lambda", "concepts/likelihoods", r"rate $\lambda$", "Poisson"),
        (r"\lambda", "concepts/likelihoods", r"penalty $\lambda \theta_1^2$", "penalty"),
        ("s", "concepts/regression_losses", "log-variance $s$", "log-variance"),
        ("s", "algorithm/adaptive_rates", "s_{k+1} = s_k + g_k^2", "squared gradients"),
        ("s", "derivation/why_descent_converges", "`l2(s)`", "penalty"),
        ("T", "concepts/what_a_loss_estimates", r"T_\ell", "property"),
        ("T", "applications/embeddings", "**temperature** $T$", "temperature"),
        ("P", "concepts/what_a_loss_estimates", "P = P(Y = 1)", "true probability"),
        ("k", "concepts/likelihoods", "the count $k$", "count"),
    ],
)
def test_a_letter_with_several_meanings_is_listed_with_the_meaning_of_the_page(
    row, page, use, meaning
):
    assert use in text(page)
    (listed,) = re.findall(
        rf"^\| \${re.escape(row)}\$ \| (.+) \|$", NOTATION.split("several meanings\n")[1], re.M
    )
    assert meaning in listed
    assert "each page keeps to one" not in NOTATION


def test_the_largest_curvature_has_its_own_letter_where_the_risk_is_l():
    """Only the page that proves the rates calls it L: the risk is f there."""
    bare = re.compile(
        r"/L(?![\w(^*])|\\sqrt ?\{?L|\\(?:eta|kappa) ?=? ?L(?![(\w])|\\(?:eta|mu) L(?![(\w])"
    )
    found = []
    for path in stored_notebooks():
        if path.parent.name not in ("algorithm", "derivation"):
            continue
        cells = nbformat.read(path, as_version=4).cells
        source = "\n".join(c.source for c in cells if c.cell_type == "markdown")
        if bare.search(source):
            found.append(path.stem)
    assert found == ["why_descent_converges"]
    assert "the risk is called $f$" in text("derivation/why_descent_converges").replace("\n", " ")


def test_a_product_of_probabilities_is_one_and_a_product_of_densities_is_none():
    """Over all that could be seen, three counts sum to 1; three densities pass it at a point."""
    counts = np.arange(60)
    one = stats.poisson.pmf(counts, 2.86)
    assert np.einsum("i,j,k->", one, one, one) == pytest.approx(1, rel=1e-12)
    narrow = stats.norm(scale=0.1)
    assert narrow.pdf(0) ** 3 > 60
    area, _ = integrate.quad(narrow.pdf, -2, 2, points=[0])
    assert area**3 == pytest.approx(1, rel=1e-9)
    page = text("concepts/likelihoods")
    assert "is the probability of everything" not in page
    assert "for densities it is their joint density, which is not a probability" in page
    glossary = (ROOT / "chapters" / "reference" / "glossary.md").read_text()
    assert "or their joint density if they are continuous" in glossary

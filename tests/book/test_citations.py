"""Whoever is said to have shown something is cited with the place in the work where it stands.

`{cite:p}`key{section 3}`` prints the place inside the citation; after it, in the clause, will do.
"""

import re

import nbformat
import pytest
from pybtex.database import parse_file
from sphinxcontrib.bibtex.citation_target import parse_citation_targets

from tools.build_book import ROOT, pages

CITATION = re.compile(r"\{cite:\w+\}`([^`]+)`")
PLACE = re.compile(
    r"(chapter|section|theorem|proposition|equation|algorithm|figure|table|page)s? \d"
    r"|appendix [A-Z]|abstract"
)
# What somebody did at one place of a work. To introduce, propose or survey takes all of it.
CLAIM = re.compile(
    r"\b(answered|argues?d?|bound(s|ed)?|compares?d?|conclude[sd]?|define[sd]?|derive[sd]?"
    r"|explain(s|ed)?|finds?|found|measures?d?|observe[sd]?|proves?d?|recommend(s|ed)?"
    r"|report(s|ed)?|saw|says?|show(s|ed|n)?|stated)\b"
)

# Works that are cited without a place, and why they may be.
DATA = {
    "alpaydin1998", "barto1983", "cameron2005", "cldr", "efron2004", "forina1986", "harper2015",
    "koenker1982", "manning1987", "rousseeuw1987", "street1993", "towers2024", "xiao2017",
}  # fmt: skip
SOFTWARE = {"pedregosa2011", "rocklin2015"}
# The work as a whole is where the method, function or term beside it comes from.
ORIGIN = {
    "armijo1966", "arrow1951", "barron2019", "beaton1974", "belkin2019", "brier1950",
    "cauchy1847", "cavnar1994", "cortes1995", "crammer2001", "duchi2011",
    "fisher1922", "fornberg1988", "freund1997", "friedman2000",
    "goldberg1991", "goodfellow2014", "hadsell2006", "himmelblau1972", "huber1964", "king2001",
    "koenker1978", "koren2009", "lecun1998", "martens2010", "nesterov1983", "newey1987",
    "platt1999", "polyak1992", "robbins1951", "rosenblatt1958", "ruder2016", "rumelhart1986",
    "squire1998", "sutskever2013", "sutton1988", "szegedy2014", "tieleman2012", "williams1989",
    "williams1992", "wright2015", "zhang2004", "zhang2019",
}  # fmt: skip


def prose(page):
    """Return the text of a page without code and displayed formulas."""
    notebook = ROOT / f"{page}.ipynb"
    if notebook.exists():
        cells = nbformat.read(notebook, as_version=4).cells
        return "\n\n".join(c.source for c in cells if c.cell_type == "markdown")
    return (ROOT / f"{page}.md").read_text(encoding="utf-8")


def clauses(text):
    """Yield the clauses that cite, and whether each is in a list of reading."""
    text = re.sub(
        r"^(`{3,}\{math\}|\$\$).*?^(`{3,}|\$\$)$", "", text, flags=re.DOTALL | re.MULTILINE
    )
    for paragraph in re.split(r"\n\s*\n|\n(?=[-*|#:])", text):
        reading = re.match(r"- |\||\*\*\{cite", paragraph) is not None
        for clause in re.split(r"(?<=[.?!;])\s+(?=[A-Za-z{*“\"(])", " ".join(paragraph.split())):
            if CITATION.search(clause):
                yield clause, reading


def unplaced(clause):
    """Return the works that a clause cites without saying where in them."""
    found = []
    citations = [*CITATION.finditer(clause)]
    ends = [c.start() for c in citations[1:]] + [len(clause)]
    for citation, end in zip(citations, ends):
        if not PLACE.search(clause[citation.end() : end]):
            targets = parse_citation_targets(citation[1])
            found += [t.key for t in targets if not PLACE.search(t.post)]
    return found


def faults(text):
    """Return (work, clause) for each citation that needs a place and has none."""
    found = []
    for clause, reading in clauses(text):
        claims = CLAIM.search(CITATION.sub("", clause)) is not None
        for key in unplaced(clause):
            if key in DATA or (key in SOFTWARE | ORIGIN and not claims) or (reading and not claims):
                continue
            found.append((key, clause))
    return found


@pytest.mark.parametrize("page", pages(ROOT))
def test_a_claim_says_where_in_the_work_it_stands(page):
    assert faults(prose(page)) == []


def test_the_bibliography_has_what_the_pages_cite_and_no_more():
    citations = [c for page in pages(ROOT) for c in CITATION.findall(prose(page))]
    cited = {target.key for citation in citations for target in parse_citation_targets(citation)}
    assert cited == set(parse_file(str(ROOT / "references.bib")).entries)


def test_every_work_that_may_be_cited_without_a_place_is():
    cited = [unplaced(clause) for page in pages(ROOT) for clause, _ in clauses(prose(page))]
    assert {key for keys in cited for key in keys} >= DATA | SOFTWARE | ORIGIN


@pytest.mark.parametrize(
    ("text", "works"),
    [
        ("Descent is steepest {cite:p}`boyd2004`.", ["boyd2004"]),
        ("Descent is steepest {cite:p}`boyd2004{section 9.4}`.", []),
        ("The rule is theirs, {cite:t}`boyd2004`, section 9.3, and simple.", []),
        ("{cite:t}`huber1964` introduced the loss.", []),
        ("{cite:t}`huber1964` showed that the loss is optimal.", ["huber1964"]),
        ("{cite:t}`huber1964` found it; a proof: {cite:t}`huber2009`, chapter 4.", ["huber1964"]),
        ("Two found it {cite:p}`huber1964,huber2009{chapter 4}`.", ["huber1964"]),
        ("The families are Engel's {cite:p}`koenker1982`, as you saw.", []),
        ("- {cite:t}`bottou2018` survey the theory.", []),
        ("- {cite:t}`bottou2018` prove the rates.", ["bottou2018"]),
        ("- {cite:t}`bottou2018` on rates.\n- Or\n  {cite:t}`beck2009` prove it.", ["beck2009"]),
    ],
)  # fmt: skip
def test_a_claim_without_a_place_is_found(text, works):
    assert [key for key, _ in faults(text)] == works

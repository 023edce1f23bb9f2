"""Each row of chapters/claims.toml holds, and no comparison stands on a page without one."""

import re

import numpy as np
import pytest
from checked_equations import TESTS, marked_tests

from tools import claims
from tools.claims import ROOT, Claim

ROWS = claims.claims()
MEASURED = [page for page in claims.pages() if claims.spread(ROOT, page)]
COUNTS = {"one": 1, "two": 2, "five": 5, "ten": 10, "twenty": 20, "forty": 40}


def test_labels_are_different():
    labels = [claim.label for claim in ROWS]
    assert len(set(labels)) == len(labels)


@pytest.mark.parametrize("claim", ROWS, ids=lambda claim: claim.label)
def test_a_row_has_its_sentences_on_the_page_as_they_stand_there(claim):
    page = claims.one_line(claims.prose(ROOT, claim.page))
    assert [s for s in claim.sentences if page.count(s) != 1] == []


@pytest.mark.parametrize(
    "claim",
    [
        pytest.param(claim, marks=pytest.mark.claim(claim.label), id=claim.label)
        for claim in ROWS
        if claim.holds
    ],
)
def test_what_a_row_claims_holds_for_every_seed(claim):
    columns = claim.columns()
    assert claim.broken(columns) == []
    sizes = claim.seeds(columns)
    if not re.search("^one |means?$", claim.over):
        # A column of one number is the same for every seed.
        assert sizes - {1} == {COUNTS[claim.over.split()[0]]}, claim.over


def test_a_row_without_inequalities_has_a_test():
    proved = marked_tests(ROOT / TESTS, "claim")
    assert [claim.label for claim in ROWS if not claim.holds and claim.label not in proved] == []
    assert set(proved) <= {claim.label for claim in ROWS if not claim.holds}


@pytest.mark.parametrize("page", list(claims.pages()))
def test_every_comparison_has_a_row_or_a_reason(page):
    assert claims.unsupported(page, claims.prose(ROOT, page)) == []


def test_an_exception_has_a_reason_and_is_needed():
    kinds = claims.table()["exception"]
    assert all(len(kind["reason"].split()) > 3 for kind in kinds)
    words = re.compile("|".join(claims.table()["words"]), re.IGNORECASE)
    for kind in kinds:
        for page, firsts in kind["sentences"].items():
            sentences = list(claims.sentences(claims.prose(ROOT, page)))
            rows = {one for c in ROWS if c.page == page for one in c.sentences}
            for first in map(claims.one_line, firsts):
                (found,) = [s for s in sentences if s.startswith(first)]
                assert words.search(found), found
                assert found not in rows, found
    assert sum(len(f) for kind in kinds for f in kind["sentences"].values()) <= 50, "a short list"


@pytest.mark.parametrize("page", MEASURED)
def test_the_stored_seeds_are_those_that_the_page_shows(page):
    """So a notebook whose training changed has its seeds measured again."""
    shown = re.findall(
        r"^(\w+) +now (\S+), seeds (\S+) to (\S+)$", claims.outputs(ROOT, page), re.M
    )
    columns = claims.spread(ROOT, page)
    assert [name for name, *_ in shown] == [name for name in columns if name != "seed"]
    for name, *numbers in shown:
        values = columns[name]
        digits = len(numbers[0].partition(".")[2])
        expected = [values[0], values.min(), values.max()]
        # Stored with four decimals: rounding once more may go the other way.
        np.testing.assert_allclose(
            [float(n) for n in numbers], expected, atol=0.5001 * 10.0**-digits + 5e-5, err_msg=name
        )


PAGE = """# Title

Adam is better than descent in each split. It is
*never* slower {cite:p}`somebody2020`. Is it faster?

**Predict.** Which is better?

- Nothing beats a baseline.

:::{dropdown} Better than what
The rate.
:::

```{math}
a \\text{ beats } b
```

## Check yourself

Ten is more than nine.

## Exercises

The tuned rate wins every time:
"""


def test_a_comparison_without_a_row_is_found():
    found = claims.unsupported("applications/images", PAGE)
    assert found == [
        "Adam is better than descent in each split.",
        "Nothing beats a baseline.",
        "The tuned rate wins every time:",
    ]


@pytest.mark.parametrize(
    ("inequality", "holds"),
    [
        ("a > b", False),
        ("a >= b", True),
        ("mean(a - b) > 0", True),
        ("count(a > b) == 2", True),
        ("round(max(a - b), 1) == 0.3", True),
        ("round(min(a - b), 1) > 0", False),
    ],
)
def test_an_inequality_must_hold_for_every_seed(inequality, holds):
    claim = Claim("label", "page", ("Sentence.",), "measured", holds=(inequality,))
    columns = {"a": np.array([0.5, 0.7, 0.4]), "b": np.array([0.4, 0.4, 0.4])}
    assert (claim.broken(columns) == []) == holds


def test_a_row_that_reads_nothing_from_the_page_says_so():
    claim = Claim("label", "applications/images", ("S.",), "m", read={"x": "no such (line)"})
    with pytest.raises(ValueError, match=r"label: 'no such .line.' finds no number"):
        claim.columns()

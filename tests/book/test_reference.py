"""The reference pages, as built: whole, made from the facts and the tests, and up to date."""

import ast
import inspect
import re
from pathlib import Path

import last_run
import nbformat
import numpy as np
import pytest
from checked_equations import TESTS, MarkedTest, marked_tests
from loss_cards import CALLED, CODE, READ, elsewhere, fields, symbol, tex
from loss_pictures import curves

import lossbook
from lossbook import losses
from lossbook.facts import facts
from tests.book import built
from tests.facts_cases import complete
from tools.build_book import ROOT, pages

READS = [".", "_build/html"]
REFERENCE = ROOT / "chapters" / "reference"
FAMILIES = {fact.family for fact in facts.values()}


def article(page):
    return built.article(f"chapters/reference/{page}")


@pytest.fixture(scope="module")
def cards():
    """Return the section of each loss, by name."""
    by_family = {family: article(f"loss_cards/{family}") for family in FAMILIES}
    found = {}
    for name, fact in facts.items():
        anchor = by_family[fact.family].get_element_by_id(name.replace("_", "-"), None)
        found[name] = anchor if anchor is None or anchor.tag == "section" else anchor.getparent()
    return found


def formulas(node):
    """Return the TeX in a built page, whether set there or left to the browser."""
    set_there = [
        a.text_content() for a in node.cssselect("annotation[encoding='application/x-tex']")
    ]
    return "".join("".join([*set_there, built.text(node)]).split())


@pytest.mark.parametrize(
    "page",
    [
        *(f"loss_cards/{family}" for family in sorted(FAMILIES)),
        "loss_cards/index", "notation", "glossary", "api", "verified", "errata", "bibliography",
    ],
)  # fmt: skip
def test_the_page_is_in_the_table_of_contents(page):
    assert f"chapters/reference/{page}" in pages(ROOT)


@pytest.mark.parametrize("name", facts)
def test_every_loss_has_a_card_with_its_formula_and_its_gradient(cards, name):
    text = formulas(cards[name])
    for formula in (facts[name].formula, facts[name].gradient):
        assert "".join(formula.split()) in text
    assert cards[name].find(".//h2").text_content().startswith(facts[name].title.replace("'", "’"))


@pytest.mark.parametrize("name", facts)
def test_no_card_lacks_a_field_or_what_the_facts_say_in_it(cards, name):
    shown = {dt.text_content(): dt.getnext() for dt in cards[name].iter("dt")}
    assert list(shown) == list(fields(name))
    fact = facts[name]
    for label, text in [
        ("Use when", fact.use_when),
        ("Avoid when", fact.avoid_when),
        ("Estimates", fact.estimates[1:]),
        ("Predictions", fact.predictions),
        ("Targets", fact.targets[1:]),
        ("Domain", fact.domain),
        ("Accurate form", fact.accurate),
    ]:
        assert text.replace("'", "’") in shown[label].text_content()
    assert shown["Convex"].text_content()[:3] == {"inf": "Yes", "0": "No."}.get(fact.convex, "For")
    bounded = shown["Bounded pull"].text_content()
    assert bounded.startswith("Yes" if fact.bounded_pull else "No")
    for label, read in ((CALLED, False), (READ, True)):
        items = shown[label].findall(".//li") if label in shown else []
        entries = [entry for entry in fact.elsewhere if bool(entry.source) == read]
        assert [item.find(".//code").text_content() for item in items] == [e.call for e in entries]
        for item, entry in zip(items, entries):
            assert entry.function in [code.text_content() for code in item.iter("code")] + [""]
            if read:
                assert f"version {entry.source.version}" in item.text_content()
                assert item.find(".//a").get("href") == entry.source.address


@pytest.mark.parametrize("name", facts)
def test_every_card_has_its_own_picture(cards, name):
    (picture,) = cards[name].iter("img")
    assert Path(picture.get("src")).name == f"{name}.svg"
    assert facts[name].title in picture.get("alt")


@pytest.mark.parametrize("name", facts)
def test_the_derivative_drawn_is_that_of_the_curve_drawn(name):
    _, x, values, slopes = curves(name)
    # The mean slope between neighbors, and Simpson's rule; they differ at kinks, of which few are.
    measured = (values[2:] - values[:-2]) / (x[2:] - x[:-2])
    printed = (slopes[2:] + 4 * slopes[1:-1] + slopes[:-2]) / 6
    off = np.abs(measured - printed) > 1e-4 * np.ptp(slopes)
    assert off.sum() <= 6
    assert np.ptp(slopes) > 0


@pytest.mark.parametrize(
    ("name", "expression", "printed"),
    [
        ("huber", "delta", r"\delta"),
        ("smooth_l1", "1 / beta", r"\frac{1}{\beta}"),
        ("cauchy", "scale / 2", r"\frac{s}{2}"),
        ("barron", "1 / scale**2", r"\frac{1}{c^{2}}"),
        ("barron", "exp(-1 / 2) / scale", r"\frac{e^{-\frac{1}{2}}}{c}"),
        ("tukey_biweight", "16 * c / (25 * sqrt(5))", r"\frac{16 c}{25 \sqrt{5}}"),
        ("pinball", "maximum(quantile, 1 - quantile)", r"\max\left(q, 1 - q\right)"),
        ("focal", "(1 - p)**gamma * p", r"\left(1 - p\right)^{\gamma} p"),
        ("focal", "1 - (p - gamma)", r"1 - \left(p - \gamma\right)"),
        ("focal", "max(abs(log(p)))", r"\max_p\,\left|\log p\right|"),
        (
            "barron",
            "inf if alpha > 1 else 1 if alpha > -inf else 2",
            r"\begin{cases} \infty & \alpha > 1 \\ 1 & \alpha > -\infty \\ "
            r"2 & \text{otherwise} \end{cases}",
        ),
    ],
)
def test_constants_are_printed_in_the_symbols_of_the_formulas(name, expression, printed):
    assert tex(name, expression) == printed


def test_a_constant_that_cannot_be_printed_says_where_to_add_it():
    with pytest.raises(ValueError, match=r"huber cannot print 'sin\(delta\)'.*loss_cards"):
        tex("huber", "sin(delta)")


@pytest.mark.parametrize("name", facts)
def test_every_symbol_of_a_constant_is_in_the_formula_or_in_the_domain(name):
    fact = facts[name]
    known = f"{fact.formula} {fact.gradient} {fact.domain}"
    spelled = {"δ": r"\delta", "β": r"\beta", "α": r"\alpha", "γ": r"\gamma", "τ": r"\tau"}
    for letter, command in spelled.items():
        known = known.replace(letter, command)
    for constant in (fact.convex, fact.lipschitz, fact.smooth):
        for node in ast.walk(ast.parse(constant)):
            if isinstance(node, ast.Name) and node.id in complete(name, {}):
                assert symbol(name, node.id) in known


def test_code_in_a_note_is_set_as_code():
    note = 'As SGDClassifier(loss="hinge") or sklearn.svm.SVR. Add from_logits=True; LinearSVC.'
    assert CODE.sub("`\\g<0>`", note) == (
        'As `SGDClassifier(loss="hinge")` or `sklearn.svm.SVR`. Add `from_logits=True`; '
        "`LinearSVC`."
    )


def test_what_a_call_gives_is_said_in_words():
    text = elsewhere("half_squared_error")[CALLED]
    function = "`torch.nn.functional.mse_loss(predictions, targets)`"
    assert f"or {function} gives $2$ times the mean of our values. Without the ½." in text
    assert 'SGDRegressor(loss="squared_error", alpha=alpha)` minimizes `mean(values) +' in text
    assert "start).cost` gives the sum of our values" in text
    assert "over the last axis alone, of shape (n,) one number, of (n, 1) n." in text


def test_rows_that_are_called_and_rows_that_are_read_are_told_apart():
    shown = elsewhere("half_squared_error")
    assert list(shown) == [CALLED, READ]
    assert "**XGBoost, version " in shown[READ]
    assert "XGBoost" not in shown[CALLED]
    assert "[Documentation](https://xgboost" in shown[READ]
    assert list(elsewhere("expectile")) == [CALLED]
    assert list(elsewhere("contrastive")) == [READ]


def test_every_loss_is_in_the_index():
    links = [a.get("href") for a in article("loss_cards/index").cssselect(".loss-entry a")]
    assert links == [f"{f.family}.html#{name.replace('_', '-')}" for name, f in facts.items()]


def test_every_public_name_is_on_the_page_of_the_package():
    shown = {dt.get("id") for dt in article("api").cssselect("dt.sig[id]")}
    expected = {f"lossbook.{n}" for n in lossbook.__all__ if callable(getattr(lossbook, n))}
    expected |= {f"lossbook.losses.{name}" for name in losses.__all__}
    for module in ("datasets", "models", "optimizers", "penalties", "schedules", "surfaces"):
        for name, thing in vars(getattr(lossbook, module)).items():
            own = getattr(thing, "__module__", "") == f"lossbook.{module}"
            if own and not name.startswith("_") and name not in ("as_rows", "rate_at"):
                expected.add(f"lossbook.{module}.{name}")
    assert expected - shown == set()


def test_every_function_on_the_page_of_the_package_shows_an_example_if_its_docstring_has_one():
    page = article("api")
    for name in losses.__all__:
        assert ">>> " in inspect.getdoc(getattr(losses, name))
        (entry,) = page.get_element_by_id(f"lossbook.losses.{name}").xpath("ancestor::dl[1]")
        assert f"{name}(" in entry.cssselect("div.doctest, div.highlight")[0].text_content()


def test_every_labelled_equation_of_the_book_is_on_the_page_of_what_is_verified():
    rows = [row.findall(".//a") for row in article("verified").cssselect("tbody tr")]
    listed = {row[0].get("href").partition("#equation-")[2] for row in rows}
    labeled = {
        equation.get("id").removeprefix("equation-")
        for page in pages(ROOT)
        for equation in built.tree(page).cssselect("div.math[id^=equation-]")
    }
    assert labeled == listed - {""}
    assert labeled


def test_the_tolerance_of_a_test_is_that_of_its_source(tmp_path):
    (tmp_path / "test_one.py").write_text(
        "def close(a, b):\n    assert_allclose(a, b, rtol=1e-9)\n\n\n"
        '@pytest.mark.equation("eq-a")\n@pytest.mark.parametrize(\n    "x", [1]\n)\n'
        "def test_a_is_b(x):\n    close(x, x)\n    assert x == approx(1, abs=2e-5)\n\n\n"
        '@pytest.mark.equation("eq-b")\ndef test_b():\n    assert 1 < 2\n\n\n'
        '@pytest.mark.slip("c")\ndef test_c():\n    assert_allclose(1, 1)\n'
    )
    assert marked_tests(tmp_path, "equation") == {
        "eq-a": MarkedTest("test_one.py", 9, "test_a_is_b", ("absolute 2e-5", "relative 1e-9")),
        "eq-b": MarkedTest("test_one.py", 15, "test_b", ("none",)),
    }
    assert marked_tests(tmp_path, "slip")["c"].tolerances == ("relative 1e-7",)


def test_every_slip_is_on_the_page_with_its_test():
    tests = marked_tests(ROOT / TESTS, "slip")
    links = {a.text_content() for a in article("verified").iter("a")}
    assert len(tests) >= 7
    assert {test.sentence for test in tests.values()} <= links


def test_a_record_counts_for_the_sources_it_was_made_from_and_no_others(tmp_path):
    (tmp_path / "tests").mkdir()
    source = tmp_path / "tests" / "test_a.py"
    source.write_text("1")
    assert last_run.read(tmp_path) == (None, {})
    last_run.write(tmp_path, "2026-01-02", {"eq-a": "passed"})
    last_run.write(tmp_path, "2026-01-03", {"eq-b": "failed"})
    assert last_run.read(tmp_path) == ("2026-01-03", {"eq-a": "passed", "eq-b": "failed"})
    source.write_text("2")
    assert last_run.read(tmp_path) == (None, {})


def test_the_glossary_explains_fifty_terms_or_more_and_links_a_page_for_each():
    terms = article("glossary").cssselect("dl.glossary > dt")
    assert len(terms) >= 50
    for term in terms:
        definition = term.xpath("following-sibling::dd")[0]
        assert definition.cssselect("a.reference.internal"), term.text_content()
        assert 1 <= len(re.findall(r"\.(?=\s|$)", definition.text_content())) <= 3, (
            term.text_content()
        )


MATH = re.compile(r"```\{math\}\n(?::label:.*\n)?(.*?)```|\$\$(.*?)\$\$|\$([^$\n]+)\$", re.DOTALL)
GREEK = (
    r"\\(alpha|beta|gamma|delta|Delta|epsilon|varepsilon|eta|theta|kappa|lambda|mu|nu|phi|varphi|psi"
    r"|rho|sigma|tau|omega)(?![a-zA-Z])"
)


def symbols(text):
    """Return the letters of the formulas of a text, without words and commands."""
    tex_of_all = " ".join("".join(groups) for groups in MATH.findall(text))
    bare = re.sub(r"\\(text|operatorname|mathrm|begin|end)\{[^}]*\}", " ", tex_of_all)
    latin = re.findall(r"[A-Za-z]", re.sub(r"\\[a-zA-Z]+", " ", bare))
    return {*re.findall(GREEK, bare), *latin}


def test_a_letter_that_three_chapters_use_is_on_the_page_of_the_notation():
    explained = symbols((REFERENCE / "notation.md").read_text(encoding="utf-8"))
    chapters = [
        symbols("\n".join(c.source for c in nbformat.read(path, 4).cells if c.cell_type != "code"))
        for path in (ROOT / f"{page}.ipynb" for page in pages(ROOT))
        if path.exists()
    ]
    often = {letter for found in chapters for letter in found}
    often = {letter for letter in often if sum(letter in found for found in chapters) >= 3}
    assert often - explained == set()

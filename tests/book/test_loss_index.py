"""The index of the loss cards filters, and is a plain list without JavaScript."""

import loss_index
import numpy as np
import pytest

from lossbook.facts import facts
from tests.book.browser import Visit, chromium, served_site
from tests.book.built import article

PAGE = "chapters/reference/loss_cards/index"


@pytest.fixture(scope="module")
def browser():
    with served_site() as address, chromium() as one:
        yield one, f"{address}/{PAGE}.html"


def shown(page):
    return page.locator(".loss-entry:visible code").all_inner_texts()


def test_every_loss_is_listed_and_leads_to_its_card():
    entries = article(PAGE).cssselect(".loss-entry")
    assert [entry.find(".//code").text_content() for entry in entries] == list(facts)
    for entry, (name, fact) in zip(entries, facts.items(), strict=True):
        target = f"{fact.family}.html#{name.replace('_', '-')}"
        assert entry.find(".//a").get("href") == target
        for question, found in loss_index.answers(name).items():
            assert {loss_index.css(question, one) for one in found} <= set(entry.classes)


def heights(name):
    """Return how high the curve beside a loss stands from its left to its right: 0 to 1."""
    entries = article(PAGE).cssselect(".loss-entry")
    entry = next(one for one in entries if one.find(".//code").text_content() == name)
    (curve,) = entry.cssselect("svg.loss-sketch polyline")
    down = np.array([float(point.split(",")[1]) for point in curve.get("points").split()])
    return (down.max() - down) / np.ptp(down)


@pytest.mark.parametrize(
    ("name", "low", "high", "loss"),
    [
        ("squared_error", -4, 4, lambda r: r**2),
        ("absolute_error", -4, 4, abs),
        ("hinge", -3, 3, lambda m: np.maximum(0, 1 - m)),
        ("exponential", -3, 3, lambda m: np.exp(-m)),
        ("poisson", -2, 2, lambda z: np.exp(z) - 2 * z),
    ],
)
def test_the_curve_beside_a_loss_is_that_of_its_formula(name, low, high, loss):
    drawn = heights(name)
    values = loss(np.linspace(low, high, len(drawn)))
    assert len(drawn) > 40
    assert np.abs(drawn - (values - values.min()) / np.ptp(values)).max() < 0.01


def test_every_loss_has_its_curve_in_the_color_of_the_text_and_hidden_from_screen_readers():
    entries = article(PAGE).cssselect(".loss-entry")
    curves = [entry.cssselect("svg.loss-sketch") for entry in entries]
    assert [len(found) for found in curves] == [1] * len(facts)
    assert {one.get("stroke") for (one,) in curves} == {"currentColor"}
    assert {one.get("aria-hidden") for (one,) in curves} == {"true"}


def test_the_form_keeps_what_fits_and_says_how_many(browser):
    chrome, address = browser
    with Visit(chrome) as one:
        one.open(address)
        page = one.page
        choices = page.locator(".loss-filter select")
        assert choices.count() == 6
        assert len(shown(page)) == len(facts)
        page.get_by_label("Labels").select_option("two classes")
        page.get_by_label("Proper").select_option("yes")
        expected = [
            name
            for name in facts
            if loss_index.labels(name) == "two classes"
            and facts[name].proper in ("yes", "strictly")
        ]
        assert shown(page) == expected
        assert page.locator(".loss-filter output").inner_text() == (
            f"{len(expected)} of {len(facts)} losses"
        )
        assert page.locator("h3:visible").count() == len({facts[n].family for n in expected})
        # The address keeps the answers: a link to it shows the same.
        kept = page.url
        one.open(address)
        one.open(kept)
        page.reload()
        assert shown(page) == expected
        page.get_by_text("Show all").click()
        page.wait_for_function("!location.hash")
        assert len(shown(page)) == len(facts)
        page.get_by_label("Library").select_option("torchvision")
        assert shown(page) == ["focal"]
        page.get_by_label("Convex").select_option("everywhere")
        assert shown(page) == []
        assert "any" in page.locator(".loss-filter output").inner_text()
        assert one.complaints == []


def test_without_javascript_it_is_a_list_and_has_no_form(browser):
    chrome, address = browser
    with Visit(chrome, java_script_enabled=False, color_scheme="dark") as one:
        one.page.goto(address)
        assert not one.page.locator(".loss-filter").is_visible()
        assert len(shown(one.page)) == len(facts)
        # Without a script nothing knows what the system prefers: the page is light, and whole.
        colors = "e => [getComputedStyle(e).color, getComputedStyle(document.body).backgroundColor]"
        text, ground = one.page.locator("article p").first.evaluate(colors)
        assert ground == "rgb(255, 255, 255)"
        assert text == "rgb(34, 40, 50)"


def test_a_card_fits_two_screens_of_a_phone(browser):
    chrome, address = browser
    with Visit(chrome, viewport={"width": 390, "height": 844}) as one:
        one.open(address.replace("/index.html", "/regression.html"))
        heights = one.page.locator("section > section").evaluate_all(
            "all => all.map(one => one.getBoundingClientRect().height)"
        )
        names = [name for name in facts if facts[name].family == "regression"]
        assert len(heights) == len(names)
        assert max(heights) <= 2 * 844


def test_the_guide_leads_from_what_is_predicted_to_each_card():
    folds = article("chapters/questions/which_loss").cssselect("details.sd-dropdown")
    guide = loss_index.guide(loss_index.Path(__file__).resolve().parents[2])
    titles = [fold.find("summary").text_content().strip() for fold in folds[: len(guide)]]
    assert titles == list(guide)
    links = [
        link.get("href") for fold in folds[: len(guide)] for link in fold.cssselect("a.internal")
    ]
    assert sorted(link.split("#")[1] for link in links) == sorted(
        name.replace("_", "-") for name in facts
    )

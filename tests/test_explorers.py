"""The frames figure: one button and one described picture for each choice."""

import base64

import matplotlib.pyplot as plt
import pytest
from bs4 import BeautifulSoup

from lossbook.explorers import Frames, svg


def draw(height):
    figure, ax = plt.subplots()
    ax.plot([0, 1], [0, height])
    return svg(figure), f"a line <up to> {height}"


@pytest.fixture
def frames():
    return Frames("Height & more", {str(height): draw(height) for height in (1, 2, 3)})


def chosen(frames):
    document = BeautifulSoup(frames._repr_html_(), "html.parser")
    buttons = document.find_all("input", type="radio", checked=True)
    return [button.find_parent("label").get_text() for button in buttons]


def test_each_choice_has_a_labelled_button(frames):
    document = BeautifulSoup(frames._repr_html_(), "html.parser")
    buttons = document.find_all("input", type="radio")
    assert len({button["name"] for button in buttons}) == 1
    texts = [button.find_parent("label").get_text() for button in buttons]
    assert texts == ["1", "2", "3"]
    assert document.find("fieldset").find("legend").get_text() == "Height & more"


@pytest.mark.parametrize(
    ("choices", "start", "shown", "ordered"),
    [
        ("0.1 0.9 1.01", None, "0.9", True),
        ("1 10 1,000 10,000", None, "1,000", True),
        ("-1e-3 2", None, "2", True),
        ("adam momentum", None, "adam", False),
        ("1 2 none", None, "1", False),
        ("0.1 0.9 1.01", "0.1", "0.1", True),
        ("adam momentum", "momentum", "momentum", False),
    ],
)
def test_numbers_start_in_the_middle_and_names_with_the_first(choices, start, shown, ordered):
    frames = Frames("Which", {choice: ("<svg/>", choice) for choice in choices.split()}, start)
    assert chosen(frames) == [shown]
    fieldset = BeautifulSoup(frames._repr_html_(), "html.parser").find("fieldset")
    assert fieldset.has_attr("data-ordered") == ordered


def test_a_start_that_is_no_choice_is_refused_and_named():
    with pytest.raises(ValueError, match="start is '3'; expected one of the choices 1, 2"):
        Frames("Which", {"1": ("", ""), "2": ("", "")}, start="3")


def test_each_picture_is_the_one_drawn_and_described(frames):
    document = BeautifulSoup(frames._repr_html_(), "html.parser")
    pictures = document.find_all("img")
    assert [picture["alt"] for picture in pictures] == [f"a line <up to> {h}" for h in (1, 2, 3)]
    for picture, (drawn, _) in zip(pictures, frames.frames.values()):
        assert base64.b64decode(picture["src"].partition(",")[2]).decode() == drawn


def test_the_rule_for_each_button_shows_its_own_picture(frames):
    text = frames._repr_html_()
    for n in (1, 2, 3):
        assert f"-{n}:checked) > img:nth-of-type({n})" in text


def test_two_figures_on_a_page_do_not_share_names(frames):
    first, second = (
        {tag["id"] for tag in BeautifulSoup(frames._repr_html_(), "html.parser").find_all(id=True)}
        for _ in range(2)
    )
    assert first.isdisjoint(second)


def test_the_same_drawing_gives_the_same_text_and_the_figure_is_closed():
    assert draw(1)[0] == draw(1)[0] != draw(2)[0]
    assert plt.get_fignums() == []


@pytest.mark.parametrize(
    ("width", "widest", "drawn"),
    [(6.4, 4.8, 4.8), (4.6, 4.8, 4.6), (8, None, 8)],
)
def test_a_wide_figure_is_drawn_narrower_and_its_letters_are_as_large(width, widest, drawn):
    def text_and_width(inches, limit):
        figure, ax = plt.subplots(figsize=(inches, 3))
        ax.set_xlabel("x")
        soup = BeautifulSoup(svg(figure, limit), "html.parser")
        return soup.find("g", id="text_1").find("g")["transform"], soup.find("svg")["width"]

    letters, points = text_and_width(width, widest)
    assert float(points.removesuffix("pt")) == pytest.approx(72 * drawn)
    scale = letters.split("scale")[1]
    assert scale == text_and_width(4.0, None)[0].split("scale")[1]

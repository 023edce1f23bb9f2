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


def test_each_choice_has_a_labelled_button_and_the_first_is_chosen(frames):
    document = BeautifulSoup(frames._repr_html_(), "html.parser")
    buttons = document.find_all("input", type="radio")
    assert len({button["name"] for button in buttons}) == 1
    assert [button.has_attr("checked") for button in buttons] == [True, False, False]
    texts = [button.find_parent("label").get_text() for button in buttons]
    assert texts == ["1", "2", "3"]
    assert document.find("fieldset").find("legend").get_text() == "Height & more"


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

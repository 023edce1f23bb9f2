"""Labels stand beside their lines, on nothing, and within the figure; the pixels are the judges."""

import warnings

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.colors import to_rgba_array
from matplotlib.mathtext import MathTextParser
from matplotlib.text import Text

from lossbook import plots
from lossbook.explorers import svg
from lossbook.labels import ink, label_lines

R = np.linspace(-4, 4, 401)


@pytest.fixture(autouse=True)
def style():
    with plt.rc_context(), warnings.catch_warnings():
        warnings.simplefilter("error")
        plots.use_style()
        # Without a ground, what is empty has no color at all.
        plt.rcParams.update({"figure.facecolor": "none", "axes.facecolor": "none"})
        yield
    plt.close("all")


def drawn(figure, monkeypatch):
    """Return what each text that is drawn says, with its color and its box in pixels."""
    found = []

    def draw(text, renderer):
        if text.get_visible() and text.get_text():
            found.append((text.get_text(), text.get_color(), text.get_window_extent(renderer)))
        original(text, renderer)

    original = Text.draw
    with monkeypatch.context() as patch:
        patch.setattr(Text, "draw", draw)
        figure.canvas.draw()
    return found


def label_boxes(ax, monkeypatch):
    """Return the box of each label of the axes."""
    names = ax.get_legend_handles_labels()[1]
    return {words: box for words, _, box in drawn(ax.figure, monkeypatch) if words in names}


def pixels(figure, ax):
    """Return the picture as RGBA without the labels, the layout as it is, rows from below."""
    figure.set_layout_engine("none")
    for artist in ax.artists:
        artist.set_visible(False)
    figure.canvas.draw()
    return np.asarray(figure.canvas.buffer_rgba())[::-1]


def crossing(ax):
    ax.plot(R, R, label="rising")
    ax.plot(R, -R, label="falling")
    ax.plot(R, 0 * R + 1, "--", label="level")


def meeting(ax):
    for power in range(1, 4):
        ax.plot(R, np.tanh(power * R / 4), label=f"power {power}")


def bundle(ax):
    for power in range(7):
        ax.plot([0, 1], [power, 0], label=f"from {power}")


def steep(ax):
    ax.plot(R, R**2, label="a parabola")
    ax.plot(R, abs(R), label="absolute")
    label_lines(ax)
    ax.set_ylim(0, 4)


def jumping(ax):
    ax.plot(R, np.sign(R), label="sign")
    ax.plot(R, np.where(R > 2, np.nan, R), label="with a gap")


def upright(ax):
    ax.hist(R, bins=7, color="0.8")
    ax.axvline(-1, color="C1", label="left")
    ax.axvline(1, color="C2", linestyle="--", label="right")
    ax.set_ylim(0, 90)


def clouds(ax):
    x = np.random.default_rng(0).normal(size=(2, 60))
    ax.plot(*x, "o", color="C0", label="left cloud")
    ax.scatter(x[0] + 9, x[1], color="C1", label="right cloud")
    ax.scatter([4], [4], color="C2")
    ax.text(4, -2, "a remark")


def bars_and_band(ax):
    ax.bar([0, 1, 2], [3, 1, 2], color="C0", label="bars")
    ax.fill_between([3, 5], [1, 2], [2, 4], color="C1", label="band")
    ax.set_ylim(0, 5)


def logarithmic(ax):
    label_lines(ax)
    ax.plot(np.arange(1, 900), 0.98 ** np.arange(1, 900), label="fast")
    ax.plot(np.arange(1, 900), 0.99 ** np.arange(1, 900), ":", label="slow")
    ax.set(xscale="log", yscale="log", ylim=(1e-6, 10))


PICTURES = [
    crossing, meeting, bundle, steep, jumping, upright, clouds, bars_and_band, logarithmic
]  # fmt: skip


@pytest.mark.parametrize("picture", PICTURES)
def test_each_label_is_on_nothing_near_its_line_and_in_the_figure(picture, monkeypatch):
    figure, ax = plt.subplots()
    picture(ax)
    label_lines(ax)
    boxes = label_boxes(ax, monkeypatch)
    handles, names = ax.get_legend_handles_labels()
    assert boxes.keys() == set(names)
    size = figure.bbox.size
    for name, box in boxes.items():
        assert (box.min >= 0).all(), name
        assert (box.max <= size).all(), name
        for other in boxes:
            assert other == name or not box.overlaps(boxes[other])
    image = pixels(figure, ax)
    for name, box in boxes.items():
        (left, low), (right, high) = np.floor(box.min).astype(int), np.ceil(box.max).astype(int)
        assert (image[low:high, left:right, 3] == 0).all(), name
    for handle, name in zip(handles, names):
        rows, columns = np.nonzero((image == color_of(handle)).all(axis=2))
        beyond = np.stack([columns, rows]) - np.reshape(
            boxes[name].get_points().mean(axis=0), (2, 1)
        )
        beyond = np.maximum(abs(beyond) - np.reshape(boxes[name].size, (2, 1)) / 2, 0)
        assert np.hypot(*beyond).min() < 26 * figure.dpi / 72, name


def color_of(handle):
    """Return the color in which a line, a cloud, bars or a band are drawn, as a pixel has it."""
    part = handle[0] if isinstance(handle, tuple) else handle
    color = part.get_color() if isinstance(part, plt.Line2D) else part.get_facecolor()
    return np.round(255 * to_rgba_array(color)[0])


def test_lines_that_end_apart_have_their_labels_at_their_ends(monkeypatch):
    _, ax = plt.subplots()
    plots.curves(ax, R, {"up": R, "down": -R}, "x", "y")
    boxes = label_boxes(ax, monkeypatch)
    for name, height in (("up", 4), ("down", -4)):
        x, y = ax.transData.transform([4, height])
        assert 0 < boxes[name].x0 - x < 10 * ax.figure.dpi / 72
        assert boxes[name].y0 < y < boxes[name].y1


def test_a_dashed_line_that_ends_in_a_gap_has_its_label_where_the_solid_one_has(monkeypatch):
    _, ax = plt.subplots()
    ax.plot(R, R, label="solid")
    ax.plot(R, -R, linestyle=(0, (1, 4)), label="dashed")
    label_lines(ax)
    boxes = label_boxes(ax, monkeypatch)
    assert abs(boxes["solid"].x0 - boxes["dashed"].x0) < 2 * ax.figure.dpi / 72


def test_a_label_goes_with_limits_and_scales_that_are_set_later(monkeypatch):
    _, ax = plt.subplots()
    plots.curves(ax, [1, 100], {"line": [1, 100]}, "x", "y")
    label_boxes(ax, monkeypatch)
    ax.set(yscale="log", ylim=(0.01, 1e6))
    box = label_boxes(ax, monkeypatch)["line"]
    height = ax.transData.transform([100, 100])[1]
    assert box.y0 < height < box.y1


def test_a_label_is_written_once_however_often_it_is_asked_for(monkeypatch):
    figure, ax = plt.subplots()
    ax.plot(R, R, label="line")
    assert label_lines(label_lines(ax)) is ax
    assert [words for words, *_ in drawn(figure, monkeypatch)].count("line") == 1


def test_without_a_label_nothing_is_written(monkeypatch):
    figure, ax = plt.subplots()
    ax.plot(R, R)
    before = drawn(figure, monkeypatch)
    label_lines(ax)
    assert len(drawn(figure, monkeypatch)) == len(before)


def test_without_a_layout_that_makes_room_a_label_stays_in_the_figure(monkeypatch):
    figure, ax = plt.subplots(layout="none")
    ax.plot(R, R, label="some line")
    label_lines(ax)
    assert label_boxes(ax, monkeypatch)["some line"].x1 < figure.bbox.x1


def test_of_two_lines_side_by_side_each_has_its_label_on_its_own_side(monkeypatch):
    _, ax = plt.subplots()
    places = {"left": 0, "right": 0.02}
    for name, x in places.items():
        ax.axvline(x, label=name)
    label_lines(ax)
    ax.set_xlim(-1, 1)
    boxes = label_boxes(ax, monkeypatch)
    assert boxes["left"].x1 < ax.transData.transform([0, 0])[0]
    assert boxes["right"].x0 > ax.transData.transform([0.02, 0])[0]


def test_a_label_on_contours_has_a_white_ground():
    figure, ax = plt.subplots()
    ax.contour(np.add.outer(R, R))
    ax.plot(200, 200, "*", color="C2", label="end")
    label_lines(ax)
    figure.canvas.draw()
    image = np.asarray(figure.canvas.buffer_rgba())
    assert ((image[..., :3] == 255).all(axis=2) & (image[..., 3] > 150)).sum() > 100


@pytest.mark.parametrize(
    "spoil",
    [
        lambda ax: ax.set_ylim(10, 11),
        lambda ax: ax.plot(R, np.add.outer(R, np.linspace(-8, 8, 99)), "k"),
    ],
)
def test_a_label_without_a_free_place_is_a_warning(spoil):
    figure, ax = plt.subplots()
    ax.plot(R / 2, 0 * R, label="the line")
    label_lines(ax)
    if (lines := spoil(ax)) and len(lines) > 2:
        ax.set_ylim(-2, 2)
    with pytest.warns(UserWarning, match="no free place for the label 'the line'"):
        figure.canvas.draw()


def contrast(color):
    """Return the contrast of a color with white, as WCAG 2.2 defines it."""
    rgb = np.array(to_rgba_array(color)[0, :3])
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    return 1.05 / (linear @ [0.2126, 0.7152, 0.0722] + 0.05)


@pytest.mark.parametrize("color", [*plots.COLORS, "0.35", "0.5", "0.7", "white", "yellow", "C0"])
def test_a_label_can_be_read_on_white(color):
    assert contrast(ink(color)) >= 4.5


@pytest.mark.parametrize("color", ["black", plots.COLORS[0]])
def test_a_color_that_is_dark_enough_stays(color):
    np.testing.assert_array_equal(ink(color), to_rgba_array(color)[0, :3])


def test_what_one_figure_has_parsed_no_other_parses_again():
    def drawn():
        figure, ax = plt.subplots()
        ax.set(yscale="log", ylim=(1e-3, 1), xlabel=r"$\theta_{271}$")
        return svg(figure), MathTextParser._parse_cached.cache_info().misses

    with plt.rc_context():
        plots.use_style()
        before = MathTextParser._parse_cached.cache_info().misses
        (first, parsed), (second, parsed_again) = drawn(), drawn()
    assert before < parsed == parsed_again
    assert first == second


def test_what_was_parsed_for_lines_is_not_taken_for_pixels():
    plots.use_style()
    assert MathTextParser("path") != MathTextParser("agg")

"""The figures draw what they are given: data, labels, heights and paths can be read back."""

import io

import matplotlib.pyplot as plt
import numpy as np
import pytest

from lossbook import minimize, plots
from lossbook.losses import absolute_error, huber, squared_error
from lossbook.optimizers import GradientDescent


@pytest.fixture
def ax():
    figure, ax = plt.subplots()
    yield ax
    plt.close(figure)


def bowl(x):
    return float(x @ x), 2 * x


def labels(ax):
    """Return the labels that stand beside the lines when the axes are drawn."""
    return ax.get_legend_handles_labels()[1] if ax.artists else []


def test_points_are_drawn_where_they_are_and_marked_ones_as_crosses(ax):
    assert plots.points(ax, [[1.0], [2.0], [3.0]], [4, 5, 6], "x", "y (m)", marked=[1]) is ax
    dots, crosses = ax.lines
    np.testing.assert_array_equal(dots.get_xydata(), [[1, 4], [3, 6]])
    np.testing.assert_array_equal(crosses.get_xydata(), [[2, 5]])
    assert (dots.get_marker(), crosses.get_marker()) == ("o", "x")
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("x", "y (m)")


def test_lines_span_the_data_and_differ_in_color_and_dash(ax):
    plots.lines(ax, [0.0, 2.0, 1.0], {"a": (1, 2), "b": (0, -1)})
    first, second = ax.lines
    np.testing.assert_array_equal(first.get_xydata(), [[0, 1], [2, 5]])
    np.testing.assert_array_equal(second.get_xydata(), [[0, 0], [2, -2]])
    assert first.get_color() != second.get_color()
    assert first.get_linestyle() != second.get_linestyle()
    assert labels(ax) == ["a", "b"]


def test_a_loss_and_its_gradient_are_the_packages(ax):
    r = np.linspace(-2, 2, 9)
    plots.loss_and_gradient(ax, huber, r, delta=0.5)
    values, gradients = huber(r, np.zeros(9), delta=0.5)
    np.testing.assert_array_equal(ax.lines[0].get_ydata(), values)
    np.testing.assert_array_equal(ax.lines[1].get_ydata(), gradients)


def test_losses_are_drawn_over_residuals(ax):
    r = np.linspace(-2, 2, 9)
    plots.losses(ax, r, {"squared": squared_error, "absolute": absolute_error})
    np.testing.assert_array_equal(ax.lines[0].get_ydata(), r**2)
    np.testing.assert_array_equal(ax.lines[1].get_ydata(), abs(r))
    assert labels(ax) == ["squared", "absolute"]


def test_loss_curves_are_the_values_of_the_runs_on_a_logarithmic_axis(ax):
    run = minimize(bowl, [1.0, 1.0], GradientDescent(0.1), max_steps=5)
    plots.loss_curves(ax, {"slow": run})
    np.testing.assert_array_equal(ax.lines[0].get_ydata(), run.values)
    assert ax.get_yscale() == "log"


def test_the_contours_surround_the_lowest_point_and_the_path_is_the_one_given(ax):
    path = np.array([[1.0, 1.0], [0.5, 0.2], [0.0, 0.0]])
    plots.contour_with_path(ax, bowl, path, (-2, 2), (-1, 3))
    np.testing.assert_array_equal(ax.lines[0].get_xydata(), path)
    np.testing.assert_array_equal(ax.lines[1].get_xydata(), path[:1])
    np.testing.assert_array_equal(ax.lines[2].get_xydata(), path[-1:])
    (contours,) = ax.collections
    for level, curve in zip(contours.levels, contours.get_paths()):
        if len(curve.vertices):
            heights = (curve.vertices**2).sum(axis=1)
            np.testing.assert_allclose(heights, level, atol=0.02)
    assert (ax.get_xlim(), ax.get_ylim()) == ((-2, 2), (-1, 3))


def test_residuals_are_upright_lines_from_prediction_to_target(ax):
    plots.residuals(ax, [1, 0], [5.0, 2.0], [4.0, 3.0], "x", "y")
    segments = ax.collections[0].get_segments()
    np.testing.assert_array_equal(segments, [[[1, 4], [1, 5]], [[0, 3], [0, 2]]])


RUN = minimize(bowl, [1.0, 1.0], GradientDescent(0.1), max_steps=5)
R = np.linspace(-2, 2, 9)
FIGURES = {
    "points": lambda ax: plots.points(ax, R, R, "x", "y"),
    "curves": lambda ax: plots.curves(ax, R, {"square": R**2}, "x", "y"),
    "loss_and_gradient": lambda ax: plots.loss_and_gradient(ax, huber, R),
    "losses": lambda ax: plots.losses(ax, R, {"squared": squared_error}),
    "loss_curves": lambda ax: plots.loss_curves(ax, {"run": RUN}),
    "contour_with_path": lambda ax: plots.contour_with_path(ax, bowl, RUN.path, (-2, 2), (-2, 2)),
    "residuals": lambda ax: plots.residuals(ax, R, R, 0 * R, "x", "y"),
    # Drawn over points, whose labels stay.
    "lines": lambda ax: plots.lines(plots.points(ax, R, R, "x", "y"), R, {"line": (0, 1)}),
}


def test_every_figure_is_tried():
    here = {name: getattr(f, "__module__", "") for name, f in vars(plots).items()}
    functions = {name for name, module in here.items() if module == plots.__name__}
    assert functions == FIGURES.keys() | {"use_style"}


@pytest.mark.parametrize("name", FIGURES)
def test_a_figure_returns_the_axes_it_was_given_with_both_labelled(name, ax):
    assert FIGURES[name](ax) is ax
    assert ax.get_xlabel()
    assert ax.get_ylabel()


def luminance(color):
    """Return the relative luminance of a color, as WCAG 2.2 defines it."""
    channels = np.array([int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
    return float(linear @ [0.2126, 0.7152, 0.0722])


def test_the_first_three_colors_differ_in_grey_or_in_dash():
    pairs = [(0, 1), (0, 2), (1, 2)]
    for i, j in pairs:
        bright, dark = sorted((luminance(plots.COLORS[i]), luminance(plots.COLORS[j])))[::-1]
        assert (bright + 0.05) / (dark + 0.05) > 1.2 or plots.DASHES[i] != plots.DASHES[j]
    assert len(set(plots.DASHES)) == len(plots.DASHES)


def test_a_figure_brings_its_white_ground_with_it():
    """Black words on nothing cannot be read in a notebook program in a dark style."""
    with plt.rc_context({"savefig.transparent": True, "figure.facecolor": "none"}):
        plots.use_style()
        figure, buffer = plt.figure(figsize=(1, 1)), io.BytesIO()
        figure.savefig(buffer)
        plt.close(figure)
    assert (plt.imread(io.BytesIO(buffer.getvalue())) == 1).all()


def test_the_text_of_a_figure_can_be_read_on_a_phone():
    with plt.rc_context():
        plots.use_style()
        inches = plt.rcParams["figure.figsize"][0]
        # On a screen of 390 pixels a figure is 358 wide; a point is a 72nd of an inch.
        pixels = {
            name: plt.rcParams[name] / 72 * 358 / inches for name in ("font.size", "axes.labelsize")
        }
    assert min(pixels.values()) > 11

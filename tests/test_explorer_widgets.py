"""The explorers' Python side: what is least, the state, what a page and a notebook get."""

import functools
import html
import json
import re
import subprocess
import sys

import matplotlib.pyplot as plt
import numpy as np
import pytest
import scipy.optimize
import traitlets
from bs4 import BeautifulSoup

from lossbook import explorers, losses, optimizers
from lossbook.explorers import descent, elicitation, fits, line_fitting, loss, widget

EXPLORERS = [getattr(explorers, name) for name in explorers.__all__ if name.endswith("Explorer")]


@pytest.fixture(params=EXPLORERS, ids=lambda explorer: explorer.name)
def explorer(request):
    return request.param()


# What is least


DRAW = np.random.default_rng(3)
TARGETS = DRAW.normal(size=11)
WEIGHTS = DRAW.uniform(0.5, 2, size=11)


def test_the_constant_of_the_squared_error_is_the_weighted_mean():
    expected = np.average(TARGETS, weights=WEIGHTS)
    assert fits.constant(losses.squared_error, TARGETS, WEIGHTS) == pytest.approx(expected, 1e-12)


def test_the_constant_of_the_absolute_error_is_the_median():
    assert fits.constant(losses.absolute_error, TARGETS) == pytest.approx(np.median(TARGETS), 1e-12)
    assert fits.constant(losses.absolute_error, [0.0, 1.0, 5.0, 9.0]) == pytest.approx(3, abs=1e-12)


@pytest.mark.parametrize("quantile", [0.15, 0.5, 0.8])
def test_the_constant_of_the_pinball_loss_is_the_quantile(quantile):
    expected = np.quantile(TARGETS, quantile, method="inverted_cdf")
    found = fits.constant(losses.pinball, TARGETS, quantile=quantile)
    assert found == pytest.approx(expected, 1e-12)


def test_the_constant_of_a_loss_with_two_valleys_is_in_the_deeper_one():
    targets = [-8.0, -7.5, -7.0, 6.0, 6.5, 7.2, 7.3]
    found = fits.constant(losses.tukey_biweight, targets, c=2.0)
    best = scipy.optimize.minimize_scalar(
        lambda c: losses.tukey_biweight(np.full(7, c), targets, c=2.0)[0].mean(),
        bounds=(5, 8), method="bounded", options={"xatol": 1e-10},
    )  # fmt: skip
    assert found == pytest.approx(best.x, abs=1e-6)


def test_the_constant_of_one_number_is_that_number():
    assert fits.constant(losses.huber, [2.5, 2.5]) == 2.5


def cloud(seed):
    draw = np.random.default_rng(seed)
    x, y = draw.uniform(0, 2, 8), draw.normal(size=8)
    y[-2:] += 8
    return x, y


@pytest.mark.parametrize("seed", range(4))
def test_the_squared_line_is_numpys(seed):
    x, y = cloud(seed)
    np.testing.assert_allclose(fits.squared_line(x, y), np.polyfit(x, y, 1)[::-1], rtol=1e-10)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("quantile", [0.5, 0.8])
def test_the_quantile_line_is_that_of_linear_programming(seed, quantile):
    x, y = cloud(seed)
    n = len(x)
    # Residuals above and below, q and 1 − q their prices: Koenker and Bassett's program.
    costs = [0, 0, *[quantile] * n, *[1 - quantile] * n]
    equal = np.column_stack([np.ones(n), x, np.eye(n), -np.eye(n)])
    bounds = [(None, None)] * 2 + [(0, None)] * 2 * n
    best = scipy.optimize.linprog(costs, A_eq=equal, b_eq=y, bounds=bounds)
    intercept, slope = fits.vertex_line(losses.pinball, x, y, quantile=quantile)
    cost = losses.pinball(intercept + slope * x, y, quantile=quantile)[0].sum()
    assert cost == pytest.approx(best.fun, 1e-9)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("delta", [0.3, 1.2, 100.0])
def test_the_pulls_on_hubers_line_balance(seed, delta):
    x, y = cloud(seed)
    intercept, slope = fits.huber_line(x, y, delta)
    pulls = np.clip(intercept + slope * x - y, -delta, delta)
    np.testing.assert_allclose([pulls.sum(), pulls @ x], 0, atol=1e-9 * delta * len(x))
    if delta == 100.0:  # Nothing is clipped.
        assert slope == pytest.approx(fits.squared_line(x, y)[1], 1e-9)


def test_points_above_one_x_get_a_level_line():
    x, y = np.full(3, -0.1), np.array([1.0, 2.0, 6.0])
    assert x.mean() != -0.1
    found = fits.lines(x, y, delta=0.5, quantile=0.5)
    assert [slope for _, slope in found.values()] == [0, 0, 0, 0]
    assert found["squared_error"][0] == pytest.approx(3)
    assert found["absolute_error"][0] == found["pinball"][0] == 2
    assert found["huber"][0] == pytest.approx(2)


# Each explorer


def test_the_loss_explorer_shows_what_an_outlier_does():
    explorer = explorers.LossExplorer(losses=["squared_error", "absolute_error"])
    before = explorer.constants
    explorer.outlier = 1000.0
    moved = {name: explorer.constants[name] - before[name] for name in before}
    assert moved["squared_error"] == pytest.approx((1000 - 12) / 7)
    assert moved["absolute_error"] == 0
    assert explorer.values == {"squared_error": 4.0, "absolute_error": 2.0}
    assert explorer.gradients == {"squared_error": 4.0, "absolute_error": 1.0}


def test_settings_reach_the_loss():
    explorer = explorers.LossExplorer(losses=["huber"], settings={"huber": 0.5}, residual=3.0)
    assert explorer.gradients == {"huber": 0.5}


def test_a_surface_brings_its_start_and_learning_rate_unless_told():
    explorer = explorers.DescentExplorer("himmelblau")
    assert (explorer.start, explorer.learning_rate) == ((-0.5, -1.0), 0.01)
    explorer = explorers.DescentExplorer("himmelblau", start=(1.0, 1.0))
    assert (explorer.start, explorer.learning_rate) == ((1.0, 1.0), 0.01)


def test_a_start_that_is_set_gives_another_path():
    explorer = explorers.DescentExplorer("quadratic", condition=4, learning_rate=0.25, steps=3)
    explorer.start = [2, 1]
    np.testing.assert_allclose(explorer.path, [[2, 1], [1.5, 0], [1.125, 0], [0.84375, 0]])
    assert explorer.history.steps == 3


@pytest.mark.parametrize("surface", descent.SURFACES)
def test_the_gradient_vanishes_at_the_places_that_are_marked(surface):
    objective = explorers.DescentExplorer(surface).objective
    for place in descent.SURFACES[surface].minima:
        np.testing.assert_allclose(objective(place)[1], 0, atol=1e-9)


@pytest.mark.parametrize(
    ("surface", "curvature"),
    [
        ("quadratic", 10.0),
        ("rosenbrock", 501 + np.sqrt(501**2 - 400)),
        ("himmelblau", 54 + np.sqrt(20**2 + 20**2)),
        ("saddle", 2.0),
    ],
)
def test_the_largest_curvature_is_that_of_the_hessian(surface, curvature):
    start = (3.0, 2.0) if surface == "himmelblau" else (0.9, 0.9)
    explorer = explorers.DescentExplorer(surface, start=start, steps=0)
    assert explorer.curvature == pytest.approx(curvature, 1e-9)


@pytest.mark.parametrize("optimizer", ["gradient_descent", "momentum", "nesterov"])
@pytest.mark.parametrize("momentum", [0.0, 0.3, 0.9])
def test_descent_settles_below_the_threshold_and_leaves_above_it(optimizer, momentum):
    explorer = explorers.DescentExplorer(
        "quadratic", optimizer=optimizer, momentum=momentum, condition=10, start=(0.0, 1.0)
    )
    limit = explorer.threshold
    explorer.steps = 3000
    explorer.learning_rate = 0.99 * limit
    assert explorer.history.values[-1] < 1e-6
    explorer.learning_rate = 1.01 * limit
    assert not explorer.history.values[-1] < 1e3


@pytest.mark.parametrize("optimizer", ["adagrad", "rmsprop", "adam"])
def test_optimizers_that_adapt_have_no_threshold(optimizer):
    explorer = explorers.DescentExplorer(optimizer=optimizer)
    assert explorer.threshold is None
    assert "no fixed rate" in repr(explorer)


def test_optimizers_are_those_of_the_package():
    made = {name: make(0.5, 0.25) for name, make in descent.OPTIMIZERS.items()}
    assert made == {
        "gradient_descent": optimizers.GradientDescent(0.5),
        "momentum": optimizers.GradientDescent(0.5, momentum=0.25),
        "nesterov": optimizers.GradientDescent(0.5, momentum=0.25, nesterov=True),
        "adagrad": optimizers.AdaGrad(0.5),
        "rmsprop": optimizers.RMSProp(0.5),
        "adam": optimizers.Adam(0.5),
    }


def test_lines_go_through_the_points_of_the_explorer():
    explorer = explorers.LineFittingExplorer(points=[(0, 1), (1, 3), (2, 5)], line=(1.0, 2.0))
    np.testing.assert_allclose(list(explorer.lines.values()), [[1, 2]] * 4, atol=1e-12)
    np.testing.assert_allclose(list(explorer.gradients.values()), 0, atol=1e-12)


def test_the_gradients_are_the_slopes_of_the_risk():
    explorer = explorers.LineFittingExplorer(line=(2.0, 1.0))
    x, y = np.transpose(line_fitting.POINTS)
    residuals = 2 + x - y
    expected = [2 * residuals.mean(), 2 * (residuals * x).mean()]
    np.testing.assert_allclose(explorer.gradients["squared_error"], expected)
    above = np.where(residuals > 0, 0.2, -0.8)
    expected = [above.mean(), (above * x).mean()]
    np.testing.assert_allclose(explorer.gradients["pinball"], expected)


@pytest.mark.parametrize("distribution", elicitation.DISTRIBUTIONS)
def test_each_loss_elicits_its_functional(distribution):
    explorer = explorers.ElicitationExplorer(distribution=distribution, loss="squared_error")
    p, y = explorer.probabilities, elicitation.OUTCOMES
    assert p.sum() == pytest.approx(1)
    assert explorer.minimizer == pytest.approx(p @ y, 1e-9)
    explorer.loss = "absolute_error"
    # The first outcome at which half of the probability is reached.
    assert explorer.minimizer == pytest.approx(
        y[np.searchsorted(p.cumsum(), 0.5 - 1e-12)], abs=1e-9
    )
    explorer.loss, explorer.setting = "pinball", 0.83
    assert explorer.minimizer == pytest.approx(y[np.searchsorted(p.cumsum(), 0.83)], abs=1e-9)
    explorer.loss = "expectile"
    below = p @ np.maximum(explorer.minimizer - y, 0)
    above = p @ np.maximum(y - explorer.minimizer, 0)
    assert 0.17 * below == pytest.approx(0.83 * above, 1e-8)
    explorer.loss, explorer.setting = "huber", 1000.0
    assert explorer.minimizer == pytest.approx(p @ y, 1e-9)


def test_a_setting_that_does_not_fit_the_loss_is_refused():
    explorer = explorers.ElicitationExplorer(loss="huber", setting=3.0)
    explorer.loss = "squared_error"
    explorer.setting = 2.0
    explorer.loss, explorer.setting = "pinball", 0.25
    with pytest.raises(traitlets.TraitError, match=r"setting is 2\.0; for the pinball"):
        explorer.setting = 2.0
    assert explorer.setting == 0.25


def test_the_classification_explorer_goes_from_logit_to_probability():
    explorer = explorers.ClassificationExplorer(logit=1.5, temperature=0.5)
    assert explorer.probability == pytest.approx(1 / (1 + np.exp(-3)), 1e-12)


def test_the_softmax_explorer_divides_the_logits_by_the_temperature():
    explorer = explorers.SoftmaxExplorer(temperature=0.5)
    powers = np.exp(np.array(explorer.logits) / 0.5)
    np.testing.assert_allclose(explorer.probabilities, powers / powers.sum(), rtol=1e-12)


def test_the_gradients_are_by_the_logit_before_the_temperature():
    explorer = explorers.ClassificationExplorer(temperature=2.0, label_smoothing=0.1)
    h = 1e-6
    for values, gradients in explorer.binary([-1.2]).values():
        (name,) = [n for n, pair in explorer.binary([-1.2]).items() if pair[0] == values]
        up, down = (explorer.binary([-1.2 + e])[name][0][0] for e in (h, -h))
        assert gradients[0] == pytest.approx((up - down) / (2 * h), abs=1e-8)
    explorer = explorers.SoftmaxExplorer(temperature=2.0, label_smoothing=0.1)
    value, gradient = explorer.cross_entropy
    smoothed = np.array([0.1 / 3, 0.9 + 0.1 / 3, 0.1 / 3])
    assert value == pytest.approx(-(smoothed * np.log(explorer.probabilities)).sum(), 1e-12)
    np.testing.assert_allclose(gradient, (explorer.probabilities - smoothed) / 2, atol=1e-15)


def test_the_best_guesses_are_mean_and_median_and_the_slope_is_that_of_the_risk():
    explorer = explorers.OneNumberExplorer(guess=2.5)
    numbers = [1.35, 1.49, 1.61, 2.12, 11.9]
    assert explorer.best["squared_error"] == pytest.approx(np.mean(numbers), 1e-12)
    assert explorer.best["absolute_error"] == pytest.approx(np.median(numbers), 1e-12)
    # The page finds it on a grid of hundredths.
    assert explorer.best["huber"] == pytest.approx(1.89, abs=0.005)
    value, slope = explorer.risk(2.5)
    assert value == pytest.approx(np.mean((2.5 - np.array(numbers)) ** 2), 1e-12)
    assert slope == pytest.approx(2 * (2.5 - np.mean(numbers)), 1e-12)


@pytest.mark.parametrize(
    ("product", "momentum", "regime"),
    [
        (0.05, 0.3, "creeps"), (1.1, 0.64, "swings"), (1.8, 0.04, "jumps across"),
        (2.1, 0.04, "diverges"), (3.9, 0.96, "swings"), (4.0, 0.5, "diverges"),
        (1.9, 0.0, "jumps across"),
    ],
)  # fmt: skip
def test_the_error_goes_down_as_its_regime_says(product, momentum, regime):
    explorer = explorers.DampingExplorer(product=product, momentum=momentum)
    assert explorer.regime == regime
    errors = explorer.errors(400)
    signs = np.sign(errors[20:60])
    turns = np.mean(signs[1:] != signs[:-1])
    assert (np.abs(errors[-1]) < 1e-3) == (regime != "diverges")
    if regime == "creeps":
        assert turns == 0
    elif regime in ("swings", "diverges"):
        assert turns > 0
    else:
        assert turns == 1
    late = np.abs(errors[100:200])
    if late.min() > 0 and regime != "swings":
        assert (late[-1] / late[0]) ** (1 / 99) == pytest.approx(explorer.factor, rel=1e-3)


# Bad input


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: explorers.DescentExplorer("banana"), "surface"),
        (lambda: explorers.DescentExplorer(learning_rate=-1.0), "learning_rate is -1.0; expected"),
        (lambda: explorers.DescentExplorer(learning_rate=float("nan")), "learning_rate is nan"),
        (lambda: explorers.DescentExplorer(start=(0.0, float("inf"))), "is inf; expected a number"),
        (lambda: explorers.DescentExplorer(steps=10_001), "steps"),
        (lambda: explorers.DescentExplorer(momentum=1.0), "momentum is 1.0; expected a number"),
        (lambda: explorers.LossExplorer(losses=[]), "losses"),
        (lambda: explorers.LossExplorer(losses=["hinge"]), "hinge"),
        (lambda: explorers.LossExplorer(residual="three"), "residual"),
        (lambda: explorers.LineFittingExplorer(points=[(0, 0)]), "points"),
        (lambda: explorers.SoftmaxExplorer(logits=[1.0, 2.0]), "logits"),
        (lambda: explorers.DampingExplorer(momentum=1.0), "momentum is 1.0; expected a number"),
        (lambda: explorers.OneNumberExplorer(numbers=[1.0]), "numbers"),
        (lambda: explorers.ElicitationExplorer(guess=11.0), "guess is 11.0; expected"),
    ],
)
def test_nonsense_is_refused_and_named(make, message):
    with pytest.raises(traitlets.TraitError, match=re.escape(message)):
        make()


def test_a_descent_that_diverges_says_so_and_keeps_the_finite_points():
    explorer = explorers.DescentExplorer("rosenbrock", learning_rate=1.0, steps=10_000)
    assert np.isfinite(explorer.path).all()
    assert "diverged at step" in explorer.history.reason
    assert "nan" not in repr(explorer).lower()


# What a page and a notebook get


def test_the_state_is_synchronized_and_complete(explorer):
    assert set(explorer.own_state) <= set(explorer.keys)
    assert explorer.state == {name: getattr(explorer, name) for name in explorer.own_state}
    own = vars(EXPLORERS[[c.name for c in EXPLORERS].index(explorer.name)])
    traits = {name for name, trait in own.items() if isinstance(trait, traitlets.TraitType)}
    assert traits - {"caption"} == set(explorer.own_state)


def test_what_the_reader_does_reaches_python():
    explorer = explorers.DescentExplorer("quadratic", condition=4, learning_rate=0.25, steps=1)
    explorer.set_state({"start": [1.0, 2.0], "steps": 2})  # as the script's message does
    np.testing.assert_allclose(explorer.path, [[1, 2], [0.75, 0], [0.5625, 0]])
    lines = explorers.LineFittingExplorer()
    lines.set_state({"points": [[0, 1], [1, 3]]})
    assert lines.lines["squared_error"] == pytest.approx((1, 2))


def test_the_text_carries_state_and_results(explorer):
    text = repr(explorer)
    assert text.startswith(type(explorer).__name__)
    for name, value in explorer.state.items():
        assert f"{name} = {value}" in text
    for name, value in explorer.results().items():
        assert f"{name}: {value}" in text


@functools.cache
def shown(kind):
    """Return an explorer, what a notebook gets of it, and whether style and figures stayed."""
    explorer, before = kind(), dict(plt.rcParams)
    data, _ = explorer._repr_mimebundle_()
    return explorer, data, dict(plt.rcParams) == before and plt.get_fignums() == []


every_kind = pytest.mark.parametrize("kind", EXPLORERS, ids=lambda explorer: explorer.name)


@every_kind
def test_a_notebook_gets_the_widget_and_a_page_the_figure(kind):
    explorer, data, _ = shown(kind)
    assert data["application/vnd.jupyter.widget-view+json"]["model_id"] == explorer.model_id
    assert data["text/plain"] == repr(explorer)
    figure = BeautifulSoup(data["text/html"], "html.parser").find("figure")
    assert figure["data-explorer"] == explorer.name
    assert json.loads(figure["data-state"]) == json.loads(json.dumps(explorer.state))
    assert figure.find("figcaption").get_text() == explorer.caption
    assert figure.find("img")["src"].startswith("data:image/svg+xml;base64,")
    assert len(figure.find("img")["alt"]) > 40
    assert figure.find("script") is None
    assert figure.find(style=True) is None


@every_kind
def test_the_picture_leaves_style_and_figures_as_they_were(kind):
    explorer, data, stayed = shown(kind)
    before = dict(plt.rcParams)
    assert explorer._figure() == data["text/html"]
    assert stayed
    assert dict(plt.rcParams) == before
    assert plt.get_fignums() == []


@pytest.mark.parametrize(
    "explorer",
    [
        explorers.DescentExplorer("saddle", steps=60),
        explorers.DescentExplorer("calls"),
        explorers.LineFittingExplorer(points=[(0, 1), (1, 3), (2, 5)], line=(1.0, 2.0)),
    ],
    ids=["values below 0", "parameters", "no gradient"],
)
def test_other_states_have_a_picture_too(explorer):
    assert "base64" in explorer._figure()


def test_quotes_and_signs_in_the_state_are_escaped():
    class Quoting(explorers.LossExplorer):
        def results(self):
            return {"x": '<a> & "b"'}

    figure = BeautifulSoup(Quoting()._figure(), "html.parser").find("figure")
    assert figure.find("img")["alt"] == 'x: <a> & "b"'
    assert html.unescape(str(figure["data-state"])) == json.dumps(Quoting().state)


def test_scripts_need_no_policy_but_the_sites_own(explorer):
    script = widget.classic_script(explorer.name)
    for forbidden in (
        "eval(",
        "new Function",
        "innerHTML",
        "import(",
        "http://",
        ".style.",
        "style:",
    ):
        assert forbidden not in script.replace("http://www.w3.org/", ""), forbidden
    assert re.findall(r"^(?:import|export)\b", script, re.MULTILINE) == []
    assert "animation" not in widget.STYLE
    assert "transition" not in widget.STYLE


def test_the_notebooks_module_has_one_default_and_no_import(explorer):
    source = explorer._esm
    assert source == widget.module(explorer.name)
    assert re.findall(r"^import\b", source, re.MULTILINE) == []
    assert source.count("export default") == 1


def test_a_subclass_without_a_name_of_its_own_keeps_the_script():
    class Renamed(explorers.LossExplorer):
        pass

    assert Renamed()._esm == explorers.LossExplorer()._esm


def test_the_base_says_what_a_subclass_must_have():
    base = widget.Explorer.__new__(widget.Explorer)
    for method in (base.results, base.draw):
        with pytest.raises(NotImplementedError):
            method()


def test_the_package_imports_neither_widgets_nor_matplotlib():
    script = "import sys, lossbook; print({'anywidget', 'matplotlib'} & sys.modules.keys())"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert done.stdout == "set()\n"


def test_loss_names_are_those_of_the_package():
    for name in loss.LOSSES:
        function, keywords = loss.with_setting(name)
        assert function is getattr(losses, name)
        assert len(function([1.0], [0.0], **keywords)) == 2

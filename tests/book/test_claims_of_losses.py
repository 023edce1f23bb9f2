"""What three pages say about losses in general holds for every loss that they say it of."""

import re

import nbformat
import numpy as np
import pytest

from lossbook import losses
from tools.notebooks import ROOT


def cells(page):
    return nbformat.read(ROOT / "chapters" / f"{page}.ipynb", as_version=4).cells


def text(page):
    return "\n\n".join(c.source for c in cells(page) if c.cell_type == "markdown")


def printed(page):
    """Return what the code cells of a page print."""
    outputs = [o for c in cells(page) if c.cell_type == "code" for o in c.outputs]
    return "\n".join(o.text for o in outputs if o.get("output_type") == "stream")


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


@pytest.fixture(scope="module")
def pulls():
    """Return {title of a panel: {loss: its pull}}, as the tour draws it, at margins −30 to 30."""
    (source,) = [
        c.source for c in cells("concepts/classification_losses") if "shapes = {" in c.source
    ]
    margins = "m = np.array([-30.0, -20.0, 0.0, 20.0, 30.0])"
    code = re.sub(r"m = np\.linspace\([^)]*\)", margins, source.split("fig, panels")[0])
    names = {"np": np, "losses": losses, "sigmoid": sigmoid}
    exec(code, names)
    assert len(names["m"]) == 5
    return names["shapes"]


def test_a_panel_of_the_tour_has_the_losses_whose_pull_has_its_shape(pulls):
    for title, members in pulls.items():
        for name, pull in members.items():
            hopeless, easy = pull[0], pull[-1]
            assert (easy == 0) == title.startswith("stops"), name
            # Focal turns down what is easy, Brier what is hopeless, too: neither just "fades".
            assert title != "fades"
            fades = name.startswith("Brier")
            assert hopeless < 1e-11 if fades else hopeless > 0.999, name


def test_focal_pulls_at_the_hopeless_as_cross_entropy_does_and_at_the_easy_less(pulls):
    focal = pulls["turned down"]["focal, γ = 2"]
    logistic = pulls["never stops"]["logistic, cross-entropy"]
    assert focal[0] == pytest.approx(logistic[0], rel=1e-6) == pytest.approx(1, rel=1e-6)
    assert 0 < focal[-1] < 1e-9 * logistic[-1]
    assert "there the pull of both tends to 1" in text("concepts/classification_losses")


def test_on_separable_classes_every_loss_whose_pull_is_never_0_falls_for_ever():
    """A line scaled up by 1, 2, … has these margins: the page names four such losses."""
    m = np.arange(1.0, 31.0)
    one = np.ones_like(m)
    falling = {
        "cross-entropy": losses.binary_cross_entropy(m, one)[0],
        "exponential": losses.exponential(m, one)[0],
        "focal": losses.focal(m, one)[0],
        # (1 − σ(m))²: 1 − p would round to 0.
        "Brier": losses.brier(sigmoid(-m), 0 * one)[0],
    }
    (paragraph,) = [
        part
        for part in text("concepts/classification_losses").split("\n\n")
        if part.startswith("**A pull that never stops may have no minimum.**")
    ]
    for name, values in falling.items():
        assert name in paragraph
        assert (np.diff(values) < 0).all(), name
        assert values[-1] > 0, name
    for stops in (losses.hinge, losses.squared_hinge, losses.modified_huber, losses.perceptron):
        assert stops(m, one)[0][-1] == 0


def test_the_formula_of_the_exercise_on_overlap_gives_the_numbers_that_are_printed():
    page = "concepts/classification_losses"
    assert r"\bigl(2 \sum_i p_i y_i + s\bigr) / \bigl(\sum_i (p_i + y_i) + s\bigr)" in text(page)
    y = np.repeat([1, 0], [20, 9980])
    nothing, half = np.full((2, 10_000), 0.001)
    half[:10] = 0.9
    for p, found in ((nothing, "0.966"), (half, "0.524")):
        value = 1 - (2 * np.sum(p * y) + 1) / (np.sum(p + y) + 1)
        assert f"{value:.3f}" == found
        assert f"Dice {found}" in printed(page)
    # Without s, as the page had it, the first would be another number.
    assert 1 - 2 * np.sum(nothing * y) / np.sum(nothing + y) > 0.998


def test_the_tour_says_which_divergence_takes_logarithms():
    page = text("concepts/classification_losses")
    assert "`kl_divergence` takes the *logarithms* of the answer" in page
    assert "`js_divergence` takes the probabilities themselves" in page
    p, t = np.array([[0.4, 0.2, 0.4]]), np.array([[0.5, 0.0, 0.5]])
    kl = np.log(0.5 / 0.4)
    assert losses.kl_divergence(np.log(p), t)[0][0] == pytest.approx(kl, rel=1e-14)
    middle = (p + t) / 2
    js = (np.sum(p * np.log(p / middle)) + np.log(0.5 / 0.45)) / 2
    assert losses.js_divergence(p, t)[0][0] == pytest.approx(js, rel=1e-14)


def test_the_mode_passes_the_mixture_test_and_the_variance_does_not():
    """So the test is necessary for a property to have a loss, and not sufficient."""
    x = np.linspace(-5, 5, 2001)
    rng = np.random.default_rng(0)

    def density(peak):
        left, right = rng.uniform(0.3, 3, size=2)
        shape = np.exp(-(np.abs((x - peak) / np.where(x < peak, left, right)) ** 1.5))
        return shape / shape.sum()

    for _ in range(50):
        one, other, share = density(0.5), density(0.5), rng.uniform()
        mixture = share * one + (1 - share) * other
        assert x[np.argmax(one)] == x[np.argmax(other)] == x[np.argmax(mixture)]
    coin = np.array([0.0, 1.0])
    assert coin[:1].var() == coin[1:].var() != coin.var()
    (paragraph,) = [
        part
        for part in text("concepts/what_a_loss_estimates").split("\n\n")
        if part.startswith("**Not every property has a loss.**")
    ]
    assert "necessary, but not sufficient" in paragraph


def test_a_higher_temperature_shrinks_the_gradient_of_mistakes_and_not_of_what_is_right():
    for z, label in ((-4.0, 1), (4.0, 1)):
        gradients = []
        for temperature in (1.0, 2.0):
            p = sigmoid(z / temperature)
            gradients.append((p - label) / temperature)
            line = f"z = {z:2.0f}, T = {temperature:.0f}: {gradients[-1]:.3f}"
            assert line in printed("reference/explorers")
        assert (abs(gradients[1]) < abs(gradients[0])) == (z < 0)
    assert "every gradient shrinks" not in text("reference/explorers")


def test_of_the_losses_of_the_explorer_the_hinge_alone_stops():
    """At the logit 1 for the label 1; the other two pull at every logit."""
    z = np.array([0.99, 1.0, 30.0])
    assert list(losses.hinge(z, np.ones(3))[1]) == [-1, 0, 0]
    for loss in (losses.binary_cross_entropy, losses.focal):
        assert (loss(z, np.ones(3))[1] < 0).all()
    page = text("reference/explorers")
    assert "the hinge stops pulling at the logit 1, and the other two losses never stop" in page

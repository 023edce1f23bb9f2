"""The labeled equations of pictures and embeddings, and the claims over five splits."""

import nbformat
import numpy as np
import pytest
import scipy.optimize
import scipy.signal
import scipy.special
import sympy
import torch

from lossbook import check_gradient, mean, models
from lossbook.losses import brier, contrastive, info_nce, softmax_cross_entropy, triplet
from tools.notebooks import ROOT

RNG = np.random.default_rng(7)


@pytest.mark.equation("eq-images-convolution")
def test_the_double_sum_is_what_torch_and_scipy_call_convolution_and_correlation():
    x, w, b = RNG.normal(size=(8, 8)), RNG.normal(size=(3, 3)), 0.4
    z = np.array(
        [
            [
                b + sum(w[i, j] * x[r + i, c + j] for i in range(3) for j in range(3))
                for c in range(6)
            ]
            for r in range(6)
        ]
    )
    of_torch = torch.nn.functional.conv2d(
        torch.tensor(x[None, None]),
        torch.tensor(w[None, None]),
        torch.tensor([b], dtype=torch.float64),
    )
    np.testing.assert_allclose(of_torch[0, 0].numpy(), z, rtol=1e-12)
    np.testing.assert_allclose(scipy.signal.correlate2d(x, w, mode="valid") + b, z, rtol=1e-12)


def softmax_symbols(K):
    z = sympy.symbols(f"z:{K}", real=True)
    total = sum(sympy.exp(part) for part in z)
    return z, [sympy.exp(part) / total for part in z]


@pytest.mark.equation("eq-images-cross")
@pytest.mark.parametrize("label", [0, 2])
def test_the_gradient_of_cross_entropy_is_probability_minus_target(label):
    z, p = softmax_symbols(3)
    t = [int(k == label) for k in range(3)]
    loss = -sum(t[k] * sympy.log(p[k]) for k in range(3))
    for k in range(3):
        assert sympy.simplify(sympy.diff(loss, z[k]) - (p[k] - t[k])) == 0


@pytest.mark.equation("eq-images-squared")
@pytest.mark.parametrize("label", [0, 2])
def test_the_gradient_of_the_squared_error_of_probabilities_carries_a_factor_p(label):
    z, p = softmax_symbols(3)
    t = [int(k == label) for k in range(3)]
    loss = sum((p[k] - t[k]) ** 2 for k in range(3))
    inner = sum(p[j] * (p[j] - t[j]) for j in range(3))
    for k in range(3):
        assert sympy.simplify(sympy.diff(loss, z[k]) - 2 * p[k] * (p[k] - t[k] - inner)) == 0


@pytest.mark.equation("eq-images-squared")
def test_the_squared_error_of_two_probabilities_is_twice_the_brier_loss():
    p, labels = np.array([0.0, 0.2, 0.7, 1.0]), np.array([0, 1, 1, 0])
    both, targets = np.column_stack([1 - p, p]), np.eye(2)[labels]
    values, _ = brier(p, labels)
    np.testing.assert_allclose(((both - targets) ** 2).sum(axis=1), 2 * values, rtol=1e-14)


def test_what_the_page_on_images_claims_holds_for_each_of_the_five_seeds():
    file = ROOT / "chapters/applications/spread/images.csv"
    table = np.genfromtxt(file, delimiter=",", names=True)
    others = [f"digits_{name}_ece" for name in ("regression", "entropy", "squared")]
    assert (table["digits_smoothed_ece"] > 4 * np.max([table[n] for n in others], axis=0)).all()
    assert (table["digits_smoothed_right"] > table["digits_entropy_right"]).all()
    assert not (table["digits_smoothed_right"] > table["digits_squared_right"]).all()
    for name in ("entropy", "squared"):
        assert (table[f"clothes_{name}_ece"] > 2 * table["clothes_regression_ece"]).all()
        assert (table[f"clothes_{name}_ece"] - table["clothes_smoothed_ece"] > 0.01).all()
    networks = [table[f"clothes_{name}_right"] for name in ("entropy", "squared", "smoothed")]
    assert (np.array(networks) > table["clothes_regression_right"]).sum() == 1
    assert (table["course_entropy"] - table["course_slow"] > 0.4).all()
    assert (table["course_fast"] >= table["course_entropy"]).all()
    assert (table["relearned_entropy"] - table["relearned_squared"] > 0.05).all()
    for doubt in ("doubt_3_ece", "clothes_smoothed_ece"):
        assert (table[doubt] < table["clothes_entropy_ece"]).all()
    assert (table["doubt_30_ece"] > table["clothes_entropy_ece"]).all()
    assert (table["digits_entropy_right"] - table["new_hands_right"] > 0.02).all()


@pytest.mark.equation("eq-images-smoothing")
@pytest.mark.parametrize(("s", "K"), [(0.1, 10), (0.3, 4)])
def test_smoothed_cross_entropy_is_least_at_the_gap_printed(s, K):
    def objective(z):
        values, gradients = softmax_cross_entropy(z[None], [1], label_smoothing=s)
        return values[0], gradients[0]

    best = scipy.optimize.minimize(objective, np.zeros(K), jac=True, tol=1e-12).x
    t = (1 - s) * (np.arange(K) == 1) + s / K
    np.testing.assert_allclose(scipy.special.softmax(best), t, rtol=1e-5)
    assert best[1] - best[0] == pytest.approx(np.log(1 + K * (1 - s) / s), rel=1e-5)
    of_torch = torch.nn.functional.cross_entropy(
        torch.tensor(best[None]), torch.tensor([1]), label_smoothing=s
    )
    assert objective(best)[0] == pytest.approx(of_torch.item(), rel=1e-12)


def calibration_error_of_the_chapter():
    """Return the function as the page on images defines it."""
    cells = nbformat.read(ROOT / "chapters/applications/images.ipynb", as_version=4).cells
    names = {"np": np}
    for definition in ("def bins(", "def ece("):
        exec(next(cell.source for cell in cells if definition in cell.source), names)
    return names["ece"]


@pytest.mark.equation("eq-images-ece")
@pytest.mark.parametrize("boast", [0.0, 0.1, 0.2])
def test_a_classifier_that_always_boasts_by_a_tenth_has_a_calibration_error_of_a_tenth(boast):
    # Right as often as it says, less the boast, and without chance: so many of each hundred.
    sure = np.arange(0.55, 1, 0.1)
    right = np.concatenate([np.arange(100) < 100 * (c - boast) - 1e-9 for c in sure])
    p = np.repeat(np.column_stack([sure, 1 - sure]), 100, axis=0)
    ece = calibration_error_of_the_chapter()
    assert ece(p, np.where(right, 0, 1)) == pytest.approx(boast, abs=1e-12)
    # With a single bin it is the gap of the two means.
    assert ece(p, np.zeros(500, int), count=1) == pytest.approx(1 - sure.mean(), rel=1e-12)


A, B, C = RNG.normal(size=(3, 6, 4))
SAME = np.array([1, 0, 1, 0, 0, 1])


@pytest.mark.equation("eq-embeddings-contrastive")
def test_the_contrastive_loss_pulls_same_pairs_and_pushes_others_up_to_the_margin():
    D = np.sqrt(((A - B) ** 2).sum(axis=1))
    M = np.median(D)
    expected = SAME * D**2 / 2 + (1 - SAME) * np.maximum(0, M - D) ** 2 / 2
    np.testing.assert_allclose(contrastive(A, B, SAME, margin=M)[0], expected, rtol=1e-12)
    assert (D > M).any()
    assert (D < M).any()


@pytest.mark.equation("eq-embeddings-triplet")
def test_the_triplet_loss_compares_two_squared_distances():
    ours = triplet(A, B, C, margin=2.0)[0]
    a, p, n = (torch.tensor(part) for part in (A, B, C))
    theirs = torch.nn.functional.triplet_margin_with_distance_loss(
        a,
        p,
        n,
        distance_function=lambda x, y: ((x - y) ** 2).sum(1),
        margin=2.0,
        reduction="none",
    )
    np.testing.assert_allclose(ours, theirs.numpy(), rtol=1e-12)


@pytest.mark.equation("eq-embeddings-infonce")
def test_info_nce_is_cross_entropy_of_cosines_over_the_temperature():
    T = 0.4
    cosines = torch.nn.functional.cosine_similarity(
        torch.tensor(A)[:, None], torch.tensor(B)[None], dim=2
    )
    theirs = torch.nn.functional.cross_entropy(cosines / T, torch.arange(6), reduction="none")
    np.testing.assert_allclose(info_nce(A, B, temperature=T)[0], theirs.numpy(), rtol=1e-12)


@pytest.mark.equation("eq-embeddings-shared")
def test_the_gradients_of_the_two_roles_of_one_network_add():
    network = models.MultilayerPerceptron((4, 5, 2))
    theta = network.initialize(3)

    def objective(theta):
        (first, back_first), (second, back_second) = network(theta, A), network(theta, B)
        value, (by_first, by_second) = mean(contrastive, first, second, SAME, margin=3.0)
        return value, back_first(by_first) + back_second(by_second)

    assert check_gradient(objective, theta).passed


@pytest.mark.equation("eq-embeddings-scale")
@pytest.mark.parametrize("c", [0.1, 7.0])
def test_the_margin_scales_with_the_map_and_the_temperature_does_not(c):
    small = contrastive(A, B, SAME, margin=2.5)[0]
    np.testing.assert_allclose(
        contrastive(c * A, c * B, SAME, margin=c * 2.5)[0], c**2 * small, rtol=1e-12
    )
    np.testing.assert_allclose(
        triplet(c * A, c * B, c * C, margin=c**2)[0], c**2 * triplet(A, B, C)[0], rtol=1e-11
    )
    np.testing.assert_allclose(info_nce(c * A, c * B)[0], info_nce(A, B)[0], rtol=1e-10)


@pytest.mark.equation("eq-embeddings-collapse")
def test_on_a_map_of_one_point_the_losses_have_known_values_and_no_gradient():
    point = np.tile([0.6, -0.8], (8, 1))
    labels = np.arange(8) % 2
    answers = {
        "contrastive": (
            contrastive(point, point, labels, margin=3.0),
            np.where(labels, 0, 4.5),
        ),
        "triplet": (triplet(point, point, point, margin=3.0), np.full(8, 3.0)),
        "InfoNCE": (info_nce(point, point), np.full(8, np.log(8))),
    }
    for (values, gradients), expected in answers.values():
        np.testing.assert_allclose(values, expected, rtol=1e-12)
        assert max(np.abs(gradient).max() for gradient in gradients) < 1e-12


@pytest.mark.equation("eq-embeddings-sphere")
def test_on_the_unit_sphere_no_two_points_are_farther_apart_than_its_diameter():
    a, b = (v / np.linalg.norm(v, axis=1, keepdims=True) for v in RNG.normal(size=(2, 500, 3)))
    squares = ((a - b) ** 2).sum(axis=1)
    np.testing.assert_allclose(squares, 2 - 2 * (a * b).sum(axis=1), rtol=1e-9)
    assert 3.9 < squares.max() <= 4
    # So a margin above 2 costs something everywhere, and one below it does not.
    values, _ = contrastive([[0.0, 1.0]] * 2, [[0.0, -1.0], [1.0, 0.0]], [0, 0], margin=3.0)
    np.testing.assert_allclose(values, [0.5, (3 - np.sqrt(2)) ** 2 / 2], rtol=1e-14)
    assert contrastive(a, -a, np.zeros(500), margin=1.99)[0].max() == 0


SPREAD = np.genfromtxt(
    ROOT / "chapters" / "applications" / "spread" / "embeddings.csv", delimiter=",", names=True
)


@pytest.mark.parametrize("trained", ["contrastive", "triplet", "InfoNCE", "softmax", "last_layer"])
def test_on_unseen_digits_the_pixels_beat_every_trained_map_on_all_five_splits(trained):
    assert SPREAD["seed"].tolist() == [0, 1, 2, 3, 4]
    assert (SPREAD["unseen_pixels"] - SPREAD[f"unseen_{trained}"] > 0.125).all()


def test_on_seen_digits_the_losses_beat_the_pixels_and_come_close_to_a_classifier():
    for loss in ("contrastive", "triplet", "InfoNCE"):
        assert (SPREAD[f"seen_{loss}"] - SPREAD["seen_pixels"] > 0.1).all()
    assert (abs(SPREAD["seen_InfoNCE"] - SPREAD["classifier"]) < 0.04).all()

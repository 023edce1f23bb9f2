"""The labeled equations of the page ``embeddings``."""

import numpy as np
import pytest
import torch

from lossbook import check_gradient, mean, models
from lossbook.losses import contrastive, info_nce, triplet

RNG = np.random.default_rng(7)


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

"""The labeled equations of the page ``embeddings``."""

import numpy as np
import pytest
import torch

from lossbook import check_gradient, mean, models
from lossbook.losses import contrastive, info_nce, triplet
from tests.printed import printed

RNG = np.random.default_rng(7)
A, B, C = RNG.normal(size=(3, 6, 4))
SAME = np.array([1, 0, 1, 0, 0, 1])


@pytest.mark.equation("eq-embeddings-contrastive")
def test_the_contrastive_loss_pulls_same_pairs_and_pushes_others_up_to_the_margin():
    D = np.sqrt(((A - B) ** 2).sum(axis=1))
    M = np.median(D)
    values, _ = contrastive(A, B, SAME, margin=M)
    for value, distance, y in zip(values, D, SAME):
        printed("eq-embeddings-contrastive").check(ell=value, D=distance, M=M, y=y, atol=1e-15)
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
    assert (ours > 0).any()
    for value, a, p, n in zip(ours, A, B, C):
        printed("eq-embeddings-triplet").check(ell=value, a=a, p=p, n=n, M=2.0)


@pytest.mark.equation("eq-embeddings-infonce")
def test_info_nce_is_cross_entropy_of_cosines_over_the_temperature():
    T = 0.4
    cosines = torch.nn.functional.cosine_similarity(
        torch.tensor(A)[:, None], torch.tensor(B)[None], dim=2
    )
    theirs = torch.nn.functional.cross_entropy(cosines / T, torch.arange(6), reduction="none")
    names = {"c": cosines.numpy(), "T": T, "n": 6, "a": A, "p": B}
    ours, page = info_nce(A, B, temperature=T)[0], printed("eq-embeddings-infonce")
    for i in range(1, 7):
        page.check(0, i=i, ell=ours, **names)
        page.check(0, i=i, ell=theirs.numpy(), **names)
        page.check(1, i=i, j=7 - i, **names)


@pytest.mark.equation("eq-embeddings-shared")
def test_the_gradients_of_the_two_roles_of_one_network_add():
    network = models.MultilayerPerceptron((4, 5, 2))
    theta = network.initialize(3)

    def objective(theta):
        (first, back_first), (second, back_second) = network(theta, A), network(theta, B)
        value, (by_first, by_second) = mean(contrastive, first, second, SAME, margin=3.0)
        return value, back_first(by_first) + back_second(by_second)

    assert check_gradient(objective, theta).passed
    # One pair: the Jacobian of each role, row by row, and the gradients of the loss.
    (first, back_first), (second, back_second) = network(theta, A[:1]), network(theta, B[:1])
    _, (by_first, by_second) = mean(contrastive, first, second, SAME[:1], margin=3.0)
    jacobians = [np.array([back(e[None]) for e in np.eye(2)]) for back in (back_first, back_second)]

    def loss(theta):
        (first, _), (second, _) = network(theta, A[:1]), network(theta, B[:1])
        return mean(contrastive, first, second, SAME[:1], margin=3.0)[0]

    numeric = [(loss(theta + e) - loss(theta - e)) / 2e-5 for e in 1e-5 * np.eye(len(theta))]
    printed("eq-embeddings-shared").check(
        nabla_theta_ell=lambda *_: np.array(numeric),
        a=None,
        b=None,
        d_a_d_theta=jacobians[0],
        d_b_d_theta=jacobians[1],
        d_ell_d_a=by_first[0],
        d_ell_d_b=by_second[0],
        rtol=1e-6,
        atol=1e-9,
    )


@pytest.mark.equation("eq-embeddings-scale")
@pytest.mark.parametrize("c", [0.1, 7.0])
def test_the_margin_scales_with_the_map_and_the_temperature_does_not(c):
    def of_distance(D, M):
        return contrastive([[0.0, 0.0]], [[0.0, D]], [0], margin=M)[0][0]

    names = {"c": c, "D": 0.6, "M": 2.5, "a": A, "p": B}
    printed("eq-embeddings-scale").check(
        ell_contrastive=of_distance,
        ell_InfoNCE=lambda a, p: info_nce(a, p)[0],
        rtol=1e-10,
        **names,
    )
    np.testing.assert_allclose(
        triplet(c * A, c * B, c * C, margin=c**2)[0], c**2 * triplet(A, B, C)[0], rtol=1e-11
    )


@pytest.mark.equation("eq-embeddings-collapse")
def test_on_a_map_of_one_point_the_losses_have_known_values_and_no_gradient():
    point = np.tile([0.6, -0.8], (8, 1))
    labels, page = np.arange(8) % 2, printed("eq-embeddings-collapse")
    values, gradients = contrastive(point, point, labels, margin=3.0)
    page.check(0, ell_contrastive=values[1])
    assert page.right(1, M=3.0) == pytest.approx(values[0], rel=1e-14)
    of_triplets, more = triplet(point, point, point, margin=3.0)
    of_batch, most = info_nce(point, point)
    page.check(2, ell_triplet=of_triplets[0], M=3.0)
    page.check(3, ell_InfoNCE=of_batch[0], n=8)
    for gradient in (*gradients, *more, *most):
        assert np.abs(gradient).max() < 1e-12


@pytest.mark.equation("eq-embeddings-sphere")
def test_on_the_unit_sphere_no_two_points_are_farther_apart_than_its_diameter():
    a, b = (v / np.linalg.norm(v, axis=1, keepdims=True) for v in RNG.normal(size=(2, 50, 3)))
    page = printed("eq-embeddings-sphere")
    for one, other in zip(a, b):
        page.check(a=one, b=other, rtol=1e-9)
    # The bound is met by two opposite points.
    sides = page.sides(a=np.array([0.6, 0.8]), b=np.array([-0.6, -0.8]))
    assert sides == pytest.approx([4, 4, 4], rel=1e-14)
    assert page.orders(0, sides, rtol=1e-12)
    # So a margin above 2 costs something everywhere, and one below it does not.
    values, _ = contrastive([[0.0, 1.0]] * 2, [[0.0, -1.0], [1.0, 0.0]], [0, 0], margin=3.0)
    np.testing.assert_allclose(values, [0.5, (3 - np.sqrt(2)) ** 2 / 2], rtol=1e-14)
    assert contrastive(a, -a, np.zeros(50), margin=1.99)[0].max() == 0

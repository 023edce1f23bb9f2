"""Losses of distributions, embeddings, masks and actions: bad input raises, identities hold."""

import warnings

import mpmath
import numpy as np
import pytest
import scipy.spatial.distance
import scipy.special
import torch

from lossbook.losses import (
    contrastive,
    cosine_distance,
    dice,
    half_squared_error,
    info_nce,
    jaccard,
    js_divergence,
    kl_divergence,
    policy_gradient,
    softmax_cross_entropy,
    temporal_difference,
    triplet,
)
from tests.losses.case import ulps_off

RNG = np.random.default_rng(0)
A, B, C = RNG.normal(size=(3, 20, 4))
P, T = RNG.dirichlet(np.ones(4), size=(2, 20))
ACTIONS = RNG.integers(0, 4, size=20)
LABELS = RNG.integers(0, 2, size=20)
MASKS = RNG.integers(0, 2, size=(20, 4))


def assert_same(got, wanted):
    """Assert that values and gradients agree to 1e-12."""
    for a, b in zip(got, wanted, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-12, atol=1e-12)


def with_torch(loss, *inputs):
    """Return values and gradients of a PyTorch function of tensors, by every input."""
    tensors = [torch.tensor(array, requires_grad=True) for array in inputs]
    values = loss(*tensors)
    values.sum().backward()
    return values.detach().numpy(), *(tensor.grad.numpy() for tensor in tensors)


TWO_TABLES = {
    "kl_divergence": lambda a, b: kl_divergence(a, b),
    "js_divergence": lambda a, b: js_divergence(a, b),
    "cosine_distance": lambda a, b: cosine_distance(a, b),
    "contrastive": lambda a, b: contrastive(a, b, np.ones(len(b))),
    "triplet, positives": lambda a, b: triplet(a, b, a),
    "triplet, negatives": lambda a, b: triplet(a, a, b),
    "info_nce": lambda a, b: info_nce(a, b),
}


@pytest.mark.parametrize("name", TWO_TABLES)
def test_tables_of_different_shape_raise(name):
    half = np.full((3, 2), 0.5)
    first = np.log(half) if name == "kl_divergence" else half
    with pytest.raises(ValueError, match=r"\(3, 2\) but \w+ has shape \(2, 2\)"):
        TWO_TABLES[name](first, half[:2])


@pytest.mark.parametrize("name", TWO_TABLES)
def test_vectors_instead_of_tables_raise(name):
    with pytest.raises(ValueError, match=r"has shape \(3,\); expected \(n, k\), one row a sample"):
        TWO_TABLES[name](np.full(3, 1 / 3), np.full(3, 1 / 3))


@pytest.mark.parametrize(
    ("name", "first", "second"),
    [
        ("kl_divergence", "log_predictions", "targets"),
        ("js_divergence", "probabilities", "targets"),
        ("cosine_distance", "predictions", "targets"),
        ("contrastive", "anchors", "others"),
        ("triplet, positives", "anchors", "positives"),
        ("triplet, negatives", "anchors", "negatives"),
        ("info_nce", "anchors", "positives"),
    ],
)
def test_the_table_that_is_missing_is_named(name, first, second):
    table, vector = np.full((3, 2), 0.5), np.full(3, 1 / 3)
    table_of_logarithms = np.log(table) if name == "kl_divergence" else table
    with pytest.raises(ValueError, match=rf"^{second} has shape \(3,\); expected"):
        TWO_TABLES[name](table_of_logarithms, vector)
    with pytest.raises(ValueError, match=rf"^{first} has shape \(3,\); expected"):
        TWO_TABLES[name](vector, table)


@pytest.mark.parametrize("name", TWO_TABLES)
def test_no_sample_raises(name):
    with pytest.raises(ValueError, match="there is no sample in it"):
        TWO_TABLES[name](np.ones((0, 2)), np.ones((0, 2)))


@pytest.mark.parametrize("name", TWO_TABLES)
def test_complex_numbers_raise(name):
    with pytest.raises(TypeError, match="complex128 values; expected real numbers"):
        TWO_TABLES[name](A * 1j, B)


@pytest.mark.parametrize("loss", [kl_divergence, js_divergence])
def test_targets_are_probabilities(loss):
    first = np.log(P[:2]) if loss is kl_divergence else P[:2]
    with pytest.raises(ValueError, match=r"^targets\[1, 0\] is -0\.1; expected a probability"):
        loss(first[:, :2], [[0.5, 0.5], [-0.1, 1]])
    with pytest.raises(ValueError, match=r"^targets\[0, 1\] is 40; expected a probability"):
        loss(first[:, :2], [[1, 40], [0.5, 0.5]])
    with pytest.raises(ValueError, match=r"^targets\[1\] sums to 0\.9; expected .* sum to 1"):
        loss(first[:, :2], [[0.5, 0.5], [0.2, 0.7]])


def test_kl_divergence_refuses_probabilities_for_their_logarithms():
    with pytest.raises(ValueError, match=r"^log_predictions\[0, 0\] is .*expected the logarithm"):
        kl_divergence(P, T)


@pytest.mark.parametrize("loss", [js_divergence, dice, jaccard])
def test_probabilities_are_between_zero_and_one(loss):
    with pytest.raises(ValueError, match=r"^probabilities\[1, 0\] is 1\.5; .*between 0 and 1"):
        loss([[0.5, 0.5], [1.5, 0]], [[1, 0], [0, 1]])


@pytest.mark.parametrize(
    ("name", "call"),
    [
        ("predictions", lambda zero: cosine_distance(zero, A)),
        ("targets", lambda zero: cosine_distance(A, zero)),
        ("anchors", lambda zero: info_nce(zero, A)),
        ("positives", lambda zero: info_nce(A, zero)),
    ],
)
def test_a_zero_vector_has_no_direction(name, call):
    zero = A.copy()
    zero[2] = 0
    with pytest.raises(ValueError, match=rf"^{name}\[2\] is a zero vector"):
        call(zero)


@pytest.mark.parametrize("number", [0, -1, np.nan, np.inf])
@pytest.mark.parametrize(
    ("setting", "call"),
    [
        ("margin", lambda number: contrastive(A, B, LABELS, margin=number)),
        ("margin", lambda number: triplet(A, B, C, margin=number)),
        ("temperature", lambda number: info_nce(A, B, temperature=number)),
        ("smooth", lambda number: dice(P, MASKS, smooth=number)),
        ("smooth", lambda number: jaccard(P, MASKS, smooth=number)),
    ],
)
def test_a_setting_that_is_not_above_zero_raises(setting, call, number):
    with pytest.raises(ValueError, match=f"^{setting} is {number}; expected a number above 0$"):
        call(number)


def test_labels_of_pairs_are_zero_or_one():
    with pytest.raises(ValueError, match=r"^labels\[1\] is -1; expected 1 for the same, 0 for"):
        contrastive(A[:2], B[:2], [1, -1])
    with pytest.raises(ValueError, match=r"^labels has shape \(2, 1\); expected \(2,\)"):
        contrastive(A[:2], B[:2], [[1], [0]])


@pytest.mark.parametrize("loss", [dice, jaccard])
def test_masks_are_zero_or_one(loss):
    with pytest.raises(
        ValueError, match=r"^labels\[0, 1\] is 2; expected 1 in the mask, 0 outside"
    ):
        loss(P[:1], [[0, 2, 0, 1]])
    with pytest.raises(ValueError, match=r"^labels has shape \(2, 4\); expected \(1, 4\)"):
        loss(P[:1], MASKS[:2])
    with pytest.raises(TypeError, match=r"^labels holds <U2 values; expected 1 in the mask"):
        loss(P[:1], [["no", "no", "no", "no"]])


def test_info_nce_needs_negatives():
    with pytest.raises(ValueError, match="there is 1 sample; expected 2 or more"):
        info_nce(A[:1], B[:1])
    assert len(info_nce(A[:2], B[:2])[0]) == 2


@pytest.mark.parametrize("action", [-1, 4, 1.5, np.nan])
def test_actions_are_indices(action):
    with pytest.raises(ValueError, match=rf"^actions\[1\] is {action}; .* from 0 to 3$"):
        policy_gradient(A[:2], [0, action], [1.0, 1.0])


@pytest.mark.parametrize("shape", [(3,), (20, 1), (20, 4)])
@pytest.mark.parametrize("name", ["actions", "advantages"])
def test_there_is_one_action_and_one_advantage_a_sample(name, shape):
    inputs = {"actions": ACTIONS, "advantages": A[:, 0], name: np.zeros(shape)}
    with pytest.raises(ValueError, match=rf"\(20, 4\); expected {name} of shape \(20,\)"):
        policy_gradient(A, **inputs)


@pytest.mark.parametrize("discount", [-0.1, 1.1, np.nan])
def test_a_discount_is_from_zero_to_one(discount):
    with pytest.raises(ValueError, match=f"^discount is {discount}; expected a number from 0 to 1"):
        temporal_difference(A[:, 0], A[:, 1], A[:, 2], discount=discount)


def test_temporal_difference_takes_one_number_a_sample():
    with pytest.raises(ValueError, match=r"^predictions has shape \(20, 4\); expected \(n,\)"):
        temporal_difference(A, B, C)
    with pytest.raises(ValueError, match=r"\(20,\) but rewards has shape \(4,\)"):
        temporal_difference(A[:, 0], A[0], A[:, 0])
    with pytest.raises(ValueError, match=r"\(20,\) but next_predictions has shape \(4,\)"):
        temporal_difference(A[:, 0], A[:, 0], A[0])
    with pytest.raises(ValueError, match=r"^terminal\[0\] is 2; expected 1 at a last step"):
        temporal_difference([1.0], [1.0], [1.0], terminal=[2])


class TestKullbackLeibler:
    def test_it_is_that_of_scipy(self):
        values, gradients = kl_divergence(np.log(P), T)
        assert_same((values,), (scipy.special.kl_div(T, P).sum(axis=1),))
        np.testing.assert_array_equal(gradients, -T)

    def test_it_is_that_of_pytorch(self):
        wanted = with_torch(
            lambda z: torch.nn.functional.kl_div(z, torch.tensor(T), reduction="none").sum(1),
            np.log(P),
        )
        assert_same(kl_divergence(np.log(P), T), wanted)

    def test_zeros(self):
        log_p = np.array([[-np.inf, 0.0], [-np.inf, 0.0], [np.log(0.5), np.log(0.5)]])
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            values, gradients = kl_divergence(log_p, [[0, 1], [0.5, 0.5], [0, 1]])
        np.testing.assert_allclose(values, [0, np.inf, np.log(2)], rtol=1e-15)
        np.testing.assert_array_equal(gradients, [[0, -1], [-0.5, -0.5], [0, -1]])

    def test_nan_where_the_target_is_zero_is_not_hidden(self):
        values, gradients = kl_divergence([[np.nan, 0.0], [-1.0, -1.0]], [[0, 1], [0.5, 0.5]])
        np.testing.assert_array_equal(np.isnan(values), [True, False])
        np.testing.assert_array_equal(np.isnan(gradients), [[True, False], [False, False]])


class TestJensenShannon:
    def test_it_is_that_of_scipy(self):
        values, _ = js_divergence(P, T)
        distances = scipy.spatial.distance.jensenshannon(P, T, axis=1)
        assert_same((values,), (distances**2,))

    def test_it_is_symmetric(self):
        np.testing.assert_array_equal(js_divergence(P, T)[0], js_divergence(T, P)[0])

    def test_it_is_between_zero_and_log_two(self):
        values, gradients = js_divergence(T, T)
        np.testing.assert_array_equal(values, 0)
        np.testing.assert_array_equal(gradients, 0)
        assert js_divergence([[1.0, 0.0]], [[0, 1]])[0][0] == pytest.approx(np.log(2), rel=1e-15)

    def test_zeros_have_one_sided_derivatives(self):
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            _, gradients = js_divergence([[0.0, 0.0, 1.0]], [[0.0, 0.5, 0.5]])
            step = 1e-9
            moved, _ = js_divergence([[step, 0.0, 1.0]], [[0.0, 0.5, 0.5]])
            start, _ = js_divergence([[0.0, 0.0, 1.0]], [[0.0, 0.5, 0.5]])
        wanted = [np.log(2) / 2, -np.inf, np.log(4 / 3) / 2]
        np.testing.assert_allclose(gradients[0], wanted, rtol=1e-15)
        assert (moved - start)[0] / step == pytest.approx(gradients[0, 0], rel=1e-6)


class TestCosine:
    def test_it_is_that_of_scipy(self):
        values, _ = cosine_distance(A, B)
        wanted = [scipy.spatial.distance.cosine(a, b) for a, b in zip(A, B)]
        assert_same((values,), (wanted,))

    def test_it_is_that_of_pytorch(self):
        wanted = with_torch(
            lambda a: 1 - torch.nn.functional.cosine_similarity(a, torch.tensor(B), eps=0), A
        )
        assert_same(cosine_distance(A, B), wanted)

    def test_lengths_do_not_matter(self):
        wanted, gradients = cosine_distance(A, B)
        for size in (1e-150, 1e150, 1e-300, 1e300):
            values, scaled = cosine_distance(size * A, B / size)
            assert_same((values, size * scaled), (wanted, gradients))

    def test_the_gradient_is_orthogonal_to_the_prediction(self):
        _, gradients = cosine_distance(A, B)
        np.testing.assert_allclose(np.sum(gradients * A, axis=1), 0, atol=1e-15)


class TestContrastive:
    def test_same_pairs_cost_half_their_squared_distance(self):
        values, (by_a, by_b) = contrastive(A, B, np.ones(20))
        half_squares, differences = half_squared_error(A, B)
        assert_same((values, by_a, by_b), (half_squares.sum(axis=1), differences, -differences))

    def test_different_pairs_cost_what_they_lack_to_the_margin(self):
        def loss(a, b):
            return torch.relu(3 - torch.linalg.vector_norm(a - b, dim=1)) ** 2 / 2

        values, gradients = contrastive(A, B, np.zeros(20), margin=3)
        assert 0 < np.sum(values == 0) < 20
        assert_same((values, *gradients), with_torch(loss, A, B))

    def test_different_pairs_in_one_place_get_the_subgradient_zero(self):
        values, (by_a, by_b) = contrastive(A, A, np.zeros(20), margin=2)
        np.testing.assert_array_equal(values, 2)
        np.testing.assert_array_equal(by_a, 0)
        np.testing.assert_array_equal(by_b, 0)


class TestTriplet:
    def test_it_is_that_of_pytorch_with_squared_distances(self):
        loss = torch.nn.TripletMarginWithDistanceLoss(
            distance_function=lambda a, b: ((a - b) ** 2).sum(1), margin=2.0, reduction="none"
        )
        values, gradients = triplet(A, B, C, margin=2)
        assert 0 < np.sum(values == 0) < 20
        assert_same((values, *gradients), with_torch(loss, A, B, C))

    def test_at_the_kink_the_gradient_is_zero(self):
        values, gradients = triplet([[0.0]], [[1.0]], [[2.0]], margin=3)
        np.testing.assert_array_equal(values, 0)
        np.testing.assert_array_equal(gradients, 0)


def naive_info_nce(anchors, positives, temperature):
    """Return the values and the gradients of their sum, from the definition in PyTorch."""

    def loss(a, b):
        a = a / torch.linalg.vector_norm(a, dim=1, keepdim=True)
        b = b / torch.linalg.vector_norm(b, dim=1, keepdim=True)
        labels = torch.arange(len(a))
        return torch.nn.functional.cross_entropy(a @ b.T / temperature, labels, reduction="none")

    return with_torch(loss, anchors, positives)


def exact_info_nce(anchors, positives, temperature):
    """Return the exact values and the gradients of their sum, by the chain rule."""

    def unit_rows(table):
        table = [[mpmath.mpf(float(x)) for x in row] for row in table]
        lengths = [mpmath.sqrt(sum(x * x for x in row)) for row in table]
        return [[x / size for x in row] for row, size in zip(table, lengths)], lengths

    def across(gradient, direction, length):
        along = sum(g * x for g, x in zip(gradient, direction))
        return [(g - along * x) / length for g, x in zip(gradient, direction)]

    (u, u_lengths), (v, v_lengths) = unit_rows(anchors), unit_rows(positives)
    n, k, temperature = len(u), len(u[0]), mpmath.mpf(temperature)
    values, slopes = [], []
    for i in range(n):
        logits = [sum(x * y for x, y in zip(u[i], v[j])) / temperature for j in range(n)]
        e = [mpmath.exp(logit) for logit in logits]
        values.append(mpmath.log(sum(e)) - logits[i])
        slopes.append([(ej / sum(e) - (i == j)) / temperature for j, ej in enumerate(e)])
    by_u = [[sum(slopes[i][j] * v[j][d] for j in range(n)) for d in range(k)] for i in range(n)]
    by_v = [[sum(slopes[i][j] * u[i][d] for i in range(n)) for d in range(k)] for j in range(n)]
    gradients = (
        [across(*row) for row in zip(by_u, u, u_lengths)],
        [across(*row) for row in zip(by_v, v, v_lengths)],
    )
    return values, gradients, (u_lengths, v_lengths)


class TestInfoNCE:
    @pytest.mark.parametrize("temperature", [0.07, 0.5, 2.0])
    def test_it_is_the_softmax_cross_entropy_of_the_cosines(self, temperature):
        values, gradients = info_nce(A, B, temperature=temperature)
        assert_same((values, *gradients), naive_info_nce(A, B, temperature))

    @pytest.mark.parametrize("dtype", [np.float64, np.float32])
    @pytest.mark.parametrize("temperature", [1.0, 0.1, 0.01])
    @pytest.mark.parametrize("kind", ["random", "matched", "mismatched", "scaled"])
    def test_it_is_exact_to_a_few_ulp(self, kind, temperature, dtype):
        a, b = A[:6], B[:6]
        if kind == "matched":
            b = a + 0.01 * b
        if kind == "mismatched":
            b = np.roll(a, 1, axis=0) + 0.01 * b
        if kind == "scaled":
            a, b = 1e15 * a, 1e-15 * b
        a, b = a.astype(dtype), b.astype(dtype)
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            values, gradients = info_nce(a, b, temperature=temperature)
        exact_values, exact_gradients, lengths = exact_info_nce(a, b, temperature)
        assert values.dtype == gradients[0].dtype == gradients[1].dtype == dtype
        # Rounding a cosine by one part in 2^53 moves a logit by 1/T as much.
        condition = 1 + 1 / temperature
        for got, exact in zip(values, exact_values):
            assert ulps_off(got, exact, condition * exact) <= 16
        for by, exact_by, sizes in zip(gradients, exact_gradients, lengths):
            for row, exact_row, size in zip(by, exact_by, sizes):
                for got, exact in zip(row, exact_row):
                    assert ulps_off(got, exact, condition / temperature / size) <= 16

    def test_arguments_are_not_changed(self):
        a, b = A.copy(), B.copy()
        info_nce(a, b)
        np.testing.assert_array_equal(a, A)
        np.testing.assert_array_equal(b, B)


@pytest.mark.parametrize("loss", [dice, jaccard])
class TestOverlap:
    def test_a_perfect_mask_costs_nothing(self, loss):
        values, _ = loss(MASKS.astype(float), MASKS)
        np.testing.assert_array_equal(values, 0)

    def test_two_empty_masks_agree(self, loss):
        values, gradients = loss(np.zeros((1, 4)), np.zeros((1, 4)))
        np.testing.assert_array_equal(values, 0)
        np.testing.assert_array_equal(gradients, 1)

    def test_it_is_the_definition(self, loss):
        def definition(p):
            y = torch.tensor(MASKS.astype(float))
            both, either = (p * y).sum(1), p.sum(1) + y.sum(1)
            if loss is dice:
                return 1 - (2 * both + 0.5) / (either + 0.5)
            return 1 - (both + 0.5) / (either - both + 0.5)

        assert_same(loss(P, MASKS, smooth=0.5), with_torch(definition, P))

    def test_labels_may_be_booleans(self, loss):
        assert_same(loss(P, MASKS == 1), loss(P, MASKS))


def test_without_smoothing_dice_is_the_jaccard_loss_over_two_minus_it():
    masks = np.maximum(MASKS, np.eye(4, dtype=int)[ACTIONS])
    values, _ = jaccard(P, masks, smooth=1e-300)
    assert_same((dice(P, masks, smooth=1e-300)[0],), (values / (2 - values),))


class TestPolicyGradient:
    def test_with_advantage_one_it_is_the_cross_entropy(self):
        wanted = softmax_cross_entropy(A, ACTIONS)
        assert_same(policy_gradient(A, ACTIONS, np.ones(20)), wanted)

    def test_it_is_that_of_pytorch(self):
        def loss(z):
            policy = torch.distributions.Categorical(logits=z)
            return -torch.tensor(B[:, 0]) * policy.log_prob(torch.tensor(ACTIONS))

        assert_same(policy_gradient(A, ACTIONS, B[:, 0]), with_torch(loss, A))

    def test_its_mean_over_the_policy_is_minus_the_gradient_of_the_expected_reward(self):
        rewards = B[0]

        def expected_reward(z):
            return torch.softmax(z, 0) @ torch.tensor(rewards)

        _, wanted = with_torch(expected_reward, A[0])
        policy = np.exp(A[0]) / np.exp(A[0]).sum()
        _, gradients = policy_gradient(np.tile(A[0], (4, 1)), np.arange(4), rewards)
        np.testing.assert_allclose(policy @ gradients, -wanted, rtol=1e-12, atol=1e-12)


class TestTemporalDifference:
    def test_it_is_half_the_squared_error_to_the_target(self):
        v, rewards, following = A[:, 0], A[:, 1], A[:, 2]
        got = temporal_difference(v, rewards, following, discount=0.9)
        assert_same(got, half_squared_error(v, rewards + 0.9 * following))

    def test_at_a_terminal_step_the_target_is_the_reward(self):
        v, rewards, following = A[:, 0], A[:, 1], A[:, 2].copy()
        ended = LABELS == 1
        following[ended] = np.nan  # there is no next state
        got = temporal_difference(v, rewards, following, terminal=ended)
        wanted = half_squared_error(v, rewards + np.where(ended, 0, 0.99 * A[:, 2]))
        assert_same(got, wanted)
        assert_same(temporal_difference(v, rewards, following, terminal=LABELS), wanted)


@pytest.mark.parametrize(
    "call",
    [
        lambda: contrastive(A.astype("f"), B.astype("f"), LABELS),
        lambda: dice(P.astype("f"), MASKS),
        lambda: jaccard(P.astype("f"), MASKS),
        lambda: policy_gradient(A.astype("f"), ACTIONS, np.ones(20, "f")),
        lambda: temporal_difference(*A.T[:3].astype("f"), terminal=LABELS),
    ],
)
def test_labels_actions_and_ends_do_not_change_float32(call):
    values, gradients = call()
    gradients = gradients if isinstance(gradients, tuple) else (gradients,)
    assert {array.dtype for array in (values, *gradients)} == {np.dtype(np.float32)}

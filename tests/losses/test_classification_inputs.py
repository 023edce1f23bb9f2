"""Losses for labels: bad input raises, kinks are as documented, identities and other libraries."""

import re
import warnings
from functools import partial

import numpy as np
import pytest
import sklearn.metrics
import torch

from lossbook.losses import (
    binary_cross_entropy,
    brier,
    exponential,
    focal,
    hinge,
    logistic,
    modified_huber,
    multiclass_hinge,
    perceptron,
    softmax_cross_entropy,
    squared_hinge,
)

RNG = np.random.default_rng(0)
Z = 2 * RNG.normal(size=60)
Y = RNG.integers(0, 2, size=60)
SIGNS = 2 * Y - 1
P = RNG.uniform(size=60)
TABLE = 2 * RNG.normal(size=(60, 4))
CLASSES = RNG.integers(0, 4, size=60)

ON_LOGITS = [binary_cross_entropy, focal]
ON_SCORES = [hinge, squared_hinge, modified_huber, perceptron, logistic, exponential]
ON_TABLES = [softmax_cross_entropy, multiclass_hinge]


def name(loss):
    return loss.__name__


def refused(message, error=ValueError):
    """Expect an error whose message contains ``message``, word for word."""
    return pytest.raises(error, match=re.escape(message))


def assert_same(got, wanted, tolerance=1e-12):
    """Assert that values and gradients agree."""
    for a, b in zip(got, wanted, strict=True):
        np.testing.assert_allclose(a, b, rtol=tolerance, atol=tolerance)


def with_torch(loss, predictions):
    """Return values and gradients of a PyTorch loss of one tensor."""
    tensor = torch.tensor(predictions, requires_grad=True)
    values = loss(tensor)
    values.sum().backward()
    return values.detach().numpy(), tensor.grad.numpy()


# What is refused, and what the message says.


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        ([0, 1, 1, 2], "labels[3] is 2; expected a number from 0 to 1"),
        ([0, 0.5, 1, -0.5], "labels[3] is -0.5; expected a number from 0 to 1"),
        ([0, 1, np.nan, 1], "labels[2] is nan; expected a number from 0 to 1"),
        ([1, -1, 1, 1], "labels[1] is -1; expected a number from 0 to 1: use (labels + 1) / 2"),
        ([[0], [0], [1], [1]], "has shape (4,) but labels has shape (4, 1); did you mean labels[:"),
        ([0, 1], "has shape (4,) but labels has shape (2,)"),
    ],
)
def test_labels_that_are_not_from_zero_to_one_are_refused(labels, message):
    with refused(message):
        binary_cross_entropy([0.1, 0.2, 0.3, 0.4], labels)


def test_the_place_of_a_wrong_label_is_that_in_its_table():
    with refused("labels[1, 0] is 3.0; expected a number from 0 to 1"):
        binary_cross_entropy(np.zeros((2, 2)), [[0, 0.5], [3, 1]])


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        ([[0.5, 0.5, 0], [0, 0.5, 0.4]], "labels[1] sums to 0.9; expected probabilities that sum"),
        ([[0.5, 0.5, 0], [-0.5, 1, 0.5]], "labels[1, 0] is -0.5; expected a number from 0 to 1"),
        ([[0.5, 0.5, 0], [np.nan, 1, 0]], "labels[1, 0] is nan; expected a number from 0 to 1"),
        ([[1, 0], [0, 1]], "has shape (2, 3) but labels has shape (2, 2); expected (2,), a class"),
    ],
)
def test_rows_of_labels_that_are_no_probabilities_are_refused(labels, message):
    with refused(message):
        softmax_cross_entropy(np.zeros((2, 3)), labels)


@pytest.mark.parametrize("loss", [focal, brier], ids=name)
@pytest.mark.parametrize(
    ("labels", "message"),
    [
        ([0, 1, 1, 2], "labels[3] is 2; binary labels are 0 or 1"),
        ([0, 0.5, 1, 1], "labels[1] is 0.5; binary labels are 0 or 1"),
        ([0, 1, np.nan, 1], "labels[2] is nan; binary labels are 0 or 1"),
        ([1, -1, 1, 1], "labels[1] is -1; binary labels are 0 or 1: use (labels + 1) / 2"),
        ([[0], [0], [1], [1]], "has shape (4,) but labels has shape (4, 1); did you mean labels[:"),
        ([0, 1], "has shape (4,) but labels has shape (2,)"),
    ],
)
def test_labels_that_are_not_binary_are_refused(loss, labels, message):
    with refused(message):
        loss([0.1, 0.2, 0.3, 0.4], labels)


@pytest.mark.parametrize("loss", ON_SCORES, ids=name)
@pytest.mark.parametrize(
    ("labels", "message"),
    [
        ([0, 1, 0], "labels[0] is 0; the labels of scores are −1 or +1: use 2 * labels - 1"),
        ([True, True, False], "labels[2] is False; the labels of scores are −1 or +1: use 2 * "),
        ([1, -1, 0.5], "labels[2] is 0.5; the labels of scores are −1 or +1"),
        ([1, -1, np.nan], "labels[2] is nan; the labels of scores are −1 or +1"),
        ([1, -1], "scores has shape (3,) but labels has shape (2,)"),
    ],
)
def test_labels_that_are_not_signs_are_refused(loss, labels, message):
    with refused(message):
        loss([0.1, 0.2, 0.3], labels)


@pytest.mark.parametrize("loss", ON_TABLES, ids=name)
@pytest.mark.parametrize(
    ("labels", "message"),
    [
        ([0, 1, 5], "labels[2] is 5 but there are 3 classes: expected 0 to 2"),
        ([0, -1, 2], "labels[1] is -1 but there are 3 classes: expected 0 to 2"),
        ([1, 2, 3], "expected 0 to 2; for classes numbered from 1 use labels - 1"),
        ([0, 0.5, 1], "labels[1] is 0.5; expected a class index, a whole number from 0 to 2"),
        ([0, np.nan, 1], "labels[1] is nan; expected a class index, a whole number from 0 to 2"),
        ([0, np.inf, 1], "labels[1] is inf but there are 3 classes"),
        ([[0], [1], [2]], "but labels has shape (3, 1); did you mean labels[:, 0]?"),
        ([0, 1], "has shape (3, 3) but labels has shape (2,); expected (3,), a class index for ea"),
    ],
)
def test_labels_that_are_not_classes_are_refused(loss, labels, message):
    with refused(message):
        loss(np.zeros((3, 3)), labels)


def test_rows_instead_of_classes_are_refused_by_the_hinge():
    with refused("but labels has shape (3, 3); did you mean labels.argmax(axis=1)?"):
        multiclass_hinge(np.zeros((3, 3)), np.eye(3))


@pytest.mark.parametrize("loss", [*ON_LOGITS, brier, *ON_SCORES], ids=name)
def test_one_column_against_a_flat_array_is_refused(loss):
    with refused("has shape (5, 1) but labels has shape (5,); did you mean "):
        loss(np.ones((5, 1)), np.ones(5))


@pytest.mark.parametrize("loss", [focal, brier, *ON_SCORES], ids=name)
@pytest.mark.parametrize(
    ("shape", "message"),
    [
        ((5, 2), "has shape (5, 2); expected (n,), one a sample"),
        ((5, 1), "and labels[:, 0]?"),
        ((0,), "has shape (0,): there is no sample in it"),
        ((), "has shape (); expected (n,) or (n, k)"),
    ],
)
def test_other_shapes_are_refused(loss, shape, message):
    with refused(message):
        loss(np.ones(shape), np.ones(shape))


@pytest.mark.parametrize("loss", ON_TABLES, ids=name)
@pytest.mark.parametrize(
    ("shape", "message"),
    [
        ((5,), "has shape (5,); expected (n, k): a column for each of k ≥ 2 classes"),
        ((5, 1), "has shape (5, 1); expected (n, k): a column for each of k ≥ 2 classes"),
        ((0, 3), "has shape (0, 3): there is no sample in it"),
    ],
)
def test_scores_that_are_not_a_table_are_refused(loss, shape, message):
    with refused(message):
        loss(np.ones(shape), np.zeros(shape[0], int))


@pytest.mark.parametrize("loss", [*ON_LOGITS, brier, *ON_SCORES, *ON_TABLES], ids=name)
def test_what_is_not_a_real_number_is_refused(loss):
    predictions = np.full((2, 3) if loss in ON_TABLES else 2, 0.5)
    with refused("holds complex128 values; expected real numbers", TypeError):
        loss(predictions + 0j, [1, 1])
    with refused("labels holds complex128 values; expected numbers", TypeError):
        loss(predictions, [1j, 1])
    with refused("labels holds <U3 values; expected numbers", TypeError):
        loss(predictions, ["cat", "dog"])


@pytest.mark.parametrize(
    ("loss", "settings", "message"),
    [
        (binary_cross_entropy, {"label_smoothing": -0.1}, "label_smoothing is -0.1; expected a nu"),
        (binary_cross_entropy, {"label_smoothing": np.nan}, "is nan; expected a number from 0"),
        (softmax_cross_entropy, {"label_smoothing": 10}, "label_smoothing is 10; expected a numb"),
        (focal, {"gamma": -1}, "gamma is -1; expected a number of 0 or more"),
        (focal, {"gamma": np.inf}, "gamma is inf; expected a number of 0 or more"),
        (focal, {"alpha": 1.5}, "alpha is 1.5; expected a number from 0 to 1"),
        (hinge, {"margin": 0}, "margin is 0; expected a number above 0"),
        (squared_hinge, {"margin": -1}, "margin is -1; expected a number above 0"),
        (multiclass_hinge, {"margin": np.nan}, "margin is nan; expected a number above 0"),
    ],
)
def test_settings_out_of_range_are_refused(loss, settings, message):
    inputs = ([[0, 1]], [1]) if loss in ON_TABLES else ([0, 1], [1, 1])
    with refused(message):
        loss(*inputs, **settings)


@pytest.mark.parametrize("outside", [-0.1, 1.1, 4.0, np.inf])
def test_brier_refuses_logits(outside):
    message = f"probabilities[1] is {outside}; expected 0 to 1; of logits take 1 / (1 + np.exp("
    with refused(message):
        brier([0.5, outside], [0, 1])


# What is accepted.


@pytest.mark.parametrize("kind", [bool, np.int8, np.uint8, np.int64, np.float16, float])
def test_the_type_of_the_labels_does_not_matter(kind):
    for loss in (*ON_LOGITS, brier):
        assert_same(loss(P, Y.astype(kind)), loss(P, Y), 0)
    for loss in ON_TABLES:
        assert_same(loss(TABLE, Y.astype(kind)), loss(TABLE, Y), 0)
    values, gradients = binary_cross_entropy(Z.astype(np.float32), Y.astype(kind))
    assert values.dtype == gradients.dtype == np.float32


@pytest.mark.parametrize("kind", [np.int8, np.int64, np.float16, float])
@pytest.mark.parametrize("loss", ON_SCORES, ids=name)
def test_the_type_of_the_signs_does_not_matter(loss, kind):
    assert_same(loss(Z, SIGNS.astype(kind)), loss(Z, SIGNS), 0)


def test_integer_predictions_become_float64():
    assert [array.dtype for array in hinge([0, 1], [1, -1])] == [np.float64, np.float64]
    assert [array.dtype for array in softmax_cross_entropy([[0, 1]], [1])] == [np.float64] * 2


def test_nan_among_the_probabilities_stays_in_its_sample():
    values, gradients = brier([0.25, np.nan], [0, 1])
    assert_same((values, gradients), ([0.0625, np.nan], [0.5, np.nan]))


def test_certain_logits_have_the_limits_of_value_and_gradient():
    certain = [np.inf, -np.inf, np.inf, -np.inf]
    wanted = ([0, 0, np.inf, np.inf], [0, 0, 1, -1])
    assert_same(binary_cross_entropy(certain, [1, 0, 0, 1]), wanted)
    assert_same(logistic(certain, [1, -1, -1, 1]), wanted)


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_exponential_gives_infinity_without_a_warning_where_the_dtype_ends(dtype):
    scores = np.array([-1000, 1000], dtype)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert_same(exponential(scores, [1, 1]), ([np.inf, 0], [-np.inf, 0]))


@pytest.mark.parametrize("loss", ON_TABLES, ids=name)
def test_a_large_table_is_its_rows(loss):
    rng = np.random.default_rng(1)
    table, classes = rng.normal(size=(70_000, 2)), rng.integers(0, 2, size=70_000)
    values, gradients = loss(table, classes)
    for row in (0, 32_767, 32_768, 32_769, 65_537, 65_538, 69_999):
        one = loss(table[row : row + 1], classes[row : row + 1])
        assert_same((values[row : row + 1], gradients[row : row + 1]), one, 0)


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("smoothing", [0.0, 0.1])
def test_a_long_vector_is_its_samples(smoothing, dtype):
    rng = np.random.default_rng(1)
    z, y = rng.normal(size=140_000).astype(dtype), rng.integers(0, 2, size=140_000)
    values, gradients = binary_cross_entropy(z, y, label_smoothing=smoothing)
    assert values.dtype == gradients.dtype == dtype
    for i in (0, 65_535, 65_536, 65_537, 131_073, 131_074, 139_999):
        one = binary_cross_entropy(z[i : i + 1], y[i : i + 1], label_smoothing=smoothing)
        assert_same((values[i : i + 1], gradients[i : i + 1]), one, 4 * np.finfo(dtype).eps)


# Kinks: the subgradients that the docstrings name.


def test_subgradients_at_the_kinks():
    assert_same(hinge([1, -1, 2], [1, -1, 1]), ([0, 0, 0], [0, 0, 0]), 0)
    assert_same(hinge([3, -3], [1, -1], margin=3), ([0, 0], [0, 0]), 0)
    assert_same(perceptron([0, 0], [1, -1]), ([0, 0], [-1, 1]), 0)
    assert_same(squared_hinge([1, -1], [1, -1]), ([0, 0], [0, 0]), 0)
    assert_same(modified_huber([1, -1], [1, 1]), ([0, 4], [0, -4]), 0)
    assert_same(multiclass_hinge([[2, 2, 0, 2]], [0]), ([1], [[-1, 1, 0, 0]]), 0)
    assert_same(multiclass_hinge([[1, 2, 1]], [1]), ([0], [[0, 0, 0]]), 0)


@pytest.mark.parametrize("loss", [hinge, squared_hinge, modified_huber, perceptron], ids=name)
def test_no_gradient_is_minus_zero(loss):
    gradients = loss([5, -5], [1, -1])[1]
    assert not np.signbit(gradients).any()


# Identities.


@pytest.mark.parametrize("smoothing", [0.0, 0.3])
def test_two_softmax_classes_are_the_sigmoid_of_the_difference(smoothing):
    pair = np.stack([Z, 3 * P], axis=1)
    values, gradients = softmax_cross_entropy(pair, Y, label_smoothing=smoothing)
    wanted = binary_cross_entropy(pair[:, 1] - pair[:, 0], Y, label_smoothing=smoothing)
    assert_same((values, gradients[:, 1]), wanted)
    np.testing.assert_allclose(gradients[:, 0], -gradients[:, 1], rtol=1e-12)


def test_focal_without_gamma_is_binary_cross_entropy():
    wanted = binary_cross_entropy(Z, Y)
    assert_same(focal(Z, Y, gamma=0), wanted, 1e-15)
    weights = np.where(Y == 1, 0.25, 0.75)
    assert_same(focal(Z, Y, gamma=0, alpha=0.25), [weights * array for array in wanted])


def test_logistic_is_binary_cross_entropy_on_signs():
    assert_same(logistic(Z, SIGNS), binary_cross_entropy(Z, Y), 0)


def test_squared_hinge_is_the_hinge_squared():
    values, gradients = hinge(Z, SIGNS, margin=2)
    assert_same(squared_hinge(Z, SIGNS, margin=2), (values**2, 2 * values * gradients))


def test_modified_huber_is_the_squared_hinge_up_to_margin_minus_one():
    inside = SIGNS * Z >= -1
    assert inside.any()
    assert not inside.all()
    signs = SIGNS[inside]
    assert_same(modified_huber(Z[inside], signs), squared_hinge(Z[inside], signs))


def test_two_class_hinge_is_the_hinge_of_the_difference():
    pair = np.stack([0 * Z, Z], axis=1)
    values, gradients = multiclass_hinge(pair, Y)
    assert_same((values, gradients[:, 1]), hinge(Z, SIGNS))


def test_brier_is_the_squared_error_of_the_probability():
    assert_same(brier(P, Y), ((P - Y) ** 2, 2 * (P - Y)))


def test_smoothed_labels_are_a_mixture_of_labels():
    s = 0.3
    right, wrong = binary_cross_entropy(Z, Y), binary_cross_entropy(Z, 1 - Y)
    mixture = [(1 - s / 2) * a + s / 2 * b for a, b in zip(right, wrong)]
    assert_same(binary_cross_entropy(Z, Y, label_smoothing=s), mixture)
    each = [softmax_cross_entropy(TABLE, np.full(60, j)) for j in range(4)]
    right = softmax_cross_entropy(TABLE, CLASSES)
    mixture = [(1 - s) * right[i] + s / 4 * sum(pair[i] for pair in each) for i in (0, 1)]
    assert_same(softmax_cross_entropy(TABLE, CLASSES, label_smoothing=s), mixture)


def test_softmax_does_not_see_a_shift():
    table = np.round(TABLE * 2**20) / 2**20  # so that adding 1e4 loses nothing
    wanted = softmax_cross_entropy(table, CLASSES)
    assert_same(softmax_cross_entropy(table + 1e4, CLASSES), wanted, 0)


def test_softmax_gradients_of_a_sample_sum_to_zero():
    for smoothing in (0, 0.3):
        gradients = softmax_cross_entropy(TABLE, CLASSES, label_smoothing=smoothing)[1]
        np.testing.assert_allclose(gradients.sum(axis=1), 0, atol=1e-15)


# Other libraries, on ordinary inputs.

FUNCTIONAL = torch.nn.functional


@pytest.mark.parametrize("smoothing", [0.0, 0.1])
def test_cross_entropies_agree_with_pytorch(smoothing):
    labels = torch.tensor(Y * (1 - smoothing) + smoothing / 2)
    theirs = partial(FUNCTIONAL.binary_cross_entropy_with_logits, target=labels, reduction="none")
    assert_same(binary_cross_entropy(Z, Y, label_smoothing=smoothing), with_torch(theirs, Z))
    theirs = partial(
        FUNCTIONAL.cross_entropy,
        target=torch.tensor(CLASSES),
        reduction="none",
        label_smoothing=smoothing,
    )
    ours = softmax_cross_entropy(TABLE, CLASSES, label_smoothing=smoothing)
    assert_same(ours, with_torch(theirs, TABLE))


def test_losses_of_probabilities_and_margins_agree_with_pytorch():
    labels = torch.tensor(1.0 * Y)
    theirs = partial(FUNCTIONAL.mse_loss, target=labels, reduction="none")
    assert_same(brier(P, Y), with_torch(theirs, P))
    signs = torch.tensor(SIGNS)
    theirs = partial(FUNCTIONAL.soft_margin_loss, target=signs, reduction="none")
    assert_same(logistic(Z, SIGNS), with_torch(theirs, Z))
    assert_same(exponential(Z, SIGNS), with_torch(lambda s: torch.exp(-signs * s), Z))


def test_means_agree_with_scikit_learn():
    metrics = sklearn.metrics
    sigmoid = 1 / (1 + np.exp(-Z))
    softmax = np.exp(TABLE) / np.exp(TABLE).sum(axis=1, keepdims=True)
    for ours, theirs in [
        (binary_cross_entropy(Z, Y), metrics.log_loss(Y, sigmoid)),
        (softmax_cross_entropy(TABLE, CLASSES), metrics.log_loss(CLASSES, softmax)),
        (brier(P, Y), metrics.brier_score_loss(Y, P)),
        (hinge(Z, SIGNS), metrics.hinge_loss(SIGNS, Z)),
        (multiclass_hinge(TABLE, CLASSES), metrics.hinge_loss(CLASSES, TABLE)),
    ]:
        assert ours[0].mean() == pytest.approx(theirs, rel=1e-12)


# Where the usual forms return 0, inf or NaN.


@pytest.mark.parametrize(
    ("dtype", "z", "wanted"),
    [(np.float64, -40, 4.248354255291589e-18), (np.float32, -20, 2.061153618190204e-09)],
)
def test_binary_cross_entropy_of_a_sure_sample_is_not_zero(dtype, z, wanted):
    z = np.array([z], dtype)
    tolerance = 4 * np.finfo(dtype).eps
    # With x = e^z, both log(1 + x) and x / (1 + x) are x, to the precision of the dtype.
    for array in binary_cross_entropy(z, [0]):
        np.testing.assert_allclose(array, [wanted], rtol=tolerance)
    np.testing.assert_allclose(binary_cross_entropy(-z, [1])[1], [-wanted], rtol=tolerance)


@pytest.mark.parametrize(
    ("dtype", "gap", "wanted"),
    [(np.float64, 40, 8.496708510583178e-18), (np.float32, 20, 4.122307236380408e-09)],
)
def test_softmax_cross_entropy_of_a_sure_sample_is_not_zero(dtype, gap, wanted):
    values, gradients = softmax_cross_entropy(np.array([[gap, 0, 0]], dtype), [0])
    tolerance = 4 * np.finfo(dtype).eps
    np.testing.assert_allclose(values, [wanted], rtol=tolerance)
    expected = [[-wanted, wanted / 2, wanted / 2]]
    np.testing.assert_allclose(gradients, expected, rtol=tolerance)


def test_softmax_cross_entropy_of_shifted_logits_keeps_every_digit():
    values, gradients = softmax_cross_entropy([[10_040.0, 10_000.0, 10_000.0]], [0])
    np.testing.assert_allclose(values, [8.496708510583178e-18], rtol=1e-15)
    np.testing.assert_allclose(gradients[0, 0], -8.496708510583178e-18, rtol=1e-15)


def test_logistic_loss_of_a_margin_of_minus_100_is_100_in_float32():
    assert_same(logistic(np.array([-100], np.float32), [1]), ([100], [-1]), 0)


def test_exponential_loss_of_a_large_right_score_is_zero():
    assert_same(exponential([1e4, -1e4, 1e300], [1, -1, 1]), ([0, 0, 0], [0, 0, 0]), 0)


def test_modified_huber_of_a_huge_wrong_score_is_finite():
    assert_same(modified_huber([-1e200], [1]), ([4e200], [-4]))

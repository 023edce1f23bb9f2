"""Labels that are probabilities, several labels at once, and the recipes of the docstrings."""

import numpy as np
import pytest
import torch

from lossbook import mean
from lossbook.losses import (
    binary_cross_entropy,
    kl_divergence,
    logistic,
    softmax_cross_entropy,
)

RNG = np.random.default_rng(0)
Z, TABLE = 2 * RNG.normal(size=40), 2 * RNG.normal(size=(40, 4))
SHARES, ROWS = RNG.uniform(size=40), RNG.dirichlet(np.ones(4), size=40)
Y, CLASSES = RNG.integers(0, 2, size=40), RNG.integers(0, 4, size=40)
SEVERAL = RNG.integers(0, 2, size=(40, 4))
FUNCTIONAL = torch.nn.functional


def with_torch(loss, predictions):
    """Return the value, or values, and the gradient of a PyTorch loss of one tensor."""
    tensor = torch.tensor(predictions, requires_grad=True)
    values = loss(tensor)
    values.sum().backward()
    return values.detach().numpy(), tensor.grad.numpy()


def assert_same(got, wanted):
    for a, b in zip(got, wanted, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("smoothing", [0.0, 0.1])
def test_soft_labels_are_those_of_pytorch(smoothing):
    labels = torch.tensor(SHARES * (1 - smoothing) + smoothing / 2)
    wanted = with_torch(
        lambda z: FUNCTIONAL.binary_cross_entropy_with_logits(z, labels, reduction="none"), Z
    )
    assert_same(binary_cross_entropy(Z, SHARES, label_smoothing=smoothing), wanted)
    wanted = with_torch(
        lambda z: FUNCTIONAL.cross_entropy(
            z, torch.tensor(ROWS), reduction="none", label_smoothing=smoothing
        ),
        TABLE,
    )
    assert_same(softmax_cross_entropy(TABLE, ROWS, label_smoothing=smoothing), wanted)


def test_several_labels_at_once_are_columns_of_their_own():
    table = binary_cross_entropy(TABLE, SEVERAL)
    for j in range(4):
        column = binary_cross_entropy(TABLE[:, j], SEVERAL[:, j])
        for array, alone in zip(table, column):
            np.testing.assert_array_equal(array[:, j], alone)
    labels = torch.tensor(1.0 * SEVERAL)
    wanted = with_torch(lambda z: FUNCTIONAL.binary_cross_entropy_with_logits(z, labels), TABLE)
    assert_same(mean(binary_cross_entropy, TABLE, SEVERAL), wanted)


@pytest.mark.parametrize("kind", [bool, int, np.float32])
@pytest.mark.parametrize("smoothing", [0.0, 0.1])
def test_a_row_with_one_1_is_that_class(kind, smoothing):
    wanted = softmax_cross_entropy(TABLE, CLASSES, label_smoothing=smoothing)
    rows = np.eye(4)[CLASSES].astype(kind)
    for a, b in zip(softmax_cross_entropy(TABLE, rows, label_smoothing=smoothing), wanted):
        np.testing.assert_array_equal(a, b)


def test_soft_labels_do_not_change_float32():
    single = Z.astype("f"), TABLE.astype("f")
    for result in (
        binary_cross_entropy(single[0], SHARES),
        softmax_cross_entropy(single[1], ROWS),
    ):
        assert [array.dtype for array in result] == [np.float32, np.float32]


def test_a_soft_label_is_a_mixture_of_labels():
    right, wrong = binary_cross_entropy(Z, np.ones(40)), binary_cross_entropy(Z, np.zeros(40))
    mixture = [SHARES * a + (1 - SHARES) * b for a, b in zip(right, wrong)]
    assert_same(binary_cross_entropy(Z, SHARES), mixture)


def test_two_classes_are_the_sigmoid_of_their_difference():
    pair = np.stack([0 * Z, Z], axis=1)
    values, gradients = softmax_cross_entropy(pair, np.stack([1 - SHARES, SHARES], axis=1))
    assert_same((values, gradients[:, 1]), binary_cross_entropy(Z, SHARES))


def test_distillation_is_the_divergence_plus_the_entropy_of_the_teacher():
    log_p = TABLE - np.log(np.exp(TABLE).sum(axis=1, keepdims=True))
    entropy = -np.sum(ROWS * np.log(ROWS), axis=1)
    values, _ = softmax_cross_entropy(TABLE, ROWS)
    assert_same((values,), (kl_divergence(log_p, ROWS)[0] + entropy,))


def test_where_the_logits_say_what_the_labels_say_the_gradient_is_zero():
    values, gradients = softmax_cross_entropy(np.log(ROWS), ROWS)
    np.testing.assert_allclose(gradients, 0, atol=2e-16)  # an ulp or two of a probability
    assert_same((values,), (-np.sum(ROWS * np.log(ROWS), axis=1),))


@pytest.mark.parametrize("zero", [0.0, -0.0])
def test_at_a_logit_of_zero_the_gradient_is_what_one_half_lacks(zero):
    values, gradients = binary_cross_entropy([zero] * 4, [0, 0.25, 0.5, 1])
    np.testing.assert_array_equal(gradients, [0.5, 0.25, 0, -0.5])
    np.testing.assert_allclose(values, np.log(2), rtol=1e-15)
    np.testing.assert_array_equal(logistic([zero] * 2, [-1, 1])[1], [0.5, -0.5])


# The recipes of the docstrings, with PyTorch's numbers.


@pytest.mark.parametrize("labels", [Y, SEVERAL], ids=["one label", "several"])
def test_pos_weight_is_a_weight_for_each_positive_label(labels):
    logits = Z if labels.ndim == 1 else TABLE
    pos_weight = 3.0 if labels.ndim == 1 else np.array([3.0, 0.5, 1.0, 20.0])
    weights = np.where(labels == 1, pos_weight, 1)
    value, gradient = mean(binary_cross_entropy, logits, labels, weights=weights)
    loss = torch.nn.BCEWithLogitsLoss(pos_weight=torch.tensor(pos_weight))
    wanted = with_torch(lambda z: loss(z, torch.tensor(1.0 * labels)), logits)
    assert_same((value * weights.mean(), gradient * weights.mean()), wanted)


def test_class_weights_are_those_of_pytorch():
    class_weights = np.array([0.2, 1.0, 3.0, 0.0])
    got = mean(softmax_cross_entropy, TABLE, CLASSES, weights=class_weights[CLASSES])
    loss = torch.nn.CrossEntropyLoss(weight=torch.tensor(class_weights))
    assert_same(got, with_torch(lambda z: loss(z, torch.tensor(CLASSES)), TABLE))


def test_a_mask_ignores_labels_as_pytorch_does():
    labels = np.where(np.arange(40) % 3 == 0, -100, CLASSES)
    kept = labels != -100
    got = mean(softmax_cross_entropy, TABLE, np.where(kept, labels, 0), weights=kept)
    loss = torch.nn.CrossEntropyLoss(ignore_index=-100)
    assert_same(got, with_torch(lambda z: loss(z, torch.tensor(labels)), TABLE))
    assert (got[1][~kept] == 0).all()


def test_if_every_label_is_ignored_there_is_no_mean():
    """PyTorch returns NaN."""
    with pytest.raises(
        ValueError, match=r"^the weights sum to 0\.0; expected a finite sum above 0"
    ):
        mean(softmax_cross_entropy, TABLE, CLASSES, weights=np.zeros(40, bool))

"""What the checks of inputs say, word for word: what was found, and a hint where it fits."""

import re

import numpy as np
import pytest

from lossbook.losses import inputs

PAIR = ("first", "second")


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (
            lambda: inputs.real_pair([1j], [1.0], PAIR),
            TypeError,
            "first holds complex128 values; expected real numbers, float32 or float64",
        ),
        (
            lambda: inputs.real_pair([1.0], ["a"], PAIR),
            TypeError,
            "second holds <U1 values; expected real numbers, float32 or float64",
        ),
        (
            lambda: inputs.real_pair([1.0, 2.0], [1.0], PAIR),
            ValueError,
            "first has shape (2,) but second has shape (1,)",
        ),
        (
            lambda: inputs.real_pair(np.ones((2, 1)), np.ones(2), PAIR),
            ValueError,
            "first has shape (2, 1) but second has shape (2,); did you mean first[:, 0]?",
        ),
        (
            lambda: inputs.real_pair(np.ones(2), np.ones((2, 1)), PAIR),
            ValueError,
            "first has shape (2,) but second has shape (2, 1); did you mean second[:, 0]?",
        ),
        (
            lambda: inputs.binary([0.0, 0.0], [1, 2]),
            ValueError,
            "labels[1] is 2; binary labels are 0 or 1",
        ),
        (
            lambda: inputs.binary([0.0, 0.0, 0.0], [0, 1, -1]),
            ValueError,
            "labels[2] is -1; binary labels are 0 or 1",
        ),
        (
            lambda: inputs.binary([0.0, 0.0], [1, -1]),
            ValueError,
            "labels[1] is -1; binary labels are 0 or 1: use (labels + 1) / 2",
        ),
        (
            lambda: inputs.binary(np.zeros((2, 3)), np.zeros((2, 3))),
            ValueError,
            "logits has shape (2, 3); expected (n,), one a sample",
        ),
        (
            lambda: inputs.binary(np.zeros((2, 1)), np.zeros((2, 1))),
            ValueError,
            "logits has shape (2, 1); expected (n,), one a sample; "
            "did you mean logits[:, 0] and labels[:, 0]?",
        ),
        (
            lambda: inputs.binary(np.zeros((2, 1)), np.zeros(2)),
            ValueError,
            "logits has shape (2, 1) but labels has shape (2,); did you mean logits[:, 0]?",
        ),
        (
            lambda: inputs.binary(np.zeros(2), np.zeros((2, 1))),
            ValueError,
            "logits has shape (2,) but labels has shape (2, 1); did you mean labels[:, 0]?",
        ),
        (
            lambda: inputs.binary(np.zeros(2), np.zeros(3)),
            ValueError,
            "logits has shape (2,) but labels has shape (3,)",
        ),
        (
            lambda: inputs.signed([0.0, 0.0], [1, 0.5]),
            ValueError,
            "labels[1] is 0.5; the labels of scores are −1 or +1",
        ),
        (
            lambda: inputs.signed([0.0, 0.0], [1, 0]),
            ValueError,
            "labels[1] is 0; the labels of scores are −1 or +1: use 2 * labels - 1",
        ),
        (
            lambda: inputs.classes(np.zeros((2, 3)), [0, 3], "logits"),
            ValueError,
            "labels[1] is 3 but there are 3 classes: expected 0 to 2",
        ),
        (
            lambda: inputs.classes(np.zeros((2, 3)), [1, 4], "logits"),
            ValueError,
            "labels[1] is 4 but there are 3 classes: expected 0 to 2",
        ),
        (
            lambda: inputs.classes(np.zeros((2, 3)), [1, 3], "logits"),
            ValueError,
            "labels[1] is 3 but there are 3 classes: expected 0 to 2; "
            "for classes numbered from 1 use labels - 1",
        ),
        (
            lambda: inputs.classes(np.zeros((2, 3)), [0, -1], "logits"),
            ValueError,
            "labels[1] is -1 but there are 3 classes: expected 0 to 2",
        ),
        (
            lambda: inputs.classes(np.zeros((2, 3)), [0, 1.5], "logits"),
            ValueError,
            "labels[1] is 1.5; expected a class index, a whole number from 0 to 2",
        ),
        (
            lambda: inputs.classes(np.zeros((2, 3)), [[0], [1]], "logits"),
            ValueError,
            "logits has shape (2, 3) but labels has shape (2, 1); did you mean labels[:, 0]?; "
            "expected (2,), a class index for each sample",
        ),
        (
            lambda: inputs.classes(np.zeros((2, 3)), np.eye(3)[:2], "logits"),
            ValueError,
            "logits has shape (2, 3) but labels has shape (2, 3); "
            "did you mean labels.argmax(axis=1)?; expected (2,), a class index for each sample",
        ),
        (
            lambda: inputs.classes(np.zeros((2, 3)), [0, 1, 2], "logits"),
            ValueError,
            "logits has shape (2, 3) but labels has shape (3,); "
            "expected (2,), a class index for each sample",
        ),
        (
            lambda: inputs.classes(np.zeros((2, 1)), [0, 0], "logits"),
            ValueError,
            "logits has shape (2, 1); expected (n, k): a column for each of k ≥ 2 classes",
        ),
        (
            lambda: inputs.between_zero_and_one(1.0, "quantile"),
            ValueError,
            "quantile is 1.0; expected a number between 0 and 1",
        ),
        (
            lambda: inputs.between_zero_and_one(50, "quantile"),
            ValueError,
            "quantile is 50; expected a number between 0 and 1, such as 0.5",
        ),
        (
            lambda: inputs.between_zero_and_one(100, "quantile"),
            ValueError,
            "quantile is 100; expected a number between 0 and 1",
        ),
        (
            lambda: inputs.distribution_rows([[0.5, 0.5], [0.5, 0.6], [0.5, 0.9]], "targets"),
            ValueError,
            "targets[1] sums to 1.1; expected probabilities that sum to 1",
        ),
        (
            lambda: inputs.refuse(np.array([[False, True]]), np.array([[1, 2]]), "a", "rule"),
            ValueError,
            "a[0, 1] is 2; rule",
        ),
    ],
)
def test_the_message_says_what_was_found_and_what_to_do(call, error, message):
    with pytest.raises(error, match=f"^{re.escape(message)}$"):
        call()


def test_two_classes_and_the_ends_of_every_range_are_allowed():
    scores, labels = inputs.classes(np.zeros((2, 2)), [0.0, 1.0], "logits")
    assert (scores.shape, labels.tolist()) == ((2, 2), [0, 1])
    assert inputs.fraction(0, "a") == 0 == inputs.not_negative(0, "a")
    assert inputs.fraction(1, "a") == 1
    inputs.unit_interval(np.array([0.0, 1.0, np.nan]))
    assert inputs.probability_rows([[0, 1]], "p").tolist() == [[0, 1]]
    assert inputs.distribution_rows([[0.25, 0.75 + 9e-6]], "p").shape == (1, 2)


@pytest.mark.parametrize("table", [np.float32([[0.1] * 10]), np.full((1, 1000), 1e-3, "f")])
def test_rounding_of_float32_is_no_reason_to_refuse_a_distribution(table):
    assert inputs.distribution_rows(table, "targets").dtype == np.float32

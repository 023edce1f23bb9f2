"""The labeled equations of the page ``when_numbers_break``."""

import itertools
from fractions import Fraction

import mpmath
import numpy as np
import pytest

from lossbook.losses import binary_cross_entropy, softmax_cross_entropy, squared_error


@pytest.fixture
def digits():
    with mpmath.workdps(400):
        yield mpmath.mpf


@pytest.mark.equation("eq-numbers-rounding")
def test_each_operation_is_off_by_at_most_half_a_unit_in_the_last_place():
    a, b = np.exp(np.random.default_rng(5).uniform(-50, 50, size=(2, 2000)))
    for x, y in zip(a, b):
        for rounded, exact in (
            (x + y, Fraction(x) + Fraction(y)),
            (x * y, Fraction(x) * Fraction(y)),
            (x / y, Fraction(x) / Fraction(y)),
        ):
            assert abs(Fraction(float(rounded)) / exact - 1) <= Fraction(1, 2**53)
    # The bound is reached, nearly: no smaller one holds.
    assert abs(Fraction(1.0) / (1 + Fraction(1, 2**53)) - 1) > Fraction(999, 1000 * 2**53)


# Below e^-708 doubles have fewer digits.
LOGITS = [*np.linspace(-700, 700, 141), 1e-9, -36.7, 36.8, 0.0]


@pytest.mark.equation("eq-numbers-softplus")
def test_the_two_sided_form_is_exact_where_the_plain_one_is_not(digits):
    for x in LOGITS:
        true = mpmath.log(1 + mpmath.exp(digits(x)))
        form = max(x, 0) + np.log1p(np.exp(-abs(x)))
        assert abs(form / true - 1) < 4e-16
        # Both sides of the equation, with all digits.
        parts = max(digits(x), 0) + mpmath.log(1 + mpmath.exp(-abs(digits(x))))
        assert abs(parts / true - 1) < digits(10) ** -60
        assert abs(binary_cross_entropy([x], [0])[0][0] / true - 1) < 4e-16
    with np.errstate(over="ignore"):
        assert np.log(1 + np.exp(-40.0)) == 0
        assert np.log(1 + np.exp(740.0)) == np.inf


@pytest.mark.equation("eq-numbers-sigmoid")
def test_the_gradient_is_exact_where_p_minus_y_is_zero(digits):
    for z, y in itertools.product(LOGITS, (0, 1)):
        sign = 1 - 2 * y
        x = sign * z
        true = 1 / (1 + mpmath.exp(-digits(z))) - y
        form = sign * np.exp(min(x, 0)) / (1 + np.exp(-abs(x)))
        assert abs(form / true - 1) < 6e-16
        assert abs(binary_cross_entropy([z], [y])[1][0] / true - 1) < 6e-16
    assert 1 / (1 + np.exp(-40.0)) - 1 == 0


@pytest.mark.equation("eq-numbers-log-sum-exp")
def test_taking_out_the_largest_exponent_changes_nothing_but_the_digits(digits):
    rng = np.random.default_rng(6)
    for shift in (0.0, 1000.0, -1000.0):
        z = rng.normal(size=6) * 5 + shift
        true = mpmath.log(sum(mpmath.exp(digits(v)) for v in z))
        m = z.max()
        form = m + np.log(np.exp(z - m).sum())
        assert abs(form - true) < 1e-15 * max(1, abs(m))
    with np.errstate(over="ignore"):
        assert np.log(np.exp(np.array([1000.0, 1000.0])).sum()) == np.inf


@pytest.mark.equation("eq-numbers-softmax-loss")
def test_subtracting_before_adding_keeps_the_digits(digits):
    z = np.array([1e4, 1e4 - 9.25, 1e4 - 11.5])
    for c in range(3):
        true = mpmath.log(sum(mpmath.exp(digits(v)) for v in z)) - digits(z[c])
        early = (z.max() - z[c]) + np.log(np.exp(z - z.max()).sum())
        assert abs(early / true - 1) < 1e-11
        assert abs(softmax_cross_entropy([z], [c])[0][0] / true - 1) < 4e-15
    late = z.max() + np.log(np.exp(z - z.max()).sum()) - z[0]
    true = mpmath.log(sum(mpmath.exp(digits(v)) for v in z)) - digits(z[0])
    assert abs(late / true - 1) > 1e-10


@pytest.mark.equation("eq-numbers-broadcast")
def test_a_column_against_a_row_forgets_who_belongs_to_whom():
    rng = np.random.default_rng(7)
    predictions, targets = rng.normal(size=9), 3 + 2 * rng.normal(size=9)
    stretched = ((predictions[:, None] - targets) ** 2).mean()
    gap = predictions.mean() - targets.mean()
    assert stretched == pytest.approx(predictions.var() + targets.var() + gap**2, rel=1e-12)
    shuffled = ((predictions[:, None] - rng.permutation(targets)) ** 2).mean()
    assert shuffled == pytest.approx(stretched, rel=1e-12)
    with pytest.raises(ValueError, match=r"\(9, 1\) but targets has shape \(9,\)"):
        squared_error(predictions[:, None], targets)

"""The labeled equations of the page ``when_numbers_break``."""

import itertools
from fractions import Fraction

import mpmath
import numpy as np
import pytest

from lossbook.losses import binary_cross_entropy, softmax_cross_entropy, squared_error
from tests.printed import over, printed

# What the page's names mean with many digits; an exact number is read exactly.
MANY = {
    "e": mpmath.e,
    "log": mpmath.log,
    "number": lambda text: mpmath.mpf(text),
    "sigma": lambda x: 1 / (1 + mpmath.exp(-x)),
}


def exact_sides(label, number=0, **names):
    with mpmath.workdps(400):
        return printed(label).sides(number, **MANY, **names)


# What the page's names mean with many digits; an exact number is read exactly.
MANY = {
    "e": mpmath.e,
    "log": mpmath.log,
    "number": lambda text: mpmath.mpf(text),
    "sigma": lambda x: 1 / (1 + mpmath.exp(-x)),
}


@pytest.fixture
def digits():
    with mpmath.workdps(400):
        yield mpmath.mpf


@pytest.mark.equation("eq-numbers-rounding")
def test_each_operation_is_off_by_at_most_half_a_unit_in_the_last_place():
    page, names = printed("eq-numbers-rounding"), {"number": Fraction, "u": Fraction(1, 2**53)}
    a, b = np.exp(np.random.default_rng(5).uniform(-50, 50, size=(2, 300)))
    for x, y in zip(a, b):
        for rounded, exact in (
            (x + y, Fraction(x) + Fraction(y)),
            (x * y, Fraction(x) * Fraction(y)),
            (x / y, Fraction(x) / Fraction(y)),
        ):
            error = Fraction(float(rounded)) / exact - 1
            left, right = page.sides(
                0, fl=lambda _, v=rounded: Fraction(float(v)), x=exact, delta=error, **names
            )
            assert left == right
            values = page.sides(1, delta=error, **names)
            assert page.orders(1, values[:3])
    # The bound is reached, nearly: no smaller one holds.
    worst = 1 / (1 + Fraction(1, 2**53)) - 1
    size, u, power, short = page.sides(1, delta=worst, **names)
    assert size > Fraction(999, 1000) * u
    assert u == power == pytest.approx(float(short), rel=0.01, abs=0)


# Below e^-708 doubles have fewer digits.
LOGITS = [*np.linspace(-700, 700, 141), 1e-9, -36.7, 36.8, 0.0]


@pytest.mark.equation("eq-numbers-softplus")
@mpmath.workdps(400)
def test_the_two_sided_form_is_exact_where_the_plain_one_is_not():
    digits = mpmath.mpf
    for x in LOGITS:
        plain, form = exact_sides("eq-numbers-softplus", x=digits(x))
        assert abs(form / plain - 1) < digits(10) ** -60
        in_doubles = max(x, 0) + np.log1p(np.exp(-abs(x)))
        assert abs(in_doubles / form - 1) < 4e-16
        assert abs(binary_cross_entropy([x], [0])[0][0] / form - 1) < 4e-16
    with np.errstate(over="ignore"):
        assert np.log(1 + np.exp(-40.0)) == 0
        assert np.log(1 + np.exp(740.0)) == np.inf


@pytest.mark.equation("eq-numbers-sigmoid")
@mpmath.workdps(400)
def test_the_gradient_is_exact_where_p_minus_y_is_zero():
    digits = mpmath.mpf
    for z, y in itertools.product(LOGITS, (0, 1)):
        plain, form = exact_sides("eq-numbers-sigmoid", x=digits(z))
        assert abs(form / plain - 1) < digits(10) ** -60
        slope = exact_sides("eq-numbers-sigmoid", 1, z=digits(z), y=y, d_ell_d_z=0)[1]
        assert abs(slope / (plain - y) - 1) < digits(10) ** -60
        sign = 1 - 2 * y
        in_doubles = sign * np.exp(min(sign * z, 0)) / (1 + np.exp(-abs(z)))
        assert abs(in_doubles / slope - 1) < 6e-16
        assert abs(binary_cross_entropy([z], [y])[1][0] / slope - 1) < 6e-16
    assert 1 / (1 + np.exp(-40.0)) - 1 == 0


@pytest.mark.equation("eq-numbers-log-sum-exp")
@mpmath.workdps(400)
def test_taking_out_the_largest_exponent_changes_nothing_but_the_digits():
    digits = mpmath.mpf
    rng = np.random.default_rng(6)
    for shift in (0.0, 1000.0, -1000.0):
        z = rng.normal(size=6) * 5 + shift
        exact = {number: digits(v) for number, v in enumerate(z, 1)}
        names = {"z": exact, "m": digits(z.max()), "k": over(1, 6)}
        plain, form = exact_sides("eq-numbers-log-sum-exp", **names)
        assert abs(form - plain) < digits(10) ** -60
        in_doubles = printed("eq-numbers-log-sum-exp").right(z=z, m=z.max(), k=over(1, 6))
        assert abs(in_doubles - plain) < 1e-15 * max(1, abs(z.max()))
    with np.errstate(over="ignore"):
        assert np.log(np.exp(np.array([1000.0, 1000.0])).sum()) == np.inf


@pytest.mark.equation("eq-numbers-softmax-loss")
@mpmath.workdps(400)
def test_subtracting_before_adding_keeps_the_digits():
    digits = mpmath.mpf
    z = np.array([1e4, 1e4 - 9.25, 1e4 - 11.5])
    names = {"m": z.max(), "k": over(1, 3), "z": z}
    for c in range(3):
        true = mpmath.log(sum(mpmath.exp(digits(v)) for v in z)) - digits(z[c])
        early = printed("eq-numbers-softmax-loss").right(ell=None, c=c + 1, **names)
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
    page = printed("eq-numbers-broadcast")
    each = over(1, 9)
    names = {"n": 9, "i": each, "j": each, "hat_y": predictions, "y": targets}
    shuffled = ((predictions[:, None] - rng.permutation(targets)) ** 2).mean()
    assert shuffled == pytest.approx(stretched, rel=1e-12)
    with pytest.raises(ValueError, match=r"\(9, 1\) but targets has shape \(9,\)"):
        squared_error(predictions[:, None], targets)
    spread = {"bar_y": targets.mean(), "overline_haty": predictions.mean()}
    page.check(overline_y=targets.mean(), Var=np.var, **spread, **names)

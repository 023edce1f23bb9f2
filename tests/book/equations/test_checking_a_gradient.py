"""The labeled equations of the page ``checking_a_gradient``."""

import numpy as np
import pytest
import sympy

from tests.printed import Chance, printed

FORMULAS = {
    1: lambda f, x, h: (f(x + h) - f(x)) / h,
    2: lambda f, x, h: (f(x + h) - f(x - h)) / (2 * h),
    4: lambda f, x, h: (f(x - 2 * h) - 8 * f(x - h) + 8 * f(x + h) - f(x + 2 * h)) / (12 * h),
}


@pytest.mark.equation("eq-checking-differences")
def test_the_three_differences_leave_out_what_taylors_formula_says():
    page, x = printed("eq-checking-differences"), sympy.symbols("x")
    f, at = sympy.exp(2 * x) + sympy.sin(3 * x), sympy.Rational(1, 3)
    derivatives = [sympy.N(sympy.diff(f, x, n).subs(x, at), 60) for n in range(10)]
    names = dict(zip(("f", "f_prime", "f_prime_prime", "f_prime_prime_prime"), derivatives))
    names["f_at_5"] = derivatives[5]
    # The first term that the dots stand for: its factor, and its derivative.
    for number, (factor, n) in enumerate(((6, 3), (120, 5), (-252, 7))):
        for h in (sympy.Rational(1, 1000), sympy.Rational(1, 2000)):
            values = {k: sympy.N(f.subs(x, at + k * h), 60) for k in range(-2, 3)}
            dots = h ** (n - 1) * derivatives[n] / factor
            exact = {"number": sympy.Rational, "dots": dots}
            left, right = page.sides(number, h=h, **{**names, "f": values}, **exact)
            assert abs(left - right) < abs(dots) / 20


@pytest.mark.equation("eq-checking-total-error")
@pytest.mark.parametrize("order", FORMULAS)
def test_the_error_of_a_difference_is_a_power_of_the_step_plus_rounding_over_the_step(order):
    # At x = 0 all derivatives of the exponential are 1, and so is its value.
    constants = {1: 1 / 2, 2: 1 / 6, 4: 1 / 30}
    points = np.random.default_rng(4).uniform(0, 0.01, size=200)
    epsilon = np.finfo(float).eps

    def measured(h):
        return np.sqrt(
            np.mean([(FORMULAS[order](np.exp, x, h) / np.exp(x) - 1) ** 2 for x in points])
        )

    page = printed("eq-checking-total-error")
    best = (epsilon / (order * constants[order])) ** (1 / (order + 1))
    for h in best * np.array([1e-4, 1e-2, 1e-1, 1, 1e1, 1e2 if order < 4 else 20.0]):
        names = {"C": constants[order], "q": order, "varepsilon": epsilon, "f": -1.0}
        assert 0.1 < measured(h) / page.right(E=None, h=h, **names) < 1.1


@pytest.mark.equation("eq-checking-best-step")
@pytest.mark.parametrize("order", [1, 2, 4])
def test_the_best_step_has_the_least_total_error(order):
    page, total = printed("eq-checking-best-step"), printed("eq-checking-total-error")

    def best(noise):
        names = {"C": 0.7, "q": order, "varepsilon": noise, "f": -3.0}
        at = page.right(0, h_star=None, **names)

        def error(h):
            return total.right(E=None, h=h, **names)

        around = [error(at * s) for s in (0.999, 1, 1.001)]
        assert around[1] < min(around[0], around[2])
        least, closed, power = page.sides(1, E=error, h_star=at, **names)
        assert closed == pytest.approx(least, rel=1e-12)
        return closed, power

    (one, power), (other, power_of_other) = best(1e-4), best(3e-4)
    assert one / power == pytest.approx(other / power_of_other, rel=1e-12)


@pytest.mark.equation("eq-checking-random-direction")
@pytest.mark.parametrize("p", [2, 7])
def test_the_directions_of_any_orthonormal_basis_see_together_the_length_of_an_error(p):
    # Any one of p directions at right angles is as likely as the others.
    draw = np.random.default_rng(p)
    delta, basis = draw.normal(size=p), np.linalg.qr(draw.normal(size=(p, p)))[0]
    chances = Chance(tuple((1 / p, {"u": u}) for u in basis.T))
    printed("eq-checking-random-direction").check(E=chances, delta=delta, p=p)


@pytest.mark.parametrize("p", [2, 7, 50])
def test_a_random_direction_sees_the_length_of_an_error_over_root_p(p):
    draw = np.random.default_rng(5)
    delta = draw.normal(size=p) * np.arange(1, p + 1)
    u = draw.normal(size=(50_000, p))
    u /= np.linalg.norm(u, axis=1, keepdims=True)
    # The standard error of this mean is below 0.8 %.
    assert np.mean((u @ delta) ** 2) == pytest.approx(delta @ delta / p, rel=0.03)

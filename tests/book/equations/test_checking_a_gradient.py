"""The labeled equations of the page ``checking_a_gradient``."""

import numpy as np
import pytest
import sympy

FORMULAS = {
    1: lambda f, x, h: (f(x + h) - f(x)) / h,
    2: lambda f, x, h: (f(x + h) - f(x - h)) / (2 * h),
    4: lambda f, x, h: (f(x - 2 * h) - 8 * f(x - h) + 8 * f(x + h) - f(x + 2 * h)) / (12 * h),
}


@pytest.mark.equation("eq-checking-differences")
def test_the_three_differences_leave_out_what_taylors_formula_says():
    x, h = sympy.symbols("x h")
    f = sympy.exp(2 * x) + sympy.sin(3 * x)
    left_out = {
        1: h / 2 * sympy.diff(f, x, 2),
        2: h**2 / 6 * sympy.diff(f, x, 3),
        4: -(h**4) / 30 * sympy.diff(f, x, 5),
    }
    for order, formula in FORMULAS.items():
        error = formula(lambda at: f.subs(x, at), x, h) - sympy.diff(f, x)
        series = sympy.series(error.subs(x, sympy.Rational(1, 3)), h, 0, order + 1).removeO()
        printed = left_out[order].subs(x, sympy.Rational(1, 3))
        assert sympy.simplify(series - printed) == 0


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

    best = (epsilon / (order * constants[order])) ** (1 / (order + 1))
    for h in best * np.array([1e-4, 1e-2, 1e-1, 1e1, 1e2 if order < 4 else 20.0]):
        assert 0.1 < measured(h) / (constants[order] * h**order + epsilon / h) < 1.1


@pytest.mark.equation("eq-checking-best-step")
@pytest.mark.parametrize("order", [1, 2, 4])
def test_the_best_step_has_the_least_total_error(order):
    h, c, noise = sympy.symbols("h C n", positive=True)
    error = c * h**order + noise / h
    best = (noise / (order * c)) ** sympy.Rational(1, order + 1)
    assert sympy.simplify(sympy.diff(error, h).subs(h, best)) == 0
    assert sympy.simplify(sympy.diff(error, h, 2).subs(h, best)).is_positive
    assert sympy.simplify(error.subs(h, best) - (order + 1) * c * best**order) == 0
    # In proportion to ε^(q/(q + 1)).
    scaled = error.subs(h, best).subs(noise, 2 * noise) / error.subs(h, best)
    assert sympy.simplify(scaled - 2 ** sympy.Rational(order, order + 1)) == 0


@pytest.mark.equation("eq-checking-random-direction")
@pytest.mark.parametrize("p", [2, 7, 50])
def test_a_random_direction_sees_the_length_of_an_error_over_root_p(p):
    draw = np.random.default_rng(5)
    delta = draw.normal(size=p) * np.arange(1, p + 1)
    u = draw.normal(size=(200_000, p))
    u /= np.linalg.norm(u, axis=1, keepdims=True)
    # The standard error of this mean is below 0.4 %.
    assert np.mean((u @ delta) ** 2) == pytest.approx(delta @ delta / p, rel=0.015)

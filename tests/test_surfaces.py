"""Surfaces: values, gradients and minima against SciPy, autograd and exact arithmetic."""

import autograd.numpy as anp
import mpmath
import numpy as np
import pytest
import scipy.optimize
from autograd import grad

from lossbook import check_gradient, minimize
from lossbook.optimizers import GradientDescent
from lossbook.surfaces import beale, himmelblau, quadratic, rosenbrock, saddle

POINTS = np.random.default_rng(0).uniform(-3, 3, size=(30, 2))
MATRIX = np.array([[3.0, 1.0], [1.0, 2.0]])

# The formulas as they stand in the sources, for autograd to differentiate.
FORMULAS = {
    quadratic(MATRIX): lambda p: anp.dot(p, anp.dot(MATRIX, p)) / 2,
    rosenbrock: lambda p: 100 * (p[1] - p[0] ** 2) ** 2 + (1 - p[0]) ** 2,
    himmelblau: lambda p: (p[0] ** 2 + p[1] - 11) ** 2 + (p[0] + p[1] ** 2 - 7) ** 2,
    beale: lambda p: (
        (1.5 - p[0] + p[0] * p[1]) ** 2
        + (2.25 - p[0] + p[0] * p[1] ** 2) ** 2
        + (2.625 - p[0] + p[0] * p[1] ** 3) ** 2
    ),
    saddle: lambda p: p[0] ** 2 - p[1] ** 2,
}
SURFACES = pytest.mark.parametrize(
    "surface", FORMULAS, ids=lambda surface: getattr(surface, "__name__", "quadratic")
)


@SURFACES
def test_value_and_gradient_are_those_of_the_formula(surface):
    for point in POINTS:
        value, gradient = surface(point)
        np.testing.assert_allclose(value, FORMULAS[surface](point), rtol=1e-11, atol=1e-12)
        expected = grad(FORMULAS[surface])(point)
        np.testing.assert_allclose(gradient, expected, rtol=1e-11, atol=1e-11)


@SURFACES
def test_gradient_passes_its_check(surface):
    assert all(check_gradient(surface, point).passed for point in POINTS)


@SURFACES
def test_minima_are_minima(surface):
    """The value is 0, the gradient vanishes, and every point around is higher."""
    for minimum in surface.minima:
        value, gradient = surface(minimum)
        assert abs(value) < 1e-28
        assert np.abs(gradient).max() < 1e-13
        for angle in np.linspace(0, 2 * np.pi, 16):
            assert surface(minimum + 1e-3 * np.array([np.cos(angle), np.sin(angle)]))[0] > 1e-9


@SURFACES
def test_a_grid_gives_what_its_points_give(surface):
    x, y = np.meshgrid(np.linspace(-2, 2, 5), np.linspace(-1, 3, 4))
    values, gradients = surface(np.stack([x, y]))
    assert values.shape == (4, 5)
    assert gradients.shape == (2, 4, 5)
    for i, j in np.ndindex(4, 5):
        value, gradient = surface([x[i, j], y[i, j]])
        np.testing.assert_allclose(values[i, j], value, rtol=1e-13, atol=1e-13)
        np.testing.assert_allclose(gradients[:, i, j], gradient, rtol=1e-13, atol=1e-13)


@SURFACES
def test_integers_are_taken_as_floats(surface):
    value, gradient = surface([2, 1])
    assert isinstance(value, np.float64)
    assert gradient.dtype == np.float64


@SURFACES
def test_wrong_shapes_are_named(surface):
    with pytest.raises(ValueError, match=r"parameters has shape \(3,\); expected \(2,\)"):
        surface([1, 2, 3])


def test_rosenbrock_is_scipys():
    for point in POINTS:
        value, gradient = rosenbrock(point)
        np.testing.assert_allclose(value, scipy.optimize.rosen(point), rtol=1e-12)
        np.testing.assert_allclose(
            gradient, scipy.optimize.rosen_der(point), rtol=1e-11, atol=1e-11
        )
    assert rosenbrock.minima.tolist() == [[1, 1]]


def test_himmelblaus_four_minima_are_the_roots_of_its_two_equations():
    def equations(x, y):
        return [x**2 + y - 11, x + y**2 - 7]

    assert len(himmelblau.minima) == 4
    for minimum in himmelblau.minima:
        root = mpmath.findroot(equations, tuple(minimum))
        np.testing.assert_allclose(minimum, [float(root[0]), float(root[1])], rtol=1e-15)
    distances = np.linalg.norm(himmelblau.minima[:, None] - himmelblau.minima, axis=2)
    assert (distances[np.triu_indices(4, 1)] > 3).all()


def test_beales_minimum_is_at_3_and_a_half():
    assert beale.minima.tolist() == [[3, 0.5]]
    assert beale([3, 0.5])[0] == 0


def test_saddle_has_no_minimum():
    assert saddle.minima.shape == (0, 2)
    assert saddle([0, 0])[0] == 0
    assert saddle([0, 0.1])[0] < 0 < saddle([0.1, 0])[0]


@pytest.mark.parametrize(
    ("surface", "start"),
    [(rosenbrock, [-1.2, 1]), (himmelblau, [0, 0]), (beale, [1, 1]), (quadratic(MATRIX), [2, -3])],
)
def test_scipy_takes_them_and_finds_a_minimum(surface, start):
    result = scipy.optimize.minimize(surface, start, jac=True, tol=1e-10)
    assert np.linalg.norm(surface.minima - result.x, axis=1).min() < 1e-6


def test_descent_finds_each_of_himmelblaus_minima_from_its_own_quadrant():
    starts = [[1, 1], [-1, 1], [-1, -1], [1, -1]]
    for start, minimum in zip(starts, himmelblau.minima):
        history = minimize(himmelblau, start, GradientDescent(0.01))
        assert history.converged
        np.testing.assert_allclose(history.parameters, minimum, rtol=1e-10)


def test_quadratic_works_in_any_dimension():
    bowl = quadratic(np.diag([1.0, 2.0, 3.0]))
    value, gradient = bowl([1, 1, 1])
    assert value == 3
    assert gradient.tolist() == [1, 2, 3]
    assert bowl.minima.shape == (1, 3)


def test_quadratic_takes_a_matrix_that_is_symmetric_up_to_rounding():
    Q, _ = np.linalg.qr(np.random.default_rng(3).normal(size=(4, 4)))
    assert check_gradient(quadratic(Q @ np.diag([1.0, 2, 3, 4]) @ Q.T), [1.0, 2, 3, 4]).passed


def test_quadratic_does_not_change_with_the_matrix_it_was_given():
    matrix = np.eye(2)
    bowl = quadratic(matrix)
    matrix[0, 0] = 5
    assert bowl([1, 0])[0] == 0.5


@pytest.mark.parametrize(
    ("matrix", "message"),
    [
        ([1, 2], r"matrix has shape \(2,\); expected \(p, p\)"),
        ([[1, 2, 3], [4, 5, 6]], r"matrix has shape \(2, 3\)"),
        ([[1, 2], [0, 1]], "symmetric and positive definite"),
        ([[1, 0], [0, -1]], "symmetric and positive definite"),
        ([[1, 1], [1, 1]], "symmetric and positive definite"),
        ([[1e9, 1], [5, 1e9]], "symmetric and positive definite"),
        ([[1e-9, 5e-10], [0, 1e-9]], "symmetric and positive definite"),
        ([[1, 0], [0, np.inf]], "symmetric and positive definite"),
    ],
)
def test_quadratic_refuses_matrices_that_make_no_bowl(matrix, message):
    with pytest.raises(ValueError, match=message):
        quadratic(matrix)

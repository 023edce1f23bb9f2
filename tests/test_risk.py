"""Mean, risk and penalties: weights, order, and agreement with scikit-learn and SciPy."""

import copy
import pickle
import warnings
from functools import partial

import numpy as np
import pytest
import scipy.optimize
import torch
from sklearn.linear_model import HuberRegressor, Lasso, LinearRegression, Ridge

from lossbook import check_gradient, mean, minimize, risk
from lossbook.losses import (
    absolute_error,
    binary_cross_entropy,
    huber,
    info_nce,
    softmax_cross_entropy,
    squared_error,
)
from lossbook.losses.results import OfTheSum
from lossbook.models import MultilayerPerceptron, linear
from lossbook.optimizers import GradientDescent
from lossbook.penalties import l1, l2

RNG = np.random.default_rng(0)
X = RNG.normal(size=(40, 3)) * [1, 2, 0.5] + [0, 1, -1]
Y = X @ [2.0, -1.0, 0.5] + 3 + 0.3 * RNG.normal(size=40)
POINT = np.array([0.5, -1.0, 2.0, 0.3])
LOSSES = pytest.mark.parametrize("loss", [squared_error, absolute_error, huber])


def solve(objective, tolerance=1e-12):
    start = np.zeros(X.shape[1] + 1)
    history = minimize(
        objective, start, GradientDescent(0.1), gradient_tolerance=tolerance, max_steps=20_000
    )
    assert history.converged, history.reason
    return history.parameters


@LOSSES
def test_weights_are_repeated_rows(loss):
    weights = np.random.default_rng(1).integers(0, 4, size=40)
    repeated = np.repeat(np.arange(40), weights)
    value, gradient = risk(linear, loss, X, Y, weights=weights)(POINT)
    expected = risk(linear, loss, X[repeated], Y[repeated])(POINT)
    np.testing.assert_allclose(value, expected[0], rtol=1e-13)
    np.testing.assert_allclose(gradient, expected[1], rtol=1e-12, atol=1e-14)


@LOSSES
def test_equal_weights_are_no_weights(loss):
    value, gradient = risk(linear, loss, X, Y, weights=np.full(40, 7.0))(POINT)
    expected = risk(linear, loss, X, Y)(POINT)
    np.testing.assert_allclose(value, expected[0], rtol=1e-13)
    np.testing.assert_allclose(gradient, expected[1], rtol=1e-12, atol=1e-14)


@LOSSES
def test_order_of_the_samples_does_not_matter(loss):
    order = np.random.default_rng(2).permutation(40)
    weights = np.random.default_rng(3).uniform(size=40)
    value, gradient = risk(linear, loss, X, Y, weights=weights)(POINT)
    shuffled = risk(linear, loss, X[order], Y[order], weights=weights[order])(POINT)
    np.testing.assert_allclose(shuffled[0], value, rtol=1e-13)
    np.testing.assert_allclose(shuffled[1], gradient, rtol=1e-12, atol=1e-14)


@LOSSES
def test_gradient_passes_its_check(loss):
    weights = np.random.default_rng(4).uniform(size=40)
    for penalty in (None, l2(0.3), l2(0.3, skip=1), l1(0.3), l1(0.3, skip=1)):
        objective = risk(linear, loss, X, Y, weights=weights, penalty=penalty)
        assert check_gradient(objective, POINT).passed


def test_mean_of_rows_is_the_mean_over_all_their_entries():
    """Oracle: torch.nn.functional.mse_loss and its gradient."""
    predictions, targets = np.random.default_rng(5).normal(size=(2, 6, 3))
    value, gradient = mean(squared_error, predictions, targets)
    theirs = torch.from_numpy(predictions).requires_grad_()
    loss = torch.nn.functional.mse_loss(theirs, torch.from_numpy(targets))
    loss.backward()
    np.testing.assert_allclose(value, loss.item(), rtol=1e-14)
    np.testing.assert_allclose(gradient, theirs.grad.numpy(), rtol=1e-13)
    weights = np.array([1, 0, 2, 0, 0, 3])
    weighted = mean(squared_error, predictions, targets, weights=weights)[0]
    by_hand = np.average(((predictions - targets) ** 2).mean(axis=1), weights=weights)
    np.testing.assert_allclose(weighted, by_hand, rtol=1e-14)


def test_mean_weights_every_gradient_of_a_loss_with_several_inputs():
    def product(a, b):
        return a * b, (b, a)

    a, b, weights = np.random.default_rng(6).uniform(1, 2, size=(3, 5))
    value, gradients = mean(product, a, b, weights=weights)
    np.testing.assert_allclose(value, np.average(a * b, weights=weights))
    np.testing.assert_allclose(gradients[0], weights * b / weights.sum())
    np.testing.assert_allclose(gradients[1], weights * a / weights.sum())


def test_hyper_parameters_reach_the_loss():
    objective = risk(linear, huber, X, Y, delta=0.25)
    predictions = linear(POINT, X)[0]
    assert objective(POINT)[0] == pytest.approx(huber(predictions, Y, delta=0.25)[0].mean())


@pytest.mark.parametrize("penalty", [None, l1(0.3), l2(0.3)])
def test_float32_data_give_a_float32_gradient_that_passes_its_check(penalty):
    single = X.astype(np.float32), Y.astype(np.float32)
    objective = risk(linear, squared_error, *single, penalty=penalty)
    value, gradient = objective(POINT)
    assert isinstance(value, float)
    assert gradient.dtype == np.float32
    assert check_gradient(objective, POINT).passed


def test_linear_regression_agrees_with_scikit_learn_to_ten_digits():
    model = LinearRegression().fit(X, Y)
    parameters = solve(risk(linear, squared_error, X, Y))
    np.testing.assert_allclose(parameters, [model.intercept_, *model.coef_], rtol=1e-10)


def test_weighted_linear_regression_agrees_with_scikit_learn():
    weights = np.random.default_rng(7).uniform(size=40)
    model = LinearRegression().fit(X, Y, sample_weight=weights)
    parameters = solve(risk(linear, squared_error, X, Y, weights=weights))
    np.testing.assert_allclose(parameters, [model.intercept_, *model.coef_], rtol=1e-10)


def test_ridge_agrees_with_scikit_learn_where_strength_is_alpha_over_n():
    model = Ridge(alpha=5.0).fit(X, Y)
    parameters = solve(risk(linear, squared_error, X, Y, penalty=l2(5.0 / 40, skip=1)))
    np.testing.assert_allclose(parameters, [model.intercept_, *model.coef_], rtol=1e-10)


def test_lasso_of_scikit_learn_is_a_minimum_where_strength_is_twice_alpha():
    """At its solution the slopes that are 0 stay 0, and the gradient vanishes for the others."""
    model = Lasso(alpha=0.4, tol=1e-12, max_iter=100_000).fit(X, Y)
    parameters = np.array([model.intercept_, *model.coef_])
    zero = parameters == 0
    assert 0 < zero.sum() < 3
    _, gradient = risk(linear, squared_error, X, Y, penalty=l1(0.8, skip=1))(parameters)
    assert np.abs(gradient[~zero]).max() < 1e-9
    # The subgradient at 0 reaches from −strength to strength.
    assert np.abs(gradient[zero]).max() < 0.8


def test_weight_decay_of_pytorch_is_twice_the_strength():
    start = np.array([1.0, -2.0, 0.5, 3.0])
    theirs = torch.tensor(start, requires_grad=True)
    optimizer = torch.optim.SGD([theirs], lr=0.05, weight_decay=0.6)
    columns = torch.from_numpy(np.column_stack([np.ones(40), X]))
    for _ in range(100):
        optimizer.zero_grad()
        torch.nn.functional.mse_loss(columns @ theirs, torch.from_numpy(Y)).backward()
        optimizer.step()
    objective = risk(linear, squared_error, X, Y, penalty=l2(0.3))
    ours = minimize(objective, start, GradientDescent(0.05), max_steps=100)
    np.testing.assert_allclose(ours.parameters, theirs.detach().numpy(), rtol=1e-12)


def test_huber_regression_agrees_with_scikit_learn_for_its_scale():
    """HuberRegressor fits a scale σ beside θ; at that σ its θ minimizes our loss with δ = εσ."""
    model = HuberRegressor(epsilon=1.5, alpha=0.0, tol=1e-10, max_iter=10_000).fit(X, Y)
    parameters = solve(risk(linear, huber, X, Y, delta=1.5 * model.scale_))
    np.testing.assert_allclose(parameters, [model.intercept_, *model.coef_], rtol=1e-5)


@pytest.mark.parametrize("model", [linear, MultilayerPerceptron((3, 4, 1))])
def test_scipy_takes_an_objective_as_it_is(model):
    objective = risk(model, squared_error, X, Y, penalty=l2(0.01))
    start = np.zeros(4) if model is linear else model.initialize(seed=0)
    result = scipy.optimize.minimize(objective, start, jac=True, options={"gtol": 1e-9})
    assert np.linalg.norm(objective(result.x)[1]) < 1e-7
    assert result.fun < objective(start)[0]


@pytest.mark.parametrize("penalty", [l1, l2])
def test_penalty_leaves_the_first_parameters_free(penalty):
    value, gradient = penalty(0.5, skip=2)([100.0, -100.0, 2.0])
    assert value == (1.0 if penalty is l1 else 2.0)
    assert gradient.tolist() == [0, 0, 0.5 if penalty is l1 else 2.0]


def test_l1_has_subgradient_zero_at_its_kink():
    assert l1(3.0)([0.0, -0.0])[1].tolist() == [0, 0]


@pytest.mark.parametrize("penalty", [l1(0.5), l2(0.5)])
def test_penalty_keeps_its_argument_and_its_dtype(penalty):
    parameters = np.array([1.0, 2.0], dtype=np.float32)
    assert penalty(parameters)[1].dtype == np.float32
    assert penalty([1, 2])[1].dtype == np.float64
    assert parameters.tolist() == [1, 2]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: mean(squared_error, [1, 2], [0, 0], weights=[1]), r"\(1,\); expected \(2,\)"),
        (lambda: mean(squared_error, [1, 2], [0, 0], weights=[1, -1]), r"weights\[1\] is -1"),
        (lambda: mean(squared_error, [1, 2], [0, 0], weights=[np.nan, 1]), r"weights\[0\] is nan"),
        (lambda: mean(squared_error, [1, 2], [0, 0], weights=[0, 0]), "sum to 0"),
        (lambda: mean(squared_error, [1, 2], [0, 0], weights=[1, np.inf]), "sum to inf"),
        (
            lambda: risk(linear, squared_error, X, Y[:, None])(POINT),
            r"predictions has shape \(40,\) but targets has shape \(40, 1\)",
        ),
        (
            lambda: risk(linear, squared_error, X, Y)(POINT[:3]),
            r"parameters has shape \(3,\) but X has shape \(40, 3\)",
        ),
        (lambda: l2(-1), "strength is -1; expected a number of 0 or more"),
        (lambda: l1(np.nan), "strength is nan; expected a number of 0 or more"),
        (lambda: l1(1, skip=-1), "skip is -1; expected an integer of 0 or more"),
        (lambda: l2(1, skip=0.5), "skip is 0.5; expected an integer of 0 or more"),
        (lambda: l2(1, skip=3)([1.0, 2.0]), r"skip is 3 but parameters has shape \(2,\)"),
    ],
)
def test_wrong_inputs_raise_and_are_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def refused(message, error=ValueError):
    return pytest.raises(error, match=message)


class TestBatchLoss:
    """Each value of info_nce depends on every row: weights cannot be multiplied row by row."""

    A, B = np.random.default_rng(8).normal(size=(2, 4, 3))

    @pytest.mark.parametrize("weights", [[1, 0, 0, 0], [1, 1, 1, 1]])
    @pytest.mark.parametrize("loss", [info_nce, partial(info_nce, temperature=0.5)])
    def test_its_weights_are_refused_with_what_to_do(self, loss, weights):
        with refused("depends on every row.*; leave out the rows that are not to count"):
            mean(loss, self.A, self.B, weights=weights)

    def test_the_gradient_of_its_mean_is_that_of_finite_differences(self):
        value, gradients = mean(info_nce, self.A, self.B)
        step = 1e-6 * np.random.default_rng(9).normal(size=(2, 4, 3))
        for which, gradient in enumerate(gradients):
            shift = step * [[[1 - which]], [[which]]]
            up, down = (
                mean(info_nce, *(np.stack([self.A, self.B]) + s * shift))[0] for s in (1, -1)
            )
            assert up - down == pytest.approx(np.sum(gradient * 2 * shift[which]), rel=1e-6)
        assert value == info_nce(self.A, self.B)[0].mean()

    def test_its_gradients_say_so_and_are_a_tuple(self):
        _, gradients = info_nce(self.A, self.B)
        assert isinstance(gradients, OfTheSum)
        assert isinstance(gradients, tuple)
        by_anchors, by_positives = pickle.loads(pickle.dumps(gradients))
        np.testing.assert_array_equal(by_anchors, gradients[0])
        np.testing.assert_array_equal(by_positives, gradients[1])

    def test_in_a_risk_its_positives_are_constant(self):
        objective = risk(partial(linear, outputs=3), info_nce, X, X[::-1])
        start = np.random.default_rng(10).normal(size=12)
        assert check_gradient(objective, start).passed


class TestWeights:
    @pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
    def test_a_sample_of_weight_zero_does_not_count_whatever_it_is(self, bad):
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            value, gradient = mean(squared_error, [1.0, bad, 3.0], [0, 0, 0], weights=[1, 0, 1])
        assert value == 5
        assert gradient.tolist() == [1, 0, 3]

    def test_a_mask_is_weights(self):
        kept = [True, False, True]
        assert mean(squared_error, [1, 2, 3], [0, 0, 0], weights=kept)[0] == 5

    @pytest.mark.parametrize("dtype", [np.float32, np.float64])
    @pytest.mark.parametrize("size", [1e-300, 1e-50, 1.0, 1e50, 1e300])
    def test_only_the_ratio_of_weights_counts(self, size, dtype):
        predictions = np.array([1, 2], dtype)
        value, gradient = mean(squared_error, predictions, [0, 0], weights=[3 * size, size])
        assert value == pytest.approx(1.75, rel=1e-6)
        np.testing.assert_allclose(gradient, [1.5, 1], rtol=1e-6)

    def test_a_table_may_have_a_weight_for_each_entry(self):
        predictions, weights = np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([[1, 0], [0, 3]])
        value, gradient = mean(squared_error, predictions, np.zeros((2, 2)), weights=weights)
        assert value == (1 + 3 * 16) / 4
        assert gradient.tolist() == [[0.5, 0], [0, 6]]
        with refused(r"weights\[1, 0\] is -1.0; expected numbers of 0 or more"):
            mean(squared_error, predictions, np.zeros((2, 2)), weights=[[1, 0], [-1, 0]])

    @pytest.mark.parametrize(
        "weights", [["1", "1"], [1j, 1], np.ma.array([1, 1]), ["2020", "2021"]]
    )
    def test_weights_that_are_no_numbers_are_refused(self, weights):
        with refused("weights (holds|is a masked)", TypeError):
            mean(squared_error, [1, 2], [0, 0], weights=weights)


class TestMeanOfWhatALossReturns:
    @pytest.mark.parametrize(
        ("returned", "error", "message"),
        [
            (1.5, TypeError, "the loss returned float; expected a pair: values and gradients"),
            ((1.5, [1, 2]), ValueError, r"values of the loss has shape \(\); expected"),
            (([1, 2], 1.5), ValueError, r"gradients of the loss has shape \(\); expected"),
            (([1, 2], ["a", "b"]), TypeError, "gradients of the loss holds <U1 values"),
            (([1], [1, 2]), ValueError, r"values of shape \(1,\) and a gradient of shape \(2,\)"),
            ((np.ones((2, 2)), np.ones((2, 2))), ValueError, r"for an input of shape \(2,\)"),
        ],
    )
    def test_what_is_no_value_a_sample_is_refused(self, returned, error, message):
        with refused(message, error):
            mean(lambda predictions, targets: returned, [1.0, 2.0], [0.0, 0.0])

    def test_what_is_no_function_is_refused(self):
        with refused("loss is 'huber'; expected a function", TypeError):
            mean("huber", [1.0], [1.0])

    def test_a_loss_may_return_lists(self):
        value, gradient = mean(lambda p, t: ([1, 3], [2, 4]), [0.0, 0.0], [0.0, 0.0])
        assert (value, gradient.tolist()) == (2, [1, 2])

    @pytest.mark.parametrize("weights", [None, [1, 1]])
    @pytest.mark.parametrize("dtype", [np.float32, np.float64])
    def test_a_mean_is_not_inf_because_its_sum_is(self, dtype, weights):
        top = np.array([np.finfo(dtype).max] * 2)
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            value, _ = mean(absolute_error, top, 0 * top, weights=weights)
            assert value == top[0]
            assert mean(squared_error, top, 0 * top, weights=weights)[0] == np.inf

    def test_the_arrays_of_a_loss_are_not_changed(self):
        predictions = np.array([1.0, 2.0])
        mean(lambda p, t: (p, p), predictions, predictions)
        assert predictions.tolist() == [1, 2]


class TestRiskObject:
    @pytest.mark.parametrize(
        ("model", "loss", "settings"),
        [
            (linear, huber, {"delta": 0.5}),
            (MultilayerPerceptron((3, 4, 1)), squared_error, {"weights": np.arange(40)}),
            (partial(linear, outputs=2), softmax_cross_entropy, {"label_smoothing": 0.1}),
            (linear, binary_cross_entropy, {}),
        ],
    )
    def test_it_comes_back_from_pickle_and_copy_as_it_was(self, model, loss, settings):
        targets = Y if loss in (huber, squared_error) else (Y > 3).astype(int)
        objective = risk(model, loss, X, targets, **settings)
        sizes = {linear: 4}.get(model, 8 if isinstance(model, partial) else 21)
        point = np.random.default_rng(11).normal(size=sizes)
        value, gradient = objective(point)
        for twin in (
            pickle.loads(pickle.dumps(objective)),
            copy.copy(objective),
            copy.deepcopy(objective),
        ):
            other, other_gradient = twin(point)
            assert other == value
            np.testing.assert_array_equal(other_gradient, gradient)

    def test_it_cannot_be_changed_and_its_data_are_not_printed(self):
        objective = risk(linear, huber, X, Y, delta=2.0)
        with pytest.raises(AttributeError):
            objective.X = X
        assert "huber" in repr(objective)
        assert "{'delta': 2.0}" in repr(objective)
        assert len(repr(objective)) < 200

    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            ((3, huber), "model is 3; expected a function"),
            ((linear, "huber"), "loss is 'huber'; expected a function"),
        ],
    )
    def test_a_part_that_is_no_function_is_refused_at_once(self, arguments, message):
        with refused(message, TypeError):
            risk(*arguments, X, Y)
        with refused("penalty is 0.1; expected a function", TypeError):
            risk(linear, huber, X, Y, penalty=0.1)

    @pytest.mark.parametrize(
        ("model", "message"),
        [
            (lambda p, X: X[:, 0], "the model returned ndarray; expected a pair"),
            (lambda p, X: (X[:, 0], 3), "backward of the model is 3; expected a function"),
        ],
    )
    def test_a_model_without_backward_is_refused(self, model, message):
        with refused(message, TypeError):
            risk(model, huber, X, Y)(POINT)

    @pytest.mark.parametrize(
        ("penalty", "error", "message"),
        [
            (lambda p: 1.0, TypeError, "the penalty returned float; expected a pair"),
            (lambda p: (1.0, [1.0]), ValueError, r"shape \(1,\); expected \(4,\)"),
            (lambda p: (p, p), TypeError, "the value of the penalty is .* expected a real number"),
            (lambda p: (1.0, 1j * p), TypeError, "gradient of the penalty holds complex128"),
        ],
    )
    def test_a_penalty_of_another_form_is_refused(self, penalty, error, message):
        with refused(message, error):
            risk(linear, huber, X, Y, penalty=penalty)(POINT)

"""What must hold of every loss at any input, tried on inputs that hypothesis searches for."""

import inspect

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import lossbook.losses
from lossbook import mean
from lossbook.facts import facts
from lossbook.losses import info_nce
from tests.losses.case import Case
from tests.losses.cases import CASES


def draw_rows(rng):
    return [tuple(rng.normal(size=(2, 8, 3)))]


# One case a loss; info_nce compares samples with each other, so only some properties are its own.
ONE_EACH = list({case.loss.__name__: case for case in CASES}.values())
ALL = [*ONE_EACH, Case(info_nce, None, draw_rows, learned=2)]
# These can be below zero: they leave a constant of the likelihood out, or weigh by an advantage.
SIGNED = {"poisson", "gamma", "gaussian_nll", "policy_gradient"}
seeds = st.integers(0, 2**32 - 1)
few = settings(max_examples=15, deadline=None, derandomize=True)


def inputs_of(case, seed):
    """Return the case's ordinary inputs, drawn with the seed."""
    return [np.asarray(array) for array in case.draw(np.random.default_rng(seed))[0]]


def value_and_gradients(case, inputs, **options):
    value, gradients = mean(case.loss, *inputs, **case.settings, **options)
    return value, gradients if isinstance(gradients, tuple) else (gradients,)


@pytest.mark.parametrize("case", ONE_EACH, ids=str)
@few
@given(seed=seeds)
def test_no_loss_is_below_zero_but_those_that_say_so(case, seed):
    values, _ = case.loss(*inputs_of(case, seed), **case.settings)
    assert (values >= 0).all() or case.loss.__name__ in SIGNED


@pytest.mark.parametrize("case", ONE_EACH, ids=str)
@few
@given(seed=seeds)
def test_where_the_loss_is_zero_it_is_lowest_so_the_gradient_is_zero(case, seed):
    inputs = inputs_of(case, seed)
    values, gradients = case.loss(*inputs, **case.settings)
    gradients = gradients if isinstance(gradients, tuple) else (gradients,)
    if case.loss.__name__ not in SIGNED:
        for gradient in gradients:
            np.testing.assert_array_equal(gradient[values == 0], 0)


def test_those_that_say_so_do_go_below_zero():
    for case in ONE_EACH:
        if case.loss.__name__ in SIGNED:
            lowest = min(case.loss(*inputs_of(case, s), **case.settings)[0].min() for s in range(9))
            assert lowest < 0, case


@pytest.mark.parametrize("case", ALL, ids=str)
@few
@given(seed=seeds)
def test_the_order_of_the_samples_changes_nothing(case, seed):
    inputs = inputs_of(case, seed)
    order = np.random.default_rng(seed).permutation(len(inputs[0]))
    value, gradients = value_and_gradients(case, inputs)
    shuffled, shuffled_gradients = value_and_gradients(case, [array[order] for array in inputs])
    assert shuffled == pytest.approx(value, rel=1e-12)
    for gradient, other in zip(gradients, shuffled_gradients):
        np.testing.assert_allclose(other, gradient[order], rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize("case", ONE_EACH, ids=str)
@few
@given(seed=seeds)
def test_whole_weights_are_repeated_rows(case, seed):
    inputs = inputs_of(case, seed)
    weights = np.random.default_rng(seed).integers(1, 4, size=len(inputs[0]))
    weighted, _ = value_and_gradients(case, inputs, weights=weights)
    repeated, _ = value_and_gradients(case, [a.repeat(weights, axis=0) for a in inputs])
    assert weighted == pytest.approx(repeated, rel=1e-12)


@pytest.mark.parametrize("case", ALL, ids=str)
@few
@given(seed=seeds)
def test_a_small_step_against_the_gradient_lowers_the_mean_as_much_as_it_says(case, seed):
    inputs = inputs_of(case, seed)
    value, gradients = value_and_gradients(case, inputs)
    size = float(sum((gradient**2).sum() for gradient in gradients))
    step = 1e-7
    moved = [array - step * gradient for array, gradient in zip(inputs, gradients)]
    stepped, _ = value_and_gradients(case, [*moved, *inputs[case.learned :]])
    # The rest is the curvature, of second order in the step, and rounding.
    assert stepped - value == pytest.approx(-step * size, rel=1e-3, abs=1e-12 * (1 + abs(value)))


@pytest.mark.parametrize("loss", [getattr(lossbook.losses, n) for n in lossbook.losses.__all__])
def test_the_docstring_has_every_part_and_names_every_parameter(loss):
    text = inspect.getdoc(loss)
    for part in ("Parameters", "Returns", "Raises", "References", "Examples"):
        assert f"\n{part}\n{'-' * len(part)}\n" in text, part
    documented = text[text.index("\nParameters") : text.index("\nReturns")]
    for name in inspect.signature(loss).parameters:
        assert name in documented, name
    for words in (("expectation",), ("onvex",), ("kink", "mooth", "differentiable"), ("gradient",)):
        assert any(word in text for word in words), f"says nothing of: {words}"


@pytest.mark.parametrize("name", [n for n in facts if facts[n].predictions == "predictions"])
def test_the_example_of_a_loss_of_residuals_has_the_same_five_numbers(name):
    text = inspect.getdoc(getattr(lossbook.losses, name))
    if facts[name].family == "regression":
        assert f">>> values, gradients = {name}([0, 1, 2, 3, 4], [3, 2, 2, 2, 1]" in text


@pytest.mark.parametrize("loss", [getattr(lossbook.losses, n) for n in lossbook.losses.__all__])
def test_hyper_parameters_are_by_keyword_and_have_defaults(loss):
    for parameter in inspect.signature(loss).parameters.values():
        is_hyper_parameter = parameter.default is not inspect.Parameter.empty
        assert is_hyper_parameter == (parameter.kind == inspect.Parameter.KEYWORD_ONLY), parameter


# Those of PyTorch, scikit-learn or the paper, where they have one: a reader may leave them out.
DEFAULTS = {
    "barron": {"alpha": 1.0, "scale": 1.0},
    "binary_cross_entropy": {"label_smoothing": 0.0},
    "cauchy": {"scale": 1.0},
    "contrastive": {"margin": 1.0},
    "dice": {"smooth": 1.0},
    "epsilon_insensitive": {"epsilon": 0.1},
    "expectile": {"expectile": 0.5},
    "focal": {"gamma": 2.0, "alpha": None},
    "hinge": {"margin": 1.0},
    "huber": {"delta": 1.0},
    "info_nce": {"temperature": 0.1},
    "jaccard": {"smooth": 1.0},
    "multiclass_hinge": {"margin": 1.0},
    "pinball": {"quantile": 0.5},
    "pseudo_huber": {"delta": 1.0},
    "smooth_l1": {"beta": 1.0},
    "softmax_cross_entropy": {"label_smoothing": 0.0},
    "squared_epsilon_insensitive": {"epsilon": 0.1},
    "squared_hinge": {"margin": 1.0},
    "temporal_difference": {"discount": 0.99, "terminal": None},
    "triplet": {"margin": 1.0},
    "tukey_biweight": {"c": 4.685},
}


@pytest.mark.parametrize("case", ALL, ids=str)
def test_the_defaults_stay_what_they_are(case):
    parameters = inspect.signature(case.loss).parameters.values()
    found = {p.name: p.default for p in parameters if p.kind == p.KEYWORD_ONLY}
    assert found == DEFAULTS.get(case.loss.__name__, {})


@pytest.mark.parametrize("case", ALL, ids=str)
def test_a_hyper_parameter_is_one_real_number_and_not_nan(case):
    for name, parameter in inspect.signature(case.loss).parameters.items():
        if parameter.kind == inspect.Parameter.KEYWORD_ONLY:
            with pytest.raises(ValueError, match=rf"^{name}\b.* expected"):
                case.loss(*inputs_of(case, 0), **{**case.settings, name: np.nan})
            for wrong in ("large", [1.0, 2.0], 1j):
                with pytest.raises((TypeError, ValueError), match=rf"^{name}\b.* expected"):
                    case.loss(*inputs_of(case, 0), **{**case.settings, name: wrong})


# For each form of label, as lossbook/facts names it, one that is not of this form.
NOT_A_LABEL = {
    "0 or 1": 2,
    "0 or 1, or a number between them": 2,
    "−1 or +1": 0,
    "class indices": -1,
    "class indices, or rows of probabilities that sum to 1": -1,
    "counts, 0 or more": -1,
    "real numbers above 0": 0,
    "probabilities that sum to 1": 2,
    "1 for the same kind, 0 for different ones": 2,
    "0 or 1 for each pixel": 2,
    "action indices, each with its advantage": -1,
}
# Every real number is allowed, or there is no label.
ANY_LABEL = {
    "real numbers",
    "real vectors",
    "rewards R and predictions v′ of the next states",
    "none: the order of the inputs is the label",
    "none: row i belongs to row i",
}


@pytest.mark.parametrize("case", ALL, ids=str)
def test_a_label_of_another_form_is_refused_and_named(case):
    form = facts[case.loss.__name__].targets
    assert form in NOT_A_LABEL.keys() | ANY_LABEL
    if form in NOT_A_LABEL:
        inputs = inputs_of(case, 0)
        labels = inputs[case.learned].copy()
        labels[(2, *[0] * (labels.ndim - 1))] = NOT_A_LABEL[form]
        inputs[case.learned] = labels
        with pytest.raises(ValueError, match=rf"\[2(, 0)?\] is {NOT_A_LABEL[form]}\b"):
            case.loss(*inputs, **case.settings)


@pytest.mark.parametrize("case", ALL, ids=str)
def test_no_samples_complex_numbers_text_and_unequal_lengths_are_refused(case):
    inputs = inputs_of(case, 0)
    with pytest.raises(ValueError, match=r"no sample|expected"):
        case.loss(*[array[:0] for array in inputs], **case.settings)
    for wrong in (inputs[0].astype(complex), inputs[0].astype(str)):
        with pytest.raises(TypeError, match="expected"):
            case.loss(wrong, *inputs[1:], **case.settings)
    with pytest.raises(ValueError, match="shape"):
        case.loss(inputs[0][:-1], *inputs[1:], **case.settings)
    with pytest.raises(ValueError, match="shape"):
        case.loss(inputs[0][..., None], *inputs[1:], **case.settings)

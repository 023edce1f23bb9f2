"""Thousands of generated bad calls: each is refused by a line of this package, and none warns."""

import traceback
import warnings
from fractions import Fraction
from pathlib import Path

import numpy as np
import pandas as pd
import torch

import lossbook
from lossbook import mean, risk
from lossbook.losses import info_nce, squared_error
from lossbook.models import linear
from tests.losses.every import EVERY, inputs_of, labels_of

PACKAGE = str(Path(lossbook.__file__).parent)


def not_arrays(array):
    """Generate what stands in the place of an array but is none, or not one of numbers."""
    text = array.astype(str)
    yield from (None, {}, {1.0}, "1", b"1", 1.0, object(), iter([1.0]), range, lambda: 1)
    yield from (
        array.astype(kind) for kind in (complex, np.complex64, object, bytes, "M8[s]", "m8[D]")
    )
    yield from (text, text.tolist(), pd.DataFrame(text) if text.ndim == 2 else pd.Series(text))
    yield np.zeros(array.shape, [("a", float)])
    yield np.ma.array(array)
    yield np.ma.array(array, mask=True)
    yield [*np.ma.array(array, mask=True)]
    yield [[1.0], [1.0, 2.0]]
    yield [None] * len(array)
    yield torch.ones(array.shape, requires_grad=True)
    yield pd.array([1, None], dtype="Int64")
    if np.dtype(np.longdouble).itemsize > 8:
        yield array.astype(np.longdouble)


def not_its_shape(array):
    """Generate the numbers of an array in a shape that the other inputs do not have."""
    yield from (array[0], array[:0], array[:-1], array[1:2], array[None], array[..., None])
    yield from (np.array(0.5), np.concatenate([array, array]), np.zeros((0, 0)), [])
    if array.ndim == 2:
        yield from (array[:, 0], array.ravel(), array[:, :1])


NOT_NUMBERS = (
    None, "1", "large", b"1", 1j, [1.0], (1.0,), {}, np.array([0.5]), np.array(0.5), True, False,
    np.True_, np.nan, float("-inf"), 10**400, -(10**400), Fraction(1, 10**400), -1e-300, pd.NA,
    np.datetime64(1, "s"), object(), np.float64, print,
)  # fmt: skip
# -∞ is a shape of Barron's loss, and no alpha is one of the focal loss; below 0 it may be, too.
ALLOWED = {
    ("barron", "alpha"): (float("-inf"), -1e-300, Fraction(1, 10**400)),
    ("focal", "alpha"): (None, Fraction(1, 10**400)),
    ("temporal_difference", "terminal"): (None,),
}
MAY_BE_ZERO = {"label_smoothing", "gamma", "epsilon", "discount"}


def hyper_parameters(case):
    for name in case.loss.__kwdefaults__ or {}:
        allowed = ALLOWED.get((case.loss.__name__, name), ())
        for wrong in NOT_NUMBERS:
            may_be_zero = name in MAY_BE_ZERO and isinstance(wrong, Fraction)
            if not may_be_zero and not any(
                type(fine) is type(wrong) and fine == wrong for fine in allowed
            ):
                yield name, wrong


def bad_calls_of(case):
    """Generate functions, each a bad call of the loss, alone or in a mean."""
    inputs, settings = inputs_of(case), case.settings
    for i, array in enumerate(inputs):
        wrong = [*not_arrays(array), *not_its_shape(array)]
        if i not in labels_of(case):
            wrong.append(array > 0)
        for thing in wrong:
            changed = [*inputs[:i], thing, *inputs[i + 1 :]]
            yield lambda changed=changed: case.loss(*changed, **settings)
    for name, wrong in hyper_parameters(case):
        yield lambda extra={name: wrong}: case.loss(*inputs, **{**settings, **extra})
    weights = np.ones(len(inputs[0]))
    for wrong in (
        *not_arrays(weights),
        *not_its_shape(weights),
        -weights,
        0 * weights,
        np.nan * weights,
    ):
        if wrong is not None:
            yield lambda wrong=wrong: mean(case.loss, *inputs, weights=wrong, **settings)


def bad_calls_of_mean_and_risk():
    p, y, X = np.ones(3), np.zeros(3), np.ones((3, 2))
    not_pairs = [
        None, 1.0, "no", (), (p,), (p, p, p), [p, p], (p, None), (None, p), (p, 1.0), (p, p[:2]),
        (p, p[:, None]), (p, p + 1j), (p + 1j, p), (p, (p, p[:1])), (p, p > 0), (np.ma.array(p), p),
    ]  # fmt: skip
    not_samples = [(1.0, p), (p[:2], p[:2]), (np.ones((3, 3)), np.ones((3, 3))), (p > 0, p)]
    for thing in [*not_pairs, *not_samples]:
        yield lambda thing=thing: mean(lambda *inputs: thing, p, y)
        yield lambda thing=thing: risk(linear, lambda *inputs: thing, X, y)(p)
    for thing in not_pairs:
        yield lambda thing=thing: risk(lambda *inputs: thing, squared_error, X, y)(p)
        yield lambda thing=thing: risk(linear, squared_error, X, y, penalty=lambda t: thing)(p)
    for thing in (None, 1.0, "huber", p, [squared_error]):
        yield lambda thing=thing: mean(thing, p, y)
        yield lambda thing=thing: risk(thing, squared_error, X, y)
        yield lambda thing=thing: risk(linear, thing, X, y)
        if thing is not None:
            yield lambda thing=thing: risk(linear, squared_error, X, y, penalty=thing)
    for weights in (p, np.ones(2), [1, 0], None):
        if weights is not None:
            yield lambda weights=weights: mean(info_nce, X, X + [0, 1, 2][:2], weights=weights)


def what_is_wrong_with(call):
    """Return what a bad call did other than to be refused by a ``raise`` of this package."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            return f"returned {call()!r}"
        except (TypeError, ValueError) as error:
            last = traceback.extract_tb(error.__traceback__)[-1]
            ours = last.filename.startswith(PACKAGE) and last.line.startswith("raise")
            return None if ours else f"{type(error).__name__}: {error}, from {last.filename}"
        except Exception as error:
            return f"{type(error).__name__}: {error}"


def test_every_bad_call_is_refused_in_our_words_without_a_warning():
    calls = [call for case in EVERY for call in bad_calls_of(case)]
    calls += bad_calls_of_mean_and_risk()
    wrong = {}
    for call in calls:
        complaint = what_is_wrong_with(call)
        if complaint:
            wrong.setdefault(complaint[:300], (call.__defaults__, call.__closure__))
    assert len(calls) >= 2_500
    assert not wrong, f"{len(wrong)} of {len(calls)}:\n" + "\n".join(wrong)

"""Nearly four thousand wrong calls of everything but the losses: each is refused, in our words.

Every argument of every public function is given what it cannot be. Nothing may be returned, and
nothing raised but TypeError or ValueError whose message says what was wrong and what was expected;
a warning is an error here too.
"""

import datetime
import decimal
import re
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
import pytest

import lossbook
from lossbook import (
    check_gradient,
    minibatch_risk,
    minibatches,
    minimize,
    models,
    optimizers,
    penalties,
    schedules,
    surfaces,
)
from lossbook.losses import squared_error

X, Y = np.arange(12.0).reshape(6, 2), np.arange(6.0)
BOWL = surfaces.quadratic(np.eye(2))
NETWORK = models.MultilayerPerceptron((2, 3, 1))
PLAIN = optimizers.GradientDescent(0.1)


class Strange:
    """Nothing that anybody expects."""

    def __repr__(self):
        return "Strange()"


# Wrong wherever a number, an array or anything else of the package is expected.
NEVER = [
    "0.5",
    b"1",
    1j,
    np.complex128(1 + 2j),
    Strange(),
    Strange,
    {"a": 1},
    {1.0, 2.0},
    [[1.0], [1.0, 2.0]],
    ["1", "2"],
    [None, 1.0],
    [1j, 2.0],
    np.array(["1", "2"]),
    np.array([1.0, None], dtype=object),
    np.array(["2020-01-01"], dtype="datetime64[D]"),
    np.array([1, 2], dtype="timedelta64[s]"),
    np.array([(1.0, 2)], dtype=[("a", float), ("b", int)]),
    np.ma.array([1.0, 99.0], mask=[0, 1]),
    np.ma.masked,
    datetime.date(2020, 1, 1),
    decimal.Decimal("0.5"),
    slice(3),
    range,
    Ellipsis,
]
NUMBERS = [*NEVER, None, [], [0.5], [1.0, 2.0], np.ones(2), np.ones((1, 1)), np.nan]
POSITIVE = [*NUMBERS, 0, -1, -0.5, np.inf, -np.inf, -0.0, np.float32(-1)]
NOT_NEGATIVE = [*NUMBERS, -1, -1e-300, np.inf, -np.inf]
SHARES = [*NUMBERS, 1, 1.5, -0.1, np.inf, np.int64(2)]
INNER_SHARES = [*SHARES, 0, 0.0]
COUNTS = [*NUMBERS, 0, -1, 1.0, 2.5, np.float64(3), True, False, np.inf, np.array(3), "3"]
FROM_ZERO = [bad for bad in COUNTS if bad is False or not (isinstance(bad, int) and bad == 0)]
# A class is a function too: what a schedule may be is seen when it is asked for a rate.
RATES = [bad for bad in POSITIVE if not callable(bad)]
NOT_CALLABLE = [bad for bad in POSITIVE if not callable(bad)]
VECTORS = [*NEVER, None, [], 1.0, np.ones((2, 1)), np.ones((1, 2)), np.ones((2, 2, 2)), np.nan]
PAIRS = [*VECTORS, np.ones(3), [1.0], np.ones((3, 2))]
MATRICES = [*NEVER, None, [], 1.0, [1.0, 2.0], np.ones((2, 2, 2)), np.ones((2, 3)), np.nan]
SEEDS = [bad for bad in NEVER if bad is not np.ma.masked] + [-1, 1.5, np.nan, [-1], "0"]


def objective_giving(*result):
    return lambda parameters: result[0] if len(result) == 1 else result


VALUES = [*NEVER, None, [], [1.0], np.ones(2), np.ones((1, 1))]
RESULTS = [
    *(objective_giving(value, np.ones(2)) for value in VALUES),
    *(objective_giving(1.0, gradient) for gradient in PAIRS),
    *(objective_giving(result) for result in [*NUMBERS, (1.0,), (1.0, np.ones(2), 3), ()]),
]


@dataclass
class Steps:
    """An optimizer that steps to whatever it is told."""

    there: object

    def step(self, parameters, gradient):
        return self.there


@dataclass
class NoStep:
    """A dataclass that cannot step."""

    learning_rate: float = 0.1
    step: float = 1.0


class Plain:
    """An optimizer that is no dataclass, so that no fresh copy can be made."""

    def step(self, parameters, gradient):
        return parameters


def data(**changes):
    return {"X": X, "y": Y, "batch_size": 2, "seed": 0, **changes}


def batched(**changes):
    return minibatch_risk(models.linear, squared_error, **data(**changes))


def returning(value):
    return lambda *arguments: value


# A call of one argument for each argument of each function, and what it may not be.
CALLS = {
    # Schedules.
    "constant": (schedules.constant, POSITIVE),
    "step_decay, rate": (lambda bad: schedules.step_decay(bad, every=2), POSITIVE),
    "step_decay, every": (lambda bad: schedules.step_decay(1.0, every=bad), COUNTS),
    "step_decay, factor": (
        lambda bad: schedules.step_decay(1.0, every=2, factor=bad),
        [*POSITIVE, 1.1],
    ),
    "exponential_decay, rate": (lambda bad: schedules.exponential_decay(bad, factor=0.5), POSITIVE),
    "exponential_decay, factor": (
        lambda bad: schedules.exponential_decay(1.0, factor=bad),
        [*POSITIVE, 1.1],
    ),
    "inverse_time_decay, rate": (lambda bad: schedules.inverse_time_decay(bad, decay=1), POSITIVE),
    "inverse_time_decay, decay": (lambda bad: schedules.inverse_time_decay(1, decay=bad), POSITIVE),
    "cosine_decay, rate": (lambda bad: schedules.cosine_decay(bad, steps=2), POSITIVE),
    "cosine_decay, steps": (lambda bad: schedules.cosine_decay(1.0, steps=bad), COUNTS),
    "cosine_decay, floor": (
        lambda bad: schedules.cosine_decay(1.0, steps=2, floor=bad),
        [*NOT_NEGATIVE, 1.1],
    ),
    "warmup, schedule": (lambda bad: schedules.warmup(bad, steps=2), RATES),
    "warmup, steps": (lambda bad: schedules.warmup(0.1, steps=bad), COUNTS),
    "warmup, the rate of its schedule": (
        lambda bad: schedules.warmup(returning(bad), steps=2)(5),
        [*NOT_NEGATIVE],
    ),
    "a step of a schedule": (schedules.exponential_decay(1.0, factor=0.5), FROM_ZERO),
    "a step of warmup": (schedules.warmup(0.1, steps=2), FROM_ZERO),
    "a step of cosine_decay": (schedules.cosine_decay(0.1, steps=2), FROM_ZERO),
    # Penalties.
    "l2, strength": (penalties.l2, NOT_NEGATIVE),
    "l2, skip": (lambda bad: penalties.l2(0.1, skip=bad), FROM_ZERO),
    "l2, parameters": (penalties.l2(0.1), [bad for bad in VECTORS if bad is not np.nan]),
    "l1, strength": (penalties.l1, NOT_NEGATIVE),
    "l1, skip": (lambda bad: penalties.l1(0.1, skip=bad), FROM_ZERO),
    "l1, parameters": (penalties.l1(0.1), VECTORS),
    "l1, fewer parameters than it skips": (penalties.l1(0.1, skip=3), [[1.0], [1.0, 2.0]]),
    # Surfaces.
    "quadratic, matrix": (surfaces.quadratic, [*MATRICES, -np.eye(2), np.eye(2) * np.nan]),
    "quadratic, parameters": (BOWL, [*NEVER, None, [], 1.0, np.ones(3), np.ones((3, 2))]),
    **{
        f"{name}, parameters": (getattr(surfaces, name), [*NEVER, None, [], 1.0, np.ones((3, 2))])
        for name in ("rosenbrock", "himmelblau", "beale", "saddle")
    },
    # Models.
    "linear, parameters": (lambda bad: models.linear(bad, X), [*VECTORS, np.ones(2), np.ones(4)]),
    "linear, X": (lambda bad: models.linear(np.ones(3), bad), [*MATRICES, np.ones((2, 4))]),
    "linear, outputs": (
        lambda bad: models.linear(np.ones(6), X, outputs=bad),
        [bad for bad in [*COUNTS, 3] if bad is not None],
    ),
    "linear, backward": (models.linear(np.ones(3), X)[1], [*VECTORS, np.ones(5), np.ones((6, 1))]),
    "network, sizes": (
        models.MultilayerPerceptron,
        [*NEVER, None, 3, [], [3], [2, 0], [2, -1], [2, 1.5], [2, True], "23", [2, None]],
    ),
    "network, activation": (
        lambda bad: models.MultilayerPerceptron((2, 1), activation=bad),
        [*NUMBERS, 1, "sigmoid", "TANH", ["tanh"]],
    ),
    "network, parameters": (lambda bad: NETWORK(bad, X), [*VECTORS, np.ones(12), np.ones(14)]),
    "network, X": (lambda bad: NETWORK(np.ones(13), bad), [*MATRICES, np.ones((2, 4))]),
    "network, backward": (NETWORK(np.ones(13), X)[1], [*VECTORS, np.ones(5), np.ones((6, 1))]),
    "network, unpack": (NETWORK.unpack, [*VECTORS, np.ones(12), np.ones((13, 1))]),
    "network, pack": (
        NETWORK.pack,
        [*VECTORS, [1, 2], [([1.0], [[1.0]])], [(np.ones(3), np.ones((2, 3)))]],
    ),
    "network, a bias to pack": (
        lambda bad: models.MultilayerPerceptron((1, 2)).pack([(bad, [[1.0, 2.0]])]),
        [*VECTORS, np.ones(3)],
    ),
    "network, seed": (NETWORK.initialize, SEEDS),
    "network, scheme": (lambda bad: NETWORK.initialize(0, bad), [*NUMBERS, "xavier", 1]),
    # Optimizers.
    **{
        f"{kind.__name__}, learning_rate": (kind, RATES)
        for kind in (
            optimizers.GradientDescent,
            optimizers.AdaGrad,
            optimizers.RMSProp,
            optimizers.Adam,
            optimizers.AdamW,
        )
    },
    "Newton, learning_rate": (lambda bad: optimizers.Newton(np.diag, bad), RATES),
    "line search, learning_rate": (
        lambda bad: optimizers.BacktrackingLineSearch(BOWL, bad),
        RATES,
    ),
    "momentum": (lambda bad: optimizers.GradientDescent(0.1, momentum=bad), SHARES),
    "nesterov": (
        lambda bad: optimizers.GradientDescent(0.1, momentum=0.9, nesterov=bad),
        [*NUMBERS, 1, 0, "yes"],
    ),
    "nesterov without momentum": (
        lambda bad: optimizers.GradientDescent(0.1, nesterov=bad),
        [True, np.True_],
    ),
    "AdaGrad, epsilon": (lambda bad: optimizers.AdaGrad(0.1, epsilon=bad), POSITIVE),
    "RMSProp, decay": (lambda bad: optimizers.RMSProp(0.1, decay=bad), SHARES),
    "RMSProp, epsilon": (lambda bad: optimizers.RMSProp(0.1, epsilon=bad), POSITIVE),
    "Adam, beta1": (lambda bad: optimizers.Adam(beta1=bad), SHARES),
    "Adam, beta2": (lambda bad: optimizers.Adam(beta2=bad), SHARES),
    "Adam, epsilon": (lambda bad: optimizers.Adam(epsilon=bad), POSITIVE),
    "AdamW, weight_decay": (lambda bad: optimizers.AdamW(weight_decay=bad), NOT_NEGATIVE),
    "Newton, hessian": (optimizers.Newton, NOT_CALLABLE),
    "Newton, what the Hessian is": (
        lambda bad: optimizers.Newton(returning(bad)).step([1.0, 2.0], [1.0, 2.0]),
        [*MATRICES, np.zeros((2, 2)), np.eye(3)],
    ),
    "line search, objective": (optimizers.BacktrackingLineSearch, NOT_CALLABLE),
    "line search, what the objective returns": (
        lambda bad: optimizers.BacktrackingLineSearch(bad).step(np.ones(2), np.ones(2)),
        RESULTS,
    ),
    "line search, shrink": (
        lambda bad: optimizers.BacktrackingLineSearch(BOWL, shrink=bad),
        INNER_SHARES,
    ),
    "line search, decrease": (
        lambda bad: optimizers.BacktrackingLineSearch(BOWL, decrease=bad),
        INNER_SHARES,
    ),
    **{
        f"{type(optimizer).__name__}, {argument} of a step": (
            partial(
                lambda optimizer, order, bad: replace(optimizer).step(*[bad, np.ones(2)][::order]),
                optimizer,
                order,
            ),
            [bad for bad in PAIRS if bad is not np.nan],
        )
        for optimizer in (
            optimizers.GradientDescent(0.1, momentum=0.5),
            optimizers.AdaGrad(0.1),
            optimizers.RMSProp(0.1),
            optimizers.Adam(),
            optimizers.AdamW(),
            optimizers.Newton(lambda x: np.eye(2)),
            optimizers.BacktrackingLineSearch(BOWL),
        )
        for argument, order in (("parameters", 1), ("gradient", -1))
    },
    "the rate of a schedule": (lambda bad: optimizers.rate_at(returning(bad), 3), NOT_NEGATIVE),
    # Descent.
    "minimize, objective": (lambda bad: minimize(bad, [1.0, 2.0], PLAIN), NOT_CALLABLE),
    "minimize, what the objective returns": (
        lambda bad: minimize(bad, [1.0, 2.0], PLAIN),
        [*RESULTS, objective_giving(np.nan, np.ones(2)), objective_giving(1.0, [np.inf, 1.0])],
    ),
    "minimize, start": (lambda bad: minimize(BOWL, bad, PLAIN), [*PAIRS, [np.inf, 1.0]]),
    "minimize, optimizer": (
        lambda bad: minimize(BOWL, [1.0, 2.0], bad),
        [*NUMBERS, optimizers.Adam, NoStep(), NoStep, Plain(), Steps, lambda p, g: p],
    ),
    "minimize, what the optimizer returns": (
        lambda bad: minimize(BOWL, [1.0, 2.0], Steps(bad)),
        PAIRS,
    ),
    "minimize, max_steps": (
        lambda bad: minimize(BOWL, [1.0, 2.0], PLAIN, max_steps=bad),
        FROM_ZERO,
    ),
    "minimize, gradient_tolerance": (
        lambda bad: minimize(BOWL, [1.0, 2.0], PLAIN, gradient_tolerance=bad),
        [bad for bad in NOT_NEGATIVE if bad is not np.inf],
    ),
    "minimize, loss_threshold": (
        lambda bad: minimize(BOWL, [1.0, 2.0], PLAIN, loss_threshold=bad),
        [bad for bad in NUMBERS if bad is not None],
    ),
    "minimize, relative_decrease": (
        lambda bad: minimize(BOWL, [1.0, 2.0], PLAIN, relative_decrease=bad),
        [bad for bad in POSITIVE if bad is not None],
    ),
    "minimize, callback": (
        lambda bad: minimize(BOWL, [1.0, 2.0], PLAIN, callback=bad),
        [bad for bad in NOT_CALLABLE if bad is not None],
    ),
    "minimize, what the callback returns": (
        lambda bad: minimize(BOWL, [1.0, 2.0], PLAIN, callback=returning(bad)),
        [bad for bad in [*NUMBERS, 1, 0, "stop"] if bad is not None],
    ),
    "minibatches, n": (lambda bad: minibatches(bad, 1, seed=0), COUNTS),
    "minibatches, batch_size": (lambda bad: minibatches(5, bad, seed=0), [*COUNTS, 6]),
    "minibatches, seed": (lambda bad: minibatches(5, 2, seed=bad), SEEDS),
    "minibatch_risk, X": (lambda bad: batched(X=bad), [1.0, None, [], np.ma.array(X), X[:5]]),
    "minibatch_risk, y": (lambda bad: batched(y=bad), [1.0, None, [], np.ma.array(Y), Y[:5]]),
    "minibatch_risk, weights": (
        lambda bad: batched(weights=bad),
        [
            *(bad for bad in VECTORS if bad is not None),
            np.ones(5),
            np.zeros(6),
            np.array([1, 1, 1, 1, 1, -1.0]),
            np.array([1, 1, 1, 1, 1, np.nan]),
            np.array([1, 1, 1, 1, 1, np.inf]),
        ],
    ),
    "minibatch_risk, batch_size": (lambda bad: batched(batch_size=bad), [*COUNTS, 7]),
    "minibatch_risk, seed": (lambda bad: batched(seed=bad), SEEDS),
    "minibatch_risk, more rows than have a weight": (
        lambda bad: batched(weights=bad),
        [np.eye(6)[0], np.eye(6)[5]],
    ),
    # The check of a gradient.
    "check_gradient, objective": (lambda bad: check_gradient(bad, [1.0, 2.0]), NOT_CALLABLE),
    "check_gradient, what the objective returns": (
        lambda bad: check_gradient(bad, [1.0, 2.0]),
        [*RESULTS, objective_giving(np.nan, np.ones(2)), objective_giving(1.0, [np.inf, 1.0])],
    ),
    "check_gradient, point": (lambda bad: check_gradient(BOWL, bad), [*PAIRS, [np.inf, 1.0]]),
    "check_gradient, directions": (
        lambda bad: check_gradient(BOWL, [1.0, 2.0], directions=bad),
        [bad for bad in COUNTS if bad is not None],
    ),
    "check_gradient, tolerance": (
        lambda bad: check_gradient(BOWL, [1.0, 2.0], tolerance=bad),
        [bad for bad in POSITIVE if bad is not None],
    ),
    "check_gradient, seed": (lambda bad: check_gradient(BOWL, [1.0, 2.0], seed=bad), SEEDS),
    # Exercises.
    "check, name": (lambda bad: lossbook.check(bad, np.abs), [*NUMBERS, 3, "no_such_exercise"]),
    "check, answer": (lambda bad: lossbook.check("mean_absolute_error", bad), NOT_CALLABLE),
    "check, a number": (
        lambda bad: lossbook.check("three_steps", lambda: 0, start=bad, learning_rate=0.1),
        [bad for bad in [*NEVER, None] if not isinstance(bad, np.ndarray) or bad.dtype.kind != "f"],
    ),
    "check, numbers of another exercise": (
        lambda bad: lossbook.check("three_steps", lambda: 0, **bad),
        [{}, {"start": 1.0}, {"start": 1.0, "learning_rate": 0.1, "steps": 3}],
    ),
}

# Words of Python and NumPy, which say nothing of what was expected.
RAW = re.compile(
    r"not supported between|unsupported operand|has no attribute|positional argument|"
    r"object is not|cannot unpack|could not convert|must be real number|can't convert|"
    r"truth value|broadcast|invalid literal|ufunc|matmul|not iterable|inhomogeneous|"
    r"out of bounds|zero-size|unhashable|SeedSequence|values to unpack|float\(\) argument"
)


def test_the_battery_is_large():
    assert sum(len(wrong) for _, wrong in CALLS.values()) >= 3_900


@pytest.mark.parametrize("name", CALLS)
def test_what_cannot_be_is_refused_in_words(name):
    call, wrong = CALLS[name]
    silent, raw = [], []
    for bad in wrong:
        try:
            result = call(bad)
        except (TypeError, ValueError) as error:
            # Of an array that cannot be read NumPy's own words are the reason, after ours.
            words = str(error).split("numbers, in rows of one length:")[0]
            if RAW.search(words) or len(words) < 12:
                raw.append(f"{bad!r}: {type(error).__name__}: {error}")
        except Exception as error:
            raw.append(f"{bad!r}: {type(error).__name__}: {error}")
        else:
            silent.append(f"{bad!r} gives {result!r:.80}")
    assert silent == []
    assert raw == []

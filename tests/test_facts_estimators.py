"""What the facts say that an estimator minimizes is least where the estimator ends.

Each estimator is fitted as it is printed, and the objective, written with our values, is compared
with what it is at points around the fitted one: no direction leads down. With the weight of its
penalty changed by a half one does, if the facts say that there is a penalty.
"""

import inspect

import numpy as np
import pytest
import sklearn.ensemble
import sklearn.linear_model
import sklearn.svm

from lossbook import losses
from lossbook.facts import facts
from tests.facts_cases import complete, evaluate

RNG = np.random.default_rng(0)
X = RNG.normal(size=(60, 2)) * [1, 2]
SCORES = X @ [1.0, -0.5] + 0.5
NOISE = RNG.normal(size=60)
LABELS = (SCORES + 2 * NOISE > 0).astype(float)
TARGETS = {
    "predictions": SCORES + NOISE + 8 * (RNG.uniform(size=60) > 0.9),
    "log_rates": RNG.poisson(np.exp(SCORES / 3)).astype(float),
    "log_means": np.exp(SCORES / 3) * RNG.gamma(2.0, size=60),
    "logits": LABELS,
    "scores": 2 * LABELS - 1,
}
CLASSES = np.digitize(SCORES + NOISE, [-1, 1])
SETTINGS = {"alpha": 0.3, "C": 0.2, "l1_ratio": 0.4, "epsilon": 1.4, "quantile": 0.7, "delta": 0.8}
SETTINGS["class_weight"] = {0: 1.0, 1: 3.0}
ROWS = [
    pytest.param(name, entry, id=f"{name}-{entry.call}")
    for name in facts
    for entry in facts[name].elsewhere
    if entry.minimizes and not entry.source
]


def fitted(name, entry):
    """Return the estimator of a row, fitted as exactly as it can be, and its targets."""
    several = facts[name].targets.startswith("class indices")
    y = CLASSES if several else TARGETS[facts[name].predictions]
    estimator = eval(entry.call, {"sklearn": sklearn}, SETTINGS)
    known = estimator.get_params()
    exact = {"tol": 1e-10, "max_iter": 1_000_000, "random_state": 0}
    if "SGD" in entry.call:
        # The mean of the points of a long descent; plain steps would wander around the lowest.
        exact = {"tol": None, "max_iter": 2000, "average": 20_000, "random_state": 0}
        exact |= {"learning_rate": "invscaling", "eta0": 0.1, "power_t": 0.5}
    if "Boosting" in entry.call:
        exact = {"random_state": 0}
        if "Hist" in entry.call:
            exact |= {"early_stopping": True, "validation_fraction": None, "max_iter": 20}
    estimator.set_params(**{key: value for key, value in exact.items() if key in known})
    return estimator.fit(X, y), y


def settings_of(name, entry):
    taken = inspect.signature(getattr(losses, name)).parameters
    named = {key: SETTINGS[key] for key in taken if key in SETTINGS and key in entry.call}
    return complete(name, named)


def objective_of(name, entry, estimator, y):
    """Return the objective as a function of rows of all parameters, and where the estimator ends.

    The values of all rows come from one call, but where the rows say a setting of the loss.
    """
    several = facts[name].targets.startswith("class indices")
    w = np.atleast_2d(estimator.coef_).T if several else np.ravel(estimator.coef_)
    b = np.asarray(estimator.intercept_) if several else np.ravel(estimator.intercept_)[0]
    sigma = [estimator.scale_] if hasattr(estimator, "scale_") else []
    sizes = np.cumsum([np.size(w), np.size(b)])
    loss, settings = getattr(losses, name), settings_of(name, entry)

    def values_of(predictions, scales):
        if scales.size:
            deltas = SETTINGS["epsilon"] * scales[:, 0]
            rows = zip(predictions, deltas)
            return [loss(row, y, **{**settings, "delta": delta})[0] for row, delta in rows]
        joined = np.concatenate(predictions)
        return loss(joined, np.tile(y, len(predictions)), **settings)[0].reshape(-1, len(y))

    def objective(rows, **changed):
        flat, intercepts, scales = np.split(rows, sizes, axis=1)
        if several:
            predictions = X @ flat.reshape(-1, *w.shape) + intercepts[:, None]
        else:
            predictions = flat @ X.T + intercepts
        names = {"labels": y, "n": len(y), **SETTINGS, **changed}
        of_rows = zip(
            values_of(predictions, scales), flat, intercepts if several else intercepts[:, 0],
            scales[:, 0] if sigma else [None] * len(rows),
        )  # fmt: skip
        return np.array(
            [
                evaluate(entry.minimizes, values=values, w=w, b=b, sigma=scale, **names)
                for values, w, b, scale in of_rows
            ]
        )

    return objective, np.concatenate([np.ravel(w), np.ravel(b), sigma])


def descent_found(objective, point):
    """Return by how much, relative to 1 + |value|, the best of many points nearby is lower."""
    rng = np.random.default_rng(1)
    directions = np.array([*np.eye(len(point)), *rng.normal(size=(100, len(point)))])
    directions /= np.linalg.norm(directions, axis=1, keepdims=True)
    sizes = np.concatenate([-np.logspace(-4, -0.5, 8), np.logspace(-4, -0.5, 8)])
    around = point + np.outer(sizes, directions).reshape(-1, len(point))
    value, *others = objective(np.array([point, *around]))
    return max(value - min(others), 0) / (1 + abs(value))


@pytest.mark.parametrize(
    ("name", "entry"), [row for row in ROWS if "Boosting" not in row.values[1].call]
)
def test_an_estimator_minimizes_what_the_facts_say(name, entry):
    objective, point = objective_of(name, entry, *fitted(name, entry))
    within = 1e-5 if "SGD" in entry.call else 1e-6
    if name == "perceptron":
        within = 2e-4  # at the kink, where steps of any size change sides
    assert descent_found(objective, point) < within
    for weight in ("alpha", "C"):
        # The perceptron's lowest point is 0, whatever the penalty weighs.
        if weight in entry.minimizes and name != "perceptron":
            other = SETTINGS[weight] * 3
            moved = descent_found(lambda p: objective(p, **{weight: other}), point)  # noqa: B023
            assert moved > 3 * within, weight


@pytest.mark.parametrize(
    ("name", "entry"), [row for row in ROWS if "Boosting" in row.values[1].call]
)
def test_boosting_reports_the_objective_that_the_facts_say(name, entry):
    estimator, y = fitted(name, entry)
    classes = hasattr(estimator, "decision_function")
    raw = estimator.decision_function(X) if classes else estimator.predict(X)
    if facts[name].predictions in ("log_rates", "log_means"):
        raw = np.log(raw)
    values, _ = getattr(losses, name)(raw, y, **settings_of(name, entry))
    # HistGradientBoosting reports scores, minus the loss.
    sign = -1 if "Hist" in entry.call else 1
    expected = evaluate(entry.minimizes, values=values)
    assert sign * estimator.train_score_[-1] == pytest.approx(expected, rel=1e-10)
    assert expected < 0.96 * sign * estimator.train_score_[0]

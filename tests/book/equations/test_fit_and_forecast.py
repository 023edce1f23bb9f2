"""The labeled equations of the page ``fit_and_forecast``."""

import functools

import numpy as np
import pytest
from sklearn.linear_model import LinearRegression
from sklearn.metrics import root_mean_squared_error

from lossbook import minimize, models, risk
from lossbook.losses import squared_error
from lossbook.optimizers import GradientDescent
from lossbook.penalties import l2
from tests.printed import printed

RNG = np.random.default_rng(5)
A, Y = RNG.normal(size=(40, 12)), RNG.normal(size=40)


@pytest.mark.equation("eq-held-out-error")
def test_the_error_on_a_set_of_rows_is_the_root_of_their_mean_squared_error():
    rows, theta = np.array([3, 7, 8, 30]), RNG.normal(size=13)
    predictions = models.linear(theta, A[rows])[0]
    printed("eq-held-out-error").check(
        E_S=lambda _: root_mean_squared_error(Y[rows], predictions),
        S=[1 + row for row in rows.tolist()],  # the pages count from 1
        theta=theta,
        x=A,
        y=Y,
        f=lambda x, theta: float(theta[0] + np.ravel(x) @ theta[1:]),
    )


@pytest.mark.equation("eq-nested-risk")
def test_one_more_column_never_raises_the_lowest_training_risk():
    def lowest(p):
        fitted = LinearRegression().fit(A[:, :p], Y)
        return np.mean((fitted.predict(A[:, :p]) - Y) ** 2)

    risks = {p: lowest(p) for p in range(1, 13)}
    page = printed("eq-nested-risk")
    assert all(page.holds(p=p, L_star=risks) for p in range(1, 12))
    assert not page.holds(p=5, L_star={5: risks[6], 6: risks[5]})
    # Equality holds where the new column says nothing new.
    twice = np.column_stack([A[:, :5], A[:, 4]])
    again = np.mean((LinearRegression().fit(twice, Y).predict(twice) - Y) ** 2)
    assert again == pytest.approx(risks[5], rel=1e-12)
    assert page.holds(p=5, L_star={5: risks[5], 6: again}, rtol=1e-12)


@functools.cache
def directions():
    """Eigenvectors of the risk of a model without intercept, with curvatures and shares wanted."""
    curvatures, vectors = np.linalg.eigh(2 / len(Y) * A.T @ A)
    best = np.linalg.solve(A.T @ A, A.T @ Y)
    return curvatures, vectors, vectors.T @ best


def objective(theta, strength=0.0):
    residuals = A @ theta - Y
    gradient = 2 / len(Y) * A.T @ residuals + 2 * strength * theta
    return float(np.mean(residuals**2) + strength * theta @ theta), gradient


@pytest.mark.equation("eq-stopping-share")
@pytest.mark.parametrize("steps", [1, 7, 60])
def test_descent_from_zero_has_covered_this_share_of_the_way(steps):
    curvatures, vectors, best = directions()
    rate = 0.9 / curvatures.max()
    descent = GradientDescent(learning_rate=rate)
    reached = minimize(objective, np.zeros(12), descent, max_steps=steps).parameters
    shares = vectors.T @ reached / best
    for h, share in zip(curvatures, shares):
        names = {"h": h, "eta": rate, "k": steps}
        printed("eq-stopping-share").check(s_k=lambda _, share=share: share, **names, rtol=1e-9)


@pytest.mark.equation("eq-penalty-share")
@pytest.mark.parametrize("strength", [0.01, 0.5, 20])
def test_the_penalized_minimum_lies_at_this_share_of_the_way(strength):
    curvatures, vectors, best = directions()
    found = np.linalg.solve(A.T @ A / len(Y) + strength * np.eye(12), A.T @ Y / len(Y))
    for h, share in zip(curvatures, vectors.T @ found / best):
        page = printed("eq-penalty-share")
        page.check(s_lam=lambda _, share=share: share, h=h, lam=strength, rtol=1e-9)
    # The package's penalty has the same minimum: its gradient vanishes there.
    start = np.concatenate([[0.0], found])
    full = risk(models.linear, squared_error, A, Y, penalty=l2(strength, skip=1))
    assert abs(full(start)[1][1:]).max() == pytest.approx(
        abs(objective(found, strength)[1]).max(), abs=1e-12
    )

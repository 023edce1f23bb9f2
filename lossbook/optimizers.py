"""Optimizers: given the parameters and the gradient there, where to go next.

Each is a dataclass with one method, ``step(parameters, gradient)``, that returns new parameters.
Whatever an optimizer remembers between steps it keeps in itself; ``minimize`` works on a fresh
copy, and ``dataclasses.replace(optimizer)`` makes one. A pickled or copied optimizer goes on where
it was. Below, θ are the parameters and g = ∇L(θ); products, roots and quotients of vectors are per
coordinate. A learning rate may be a number or a schedule, see :mod:`lossbook.schedules`.

A step raises ``ValueError`` if the gradient, or what is remembered, has another shape than the
parameters: NumPy would broadcast. What overflows becomes infinite, without a warning.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import ArrayLike

from lossbook.inputs import Floats, Objective, Rate, check_rate, evaluate, real_array
from lossbook.losses.inputs import not_negative, positive, real_number


class Optimizer(Protocol):
    """A dataclass that makes steps; ``learning_rate``, if it has one, is named in messages."""

    def step(self, parameters: Floats, gradient: Floats, /) -> ArrayLike:
        """Return the new parameters."""


@dataclass
class GradientDescent:
    """Go against the gradient, with or without momentum: v ← μv + g, θ ← θ − ηv.

    With ``nesterov``, θ ← θ − η(g + μv): the gradient is in effect taken where the momentum leads.
    Both are those of ``torch.optim.SGD``. Keras has the rate inside, v ← μv − ηg and θ ← θ + v: the
    same path for one rate, another one under a schedule. Courses that write v ← μv + (1 − μ)g make
    each step 1 − μ times as long.

    Parameters
    ----------
    learning_rate : float or callable
        The step size η, or a schedule: a function from the step number, 0 first, to η.
    momentum : float
        The share μ of the velocity that a step keeps, in [0, 1).
    nesterov : bool
        Whether to look ahead; needs momentum.

    Raises
    ------
    ValueError
        If a setting is out of its range.

    References
    ----------
    A.-L. Cauchy, "Méthode générale pour la résolution des systèmes d'équations simultanées",
    *Comptes rendus* 25, 1847. B. T. Polyak, "Some methods of speeding up the convergence of
    iteration methods", *USSR Computational Mathematics and Mathematical Physics* 4, 1964.
    Y. Nesterov, "A method for solving the convex programming problem with convergence rate
    O(1/k²)", 1983, in the form of I. Sutskever et al., "On the importance of initialization and
    momentum in deep learning", 2013.

    Examples
    --------
    >>> GradientDescent(learning_rate=0.5).step(np.array([1.0, 2.0]), np.array([2.0, 2.0]))
    array([0., 1.])
    >>> heavy = GradientDescent(learning_rate=0.5, momentum=0.5)
    >>> [float(heavy.step(0.0, 1.0)) for _ in range(3)]
    [-0.5, -0.75, -0.875]
    """

    learning_rate: Rate
    momentum: float = 0.0
    nesterov: bool = False

    def __post_init__(self) -> None:
        self._steps_taken = 0
        self._velocity: Floats | None = None
        check_rate(self.learning_rate, "learning_rate")
        _check_share(self.momentum, "momentum")
        if not isinstance(self.nesterov, (bool, np.bool_)):
            raise TypeError(f"nesterov is {self.nesterov!r}; expected True or False")
        if self.nesterov and self.momentum == 0:
            raise ValueError("nesterov is True but momentum is 0; give a momentum, such as 0.9")

    @np.errstate(all="ignore")
    def step(self, parameters: ArrayLike, gradient: ArrayLike) -> Floats:
        """Return θ − ηv, or θ − η(g + μv) with ``nesterov``."""
        parameters, gradient, velocity = _alike(parameters, gradient, self._velocity)
        rate = _next_rate(self)
        if self.momentum == 0:
            return parameters - rate * gradient
        self._velocity = self.momentum * velocity + gradient
        if self.nesterov:
            return parameters - rate * (gradient + self.momentum * self._velocity)
        return parameters - rate * self._velocity


@dataclass
class AdaGrad:
    """Shorten the step where gradients have been large: s ← s + g², θ ← θ − ηg/(√s + ε).

    As in ``torch.optim.Adagrad``. Keras and optax have ε inside the root and start s at 0.1, not 0.

    Parameters
    ----------
    learning_rate : float or callable
        The step size η, or a schedule.
    epsilon : float
        Keeps the division finite where no gradient has been seen yet.

    Raises
    ------
    ValueError
        If a setting is not above 0.

    References
    ----------
    J. Duchi, E. Hazan and Y. Singer, "Adaptive subgradient methods for online learning and
    stochastic optimization", *Journal of Machine Learning Research* 12, 2011.

    Examples
    --------
    The first step has length η in every coordinate, the second η/√2 if the gradient is the same.

    >>> adagrad = AdaGrad(learning_rate=0.5)
    >>> adagrad.step(np.array([0.0, 0.0]), np.array([1.0, -100.0]))
    array([-0.5,  0.5])
    >>> adagrad.step(np.array([0.0, 0.0]), np.array([1.0, -100.0])).round(4)
    array([-0.3536,  0.3536])
    """

    learning_rate: Rate
    epsilon: float = 1e-10

    def __post_init__(self) -> None:
        self._steps_taken = 0
        self._sum_of_squares: Floats | None = None
        check_rate(self.learning_rate, "learning_rate")
        positive(self.epsilon, "epsilon")

    @np.errstate(all="ignore")
    def step(self, parameters: ArrayLike, gradient: ArrayLike) -> Floats:
        """Return θ − ηg/(√s + ε)."""
        parameters, gradient, total = _alike(parameters, gradient, self._sum_of_squares)
        rate = _next_rate(self)
        self._sum_of_squares = total + gradient * gradient
        return parameters - rate * gradient / (np.sqrt(self._sum_of_squares) + self.epsilon)


@dataclass
class RMSProp:
    """Divide by the size of recent gradients: s ← ρs + (1 − ρ)g², θ ← θ − ηg/(√s + ε).

    AdaGrad that forgets. As in ``torch.optim.RMSprop``, ε stands outside the root; in Keras and
    optax it stands inside, √(s + ε), and ρ is 0.9 unless told.

    Parameters
    ----------
    learning_rate : float or callable
        The step size η, or a schedule.
    decay : float
        The share ρ of the mean square that a step keeps, in [0, 1); α in PyTorch.
    epsilon : float
        Keeps the division finite where the gradient is 0.

    Raises
    ------
    ValueError
        If a setting is out of its range.

    References
    ----------
    T. Tieleman and G. Hinton, *Neural Networks for Machine Learning*, lecture 6.5, 2012.

    Examples
    --------
    >>> RMSProp(learning_rate=0.5, decay=0.75).step(np.array([0.0, 0.0]), np.array([1.0, -100.0]))
    array([-0.99999998,  1.        ])
    """

    learning_rate: Rate
    decay: float = 0.99
    epsilon: float = 1e-8

    def __post_init__(self) -> None:
        self._steps_taken = 0
        self._mean_square: Floats | None = None
        check_rate(self.learning_rate, "learning_rate")
        _check_share(self.decay, "decay")
        positive(self.epsilon, "epsilon")

    @np.errstate(all="ignore")
    def step(self, parameters: ArrayLike, gradient: ArrayLike) -> Floats:
        """Return θ − ηg/(√s + ε)."""
        parameters, gradient, last = _alike(parameters, gradient, self._mean_square)
        rate = _next_rate(self)
        self._mean_square = self.decay * last + (1 - self.decay) * gradient * gradient
        return parameters - rate * gradient / (np.sqrt(self._mean_square) + self.epsilon)


@dataclass
class Adam:
    """Momentum over the size of recent gradients: θ ← θ − η m̂/(√v̂ + ε).

    m ← β₁m + (1 − β₁)g and v ← β₂v + (1 − β₂)g² are running means that start at 0; m̂ = m/(1 − β₁ᵗ)
    and v̂ = v/(1 − β₂ᵗ) take that start out again, at step t = 1, 2, …. This is Algorithm 1 of the
    paper, as in ``torch.optim.Adam`` and optax. Keras has the form at the end of the paper's
    section 2, where √v is not corrected before ε is added: the same for ε = 0, other first steps
    where the gradient is not much larger than ε.

    Parameters
    ----------
    learning_rate : float or callable
        The step size η, or a schedule. About the length of a step in each coordinate.
    beta1, beta2 : float
        The shares of the running means that a step keeps, in [0, 1).
    epsilon : float
        Keeps the division finite where the gradient is 0.

    Raises
    ------
    ValueError
        If a setting is out of its range.

    References
    ----------
    D. P. Kingma and J. Ba, "Adam: a method for stochastic optimization", 2015.

    Examples
    --------
    >>> Adam(learning_rate=0.5).step(np.array([0.0, 0.0]), np.array([1.0, -100.0]))
    array([-0.5,  0.5])
    """

    learning_rate: Rate = 0.001
    beta1: float = 0.9
    beta2: float = 0.999
    epsilon: float = 1e-8

    def __post_init__(self) -> None:
        self._steps_taken = 0
        self._mean: Floats | None = None
        self._mean_square: Floats | None = None
        check_rate(self.learning_rate, "learning_rate")
        _check_share(self.beta1, "beta1")
        _check_share(self.beta2, "beta2")
        positive(self.epsilon, "epsilon")

    @np.errstate(all="ignore")
    def step(self, parameters: ArrayLike, gradient: ArrayLike) -> Floats:
        """Return θ − η m̂/(√v̂ + ε)."""
        parameters, gradient, m = _alike(parameters, gradient, self._mean)
        v = m if self._mean_square is None else self._mean_square
        rate = _next_rate(self)
        t = self._steps_taken
        self._mean = self.beta1 * m + (1 - self.beta1) * gradient
        self._mean_square = self.beta2 * v + (1 - self.beta2) * gradient * gradient
        mean = self._mean / (1 - self.beta1**t)
        mean_square = self._mean_square / (1 - self.beta2**t)
        return parameters - rate * mean / (np.sqrt(mean_square) + self.epsilon)


@dataclass
class AdamW(Adam):
    """Adam that also shrinks the parameters: θ ← θ − η (m̂/(√v̂ + ε) + λθ).

    Adding the gradient of an ℓ₂ penalty to g instead would divide it by √v̂ too, so that the
    parameters with large gradients would hardly shrink. As in ``torch.optim.AdamW`` and Keras, the
    learning rate multiplies λ; in the paper only its schedule does, not its size.

    Parameters
    ----------
    learning_rate, beta1, beta2, epsilon
        As in :class:`Adam`.
    weight_decay : float
        The strength λ, 0 or more. It shrinks every parameter, intercepts too.

    Raises
    ------
    ValueError
        If a setting is out of its range.

    References
    ----------
    I. Loshchilov and F. Hutter, "Decoupled weight decay regularization", 2019.

    Examples
    --------
    >>> AdamW(learning_rate=0.5, weight_decay=0.1).step(np.array([0.0, 20.0]), np.array([1.0, 0.0]))
    array([-0.5, 19. ])
    """

    weight_decay: float = 0.01

    def __post_init__(self) -> None:
        super().__post_init__()
        not_negative(self.weight_decay, "weight_decay")

    @np.errstate(all="ignore")
    def step(self, parameters: ArrayLike, gradient: ArrayLike) -> Floats:
        """Return θ − η (m̂/(√v̂ + ε) + λθ)."""
        rate = rate_at(self.learning_rate, self._steps_taken)
        moved = super().step(parameters, gradient)
        return moved - rate * self.weight_decay * real_array(parameters, "parameters")


@dataclass
class Newton:
    """Go to the minimum of the local parabola: θ ← θ − η H⁻¹g, with the Hessian H at θ.

    Exact in one step on a convex quadratic, whatever its condition number. Where H is not positive
    definite the step leads to a saddle or a maximum just as well.

    Parameters
    ----------
    hessian : callable
        ``hessian(parameters)`` returns the matrix of second derivatives, shape (p, p).
    learning_rate : float or callable
        The share η of the full step, or a schedule.

    Raises
    ------
    ValueError
        If the learning rate is not above 0; from ``step``, if the Hessian has another shape or is
        singular.

    References
    ----------
    J. Nocedal and S. J. Wright, *Numerical Optimization*, 2nd edition, 2006, section 3.3.

    Examples
    --------
    >>> A = np.array([[1.0, 0.0], [0.0, 1000.0]])
    >>> point = np.array([3.0, 4.0])
    >>> Newton(hessian=lambda parameters: A).step(point, A @ point)
    array([0., 0.])
    """

    hessian: Callable[[Floats], ArrayLike]
    learning_rate: Rate = 1.0

    def __post_init__(self) -> None:
        self._steps_taken = 0
        _check_callable(self.hessian, "hessian")
        check_rate(self.learning_rate, "learning_rate")

    @np.errstate(all="ignore")
    def step(self, parameters: ArrayLike, gradient: ArrayLike) -> Floats:
        """Return θ − η H⁻¹g."""
        parameters, gradient, _ = _alike(parameters, gradient)
        H = real_array(self.hessian(parameters.copy()), "the Hessian")
        if gradient.ndim != 1 or H.shape != (gradient.size, gradient.size):
            raise ValueError(
                f"the Hessian has shape {H.shape} but the gradient has shape {gradient.shape}; "
                f"expected ({gradient.size}, {gradient.size})"
            )
        rate = _next_rate(self)
        try:
            return parameters - rate * np.linalg.solve(H, gradient)
        except np.linalg.LinAlgError:
            raise ValueError(
                f"the Hessian is singular at {parameters}: the parabola has no single minimum; "
                "start elsewhere, add an l2 penalty, or use another optimizer"
            ) from None


@dataclass
class BacktrackingLineSearch:
    """Try a long step against the gradient and shorten it until the value falls enough.

    Enough is Armijo's condition f(θ − ηg) ≤ f(θ) − cη‖g‖²: a share c of what the slope promises.
    Where no step fulfills it, for rounding or a wrong gradient, the parameters stay as they are,
    and ``stuck`` says so.

    Parameters
    ----------
    objective : callable
        ``objective(parameters)`` returns the value and the gradient: the same function every time,
        so not :func:`lossbook.minibatch_risk`.
    learning_rate : float or callable
        The step size that is tried first, or a schedule of it.
    shrink : float
        What the step size is multiplied by until the condition holds, between 0 and 1.
    decrease : float
        The share c, between 0 and 1.

    Attributes
    ----------
    stuck : bool
        Whether the last step found no length that helps. :func:`lossbook.minimize` then stops.

    Raises
    ------
    ValueError
        If a setting is out of its range.

    References
    ----------
    L. Armijo, "Minimization of functions having Lipschitz continuous first partial derivatives",
    *Pacific Journal of Mathematics* 16, 1966. J. Nocedal and S. J. Wright, *Numerical
    Optimization*, 2nd edition, 2006, algorithm 3.1.

    Examples
    --------
    A rate of 1 would stay on x² for ever, jumping from 2 to −2 and back.

    >>> search = BacktrackingLineSearch(lambda x: (float(x @ x), 2 * x))
    >>> search.step(np.array([2.0]), np.array([4.0]))
    array([0.])
    """

    objective: Objective
    learning_rate: Rate = 1.0
    shrink: float = 0.5
    decrease: float = 1e-4

    def __post_init__(self) -> None:
        self._steps_taken = 0
        self.stuck = False
        _check_callable(self.objective, "objective")
        check_rate(self.learning_rate, "learning_rate")
        for name in ("shrink", "decrease"):
            positive(getattr(self, name), name)
            _check_share(getattr(self, name), name)

    @np.errstate(all="ignore")
    def step(self, parameters: ArrayLike, gradient: ArrayLike) -> Floats:
        """Return θ − ηg for the first η that lowers the value enough."""
        parameters, gradient, _ = _alike(parameters, gradient)
        first = rate = _next_rate(self)
        value, _ = evaluate(self.objective, parameters)
        promised = self.decrease * (gradient * gradient).sum()
        # Below a share of 1e-16 the step is lost in the rounding of the value.
        while rate > 1e-16 * first:
            candidate = parameters - rate * gradient
            if (candidate == parameters).all():
                break
            # False for NaN too: where the objective is not defined, the step is shortened.
            if evaluate(self.objective, candidate)[0] <= value - rate * promised:
                self.stuck = False
                return candidate
            rate *= self.shrink
        self.stuck = True
        return parameters.copy()


def rate_at(learning_rate: Rate, step: int) -> float:
    """Return the learning rate at ``step``, whether it is a number or a schedule.

    >>> rate_at(0.1, 5), rate_at(lambda step: 1 / (1 + step), 3)
    (0.1, 0.25)
    """
    if not callable(learning_rate):
        return float(learning_rate)
    rate = real_array(learning_rate(step), "the rate of the schedule")
    if rate.ndim != 0 or not 0 <= rate < np.inf:
        raise ValueError(f"the schedule gives {rate} at step {step}; expected 0 or more")
    return float(rate)


def _next_rate(optimizer: Any) -> float:
    """Return the rate of this step, and count the step."""
    rate = rate_at(optimizer.learning_rate, optimizer._steps_taken)
    optimizer._steps_taken += 1
    return rate


def _alike(
    parameters: ArrayLike, gradient: ArrayLike, state: Floats | None = None
) -> tuple[Floats, Floats, Floats]:
    """Return the three as arrays, a state of None as zeros; raise if they differ in shape."""
    parameters = real_array(parameters, "parameters")
    gradient = real_array(gradient, "the gradient")
    if gradient.shape != parameters.shape:
        raise ValueError(
            f"the gradient has shape {gradient.shape} "
            f"but the parameters have shape {parameters.shape}"
        )
    if state is None:
        state = np.zeros_like(gradient)
    if state.shape != parameters.shape:
        raise ValueError(
            f"the parameters have shape {parameters.shape} but the optimizer's earlier steps were "
            f"for shape {state.shape}; take a fresh one: dataclasses.replace(optimizer)"
        )
    return parameters, gradient, state


def _check_callable(function: Any, name: str) -> None:
    if not callable(function):
        raise TypeError(f"{name} is {function!r}; expected a function of the parameters")


def _check_share(number: float, name: str) -> None:
    if not 0 <= real_number(number, name) < 1:
        raise ValueError(f"{name} is {number}; expected a number from 0 up to 1, 1 excluded")

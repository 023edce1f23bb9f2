"""Losses: each one function that returns ``(values, gradients)``, one per sample.

Conventions, the same for every loss:

- **Order.** Predictions first, targets second, then hyper-parameters by keyword.
- **Gradient.** With respect to the predictions, and shaped like them.
- **Shapes.** ``(n,)`` or ``(n, k)``. Shapes that differ raise; nothing is broadcast.
- **dtype.** float32 in, float32 out; integers become float64.
- **NaN.** A NaN in one prediction makes that sample's value and gradient NaN, no other.
- **Kinks.** Where a loss has no derivative, the gradient is the subgradient its docstring names.
"""

from lossbook.losses.regression import absolute_error, huber, squared_error

__all__ = ["absolute_error", "huber", "squared_error"]

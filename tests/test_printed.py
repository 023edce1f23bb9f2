"""The reader of printed formulas: what it understands, what it refuses, how a pin fails."""

import numpy as np
import pytest

from tests import printed
from tests.printed import (
    Both,
    Chance,
    Formula,
    Given,
    MeaninglessError,
    from_zero,
    labels,
    over,
    pinned,
)
from tests.printed.pieces import UnreadableError
from tools.mutants_of_formulas import mutants

V, W = np.array([1.0, 2.0, 3.0]), np.array([4.0, 5.0, 7.0])
COIN = Chance(((0.5, {"Y": 0}), (0.5, {"Y": 2})))


@pytest.mark.parametrize(
    ("text", "names", "value"),
    [
        (r"\tfrac12 x^2 - 1", {"x": 3.0}, 3.5),
        (r"p(1 - p)^2", {"p": 0.5}, 0.125),
        (r"f(1 - p)^2", {"f": lambda x: 4 * x, "p": 0.5}, 4.0),
        (r"-\log p^2 (1 - p)", {"p": 0.5}, 3 * np.log(2)),
        (r"\frac1N \sum_{i=1}^{N} x_i y_{i}", {"N": 3, "x": V, "y": W}, 35 / 3),
        (r"\sum x_i \sum y_i", {"x": V, "y": W, "i": over(1, 3)}, 96.0),
        (r"\sum_{j \ne k} x_j", {"x": V, "k": 2, "j": over(1, 3)}, 4.0),
        (r"x^\top y + \lVert x - y \rVert^2", {"x": V, "y": W}, 35.0 + 34.0),
        (r"|x_1 - y_1| \max(0, x_2, 5)", {"x": V, "y": W}, 15.0),
        (r"\theta_{k+1} + \theta_0^{(k)}", {"theta": from_zero(V), "k": 1, "theta_0": {1: 9}}, 12),
        (r"\begin{cases} -r & r < 0 \\ r^2 & \text{if } r \ge 0 \end{cases}", {"r": -2.0}, 2.0),
        (r"\frac{d}{dz} e^{2z}", {"z": 0.0}, 2.0),
        (r"\frac{\partial p}{\partial z_2}", {"z": V, "p": Given(lambda at: at["z"][1] ** 2)}, 4.0),
        (r"\mathbb E[Y] + \operatorname{Var}[Y]", {"E": COIN}, 2),
        (r"L_2(3) - L(3)", {"L": Both(lambda x: x, {2: lambda x: x**2})}, 6.0),
        (r"\int_0^{\infty} e^{-2x} dx", {}, 0.5),
    ],
)  # fmt: skip
def test_a_formula_has_the_value_that_a_reader_gives_it(text, names, value):
    assert Formula(text).right(**names) == pytest.approx(value, rel=1e-9)


@pytest.mark.parametrize(
    ("text", "names", "message"),
    [
        ("x_4", {"x": V}, "x has no entry 4"),
        ("x_0", {"x": V}, "x has no entry 0"),
        ("x y", {"x": V, "y": W}, "a column times a column"),
        ("x + y", {"x": V, "y": W[:2]}, "plus"),
        ("q", {}, "nothing is called q"),
        (r"\begin{cases} 1 & r \le 0 \\ 2 & r \ge 0 \end{cases}", {"r": 0}, "2 cases hold"),
        (r"\sum_l x_l", {"x": V}, "nothing says what l runs over"),
    ],
)
def test_what_has_no_value_is_refused(text, names, message):
    with pytest.raises(MeaninglessError, match=message):
        Formula(text).right(**names)


@pytest.mark.parametrize("text", [r"\frac{1}", "x +", "(x", r"\sum_{i", "a ^"])
def test_what_is_no_formula_is_refused(text):
    with pytest.raises(UnreadableError):
        Formula(text)


def test_signs_of_order_are_strict_or_not():
    page = Formula(r"a \le b < c")
    assert page.holds(a=1.0, b=1.0, c=2.0)
    assert not page.holds(a=0.0, b=1.0, c=1.0)
    with pytest.raises(AssertionError):
        page.check(a=2.0, b=1.0, c=3.0)


def test_every_labeled_equation_is_read():
    assert len(labels()) > 150
    for page, text in labels().values():
        assert Formula(text).statements, page


def test_a_pin_fails_when_the_page_changes_and_not_when_it_is_laid_out_anew(monkeypatch):
    text = labels()["eq-clinic-sum"][1]
    pinned("eq-clinic-sum", text.replace(" ", "\n  "), because="it is a test")
    monkeypatch.setitem(printed.CHANGED, "eq-clinic-sum", text.replace("N", "2N"))
    with pytest.raises(AssertionError, match="eq-clinic-sum was edited"):
        pinned("eq-clinic-sum", text, because="it is a test")


def test_each_sign_constant_index_exponent_and_inequality_has_its_mutants():
    made = [(kind, text) for _, kind, text in mutants(r"\tfrac12 x_i^2 - y \le z")]
    assert made == [
        ("constant", r"\tfrac{1.1}2 x_i^2 - y \le z"),
        ("constant", r"\tfrac1{2.2} x_i^2 - y \le z"),
        ("index", r"\tfrac12 x_{i+1}^2 - y \le z"),
        ("exponent", r"\tfrac12 x_i^{3} - y \le z"),
        ("sign", r"\tfrac12 x_i^2 +  y \le z"),
        ("inequality", r"\tfrac12 x_i^2 - y \ge  z"),
        ("inequality", r"\tfrac12 x_i^2 - y <  z"),
    ]

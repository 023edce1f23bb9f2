"""The TeX on the card of a loss is the input of its test: it is what the function returns.

``test_facts.py`` proves the same of the expressions, so the two are one statement.
"""

import numpy as np
import pytest

from lossbook import losses
from lossbook.facts import facts
from tests.facts_cases import PRINTED, complete, draw, symbols
from tests.printed import Given, MeaninglessError, Rule, of_card, over

#: What the cards call the settings, and the default that the TeX leaves out.
LETTERS = {
    "margin": "M", "expectile": "tau", "quantile": "q", "epsilon": "varepsilon",
    "temperature": "T", "discount": "gamma", "smooth": "s", "scale": "s", "v_next": "v_prime",
}  # fmt: skip
CASES = [case for case in PRINTED if "label_smoothing" not in case[1]]
#: Losses whose gradient is printed for one entry j.
BY_ENTRY = {"js_divergence", "dice", "jaccard"}


def names_of(name, inputs, settings):
    """Return the values of the names on a card, for one sample; classes are counted from 1."""
    found = {LETTERS.get(key, key): v for key, v in symbols(name, inputs, settings).items()}
    size = np.size(inputs[0])
    one_hot = {c: np.eye(size)[c - 1] for c in range(1, size + 1)}
    if name == "barron":
        found["c"] = settings["scale"]
    elif name == "squared_error":
        found["hat_y"] = inputs[0]
    elif name in ("softmax_cross_entropy", "policy_gradient", "multiclass_hinge"):
        found |= {"y": inputs[1] + 1, "a": inputs[1] + 1, "one": one_hot}
    elif name == "kl_divergence":
        found["p"] = np.exp(found["z"])
    elif name == "info_nce":
        # The names for one anchor, at which the gradient is printed.
        found |= {"u": found["u"], "v": found["v"], "I": np.eye(3)}
    if name == "focal":
        del found["p"]
    if name == "multiclass_hinge":
        rival = np.argmax(np.where(np.arange(size) == inputs[1], -np.inf, inputs[0]))
        found["one_rival"] = one_hot[rival + 1]
    found["j"] = over(1, size if name != "info_nce" else 3)
    found["l"] = over(1, 3)
    return found


def defined(page, names):
    """Add what the card itself defines, such as D or q_ij, and return all names."""
    for statement in page.statements[1:]:
        if statement[0] != "relation":
            continue
        (left, right), _ = statement[1:]
        if left[1] in names:
            continue
        if left[2] is None:
            names[left[1]] = Given(lambda at, node=right: at.value(node))
        else:
            indices = [node[1] for node in left[2][1]]

            def entry(*values, at=page, node=right, indices=indices, names=names):
                return at.value_of(node, **{**names, **dict(zip(indices, values))})

            names[left[1]] = Rule(entry)
    return names


def rows_of(name, settings):
    """Return samples, and what the function says of each."""
    learned, others = draw(name, np.linspace(-3, 3, 99), 3, settings)
    learned = [1.001 * a for a in learned]  # away from kinks
    some, kinks = [*zip(*learned, *others)][::7], near_kinks(name, complete(name, settings))
    for inputs in (*some, *kinks):
        batch = inputs if name == "info_nce" else [np.asarray(a)[None] for a in inputs]
        values, gradients = getattr(losses, name)(*batch, **settings)
        if name == "kl_divergence" and not np.all(inputs[1] > 0):
            continue  # there 0 log 0 is 0
        yield inputs, np.ravel(values), gradients


def near_kinks(name, settings):
    """Yield samples on the kinks of a loss, and a little to each side."""
    kinks = {0.0, 1.0, *(v for v in settings.values() if isinstance(v, float))}
    places = sorted({side * (k + d) for k in kinks for d in (-0.05, 0, 0.05) for side in (-1, 1)})
    form, margin = facts[name].predictions, settings.get("margin")
    if facts[name].family == "regression":
        yield from ((r, 0.0) for r in places)
    elif name == "multiclass_hinge":
        yield from ((np.array([margin + d, 0.0, -1.0]), 0) for d in (-0.05, 0.05))
    elif name == "triplet":
        for d in (-0.05, 0.05):
            yield np.zeros(3), np.zeros(3), np.array([(margin + d) ** 0.5, 0.0, 0.0])
    elif form == "scores":
        yield from ((m * y, y) for m in places for y in (-1.0, 1.0))


@pytest.mark.parametrize(("name", "settings"), CASES, ids=str)
def test_the_formula_of_a_card_is_what_the_function_returns(name, settings):
    page, every = of_card(name, "formula"), complete(name, settings)
    for inputs, values, _ in rows_of(name, settings):
        names = defined(page, names_of(name, inputs, every))
        if name == "info_nce":
            printed = [page.sides(0, **{**names, "i": i})[0] for i in (1, 2, 3)]
        else:
            printed = page.sides(0, **names)
        np.testing.assert_allclose(printed, np.broadcast_to(values, len(printed)), 1e-9, 1e-10)
        for number, statement in enumerate(page.statements[1:], 1):
            if statement[0] == "relation" and name != "info_nce":
                page.check(number, rtol=1e-9, **names)


@pytest.mark.parametrize(("name", "settings"), CASES, ids=str)
def test_the_gradient_of_a_card_is_what_the_function_returns(name, settings):
    page, every = of_card(name, "gradient"), complete(name, settings)
    for inputs, values, gradients in rows_of(name, settings):
        names = names_of(name, inputs, every) | {"ell": values[0]}
        if name != "info_nce":
            names = defined(of_card(name, "formula"), names)
        if name == "info_nce":
            printed = info_nce_gradients(page, names)
        elif name in BY_ENTRY:
            names = defined(page, names)
            printed = [page.at(0, names, j=j) for j in range(1, np.size(inputs[0]) + 1)]
        else:
            try:
                printed = page.sides(0, **defined(page, names))[0]
            except MeaninglessError:
                assert (name, inputs[0]) == ("pinball", 0.0), "the card leaves out only this kink"
                printed = 0.0
        gradients = np.ravel(gradients)
        np.testing.assert_allclose(np.ravel(printed), gradients, rtol=1e-9, atol=1e-9)


def info_nce_gradients(page, names):
    """Return the gradient by the anchors as printed, and likewise by the positives."""
    names |= {"q": Rule(None)}
    found = []
    for a, u, v in (("a", "u", "v"), ("p", "v", "u")):
        swapped = {**names, "a": names[a], "u": names[u], "v": names[v]}
        del swapped["q"]
        chances = defined(page, dict(swapped))["q"]
        if a == "p":
            anchors = defined(page, {k: x for k, x in names.items() if k != "q"})["q"]
            chances = Rule(lambda i, j, q=anchors: q.function(j, i))
        found += [page.sides(0, **{**swapped, "q": chances, "i": i})[0] for i in (1, 2, 3)]
    return found

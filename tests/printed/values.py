"""What a formula is worth where its names have values.

The names are those of the page in ASCII: ``\\theta_0`` is ``theta_0`` or the entry 0 of ``theta``,
``\\hat y`` is ``hat_y``, ``\\ell_{\\text{Huber}}'`` is ``ell_Huber_prime``, ``\\theta^{(k)}`` the
entry k of ``theta``, ``\\lambda`` is ``lam``. A name that is a function is called, any other is
multiplied. An array is indexed from 1, as on the pages; ``from_zero`` and dictionaries are not.
"""

import itertools
import math

import numpy as np
from scipy.integrate import quad

from tests.printed.notation import (
    COMPARE,
    NOTATION,
    PLAIN,
    Given,
    MeaninglessError,
    Over,
    Row,
    bare_names,
    entry,
    plus,
    replaced,
    slope,
    times,
)


class Scope:
    """Values of names, and of formulas in which they stand."""

    def __init__(self, names, runs=None):
        self.names = names
        self.runs = runs or {name: v for name, v in names.items() if isinstance(v, Over)}

    def __getitem__(self, key):
        value = self.names[key] if key in self.names else NOTATION[key]
        return value.function(self) if isinstance(value, Given) else value

    def __contains__(self, key):
        return key in self.names or key in NOTATION

    def having(self, **names):
        """Return a scope in which some names have other values."""
        return Scope({**self.names, **names}, self.runs)

    def value(self, node):
        return getattr(self, f"of_{node[0].replace(' ', '_')}")(*node[1:])

    def of_number(self, text):
        return self["number"](text)

    def of_name(self, base, sub, at, marks):
        flat = f"{base}_{sub[0]}{marks}" if sub else base + marks
        if at and f"{flat}_at_{at[0]}" in self:
            return self[f"{flat}_at_{at[0]}"]
        if flat in self:
            return entry(self[flat], [self.value(at[1])], flat) if at else self[flat]
        whole = base + marks
        if whole not in self or not (sub or at):
            raise MeaninglessError(f"nothing is called {flat}")
        value = entry(self[whole], [self.value(at[1])], whole) if at else self[whole]
        if sub and not sub[1]:
            raise MeaninglessError(f"nothing is called {flat}")
        return entry(value, [self.value(node) for node in sub[1]], whole) if sub else value

    def of_before(self, sign, node):
        return slice(None, self.value(node) - (sign == "<"))

    def of_group(self, nodes):
        if len(nodes) == 1:
            return self.value(nodes[0])
        return np.array([self.value(node) for node in nodes])

    def of_both_signs(self, node):
        return np.multiply.outer([1, -1], self.value(node))

    def of_sum(self, parts):
        total = 0
        for number, (sign, node) in enumerate(parts):
            value = self.value(node)
            total = value if number == 0 and sign == "+" else plus(total, value, sign)
        return total

    def of_dots(self):
        return self["dots"]

    def of_times(self, left, right):
        return times(self.value(left), self.value(right))

    def of_dot(self, left, right):
        a, b = self.value(left), self.value(right)
        return a @ b if np.ndim(a) and np.ndim(b) else times(a, b)

    def of_entrywise(self, left, right):
        a, b = np.asarray(self.value(left)), np.asarray(self.value(right))
        if a.shape != b.shape:
            raise MeaninglessError(f"entry by entry, {a.shape} and {b.shape}")
        return a * b

    def of_over(self, top, bottom):
        a, b = self.value(top), self.value(bottom)
        if isinstance(b, PLAIN) and b == 0:
            raise MeaninglessError("division by zero")
        return a / b

    def of_power(self, base, exponent):
        power = self.value(exponent)
        if base[0] == "call or times" and not callable(factor := self.value(base[1])):
            return times(factor, self["power"](self.of_group(base[2]), power))
        return self["power"](self.value(base), power)

    def of_root(self, node):
        return self["sqrt"](self.value(node))

    def of_factorial(self, node):
        return self["factorial"](self.value(node))

    def of_transpose(self, node):
        if node[0] == "call or times" and not callable(factor := self.value(node[1])):
            return times(factor, self.of_transpose(("group", node[2])))
        value = self.value(node)
        return Row(value) if np.ndim(value) == 1 else np.transpose(value)

    def of_size(self, node):
        value = self.value(node)
        return len(value) if isinstance(value, (set, list, tuple, range)) else abs(value)

    def of_norm(self, node, order):
        value = np.asarray(self.value(node), dtype=float).ravel()
        return np.linalg.norm(value, {"2": 2, "1": 1, "infty": np.inf}[order])

    def of_pmatrix(self, rows):
        return np.array([[self.value(node) for node in row] for row in rows])

    def of_cases(self, rows):
        fits = [value for value, condition in rows if self.value(condition)]
        if len(fits) != 1:
            raise MeaninglessError(f"{len(fits)} cases hold")
        return self.value(fits[0])

    def of_function(self, name, sub, nodes):
        bounds = [self.value(node) for node in (sub[0][1] if sub else ())]
        if name == "diag" and "i" in self.runs:
            entries = [self.having(i=i).value(nodes[0]) for i in self.runs["i"].within(self)]
            return np.diag(entries)
        return self[name](*bounds, *(self.value(node) for node in nodes))

    def of_call_or_times(self, node, nodes):
        if node[:2] == ("name", "P") and "P" not in self.names and "E" in self.names:
            both = self.mean(lambda scope: all(scope.value(n) for n in nodes))
            given = [self.mean(lambda scope, n=n: scope.value(n)) for n in nodes[1:]]
            return both / math.prod(given)
        function = self.value(node)
        if callable(function):
            return function(*[self.value(n) for n in nodes])
        return times(function, self.of_group(nodes))

    def of_indicator(self, node):
        return float(self.value(node))

    def of_relation(self, nodes, signs):
        values = [self.value(node) for node in nodes]
        return all(COMPARE[s](a, b) for s, a, b in zip(signs, values, values[1:]))

    def mean(self, function, over="E"):
        parts = [(w, function(self.having(**names))) for w, names in self[over].outcomes]
        return sum(w * value for w, value in parts)

    def of_E(self, node, over="E"):  # noqa: N802, as the page has it
        return self.mean(lambda scope: scope.value(node), over)

    def of_Var(self, node, _):  # noqa: N802
        if "Var" in self.names:
            return self["Var"](self.value(node))
        center = self.of_E(node)
        return self.mean(lambda scope: (scope.value(node) - center) ** 2)

    def of_Cov(self, node, _):  # noqa: N802
        center = self.of_E(node)
        return self.mean(lambda scope: np.outer(*[scope.value(node) - center] * 2))

    def binding(self, below, above):
        """Yield a scope for each value that the indices of a sum take."""
        first = below[0] if below else ("name", "i", None, None, "")
        if above is not None:
            _, (index, low), _ = first
            for value in range(self.value(low), self.value(above) + 1):
                yield self.having(**{index[1]: value})
            return
        names, filters = [], []
        for node in below or (first,):
            if node[0] == "relation" and node[2][0] == "in":
                names.append((node[1][0][1], Over(self.value(node[1][1]))))
            elif node[0] == "times":  # a word between two names, as in "m rated by u"
                (_, index, word), other = node[1], node[2]
                names.append((index[1], None))
                filters.append(("call or times", word, (index, other)))
            elif node[0] == "group":
                names.append((",".join(n[1] for n in node[1]), None))
            elif node[0] == "relation":
                filters.append(node)
                bare = [n for n in bare_names(node) if n in self.runs]
                names += [(n, None) for n in bare if n not in dict(names)]
            else:
                names.append((node[1], None))
        joint = ",".join(n for n, _ in names)
        if joint in self.runs:
            names = [(joint, None)]
        for name, run in names:
            if not run and name not in self.runs:
                raise MeaninglessError(f"nothing says what {name} runs over")
        runs = [(name, run or self.runs[name]) for name, run in names]
        for values in itertools.product(*(run.within(self) for _, run in runs)):
            bound = {}
            for (name, _), value in zip(runs, values):
                parts = name.split(",")
                bound |= dict(zip(parts, value)) if len(parts) > 1 else {name: value}
            scope = self.having(**bound)
            if all(scope.value(node) for node in filters):
                yield scope

    def of_over_all(self, kind, below, above, node):
        pairs = [(scope.value(node), scope) for scope in self.binding(below, above)]
        values = [value for value, _ in pairs]
        match kind:
            case "total":
                return sum(values[1:], values[0]) if values else 0
            case "product":
                return math.prod(values)
            case "max" | "min":
                return self[kind](values)
        best = {"arg min": min, "arg max": max}[kind](range(len(values)), key=values.__getitem__)
        return pairs[best][1][below[0][1]]

    def of_integral(self, low, high, node, by):
        def integrand(x):
            return self.having(**{by[1]: x}).value(node)

        return quad(integrand, self.value(low), self.value(high), epsabs=1e-12, epsrel=1e-11)[0]

    def of_derivative(self, of, by):
        """Return a derivative that a test gives, such as ``d_L_d_theta``, or differentiate."""
        _, base, sub, at, _ = by
        if of[0] == "name":
            of_key = of[1] + (f"_{of[2][0]}" if of[2] else "") + of[4]
            for key in (f"d_{of_key}_d_{base}", f"d_{of[1]}_d_{base}"):
                if sub and f"{key}_{sub[0]}" in self.names:
                    return self[f"{key}_{sub[0]}"]
                if key in self.names:
                    index = [self.value(n) for n in (sub[1] if sub else [at[1]] if at else ())]
                    return entry(self[key], index, key) if index else self[key]
        flat = f"{base}_{sub[0]}" if sub else base
        if flat in self.names:
            return slope(lambda x: self.having(**{flat: x}).value(of), self[flat])
        index = [self.value(node) for node in sub[1]]

        def moved(x):
            return self.having(**{base: replaced(self[base], index, x)}).value(of)

        return slope(moved, entry(self[base], index, base))

    def of_nabla(self, marks, node):
        """Return the gradient of a formula by the array that the name ``by`` names."""
        by = self["by"]
        point = self[by]
        moved = [
            slope(lambda x, j=j: self.having(**{by: replaced(point, [j], x)}).value(node), at)
            for j, at in enumerate(point, 1)
        ]
        return np.array(moved)

"""One truth: the explorers' own scripts, run in Node, agree with the package.

Same inputs, same steps, at most 1e-9 apart relative to the size of what is compared.
"""

import functools
import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import pytest
import traitlets

from lossbook import explorers
from lossbook.explorers import descent, elicitation, fits, line_fitting, loss
from lossbook.explorers.widget import classic_script
from lossbook.facts import facts

NODE = Path(sys.executable).with_name("node")
SCRIPTS = Path(explorers.__file__).with_name("js")
ANSWER = """
import { createInterface } from "node:readline";
// JSON has no word for these.
const words = (_, x) => (typeof x === "number" && !Number.isFinite(x) ? String(x) : x);
for await (const line of createInterface({ input: process.stdin })) {
  const [folder, calls] = JSON.parse(line);
  const answers = [];
  for (const [file, path, args] of calls) {
    let found = await import(`${folder}/${file}.js`);
    for (const key of path.split(".")) found = found[key];
    answers.push(args === null ? found : found(...args));
  }
  console.log(JSON.stringify(answers, words));
}
"""


@functools.cache
def node():
    """Start Node once for all questions; an exception ends it."""
    command = [NODE, "--input-type=module", "--eval", ANSWER]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


@pytest.fixture(scope="module", autouse=True)
def _end_node():
    yield
    node().communicate()
    node.cache_clear()


def run(calls, folder=SCRIPTS):
    """Return what each (file, name, arguments) gives in Node; the value itself for None."""
    asked = node()
    asked.stdin.write(json.dumps([str(folder), calls]) + "\n")
    asked.stdin.flush()
    answer = asked.stdout.readline()
    if not answer:
        node.cache_clear()
        asked.communicate()
        pytest.fail(f"Node ended with {asked.returncode} on {calls[0][:2]}: see its words below")
    return json.loads(answer)


def ask(file, name, *arguments, folder=SCRIPTS):
    return run([(file, name, list(arguments))], folder)[0]


def value_of(file, name):
    return run([(file, name, None)])[0]


def agree(there, here):
    """Assert that two arrays are within 1e-9 of each other, relative to each number."""
    np.testing.assert_allclose(np.array(there, dtype=float), here, rtol=1e-9, atol=0)


# Residuals of every size, beside every kink, and both signs.
RESIDUALS = np.concatenate([np.linspace(-8, 8, 65), [1e-6, -1e-6, 1e-3, 40.0, -300.0, 1e4]])
SETTINGS = {
    "delta": [0.1, 1.0, 2.5],
    "beta": [0.1, 1.0, 2.5],
    "quantile": [0.05, 0.5, 0.8],
    "expectile": [0.05, 0.5, 0.8],
    "epsilon": [0.0, 0.1, 1.0],
    "scale": [0.1, 1.0, 3.0],
    "c": [1.0, 4.7],
    "alpha": [-4.0, -0.1, 0.0, 0.5, 1.0, 1.9, 2.0],
}
CASES = [
    (name, value)
    for name, setting in loss.LOSSES.items()
    for value in (SETTINGS[setting[0]] if setting else [None])
]


def losses_agree(cases, folder=SCRIPTS):
    calls = [("losses", f"losses.{n}.evaluate", [r, v]) for n, v in cases for r in RESIDUALS]
    there = np.array(run(calls, folder)).reshape(len(cases), len(RESIDUALS), 2)
    for (name, value), pairs in zip(cases, there):
        function, keywords = loss.with_setting(name, value)
        here = function(RESIDUALS, np.zeros_like(RESIDUALS), **keywords)
        agree(pairs, np.transpose(here))


def test_the_explorer_has_every_regression_loss():
    package = {name for name, fact in facts.items() if fact.family == "regression"}
    assert set(loss.LOSSES) == set(value_of("losses", "losses")) == package


def test_every_loss_has_the_value_and_the_gradient_of_the_package():
    losses_agree(CASES)


def test_settings_have_the_same_names_and_first_values():
    there = value_of("losses", "losses")
    for name, setting in loss.LOSSES.items():
        found = there[name].get("setting")
        assert setting == (found and (found["name"], found["value"])), name


@pytest.mark.parametrize(
    ("formula", "slip"),
    [
        ("[r * r, 2 * r]", "[r * r, r]"),
        ("Math.sign(excess)]", "1]"),
        ("r / s / s", "r / s"),
        ("v * (3 - v * (3 - v))", "v * (3 - v * (2 - v))"),
        ("quantile : r < 0", "quantile / 2 : r < 0"),
    ],
)
def test_a_formula_that_is_changed_on_one_side_is_found(tmp_path, formula, slip):
    shutil.copytree(SCRIPTS, tmp_path, dirs_exist_ok=True)
    text = (SCRIPTS / "losses.js").read_text(encoding="utf-8")
    assert text.count(formula) == 1
    (tmp_path / "losses.js").write_text(text.replace(formula, slip), encoding="utf-8")
    with pytest.raises(AssertionError, match="Not equal to tolerance"):
        losses_agree(CASES, tmp_path)


SAMPLES = {
    "with an outlier": [-1.6, -0.9, -0.4, 0.1, 0.8, 1.4, 12.0],
    "an even number": [-2.0, -1.0, 0.5, 3.0],
    "one number twice": [1.0, 1.0],
    "two clusters": [-8.0, -7.5, -7.0, 6.0, 6.5, 7.2, 7.3],
}


@pytest.mark.parametrize("targets", SAMPLES.values(), ids=SAMPLES.keys())
def test_the_best_constants_are_the_same(targets):
    there = run([("losses", "constant", [name, value, targets]) for name, value in CASES])
    here = []
    for name, value in CASES:
        function, keywords = loss.with_setting(name, value)
        here.append(fits.constant(function, targets, **keywords))
    np.testing.assert_allclose(there, here, rtol=1e-9, atol=1e-9 * np.ptp(targets))


def test_the_loss_explorer_shows_what_its_python_side_has():
    explorer = explorers.LossExplorer(
        losses=["cauchy", "huber", "log_cosh"], settings={"huber": 0.5}, residual=-1.5, outlier=9.0
    )
    there = ask("loss", "compare", explorer.state)
    assert [row["name"] for row in there] == explorer.losses
    agree([row["value"] for row in there], list(explorer.values.values()))
    agree([row["gradient"] for row in there], list(explorer.gradients.values()))
    agree([row["constant"] for row in there], list(explorer.constants.values()))
    assert tuple(value_of("loss", "TARGETS")) == loss.TARGETS


POINTS = np.random.default_rng(0).uniform(-2, 3, size=(30, 2)).tolist()


@pytest.mark.parametrize("surface", descent.SURFACES)
def test_every_surface_has_the_value_and_the_gradient_of_the_package(surface):
    there = run([("surfaces", f"surfaces.{surface}.evaluate", [*p, 7.0]) for p in POINTS])
    objective = explorers.DescentExplorer(surface, condition=7.0).objective
    agree(there, [[value, *gradient] for value, gradient in map(objective, POINTS)])


@pytest.mark.parametrize("surface", descent.SURFACES)
def test_every_surface_is_looked_at_from_the_same_place(surface):
    there, here = value_of("surfaces", f"surfaces.{surface}"), descent.SURFACES[surface]
    assert there["view"] == [list(interval) for interval in here.view]
    assert there["start"] == list(here.start)
    assert there["learning_rate"] == here.learning_rate
    np.testing.assert_allclose(there["minima"], here.minima, rtol=1e-12)


@pytest.mark.parametrize("optimizer", descent.OPTIMIZERS)
@pytest.mark.parametrize("surface", descent.SURFACES)
def test_two_hundred_steps_are_the_same_path(surface, optimizer):
    explorer = explorers.DescentExplorer(
        surface, optimizer=optimizer, momentum=0.8, condition=20, steps=200
    )
    if optimizer in ("adagrad", "rmsprop", "adam"):
        explorer.learning_rate = 0.05
    elif optimizer != "gradient_descent":
        explorer.learning_rate /= 4
    there = ask("descent", "descend", explorer.state)
    history = explorer.history
    assert there["divergedAt"] is None
    assert len(there["path"]) == 201
    agree(there["path"], history.path)
    agree(there["values"], history.values)


@pytest.mark.parametrize("optimizer", descent.OPTIMIZERS)
def test_a_descent_that_diverges_ends_at_the_same_step(optimizer):
    explorer = explorers.DescentExplorer(
        "rosenbrock", optimizer=optimizer, learning_rate=1e6, steps=10_000
    )
    there = ask("descent", "descend", explorer.state)
    history = explorer.history
    if there["divergedAt"] is None:
        assert "diverged" not in history.reason
    else:
        assert history.reason.startswith(f"diverged at step {there['divergedAt']} ")
    assert len(there["path"]) == len(history.path)
    assert np.isfinite(np.array(there["path"], dtype=float)).all()


def test_a_descent_that_arrives_stops():
    explorer = explorers.DescentExplorer("quadratic", condition=1, learning_rate=1.0, steps=9)
    there = ask("descent", "descend", explorer.state)
    assert there["path"] == explorer.path.tolist() == [[-2.5, 1.5], [0, 0]]


@pytest.mark.parametrize("surface", descent.SURFACES)
def test_the_largest_curvature_is_the_same(surface):
    explorer = explorers.DescentExplorer(surface, condition=20, steps=0)
    for start in descent.SURFACES[surface].minima:
        explorer.start = tuple(start + 0.01)
        there = ask("surfaces", "curvature", surface, 20, explorer.start)
        agree(there["L"], explorer.curvature)


@pytest.mark.parametrize("optimizer", descent.OPTIMIZERS)
def test_the_threshold_is_the_same(optimizer):
    explorer = explorers.DescentExplorer("calls", optimizer=optimizer, momentum=0.7)
    there = ask("descent", "threshold", optimizer, 0.7, explorer.curvature)
    if explorer.threshold is None:
        assert there is None
    else:
        agree(there, explorer.threshold)


def test_contours_lie_where_the_surface_has_their_height():
    levels = [0.5, 2.0, 4.0]
    script = """
    const { contours, levelsOf } = await import(`${process.argv[1]}/surfaces.js`);
    const f = (x, y) => x * x + y * y;
    const view = [[-3, 3], [-2, 2]];
    console.log(JSON.stringify([contours(f, ...view, [0.5, 2, 4]), levelsOf(f, ...view)]));
    """
    done = subprocess.run(
        [NODE, "--input-type=module", "--eval", script, SCRIPTS], capture_output=True, text=True
    )
    found, heights = json.loads(done.stdout)
    for level, pieces in zip(levels, found):
        ends = np.array(pieces).reshape(-1, 2)
        assert len(ends) > 40
        # Linear between grid points 3/32 apart: off by at most the square of half of that, twice.
        np.testing.assert_allclose((ends**2).sum(axis=1), level, atol=2 * (3 / 64) ** 2)
    assert 0 < heights[0] < heights[-1] < 13
    assert np.diff(heights).min() > 0


def clouds():
    draw = np.random.default_rng(1)
    yield list(line_fitting.POINTS)
    for _ in range(6):
        x, y = draw.uniform(0, 2, 8), draw.normal(size=8)
        y[-2:] += 8
        yield list(zip(x.tolist(), y.tolist()))
    yield [(0.0, 1.0), (1.0, 2.0)]
    yield [(-0.1, 1.0), (-0.1, 2.0), (-0.1, 6.0)]  # all above one x, and its mean is rounded
    yield [(0.0, 0.0), (0.0, 1.0), (2.0, 3.0), (2.0, 9.0)]


@pytest.mark.parametrize("points", list(clouds()))
@pytest.mark.parametrize(("delta", "quantile"), [(1.2, 0.8), (0.3, 0.5), (5.0, 0.25)])
def test_the_four_lines_are_the_same(points, delta, quantile):
    explorer = explorers.LineFittingExplorer(points=points, delta=delta, quantile=quantile)
    there, here = ask("lines", "fitLines", explorer.state), explorer.lines
    assert [row["name"] for row in there] == list(here)
    lines = list(here.values())
    np.testing.assert_allclose([row["line"] for row in there], lines, rtol=1e-9, atol=1e-10)


def test_the_pulls_on_the_readers_line_are_the_same():
    explorer = explorers.LineFittingExplorer(line=(2.0, -1.0))
    settings = {"huber": explorer.delta, "pinball": explorer.quantile}
    calls = [
        ("lines", "lineRisk", [name, settings.get(name), explorer.points, explorer.line])
        for name in explorer.lines
    ]
    there = [risk["gradient"] for risk in run(calls)]
    agree(there, list(explorer.gradients.values()))


@pytest.mark.parametrize("loss_name", elicitation.ESTIMATES)
@pytest.mark.parametrize("distribution", elicitation.DISTRIBUTIONS)
def test_expected_losses_and_their_minimizers_are_the_same(distribution, loss_name):
    for setting in (0.05, 0.5, 0.8):
        explorer = explorers.ElicitationExplorer(
            distribution=distribution, loss=loss_name, setting=setting, guess=6.35
        )
        there = ask("elicitation", "elicit", explorer.state)
        agree(there["minimizer"], explorer.minimizer)
        value, gradient = explorer.expected_loss(6.35)
        agree(there["value"], value)
        np.testing.assert_allclose(there["gradient"], gradient, rtol=1e-9, atol=1e-13)
        agree(there["least"], explorer.expected_loss(explorer.minimizer)[0])


def test_the_distributions_are_the_same():
    assert value_of("elicitation", "OUTCOMES") == elicitation.OUTCOMES.tolist()
    assert set(value_of("elicitation", "distributions")) == set(elicitation.DISTRIBUTIONS)
    assert set(value_of("elicitation", "ESTIMATES")) == set(elicitation.ESTIMATES)
    for name in elicitation.DISTRIBUTIONS:
        explorer = explorers.ElicitationExplorer(distribution=name)
        agree(ask("elicitation", "probabilities", name), explorer.probabilities)


@pytest.mark.parametrize("label", [0, 1])
@pytest.mark.parametrize(
    ("temperature", "label_smoothing", "gamma"), [(1.0, 0.0, 2.0), (0.4, 0.1, 0.0), (3.0, 0.5, 5.0)]
)
def test_the_binary_losses_are_the_same(label, temperature, label_smoothing, gamma):
    explorer = explorers.ClassificationExplorer(
        label=label, temperature=temperature, label_smoothing=label_smoothing, gamma=gamma
    )
    logits = [-60.0, -3.3, -1.0, -0.2, 0.0, 0.2, 1.0, 3.3, 60.0]
    there = run([("classification", "binary", [explorer.state | {"logit": z}]) for z in logits])
    for name, (values, gradients) in explorer.binary(logits).items():
        agree([row[name] for row in there], np.transpose([values, gradients]))
    for logit, row in zip(logits, there):
        explorer.logit = logit
        agree(row["probability"], explorer.probability)


@pytest.mark.parametrize("target", [0, 1, 2])
@pytest.mark.parametrize("logits", [[2.0, 0.5, -1.0], [0.0, 0.0, 0.0], [50.0, -30.0, 4.0]])
@pytest.mark.parametrize(("temperature", "label_smoothing"), [(1.0, 0.0), (0.4, 0.1), (3.0, 0.5)])
def test_softmax_cross_entropy_is_the_same(target, logits, temperature, label_smoothing):
    explorer = explorers.SoftmaxExplorer(
        target=target, logits=logits, temperature=temperature, label_smoothing=label_smoothing
    )
    there = ask("softmax", "softmaxCrossEntropy", explorer.state)
    value, gradient = explorer.cross_entropy
    agree(there["value"], value)
    np.testing.assert_allclose(there["gradient"], gradient, rtol=1e-9, atol=1e-15)
    np.testing.assert_allclose(there["probabilities"], explorer.probabilities, atol=1e-15)
    assert sum(there["smoothed"]) == pytest.approx(1, abs=1e-15)


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0, "0"), (-0.0, "0"), (0.1, "0.1"), (-2.5, "−2.5"),
        (1000, "1000"), (123456, "1.235 × 10⁵"),
        (0.00012346, "1.235 × 10⁻⁴"), (1e300, "1 × 10³⁰⁰"), (1e-320, "0"), (2 / 3, "0.6667"),
    ],
)  # fmt: skip
def test_numbers_are_shown_for_readers(number, text):
    assert ask("numbers", "show", number) == text


def test_what_is_not_a_number_is_shown_in_words():
    script = """
    const { show } = await import(`${process.argv[1]}/numbers.js`);
    console.log([NaN, Infinity, -Infinity].map((x) => show(x)).join(" "));
    """
    command = [NODE, "--input-type=module", "--eval", script, SCRIPTS]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.stdout.split() == ["undefined", "∞", "−∞"]


@pytest.mark.parametrize("interval", [[0, 1], [-6, 6], [0.013, 0.019], [-1e6, 3e7]])
def test_ticks_are_round_numbers_within_the_range(interval):
    found = np.array(ask("numbers", "ticks", interval, 5))
    assert 3 <= len(found) <= 12
    assert found.min() >= interval[0] - 1e-9
    assert found.max() <= interval[1] * (1 + 1e-9)
    step = np.diff(found)[0]
    np.testing.assert_allclose(np.diff(found), step)
    assert round(step / 10 ** np.floor(np.log10(step) + 1e-9), 6) in (1, 2, 5)


ALL = [getattr(explorers, name) for name in explorers.__all__ if name.endswith("Explorer")]


@pytest.fixture(params=ALL, ids=lambda explorer: explorer.name)
def one(request):
    return request.param()


def test_the_script_of_the_site_registers_the_same_explorer(one):
    script = "globalThis.window = globalThis;\n" + classic_script(one.name)
    script += f'console.log(typeof window.lossbookExplorers["{one.name}"]);'
    done = subprocess.run([NODE, "--eval", script], capture_output=True, text=True)
    assert done.stdout == "function\n", done.stderr


def test_the_outcome_of_every_module_is_what_the_notebook_loads(tmp_path):
    loads = ""
    for explorer in ALL:
        module = tmp_path / f"{explorer.name}.mjs"
        module.write_text(explorers.widget.module(explorer.name), encoding="utf-8")
        loads += f'console.log(Object.keys((await import("{module}")).default).join());\n'
    command = [NODE, "--input-type=module", "--eval", loads]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.stdout == "render\n" * len(ALL), done.stderr


# The explorers of one number and of damping


@pytest.mark.parametrize("loss_name", ["squared_error", "huber", "absolute_error"])
@pytest.mark.parametrize("numbers", [[1.35, 1.49, 1.61, 2.12, 11.9], [-3.0, 0.5, 0.5, 4.0]])
def test_the_risk_of_a_guess_is_the_same(loss_name, numbers):
    for guess in (-4.0, 0.5, 2.2):
        explorer = explorers.OneNumberExplorer(
            numbers=numbers, loss=loss_name, delta=0.7, guess=guess
        )
        there = ask("one_number", "risks", explorer.state)
        value, slope = explorer.risk(guess)
        agree(there["value"], value)
        np.testing.assert_allclose(there["gradient"], slope, rtol=1e-9, atol=1e-13)
        assert list(there["best"]) == list(explorer.best)
        np.testing.assert_allclose(
            list(there["best"].values()), list(explorer.best.values()), rtol=1e-9, atol=1e-9
        )


DAMPED = [(p, b) for p in (0.001, 0.03, 0.5, 0.99, 1.9, 3.9, 4.5) for b in (0.0, 0.3, 0.64, 0.95)]


@pytest.mark.parametrize(("product", "momentum"), DAMPED)
def test_momentum_damps_as_in_the_package(product, momentum):
    explorer = explorers.DampingExplorer(product=product, momentum=momentum)
    calls = ["roots", "factor", "regime"]
    roots, factor, regime = run([("damping", name, [explorer.state]) for name in calls])
    here = sorted([[z.real, z.imag] for z in explorer.roots])
    np.testing.assert_allclose(sorted(roots), here, rtol=1e-7, atol=1e-9)
    np.testing.assert_allclose(factor, explorer.factor, rtol=1e-7)
    assert regime == explorer.regime
    here = explorer.errors(40)
    there = np.array(ask("damping", "errors", explorer.state, 40), dtype=float)
    # The package stops where it arrives.
    np.testing.assert_allclose(there[: len(here)], here, rtol=1e-9, atol=1e-12)
    assert not there[len(here) :].any()


# What an address may say


def written(explorer):
    """Return the texts of a state that differs from the first in every trait."""
    calls = [(explorer.name, f"state.{n}.write", [value]) for n, value in explorer.state.items()]
    return dict(zip(explorer.state, run(calls)))


def test_a_state_is_written_and_read_back(one):
    other = {
        "loss": {"losses": ["cauchy", "huber"], "settings": {"huber": 0.25, "cauchy": 2.0}},
        "lines": {"points": [[0.0, -1.5], [1.25, 1e-7]], "line": [-2.0, 0.0]},
        "descent": {"optimizer": "adam", "learning_rate": 1e-9, "start": [-0.5, 100.0]},
    }
    for name, value in other.get(one.name, {}).items():
        setattr(one, name, value)
    texts = written(one)
    calls = [(one.name, f"state.{name}.read", [text]) for name, text in texts.items()]
    assert run(calls) == json.loads(json.dumps(list(one.state.values())))
    kinds = [(one.name, f"state.{name}.has", [value]) for name, value in one.state.items()]
    assert run(kinds) == [True] * len(one.state)


TEXTS = ["", "NaN", "abc", "1e99", "-1e99", "0,0,0,0", "2:", "nosuch:1", ",", "0.5"]


def test_an_address_may_say_what_python_may_and_nothing_else(one):
    for name in set(one.own_state) - {"setting"}:  # That depends on the loss.
        values = run([(one.name, f"state.{name}.read", [text]) for text in TEXTS])
        there = run([("check", "accepts", [one.name, name, text]) for text in TEXTS], one_folder())
        assert there == [python_takes(type(one)(), name, value) for value in values], name


def python_takes(explorer, name, value):
    try:
        setattr(explorer, name, value)
    except traitlets.TraitError:
        return False
    return True


@functools.cache
def one_folder():
    """Return a folder with a script more, which reads and judges a text without JSON between."""
    folder = Path(tempfile.mkdtemp())
    shutil.copytree(SCRIPTS, folder, dirs_exist_ok=True)
    imports = "".join(f'import * as {e.name} from "./{e.name}.js";\n' for e in ALL)
    names = ", ".join(e.name for e in ALL)
    body = f"""{imports}const all = {{ {names} }};
    export const accepts = (explorer, name, text) => {{
      const kind = all[explorer].state[name];
      return kind.has(kind.read(text));
    }};"""
    (folder / "check.js").write_text(body, encoding="utf-8")
    return folder


def test_the_bounds_of_numbers_are_those_of_python(one):
    for name, trait in one.traits().items():
        if isinstance(trait, explorers.widget.Number) and name in one.own_state:
            low, high = run([(one.name, f"state.{name}.{end}", None) for end in ("low", "high")])
            assert (low, high) == (trait.low, trait.high), name


# Where labels go


def boxes_of(labels, taken=(), lines=(), frame=(300, 200)):
    return ask("labels", "place", labels, list(taken), list(lines), list(frame))


def overlap(a, b):
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


@pytest.mark.parametrize("seed", range(5))
def test_labels_lie_on_nothing_and_inside(seed):
    draw = np.random.default_rng(seed)
    labels = [
        {"size": [80, 16], "anchors": draw.uniform(0, 200, (3, 2)).tolist()} for _ in "abcdef"
    ]
    taken = [[x, y, x + 12, y + 12] for x, y in draw.uniform(0, 180, (5, 2)).tolist()]
    boxes = [found["box"] for found in boxes_of(labels, taken) if found]
    assert len(boxes) >= 5
    for i, box in enumerate(boxes):
        assert not any(overlap(box, other) for other in [*boxes[:i], *taken])
        assert min(box) >= 0
        assert box[2] <= 300
        assert box[3] <= 200
        assert box[2] - box[0] == pytest.approx(80)


def test_a_label_is_nearer_to_its_own_line_than_to_another():
    own = [[x, 100, "own"] for x in range(0, 300, 6)]
    other = [[x, 80, "other"] for x in range(0, 300, 6)]
    label = {"size": [60, 16], "line": "own", "anchors": [[x, 100] for x in (290, 200, 100)]}
    (found,) = boxes_of([label], lines=own + other)
    assert 100 < found["box"][1] <= 108  # Below its own, for the other is above.
    (found,) = boxes_of([label | {"line": "other", "anchors": [[290, 80]]}], lines=own + other)
    assert found["box"][3] < 80


def test_a_label_without_room_is_left_out():
    label = {"size": [80, 16], "anchors": [[50, 50]]}
    assert boxes_of([label], [[0, 0, 300, 200]]) == [None]


# What is asked first


def test_the_questions_have_the_answers_of_the_package(one):
    asked = ask(one.name, "guess", one.state)
    assert len(asked["options"]) >= 2
    assert asked["ask"].endswith("?")
    then = type(one)(**(one.state | asked["then"]))
    said = asked["options"][asked["right"]]
    match one.name:
        case "loss" | "one_number":
            before, after = (e.constants if one.name == "loss" else e.best for e in (one, then))
            moved = {name: abs(after[name] - before[name]) for name in before}
            farthest = max(moved, key=moved.get)
            assert said.lower().replace(" ", "_") == farthest == "squared_error"
        case "descent":
            assert said == "Leave the map"
            assert np.linalg.norm(then.path[-1]) > np.linalg.norm(one.path[-1])
        case "lines":
            turned = {n: abs(then.lines[n][1] - one.lines[n][1]) for n in one.lines}
            named = {"Quantile": "pinball"}.get(said, said.lower().replace(" ", "_"))
            assert named == max(turned, key=turned.get)
        case "elicitation":
            assert said == "To the right"
            assert then.minimizer > one.minimizer + 0.5
        case "classification":
            assert said == "Near 1"
            assert then.binary(then.logit)["cross_entropy"][1][0] == pytest.approx(-1, abs=0.01)
        case "softmax":
            assert said == "All come near 1/3"
            np.testing.assert_allclose(then.probabilities, 1 / 3, atol=0.07)
        case "damping":
            assert said == "Faster"
            assert then.factor < one.factor


@pytest.mark.parametrize(
    ("settings", "says", "holds"),
    [
        ({"surface": "calls"}, "Leave the map", lambda b, a: a.history.value > b.history.value),
        (
            {"surface": "himmelblau"}, "No",
            lambda b, a: np.linalg.norm(a.path[-1] - b.path[-1]) > 2,
        ),
        ({"surface": "saddle"}, "At the saddle", lambda b, a: np.linalg.norm(a.path[-1]) < 0.01),
        (
            {"surface": "rosenbrock", "optimizer": "momentum", "learning_rate": 4e-4, "steps": 100},
            "Farther away",
            lambda b, a: np.linalg.norm(a.path[-1] - 1) > np.linalg.norm(b.path[-1] - 1),
        ),
        (
            {"surface": "rosenbrock"}, "No, still on its way",
            lambda b, a: np.linalg.norm(a.path[-1] - 1) > 0.05,
        ),
    ],
    ids=lambda value: value.get("surface") if isinstance(value, dict) else "",
)  # fmt: skip
def test_the_questions_of_each_surface_too(settings, says, holds):
    before = explorers.DescentExplorer(**settings)
    asked = ask("descent", "guess", before.state)
    after = explorers.DescentExplorer(**(before.state | asked["then"]))
    assert asked["options"][asked["right"]] == says
    assert holds(before, after)


@pytest.mark.parametrize(
    ("name", "state"),
    [
        ("descent", explorers.DescentExplorer(optimizer="adam").state),
        ("loss", explorers.LossExplorer(losses=["squared_error", "half_squared_error"]).state),
        ("one_number", explorers.OneNumberExplorer(numbers=[2.0, 2.0]).state),
        ("softmax", explorers.SoftmaxExplorer(logits=[15.0, 0.0, -20.0]).state),
    ],
)
def test_where_there_is_no_clear_answer_nothing_is_asked(name, state):
    assert ask(name, "guess", state) is None

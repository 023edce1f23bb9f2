// The elicitation explorer: a distribution, a loss, and the prediction with the least expected loss.

import { constant, losses, meanLoss } from "./losses.js";
import { COLORS, DASHES, Explorer, Plot, show } from "./parts.js";

// 201 outcomes from 0 to 10, each with a probability in proportion to the weight.
export const OUTCOMES = Array.from({ length: 201 }, (_, i) => i / 20);
const bell = (y, center, spread) => Math.exp(-(((y - center) / spread) ** 2) / 2);
export const distributions = {
  symmetric: { title: "Symmetric", weight: (y) => bell(y, 5, 1.2) },
  skewed: { title: "Skewed to the right", weight: (y) => y * y * Math.exp(-y / 0.9) },
  two_humps: { title: "Two humps", weight: (y) => 2 * bell(y, 3, 0.7) + bell(y, 7.5, 0.8) },
  outliers: { title: "One in ten far off", weight: (y) => 9 * bell(y, 3, 0.6) + bell(y, 9, 0.6) },
  even: { title: "All equally likely", weight: () => 1 },
};

// The losses of this explorer, and what each makes you predict.
export const ESTIMATES = {
  squared_error: "the mean",
  absolute_error: "the median",
  pinball: "the quantile q",
  expectile: "the expectile τ",
  huber: "between median and mean",
};

export const probabilities = (distribution) => {
  const weights = OUTCOMES.map(distributions[distribution].weight);
  const total = weights.reduce((a, b) => a + b);
  return weights.map((weight) => weight / total);
};

// The least expected loss and where, and the expected loss of the guess with its gradient.
export function elicit({ distribution, loss, setting, guess }) {
  const weights = probabilities(distribution);
  const minimizer = constant(loss, setting, OUTCOMES, weights);
  return {
    minimizer,
    least: meanLoss(loss, setting, minimizer, OUTCOMES, weights).value,
    ...meanLoss(loss, setting, guess, OUTCOMES, weights),
  };
}

function render(context) {
  const density = new Plot({ label: "Probability of each outcome", height: 180, xlabel: "outcome y", ylabel: "probability" });
  const expected = new Plot({ label: "Expected loss of each prediction", height: 240, xlabel: "prediction c", ylabel: "E ℓ(c − Y)" });
  const explorer = new Explorer(context, {
    label: "Elicitation explorer",
    traits: ["distribution", "loss", "setting", "guess"],
    plots: [density, expected],
    draw,
  });
  explorer.root.classList.add("lb-stacked");
  const get = (name) => explorer.get(name);
  const controls = [
    explorer.select({ label: "Distribution of Y", options: Object.entries(distributions).map(([name, { title }]) => [name, title]), read: () => get("distribution"), write: (distribution) => explorer.set({ distribution }) }),
    explorer.select({ label: "Loss ℓ", options: Object.keys(ESTIMATES).map((name) => [name, losses[name].title]), read: () => get("loss"), write: (loss) => explorer.set({ loss, setting: losses[loss].setting?.value ?? 0.5 }) }),
  ];
  let slider = null, shown = null;
  function settingSlider(loss) {
    if (shown !== loss) {
      slider?.element.remove();
      const setting = losses[loss].setting;
      slider = setting && explorer.number({ label: `Setting ${setting.symbol}`, ...setting, read: () => get("setting"), write: (value) => explorer.set({ setting: value }) });
      shown = loss;
    }
    slider?.update();
  }
  settingSlider(get("loss"));
  controls.push(explorer.number({ label: "Your prediction c", min: 0, max: 10, step: 0.05, read: () => get("guess"), write: (guess) => explorer.set({ guess }) }));
  explorer.button("Reset", () => explorer.reset());
  const handle = expected.handle({ label: "Your prediction c", free: "x", step: 0.005, move: (x) => explorer.set({ guess: Number(x.toFixed(2)) }) });

  let curve = { asked: null };
  function draw() {
    const state = { distribution: get("distribution"), loss: get("loss"), setting: get("setting"), guess: get("guess") };
    for (const control of controls) control.update();
    settingSlider(state.loss);
    const weights = probabilities(state.distribution);
    const { minimizer, least, value, gradient } = elicit(state);
    const most = Math.max(...weights);
    density.view([0, 10], [0, most * 1.1]);
    density.line(OUTCOMES.map((y, i) => [y, weights[i]]), { stroke: COLORS[0] });
    density.line([[minimizer, 0], [minimizer, most * 1.1]], { stroke: COLORS[1], "stroke-dasharray": DASHES[1] });

    const asked = [state.distribution, state.loss, state.setting].join(" ");
    if (curve.asked !== asked)
      curve = { asked, points: Array.from({ length: 101 }, (_, i) => [i / 10, meanLoss(state.loss, state.setting, i / 10, OUTCOMES, weights).value]) };
    const high = Math.max(...curve.points.map(([, y]) => y));
    expected.view([0, 10], [0, high]);
    expected.line(curve.points, { stroke: COLORS[0] });
    expected.line([[minimizer, 0], [minimizer, high]], { stroke: COLORS[1], "stroke-dasharray": DASHES[1] });
    expected.text(minimizer, high * 0.9, `${show(minimizer, 3)}, ${ESTIMATES[state.loss]}`, minimizer > 5 ? { "text-anchor": "end", dx: -6 } : { dx: 6 });
    expected.line([-1, 1].map((d) => [state.guess + d, value + d * gradient]), { class: "lb-tangent", stroke: COLORS[2] });
    handle.put(state.guess, value, `c = ${show(state.guess)}, expected loss ${show(value)}`);
    explorer.say(`${losses[state.loss].title}: the least expected loss is ${show(least)}, at ${show(minimizer)}, ${ESTIMATES[state.loss]}. Your c = ${show(state.guess)} costs ${show(value)}; the slope there is ${show(gradient)}.`);
  }

  explorer.redraw();
  return explorer.remove;
}

export default { render };

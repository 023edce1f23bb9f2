// The elicitation explorer: a distribution, a loss, and the prediction with the least expected loss.

import { constant, losses, meanLoss } from "./losses.js";
import { number, oneOf, show } from "./numbers.js";
import { COLORS, DASHES, Plot } from "./plot.js";
import { Explorer } from "./shell.js";

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

export const state = {
  distribution: oneOf(Object.keys(distributions)),
  loss: oneOf(Object.keys(ESTIMATES)),
  setting: number(0, 1000),
  guess: number(0, 10),
};

// Where does the lowest point go, with a higher setting or with another loss?
export function guess(now) {
  const then = ["pinball", "expectile"].includes(now.loss) ? { setting: 0.95 } : { loss: now.loss === "squared_error" ? "absolute_error" : "squared_error" };
  const before = elicit(now).minimizer, after = elicit({ ...now, ...then }).minimizer;
  const change = then.loss ? `The loss becomes the ${losses[then.loss].title.toLowerCase()}.` : `The setting ${losses[now.loss].setting.symbol} goes to 0.95.`;
  return {
    ask: `${change} Where does the best prediction go?`,
    options: ["To the left", "It stays", "To the right"], right: 1 + (Math.abs(after - before) < 0.02 ? 0 : Math.sign(after - before)), then,
    because: `It went from ${show(before, 3)} to ${show(after, 3)}.`,
  };
}

// The quantile and the expectile lie between 0 and 1, not at the ends.
const valid = ({ loss, setting }) => !["pinball", "expectile"].includes(loss) || (setting > 0 && setting < 1);

function render(context) {
  const density = new Plot({ label: "Probability of each outcome", height: 180, low: 130, xlabel: "outcome y", ylabel: "probability" });
  const expected = new Plot({ label: "Expected loss of each prediction", height: 240, low: 220, xlabel: "prediction c", ylabel: "E ℓ(c − Y)" });
  const explorer = new Explorer(context, { name: "elicitation", label: "Elicitation explorer", state, valid, plots: [density, expected], guess, draw });
  explorer.root.classList.add("lb-stacked");
  const get = (name) => explorer.get(name);
  explorer.select({ label: "Distribution of Y", options: Object.entries(distributions).map(([name, { title }]) => [name, title]), read: () => get("distribution"), write: (distribution) => explorer.set({ distribution }) });
  explorer.select({ label: "Loss ℓ", options: Object.keys(ESTIMATES).map((name) => [name, losses[name].title]), read: () => get("loss"), write: (loss) => explorer.set({ loss, setting: losses[loss].setting?.value ?? 0.5 }) });
  for (const loss of Object.keys(ESTIMATES).filter((name) => losses[name].setting)) {
    const { setting } = losses[loss];
    explorer.number({ ...setting, name: "setting", label: `${losses[loss].title}: ${setting.symbol}`, kind: number(setting.min, setting.max), plays: true, off: () => get("loss") !== loss });
  }
  explorer.number({ name: "guess", label: "Your prediction c", min: 0, max: 10, step: 0.05, folded: true });
  const handle = expected.handle({ label: "Your prediction c", free: "x", step: 0.005, color: COLORS[2], move: (x) => explorer.set({ guess: Number(x.toFixed(2)) }) });

  let curve = { asked: null };
  function draw() {
    const now = explorer.state();
    const weights = probabilities(now.distribution);
    const { minimizer, least, value, gradient } = elicit(now);
    const best = { stroke: COLORS[1], "stroke-dasharray": DASHES[1] };
    const most = Math.max(...weights) * 1.1;
    density.view([0, 10], [0, most]);
    density.line(OUTCOMES.map((y, i) => [y, weights[i]]), { stroke: COLORS[0] });
    density.line([[minimizer, 0], [minimizer, most]], best);
    density.label(ESTIMATES[now.loss], [0.9, 0.6, 0.3].map((part) => [minimizer, part * most]), COLORS[1], COLORS[1]);

    const asked = [now.distribution, now.loss, now.setting].join(" ");
    if (curve.asked !== asked)
      curve = { asked, points: Array.from({ length: 101 }, (_, i) => [i / 10, meanLoss(now.loss, now.setting, i / 10, OUTCOMES, weights).value]) };
    const high = Math.max(...curve.points.map(([, y]) => y));
    expected.view([0, 10], [0, high]);
    expected.line(curve.points, { stroke: COLORS[0] });
    expected.line([[minimizer, 0], [minimizer, high]], best);
    expected.label(`lowest at ${show(minimizer, 3)}`, [0.9, 0.7, 0.5].map((part) => [minimizer, part * high]), COLORS[1], COLORS[1]);
    expected.line([-1, 1].map((d) => [now.guess + d, value + d * gradient]), { class: "lb-tangent", stroke: COLORS[2] });
    expected.label("you", [[now.guess, value]], COLORS[2]);
    handle.put(now.guess, value, `c = ${show(now.guess)}, expected loss ${show(value)}`);
    explorer.say(`${losses[now.loss].title}: best is ${show(minimizer)}, ${ESTIMATES[now.loss]}. Your ${show(now.guess)} costs ${show(value)}; the least is ${show(least)}.`);
    explorer.table(["Prediction", "c", "Expected loss", "Slope"], [["The best", show(minimizer), show(least), "0"], ["Yours", show(now.guess), show(value), show(gradient)]]);
  }

  return explorer.remove;
}

export default { render };

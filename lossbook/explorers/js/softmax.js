// The softmax explorer: three logits, a temperature, and the probabilities that come out.

import { clamp, listOf, number, show } from "./numbers.js";
import { COLORS, DASHES, Plot, html, key } from "./plot.js";
import { Explorer } from "./shell.js";

// Softmax of the logits over T, the smoothed label, and the cross-entropy with its gradient.
export function softmaxCrossEntropy({ logits, target, temperature, label_smoothing }) {
  const k = logits.length;
  const z = logits.map((logit) => logit / temperature);
  const top = Math.max(...z);
  const powers = z.map((zj) => Math.exp(zj - top));
  const total = powers.reduce((a, b) => a + b);
  const p = powers.map((power) => power / total);
  const q = z.map((_, j) => (1 - label_smoothing) * (j === target ? 1 : 0) + label_smoothing / k);
  const gap = z.reduce((sum, zj, j) => sum + q[j] * (top - zj), 0);
  const others = powers.reduce((sum, power, j) => sum + (j === target ? 0 : power), 0);
  const value = gap + Math.log1p(others + (powers[target] - 1));
  // Not p − 1 at the label: minus the sum of the other probabilities.
  const gradient = p.map((pj, j) =>
    ((j === target ? -others / total : pj) + label_smoothing * ((j === target ? 1 : 0) - 1 / k)) / temperature);
  return { probabilities: p, smoothed: q, value, gradient };
}

export const state = {
  logits: listOf(number(-1000, 1000), 3, 3),
  target: number(0, 2, { whole: true }),
  temperature: number(0.05, 100),
  label_smoothing: number(0, 1),
};

const COLD = 0.1, HOT = 10;

// What do the probabilities come to at a high temperature?
export function guess(now) {
  const then = { temperature: HOT };
  const { probabilities } = softmaxCrossEntropy({ ...now, ...then });
  const even = probabilities.every((p) => Math.abs(p - 1 / 3) < 0.07), sure = Math.max(...probabilities) > 0.93;
  if (!even && !sure) return null;
  return {
    ask: `The temperature goes from ${show(now.temperature)} to ${HOT}. What becomes of the probabilities?`,
    options: ["One comes near 1", "All come near 1/3"], right: even ? 1 : 0, then,
    because: "The temperature divides the logits, and nearly equal logits have nearly equal probabilities.",
  };
}

function render(context) {
  const bars = new Plot({ label: "Three logits and their probabilities", height: 300, low: 210, xlabel: "class and its probability p", ylabel: "logit z" });
  const shares = new Plot({ label: "The three probabilities over the temperature", height: 300, low: 190, xlabel: "temperature T", ylabel: "probability p" });
  const explorer = new Explorer(context, { name: "softmax", label: "Softmax explorer", state, plots: [shares, bars], guess, draw });
  const get = (name) => explorer.get(name);
  const logit = (j, value) => explorer.set({ logits: get("logits").map((old, i) => (i === j ? value : old)) });
  explorer.number({ name: "temperature", label: "Temperature T", min: COLD, max: HOT, log: true, plays: true });
  explorer.select({ label: "Class of the sample", options: ["1", "2", "3"].map((c, i) => [String(i), c]), read: () => String(get("target")), write: (target) => explorer.set({ target: Number(target) }) });
  explorer.number({ name: "label_smoothing", label: "Label smoothing s", min: 0, max: 0.5, step: 0.01, folded: true });
  for (const at of [0, 1, 2]) explorer.number({ name: "logits", at, label: `Logit of class ${at + 1}`, min: -6, max: 6, step: 0.1, folded: true });
  const dial = shares.handle({ label: "Temperature T", free: "x", color: "var(--lb-ink)", move: (x) => explorer.set({ temperature: Number((10 ** x).toPrecision(3)) }) });
  const tops = [0, 1, 2].map((j) => bars.handle({ label: `Logit of class ${j + 1}`, free: "y", color: COLORS[j], move: (_, y) => logit(j, Number(y.toFixed(2))) }));

  function draw() {
    const now = explorer.state();
    const { probabilities: p, smoothed, value, gradient } = softmaxCrossEntropy(now);
    shares.view([COLD, HOT].map(Math.log10), [0, 1], { xticks: [COLD, 0.3, 1, 3, HOT].map((T) => [Math.log10(T), show(T)]) });
    const at = clamp(Math.log10(now.temperature), ...shares.x);
    shares.line([[at, 0], [at, 1]], { class: "lb-guide" });
    p.forEach((share, j) => {
      const f = (x) => softmaxCrossEntropy({ ...now, temperature: 10 ** x }).probabilities[j];
      shares.curve(f, { stroke: COLORS[j], "stroke-dasharray": DASHES[j] });
      shares.circle(at, f(at), 5, { fill: COLORS[j], class: "lb-mark" });
      shares.labelCurve(`class ${j + 1}`, f, COLORS[j], true);
    });
    dial.put(Math.log10(now.temperature), 0, `temperature ${show(now.temperature)}`);

    bars.view([0.4, 3.6], [-6, 6], { xticks: p.map((share, j) => [j + 1, `${j + 1}: ${show(share, 2)}`]) });
    bars.line([[0.4, 0], [3.6, 0]], { class: "lb-guide" });
    now.logits.forEach((z, j) => {
      const top = bars.py(Math.max(z, 0)), foot = bars.py(Math.min(z, 0));
      bars.draw("rect", { class: "lb-bar", x: bars.px(j + 0.8), y: top, width: bars.px(j + 1.2) - bars.px(j + 0.8), height: foot - top, fill: COLORS[j] });
      // The way descent would move this logit.
      bars.arrow([j + 1.3, z], [0, 60 * gradient[j] * now.temperature], { stroke: "var(--lb-ink)" });
      tops[j].put(j + 1, z, `logit ${show(z)}, probability ${show(p[j])}`);
    });
    bars.label("label", [[now.target + 1, now.logits[now.target]]]);
    explorer.say(`T = ${show(now.temperature)}: p = ${p.map((share) => show(share, 3)).join(", ")}; cross-entropy ${show(value)}.`);
    explorer.table(["Class", "Logit", "Probability p", "Smoothed label q", "Gradient (p − q)/T"],
      now.logits.map((z, j) => [html("span", {}, key(j), `Class ${j + 1}${j === now.target ? ", the label" : ""}`), ...[z, p[j], smoothed[j], gradient[j]].map((x) => show(x))]));
  }

  return explorer.remove;
}

export default { render };

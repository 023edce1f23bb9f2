// The classification explorer: one logit and three losses, three logits and their probabilities.

import { COLORS, DASHES, Explorer, Plot, html, key, show } from "./parts.js";

// log(1 + eˣ) and its derivative σ(x), from terms that are not negative.
export function softplus(x) {
  const e = Math.exp(-Math.abs(x));
  return [Math.max(x, 0) + Math.log1p(e), Math.max(e, x > 0 ? 1 : 0) / (1 + e)];
}

export const sigmoid = (z) => softplus(z)[1];

export function crossEntropy(z, label, smoothing) {
  const sign = 1 - 2 * label;
  const [value, slope] = softplus(sign * z);
  return [value - (smoothing / 2) * (sign * z), sign * (slope - smoothing / 2)];
}

export function focal(z, label, gamma) {
  const sign = 1 - 2 * label;
  const [entropy, q] = softplus(sign * z);
  const p = Math.exp(-entropy);
  const weight = q ** gamma;
  return [weight * entropy, sign * weight * (q + gamma * p * entropy)];
}

export function hinge(score, label) {
  const y = 2 * label - 1;
  const value = Math.max(1 - y * score, 0);
  return [value, value > 0 ? -y : 0];
}

// All three at the logit z, divided by the temperature T; the gradients are by z.
export function binary({ logit, label, temperature, label_smoothing, gamma }) {
  const z = logit / temperature;
  const found = {
    cross_entropy: crossEntropy(z, label, label_smoothing),
    focal: focal(z, label, gamma),
    hinge: hinge(z, label),
  };
  for (const pair of Object.values(found)) pair[1] = pair[1] / temperature;
  return { probability: sigmoid(z), ...found };
}

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

const NAMES = { cross_entropy: "Cross-entropy", focal: "Focal", hinge: "Hinge" };

function render(context) {
  const curves = new Plot({ label: "Three losses over the logit", height: 280, xlabel: "logit z", ylabel: "loss" });
  const bars = new Plot({ label: "Three logits and their probabilities", height: 280, xlabel: "class", ylabel: "logit z" });
  const explorer = new Explorer(context, {
    label: "Classification explorer",
    traits: ["logit", "label", "temperature", "label_smoothing", "gamma", "logits", "target"],
    plots: [curves, bars],
    draw,
  });
  const get = (name) => explorer.get(name);
  const write = (name) => (value) => explorer.set({ [name]: value });
  const number = (name, settings) => explorer.number({ ...settings, read: () => get(name), write: write(name) });
  const controls = [
    number("logit", { label: "Logit z", min: -6, max: 6, step: 0.1, limits: [-1000, 1000] }),
    explorer.select({ label: "Label y", options: [["1", "1"], ["0", "0"]], read: () => String(get("label")), write: (label) => explorer.set({ label: Number(label) }) }),
    number("temperature", { label: "Temperature T", min: 0.2, max: 5, step: 0.1, limits: [0.05, 100] }),
    number("label_smoothing", { label: "Label smoothing s", min: 0, max: 0.5, step: 0.01, limits: [0, 1] }),
    number("gamma", { label: "Focal γ", min: 0, max: 5, step: 0.5, limits: [0, 20] }),
    explorer.select({ label: "Class of the sample", options: ["1", "2", "3"].map((c, i) => [String(i), c]), read: () => String(get("target")), write: (target) => explorer.set({ target: Number(target) }) }),
    ...[0, 1, 2].map((j) => explorer.number({
      label: `Logit of class ${j + 1}`, limits: [-1000, 1000], slider: false, read: () => get("logits")[j],
      write: (value) => explorer.set({ logits: get("logits").map((old, i) => (i === j ? value : old)) }),
    })),
  ];
  explorer.button("Reset", () => explorer.reset());
  const round = (x) => Number(x.toFixed(2));
  const handle = curves.handle({ label: "Logit z", free: "x", move: (x) => explorer.set({ logit: round(x) }) });
  const tops = [0, 1, 2].map((j) => bars.handle({
    label: `Logit of class ${j + 1}`, free: "y", color: COLORS[0],
    move: (_, y) => explorer.set({ logits: get("logits").map((old, i) => (i === j ? round(y) : old)) }),
  }));

  function draw() {
    for (const control of controls) control.update();
    const state = Object.fromEntries(["logit", "label", "temperature", "label_smoothing", "gamma", "logits", "target"].map((name) => [name, get(name)]));
    const here = binary(state), many = softmaxCrossEntropy(state);
    const names = Object.keys(NAMES);
    curves.view([-6, 6], [-0.4, 6]);
    curves.line([[state.logit, 0], [state.logit, 6]], { class: "lb-guide" });
    names.forEach((name, i) => {
      const ink = { stroke: COLORS[i], "stroke-dasharray": DASHES[i] };
      curves.curve((z) => binary({ ...state, logit: z })[name][0], ink);
      const [value, gradient] = here[name];
      curves.line([-1, 1].map((d) => [state.logit + d, value + d * gradient]), { class: "lb-tangent", stroke: COLORS[i] });
      curves.circle(state.logit, value, 5, { fill: COLORS[i], class: "lb-mark" });
    });
    handle.put(state.logit, 0, `z = ${show(state.logit)}, probability ${show(here.probability)}`);

    bars.view([0.4, 3.6], [-6, 6], { xticks: [1, 2, 3].map((c) => [c, `${c}: p = ${show(many.probabilities[c - 1], 2)}`]) });
    bars.line([[0.4, 0], [3.6, 0]], { class: "lb-guide" });
    state.logits.forEach((z, j) => {
      const top = bars.py(Math.max(z, 0)), foot = bars.py(Math.min(z, 0));
      bars.draw("rect", { class: "lb-bar", x: bars.px(j + 0.8), y: top, width: bars.px(j + 1.2) - bars.px(j + 0.8), height: foot - top, fill: COLORS[0] });
      // The way descent would move this logit.
      bars.arrow([j + 1.3, z], [0, 60 * many.gradient[j] * state.temperature], { stroke: COLORS[1] });
      tops[j].put(j + 1, z, `logit ${show(z)}, probability ${show(many.probabilities[j])}`);
    });
    explorer.say(`σ(z/T) = ${show(here.probability)}. ${names.map((name) => `${NAMES[name]} ${show(here[name][0])}, gradient ${show(here[name][1])}`).join("; ")}. Three classes: p = ${many.probabilities.map((p) => show(p, 3)).join(", ")}; cross-entropy ${show(many.value)}.`);
    explorer.table(["Three classes", "Logit", "Probability p", "Smoothed label q", "Gradient (p − q)/T"],
      state.logits.map((z, j) => [`Class ${j + 1}${j === state.target ? " (the label)" : ""}`, show(z), show(many.probabilities[j]), show(many.smoothed[j]), show(many.gradient[j])]));
    legend(names);
  }

  function legend(names) {
    const list = html("p", { class: "lb-legend" });
    names.forEach((name, i) => list.append(html("span", {}, key(i), ` ${NAMES[name]}`)));
    explorer.details.prepend(list);
  }

  explorer.redraw();
  return explorer.remove;
}

export default { render };

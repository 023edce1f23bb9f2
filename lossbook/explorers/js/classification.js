// The classification explorer: one logit, its probability, and what three losses charge and pull.

import { number, show } from "./numbers.js";
import { COLORS, DASHES, Plot, html, key } from "./plot.js";
import { Explorer } from "./shell.js";

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

const NAMES = { cross_entropy: "Cross-entropy", focal: "Focal", hinge: "Hinge" };
export const state = {
  logit: number(-1000, 1000),
  label: number(0, 1, { whole: true }),
  temperature: number(0.05, 100),
  label_smoothing: number(0, 1),
  gamma: number(0, 20),
};

// How hard does cross-entropy pull on a confident mistake?
export function guess(now) {
  const then = { logit: now.label ? -5 : 5, temperature: 1, label_smoothing: 0 };
  const [, gradient] = binary({ ...now, ...then }).cross_entropy;
  return {
    ask: `The logit goes to ${show(then.logit)} and the label is ${now.label}: a confident mistake. How large is the gradient of cross-entropy?`,
    options: ["Near 0", "Near 1", "Near 5"], right: [0, 1, 5].indexOf(Math.round(Math.abs(gradient))), then,
    because: `It is ${show(gradient, 3)}: the probability of the wrong class, however far out the logit is.`,
  };
}

function render(context) {
  const curves = new Plot({ label: "Three losses over the logit", height: 300, low: 230, xlabel: "logit z", ylabel: "loss" });
  const pulls = new Plot({ label: "Their gradients over the logit", height: 300, low: 150, xlabel: "logit z", ylabel: "gradient" });
  const explorer = new Explorer(context, { name: "classification", label: "Classification explorer", state, plots: [curves, pulls], guess, draw });
  const get = (name) => explorer.get(name);
  explorer.number({ name: "logit", label: "Logit z", min: -6, max: 6, step: 0.1, plays: true });
  explorer.number({ name: "temperature", label: "Temperature T", min: 0.2, max: 5, step: 0.1 });
  explorer.select({ label: "Label y", options: [["1", "1"], ["0", "0"]], read: () => String(get("label")), write: (label) => explorer.set({ label: Number(label) }) });
  explorer.number({ name: "label_smoothing", label: "Label smoothing s", min: 0, max: 0.5, step: 0.01, folded: true });
  explorer.number({ name: "gamma", label: "Focal γ", min: 0, max: 5, step: 0.5, folded: true });
  const handle = curves.handle({ label: "Logit z", free: "x", color: "var(--lb-ink)", move: (x) => explorer.set({ logit: Number(x.toFixed(2)) }) });

  function draw() {
    const now = explorer.state(), here = binary(now), names = Object.keys(NAMES);
    curves.view([-6, 6], [-0.4, 6]);
    const high = Math.max(1, 1 / now.temperature) * 1.15;
    pulls.view([-6, 6], now.label ? [-high, 0.2 * high] : [-0.2 * high, high]);
    for (const [plot, part] of [[curves, 0], [pulls, 1]]) {
      plot.line([-6, 6].map((z) => [z, 0]), { class: "lb-guide" });
      plot.line([[now.logit, plot.y[0]], [now.logit, plot.y[1]]], { class: "lb-guide" });
      names.forEach((name, i) => {
        const f = (z) => binary({ ...now, logit: z })[name][part];
        plot.curve(f, { stroke: COLORS[i], "stroke-dasharray": DASHES[i] });
        plot.circle(now.logit, here[name][part], 5, { fill: COLORS[i], class: "lb-mark" });
        plot.labelCurve(NAMES[name], f, COLORS[i], now.label === 1);
      });
    }
    handle.put(now.logit, 0, `z = ${show(now.logit)}, probability ${show(here.probability)}`);
    explorer.say(`σ(z/T) = ${show(here.probability)}. Gradients: ${names.map((name) => `${NAMES[name]} ${show(here[name][1])}`).join(", ")}.`);
    explorer.table(["Loss", "Value", "Gradient by z"],
      names.map((name, i) => [html("span", {}, key(i), NAMES[name]), ...here[name].map((x) => show(x))]));
  }

  return explorer.remove;
}

export default { render };

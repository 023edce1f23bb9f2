// The damping explorer: what momentum makes of the error along one direction of curvature λ.

import { number, show } from "./numbers.js";
import { COLORS, Plot } from "./plot.js";
import { Explorer } from "./shell.js";

export const state = { product: number(0.001, 5), momentum: number(0, 0.999) };

// The roots of ζ² − (1 + β − ηλ)ζ + β, each as [real part, imaginary part].
export function roots({ product, momentum }) {
  const half = (1 + momentum - product) / 2, inside = half * half - momentum;
  const width = Math.sqrt(Math.abs(inside));
  return inside < 0 ? [[half, width], [half, -width]] : [[half + width, 0], [half - width, 0]];
}

// The factor by which the error shrinks in a step, in the long run.
export const factor = (now) => Math.max(...roots(now).map(([re, im]) => Math.hypot(re, im)));

// The errors of heavy-ball steps from 1, at rest: v ← βv + λe, e ← e − ηv, with ηλ = product.
export function errors({ product, momentum }, steps) {
  const found = [1];
  let move = 0;
  for (let k = 0; k < steps; k++) {
    move = momentum * move + product * found[k];
    found.push(found[k] - move);
  }
  return found;
}

// How the error goes down: one word for each region of the plane.
export function regime(now) {
  if (factor(now) >= 1) return "diverges";
  const [[re, im]] = roots(now);
  return im !== 0 ? "swings" : re > 0 ? "creeps" : "jumps across";
}

export function guess(now) {
  const then = { momentum: now.momentum > 0.7 ? 0.5 : 0.95 };
  const before = factor(now), after = factor({ ...now, ...then });
  return {
    ask: `The momentum goes from ${show(now.momentum)} to ${show(then.momentum)}. Does the error shrink faster?`,
    options: ["Faster", "More slowly"], right: after < before ? 0 : 1, then,
    because: `The factor went from ${show(before, 3)} to ${show(after, 3)} a step.`,
  };
}

const STEPS = 60;

function render(context) {
  const plane = new Plot({ label: "The plane of learning rate times curvature, and momentum", height: 300, low: 230, xlabel: "learning rate × curvature ηλ", ylabel: "momentum β" });
  const error = new Plot({ label: "The error step by step", height: 300, low: 160, xlabel: "step k", ylabel: "error e" });
  const explorer = new Explorer(context, { name: "damping", label: "Damping explorer", state, plots: [plane, error], guess, draw });
  explorer.number({ name: "momentum", label: "Momentum β", min: 0, max: 0.99, step: 0.01, plays: true });
  explorer.number({ name: "product", label: "Rate × curvature ηλ", min: 0.01, max: 4.2, step: 0.01 });
  const handle = plane.handle({ label: "Rate and momentum", move: (x, y) => explorer.set({ product: Math.max(Number(x.toFixed(3)), 0.001), momentum: Math.min(Number(y.toFixed(3)), 0.999) }) });

  function draw() {
    const now = explorer.state(), word = regime(now), rate = factor(now);
    plane.view([0, 4.2], [0, 1]);
    const along = (f) => Array.from({ length: 101 }, (_, i) => f(i / 100));
    // Where the roots meet, ηλ = (1 ∓ √β)², and where one is −1, ηλ = 2(1 + β).
    for (const sign of [-1, 1]) plane.line(along((u) => [(1 + sign * u) ** 2, u * u]), { stroke: COLORS[2], "stroke-dasharray": "8 4" });
    plane.line(along((u) => [2 * (1 + u), u]), { stroke: COLORS[1] });
    plane.label("creeps", [[0.12, 0.2], [0.3, 0.1]], word === "creeps" ? COLORS[0] : undefined);
    plane.label("swings", [[1, 0.6]], word === "swings" ? COLORS[0] : undefined);
    plane.label("jumps across", [[1.5, 0.06]], word === "jumps across" ? COLORS[0] : undefined);
    plane.label("diverges", [[3.2, 0.3]], word === "diverges" ? COLORS[0] : undefined);
    handle.put(now.product, now.momentum, `ηλ ${show(now.product)}, β ${show(now.momentum)}: ${word}`);

    const found = errors(now, STEPS).map((e, k) => [k, e]);
    error.view([0, STEPS], [-1.5, 1.5]);
    error.line([[0, 0], [STEPS, 0]], { class: "lb-guide" });
    error.line(found, { stroke: COLORS[0] });
    for (const [k, e] of found) if (Math.abs(e) < 1.5) error.circle(k, e, 2.5, { fill: COLORS[0] });
    explorer.say(`ηλ = ${show(now.product)}, β = ${show(now.momentum)}: the error ${word === "diverges" ? word : `${word} to zero`}, factor ${show(rate)} a step.`);
    explorer.table(["Root", "Real part", "Imaginary part", "Size"], roots(now).map(([re, im], i) => [`ζ${"₁₂"[i]}`, ...[re, im, Math.hypot(re, im)].map((x) => show(x))]));
  }

  return explorer.remove;
}

export default { render };

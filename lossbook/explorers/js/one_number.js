// One number for a few: the risk L(c) of a guess, and the guesses that three losses like best.

import { constant, losses, meanLoss } from "./losses.js";
import { listOf, number, oneOf, show } from "./numbers.js";
import { COLORS, DASHES, Plot, html, key } from "./plot.js";
import { Explorer } from "./shell.js";

const LOSSES = ["squared_error", "huber", "absolute_error"];
const CALLED = ["mean", "Huber", "median"];
export const state = {
  numbers: listOf(number(-1e6, 1e6), 2, 12),
  loss: oneOf(LOSSES),
  delta: number(0.01, 1000),
  guess: number(-1e6, 1e6),
};

const deltaOf = (loss, delta) => (loss === "huber" ? delta : undefined);

// The best guess of each loss, and risk and slope of the reader's under the loss that is chosen.
export function risks({ numbers, loss, delta, guess }) {
  const best = Object.fromEntries(LOSSES.map((name) => [name, constant(name, deltaOf(name, delta), numbers)]));
  return { best, ...meanLoss(loss, deltaOf(loss, delta), guess, numbers) };
}

// Whose best guess moves most if the largest number comes to the others?
export function guess(now) {
  const sorted = [...now.numbers].sort((a, b) => a - b), largest = sorted.at(-1), to = sorted.at(-2);
  const then = { numbers: now.numbers.map((y) => (y === largest ? to : y)) };
  const before = risks(now).best, after = risks({ ...now, ...then }).best;
  const moved = LOSSES.map((name) => Math.abs(after[name] - before[name]));
  if (!(Math.max(...moved) > 0)) return null;
  return {
    ask: `The largest number, ${show(largest)}, comes down to ${show(to)}. Whose best guess moves most?`,
    options: LOSSES.map((name) => losses[name].title), right: moved.indexOf(Math.max(...moved)), then,
    because: LOSSES.map((name, i) => `${losses[name].title}: ${show(moved[i], 3)}`).join(", ") + ".",
  };
}

function render(context) {
  const curve = new Plot({ label: "The risk of every guess", height: 240, low: 220, xlabel: "guess c", ylabel: "risk L(c)" });
  const line = new Plot({ label: "The numbers, and the best guess of each loss", height: 170, low: 160, xlabel: "the numbers" });
  const explorer = new Explorer(context, { name: "one_number", label: "One number for a few", state, plots: [curve, line], guess, draw });
  explorer.root.classList.add("lb-stacked");
  line.margin = { ...line.margin, left: curve.margin.left, right: curve.margin.right }; // One above the other.
  const get = (name) => explorer.get(name);
  // The view stays where it is while a number is moved.
  const all = [...get("numbers"), get("guess")], width = Math.max(...all) - Math.min(...all) || 1;
  const step = 10 ** Math.floor(Math.log10(width)) / 1000;
  const onGrid = (x) => Number((Math.round(x / step / 10) * step * 10).toPrecision(6));
  const low = onGrid(Math.min(...all) - 0.12 * width), high = onGrid(Math.max(...all) + 0.12 * width);
  const round = (x) => Number(x.toPrecision(3));
  explorer.number({ name: "guess", label: "Your guess c", min: low, max: high, step, plays: true });
  explorer.select({ label: "Loss", options: LOSSES.map((name) => [name, losses[name].title]), read: () => get("loss"), write: (loss) => explorer.set({ loss }) });
  explorer.number({ name: "delta", label: "Huber’s δ", min: 0.1, max: 10, log: true, folded: true });
  get("numbers").forEach((_, at) => explorer.number({ name: "numbers", at, label: `Number ${at + 1}`, slider: false }));
  const ball = curve.handle({ label: "Your guess c", free: "x", step: 0.01, color: "var(--lb-ink)", move: (x) => explorer.set({ guess: round(x) }) });
  const far = get("numbers").length - 1; // The last number is the one to take hold of.
  const last = line.handle({
    label: `Number ${far + 1}`, free: "x", step: 0.01, color: "var(--lb-ink)",
    move: (x) => explorer.set({ numbers: get("numbers").map((old, i) => (i === far ? round(x) : old)) }),
  });

  function draw() {
    const now = explorer.state(), { best, value, gradient } = risks(now);
    const risk = (c) => meanLoss(now.loss, deltaOf(now.loss, now.delta), c, now.numbers).value;
    const chosen = LOSSES.indexOf(now.loss);
    curve.view([low, high], [0, 1.1 * Math.max(risk(low), risk(high))]);
    curve.curve(risk, { stroke: COLORS[chosen], "stroke-dasharray": DASHES[chosen] });
    curve.line([-1, 1].map((d) => [now.guess + d * 0.1 * width, value + d * 0.1 * width * gradient]), { class: "lb-tangent", stroke: "var(--lb-ink)" });
    const lowest = best[now.loss];
    curve.circle(lowest, risk(lowest), 6, { fill: COLORS[chosen], class: "lb-mark" });
    curve.label(`lowest at ${show(lowest, 3)}`, [[lowest, risk(lowest)]], COLORS[chosen]);
    curve.label("your guess", [[now.guess, value]]);
    ball.put(now.guess, value, `c = ${show(now.guess)}, risk ${show(value)}`);

    line.view([low, high], [0, 4]);
    LOSSES.forEach((name, i) => {
      const top = 3.8 - 0.8 * i;
      line.line([[best[name], 0], [best[name], top]], { stroke: COLORS[i], "stroke-dasharray": DASHES[i] });
      line.label(`${CALLED[i]} ${show(best[name], 3)}`, [[best[name], top - 0.3], [best[name], top - 0.8]], COLORS[i], COLORS[i]);
    });
    for (const y of now.numbers.slice(0, far)) line.circle(y, 0.4, 5, { class: "lb-point" });
    last.put(now.numbers[far], 0.4, show(now.numbers[far]));
    explorer.say(`${losses[now.loss].title}: your guess ${show(now.guess)} has the risk ${show(value)}, slope ${show(gradient)}; the lowest, at ${show(lowest)}, is ${show(risk(lowest))}.`);
    explorer.table(["Loss", "Best guess", "Its risk"], LOSSES.map((name, i) => [html("span", {}, key(i), losses[name].title), show(best[name]), show(meanLoss(name, deltaOf(name, now.delta), best[name], now.numbers).value)]));
  }

  return explorer.remove;
}

export default { render };

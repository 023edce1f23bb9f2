// The descent explorer: the optimizers of lossbook, and the path that they make.

import { COLORS, DASHES, Explorer, Plot, html, show } from "./parts.js";
import { contours, curvature, levelsOf, surfaces } from "./surfaces.js";

// Each optimizer: its rule in symbols, and a maker of step(g, i, t), what to subtract from the i-th
// parameter with the gradient g there at step t = 1, 2, …
export const optimizers = {
  gradient_descent: {
    title: "Gradient descent",
    formula: "θ ← θ − ηg",
    bound: "2/L",
    make: (rate) => (g) => rate * g,
  },
  momentum: {
    title: "Momentum",
    formula: "v ← βv + g, θ ← θ − ηv",
    bound: "2(1 + β)/L",
    make: (rate, momentum) => {
      const v = [0, 0];
      return (g, i) => rate * (v[i] = momentum * v[i] + g);
    },
  },
  nesterov: {
    title: "Nesterov",
    formula: "v ← βv + g, θ ← θ − η(g + βv)",
    bound: "2(1 + β)/((1 + 2β)L)",
    make: (rate, momentum) => {
      const v = [0, 0];
      return (g, i) => rate * (g + momentum * (v[i] = momentum * v[i] + g));
    },
  },
  adagrad: {
    title: "AdaGrad",
    formula: "s ← s + g², θ ← θ − ηg/(√s + ε)",
    make: (rate) => {
      const s = [0, 0];
      return (g, i) => (rate * g) / (Math.sqrt((s[i] = s[i] + g * g)) + 1e-10);
    },
  },
  rmsprop: {
    title: "RMSProp",
    formula: "s ← ρs + (1 − ρ)g², θ ← θ − ηg/(√s + ε), ρ = 0.99",
    make: (rate) => {
      const s = [0, 0];
      return (g, i) => (rate * g) / (Math.sqrt((s[i] = 0.99 * s[i] + (1 - 0.99) * g * g)) + 1e-8);
    },
  },
  adam: {
    title: "Adam",
    formula: "θ ← θ − η m̂/(√v̂ + ε), β₁ = 0.9, β₂ = 0.999",
    make: (rate) => {
      const m = [0, 0], v = [0, 0];
      return (g, i, t) => {
        m[i] = 0.9 * m[i] + (1 - 0.9) * g;
        v[i] = 0.999 * v[i] + (1 - 0.999) * g * g;
        return (rate * (m[i] / (1 - 0.9 ** t))) / (Math.sqrt(v[i] / (1 - 0.999 ** t)) + 1e-8);
      };
    },
  },
};

const hasMomentum = (optimizer) => optimizer === "momentum" || optimizer === "nesterov";

// As lossbook.minimize with gradient_tolerance=0: every finite point and the value there, and the
// step at which a number stopped being finite, or null.
export function descend({ surface, condition, optimizer, learning_rate, momentum, start, steps }) {
  const { evaluate } = surfaces[surface];
  const step = optimizers[optimizer].make(learning_rate, momentum);
  let [x, y] = start;
  const path = [], values = [];
  for (let k = 0; k <= steps; k++) {
    const [value, gx, gy] = evaluate(x, y, condition);
    const norm = Math.sqrt(gx * gx + gy * gy);
    if (!Number.isFinite(value + norm + x + y)) return { path, values, divergedAt: k };
    path.push([x, y]);
    values.push(value);
    if (norm === 0) break;
    x = x - step(gx, 0, k + 1);
    y = y - step(gy, 1, k + 1);
  }
  return { path, values, divergedAt: null };
}

// The learning rate from which descent cannot settle where the curvature is L; null if it adapts.
export function threshold(optimizer, momentum, L) {
  if (optimizer === "gradient_descent") return 2 / L;
  if (optimizer === "momentum") return (2 * (1 + momentum)) / L;
  if (optimizer === "nesterov") return (2 * (1 + momentum)) / ((1 + 2 * momentum) * L);
  return null;
}

const MOST_STEPS = 10000;
const powerOfTen = (p) => show(10 ** p, 1).replace(/^1 × /, "");

function render(context) {
  const map = new Plot({ label: "Map of the surface with the path of the descent", height: 320, xlabel: "x", ylabel: "y" });
  const loss = new Plot({ label: "Value at each step", height: 320, xlabel: "step k", ylabel: "f at step k" });
  const bar = new Plot({ label: "Learning rate beside the threshold", height: 78, xlabel: "learning rate η", wide: true });
  const explorer = new Explorer(context, {
    label: "Descent explorer",
    traits: ["surface", "condition", "optimizer", "learning_rate", "momentum", "start", "steps"],
    plots: [map, loss, bar],
    draw,
  });
  const get = (name) => explorer.get(name);
  const write = (name) => (value) => explorer.set({ [name]: value });
  const choose = (table) => Object.entries(table).map(([name, { title }]) => [name, title]);
  const controls = [
    explorer.select({
      label: "Surface", options: choose(surfaces), read: () => get("surface"),
      write: (surface) => {
        const { start, learning_rate } = surfaces[surface];
        explorer.set({ surface, start: [...start], learning_rate });
      },
    }),
    explorer.select({ label: "Optimizer", options: choose(optimizers), read: () => get("optimizer"), write: write("optimizer") }),
    explorer.number({ label: "Learning rate η", min: 1e-4, max: 10, log: true, limits: [1e-9, 1e6], read: () => get("learning_rate"), write: write("learning_rate") }),
  ];
  const momentum = explorer.number({ label: "Momentum β", min: 0, max: 0.99, step: 0.01, limits: [0, 0.999], read: () => get("momentum"), write: write("momentum") });
  const condition = explorer.number({ label: "Condition number κ", min: 1, max: 100, step: 1, limits: [1, 1e4], read: () => get("condition"), write: write("condition") });
  const coordinates = [0, 1].map((i) => explorer.number({
    label: i ? "Start, upward" : "Start, across", limits: [-100, 100], slider: false,
    read: () => Number(get("start")[i].toPrecision(4)),
    write: (value) => explorer.set({ start: get("start").map((old, j) => (i === j ? value : old)) }),
  }));
  const steps = explorer.number({ label: "Steps", limits: [0, MOST_STEPS], whole: true, slider: false, read: () => get("steps"), write: write("steps") });
  for (const count of [1, 25, 100])
    explorer.button(`${count} step${count > 1 ? "s" : ""}`, () => explorer.set({ steps: Math.min(get("steps") + count, MOST_STEPS) }));
  explorer.button("Back to the start", () => explorer.set({ steps: 0 }));
  explorer.button("Reset", () => explorer.reset());
  const start = map.handle({
    label: "Start of the descent", color: COLORS[0],
    move: (x, y) => explorer.set({ start: [x, y].map((c) => Number(c.toPrecision(6))) }),
  });

  let background = { key: null };
  function drawMap(surface) {
    const { view, names, minima } = surfaces[surface];
    [map.xlabel, map.ylabel] = names;
    map.view(...view);
    const key = `${surface} ${get("condition")}`;
    if (background.key !== key) {
      const height = (x, y) => surfaces[surface].evaluate(x, y, get("condition"))[0];
      background = { key, lines: contours(height, ...view, levelsOf(height, ...view)) };
    }
    for (const pieces of background.lines)
      map.draw("path", {
        class: "lb-contour",
        d: pieces.map(([a, b, c, d]) => `M${map.px(a).toFixed(1)},${map.py(b).toFixed(1)}L${map.px(c).toFixed(1)},${map.py(d).toFixed(1)}`).join(""),
      });
    for (const [x, y] of minima)
      map.text(x, y, surface === "saddle" ? "×" : "★", { class: "lb-star", "text-anchor": "middle", dy: 6 });
  }

  function draw() {
    for (const control of controls) control.update();
    const surface = get("surface"), optimizer = get("optimizer");
    momentum.update(!hasMomentum(optimizer));
    condition.update(surface !== "quadratic");
    for (const control of [...coordinates, steps]) control.update();
    const state = Object.fromEntries(["surface", "condition", "optimizer", "learning_rate", "momentum", "start", "steps"].map((name) => [name, get(name)]));
    const { path, values, divergedAt } = descend(state);
    drawMap(surface);
    const shown = path.length > 2000 ? path.filter((_, k) => k % 5 === 0 || k === path.length - 1) : path;
    map.line(shown, { stroke: COLORS[1] });
    if (path.length <= 300) for (const [x, y] of path) map.circle(x, y, 2.5, { fill: COLORS[1] });
    const end = path.at(-1);
    map.circle(...end, 7, { fill: COLORS[2], class: "lb-mark" });
    start.put(...state.start, `${surfaces[surface].names[0]} ${show(state.start[0])}, ${surfaces[surface].names[1]} ${show(state.start[1])}`);
    drawValues(values, surface);
    report(state, path, values, divergedAt);
  }

  // On a logarithmic axis the height above the lowest possible value, which is 0 or the minimum's.
  function drawValues(values, surface) {
    const unbounded = surface === "saddle";
    const { minima, evaluate } = surfaces[surface];
    const least = unbounded ? 0 : Math.min(...minima.map(([x, y]) => evaluate(x, y, get("condition"))[0]));
    const heights = values.map((value) => (unbounded ? value : value - least));
    const last = Math.max(values.length - 1, 1);
    const pick = heights.map((height, k) => [k, height]).filter(([k]) => values.length <= 2000 || k % 5 === 0);
    loss.xlabel = "step k";
    if (unbounded) {
      loss.ylabel = "f";
      const low = Math.max(Math.min(...heights), -20), high = Math.min(Math.max(...heights), 20);
      loss.view([0, last], [low, high > low ? high : low + 1]);
      loss.line(pick, { stroke: COLORS[0] });
      return;
    }
    loss.ylabel = least > 1e-9 ? "f − least f" : "f";
    const logs = pick.map(([k, height]) => [k, height > 0 ? Math.max(Math.log10(height), -16) : -16]);
    const low = Math.floor(Math.min(...logs.map(([, y]) => y), -1));
    const high = Math.ceil(Math.max(...logs.map(([, y]) => y), low + 2));
    const gap = Math.ceil((high - low) / 6);
    const yticks = [];
    for (let p = Math.ceil(low / gap) * gap; p <= high; p += gap) yticks.push([p, powerOfTen(p)]);
    loss.view([0, last], [low, high], { yticks });
    loss.line(logs, { stroke: COLORS[0] });
    for (const [k, y] of logs.length <= 120 ? logs : []) loss.circle(k, y, 2, { fill: COLORS[0] });
  }

  function report(state, path, values, divergedAt) {
    const [a, b] = surfaces[state.surface].names;
    const end = path.at(-1), taken = path.length - 1;
    const { at, L } = curvature(state.surface, state.condition, end);
    const limit = threshold(state.optimizer, state.momentum, L);
    const words = [];
    if (divergedAt !== null) words.push(`Diverged at step ${divergedAt}: a number became too large to hold. Take a smaller learning rate.`);
    else words.push(`After ${taken} step${taken === 1 ? "" : "s"}: ${a} = ${show(end[0])}, ${b} = ${show(end[1])}, f = ${show(values.at(-1))}.`);
    if (divergedAt === null && values.at(-1) > values[0]) words.push(`The value grew from ${show(values[0])}: the steps are too long.`);
    const box = surfaces[state.surface].view;
    if (divergedAt === null && [0, 1].some((i) => end[i] < box[i][0] || end[i] > box[i][1])) words.push("The end lies outside the map.");
    explorer.say(words.join(" "));
    drawScale(state, L, limit);
    const place = `at ${a} = ${show(at[0], 3)}, ${b} = ${show(at[1], 3)}`;
    const { formula, bound } = optimizers[state.optimizer];
    explorer.details.replaceChildren(html("p", {}, limit === null
      ? `${formula}. The step adapts to the gradient, so there is no fixed threshold. Largest curvature L = ${show(L)} ${place}; 2/L = ${show(2 / L)}.`
      : `${formula}. Largest curvature L = ${show(L)} ${place}: stable below ${bound} = ${show(limit)}. Your η is ${show(state.learning_rate / limit, 3)} of that.`));
  }

  // Where the learning rate stands beside 2/L, and beside the optimizer's own threshold.
  function drawScale(state, L, limit) {
    const powers = [-4, -3, -2, -1, 0, 1];
    bar.view([-4, 1], [0, 1], { xticks: powers.map((p) => [p, powerOfTen(p)]) });
    const marks = [[2 / L, "2/L", 1]];
    if (limit !== null && limit !== 2 / L) marks.push([limit, optimizers[state.optimizer].bound, 2]);
    for (const [value, text, i] of marks) {
      const at = Math.log10(value);
      bar.line([[at, 0], [at, 1]], { stroke: COLORS[i], "stroke-dasharray": DASHES[i] });
      bar.text(at, i === 1 ? 0.6 : 0.1, text, { dx: at > 0 ? -6 : 6, "text-anchor": at > 0 ? "end" : "start" });
    }
    bar.circle(Math.log10(state.learning_rate), 0.4, 6, { fill: COLORS[0], class: "lb-mark" });
  }

  explorer.redraw();
  return explorer.remove;
}

export default { render };

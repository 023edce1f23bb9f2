// The descent explorer: the optimizers of lossbook, and the path that they make.

import { listOf, number, oneOf, show } from "./numbers.js";
import { COLORS, Plot, html } from "./plot.js";
import { Explorer } from "./shell.js";
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

export const state = {
  surface: oneOf(Object.keys(surfaces)),
  condition: number(1, 1e4),
  optimizer: oneOf(Object.keys(optimizers)),
  learning_rate: number(1e-9, 1e6),
  momentum: number(0, 0.999),
  start: listOf(number(-100, 100), 2, 2),
  steps: number(0, 10000, { whole: true }),
};

// The minimum, or saddle, where a state's path ends: its number, and how far away it is.
export function arrival(now) {
  const [x, y] = descend(now).path.at(-1);
  const far = surfaces[now.surface].minima.map(([a, b]) => Math.hypot(a - x, b - y));
  const distance = Math.min(...far);
  return { at: far.indexOf(distance), distance };
}

// What to ask first, by surface; the answer is computed.
export function guess(now) {
  const ask = (change, options, then, because) => {
    const [before, after] = [arrival(now), arrival({ ...now, ...then })];
    return { ask: change, options, then, right: Number(because.holds(before, after)), because: because.text(before, after) };
  };
  const limit = threshold(now.optimizer, now.momentum, curvature(now.surface, now.condition, now.start).L);
  if (["quadratic", "calls"].includes(now.surface)) {
    if (limit === null) return null;
    const then = { learning_rate: Number((1.04 * limit).toPrecision(3)), steps: 40 };
    return ask(`The learning rate goes to ${show(then.learning_rate)}, just above the limit ${show(limit)}. What will the path do?`,
      ["Arrive sooner", "Leave the map"], then, {
        holds: (before, after) => after.distance > before.distance,
        text: () => "Above the limit each jump across the steepest direction is longer than the last.",
      });
  }
  if (now.surface === "himmelblau") {
    const then = { start: [0.5, now.start[1]], steps: 100 };
    return ask(`The start moves from x = ${show(now.start[0])} to 0.5. Does the path end in the same valley?`, ["Yes", "No"], then, {
      holds: (before, after) => before.at !== after.at,
      text: (_, after) => `It ends beside minimum ${after.at + 1} of four. Which valley it finds depends on the start.`,
    });
  }
  if (now.surface === "saddle")
    return ask("The start moves onto the axis y = 0. Where does the path end?", ["It leaves upward or downward", "At the saddle"], { start: [now.start[0], 0], steps: 100 }, {
      holds: (_, after) => after.distance < 0.01,
      text: () => "On the axis the gradient has no part across it, so nothing pushes the path away from the saddle.",
    });
  if (hasMomentum(now.optimizer))
    return ask("The momentum goes to 0. After as many steps, is the path nearer to the star?", ["Nearer", "Farther away"], { momentum: 0 }, {
      holds: (before, after) => after.distance > before.distance,
      text: (before, after) => `Distance to the star: ${show(before.distance, 3)} with momentum, ${show(after.distance, 3)} without.`,
    });
  return ask("After 1,000 steps, is the path at the star?", ["Yes", "No, still on its way"], { steps: 1000 }, {
    holds: (_, after) => after.distance > 0.05,
    text: (_, after) => `It is ${show(after.distance, 3)} away: the floor of the valley is nearly level.`,
  });
}

const powerOfTen = (p) => show(10 ** p, 1).replace(/^1 × /, "");

function render(context) {
  const map = new Plot({ label: "Map of the surface with the path of the descent", height: 330, low: 250, xlabel: "x", ylabel: "y" });
  const loss = new Plot({ label: "Value at each step", height: 330, low: 130, xlabel: "step k", ylabel: "f at step k" });
  const explorer = new Explorer(context, { name: "descent", label: "Descent explorer", state, plots: [map, loss], guess, draw });
  const get = (name) => explorer.get(name);
  const choose = (table) => Object.entries(table).map(([name, { title }]) => [name, title]);
  const largest = () => curvature(get("surface"), get("condition"), descend(explorer.state()).path.at(-1));
  explorer.number({ name: "steps", label: "Steps", min: 0, max: 200, step: 1, plays: true });
  explorer.number({
    name: "learning_rate", label: "Learning rate η", min: 1e-4, max: 10, log: true,
    marks: () => {
      const { L } = largest();
      const limit = threshold(get("optimizer"), get("momentum"), L);
      return [[2 / L, "2/L"], ...(limit === null || limit === 2 / L ? [] : [[limit, optimizers[get("optimizer")].bound]])];
    },
  });
  explorer.select({ label: "Optimizer", options: choose(optimizers), read: () => get("optimizer"), write: (optimizer) => explorer.set({ optimizer }) });
  explorer.select({
    label: "Surface", options: choose(surfaces), folded: true, read: () => get("surface"),
    write: (surface) => {
      const { start, learning_rate } = surfaces[surface];
      explorer.set({ surface, start: [...start], learning_rate });
    },
  });
  explorer.number({ name: "momentum", label: "Momentum β", min: 0, max: 0.99, step: 0.01, folded: true, off: () => !hasMomentum(get("optimizer")) });
  explorer.number({ name: "condition", label: "Condition number κ", min: 1, max: 100, step: 1, folded: true, off: () => get("surface") !== "quadratic" });
  for (const at of [0, 1])
    explorer.number({ name: "start", at, label: at ? "Start, upward" : "Start, across", slider: false, read: () => Number(get("start")[at].toPrecision(4)) });
  const start = map.handle({
    label: "Start of the descent",
    move: (...place) => explorer.set({ start: place.map((c) => Number(c.toPrecision(6))) }),
  });

  let background = { key: null };
  function drawMap({ surface, condition }) {
    const { view, names, minima } = surfaces[surface];
    [map.xlabel, map.ylabel] = names;
    map.view(...view);
    const key = `${surface} ${condition}`;
    if (background.key !== key) {
      const height = (x, y) => surfaces[surface].evaluate(x, y, condition)[0];
      background = { key, lines: contours(height, ...view, levelsOf(height, ...view)) };
    }
    for (const pieces of background.lines)
      map.draw("path", {
        class: "lb-contour",
        d: pieces.map(([a, b, c, d]) => `M${map.px(a).toFixed(1)},${map.py(b).toFixed(1)}L${map.px(c).toFixed(1)},${map.py(d).toFixed(1)}`).join(""),
      });
    for (const [x, y] of minima)
      map.draw("text", { x: map.px(x), y: map.py(y) + 6, class: "lb-star", "text-anchor": "middle" }, surface === "saddle" ? "×" : "★");
  }

  function draw() {
    const now = explorer.state();
    const { path, values, divergedAt } = descend(now);
    drawMap(now);
    const shown = path.length > 2000 ? path.filter((_, k) => k % 5 === 0 || k === path.length - 1) : path;
    map.line(shown, { stroke: COLORS[1] });
    if (path.length <= 300) for (const [x, y] of path) map.circle(x, y, 2.5, { fill: COLORS[1] });
    const end = path.at(-1), inside = end.every((c, i) => c >= surfaces[now.surface].view[i][0] && c <= surfaces[now.surface].view[i][1]);
    map.circle(...end, 7, { fill: COLORS[2], class: "lb-mark" });
    const [a, b] = surfaces[now.surface].names;
    map.label("start", [now.start]);
    if (inside) map.label(`step ${path.length - 1}`, [end], COLORS[2]);
    start.put(...now.start, `${a} ${show(now.start[0])}, ${b} ${show(now.start[1])}`);
    drawValues(values, now);
    report(now, path, values, divergedAt, inside);
  }

  // On a logarithmic axis the height above the lowest possible value, which is 0 or the minimum's.
  function drawValues(values, { surface, condition }) {
    const unbounded = surface === "saddle";
    const { minima, evaluate } = surfaces[surface];
    const least = unbounded ? 0 : Math.min(...minima.map(([x, y]) => evaluate(x, y, condition)[0]));
    const heights = values.map((value) => (unbounded ? value : value - least));
    const last = Math.max(values.length - 1, 1);
    const pick = heights.map((height, k) => [k, height]).filter(([k]) => values.length <= 2000 || k % 5 === 0);
    if (unbounded) {
      loss.ylabel = "f";
      const low = Math.max(Math.min(...heights), -20), high = Math.min(Math.max(...heights), 20);
      loss.view([0, last], [low, high > low ? high : low + 1]);
      loss.line(pick, { stroke: COLORS[1] });
      return;
    }
    loss.ylabel = least > 1e-9 ? "f − least f" : "f";
    const logs = pick.map(([k, height]) => [k, height > 0 ? Math.max(Math.log10(height), -16) : -16]);
    const low = Math.floor(Math.min(...logs.map(([, y]) => y), -1));
    const high = Math.ceil(Math.max(...logs.map(([, y]) => y), low + 2));
    const gap = Math.ceil((high - low) / Math.max(loss.heights.indexOf(loss.height) * 4 + 2, 2));
    const yticks = [];
    for (let p = Math.ceil(low / gap) * gap; p <= high; p += gap) yticks.push([p, powerOfTen(p)]);
    loss.view([0, last], [low, high], { yticks });
    loss.line(logs, { stroke: COLORS[1] });
    for (const [k, y] of logs.length <= 120 ? logs : []) loss.circle(k, y, 2, { fill: COLORS[1] });
  }

  function report(now, path, values, divergedAt, inside) {
    const [a, b] = surfaces[now.surface].names;
    const end = path.at(-1), taken = path.length - 1;
    const words = [];
    if (divergedAt !== null) words.push(`Diverged at step ${divergedAt}: a number became too large to hold. Take a smaller learning rate.`);
    else words.push(`After ${taken} step${taken === 1 ? "" : "s"}: ${a} = ${show(end[0])}, ${b} = ${show(end[1])}, f = ${show(values.at(-1))}${inside ? "" : ", outside the map"}.`);
    if (divergedAt === null && values.at(-1) > values[0]) words.push(`The value grew from ${show(values[0])}: the steps are too long.`);
    explorer.say(words.join(" "));
    const { at, L } = curvature(now.surface, now.condition, end);
    const limit = threshold(now.optimizer, now.momentum, L);
    const place = `at ${a} = ${show(at[0], 3)}, ${b} = ${show(at[1], 3)}`;
    const { formula, bound } = optimizers[now.optimizer];
    explorer.values.replaceChildren(html("p", {}, limit === null
      ? `${formula}. The step adapts to the gradient, so there is no fixed threshold. Largest curvature L = ${show(L)} ${place}; 2/L = ${show(2 / L)}.`
      : `${formula}. Largest curvature L = ${show(L)} ${place}: stable below ${bound} = ${show(limit)}. Your η is ${show(now.learning_rate / limit, 3)} of that.`));
  }

  return explorer.remove;
}

export default { render };

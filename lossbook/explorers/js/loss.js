// The loss explorer: up to three regression losses, the value and the slope of one residual, and
// what one outlier does to the constant with the lowest mean loss.

import { constant, losses, settingOf } from "./losses.js";
import { listOf, mapOf, number, oneOf, show } from "./numbers.js";
import { COLORS, DASHES, Plot, html, key } from "./plot.js";
import { Explorer } from "./shell.js";

// The six targets that stay where they are; the outlier is the seventh.
export const TARGETS = [-1.6, -0.9, -0.4, 0.1, 0.8, 1.4];

// For each loss: value and gradient at the residual, and the constant for all seven targets.
export function compare({ losses: names, settings, residual, outlier }) {
  return names.map((name) => {
    const setting = settingOf(name, settings);
    const [value, gradient] = losses[name].evaluate(residual, setting);
    return { name, setting, value, gradient, constant: constant(name, setting, [...TARGETS, outlier]) };
  });
}

const names = Object.keys(losses);
export const state = {
  losses: listOf(oneOf(names), 1, 3),
  settings: mapOf(names, number(-1e6, 1e6)),
  residual: number(-6, 6),
  outlier: number(-1e6, 1e6),
};

// Which constant follows the outlier farthest? Asked where one does so clearly.
export function guess(now) {
  const then = { outlier: now.outlier + 8 };
  const before = compare(now), after = compare({ ...now, ...then });
  const moved = after.map(({ constant }, i) => Math.abs(constant - before[i].constant));
  const most = Math.max(...moved), right = moved.indexOf(most);
  if (moved.some((far, i) => i !== right && far > most / 2)) return null;
  const title = ({ name }) => losses[name].title;
  return {
    ask: `The outlier moves from ${show(now.outlier)} to ${show(then.outlier)}. Whose constant goes with it?`,
    options: before.map(title), right, then,
    because: before.map((loss, i) => `${title(loss)} moved by ${show(moved[i], 3)}`).join(", ") + ".",
  };
}

function render(context) {
  const curves = new Plot({ label: "Losses over the residual", height: 300, low: 210, xlabel: "residual r = prediction − target", ylabel: "loss" });
  const line = new Plot({ label: "Seven targets and the constants that the losses choose", height: 300, low: 140, xlabel: "target" });
  const explorer = new Explorer(context, { name: "loss", label: "Loss explorer", state, plots: [curves, line], guess, draw });
  const get = (name) => explorer.get(name);
  const options = names.map((name) => [name, losses[name].title]);
  explorer.number({ name: "outlier", label: "Outlier", min: -20, max: 20, step: 0.1, plays: true });
  explorer.number({ name: "residual", label: "Residual r", min: -6, max: 6, step: 0.1 });
  for (const i of [2, 1, 0])
    explorer.select({
      label: ["First loss", "Second loss", "Third loss"][i], folded: i < 2,
      options: i ? [["", "none"], ...options] : options,
      read: () => get("losses")[i] ?? "",
      write: (name) => {
        const chosen = [...get("losses")];
        chosen[i] = name;
        explorer.set({ losses: chosen.filter(Boolean) });
      },
    });
  for (const name of names.filter((one) => losses[one].setting)) {
    const { title, setting } = losses[name];
    explorer.number({
      label: `${title}: ${setting.symbol}`, ...setting, folded: true, kind: number(setting.min, setting.max),
      read: () => settingOf(name, get("settings")),
      write: (value) => explorer.set({ settings: { ...get("settings"), [name]: value } }),
      off: () => !get("losses").includes(name),
    });
  }
  const round = (x) => Number(x.toFixed(2));
  const residual = curves.handle({ label: "Residual r", free: "x", color: "var(--lb-ink)", move: (x) => explorer.set({ residual: round(x) }) });
  const outlier = line.handle({ label: "Outlier", free: "x", color: "var(--lb-ink)", move: (x) => explorer.set({ outlier: round(x) }) });

  function draw() {
    const now = explorer.state(), r = now.residual;
    const found = compare(now);
    curves.view([-6, 6], [-0.6, 9]);
    curves.line([[r, 0], [r, 9]], { class: "lb-guide" });
    found.forEach(({ name, setting, value, gradient }, i) => {
      const f = (x) => losses[name].evaluate(x, setting)[0];
      curves.curve(f, { stroke: COLORS[i], "stroke-dasharray": DASHES[i] });
      curves.line([[r - 1, value - gradient], [r + 1, value + gradient]], { stroke: COLORS[i], class: "lb-tangent" });
      curves.circle(r, value, 5, { fill: COLORS[i], class: "lb-mark" });
      curves.labelCurve(losses[name].title, f, COLORS[i]);
    });
    residual.put(r, 0, `r = ${show(r)}`);

    line.view([-20, 20], [0, 4]);
    for (const target of TARGETS) line.circle(target, 0.6, 5, { class: "lb-point" });
    found.forEach(({ name, constant: best }, i) => {
      const top = 3.7 - 0.7 * i;
      line.line([[best, 0], [best, top]], { stroke: COLORS[i], "stroke-dasharray": DASHES[i] });
      line.label(losses[name].title, [[best, top - 0.2], [best, top - 0.7]], COLORS[i], COLORS[i]);
    });
    outlier.put(now.outlier, 0.6, `target ${show(now.outlier)}`);
    line.label("outlier", [[now.outlier, 0.6]]);

    const each = (what) => found.map((loss) => `${losses[loss.name].title} ${show(what(loss))}`).join(", ");
    explorer.say(`Outlier at ${show(now.outlier)}, best constants: ${each((loss) => loss.constant)}. Gradients at r = ${show(r)}: ${found.map((loss) => show(loss.gradient)).join(", ")}.`);
    explorer.table(
      ["Loss", "Value", "Gradient", "Best constant", "Formula"],
      found.map((loss, i) => [html("span", {}, key(i), losses[loss.name].title), show(loss.value), show(loss.gradient), show(loss.constant), losses[loss.name].formula]),
    );
  }

  return explorer.remove;
}

export default { render };

// The loss explorer: up to three regression losses, the value and the slope of one residual, and
// what one outlier does to the constant with the lowest mean loss.

import { constant, losses, settingOf } from "./losses.js";
import { COLORS, DASHES, Explorer, Plot, html, key, show } from "./parts.js";

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

function render(context) {
  const curves = new Plot({ label: "Losses over the residual", xlabel: "residual r = prediction − target", ylabel: "loss" });
  const line = new Plot({ label: "Seven targets and the constants that the losses choose", height: 200, xlabel: "target" });
  const explorer = new Explorer(context, {
    label: "Loss explorer",
    traits: ["losses", "settings", "residual", "outlier"],
    plots: [curves, line],
    draw,
  });
  const get = (name) => explorer.get(name);
  const options = Object.entries(losses).map(([name, { title }]) => [name, title]);
  const choices = [0, 1, 2].map((i) => {
    const group = html("div", { class: "lb-group" }, key(i));
    explorer.controls.append(group);
    const choice = explorer.select({
      label: `Loss ${i + 1}`, into: group,
      options: i ? [["", "none"], ...options] : options,
      read: () => get("losses")[i] ?? "",
      write: (name) => {
        const names = [...get("losses")];
        names[i] = name;
        explorer.set({ losses: names.filter(Boolean) });
      },
    });
    return { group, choice, shown: null, setting: null };
  });
  // A loss with a setting brings its slider; it is made anew when the loss changes.
  function settingSlider(slot, name) {
    if (slot.shown === name) return slot.setting?.update();
    slot.setting?.element.remove();
    slot.shown = name;
    const setting = losses[name]?.setting;
    slot.setting = setting && explorer.number({
      label: `${losses[name].title}: ${setting.symbol}`, ...setting, into: slot.group,
      read: () => settingOf(name, get("settings")),
      write: (value) => explorer.set({ settings: { ...get("settings"), [name]: value } }),
    });
    slot.setting?.update();
  }
  const numbers = [
    explorer.number({ label: "Residual r", min: -6, max: 6, step: 0.1, read: () => get("residual"), write: (residual) => explorer.set({ residual }) }),
    explorer.number({ label: "Outlier", min: -20, max: 20, step: 0.1, limits: [-1e6, 1e6], read: () => get("outlier"), write: (outlier) => explorer.set({ outlier }) }),
  ];
  explorer.button("Reset", () => explorer.reset());
  const round = (x) => Number(x.toFixed(2));
  const residual = curves.handle({ label: "Residual r", free: "x", move: (x) => explorer.set({ residual: round(x) }) });
  const outlier = line.handle({ label: "Outlier", free: "x", color: COLORS[1], move: (x) => explorer.set({ outlier: round(x) }) });

  function draw() {
    const names = get("losses"), r = get("residual");
    choices.forEach((slot, i) => {
      slot.choice.update();
      settingSlider(slot, names[i] ?? "");
    });
    for (const control of numbers) control.update();
    const found = compare({ losses: names, settings: get("settings"), residual: r, outlier: get("outlier") });

    curves.view([-6, 6], [-0.6, 9]);
    curves.line([[r, 0], [r, 9]], { class: "lb-guide" });
    found.forEach(({ name, setting, value, gradient }, i) => {
      const ink = { stroke: COLORS[i], "stroke-dasharray": DASHES[i] };
      curves.curve((x) => losses[name].evaluate(x, setting)[0], ink);
      curves.line([[r - 1, value - gradient], [r + 1, value + gradient]], { stroke: COLORS[i], class: "lb-tangent" });
      curves.circle(r, value, 5, { fill: COLORS[i], class: "lb-mark" });
    });
    residual.put(r, 0, `r = ${show(r)}`);

    line.view([-20, 20], [0, 4]);
    for (const target of TARGETS) line.circle(target, 0.5, 5, { class: "lb-point" });
    found.forEach((loss, i) => {
      line.line([[loss.constant, 0], [loss.constant, 3 - 0.5 * i]], { stroke: COLORS[i], "stroke-dasharray": DASHES[i] });
      line.text(loss.constant, 3.2 - 0.5 * i, losses[loss.name].title, loss.constant > 8 ? { "text-anchor": "end", dx: -6 } : { dx: 6 });
    });
    outlier.put(get("outlier"), 0.5, `target ${show(get("outlier"))}`);

    explorer.say(`At r = ${show(r)}: ${found.map((loss) => `${losses[loss.name].title} ${show(loss.value)}, gradient ${show(loss.gradient)}`).join("; ")}. With the outlier at ${show(get("outlier"))} the best constants are ${found.map((loss) => show(loss.constant)).join(", ")}.`);
    explorer.table(
      ["Loss", "Value", "Gradient", "Best constant", "Formula"],
      found.map((loss, i) => [html("span", {}, key(i), losses[loss.name].title), show(loss.value), show(loss.gradient), show(loss.constant), losses[loss.name].formula]),
    );
  }

  explorer.redraw();
  return explorer.remove;
}

export default { render };

// The line-fitting explorer: eight points, four losses, four lines, and the pull on (θ₀, θ₁).

import { losses, signOf, turningPoint } from "./losses.js";
import { listOf, number, show } from "./numbers.js";
import { COLORS, DASHES, Plot, html, key } from "./plot.js";
import { Explorer } from "./shell.js";

// The mean loss of the line θ₀ + θ₁x and its gradient by θ₀ and θ₁.
export function lineRisk(name, setting, points, [intercept, slope]) {
  let value = 0, byIntercept = 0, bySlope = 0;
  for (const [x, y] of points) {
    const [v, g] = losses[name].evaluate(intercept + slope * x - y, setting);
    value += v;
    byIntercept += g;
    bySlope += g * x;
  }
  const n = points.length;
  return { value: value / n, gradient: [byIntercept / n, bySlope / n] };
}

// Least squares. Where all x are one, the level line through the mean.
export function squaredLine(points) {
  const n = points.length;
  const mx = points.reduce((sum, [x]) => sum + x, 0) / n;
  const my = points.reduce((sum, [, y]) => sum + y, 0) / n;
  let up = 0, across = 0;
  for (const [x, y] of points) {
    up += (x - mx) * (y - my);
    across += (x - mx) * (x - mx);
  }
  // Not across > 0: the mean of equal numbers may be rounded.
  const slope = points.some(([x]) => x !== points[0][0]) ? up / across : 0;
  return [my - slope * mx, slope];
}

// Losses of straight pieces: some best line passes through two of the points. The first such is
// taken; where all x are one, the level line through the best point.
export function vertexLine(name, setting, points) {
  const candidates = [];
  for (let i = 0; i < points.length; i++)
    for (let j = i + 1; j < points.length; j++) {
      const slope = (points[j][1] - points[i][1]) / (points[j][0] - points[i][0]);
      if (points[i][0] !== points[j][0]) candidates.push([points[i][1] - slope * points[i][0], slope]);
    }
  if (!candidates.length) candidates.push(...points.map(([, y]) => [y, 0]));
  let best = null, least = Infinity;
  for (const line of candidates) {
    const { value } = lineRisk(name, setting, points, line);
    if (value < least * (1 - 1e-12)) [best, least] = [line, value];
  }
  return best;
}

// Huber's loss: for each slope the best intercept, then the best slope, each where a sum of pulls
// turns its sign. The slope is between the least and the greatest of two points.
export function huberLine(delta, points) {
  // The sign of Σ g, or of Σ g·x, with g the residual clipped to [−δ, δ]: Huber's gradient.
  const pull = (intercept, slope, byX) => {
    let sum = 0, size = 0;
    for (let i = 0; i < points.length; i++) {
      const x = points[i][0];
      const g = Math.min(Math.max(intercept + slope * x - points[i][1], -delta), delta);
      const term = byX ? g * x : g;
      sum += term;
      size += Math.abs(term);
    }
    return signOf(sum, size);
  };
  const interceptOf = (slope) => {
    const starts = points.map(([x, y]) => y - slope * x);
    return turningPoint(Math.min(...starts), Math.max(...starts), (a) => pull(a, slope, false));
  };
  const slopes = points.flatMap(([a, b], i) =>
    points.slice(i + 1).filter(([x]) => x !== a).map(([x, y]) => (y - b) / (x - a)));
  if (!slopes.length) return [interceptOf(0), 0];
  const slope = turningPoint(Math.min(...slopes), Math.max(...slopes), (candidate) =>
    pull(interceptOf(candidate), candidate, true));
  return [interceptOf(slope), slope];
}

export function fitLines({ points, delta, quantile }) {
  return [
    { name: "squared_error", title: "Squared error", line: squaredLine(points) },
    { name: "absolute_error", title: "Absolute error", line: vertexLine("absolute_error", undefined, points) },
    { name: "huber", title: "Huber", setting: delta, line: huberLine(delta, points) },
    { name: "pinball", title: "Quantile", setting: quantile, line: vertexLine("pinball", quantile, points) },
  ];
}

const pair = (low, high, mark) => listOf(number(low, high), 2, 2, mark);
export const state = {
  points: listOf(pair(-1e6, 1e6, ":"), 2, 24),
  delta: number(0.01, 1000),
  quantile: number(0.01, 0.99),
  line: pair(-1000, 1000),
};

// Which line turns most if the highest point comes down to the lowest?
export function guess(now) {
  const heights = now.points.map(([, y]) => y), high = heights.indexOf(Math.max(...heights));
  const then = { points: now.points.map(([x, y], i) => [x, i === high ? Math.min(...heights) : y]) };
  const before = fitLines(now), after = fitLines({ ...now, ...then });
  const turned = before.map(({ line }, i) => Math.abs(after[i].line[1] - line[1]));
  return {
    ask: "The highest point comes down to the height of the lowest. Which line turns most?",
    options: before.map(({ title }) => title), right: turned.indexOf(Math.max(...turned)), then,
    because: `The slopes changed by ${before.map(({ title }, i) => `${show(turned[i], 3)} (${title})`).join(", ")}.`,
  };
}

function render(context) {
  const data = new Plot({ label: "Points and lines", height: 320, low: 240, xlabel: "decades since 1950", ylabel: "calls (tens of millions)" });
  const plane = new Plot({ label: "The plane of intercept and slope", height: 320, low: 200, xlabel: "θ₀ (intercept)", ylabel: "θ₁ (slope)" });
  const explorer = new Explorer(context, { name: "lines", label: "Line-fitting explorer", state, plots: [data, plane], guess, draw });
  const get = (name) => explorer.get(name);
  explorer.number({ name: "delta", label: "Huber’s δ", min: 0.1, max: 10, log: true, plays: true });
  explorer.number({ name: "quantile", label: "Quantile q", min: 0.05, max: 0.95, step: 0.05, plays: true });
  for (const at of [0, 1])
    explorer.number({ name: "line", at, label: at ? "Your slope θ₁" : "Your intercept θ₀", min: at ? -5 : -8, max: at ? 15 : 12, step: 0.1, folded: true });
  const handles = get("points").map((_, i) => data.handle({
    label: `Point ${i + 1}`, color: "var(--lb-ink)", size: 7, step: 0.01,
    move: (x, y) => explorer.set({ points: get("points").map((old, j) => (i === j ? [Number(x.toFixed(3)), Number(y.toFixed(2))] : old)) }),
  }));
  const yours = plane.handle({ label: "Your line", color: "var(--lb-ink)", move: (...line) => explorer.set({ line: line.map((c) => Number(c.toFixed(2))) }) });

  let known = { asked: null };
  function draw() {
    const { points, delta, quantile, line: own } = explorer.state();
    const asked = JSON.stringify([points, delta, quantile]);
    if (known.asked !== asked) known = { asked, fits: fitLines({ points, delta, quantile }) };
    const { fits } = known;
    data.view([-0.1, 2.3], [-4, 24]);
    const ends = ([a, b]) => [-0.1, 2.3].map((x) => [x, a + b * x]);
    data.line(ends(own), { class: "lb-guide" });
    fits.forEach(({ line, title }, i) => {
      data.line(ends(line), { stroke: COLORS[i], "stroke-dasharray": DASHES[i] });
      data.labelCurve(title, (x) => line[0] + line[1] * x, COLORS[i]);
    });
    handles.forEach((handle, i) => handle.put(...points[i], `decades ${show(points[i][0])}, calls ${show(points[i][1])}`));

    plane.view([-8, 12], [-5, 15]);
    const risks = fits.map(({ name, setting }) => lineRisk(name, setting, points, own));
    fits.forEach(({ title, line }, i) => {
      plane.circle(...line, 6, { fill: COLORS[i], class: "lb-mark" });
      plane.label(title, [line], COLORS[i]);
      const { gradient } = risks[i];
      // The step that descent takes, drawn in the units of the picture and to one length.
      const [dx, dy] = [-gradient[0] / 20 * plane.across, (gradient[1] / 20) * plane.down];
      const long = Math.hypot(dx, dy);
      if (long > 1e-9) plane.arrow(own, [(dx / long) * (36 + 9 * i), (dy / long) * (36 + 9 * i)], { stroke: COLORS[i], "stroke-dasharray": "none" });
    });
    plane.label("your line", [own]);
    yours.put(...own, `θ₀ ${show(own[0])}, θ₁ ${show(own[1])}`);
    explorer.say(`Slopes: ${fits.map(({ title, line }) => `${title} ${show(line[1])}`).join(", ")}.`);
    explorer.table(
      ["Loss", "θ₀", "θ₁", "Risk of your line", "∂/∂θ₀ there", "∂/∂θ₁ there"],
      fits.map(({ title, line }, i) => [html("span", {}, key(i), title), ...[...line, risks[i].value, ...risks[i].gradient].map((c) => show(c))]),
    );
  }

  return explorer.remove;
}

export default { render };

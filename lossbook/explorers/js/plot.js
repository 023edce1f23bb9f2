// A plot with axes, lines, labels and points to take hold of. No styles are set inline and no ids
// are given, so that a strict content-security policy holds and two explorers fit on one page.

import { place } from "./labels.js";
import { clamp, show, ticks } from "./numbers.js";

// Colors of the style sheet, for light and for dark pages.
export const COLORS = ["var(--lb-0)", "var(--lb-1)", "var(--lb-2)", "var(--lb-3)"];
export const DASHES = ["none", "8 4", "10 3 2 3", "2 3"];

function element(namespace, tag, attributes, children) {
  const made = document.createElementNS(namespace, tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") made.addEventListener(name, value);
    else if (value !== null && value !== undefined) made.setAttribute(name, value);
  }
  made.append(...children);
  return made;
}

export const html = (tag, attributes = {}, ...children) =>
  element("http://www.w3.org/1999/xhtml", tag, attributes, children);
export const svg = (tag, attributes = {}, ...children) =>
  element("http://www.w3.org/2000/svg", tag, attributes, children);

export class Plot {
  // `height` in pixels on a wide screen, `low` on a phone, where plot and controls share the screen.
  constructor({ label, height = 280, low = 220, xlabel = "", ylabel = "" }) {
    Object.assign(this, { height, heights: [low, height], xlabel, ylabel, width: 400 });
    this.margin = ylabel ? { left: 44, right: 10, top: 24, bottom: 38 } : { left: 16, right: 16, top: 8, bottom: 38 };
    this.axes = svg("g", { "aria-hidden": "true" });
    this.inside = svg("svg", { "aria-hidden": "true" });
    this.front = svg("g");
    this.picture = svg("svg", { class: "lb-plot", role: "group", "aria-label": label }, this.axes, this.inside, this.front);
    this.handles = [];
    // A tap on the plane brings the nearest handle there; one on a handle has done its work already.
    this.picture.addEventListener("click", (event) => {
      if (this.handles.length === 0 || event.target.closest(".lb-handle")) return;
      const { left, top } = this.corner();
      const far = ({ at: [x, y] }) => Math.hypot(event.clientX - left - x, event.clientY - top - y);
      this.handles.reduce((near, other) => (far(other) < far(near) ? other : near)).move(...this.under(event));
    });
    this.element = html("div", { class: "lb-plot-box" }, this.picture);
    this.view([0, 1], [0, 1]);
  }

  // Where on the screen the corner of the axes is; one unit of the picture is one pixel.
  corner() {
    const { left, top } = this.picture.getBoundingClientRect();
    return { left: left + this.margin.left, top: top + this.margin.top };
  }

  fit(width, phone) {
    this.width = Math.max(Math.round(width), 220);
    this.height = this.heights[phone ? 0 : 1];
  }

  // Set the ranges and begin anew. A logarithmic y-axis takes the exponents as range.
  view(x, y, { xticks, yticks } = {}) {
    Object.assign(this, { x, y, labels: [], taken: [], lines: [] });
    const { left, right, top, bottom } = this.margin;
    this.across = this.width - left - right;
    this.down = this.height - top - bottom;
    this.picture.setAttribute("viewBox", `0 0 ${this.width} ${this.height}`);
    for (const [name, value] of Object.entries({ x: left, y: top, width: this.across, height: this.down }))
      this.inside.setAttribute(name, value);
    this.inside.replaceChildren();
    const foot = this.height - bottom;
    const drawn = [
      svg("path", { class: "lb-axis", d: `M${left},${this.ylabel ? top : foot}V${foot}H${this.width - right}` }),
      svg("text", { x: left + this.across / 2, y: this.height - 6, "text-anchor": "middle" }, this.xlabel),
    ];
    for (const [t, text] of xticks ?? ticks(x, this.across / 70).map((t) => [t, show(t, 3)])) {
      const p = left + this.px(t);
      drawn.push(svg("path", { class: "lb-axis", d: `M${p},${foot}v4` }));
      drawn.push(svg("text", { x: p, y: foot + 17, "text-anchor": "middle", class: "lb-tick" }, text));
    }
    if (this.ylabel) {
      drawn.push(svg("text", { x: 2, y: 13 }, this.ylabel));
      for (const [t, text] of yticks ?? ticks(y, this.down / 36).map((t) => [t, show(t, 3)])) {
        const p = top + this.py(t);
        drawn.push(svg("path", { class: "lb-axis", d: `M${left},${p}h-4` }));
        drawn.push(svg("text", { x: left - 6, y: p + 4, "text-anchor": "end", class: "lb-tick" }, text));
      }
    }
    this.axes.replaceChildren(...drawn);
  }

  // From data to pixels inside the axes, and back from a pointer event.
  px(x) {
    return clamp(((x - this.x[0]) / (this.x[1] - this.x[0])) * this.across, -1e4, 1e4);
  }
  py(y) {
    return clamp(((this.y[1] - y) / (this.y[1] - this.y[0])) * this.down, -1e4, 1e4);
  }
  under({ clientX, clientY }, [offX, offY] = [0, 0]) {
    const { left, top } = this.corner();
    const across = (clientX - left - offX) / this.across, down = (clientY - top - offY) / this.down;
    return [
      this.x[0] + clamp(across, 0, 1) * (this.x[1] - this.x[0]),
      this.y[1] - clamp(down, 0, 1) * (this.y[1] - this.y[0]),
    ];
  }

  draw(tag, attributes, ...children) {
    const made = svg(tag, attributes, ...children);
    this.inside.append(made);
    return made;
  }

  // A line through points; those that are not finite leave a gap. Labels keep off it.
  line(points, attributes = {}) {
    let d = "", last = null;
    for (const point of points) {
      const at = point.every(Number.isFinite) ? [this.px(point[0]), this.py(point[1])] : null;
      if (at) d += `${last ? "L" : "M"}${at[0].toFixed(1)},${at[1].toFixed(1)}`;
      if (at && last) this.keepOff(last, at, attributes.stroke);
      last = at;
    }
    return this.draw("path", { class: "lb-line", d, ...attributes });
  }
  // Points of a piece of line, by its color; thin lines without one may be written over.
  keepOff(from, to, color) {
    const pieces = color ? Math.min(Math.ceil(Math.hypot(to[0] - from[0], to[1] - from[1]) / 6), 200) : 0;
    for (let i = 0; i < pieces; i++) this.lines.push([...to.map((c, j) => c + ((from[j] - c) * i) / pieces), color]);
  }
  curve(f, attributes) {
    const n = 240;
    const points = Array.from({ length: n + 1 }, (_, i) => this.x[0] + ((this.x[1] - this.x[0]) * i) / n);
    return this.line(points.map((x) => [x, f(x)]), attributes);
  }
  circle(x, y, r, attributes = {}) {
    const [cx, cy] = [this.px(x), this.py(y)];
    this.taken.push([cx - r, cy - r, cx + r, cy + r]);
    return this.draw("circle", { cx, cy, r, ...attributes });
  }
  arrow([x, y], [dx, dy], attributes = {}) {
    const [a, b] = [this.px(x), this.py(y)];
    const length = Math.hypot(dx, dy);
    if (!(length > 1)) return;
    const [ux, uy] = [dx / length, dy / length];
    const [ex, ey] = [a + dx, b + dy];
    this.keepOff([a, b], [ex, ey], attributes.stroke);
    const wing = (s) => `M${ex},${ey}L${ex - 7 * ux + s * 4 * uy},${ey - 7 * uy - s * 4 * ux}`;
    this.draw("path", { class: "lb-line", d: `M${a},${b}L${ex},${ey}${wing(1)}${wing(-1)}`, ...attributes });
  }

  // A word that stands beside one of some points, the best first; `line` is the color of the line
  // that it names, if it does. Of a curve, beside its visible end. Placed when all is drawn.
  label(text, points, color = "var(--lb-ink)", line) {
    this.labels.push({ text, points, color, line });
  }
  labelCurve(text, f, color, fromLeft = false) {
    const [low, high] = this.x;
    const points = Array.from({ length: 25 }, (_, i) => high - ((high - low) * (i + 0.5)) / 25).map((x) => [x, f(x)]);
    if (fromLeft) points.reverse();
    this.label(text, points.filter(([, y]) => y >= this.y[0] && y <= this.y[1]), color, color);
  }
  finish() {
    for (const { at: [x, y] } of this.handles) this.taken.push([x - 10, y - 10, x + 10, y + 10]);
    const made = this.labels.map(({ text, color }) => this.draw("text", { class: "lb-label", fill: color }, text));
    const wanted = this.labels.map(({ points, line }, i) => ({
      line,
      size: [made[i].getComputedTextLength() + 4, 16],
      anchors: points.map(([x, y]) => [this.px(x), this.py(y)]),
    }));
    place(wanted, this.taken, this.lines, [this.across, this.down]).forEach((found, i) => {
      if (!found) return made[i].remove();
      const { box: [left, top, right, bottom], anchor: [x, y], gap } = found;
      made[i].setAttribute("x", left + 2);
      made[i].setAttribute("y", bottom - 4);
      const end = `${clamp(x, left, right)},${clamp(y, top, bottom)}`;
      if (gap > 20) this.draw("path", { class: "lb-leader", stroke: this.labels[i].color, d: `M${x},${y}L${end}` });
    });
  }

  // A point that the reader moves, with the pointer or the arrow keys. `free` are the directions.
  handle({ label, move, free = "xy", color = COLORS[0], size = 9, step = 0.02 }) {
    const grip = svg("g", {
      class: "lb-handle", tabindex: "0", role: "slider", "aria-label": label,
      "data-lm-suppress-shortcuts": "true",
    }, svg("circle", { r: 22, class: "lb-grip" }), svg("circle", { r: size, class: "lb-mark", fill: color }));
    this.front.append(grip);
    const handle = { at: [0, 0], move, element: grip };
    this.handles.push(handle);
    // touch-action does not count on parts of a picture: without this, a finger scrolls the page.
    grip.addEventListener("touchstart", (event) => event.preventDefault(), { passive: false });
    let held = null, off = [0, 0], place = [0, 0];
    grip.addEventListener("pointerdown", (event) => {
      if (event.button) return;
      held = event.pointerId;
      grip.setPointerCapture(held);
      grip.focus({ preventScroll: true });
      event.preventDefault();
      // Taken at its rim, it does not jump under the finger.
      const { left, top } = this.corner();
      off = [event.clientX - left - handle.at[0], event.clientY - top - handle.at[1]];
    });
    grip.addEventListener("pointermove", (event) => {
      if (event.pointerId === held) move(...this.under(event, off));
    });
    for (const end of ["pointerup", "pointercancel", "lostpointercapture"])
      grip.addEventListener(end, () => (held = null));
    grip.addEventListener("keydown", (event) => {
      const [right, up] = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1], PageUp: [5, 5], PageDown: [-5, -5] }[event.key] ?? [0, 0];
      if (!right && !up) return;
      event.preventDefault();
      event.stopPropagation();
      // Where there is one direction, up and right mean more, down and left mean less.
      const dx = free === "x" ? right || up : free === "y" ? 0 : Math.abs(right) > 1 ? 0 : right;
      const dy = free === "y" ? up || right : free === "x" ? 0 : up;
      const far = event.shiftKey ? 5 * step : step;
      // Remembered at once: the next key may come before the next frame.
      place = [
        clamp(place[0] + dx * far * (this.x[1] - this.x[0]), ...this.x),
        clamp(place[1] + dy * far * (this.y[1] - this.y[0]), ...this.y),
      ];
      move(...place);
    });
    handle.put = (x, y, text) => {
      place = [x, y];
      handle.at = [clamp(this.px(x), 0, this.across), clamp(this.py(y), 0, this.down)];
      const [left, top] = [this.margin.left + handle.at[0], this.margin.top + handle.at[1]];
      grip.setAttribute("transform", `translate(${left.toFixed(1)} ${top.toFixed(1)})`);
      const [now, [least, most]] = free === "y" ? [y, this.y] : [x, this.x];
      const values = { now: clamp(now, least, most), min: least, max: most, text };
      for (const [name, value] of Object.entries(values)) grip.setAttribute(`aria-value${name}`, value);
    };
    return handle;
  }
}

// The piece of line that stands for a color and a dash pattern in tables and controls.
export function key(i) {
  return svg("svg", { class: "lb-key", width: 34, height: 12, "aria-hidden": "true" },
    svg("path", { class: "lb-line", d: "M1,6H33", stroke: COLORS[i], "stroke-dasharray": DASHES[i] }));
}

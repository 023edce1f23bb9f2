// What the explorers are made of: plots, handles, controls, and the tie to the model. No styles are
// set inline and no ids are given, so that a strict content-security policy holds and two explorers
// fit on one page.

export const COLORS = ["#0072B2", "#D55E00", "#009E73", "#CC79A7"];
export const DASHES = ["none", "8 4", "10 3 2 3", "2 3"];

export const clamp = (x, low, high) => Math.min(Math.max(x, low), high);

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

const SUPERSCRIPTS = { "-": "⁻", 0: "⁰", 1: "¹", 2: "²", 3: "³", 4: "⁴", 5: "⁵", 6: "⁶", 7: "⁷", 8: "⁸", 9: "⁹" };

// A number for readers: four digits, a real minus sign, and never NaN.
export function show(x, digits = 4) {
  if (Number.isNaN(x)) return "undefined";
  if (!Number.isFinite(x)) return x > 0 ? "∞" : "−∞";
  if (Math.abs(x) < 1e-300) return "0";
  let [mantissa, exponent] = x.toPrecision(digits).split("e");
  if (!exponent && Math.abs(x) < 1e-3) [mantissa, exponent] = x.toExponential(digits - 1).split("e");
  if (mantissa.includes(".")) mantissa = mantissa.replace(/\.?0+$/, "");
  const power = exponent ? ` × 10${[...String(Number(exponent))].map((c) => SUPERSCRIPTS[c]).join("")}` : "";
  return mantissa.replace("-", "−") + power;
}

// Round numbers that divide a range into about `count` parts.
export function ticks([low, high], count = 5) {
  const rough = (high - low) / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * [1, 2, 5, 10].find((m) => m * power >= rough * 0.99);
  const found = [];
  for (let k = Math.ceil(low / step - 1e-9); k * step <= high + 1e-9 * step; k++) found.push(k * step);
  return found;
}

export class Plot {
  constructor({ label, height = 260, xlabel = "", ylabel = "", wide = false }) {
    Object.assign(this, { height, xlabel, ylabel, width: 400 });
    this.margin = { left: ylabel ? 58 : 24, right: ylabel ? 12 : 24, top: 10, bottom: 40 };
    this.axes = svg("g", { "aria-hidden": "true" });
    this.inside = svg("svg", { "aria-hidden": "true" });
    this.handles = svg("g");
    this.picture = svg("svg", { class: "lb-plot", role: "group", "aria-label": label }, this.axes, this.inside, this.handles);
    this.movable = [];
    // A tap on the plane brings the nearest handle there; one on a handle has done its work already.
    this.picture.addEventListener("click", (event) => {
      if (this.movable.length === 0 || event.target.closest(".lb-handle")) return;
      const far = ({ grip }) => {
        const box = grip.querySelector(".lb-mark").getBoundingClientRect();
        return Math.hypot(event.clientX - box.x - box.width / 2, event.clientY - box.y - box.height / 2);
      };
      this.movable.reduce((near, other) => (far(other) < far(near) ? other : near)).move(...this.at(event));
    });
    this.element = html("div", { class: wide ? "lb-plot-box lb-wide" : "lb-plot-box" }, this.picture);
    this.view([0, 1], [0, 1]);
  }

  // Set the ranges and begin anew. A logarithmic y-axis takes the exponents as range.
  view(x, y, { xticks, yticks } = {}) {
    this.x = x;
    this.y = y;
    const { left, right, top, bottom } = this.margin;
    this.across = this.width - left - right;
    this.down = this.height - top - bottom;
    this.picture.setAttribute("viewBox", `0 0 ${this.width} ${this.height}`);
    for (const [name, value] of Object.entries({ x: left, y: top, width: this.across, height: this.down }))
      this.inside.setAttribute(name, value);
    this.inside.replaceChildren();
    const foot = this.height - bottom;
    const drawn = [
      svg("path", { class: "lb-axis", d: `M${left},${top}V${foot}H${this.width - right}` }),
      svg("text", { x: left + this.across / 2, y: this.height - 6, "text-anchor": "middle" }, this.xlabel),
    ];
    for (const [t, text] of xticks ?? ticks(x, this.across / 70).map((t) => [t, show(t, 3)])) {
      const p = left + this.px(t);
      drawn.push(svg("path", { class: "lb-axis", d: `M${p},${foot}v4` }));
      drawn.push(svg("text", { x: p, y: foot + 17, "text-anchor": "middle", class: "lb-tick" }, text));
    }
    if (this.ylabel) {
      const turn = `translate(10 ${top + this.down / 2}) rotate(-90)`;
      drawn.push(svg("text", { transform: turn, "text-anchor": "middle" }, this.ylabel));
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
  at(event) {
    const box = this.picture.getBoundingClientRect();
    const across = (((event.clientX - box.left) / box.width) * this.width - this.margin.left) / this.across;
    const down = (((event.clientY - box.top) / box.height) * this.height - this.margin.top) / this.down;
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

  // A line through points; those that are not finite leave a gap.
  line(points, attributes = {}) {
    let d = "";
    let pen = "M";
    for (const [x, y] of points) {
      if (Number.isFinite(x) && Number.isFinite(y)) {
        d += `${pen}${this.px(x).toFixed(1)},${this.py(y).toFixed(1)}`;
        pen = "L";
      } else pen = "M";
    }
    return this.draw("path", { class: "lb-line", d, ...attributes });
  }
  curve(f, attributes) {
    const n = 240;
    const points = Array.from({ length: n + 1 }, (_, i) => this.x[0] + ((this.x[1] - this.x[0]) * i) / n);
    return this.line(points.map((x) => [x, f(x)]), attributes);
  }
  circle(x, y, r, attributes = {}) {
    return this.draw("circle", { cx: this.px(x), cy: this.py(y), r, ...attributes });
  }
  text(x, y, text, attributes = {}) {
    return this.draw("text", { x: clamp(this.px(x), 4, this.across - 4), y: this.py(y), ...attributes }, text);
  }
  arrow([x, y], [dx, dy], attributes = {}) {
    const [a, b] = [this.px(x), this.py(y)];
    const length = Math.hypot(dx, dy);
    if (!(length > 1)) return;
    const [ux, uy] = [dx / length, dy / length];
    const [ex, ey] = [a + dx, b + dy];
    const wing = (s) => `M${ex},${ey}L${ex - 7 * ux + s * 4 * uy},${ey - 7 * uy - s * 4 * ux}`;
    this.draw("path", { class: "lb-line", d: `M${a},${b}L${ex},${ey}${wing(1)}${wing(-1)}`, ...attributes });
  }

  // A point that the reader moves, with the pointer or the arrow keys. `free` are the directions.
  handle({ label, move, free = "xy", color = COLORS[0], step = 0.02 }) {
    const mark = svg("circle", { r: 9, class: "lb-mark", fill: color });
    const grip = svg("g", {
      class: "lb-handle", tabindex: "0", role: "slider", "aria-label": label,
      "data-lm-suppress-shortcuts": "true",
    }, svg("circle", { r: 22, class: "lb-grip" }), mark);
    this.handles.append(grip);
    this.movable.push({ grip, move });
    // touch-action does not count on parts of a picture: without this, a finger scrolls the page.
    grip.addEventListener("touchstart", (event) => event.preventDefault(), { passive: false });
    let held = null;
    let place = [0, 0];
    grip.addEventListener("pointerdown", (event) => {
      if (event.button) return;
      held = event.pointerId;
      grip.setPointerCapture(held);
      grip.focus({ preventScroll: true });
      event.preventDefault();
    });
    grip.addEventListener("pointermove", (event) => {
      if (event.pointerId === held) move(...this.at(event));
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
      const size = event.shiftKey ? 5 * step : step;
      // Remembered at once: the next key may come before the next frame.
      place = [
        clamp(place[0] + dx * size * (this.x[1] - this.x[0]), ...this.x),
        clamp(place[1] + dy * size * (this.y[1] - this.y[0]), ...this.y),
      ];
      move(...place);
    });
    return {
      element: grip,
      put: (x, y, text) => {
        place = [x, y];
        const left = this.margin.left + clamp(this.px(x), 0, this.across);
        const top = this.margin.top + clamp(this.py(y), 0, this.down);
        grip.setAttribute("transform", `translate(${left.toFixed(1)} ${top.toFixed(1)})`);
        const [now, range] = free === "y" ? [y, this.y] : [x, this.x];
        grip.setAttribute("aria-valuenow", now);
        grip.setAttribute("aria-valuemin", range[0]);
        grip.setAttribute("aria-valuemax", range[1]);
        grip.setAttribute("aria-valuetext", text);
      },
    };
  }
}

// One explorer on the page: its model, its parts, one redraw a frame at most, its spoken line.
export class Explorer {
  constructor({ model, el }, { label, traits, plots, draw }) {
    Object.assign(this, { model, plots });
    this.first = Object.fromEntries(traits.map((name) => [name, structuredClone(model.get(name))]));
    this.buttons = html("div", { class: "lb-buttons" });
    this.controls = html("div", { class: "lb-controls" });
    this.status = html("p", { class: "lb-status", role: "status" });
    this.details = html("div", { class: "lb-details" });
    this.root = html("div", { class: "lossbook-live", role: "group", "aria-label": label },
      html("div", { class: "lb-plots" }, ...plots.map((plot) => plot.element)),
      this.status, this.buttons, this.controls, this.details);
    el.append(this.root);
    if (model.get("caption")) this.root.append(html("p", { class: "lb-caption" }, model.get("caption")));
    this.pending = false;
    this.redraw = () => {
      if (this.pending) return;
      this.pending = true;
      requestAnimationFrame(() => {
        this.pending = false;
        draw();
        this.model.save_changes();
      });
    };
    for (const name of traits) model.on(`change:${name}`, this.redraw);
    this.watcher = new ResizeObserver(() => {
      for (const plot of plots) plot.width = clamp(Math.round(plot.element.clientWidth), 220, 900);
      this.redraw();
    });
    for (const plot of plots) this.watcher.observe(plot.element);
    this.remove = () => {
      this.watcher.disconnect();
      for (const name of traits) model.off(`change:${name}`, this.redraw);
    };
  }

  get(name) {
    return this.model.get(name);
  }
  set(changes) {
    this.problem = "";
    for (const [name, value] of Object.entries(changes)) this.model.set(name, value);
  }
  reset() {
    this.set(structuredClone(this.first));
  }
  say(text) {
    const all = [this.problem, text].filter(Boolean).join(" ");
    if (this.status.textContent !== all) this.status.textContent = all;
  }
  complain(problem) {
    this.problem = problem;
    this.redraw();
  }

  button(text, click) {
    const made = html("button", { type: "button", class: "lb-button", click }, text);
    this.buttons.append(made);
    return made;
  }

  select({ label, options, read, write, into = this.controls }) {
    const choice = html("select", { change: () => write(choice.value), "data-lm-suppress-shortcuts": "true" },
      ...options.map(([value, text]) => html("option", { value }, text)));
    const box = html("label", { class: "lb-control" }, html("span", {}, label), choice);
    into.append(box);
    return { element: box, update: () => (choice.value = read()) };
  }

  // A slider and a number field for one number. `log` slides along powers of ten.
  number({ label, min, max, step, log = false, limits = [min, max], whole = false, read, write, into = this.controls, slider = true }) {
    const toSlider = log ? Math.log10 : (x) => x;
    const take = (value, from) => {
      const right = Number.isFinite(value) && value >= limits[0] && value <= limits[1] && (!whole || Number.isInteger(value));
      field.setAttribute("aria-invalid", String(!right));
      if (right) write(value);
      else this.complain(`${label}: expected ${whole ? "a whole number" : "a number"} from ${show(limits[0])} to ${show(limits[1])}. It stays at ${show(read())}.`);
    };
    const range = html("input", {
      type: "range", min: toSlider(min), max: toSlider(max), step: log ? 0.01 : step,
      "data-lm-suppress-shortcuts": "true",
      input: () => take(log ? Number((10 ** Number(range.value)).toPrecision(3)) : Number(range.value)),
    });
    const field = html("input", {
      type: "number", step: "any", "aria-label": slider ? `${label}, as a number` : label,
      "data-lm-suppress-shortcuts": "true",
      input: () => take(field.value === "" ? NaN : Number(field.value)),
      blur: () => {
        if (field.getAttribute("aria-invalid") !== "true") return;
        field.setAttribute("aria-invalid", "false");
        this.complain("");
        field.value = read();
      },
    });
    const box = html("div", { class: "lb-control" },
      slider ? html("label", {}, html("span", {}, label), range) : html("span", { "aria-hidden": "true" }, label), field);
    if (slider) box.classList.add("lb-pair");
    into.append(box);
    return {
      element: box,
      update: (disabled = false) => {
        const value = read();
        range.disabled = field.disabled = disabled;
        if (!disabled) {
          range.value = toSlider(value);
          range.setAttribute("aria-valuetext", show(value));
        }
        // What the reader is typing is left alone.
        if (document.activeElement !== field || Number(field.value) !== value)
          if (field.getAttribute("aria-invalid") !== "true") field.value = disabled ? "" : String(value);
      },
    };
  }

  table(head, rows) {
    const row = (cells, kind) => html("tr", {}, ...cells.map((cell, i) => (i && kind !== "th" ? html("td", {}, cell) : html("th", { scope: kind === "th" ? "col" : "row" }, cell))));
    this.details.replaceChildren(html("table", { class: "lb-table" },
      html("thead", {}, row(head, "th")), html("tbody", {}, ...rows.map((cells) => row(cells, "td")))));
    // Where the table is too wide for a phone, the keyboard can scroll it.
    const scrolls = this.details.scrollWidth > this.details.clientWidth;
    for (const [name, value] of [["tabindex", "0"], ["role", "group"], ["aria-label", "Values"]])
      scrolls ? this.details.setAttribute(name, value) : this.details.removeAttribute(name);
  }
}

// The piece of line that stands for a color and a dash pattern in tables and controls.
export function key(i) {
  return svg("svg", { class: "lb-key", width: 34, height: 12, "aria-hidden": "true" },
    svg("path", { class: "lb-line", d: "M1,6H33", stroke: COLORS[i], "stroke-dasharray": DASHES[i] }));
}

// One explorer on the page: plots first, a question, the spoken line, two or three wide controls, and
// the rest folded. No timer runs unasked; what moves by itself has a button, and none where the
// reader asked for less motion.

import { clamp, show } from "./numbers.js";
import { savePicture } from "./picture.js";
import { html, svg } from "./plot.js";

const SWEEP = 4000; // Milliseconds that a slider takes from one end to the other.

export class Explorer {
  // `state` has the kind of each trait, see numbers.js; `guess(state)` may return the question to ask
  // first: { ask, options, right, then, because }. `address` is there on the site: the state that
  // the address names as texts, share(texts) to put one there, and listen(f).
  constructor({ model, el, address }, { name, label, state, valid, plots, guess, draw }) {
    Object.assign(this, { model, plots, kinds: state, valid, guess, name });
    this.first = structuredClone(this.state());
    this.update = [];
    this.players = [];
    this.question = html("div", { class: "lb-guess", role: "group", "aria-label": "Predict" });
    this.status = html("p", { class: "lb-status", role: "status" });
    this.controls = html("div", { class: "lb-controls" });
    this.buttons = html("div", { class: "lb-buttons" });
    this.more = html("div", { class: "lb-more" });
    this.values = html("div", { class: "lb-values" });
    this.shown = this.fold("Numbers", this.values, { toggle: () => this.redraw() });
    this.root = html("div", { class: "lossbook-live", role: "group", "aria-label": label },
      html("div", { class: "lb-plots" }, ...plots.map((plot) => plot.element)),
      this.status, this.question, this.controls, this.buttons,
      html("div", { class: "lb-folds" }, this.fold("More controls", this.more), this.shown));
    el.append(this.root);
    if (model.get("caption")) this.root.append(html("p", { class: "lb-caption" }, model.get("caption")));
    this.button("Reset", () => this.reset());
    if (address) this.button("Copy link", () => this.share(address));
    this.button("Save picture", () => this.save());
    this.redraw = () => {
      if (this.pending) return;
      this.pending = requestAnimationFrame(() => {
        this.pending = 0;
        for (const update of this.update) update();
        draw();
        for (const plot of plots) plot.finish();
        model.save_changes();
      });
    };
    for (const trait in state) model.on(`change:${trait}`, this.redraw);
    this.watcher = new ResizeObserver(() => {
      const phone = this.root.clientWidth < 520;
      for (const plot of plots) plot.fit(plot.element.clientWidth, phone);
      this.redraw();
    });
    this.watcher.observe(this.root);
    this.still = matchMedia("(prefers-reduced-motion: reduce)");
    const rest = () => {
      this.stop();
      this.redraw();
    };
    this.still.addEventListener("change", rest);
    this.remove = () => {
      this.watcher.disconnect();
      this.still.removeEventListener("change", rest);
      this.stop();
      for (const trait in state) model.off(`change:${trait}`, this.redraw);
    };
    this.ask();
    if (address) {
      this.restore(address.texts);
      address.listen((texts) => this.restore(texts));
    }
  }

  get(name) {
    return this.model.get(name);
  }
  state() {
    return Object.fromEntries(Object.keys(this.kinds).map((name) => [name, this.model.get(name)]));
  }
  set(changes) {
    this.problem = this.verdict = "";
    for (const [name, value] of Object.entries(changes)) this.model.set(name, value);
  }
  reset() {
    this.stop();
    this.set(structuredClone(this.first));
    this.ask();
  }
  say(text) {
    const all = [this.problem, this.verdict, text].filter(Boolean).join(" ");
    if (this.status.textContent !== all) this.status.textContent = all;
  }
  complain(problem) {
    this.problem = problem;
    this.redraw();
  }

  // The question before the reader moves anything, and what came of the guess.
  ask() {
    const asked = this.guess?.(this.state());
    this.question.hidden = !asked;
    if (!asked) return;
    const answers = asked.options.map((option, i) => html("button", { type: "button", class: "lb-button", click: () => {
      this.set(asked.then);
      this.verdict = `${i === asked.right ? "You were right." : `You said: ${option}.`} ${asked.because}`;
      this.question.hidden = true;
      this.root.querySelector("input, select").focus({ preventScroll: true });
      this.redraw();
    } }, option));
    this.question.replaceChildren(html("p", {}, html("strong", {}, "Predict. "), asked.ask), ...answers);
  }

  // What differs from the state at first, as texts for the address, and back.
  texts() {
    const changed = Object.entries(this.state()).filter(([name, value]) => JSON.stringify(value) !== JSON.stringify(this.first[name]));
    return Object.fromEntries(changed.map(([name, value]) => [name, this.kinds[name].write(value)]));
  }
  restore(texts) {
    const wrong = [], changes = structuredClone(this.first);
    for (const [given, text] of Object.entries(texts ?? {})) {
      // rate says learning_rate.
      const name = Object.keys(this.kinds).find((one) => one === given || one.endsWith(`_${given}`));
      const value = name && this.kinds[name].read(text);
      if (name && this.kinds[name].has(value)) changes[name] = value;
      else wrong.push(`${given}=${text}`);
    }
    if (!texts) return;
    if (this.valid && !this.valid(changes)) wrong.push(...Object.entries(texts).map((pair) => pair.join("=")));
    else this.set(changes);
    this.question.hidden = true;
    if (wrong.length) this.complain(`The address says ${wrong.join(", ")}, which does not fit here and is left out.`);
  }
  async share(address) {
    const copied = await address.share(this.texts());
    this.verdict = copied ? "The link to this state is copied." : "The address of this page now leads to this state: copy it from there.";
    this.redraw();
  }
  async save() {
    await savePicture(this.plots, this.root, `lossbook-${this.name}.png`);
    this.verdict = `The picture is saved as lossbook-${this.name}.png.`;
    this.redraw();
  }

  fold(title, box, listeners = {}) {
    return html("details", { class: "lb-fold", ...listeners }, html("summary", {}, title), box);
  }
  button(text, click, into = this.buttons) {
    const made = html("button", { type: "button", class: "lb-button", click }, text);
    into.append(made);
    return made;
  }

  select({ label, options, read, write, folded = false }) {
    const choice = html("select", { change: () => write(choice.value), "data-lm-suppress-shortcuts": "true" },
      ...options.map(([value, text]) => html("option", { value }, text)));
    const box = html("label", { class: "lb-control" }, html("span", {}, label), choice);
    (folded ? this.more : this.controls).append(box);
    this.update.push(() => (choice.value = read()));
  }

  // One number, wide or folded: a slider, and among the folded controls a field. `name` is its trait;
  // of a list, the entry `at`. `log` slides along powers of ten; `marks()` are places to point out;
  // `off()` says that it does not count now; `plays` gives it buttons that move it.
  number({ name, at, label, min, max, step, log = false, folded = false, slider = true, plays = false, marks, off = () => false,
    read = () => (at === undefined ? this.get(name) : this.get(name)[at]),
    write = (value) => this.set({ [name]: at === undefined ? value : this.get(name).map((old, i) => (i === at ? value : old)) }),
    kind = at === undefined ? this.kinds[name] : this.kinds[name].each }) {
    const [toSlider, fromSlider] = log ? [Math.log10, (x) => Number((10 ** x).toPrecision(3))] : [(x) => x, (x) => Number(x.toPrecision(6))];
    const take = (value) => {
      const right = kind.has(value);
      field.setAttribute("aria-invalid", String(!right));
      if (right) write(value);
      else this.complain(`${label}: expected ${kind.whole ? "a whole number" : "a number"} from ${show(kind.low)} to ${show(kind.high)}. It stays at ${show(read())}.`);
    };
    const range = html("input", {
      type: "range", min: toSlider(min), max: toSlider(max), step: log ? 0.01 : step, "data-lm-suppress-shortcuts": "true",
      input: () => {
        this.stop();
        take(fromSlider(Number(range.value)));
      },
    });
    const field = html("input", {
      type: "number", step: "any", "aria-label": `${label}, as a number`, "data-lm-suppress-shortcuts": "true",
      input: () => take(kind.read(field.value)),
      blur: () => {
        if (field.getAttribute("aria-invalid") !== "true") return;
        field.setAttribute("aria-invalid", "false");
        this.complain("");
        field.value = read();
      },
    });
    const value = html("span", { class: "lb-value", "aria-hidden": "true" });
    const box = html("div", { class: "lb-control lb-number" }, html("label", {}, html("span", {}, label), range), value);
    if (plays) box.append(...this.player(label, range, fromSlider, take));
    const strip = marks && svg("svg", { class: "lb-marks", "aria-hidden": "true" });
    if (marks) box.append(strip);
    const exact = html("div", { class: "lb-exact" }, html("span", { "aria-hidden": "true" }, label), field);
    if (slider && !folded) this.controls.append(box);
    if (slider && folded) exact.insertBefore(html("label", {}, html("span", { class: "lb-unseen" }, label), range), field);
    this.more.append(exact);
    this.update.push(() => {
      const now = read(), idle = off();
      exact.hidden = box.hidden = idle;
      if (idle) return;
      range.value = toSlider(now);
      range.setAttribute("aria-valuetext", show(now));
      value.textContent = show(now);
      if (marks) drawMarks(strip, marks(), (x) => (toSlider(x) - range.min) / (range.max - range.min));
      // What the reader is typing is left alone.
      if (document.activeElement !== field || Number(field.value) !== now)
        if (field.getAttribute("aria-invalid") !== "true") field.value = String(now);
    });
    return { elements: [box, exact] };
  }

  // Two buttons that move a slider: along to its end, and by one step.
  player(label, range, fromSlider, take) {
    const play = this.button("Play", () => (running ? this.stop() : start()), html("span", {}));
    const next = this.button("Step", () => {
      this.stop();
      const before = range.value;
      range.stepUp();
      if (range.value !== before) take(fromSlider(Number(range.value)));
    }, html("span", {}));
    play.setAttribute("aria-label", `Play: ${label}`);
    next.setAttribute("aria-label", `Step: ${label}`);
    let running = 0;
    const start = () => {
      this.stop();
      const [low, high] = [Number(range.min), Number(range.max)];
      const from = Number(range.value) < high ? Number(range.value) : low;
      let begun;
      const move = (now) => {
        begun ??= now;
        const at = clamp(from + ((high - low) * (now - begun)) / SWEEP, low, high);
        range.value = at; // It rounds to its steps.
        take(fromSlider(Number(range.value)));
        running = at < high ? requestAnimationFrame(move) : 0;
        if (!running) this.stop();
      };
      running = requestAnimationFrame(move);
      play.textContent = "Pause";
      this.status.setAttribute("aria-live", "off"); // Spoken when it rests.
    };
    this.players.push(() => {
      cancelAnimationFrame(running);
      running = 0;
      play.textContent = "Play";
    });
    this.update.push(() => (play.hidden = this.still.matches));
    return [play, next];
  }
  stop() {
    for (const player of this.players) player();
    this.status.removeAttribute("aria-live");
  }

  table(head, rows) {
    if (!this.shown.open) return;
    const row = (cells, kind) => html("tr", {}, ...cells.map((cell, i) => (i && kind !== "th" ? html("td", {}, cell) : html("th", { scope: kind === "th" ? "col" : "row" }, cell))));
    this.values.replaceChildren(html("table", { class: "lb-table" },
      html("thead", {}, row(head, "th")), html("tbody", {}, ...rows.map((cells) => row(cells, "td")))));
    // Where the table is too wide for a phone, the keyboard can scroll it.
    const scrolls = this.values.scrollWidth > this.values.clientWidth;
    for (const [name, value] of [["tabindex", "0"], ["role", "group"], ["aria-label", "Numbers"]])
      scrolls ? this.values.setAttribute(name, value) : this.values.removeAttribute(name);
  }
}

// Marks under a slider, whose thumb, 16 pixels wide, does not reach the ends.
function drawMarks(strip, marks, share) {
  const width = strip.clientWidth;
  strip.setAttribute("viewBox", `0 0 ${width || 1} 18`);
  strip.replaceChildren(...marks.filter(([x]) => share(x) >= 0 && share(x) <= 1).flatMap(([x, text], i) => {
    const at = 8 + share(x) * (width - 16), left = share(x) > 0.5;
    return [
      svg("path", { d: `M${at},0V16`, class: "lb-axis" }),
      svg("text", { x: at + (left ? -4 : 4), y: 14, "text-anchor": left ? "end" : "start", class: "lb-tick" }, text),
    ];
  }));
}

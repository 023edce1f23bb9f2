// "Run this page": every code cell becomes an editor, and one Python runs them all.
import { Cell } from "./cell.js";
import { button, element } from "./elements.js";
import { Engine, Problem, Stopped, whyNot } from "./engine.js";
import { answerHere } from "./exercises.js";

const { files, worker } = LIVE; // Put here by tools/live_page.py.
const MB = 1e6;

class Page {
  constructor({ base, parts, place }) {
    Object.assign(this, { place, cells: [], queue: [], busy: false, turn: 0 });
    this.engine = new Engine({ base, files, worker, parts, progress: (done, all) => this.progress(done, all) });
    this.status = element("p", { class: "live-status", role: "status" });
    this.bar = element("progress", { class: "live-progress", max: 1, value: 0, "aria-label": "Fetching Python", hidden: true });
    this.stopButton = button("Stop", "Stop Python", () => this.stop(), "live-stop");
    this.stopButton.disabled = true;
    this.tools = element("div", { class: "live-bar d-print-none", role: "group", "aria-label": "Python in this page" },
      this.bar, this.status, this.stopButton);
    place.replaceChildren(this.tools);
    this.tools.tabIndex = -1;
  }

  // Make every cell of the page one that can be changed and run.
  openCells() {
    const boxes = [...document.querySelectorAll("article div.cell:has(> .cell_input, > details .cell_input)")];
    this.cells = boxes.map((box, i) => new Cell({ box, number: i + 1, run: () => this.run([this.cells[i]]) }));
    this.allButton = button("Run all", "Run all cells", () => this.run(this.cells));
    this.resetButton = button("Reset", "Reset code, output and Python", () => this.reset());
    this.stopButton.before(this.allButton);
    this.stopButton.after(this.resetButton);
  }

  say(words) {
    this.status.textContent = words;
  }

  progress(done, all) {
    this.bar.hidden = done >= all;
    this.bar.value = all ? done / all : 1;
    const share = `${(done / MB).toFixed(0)} of ${(all / MB).toFixed(0)} MB`;
    // Said aloud at each tenth, not at each packet.
    const tenth = Math.floor((10 * done) / all);
    if (done < all && tenth !== this.tenth) this.say(`Fetching Python: ${share}.`);
    if (done >= all) this.say("Python starts …");
    this.tenth = tenth;
  }

  // Return a promise of a started engine, the same for whoever asks; a failure can be tried again.
  ready() {
    if (!this.started) this.say("Python is loading …");
    this.started ??= this.engine.start().then(
      () => this.say("Python is ready."),
      (error) => {
        this.started = null;
        throw error;
      },
    );
    return this.started;
  }

  async run(cells) {
    for (const cell of cells) if (!this.queue.includes(cell)) this.queue.push(cell);
    for (const cell of cells) cell.set("waiting", "waits");
    if (this.busy) return;
    this.working(true);
    try {
      await this.ready();
      await this.runQueue();
    } catch (error) {
      await this.recover(error);
    } finally {
      this.working(false);
    }
  }

  async runQueue() {
    const began = performance.now();
    let count = 0;
    while (this.queue.length) {
      const cell = this.queue.shift();
      this.current = cell;
      this.say(`Cell ${cell.number} of ${this.cells.length} runs.`);
      const start = performance.now();
      await this.engine.run(cell.editor.code, cell.name, cell.begin());
      cell.finish((performance.now() - start) / 1000);
      count += 1;
      if (cell.output.failed) {
        this.drop(cell);
        return;
      }
    }
    const seconds = ((performance.now() - began) / 1000).toFixed(1);
    const done = count === 1 ? `Cell ${this.current.number}` : `${count} cells`;
    this.say(`${done} done in ${seconds} s. Change one, then press Run or Shift+Enter.`);
  }

  // The cells that would have come next are not run: they may need what failed.
  drop(cell) {
    const missed = this.cells.slice(0, cell.number - 1).some((one) => one.state === "fresh");
    const hint = missed && /^NameError/.test(cell.output.failed.message) ? " The cells above it have not run: press Run all." : "";
    this.clearQueue();
    this.say(`Cell ${cell.number} stopped with an error: ${cell.output.failed.message.split("\n")[0]}${hint}`);
  }

  clearQueue() {
    for (const cell of this.queue) cell.set("fresh", "");
    this.queue.length = 0;
  }

  // After an end of the engine: say what was, and start it again.
  async recover(error) {
    this.clearQueue();
    for (const cell of this.cells) {
      if (cell.state === "running") cell.set("failed", "was stopped");
      else if (cell.state === "done") cell.set("fresh", "");
    }
    if (!(error instanceof Problem || error instanceof Stopped)) throw error;
    const words = error instanceof Stopped ? "Stopped. Python is starting again with an empty state." : error.message;
    this.say(words);
    const restarts = this.started;
    this.started = null;
    if (!restarts) {
      this.offerAgain();
      return;
    }
    try {
      await this.ready();
      this.say(error instanceof Stopped ? "Stopped. Python has started again and is empty: Run all, or the cells you need." : words);
    } catch (again) {
      this.say(again.message);
    }
  }

  offerAgain() {
    if (whyNot() || this.againButton) return;
    this.againButton = button("Try again", "", () => {
      this.againButton.remove();
      this.againButton = null;
      this.run(this.cells);
    });
    this.stopButton.before(this.againButton);
  }

  stop() {
    this.engine.interrupt();
  }

  async reset() {
    this.clearQueue();
    for (const cell of this.cells) cell.reset();
    if (this.busy) this.stop();
    else if (this.started) await (this.started = this.engine.reset());
    this.say("Code, output and Python are as they were at first.");
  }

  working(busy) {
    this.busy = busy;
    this.stopButton.disabled = !busy;
  }

  // Run code apart from the cells: for an exercise. Return what it put out.
  async runAlone(code, output) {
    if (this.busy) {
      this.say("Python is busy: wait for it, or press Stop.");
      return false;
    }
    this.working(true);
    try {
      await this.ready();
      await this.engine.run(code, "<your answer>", output, true);
      return true;
    } catch (error) {
      await this.recover(error);
      return false;
    } finally {
      this.working(false);
    }
  }
}

// What start.js calls: once for the button of the page, or for the first exercise that is opened.
let page;
window.lossbookLive = {
  page(place) {
    page ??= new Page({ base: place.dataset.live, parts: place.dataset.parts.split(" ").filter(Boolean), place });
    return page;
  },
  runPage(place) {
    const one = this.page(place);
    if (!whyNot()) one.ready(); // Python starts while the cells become editors.
    one.openCells();
    if (whyNot()) one.say(whyNot());
    else one.run(one.cells);
    one.tools.focus(); // The button that had the focus is gone.
    return one;
  },
  answer: (place, exercise) => answerHere(window.lossbookLive.page(place), exercise),
};

// Python for a page: start, run a cell, interrupt, reset. What runs is the worker's business.
export class Problem extends Error {}
export class Stopped extends Error {}

const OTHERWISE = "the page stays readable, and its notebook runs on your machine.";
// A WebAssembly function with try_table: exceptions as of 2025, without which the engine cannot load.
const EXCEPTIONS = new Uint8Array([
  0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 96, 0, 0, 3, 2, 1, 0, 10, 8, 1, 6, 0, 31, 64, 0, 11, 11,
]);

// Return in one sentence why Python cannot run here, or "".
export function whyNot() {
  if (location.protocol === "file:") {
    return `Python does not run in a page that was opened from a file; open the published site, or run "make serve".`;
  }
  if (typeof WebAssembly !== "object") {
    return `This browser has WebAssembly, which Python needs, switched off or missing; ${OTHERWISE}`;
  }
  if (typeof Worker !== "function" || typeof DecompressionStream !== "function" || !WebAssembly.validate(EXCEPTIONS)) {
    return `This browser is too old for Python (Chrome 137, Firefox 131 or Safari 18.4 would do); ${OTHERWISE}`;
  }
  return "";
}

export class Engine {
  // parts: the libraries beyond NumPy and Matplotlib; progress(bytes, of) is told what has come.
  constructor({ base, files, worker, parts, progress }) {
    Object.assign(this, { base, files, address: base + worker, parts, progress });
  }

  // Start, or start again after an interruption: then the program is compiled already.
  start() {
    const reason = whyNot();
    if (reason) return Promise.reject(new Problem(reason));
    this.worker = new Worker(this.address);
    this.worker.onmessage = ({ data }) => this.receive(data);
    this.worker.onerror = (event) => {
      event.preventDefault();
      this.end(new Problem(`Python could not be loaded (${event.message || "its script did not come"}); reload the page, or download the notebook.`));
    };
    const { base, files, parts, program } = this;
    return this.ask({ start: { base, files, parts, program } });
  }

  // Run a cell; output(thing) is told each thing that it prints, draws or shows, as it comes. Code that
  // runs apart sees nothing of the cells and leaves nothing behind.
  run(code, cell, output, apart = false) {
    this.output = output;
    return this.ask({ run: { code, cell, apart } });
  }

  // Start from the beginning, which takes a second: program and memory are there already.
  reset() {
    this.worker.terminate();
    return this.start();
  }

  interrupt() {
    this.end(new Stopped());
  }

  ask(message) {
    return new Promise((resolve, reject) => {
      this.waiting = { resolve, reject };
      this.worker.postMessage(message);
    });
  }

  receive(data) {
    if ("progress" in data) this.progress(data.progress, data.of);
    else if (data.program) this.program = data.program;
    else if (data.output) this.output?.(data.output);
    else if (data.done) this.finish(data);
    else this.end(new Problem(data.known ? data.failed : ended(data.failed)));
  }

  finish({ memory }) {
    this.memory = memory;
    this.settle("resolve");
  }

  // The engine cannot go on: whoever waits is told, and start() makes a new one.
  end(error) {
    this.worker.terminate();
    this.settle("reject", error);
  }

  settle(how, value) {
    this.waiting?.[how](value);
    this.waiting = null;
  }
}

function ended(words) {
  if (/stack|recursion/i.test(words)) return "Python ended, because functions called each other too deeply; it starts again with an empty state.";
  if (/memory|alloc/i.test(words)) return "Python ended, because this device has too little memory for it; close other pages, or download the notebook.";
  return `Python ended (${words}); it starts again with an empty state.`;
}

// A code cell of the page that can be changed and run. The page's own code and output stay in the
// document, hidden, and come back with Reset.
import { Editor } from "./editor.js";
import { button, element } from "./elements.js";
import { Output } from "./output.js";

export class Cell {
  constructor({ box, number, run }) {
    Object.assign(this, { box, number, state: "fresh" });
    this.name = `<cell ${number}>`;
    this.input = box.querySelector(".cell_input");
    this.original = this.input.querySelector("pre").textContent.replace(/\n$/, "");
    this.own = box.querySelector(":scope > .cell_output");
    this.editorPlace = element("div", { class: "live-editor" });
    this.input.after(this.editorPlace);
    this.editor = new Editor({
      parent: this.editorPlace,
      code: this.original,
      label: `Code of cell ${number}`,
      run,
      changed: () => this.mark(),
    });
    this.input.hidden = true;
    this.runButton = button("Run", `Run cell ${number}`, run, "live-run");
    this.backButton = button("Original code", `Original code of cell ${number}`, () => this.restoreCode());
    this.backButton.hidden = true;
    this.note = element("span", { class: "live-note" }, `Cell ${number}`);
    this.place = element("div", { class: "live-output cell_output" });
    const tools = element("div", { class: "live-tools" }, this.runButton, this.backButton, this.note);
    this.editorPlace.after(tools);
    box.append(this.place);
    this.place.hidden = true;
  }

  get changed() {
    return this.editor.code.trimEnd() !== this.original.trimEnd();
  }

  mark() {
    this.backButton.hidden = !this.changed;
  }

  restoreCode() {
    this.editor.code = this.original;
    this.mark();
    this.editor.view.focus();
  }

  // The words for pictures are those of the page; changed code draws another picture.
  get alternatives() {
    const images = this.own ? [...this.own.querySelectorAll("img")] : [];
    const before = this.changed ? "Drawn by your changed code. Before the change: " : "";
    return images.map((image) => before + image.alt);
  }

  // A picture keeps the caption that it has on the page.
  get caption() {
    return this.own?.querySelector("figcaption")?.cloneNode(true) ?? null;
  }

  begin() {
    this.set("running", "runs …");
    this.output = new Output({
      place: this.place, alt: this.alternatives, goTo: (line) => this.open().editor.goTo(line),
    });
    this.place.hidden = false;
    if (this.own) this.own.hidden = true;
    return (thing) => this.output.add(thing);
  }

  finish(seconds) {
    const { failed, pictures, markdown } = this.output;
    if (failed) this.open();
    if (pictures === 1 && this.caption) this.addCaption();
    // Markdown, which Sphinx sets, stays as it is on the page, unless the code is another.
    if (markdown && this.own && !this.changed) this.showOwn();
    if (!this.place.childElementCount) this.place.hidden = true;
    this.set(failed ? "failed" : "done", failed ? "stopped with an error" : `done in ${seconds.toFixed(1)} s`);
  }

  addCaption() {
    const { caption } = this;
    for (const one of [caption, ...caption.querySelectorAll("[id]")]) one.removeAttribute("id");
    caption.querySelector(".headerlink")?.remove();
    const image = this.place.querySelector("img");
    image.replaceWith(element("figure", { class: "align-default" }, image.cloneNode(), caption));
  }

  showOwn() {
    this.place.hidden = true;
    this.own.hidden = false;
  }

  reset() {
    this.editor.code = this.original;
    this.place.replaceChildren();
    this.place.hidden = true;
    if (this.own) this.own.hidden = false;
    this.mark();
    this.set("fresh", "");
  }

  set(state, words) {
    this.state = state;
    this.box.dataset.live = state;
    this.note.textContent = `Cell ${this.number} ${words}`;
  }

  // Open the folds that the cell stands in.
  open() {
    for (let fold = this.editorPlace.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
    return this;
  }
}

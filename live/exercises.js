// Answer a graded exercise in the page: editor, Check, the words of lossbook.check, points. Answers and
// points are kept in this browser alone.
import { Editor } from "./editor.js";
import { button, element } from "./elements.js";
import { Output } from "./output.js";
import { record, remember } from "./progress.js";

export function answerHere(page, place) {
  const { name, check, points } = place.dataset;
  const shown = place.querySelector(".live-starter");
  const starter = shown.querySelector("pre").textContent.trimEnd();
  const box = element("div", { class: "live-editor" });
  const out = element("div", { class: "live-output cell_output", "aria-label": "What the check says", role: "status" });
  const mark = element("span", { class: "live-note" });
  const saved = record(name);
  const editor = new Editor({
    parent: box,
    code: saved.code ?? starter,
    label: `Your answer to ${name}`,
    run: () => checkAnswer(),
    changed: () => remember(name, { code: editor.code }),
  });

  async function checkAnswer() {
    const output = new Output({ place: out, alt: [], goTo: (line) => editor.goTo(line - SETUP_LINES) });
    mark.textContent = "checks …";
    const code = `${SETUP}${editor.code}\n\n${check}\n`;
    const ran = await page.runAlone(code, (thing) => output.add(ownLine(thing)));
    if (!ran) {
      mark.textContent = "";
      return;
    }
    const passed = !output.failed;
    remember(name, { code: editor.code, passed: passed || record(name).passed, points: Number(points) });
    mark.textContent = passed ? `${points} of ${points} points` : "not yet: see below";
    page.say(passed ? `${name}: every case passed.` : `${name}: not yet. The words are under your answer.`);
  }

  function startAgain() {
    editor.code = starter;
    remember(name, { code: starter });
    out.replaceChildren();
    editor.view.focus();
  }

  // Brought from a file, or erased.
  document.addEventListener("lossbook-answers", () => {
    editor.code = record(name).code ?? starter;
    out.replaceChildren();
    mark.textContent = "";
  });

  const tools = element("div", { class: "live-tools" },
    button("Check", `Check your answer to ${name}`, checkAnswer, "live-run"),
    button("Start again", `Start again with ${name}`, startAgain), mark);
  shown.replaceWith(box);
  place.querySelector("button.live-open")?.remove();
  box.after(tools, out);
  editor.view.focus();
}

const SETUP = "import numpy as np\nimport lossbook\n";
const SETUP_LINES = SETUP.split("\n").length - 1;

// A line is counted in the reader's answer, without what stands before it.
function ownLine(thing) {
  if (!thing.line) return thing;
  return { ...thing, line: thing.line - SETUP_LINES, text: thing.message };
}
